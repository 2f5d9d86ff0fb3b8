#pragma once

#include <stddef.h>

// The files of the GraphiQL page, which ship inside the program and live as long as the process.

typedef enum {
    coffer_graphiql_page,
    coffer_graphiql_page_css,
    coffer_graphiql_page_js,
    coffer_graphiql_before_js,
    coffer_graphiql_css,
    coffer_graphiql_js,
    coffer_graphiql_react,
    coffer_graphiql_react_dom,
} coffer_graphiql_file;

// The bytes of a file.
const unsigned char *_Nonnull coffer_graphiql_bytes(coffer_graphiql_file file);

// The number of bytes of a file.
size_t coffer_graphiql_size(coffer_graphiql_file file);

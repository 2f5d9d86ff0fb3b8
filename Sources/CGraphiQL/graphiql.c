#include "graphiql.h"

static const unsigned char page[] = {
#embed "assets/page.html"
};

static const unsigned char page_css[] = {
#embed "assets/page.css"
};

static const unsigned char page_js[] = {
#embed "assets/page.js"
};

static const unsigned char before_js[] = {
#embed "assets/before.js"
};

static const unsigned char css[] = {
#embed "assets/graphiql.min.css"
};

static const unsigned char js[] = {
#embed "assets/graphiql.min.js"
};

static const unsigned char react[] = {
#embed "assets/react.min.js"
};

static const unsigned char react_dom[] = {
#embed "assets/react-dom.min.js"
};

static const struct {
    const unsigned char *bytes;
    size_t size;
} files[] = {
    [coffer_graphiql_page] = {page, sizeof page},
    [coffer_graphiql_page_css] = {page_css, sizeof page_css},
    [coffer_graphiql_page_js] = {page_js, sizeof page_js},
    [coffer_graphiql_before_js] = {before_js, sizeof before_js},
    [coffer_graphiql_css] = {css, sizeof css},
    [coffer_graphiql_js] = {js, sizeof js},
    [coffer_graphiql_react] = {react, sizeof react},
    [coffer_graphiql_react_dom] = {react_dom, sizeof react_dom},
};

const unsigned char *coffer_graphiql_bytes(coffer_graphiql_file file) { return files[file].bytes; }

size_t coffer_graphiql_size(coffer_graphiql_file file) { return files[file].size; }

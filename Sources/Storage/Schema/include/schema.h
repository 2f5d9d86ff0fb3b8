#pragma once

#include <stddef.h>

// One step of the database's schema, from the .sql file of its number.
typedef struct {
  int number;
  const char *_Nonnull name;
  const unsigned char *_Nonnull sql;
  size_t size;
} coffer_schema_step;

// The steps in their order, as bytes that live as long as the process.
const coffer_schema_step *_Nonnull coffer_schema(void);

// The number of steps.
size_t coffer_schema_count(void);

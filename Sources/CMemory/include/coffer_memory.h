/// A hint about memory that Swift has no words for; it does not change what a program computes.
#ifndef COFFER_MEMORY_H
#define COFFER_MEMORY_H

#include <stddef.h>

/// Asks the system to back a large block, which is about to be filled, with large pages; small blocks are left alone.
void coffer_memory_use_large_pages(void *_Nonnull start, size_t bytes);

#endif

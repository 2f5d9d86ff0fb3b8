/// Two hints about memory that Swift has no words for. Neither changes what a program computes.
#ifndef COFFER_MEMORY_H
#define COFFER_MEMORY_H

#include <stddef.h>

/// Has the processor fetch the 80 bytes at an address, which are needed soon.
static inline void coffer_memory_fetch(const void *_Nonnull address) {
    __builtin_prefetch(address, 1, 3);
    __builtin_prefetch((const char *)address + 64, 1, 3);
}

/// Asks the system to back a large block, which is about to be filled, with large pages; small blocks are left alone.
void coffer_memory_use_large_pages(void *_Nonnull start, size_t bytes);

#endif

#define _GNU_SOURCE
#include "coffer_memory.h"

#include <stdint.h>
#include <sys/mman.h>

static const size_t large_page = 2u << 20;

void coffer_memory_use_large_pages(void *start, size_t bytes) {
    if (bytes < 4 * large_page) return;
    uintptr_t first = ((uintptr_t)start + large_page - 1) & ~(large_page - 1);
    uintptr_t end = ((uintptr_t)start + bytes) & ~(large_page - 1);
    // Advice: where the system has no large pages everything works as before, a little slower.
    if (first < end) (void)madvise((void *)first, end - first, MADV_HUGEPAGE);
}

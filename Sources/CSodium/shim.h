#pragma once
#include <sodium.h>
#include <sys/prctl.h>
#include <sys/resource.h>

// prctl takes variable arguments, which Swift cannot call.
static inline int coffer_set_dumpable(int dumpable) {
    return prctl(PR_SET_DUMPABLE, dumpable, 0, 0, 0);
}

static inline int coffer_get_dumpable(void) {
    return prctl(PR_GET_DUMPABLE, 0, 0, 0, 0);
}

// RLIMIT_CORE is an enumerator of glibc and a number elsewhere: C knows which.
static inline int coffer_set_core_limit(unsigned long bytes) {
    struct rlimit limit = {bytes, bytes};
    return setrlimit(RLIMIT_CORE, &limit);
}

static inline unsigned long coffer_get_core_limit(void) {
    struct rlimit limit = {0, 0};
    getrlimit(RLIMIT_CORE, &limit);
    return limit.rlim_cur;
}

// The digest's state is aligned to 64 bytes, which Swift does not import: it is passed as bare memory.
static inline int coffer_blake2b_init(void *state, size_t digest_bytes) {
    return crypto_generichash_init((crypto_generichash_state *)state, NULL, 0, digest_bytes);
}

static inline int coffer_blake2b_update(void *state, const void *bytes, size_t count) {
    return crypto_generichash_update((crypto_generichash_state *)state, (const unsigned char *)bytes, count);
}

static inline int coffer_blake2b_final(void *state, void *digest, size_t digest_bytes) {
    return crypto_generichash_final((crypto_generichash_state *)state, (unsigned char *)digest, digest_bytes);
}

static inline int coffer_blake2b(void *digest, size_t digest_bytes, const void *bytes, size_t count) {
    return crypto_generichash((unsigned char *)digest, digest_bytes, (const unsigned char *)bytes, count, NULL, 0);
}

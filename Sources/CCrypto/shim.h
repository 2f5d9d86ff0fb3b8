#pragma once
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <string.h>

// A key under a passphrase is refused instead of asking for it on the terminal.
static inline int coffer_no_passphrase(char *buffer, int size, int is_writing, void *context) {
    (void)buffer; (void)size; (void)is_writing; (void)context;
    return -1;
}

// 1 for a key on the curve P-256, 0 for any other.
static inline int coffer_is_p256(EVP_PKEY *key) {
    char name[32] = {0};
    size_t length = 0;
    if (!EVP_PKEY_is_a(key, "EC")) return 0;
    if (EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_GROUP_NAME, name, sizeof name, &length) != 1) return 0;
    return strcmp(name, SN_X9_62_prime256v1) == 0;
}

// The private key of a PEM text (SEC 1 or PKCS #8): 0 and a key to be freed, 1 for a text that is none, 2 for a key of
// another sort. The text may hold a block of curve parameters before the key.
static inline int coffer_p256_private(const void *pem, int count, EVP_PKEY **key) {
    *key = NULL;
    BIO *text = BIO_new_mem_buf(pem, count);
    if (text == NULL) return 1;
    EVP_PKEY *read = PEM_read_bio_PrivateKey(text, NULL, coffer_no_passphrase, NULL);
    BIO_free(text);
    ERR_clear_error();
    if (read == NULL) return 1;
    if (!coffer_is_p256(read)) {
        EVP_PKEY_free(read);
        return 2;
    }
    *key = read;
    return 0;
}

// The public key of an uncompressed point of 65 bytes, or NULL when it is not on the curve.
static inline EVP_PKEY *coffer_p256_public(const unsigned char *point, size_t count) {
    EVP_PKEY *key = NULL;
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    OSSL_PARAM params[3];
    params[0] = OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, (char *)SN_X9_62_prime256v1, 0);
    params[1] = OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, (void *)point, count);
    params[2] = OSSL_PARAM_construct_end();
    if (context == NULL || EVP_PKEY_fromdata_init(context) != 1
        || EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, params) != 1) {
        key = NULL;
    }
    EVP_PKEY_CTX_free(context);
    ERR_clear_error();
    return key;
}

// The uncompressed point of 65 bytes; 1 for success.
static inline int coffer_p256_point(EVP_PKEY *key, unsigned char *point) {
    size_t length = 0;
    int result = EVP_PKEY_set_utf8_string_param(key, OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT, "uncompressed") == 1
        && EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY, point, 65, &length) == 1 && length == 65;
    ERR_clear_error();
    return result;
}

// Signs with SHA-256; the signature is r and s of 32 bytes each. 1 for success.
static inline int coffer_es256_sign(EVP_PKEY *key, const void *bytes, size_t count, unsigned char *signature) {
    unsigned char der[80];
    size_t length = sizeof der;
    int result = 0;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    if (context != NULL && EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, key) == 1
        && EVP_DigestSign(context, der, &length, (const unsigned char *)bytes, count) == 1) {
        const unsigned char *start = der;
        ECDSA_SIG *pair = d2i_ECDSA_SIG(NULL, &start, (long)length);
        if (pair != NULL) {
            result = BN_bn2binpad(ECDSA_SIG_get0_r(pair), signature, 32) == 32
                && BN_bn2binpad(ECDSA_SIG_get0_s(pair), signature + 32, 32) == 32;
            ECDSA_SIG_free(pair);
        }
    }
    EVP_MD_CTX_free(context);
    ERR_clear_error();
    return result;
}

// Whether r and s of 32 bytes each sign the bytes with SHA-256; 1 for yes.
static inline int coffer_es256_verify(
    EVP_PKEY *key, const void *bytes, size_t count, const unsigned char *signature
) {
    int result = 0;
    unsigned char *der = NULL;
    ECDSA_SIG *pair = ECDSA_SIG_new();
    BIGNUM *r = BN_bin2bn(signature, 32, NULL);
    BIGNUM *s = BN_bin2bn(signature + 32, 32, NULL);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    if (pair == NULL || r == NULL || s == NULL || context == NULL || ECDSA_SIG_set0(pair, r, s) != 1) {
        BN_free(r);
        BN_free(s);
    } else {
        int length = i2d_ECDSA_SIG(pair, &der);
        if (length > 0 && EVP_DigestVerifyInit(context, NULL, EVP_sha256(), NULL, key) == 1) {
            result = EVP_DigestVerify(context, der, (size_t)length, (const unsigned char *)bytes, count) == 1;
        }
        OPENSSL_free(der);
    }
    EVP_MD_CTX_free(context);
    ECDSA_SIG_free(pair);
    ERR_clear_error();
    return result;
}

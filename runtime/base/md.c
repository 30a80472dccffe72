/* Message digests by OpenSSL's EVP. Looking a digest up costs more than computing it, so it is
 * opened once and used for many values. */
#include "base/md.h"

#include <openssl/evp.h>

int md_hex_digits(MdKind kind)
{
    static const int digits[] = {[MD_MD5] = 32, [MD_SHA1] = 40, [MD_SHA256] = 64};
    return digits[kind];
}

/* Md is OpenSSL's context under a name of our own: no header of ours needs OpenSSL's. */
Md *md_open(MdKind kind)
{
    const EVP_MD *type = kind == MD_MD5 ? EVP_md5() : kind == MD_SHA1 ? EVP_sha1() : EVP_sha256();
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    if (ctx && EVP_DigestInit_ex(ctx, type, NULL))
        return (Md *)ctx;
    EVP_MD_CTX_free(ctx);
    return NULL;
}

void md_hex(Md *md, const void *bytes, size_t n, char *hex)
{
    static const char digit[] = "0123456789abcdef";
    EVP_MD_CTX *ctx = (EVP_MD_CTX *)md;
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    EVP_DigestInit_ex(ctx, NULL, NULL); /* begins anew with the digest that is there */
    EVP_DigestUpdate(ctx, bytes, n);
    EVP_DigestFinal_ex(ctx, digest, &size);
    for (unsigned i = 0; i < size; i++) {
        *hex++ = digit[digest[i] >> 4];
        *hex++ = digit[digest[i] & 15];
    }
}

void md_close(Md *md)
{
    EVP_MD_CTX_free((EVP_MD_CTX *)md);
}

/* Message digests that users ask for by name: MD5 (RFC 1321), SHA-1 (RFC 3174), SHA-256 (RFC 6234),
 * computed by OpenSSL. For values that shall look like other systems' hashes; nothing here is used
 * for security. */
#ifndef SEEDPIPE_BASE_MD_H
#define SEEDPIPE_BASE_MD_H

#include <stddef.h>

typedef enum MdKind { MD_MD5, MD_SHA1, MD_SHA256 } MdKind;
#define MD_HEX_MAX 64

/* A digest at work, for one thread. */
typedef struct Md Md;

/* Hexadecimal digits of a digest: 32, 40 or 64. */
int md_hex_digits(MdKind kind);
/* NULL when OpenSSL does not give it, as in FIPS mode. What was opened is closed by the caller. */
Md *md_open(MdKind kind);
/* Writes the digits, without a zero behind. */
void md_hex(Md *md, const void *bytes, size_t n, char *hex);
void md_close(Md *md);

#endif

/* Message digests that users ask for by name: MD5 (RFC 1321), SHA-1 (RFC 3174), SHA-256 (RFC 6234).
 * For values that shall look like other systems' hashes; nothing here is used for security. */
#ifndef SEEDPIPE_BASE_MD_H
#define SEEDPIPE_BASE_MD_H

#include <stddef.h>

typedef enum MdKind { MD_MD5, MD_SHA1, MD_SHA256 } MdKind;
#define MD_HEX_MAX 64

/* Hexadecimal digits of a digest: 32, 40 or 64. */
int md_hex_digits(MdKind kind);
/* Writes them, without a zero behind. */
void md_hex(MdKind kind, const void *bytes, size_t n, char *hex);

#endif

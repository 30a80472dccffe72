/* UTF-8 as the Unicode standard defines it (chapter 3, table 3-7): no overlong forms, no
 * surrogates, nothing above U+10FFFF. A character is a byte that does not continue another. */
#include "base/utf8.h"

static bool is_continuation(unsigned char c)
{
    return (c & 0xC0) == 0x80;
}

/* Bytes of the well-formed character at p, 0 when it is not one. */
static size_t char_bytes(const unsigned char *p, size_t left)
{
    unsigned char c = p[0];
    if (c < 0x80)
        return 1;
    if (c < 0xC2 || c > 0xF4)
        return 0;
    size_t n = c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
    if (left < n)
        return 0;
    unsigned char low = c == 0xE0 ? 0xA0 : c == 0xF0 ? 0x90 : 0x80;
    unsigned char high = c == 0xED ? 0x9F : c == 0xF4 ? 0x8F : 0xBF;
    if (p[1] < low || p[1] > high)
        return 0;
    for (size_t i = 2; i < n; i++)
        if (!is_continuation(p[i]))
            return 0;
    return n;
}

bool utf8_valid(const char *s, size_t n)
{
    const unsigned char *p = (const unsigned char *)s;
    for (size_t i = 0; i < n;) {
        size_t bytes = char_bytes(p + i, n - i);
        if (bytes == 0)
            return false;
        i += bytes;
    }
    return true;
}

size_t utf8_length(const char *s, size_t n)
{
    size_t chars = 0;
    for (size_t i = 0; i < n; i++)
        chars += !is_continuation((unsigned char)s[i]);
    return chars;
}

size_t utf8_prefix(const char *s, size_t n, size_t chars)
{
    for (size_t i = 0; i < n; i++) {
        if (is_continuation((unsigned char)s[i]))
            continue;
        if (chars-- == 0)
            return i;
    }
    return n;
}

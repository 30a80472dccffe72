/* Small texts for people. */
#include "base/text.h"

#include "base/buf.h"

const char *text_count(int64_t n, Arena *mem)
{
    char digits[32];
    char out[48];
    uint64_t magnitude = n < 0 ? 0 - (uint64_t)n : (uint64_t)n;
    int len = 0;
    do {
        digits[len++] = (char)('0' + magnitude % 10);
        magnitude /= 10;
    } while (magnitude);
    int at = 0;
    if (n < 0)
        out[at++] = '-';
    while (len > 0) {
        out[at++] = digits[--len];
        if (len > 0 && len % 3 == 0)
            out[at++] = ',';
    }
    return arena_strndup(mem, out, (size_t)at);
}

const char *text_plural(int64_t n, const char *noun, Arena *mem)
{
    return arena_printf(mem, "%s %s%s", text_count(n, mem), noun, n == 1 ? "" : "s");
}

const char *text_list(const char *const *names, int n, int most, Arena *mem)
{
    Buf out;
    buf_init(&out, 1 << 20);
    for (int i = 0; i < n && i < most; i++) {
        if (i > 0)
            buf_str(&out, ", ");
        buf_str(&out, names[i]);
    }
    if (n > most)
        buf_printf(&out, " and %d more", n - most);
    const char *text = arena_strndup(mem, out.data ? out.data : "", out.len);
    buf_free(&out);
    return text;
}

char text_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

const char *text_lowered(const char *text, Arena *mem)
{
    char *copy = arena_strdup(mem, text);
    for (char *c = copy; *c; c++)
        *c = text_lower(*c);
    return copy;
}

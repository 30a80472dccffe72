/* The /regular expressions/ of locale files (postcodes, mostly) as phrases: classes, groups with
 * alternatives, ? and {n,m}, . and \d \w. */
#include <string.h>

#include "gen/locale_int.h"

#define REPEAT_MAX 32

typedef struct Regex {
    const char *p;
    Arena *mem;
    bool bad;
} Regex;

static const Phrase *alternatives(Regex *r, int depth);

static const char digits[] = "0123456789";
static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/* [A-CX0-9]; only ASCII. */
static const Phrase *class(Regex *r)
{
    char *set = arena_alloc(r->mem, 256);
    uint32_t n = 0;
    bool has[128] = {false};
    for (r->p++; *r->p && *r->p != ']'; r->p++) {
        const char *escaped = *r->p == '\\' && r->p[1] == 'd' ? digits : NULL;
        if (*r->p == '\\' && r->p[1])
            r->p++;
        unsigned char low = (unsigned char)(escaped ? '0' : *r->p), high = low;
        if (escaped)
            high = '9';
        else if (r->p[1] == '-' && r->p[2] && r->p[2] != ']') {
            high = (unsigned char)r->p[2];
            r->p += 2;
        }
        if (low > 126 || high > 126 || low > high)
            r->bad = true;
        for (unsigned ch = low; ch <= high && !r->bad; ch++)
            if (!has[ch]) {
                has[ch] = true;
                set[n++] = (char)ch;
            }
    }
    r->bad = r->bad || *r->p != ']' || n == 0 || set[0] == '^';
    r->p += *r->p == ']';
    return phrase_chars((Str){set, n ? n : 1}, 1, r->mem);
}

static const Phrase *atom(Regex *r, int depth)
{
    char ch = *r->p;
    if (ch == '[')
        return class(r);
    if (ch == '(') {
        r->p++;
        if (strncmp(r->p, "?:", 2) == 0)
            r->p += 2;
        const Phrase *inside = alternatives(r, depth + 1);
        r->bad = r->bad || *r->p != ')';
        r->p += *r->p == ')';
        return inside;
    }
    if (ch == '\\' && r->p[1]) {
        ch = r->p[1];
        r->p += 2;
        if (ch == 'd' || ch == 'w')
            return phrase_chars(ch == 'd' ? (Str){digits, 10} : (Str){letters, 62}, 1, r->mem);
        r->bad = r->bad || (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z');
        return phrase_text((Str){r->p - 1, 1}, r->mem);
    }
    r->p++;
    if (ch == '.')
        return phrase_chars((Str){letters, 62}, 1, r->mem);
    r->bad = r->bad || strchr("*+{}]", ch);
    return phrase_text((Str){r->p - 1, 1}, r->mem);
}

/* low to high times, each equally likely. */
static const Phrase *repeat(Regex *r, const Phrase *one, int low, int high)
{
    const Phrase **parts = arena_array(r->mem, const Phrase *, high - low + 1);
    double *weights = arena_array(r->mem, double, high - low + 1);
    const Phrase **copies = arena_array(r->mem, const Phrase *, high + 1);
    for (int i = 0; i < high; i++)
        copies[i] = one;
    for (int n = low; n <= high; n++) {
        parts[n - low] = phrase_all(copies, (uint32_t)n, r->mem);
        weights[n - low] = 1;
    }
    return low == high ? parts[0] : phrase_one(parts, weights, (uint32_t)(high - low + 1), r->mem);
}

static int number(Regex *r)
{
    int n = 0;
    for (; *r->p >= '0' && *r->p <= '9'; r->p++)
        n = n <= REPEAT_MAX ? n * 10 + *r->p - '0' : n;
    return n;
}

static const Phrase *counted(Regex *r, const Phrase *one)
{
    int low = 0, high = 1;
    if (*r->p == '?') {
        r->p++;
        return repeat(r, one, 0, 1);
    }
    if (*r->p != '{')
        return one;
    r->p++;
    low = high = number(r);
    if (*r->p == ',') {
        r->p++;
        high = number(r);
    }
    r->bad = r->bad || *r->p != '}' || low > high || high > REPEAT_MAX ||
             (uint64_t)one->bytes * (uint64_t)high > LOCALE_TEXT_MAX;
    r->p += *r->p == '}';
    return r->bad ? one : repeat(r, one, low, high);
}

static const Phrase *sequence(Regex *r, int depth)
{
    const Phrase **parts = NULL;
    size_t cap = 0;
    uint32_t n = 0;
    while (*r->p && *r->p != '|' && *r->p != ')' && !r->bad) {
        const Phrase *one = atom(r, depth);
        parts = arena_grow(r->mem, parts, &cap, n + 1, sizeof *parts);
        parts[n++] = counted(r, one);
    }
    return phrase_all(parts, n, r->mem);
}

static const Phrase *alternatives(Regex *r, int depth)
{
    const Phrase **parts = arena_array(r->mem, const Phrase *, strlen(r->p) + 1);
    double *weights = arena_array(r->mem, double, strlen(r->p) + 1);
    uint32_t n = 0;
    r->bad = r->bad || depth > 20;
    do {
        r->p += n > 0;
        parts[n] = sequence(r, depth);
        weights[n++] = 1;
    } while (*r->p == '|' && !r->bad);
    return n == 1 ? parts[0] : phrase_one(parts, weights, n, r->mem);
}

const Phrase *locale_regex(const char *text, Arena *mem)
{
    size_t n = strlen(text);
    if (n < 3 || text[0] != '/' || text[n - 1] != '/')
        return NULL;
    char *inside = arena_strndup(mem, text + 1, n - 2);
    size_t len = n - 2;
    if (len && inside[len - 1] == '$' && (len < 2 || inside[len - 2] != '\\'))
        inside[len - 1] = '\0';
    Regex r = {.p = inside + (*inside == '^'), .mem = mem};
    const Phrase *phrase = alternatives(&r, 0);
    return r.bad || *r.p ? NULL : phrase;
}

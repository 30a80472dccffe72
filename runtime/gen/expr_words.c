/* More functions over texts. Characters are counted, not bytes; blanks are spaces; letters are
 * changed in ASCII only. Results lie in the batch's scratch memory. */
#include "gen/expr_int.h"
#include "gen/fold_int.h"

#include <string.h>

#include "base/utf8.h"

#define TEXT_MAX                                                                                   \
    (1 << 24) /* bytes of one result: padding and repeating could ask for any number               \
               */

static bool needs_text(GenBind *b, int i)
{
    if (type_is_text(arg_kind(b, i)))
        return true;
    gen_bind_error(b, ERR_RECIPE, "%s needs a text, not %s", expr_name(b), expr_type(b, i));
    return err_hint(b->mem, b->err, "text_of(...) makes a text of any value");
}

static bool needs_number(GenBind *b, int i, const char *what)
{
    if (arg_kind(b, i) == TYPE_INT)
        return true;
    return gen_bind_error(b, ERR_RECIPE, "%s: %s must be a whole number, not %s", expr_name(b),
                          what, expr_type(b, i));
}

static int length_of(const GenBind *b, int i)
{
    return arg_kind(b, i) == TYPE_UUID ? 36 : arg_of(b, i)->type.length;
}

static bool set_text(GenBind *b, int64_t length, void (*fill)(const GenCall *, Vec *))
{
    Type type = {.kind = TYPE_TEXT, .length = length > 0 && length < INT32_MAX ? (int)length : 0};
    return expr_set(b, type, fill, NULL);
}

static OpKind op_of(const GenCall *c)
{
    return c->bound->node->op;
}

/* ---- trim */

static void fill_trim(const GenCall *c, Vec *out)
{
    bool left = op_of(c) != OP_RTRIM, right = op_of(c) != OP_LTRIM;
    for (uint32_t k = 0; k < c->n; k++) {
        Str s = c->args[0]->s[k];
        for (; left && s.n && *s.p == ' '; s.n--)
            s.p++;
        while (right && s.n && s.p[s.n - 1] == ' ')
            s.n--;
        out->s[k] = s;
    }
}

bool expr_trim(GenBind *b)
{
    return needs_text(b, 0) && set_text(b, length_of(b, 0), fill_trim);
}

/* ---- replace, position, split_part */

static const char *find(Str s, uint32_t from, Str part)
{
    return from <= s.n ? memmem(s.p + from, s.n - from, part.p, part.n) : NULL;
}

static Str replaced(const GenCall *c, Str s, Str what, Str by)
{
    uint32_t count = 0;
    const char *at = s.p, *end = s.p + s.n;
    for (const char *hit; what.n && (hit = find(s, (uint32_t)(at - s.p), what)); at = hit + what.n)
        count++;
    if (count == 0)
        return s;
    uint64_t size = s.n + (uint64_t)count * by.n - (uint64_t)count * what.n;
    char *p = arena_alloc_raw(c->scratch, size + 1), *start = p;
    at = s.p;
    for (const char *hit; (hit = find(s, (uint32_t)(at - s.p), what)); at = hit + what.n) {
        memcpy(p, at, (size_t)(hit - at));
        p += hit - at;
        if (by.n)
            memcpy(p, by.p, by.n);
        p += by.n;
    }
    memcpy(p, at, (size_t)(end - at));
    return (Str){start, (uint32_t)size};
}

static void fill_replace(const GenCall *c, Vec *out)
{
    for (uint32_t k = 0; k < c->n; k++)
        out->s[k] = replaced(c, c->args[0]->s[k], c->args[1]->s[k], c->args[2]->s[k]);
}

bool expr_replace(GenBind *b)
{
    if (!needs_text(b, 0) || !needs_text(b, 1) || !needs_text(b, 2))
        return false;
    /* One character for one never makes it longer. */
    int own = length_of(b, 0), by = length_of(b, 2);
    bool shrinks = is_const(arg_of(b, 1), VAL_TEXT) && by <= length_of(b, 1) &&
                   is_const(arg_of(b, 2), VAL_TEXT);
    return set_text(b, shrinks ? own : (int64_t)own * (by > 1 ? by : 1), fill_replace);
}

static void fill_position(const GenCall *c, Vec *out)
{
    for (uint32_t k = 0; k < c->n; k++) {
        Str s = c->args[0]->s[k], part = c->args[1]->s[k];
        const char *hit = part.n ? find(s, 0, part) : s.p;
        out->i[k] = hit ? (int64_t)utf8_length(s.p, (size_t)(hit - s.p)) + 1 : 0;
    }
}

bool expr_position(GenBind *b)
{
    if (!needs_text(b, 0) || !needs_text(b, 1))
        return false;
    expr_int_bounds(b->out, 0, length_of(b, 0) ? length_of(b, 0) + 1 : INT32_MAX);
    return expr_set(b, b->out->type, fill_position, NULL);
}

static void fill_split(const GenCall *c, Vec *out)
{
    for (uint32_t k = 0; k < c->n; k++) {
        Str s = c->args[0]->s[k], by = c->args[1]->s[k];
        int64_t n = c->args[2]->i[k];
        uint32_t from = 0;
        const char *hit = NULL;
        out->s[k] = (Str){"", 0};
        for (; n >= 1; n--) {
            hit = by.n ? find(s, from, by) : NULL;
            if (n == 1)
                out->s[k] = (Str){s.p + from, hit ? (uint32_t)(hit - s.p) - from : s.n - from};
            if (!hit)
                break;
            from = (uint32_t)(hit - s.p) + by.n;
        }
    }
}

bool expr_split(GenBind *b)
{
    if (!needs_text(b, 0) || !needs_text(b, 1) || !needs_number(b, 2, "the number of the part"))
        return false;
    if (is_const(arg_of(b, 2), VAL_INT) && arg_of(b, 2)->lo < 1)
        return gen_bind_error(b, ERR_RECIPE, "split_part: parts are counted from 1");
    return set_text(b, length_of(b, 0), fill_split);
}

/* ---- lpad, rpad, repeated */

static void fill_pad(const GenCall *c, Vec *out)
{
    bool left = op_of(c) == OP_LPAD;
    for (uint32_t k = 0; k < c->n; k++) {
        Str s = c->args[0]->s[k], by = c->bound->nargs > 2 ? c->args[2]->s[k] : (Str){" ", 1};
        int64_t wanted = c->args[1]->i[k] > 0 ? c->args[1]->i[k] : 0;
        size_t chars = utf8_length(s.p, s.n), each = utf8_length(by.p, by.n);
        if ((uint64_t)wanted <= chars || each == 0) {
            out->s[k] = (Str){s.p, (uint32_t)utf8_prefix(s.p, s.n, (size_t)wanted)};
            continue;
        }
        if (wanted > TEXT_MAX / 4) {
            expr_overflow(c, out, k);
            continue;
        }
        size_t missing = (size_t)wanted - chars, rest = utf8_prefix(by.p, by.n, missing % each);
        size_t fill = missing / each * by.n + rest;
        char *p = arena_alloc_raw(c->scratch, fill + s.n + 1), *start = p;
        if (!left && s.n)
            p = memcpy(p, s.p, s.n), p += s.n;
        for (size_t i = 0; i < missing / each; i++, p += by.n)
            memcpy(p, by.p, by.n);
        memcpy(p, by.p, rest);
        if (left && s.n)
            memcpy(p + rest, s.p, s.n);
        out->s[k] = (Str){start, (uint32_t)(fill + s.n)};
    }
}

bool expr_pad(GenBind *b)
{
    if (!needs_text(b, 0) || !needs_number(b, 1, "the number of characters") ||
        (b->out->nargs > 2 && !needs_text(b, 2)))
        return false;
    const Bound *n = arg_of(b, 1);
    if (is_const(n, VAL_INT) && (n->lo < 0 || n->lo > TEXT_MAX / 4))
        return gen_bind_error(b, ERR_RECIPE, "%s: the number of characters is out of range",
                              expr_name(b));
    return set_text(b, n->has_bounds && n->hi > 0 ? n->hi : 0, fill_pad);
}

static void fill_repeat(const GenCall *c, Vec *out)
{
    for (uint32_t k = 0; k < c->n; k++) {
        Str s = c->args[0]->s[k];
        int64_t n = s.n && c->args[1]->i[k] > 0 ? c->args[1]->i[k] : 0;
        out->s[k] = (Str){"", 0};
        if (n > TEXT_MAX || n * s.n > TEXT_MAX) {
            expr_overflow(c, out, k);
            continue;
        }
        char *p = arena_alloc_raw(c->scratch, (size_t)n * s.n + 1);
        for (int64_t i = 0; i < n; i++)
            memcpy(p + i * s.n, s.p, s.n);
        out->s[k] = (Str){p, (uint32_t)(n * s.n)};
    }
}

bool expr_repeat(GenBind *b)
{
    if (!needs_text(b, 0) || !needs_number(b, 1, "how often"))
        return false;
    const Bound *n = arg_of(b, 1);
    return set_text(b, n->has_bounds && n->hi > 0 ? (int64_t)length_of(b, 0) * n->hi : 0,
                    fill_repeat);
}

/* ---- reverse, initcap */

static void fill_reverse(const GenCall *c, Vec *out)
{
    for (uint32_t k = 0; k < c->n; k++) {
        Str s = c->args[0]->s[k];
        char *p = arena_alloc_raw(c->scratch, s.n + 1u), *to = p + s.n;
        for (size_t at = 0, n; at < s.n; at += n) {
            n = utf8_prefix(s.p + at, s.n - at, 1);
            to -= n;
            memcpy(to, s.p + at, n);
        }
        out->s[k] = (Str){p, s.n};
    }
}

bool expr_reverse(GenBind *b)
{
    return needs_text(b, 0) && set_text(b, length_of(b, 0), fill_reverse);
}

static bool is_letter(char ch)
{
    return (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z');
}
static bool is_digit(char ch)
{
    return ch >= '0' && ch <= '9';
}

static void fill_initcap(const GenCall *c, Vec *out)
{
    for (uint32_t k = 0; k < c->n; k++) {
        Str s = c->args[0]->s[k];
        char *p = arena_alloc_raw(c->scratch, s.n + 1u);
        bool inside = false;
        for (uint32_t i = 0; i < s.n; i++) {
            char ch = s.p[i];
            bool letter = is_letter(ch);
            p[i] = letter ? (char)(inside ? ch | 0x20 : ch & ~0x20) : ch;
            /* An apostrophe stays inside: o'neil's. */
            inside = letter || is_digit(ch) || (unsigned char)ch >= 0x80 || (inside && ch == '\'');
        }
        out->s[k] = (Str){p, s.n};
    }
}

bool expr_initcap(GenBind *b)
{
    return needs_text(b, 0) && set_text(b, length_of(b, 0), fill_initcap);
}

/* ---- ascii, slugify */

static void fill_ascii(const GenCall *c, Vec *out)
{
    bool slug = op_of(c) == OP_SLUGIFY;
    for (uint32_t k = 0; k < c->n; k++) {
        Str s = c->args[0]->s[k];
        char *p = arena_alloc_raw(c->scratch, (size_t)s.n * 2 + 1), *start = p;
        for (uint32_t i = 0; i < s.n;) {
            char letters[FOLD_MAX];
            uint32_t bytes, n = fold_letter(s.p + i, s.n - i, &bytes, letters);
            for (uint32_t j = 0; j < n; j++) {
                char ch = letters[j];
                if (!slug)
                    *p++ = ch;
                else if (is_letter(ch) || is_digit(ch))
                    *p++ = is_letter(ch) ? (char)(ch | 0x20) : ch;
                else if (ch != '\'' && p > start && p[-1] != '-')
                    *p++ = '-';
            }
            i += bytes;
        }
        while (slug && p > start && p[-1] == '-')
            p--;
        out->s[k] = (Str){start, (uint32_t)(p - start)};
    }
}

bool expr_ascii(GenBind *b)
{
    return needs_text(b, 0) && set_text(b, (int64_t)length_of(b, 0) * 2, fill_ascii);
}

/* ---- like: a pattern that is written out */

/* Matches by characters; % backtracks to the last one only, which is enough. */
static bool matches(Str s, Str pattern)
{
    uint32_t i = 0, p = 0, star = UINT32_MAX, mark = 0;
    while (i < s.n) {
        size_t step = utf8_prefix(s.p + i, s.n - i, 1);
        if (p < pattern.n && pattern.p[p] == '%') {
            star = p++;
            mark = i;
            continue;
        }
        if (p < pattern.n && pattern.p[p] == '_') {
            i += (uint32_t)step;
            p++;
            continue;
        }
        bool escaped = p + 1 < pattern.n && pattern.p[p] == '\\';
        size_t own =
            p < pattern.n ? utf8_prefix(pattern.p + p + escaped, pattern.n - p - escaped, 1) : 0;
        if (own == step && memcmp(pattern.p + p + escaped, s.p + i, step) == 0) {
            i += (uint32_t)step;
            p += (uint32_t)own + escaped;
            continue;
        }
        if (star == UINT32_MAX)
            return false;
        mark += (uint32_t)utf8_prefix(s.p + mark, s.n - mark, 1);
        i = mark;
        p = star + 1;
    }
    while (p < pattern.n && pattern.p[p] == '%')
        p++;
    return p == pattern.n;
}

static void fill_like(const GenCall *c, Vec *out)
{
    const Value *v = c->bound->state;
    Str pattern = {v->text, (uint32_t)v->len};
    for (uint32_t k = 0; k < c->n; k++)
        out->i[k] = matches(c->args[0]->s[k], pattern);
}

bool expr_like(GenBind *b)
{
    if (!needs_text(b, 0))
        return false;
    const Bound *pattern = arg_of(b, 1);
    if (!is_const(pattern, VAL_TEXT) || pattern->type.kind != TYPE_TEXT)
        return gen_bind_error(b, ERR_RECIPE, "like: the pattern must be a text, written out");
    const Value *v = &pattern->node->value;
    if (v->len && v->text[v->len - 1] == '\\' && (v->len < 2 || v->text[v->len - 2] != '\\'))
        return gen_bind_error(b, ERR_RECIPE, "like: the pattern ends in a lone backslash");
    return expr_set(b, (Type){.kind = TYPE_BOOL}, fill_like, v);
}

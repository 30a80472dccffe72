/* Parsing: characters, classes, groups, alternatives, and repetitions with bounds. What has no
 * bound, or looks around, is refused at its position, since a text has to come out. */
#include "gen/regex_int.h"

#include <string.h>

#include "base/utf8.h"

#define DEPTH_MAX 20

typedef struct Parser {
    GenBind *b;
    const char *text;
    uint32_t len, at, depth;
} Parser;

static void *fail(Parser *p, uint32_t at, const char *hint, const char *what)
{
    gen_bind_error(p->b, ERR_RECIPE, "%s: position %u: %s", p->b->node->gen->name, at + 1, what);
    if (hint)
        err_hint(p->b->mem, p->b->err, "%s", hint);
    return NULL;
}

static bool more(const Parser *p)
{
    return p->at < p->len;
}

static void set_add(RegexSet *s, unsigned char c)
{
    s->bits[c >> 6] |= UINT64_C(1) << (c & 63);
}

static bool set_has(const RegexSet *s, unsigned char c)
{
    return s->bits[c >> 6] >> (c & 63) & 1;
}

static bool set_meets(const RegexSet *a, const RegexSet *b)
{
    for (int i = 0; i < 4; i++)
        if (a->bits[i] & b->bits[i])
            return true;
    return false;
}

static RegexSet set_union(RegexSet a, const RegexSet *b)
{
    for (int i = 0; i < 4; i++)
        a.bits[i] |= b->bits[i];
    return a;
}

static Regex *part_new(Parser *p, RegexKind kind, uint32_t at)
{
    Regex *re = arena_new_of(p->b->mem, Regex);
    re->kind = kind;
    re->at = at + 1;
    return re;
}

static Regex *set_of(Parser *p, uint32_t at, RegexSet set)
{
    Regex *re = part_new(p, REGEX_SET, at);
    char *bytes = arena_alloc(p->b->mem, 257);
    for (int c = 0; c < 256; c++)
        if (set_has(&set, (unsigned char)c))
            bytes[re->bytes.n++] = (char)c;
    re->bytes.p = bytes;
    re->count = re->bytes.n;
    re->most = 1;
    re->first = set;
    return re;
}

static Regex *literal_of(Parser *p, uint32_t at, const char *bytes, uint32_t n)
{
    Regex *re = part_new(p, REGEX_LITERAL, at);
    re->bytes = (Str){arena_strndup(p->b->mem, bytes, n), n};
    re->count = 1;
    re->most = n;
    set_add(&re->first, (unsigned char)bytes[0]);
    return re;
}

static void add_range(RegexSet *s, int from, int to)
{
    for (int c = from; c <= to; c++)
        set_add(s, (unsigned char)c);
}

/* \d, \w, \s, or a character that stands for itself. False when it is none of these. */
static bool read_escape(char c, RegexSet *set)
{
    switch (c) {
    case 'd': add_range(set, '0', '9'); return true;
    case 'w':
        add_range(set, '0', '9');
        add_range(set, 'A', 'Z');
        add_range(set, 'a', 'z');
        set_add(set, '_');
        return true;
    case 's': set_add(set, ' '); return true;
    case 't': set_add(set, '\t'); return true;
    case 'n': set_add(set, '\n'); return true;
    case 'r': set_add(set, '\r'); return true;
    default: break;
    }
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!letter && c > 0)
        set_add(set, (unsigned char)c);
    return !letter && c > 0;
}

static const Regex *parse_escape(Parser *p)
{
    uint32_t at = p->at++;
    RegexSet set = {{0}};
    if (!more(p))
        return fail(p, at, "for a backslash write two", "a lone backslash at the end");
    char c = p->text[p->at++];
    if (read_escape(c, &set))
        return set_of(p, at, set);
    if (c >= '1' && c <= '9')
        return fail(p, at, "write the part again", "back references are not supported");
    return fail(p, at, "\\d \\w \\s, or a sign such as \\.",
                arena_printf(p->b->mem, "\\%c is not supported", c));
}

/* One end of a range in a class, or a whole class such as \d (then *one is -1). */
static bool class_item(Parser *p, RegexSet *set, int *one)
{
    unsigned char c = (unsigned char)p->text[p->at];
    *one = c;
    if (c >= 0x80)
        return fail(p, p->at, "write alternatives: (\xc3\xa4|\xc3\xb6)",
                    "a class holds ASCII characters only") != NULL;
    p->at++;
    if (c != '\\')
        return true;
    RegexSet escaped = {{0}};
    if (!more(p) || !read_escape(p->text[p->at++], &escaped))
        return fail(p, p->at - 1, NULL, "this escape is not supported in a class") != NULL;
    int n = 0;
    for (int k = 0; k < 128; k++)
        if (set_has(&escaped, (unsigned char)k)) {
            *one = k;
            n++;
        }
    if (n > 1) {
        *one = -1;
        *set = set_union(*set, &escaped);
    }
    return true;
}

static const Regex *parse_class(Parser *p)
{
    uint32_t at = p->at++;
    RegexSet set = {{0}};
    bool negated = more(p) && p->text[p->at] == '^';
    p->at += negated;
    for (bool begun = false; more(p) && (p->text[p->at] != ']' || !begun); begun = true) {
        int from, to;
        uint32_t item = p->at;
        if (!class_item(p, &set, &from))
            return NULL;
        to = from;
        if (p->at + 1 < p->len && p->text[p->at] == '-' && p->text[p->at + 1] != ']') {
            p->at++;
            if (!class_item(p, &set, &to))
                return NULL;
            if (from < 0 || to < from)
                return fail(p, item, NULL, "the range goes backwards");
        }
        if (from >= 0)
            add_range(&set, from, to);
    }
    if (!more(p))
        return fail(p, at, NULL, "the class [ is not closed");
    p->at++;
    if (negated) {
        RegexSet rest = {{0}};
        for (int c = ' '; c <= '~'; c++)
            if (!set_has(&set, (unsigned char)c))
                set_add(&rest, (unsigned char)c);
        set = rest;
    }
    const Regex *re = set_of(p, at, set);
    return re->count ? re : fail(p, at, NULL, "the class is empty");
}

static const Regex *parse_alternatives(Parser *p);

static const Regex *parse_group(Parser *p)
{
    uint32_t at = p->at++;
    if (more(p) && p->text[p->at] == '?') {
        if (p->at + 1 >= p->len || p->text[p->at + 1] != ':')
            return fail(p, at, "groups are ( ) and (?: )",
                        "looking around and named groups are not supported");
        p->at += 2;
    }
    if (++p->depth > DEPTH_MAX)
        return fail(p, at, NULL, "groups are nested too deep");
    const Regex *re = parse_alternatives(p);
    p->depth--;
    if (!re)
        return NULL;
    if (!more(p))
        return fail(p, at, NULL, "the group ( is not closed");
    p->at++;
    return re;
}

static const Regex *parse_one(Parser *p)
{
    char c = p->text[p->at];
    switch (c) {
    case '\\': return parse_escape(p);
    case '[': return parse_class(p);
    case '(': return parse_group(p);
    case '.': {
        RegexSet set = {{0}};
        add_range(&set, ' ', '~');
        return set_of(p, p->at++, set);
    }
    case '*':
    case '+':
    case '?':
    case '{':
        return fail(p, p->at, "for the sign itself write a backslash before it",
                    "there is nothing to repeat");
    case '^':
    case '$':
        return fail(p, p->at, "for the sign itself write a backslash before it",
                    "an anchor stands at the beginning or the end only");
    default: break;
    }
    uint32_t n = 1;
    while (p->at + n < p->len && ((unsigned char)p->text[p->at + n] & 0xc0) == 0x80)
        n++;
    p->at += n;
    return literal_of(p, p->at - n, p->text + p->at - n, n);
}

static bool read_number(Parser *p, uint32_t *out)
{
    uint32_t begin = p->at;
    for (*out = 0; more(p) && p->text[p->at] >= '0' && p->text[p->at] <= '9'; p->at++)
        *out = *out < 100000 ? *out * 10 + (uint32_t)(p->text[p->at] - '0') : *out;
    return p->at > begin;
}

/* {3}, {2,5}, ?. */
static bool read_bounds(Parser *p, uint32_t *min, uint32_t *max)
{
    uint32_t at = p->at;
    char c = p->text[p->at++];
    *min = 0;
    *max = 1;
    if (c == '?')
        return true;
    if (c != '{')
        return fail(p, at, c == '*' ? "write {0,8}" : "write {1,8}",
                    arena_printf(p->b->mem, "%c has no upper bound", c)) != NULL;
    bool ok = read_number(p, min);
    *max = *min;
    if (ok && more(p) && p->text[p->at] == ',') {
        p->at++;
        if (!read_number(p, max))
            return fail(p, at, "write {1,8}", "the repetition has no upper bound") != NULL;
    }
    if (!ok || !more(p) || p->text[p->at++] != '}')
        return fail(p, at, "{3} or {2,5}", "a repetition is written with one or two numbers") !=
               NULL;
    if (*max < *min)
        return fail(p, at, NULL, "the repetition's least number is above its greatest") != NULL;
    return *max < REGEX_PARTS ||
           fail(p, at, NULL, "something can be repeated 255 times at most") != NULL;
}

static uint64_t times(uint64_t a, uint64_t b)
{
    return a && b > GEN_COUNT_MAX / a ? GEN_COUNT_MAX : a * b;
}

static const Regex *repeat_of(Parser *p, const Regex *part, uint32_t min, uint32_t max)
{
    Regex *re = part_new(p, REGEX_REPEAT, part->at - 1);
    re->parts = arena_array(p->b->mem, const Regex *, 1);
    re->parts[0] = part;
    re->nparts = 1;
    re->min = min;
    re->max = max;
    re->nullable = min == 0 || part->nullable;
    re->first = part->first;
    re->most = part->most * max;
    uint64_t count = 1;
    for (uint32_t k = 0; k <= max; k++) {
        if (k >= min)
            re->count = count > GEN_COUNT_MAX - re->count ? GEN_COUNT_MAX : re->count + count;
        count = times(count, part->count);
    }
    if (re->most > REGEX_BYTES)
        return fail(p, part->at - 1, NULL, "the text can become longer than 4000 bytes");
    return re;
}

static const Regex *parse_sequence(Parser *p)
{
    Regex *re = part_new(p, REGEX_CAT, p->at);
    re->parts = arena_array(p->b->mem, const Regex *, REGEX_PARTS);
    re->count = 1;
    re->nullable = true;
    while (more(p) && p->text[p->at] != '|' && p->text[p->at] != ')') {
        uint32_t at = p->at;
        const Regex *part = parse_one(p);
        while (part && more(p) && strchr("?*+{", p->text[p->at])) {
            uint32_t min, max;
            if (!read_bounds(p, &min, &max))
                return NULL;
            part = repeat_of(p, part, min, max);
        }
        if (!part)
            return NULL;
        if (re->nparts == REGEX_PARTS)
            return fail(p, at, NULL, "the pattern has too many parts");
        re->parts[re->nparts++] = part;
        if (re->nullable)
            re->first = set_union(re->first, &part->first);
        re->nullable = re->nullable && part->nullable;
        re->count = times(re->count, part->count);
        re->most += part->most;
        if (re->most > REGEX_BYTES)
            return fail(p, at, NULL, "the text can become longer than 4000 bytes");
    }
    return re;
}

static const Regex *parse_alternatives(Parser *p)
{
    Regex *re = part_new(p, REGEX_ALT, p->at);
    re->parts = arena_array(p->b->mem, const Regex *, REGEX_PARTS);
    for (;;) {
        const Regex *part = parse_sequence(p);
        if (!part)
            return NULL;
        if (re->nparts == REGEX_PARTS)
            return fail(p, p->at, NULL, "there are too many alternatives");
        re->parts[re->nparts++] = part;
        re->nullable = re->nullable || part->nullable;
        re->first = set_union(re->first, &part->first);
        re->most = part->most > re->most ? part->most : re->most;
        re->count =
            part->count > GEN_COUNT_MAX - re->count ? GEN_COUNT_MAX : re->count + part->count;
        if (!more(p) || p->text[p->at] != '|')
            return re->nparts == 1 ? part : re;
        p->at++;
    }
}

const Regex *regex_parse(GenBind *b, const char *text, size_t len)
{
    Parser p = {.b = b, .text = text, .len = (uint32_t)len};
    if (len > 1000)
        return fail(&p, 0, NULL, "the pattern is longer than 1000 characters");
    bool escaped = false;
    for (uint32_t i = 0; i + 1 < p.len; i++)
        escaped = text[i] == '\\' && !escaped;
    if (p.len && text[p.len - 1] == '$' && !escaped)
        p.len--;
    if (p.len && text[0] == '^')
        p.at++;
    const Regex *re = parse_alternatives(&p);
    if (re && more(&p))
        return fail(&p, p.at, NULL, "this ) closes no group");
    return re;
}

/* ---- one reading only */

/* A text that is always the same; NULL when it is none. */
static const char *fixed_text(const Regex *re, char *buffer, uint32_t *n)
{
    if (re->count != 1 || re->kind == REGEX_ALT || re->kind == REGEX_REPEAT)
        return NULL;
    if (re->kind != REGEX_CAT) {
        memcpy(buffer + *n, re->bytes.p, re->bytes.n);
        *n += re->bytes.n;
        return buffer;
    }
    for (uint32_t i = 0; i < re->nparts; i++)
        if (!fixed_text(re->parts[i], buffer, n))
            return NULL;
    return buffer;
}

/* Two alternatives that begin alike are told apart when both are fixed and neither begins the
 * other. */
static bool told_apart(const Regex *a, const Regex *b)
{
    char left[REGEX_BYTES], right[REGEX_BYTES];
    uint32_t n = 0, m = 0;
    if (!fixed_text(a, left, &n) || !fixed_text(b, right, &m))
        return false;
    return memcmp(left, right, n < m ? n : m) != 0;
}

static uint32_t look(const Regex *re, RegexSet follow)
{
    uint32_t at = 0;
    switch (re->kind) {
    case REGEX_SET:
    case REGEX_LITERAL: return 0;
    case REGEX_CAT:
        for (uint32_t i = re->nparts; i > 0 && !at; i--) {
            const Regex *part = re->parts[i - 1];
            at = look(part, follow);
            follow = part->nullable ? set_union(follow, &part->first) : part->first;
        }
        return at;
    case REGEX_ALT:
        for (uint32_t i = 0; i < re->nparts; i++)
            for (uint32_t k = 0; k < re->nparts; k++) {
                const Regex *a = re->parts[i], *b = re->parts[k];
                bool clash = a != b && ((set_meets(&a->first, &b->first) && !told_apart(a, b)) ||
                                        (a->nullable && b->nullable) ||
                                        (a->nullable && set_meets(&b->first, &follow)));
                if (clash)
                    return b->at;
            }
        for (uint32_t i = 0; i < re->nparts && !at; i++)
            at = look(re->parts[i], follow);
        return at;
    case REGEX_REPEAT: break;
    }
    const Regex *part = re->parts[0];
    if (re->max == 0)
        return 0;
    if (part->nullable && re->max > 1)
        return re->at;
    if (re->min < re->max && (part->nullable || set_meets(&part->first, &follow)))
        return re->at;
    return look(part, re->max > 1 ? set_union(follow, &part->first) : follow);
}

uint32_t regex_ambiguous(const Regex *re)
{
    return look(re, (RegexSet){{0}});
}

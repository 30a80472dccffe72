/* The one trap that leaves no trace at run time: in `t.a:is(1) or t.b:is(2)` Lua takes the left
 * side and never looks at the right one. A node is never false, so an `or` right behind a
 * comparison is an error; it is found in the recipe's text. */
#include <ctype.h>
#include <string.h>

#include "recipe/recipe_int.h"

/* A reader of Lua's tokens, as far as needed: words, texts, brackets, and single characters for the
 * rest. */
typedef struct Scan {
    const char *at, *end;
    int line;
    char kind; /* 'w' word, 's' text, else the character; 0 at the end */
    const char *word;
    size_t len;
} Scan;

/* The number of = in an opening [=[ or -1. */
static int long_bracket(const Scan *s, const char *p)
{
    int level = 0;
    if (p >= s->end || *p++ != '[')
        return -1;
    while (p < s->end && *p == '=') {
        p++;
        level++;
    }
    return p < s->end && *p == '[' ? level : -1;
}

static void skip_long(Scan *s, int level)
{
    for (s->at += level + 2; s->at < s->end; s->at++) {
        if (*s->at == '\n')
            s->line++;
        if (*s->at != ']')
            continue;
        const char *p = s->at + 1;
        int n = 0;
        for (; p < s->end && *p == '='; p++)
            n++;
        if (n == level && p < s->end && *p == ']') {
            s->at = p + 1;
            return;
        }
    }
}

static void skip_quoted(Scan *s)
{
    char quote = *s->at++;
    for (; s->at < s->end && *s->at != quote; s->at++) {
        if (*s->at == '\\' && s->at + 1 < s->end)
            s->at++;
        if (*s->at == '\n')
            s->line++;
    }
    s->at += s->at < s->end;
}

static void skip_comment(Scan *s)
{
    s->at += 2;
    int level = long_bracket(s, s->at);
    if (level >= 0)
        skip_long(s, level);
    else
        while (s->at < s->end && *s->at != '\n')
            s->at++;
}

static bool next(Scan *s)
{
    for (;;) {
        while (s->at < s->end && isspace((unsigned char)*s->at))
            s->line += *s->at++ == '\n';
        if (s->end - s->at < 2 || s->at[0] != '-' || s->at[1] != '-')
            break;
        skip_comment(s);
    }
    if (s->at >= s->end)
        return false;
    int level = long_bracket(s, s->at);
    s->kind = *s->at;
    if (isalnum((unsigned char)*s->at) || *s->at == '_') {
        s->word = s->at;
        while (s->at < s->end && (isalnum((unsigned char)*s->at) || *s->at == '_'))
            s->at++;
        s->len = (size_t)(s->at - s->word);
        s->kind = 'w';
    } else if (*s->at == '"' || *s->at == '\'') {
        skip_quoted(s);
        s->kind = 's';
    } else if (level >= 0) {
        skip_long(s, level);
        s->kind = 's';
    } else {
        s->at++;
    }
    return true;
}

static bool is_word(const Scan *s, const char *word)
{
    return s->kind == 'w' && s->len == strlen(word) && memcmp(s->word, word, s->len) == 0;
}

static bool is_comparison(const Scan *s)
{
    for (int op = 0; op < OP_COUNT; op++)
        if (op_defs[op].form == 'm' && is_word(s, op_defs[op].name))
            return true;
    return false;
}

/* Words after which a bracket groups, and does not hold arguments. */
static bool is_keyword(const Scan *s)
{
    static const char *const words[] = {"and",  "or", "not",    "return", "then",  "do",
                                        "else", "if", "elseif", "while",  "until", "in"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (is_word(s, words[i]))
            return true;
    return false;
}

typedef struct Bracket {
    bool arguments; /* of a comparison */
    bool groups;    /* (a & b), not f(a) */
    bool compares;  /* a comparison stands directly in it */
} Bracket;

#define NESTED_MAX 250 /* above Lua's own limit */

void traps_scan(Load *ld, const char *path, const char *text, size_t len)
{
    Scan s = {.at = text, .end = text + len, .line = 1};
    Bracket open[NESTED_MAX + 1] = {{0}};
    int depth = 0;
    char before = 0;       /* the token before; 0 when what follows begins an operand */
    bool compares = false; /* the token before ends a comparison */
    bool called = false;   /* the token before is the name of a comparing method */
    while (next(&s)) {
        if (compares && is_word(&s, "or"))
            load_raise(ld, arena_printf(ld->mem, "%s:%d", path, s.line), NULL,
                       "write | between conditions, and & for `and`",
                       "`or` is decided while the recipe runs: only its left side would count");
        bool arguments = called && strchr("({s", s.kind),
             operand = before && strchr("w)]}s", before);
        called = before == ':' && is_comparison(&s);
        compares = arguments && s.kind == 's';
        if (strchr("({[", s.kind)) {
            depth += depth < NESTED_MAX;
            open[depth] = (Bracket){.arguments = arguments, .groups = s.kind == '(' && !operand};
        } else if (strchr(")}]", s.kind) && depth > 0) {
            compares = open[depth].arguments || (open[depth].groups && open[depth].compares);
            depth--;
        }
        if (compares)
            open[depth].compares = true;
        before = is_keyword(&s) ? 0 : s.kind;
    }
}

/* CHECK constraints of SQLite tables, and the expressions of its indexes. No pragma tells them:
 * they are cut out of the statements that SQLite keeps, by its own rules for quotes and comments.
 */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "db/sqlite_int.h"

/* Past a quoted piece, a comment or blanks that begin at p; p itself when none does. */
static const char *skip_opaque(const char *p)
{
    static const char opens[] = "'\"`[", closes[] = "'\"`]";
    const char *quote = *p ? strchr(opens, *p) : NULL;
    if (quote) {
        char close = closes[quote - opens];
        for (p++; *p; p++) {
            if (*p != close)
                continue;
            if (close == ']' || p[1] != close)
                return p + 1;
            p++; /* doubled: stands for itself */
        }
        return p;
    }
    if (p[0] == '-' && p[1] == '-')
        return p + strcspn(p, "\n");
    if (p[0] == '/' && p[1] == '*') {
        const char *end = strstr(p + 2, "*/");
        return end ? end + 2 : p + strlen(p);
    }
    return p;
}

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_' || (c & 0x80);
}

/* The closing parenthesis of the one at p. */
static const char *closing(const char *p)
{
    int depth = 0;
    while (*p) {
        const char *next = skip_opaque(p);
        if (next != p) {
            p = next;
            continue;
        }
        depth += *p == '(' ? 1 : *p == ')' ? -1 : 0;
        if (depth == 0)
            return p;
        p++;
    }
    return NULL;
}

/* A token, quoted or not, as the name that it is. */
static const char *name_of(const char *from, const char *to, Arena *mem)
{
    if (to - from >= 2 && strchr("\"`['", *from))
        return arena_strndup(mem, from + 1, (size_t)(to - from - 2));
    return arena_strndup(mem, from, (size_t)(to - from));
}

static const char *skip_blanks(const char *p)
{
    for (;;) {
        if (isspace((unsigned char)*p))
            p++;
        else if ((p[0] == '-' && p[1] == '-') || (p[0] == '/' && p[1] == '*'))
            p = skip_opaque(p);
        else
            return p;
    }
}

static void add_check(Table *table, const char *name, const char *from, const char *to, Arena *mem)
{
    Check *more = arena_copy(mem, table->checks, (size_t)table->nchecks, 1, sizeof *more);
    more[table->nchecks++] =
        (Check){.name = name, .sql = arena_strndup(mem, from, (size_t)(to - from))};
    table->checks = more;
}

void sqlite_db_checks(Table *table, const char *sql, Arena *mem)
{
    const char *name = NULL; /* after CONSTRAINT */
    bool names_next = false;
    for (const char *p = skip_blanks(sql); *p; p = skip_blanks(p)) {
        const char *end = skip_opaque(p);
        if (end == p && is_word(*p))
            while (is_word(*end))
                end++;
        if (end == p) {
            p++;
            continue;
        }
        size_t n = (size_t)(end - p);
        const char *open = skip_blanks(end);
        if (n == 5 && strncasecmp(p, "CHECK", 5) == 0 && *open == '(') {
            const char *close = closing(open);
            if (!close)
                return;
            add_check(table, name, open + 1, close, mem);
            end = close + 1;
            name = NULL;
        } else {
            name = names_next ? name_of(p, end, mem) : NULL;
        }
        names_next = n == 10 && strncasecmp(p, "CONSTRAINT", 10) == 0;
        p = end;
    }
}

/* ---------------------------------------------------------------- indexes */

/* Where the nth part of the list begins behind the bracket at p; NULL: there are fewer. */
static const char *nth_part(const char *p, int nth)
{
    const char *end = closing(p);
    for (p++; nth > 0 && end && p < end;) {
        const char *next = *p == '(' ? closing(p) : skip_opaque(p);
        nth -= *p == ',';
        p = next && next != p ? next : p + 1;
    }
    return nth == 0 && end ? p : NULL;
}

/* Is it this word? Then past it, and the blanks behind. */
static bool takes_word(const char **p, const char *word)
{
    size_t n = strlen(word);
    if (strncasecmp(*p, word, n) != 0 || is_word((*p)[n]))
        return false;
    *p = skip_blanks(*p + n);
    return true;
}

/* The bracket before the list; NULL: there is none. */
static const char *list_of(const char *sql)
{
    const char *p = sql ? sql : "";
    while (*p && *p != '(')
        p = skip_opaque(p) != p ? skip_opaque(p) : p + 1;
    return *p ? p : NULL;
}

const char *sqlite_db_condition(const char *sql)
{
    const char *p = list_of(sql), *end = p ? closing(p) : NULL;
    p = end ? skip_blanks(end + 1) : "";
    return takes_word(&p, "where") ? p : NULL;
}

const char *sqlite_db_folded(const char *sql, int nth, bool *upper, Arena *mem)
{
    const char *p = list_of(sql);
    p = p ? nth_part(p, nth) : NULL;
    if (!p)
        return NULL;
    for (p = skip_blanks(p); *p == '('; p = skip_blanks(p + 1))
        ;
    *upper = takes_word(&p, "upper");
    if ((!*upper && !takes_word(&p, "lower")) || *p != '(')
        return NULL;
    p = skip_blanks(p + 1);
    const char *end = *p == '\'' ? p : skip_opaque(p);
    while (end == p || (is_word(*p) && is_word(*end))) {
        if (!is_word(*end))
            return NULL;
        end++;
    }
    const char *behind = skip_blanks(end);
    if (*behind != ')')
        return NULL;
    for (behind = skip_blanks(behind + 1); *behind == ')'; behind = skip_blanks(behind + 1))
        ;
    bool alone = *behind == '\0' || *behind == ',' || takes_word(&behind, "collate") ||
                 takes_word(&behind, "asc") || takes_word(&behind, "desc") ||
                 takes_word(&behind, "where");
    return alone ? name_of(p, end, mem) : NULL;
}

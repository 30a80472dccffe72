/* CHECK constraints of SQLite tables. No pragma tells them: they are cut out of the CREATE TABLE
 * statement that SQLite keeps, by its own rules for quotes and comments. */
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

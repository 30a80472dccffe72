/* Readers of option values. */
#include "cli/values.h"

#include <stdlib.h>
#include <string.h>

#include "base/calendar.h"

#define MAX_ROWS INT64_C(1000000000000)

bool value_whole(const char *text, int64_t min, int64_t max, int64_t *out)
{
    int64_t n = 0;
    if (!*text)
        return false;
    for (const char *s = text; *s; s++)
        if (*s < '0' || *s > '9' || __builtin_mul_overflow(n, 10, &n) ||
            __builtin_add_overflow(n, *s - '0', &n))
            return false;
    if (n < min || n > max)
        return false;
    *out = n;
    return true;
}

bool value_time(const char *text, int64_t *micros)
{
    return calendar_parse_timestamp(text, micros);
}

const char *value_size(const char *text, double *out, const char **hint, Arena *mem)
{
    static const struct {
        const char *name;
        double factor;
    } names[] = {{"small", 1}, {"medium", 10}, {"large", 100}};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(text, names[i].name) == 0) {
            *out = names[i].factor;
            return NULL;
        }
    static const char expected[] = "a factor such as 10x or 0.5x, or small, medium or large";
    size_t digits = strspn(text, "0123456789");
    size_t used = digits;
    if (text[digits] == '.')
        used += 1 + strspn(text + digits + 1, "0123456789");
    if (digits == 0 || used > 16 || text[used - 1] == '.')
        return expected;
    if (text[used] == '\0') {
        *hint = arena_printf(mem, "write %sx; --count %s is a number of rows", text, text);
        return expected;
    }
    double factor = strtod(text, NULL);
    if (strcmp(text + used, "x") != 0 || factor <= 0)
        return expected;
    *out = factor;
    return NULL;
}

static const char *count_item(char *item, PlanCount *counts, int n, Arena *mem)
{
    char *equals = strrchr(item, '=');
    if (!equals || equals == item)
        return "N, or TABLE=N,...";
    *equals = '\0';
    for (int i = 0; i < n; i++)
        if (strcmp(counts[i].table, item) == 0)
            return arena_printf(mem, "TABLE=N,... with each table once, and %s is there twice",
                                item);
    counts[n].table = item;
    if (!value_whole(equals + 1, 0, MAX_ROWS, &counts[n].rows))
        return arena_printf(mem, "TABLE=N,... with whole numbers of rows, in digits; %s has none",
                            item);
    return NULL;
}

/* TABLE=N,... */
static const char *named_counts(const char *text, Options *out, Arena *mem)
{
    int commas = 0;
    for (const char *s = text; *s; s++)
        commas += *s == ',';
    PlanCount *counts = arena_array(mem, PlanCount, commas + 1);
    char *rest = arena_strdup(mem, text), *item;
    int n = 0;
    while ((item = strsep(&rest, ","))) {
        const char *wrong = count_item(item, counts, n, mem);
        if (wrong)
            return wrong;
        n++;
    }
    out->counts = counts;
    out->ncounts = n;
    return NULL;
}

/* N,M by position, or TABLE=N,... */
const char *value_counts(const char *text, Options *out, Arena *mem)
{
    if (strchr(text, '='))
        return named_counts(text, out, mem);
    int64_t *numbers = arena_array(mem, int64_t, strlen(text) + 1);
    char *rest = arena_strdup(mem, text), *item;
    int n = 0;
    while ((item = strsep(&rest, ",")))
        if (!value_whole(item, 1, MAX_ROWS, &numbers[n++]))
            return "numbers of rows from 1 on, N or N,M, or TABLE=N,...";
    out->positions = numbers;
    out->npositions = n;
    return NULL;
}

const char *value_count(const char *text, Options *out, const char **hint, Arena *mem)
{
    if (value_whole(text, 0, MAX_ROWS, &out->count))
        return NULL;
    if (!strchr(text, '=')) {
        if (text[0] == '-')
            return "a number of rows, and there are none below 0";
        if (strchr(text, ','))
            *hint = "to set several tables, name each: --count borrowers=10,loans=40";
        return "a number of rows in digits, or TABLE=N,...";
    }
    return named_counts(text, out, mem);
}

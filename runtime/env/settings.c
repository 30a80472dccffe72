/* The keys of an environment file as a table, and the readers of their values. Readers are strict:
 * what YAML 1.1 and 1.2 read differently (yes, 010, 1_000) is an error that says what to write. */
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/text.h"
#include "env/env_int.h"

typedef struct Reading {
    Env *env;
    const char *path, *key;
    Arena *mem;
    Err *err;
} Reading;

typedef bool (*SettingRead)(Reading *r, const DocNode *value);

/* ------------------------------------------------------------------ errors */

static bool wrong(Reading *r, const DocNode *at, const char *message, const char *hint)
{
    err_add(r->mem, r->err, ERR_ENV, doc_where(r->path, at, r->mem), r->key, "%s", message);
    return hint ? err_hint(r->mem, r->err, "%s", hint) : false;
}

static bool is_one_of(const char *text, const char *const *words)
{
    for (; *words; words++)
        if (strcasecmp(text, *words) == 0)
            return true;
    return false;
}

static bool is_null(const DocNode *value)
{
    static const char *const nulls[] = {"", "~", "null", NULL};
    return value->plain && is_one_of(value->text, nulls);
}

static bool is_switch(const DocNode *value)
{
    static const char *const switches[] = {"true", "false", "yes", "no", "on",
                                           "off",  "y",     "n",   NULL};
    return value->plain && is_one_of(value->text, switches);
}

/* A single value: neither a list nor a map, nor empty. */
static bool single(Reading *r, const DocNode *value, const char *expected)
{
    if (value->kind != DOC_TEXT)
        return wrong(r, value,
                     arena_printf(r->mem, "must be %s, not a %s", expected,
                                  value->kind == DOC_LIST ? "list" : "map"),
                     NULL);
    if (is_null(value) || value->text[0] == '\0')
        return wrong(r, value, arena_printf(r->mem, "is empty; it must be %s", expected),
                     "give it a value, or take the line out");
    return true;
}

/* ------------------------------------------------------------------ numbers */

/* Digits, maybe with a point: the only spelling that every YAML reader takes for the same number.
 */
static bool number_spelling(Reading *r, const DocNode *value, const char *expected)
{
    const char *s = value->text;
    size_t digits = strspn(s, "0123456789"), len = strlen(s);
    if (!value->plain && len > 0 && strspn(s, "0123456789.") == len)
        return wrong(r, value, arena_printf(r->mem, "must be %s, and this is text", expected),
                     arena_printf(r->mem, "write %s without quotes", s));
    if (s[0] == '-' && s[1] >= '0' && s[1] <= '9')
        return wrong(r, value, arena_printf(r->mem, "must be %s, not below 0", expected), NULL);
    if (digits > 1 && s[0] == '0') {
        size_t zeros = strspn(s, "0");
        return wrong(r, value, "begins with 0, which YAML may read as octal",
                     arena_printf(r->mem, "write %s", zeros == digits ? s + zeros - 1 : s + zeros));
    }
    if (digits > 0 && digits < len && strspn(s, "0123456789_,") == len) {
        char *clean = arena_strdup(r->mem, s), *to = clean;
        for (; *s; s++)
            if (*s >= '0' && *s <= '9')
                *to++ = *s;
        *to = '\0';
        return wrong(r, value, "a number is written in digits alone",
                     arena_printf(r->mem, "write %s", clean));
    }
    size_t fraction = s[digits] == '.' ? strspn(s + digits + 1, "0123456789") : 0;
    size_t used = fraction ? digits + 1 + fraction : digits;
    if (digits == 0 || used != len)
        return wrong(r, value, arena_printf(r->mem, "must be %s", expected), NULL);
    return true;
}

static bool whole(Reading *r, const DocNode *value, int64_t min, int64_t max, int64_t *out)
{
    const char *expected = arena_printf(r->mem, "a whole number from %s to %s",
                                        text_count(min, r->mem), text_count(max, r->mem));
    if (!single(r, value, expected) || !number_spelling(r, value, expected))
        return false;
    int64_t n = 0;
    for (const char *s = value->text; *s; s++)
        if (*s == '.' || __builtin_mul_overflow(n, 10, &n) ||
            __builtin_add_overflow(n, *s - '0', &n))
            return wrong(r, value, arena_printf(r->mem, "must be %s", expected), NULL);
    if (n < min || n > max)
        return wrong(r, value, arena_printf(r->mem, "must be %s", expected), NULL);
    *out = n;
    return true;
}

bool env_parse_seconds(const char *text, double *seconds)
{
    static const struct {
        const char *suffix;
        double factor;
    } units[] = {{"", 1}, {"s", 1}, {"ms", 0.001}, {"m", 60}, {"h", 3600}};
    size_t digits = strspn(text, "0123456789");
    size_t used = digits;
    if (text[digits] == '.')
        used += 1 + strspn(text + digits + 1, "0123456789");
    if (digits == 0 || used > 12 || text[used - 1] == '.')
        return false;
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
        if (strcmp(text + used, units[i].suffix) == 0) {
            double value = strtod(text, NULL) * units[i].factor;
            if (value > ENV_MAX_SECONDS)
                return false;
            *seconds = value;
            return true;
        }
    return false;
}

static bool seconds(Reading *r, const DocNode *value, double *out)
{
    const char *expected = "a time such as 30, 30s, 500ms or 5m (at most 7 days)";
    if (!single(r, value, expected))
        return false;
    return env_parse_seconds(value->text, out) ||
           wrong(r, value, arena_printf(r->mem, "must be %s", expected), NULL);
}

/* ------------------------------------------------------------------ texts and switches */

static bool text(Reading *r, const DocNode *value, const char *expected, const char **out)
{
    if (!single(r, value, expected))
        return false;
    if (is_switch(value) ||
        (value->plain && strspn(value->text, "0123456789_.") == strlen(value->text) &&
         !strchr(value->text, '.')))
        return wrong(r, value, arena_printf(r->mem, "must be %s", expected),
                     "a text that looks like a number or a switch needs quotes");
    *out = value->text;
    return true;
}

static bool truth(Reading *r, const DocNode *value, bool *out)
{
    if (!single(r, value, "true or false"))
        return false;
    bool yes = strcmp(value->text, "true") == 0;
    if (value->plain && (yes || strcmp(value->text, "false") == 0)) {
        *out = yes;
        return true;
    }
    static const char *const words[] = {"true", "yes", "on", "y", NULL};
    DocNode bare = *value;
    bare.plain = true;
    if (!is_switch(&bare))
        return wrong(r, value, "must be true or false", NULL);
    return wrong(r, value, "must be true or false, spelled so and without quotes",
                 is_one_of(value->text, words) ? "write true" : "write false");
}

/* ------------------------------------------------------------------ the keys */

static bool read_url(Reading *r, const DocNode *value)
{
    r->env->url_where = doc_where(r->path, value, r->mem);
    return text(r, value, "a URL such as sqlite:dev.db or ${DATABASE_URL}", &r->env->url);
}

static bool read_scale(Reading *r, const DocNode *value)
{
    const char *expected = "a factor such as 10 or 0.5";
    if (!single(r, value, expected) || !number_spelling(r, value, expected))
        return false;
    double scale = strtod(value->text, NULL);
    if (!(scale > 0) || scale > 1e9)
        return wrong(r, value, "must be above 0 and at most 1,000,000,000",
                     "rows: {table: 0} leaves a table empty");
    r->env->scale = scale;
    return true;
}

static bool read_rows(Reading *r, const DocNode *value)
{
    if (value->kind != DOC_MAP)
        return wrong(r, value, "must be a map from tables to numbers of rows",
                     "write rows: {borrowers: 250, loans: 1000}");
    EnvRows *rows = arena_array(r->mem, EnvRows, value->n);
    bool ok = true;
    for (int i = 0; i < value->n; i++) {
        Reading one = *r;
        one.key = arena_printf(r->mem, "rows.%s", value->entries[i].key->text);
        rows[i].table = value->entries[i].key->text;
        ok = whole(&one, value->entries[i].value, 0, INT64_C(1000000000000), &rows[i].rows) && ok;
    }
    r->env->rows = rows;
    r->env->nrows = value->n;
    return ok;
}

static bool read_pii(Reading *r, const DocNode *value)
{
    const char *word = "";
    if (!text(r, value, "mask or keep", &word))
        return false;
    if (strcmp(word, "mask") != 0 && strcmp(word, "keep") != 0)
        return wrong(r, value, "must be mask or keep", NULL);
    r->env->pii_keep = strcmp(word, "keep") == 0;
    return true;
}

static bool read_protected(Reading *r, const DocNode *value)
{
    return truth(r, value, &r->env->is_protected);
}

static bool read_allowed_hosts(Reading *r, const DocNode *value)
{
    if (value->kind != DOC_LIST)
        return wrong(r, value, "must be a list of host names",
                     "write allowed_hosts: [db1.example.org, localhost]");
    if (value->n == 0)
        return wrong(r, value, "is empty, which would allow nothing",
                     "take the line out to allow any host");
    const char **hosts = arena_array(r->mem, const char *, value->n);
    bool ok = true;
    for (int i = 0; i < value->n; i++) {
        ok = text(r, value->entries[i].value, "a host name", &hosts[i]) && ok;
        if (hosts[i] && strpbrk(hosts[i], "/@ \t"))
            ok = wrong(r, value->entries[i].value, "must be a host name alone",
                       "without scheme, user, port or path");
    }
    r->env->allowed_hosts = hosts;
    r->env->nallowed = value->n;
    return ok;
}

static bool read_lock_timeout(Reading *r, const DocNode *value)
{
    return seconds(r, value, &r->env->lock_timeout);
}

static bool read_statement_timeout(Reading *r, const DocNode *value)
{
    return seconds(r, value, &r->env->statement_timeout);
}

static bool read_reconnect_timeout(Reading *r, const DocNode *value)
{
    return seconds(r, value, &r->env->reconnect_timeout);
}

static bool read_batch(Reading *r, const DocNode *value)
{
    return whole(r, value, 1, 10000000, &r->env->batch);
}

static bool read_jobs(Reading *r, const DocNode *value)
{
    int64_t jobs = 0;
    if (!whole(r, value, 1, ENV_MAX_JOBS, &jobs))
        return false;
    r->env->jobs = (int)jobs;
    return true;
}

static bool read_confirm_rows(Reading *r, const DocNode *value)
{
    return whole(r, value, 0, INT64_C(1000000000000), &r->env->confirm_rows);
}

static bool read_locales(Reading *r, const DocNode *value)
{
    return text(r, value, "a directory of locale files", &r->env->locales);
}

static bool read_core_dumps(Reading *r, const DocNode *value)
{
    return truth(r, value, &r->env->core_dumps);
}

static const char *const keys[] = {
    "url",        "scale",         "rows",         "pii",
    "protected",  "allowed_hosts", "lock_timeout", "statement_timeout",
    "batch",      "jobs",          "confirm_rows", "reconnect_timeout",
    "core_dumps", "locales",
};
static const SettingRead readers[] = {
    read_url,        read_scale,         read_rows,         read_pii,
    read_protected,  read_allowed_hosts, read_lock_timeout, read_statement_timeout,
    read_batch,      read_jobs,          read_confirm_rows, read_reconnect_timeout,
    read_core_dumps, read_locales,
};
enum { NKEYS = sizeof keys / sizeof keys[0] };
_Static_assert(NKEYS == sizeof readers / sizeof readers[0], "a reader for each key");

static bool unknown_key(Reading *r, const DocNode *key)
{
    r->key = NULL;
    err_add(r->mem, r->err, ERR_ENV, doc_where(r->path, key, r->mem), NULL,
            "there is no setting \"%.60s\"", key->text);
    const char *near = name_nearest(key->text, keys, NKEYS);
    if (near)
        return err_hint(r->mem, r->err, "did you mean %s?", near);
    return err_hint(r->mem, r->err, "the settings are: %s", text_list(keys, NKEYS, NKEYS, r->mem));
}

bool env_settings(Env *env, const DocNode *root, Arena *mem, Err *err)
{
    Reading r = {.env = env, .path = env->path, .mem = mem, .err = err};
    if (root->kind != DOC_MAP)
        return wrong(&r, root, "an environment file is a map of settings",
                     "write one `key: value` a line, such as url: sqlite:dev.db");
    bool ok = true;
    for (int i = 0; i < root->n; i++) {
        int at = 0;
        while (at < NKEYS && strcmp(keys[at], root->entries[i].key->text) != 0)
            at++;
        r.key = root->entries[i].key->text;
        ok = (at < NKEYS ? readers[at](&r, root->entries[i].value)
                         : unknown_key(&r, root->entries[i].key)) &&
             ok;
    }
    return ok;
}

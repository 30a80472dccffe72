/* --where is checked before the database sees it: it must be one expression, whole in itself, so
 * that nothing in it ends the statement that it stands in, or hides the rest of it. How quotes and
 * comments read depends on the engine; seedpipe's sessions fix what settings could change. */
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "base/utf8.h"
#include "exec/modify.h"

typedef struct Scan {
    Engine engine;
    const char *where, *at, *why;
} Scan;

static bool is_mysql(const Scan *s)
{
    return s->engine == ENGINE_MARIADB || s->engine == ENGINE_MYSQL;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool in_name(char c)
{
    return c == '_' || c == '$' || is_digit(c) || (c | 32) >= 'a' || (c & 0x80);
}

/* Does what stands here continue a name? */
static bool continues_name(const Scan *s)
{
    return s->at > s->where && in_name(s->at[-1]);
}

/* 'text', E'text'; "text" on MySQL. */
static bool backslash_escapes(const Scan *s)
{
    if (is_mysql(s))
        return *s->at != '`';
    return s->engine == ENGINE_POSTGRES && *s->at == '\'' && s->at > s->where &&
           (s->at[-1] | 32) == 'e' && (s->at - 1 == s->where || !in_name(s->at[-2]));
}

static char closing_quote(const Scan *s)
{
    switch (*s->at) {
    case '\'':
    case '"': return *s->at;
    case '`': return s->engine == ENGINE_POSTGRES ? 0 : '`';
    case '[': return s->engine == ENGINE_SQLITE ? ']' : 0;
    default: return 0;
    }
}

/* The end of a quoted text or name that begins here; NULL: it has none. */
static const char *end_of_quoted(const Scan *s, char quote)
{
    bool escapes = backslash_escapes(s);
    for (const char *p = s->at + 1; *p; p++) {
        if ((escapes && *p == '\\' && p[1]) || (*p == quote && p[1] == quote && quote != ']'))
            p++;
        else if (*p == quote)
            return p;
    }
    return NULL;
}

static bool starts_comment(const Scan *s)
{
    const char *p = s->at;
    if (p[0] == '-' && p[1] == '-') /* MySQL takes 5--3 for a sum */
        return !is_mysql(s) || (unsigned char)p[2] <= ' ';
    return (p[0] == '/' && p[1] == '*') || (*p == '#' && is_mysql(s));
}

/* A mark that the engine, or a connector of ours, takes for a value to come. */
static bool is_parameter(const Scan *s)
{
    char c = *s->at;
    if (c == '?')
        return true;
    if (s->engine == ENGINE_POSTGRES)
        return c == '$' && !continues_name(s) && is_digit(s->at[1]);
    return s->engine == ENGINE_SQLITE && !continues_name(s) && (c == ':' || c == '@' || c == '$') &&
           in_name(s->at[1]);
}

/* $tag$text$tag$, which MySQL knows since 9, too. */
static bool is_dollar_quote(const Scan *s)
{
    return *s->at == '$' && s->engine != ENGINE_SQLITE && !continues_name(s) && !is_parameter(s);
}

static const char *what_is_wrong(const Scan *s)
{
    char c = *s->at;
    if (c == ';')
        return "one condition is expected, and no second statement";
    if (starts_comment(s))
        return "a condition has no comments";
    if (is_dollar_quote(s))
        return "a condition has no dollar quotes";
    if (is_parameter(s))
        return "a condition has no parameters";
    if ((unsigned char)c < ' ' && c != '\t' && c != '\n')
        return "a condition has no control characters";
    return NULL;
}

static bool scan(Scan *s)
{
    const char *open = NULL;
    int depth = 0;
    for (s->at = s->where; *s->at; s->at++) {
        char quote = closing_quote(s);
        if (quote) {
            const char *end = end_of_quoted(s, quote);
            s->why = end ? NULL : "this quote has no end";
            if (!end)
                return false;
            s->at = end;
            continue;
        }
        if (*s->at == '(' && depth++ == 0)
            open = s->at;
        s->why = *s->at == ')' && --depth < 0 ? "this bracket was never opened" : what_is_wrong(s);
        if (s->why)
            return false;
    }
    if (depth > 0) {
        s->at = open;
        s->why = "this bracket is never closed";
    }
    return depth == 0;
}

/* The end of the brackets that open here, as scan has found them to be. */
static const char *end_of_brackets(Scan s, const char *open)
{
    int depth = 0;
    for (s.at = open; *s.at; s.at++) {
        const char *end = closing_quote(&s) ? end_of_quoted(&s, closing_quote(&s)) : NULL;
        s.at = end ? end : s.at;
        depth += end ? 0 : (*s.at == '(') - (*s.at == ')');
        if (depth == 0)
            return s.at;
    }
    return s.at;
}

/* A query in the brackets that the condition gets would be an expression: whatever it finds, all
 * rows would be meant, or none. NULL: it is none, or stands in a comparison. */
static const char *query_of(const Scan *s)
{
    static const char *const words[] = {"select", "with", "values", "table"};
    const char *word = s->where + strspn(s->where, " \t\n");
    while (*word == '(') {
        const char *end = end_of_brackets(*s, word);
        if (!*end || end[1 + strspn(end + 1, " \t\n)")])
            return NULL;
        word += 1 + strspn(word + 1, " \t\n");
    }
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strncasecmp(word, words[i], strlen(words[i])) == 0 && !in_name(word[strlen(words[i])]))
            return word;
    return NULL;
}

/* ---------------------------------------------------------------- messages */

/* The condition with its literals as question marks, each as long as it is; what follows a text
 * without an end, or a dollar quote, may be one. */
static char *without_literals(Engine engine, const char *where, Arena *mem)
{
    char *text = arena_strdup(mem, where);
    Scan s = {.engine = engine, .where = where};
    bool number = false;
    for (s.at = where; *s.at; s.at++) {
        char quote = closing_quote(&s);
        const char *end = quote ? end_of_quoted(&s, quote) : NULL;
        bool literal = *s.at == '\'' || (*s.at == '"' && is_mysql(&s));
        bool dollar = is_dollar_quote(&s);
        const char *stop = end ? end : s.at + strlen(s.at);
        if ((quote && (literal || !end)) || dollar)
            memset(text + (s.at - where) + 1, '?', (size_t)(stop - s.at) - 1);
        if (dollar || (quote && !end))
            return text;
        s.at = quote ? end : s.at;
        number = is_digit(*s.at) && (number || !continues_name(&s));
        if (number && !quote)
            text[s.at - where] = '?';
    }
    return text;
}

/* The end of a character. */
static size_t character_end(const char *text, size_t at)
{
    while ((text[at] & 0xC0) == 0x80)
        at++;
    return at;
}

/* Of a long condition, what stands around the place. */
static bool wrong(Engine engine, const char *where, const char *at, const char *why, Arena *mem,
                  Err *err)
{
    const char *shown = without_literals(engine, where, mem);
    size_t place = (size_t)(at - where), len = strlen(shown), begin = 0, end = len;
    if (place > 100)
        begin = character_end(shown, place - 80);
    if (len - begin > 180)
        end = character_end(shown, begin + 160);
    const char *dots = begin ? "... " : "";
    const char *part = arena_printf(mem, "%s%.*s%s", dots, (int)(end - begin), shown + begin,
                                    end < len ? " ..." : "");
    err_add(mem, err, ERR_USAGE, NULL, "--where", "%s", why);
    return err_excerpt(mem, err, part, (int)utf8_length(part, strlen(dots) + place - begin));
}

bool modify_check_where(Engine engine, const char *where, Arena *mem, Err *err)
{
    Scan s = {.engine = engine, .where = where};
    if (strspn(where, " \t\n") == strlen(where))
        return err_add(mem, err, ERR_USAGE, NULL, "--where", "the condition is empty");
    if (!scan(&s))
        return wrong(engine, where, s.at, s.why, mem, err);
    const char *query = query_of(&s);
    if (!query)
        return true;
    wrong(engine, where, query, "a condition on the table's columns is expected, and no query", mem,
          err);
    return err_hint(mem, err, "compare a column with it: id IN (SELECT ...)");
}

/* Where a name stands by itself, as a whole. */
static const char *find_name(const char *text, const char *name)
{
    size_t len = strlen(name);
    for (const char *at = text; (at = strstr(at, name)) != NULL; at++)
        if ((at == text || !in_name(at[-1])) && !in_name(at[len]))
            return at;
    return NULL;
}

/* The name that a message is about: in quotes, or FUNCTION database.name. */
static const char *name_in(const char *message, Arena *mem)
{
    const char *open = strchr(message, '\''), *function = strstr(message, "FUNCTION ");
    if (!open && function == message)
        return arena_strndup(mem, message + 9, strcspn(message + 9, " "));
    const char *end = open ? strchr(open + 1, '\'') : NULL;
    return end && end > open + 1 ? arena_strndup(mem, open + 1, (size_t)(end - open) - 1) : NULL;
}

/* Where the name stands that a message is about: not every server tells the place. */
static const char *place_of_name(const Modify *m, const char *where, const char *message,
                                 Arena *mem)
{
    const char *name = name_in(message, mem);
    if (!name)
        return NULL;
    const char *shown = without_literals(m->s->db->engine, where, mem);
    const char *at = find_name(shown, name), *dot = strrchr(name, '.');
    if (!at && dot) /* 'database.table' */
        at = find_name(shown, dot + 1);
    return at ? where + (at - shown) : NULL;
}

/* The statements call the table by another name, so that a subquery can name it beside itself. */
static bool hint_at_names(const char *where, const char *message, const char *table,
                          const char *place, Arena *mem, Err *err)
{
    const char *at = find_name(message, table) ? find_name(where, table) : NULL;
    const char *end = at ? at + strlen(table) : NULL;
    if (end && (*end == '.' || (*end && end[1] == '.'))) /* users.id, "users".id */
        return err_hint(mem, err, "the table is called c here: c.COLUMN");
    end = place && *place == '"' ? strchr(place + 1, '"') : NULL;
    return end && end[1] != '.' ? err_hint(mem, err, "a text stands in single quotes") : false;
}

/* The database's words, and a caret below the place where it stopped. */
static bool refused_by_database(Modify *m, const Table *table, const char *sql, size_t before,
                                Arena *mem, Err *err)
{
    ErrItem *item = err->last;
    const char *where = m->o->where;
    if (item->code != ERR_DB && item->code != ERR_CONSTRAINT)
        return false;
    size_t at = item->position > 0 ? (size_t)item->position - 1 : 0;
    if (m->s->db->engine == ENGINE_POSTGRES) {
        size_t bytes = 0;
        for (size_t chars = 0; chars < at && sql[bytes]; chars++)
            do
                bytes++;
            while ((sql[bytes] & 0xC0) == 0x80);
        at = bytes;
    }
    bool writes = item->sqlstate && strcmp(item->sqlstate, "25006") == 0; /* see try_condition */
    const char *message = writes ? "a condition that would write is none" : item->message;
    err_clear(err);
    const char *place = item->position && at >= before && at <= before + strlen(where)
                            ? where + (at - before)
                            : place_of_name(m, where, message, mem);
    if (place)
        wrong(m->s->db->engine, where, place, message, mem, err);
    else
        err_add(mem, err, ERR_USAGE, NULL, "--where", "%s", message);
    return hint_at_names(where, message, table->name, place, mem, err);
}

/* SQLite takes "nmae" for a text where no column is called so, and the condition for one that all
 * rows meet, or none; `nmae` it does not. */
static const char *with_names_alone(Engine engine, const char *where, Arena *mem)
{
    char *text = arena_strdup(mem, where);
    Scan s = {.engine = engine, .where = where};
    for (s.at = where; engine == ENGINE_SQLITE && *s.at; s.at++) {
        char quote = closing_quote(&s);
        const char *begin = s.at, *end = quote ? end_of_quoted(&s, quote) : begin;
        size_t len = (size_t)(end - begin);
        if (quote == '"' && !memchr(begin + 1, '"', len - 1) && !memchr(begin, '`', len))
            text[begin - where] = text[end - where] = '`';
        s.at = end;
    }
    return text;
}

/* Tried on a query first: an error in a statement would end the transaction on one engine, and name
 * our own tables. What a function writes outlives a rollback on PostgreSQL (setval), so there it
 * must not write. */
static bool try_condition(Modify *m, const char *sql, Arena *mem, Err *err)
{
    Db *db = m->s->db;
    bool guarded = db->engine == ENGINE_POSTGRES;
    int64_t rows = 0;
    if (guarded && (!db_exec(db, mem, err, "SAVEPOINT seedpipe_where") ||
                    !db_exec(db, mem, err, "SET LOCAL transaction_read_only = on")))
        return false;
    return db_query_i64(db, sql, NULL, 0, 0, &rows, mem, err) &&
           (!guarded || (db_exec(db, mem, err, "ROLLBACK TO SAVEPOINT seedpipe_where") &&
                         db_exec(db, mem, err, "RELEASE SAVEPOINT seedpipe_where")));
}

bool modify_select_where(Modify *m, const ModifyTable *table, Arena *mem, Err *err)
{
    Removal *r = &m->removal;
    const Table *there = r->closure->tables[table->node].table;
    const char *made = m->o->seeded_only ? modify_made_where(m, table->plan, mem) : NULL;
    const char *begin = arena_printf(mem, "%s%s(", made ? made : "", made ? " AND " : "");
    const char *condition =
        arena_printf(mem, "%s%s)", begin, with_names_alone(m->s->db->engine, m->o->where, mem));
    Buf probe;
    buf_init(&probe, 1 << 20);
    buf_str(&probe, "SELECT count(*) FROM ");
    dialect_table(m->s->db->engine, &probe, there->schema, there->name);
    buf_str(&probe, " c WHERE ");
    size_t before = probe.len + strlen(begin);
    buf_str(&probe, condition);
    const char *sql = arena_strdup(mem, buf_cstr(&probe));
    buf_free(&probe);
    if (!try_condition(m, sql, mem, err))
        return refused_by_database(m, there, sql, before, mem, err);
    if (!removal_select(r, table->node, condition, NULL, mem, err) ||
        !removal_hold(r, table->node, condition, mem,
                      err)) /* MySQL is strict in statements alone */
        return err_code(err) == ERR_CONSTRAINT &&
               refused_by_database(m, there, sql, before, mem, err);
    if (!m->o->seeded_only || !table->mine)
        return true;
    ModifyRows met;
    return modify_rows_of(m, table->node, closure_sql_keys(r->closure, table->node, mem), &met, mem,
                          err) &&
           db_exec(m->s->db, mem, err, closure_sql_empty_keys(r->closure, table->node, mem)) &&
           removal_select_rows(r, table->node, m->made, table->plan, met.rows, mem, err);
}

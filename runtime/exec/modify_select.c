/* Which rows `modify` means: all, some by their number, or those of a condition. A --where is
 * checked before the database sees it: it must be one expression, whole in itself. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/utf8.h"
#include "exec/modify.h"

/* ---------------------------------------------------------------- --where */

/* The condition with its literals as question marks, each as long as it is. */
static char *without_literals(const char *where, Arena *mem)
{
    char *text = arena_strdup(mem, where), quote = 0, before = 0;
    for (char *p = text; *p; p++) {
        char c = *p;
        bool name = before == '_' || (before | 32) >= 'a';
        if (quote ? c == quote : c == '\'' || c == '"' || c == '`')
            quote = quote ? 0 : c;
        else if (quote == '\'' || (!quote && c >= '0' && c <= '9' && !name))
            *p = '?';
        before = quote || name ? c : *p;
        if (!quote && c >= '0' && c <= '9' && name)
            before = 'a';
    }
    return text;
}

static bool wrong(const char *where, const char *at, const char *why, Arena *mem, Err *err)
{
    const char *shown = without_literals(where, mem);
    int column = (int)utf8_length(shown, (size_t)(at - where));
    err_add(mem, err, ERR_USAGE, NULL, "--where", "%s", why);
    return err_excerpt(mem, err, shown, column);
}

typedef struct Scan {
    Engine engine;
    const char *where, *at, *why;
} Scan;

static bool backslash_escapes(const Scan *s)
{
    if (s->engine == ENGINE_MARIADB || s->engine == ENGINE_MYSQL)
        return true;
    return s->engine == ENGINE_POSTGRES && s->at > s->where && (s->at[-1] | 32) == 'e';
}

/* Over a quoted text or name; false: it has no end. */
static bool skip_quoted(Scan *s)
{
    char quote = *s->at;
    bool escapes = quote == '\'' && backslash_escapes(s);
    const char *start = s->at;
    for (const char *p = s->at + 1; *p; p++) {
        if (escapes && *p == '\\' && p[1])
            p++;
        else if (*p == quote && p[1] == quote)
            p++;
        else if (*p == quote) {
            s->at = p;
            return true;
        }
    }
    s->at = start;
    s->why = "this quote has no end";
    return false;
}

static bool starts_comment(const Scan *s)
{
    const char *p = s->at;
    return (p[0] == '-' && p[1] == '-') || (p[0] == '/' && p[1] == '*') ||
           (*p == '#' && (s->engine == ENGINE_MARIADB || s->engine == ENGINE_MYSQL));
}

static bool scan(Scan *s)
{
    const char *open = NULL;
    int depth = 0;
    for (s->at = s->where; *s->at; s->at++) {
        char c = *s->at;
        if ((c == '\'' || c == '"' || (c == '`' && s->engine != ENGINE_POSTGRES)) &&
            !skip_quoted(s))
            return false;
        if (c == '(' && depth++ == 0)
            open = s->at;
        s->why = c == ';'                  ? "one condition is expected, and no second statement"
                 : c == ')' && --depth < 0 ? "this bracket was never opened"
                 : starts_comment(s)       ? "a condition has no comments"
                 : c == '$' && s->engine == ENGINE_POSTGRES ? "a condition has no dollar quotes"
                 : c == '?'                                 ? "a condition has no parameters"
                 : (unsigned char)c < ' ' && c != '\t' && c != '\n'
                     ? "a condition has no control characters"
                     : NULL;
        if (s->why)
            return false;
    }
    if (depth > 0) {
        s->at = open;
        s->why = "this bracket is never closed";
    }
    return depth == 0;
}

bool modify_check_where(Engine engine, const char *where, Arena *mem, Err *err)
{
    Scan s = {.engine = engine, .where = where};
    if (strspn(where, " \t\n") == strlen(where))
        return err_add(mem, err, ERR_USAGE, NULL, "--where", "the condition is empty");
    if (scan(&s))
        return true;
    return wrong(where, s.at, s.why, mem, err);
}

/* Where a name stands that a message has in quotes: not every server tells the place. */
static const char *place_of_name(const char *where, const char *message, Arena *mem)
{
    const char *open = strchr(message, '\''), *end = open ? strchr(open + 1, '\'') : NULL;
    if (!end || end == open + 1)
        return NULL;
    const char *name = arena_strndup(mem, open + 1, (size_t)(end - open) - 1);
    const char *shown = without_literals(where, mem), *at = strstr(shown, name);
    return at ? where + (at - shown) : NULL;
}

/* The database's words, and a caret below the place where it stopped. */
static bool refused_by_database(Modify *m, const char *sql, size_t before, Arena *mem, Err *err)
{
    ErrItem *item = err->last;
    const char *where = m->o->where;
    if (item->code != ERR_DB)
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
    const char *message = item->message;
    err_clear(err);
    const char *place = item->position && at >= before && at <= before + strlen(where)
                            ? where + (at - before)
                            : place_of_name(where, message, mem);
    return place ? wrong(where, place, message, mem, err)
                 : err_add(mem, err, ERR_USAGE, NULL, "--where", "%s", message);
}

static bool select_where(Modify *m, const ModifyTable *table, Arena *mem, Err *err)
{
    Removal *r = &m->removal;
    const char *made = m->o->seeded_only ? modify_made_where(m, table->plan, mem) : NULL;
    const char *begin = arena_printf(mem, "%s%s(", made ? made : "", made ? " AND " : "");
    const char *condition = arena_printf(mem, "%s%s)", begin, m->o->where);
    /* Tried on a query first: an error in a statement would end the transaction on one engine, and
     * name our own tables. */
    Buf probe;
    buf_init(&probe, 1 << 20);
    buf_str(&probe, "SELECT count(*) FROM ");
    const Table *there = r->closure->tables[table->node].table;
    dialect_table(m->s->db->engine, &probe, there->schema, there->name);
    buf_str(&probe, " c WHERE ");
    size_t before = probe.len + strlen(begin);
    buf_str(&probe, condition);
    int64_t rows = 0;
    const char *sql = arena_strdup(mem, buf_cstr(&probe));
    buf_free(&probe);
    if (!db_query_i64(m->s->db, sql, NULL, 0, 0, &rows, mem, err))
        return refused_by_database(m, sql, before, mem, err);
    if (!removal_select(r, table->node, condition, NULL, mem, err))
        return false;
    if (!m->o->seeded_only || !table->mine)
        return true;
    ModifyRows met;
    return modify_rows_of(m, table->node, closure_sql_keys(r->closure, table->node, mem), &met, mem,
                          err) &&
           db_exec(m->s->db, mem, err, closure_sql_empty_keys(r->closure, table->node, mem)) &&
           removal_select_rows(r, table->node, m->made, table->plan, met.rows, mem, err);
}

/* ---------------------------------------------------------------- the choice */

static int64_t share_of(int64_t rows, double percentage)
{
    int64_t share = (int64_t)((double)rows * percentage / 100.0 + 0.5);
    return share < 1 && rows > 0 ? 1 : share;
}

bool modify_has_key(const ClosureTable *node)
{
    for (int k = 0; k < node->nkey; k++)
        if (table_column(node->table, node->key[k]) >= 0)
            return true;
    return false;
}

bool modify_refuse_keyless(const ClosureTable *node, Arena *mem, Err *err)
{
    err_add(mem, err, ERR_REFUSED, NULL, node->name,
            "has no primary key, so some of its rows cannot be told from others");
    return err_hint(mem, err, "give it a primary key, or use --truncate for all rows");
}

bool modify_select(Modify *m, ModifyTable *table, Arena *mem, Err *err)
{
    const ExecModify *o = m->o;
    bool all = o->kind == MODIFY_REPLACE || o->kind == MODIFY_TRUNCATE;
    int64_t rows = o->seeded_only || o->kind == MODIFY_UPDATE ? table->ours : table->there;
    const char *made = o->seeded_only ? modify_made_where(m, table->plan, mem) : NULL;
    if (o->seeded_only && !made && !table->mine && table->ours < table->there) {
        err_add(mem, err, ERR_REFUSED, NULL, m->made->tables[table->plan].table->name,
                "has no primary key: seeded rows cannot be told from yours");
        return err_hint(mem, err, "give it a primary key");
    }
    if (all && table->mine)
        return removal_select_rows(&m->removal, table->node, m->made, table->plan, table->mine, mem,
                                   err);
    if (all) {
        ClosureTable *node = &m->removal.closure->tables[table->node];
        node->whole = !modify_has_key(node);
        node->rows = table->there;
        return node->nkey == 0 || removal_select(&m->removal, table->node, made, NULL, mem, err);
    }
    if (!modify_has_key(&m->removal.closure->tables[table->node]))
        return modify_refuse_keyless(&m->removal.closure->tables[table->node], mem, err);
    if (o->where)
        return select_where(m, table, mem, err);
    int64_t wanted = o->percentage > 0 ? share_of(rows, o->percentage) : table->count;
    return wanted == 0 || modify_pick(m, table, wanted, mem, err);
}

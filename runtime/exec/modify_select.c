/* Which rows `modify` means. N rows are those with the smallest keyed hash of their primary key: a
 * choice that the seed and the number of runs determine, made in one pass over the keys. A --where
 * is checked before the database sees it: it must be one expression, whole in itself. */
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
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
    return removal_select(r, table->node, condition, NULL, mem, err);
}

/* ---------------------------------------------------------------- N rows */

typedef struct Picked {
    uint64_t hash;
    uint32_t slot;
} Picked;

/* The rows with the smallest hashes so far, the greatest of them on top of the heap. */
typedef struct Pick {
    const Type *types;
    int nkey;
    uint64_t seed;
    Picked *heap;
    uint32_t n, wanted;
    Vec **keys; /* by slot */
    Arena *mem;
    const RowSet *unused;
} Pick;

static void sift_up(Picked *heap, uint32_t at)
{
    while (at > 0 && heap[(at - 1) / 2].hash < heap[at].hash) {
        Picked up = heap[(at - 1) / 2];
        heap[(at - 1) / 2] = heap[at];
        heap[at] = up;
        at = (at - 1) / 2;
    }
}

static void sift_down(Picked *heap, uint32_t n)
{
    for (uint32_t at = 0, child; (child = 2 * at + 1) < n; at = child) {
        child += child + 1 < n && heap[child + 1].hash > heap[child].hash;
        if (heap[child].hash <= heap[at].hash)
            return;
        Picked down = heap[at];
        heap[at] = heap[child];
        heap[child] = down;
    }
}

static void keep_key(Pick *p, const Vec *const *cols, uint32_t row, uint32_t slot)
{
    for (int k = 0; k < p->nkey; k++) {
        Vec *to = p->keys[k];
        if (to->s)
            to->s[slot] = (Str){arena_strndup(p->mem, cols[k]->s[row].p, cols[k]->s[row].n),
                                cols[k]->s[row].n};
        else if (to->f)
            to->f[slot] = cols[k]->f[row];
        else
            to->i[slot] = cols[k]->i[row];
    }
}

static uint64_t key_hash(const Vec *const *cols, int n, uint32_t row, uint64_t seed)
{
    for (int k = 0; k < n; k++)
        seed = cols[k]->s   ? hash64(cols[k]->s[row].p, cols[k]->s[row].n, seed)
               : cols[k]->f ? hash64(&cols[k]->f[row], sizeof cols[k]->f[row], seed)
                            : hash64(&cols[k]->i[row], sizeof cols[k]->i[row], seed);
    return seed;
}

static bool pick_sink(void *ctx, const Vec *const *cols, uint32_t n)
{
    Pick *p = ctx;
    for (uint32_t row = 0; row < n; row++) {
        uint64_t hash = key_hash(cols, p->nkey, row, p->seed);
        if (p->n < p->wanted) {
            p->heap[p->n] = (Picked){hash, p->n};
            keep_key(p, cols, row, p->n);
            sift_up(p->heap, p->n++);
        } else if (hash < p->heap[0].hash) {
            p->heap[0].hash = hash;
            keep_key(p, cols, row, p->heap[0].slot);
            sift_down(p->heap, p->n);
        }
    }
    return true;
}

static bool read_keys(Modify *m, const ModifyTable *table, Pick *p, Arena *mem, Err *err)
{
    const ClosureTable *node = &m->removal.closure->tables[table->node];
    const char *made = m->o->seeded_only || m->o->kind == MODIFY_UPDATE
                           ? modify_made_where(m, table->plan, mem)
                           : NULL;
    Buf sql;
    buf_init(&sql, 1 << 20);
    buf_str(&sql, "SELECT ");
    for (int k = 0; k < node->nkey; k++) {
        buf_str(&sql, k ? ", c." : "c.");
        dialect_ident(m->s->db->engine, &sql, node->key[k]);
    }
    buf_str(&sql, " FROM ");
    dialect_table(m->s->db->engine, &sql, node->table->schema, node->table->name);
    buf_printf(&sql, " c%s%s", made ? " WHERE " : "", made ? made : "");
    bool ok = m->s->db->connector->read(m->s->db, buf_cstr(&sql), node->key_types, node->nkey,
                                        pick_sink, p, mem, err);
    buf_free(&sql);
    return ok;
}

static Vec part_of(const Vec *v, uint32_t from, uint32_t n)
{
    Vec part = *v;
    part.n = n;
    part.i = v->i ? v->i + from : NULL;
    part.f = v->f ? v->f + from : NULL;
    part.s = v->s ? v->s + from : NULL;
    return part;
}

/* In bulk into the work table, then those that are there into the table of keys. */
static bool load_keys(Modify *m, const ModifyTable *table, const Pick *p, Arena *mem, Err *err)
{
    const Closure *c = m->removal.closure;
    const Connector *connector = m->s->db->connector;
    const Table *work = closure_work_table(c, table->node, mem);
    int *cols = arena_array(mem, int, p->nkey + 1);
    for (int k = 0; k < p->nkey; k++)
        cols[k] = k;
    DbLoad *load = connector->load_begin(m->s->db, work, cols, p->nkey, mem, err);
    if (!load)
        return false;
    Vec *parts = arena_array(mem, Vec, p->nkey + 1);
    const Vec **out = arena_array(mem, const Vec *, p->nkey + 1);
    bool ok = true;
    for (uint32_t from = 0; ok && from < p->n; from += BATCH_ROWS) {
        uint32_t n = p->n - from < BATCH_ROWS ? p->n - from : BATCH_ROWS;
        for (int k = 0; k < p->nkey; k++) {
            parts[k] = part_of(p->keys[k], from, n);
            out[k] = &parts[k];
        }
        Batch batch = {.first_row = from, .n = n, .ncols = p->nkey, .cols = out};
        ok = connector->load_batch(load, &batch, mem, err);
    }
    uint64_t taken = 0;
    ok = connector->load_end(load, &taken, mem, err) && ok;
    return ok && db_exec(m->s->db, mem, err, closure_sql_take_present(c, table->node, mem)) &&
           db_exec(m->s->db, mem, err, closure_sql_empty_work(c, table->node, mem));
}

static bool select_some(Modify *m, const ModifyTable *table, int64_t wanted, Arena *mem, Err *err)
{
    const ClosureTable *node = &m->removal.closure->tables[table->node];
    const TablePlan *tp = &m->made->tables[table->plan];
    Pick p = {.types = node->key_types,
              .nkey = node->nkey,
              .wanted = (uint32_t)wanted,
              .mem = mem,
              .seed = hash64(tp->table->name, strlen(tp->table->name),
                             m->made->seed ^ (uint64_t)m->nruns << 32)};
    p.heap = arena_array(mem, Picked, (size_t)wanted + 1);
    p.keys = arena_array(mem, Vec *, p.nkey + 1);
    for (int k = 0; k < p.nkey; k++)
        p.keys[k] = vec_new(mem, p.types[k].kind, p.types[k].scale, (uint32_t)wanted + 1);
    return read_keys(m, table, &p, mem, err) && load_keys(m, table, &p, mem, err);
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

bool modify_select(Modify *m, const ModifyTable *table, Arena *mem, Err *err)
{
    const ExecModify *o = m->o;
    bool all = o->kind == MODIFY_REPLACE || o->kind == MODIFY_TRUNCATE;
    int64_t rows = o->seeded_only || o->kind == MODIFY_UPDATE ? table->ours : table->there;
    const char *made = o->seeded_only ? modify_made_where(m, table->plan, mem) : NULL;
    if (o->seeded_only && !made && table->ours < table->there) {
        err_add(mem, err, ERR_REFUSED, NULL, m->made->tables[table->plan].table->name,
                "--seeded-only needs a serial key to tell seeded rows from yours");
        return err_hint(mem, err, "choose the rows with --where");
    }
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
    return wanted == 0 || select_some(m, table, wanted, mem, err);
}

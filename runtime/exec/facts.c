/* What plan/ wants to know of a target, read in a few queries: catalog, keys of tables outside the
 * recipe, and what earlier runs of this recipe did; first free keys of the tables that get rows. */
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "exec/exec_int.h"

const char *const *session_schemas(Session *s, int *n)
{
    Map *seen = map_new(s->mem);
    for (int t = 0; t < s->recipe->ntables; t++) {
        const Table *table = &s->recipe->tables[t].table;
        if (table->schema)
            map_put(seen, table->schema, seen);
        for (int f = 0; f < table->nfks; f++)
            if (table->fks[f].ref_schema)
                map_put(seen, table->fks[f].ref_schema, seen);
    }
    *n = (int)map_count(seen);
    const char **names = arena_array(s->mem, const char *, *n + 1);
    for (int i = 0; i < *n; i++)
        names[i] = map_key_at(seen, (size_t)i);
    return names;
}

const char *session_quoted_table(const Session *s, const Table *table, Arena *mem)
{
    Buf out;
    buf_init(&out, 1 << 16);
    dialect_table(s->db->engine, &out, table->schema, table->name);
    const char *text = arena_strndup(mem, out.data, out.len);
    buf_free(&out);
    return text;
}

const char *session_quoted(const Session *s, const char *name, Arena *mem)
{
    Buf out;
    buf_init(&out, 1 << 16);
    dialect_ident(s->db->engine, &out, name);
    const char *text = arena_strndup(mem, out.data, out.len);
    buf_free(&out);
    return text;
}

/* First free key: past the greatest in the table, the sequence's position, and all that was ever
 * issued. The greatest number there is: none is free (plan/serials.c). */
static bool free_key(Session *s, const Table *there, const char *ledger_name, int col,
                     int64_t *next)
{
    int64_t greatest = 0, position = 1;
    const char *column = there->cols[col].name;
    const char *sql =
        arena_printf(s->mem, "SELECT max(%s) FROM %s", session_quoted(s, column, s->mem),
                     session_quoted_table(s, there, s->mem));
    if (!db_query_i64(s->db, sql, NULL, 0, 0, &greatest, s->mem, s->err) ||
        !s->db->connector->next_key(s->db, there, col, &position, s->mem, s->err) ||
        !session_book(s))
        return false;
    int64_t issued = ledger_book_highest_key(s->book, ledger_name, column);
    *next = greatest < INT64_MAX ? greatest + 1 : INT64_MAX;
    *next = position > *next ? position : *next;
    *next = issued + 1 > *next ? issued + 1 : *next;
    *next = *next < 1 ? 1 : *next;
    return true;
}

/* A name that is taken, but not by a table. */
static bool is_not_a_table(Session *s, const Table *table, bool *taken)
{
    static const char *const question[] = {
        [ENGINE_SQLITE] =
            "SELECT count(*) FROM sqlite_master WHERE type = 'view' AND name = ? COLLATE NOCASE",
        [ENGINE_POSTGRES] =
            ("SELECT count(*) FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relname = ?::pg_catalog.text "
             "AND n.nspname = coalesce(?::pg_catalog.text, pg_catalog.current_schema()) AND c.relkind IN ('v', 'm', 'f', 'S')"),
        [ENGINE_MARIADB] =
            "SELECT count(*) FROM information_schema.tables WHERE table_name = ? AND table_schema = coalesce(?, DATABASE()) AND table_type NOT IN ('BASE TABLE', 'SYSTEM VERSIONED')",
        [ENGINE_MYSQL] =
            "SELECT count(*) FROM information_schema.tables WHERE table_name = ? AND table_schema = coalesce(?, DATABASE()) AND table_type NOT IN ('BASE TABLE', 'SYSTEM VERSIONED')"};
    const char *params[] = {table->name, table->schema};
    int64_t n = 0;
    bool ok = db_query_i64(s->db, question[s->db->engine], params,
                           s->db->engine == ENGINE_SQLITE ? 1 : 2, 0, &n, s->mem, s->err);
    *taken = n > 0;
    return ok;
}

static bool table_facts(Session *s, const Catalog *catalog, const Table *table, PlanTableFacts *out)
{
    *out = (PlanTableFacts){.table = ledger_table_name(table, s->mem), .rows = -1};
    if (s->run.id &&
        (!ledger_created(&s->ledger, s->run.id, out->table, &out->created_by_us, s->mem, s->err) ||
         !ledger_step_waits(&s->ledger, s->run.id, step_kind_name(STEP_SET_REFERENCES), out->table,
                            &out->unset, s->mem, s->err)))
        return false;
    return catalog_table(catalog, table->schema, table->name) ||
           is_not_a_table(s, table, &out->not_a_table);
}

static bool free_keys(Session *s, const Table *there, const Table *table, PlanTableFacts *out)
{
    int64_t *next = arena_array(s->mem, int64_t, table->ncols + 2);
    for (int c = 0; c < table->ncols; c++)
        next[c] = 1;
    out->next_key = next;
    for (int k = 0; k < there->ncols; k++) {
        int c = table_column(table, there->cols[k].name);
        bool serial = c >= 0 && table->cols[c].node->kind == NODE_GEN &&
                      strcmp(table->cols[c].node->gen->name, "serial") == 0;
        /* plan/ appends an automatic key that the recipe leaves out behind its columns. */
        bool adopted = c < 0 && there->cols[k].auto_key;
        if ((serial || adopted) &&
            !free_key(s, there, out->table, k, &next[serial ? c : table->ncols]))
            return false;
    }
    return true;
}

typedef struct PoolReader {
    Arena *mem;
    Vec *cols[16];
    int ncols;
    uint64_t n, cap;
} PoolReader;

static bool pool_sink(void *ctx, const Vec *const *cols, uint32_t n)
{
    PoolReader *r = ctx;
    for (uint32_t i = 0; i < n && r->n < r->cap; i++) {
        bool fits = true;
        for (int c = 0; c < r->ncols; c++) {
            Vec *to = r->cols[c];
            if (to->s) {
                const Str from = cols[c]->s[i];
                to->s[r->n] = (Str){arena_strndup(r->mem, from.p, from.n), from.n};
            } else if (to->f) {
                to->f[r->n] = cols[c]->f[i];
            } else {
                to->i[r->n] = cols[c]->i[i];
                fits = fits && to->i[r->n] != DB_UNFIT;
            }
        }
        r->n += fits;
    }
    return r->n < r->cap;
}

/* Keys of a table that the recipe refers to but does not fill, in key order; the first million are
 * parents enough. */
static bool read_pool(Session *s, const Catalog *catalog, const ForeignKey *fk, KeyPool *pool)
{
    const Table *there = catalog_table(catalog, fk->ref_schema, fk->ref_table);
    int ncols = fk->ref_cols ? fk->ncols : there->primary.ncols;
    if (ncols == 0 || ncols > 16)
        return true;
    PoolReader reader = {.mem = s->mem, .ncols = ncols};
    Type *types = arena_array(s->mem, Type, ncols);
    const char *columns = "", *not_null = "";
    for (int i = 0; i < ncols; i++) {
        int c = fk->ref_cols ? table_column(there, fk->ref_cols[i]) : there->primary.cols[i];
        if (c < 0)
            return true; /* plan/ reports it with a suggestion */
        types[i] = there->cols[c].type;
        const char *name = session_quoted(s, there->cols[c].name, s->mem);
        columns = arena_printf(s->mem, "%s%s%s", columns, i ? ", " : "", name);
        not_null = arena_printf(s->mem, "%s%s%s IS NOT NULL", not_null, i ? " AND " : "", name);
    }
    const char *from = session_quoted_table(s, there, s->mem);
    int64_t count = 0;
    if (!db_query_i64(
            s->db,
            arena_printf(s->mem,
                         "SELECT count(*) FROM (SELECT 1 AS one FROM %s WHERE %s LIMIT %u) k", from,
                         not_null, POOL_KEYS_MAX),
            NULL, 0, 0, &count, s->mem, s->err))
        return false;
    reader.cap = (uint64_t)count;
    for (int i = 0; i < ncols; i++)
        reader.cols[i] =
            vec_new(s->mem, types[i].kind, types[i].scale, (uint32_t)(count ? count : 1));
    if (count &&
        !s->db->connector->read(s->db,
                                arena_printf(s->mem, "SELECT %s FROM %s WHERE %s ORDER BY %s",
                                             columns, from, not_null, columns),
                                types, ncols, pool_sink, &reader, s->mem, s->err))
        return false;
    Vec **cols = arena_array(s->mem, Vec *, ncols);
    memcpy(cols, reader.cols, sizeof *cols * (size_t)ncols);
    *pool = (KeyPool){.count = reader.n, .ncols = ncols, .cols = (const Vec *const *)cols};
    return true;
}

static const ForeignKey *fk_to(const Recipe *recipe, const char *name, Arena *mem)
{
    for (int t = 0; t < recipe->ntables; t++)
        for (int f = 0; f < recipe->tables[t].table.nfks; f++) {
            const ForeignKey *fk = &recipe->tables[t].table.fks[f];
            const char *full = fk->ref_schema
                                   ? arena_printf(mem, "%s.%s", fk->ref_schema, fk->ref_table)
                                   : fk->ref_table;
            if (strcmp(full, name) == 0)
                return fk;
        }
    return NULL;
}

static bool outside_facts(Session *s, const Catalog *catalog, const char *name, PlanTableFacts *out)
{
    const ForeignKey *fk = fk_to(s->recipe, name, s->mem);
    *out = (PlanTableFacts){.table = name, .rows = -1};
    if (!catalog_table(catalog, fk->ref_schema, fk->ref_table))
        return true;
    KeyPool *pool = arena_new_of(s->mem, KeyPool);
    out->pool = pool;
    return read_pool(s, catalog, fk, pool);
}

const char *session_schema_key(const Session *s)
{
    return arena_printf(s->mem, "schema:%s", s->recipe->name);
}

/* PostgreSQL: tables that name no schema are those of the search_path, which a role, a database or
 * a URL can turn. Where it leads elsewhere than it did, tables and rows only seem to be gone. */
static bool same_schema(Session *s, const PlanTarget *target)
{
    const char *now = target->catalog->schema;
    bool any = false;
    for (int t = 0; t < s->recipe->ntables; t++)
        any = any || !s->recipe->tables[t].table.schema;
    s->schema = NULL;
    if (s->db->engine != ENGINE_POSTGRES || !any)
        return true;
    const char *was = ledger_book_value(s->book, session_schema_key(s));
    if (now && was && strcmp(was, now) == 0)
        return true;
    s->schema = now;
    if (!was || target->nhistory == 0)
        return true;
    err_add(s->mem, s->err, ERR_GUARD, NULL, s->recipe->name,
            now ? "its tables are in the schema %s, and this session's search_path leads to %s"
                : "its tables are in the schema %s, and this session's search_path leads nowhere",
            was, now);
    return err_hint(s->mem, s->err,
                    "?options=-csearch_path%%3D%s in the url, or ALTER ROLE ... SET search_path",
                    was);
}

bool session_facts(Session *s, PlanTarget *out)
{
    const Connector *connector = s->db->connector;
    int nschemas = 0, noutside = 0;
    const char *const *schemas = session_schemas(s, &nschemas);
    Catalog *catalog = arena_new_of(s->mem, Catalog);
    *out = (PlanTarget){.engine = s->db->engine,
                        .catalog = catalog,
                        .keys_after = connector->keys_after,
                        .concurrent_writers = connector->concurrent_writers,
                        .load_path = s->db->load_path ? s->db->load_path : connector->load_path};
    if (!db_describe(s->db, schemas, nschemas, catalog, s->mem, s->err))
        return false;
    PlanHistory *history = NULL;
    PlanChange *changes = NULL;
    if (!session_book(s) ||
        !ledger_book_changes(s->book, s->recipe->name, &changes, &out->nchanges, s->mem, s->err))
        return false;
    out->nhistory = ledger_book_history(s->book, s->recipe->name, &history, s->mem);
    out->history = history;
    out->changes = changes;
    if (!same_schema(s, out))
        return false;
    const char *const *outside = plan_outside_tables(s->recipe, &noutside, s->mem);
    PlanTableFacts *facts = arena_array(s->mem, PlanTableFacts, s->recipe->ntables + noutside + 1);
    out->facts = facts;
    for (int t = 0; t < s->recipe->ntables; t++)
        if (!table_facts(s, catalog, &s->recipe->tables[t].table, &facts[out->nfacts++]))
            return false;
    for (int i = 0; i < noutside; i++)
        if (!outside_facts(s, catalog, outside[i], &facts[out->nfacts++]))
            return false;
    session_may_read(s, catalog, facts);
    return true;
}

bool session_facts_to_come(Session *s, PlanTarget *target, const bool *filled)
{
    PlanTableFacts *facts = (PlanTableFacts *)target->facts; /* the recipe's tables come first */
    for (int t = 0; t < s->recipe->ntables; t++) {
        const Table *table = &s->recipe->tables[t].table;
        const Table *there = catalog_table(target->catalog, table->schema, table->name);
        if (!there || facts[t].no_select || (filled && !filled[t]))
            continue;
        session_may_insert(s, there, table, &facts[t]);
        if (!free_keys(s, there, table, &facts[t]))
            return false;
    }
    return true;
}

void session_offline_target(Session *s, PlanTarget *out)
{
    const Connector *connector = db_connector(s->url.engine);
    *out = (PlanTarget){.engine = s->url.engine,
                        .keys_after = connector->keys_after,
                        .concurrent_writers = connector->concurrent_writers,
                        .load_path = connector->load_path};
}

bool session_plan(Session *s, const PlanTarget *target)
{
    PlanOptions options = s->options->plan;
    options.env = s->options->env;
    const Plan *plan = plan_build(s->recipe, &options, target, s->mem, s->err);
    s->plan = plan;
    s->report->plan = plan;
    s->report->plan_target = *target;
    return plan != NULL;
}

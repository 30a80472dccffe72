/* The catalog's keys: primary, unique and plain indexes, foreign keys, checks; each read for all
 * tables at once. */
#include <stdlib.h>
#include <string.h>

#include "db/postgres_int.h"

enum { V11 = 110000, V15 = 150000 };

static bool is_true(const PGresult *res, int row, int col)
{
    return strcmp(PQgetvalue(res, row, col), "t") == 0;
}

/* ---------------------------------------------------------------- indexes */

typedef enum IndexField {
    I_TABLE,
    I_NAME,
    I_PRIMARY,
    I_UNIQUE,
    I_WHERE,
    I_KEYS,
    I_NKEYS,
    I_NULLS_EQUAL,
    I_ORDERED,
    I_FOLDED
} IndexField;

/* indkey is "1 3 0": attribute numbers, 0 for an expression; INCLUDEd columns come last and are no
 * part of the key. */
static Key key_of(const PgShape *s, int t, const PGresult *res, int r, Arena *mem)
{
    int n = atoi(PQgetvalue(res, r, I_NKEYS));
    Key key = {.name = arena_strdup(mem, PQgetvalue(res, r, I_NAME)),
               .cols = arena_array(mem, int, n + 1)};
    bool *no_case = arena_array(mem, bool, n + 1);
    bool *upper = arena_array(mem, bool, n + 1);
    const char *folded = PQgetvalue(res, r, I_FOLDED);
    key.partial = !is_true(res, r, I_ORDERED);
    key.nulls_equal = is_true(res, r, I_NULLS_EQUAL);
    const char *at = PQgetvalue(res, r, I_KEYS);
    for (int k = 0; k < n; k++) {
        char *end;
        int number = (int)strtol(at, &end, 10);
        if (number == 0) { /* an expression: lower(column), or one that nobody can plan for */
            char *rest;
            number = (int)strtol(folded, &rest, 10);
            folded = rest;
            no_case[key.ncols] = number != 0;
            upper[key.ncols] = number < 0;
            key.no_case = no_case;
            key.upper = upper;
            number = abs(number);
        }
        int c = number > 0 ? postgres_column_at(s, t, number) : -1;
        if (c >= 0)
            key.cols[key.ncols++] = c;
        else
            key.partial = true;
        at = end;
    }
    if (!PQgetisnull(res, r, I_WHERE)) {
        key.cond = key.partial ? NULL : arena_strdup(mem, PQgetvalue(res, r, I_WHERE));
        key.partial = true;
    }
    return key;
}

static void put_indexes(const PgShape *s, int t, const PGresult *res, int from, int n, Arena *mem)
{
    Table *table = &s->out->tables[t];
    table->uniques = arena_array(mem, Key, n);
    table->indexes = arena_array(mem, Key, n);
    for (int r = from; r < from + n; r++) {
        Key key = key_of(s, t, res, r, mem);
        if (is_true(res, r, I_PRIMARY))
            table->primary = key;
        else if (is_true(res, r, I_UNIQUE))
            table->uniques[table->nuniques++] = key;
        else
            table->indexes[table->nindexes++] = key;
    }
}

bool postgres_read_indexes(PgShape *s, Arena *mem, Err *err)
{
    int version = PQserverVersion(s->d->conn);
    const char *sql = arena_printf(
        mem,
        "SELECT i.indrelid, ic.relname, i.indisprimary, i.indisunique, pg_get_expr(i.indpred, i.indrelid), i.indkey::text, %s, %s, "
        "ic.relam IN (SELECT am.oid FROM pg_am am WHERE am.amname IN ('btree', 'hash')), "
        /* Attribute numbers of the expressions that are lower(column), negative of upper(column), 0
           for others. */
        "(SELECT string_agg(coalesce((SELECT a.attnum * f.sign FROM pg_attribute a, (VALUES ('lower', 1), ('upper', -1)) f (name, sign) "
        "WHERE a.attrelid = i.indrelid AND a.attnum > 0 AND pg_get_indexdef(i.indexrelid, k.n, true) IN "
        "(f.name || '(' || quote_ident(a.attname) || ')', f.name || '(' || quote_ident(a.attname) || '::text)')), 0)::text, ' ' ORDER BY k.n) "
        "FROM generate_series(1, i.indnatts) AS k(n) WHERE i.indkey[k.n - 1] = 0) "
        "FROM pg_index i JOIN pg_class ic ON ic.oid = i.indexrelid WHERE i.indrelid = ANY (?::oid[]) AND i.indislive "
        "ORDER BY i.indrelid, ic.relname COLLATE \"C\"",
        version >= V11 ? "i.indnkeyatts" : "i.indnatts",
        version >= V15 ? "i.indnullsnotdistinct" : "false");
    PGresult *res = postgres_run(s->d, sql, &s->oid_list, 1, mem, err);
    if (!res)
        return false;
    for (int r = 0, n; r < PQntuples(res); r += n) {
        n = postgres_run_length(res, r, I_TABLE);
        put_indexes(s, postgres_table_at(s, PQgetvalue(res, r, I_TABLE)), res, r, n, mem);
    }
    PQclear(res);
    return true;
}

/* ---------------------------------------------------------------- foreign keys */

typedef enum ForeignField {
    K_TABLE,
    K_OID,
    K_NAME,
    K_COLUMN,
    K_SCHEMA,
    K_REF_TABLE,
    K_REF_COLUMN,
    K_DELETE,
    K_UPDATE,
    K_DEFERRABLE,
    K_KEEPS,
    K_PARTITION
} ForeignField;

static Action action_of(char c)
{
    switch (c) {
    case 'r': return ACTION_RESTRICT;
    case 'c': return ACTION_CASCADE;
    case 'n': return ACTION_SET_NULL;
    case 'd': return ACTION_SET_DEFAULT;
    default: return ACTION_NO_ACTION;
    }
}

/* One foreign key from its n rows, one for each column. */
static ForeignKey foreign_of(const PgShape *s, int t, const PGresult *res, int from, int n,
                             Arena *mem)
{
    const char **ref_cols = arena_array(mem, const char *, n);
    bool *keeps = arena_array(mem, bool, n);
    ForeignKey fk = {.name = arena_strdup(mem, PQgetvalue(res, from, K_NAME)),
                     .cols = arena_array(mem, int, n),
                     .ncols = n,
                     .ref_cols = ref_cols};
    const char *schema = PQgetvalue(res, from, K_SCHEMA);
    fk.ref_schema = strcmp(schema, s->schemas[t]) == 0 ? NULL : arena_strdup(mem, schema);
    fk.ref_table = arena_strdup(mem, PQgetvalue(res, from, K_REF_TABLE));
    fk.on_delete = action_of(*PQgetvalue(res, from, K_DELETE));
    fk.on_update = action_of(*PQgetvalue(res, from, K_UPDATE));
    fk.deferrable = is_true(res, from, K_DEFERRABLE);
    for (int k = 0; k < n; k++) {
        fk.cols[k] = postgres_column_at(s, t, atoi(PQgetvalue(res, from + k, K_COLUMN)));
        ref_cols[k] = arena_strdup(mem, PQgetvalue(res, from + k, K_REF_COLUMN));
        keeps[k] = is_true(res, from + k, K_KEEPS);
        fk.keeps = keeps[k] ? keeps : fk.keeps;
    }
    return fk;
}

/* Partitions are no tables here, but may have foreign keys of their own: these count as their
 * root's, which holds the rows. conparentid: a key of a partitioned table, or to one, is kept again
 * for each partition. */
static const char foreign_keys_sql[] =
    "WITH RECURSIVE part(oid, root) AS (SELECT o, o FROM unnest(?::oid[]) o "
    "  UNION ALL SELECT i.inhrelid, p.root FROM part p JOIN pg_class c ON c.oid = p.oid AND c.relkind = 'p' "
    "  JOIN pg_inherits i ON i.inhparent = p.oid) "
    "SELECT p.root, k.oid, k.conname, own.attnum, n.nspname, c.relname, a.attname, k.confdeltype, k.confupdtype, k.condeferrable, %s, p.oid <> p.root "
    "FROM part p JOIN pg_constraint k ON k.conrelid = p.oid CROSS JOIN LATERAL unnest(k.conkey, k.confkey) WITH ORDINALITY u(col, ref, place) "
    "JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.ref JOIN pg_class c ON c.oid = k.confrelid "
    "JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute part_own ON part_own.attrelid = p.oid AND part_own.attnum = u.col "
    "JOIN pg_attribute own ON own.attrelid = p.root AND own.attname = part_own.attname WHERE k.contype = 'f'%s "
    "ORDER BY p.root, p.oid <> p.root, k.conname COLLATE \"C\", k.oid, u.place";

bool postgres_read_foreign_keys(PgShape *s, Arena *mem, Err *err)
{
    int version = PQserverVersion(s->d->conn);
    const char *sql = arena_printf(
        mem, foreign_keys_sql,
        version >= V15 ? "NOT coalesce(u.col = ANY (k.confdelsetcols), true)" : "false",
        version >= V11 ? " AND k.conparentid = 0" : "");
    PGresult *res = postgres_run(s->d, sql, &s->oid_list, 1, mem, err);
    if (!res)
        return false;
    for (int r = 0, rows; r < PQntuples(res); r += rows) {
        rows = postgres_run_length(res, r, K_TABLE);
        int t = postgres_table_at(s, PQgetvalue(res, r, K_TABLE));
        Table *table = &s->out->tables[t];
        table->fks = arena_array(mem, ForeignKey, rows);
        for (int from = r, n; from < r + rows; from += n) {
            n = postgres_run_length(res, from, K_OID);
            ForeignKey fk = foreign_of(s, t, res, from, n, mem);
            if (!is_true(res, from, K_PARTITION) || !table_same_fk(table, table, &fk))
                table->fks[table->nfks++] = fk;
        }
    }
    PQclear(res);
    return true;
}

/* ---------------------------------------------------------------- checks */

bool postgres_read_checks(PgShape *s, Arena *mem, Err *err)
{
    PGresult *res = postgres_run(
        s->d,
        "SELECT k.conrelid, k.conname, pg_get_expr(k.conbin, k.conrelid) FROM pg_constraint k "
        "WHERE k.conrelid = ANY (?::oid[]) AND k.contype = 'c' ORDER BY k.conrelid, k.conname COLLATE \"C\"",
        &s->oid_list, 1, mem, err);
    if (!res)
        return false;
    for (int r = 0, n; r < PQntuples(res); r += n) {
        n = postgres_run_length(res, r, 0);
        Table *table = &s->out->tables[postgres_table_at(s, PQgetvalue(res, r, 0))];
        table->checks = arena_array(mem, Check, n);
        for (int k = 0; k < n; k++)
            table->checks[table->nchecks++] =
                (Check){.name = arena_strdup(mem, PQgetvalue(res, r + k, 1)),
                        .sql = arena_strdup(mem, PQgetvalue(res, r + k, 2)),
                        .in_ddl = true};
    }
    PQclear(res);
    return true;
}

/* ---------------------------------------------------------------- triggers */

bool postgres_read_triggers(PgShape *s, Arena *mem, Err *err)
{
    PGresult *res = postgres_run(
        s->d,
        "SELECT g.tgrelid, g.tgname, concat(pg_get_triggerdef(g.oid), ' ', g.tgenabled), "
        "md5(concat_ws(' ', p.prosrc, p.probin, p.prosecdef, p.proconfig)) "
        "FROM pg_trigger g JOIN pg_proc p ON p.oid = g.tgfoid WHERE g.tgrelid = ANY (?::oid[]) AND NOT g.tgisinternal ORDER BY g.tgrelid, g.tgname COLLATE \"C\"",
        &s->oid_list, 1, mem, err);
    if (!res)
        return false;
    for (int r = 0, n; r < PQntuples(res); r += n) {
        n = postgres_run_length(res, r, 0);
        Table *table = &s->out->tables[postgres_table_at(s, PQgetvalue(res, r, 0))];
        table->triggers = arena_array(mem, Trigger, n);
        for (int k = 0; k < n; k++)
            table->triggers[table->ntriggers++] =
                (Trigger){.name = arena_strdup(mem, PQgetvalue(res, r + k, 1)),
                          .sql = arena_strdup(mem, PQgetvalue(res, r + k, 2)),
                          .body = arena_strdup(mem, PQgetvalue(res, r + k, 3))};
    }
    PQclear(res);
    return true;
}

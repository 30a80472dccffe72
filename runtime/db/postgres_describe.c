/* The catalog: a handful of queries for the whole schema, never one per table. They run with
 * search_path = pg_catalog: a schema may define its own operators, and what the server prints
 * (types, defaults, checks) then names everything in full. Left out: views, foreign tables,
 * partitions (rows go through their root), tables of extensions, seedpipe's own schema. */
#include <stdlib.h>
#include <string.h>

#include "db/postgres_int.h"

enum { V11 = 110000, V12 = 120000 };

static const char *cell(const PGresult *res, int row, int col, Arena *mem)
{
    return PQgetisnull(res, row, col) ? NULL : arena_strdup(mem, PQgetvalue(res, row, col));
}

static bool is_true(const PGresult *res, int row, int col)
{
    return strcmp(PQgetvalue(res, row, col), "t") == 0;
}

/* Names as an array literal. */
static const char *name_list(const char *first, const char *const *others, int n, Arena *mem)
{
    Buf out;
    buf_init(&out, 1 << 20);
    for (int i = -1; i < n; i++) {
        const char *name = i < 0 ? first : others[i];
        if (!name)
            continue;
        buf_str(&out, out.len ? ",\"" : "{\"");
        for (const char *p = name; *p; p++) {
            if (*p == '"' || *p == '\\')
                buf_byte(&out, '\\');
            buf_byte(&out, *p);
        }
        buf_byte(&out, '"');
    }
    buf_str(&out, out.len ? "}" : "{}");
    const char *text = arena_strndup(mem, out.data, out.len);
    buf_free(&out);
    return text;
}

/* ---------------------------------------------------------------- tables */

static const char *oid_list(const PgShape *s, Arena *mem)
{
    Buf out;
    buf_init(&out, 16 << 20);
    buf_byte(&out, '{');
    for (int t = 0; t < s->out->ntables; t++) {
        buf_str(&out, t ? "," : "");
        buf_str(&out, s->oids[t]);
    }
    buf_byte(&out, '}');
    const char *text = arena_strndup(mem, out.data, out.len);
    buf_free(&out);
    return text;
}

static bool read_tables(PgShape *s, const char *const *schemas, int nschemas, Arena *mem, Err *err)
{
    const char *current = s->d->schema;
    const char *params[] = {name_list(current, schemas, nschemas, mem), current ? current : ""};
    PGresult *res = postgres_run(
        s->d,
        "SELECT c.oid, n.nspname, c.relname, has_any_column_privilege(c.oid, 'SELECT'), has_any_column_privilege(c.oid, 'INSERT'), row_security_active(c.oid), has_any_column_privilege(c.oid, 'UPDATE'), c.relhasrules, c.relkind = 'r' AND c.relhassubclass FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname = ANY (?::text[]) AND n.nspname <> 'seedpipe' "
        "AND NOT EXISTS (SELECT 1 FROM pg_depend x WHERE x.classid = 'pg_class'::regclass AND x.objid = c.oid "
        "AND x.refclassid = 'pg_extension'::regclass AND x.deptype = 'e') "
        "ORDER BY n.nspname <> ?, n.nspname COLLATE \"C\", c.relname COLLATE \"C\"",
        params, 2, mem, err);
    if (!res)
        return false;
    int n = PQntuples(res);
    s->out->ntables = n;
    s->out->tables = arena_array(mem, Table, n + 1);
    s->oids = arena_array(mem, const char *, n + 1);
    s->schemas = arena_array(mem, const char *, n + 1);
    s->attnums = arena_array(mem, int *, n + 1);
    s->places = map_new(mem);
    for (int t = 0; t < n; t++) {
        s->oids[t] = cell(res, t, 0, mem);
        s->schemas[t] = cell(res, t, 1, mem);
        map_put(s->places, s->oids[t], (void *)(intptr_t)t);
        s->out->tables[t].schema =
            current && strcmp(current, s->schemas[t]) == 0 ? NULL : s->schemas[t];
        s->out->tables[t].name = cell(res, t, 2, mem);
        s->out->tables[t].no_select = !is_true(res, t, 3);
        s->out->tables[t].no_insert = !is_true(res, t, 4);
        s->out->tables[t].hides_rows = is_true(res, t, 5);
        s->out->tables[t].no_update = !is_true(res, t, 6);
        s->out->tables[t].has_rules = is_true(res, t, 7);
        s->out->tables[t].has_heirs = is_true(res, t, 8);
    }
    PQclear(res);
    s->oid_list = oid_list(s, mem);
    return true;
}

/* ---------------------------------------------------------------- columns */

static const char columns_sql[] =
    "SELECT a.attrelid, a.attnum, a.attname, a.attnotnull, a.attidentity, %s, pg_get_expr(d.adbin, d.adrelid), format_type(a.atttypid, a.atttypmod), %s, "
    "has_column_privilege(a.attrelid, a.attnum, 'SELECT'), has_column_privilege(a.attrelid, a.attnum, 'INSERT'), "
    "t.typname, t.typnamespace = 'pg_catalog'::regnamespace, t.typtype, t.typcategory, a.atttypmod, t.oid "
    "FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum "
    "WHERE a.attrelid = ANY (?::oid[]) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attrelid, a.attnum";

/* What lies under each domain, however many domains stand on one another. */
static const char domains_sql[] =
    "WITH RECURSIVE chain(start, oid, typmod, not_null, dflt) AS ("
    "  SELECT t.oid, t.typbasetype, t.typtypmod, t.typnotnull, t.typdefault FROM pg_type t WHERE t.typtype = 'd' "
    "  UNION ALL SELECT c.start, t.typbasetype, t.typtypmod, c.not_null OR t.typnotnull, coalesce(c.dflt, t.typdefault) "
    "  FROM chain c JOIN pg_type t ON t.oid = c.oid WHERE t.typtype = 'd') "
    "SELECT c.start, c.not_null, c.dflt, t.typname, t.typnamespace = 'pg_catalog'::regnamespace, t.typtype, t.typcategory, c.typmod, t.oid "
    "FROM chain c JOIN pg_type t ON t.oid = c.oid WHERE t.typtype <> 'd'";

typedef enum ColumnField {
    F_TABLE,
    F_ATTNUM,
    F_NAME,
    F_NOT_NULL,
    F_IDENTITY,
    F_GENERATED,
    F_DEFAULT,
    F_SHOWN,
    F_NO_CASE,
    F_SELECT,
    F_INSERT,
    F_TYPE
} ColumnField;
typedef enum DomainField { D_START, D_NOT_NULL, D_DEFAULT, D_TYPE } DomainField;
/* From F_TYPE or D_TYPE on, both have the same fields. */
typedef enum TypeField { T_NAME, T_BUILTIN, T_TYPTYPE, T_CATEGORY, T_TYPMOD, T_OID } TypeField;

/* What the columns query points at, each by the type's oid: rows of `domains` (number + 1), and
 * enum labels. NULL: none are needed. */
typedef struct Types {
    PGresult *domains;
    Map *domain_rows;
    Map *labels;
} Types;

typedef struct Labels {
    const char **texts;
    int n;
    size_t cap;
} Labels;

static bool any_type(const PGresult *res, int first, char typtype)
{
    for (int r = 0; res && r < PQntuples(res); r++)
        if (*PQgetvalue(res, r, first + T_TYPTYPE) == typtype)
            return true;
    return false;
}

static bool read_domains(PgDb *d, Types *types, Arena *mem, Err *err)
{
    types->domains = postgres_run(d, domains_sql, NULL, 0, mem, err);
    types->domain_rows = map_new(mem);
    for (int r = 0; types->domains && r < PQntuples(types->domains); r++)
        map_put(types->domain_rows, PQgetvalue(types->domains, r, D_START),
                (void *)((intptr_t)r + 1));
    return types->domains != NULL;
}

static bool read_labels(PgDb *d, Types *types, Arena *mem, Err *err)
{
    PGresult *res = postgres_run(
        d, "SELECT e.enumtypid, e.enumlabel FROM pg_enum e ORDER BY e.enumtypid, e.enumsortorder",
        NULL, 0, mem, err);
    if (!res)
        return false;
    types->labels = map_new(mem);
    for (int r = 0; r < PQntuples(res); r++) {
        Labels *labels = map_get(types->labels, PQgetvalue(res, r, 0));
        if (!labels) {
            labels = arena_new_of(mem, Labels);
            map_put(types->labels, PQgetvalue(res, r, 0), labels);
        }
        labels->texts = arena_grow(mem, labels->texts, &labels->cap, (size_t)labels->n + 1,
                                   sizeof *labels->texts);
        labels->texts[labels->n++] = cell(res, r, 1, mem);
    }
    PQclear(res);
    return true;
}

/* Nothing but nextval('...'::regclass). */
static bool calls_sequence(const char *text)
{
    static const char head[] = "nextval('", tail[] = "'::regclass)";
    size_t n = text ? strlen(text) : 0;
    return n > strlen(head) + strlen(tail) && strncmp(text, head, strlen(head)) == 0 &&
           strcmp(text + n - strlen(tail), tail) == 0;
}

static Column column_of(const PGresult *res, int r, const Types *types, Arena *mem)
{
    intptr_t domain = types->domain_rows ? (intptr_t)map_get(types->domain_rows,
                                                             PQgetvalue(res, r, F_TYPE + T_OID))
                                         : 0;
    const PGresult *from = domain ? types->domains : res;
    int at = domain ? (int)domain - 1 : r, first = domain ? D_TYPE : F_TYPE;
    PgTypeRow row = {.name = PQgetvalue(from, at, first + T_NAME),
                     .builtin = is_true(from, at, first + T_BUILTIN),
                     .type = *PQgetvalue(from, at, first + T_TYPTYPE),
                     .category = *PQgetvalue(from, at, first + T_CATEGORY),
                     .typmod = atoi(PQgetvalue(from, at, first + T_TYPMOD)),
                     .shown = cell(res, r, F_SHOWN, mem),
                     .no_case = is_true(res, r, F_NO_CASE)};
    char identity = *PQgetvalue(res, r, F_IDENTITY);
    Column c = {.name = cell(res, r, F_NAME, mem),
                .type = postgres_type(&row),
                .identity_always = identity == 'a'};
    c.nullable = !is_true(res, r, F_NOT_NULL) && !(domain && is_true(from, at, D_NOT_NULL));
    c.generated = *PQgetvalue(res, r, F_GENERATED) != '\0';
    c.no_select = !is_true(res, r, F_SELECT);
    c.no_insert = !is_true(res, r, F_INSERT);
    c.default_sql = c.generated ? NULL : cell(res, r, F_DEFAULT, mem);
    if (!c.default_sql && domain && !c.generated)
        c.default_sql = cell(from, at, D_DEFAULT, mem);
    c.auto_key = identity != '\0' || (c.type.kind == TYPE_INT && calls_sequence(c.default_sql));
    const Labels *mine = c.type.kind == TYPE_ENUM
                             ? map_get(types->labels, PQgetvalue(from, at, first + T_OID))
                             : NULL;
    if (mine) {
        c.type.labels = mine->texts;
        c.type.label_count = mine->n;
    }
    return c;
}

static void put_columns(PgShape *s, const PGresult *res, const Types *types, Arena *mem)
{
    for (int r = 0, n; r < PQntuples(res); r += n) {
        n = postgres_run_length(res, r, F_TABLE);
        int t = postgres_table_at(s, PQgetvalue(res, r, F_TABLE));
        Table *table = &s->out->tables[t];
        table->cols = arena_array(mem, Column, n);
        table->ncols = n;
        s->attnums[t] = arena_array(mem, int, n);
        for (int c = 0; c < n; c++) {
            table->cols[c] = column_of(res, r + c, types, mem);
            s->attnums[t][c] = atoi(PQgetvalue(res, r + c, F_ATTNUM));
        }
    }
}

static bool read_columns(PgShape *s, Arena *mem, Err *err)
{
    bool v12 = PQserverVersion(s->d->conn) >= V12;
    const char *sql = arena_printf(
        mem, columns_sql, v12 ? "a.attgenerated" : "''",
        v12 ? "coalesce((SELECT NOT co.collisdeterministic FROM pg_collation co WHERE co.oid = a.attcollation), false)"
            : "false");
    PGresult *res = postgres_run(s->d, sql, &s->oid_list, 1, mem, err);
    if (!res)
        return false;
    Types types = {NULL, NULL, NULL};
    bool ok = (!any_type(res, F_TYPE, 'd') || read_domains(s->d, &types, mem, err)) &&
              (!(any_type(res, F_TYPE, 'e') || any_type(types.domains, D_TYPE, 'e')) ||
               read_labels(s->d, &types, mem, err));
    if (ok)
        put_columns(s, res, &types, mem);
    PQclear(types.domains);
    PQclear(res);
    return ok;
}

int postgres_run_length(const PGresult *res, int row, int col)
{
    int n = 1;
    while (row + n < PQntuples(res) &&
           strcmp(PQgetvalue(res, row, col), PQgetvalue(res, row + n, col)) == 0)
        n++;
    return n;
}

int postgres_table_at(const PgShape *s, const char *oid)
{
    return (int)(intptr_t)map_get(s->places, oid);
}

int postgres_column_at(const PgShape *s, int table, int attnum)
{
    for (int c = 0; c < s->out->tables[table].ncols; c++)
        if (s->attnums[table][c] == attnum)
            return c;
    return -1;
}

/* ---------------------------------------------------------------- all of it */

static bool read_all(PgShape *s, const char *const *schemas, int nschemas, Arena *mem, Err *err)
{
    if (!read_tables(s, schemas, nschemas, mem, err))
        return false;
    return s->out->ntables == 0 ||
           (read_columns(s, mem, err) && postgres_read_indexes(s, mem, err) &&
            postgres_read_foreign_keys(s, mem, err) && postgres_read_checks(s, mem, err) &&
            postgres_read_triggers(s, mem, err));
}

static bool run(PgDb *d, const char *sql, Arena *mem, Err *err)
{
    PGresult *res = postgres_run(d, sql, NULL, 0, mem, err);
    PQclear(res);
    return res != NULL;
}

/* Settings that end with the transaction, or go back to the savepoint. The queries join in a good
 * order as they are written: planning another takes longer than they run, and so does compiling. */
static bool set_local(PgDb *d, Arena *mem, Err *err)
{
    const char *jit =
        PQserverVersion(d->conn) < V11 ? "" : ", pg_catalog.set_config('jit', 'off', true)";
    return run(d,
               arena_printf(mem,
                            "SELECT pg_catalog.set_config('search_path', 'pg_catalog', true), "
                            "pg_catalog.set_config('join_collapse_limit', '1', true)%s",
                            jit),
               mem, err);
}

bool postgres_describe(Db *db, const char *const *schemas, int nschemas, Catalog *out, Arena *mem,
                       Err *err)
{
    PgDb *d = pg_of(db);
    bool own = !db->in_transaction; /* a snapshot of its own, or the caller's transaction */
    *out = (Catalog){.server = db->server, .database = d->database, .schema = d->schema};
    PgShape shape = {.d = d, .out = out};
    Err ignored = {0};
    if (!run(d,
             own ? "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
                 : "SAVEPOINT seedpipe_describe",
             mem, err))
        return false;
    bool ok = set_local(d, mem, err) && read_all(&shape, schemas, nschemas, mem, err);
    const char *end = own ? "ROLLBACK" : "ROLLBACK TO SAVEPOINT seedpipe_describe";
    return run(d, end, mem, ok ? err : &ignored) &&
           (own || run(d, "RELEASE SAVEPOINT seedpipe_describe", mem, ok ? err : &ignored)) && ok;
}

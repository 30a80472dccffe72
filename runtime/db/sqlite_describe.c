/* The schema of a SQLite file, from its pragmas as tables. Declared types are read as anyone writes
 * them, then by SQLite's own affinity rules (sqlite.org/datatype3.html, 3.1); integers are 64 bits
 * whatever they are called. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "db/sqlite_int.h"

typedef struct Shape {
    LiteDb *d;
    Catalog *out;
    bool *without_rowid; /* per table */
    bool *pk_is_index;   /* per table: the primary key is an index, not the rowid */
    Arena *mem;
    Err *err;
} Shape;

/* Ours, SQLite's, views, virtual tables and the tables behind those are none of the user's. LIKE's
 * _ would stand for any character. */
#define USERS_TABLES                                                                               \
    "FROM pragma_table_list l WHERE l.schema = 'main' AND l.type = 'table' AND substr(l.name, 1, 7) <> 'sqlite_' AND substr(l.name, 1, 9) <> 'seedpipe_'"

static bool ask(Shape *s, const char *sql, DbResult *r)
{
    return sqlite_db_query(&s->d->db, sql, NULL, 0, r, s->mem, s->err);
}

static int number(const DbResult *r, int row, int col)
{
    const char *text = db_cell(r, row, col);
    return text ? atoi(text) : 0;
}

static Table *table_named(const Shape *s, const char *name)
{
    for (int t = 0; t < s->out->ntables; t++)
        if (strcasecmp(s->out->tables[t].name, name) == 0) /* as SQLite compares names */
            return &s->out->tables[t];
    return NULL;
}

static int column_named(const Table *table, const char *name)
{
    for (int c = 0; c < table->ncols; c++)
        if (strcasecmp(table->cols[c].name, name) == 0)
            return c;
    return -1;
}

/* How many rows from `from` on have the same text in a column. */
static int run_length(const DbResult *r, int from, int col)
{
    int n = 1;
    while (from + n < r->rows && strcmp(db_cell(r, from, col), db_cell(r, from + n, col)) == 0)
        n++;
    return n;
}

static bool has_word(const char *type, const char *word)
{
    return strcasestr(type, word) != NULL;
}

static Type column_type(const char *declared, Arena *mem)
{
    Type type = type_parse(declared, mem);
    if (type.kind == TYPE_OTHER && *declared) {
        if (has_word(declared, "INT"))
            type.kind = TYPE_INT;
        else if (has_word(declared, "CHAR") || has_word(declared, "CLOB") ||
                 has_word(declared, "TEXT"))
            type.kind = TYPE_TEXT;
        else if (has_word(declared, "BLOB"))
            type.kind = TYPE_BYTES;
        else if (has_word(declared, "REAL") || has_word(declared, "FLOA") ||
                 has_word(declared, "DOUB"))
            type.kind = TYPE_FLOAT;
    }
    if (type.kind == TYPE_INT || type.kind == TYPE_FLOAT)
        type.bits = 64;
    type.is_unsigned = false; /* nothing that SQLite enforces */
    return type;
}

static bool read_columns(Shape *s)
{
    DbResult r;
    if (!ask(
            s,
            "SELECT l.name, l.wr, x.name, x.type, x.\"notnull\", x.dflt_value, x.pk, x.hidden FROM (SELECT l.name, l.wr " USERS_TABLES
            ") l, pragma_table_xinfo(l.name) x WHERE x.hidden <> 1 ORDER BY l.name, x.cid",
            &r))
        return false;
    s->out->tables = arena_array(s->mem, Table, r.rows + 1);
    s->without_rowid = arena_array(s->mem, bool, r.rows + 1);
    s->pk_is_index = arena_array(s->mem, bool, r.rows + 1);
    for (int from = 0; from < r.rows;) {
        int n = run_length(&r, from, 0), t = s->out->ntables++;
        Table *table = &s->out->tables[t];
        table->name = db_cell(&r, from, 0);
        table->ncols = n;
        table->cols = arena_array(s->mem, Column, n);
        table->primary.cols = arena_array(s->mem, int, n);
        s->without_rowid[t] = number(&r, from, 1) != 0;
        for (int c = 0; c < n; c++) {
            int row = from + c, pk = number(&r, row, 6), hidden = number(&r, row, 7);
            Column *col = &table->cols[c];
            *col = (Column){.name = db_cell(&r, row, 2),
                            .nullable = !number(&r, row, 4) && !pk,
                            .default_sql = db_cell(&r, row, 5),
                            .generated = hidden > 1};
            col->type = column_type(db_cell(&r, row, 3) ? db_cell(&r, row, 3) : "", s->mem);
            const char *collation = NULL;
            sqlite3_table_column_metadata(s->d->handle, "main", table->name, col->name, NULL,
                                          &collation, NULL, NULL, NULL);
            col->type.no_case = collation && strcasecmp(collation, "NOCASE") == 0;
            if (pk) {
                table->primary.cols[pk - 1] = c;
                table->primary.ncols = pk > table->primary.ncols ? pk : table->primary.ncols;
            }
        }
        from += n;
    }
    return true;
}

/* One index: its rows are its columns, cid -1 is the rowid, -2 an expression. */
static void add_index(Shape *s, const DbResult *r, int from, int n)
{
    Table *table = table_named(s, db_cell(r, from, 0));
    const char *name = db_cell(r, from, 1), *origin = db_cell(r, from, 3);
    if (!table)
        return;
    if (strcmp(origin, "pk") == 0) {
        s->pk_is_index[table - s->out->tables] = true;
        return;
    }
    Key key = {.name = strncmp(name, "sqlite_autoindex_", 17) == 0 ? NULL : name};
    key.cols = arena_array(s->mem, int, n);
    bool *differs = arena_array(s->mem, bool, n), *uppers = arena_array(s->mem, bool, n);
    for (int i = 0; i < n; i++) {
        const char *column = db_cell(r, from + i, 5), *collation = db_cell(r, from + i, 6);
        bool upper = false, folds = false;
        if (!column) {
            column = sqlite_db_folded(db_cell(r, from + i, 7), i, &upper, s->mem);
            folds = column != NULL;
        }
        int c = column ? column_named(table, column) : -1;
        if (c < 0) {
            key.partial = true;
            continue;
        }
        bool no_case = collation && strcasecmp(collation, "NOCASE") == 0;
        bool other = !no_case && collation && strcasecmp(collation, "BINARY") != 0;
        key.partial = key.partial || other || (!no_case && !folds && table->cols[c].type.no_case);
        if (folds || (no_case && !table->cols[c].type.no_case)) {
            differs[key.ncols] = true;
            uppers[key.ncols] = upper;
            key.no_case = differs;
            key.upper = uppers;
        }
        key.cols[key.ncols++] = c;
    }
    if (number(r, from, 4)) {
        key.cond = key.partial ? NULL : sqlite_db_condition(db_cell(r, from, 7));
        key.partial = true;
    }
    bool unique = number(r, from, 2) != 0;
    Key **list = unique ? &table->uniques : &table->indexes;
    int *count = unique ? &table->nuniques : &table->nindexes;
    Key *more = arena_array(s->mem, Key, *count + 1);
    if (*count)
        memcpy(more, *list, sizeof *more * (size_t)*count);
    more[(*count)++] = key;
    *list = more;
}

static bool read_indexes(Shape *s)
{
    DbResult r;
    if (!ask(
            s,
            "SELECT l.name, i.name, i.\"unique\", i.origin, i.partial, x.name, x.coll, "
            "(SELECT m.sql FROM sqlite_master m WHERE m.type = 'index' AND m.name = i.name) FROM (SELECT l.name " USERS_TABLES
            ") l, pragma_index_list(l.name) i, pragma_index_xinfo(i.name) x WHERE x.key = 1 ORDER BY l.name, i.name, x.seqno",
            &r))
        return false;
    for (int from = 0; from < r.rows;) {
        int n = run_length(&r, from, 1);
        add_index(s, &r, from, n);
        from += n;
    }
    return true;
}

static Action action_of(const char *text)
{
    for (Action a = ACTION_NO_ACTION; a <= ACTION_SET_DEFAULT; a++)
        if (strcmp(action_sql(a), text) == 0)
            return a;
    return ACTION_NO_ACTION;
}

/* The parent's columns as the parent spells them; without any named, its primary key. */
static const char *const *parent_columns(Shape *s, const DbResult *r, int from, int n,
                                         const Table *parent)
{
    const char **names = arena_array(s->mem, const char *, n + 1);
    for (int i = 0; i < n; i++) {
        const char *to = db_cell(r, from + i, 4);
        int c = !parent                     ? -1
                : to                        ? column_named(parent, to)
                : i < parent->primary.ncols ? parent->primary.cols[i]
                                            : -1;
        names[i] = c >= 0 ? parent->cols[c].name : to;
        if (!names[i])
            return NULL;
    }
    return names;
}

static bool read_foreign_keys(Shape *s)
{
    DbResult r;
    if (!ask(
            s,
            "SELECT l.name, f.id, f.\"table\", f.\"from\", f.\"to\", f.on_delete, f.on_update FROM (SELECT l.name " USERS_TABLES
            ") l, pragma_foreign_key_list(l.name) f ORDER BY l.name, f.id DESC, f.seq",
            &r))
        return false;
    for (int from = 0, n; from < r.rows; from += n) {
        n = 1;
        while (from + n < r.rows && strcmp(db_cell(&r, from, 0), db_cell(&r, from + n, 0)) == 0 &&
               number(&r, from, 1) == number(&r, from + n, 1))
            n++;
        Table *table = table_named(s, db_cell(&r, from, 0));
        if (!table)
            continue;
        const Table *parent = table_named(s, db_cell(&r, from, 2));
        ForeignKey fk = {.ncols = n, .ref_table = parent ? parent->name : db_cell(&r, from, 2)};
        fk.cols = arena_array(s->mem, int, n);
        for (int i = 0; i < n; i++)
            fk.cols[i] = column_named(table, db_cell(&r, from + i, 3));
        fk.ref_cols = parent_columns(s, &r, from, n, parent);
        fk.on_delete = action_of(db_cell(&r, from, 5));
        fk.on_update = action_of(db_cell(&r, from, 6));
        ForeignKey *more = arena_array(s->mem, ForeignKey, table->nfks + 1);
        if (table->nfks)
            memcpy(more, table->fks, sizeof *more * (size_t)table->nfks);
        more[table->nfks++] = fk;
        table->fks = more;
    }
    return true;
}

static bool read_checks(Shape *s)
{
    DbResult r;
    if (!ask(s, "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND sql IS NOT NULL", &r))
        return false;
    for (int i = 0; i < r.rows; i++) {
        Table *table = table_named(s, db_cell(&r, i, 0));
        if (table)
            sqlite_db_checks(table, db_cell(&r, i, 1), s->mem);
    }
    return true;
}

static bool read_triggers(Shape *s)
{
    DbResult r;
    if (!ask(
            s,
            "SELECT tbl_name, name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY tbl_name, name",
            &r))
        return false;
    for (int i = 0; i < r.rows; i++) {
        Table *table = table_named(s, db_cell(&r, i, 0));
        if (!table)
            continue;
        Trigger *more =
            arena_copy(s->mem, table->triggers, (size_t)table->ntriggers, 1, sizeof *more);
        more[table->ntriggers++] = (Trigger){.name = db_cell(&r, i, 1), .sql = db_cell(&r, i, 2)};
        table->triggers = more;
    }
    return true;
}

bool sqlite_db_describe(Db *db, const char *const *schemas, int nschemas, Catalog *out, Arena *mem,
                        Err *err)
{
    (void)schemas, (void)nschemas; /* a file has one */
    LiteDb *d = lite_of(db);
    Shape s = {.d = d, .out = out, .mem = mem, .err = err};
    *out = (Catalog){.server = db->server, .database = db->url.path, .name_case = CASE_IGNORED};
    if (!read_columns(&s) || !read_indexes(&s) || !read_foreign_keys(&s) || !read_checks(&s) ||
        !read_triggers(&s))
        return false;
    for (int t = 0; t < out->ntables; t++) {
        const Key *primary = &out->tables[t].primary;
        /* A single key that needs no index is the rowid, which SQLite numbers. */
        if (primary->ncols == 1 && !s.pk_is_index[t] && !s.without_rowid[t])
            out->tables[t].cols[primary->cols[0]].auto_key = true;
    }
    return true;
}

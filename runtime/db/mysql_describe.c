/* The catalog from information_schema: seven or eight queries for each database, whatever the
 * number of tables. Each names one database by `=`, since MariaDB opens every table of every
 * database otherwise. Columns are taken by position: MySQL 8 changed their names' case. */
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "db/mysql_int.h"

enum { KEY_COLUMNS = 32 };

typedef struct Building {
    Table table;
    size_t cols, uniques, indexes, fks, checks, triggers; /* room in the arrays */
    int actions;                                          /* of foreign keys, that were seen */
} Building;

typedef struct Describe {
    MyDb *d;
    const char *database; /* the one being read */
    const char *schema;   /* what its tables are marked with: NULL for the connection's own */
    bool mariadb;
    Map *tables; /* name -> Building */
    Arena *mem;
    Err *err;
} Describe;

static bool ask(Describe *s, const char *sql, DbResult *r)
{
    const char *params[] = {s->database};
    return mysql_db_query(&s->d->db, sql, params, 1, r, s->mem, s->err);
}

static const char *text_or(const char *text, const char *other)
{
    return text ? text : other;
}

static bool read_tables(Describe *s)
{
    DbResult r;
    if (!ask(
            s,
            "SELECT t.table_name, e.engine FROM information_schema.tables t LEFT JOIN information_schema.engines e ON e.engine = t.engine "
            "AND e.transactions = 'NO' WHERE t.table_schema = ? AND t.table_type IN ('BASE TABLE', 'SYSTEM VERSIONED')",
            &r))
        return false;
    for (int i = 0; i < r.rows; i++) {
        const char *name = db_cell(&r, i, 0);
        if (strncmp(name, "seedpipe_", 9) == 0)
            continue;
        Building *b = arena_new_of(s->mem, Building);
        b->table.schema = s->schema;
        b->table.name = name;
        b->table.no_transactions = db_cell(&r, i, 1);
        map_put(s->tables, name, b);
    }
    return true;
}

static bool read_columns(Describe *s)
{
    DbResult r;
    if (!ask(
            s,
            "SELECT table_name, column_name, data_type, column_type, is_nullable, column_default, extra, character_maximum_length, "
            "numeric_precision, numeric_scale, datetime_precision, collation_name, generation_expression FROM information_schema.columns "
            "WHERE table_schema = ? ORDER BY table_name, ordinal_position",
            &r))
        return false;
    for (int i = 0; i < r.rows; i++) {
        Building *b = map_get(s->tables, db_cell(&r, i, 0));
        if (!b)
            continue;
        b->table.cols =
            arena_grow(s->mem, b->table.cols, &b->cols, (size_t)b->table.ncols + 1, sizeof(Column));
        Column *col = &b->table.cols[b->table.ncols++];
        const char *extra = text_or(db_cell(&r, i, 6), "");
        *col = (Column){.name = db_cell(&r, i, 1)};
        col->type = mysql_db_type(db_cell(&r, i, 2), db_cell(&r, i, 3), db_cell(&r, i, 7),
                                  db_cell(&r, i, 8), db_cell(&r, i, 9), db_cell(&r, i, 10),
                                  db_cell(&r, i, 11), s->mem);
        col->nullable = strcmp(db_cell(&r, i, 4), "YES") == 0;
        col->auto_key = strstr(extra, "auto_increment") != NULL;
        col->on_update = strstr(extra, "on update") != NULL;
        col->generated = *text_or(db_cell(&r, i, 12), "") != '\0';
        if (!col->generated)
            col->default_sql =
                mysql_db_default(s->mariadb, db_cell(&r, i, 5), extra, &col->type, s->mem);
    }
    return true;
}

static Key *add_key(Key **keys, int *n, size_t *room, const char *name, Arena *mem)
{
    for (int i = *n - 1; i >= 0; i--)
        if (strcmp((*keys)[i].name, name) == 0)
            return &(*keys)[i];
    *keys = arena_grow(mem, *keys, room, (size_t)*n + 1, sizeof(Key));
    Key *key = &(*keys)[(*n)++];
    *key = (Key){.name = name, .cols = arena_array(mem, int, KEY_COLUMNS)};
    return key;
}

/* The column of lower(`column`) or upper(`column`), as the server writes it; -1: another
 * expression. */
static int folded(const Table *t, const char *expression, bool *upper)
{
    *upper = expression && strncmp(expression, "upper(`", 7) == 0;
    for (int c = 0; expression && c < t->ncols; c++) {
        size_t n = strlen(t->cols[c].name);
        if ((*upper || strncmp(expression, "lower(`", 7) == 0) &&
            strncmp(expression + 7, t->cols[c].name, n) == 0 &&
            strcmp(expression + 7 + n, "`)") == 0)
            return c;
    }
    return -1;
}

/* A part over a prefix has its length, a part over an expression no column: such a key is known but
 * cannot be planned for. */
static bool read_keys(Describe *s)
{
    DbResult r;
    bool expressions = !s->mariadb && mysql_get_server_version(s->d->my) >= 80013;
    if (!ask(s,
             arena_printf(
                 s->mem,
                 "SELECT table_name, index_name, non_unique, column_name, sub_part, %s FROM "
                 "information_schema.statistics WHERE table_schema = ? AND index_type IN ('BTREE', "
                 "'HASH') ORDER BY table_name, index_name, seq_in_index",
                 expressions ? "expression" : "NULL"),
             &r))
        return false;
    for (int i = 0; i < r.rows; i++) {
        Building *b = map_get(s->tables, db_cell(&r, i, 0));
        if (!b)
            continue;
        Table *t = &b->table;
        const char *name = db_cell(&r, i, 1), *column = db_cell(&r, i, 3);
        Key *key;
        if (strcmp(name, "PRIMARY") == 0) {
            if (!t->primary.cols)
                t->primary = (Key){.name = name, .cols = arena_array(s->mem, int, KEY_COLUMNS)};
            key = &t->primary;
        } else if (strcmp(db_cell(&r, i, 2), "0") == 0) {
            key = add_key(&t->uniques, &t->nuniques, &b->uniques, name, s->mem);
        } else {
            key = add_key(&t->indexes, &t->nindexes, &b->indexes, name, s->mem);
        }
        bool upper;
        int col = column ? table_column(t, column) : folded(t, db_cell(&r, i, 5), &upper);
        if (col >= 0 && !column && key->ncols < KEY_COLUMNS) {
            if (!key->no_case) {
                key->no_case = arena_array(s->mem, bool, KEY_COLUMNS);
                key->upper = arena_array(s->mem, bool, KEY_COLUMNS);
            }
            ((bool *)key->no_case)[key->ncols] = true;
            ((bool *)key->upper)[key->ncols] = upper;
        }
        if (col < 0 || db_cell(&r, i, 4))
            key->partial = true;
        if (col >= 0 && key->ncols < KEY_COLUMNS)
            key->cols[key->ncols++] = col;
    }
    return true;
}

static ForeignKey *add_foreign(Building *b, const char *name, Arena *mem)
{
    Table *t = &b->table;
    for (int i = t->nfks - 1; i >= 0; i--)
        if (strcmp(t->fks[i].name, name) == 0)
            return &t->fks[i];
    t->fks = arena_grow(mem, t->fks, &b->fks, (size_t)t->nfks + 1, sizeof(ForeignKey));
    ForeignKey *fk = &t->fks[t->nfks++];
    *fk = (ForeignKey){.name = name,
                       .cols = arena_array(mem, int, KEY_COLUMNS),
                       .ref_cols = arena_array(mem, const char *, KEY_COLUMNS),
                       .on_delete = ACTION_NO_ACTION,
                       .on_update = ACTION_NO_ACTION};
    return fk;
}

static Action action_of(const char *rule)
{
    static const struct {
        const char *rule;
        Action action;
    } rules[] = {{"RESTRICT", ACTION_RESTRICT},
                 {"CASCADE", ACTION_CASCADE},
                 {"SET NULL", ACTION_SET_NULL},
                 {"SET DEFAULT", ACTION_SET_DEFAULT}};
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (strcmp(rules[i].rule, rule) == 0)
            return rules[i].action;
    return ACTION_NO_ACTION;
}

/* ... ON DELETE SET NULL ON UPDATE CASCADE, behind the columns that are referred to. */
static Action stated_action(const char *line, const char *when)
{
    static const char *const rules[] = {"CASCADE", "SET NULL", "SET DEFAULT", "NO ACTION"};
    const char *at = strstr(line, when);
    for (size_t i = 0; at && i < sizeof rules / sizeof *rules; i++)
        if (strncmp(at + strlen(when), rules[i], strlen(rules[i])) == 0)
            return action_of(rules[i]);
    return ACTION_RESTRICT; /* what is not stated */
}

/* MariaDB shows the actions of a table's keys in its view only to who has more than SELECT on the
 * whole database; SHOW CREATE TABLE to who may read the table. A key has a line of its own there.
 */
static void read_hidden_actions(Describe *s, Table *t)
{
    DbResult r;
    Err ignored = {0};
    Buf sql;
    buf_init(&sql, 1 << 16);
    buf_str(&sql, "SHOW CREATE TABLE ");
    dialect_table(ENGINE_MARIADB, &sql, s->database, t->name);
    bool ok = mysql_db_query(&s->d->db, buf_cstr(&sql), NULL, 0, &r, s->mem, &ignored);
    char *text = ok ? arena_strdup(s->mem, db_cell(&r, 0, 1)) : NULL;
    for (char *line; ok && (line = strsep(&text, "\n"));)
        for (int k = 0; k < t->nfks; k++) {
            ForeignKey *fk = &t->fks[k];
            buf_reset(&sql);
            buf_str(&sql, "  CONSTRAINT ");
            dialect_ident(ENGINE_MARIADB, &sql, fk->name);
            buf_str(&sql, " FOREIGN KEY (");
            const char *actions = strrchr(line, ')');
            if (!actions || strncmp(line, buf_cstr(&sql), sql.len) != 0)
                continue;
            fk->on_delete = stated_action(actions, " ON DELETE ");
            fk->on_update = stated_action(actions, " ON UPDATE ");
        }
    buf_free(&sql);
}

/* Plain queries here and below: joining these views takes seconds on a server with many tables. */
static bool read_foreign_keys(Describe *s)
{
    DbResult r;
    if (!ask(
            s,
            "SELECT table_name, constraint_name, column_name, referenced_table_schema, referenced_table_name, referenced_column_name "
            "FROM information_schema.key_column_usage WHERE table_schema = ? AND referenced_table_name IS NOT NULL "
            "ORDER BY table_name, constraint_name, ordinal_position",
            &r))
        return false;
    for (int i = 0; i < r.rows; i++) {
        Building *b = map_get(s->tables, db_cell(&r, i, 0));
        int col = b ? table_column(&b->table, db_cell(&r, i, 2)) : -1;
        if (col < 0)
            continue;
        ForeignKey *fk = add_foreign(b, db_cell(&r, i, 1), s->mem);
        if (fk->ncols == KEY_COLUMNS)
            continue;
        fk->ref_schema = strcmp(db_cell(&r, i, 3), s->database) == 0 ? NULL : db_cell(&r, i, 3);
        fk->ref_table = db_cell(&r, i, 4);
        ((const char **)fk->ref_cols)[fk->ncols] = db_cell(&r, i, 5);
        fk->cols[fk->ncols++] = col;
    }
    if (!ask(
            s,
            "SELECT table_name, constraint_name, delete_rule, update_rule, unique_constraint_schema, referenced_table_name "
            "FROM information_schema.referential_constraints WHERE constraint_schema = ?",
            &r))
        return false;
    for (int i = 0; i < r.rows; i++) {
        Building *b = map_get(s->tables, db_cell(&r, i, 0));
        if (!b)
            continue;
        ForeignKey *fk = add_foreign(b, db_cell(&r, i, 1), s->mem);
        fk->on_delete = action_of(db_cell(&r, i, 2));
        fk->on_update = action_of(db_cell(&r, i, 3));
        b->actions++;
        if (fk->ncols > 0)
            continue;
        /* Nothing tells its columns to who may not read them. */
        b->table.no_select = true;
        fk->ref_table = db_cell(&r, i, 5);
        fk->ref_schema = strcmp(db_cell(&r, i, 4), s->database) == 0 ? NULL : db_cell(&r, i, 4);
    }
    for (size_t i = 0; s->mariadb && i < map_count(s->tables); i++) {
        Building *b = map_get(s->tables, map_key_at(s->tables, i));
        if (b->actions < b->table.nfks)
            read_hidden_actions(s, &b->table);
    }
    return true;
}

/* MariaDB's JSON is a longtext with CHECK (json_valid(`column`)). */
static bool is_json_check(Table *t, const char *clause, Arena *mem)
{
    for (int c = 0; c < t->ncols; c++) {
        Buf text;
        buf_init(&text, 4096);
        buf_str(&text, "json_valid(");
        dialect_ident(ENGINE_MARIADB, &text, t->cols[c].name);
        buf_byte(&text, ')');
        const char *wanted = arena_strndup(mem, text.data, text.len);
        buf_free(&text);
        if (strcmp(clause, wanted) == 0 && t->cols[c].type.kind == TYPE_TEXT) {
            t->cols[c].type.kind = TYPE_JSON;
            t->cols[c].type.no_case = false;
            return true;
        }
    }
    return false;
}

static void add_check(Describe *s, Building *b, const char *name, const char *clause)
{
    Table *t = &b->table;
    t->checks = arena_grow(s->mem, t->checks, &b->checks, (size_t)t->nchecks + 1, sizeof(Check));
    t->checks[t->nchecks++] = (Check){.name = name, .sql = clause};
}

static bool read_mariadb_checks(Describe *s)
{
    DbResult r;
    if (!ask(
            s,
            "SELECT table_name, constraint_name, check_clause FROM information_schema.check_constraints WHERE constraint_schema = ?",
            &r))
        return false;
    for (int i = 0; i < r.rows; i++) {
        Building *b = map_get(s->tables, db_cell(&r, i, 0));
        if (b && !is_json_check(&b->table, db_cell(&r, i, 2), s->mem))
            add_check(s, b, db_cell(&r, i, 1), db_cell(&r, i, 2));
    }
    return true;
}

/* Which table a check belongs to stands in a second view; its name is unique in the database. */
static bool read_mysql_checks(Describe *s)
{
    if (mysql_get_server_version(s->d->my) < 80016)
        return true; /* older ones read CHECK and forget it */
    DbResult owners, r;
    if (!ask(
            s,
            "SELECT table_name, constraint_name FROM information_schema.table_constraints WHERE constraint_schema = ? "
            "AND constraint_type = 'CHECK' AND enforced = 'YES'",
            &owners) ||
        !ask(
            s,
            "SELECT constraint_name, check_clause FROM information_schema.check_constraints WHERE constraint_schema = ?",
            &r))
        return false;
    Map *tables = map_new(s->mem);
    for (int i = 0; i < owners.rows; i++)
        map_put(tables, db_cell(&owners, i, 1), map_get(s->tables, db_cell(&owners, i, 0)));
    for (int i = 0; i < r.rows; i++) {
        Building *b = map_get(tables, db_cell(&r, i, 0));
        if (b)
            add_check(s, b, db_cell(&r, i, 0), mysql_db_unescape(db_cell(&r, i, 1), s->mem));
    }
    return true;
}

static bool read_checks(Describe *s)
{
    return s->mariadb ? read_mariadb_checks(s) : read_mysql_checks(s);
}

/* Seen only by who may see them (the TRIGGER privilege). */
static bool read_triggers(Describe *s)
{
    DbResult r;
    if (!ask(
            s,
            "SELECT event_object_table, trigger_name, concat(action_timing, ' ', event_manipulation, ' ', action_statement) "
            "FROM information_schema.triggers WHERE trigger_schema = ?",
            &r))
        return false;
    for (int i = 0; i < r.rows; i++) {
        Building *b = map_get(s->tables, db_cell(&r, i, 0));
        if (!b)
            continue;
        Table *t = &b->table;
        t->triggers = arena_grow(s->mem, t->triggers, &b->triggers, (size_t)t->ntriggers + 1,
                                 sizeof(Trigger));
        t->triggers[t->ntriggers++] =
            (Trigger){.name = db_cell(&r, i, 1), .sql = db_cell(&r, i, 2)};
    }
    return true;
}

/* By bytes: the servers sort names by a collation each of its own. */
static int by_table_name(const void *a, const void *b)
{
    return strcmp(((const Table *)a)->name, ((const Table *)b)->name);
}
static int by_key_name(const void *a, const void *b)
{
    return strcmp(((const Key *)a)->name, ((const Key *)b)->name);
}
static int by_fk_name(const void *a, const void *b)
{
    return strcmp(((const ForeignKey *)a)->name, ((const ForeignKey *)b)->name);
}
static int by_check_name(const void *a, const void *b)
{
    return strcmp(((const Check *)a)->name, ((const Check *)b)->name);
}

static void sort(void *items, int n, size_t size, int (*compare)(const void *, const void *))
{
    if (n > 1)
        qsort(items, (size_t)n, size, compare);
}

/* One database's tables go behind those that are in the catalog already. */
static void add_tables(const Describe *s, Catalog *out)
{
    int n = (int)map_count(s->tables);
    Table *tables = arena_array(s->mem, Table, out->ntables + n + 1);
    if (out->ntables)
        memcpy(tables, out->tables, sizeof(Table) * (size_t)out->ntables);
    for (int i = 0; i < n; i++) {
        Table *t = &tables[out->ntables + i];
        *t = ((const Building *)map_value_at(s->tables, (size_t)i))->table;
        sort(t->uniques, t->nuniques, sizeof(Key), by_key_name);
        sort(t->indexes, t->nindexes, sizeof(Key), by_key_name);
        sort(t->fks, t->nfks, sizeof(ForeignKey), by_fk_name);
        sort(t->checks, t->nchecks, sizeof(Check), by_check_name);
    }
    sort(tables + out->ntables, n, sizeof(Table), by_table_name);
    out->tables = tables;
    out->ntables += n;
}

static bool describe_one(MyDb *d, const char *database, const char *schema, Catalog *out,
                         Arena *mem, Err *err)
{
    Describe s = {d, database, schema, d->db.engine == ENGINE_MARIADB, map_new(mem), mem, err};
    if (!read_tables(&s) || !read_columns(&s) || !read_keys(&s) || !read_foreign_keys(&s) ||
        !read_checks(&s) || !read_triggers(&s))
        return false;
    add_tables(&s, out);
    return true;
}

bool mysql_db_describe(Db *db, const char *const *schemas, int nschemas, Catalog *out, Arena *mem,
                       Err *err)
{
    MyDb *d = my_of(db);
    *out = (Catalog){.server = db->server, .database = d->database, .name_case = d->name_case};
    if (!describe_one(d, d->database, NULL, out, mem, err))
        return false;
    for (int i = 0; i < nschemas; i++)
        if (strcmp(schemas[i], d->database) != 0 &&
            !describe_one(d, schemas[i], schemas[i], out, mem, err))
            return false;
    return true;
}

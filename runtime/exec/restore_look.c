/* What could keep rows and cells from coming back is looked for before anything is done: values of
 * a unique key that other rows have by now, and parents that are gone. All is asked of the
 * database, by the values as they would be, in a temporary table. */
#include <string.h>

#include "base/text.h"
#include "exec/restore.h"
#include "plan/depends.h"

#define PARENTS "seedpipe_parents" /* rows that come back, too */
#define OTHERS  "seedpipe_others"  /* rows whose cells change, too */

typedef struct Look {
    const Restore *r;
    const Closure *c;
    const char *run;
    const RestoreItem *item;
    const Table *table; /* as planned; columns below are its */
    const Table *there; /* as the catalog has it */
    int node;
    ForeignKey *fks; /* of both */
    int nfks;
    Renewal back; /* the values, over all columns that a key or a reference needs */
    Arena *mem;
    Err *err;
} Look;

static Engine engine_of(const Look *l)
{
    return l->c->engine;
}

static const char *done(Buf *sql, Arena *mem)
{
    const char *text = arena_strndup(mem, buf_cstr(sql), sql->len);
    buf_free(sql);
    return text;
}

/* ---------------------------------------------------------------- columns */

static void add_columns(Look *l, int *all, const int *cols, int ncols)
{
    for (int i = 0; i < ncols; i++)
        if (l->r->before->tables[l->item->table].cols[cols[i]].written &&
            renewal_place(&l->back, cols[i]) < 0)
            all[l->back.ncols++] = cols[i];
}

/* A key of the target with a condition, by the planned columns. False: it has none, or is over
 * others. */
static bool conditional_key(const Look *l, const Key *there, Key *out)
{
    *out = *there;
    out->cols = arena_array(l->mem, int, there->ncols + 1);
    for (int i = 0; there->cond && i < there->ncols; i++) {
        out->cols[i] = table_column(l->table, l->there->cols[there->cols[i]].name);
        if (out->cols[i] < 0)
            return false;
    }
    return there->cond != NULL;
}

static bool is_mentioned(const Look *l, const Key *key, int col)
{
    return key->cond && table_mentions(key->cond, l->table->cols[col].name);
}

static bool condition_changes(const Look *l, const Key *key)
{
    bool changes = false;
    for (int k = 0; l->item->kind != CHANGE_DELETED && k < l->item->ncols; k++)
        changes = changes || is_mentioned(l, key, l->item->cols[k]);
    return changes;
}

/* Can the key, or the reference, be in the way? */
static bool concerns(const Look *l, const Key *key, const int *cols, int ncols)
{
    bool known = ncols > 0,
         changed = l->item->kind == CHANGE_DELETED || (key && condition_changes(l, key));
    for (int i = 0; i < ncols; i++) {
        known = known && renewal_place(&l->back, cols[i]) >= 0;
        for (int k = 0; k < l->item->ncols; k++)
            changed = changed || l->item->cols[k] == cols[i];
    }
    return changed && known;
}

/* The recipe's, by the names that the target has for them, and those that the target alone has. */
static void find_references(Look *l)
{
    const Table *table = l->table, *there = l->there;
    l->fks = arena_array(l->mem, ForeignKey, table->nfks + there->nfks + 1);
    for (int f = 0; f < table->nfks; f++) {
        const ForeignKey *same = table_same_fk(there, table, &table->fks[f]);
        l->fks[l->nfks] = table->fks[f];
        if (same && same->name)
            l->fks[l->nfks].name = same->name;
        l->nfks++;
    }
    for (int f = 0; f < there->nfks; f++) {
        ForeignKey *fk = &l->fks[l->nfks];
        bool known = there->fks[f].ref_cols && !table_same_fk(table, there, &there->fks[f]);
        *fk = there->fks[f];
        fk->cols = arena_array(l->mem, int, fk->ncols + 1);
        for (int i = 0; i < fk->ncols; i++) {
            fk->cols[i] = table_column(table, there->cols[there->fks[f].cols[i]].name);
            known = known && fk->cols[i] >= 0;
        }
        l->nfks += known;
    }
}

/* Cells first, since only rows count in which these are still as they were made. */
static bool load_values(Look *l)
{
    const Table *table = l->table;
    l->back = (Renewal){
        .db = l->r->s->db, .plan = l->r->before, .table = l->item->table, .rows = l->item->rows};
    if (l->item->kind != CHANGE_DELETED &&
        !restore_cells(l->r, l->c, l->item, &l->back, l->mem, l->err))
        return false;
    int *cols = arena_array(l->mem, int, table->ncols + 1);
    if (l->back.ncols)
        memcpy(cols, l->back.cols, sizeof *cols * (size_t)l->back.ncols);
    l->back.cols = cols;
    add_columns(l, cols, table->primary.cols, table->primary.ncols);
    for (int k = 0; k < table->nuniques; k++)
        add_columns(l, cols, table->uniques[k].cols, table->uniques[k].ncols);
    for (int f = 0; f < l->nfks; f++)
        add_columns(l, cols, l->fks[f].cols, l->fks[f].ncols);
    for (int k = 0; k < l->there->nuniques; k++) {
        Key key;
        if (!conditional_key(l, &l->there->uniques[k], &key))
            continue;
        add_columns(l, cols, key.cols, key.ncols);
        for (int c = 0; c < table->ncols; c++)
            if (is_mentioned(l, &key, c))
                add_columns(l, cols, &c, 1);
    }
    return l->back.ncols == 0 ||
           (renewal_load(&l->back, l->mem, l->err) &&
            (l->item->kind == CHANGE_DELETED || renewal_drop_changed(&l->back, l->mem, l->err)));
}

/* ---------------------------------------------------------------- statements */

static void put_col(const Look *l, Buf *sql, const char *name)
{
    buf_str(sql, "c.");
    dialect_ident(engine_of(l), sql, name);
}

/* As the key compares it. */
static void put_compared(const Look *l, Buf *sql, const Key *key, int i)
{
    Buf name;
    buf_init(&name, 1 << 16);
    put_col(l, &name, l->table->cols[key->cols[i]].name);
    const char *there = arena_strndup(l->mem, buf_cstr(&name), name.len);
    buf_free(&name);
    const char *back = arena_printf(l->mem, "n.v%d", renewal_place(&l->back, key->cols[i]) + 1);
    buf_printf(sql, "%s = %s", dialect_compared(engine_of(l), key, i, there, l->mem),
               dialect_compared(engine_of(l), key, i, back, l->mem));
}

/* A column of the row as it would be. False: only the database knows what it would hold. */
static bool put_back(const Look *l, Buf *sql, const Column *col)
{
    int c = table_column(l->table, col->name), place = renewal_place(&l->back, c);
    bool cells = l->item->kind != CHANGE_DELETED, changed = !cells;
    for (int k = 0; cells && k < l->item->ncols; k++)
        changed = changed || l->item->cols[k] == c;
    if (changed && place >= 0) {
        buf_printf(sql, "n.v%d", place + 1);
        return true;
    }
    if (cells || !col->default_sql) {
        buf_str(sql, cells ? "o." : "(SELECT o.");
        dialect_ident(engine_of(l), sql, col->name);
        if (!cells) {
            buf_str(sql, " FROM ");
            dialect_table(engine_of(l), sql, l->table->schema, l->table->name);
            buf_str(sql, " o WHERE 1 = 0)"); /* a NULL of its type */
        }
    } else {
        buf_printf(sql, "(%s)", col->default_sql);
    }
    return !col->generated && (cells || !col->default_sql || !strchr(col->default_sql, '('));
}

/* AND EXISTS: the condition holds for the row that would be, or for the other one. */
static bool put_condition(const Look *l, Buf *sql, const Key *key, bool back)
{
    bool known = true;
    buf_str(sql, " AND EXISTS (SELECT 1 FROM (SELECT 1 AS seedpipe_1");
    for (int c = 0; c < l->there->ncols; c++) {
        const Column *col = &l->there->cols[c];
        if (!table_mentions(key->cond, col->name))
            continue;
        buf_str(sql, ", ");
        if (back)
            known = put_back(l, sql, col) && known;
        else
            put_col(l, sql, col->name);
        buf_str(sql, " AS ");
        dialect_ident(engine_of(l), sql, col->name);
    }
    if (back && l->item->kind != CHANGE_DELETED) {
        buf_str(sql, " FROM ");
        dialect_table(engine_of(l), sql, l->table->schema, l->table->name);
        buf_str(sql, " o WHERE ");
        for (int k = 0; k < l->back.nkey; k++) {
            buf_str(sql, k ? " AND o." : "o.");
            dialect_ident(engine_of(l), sql, l->back.key[k]);
            buf_printf(sql, " = n.k%d", k + 1);
        }
    }
    buf_str(sql, ") AS ");
    dialect_ident(engine_of(l), sql, l->table->name);
    buf_printf(sql, " WHERE (%s\n))", key->cond); /* SQLite: perhaps a comment at its end */
    return known;
}

/* NULL: only the database can tell. */
static const char *taken_sql(const Look *l, const Key *key, bool others)
{
    Buf sql;
    buf_init(&sql, 1 << 20);
    buf_str(&sql, "SELECT count(*) FROM ");
    renewal_put_name(&l->back, &sql);
    buf_str(&sql, " JOIN ");
    dialect_table(engine_of(l), &sql, l->table->schema, l->table->name);
    buf_str(&sql, " c ON ");
    for (int i = 0; i < key->ncols; i++) {
        buf_str(&sql, i ? " AND " : "");
        put_compared(l, &sql, key, i);
    }
    closure_put_stays(l->c, &sql, l->node);
    if (others) {
        buf_str(&sql, " AND NOT EXISTS (SELECT 1 FROM " OTHERS " o WHERE ");
        for (int k = 0; k < l->back.nkey; k++) {
            buf_str(&sql, k ? " AND " : "");
            put_col(l, &sql, l->back.key[k]);
            buf_printf(&sql, " = o.k%d", k + 1);
        }
        buf_byte(&sql, ')');
    }
    bool known =
        !key->cond || (put_condition(l, &sql, key, false) && put_condition(l, &sql, key, true));
    const char *text = done(&sql, l->mem);
    return known ? text : NULL;
}

static const char *orphans_sql(const Look *l, const ForeignKey *fk, int parent_node, bool parents)
{
    const char *schema = fk->ref_schema ? fk->ref_schema : l->table->schema;
    Buf sql;
    buf_init(&sql, 1 << 20);
    buf_str(&sql, "SELECT count(*) FROM ");
    renewal_put_name(&l->back, &sql);
    buf_str(&sql, " WHERE ");
    for (int i = 0; i < fk->ncols; i++)
        buf_printf(&sql, "n.v%d IS NOT NULL AND ", renewal_place(&l->back, fk->cols[i]) + 1);
    buf_str(&sql, "NOT EXISTS (SELECT 1 FROM ");
    dialect_table(engine_of(l), &sql, schema, fk->ref_table);
    buf_str(&sql, " c WHERE ");
    for (int i = 0; i < fk->ncols; i++) {
        buf_str(&sql, i ? " AND " : "");
        put_col(l, &sql, fk->ref_cols[i]);
        buf_printf(&sql, " = n.v%d", renewal_place(&l->back, fk->cols[i]) + 1);
    }
    if (parent_node >= 0)
        closure_put_stays(l->c, &sql, parent_node);
    buf_byte(&sql, ')');
    for (int i = 0; parents && i < fk->ncols; i++)
        buf_printf(&sql, "%so.v%d = n.v%d%s",
                   i ? " AND " : " AND NOT EXISTS (SELECT 1 FROM " PARENTS " o WHERE ", i + 1,
                   renewal_place(&l->back, fk->cols[i]) + 1, i == fk->ncols - 1 ? ")" : "");
    return done(&sql, l->mem);
}

/* ---------------------------------------------------------------- looking */

static bool refuse(const Look *l, int64_t rows, const char *why, const char *hint)
{
    bool cells = l->item->kind != CHANGE_DELETED;
    err_add(l->mem, l->err, ERR_REFUSED, NULL, l->c->tables[l->node].name,
            "cannot roll back %s: %s %s", l->run,
            arena_printf(l->mem, "%s that would %s", text_plural(rows, "row", l->mem),
                         cells ? "get back earlier values" : "come back"),
            why);
    return err_hint(l->mem, l->err, "%s", hint);
}

static const char *key_text(const Look *l, const Key *key)
{
    const char *text = "";
    for (int i = 0; i < key->ncols; i++)
        text =
            arena_printf(l->mem, "%s%s%s", text, i ? ", " : "", l->table->cols[key->cols[i]].name);
    return text;
}

static bool look_at_key(const Look *l, const Key *key)
{
    bool cells = l->item->kind != CHANGE_DELETED;
    int64_t rows = 0;
    if (key->ncols == 0 || (key->partial && !key->cond) || l->c->tables[l->node].whole ||
        !concerns(l, key, key->cols, key->ncols))
        return true;
    const char *sql = taken_sql(l, key, cells);
    if (!sql)
        return true;
    Renewal others = l->back;
    others.name = OTHERS;
    if (cells &&
        (!renewal_load(&others, l->mem, l->err) || !renewal_drop_changed(&others, l->mem, l->err)))
        return false;
    if (!db_query_i64(l->back.db, sql, NULL, 0, 0, &rows, l->mem, l->err) ||
        (cells && !renewal_drop(&others, l->mem, l->err)))
        return false;
    return rows == 0 ||
           refuse(l, rows,
                  arena_printf(l->mem, "%s %s that other rows of the table have by now",
                               rows == 1 ? "has a value of" : "have values of",
                               arena_printf(l->mem, "the unique key (%s)", key_text(l, key))),
                  "give those rows other values, or delete them, and repeat the command");
}

static bool same_table(const Look *l, const Table *table, const ForeignKey *fk)
{
    const char *schema = fk->ref_schema ? fk->ref_schema : l->table->schema;
    return closure_find(l->c, &(Table){.schema = schema, .name = fk->ref_table}) ==
           closure_find(l->c, table);
}

/* The parents that come back as well, by the columns that the key refers to. *any: there are some.
 */
static bool load_parents(const Look *l, const ForeignKey *fk, Renewal *out, bool *any)
{
    const Restore *r = l->r;
    *any = false;
    for (int i = 0; i < r->nitems && !*any; i++) {
        const Table *table = r->before->tables[r->items[i].table].table;
        if (r->items[i].kind != CHANGE_DELETED || !same_table(l, table, fk))
            continue;
        int *cols = arena_array(l->mem, int, fk->ncols + 1);
        *any = true;
        for (int k = 0; k < fk->ncols; k++) {
            cols[k] = table_column(table, fk->ref_cols[k]);
            *any = *any && cols[k] >= 0;
        }
        *out = (Renewal){.db = r->s->db,
                         .name = PARENTS,
                         .plan = r->before,
                         .table = r->items[i].table,
                         .rows = r->items[i].rows,
                         .cols = cols,
                         .ncols = fk->ncols,
                         .indexed = true};
    }
    return !*any || renewal_load(out, l->mem, l->err);
}

static bool look_at_reference(const Look *l, const ForeignKey *fk)
{
    Renewal parents;
    bool any;
    int64_t rows = 0;
    const char *schema = fk->ref_schema ? fk->ref_schema : l->table->schema;
    int node = closure_find(l->c, &(Table){.schema = schema, .name = fk->ref_table});
    if (!fk->ref_cols || !concerns(l, NULL, fk->cols, fk->ncols))
        return true;
    if (!load_parents(l, fk, &parents, &any) ||
        !db_query_i64(l->back.db, orphans_sql(l, fk, node, any), NULL, 0, 0, &rows, l->mem,
                      l->err) ||
        (any && !renewal_drop(&parents, l->mem, l->err)))
        return false;
    return rows == 0 ||
           refuse(l, rows,
                  arena_printf(l->mem, "%s to rows of %s that are not there any more (%s)",
                               rows == 1 ? "refers" : "refer", fk->ref_table,
                               fk->name ? fk->name : "by a foreign key without a name"),
                  arena_printf(l->mem, "put those rows of %s back first, and repeat the command",
                               fk->ref_table));
}

static bool fine(const Err *err)
{
    return !err->last || err->last->code == ERR_REFUSED;
}

/* What they were drawn from is gone, and so are they. */
static bool look_at_lost(const Look *l)
{
    const TablePlan *tp = &l->r->before->tables[l->item->table];
    bool **lost = plan_lost_columns(l->r->before, l->mem), rows = l->item->kind == CHANGE_DELETED;
    const int *cols = rows ? tp->load_cols : l->item->cols;
    int ncols = rows ? tp->nload : l->item->ncols;
    for (int i = 0; lost && i < ncols; i++)
        if (lost[l->item->table][cols[i]])
            return refuse(l, (int64_t)rowset_rows(l->item->rows),
                          arena_printf(l->mem,
                                       "had in %s what was drawn from a table outside of the "
                                       "recipe, which has other keys now",
                                       l->table->cols[cols[i]].name),
                          "put that table's keys back as they were, and repeat the command");
    return true;
}

static bool is_again(const Key *a, const Key *b)
{
    return key_same(a, b) && !a->partial && !b->partial;
}

/* A column that is the primary key and unique has one error, not two. */
static bool looked_at(const Table *table, int unique)
{
    bool same = is_again(&table->primary, &table->uniques[unique]);
    for (int k = 0; k < unique; k++)
        same = same || is_again(&table->uniques[k], &table->uniques[unique]);
    return same;
}

static bool look_at_item(Look *l)
{
    const Table *table = l->table = l->r->before->tables[l->item->table].table;
    l->node = closure_find(l->c, table);
    if (rowset_rows(l->item->rows) == 0)
        return true;
    if (l->node < 0)
        return err_add(l->mem, l->err, ERR_DRIFT, NULL, table->name, "is not there any more");
    l->there = l->c->tables[l->node].table;
    if (!look_at_lost(l))
        return false;
    find_references(l);
    if (!load_values(l))
        return false;
    bool ok = look_at_key(l, &table->primary);
    for (int k = 0; fine(l->err) && k < table->nuniques; k++)
        ok = (looked_at(table, k) || look_at_key(l, &table->uniques[k])) && ok;
    for (int k = 0; fine(l->err) && k < l->there->nuniques; k++) {
        Key key;
        ok = (!conditional_key(l, &l->there->uniques[k], &key) || look_at_key(l, &key)) && ok;
    }
    for (int f = 0; fine(l->err) && f < l->nfks; f++)
        ok = look_at_reference(l, &l->fks[f]) && ok;
    return fine(l->err) && (l->back.ncols == 0 || renewal_drop(&l->back, l->mem, l->err)) && ok;
}

bool restore_look(const Restore *r, const Closure *closure, const char *run, Arena *mem, Err *err)
{
    bool ok = true;
    for (int i = 0; fine(err) && i < r->nitems; i++) {
        Look look = {
            .r = r, .c = closure, .run = run, .item = &r->items[i], .mem = mem, .err = err};
        ok = look_at_item(&look) && ok;
    }
    return ok;
}

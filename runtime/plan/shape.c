/* The shape of each table: the recipe's, completed by the catalog where the table exists, with
 * every foreign key resolved to a table of the plan or to keys that the database has. */
#include <string.h>

#include "base/map.h"
#include "base/text.h"
#include "plan/plan_int.h"

/* A catalog's key in terms of the merged table's columns; false when the recipe does not fill one
 * of them. */
static bool translate_key(const Table *from, const Key *key, const Table *to, Key *out, Arena *mem)
{
    *out = *key;
    out->where = NULL;
    out->cols = arena_array(mem, int, key->ncols + 1);
    for (int i = 0; i < key->ncols; i++) {
        out->cols[i] = table_column(to, from->cols[key->cols[i]].name);
        if (out->cols[i] < 0)
            return false;
    }
    return true;
}

static Key *same_key(Table *table, const Key *key)
{
    if (table->primary.ncols && key_same(&table->primary, key))
        return &table->primary;
    for (int i = 0; i < table->nuniques; i++)
        if (key_same(&table->uniques[i], key))
            return &table->uniques[i];
    return NULL;
}

/* Two keys over the same columns are one, which compares as strictly as both. */
static void take_no_case(Key *key, const Key *other, Arena *mem)
{
    if (!other->no_case)
        return;
    bool *no_case = arena_array(mem, bool, key->ncols + 1);
    bool *upper = arena_array(mem, bool, key->ncols + 1);
    for (int i = 0; i < key->ncols; i++)
        for (int k = 0; k < other->ncols; k++)
            if (key->cols[i] == other->cols[k]) {
                no_case[i] = other->no_case[k] || (key->no_case && key->no_case[i]);
                upper[i] = (other->upper && other->upper[k]) || (key->upper && key->upper[i]);
            }
    key->no_case = no_case;
    key->upper = upper;
}

/* Keys that the target has and the recipe does not mention bind the data all the same. Rows that
 * are to be taken out were bound by those of then. */
static void adopt_keys(Table *table, const Table *there, Arena *mem)
{
    Key key;
    if (table->primary.ncols == 0 && there->primary.ncols &&
        translate_key(there, &there->primary, table, &key, mem))
        table->primary = key;
    Key *uniques = arena_copy(mem, table->uniques, (size_t)table->nuniques, (size_t)there->nuniques,
                              sizeof *uniques);
    table->uniques = uniques;
    for (int i = 0; i < there->nuniques; i++) {
        if (there->uniques[i].partial ||
            !translate_key(there, &there->uniques[i], table, &key, mem))
            continue;
        Key *same = same_key(table, &key);
        if (same)
            take_no_case(same, &key, mem);
        else
            uniques[table->nuniques++] = key;
    }
}

/* A key column that the database numbers itself is seeded too, since children need to know it. */
static void adopt_serial(Table *table, const Table *there, Arena *mem)
{
    for (int i = 0; i < there->ncols; i++) {
        const Column *col = &there->cols[i];
        if (!col->auto_key || there->primary.ncols != 1 || there->primary.cols[0] != i ||
            table_column(table, col->name) >= 0)
            continue;
        Node *node = arena_new_of(mem, Node);
        node->kind = NODE_GEN;
        node->gen = gen_find("serial");
        node->params = arena_array(mem, Value, node->gen->nparams + 1);
        node->where = table->where;
        Column *cols = arena_copy(mem, table->cols, (size_t)table->ncols, 1, sizeof *cols);
        cols[table->ncols] =
            (Column){.name = col->name, .auto_key = true, .where = table->where, .node = node};
        table->cols = cols;
        table->ncols++;
    }
}

static const char *const *key_names(const Table *parent, const Key *key, Arena *mem)
{
    const char **names = arena_array(mem, const char *, key->ncols + 1);
    for (int i = 0; i < key->ncols; i++)
        names[i] = parent->cols[key->cols[i]].name;
    return names;
}

/* Positions of the referenced columns, which must be a key of the parent. */
static bool resolve_parent_columns(Build *b, const char *subject, ForeignKey *fk,
                                   const Table *parent, FkPlan *plan)
{
    if (!fk->ref_cols) {
        if (parent->primary.ncols == 0) {
            err_add(b->mem, b->err, ERR_RECIPE, fk->where, subject,
                    "%s has no primary key to refer to", parent->name);
            return err_hint(
                b->mem, b->err,
                "name a unique column: ref(%s, \"column\"), or give %s a serial() column",
                parent->name, parent->name);
        }
        if (parent->primary.ncols != fk->ncols) {
            err_add(b->mem, b->err, ERR_RECIPE, fk->where, subject,
                    "the primary key of %s has %d columns (%s), the reference has %d", parent->name,
                    parent->primary.ncols,
                    plan_columns_text(b->mem, parent, parent->primary.cols, parent->primary.ncols),
                    fk->ncols);
            return err_hint(b->mem, b->err, "refer to all of them: t:foreign({ t.a, t.b }, %s)",
                            parent->name);
        }
        fk->ref_cols = key_names(parent, &parent->primary, b->mem);
    }
    int *cols = arena_array(b->mem, int, fk->ncols);
    for (int i = 0; i < fk->ncols; i++) {
        cols[i] = table_column(parent, fk->ref_cols[i]);
        if (cols[i] < 0) {
            const char **names = arena_array(b->mem, const char *, parent->ncols + 1);
            for (int c = 0; c < parent->ncols; c++)
                names[c] = parent->cols[c].name;
            const char *near = name_nearest(fk->ref_cols[i], names, (size_t)parent->ncols);
            err_add(b->mem, b->err, ERR_RECIPE, fk->where, subject, "%s has no column \"%s\"",
                    parent->name, fk->ref_cols[i]);
            return err_hint(b->mem, b->err, near ? "did you mean \"%s\"?" : "it has: %s",
                            near ? near : text_list(names, parent->ncols, 12, b->mem));
        }
    }
    Key wanted = {.cols = cols, .ncols = fk->ncols};
    if (!same_key((Table *)parent, &wanted)) {
        err_add(b->mem, b->err, ERR_RECIPE, fk->where, subject,
                "%s(%s) is not unique, so nothing can refer to it", parent->name,
                plan_columns_text(b->mem, parent, cols, fk->ncols));
        return err_hint(b->mem, b->err, "make it :unique(), or refer to the primary key");
    }
    plan->parent_cols = cols;
    return true;
}

/* The parent is not of this recipe: its keys are read from the target, in key order. */
static bool resolve_outside(Build *b, const char *subject, ForeignKey *fk, FkPlan *plan)
{
    const char *name = fk->ref_schema ? arena_printf(b->mem, "%s.%s", fk->ref_schema, fk->ref_table)
                                      : fk->ref_table;
    const Table *there = catalog_table(b->target->catalog, fk->ref_schema, fk->ref_table);
    if (!there) {
        int n = b->recipe->ntables;
        const char **names = arena_array(b->mem, const char *, n + 1);
        for (int i = 0; i < n; i++)
            names[i] = b->recipe->tables[i].table.name;
        const char *near = name_nearest(fk->ref_table, names, (size_t)n);
        err_add(b->mem, b->err, ERR_RECIPE, fk->where, subject,
                "refers to a table \"%s\" that is neither in the recipe nor in the target", name);
        return near ? err_hint(b->mem, b->err, "did you mean \"%s\"?", near)
                    : err_hint(b->mem, b->err,
                               "add r:table(\"%s\", ...) to the recipe, or create the table first",
                               name);
    }
    if (!resolve_parent_columns(b, subject, fk, there, plan))
        return false;
    const PlanTableFacts *facts = plan_facts(b->target, name);
    if (!facts || !facts->pool || facts->pool->count == 0)
        return err_add(b->mem, b->err, ERR_REFUSED, fk->where, subject,
                       "refers to %s, which has no rows in the target", name) ||
               err_hint(b->mem, b->err, "fill %s first, or describe it in the recipe", name);
    plan->mode = FK_POOL;
    plan->pool = facts->pool;
    int *positions = arena_array(b->mem, int, fk->ncols);
    for (int i = 0; i < fk->ncols; i++)
        positions[i] = i;
    plan->parent_cols = positions;
    return true;
}

static int find_parent(const Build *b, const ForeignKey *fk, const Table *from)
{
    const char *schema = fk->ref_schema ? fk->ref_schema : from->schema;
    const char *name =
        schema ? arena_printf(b->mem, "%s.%s", schema, fk->ref_table) : fk->ref_table;
    int t = plan_table(b->plan, name);
    return t >= 0 && table_is_called(b->plan->tables[t].table, name) ? t : -1;
}

static bool resolve_foreign_keys(Build *b, int t)
{
    TablePlan *tp = &b->plan->tables[t];
    Table *table = (Table *)tp->table;
    bool ok = true;
    tp->fks = arena_array(b->mem, FkPlan, table->nfks + 1);
    for (int f = 0; f < table->nfks; f++) {
        ForeignKey *fk = &table->fks[f];
        FkPlan *plan = &tp->fks[f];
        const char *subject = plan_subject(b->mem, table, fk->cols[0]);
        *plan = (FkPlan){.fk = fk, .group = -1};
        plan->key =
            gen_stream_key(b->plan->seed, table->name, table->cols[fk->cols[0]].name, "ref");
        fk->late = b->late[b->order[t]][f] != NULL;
        fk->deferrable = fk->deferrable || fk->late; /* so that the table can grow later */
        plan->parent = find_parent(b, fk, table);
        if (plan->parent < 0) {
            ok = resolve_outside(b, subject, fk, plan) && ok;
            continue;
        }
        plan->mode = plan->parent == t ? FK_SELF : FK_PICK;
        ok =
            resolve_parent_columns(b, subject, fk, b->plan->tables[plan->parent].table, plan) && ok;
        for (int i = 0; ok && plan->parent_cols && plan->mode == FK_SELF && i < fk->ncols; i++)
            if (plan->parent_cols[i] != fk->cols[i] && table_fk_of(table, plan->parent_cols[i])) {
                ok = err_add(b->mem, b->err, ERR_RECIPE, fk->where, subject,
                             "refers to %s.%s, which is itself taken from another row", table->name,
                             table->cols[plan->parent_cols[i]].name);
                err_hint(b->mem, b->err,
                         "refer to a column that the row makes itself, such as a serial() key");
            }
        if (!fk->name)
            fk->name = dialect_name(b->target->engine, table, fk->cols, fk->ncols, "fkey", b->mem);
    }
    return ok;
}

static Table *copy_table(const Table *from, Arena *mem)
{
    Table *to = arena_new_of(mem, Table);
    *to = *from;
    to->cols = arena_copy(mem, from->cols, (size_t)from->ncols, 0, sizeof *to->cols);
    to->fks = arena_copy(mem, from->fks, (size_t)from->nfks, 0, sizeof *to->fks);
    to->uniques = arena_copy(mem, from->uniques, (size_t)from->nuniques, 0, sizeof *to->uniques);
    to->indexes = arena_copy(mem, from->indexes, (size_t)from->nindexes, 0, sizeof *to->indexes);
    return to;
}

/* Rows that earlier runs made, and that nothing took out: they went with a table that is gone. */
static bool rows_went_with_it(Build *b, int t)
{
    const PlanTarget *target = b->target;
    const Table *table = b->plan->tables[t].table;
    int64_t rows = 0;
    for (int i = 0; i < target->nhistory; i++)
        if (plan_table(b->plan, target->history[i].table) == t)
            rows += (int64_t)target->history[i].committed;
    for (int i = 0; i < target->nchanges; i++)
        if (target->changes[i].kind != CHANGE_CELLS && target->changes[i].kind != CHANGE_AVOIDED &&
            target->changes[i].kind != CHANGE_CLEARED &&
            plan_table(b->plan, target->changes[i].table) == t)
            rows -= (int64_t)rowset_rows(target->changes[i].rows);
    if (rows <= 0)
        return false;
    err_add(b->mem, b->err, ERR_DRIFT, table->where, table->name,
            "the table is not in the target any more, with %s that earlier runs made",
            text_plural(rows, "row", b->mem));
    err_hint(b->mem, b->err, "--restart takes out what is left and runs anew");
    return true;
}

/* A table that is not there can be created, unless something speaks against it. */
static bool may_create(Build *b, int t)
{
    const TablePlan *tp = &b->plan->tables[t];
    const Table *table = tp->table;
    const PlanTableFacts *facts = plan_facts(b->target, plan_table_name(b->mem, table));
    if (tp->exists || !b->target->catalog || b->target->undoing)
        return true;
    if (facts && facts->not_a_table) {
        err_add(b->mem, b->err, ERR_DRIFT, table->where, table->name,
                "what has this name in the target is a view, or another thing that holds no rows");
        return err_hint(b->mem, b->err, "rename one of them");
    }
    const char *spelling = catalog_spelling(b->target->catalog, table->schema, table->name, b->mem);
    if (spelling) {
        err_add(b->mem, b->err, ERR_DRIFT, table->where, table->name,
                "the target calls the table %s: names that differ in case are the same to it",
                spelling);
        return err_hint(b->mem, b->err, "write r:table(\"%s\")", spelling);
    }
    if (rows_went_with_it(b, t))
        return false;
    if (tp->recipe->create && b->target->engine == ENGINE_POSTGRES && !table->schema &&
        !b->target->catalog->schema) {
        err_add(
            b->mem, b->err, ERR_REFUSED, table->where, table->name,
            "the target has no schema to create the table in: none of the search_path is there");
        return err_hint(
            b->mem, b->err,
            "CREATE SCHEMA public, or name the schema in the recipe: r:table(\"shop.%s\")",
            table->name);
    }
    if (tp->recipe->create)
        return true;
    err_add(b->mem, b->err, ERR_DRIFT, table->where, table->name,
            "the table is not in the target, and the recipe says create = false");
    return err_hint(b->mem, b->err, "create it first, or leave create = false out");
}

bool plan_shape(Build *b)
{
    bool ok = true;
    for (int t = 0; t < b->plan->ntables; t++) {
        TablePlan *tp = &b->plan->tables[t];
        tp->recipe = &b->recipe->tables[b->order[t]];
        Table *table = copy_table(&tp->recipe->table, b->mem);
        tp->table = table;
        const Table *there = catalog_table(b->target->catalog, table->schema, table->name);
        tp->exists = there != NULL;
        if (there) {
            adopt_serial(table, there, b->mem);
            adopt_keys(table,
                       b->target->undoing ? plan_as_recorded(b->target, there, b->mem) : there,
                       b->mem);
        }
        const PlanTableFacts *facts = plan_facts(b->target, plan_table_name(b->mem, table));
        tp->rows_existing = facts && facts->rows > 0 ? (uint64_t)facts->rows : 0;
    }
    for (int t = 0; t < b->plan->ntables; t++)
        ok = may_create(b, t) && ok;
    for (int t = 0; ok && t < b->plan->ntables; t++)
        ok = resolve_foreign_keys(b, t) && ok;
    return ok;
}

/* :type narrower than what is generated would be cut or refused by the database, row by row. */
static bool check_declared(Build *b, const Table *table, int col, const Type *derived)
{
    Column wanted = table->cols[col], there = table->cols[col];
    wanted.type = *derived;
    Table one = {.name = table->name, .cols = &wanted, .ncols = 1},
          other = {.name = table->name, .cols = &there, .ncols = 1};
    Err differences = {0};
    if (dialect_compare(b->target->engine, &one, &other, b->mem, &differences) == 0)
        return true;
    err_add(b->mem, b->err, ERR_RECIPE, table->cols[col].where, plan_subject(b->mem, table, col),
            ":type \"%s\" does not hold what is generated (%s)",
            there.type.name ? there.type.name : type_text(&there.type, b->mem),
            type_text(derived, b->mem));
    return err_hint(b->mem, b->err, "widen the type, or narrow the generator");
}

/* What the values need, which may be less than what a new table would get: 1 to 9 fits an existing
 * smallint. */
static Table *needed_types(const TablePlan *tp, Arena *mem)
{
    Table *needed = copy_table(tp->table, mem);
    for (int c = 0; c < needed->ncols; c++) {
        const Bound *bound = tp->cols[c].bound;
        Type *type = &needed->cols[c].type;
        if (!bound || !bound->has_bounds || type->kind != TYPE_INT)
            continue;
        static const int widths[] = {8, 16, 24, 32};
        for (int i = 3; i >= 0; i--) {
            int64_t limit = INT64_C(1) << (widths[i] - 1);
            if (bound->lo >= -limit && bound->hi < limit &&
                (type->bits == 0 || type->bits > widths[i]))
                type->bits = widths[i];
        }
    }
    return needed;
}

bool plan_check_types(Build *b, int t)
{
    TablePlan *tp = &b->plan->tables[t];
    Table *table = (Table *)tp->table;
    bool ok = true;
    for (int c = 0; c < table->ncols; c++) {
        const Bound *bound = tp->cols[c].bound;
        const Node *node = tp->recipe->table.ncols > c ? tp->recipe->table.cols[c].node : NULL;
        if (bound && node && node->mods.type && bound->type.kind != TYPE_NULL)
            ok = check_declared(b, table, c, &bound->type) && ok;
    }
    const Table *there = catalog_table(b->target->catalog, table->schema, table->name);
    if (!there)
        return ok;
    ok = dialect_compare(b->target->engine, needed_types(tp, b->mem), there, b->mem, b->err) == 0 &&
         ok;
    /* Whatever differs: children are held against what is there, or its errors would be theirs. */
    for (int c = 0; c < table->ncols; c++) {
        int k = table_column(there, table->cols[c].name);
        if (k < 0)
            continue;
        table->cols[c].type = there->cols[k].type;
        table->cols[c].identity_always = there->cols[k].identity_always;
        table->cols[c].on_update = there->cols[k].on_update;
        if (there->cols[k].auto_key)
            table->cols[c].auto_key = true;
    }
    return ok;
}

/* What can be checked only when all tables are known: nodes that nothing uses, composite keys,
 * reads through references, `per`, volumes. Every error found is reported; then the recipe is put
 * together. */
#include <string.h>

#include "base/text.h"
#include "recipe/recipe_int.h"

static bool refuse(Load *ld, const char *where, const char *subject, const char *hint,
                   const char *message)
{
    err_add(ld->mem, ld->err, ERR_RECIPE, where, subject, "%s", message);
    return hint ? err_hint(ld->mem, ld->err, "%s", hint) : false;
}

static const char *subject_of(const Load *ld, const RTable *table, int col)
{
    return arena_printf(ld->mem, "%s.%s", table->full_name, table->out.table.cols[col].name);
}

/* ---------------------------------------------------------------- nodes that nothing uses */

static bool check_pending(Load *ld)
{
    LNode *oldest = NULL;
    for (LNode *e = ld->pending, *next; e; e = next) {
        next = e->pending;
        e->pending = oldest;
        oldest = e;
    }
    bool ok = true;
    for (LNode *e = oldest; e; e = e->pending) {
        if (e->used)
            continue;
        ok =
            e->condition && !e->modified
                ? refuse(
                      ld, e->node.where, e->subject,
                      "Lua's if, and, or, not do not see rows: write when(cond, a, b), and & | ~ between conditions",
                      "nothing uses this comparison")
                : refuse(ld, e->node.where, e->subject,
                         "modifiers give a new node: t.email = email():unique()",
                         "nothing uses what this modifier returns");
    }
    return ok;
}

/* ---------------------------------------------------------------- where references lead */

static const RTable *find_target(const Load *ld, const RTable *from, const char *name)
{
    const RTable *found = NULL;
    if (from->out.table.schema && !strchr(name, '.'))
        found = table_find(ld, arena_printf(ld->mem, "%s.%s", from->out.table.schema, name));
    return found ? found : table_find(ld, name);
}

static bool resolve_fk(Load *ld, const RTable *table, ForeignKey *fk)
{
    const char *name = fk->ref_table, *dot = strchr(name, '.');
    const RTable *target = find_target(ld, table, name);
    if (target) {
        fk->ref_schema = target->out.table.schema;
        fk->ref_table = target->out.table.name;
        if (!fk->ref_schema && table->out.table.schema)
            return refuse(
                ld, fk->where, subject_of(ld, table, fk->cols[0]),
                arena_printf(ld->mem, "give %s a schema too", target->full_name),
                arena_printf(ld->mem, "%s stands in schema %s and refers to %s, which names none",
                             table->full_name, table->out.table.schema, target->full_name));
        return true;
    }
    if (dot && dot > name && dot[1]) {
        fk->ref_schema = arena_strndup(ld->mem, name, (size_t)(dot - name));
        fk->ref_table = dot + 1;
    }
    return true;
}

/* ---------------------------------------------------------------- composite keys */

static ForeignKey *single_fk(const RTable *table, int col)
{
    const Table *t = &table->out.table;
    for (int i = 0; i < t->nfks; i++)
        if (t->fks[i].cols && t->fks[i].ncols == 1 && t->fks[i].cols[0] == col)
            return &t->fks[i];
    return NULL;
}

/* An action said by one of the references; two that differ are refused. */
static bool merge_action(Load *ld, const RTable *table, const Composite *c, const char *what,
                         Action *into, Action said)
{
    if (said == ACTION_UNSET || *into == said || *into == ACTION_UNSET) {
        *into = said == ACTION_UNSET ? *into : said;
        return true;
    }
    return refuse(ld, c->where, table->full_name, "say it at one of them",
                  arena_printf(ld->mem, "the columns of t:foreign have different :%s", what));
}

static bool apply_composite(Load *ld, RTable *table, const Composite *c)
{
    Table *t = &table->out.table;
    ForeignKey whole = {.cols = c->cols,
                        .ncols = c->ncols,
                        .ref_table = c->ref_table,
                        .ref_cols = c->ref_cols,
                        .on_delete = ACTION_UNSET,
                        .on_update = ACTION_UNSET,
                        .where = c->where};
    const RTable *target = find_target(ld, table, c->ref_table);
    ForeignKey *first = NULL;
    bool ok = true;
    for (int i = 0; i < c->ncols; i++) {
        ForeignKey *fk = single_fk(table, c->cols[i]);
        const char *column = t->cols[c->cols[i]].name;
        bool same = fk && (target ? find_target(ld, table, fk->ref_table) == target
                                  : strcmp(fk->ref_table, c->ref_table) == 0);
        bool to_target = same;
        if (same && c->ref_cols)
            same = fk->ref_cols && strcmp(fk->ref_cols[0], c->ref_cols[i]) == 0;
        bool elsewhere = !fk || !to_target;
        if (!same && elsewhere && lnode_is_gen((const LNode *)t->cols[c->cols[i]].node, "ref"))
            continue; /* shared with another key; the planner sees to it that both hold */
        if (!same) {
            const char *form = c->ref_cols ? arena_printf(ld->mem, "t.%s = ref(%s, \"%s\")", column,
                                                          c->ref_table, c->ref_cols[i])
                                           : arena_printf(ld->mem, "t.%s = ref(%s, \"column\")",
                                                          column, c->ref_table);
            ok = refuse(ld, c->where, subject_of(ld, table, c->cols[i]), form,
                        arena_printf(ld->mem,
                                     "t:foreign needs %s to be a reference to that column of %s",
                                     column, c->ref_table));
            continue;
        }
        ok = merge_action(ld, table, c, "on_delete", &whole.on_delete, fk->on_delete) && ok;
        ok = merge_action(ld, table, c, "on_update", &whole.on_update, fk->on_update) && ok;
        fk->cols = NULL; /* replaced */
        first = !first || fk < first ? fk : first;
    }
    if (!ok)
        return false;
    if (first)
        *first = whole;
    else
        table_add_fk(ld, table, whole);
    int kept = 0;
    for (int i = 0; i < t->nfks; i++)
        if (t->fks[i].cols)
            t->fks[kept++] = t->fks[i];
    t->nfks = kept;
    return true;
}

static bool check_foreign_keys(Load *ld, RTable *table)
{
    bool ok = true;
    for (int i = 0; i < table->ncomposites; i++)
        ok = apply_composite(ld, table, &table->composites[i]) && ok;
    for (int i = 0; i < table->out.table.nfks; i++)
        ok = resolve_fk(ld, table, &table->out.table.fks[i]) && ok;
    return ok;
}

/* ---------------------------------------------------------------- primary keys */

static bool check_primary(Load *ld, RTable *table)
{
    Table *t = &table->out.table;
    bool ok = true;
    for (int c = 0; c < t->ncols && !table->named_primary; c++) {
        if (!lnode_is_gen((const LNode *)t->cols[c].node, "serial"))
            continue;
        if (t->primary.ncols)
            return refuse(
                ld, t->cols[c].where, subject_of(ld, table, c), "name it: t:primary_key(t.id)",
                arena_printf(ld->mem,
                             "%s has two serial() columns, and none is named as primary key",
                             table->full_name));
        int *cols = arena_array(ld->mem, int, 1);
        cols[0] = c;
        t->primary = (Key){.cols = cols, .ncols = 1, .where = t->cols[c].where};
    }
    for (int i = 0; i < t->primary.ncols; i++) {
        int c = t->primary.cols[i];
        if (t->cols[c].nullable)
            ok = refuse(ld, t->cols[c].where, subject_of(ld, table, c),
                        "leave :null out, or name another key",
                        "a column of the primary key cannot be NULL");
    }
    return ok;
}

/* ---------------------------------------------------------------- reads through references */

static const char *column_hint(Load *ld, const Table *parent, const char *name)
{
    const char **names = arena_array(ld->mem, const char *, parent->ncols + 1);
    for (int i = 0; i < parent->ncols; i++)
        names[i] = parent->cols[i].name;
    const char *near = load_near(ld, "", name, names, parent->ncols);
    return near ? near
                : arena_printf(ld->mem, "it has %s", text_list(names, parent->ncols, 12, ld->mem));
}

typedef enum Lead { LEAD_OUTSIDE, LEAD_TABLE, LEAD_ERROR } Lead;

/* The table that the column belongs to, and its index: children may have been described since. */
static Lead read_column(Load *ld, const char *subject, const Node *node, const RTable **table,
                        int *col)
{
    LNode *e = (LNode *)node;
    *table = e->owner->forward ? e->owner->resolved : e->owner;
    *col = *table ? table_column(&(*table)->out.table, node->column) : -1;
    if (*col >= 0)
        return LEAD_TABLE;
    if (*table && !e->reported)
        refuse(ld, node->where, subject, column_hint(ld, &(*table)->out.table, node->column),
               arena_printf(ld->mem, "%s has no column \"%s\"", (*table)->full_name, node->column));
    e->reported = true;
    return LEAD_ERROR;
}

/* Reads one step of t.key.column: the table where the column stands and its index. */
static Lead follow(Load *ld, const char *subject, const Node *node, const RTable **table, int *col)
{
    if (node->kind == NODE_COLUMN)
        return read_column(ld, subject, node, table, col);
    const RTable *from;
    int key;
    Lead lead = follow(ld, subject, node->args[0], &from, &key);
    if (lead != LEAD_TABLE)
        return lead;
    const Node *ref = from->out.table.cols[key].node;
    LNode *e = (LNode *)node;
    if (!lnode_is_gen((const LNode *)ref, "ref")) {
        if (!e->reported)
            refuse(ld, node->where, subject, "only a reference has columns: t.key.column",
                   arena_printf(ld->mem, "%s is no reference, so it has no column \"%s\"",
                                subject_of(ld, from, key), node->name));
        e->reported = true;
        return LEAD_ERROR;
    }
    *table = find_target(ld, from, ref->params[0].text);
    if (!*table)
        return LEAD_OUTSIDE;
    *col = table_column(&(*table)->out.table, node->name);
    if (*col >= 0)
        return LEAD_TABLE;
    if (!e->reported)
        refuse(ld, node->where, subject, column_hint(ld, &(*table)->out.table, node->name),
               arena_printf(ld->mem, "%s has no column \"%s\"", (*table)->full_name, node->name));
    e->reported = true;
    return LEAD_ERROR;
}

/* Where the children of a value over them stand. */
static bool find_children(Load *ld, const RTable *from, const char *subject, LNode *e)
{
    const RTable *target = find_target(ld, from, e->node.name);
    for (int i = 0; i < ld->nforwards && target; i++)
        if (strcmp(ld->forwards[i]->full_name, e->node.name) == 0)
            ld->forwards[i]->resolved = target;
    if (target) {
        e->node.name = target->full_name;
        return true;
    }
    const char **names = arena_array(ld->mem, const char *, ld->ntables + 1);
    for (int i = 0; i < ld->ntables; i++)
        names[i] = ld->tables[i]->full_name;
    if (!e->reported)
        refuse(ld, e->node.where, subject, load_near(ld, "", e->node.name, names, ld->ntables),
               arena_printf(ld->mem, "%s: the recipe has no table \"%s\"",
                            roll_defs[e->node.roll].name, e->node.name));
    e->reported = true;
    return false;
}

static bool check_reads(Load *ld, const RTable *from, const char *subject, const Node *node)
{
    bool ok = true;
    const RTable *table;
    int col;
    if (node->kind == NODE_PARENT)
        return follow(ld, subject, node, &table, &col) != LEAD_ERROR;
    if (node->kind == NODE_COLUMN)
        return read_column(ld, subject, node, &table, &col) != LEAD_ERROR;
    if (node->kind == NODE_ROLL && !find_children(ld, from, subject, (LNode *)node))
        return false;
    for (int i = 0; i < node->nargs; i++)
        ok = check_reads(ld, from, subject, node->args[i]) && ok;
    for (int i = 0; node->kind == NODE_GEN && i < node->gen->nparams; i++)
        if (node->params[i].kind == VAL_NODE)
            ok = check_reads(ld, from, subject, node->params[i].node) && ok;
    return ok;
}

static bool check_table_reads(Load *ld, const RTable *table)
{
    const Table *t = &table->out.table;
    bool ok = true;
    for (int c = 0; c < t->ncols; c++)
        ok = check_reads(ld, table, subject_of(ld, table, c), t->cols[c].node) && ok;
    for (int i = 0; i < t->nchecks; i++)
        ok = check_reads(ld, table, table->full_name, t->checks[i].cond) && ok;
    return ok;
}

/* ---------------------------------------------------------------- per, volumes */

static bool leads_to(const Load *ld, const RTable *table, const ForeignKey *fk, const char *parent)
{
    const RTable *target = find_target(ld, table, parent);
    if (target)
        return strcmp(fk->ref_table, target->out.table.name) == 0 &&
               (fk->ref_schema ? target->out.table.schema &&
                                     strcmp(fk->ref_schema, target->out.table.schema) == 0
                               : !target->out.table.schema);
    const char *dot = strchr(parent, '.');
    return strcmp(fk->ref_table, dot ? dot + 1 : parent) == 0;
}

static bool stands_in(const ForeignKey *fk, int col)
{
    for (int i = 0; i < fk->ncols; i++)
        if (fk->cols[i] == col)
            return true;
    return false;
}

static bool check_one_per(Load *ld, RTable *table, RecipePer *per)
{
    Table *t = &table->out.table;
    int col = per->fk_col ? table_column(t, per->fk_col) : -1;
    if (per->fk_col && col < 0)
        return refuse(ld, per->where, table->full_name, column_hint(ld, t, per->fk_col),
                      arena_printf(ld->mem, "per: through = \"%s\" is no column of %s", per->fk_col,
                                   table->full_name));
    const ForeignKey *found = NULL;
    int count = 0;
    const char *names = "";
    for (int i = 0; i < t->nfks; i++) {
        const ForeignKey *fk = &t->fks[i];
        if (!leads_to(ld, table, fk, per->parent) || (col >= 0 && !stands_in(fk, col)))
            continue;
        found = fk;
        names =
            arena_printf(ld->mem, "%s%s%s", names, count++ ? ", " : "", t->cols[fk->cols[0]].name);
    }
    if (!found && col >= 0)
        return refuse(
            ld, per->where, table->full_name,
            arena_printf(ld->mem, "t.%s = ref(%s)", per->fk_col, per->parent),
            arena_printf(ld->mem, "per: %s is no reference to %s", per->fk_col, per->parent));
    if (!found)
        return refuse(ld, per->where, table->full_name,
                      arena_printf(ld->mem, "add a column such as t.%s_id = ref(%s)", per->parent,
                                   per->parent),
                      arena_printf(ld->mem, "per = { %s, ... } needs a reference to %s",
                                   per->parent, per->parent));
    if (count > 1)
        return refuse(ld, per->where, table->full_name,
                      arena_printf(ld->mem, "say which: per = { %s, ..., through = \"%s\" }",
                                   per->parent, t->cols[found->cols[0]].name),
                      arena_printf(ld->mem, "%s refers to %s more than once (%s)", table->full_name,
                                   per->parent, names));
    per->fk_col = per->fk_col ? t->cols[found->cols[0]].name : NULL;
    const RTable *target = find_target(ld, table, per->parent);
    if (target)
        per->parent = target->full_name;
    return true;
}

static bool check_per(Load *ld, RTable *table)
{
    RecipePer *pers = table->out.pers;
    bool ok = true;
    for (int i = 0; i < table->out.npers; i++) {
        ok = check_one_per(ld, table, &pers[i]) && ok;
        for (int k = 0; ok && k < i; k++)
            if (strcmp(pers[k].parent, pers[i].parent) == 0 &&
                (!pers[k].fk_col || strcmp(pers[k].fk_col, pers[i].fk_col) == 0))
                ok = refuse(ld, pers[i].where, table->full_name, "name each reference once",
                            arena_printf(ld->mem, "per names %s twice", pers[i].parent));
    }
    return ok;
}

static bool check_volumes(Load *ld)
{
    const char **names = arena_array(ld->mem, const char *, ld->ntables + 1);
    for (int i = 0; i < ld->ntables; i++)
        names[i] = ld->tables[i]->full_name;
    bool ok = true;
    for (int v = 0; v < ld->recipe->nvolumes; v++) {
        const RecipeVolume *volume = &ld->recipe->volumes[v];
        for (int i = 0; i < volume->ntables; i++)
            if (!recipe_table(ld->recipe, volume->tables[i]))
                ok = refuse(
                    ld, volume->where, "volumes",
                    load_near(ld, "", volume->tables[i], names, ld->ntables),
                    arena_printf(ld->mem,
                                 "the volume of %s names \"%s\", which is no table of the recipe",
                                 volume->env, volume->tables[i]));
    }
    return ok;
}

/* ---------------------------------------------------------------- all of it */

bool freeze(Load *ld)
{
    Recipe *r = ld->recipe;
    bool ok = check_pending(ld);
    if (ld->ntables == 0)
        ok = refuse(ld, ld->path, NULL, "r:table(\"users\", { rows = 100 }, function(t) ... end)",
                    "the recipe has no tables");
    for (int i = 0; i < ld->ntables; i++)
        if (!ld->tables[i]->done)
            ok = refuse(ld, ld->tables[i]->where, ld->tables[i]->full_name,
                        "let the error come through, instead of pcall",
                        "the table's function ended with an error");
    records_resolve(ld);
    for (int i = 0; i < ld->ntables; i++) {
        ok = check_foreign_keys(ld, ld->tables[i]) && ok;
        ok = check_primary(ld, ld->tables[i]) && ok;
        ok = check_table_reads(ld, ld->tables[i]) && ok;
        ok = check_per(ld, ld->tables[i]) && ok;
    }
    r->ntables = ld->ntables;
    r->tables = arena_array(ld->mem, RecipeTable, ld->ntables + 1);
    for (int i = 0; i < ld->ntables; i++)
        r->tables[i] = ld->tables[i]->out;
    ok = check_volumes(ld) && ok;
    r->nsources = ld->nsources;
    r->sources = arena_array(ld->mem, RecipeSource, ld->nsources + 1);
    for (int i = 0; i < ld->nsources; i++)
        r->sources[i] = (RecipeSource){
            .name = ld->sources[i].name, .text = ld->sources[i].text, .len = ld->sources[i].len};
    return ok;
}

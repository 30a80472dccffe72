/* Columns to native code. A node that names a column which is not bound yet, of its own table or of
 * another, has it bound first: a parent may depend on its children and they on it, as long as no
 * column depends on itself. */
#include <string.h>

#include "base/text.h"
#include "gen/distribution.h"
#include "plan/plan_int.h"

static bool is_generator(const Node *node, const char *name)
{
    return node && node->kind == NODE_GEN && strcmp(node->gen->name, name) == 0;
}

static bool need(void *ctx, int t, int c);

/* The type of a foreign key column is that of the key it holds. */
static bool take_parent_type(Build *b, TablePlan *tp, Column *col, const ColumnPlan *cp)
{
    const FkPlan *fk = &tp->fks[cp->fk];
    if (col->type.kind != TYPE_NONE)
        return true;
    const Table *parent = fk->mode == FK_POOL ? catalog_table(b->target->catalog,
                                                              fk->fk->ref_schema, fk->fk->ref_table)
                                              : b->plan->tables[fk->parent].table;
    int at = table_column(parent, fk->fk->ref_cols[cp->fk_pos]);
    if (fk->mode != FK_POOL && !need(b, fk->parent, at))
        return false;
    /* A parent that is bound later (in a circle, by a value over its children, or the table itself)
     * has not been compared with the target yet. */
    const Table *there = catalog_table(b->target->catalog, parent->schema, parent->name);
    int there_at = there ? table_column(there, parent->cols[at].name) : -1;
    if (there_at >= 0) {
        col->type = there->cols[there_at].type;
        return true;
    }
    col->type = parent->cols[at].type;
    return true;
}

#define FANOUT_DEFAULT 3

static int64_t ref_number(const Node *node, const char *name)
{
    for (int i = 0; i < node->gen->nparams; i++)
        if (strcmp(node->gen->params[i].name, name) == 0 && node->params[i].kind == VAL_INT)
            return node->params[i].i;
    return 0;
}

/* ref(t, { depth = 4, fanout = 3, roots = 10 }) */
static bool bind_forest(Build *b, FkPlan *fk, const Node *node, const char *subject)
{
    int64_t depth = ref_number(node, "depth"), fanout = ref_number(node, "fanout"),
            roots = ref_number(node, "roots");
    if (!depth && !fanout && !roots)
        return true;
    if (fk->mode != FK_SELF) {
        err_add(b->mem, b->err, ERR_RECIPE, node->where, subject,
                "depth, fanout and roots shape a table that refers to itself, and %s is another",
                fk->fk->ref_table);
        return err_hint(b->mem, b->err, "how many rows each parent gets is said by per = {...}");
    }
    Forest *forest = arena_new_of(b->mem, Forest);
    *forest = (Forest){.roots = roots ? (uint64_t)roots : 1,
                       .fanout = fanout  ? (uint64_t)fanout
                                 : depth ? FANOUT_DEFAULT
                                         : 0,
                       .block = UINT64_MAX,
                       .roots_fixed = roots > 0};
    uint64_t size = forest->roots, block = size;
    for (int64_t level = 1; depth && level < depth && block < UINT64_MAX; level++)
        if (__builtin_mul_overflow(size, forest->fanout, &size) ||
            __builtin_add_overflow(block, size, &block))
            block = UINT64_MAX;
    forest->block = depth ? block : UINT64_MAX;
    fk->forest = forest;
    return true;
}

/* ref(users, { dist = zipf { s = 1.1 } }) */
static bool bind_spread(Build *b, int t, FkPlan *fk, const Column *col, const char *subject)
{
    const Node *node = col->node;
    GenScope scope = {.plan = b->plan,
                      .table = &b->plan->tables[t],
                      .table_index = t,
                      .column = col->name,
                      .subject = subject,
                      .path = ""};
    const Dist *dist = NULL;
    if (!dist_param(&scope, node, &dist, b->mem, b->err))
        return false;
    if (!dist)
        return true;
    const Table *parent = fk->parent >= 0 ? b->plan->tables[fk->parent].table : NULL;
    if (parent && plan_is_per(b->plan->tables[t].recipe, fk->fk, plan_table_name(b->mem, parent))) {
        err_add(b->mem, b->err, ERR_RECIPE, node->where, subject,
                "has a distribution, but per = {...} says how many rows each parent gets");
        return err_hint(b->mem, b->err, "give the distribution to per, or leave one of them out");
    }
    if (fk->forest) {
        err_add(b->mem, b->err, ERR_RECIPE, node->where, subject,
                "has a distribution, and depth, fanout or roots besides");
        return err_hint(b->mem, b->err, "leave one of them out");
    }
    if (fk->dist) {
        err_add(b->mem, b->err, ERR_RECIPE, node->where, subject,
                "has a distribution, and another column of the same key (%s) has one, too",
                plan_columns_text(b->mem, b->plan->tables[t].table, fk->fk->cols, fk->fk->ncols));
        return err_hint(b->mem, b->err, "a row has one parent: leave one of them out");
    }
    fk->dist = dist;
    return true;
}

/* Children that a value is computed over are fixed from then on: their keys remember for whom. What
 * only looks at siblings before a row is not touched by new ones, which come last. */
static void mark_rolled_up(Build *b, const Bound *bound, const char *subject)
{
    const Roll *roll = bound->roll;
    for (int i = 0; i < bound->nargs; i++)
        mark_rolled_up(b, bound->args[i], subject);
    if (roll && roll->fk >= 0 && roll->what != ROLL_OWN_NUMBER && roll->what != ROLL_RUNNING &&
        !b->plan->tables[roll->table].fks[roll->fk].rolled_up)
        b->plan->tables[roll->table].fks[roll->fk].rolled_up = subject;
}

static bool same_type(const Type *a, const Type *b)
{
    return a->kind == b->kind && (a->kind != TYPE_DECIMAL || a->scale == b->scale);
}

/* A column that reads itself at the row's parent has the type that it gives when it is read as that
 * type. Found by trying: first what is known of it, then what came out, then each kind. */
static bool bind_value(Build *b, const GenScope *given, const Node *node, Bound **out)
{
    static const Type tried[] = {{.kind = TYPE_DATE},
                                 {.kind = TYPE_TIMESTAMP, .with_zone = true},
                                 {.kind = TYPE_INT, .bits = 64},
                                 {.kind = TYPE_DECIMAL, .precision = 18, .scale = 2},
                                 {.kind = TYPE_FLOAT, .bits = 64},
                                 {.kind = TYPE_TEXT},
                                 {.kind = TYPE_BOOL}};
    GenScope scope = *given;
    Recursion recursion = {.type = {.kind = TYPE_NULL}};
    scope.recursion = &recursion;
    Err first = {0};
    bool ok = gen_bind(&scope, node, out, b->mem, &first);
    for (int i = -1; recursion.used && i < (int)(sizeof tried / sizeof *tried); i++) {
        Type came = ok ? (*out)->type : recursion.type;
        if (ok && came.kind != TYPE_NULL && same_type(&came, &recursion.type))
            return true;
        if (i >= 0)
            recursion.type = tried[i];
        else if (given->wanted || ok)
            recursion.type = given->wanted ? *given->wanted : came;
        recursion.type.length = 0;
        Err again = {0};
        ok = gen_bind(&scope, node, out, b->mem, &again);
    }
    if (recursion.used)
        ok = ok && same_type(&(*out)->type, &recursion.type);
    if (!ok && recursion.used && first.count == 0)
        return err_add(b->mem, b->err, ERR_RECIPE, node->where, given->subject,
                       "its type depends on itself") ||
               err_hint(b->mem, b->err, "name it: :type \"...\"");
    for (const ErrItem *e = first.first; !ok && e; e = e->next)
        err_append(b->mem, b->err, e);
    return ok;
}

/* What binding remarked, once each. */
static void note_all(Build *b, const Bound *bound)
{
    for (int i = 0; i < bound->nargs; i++)
        note_all(b, bound->args[i]);
    for (int i = 0; bound->note && i < b->plan->nnotes; i++)
        if (strcmp(b->plan->notes[i], bound->note) == 0)
            return;
    if (bound->note)
        plan_note(b, "%s", bound->note);
}

static bool bind_column(Build *b, int t, int c)
{
    TablePlan *tp = &b->plan->tables[t];
    Table *table = (Table *)tp->table;
    Column *col = &table->cols[c];
    ColumnPlan *cp = &tp->cols[c];
    const Node *node = col->node;
    const char *subject = plan_subject(b->mem, table, c);
    *cp = (ColumnPlan){.col = col, .written = true, .fk = -1, .group = -1};
    cp->null_key = gen_stream_key(b->plan->seed, table->name, col->name, "null");
    cp->null_share = node->mods.null_share;
    if (node->mods.pii)
        cp->pii = node->mods.pii_kind                        ? node->mods.pii_kind
                  : node->kind == NODE_GEN && node->gen->pii ? node->gen->pii
                                                             : "other";
    if (is_generator(node, "serial")) {
        cp->serial = true;
        cp->null_share = 0;
        col->auto_key = true;
        if (col->type.kind == TYPE_NONE)
            col->type = (Type){.kind = TYPE_INT, .bits = 64};
        return true;
    }
    if (is_generator(node, "ref")) {
        cp->fk = plan_driver(b, t, c, &cp->fk_pos);
        if (cp->fk < 0)
            return err_add(b->mem, b->err, ERR_INTERNAL, node->where, subject,
                           "the reference has no foreign key");
        FkPlan *fk = &tp->fks[cp->fk];
        if (cp->null_share > fk->null_share)
            fk->null_share = cp->null_share;
        col->nullable = col->nullable || fk->null_share > 0;
        return bind_forest(b, fk, node, subject) && bind_spread(b, t, fk, col, subject) &&
               take_parent_type(b, tp, col, cp);
    }
    const Table *there = catalog_table(b->target->catalog, table->schema, table->name);
    int at = there ? table_column(there, col->name) : -1;
    const Type *wanted = col->type.kind != TYPE_NONE ? &col->type
                         : at >= 0                   ? &there->cols[at].type
                                                     : NULL;
    GenScope scope = {.plan = b->plan,
                      .table = tp,
                      .table_index = t,
                      .column = col->name,
                      .subject = subject,
                      .path = "",
                      .unique = node->mods.unique,
                      .wanted = wanted,
                      .need = need,
                      .need_ctx = b};
    Bound *bound = NULL;
    if (!bind_value(b, &scope, node, &bound))
        return false;
    cp->bound = bound;
    mark_rolled_up(b, bound, subject);
    note_all(b, bound);
    col->nullable = col->nullable || cp->null_share > 0 || bound->nullable;
    if (col->type.kind == TYPE_NONE)
        col->type = bound->type;
    if (bound->type.kind == TYPE_NULL && !wanted) {
        err_add(b->mem, b->err, ERR_RECIPE, node->where, subject,
                "a column that is always NULL needs a type");
        return err_hint(b->mem, b->err, "say :type \"varchar(40)\" or so");
    }
    return true;
}

/* `per` turns one foreign key of the table into FK_PER, and each further one into FK_ALSO_PER. */
static bool bind_per(Build *b, int t)
{
    TablePlan *tp = &b->plan->tables[t];
    bool ok = true;
    for (int p = 0; p < tp->recipe->npers; p++) {
        const RecipePer *per = &tp->recipe->pers[p];
        FkPlan *found = NULL;
        for (int f = 0; f < tp->table->nfks; f++) {
            const FkPlan *fk = &tp->fks[f];
            bool named =
                !per->fk_col || strcmp(tp->table->cols[fk->fk->cols[0]].name, per->fk_col) == 0;
            if (fk->parent >= 0 && fk->parent == plan_table(b->plan, per->parent) && named &&
                !found)
                found = &tp->fks[f];
        }
        if (!found || found->mode != FK_PICK) {
            ok = err_add(b->mem, b->err, ERR_RECIPE, per->where, tp->table->name,
                         found ? "a table cannot have rows per row of itself"
                               : "per = { %s, ... } needs a reference to %s",
                         per->parent, per->parent);
            err_hint(b->mem, b->err, "add a column: t.%s_id = ref(%s)", per->parent, per->parent);
            continue;
        }
        if (found->null_share > 0) {
            ok = err_add(
                b->mem, b->err, ERR_RECIPE, per->where, tp->table->name,
                "rows that are counted per %s cannot be without one: the reference has :null",
                per->parent);
            err_hint(b->mem, b->err, "leave :null out, or `per`");
            continue;
        }
        GenScope scope = {.plan = b->plan,
                          .table = tp,
                          .table_index = t,
                          .subject = arena_printf(b->mem, "%s.per", tp->table->name),
                          .path = "per"};
        Bound *count = NULL;
        if (!gen_bind(&scope, per->count, &count, b->mem, b->err)) {
            ok = false;
            continue;
        }
        if (count->type.kind != TYPE_INT || count->nullable || count->nargs > 0) {
            ok = err_add(
                b->mem, b->err, ERR_RECIPE, per->where, scope.subject,
                "the number of rows per %s must be a whole number or a distribution of whole numbers, not %s",
                per->parent, type_text(&count->type, b->mem));
            err_hint(b->mem, b->err, "for example per = { %s, between(0, 9) }", per->parent);
            continue;
        }
        found->mode = p == 0 ? FK_PER : FK_ALSO_PER;
        found->count = count;
    }
    return ok;
}

static bool bind_conditions(Build *b, int t)
{
    TablePlan *tp = &b->plan->tables[t];
    bool ok = true;
    for (int i = 0; i < tp->table->nchecks; i++) {
        const Check *check = &tp->table->checks[i];
        GenScope scope = {.plan = b->plan,
                          .table = tp,
                          .table_index = t,
                          .subject = tp->table->name,
                          .path = arena_printf(b->mem, "check%d", i),
                          .need = need,
                          .need_ctx = b};
        Bound *bound = NULL;
        if (!gen_bind(&scope, check->cond, &bound, b->mem, b->err)) {
            ok = false;
            continue;
        }
        if (bound->type.kind != TYPE_BOOL) {
            ok = err_add(b->mem, b->err, ERR_RECIPE, check->where, tp->table->name,
                         "a check needs a condition, not %s", type_text(&bound->type, b->mem));
            err_hint(b->mem, b->err, "compare it: t:check(t.amount:gt(0))");
        }
    }
    return ok;
}

/* ---- in the order of dependence */

enum { NOT_BOUND, BINDING, BOUND, FAILED };

typedef struct BindStep {
    int table, col;
    const struct BindStep *asked_by;
} BindStep;

static bool refuse_circle(Build *b, int t, int c)
{
    const char *name = plan_subject(b->mem, b->plan->tables[t].table, c), *path = name;
    for (const BindStep *s = b->binding; s && (s->table != t || s->col != c); s = s->asked_by)
        path = arena_printf(b->mem, "%s -> %s",
                            plan_subject(b->mem, b->plan->tables[s->table].table, s->col), path);
    err_add(b->mem, b->err, ERR_RECIPE, b->plan->tables[t].table->cols[c].node->where, name,
            "depends on itself: %s -> %s", name, path);
    return err_hint(b->mem, b->err, "compute one of these columns from something else");
}

static TableBinding *binding_of(Build *b, int t)
{
    TableBinding *state = &b->bindings[t];
    TablePlan *tp = &b->plan->tables[t];
    if (!state->cols) {
        state->cols = arena_array(b->mem, char, tp->table->ncols + 1);
        tp->cols = arena_array(b->mem, ColumnPlan, tp->table->ncols + 1);
    }
    return state;
}

static bool need_column(Build *b, int t, int c)
{
    char *state = &binding_of(b, t)->cols[c];
    if (*state == BINDING)
        return refuse_circle(b, t, c);
    if (*state == NOT_BOUND) {
        BindStep step = {.table = t, .col = c, .asked_by = b->binding};
        b->binding = &step;
        *state = BINDING;
        *state = bind_column(b, t, c) ? BOUND : FAILED;
        b->binding = step.asked_by;
    }
    return *state == BOUND;
}

/* Such a column may hold a number that rows get from their counting, so it is bound after that. */
static bool refers_to_itself(const Build *b, int t, int col)
{
    int pos, f = plan_driver(b, t, col, &pos);
    return f >= 0 && b->plan->tables[t].fks[f].mode == FK_SELF;
}

/* The references of a table, and which of them count its rows. */
static bool need_keys(Build *b, int t)
{
    TableBinding *state = binding_of(b, t);
    const Table *table = b->plan->tables[t].table;
    if (state->keys == NOT_BOUND) {
        bool ok = true;
        state->keys = BINDING;
        for (int c = 0; c < table->ncols; c++)
            if (is_generator(table->cols[c].node, "ref") && !refers_to_itself(b, t, c))
                ok = need_column(b, t, c) && ok;
        state->keys = ok && bind_per(b, t) ? BOUND : FAILED;
    }
    return state->keys == BOUND;
}

static bool need(void *ctx, int t, int c)
{
    return c < 0 ? need_keys(ctx, t) : need_column(ctx, t, c);
}

bool plan_bind_table(Build *b, int t)
{
    TablePlan *tp = &b->plan->tables[t];
    const Table *table = tp->table;
    bool ok = true;
    tp->load_cols = arena_array(b->mem, int, table->ncols + 1);
    for (int c = 0; c < table->ncols; c++) {
        ok = need_column(b, t, c) && ok;
        tp->load_cols[tp->nload++] = c;
    }
    return ok && need_keys(b, t) && bind_conditions(b, t);
}

/* Values over a row's children: the children are the rows of another table that are counted `per`
 * row of this one, so that each row's stand side by side and are known from prefix sums. The value
 * and its condition are bound in the children's table. Also the generators that tell a child its
 * place. */
#include "gen/expr_int.h"
#include "gen/family_int.h"

#include <string.h>

static const char *roll_name(const GenBind *b)
{
    return roll_defs[b->node->roll].name;
}

/* The children's key to this table that `per` goes through; -1 with an error. */
static int find_key(GenBind *b, const TablePlan *children)
{
    const TablePlan *tp = b->scope->table;
    bool refers = false;
    int also = -1, times = 0;
    for (int f = 0; f < children->table->nfks; f++) {
        const FkPlan *fk = &children->fks[f];
        bool here = fk->parent >= 0 && &b->scope->plan->tables[fk->parent] == tp;
        refers = refers || here;
        if (!here || !fk_is_per(fk))
            continue;
        also = fk->mode == FK_PER || also < 0 ? f : also;
        times++;
    }
    bool placed = b->node->roll >= ROLL_FIRST && times && children->fks[also].mode != FK_PER;
    if (times == 1 && !placed)
        return also;
    const char *name = children->table->name, *own = tp->table->name;
    if (times > 1) {
        gen_bind_error(b, ERR_RECIPE, "%s: %s is counted per row of %s twice", roll_name(b), name,
                       own);
        err_hint(b->mem, b->err, "count it once, by the reference that the value shall follow");
        return -1;
    }
    if (placed) {
        gen_bind_error(
            b, ERR_RECIPE,
            "%s: the rows of %s stand in the order of another parent, so those of one of "
            "%s have no order of their own",
            roll_name(b), name, own);
        err_hint(b->mem, b->err, "name %s first in per = {...}, or take min, max, sum or count",
                 own);
        return -1;
    }
    gen_bind_error(b, ERR_RECIPE,
                   refers
                       ? "%s: the rows of %s are not counted per row of %s, so which belong to one "
                         "is not known beforehand"
                       : "%s: %s has no reference to %s, so its rows are no children of it",
                   roll_name(b), name, own);
    err_hint(b->mem, b->err, "r:table(\"%s\", { per = { \"%s\", between(1, 5) } }, ...)", name,
             own);
    return -1;
}

/* An argument in the children's scope. */
static const Bound *bind_over_children(GenBind *b, int i, int table)
{
    GenScope scope = *b->scope;
    scope.table = &b->scope->plan->tables[table];
    scope.table_index = table;
    scope.path =
        arena_printf(b->mem, "%s/%s%d", b->scope->path ? b->scope->path : "", roll_name(b), i);
    scope.unique = false;
    scope.wanted = NULL;
    Bound *bound;
    return gen_bind(&scope, b->node->args[i], &bound, b->mem, b->err) ? bound : NULL;
}

static bool mean_type(GenBind *b, Roll *roll)
{
    const Bound *x = roll->value;
    if (x->type.kind == TYPE_FLOAT) {
        b->out->type = (Type){.kind = TYPE_FLOAT, .bits = 64};
        return true;
    }
    /* As x / 2 would have it: six digits more, fewer where 18 might not hold them. */
    int own = x->type.kind == TYPE_DECIMAL ? x->type.scale : 0, whole = expr_whole_digits(x),
        room = DECIMAL_MAX_SCALE - whole, full = own + 6 > 12 ? (own > 12 ? own : 12) : own + 6,
        least = own > 6 ? own : 6;
    least = least < full ? least : full;
    int scale = full <= room ? full : room > least ? room : least;
    roll->shift = scale - own;
    b->out->type = expr_decimal(whole, scale);
    return true;
}

#define CHILDREN_DIGITS 6 /* of the most children of one row, where `per` has no upper bound */

static void count_type(Bound *out, const Bound *count)
{
    out->type = (Type){.kind = TYPE_INT, .bits = 64};
    if (count->has_bounds)
        expr_int_bounds(out, 0, count->hi);
}

/* The values of the most children that a row can have. */
static void sum_type(Bound *out, const Roll *roll, const Bound *count)
{
    const Bound *x = roll->value;
    int digits = CHILDREN_DIGITS;
    if (count->has_bounds) {
        digits = 1;
        for (int64_t most = count->hi; most > 9; most /= 10)
            digits++;
    }
    if (x->type.kind == TYPE_FLOAT)
        out->type = (Type){.kind = TYPE_FLOAT, .bits = 64};
    else if (x->type.kind == TYPE_DECIMAL)
        out->type = expr_decimal(expr_whole_digits(x) + digits, x->type.scale);
    else
        out->type = (Type){.kind = TYPE_INT, .bits = 64};
    if (x->type.kind == TYPE_INT && x->has_bounds && count->has_bounds)
        expr_int_bounds(out, x->lo < 0 ? (i128)x->lo * count->hi : 0,
                        x->hi > 0 ? (i128)x->hi * count->hi : 0);
}

static bool set_type(GenBind *b, Roll *roll)
{
    Bound *out = b->out;
    const Type *type = roll->value ? &roll->value->type : NULL;
    const Bound *count = b->scope->plan->tables[roll->table].fks[roll->fk].count;
    if (roll->kind == ROLL_COUNT) {
        count_type(out, count);
        return true;
    }
    bool sums = roll->kind == ROLL_SUM || roll->kind == ROLL_AVG;
    if (sums && !type_is_numeric(type->kind))
        return gen_bind_error(b, ERR_RECIPE, "%s needs a number, not %s", roll_name(b),
                              type_text(type, b->mem));
    if (type->kind == TYPE_NULL || type->kind == TYPE_BYTES || type->kind == TYPE_OTHER)
        return gen_bind_error(b, ERR_RECIPE, "%s cannot be taken of %s", roll_name(b),
                              type_text(type, b->mem));
    if (roll->kind == ROLL_AVG)
        mean_type(b, roll);
    else if (roll->kind == ROLL_SUM)
        sum_type(out, roll, count);
    else
        out->type = *type;
    out->nullable = roll->kind != ROLL_SUM;
    bool one_of_them = !sums && roll->value->has_bounds;
    if (one_of_them) {
        out->has_bounds = true;
        out->lo = roll->value->lo;
        out->hi = roll->value->hi;
    }
    return true;
}

bool roll_bind(GenBind *b)
{
    const Node *node = b->node;
    int table = plan_table(b->scope->plan, node->name);
    if (table < 0)
        return gen_bind_error(b, ERR_RECIPE, "%s: the recipe has no table %s", roll_name(b),
                              node->name);
    const TablePlan *children = &b->scope->plan->tables[table];
    if (!column_need(b, children, -1))
        return false;
    Roll *roll = arena_new_of(b->mem, Roll);
    *roll = (Roll){.what = ROLL_CHILDREN, .table = table, .kind = node->roll, .nth = node->value.i};
    roll->fk = find_key(b, children);
    if (roll->fk < 0)
        return false;
    bool has_value = node->roll != ROLL_COUNT;
    if (has_value && !(roll->value = bind_over_children(b, 0, table)))
        return false;
    if (node->nargs > has_value && !(roll->cond = bind_over_children(b, has_value, table)))
        return false;
    if (roll->cond && roll->cond->type.kind != TYPE_BOOL)
        return gen_bind_error(b, ERR_RECIPE, "%s needs a condition, not %s", roll_name(b),
                              type_text(&roll->cond->type, b->mem));
    b->out->roll = roll;
    return set_type(b, roll);
}

/* ---- a child's own place */

/* The key that the row's own `per` goes through; -1 in *fk where the table's references are not
 * known yet. */
static bool find_own_key(GenBind *b, int *fk)
{
    const TablePlan *tp = b->scope->table;
    *fk = -1;
    if (tp && !column_need(b, tp, -1))
        return false;
    for (int f = 0; tp && f < tp->table->nfks && *fk < 0; f++)
        if (tp->fks[f].mode == FK_PER)
            *fk = f;
    if (*fk >= 0 || !tp || !tp->fks)
        return true;
    gen_bind_error(b, ERR_RECIPE, "%s: the table's rows are not counted per parent",
                   b->node->gen->name);
    return err_hint(b->mem, b->err, "r:table(\"%s\", { per = { parent, between(1, 5) } }, ...)",
                    tp->table->name);
}

static bool bind_place(GenBind *b, int what)
{
    Roll *roll = arena_new_of(b->mem, Roll);
    *roll = (Roll){.what = what, .table = b->scope->table_index};
    roll->nth = gen_param_int(b, "from", 1);
    if (!find_own_key(b, &roll->fk))
        return false;
    b->out->type = (Type){.kind = TYPE_INT, .bits = 32};
    b->out->roll = roll;
    return true;
}

static bool bind_child_index(GenBind *b)
{
    return bind_place(b, ROLL_OWN_NUMBER);
}
static bool bind_siblings(GenBind *b)
{
    return bind_place(b, ROLL_SIBLINGS);
}

static const GenParam child_index_params[] = {
    {.name = "from",
     .kind = PARAM_INT,
     .default_text = "1",
     .min = -1e9,
     .max = 1e9,
     .doc = "the number of each parent's first child"},
};
const GenDef gen_def_child_index = {
    .name = "child_index",
    .family = "core",
    .doc =
        "The row's number among its parent's children, in a table with `per`: 1, 2, 3, and again 1 "
        "under the next parent.",
    .example = "child_index()",
    GEN_PARAMS(child_index_params),
    .bind = bind_child_index};
const GenDef gen_def_siblings = {
    .name = "siblings",
    .family = "core",
    .doc =
        "How many children the row's parent has in all, the row among them, in a table with `per`.",
    .example = "siblings()",
    .bind = bind_siblings};

/* ---- running totals */

static bool bind_running_sum(GenBind *b)
{
    Roll *roll = arena_new_of(b->mem, Roll);
    *roll = (Roll){.what = ROLL_RUNNING, .kind = ROLL_SUM, .table = b->scope->table_index};
    if (!find_own_key(b, &roll->fk))
        return false;
    if (roll->fk < 0)
        return gen_bind_error(b, ERR_RECIPE, "running_sum belongs to a table with `per`");
    GenScope scope = *b->scope;
    scope.path = arena_printf(b->mem, "%s/running_sum", scope.path ? scope.path : "");
    scope.unique = false;
    scope.wanted = NULL;
    Bound *value;
    if (!gen_bind(&scope, gen_param(b, "x")->node, &value, b->mem, b->err))
        return false;
    if (!type_is_numeric(value->type.kind)) {
        gen_bind_error(b, ERR_RECIPE, "running_sum needs a number, not %s",
                       type_text(&value->type, b->mem));
        return err_hint(b->mem, b->err, "for example running_sum(t.amount)");
    }
    roll->value = value;
    b->out->roll = roll;
    sum_type(b->out, roll, b->scope->table->fks[roll->fk].count);
    return true;
}

static const GenParam running_sum_params[] = {
    {.name = "x",
     .kind = PARAM_NODE,
     .required = true,
     .doc = "a number of the row: t.amount, or an expression"},
};
const GenDef gen_def_running_sum = {
    .name = "running_sum",
    .family = "behaviour",
    .doc = "The sum of a number over the row and its siblings before it, exact, in a table with "
           "`per`: a balance after each booking.",
    .example = "running_sum(t.amount)",
    GEN_PARAMS(running_sum_params),
    .bind = bind_running_sum};

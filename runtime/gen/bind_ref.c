/* References: a column of the row, or a column of a parent through one or more foreign keys. The
 * evaluator hands over the vectors; here the path is resolved and the type found. */
#include "gen/bind_int.h"

#include <string.h>

#include "base/map.h"
#include "base/text.h"

static bool no_column(GenBind *b, const Table *table, const char *name)
{
    const char **names = arena_array(b->mem, const char *, table->ncols + 1);
    for (int i = 0; i < table->ncols; i++)
        names[i] = table->cols[i].name;
    const char *near = name_nearest(name, names, (size_t)table->ncols);
    gen_bind_error(b, ERR_RECIPE, "%s has no column \"%s\"", table->name, name);
    return near
               ? err_hint(b->mem, b->err, "did you mean \"%s\"?", near)
               : err_hint(b->mem, b->err, "it has: %s", text_list(names, table->ncols, 12, b->mem));
}

bool column_need(GenBind *b, const TablePlan *tp, int col)
{
    const GenScope *scope = b->scope;
    if (scope->need)
        return scope->need(scope->need_ctx, (int)(tp - scope->plan->tables), col);
    if (col < 0 || (tp->cols && tp->cols[col].col))
        return true;
    return gen_bind_error(b, ERR_RECIPE, "%s.%s is used before it is assigned", tp->table->name,
                          tp->table->cols[col].name);
}

static bool fk_nullable(const TablePlan *tp, int f)
{
    const FkPlan *fk = &tp->fks[f];
    if (fk->null_share > 0)
        return true;
    for (int i = 0; fk->mode == FK_SELF && i < fk->fk->ncols; i++)
        if (tp->table->cols[fk->fk->cols[i]].nullable)
            return true;
    return false;
}

/* What a column's vector holds: type, NULLs and bounds into out. */
static bool describe(GenBind *b, const TablePlan *tp, int col, Bound *out)
{
    const Plan *plan = b->scope->plan;
    for (int hops = 0;; hops++) {
        if (hops > plan->ntables)
            return gen_bind_error(b, ERR_RECIPE, "%s.%s refers to itself in a circle",
                                  tp->table->name, tp->table->cols[col].name);
        if (!column_need(b, tp, col))
            return false;
        const ColumnPlan *cp = &tp->cols[col];
        if (cp->serial) {
            out->type = (Type){.kind = TYPE_INT, .bits = 64};
            return true;
        }
        if (cp->fk < 0) {
            if (!cp->bound)
                return gen_bind_error(
                    b, ERR_RECIPE,
                    "%s.%s is filled by the database, so nothing can be computed from it",
                    tp->table->name, cp->col->name);
            out->type = cp->bound->type;
            out->nullable = out->nullable || cp->null_share > 0 || cp->bound->nullable;
            out->has_bounds = cp->bound->has_bounds;
            out->lo = cp->bound->lo;
            out->hi = cp->bound->hi;
            return true;
        }
        const FkPlan *fk = &tp->fks[cp->fk];
        out->nullable = out->nullable || fk_nullable(tp, cp->fk);
        int at = fk->parent_cols[cp->fk_pos];
        if (fk->mode == FK_POOL) {
            const Vec *pool = fk->pool->cols[at];
            out->type = cp->col->type;
            out->type.kind = pool->kind;
            out->type.scale = pool->scale;
            return true;
        }
        tp = &plan->tables[fk->parent];
        col = at;
    }
}

bool column_bind(GenBind *b)
{
    const TablePlan *tp = b->scope->table;
    int col = table_column(tp->table, b->node->column);
    if (col < 0)
        return no_column(b, tp->table, b->node->column);
    b->out->column = col;
    return describe(b, tp, col, b->out);
}

typedef struct Walk {
    const TablePlan *tp; /* where the path has led to */
    int *path;
    int depth;
} Walk;

/* Follows the reference that `node` names; the table behind it into walk. */
static bool follow(GenBind *b, const Node *node, Walk *walk, int *fk)
{
    const char *name;
    if (node->kind == NODE_PARENT) {
        int inner = -1;
        if (!follow(b, node->args[0], walk, &inner))
            return false;
        if (walk->tp->fks[inner].mode == FK_POOL)
            return gen_bind_error(b, ERR_RECIPE,
                                  "%s is not in this recipe, so its columns cannot be read",
                                  walk->tp->fks[inner].fk->ref_table);
        walk->path[walk->depth++] = inner;
        b->out->nullable = b->out->nullable || fk_nullable(walk->tp, inner);
        walk->tp = &b->scope->plan->tables[walk->tp->fks[inner].parent];
        name = node->name;
    } else if (node->kind == NODE_COLUMN) {
        name = node->column;
    } else {
        return gen_bind_error(b, ERR_RECIPE, "only a reference has columns of its own");
    }
    int col = table_column(walk->tp->table, name);
    if (col < 0)
        return no_column(b, walk->tp->table, name);
    if (!column_need(b, walk->tp, col))
        return false;
    *fk = walk->tp->cols[col].fk;
    /* A column that several keys share leads where it alone refers to. */
    for (int f = 0; f < walk->tp->table->nfks; f++)
        if (walk->tp->table->fks[f].ncols == 1 && walk->tp->table->fks[f].cols[0] == col)
            *fk = f;
    if (*fk >= 0)
        return true;
    gen_bind_error(b, ERR_RECIPE, "%s.%s is no reference, so it has no column \"%s\"",
                   walk->tp->table->name, name, b->node->name);
    return err_hint(b->mem, b->err, "only ref(...) columns lead to a parent");
}

static int node_depth(const Node *node)
{
    int depth = 1;
    for (; node->kind == NODE_PARENT; node = node->args[0])
        depth++;
    return depth;
}

/* The parent's rows are outside this recipe: its key is known all the same, since the reference
 * holds it. */
static bool pool_key(GenBind *b, const Walk *walk, const FkPlan *fk)
{
    for (int i = 0; i < fk->fk->ncols; i++) {
        if (!fk->fk->ref_cols || strcmp(fk->fk->ref_cols[i], b->node->name) != 0)
            continue;
        b->out->column = fk->fk->cols[i];
        return describe(b, walk->tp, b->out->column, b->out);
    }
    gen_bind_error(b, ERR_RECIPE, "%s is not in this recipe, so its column \"%s\" cannot be read",
                   fk->fk->ref_table, b->node->name);
    return err_hint(b->mem, b->err, "describe %s in the recipe, or use its key alone",
                    fk->fk->ref_table);
}

/* t.parent_id.level while t.level is bound: an earlier row's, so it ends at the roots. */
static bool is_recursive(const GenBind *b, const TablePlan *parent, int col)
{
    const GenScope *scope = b->scope;
    if (!scope->recursion || !scope->column || parent != scope->table ||
        strcmp(parent->table->cols[col].name, scope->column) != 0)
        return false;
    for (int i = 0; i < b->out->fk_depth; i++)
        if (parent->fks[b->out->fk_path[i]].mode != FK_SELF)
            return false;
    return true;
}

bool parent_bind(GenBind *b)
{
    Walk walk = {.tp = b->scope->table, .path = arena_array(b->mem, int, node_depth(b->node))};
    int f = -1;
    if (!follow(b, b->node->args[0], &walk, &f))
        return false;
    const FkPlan *fk = &walk.tp->fks[f];
    b->out->fk_path = walk.path;
    b->out->fk_depth = walk.depth;
    if (fk->mode == FK_POOL)
        return pool_key(b, &walk, fk);
    walk.path[b->out->fk_depth++] = f;
    b->out->nullable = b->out->nullable || fk_nullable(walk.tp, f);
    const TablePlan *parent = &b->scope->plan->tables[fk->parent];
    int col = table_column(parent->table, b->node->name);
    if (col < 0)
        return no_column(b, parent->table, b->node->name);
    b->out->column = col;
    if (!is_recursive(b, parent, col))
        return describe(b, parent, col, b->out);
    b->out->recursive = b->scope->recursion->used = true;
    b->out->nullable = true;
    b->out->type = b->scope->recursion->type;
    return true;
}

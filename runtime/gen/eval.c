/* The evaluator: columns on demand. A call makes a frame, asks it for columns, and forgets
 * everything at the next call; nothing that was computed before changes a result. */
#include "gen/eval_int.h"

#include <string.h>

#include "model/cell.h"

Eval *eval_new(const Plan *plan)
{
    Arena *mem = arena_new();
    Eval *e = arena_new_of(mem, Eval);
    e->plan = plan;
    e->mem = mem;
    e->scratch = arena_new();
    e->cursors = arena_array(mem, ChildrenCursor **, plan->ntables + 1);
    for (int t = 0; t < plan->ntables; t++) {
        const TablePlan *tp = &plan->tables[t];
        e->cursors[t] =
            arena_array(mem, ChildrenCursor *, (size_t)tp->nsegments * (size_t)tp->table->nfks + 1);
    }
    return e;
}

void eval_free(Eval *e)
{
    if (!e)
        return;
    eval_free(e->inner);
    arena_free(e->scratch);
    arena_free(e->mem);
}

uint64_t eval_overflows(const Eval *e)
{
    return e->overflows + (e->inner ? eval_overflows(e->inner) : 0);
}

const Segment *segment_of(const TablePlan *tp, uint64_t row)
{
    static const Segment none;
    int low = 0, high = tp->nsegments;
    if (high == 0)
        return &none;
    while (high - low > 1) {
        int mid = (low + high) / 2;
        if (tp->segments[mid].first_row <= row)
            low = mid;
        else
            high = mid;
    }
    return &tp->segments[low];
}

Frame *frame_new(Eval *e, int table, const uint64_t *rows, uint32_t n)
{
    Frame *f = arena_new_of(e->scratch, Frame);
    const TablePlan *tp = &e->plan->tables[table];
    *f = (Frame){.eval = e, .tp = tp, .table = table, .n = n, .rows = rows};
    f->cols = arena_array(e->scratch, const Vec *, tp->table->ncols + 1);
    f->parents = arena_array(e->scratch, Parents *, tp->table->nfks + 1);
    f->elders = arena_array(e->scratch, Parents *, tp->table->nfks + 1);
    f->index = arena_array(e->scratch, const uint64_t *, tp->ngroups + 1);
    uint64_t least = UINT64_MAX, most = 0;
    for (uint32_t k = 0; k < n && tp->nsegments > 1; k++) {
        least = rows[k] < least ? rows[k] : least;
        most = rows[k] > most ? rows[k] : most;
    }
    const Segment *first = segment_of(tp, n && tp->nsegments > 1 ? least : 0);
    f->segment = tp->nsegments < 2 || first == segment_of(tp, most) ? first : NULL;
    return f;
}

/* The place of a column among those of a set; -1. */
static int column_at(const CellSet *cells, int col)
{
    for (int i = 0; i < cells->ncols; i++)
        if (cells->cols[i] == col)
            return i;
    return -1;
}

static bool has_column(const CellSet *cells, int col)
{
    return column_at(cells, col) >= 0;
}

const uint32_t *frame_generations(const Frame *f, int col)
{
    uint32_t *out = NULL;
    for (int i = 0; i < f->tp->nregenerated; i++) {
        const Regenerated *r = &f->tp->regenerated[i];
        if (!has_column(&r->cells, col))
            continue;
        if (!out)
            out = arena_alloc(f->eval->scratch, sizeof *out * (f->n + 1));
        for (uint32_t k = 0; k < f->n; k++)
            if (rowset_has(r->cells.rows, f->rows[k]))
                out[k] = r->base + (uint32_t)rowset_before(r->cells.rows, f->rows[k]);
    }
    return out;
}

/* ---- bound nodes */

/* A parent's column: up the path, then the cells are handed down again. */
static const Vec *parent_column(Frame *f, const Bound *bound, int depth)
{
    if (bound->recursive && f->n == 0)
        return vec_new(f->eval->scratch, bound->type.kind, bound->type.scale, 0);
    if (depth == bound->fk_depth)
        return frame_column(f, bound->column);
    int fk = bound->fk_path[depth];
    Parents *p = bound->recursive ? frame_elders(f, fk) : frame_parents(f, fk);
    const Vec *v = parent_column(parents_frame(f, fk, p), bound, depth + 1);
    return vec_gather(v, p->at, f->n, p->any_none, f->eval->scratch);
}

static void merge_nulls(Vec *out, const Vec *arg, Arena *scratch)
{
    if (!arg->null)
        return;
    if (!out->null) {
        out->null = arena_alloc_raw(scratch, out->n);
        memcpy(out->null, arg->null, out->n);
        return;
    }
    for (uint32_t k = 0; k < out->n; k++)
        out->null[k] |= arg->null[k];
}

/* NULL cells hold zero or the empty text, so that whoever computes with them reads something
 * defined. */
static void clear_nulls(Vec *v)
{
    for (uint32_t k = 0; k < v->n; k++) {
        if (!v->null[k])
            continue;
        if (v->s)
            v->s[k] = (Str){"", 0};
        else if (v->f)
            v->f[k] = 0;
        else
            v->i[k] = 0;
    }
}

const Vec *frame_bound(Frame *f, const Bound *bound, const uint64_t *index,
                       const uint32_t *generations)
{
    if (bound->column >= 0 && !bound->fill)
        return parent_column(f, bound, 0);
    if (bound->roll)
        return frame_roll(f, bound);
    Arena *scratch = f->eval->scratch;
    const Vec **args = NULL;
    if (bound->nargs > 0) {
        args = arena_array(scratch, const Vec *, bound->nargs);
        for (int i = 0; i < bound->nargs; i++)
            args[i] = frame_bound(f, bound->args[i], NULL, generations);
    }
    Vec *out = vec_new(scratch, bound->type.kind, bound->type.scale, f->n);
    if (!bound->keep_null_args)
        for (int i = 0; i < bound->nargs; i++)
            merge_nulls(out, args[i], scratch);
    GenCall call = {.bound = bound,
                    .n = f->n,
                    .rows = f->rows,
                    .index = index,
                    .generation = generations,
                    .args = args,
                    .scratch = scratch,
                    .overflows = &f->eval->overflows};
    bound->fill(&call, out);
    if (out->null)
        clear_nulls(out);
    return out;
}

/* ---- columns */

static const Vec *serial_column(Frame *f, int col)
{
    Vec *out = vec_new(f->eval->scratch, TYPE_INT, 0, f->n);
    for (uint32_t k = 0; k < f->n; k++) {
        const Segment *s = frame_segment(f, k);
        int64_t base = s->key_base ? s->key_base[col] : 1;
        out->i[k] = base + (int64_t)(f->rows[k] - s->first_row);
    }
    return out;
}

static const Vec *null_column(Frame *f)
{
    Vec *out = vec_new(f->eval->scratch, TYPE_NULL, 0, f->n);
    memset(vec_nulls(out, f->eval->scratch), 1, f->n);
    clear_nulls(out);
    return out;
}

/* A share of the cells becomes NULL. The vector may be another column's, so only its null flags are
 * made anew. */
static const Vec *with_null_share(Frame *f, const ColumnPlan *cp, const Vec *v,
                                  const uint32_t *generations)
{
    Arena *scratch = f->eval->scratch;
    Vec *out = arena_new_of(scratch, Vec);
    *out = *v;
    out->null = arena_alloc_raw(scratch, f->n);
    bool any = v->null != NULL;
    for (uint32_t k = 0; k < f->n; k++) {
        uint64_t word = rng_draw(cp->null_key, f->rows[k], generations ? generations[k] : 0, 0).a;
        out->null[k] = rng_unit(word) < cp->null_share || vec_is_null(v, k);
        any = any || out->null[k];
    }
    if (!any)
        out->null = NULL;
    return out;
}

/* A column that is its key's only member in this frame: the whole index is its own. */
static bool is_alone(const Frame *f, const ColumnPlan *cp)
{
    if (cp->bound->count == 0 || cp->group_mod == 0)
        return true;
    return cp->group_div <= 1 && f->segment && f->segment->group_count &&
           f->segment->group_count[cp->group] == cp->group_mod;
}

/* The member's own part of the group's index. */
static const uint64_t *member_index(Frame *f, const ColumnPlan *cp, const uint32_t *generations)
{
    const uint64_t *whole = frame_group_index(f, cp->group, generations);
    if (is_alone(f, cp))
        return whole;
    uint64_t *own = arena_alloc_raw(f->eval->scratch, sizeof *own * f->n);
    for (uint32_t k = 0; k < f->n; k++)
        own[k] = whole[k] / cp->group_div % cp->group_mod;
    return own;
}

static const Vec *bound_column(Frame *f, int col, const ColumnPlan *cp)
{
    const uint32_t *generations = frame_generations(f, col);
    const uint64_t *index =
        cp->group >= 0 && cp->bound->indexable ? member_index(f, cp, generations) : NULL;
    const Vec *v = frame_bound(f, cp->bound, index, generations);
    return cp->null_share > 0 ? with_null_share(f, cp, v, generations) : v;
}

const Vec *frame_column(Frame *f, int col)
{
    if (f->cols[col])
        return f->cols[col];
    const ColumnPlan *cp = &f->tp->cols[col];
    const Vec *v = cp->serial    ? serial_column(f, col)
                   : cp->fk >= 0 ? frame_fk_column(f, cp->fk, cp->fk_pos)
                   : cp->bound   ? bound_column(f, col, cp)
                                 : null_column(f);
    f->cols[col] = v;
    return v;
}

/* ---- the interface */

/* Was the cell made anew after it had been cleared? */
static bool made_since(const TablePlan *tp, const Cleared *cleared, int col, uint64_t row)
{
    for (int i = cleared->regenerated; i < tp->nregenerated; i++) {
        const CellSet *anew = &tp->regenerated[i].cells;
        if (has_column(anew, col) && rowset_has(anew->rows, row))
            return true;
    }
    return false;
}

bool eval_is_cleared(const TablePlan *tp, int column, uint64_t row)
{
    for (int i = 0; i < tp->ncleared; i++) {
        const Cleared *cleared = &tp->cleared[i];
        if (has_column(&cleared->cells, column) && rowset_has(cleared->cells.rows, row) &&
            !made_since(tp, cleared, column, row))
            return true;
    }
    return false;
}

static Vec *copy_vec(const Vec *v, Arena *mem)
{
    Vec *out = vec_new(mem, v->kind, v->scale, v->n);
    if (v->i)
        memcpy(out->i, v->i, sizeof *v->i * v->n);
    if (v->f)
        memcpy(out->f, v->f, sizeof *v->f * v->n);
    if (v->s)
        memcpy(out->s, v->s, sizeof *v->s * v->n);
    if (v->null)
        memcpy(vec_nulls(out, mem), v->null, v->n);
    return out;
}

/* A default that is no value of the generated kind can be no parent's key either: NULL stands for
 * it, which no comparison takes for the value. */
static void set_cell(Vec *out, uint32_t k, const char *value, Arena *scratch)
{
    bool known = value && cell_parse(out, k, value, strlen(value), scratch);
    if (!known || out->null)
        vec_nulls(out, scratch)[k] = !known;
}

/* A column as the target holds it: cells that were cleared there are NULL or their default,
 * although others were computed from what they were. */
static const Vec *stored_column(Frame *f, int col)
{
    const Vec *v = frame_column(f, col);
    Vec *out = NULL;
    for (int i = 0; i < f->tp->ncleared; i++) {
        const Cleared *cleared = &f->tp->cleared[i];
        int at = column_at(&cleared->cells, col);
        for (uint32_t k = 0; at >= 0 && k < f->n; k++) {
            if (!rowset_has(cleared->cells.rows, f->rows[k]) ||
                made_since(f->tp, cleared, col, f->rows[k]))
                continue;
            out = out ? out : copy_vec(v, f->eval->scratch);
            set_cell(out, k, cleared->values[at], f->eval->scratch);
        }
    }
    return out ? out : v;
}

static Batch stored_batch(Frame *f, const int *cols, int ncols)
{
    const Vec **out = arena_array(f->eval->scratch, const Vec *, ncols + 1);
    for (int c = 0; c < ncols; c++)
        out[c] = stored_column(f, cols[c]);
    return (Batch){.first_row = f->n ? f->rows[0] : 0, .n = f->n, .ncols = ncols, .cols = out};
}

Batch eval_batch(Eval *e, int table, uint64_t first, uint32_t n)
{
    arena_reset(e->scratch);
    uint64_t *rows = arena_alloc_raw(e->scratch, sizeof *rows * n);
    for (uint32_t k = 0; k < n; k++)
        rows[k] = first + k;
    Frame *f = frame_new(e, table, rows, n);
    return stored_batch(f, f->tp->load_cols, f->tp->nload);
}

Batch eval_cells(Eval *e, int table, const uint64_t *rows, uint32_t n, const int *cols, int ncols)
{
    arena_reset(e->scratch);
    return stored_batch(frame_new(e, table, rows, n), cols, ncols);
}

/* Marks the rows whose parent, which they cannot choose, is gone. */
static void mark_gone(Frame *f, int id, uint8_t *gone)
{
    const FkPlan *fk = &f->tp->fks[id];
    const RowHistory *history = f->eval->plan->tables[fk->parent].gone;
    const uint64_t *parents = frame_parents(f, id)->rows;
    bool nullable = fk->null_share > 0;
    for (int i = 0; i < fk->fk->ncols; i++)
        nullable = nullable || f->tp->table->cols[fk->fk->cols[i]].nullable;
    for (uint32_t k = 0; k < f->n; k++) {
        const Segment *s = frame_segment(f, k);
        int upto = s->parent_gone ? s->parent_gone[id] : 0;
        gone[k] |= parents[k] == ROW_NONE ? !nullable : rowhistory_has(history, upto, parents[k]);
    }
}

uint32_t eval_made(Eval *e, int table, const uint64_t *rows, uint32_t n, uint64_t *out)
{
    arena_reset(e->scratch);
    const TablePlan *tp = &e->plan->tables[table];
    Frame *f = NULL;
    uint8_t *gone = NULL;
    for (int fk = 0; fk < tp->table->nfks; fk++) {
        int parent = tp->fks[fk].mode == FK_POOL ? -1 : tp->fks[fk].parent;
        if (parent < 0 || !e->plan->tables[parent].gone)
            continue;
        f = f ? f : frame_new(e, table, rows, n);
        gone = gone ? gone : arena_alloc(e->scratch, n + 1);
        mark_gone(f, fk, gone);
    }
    uint32_t count = 0;
    for (uint32_t k = 0; k < n; k++)
        if (!gone || !gone[k])
            out[count++] = rows[k];
    return count;
}

uint32_t eval_lost(Eval *e, int table, int group, const uint64_t *rows, uint32_t n, uint64_t *out)
{
    arena_reset(e->scratch);
    const TablePlan *tp = &e->plan->tables[table];
    Frame *f = frame_new(e, table, rows, n);
    uint8_t *gone = arena_alloc(e->scratch, n + 1);
    for (int fk = 0; fk < tp->table->nfks; fk++)
        if (tp->fks[fk].group == group && tp->fks[fk].mode == FK_PICK &&
            e->plan->tables[tp->fks[fk].parent].gone)
            mark_gone(f, fk, gone);
    uint32_t count = 0;
    for (uint32_t k = 0; k < n; k++)
        if (gone[k])
            out[count++] = rows[k];
    return count;
}

/* The rows that are there, and where each of the given ones went. */
static Frame *frame_of_given(Eval *e, int table, const uint64_t *rows, uint32_t n, uint32_t **at,
                             bool *any_none)
{
    arena_reset(e->scratch);
    uint64_t *there = arena_alloc_raw(e->scratch, sizeof *there * n);
    *at = arena_alloc_raw(e->scratch, sizeof **at * n);
    uint32_t count = 0;
    for (uint32_t k = 0; k < n; k++) {
        (*at)[k] = rows[k] == ROW_NONE ? UINT32_MAX : count;
        there[count] = rows[k];
        count += rows[k] != ROW_NONE;
    }
    *any_none = count < n;
    return frame_new(e, table, there, count);
}

const Vec *eval_column(Eval *e, int table, int column, const uint64_t *rows, uint32_t n)
{
    uint32_t *at;
    bool any_none;
    Frame *f = frame_of_given(e, table, rows, n, &at, &any_none);
    return vec_gather(frame_column(f, column), any_none ? at : NULL, n, any_none, e->scratch);
}

const uint64_t *eval_parents(Eval *e, int table, int fk, const uint64_t *rows, uint32_t n)
{
    uint32_t *at;
    bool any_none;
    Frame *f = frame_of_given(e, table, rows, n, &at, &any_none);
    const uint64_t *parents = frame_parents(f, fk)->rows;
    uint64_t *out = arena_alloc_raw(e->scratch, sizeof *out * n);
    for (uint32_t k = 0; k < n; k++)
        out[k] = at[k] == UINT32_MAX ? ROW_NONE : parents[at[k]];
    return out;
}

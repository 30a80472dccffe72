/* Values over children, recomputed from the children's own pure functions. Each parent's children
 * are a run of rows of each segment; the runs of a batch of parents are computed in blocks by an
 * inner evaluator, whose memory is given back after each block, so that a parent may have any
 * number. */
#include "gen/eval_int.h"
#include "gen/expr_int.h"

#include <string.h>

typedef struct Gather {
    Frame *f;
    const Roll *roll;
    Eval *inner;
    GenCall call; /* for cells that leave their range */
    Vec *out;
    i128 *sums;
    uint64_t *taken; /* per parent: children that counted so far */
    bool alone;      /* the rows that are computed are the answers */
    uint32_t n;
    uint64_t rows[BATCH_ROWS];
    uint32_t owners[BATCH_ROWS];
} Gather;

static Eval *inner_eval(Eval *e)
{
    if (!e->inner)
        e->inner = eval_new(e->plan);
    return e->inner;
}

/* ---- one block of children */

/* A cell of the children's vector becomes the parent's; a text outlives the block. */
static void keep(Gather *g, uint32_t owner, const Vec *v, uint32_t i)
{
    Vec *out = g->out;
    out->null[owner] = vec_is_null(v, i);
    if (out->null[owner])
        return;
    if (out->s)
        out->s[owner] = (Str){arena_strndup(g->f->eval->scratch, v->s[i].p, v->s[i].n), v->s[i].n};
    else if (out->f)
        out->f[owner] = v->f[i];
    else
        out->i[owner] = v->i[i];
}

static bool is_before(const Vec *a, uint32_t i, const Vec *b, uint32_t k)
{
    if (a->i)
        return a->i[i] < b->i[k];
    if (a->f)
        return a->f[i] < b->f[k];
    uint32_t n = a->s[i].n < b->s[k].n ? a->s[i].n : b->s[k].n;
    int order = n ? memcmp(a->s[i].p, b->s[k].p, n) : 0;
    return order ? order < 0 : a->s[i].n < b->s[k].n;
}

/* The order of a parent's children decides nothing but first, last, nth and the last bit of a sum
 * of doubles, and it is always the same. */
static void take(Gather *g, const Vec *v, uint32_t i)
{
    const Roll *roll = g->roll;
    uint32_t owner = g->owners[i];
    bool skips_null = roll->kind < ROLL_FIRST && roll->kind != ROLL_COUNT;
    if (skips_null && vec_is_null(v, i))
        return;
    uint64_t taken = g->taken[owner]++;
    switch (roll->kind) {
    case ROLL_SUM:
    case ROLL_AVG:
        if (v->f)
            g->out->f[owner] += v->f[i];
        else
            g->sums[owner] += v->i[i];
        break;
    case ROLL_MIN:
        if (taken == 0 || is_before(v, i, g->out, owner))
            keep(g, owner, v, i);
        break;
    case ROLL_MAX:
        if (taken == 0 || is_before(g->out, owner, v, i))
            keep(g, owner, v, i);
        break;
    case ROLL_FIRST:
        if (taken == 0)
            keep(g, owner, v, i);
        break;
    case ROLL_LAST: keep(g, owner, v, i); break;
    case ROLL_NTH:
        if (g->alone || taken + 1 == (uint64_t)roll->nth)
            keep(g, owner, v, i);
        break;
    case ROLL_COUNT:
    case ROLL_COUNT_OF: break;
    }
}

static void flush(Gather *g)
{
    const Roll *roll = g->roll;
    if (g->n == 0)
        return;
    arena_reset(g->inner->scratch);
    Frame *children = frame_new(g->inner, roll->table, g->rows, g->n);
    const Vec *cond = roll->cond ? frame_bound(children, roll->cond, NULL, NULL) : NULL;
    const Vec *v = roll->value ? frame_bound(children, roll->value, NULL, NULL) : NULL;
    for (uint32_t i = 0; i < g->n; i++)
        if (!cond || (cond->i[i] && !vec_is_null(cond, i)))
            take(g, v, i);
    g->n = 0;
}

/* Children of one segment: rows side by side, or dealt out over it. */
static void add(Gather *g, uint32_t owner, const Segment *s, uint64_t first, uint64_t count)
{
    const TablePlan *children = &g->f->eval->plan->tables[g->roll->table];
    bool dealt = children->fks[g->roll->fk].mode == FK_ALSO_PER;
    for (uint64_t i = 0; i < count; i++) {
        uint64_t number = first + i - s->first_row;
        g->rows[g->n] =
            s->first_row + (dealt ? scatter_row(&s->scatter[g->roll->fk], number) : number);
        g->owners[g->n++] = owner;
        if (g->n == BATCH_ROWS)
            flush(g);
    }
}

/* ---- all children of the frame's rows */

/* The parent's children in one segment: [*first, *first + result); of FK_ALSO_PER, their numbers
 * behind the segment's first row. */
uint64_t eval_children(Eval *e, int table, const Segment *s, int fk, uint64_t parent,
                       uint64_t *first)
{
    *first = 0;
    if (!s->per || !s->per[fk] || parent < s->parent_first[fk] ||
        parent - s->parent_first[fk] >= s->parent_count[fk])
        return 0;
    uint64_t n = children_of(eval_cursor(e, table, s, fk), parent, first, e->scratch);
    *first += s->first_row;
    return n;
}

/* Without a condition a place is known without looking at the children before it. */
static void add_one(Gather *g, const TablePlan *children, uint32_t k)
{
    const Roll *roll = g->roll;
    uint64_t wanted = roll->kind == ROLL_NTH ? (uint64_t)roll->nth - 1 : 0, row = ROW_NONE;
    const Segment *at = NULL;
    for (int s = 0; s < children->nsegments; s++) {
        uint64_t first, n = eval_children(g->f->eval, roll->table, &children->segments[s], roll->fk,
                                          g->f->rows[k], &first);
        if (n == 0)
            continue;
        at = &children->segments[s];
        if (roll->kind == ROLL_LAST) {
            row = first + n - 1;
        } else if (wanted < n) {
            row = first + wanted;
            break;
        }
        wanted -= roll->kind == ROLL_NTH ? n : 0;
    }
    if (row != ROW_NONE)
        add(g, k, at, row, 1);
}

static void add_all(Gather *g, const TablePlan *children)
{
    const Roll *roll = g->roll;
    bool counts = roll->kind == ROLL_COUNT && !roll->cond;
    for (int s = 0; s < children->nsegments; s++)
        for (uint32_t k = 0; k < g->f->n; k++) {
            uint64_t first, n = eval_children(g->f->eval, roll->table, &children->segments[s],
                                              roll->fk, g->f->rows[k], &first);
            if (counts)
                g->taken[k] += n;
            else
                add(g, k, &children->segments[s], first, n);
        }
}

static void put_numbers(Gather *g)
{
    const Roll *roll = g->roll;
    Range range = expr_range(g->out->kind);
    if (g->out->kind == TYPE_DECIMAL && roll->kind == ROLL_SUM) {
        int64_t most = decimal_pow10[g->call.bound->type.precision] - 1;
        range = (Range){-most, most};
    }
    int64_t more = decimal_pow10[roll->shift];
    for (uint32_t k = 0; k < g->f->n; k++) {
        i128 v = g->sums[k];
        if (roll->kind == ROLL_COUNT)
            v = (i128)g->taken[k];
        if (roll->kind == ROLL_AVG && g->taken[k] && __builtin_mul_overflow(v, (i128)more, &v))
            expr_overflow(&g->call, g->out, k);
        else if (roll->kind == ROLL_AVG && g->taken[k])
            expr_put(&g->call, g->out, k, decimal_div_round(v, (i128)g->taken[k]), range);
        else
            expr_put(&g->call, g->out, k, v, range);
    }
}

static void put_doubles(Gather *g)
{
    for (uint32_t k = 0; k < g->f->n; k++) {
        if (g->roll->kind == ROLL_AVG && g->taken[k])
            g->out->f[k] /= (double)g->taken[k];
        if (g->out->f[k] - g->out->f[k] != 0) {
            g->out->f[k] = 0;
            expr_overflow(&g->call, g->out, k);
        }
    }
}

static const Vec *over_children(Frame *f, const Bound *bound)
{
    const Roll *roll = bound->roll;
    Arena *scratch = f->eval->scratch;
    const TablePlan *children = &f->eval->plan->tables[roll->table];
    Vec *out = vec_new(scratch, bound->type.kind, bound->type.scale, f->n);
    Gather *g = arena_new_of(scratch, Gather);
    g->f = f;
    g->roll = roll;
    g->inner = inner_eval(f->eval);
    g->call = (GenCall){.bound = bound,
                        .n = f->n,
                        .rows = f->rows,
                        .scratch = scratch,
                        .overflows = &f->eval->overflows};
    g->out = out;
    g->sums = arena_array(scratch, i128, f->n + 1);
    g->taken = arena_array(scratch, uint64_t, f->n + 1);
    g->alone = roll->kind >= ROLL_FIRST && !roll->cond;
    bool sums = roll->kind == ROLL_SUM || roll->kind == ROLL_COUNT || roll->kind == ROLL_AVG;
    if (sums && out->f)
        memset(out->f, 0, sizeof *out->f * f->n);
    if (!sums && f->n > 0)
        memset(vec_nulls(out, scratch), 1, f->n); /* until a child is found */
    for (uint32_t k = 0; k < f->n && g->alone; k++)
        add_one(g, children, k);
    if (!g->alone)
        add_all(g, children);
    flush(g);
    if (sums && out->f)
        put_doubles(g);
    else if (sums)
        put_numbers(g);
    for (uint32_t k = 0; k < f->n && roll->kind == ROLL_AVG; k++)
        if (g->taken[k] == 0)
            vec_nulls(out, scratch)[k] = 1;
    return out;
}

/* ---- a child's own place */

/* Children that a parent got in other segments stand before, or count with, those of the row's own.
 */
static const Vec *own_place(Frame *f, const Bound *bound)
{
    const Roll *roll = bound->roll;
    Eval *e = f->eval;
    const Parents *p = frame_parents(f, roll->fk);
    Vec *out = vec_new(e->scratch, TYPE_INT, 0, f->n);
    for (uint32_t k = 0; k < f->n; k++) {
        bool number = roll->what == ROLL_OWN_NUMBER;
        uint64_t place = number ? frame_child_place(f, roll->fk, -1, k, p) : 0, first;
        for (int s = 0; !number && s < f->tp->nsegments && p->rows[k] != ROW_NONE; s++)
            place += eval_children(e, f->table, &f->tp->segments[s], roll->fk, p->rows[k], &first);
        out->i[k] = (int64_t)place + (number ? roll->nth : 0);
    }
    return out;
}

/* ---- running totals */

/* Where a running total stood at the last row that was asked for: the next batch goes on from there
 * in place of the parent's first child, so that all of a parent's children cost one pass. It only
 * saves time: the total is the same from anywhere. */
typedef struct Reached {
    const Roll *roll;
    uint64_t parent, row;
    i128 sum;
    double sum_f;
    struct Reached *next;
} Reached;

static Reached *reached_of(Eval *e, const Roll *roll)
{
    Reached *r = e->reached;
    while (r && r->roll != roll)
        r = r->next;
    if (!r) {
        r = arena_new_of(e->mem, Reached);
        *r = (Reached){.roll = roll, .parent = ROW_NONE, .next = e->reached};
        e->reached = r;
    }
    return r;
}

typedef struct Running {
    Frame *f;
    const Roll *roll;
    Eval *inner;
    GenCall call;
    Vec *out;
    Range range;
    i128 sum;
    double sum_f;
    uint32_t n;
    uint64_t rows[BATCH_ROWS];
    uint32_t cell[BATCH_ROWS]; /* whose total stands behind the row; UINT32_MAX: nobody's */
    bool begins[BATCH_ROWS];   /* the first of a parent's */
} Running;

static void run_flush(Running *r)
{
    if (r->n == 0)
        return;
    arena_reset(r->inner->scratch);
    Frame *rows = frame_new(r->inner, r->f->table, r->rows, r->n);
    const Vec *v = frame_bound(rows, r->roll->value, NULL, NULL);
    for (uint32_t i = 0; i < r->n; i++) {
        if (r->begins[i]) {
            r->sum = 0;
            r->sum_f = 0;
        }
        if (!vec_is_null(v, i) && v->f)
            r->sum_f += v->f[i];
        else if (!vec_is_null(v, i))
            r->sum += v->i[i];
        if (r->cell[i] == UINT32_MAX)
            continue;
        if (v->f)
            r->out->f[r->cell[i]] = r->sum_f;
        else
            expr_put(&r->call, r->out, r->cell[i], r->sum, r->range);
    }
    r->n = 0;
}

/* Adds rows first .. last; the last one's total is the cell's. */
static void run_add(Running *r, uint64_t first, uint64_t last, bool begins, uint32_t cell)
{
    for (uint64_t row = first; row <= last; row++) {
        r->rows[r->n] = row;
        r->begins[r->n] = begins && row == first;
        r->cell[r->n++] = row == last ? cell : UINT32_MAX;
        if (r->n == BATCH_ROWS)
            run_flush(r);
    }
}

/* The parent's children up to the row, those of earlier segments, then of its own; where the last
 * batch came to one of them, those behind it. */
static void run_up_to(Running *r, const Parents *p, uint32_t k, const Reached *reached)
{
    Frame *f = r->f;
    uint64_t row = f->rows[k], first, from = 0;
    bool begins = reached->parent != p->rows[k] || reached->row >= row || r->n > 0 || k > 0;
    if (!begins) {
        r->sum = reached->sum;
        r->sum_f = reached->sum_f;
        from = reached->row + 1;
    }
    for (int s = 0; s < f->tp->nsegments; s++) {
        const Segment *segment = &f->tp->segments[s];
        if (segment->first_row + segment->rows > row)
            break;
        uint64_t n = eval_children(f->eval, f->table, segment, r->roll->fk, p->rows[k], &first);
        if (n == 0 || first + n <= from)
            continue;
        run_add(r, first > from ? first : from, first + n - 1, begins, UINT32_MAX);
        begins = false;
    }
    first = row - p->nth[k];
    run_add(r, first > from ? first : from, row, begins, k);
}

/* Neighbours under one parent go on where the last one stopped, so that a batch costs one pass. */
static const Vec *running(Frame *f, const Bound *bound)
{
    Arena *scratch = f->eval->scratch;
    const Parents *p = frame_parents(f, bound->roll->fk);
    Running *r = arena_new_of(scratch, Running);
    r->f = f;
    r->roll = bound->roll;
    r->inner = inner_eval(f->eval);
    r->call = (GenCall){.bound = bound,
                        .n = f->n,
                        .rows = f->rows,
                        .scratch = scratch,
                        .overflows = &f->eval->overflows};
    r->out = vec_new(scratch, bound->type.kind, bound->type.scale, f->n);
    r->range = expr_range(bound->type.kind);
    if (bound->type.kind == TYPE_DECIMAL) {
        int64_t most = decimal_pow10[bound->type.precision] - 1;
        r->range = (Range){-most, most};
    }
    Reached *reached = reached_of(f->eval, bound->roll);
    uint32_t last = UINT32_MAX;
    for (uint32_t k = 0; k < f->n; k++) {
        bool follows = k > 0 && p->rows[k] == p->rows[k - 1] && f->rows[k] > f->rows[k - 1] &&
                       p->nth[k] > p->nth[k - 1] &&
                       f->rows[k] - f->rows[k - 1] == p->nth[k] - p->nth[k - 1];
        last = p->rows[k] == ROW_NONE ? last : k;
        if (p->rows[k] == ROW_NONE)
            vec_nulls(r->out, scratch)[k] = 1;
        else if (follows)
            run_add(r, f->rows[k - 1] + 1, f->rows[k], false, k);
        else
            run_up_to(r, p, k, reached);
    }
    run_flush(r);
    if (last != UINT32_MAX) {
        reached->parent = p->rows[last];
        reached->row = f->rows[last];
        reached->sum = r->sum;
        reached->sum_f = r->sum_f;
    }
    return r->out;
}

static const Vec *compute(Frame *f, const Bound *bound)
{
    switch (bound->roll->what) {
    case ROLL_CHILDREN: return over_children(f, bound);
    case ROLL_RUNNING: return running(f, bound);
    default: return own_place(f, bound);
    }
}

const Vec *frame_roll(Frame *f, const Bound *bound)
{
    const Vec *v = compute(f, bound);
    Vec *out = (Vec *)v;
    for (uint32_t k = 0; out->null && k < out->n; k++) {
        if (!out->null[k])
            continue;
        if (out->s)
            out->s[k] = (Str){"", 0};
        else if (out->f)
            out->f[k] = 0;
        else
            out->i[k] = 0;
    }
    return out;
}

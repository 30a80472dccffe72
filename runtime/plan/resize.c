/* Fewer rows, or pruned rows again. Beyond what is wanted the newest rows go, and with them what
 * refers to them; each comes back as it was once it is wanted and its parents are there. Parents
 * are decided before their children. Pure: who refers to whom is computed, not read. */
#include <string.h>

#include "base/text.h"
#include "gen/eval.h"
#include "plan/plan_int.h"

typedef struct Resize {
    const Build *made; /* the rows as they are */
    bool prune;
    Eval *eval;
    unsigned char **out, **back; /* per table: a bit for each row; NULL: none */
    uint64_t *waiting;
    uint64_t **parents; /* of a batch, per foreign key; NULL: not in the plan */
    PlanChange *changes;
    int n;
    Arena *scratch, *mem;
    Err *err;
} Resize;

static bool has_bit(const unsigned char *bits, uint64_t row)
{
    return bits && (bits[row / 8] >> row % 8 & 1);
}

static void set_bit(Resize *r, unsigned char **bits, const TablePlan *tp, uint64_t row)
{
    if (!*bits)
        *bits = arena_alloc(r->scratch, (size_t)(tp->rows / 8 + 1));
    (*bits)[row / 8] |= (unsigned char)(1u << row % 8);
}

static const TablePlan *table_of(const Resize *r, int t)
{
    return &r->made->plan->tables[t];
}

static bool stays(const Resize *r, int t, uint64_t row)
{
    if (has_bit(r->out[t], row))
        return false;
    return !rowset_has(table_of(r, t)->gone_now, row) || has_bit(r->back[t], row);
}

/* ---------------------------------------------------------------- a batch of rows */

static void begin_table(Resize *r, int t)
{
    const TablePlan *tp = table_of(r, t);
    r->parents = arena_array(r->scratch, uint64_t *, tp->table->nfks + 1);
    for (int f = 0; f < tp->table->nfks; f++)
        if (tp->fks[f].parent >= 0)
            r->parents[f] = arena_array(r->scratch, uint64_t, BATCH_ROWS);
}

static void find_parents(Resize *r, int t, const uint64_t *rows, uint32_t n)
{
    for (int f = 0; f < table_of(r, t)->table->nfks; f++)
        if (r->parents[f])
            memcpy(r->parents[f], eval_parents(r->eval, t, f, rows, n), n * sizeof(uint64_t));
}

static bool parent_stays(const Resize *r, int t, int f, uint64_t row, uint32_t k)
{
    int parent = table_of(r, t)->fks[f].parent;
    uint64_t p = r->parents[f] ? r->parents[f][k] : ROW_NONE;
    return p == ROW_NONE || (parent == t && p == row) || stays(r, parent, p);
}

static bool parents_stay(const Resize *r, int t, uint64_t row, uint32_t k)
{
    for (int f = 0; f < table_of(r, t)->table->nfks; f++)
        if (!parent_stays(r, t, f, row, k))
            return false;
    return true;
}

/* A row that goes from under a parent that stays, and whose value is computed over its children. */
static const char *falsified(const Resize *r, int t, uint64_t row, uint32_t k)
{
    const TablePlan *tp = table_of(r, t);
    for (int f = 0; f < tp->table->nfks; f++)
        if (tp->fks[f].rolled_up && r->parents[f][k] != ROW_NONE && parent_stays(r, t, f, row, k))
            return tp->fks[f].rolled_up;
    return NULL;
}

static const char *rolled_up(const TablePlan *tp)
{
    for (int f = 0; f < tp->table->nfks; f++)
        if (tp->fks[f].rolled_up)
            return tp->fks[f].rolled_up;
    return NULL;
}

static bool refuse(Resize *r, int t, uint64_t rows, const char *total)
{
    const TablePlan *tp = table_of(r, t);
    if (rows == 0)
        return true;
    err_add(r->mem, r->err, ERR_REFUSED, tp->table->where, tp->table->name,
            "%s would go with other rows that they refer to, and %s is computed over them",
            text_plural((int64_t)rows, "row", r->mem), total);
    return err_hint(r->mem, r->err,
                    "leave these tables as they are, or --restart makes the smaller set anew");
}

/* ---------------------------------------------------------------- what goes */

static bool loses_parents(const Resize *r, int t)
{
    const TablePlan *tp = table_of(r, t);
    for (int f = 0; f < tp->table->nfks; f++)
        if (tp->fks[f].parent >= 0 && tp->fks[f].parent != t && r->out[tp->fks[f].parent])
            return true;
    return false;
}

static bool drop_orphans(Resize *r, int t)
{
    const TablePlan *tp = table_of(r, t);
    uint64_t rows[BATCH_ROWS], bad = 0;
    const char *total = NULL;
    for (uint64_t first = 0; first < tp->rows; first += BATCH_ROWS) {
        uint32_t n = tp->rows - first < BATCH_ROWS ? (uint32_t)(tp->rows - first) : BATCH_ROWS;
        for (uint32_t k = 0; k < n; k++)
            rows[k] = first + k;
        find_parents(r, t, rows, n);
        for (uint32_t k = 0; k < n; k++) {
            if (rowset_has(tp->gone_now, rows[k]) || parents_stay(r, t, rows[k], k))
                continue;
            const char *over = falsified(r, t, rows[k], k);
            total = over ? over : total;
            bad += over != NULL;
            set_bit(r, &r->out[t], tp, rows[k]);
            r->waiting[t]++;
        }
    }
    return refuse(r, t, bad, total);
}

static void drop_newest(Resize *r, int t, uint64_t surplus)
{
    const TablePlan *tp = table_of(r, t);
    for (uint64_t row = tp->rows; row-- > 0 && surplus > 0;)
        if (stays(r, t, row)) {
            set_bit(r, &r->out[t], tp, row);
            surplus--;
        }
}

/* ---------------------------------------------------------------- what comes back */

static bool restore(Resize *r, int t, uint64_t need)
{
    const TablePlan *tp = table_of(r, t);
    bool all = rolled_up(tp) != NULL;
    uint64_t rows[BATCH_ROWS], bad = 0;
    const char *total = NULL;
    for (size_t i = 0; tp->asleep && i < tp->asleep->nranges; i++) {
        const RowRange *range = &tp->asleep->ranges[i];
        for (uint64_t done = 0; done < range->rows; done += BATCH_ROWS) {
            uint32_t n =
                range->rows - done < BATCH_ROWS ? (uint32_t)(range->rows - done) : BATCH_ROWS;
            for (uint32_t k = 0; k < n; k++)
                rows[k] = range->first + done + k;
            find_parents(r, t, rows, n);
            for (uint32_t k = 0; k < n; k++) {
                if (parents_stay(r, t, rows[k], k)) {
                    if (need > 0 || all)
                        set_bit(r, &r->back[t], tp, rows[k]);
                    need -= need > 0;
                    continue;
                }
                const char *over = falsified(r, t, rows[k], k);
                total = over ? over : total;
                bad += over != NULL;
                r->waiting[t]++;
            }
        }
    }
    return refuse(r, t, bad, total);
}

/* ---------------------------------------------------------------- all tables */

static void add_change(Resize *r, int t, ChangeKind kind, const unsigned char *bits)
{
    const TablePlan *tp = table_of(r, t);
    RowSet *rows = rowset_new(r->mem);
    if (!bits)
        return;
    for (uint64_t row = 0; row < tp->rows; row++)
        if (has_bit(bits, row))
            rowset_add(rows, row, 1, r->mem);
    r->changes[r->n++] = (PlanChange){
        .table = plan_table_name(r->mem, tp->table), .run = PLAN_NOW, .kind = kind, .rows = rows};
}

static bool resize_table(Resize *r, int t)
{
    const TablePlan *tp = table_of(r, t);
    int64_t wanted = r->made->wanted[tp->recipe - r->made->recipe->tables];
    uint64_t live = tp->rows - tp->gone_rows;
    begin_table(r, t);
    if (r->prune && loses_parents(r, t) && !drop_orphans(r, t))
        return false;
    live -= r->waiting[t];
    if (r->prune && wanted >= 0 && live > (uint64_t)wanted && !rolled_up(tp))
        drop_newest(r, t, live - (uint64_t)wanted);
    uint64_t issued = tp->rows - rowset_rows(tp->asleep) - r->waiting[t];
    uint64_t need = wanted < 0                  ? UINT64_MAX
                    : (uint64_t)wanted > issued ? (uint64_t)wanted - issued
                                                : 0;
    if (!restore(r, t, need))
        return false;
    add_change(r, t, CHANGE_PRUNED, r->out[t]);
    add_change(r, t, CHANGE_RESTORED, r->back[t]);
    return true;
}

static bool is_unfinished(const Build *made)
{
    for (int t = 0; t < made->plan->ntables; t++)
        for (int s = 0; s < made->plan->tables[t].nsegments; s++)
            if (!made->plan->tables[t].segments[s].complete)
                return true;
    for (int i = 0; i < made->target->nchanges; i++)
        if (made->target->changes[i].kind == CHANGE_RESTORED && made->target->changes[i].unfinished)
            return true;
    return false;
}

/* Parents could not be decided before their children. */
static bool refuse_circles(Resize *r)
{
    for (int t = 0; r->prune && t < r->made->plan->ntables; t++) {
        const TablePlan *tp = table_of(r, t);
        for (int f = 0; f < tp->table->nfks; f++) {
            if (!tp->fks[f].fk->late)
                continue;
            err_add(r->mem, r->err, ERR_REFUSED, tp->fks[f].fk->where, tp->table->name,
                    "--prune cannot take rows out of tables that refer to each other in a circle");
            return err_hint(r->mem, r->err, "--restart makes the smaller set anew");
        }
    }
    return true;
}

bool plan_resize_needed(const PlanOptions *options, const PlanTarget *target)
{
    bool pruned = false;
    for (int i = 0; i < target->nchanges; i++)
        pruned = pruned || target->changes[i].kind == CHANGE_PRUNED;
    return (options->prune || pruned) && !options->keep_pruned && target->nhistory > 0 &&
           !target->history_only && !target->rows_only;
}

bool plan_resize(Build *b, const Build *made, PlanTarget *out)
{
    int n = made->plan->ntables;
    bool later = b->options->prune && is_unfinished(made);
    Arena *scratch = arena_new();
    Resize r = {.made = made,
                .prune = b->options->prune && !later,
                .eval = eval_new(made->plan),
                .out = arena_array(scratch, unsigned char *, n + 1),
                .back = arena_array(scratch, unsigned char *, n + 1),
                .waiting = arena_array(b->mem, uint64_t, n + 1),
                .changes = arena_copy(b->mem, b->target->changes, (size_t)b->target->nchanges,
                                      2 * (size_t)n + 1, sizeof *r.changes),
                .n = b->target->nchanges,
                .scratch = scratch,
                .mem = b->mem,
                .err = b->err};
    bool ok = refuse_circles(&r);
    for (int t = 0; ok && t < n; t++)
        ok = resize_table(&r, t);
    *out = *b->target;
    out->changes = r.changes;
    out->nchanges = r.n;
    b->waiting = r.waiting;
    if (later)
        plan_note(b,
                  "the unfinished run is finished first; --prune again removes what is too much");
    eval_free(r.eval);
    arena_free(scratch);
    return ok;
}

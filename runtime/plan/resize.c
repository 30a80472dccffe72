/* Fewer rows, or pruned rows again. Beyond what is wanted the newest rows go, and with them what
 * refers to them; each comes back as it was once it is wanted and its parents are there. Parents
 * are decided before their children; where tables refer to each other in a circle, again and again
 * until nothing changes. Pure: who refers to whom is computed, not read. */
#include <string.h>

#include "base/text.h"
#include "gen/eval.h"
#include "plan/plan_int.h"

typedef struct Resize {
    const Build *made; /* the rows as they are */
    bool prune;
    Eval *eval;
    unsigned char **out, **back; /* per table: a bit for each row; NULL: none */
    const RowSet **absent;       /* rows that can come back: pruned before, or out */
    unsigned char **kept;        /* of these, those that are known to come back */
    unsigned char **vain;        /* in circles: rows that would come back only without a parent */
    bool circles, hoping;        /* hoping: a late parent is taken to come back */
    uint64_t *waiting, *nkept;
    uint64_t *left; /* rows that stay; emptied: none any more, since a circle took them */
    bool *emptied;
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
    if (has_bit(r->back[t], row))
        return true;
    return !has_bit(r->out[t], row) && !plan_is_gone(table_of(r, t), row);
}

static bool may_return(const Resize *r, int t, uint64_t row)
{
    return rowset_has(r->absent[t], row) && !has_bit(r->vain[t], row);
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

/* A reference that went with a parent, when modify deleted that one, leads nowhere any more. */
static bool is_cleared(const TablePlan *tp, const ForeignKey *fk, uint64_t row)
{
    bool cleared = false;
    for (int i = 0; i < fk->ncols; i++)
        cleared = cleared || eval_is_cleared(tp, fk->cols[i], row);
    return cleared;
}

static void find_parents(Resize *r, int t, const uint64_t *rows, uint32_t n)
{
    const TablePlan *tp = table_of(r, t);
    for (int f = 0; f < tp->table->nfks; f++) {
        if (!r->parents[f])
            continue;
        memcpy(r->parents[f], eval_parents(r->eval, t, f, rows, n), n * sizeof(uint64_t));
        for (uint32_t k = 0; tp->ncleared && k < n; k++)
            if (is_cleared(tp, tp->fks[f].fk, rows[k]))
                r->parents[f][k] = ROW_NONE;
    }
}

static bool parent_stays(const Resize *r, int t, int f, uint64_t row, uint32_t k)
{
    const FkPlan *fk = &table_of(r, t)->fks[f];
    uint64_t p = r->parents[f] ? r->parents[f][k] : ROW_NONE;
    return p == ROW_NONE || (fk->parent == t && p == row) || stays(r, fk->parent, p) ||
           (r->hoping && fk->fk->late && may_return(r, fk->parent, p));
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
        if (tp->fks[f].parent >= 0 && (tp->fks[f].parent != t || r->circles) &&
            r->out[tp->fks[f].parent])
            return true;
    return false;
}

/* Rows that go now, since a parent went. */
static uint64_t drop_orphans(Resize *r, int t)
{
    const TablePlan *tp = table_of(r, t);
    uint64_t rows[BATCH_ROWS], dropped = 0;
    if (!loses_parents(r, t))
        return 0;
    begin_table(r, t);
    for (uint64_t first = 0; first < tp->rows; first += BATCH_ROWS) {
        uint32_t n = tp->rows - first < BATCH_ROWS ? (uint32_t)(tp->rows - first) : BATCH_ROWS;
        for (uint32_t k = 0; k < n; k++)
            rows[k] = first + k;
        find_parents(r, t, rows, n);
        for (uint32_t k = 0; k < n; k++) {
            if (!stays(r, t, rows[k]) || parents_stay(r, t, rows[k], k))
                continue;
            set_bit(r, &r->out[t], tp, rows[k]);
            dropped++;
        }
    }
    r->waiting[t] += dropped;
    return dropped;
}

static int64_t wanted_rows(const Resize *r, int t)
{
    return r->made->wanted[table_of(r, t)->recipe - r->made->recipe->tables];
}

static void drop_newest(Resize *r, int t)
{
    const TablePlan *tp = table_of(r, t);
    uint64_t live = tp->rows - tp->gone_rows - r->waiting[t];
    int64_t wanted = wanted_rows(r, t);
    uint64_t surplus =
        wanted >= 0 && live > (uint64_t)wanted && !rolled_up(tp) ? live - (uint64_t)wanted : 0;
    r->left[t] = live - surplus;
    for (uint64_t row = tp->rows; row-- > 0 && surplus > 0;)
        if (stays(r, t, row)) {
            set_bit(r, &r->out[t], tp, row);
            surplus--;
        }
}

/* What is too much, and what refers to it; in a circle a table is looked at again. */
static void drop_rows(Resize *r)
{
    int n = r->made->plan->ntables;
    for (int t = 0; t < n; t++) {
        drop_orphans(r, t);
        drop_newest(r, t);
    }
    for (bool again = r->circles; again;) {
        again = false;
        for (int t = 0; t < n; t++) {
            uint64_t dropped = drop_orphans(r, t);
            r->left[t] -= dropped;
            r->emptied[t] = r->emptied[t] || (dropped > 0 && r->left[t] == 0);
            again = again || dropped > 0;
        }
    }
}

/* ---------------------------------------------------------------- what comes back */

static const RowSet *rows_of(const Resize *r, int t, const unsigned char *bits, Arena *mem)
{
    RowSet *rows = rowset_new(mem);
    for (uint64_t row = 0; bits && row < table_of(r, t)->rows; row++)
        if (has_bit(bits, row))
            rowset_add(rows, row, 1, mem);
    return rows;
}

/* As many of the rows as are needed, of those whose parents stay. */
static void restore(Resize *r, int t)
{
    const TablePlan *tp = table_of(r, t);
    int64_t wanted = wanted_rows(r, t);
    uint64_t issued = tp->rows - rowset_rows(r->absent[t]), rows[BATCH_ROWS];
    uint64_t need = wanted < 0 || rolled_up(tp) ? UINT64_MAX
                    : (uint64_t)wanted > issued ? (uint64_t)wanted - issued
                                                : 0;
    need -= need == UINT64_MAX ? 0 : r->nkept[t];
    r->waiting[t] = 0;
    begin_table(r, t);
    RowCursor at = {0};
    for (uint32_t n; (n = rowset_read(r->absent[t], &at, rows, BATCH_ROWS)) > 0;) {
        find_parents(r, t, rows, n);
        for (uint32_t k = 0; k < n; k++) {
            if (has_bit(r->kept[t], rows[k]))
                continue;
            if (has_bit(r->vain[t], rows[k]) || !parents_stay(r, t, rows[k], k)) {
                r->waiting[t]++;
            } else if (need > 0) {
                set_bit(r, &r->back[t], tp, rows[k]);
                need--;
            }
        }
    }
}

/* Rows that came back for a late parent's sake which does not. */
static uint64_t hoped_in_vain(Resize *r, int t)
{
    const TablePlan *tp = table_of(r, t);
    uint64_t rows[BATCH_ROWS], vain = 0;
    begin_table(r, t);
    RowCursor at = {0};
    for (uint32_t n; r->back[t] && (n = rowset_read(r->absent[t], &at, rows, BATCH_ROWS)) > 0;) {
        find_parents(r, t, rows, n);
        for (uint32_t k = 0; k < n; k++)
            if (has_bit(r->back[t], rows[k]) && !parents_stay(r, t, rows[k], k)) {
                set_bit(r, &r->vain[t], tp, rows[k]);
                vain++;
            }
    }
    return vain;
}

static void copy_bits(Resize *r, int t, unsigned char **to, const unsigned char *from)
{
    size_t size = (size_t)(table_of(r, t)->rows / 8 + 1);
    if (!from && !*to)
        return;
    if (!*to)
        *to = arena_alloc(r->scratch, size);
    if (from)
        memcpy(*to, from, size);
    else
        memset(*to, 0, size);
}

/* Until nobody hopes in vain. How many more rows come back? */
static uint64_t restore_more(Resize *r)
{
    int n = r->made->plan->ntables;
    uint64_t more = 0;
    for (bool again = true; again;) {
        again = false;
        for (int t = 0; t < n; t++)
            copy_bits(r, t, &r->back[t], r->kept[t]);
        r->hoping = r->circles;
        for (int t = 0; t < n; t++)
            restore(r, t);
        r->hoping = false;
        for (int t = 0; t < n && r->circles; t++)
            again = hoped_in_vain(r, t) > 0 || again;
    }
    for (int t = 0; t < n; t++) {
        uint64_t kept = rowset_rows(rows_of(r, t, r->back[t], r->scratch));
        more += kept - r->nkept[t];
        r->nkept[t] = kept;
        copy_bits(r, t, &r->kept[t], r->back[t]);
        copy_bits(r, t, &r->vain[t], NULL);
    }
    return more;
}

/* In a circle a row that hoped in vain may do so no more when others are there. What went as too
 * much may be wanted after all, since a circle took so many others. */
static void restore_rows(Resize *r)
{
    int n = r->made->plan->ntables;
    for (int t = 0; t < n; t++)
        r->absent[t] =
            rowset_union(table_of(r, t)->asleep, rows_of(r, t, r->out[t], r->scratch), r->scratch);
    while (restore_more(r) > 0 && r->circles)
        ;
    for (int t = 0; t < n; t++)
        for (uint64_t byte = 0; r->out[t] && r->back[t] && byte < table_of(r, t)->rows / 8 + 1;
             byte++) {
            unsigned char both = r->out[t][byte] & r->back[t][byte];
            r->out[t][byte] ^= both;
            r->back[t][byte] ^= both;
        }
}

/* A row that is not there, while its parent is, whose value is computed over it. */
static bool check_totals(Resize *r, int t)
{
    const TablePlan *tp = table_of(r, t);
    const char *total = NULL;
    uint64_t rows[BATCH_ROWS], bad = 0;
    uint32_t n = 0;
    if (!rolled_up(tp))
        return true;
    begin_table(r, t);
    for (uint64_t row = 0; row <= tp->rows; row++) {
        if (row < tp->rows &&
            (has_bit(r->out[t], row) || (rowset_has(tp->asleep, row) && !has_bit(r->back[t], row))))
            rows[n++] = row;
        if (n < BATCH_ROWS && row < tp->rows)
            continue;
        find_parents(r, t, rows, n);
        for (uint32_t k = 0; k < n; k++) {
            const char *over = falsified(r, t, rows[k], k);
            total = over ? over : total;
            bad += over != NULL;
        }
        n = 0;
    }
    return refuse(r, t, bad, total);
}

/* ---------------------------------------------------------------- all tables */

static void add_change(Resize *r, int t, ChangeKind kind, const unsigned char *bits)
{
    const RowSet *rows = rows_of(r, t, bits, r->mem);
    if (rowset_rows(rows) == 0)
        return;
    r->changes[r->n++] = (PlanChange){.table = plan_table_name(r->mem, table_of(r, t)->table),
                                      .run = PLAN_NOW,
                                      .kind = kind,
                                      .rows = rows};
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

/* The first circle of the recipe, as text; NULL: none. */
static const char *circle_of(const Build *made, const char **where)
{
    for (int t = 0; t < made->plan->ntables; t++) {
        const Table *table = made->plan->tables[t].table;
        for (int f = 0; f < table->nfks; f++)
            if (made->late[made->order[t]][f]) {
                *where = table->fks[f].where;
                return made->late[made->order[t]][f];
            }
    }
    return NULL;
}

/* Fewer than wanted are as they are elsewhere; none at all is no smaller set. */
static bool refuse_emptied(Resize *r)
{
    for (int t = 0; t < r->made->plan->ntables; t++) {
        const TablePlan *tp = table_of(r, t);
        const char *where = NULL, *circle = circle_of(r->made, &where);
        if (!r->emptied[t] || r->nkept[t] > 0)
            continue;
        err_add(r->mem, r->err, ERR_REFUSED, where, tp->table->name,
                "--prune would leave none of its rows: each refers, over others, to one that is "
                "too much, since tables refer to each other in a circle: %s",
                circle);
        return err_hint(r->mem, r->err,
                        "--restart makes the smaller set anew; the numbers of an earlier run can "
                        "be had by --prune, since its rows refer to each other alone");
    }
    return true;
}

static bool resize(Resize *r)
{
    int n = r->made->plan->ntables;
    if (r->prune)
        drop_rows(r);
    restore_rows(r);
    bool ok = refuse_emptied(r);
    for (int t = 0; ok && t < n; t++)
        ok = check_totals(r, t);
    for (int t = 0; t < n; t++) {
        add_change(r, t, CHANGE_PRUNED, r->out[t]);
        add_change(r, t, CHANGE_RESTORED, r->back[t]);
    }
    return ok;
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
    const char *where;
    Arena *scratch = arena_new();
    Resize r = {.made = made,
                .prune = b->options->prune && !later,
                .eval = eval_new(made->plan),
                .out = arena_array(scratch, unsigned char *, n + 1),
                .back = arena_array(scratch, unsigned char *, n + 1),
                .vain = arena_array(scratch, unsigned char *, n + 1),
                .kept = arena_array(scratch, unsigned char *, n + 1),
                .absent = arena_array(scratch, const RowSet *, n + 1),
                .nkept = arena_array(scratch, uint64_t, n + 1),
                .left = arena_array(scratch, uint64_t, n + 1),
                .emptied = arena_array(scratch, bool, n + 1),
                .circles = circle_of(made, &where) != NULL,
                .waiting = arena_array(b->mem, uint64_t, n + 1),
                .changes = arena_copy(b->mem, b->target->changes, (size_t)b->target->nchanges,
                                      2 * (size_t)n + 1, sizeof *r.changes),
                .n = b->target->nchanges,
                .scratch = scratch,
                .mem = b->mem,
                .err = b->err};
    bool ok = resize(&r);
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

/* The list of steps, in the order in which they run. Tables that the run creates are loaded bare
 * when the run is large and the engine can add keys afterwards; the plan decides, the connector
 * only says what it can. */
#include <string.h>

#include "base/text.h"
#include "plan/plan_int.h"

/* Below this, adding keys afterwards costs more than it saves. */
#define BARE_ROWS 50000u

typedef struct StepList {
    Build *b;
    size_t cap;
    bool bare;
} StepList;

static Step *add_step(StepList *l, StepKind kind, int table)
{
    Plan *plan = l->b->plan;
    plan->steps =
        arena_grow(l->b->mem, plan->steps, &l->cap, (size_t)plan->nsteps + 1, sizeof *plan->steps);
    Step *step = &plan->steps[plan->nsteps++];
    *step = (Step){.kind = kind, .table = table, .segment = -1};
    return step;
}

static const char *name_of(const StepList *l, int t)
{
    return plan_table_name(l->b->mem, l->b->plan->tables[t].table);
}

/* Ours to shape: created by this run, or by the unfinished run that this one goes on with. */
static bool is_ours(const StepList *l, int t)
{
    const PlanTableFacts *facts = plan_facts(l->b->target, name_of(l, t));
    return !l->b->plan->tables[t].exists || (facts && facts->created_by_us);
}

static bool same_key_columns(const Table *a, const int *acols, const Table *b, const int *bcols,
                             int n)
{
    for (int i = 0; i < n; i++)
        if (strcmp(a->cols[acols[i]].name, b->cols[bcols[i]].name) != 0)
            return false;
    return true;
}

static bool key_is_there(const Table *table, const Key *key, const Table *there, const Key *keys,
                         int n)
{
    for (int i = 0; i < n; i++)
        if (keys[i].ncols == key->ncols &&
            same_key_columns(table, key->cols, there, keys[i].cols, key->ncols))
            return true;
    return false;
}

/* A resumed run finds some of the keys in place. */
static void mark_present(StepList *l, int t)
{
    Table *table = (Table *)l->b->plan->tables[t].table;
    const Table *there = catalog_table(l->b->target->catalog, table->schema, table->name);
    if (!there)
        return;
    table->primary.present = table->primary.ncols && there->primary.ncols;
    for (int i = 0; i < table->nuniques; i++)
        table->uniques[i].present =
            key_is_there(table, &table->uniques[i], there, there->uniques, there->nuniques);
    for (int i = 0; i < table->nindexes; i++)
        table->indexes[i].present =
            key_is_there(table, &table->indexes[i], there, there->indexes, there->nindexes);
    for (int f = 0; f < table->nfks; f++) {
        ForeignKey *fk = &table->fks[f];
        fk->present = table_same_fk(there, table, fk) != NULL;
        Key index = {.cols = fk->cols, .ncols = fk->ncols};
        if (!key_is_there(table, &index, there, there->indexes, there->nindexes) ||
            table_has_index_on(table, fk->cols, fk->ncols))
            continue;
        /* The index on the foreign key is there too: say so, or it would be made twice. */
        Key *more = arena_copy(l->b->mem, table->indexes, (size_t)table->nindexes, 1, sizeof *more);
        more[table->nindexes] = index;
        more[table->nindexes].present = true;
        table->indexes = more;
        table->nindexes++;
    }
}

static void create_step(StepList *l, int t)
{
    TablePlan *tp = &l->b->plan->tables[t];
    Arena *mem = l->b->mem;
    Engine engine = l->b->target->engine;
    if (tp->exists)
        return;
    int nkeys = 0;
    char **keys = l->bare ? NULL : dialect_add_keys(engine, tp->table, false, &nkeys, mem);
    const char **sql = arena_array(mem, const char *, nkeys + 2);
    sql[0] = dialect_create_table(engine, tp->table, !l->bare, mem);
    for (int i = 0; i < nkeys; i++)
        sql[i + 1] = keys[i];
    Step *step = add_step(l, STEP_CREATE_TABLE, t);
    for (int f = 0; f < tp->table->nfks && !l->bare; f++)
        tp->table->fks[f].present = !tp->table->fks[f].late || engine == ENGINE_SQLITE;
    step->sql = sql;
    step->nsql = nkeys + 1;
    step->what = arena_printf(mem, "create table %s (%s%s)", name_of(l, t),
                              text_plural(tp->table->ncols, "column", mem),
                              l->bare ? ", keys afterwards" : "");
}

static void sequence_step(StepList *l, int t)
{
    TablePlan *tp = &l->b->plan->tables[t];
    const Segment *last = &tp->segments[tp->nsegments - 1];
    for (int c = 0; c < tp->table->ncols; c++) {
        if (!tp->cols[c].serial || last->complete)
            continue;
        int64_t next = last->key_base[c] + (int64_t)last->rows;
        const char *sql =
            dialect_move_sequence(l->b->target->engine, tp->table, c, next, l->b->mem);
        if (!sql)
            continue;
        const char **list = arena_array(l->b->mem, const char *, 1);
        list[0] = sql;
        Step *step = add_step(l, STEP_MOVE_SEQUENCE, t);
        step->sql = list;
        step->nsql = 1;
        step->what = arena_printf(l->b->mem, "move the sequence of %s.%s to %s", name_of(l, t),
                                  tp->table->cols[c].name, text_count(next, l->b->mem));
    }
}

static void load_steps(StepList *l, int t)
{
    TablePlan *tp = &l->b->plan->tables[t];
    for (int s = 0; s < tp->nsegments; s++) {
        if (tp->segments[s].complete || tp->segments[s].rows == 0)
            continue;
        Step *step = add_step(l, STEP_LOAD, t);
        step->segment = s;
        step->rows = (int64_t)tp->segments[s].rows;
        step->path = l->b->target->load_path;
        step->what = arena_printf(l->b->mem, "load %s: %s by %s", name_of(l, t),
                                  text_plural((int64_t)tp->segments[s].rows, "row", l->b->mem),
                                  load_path_name(step->path));
    }
}

/* Pruned rows come back into the segments that they are of. */
static void restore_steps(StepList *l, int t)
{
    TablePlan *tp = &l->b->plan->tables[t];
    for (int s = 0; s < tp->nsegments; s++) {
        const Segment *segment = &tp->segments[s];
        uint64_t rows = rowset_before(tp->restored, segment->first_row + segment->rows) -
                        rowset_before(tp->restored, segment->first_row);
        if (rows == 0)
            continue;
        Step *step = add_step(l, STEP_LOAD, t);
        step->segment = s;
        step->restores = true;
        step->rows = (int64_t)rows;
        step->path = l->b->target->load_path;
        step->what =
            arena_printf(l->b->mem, "load %s: %s that were pruned, by %s", name_of(l, t),
                         text_plural((int64_t)rows, "row", l->b->mem), load_path_name(step->path));
    }
}

static void prune_steps(StepList *l)
{
    for (int t = l->b->plan->ntables - 1; t >= 0; t--) {
        int64_t rows = (int64_t)rowset_rows(l->b->plan->tables[t].pruned);
        if (rows == 0)
            continue;
        Step *step = add_step(l, STEP_DELETE, t);
        step->rows = rows;
        step->what = arena_printf(l->b->mem, "prune %s: delete %s", name_of(l, t),
                                  text_plural(rows, "row", l->b->mem));
    }
}

static void key_steps(StepList *l, int t, bool foreign)
{
    TablePlan *tp = &l->b->plan->tables[t];
    int n = 0;
    if (!is_ours(l, t) || (!l->bare && !tp->exists && !foreign))
        return;
    char **sql = foreign ? dialect_add_foreign_keys(l->b->target->engine, tp->table, &n, l->b->mem)
                         : dialect_add_keys(l->b->target->engine, tp->table, true, &n, l->b->mem);
    if (n == 0)
        return;
    Step *step = add_step(l, foreign ? STEP_ADD_FOREIGN : STEP_ADD_KEYS, t);
    step->sql = (const char *const *)sql;
    step->nsql = n;
    if (foreign)
        n = 0; /* keys, not statements */
    for (int f = 0; foreign && f < tp->table->nfks; f++)
        n += !tp->table->fks[f].present;
    step->what = arena_printf(l->b->mem, "add %s to %s",
                              text_plural(n, foreign ? "foreign key" : "key or index", l->b->mem),
                              name_of(l, t));
}

/* What circles need before or after the load. */
static void circle_steps(StepList *l, StepKind kind)
{
    Step step;
    for (int t = 0; t < l->b->plan->ntables; t++)
        if (plan_circle_step(l->b, t, kind, &step))
            *add_step(l, kind, t) = step;
}

static uint64_t rows_to_load(const Plan *plan)
{
    uint64_t rows = 0;
    for (int t = 0; t < plan->ntables; t++)
        for (int s = 0; s < plan->tables[t].nsegments; s++)
            if (!plan->tables[t].segments[s].complete)
                rows += plan->tables[t].segments[s].rows;
    return rows;
}

static uint64_t rows_to_restore(const Plan *plan)
{
    uint64_t rows = 0;
    for (int t = 0; t < plan->ntables; t++)
        rows += rowset_rows(plan->tables[t].restored);
    return rows;
}

/* Pruning is a transaction of its own, and so is a load whose keys are deferred to the commit. */
static bool one_or_the_other(Build *b)
{
    for (int t = 0; t < b->plan->ntables && plan_is_deferred(b->plan); t++) {
        const TablePlan *tp = &b->plan->tables[t];
        if (!tp->pruned)
            continue;
        err_add(b->mem, b->err, ERR_REFUSED, tp->table->where, tp->table->name,
                "its surplus cannot go in the run that also adds rows to tables which refer to "
                "each other in a circle: these are one transaction, in which a key is deferred");
        return err_hint(b->mem, b->err,
                        "prune first, and add the rows by a run after that: "
                        "--count TABLE=N,... sets the numbers apart");
    }
    return true;
}

/* Rows for files: there is no table to make, and nobody to ask whether all is well. */
static bool rows_alone(StepList *l)
{
    for (int t = 0; t < l->b->plan->ntables; t++)
        load_steps(l, t);
    return true;
}

bool plan_steps(Build *b)
{
    uint64_t rows = rows_to_load(b->plan);
    StepList l = {.b = b, .bare = b->target->keys_after && rows > BARE_ROWS};
    int n = b->plan->ntables;
    if (b->target->rows_only)
        return rows_alone(&l);
    if (!plan_circles(b, rows + rows_to_restore(b->plan)) || !one_or_the_other(b))
        return false;
    prune_steps(&l);
    for (int t = 0; t < n; t++) {
        if (is_ours(&l, t))
            mark_present(&l, t);
        create_step(&l, t);
    }
    for (int t = 0; t < n; t++)
        if (b->plan->tables[t].nsegments)
            sequence_step(&l, t);
    circle_steps(&l, STEP_DEFER_KEYS);
    for (int t = 0; t < n; t++) {
        restore_steps(&l, t);
        load_steps(&l, t);
    }
    circle_steps(&l, STEP_SET_REFERENCES);
    circle_steps(&l, STEP_SETTLE_KEYS);
    for (int t = 0; t < n; t++)
        key_steps(&l, t, false);
    for (int t = 0; t < n; t++)
        key_steps(&l, t, true);
    if (b->plan->nsteps)
        add_step(&l, STEP_VERIFY, -1)->what = "verify";
    return true;
}

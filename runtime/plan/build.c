/* plan_build: recipe, options and what is known of the target become one const Plan. Each step adds
 * every error it finds; a later step runs only when the earlier ones were clean, since its own
 * complaints would be echoes. */
#include <stdarg.h>
#include <string.h>

#include "plan/plan_int.h"

const PlanTableFacts *plan_facts(const PlanTarget *target, const char *table)
{
    for (int i = 0; i < target->nfacts; i++)
        if (strcmp(target->facts[i].table, table) == 0)
            return &target->facts[i];
    return NULL;
}

void plan_note(Build *b, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    const char *note = arena_vprintf(b->mem, fmt, ap);
    va_end(ap);
    b->notes = arena_grow(b->mem, b->notes, &b->notes_cap, (size_t)b->nnotes + 1, sizeof *b->notes);
    b->notes[b->nnotes++] = note;
    if (!b->plan)
        return; /* it takes them over when it is begun */
    b->plan->notes = b->notes;
    b->plan->nnotes = b->nnotes;
}

const char *plan_subject(Arena *mem, const Table *table, int col)
{
    return arena_printf(mem, "%s.%s", plan_table_name(mem, table), table->cols[col].name);
}

const char *plan_table_name(Arena *mem, const Table *table)
{
    return table->schema ? arena_printf(mem, "%s.%s", table->schema, table->name) : table->name;
}

const char *plan_columns_text(Arena *mem, const Table *table, const int *cols, int ncols)
{
    const char *text = "";
    for (int i = 0; i < ncols; i++)
        text = arena_printf(mem, "%s%s%s", text, i ? ", " : "", table->cols[cols[i]].name);
    return text;
}

const RowSet *plan_step_rows(const Plan *plan, const Step *step, Arena *mem)
{
    const TablePlan *tp = &plan->tables[step->table];
    if (step->kind == STEP_DELETE)
        return tp->pruned;
    const Segment *segment = &tp->segments[step->segment];
    if (step->restores)
        return rowset_part(tp->restored, segment->first_row, segment->rows, mem);
    RowSet *all = rowset_new(mem);
    rowset_add(all, segment->first_row, segment->rows, mem);
    return all;
}

uint64_t plan_new_rows(const Plan *plan)
{
    uint64_t rows = 0;
    for (int i = 0; i < plan->nsteps; i++)
        rows += plan->steps[i].kind == STEP_LOAD ? (uint64_t)plan->steps[i].rows : 0;
    return rows;
}

static bool plan_tables(Build *b)
{
    bool ok = true;
    for (int t = 0; t < b->plan->ntables; t++) {
        /* Children name this table's columns, so its own errors end the walk. Otherwise it goes on:
         * rows that are counted in spite of an error keep the children from complaining about
         * parents that they would have. */
        if (!plan_bind_table(b, t) || !plan_shared_keys(b, t))
            return false;
        const TablePlan *tp = &b->plan->tables[t];
        ok = plan_check_types(b, t) && ok;
        if (!tp->exists && !b->target->rows_only &&
            dialect_check(b->target->engine, tp->table, b->mem, b->err) > 0)
            ok = false;
        ok = plan_keyed_rows(b, t) && ok;
    }
    return ok;
}

static bool build(Build *b)
{
    const PlanOptions *options = b->options;
    const Recipe *recipe = b->recipe;
    Plan *plan = b->plan = arena_new_of(b->mem, Plan);
    plan->recipe = recipe;
    plan->env = options->env->name;
    plan->seed = options->has_seed ? options->seed : recipe->seed;
    plan->has_clock = options->has_clock || recipe->has_clock;
    plan->clock = options->has_clock ? options->clock : recipe->clock;
    plan->engine = recipe->engine;
    plan->digest = plan_digest(recipe, plan->seed, plan->has_clock, plan->clock, b->mem);
    plan->ntables = recipe->ntables;
    plan->tables = arena_array(b->mem, TablePlan, recipe->ntables);
    plan->notes = b->notes;
    plan->nnotes = b->nnotes;
    b->bindings = arena_array(b->mem, TableBinding, recipe->ntables + 1);

    bool ok = plan_counts(b);
    ok = plan_order(b) && ok;
    ok = ok && plan_shape(b) && plan_changes(b) && plan_tables(b);
    return ok && plan_steps(b);
}

static const Plan *build_resized(const Recipe *recipe, const PlanOptions *options,
                                 const PlanTarget *target, Arena *mem, Err *err)
{
    Build b = {.recipe = recipe, .options = options, .target = target, .mem = mem, .err = err};
    PlanTarget as_made, resized;
    if (plan_resize_needed(options, target)) {
        Build made = b;
        as_made = *target;
        as_made.history_only = true;
        made.target = &as_made;
        if (!build(&made) || !plan_resize(&b, &made, &resized))
            return NULL;
        b.target = &resized;
    }
    return build(&b) && (target->rows_only || plan_add_checks(b.plan, b.target, mem, err)) ? b.plan
                                                                                           : NULL;
}

static bool is_named(const Err *err, const char *subject)
{
    for (const ErrItem *item = err->first; item; item = item->next)
        if (item->code == ERR_DRIFT && item->subject && strcmp(item->subject, subject) == 0)
            return true;
    return false;
}

/* A column that does not fit the recipe is named as that. What else is wrong with a plan for tables
 * that have moved is an echo. */
static void join_drift(const Err *moved, const Err *built, Arena *mem, Err *err)
{
    for (const ErrItem *item = built->first; item; item = item->next)
        if (item->code == ERR_DRIFT)
            err_append(mem, err, item);
    for (const ErrItem *item = moved->first; item; item = item->next)
        if (!strchr(item->subject, '.') || !is_named(built, item->subject))
            err_append(mem, err, item);
}

const Plan *plan_build(const Recipe *recipe, const PlanOptions *options, const PlanTarget *target,
                       Arena *mem, Err *err)
{
    Err moved = {0}, built = {0};
    if (!target->catalog || target->undoing || !plan_moved(recipe, target, mem, &moved))
        return build_resized(recipe, options, target, mem, err);
    build_resized(recipe, options, target, mem, &built);
    join_drift(&moved, &built, mem, err);
    return NULL;
}

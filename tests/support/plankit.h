/* Plans from recipes given as text, for tests of plan/: one arena and one error list a test. To be
 * included by a test's only file, after cmocka. */
#ifndef SEEDPIPE_TEST_PLANKIT_H
#define SEEDPIPE_TEST_PLANKIT_H

#include <string.h>

#include "gen/eval.h"
#include "plan/plan.h"
#include "recipe/recipe.h"

static Arena *mem;
static Err err;
static Eval *frames[64]; /* of lasting_column */
static int nframes;
static Env env = {.name = "dev", .confirm_rows = 10000};

/* What plans made, as their ledger tells it. */
static PlanHistory kit_history[512];
static int kit_nhistory;

static inline int setup(void **state)
{
    (void)state;
    kit_nhistory = 0;
    mem = arena_new();
    err_clear(&err);
    return 0;
}

static inline int teardown(void **state)
{
    (void)state;
    while (nframes > 0)
        eval_free(frames[--nframes]);
    arena_free(mem);
    return 0;
}

static inline const Recipe *recipe(const char *body)
{
    RecipeSource source = {.name = "t.lua"};
    source.text = arena_printf(
        mem, "local r = recipe { name = \"t\", seed = 7, clock = \"2026-01-01\" }\n%s\nreturn r\n",
        body);
    source.len = strlen(source.text);
    const Recipe *r = recipe_load_sources(&source, 1, mem, &err);
    if (!r)
        print_message("%s: %s\n", err.first->where, err.first->message);
    assert_non_null(r);
    return r;
}

static inline PlanOptions options(void)
{
    return (PlanOptions){.env = &env, .count = -1};
}

static inline const Plan *plan_with(const char *body, PlanOptions o, PlanTarget target)
{
    return plan_build(recipe(body), &o, &target, mem, &err);
}

static inline const Plan *plan(const char *body)
{
    const Plan *p = plan_with(body, options(),
                              (PlanTarget){.engine = ENGINE_SQLITE, .load_path = LOAD_PREPARED});
    if (!p)
        print_message("%s: %s\n", err.first->subject, err.first->message);
    assert_non_null(p);
    return p;
}

static inline const TablePlan *table(const Plan *p, const char *name)
{
    int t = plan_table(p, name);
    assert_true(t >= 0);
    return &p->tables[t];
}

static inline const Vec *column(Eval *eval, const Plan *p, const char *t, const char *name,
                                uint32_t n)
{
    uint64_t *rows = arena_array(mem, uint64_t, n);
    for (uint32_t i = 0; i < n; i++)
        rows[i] = i;
    int at = plan_table(p, t);
    return eval_column(eval, at, table_column(p->tables[at].table, name), rows, n);
}

/* The plan is refused with this code and a hint; a message or a subject has this part. */
static inline void plan_refused(const char *body, ErrCode code, const char *part)
{
    err_clear(&err);
    const Plan *p = plan_with(body, options(), (PlanTarget){.engine = ENGINE_SQLITE});
    assert_null(p);
    assert_int_equal(err.first->code, code);
    bool found = false;
    for (const ErrItem *e = err.first; e; e = e->next)
        found = found || strstr(e->message, part) || (e->subject && strstr(e->subject, part));
    if (!found)
        print_message("not found \"%s\" in: %s: %s\n", part, err.first->subject,
                      err.first->message);
    assert_true(found);
    assert_non_null(err.first->hint);
}

/* The same, and it lives until the test ends. */
static inline const Vec *lasting_column(const Plan *p, const char *t, const char *name, uint32_t n)
{
    assert_in_range(nframes, 0, 63);
    frames[nframes] = eval_new(p);
    return column(frames[nframes++], p, t, name, n);
}

/* The plan is done, as a run of this number. */
static inline void plan_done(const Plan *plan, int run)
{
    for (int t = 0; t < plan->ntables; t++) {
        const TablePlan *tp = &plan->tables[t];
        int seen = 0;
        for (int i = 0; i < kit_nhistory; i++)
            seen += strcmp(kit_history[i].table, tp->table->name) == 0;
        for (int s = seen; s < tp->nsegments; s++) {
            assert_in_range(kit_nhistory, 0, 511);
            kit_history[kit_nhistory++] =
                (PlanHistory){.table = tp->table->name,
                              .first_row = tp->segments[s].first_row,
                              .rows = tp->segments[s].rows,
                              .text = plan_segment_text(tp, &tp->segments[s], mem),
                              .run = run,
                              .committed = tp->segments[s].rows};
        }
    }
}

#endif

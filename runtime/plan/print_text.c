/* The plan as a person reads it. */
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "plan/print_int.h"

static void print_head(const Plan *plan, const PlanTarget *target, FILE *out, Arena *mem)
{
    const char *clock = "none";
    if (plan->has_clock) {
        Buf text;
        buf_init(&text, 64);
        buf_timestamp(&text, plan->clock, 0);
        clock = arena_strdup(mem, buf_cstr(&text));
        buf_free(&text);
    }
    fprintf(out, "plan    %s\n", plan->recipe->name);
    fprintf(out, "target  %s%s\n",
            target->sink                                 ? target->sink
            : target->catalog && target->catalog->server ? target->catalog->server
                                                         : engine_name(target->engine),
            target->catalog || target->sink ? "" : " (offline: nothing is known of what it holds)");
    fprintf(out, "env     %s   seed %llu   clock %s   engine %d\n", plan->env,
            (unsigned long long)plan->seed, clock, plan->engine);
    fprintf(out, "digest  %s\n", plan->digest);
}

static const char *parents_text(const Plan *plan, const TablePlan *tp, Arena *mem)
{
    const char *text = "";
    for (int f = 0; f < tp->table->nfks; f++) {
        const FkPlan *fk = &tp->fks[f];
        const char *parent = fk->parent >= 0 ? plan_table_name(mem, plan->tables[fk->parent].table)
                                             : fk->fk->ref_table;
        const char *how = fk_is_per(fk)         ? "per "
                          : fk->forest          ? "trees of "
                          : fk->mode == FK_SELF ? "earlier "
                                                : "";
        text = arena_printf(mem, "%s%s%s%s", text, *text ? ", " : "", how, parent);
    }
    return text;
}

static void print_tables(const Plan *plan, FILE *out, Arena *mem)
{
    int width = 5;
    for (int t = 0; t < plan->ntables; t++) {
        int n = (int)strlen(plan_table_name(mem, plan->tables[t].table));
        width = n > width ? n : width;
    }
    fprintf(out, "\n%-*s  %14s  %14s  %-8s  %s\n", width, "table", "rows to add", "there already",
            "state", "parents");
    for (int t = 0; t < plan->ntables; t++) {
        const TablePlan *tp = &plan->tables[t];
        uint64_t added = print_rows_added(tp);
        const char *parents = parents_text(plan, tp, mem);
        fprintf(out, "%-*s  %14s  %14s  %-8s%s%s\n", width, plan_table_name(mem, tp->table),
                text_count((int64_t)added, mem),
                text_count((int64_t)(tp->rows - tp->gone_rows - added), mem),
                tp->exists ? "exists" : "new", *parents ? "  " : "", parents);
    }
}

static void print_steps(const Plan *plan, bool with_sql, const PlanTarget *target, FILE *out,
                        Arena *mem)
{
    fprintf(out, "\nsteps%s\n", plan->nsteps ? "" : ": none, everything is there already");
    for (int i = 0; i < plan->nsteps; i++) {
        const Step *step = &plan->steps[i];
        if (step->kind == STEP_VERIFY)
            fprintf(out, "%4d  verify: %s\n", i + 1, text_plural(plan->nchecks, "check", mem));
        else
            fprintf(out, "%4d  %s\n", i + 1, step->what);
        for (int s = 0; with_sql && s < step->nsql; s++)
            fprintf(out, "      %s;\n", step->sql[s]);
        if (with_sql && step->kind == STEP_LOAD)
            fprintf(out, "      -- a sample row\n      %s;\n",
                    print_sample(plan, step, target->engine, mem));
    }
}

void print_text(const Plan *plan, bool with_sql, const PlanTarget *target, FILE *out, Arena *mem)
{
    print_head(plan, target, out, mem);
    print_tables(plan, out, mem);
    print_steps(plan, with_sql, target, out, mem);
    if (plan->nchecks || !target->rows_only)
        fprintf(out, "\nchecks\n");
    for (int i = 0; i < plan->nchecks; i++) {
        fprintf(out, "      %-10s  %s\n", check_kind_name(plan->checks[i].kind),
                plan->checks[i].name);
        if (with_sql)
            fprintf(out, "      %s;\n", plan->checks[i].sql);
    }
    if (plan->nnotes)
        fprintf(out, "\nnotes\n");
    for (int i = 0; i < plan->nnotes; i++)
        fprintf(out, "      %s\n", plan->notes[i]);
}

/* The plan as JSON for programs, and as Graphviz dot. */
#include <stdlib.h>

#include <jansson.h>

#include "base/text.h"
#include "plan/print_int.h"

static json_t *columns_json(const TablePlan *tp, Arena *mem)
{
    json_t *list = json_array();
    for (int c = 0; c < tp->table->ncols; c++) {
        const Column *col = &tp->table->cols[c];
        json_t *one = json_pack("{s:s, s:s, s:b}", "name", col->name, "type",
                                type_text(&col->type, mem), "nullable", col->nullable);
        if (tp->cols[c].pii)
            json_object_set_new(one, "pii", json_string(tp->cols[c].pii));
        json_array_append_new(list, one);
    }
    return list;
}

static json_t *parents_json(const TablePlan *tp, Arena *mem)
{
    json_t *list = json_array();
    for (int f = 0; f < tp->table->nfks; f++) {
        const FkPlan *fk = &tp->fks[f];
        static const char *const modes[] = {"drawn", "per", "self", "pool", "per"};
        json_array_append_new(
            list, json_pack("{s:s, s:s, s:s}", "columns",
                            plan_columns_text(mem, tp->table, fk->fk->cols, fk->fk->ncols), "table",
                            fk->fk->ref_table, "mode", modes[fk->mode]));
    }
    return list;
}

static json_t *tables_json(const Plan *plan, Arena *mem)
{
    json_t *list = json_array();
    for (int t = 0; t < plan->ntables; t++) {
        const TablePlan *tp = &plan->tables[t];
        uint64_t added = print_rows_added(tp);
        json_array_append_new(
            list,
            json_pack("{s:s, s:I, s:I, s:b, s:o, s:o}", "table", plan_table_name(mem, tp->table),
                      "rows_to_add", (json_int_t)added, "rows_before",
                      (json_int_t)(tp->rows - tp->gone_rows - added), "exists", tp->exists,
                      "columns", columns_json(tp, mem), "parents", parents_json(tp, mem)));
    }
    return list;
}

static json_t *steps_json(const Plan *plan, bool with_sql, const PlanTarget *target, Arena *mem)
{
    json_t *list = json_array();
    for (int i = 0; i < plan->nsteps; i++) {
        const Step *step = &plan->steps[i];
        json_t *one =
            json_pack("{s:s, s:s}", "kind", step_kind_name(step->kind), "what", step->what);
        if (step->table >= 0)
            json_object_set_new(one, "table",
                                json_string(plan_table_name(mem, plan->tables[step->table].table)));
        if (step->kind == STEP_LOAD || step->kind == STEP_DELETE)
            json_object_set_new(one, "rows", json_integer((json_int_t)step->rows));
        if (step->kind == STEP_LOAD) {
            json_object_set_new(one, "path", json_string(load_path_name(step->path)));
        }
        if (with_sql) {
            json_t *sql = json_array();
            for (int s = 0; s < step->nsql; s++)
                json_array_append_new(sql, json_string(step->sql[s]));
            if (step->kind == STEP_LOAD)
                json_object_set_new(one, "sample",
                                    json_string(print_sample(plan, step, target->engine, mem)));
            json_object_set_new(one, "sql", sql);
        }
        json_array_append_new(list, one);
    }
    return list;
}

void print_json(const Plan *plan, bool with_sql, const PlanTarget *target, FILE *out, Arena *mem)
{
    json_t *checks = json_array();
    for (int i = 0; i < plan->nchecks; i++) {
        json_t *one =
            json_pack("{s:s, s:s, s:I}", "kind", check_kind_name(plan->checks[i].kind), "name",
                      plan->checks[i].name, "expected", (json_int_t)plan->checks[i].expected);
        if (with_sql)
            json_object_set_new(one, "sql", json_string(plan->checks[i].sql));
        json_array_append_new(checks, one);
    }
    json_t *notes = json_array();
    for (int i = 0; i < plan->nnotes; i++)
        json_array_append_new(notes, json_string(plan->notes[i]));
    json_t *all = json_pack("{s:s, s:s, s:s, s:I, s:i, s:s}", "recipe", plan->recipe->name, "env",
                            plan->env, "target", engine_name(target->engine), "seed",
                            (json_int_t)plan->seed, "engine", plan->engine, "digest", plan->digest);
    if (plan->has_clock)
        json_object_set_new(all, "clock_us", json_integer((json_int_t)plan->clock));
    json_object_set_new(all, "tables", tables_json(plan, mem));
    json_object_set_new(all, "steps", steps_json(plan, with_sql, target, mem));
    json_object_set_new(all, "checks", checks);
    json_object_set_new(all, "notes", notes);
    json_dumpf(all, out, JSON_INDENT(2));
    fputc('\n', out);
    json_decref(all);
}

static void dot_string(FILE *out, const char *s)
{
    fputc('"', out);
    for (; *s; s++) {
        if (*s == '"' || *s == '\\')
            fputc('\\', out);
        fputc(*s, out);
    }
    fputc('"', out);
}

void print_dot(const Plan *plan, FILE *out, Arena *mem)
{
    fputs("digraph ", out);
    dot_string(out, plan->recipe->name);
    fputs(" {\n  rankdir=LR;\n  node [shape=box];\n", out);
    for (int t = 0; t < plan->ntables; t++) {
        const TablePlan *tp = &plan->tables[t];
        const char *name = plan_table_name(mem, tp->table);
        fputs("  ", out);
        dot_string(out, name);
        fputs(" [label=", out);
        dot_string(out,
                   arena_printf(mem, "%s: %s", name, text_plural((int64_t)tp->rows, "row", mem)));
        fputs("];\n", out);
    }
    for (int t = 0; t < plan->ntables; t++) {
        const TablePlan *tp = &plan->tables[t];
        for (int f = 0; f < tp->table->nfks; f++) {
            const FkPlan *fk = &tp->fks[f];
            fputs("  ", out);
            dot_string(out, plan_table_name(mem, tp->table));
            fputs(" -> ", out);
            dot_string(out, fk->parent >= 0 ? plan_table_name(mem, plan->tables[fk->parent].table)
                                            : fk->fk->ref_table);
            fputs(" [label=", out);
            dot_string(out, plan_columns_text(mem, tp->table, fk->fk->cols, fk->fk->ncols));
            fputs("];\n", out);
        }
    }
    fputs("}\n", out);
}

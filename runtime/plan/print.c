/* Plans for people and programs. The same plan prints the same bytes: no times, no addresses, no
 * order of hashing. */
#include "base/buf.h"
#include "gen/eval.h"
#include "plan/print_int.h"

uint64_t print_rows_added(const TablePlan *tp)
{
    uint64_t rows = 0;
    for (int s = 0; s < tp->nsegments; s++)
        if (!tp->segments[s].complete)
            rows += tp->segments[s].rows;
    return rows + rowset_rows(tp->restored);
}

const char *print_sample(const Plan *plan, const Step *step, Engine engine, Arena *mem)
{
    const TablePlan *tp = &plan->tables[step->table];
    Eval *eval = eval_new(plan);
    Batch batch = eval_batch(eval, step->table, tp->segments[step->segment].first_row, 1);
    Buf sql;
    buf_init(&sql, 1u << 24);
    dialect_insert(engine, &sql, tp->table, tp->load_cols, tp->nload);
    buf_byte(&sql, '(');
    for (int i = 0; i < batch.ncols; i++) {
        buf_str(&sql, i ? ", " : "");
        dialect_literal(engine, &sql, &tp->table->cols[tp->load_cols[i]].type, batch.cols[i], 0);
    }
    buf_byte(&sql, ')');
    const char *text = arena_strndup(mem, sql.data, sql.len);
    buf_free(&sql);
    eval_free(eval);
    return text;
}

void plan_print(const Plan *plan, PlanFormat format, bool with_sql, const PlanTarget *target,
                FILE *out)
{
    Arena *mem = arena_new();
    if (format == PLAN_JSON)
        print_json(plan, with_sql, target, out, mem);
    else if (format == PLAN_DOT)
        print_dot(plan, out, mem);
    else
        print_text(plan, with_sql, target, out, mem);
    arena_free(mem);
}

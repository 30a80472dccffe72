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
    return rows;
}

static void put_cell(Buf *sql, Engine engine, const Vec *v, uint32_t i)
{
    if (vec_is_null(v, i)) {
        buf_str(sql, "NULL");
        return;
    }
    bool quoted = v->kind == TYPE_DATE || v->kind == TYPE_TIMESTAMP || v->kind == TYPE_TIME;
    if (quoted)
        buf_byte(sql, '\'');
    switch (v->kind) {
    case TYPE_BOOL:
        buf_str(sql,
                engine == ENGINE_POSTGRES ? (v->i[i] ? "true" : "false") : (v->i[i] ? "1" : "0"));
        break;
    case TYPE_INT: buf_i64(sql, v->i[i]); break;
    case TYPE_DECIMAL: buf_decimal(sql, v->i[i], v->scale); break;
    case TYPE_FLOAT: buf_double(sql, v->f[i]); break;
    case TYPE_DATE: buf_date(sql, v->i[i]); break;
    case TYPE_TIME: buf_time(sql, v->i[i], v->scale); break;
    case TYPE_TIMESTAMP: buf_timestamp(sql, v->i[i], v->scale); break;
    default: dialect_string(engine, sql, v->s[i].p, v->s[i].n);
    }
    if (quoted)
        buf_byte(sql, '\'');
}

const char *print_sample(const Plan *plan, const Step *step, Engine engine, Arena *mem)
{
    const TablePlan *tp = &plan->tables[step->table];
    Eval *eval = eval_new(plan);
    Batch batch = eval_batch(eval, step->table, tp->segments[step->segment].first_row, 1);
    Buf sql;
    buf_init(&sql, 1u << 24);
    buf_str(&sql, "INSERT INTO ");
    dialect_table(engine, &sql, tp->table->schema, tp->table->name);
    buf_str(&sql, " (");
    for (int i = 0; i < tp->nload; i++) {
        buf_str(&sql, i ? ", " : "");
        dialect_ident(engine, &sql, tp->table->cols[tp->load_cols[i]].name);
    }
    buf_str(&sql, ") VALUES (");
    for (int i = 0; i < batch.ncols; i++) {
        buf_str(&sql, i ? ", " : "");
        put_cell(&sql, engine, batch.cols[i], 0);
    }
    buf_str(&sql, ")");
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

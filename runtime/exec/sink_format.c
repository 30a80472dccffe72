/* Rows as CSV, JSON lines or INSERT statements. Where a statement ends depends on the rows of its
 * piece alone. */
#include <string.h>

#include "exec/sink_int.h"
#include "model/cell.h"

#define STATEMENT_ROWS  500u
#define STATEMENT_BYTES (512u << 10)
#define HEADER_MAX      (1u << 24)

const char *sink_csv_header(const TablePlan *tp, Arena *mem)
{
    Buf out;
    buf_init(&out, HEADER_MAX);
    for (int c = 0; c < tp->nload; c++) {
        const char *name = tp->table->cols[tp->load_cols[c]].name;
        buf_str(&out, c ? "," : "");
        cell_put_csv_text(&out, name, strlen(name));
    }
    buf_byte(&out, '\n');
    const char *text = arena_strndup(mem, out.data, out.len);
    buf_free(&out);
    return text;
}

const Str *sink_json_names(const TablePlan *tp, Arena *mem)
{
    Str *names = arena_array(mem, Str, tp->nload + 1);
    Buf out;
    buf_init(&out, HEADER_MAX);
    for (int c = 0; c < tp->nload; c++) {
        const char *name = tp->table->cols[tp->load_cols[c]].name;
        buf_reset(&out);
        buf_byte(&out, c ? ',' : '{');
        cell_put_json_text(&out, name, strlen(name));
        buf_byte(&out, ':');
        names[c] = (Str){arena_strndup(mem, out.data, out.len), (uint32_t)out.len};
    }
    buf_free(&out);
    return names;
}

static void put_csv(const Batch *batch, Buf *out)
{
    for (uint32_t k = 0; k < batch->n; k++) {
        for (int c = 0; c < batch->ncols; c++) {
            if (c)
                buf_byte(out, ',');
            cell_put_csv(out, batch->cols[c], k);
        }
        buf_byte(out, '\n');
    }
}

static void put_json(const Batch *batch, const Str *names, Buf *out)
{
    for (uint32_t k = 0; k < batch->n; k++) {
        for (int c = 0; c < batch->ncols; c++) {
            buf_put(out, names[c].p, names[c].n);
            cell_put_json(out, batch->cols[c], k);
        }
        buf_str(out, batch->ncols ? "}\n" : "{}\n");
    }
}

static void put_sql(Engine engine, const TablePlan *tp, const Batch *batch, SinkStatement *st,
                    Buf *out)
{
    for (uint32_t k = 0; k < batch->n; k++) {
        if (st->rows > 0 &&
            (st->rows == STATEMENT_ROWS || out->len - st->start > STATEMENT_BYTES)) {
            buf_str(out, ";\n");
            st->rows = 0;
        }
        if (st->rows++ == 0) {
            st->start = out->len;
            dialect_insert(engine, out, tp->table, tp->load_cols, tp->nload);
            buf_str(out, "\n(");
        } else {
            buf_str(out, ",\n(");
        }
        for (int c = 0; c < batch->ncols; c++) {
            if (c)
                buf_str(out, ", ");
            dialect_literal(engine, out, &tp->table->cols[tp->load_cols[c]].type, batch->cols[c],
                            k);
        }
        buf_byte(out, ')');
    }
}

void sink_begin_piece(const Sink *sink, Buf *out)
{
    if (sink->kind == SINK_SQL)
        buf_str(out, dialect_rows_begin(sink->engine));
}

void sink_put_rows(const Sink *sink, int table, const Batch *batch, SinkStatement *statement,
                   Buf *out)
{
    switch (sink->kind) {
    case SINK_NULL: break;
    case SINK_CSV: put_csv(batch, out); break;
    case SINK_JSONL: put_json(batch, sink->json_names[table], out); break;
    case SINK_SQL:
        put_sql(sink->engine, &sink->s->plan->tables[table], batch, statement, out);
        break;
    }
}

void sink_end_piece(const Sink *sink, SinkStatement *statement, Buf *out)
{
    if (sink->kind != SINK_SQL)
        return;
    buf_str(out, statement->rows ? ";\n" : "");
    buf_str(out, dialect_rows_end(sink->engine));
}

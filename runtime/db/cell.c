/* Cells and errors as every connector needs them: text from a database into typed vectors, and a
 * failure reduced to what holds no data. */
#include <stdlib.h>
#include <string.h>

#include "db/db_int.h"

bool db_error_add(Arena *mem, Err *err, const DbReport *report, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    const char *text = arena_vprintf(mem, fmt, ap);
    va_end(ap);
    const char *subject = report->subject;
    if (!subject && report->table)
        subject = report->column ? arena_printf(mem, "%s.%s", report->table, report->column)
                                 : report->table;
    err_add(mem, err, report->code, NULL, subject, "%s", text);
    err->last->sqlstate = arena_strdup(mem, report->sqlstate);
    err->last->table = arena_strdup(mem, report->table);
    err->last->column = arena_strdup(mem, report->column);
    err->last->constraint = arena_strdup(mem, report->constraint);
    err->last->position = report->position;
    return false;
}

Vec **db_vectors(Arena *mem, const Type *types, int ncols)
{
    Vec **vecs = arena_array(mem, Vec *, ncols + 1);
    for (int c = 0; c < ncols; c++)
        vecs[c] = vec_new(mem, types[c].kind, types[c].scale, BATCH_ROWS);
    return vecs;
}

void db_vectors_reset(Vec **vecs, int ncols)
{
    for (int c = 0; c < ncols; c++) {
        if (vecs[c]->null)
            memset(vecs[c]->null, 0, BATCH_ROWS);
        vecs[c]->n = BATCH_ROWS;
    }
}

void db_vectors_count(Vec **vecs, int ncols, uint32_t n)
{
    for (int c = 0; c < ncols; c++)
        vecs[c]->n = n;
}

void db_cell_null(Vec *v, uint32_t row, Arena *vectors)
{
    vec_nulls(v, vectors)[row] = 1;
    if (v->i)
        v->i[row] = 0;
    if (v->f)
        v->f[row] = 0;
    if (v->s)
        v->s[row] = (Str){"", 0};
}

void db_cell_unfit(Vec *v, uint32_t row, Arena *vectors)
{
    if (v->i)
        v->i[row] = DB_UNFIT;
    else if (v->f)
        v->f[row] = (double)__builtin_nan("");
    else
        db_cell_null(v, row, vectors);
}

void db_put_columns(Engine engine, Buf *out, const Table *table, const int *cols, int ncols)
{
    for (int i = 0; i < ncols; i++) {
        buf_str(out, i ? ", " : "");
        dialect_ident(engine, out, table->cols[cols[i]].name);
    }
}

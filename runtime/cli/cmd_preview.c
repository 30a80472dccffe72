/* seedpipe preview: the first rows of a table, made without a database. */
#include <string.h>

#include "base/map.h"
#include "base/text.h"
#include "base/utf8.h"
#include "cli/cli_int.h"
#include "gen/eval.h"
#include "model/cell.h"

#define CELL_WIDTH  40
#define MAX_COLUMNS 64 /* of a table for people; JSON and CSV show all */
#define PREVIEW_MAX (1u << 30)

_Static_assert(CLI_MAX_PREVIEW <= BATCH_ROWS, "one batch holds a preview");

static const char *column_name(const TablePlan *tp, int c)
{
    return tp->table->cols[tp->load_cols[c]].name;
}

static const char *short_cell(const Vec *v, uint32_t row, Arena *mem)
{
    const char *text = cell_text(v, row, mem);
    text = term_clean(text, strlen(text), mem);
    size_t n = strlen(text);
    if (utf8_length(text, n) <= CELL_WIDTH)
        return text;
    return arena_printf(mem, "%.*s...", (int)utf8_prefix(text, n, CELL_WIDTH - 3), text);
}

static void print_text(App *app, const TablePlan *tp, const Batch *batch)
{
    int ncols = tp->nload < MAX_COLUMNS ? tp->nload : MAX_COLUMNS;
    char align[MAX_COLUMNS + 1] = "";
    const char *cells[MAX_COLUMNS];
    for (int c = 0; c < ncols; c++) {
        align[c] = type_is_numeric(tp->table->cols[tp->load_cols[c]].type.kind) ? 'r' : 'l';
        cells[c] = column_name(tp, c);
    }
    Grid *grid = grid_new(align, app->mem);
    grid_row(grid, STYLE_BOLD, cells);
    for (uint32_t r = 0; r < batch->n; r++) {
        for (int c = 0; c < ncols; c++)
            cells[c] = short_cell(batch->cols[c], r, app->mem);
        grid_row(grid, STYLE_NONE, cells);
    }
    grid_print(grid, &app->out, 0);
    fprintf(app->out.file, "%s%s of %s%s\n", term_style(&app->out, STYLE_DIM),
            text_count((int64_t)batch->n, app->mem),
            text_plural((int64_t)tp->rows, "row", app->mem), term_style(&app->out, STYLE_NONE));
}

static void put_json(const TablePlan *tp, const Batch *batch, Buf *out)
{
    buf_str(out, "[");
    for (uint32_t r = 0; r < batch->n; r++) {
        buf_str(out, r ? ",\n  {" : "\n  {");
        for (int c = 0; c < batch->ncols; c++) {
            buf_str(out, c ? ", " : "");
            cell_put_json_text(out, column_name(tp, c), strlen(column_name(tp, c)));
            buf_str(out, ": ");
            cell_put_json(out, batch->cols[c], r);
        }
        buf_byte(out, '}');
    }
    buf_str(out, "\n]\n");
}

static void put_csv(const TablePlan *tp, const Batch *batch, Buf *out)
{
    for (int c = 0; c < tp->nload; c++) {
        buf_str(out, c ? "," : "");
        cell_put_csv_text(out, column_name(tp, c), strlen(column_name(tp, c)));
    }
    buf_byte(out, '\n');
    for (uint32_t r = 0; r < batch->n; r++) {
        for (int c = 0; c < batch->ncols; c++) {
            buf_str(out, c ? "," : "");
            cell_put_csv(out, batch->cols[c], r);
        }
        buf_byte(out, '\n');
    }
}

static void print_data(App *app, void (*put)(const TablePlan *tp, const Batch *batch, Buf *out),
                       const TablePlan *tp, const Batch *batch)
{
    Buf out;
    buf_init(&out, PREVIEW_MAX);
    put(tp, batch, &out);
    fwrite(out.data, 1, out.len, app->out.file);
    buf_free(&out);
}

static bool no_table(App *app, const Plan *plan, const char *name)
{
    const char **names = arena_array(app->mem, const char *, plan->ntables);
    for (int t = 0; t < plan->ntables; t++)
        names[t] = plan->tables[t].table->name;
    const char *near = name_nearest(name, names, (size_t)plan->ntables);
    err_add(app->mem, &app->err, ERR_USAGE, NULL, NULL, "there is no table \"%.80s\" in the recipe",
            name);
    return near ? err_hint(app->mem, &app->err, "did you mean %s?", near)
                : err_hint(app->mem, &app->err, "the recipe has: %s",
                           text_list(names, plan->ntables, 12, app->mem));
}

bool cmd_preview(App *app)
{
    if (!app_start(app) || !app_exec(app, exec_plan, false))
        return false;
    const Plan *plan = app->report.plan;
    const char *name = app->o.args[1];
    int table = plan_table(plan, name);
    if (table < 0)
        return no_table(app, plan, name);
    const TablePlan *tp = &plan->tables[table];
    uint64_t rows = (uint64_t)app->o.rows < tp->rows ? (uint64_t)app->o.rows : tp->rows;
    Eval *eval = eval_new(plan);
    Batch batch = rows ? eval_batch(eval, table, 0, (uint32_t)rows) : (Batch){0};
    if (app->o.output == OUTPUT_JSON)
        print_data(app, put_json, tp, &batch);
    else if (app->o.output == OUTPUT_CSV)
        print_data(app, put_csv, tp, &batch);
    else
        print_text(app, tp, &batch);
    eval_free(eval);
    return true;
}

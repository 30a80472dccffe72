/* Rows of a CSV file. All columns of a table that read one file take the same row, since the row is
 * drawn from a stream of table and file, not of the column. */
#include "gen/family_int.h"

#include <string.h>

#include "base/decimal.h"
#include "base/map.h"
#include "base/text.h"
#include "gen/fmath.h"

static int column_of(GenBind *b, const Value *data, const char *name, const char *param)
{
    int columns = (int)data->i;
    const char **names = arena_array(b->mem, const char *, columns + 1);
    for (int i = 0; i < columns; i++) {
        names[i] = data->items[i].text;
        if (strcmp(names[i], name) == 0)
            return i;
    }
    const char *near = name_nearest(name, names, (size_t)columns);
    gen_bind_error(b, ERR_RECIPE, "dataset: %s has no column \"%s\" (%s)", data->text, name, param);
    if (near)
        err_hint(b->mem, b->err, "did you mean \"%s\"?", near);
    else
        err_hint(b->mem, b->err, "it has %s", text_list(names, columns, 12, b->mem));
    return -1;
}

/* 007 and +5 are texts: they would not come back as they were. */
static bool reads_as_number(const Value *v, int64_t *unscaled, int *scale)
{
    const char *p = v->text + (v->len && v->text[0] == '-');
    bool plain = *p >= '0' && *p <= '9' && (*p != '0' || !p[1] || p[1] == '.');
    return plain && strlen(v->text) == v->len && decimal_parse(v->text, unscaled, scale);
}

static bool reads_as_bool(const Value *v)
{
    return strcmp(v->text, "true") == 0 || strcmp(v->text, "false") == 0;
}

/* A column's cells: whole numbers, decimals or booleans when all are, else texts. */
static Value cells_of(GenBind *b, const Value *data, int column)
{
    int columns = (int)data->i, n = data->count / columns - 1;
    Value *cells = arena_array(b->mem, Value, n + 1);
    bool numbers = true, whole = true, truths = true;
    for (int r = 0; r < n; r++) {
        cells[r] = data->items[(r + 1) * columns + column];
        int64_t v;
        int scale = 0;
        if (cells[r].kind == VAL_NULL)
            continue;
        numbers = numbers && reads_as_number(&cells[r], &v, &scale);
        whole = whole && scale == 0;
        truths = truths && reads_as_bool(&cells[r]);
    }
    for (int r = 0; r < n && numbers != truths; r++) {
        int64_t v = 0;
        int scale = 0;
        Value *cell = &cells[r];
        if (cell->kind == VAL_NULL)
            continue;
        if (truths) {
            *cell = (Value){.kind = VAL_BOOL, .i = cell->text[0] == 't'};
            continue;
        }
        reads_as_number(cell, &v, &scale);
        *cell = whole ? (Value){.kind = VAL_INT, .i = v}
                      : (Value){.kind = VAL_FLOAT,
                                .f = decimal_to_double(v, scale),
                                .text = cell->text,
                                .len = cell->len};
    }
    return (Value){.kind = VAL_LIST, .items = cells, .count = n};
}

static bool read_weights(GenBind *b, const Value *data, const char *name, double **out)
{
    int at = column_of(b, data, name, "weights");
    if (at < 0)
        return false;
    int columns = (int)data->i, n = data->count / columns - 1;
    double *weights = arena_array(b->mem, double, n + 1), sum = 0;
    for (int r = 0; r < n; r++) {
        const Value *cell = &data->items[(r + 1) * columns + at];
        int64_t v;
        int scale;
        if (cell->kind != VAL_TEXT || !decimal_parse(cell->text, &v, &scale) || v < 0)
            return gen_bind_error(b, ERR_RECIPE,
                                  "dataset: %s: row %d has no weight in column \"%s\"", data->text,
                                  r + 1, name);
        sum += weights[r] = decimal_to_double(v, scale);
    }
    *out = weights;
    return sum > 0 ||
           gen_bind_error(b, ERR_RECIPE, "dataset: %s: all weights in column \"%s\" are 0",
                          data->text, name);
}

static const Value *given(const Node *node, const char *name)
{
    for (int i = 0; i < node->gen->nparams; i++)
        if (strcmp(node->gen->params[i].name, name) == 0)
            return &node->params[i];
    return NULL;
}

/* Does another column of the table take the same rows? Then this one cannot count them by itself.
 */
static bool is_shared(const GenBind *b, const char *file, const char *row)
{
    const Table *table = b->scope->table ? b->scope->table->table : NULL;
    for (int c = 0; table && c < table->ncols; c++) {
        const Node *node = table->cols[c].node;
        if (!node || node == b->node || node->kind != NODE_GEN || node->gen != b->node->gen)
            continue;
        const Value *other = given(node, "row");
        if (strcmp(given(node, "file")->text, file) == 0 &&
            strcmp(other->kind == VAL_TEXT ? other->text : "", row) == 0)
            return true;
    }
    return false;
}

static bool bind_dataset(GenBind *b)
{
    const Value *data = gen_param(b, "file");
    const char *row = gen_param_text(b, "row", ""),
               *weights_name = gen_param_text(b, "weights", NULL);
    int column = column_of(b, data, gen_param_text(b, "column", ""), "column");
    double *weights = NULL;
    if (column < 0 || (weights_name && !read_weights(b, data, weights_name, &weights)))
        return false;
    Value list = cells_of(b, data, column);
    if (!items_bind(b, &list, weights))
        return false;
    const char *stream = arena_printf(b->mem, "dataset %s %s", data->text, row);
    const TablePlan *table = b->scope->table;
    b->out->key = gen_stream_key(b->scope->plan->seed,
                                 table && table->table ? table->table->name : NULL, NULL, stream);
    b->out->joint = b->out->key;
    if (!is_shared(b, data->text, row))
        return true;
    b->out->indexable = false;
    b->out->count = 0;
    if (!b->scope->unique)
        return true;
    gen_bind_error(b, ERR_UNIQUE,
                   "dataset: other columns take the same rows of %s, so this one cannot be unique",
                   data->text);
    return err_hint(b->mem, b->err, "give it rows of its own: row = \"%s\"", b->scope->column);
}

static const GenParam dataset_params[] = {
    {.name = "file",
     .kind = PARAM_DATASET,
     .required = true,
     .doc = "a CSV file below the recipe's folder, with a header"},
    {.name = "column", .kind = PARAM_TEXT, .required = true, .doc = "which column of the file"},
    {.name = "weights",
     .kind = PARAM_TEXT,
     .doc = "the file's column that says how often each row comes"},
    {.name = "row",
     .kind = PARAM_TEXT,
     .default_text = "\"\"",
     .doc = "columns with the same name here take the same row; another name draws another row"},
    {.name = "dist",
     .kind = PARAM_DIST,
     .default_text = "\"uniform\"",
     .doc = "how the picks are spread over the rows: zipf{} takes the first most often"},
};
const GenDef gen_def_dataset = {
    .name = "dataset",
    .family = "core",
    .doc = "A value of a CSV file of your own; columns of one table agree row by row.",
    .example = "dataset(\"data/cities.csv\", \"city\", { weights = \"population\" })",
    GEN_PARAMS(dataset_params),
    .bind = bind_dataset};

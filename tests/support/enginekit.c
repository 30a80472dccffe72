/* See enginekit.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/calendar.h"
#include "base/decimal.h"
#include "gen/children.h"
#include "enginekit.h"

#define CLOCK INT64_C(1767225600000000)

Engine *engine_new(void)
{
    Arena *mem = arena_new();
    Engine *e = arena_new_of(mem, Engine);
    e->mem = mem;
    e->recipe = (Recipe){.name = "engine", .seed = 11, .engine = 1};
    e->plan = (Plan){.recipe = &e->recipe,
                     .seed = 11,
                     .has_clock = true,
                     .clock = CLOCK,
                     .engine = 1,
                     .tables = e->table_plans};
    return e;
}

void engine_free(Engine *e)
{
    arena_free(e->mem);
}

int engine_table(Engine *e, const char *name)
{
    int t = e->plan.ntables++;
    assert_in_range(t, 0, ENGINE_TABLES - 1);
    e->tables[t] = (Table){.name = name,
                           .cols = arena_array(e->mem, Column, ENGINE_COLUMNS),
                           .fks = arena_array(e->mem, ForeignKey, ENGINE_KEYS)};
    e->table_plans[t] = (TablePlan){.table = &e->tables[t],
                                    .cols = arena_array(e->mem, ColumnPlan, ENGINE_COLUMNS),
                                    .load_cols = arena_array(e->mem, int, ENGINE_COLUMNS),
                                    .fks = arena_array(e->mem, FkPlan, ENGINE_KEYS),
                                    .groups = arena_array(e->mem, KeyGroup, ENGINE_KEYS),
                                    .segments = arena_array(e->mem, Segment, 8)};
    return t;
}

static int add_column(Engine *e, int table, const char *name, const Node *node)
{
    Table *t = &e->tables[table];
    int c = t->ncols++;
    assert_in_range(c, 0, ENGINE_COLUMNS - 1);
    t->cols[c] = (Column){.name = name, .node = node};
    return c;
}

static void plan_column(Engine *e, int table, int c, ColumnPlan plan)
{
    TablePlan *tp = &e->table_plans[table];
    plan.col = &e->tables[table].cols[c];
    plan.written = true;
    plan.null_key = gen_stream_key(e->plan.seed, tp->table->name, plan.col->name, "null");
    plan.group = -1;
    tp->cols[c] = plan;
    tp->load_cols[tp->nload++] = c;
}

int engine_serial(Engine *e, int table, const char *name)
{
    int c = add_column(e, table, name, NULL);
    plan_column(e, table, c, (ColumnPlan){.serial = true, .fk = -1});
    e->tables[table].cols[c].type = (Type){.kind = TYPE_INT, .bits = 64};
    return c;
}

Bound *engine_bind(Engine *e, int table, const char *column, const Node *node)
{
    GenScope scope = {.plan = &e->plan,
                      .table = &e->table_plans[table],
                      .table_index = table,
                      .column = column,
                      .subject = arena_printf(e->mem, "%s.%s", e->tables[table].name, column),
                      .path = ""};
    Bound *bound = NULL;
    err_clear(&e->err);
    return gen_bind(&scope, node, &bound, e->mem, &e->err) ? bound : NULL;
}

const char *engine_error(const Engine *e)
{
    const ErrItem *item = e->err.first;
    return item ? arena_printf(e->mem, "%s (%s)", item->message, item->hint ? item->hint : "") : "";
}

int engine_column(Engine *e, int table, const char *name, const Node *node)
{
    Bound *bound = engine_bind(e, table, name, node);
    if (!bound)
        fail_msg("%s.%s: %s", e->tables[table].name, name, engine_error(e));
    int c = add_column(e, table, name, node);
    e->tables[table].cols[c].type = bound->type;
    e->tables[table].cols[c].nullable = bound->nullable;
    plan_column(e, table, c, (ColumnPlan){.bound = bound, .fk = -1});
    return c;
}

int engine_ref(Engine *e, int table, const char *name, int parent, FkMode mode)
{
    Table *t = &e->tables[table];
    int f = t->nfks++, c = add_column(e, table, name, NULL);
    int *cols = arena_array(e->mem, int, 1), *parent_cols = arena_array(e->mem, int, 1);
    const char **ref_cols = arena_array(e->mem, const char *, 1);
    cols[0] = c;
    ref_cols[0] = parent >= 0 ? e->tables[parent].cols[0].name : "id";
    t->fks[f] = (ForeignKey){.cols = cols,
                             .ncols = 1,
                             .ref_table = parent >= 0 ? e->tables[parent].name : "outside",
                             .ref_cols = ref_cols};
    e->table_plans[table].fks[f] =
        (FkPlan){.fk = &t->fks[f],
                 .mode = mode,
                 .parent = parent,
                 .parent_cols = parent_cols,
                 .key = gen_stream_key(e->plan.seed, t->name, name, "ref"),
                 .group = -1};
    t->cols[c].type = (Type){.kind = TYPE_INT, .bits = 64};
    plan_column(e, table, c, (ColumnPlan){.fk = f});
    return f;
}

int engine_group(Engine *e, int table, const int *cols, int ncols, const int *fks, int nfks,
                 int within_fk)
{
    TablePlan *tp = &e->table_plans[table];
    int g = tp->ngroups++;
    uint64_t product = 1;
    for (int i = 0; i < ncols; i++) {
        ColumnPlan *cp = &tp->cols[cols[i]];
        assert_true(cp->bound->indexable);
        cp->group = g;
        cp->group_div = product;
        cp->group_mod = cp->bound->count;
        product *= cp->bound->count;
    }
    for (int i = 0; i < nfks; i++)
        tp->fks[fks[i]].group = g;
    tp->groups[g] = (KeyGroup){.key = gen_stream_key(e->plan.seed, tp->table->name, "group", "key"),
                               .own_count = product,
                               .within_fk = within_fk};
    return g;
}

static uint64_t parent_rows(const Engine *e, const FkPlan *fk)
{
    return fk->mode == FK_POOL ? fk->pool->count : e->table_plans[fk->parent].rows;
}

void engine_rows(Engine *e, int table, uint64_t rows)
{
    TablePlan *tp = &e->table_plans[table];
    int nfks = tp->table->nfks, ngroups = tp->ngroups;
    uint64_t *first = arena_array(e->mem, uint64_t, nfks + 1),
             *count = arena_array(e->mem, uint64_t, nfks + 1);
    uint64_t *div = arena_array(e->mem, uint64_t, nfks + 1),
             *group_first = arena_array(e->mem, uint64_t, ngroups + 1);
    uint64_t *group_count = arena_array(e->mem, uint64_t, ngroups + 1);
    const PerIndex **per = arena_array(e->mem, const PerIndex *, nfks + 1);
    int64_t *base = arena_array(e->mem, int64_t, tp->table->ncols + 1);
    const Segment *last = tp->nsegments ? &tp->segments[tp->nsegments - 1] : NULL;
    for (int g = 0; g < ngroups; g++) {
        group_first[g] = tp->rows;
        group_count[g] = tp->groups[g].own_count;
    }
    for (int f = 0; f < nfks; f++) {
        const FkPlan *fk = &tp->fks[f];
        count[f] = parent_rows(e, fk);
        if (fk->mode == FK_PER) {
            first[f] = last ? last->parent_first[f] + last->parent_count[f] : 0;
            count[f] -= first[f];
            per[f] = children_index(fk->count, (ChildrenOf){.first = first[f], .n = count[f]}, rows,
                                    "t.lua:1", tp->table->name, e->mem, &e->err);
            assert_non_null(per[f]);
            rows = children_total(per[f]);
        }
        if (fk->group >= 0) {
            div[f] = group_count[fk->group];
            group_count[fk->group] *= count[f];
        }
    }
    for (int c = 0; c < tp->table->ncols; c++)
        base[c] = 1 + (int64_t)tp->rows + 100 * tp->nsegments;
    tp->segments[tp->nsegments++] = (Segment){.first_row = tp->rows,
                                              .rows = rows,
                                              .parent_first = first,
                                              .parent_count = count,
                                              .per = (const struct PerIndex *const *)per,
                                              .key_base = base,
                                              .group_first = group_first,
                                              .group_count = group_count,
                                              .fk_div = div};
    tp->rows += rows;
}

/* ---- nodes */

static Node *node_new(Engine *e, NodeKind kind)
{
    Node *node = arena_new_of(e->mem, Node);
    node->kind = kind;
    node->where = "t.lua:1";
    return node;
}

static const Node *constant(Engine *e, Value v)
{
    Node *node = node_new(e, NODE_CONST);
    node->value = v;
    return node;
}

const Node *node_int(Engine *e, int64_t v)
{
    return constant(e, (Value){.kind = VAL_INT, .i = v});
}
const Node *node_num(Engine *e, const char *s)
{
    return constant(e, (Value){.kind = VAL_FLOAT, .f = strtod(s, NULL), .text = s});
}
const Node *node_text(Engine *e, const char *s)
{
    return constant(e, (Value){.kind = VAL_TEXT, .text = s, .len = strlen(s)});
}
const Node *node_bool(Engine *e, bool v)
{
    return constant(e, (Value){.kind = VAL_BOOL, .i = v});
}
const Node *node_null(Engine *e)
{
    return constant(e, (Value){.kind = VAL_NULL});
}
const Node *node_clock(Engine *e)
{
    return constant(e, (Value){.kind = VAL_CLOCK});
}

const Node *node_days(Engine *e, int64_t min, int64_t max)
{
    return constant(e, (Value){.kind = VAL_DURATION,
                               .duration = {.min_micros = min * MICROS_PER_DAY,
                                            .max_micros = max * MICROS_PER_DAY}});
}

const Node *node_months(Engine *e, int64_t n)
{
    return constant(e,
                    (Value){.kind = VAL_DURATION, .duration = {.min_months = n, .max_months = n}});
}

const Node *node_micros(Engine *e, int64_t n)
{
    return constant(e,
                    (Value){.kind = VAL_DURATION, .duration = {.min_micros = n, .max_micros = n}});
}

const Node *node_col(Engine *e, const char *name)
{
    Node *node = node_new(e, NODE_COLUMN);
    node->column = name;
    return node;
}

const Node *node_parent(Engine *e, const Node *ref, const char *name)
{
    Node *node = node_new(e, NODE_PARENT);
    const Node **args = arena_array(e->mem, const Node *, 1);
    args[0] = ref;
    node->args = args;
    node->nargs = 1;
    node->name = name;
    return node;
}

const Node *node_op_of(Engine *e, OpKind op, const Node *const *args)
{
    Node *node = node_new(e, NODE_OP);
    int n = 0;
    while (args[n])
        n++;
    const Node **copy = arena_array(e->mem, const Node *, n + 1);
    memcpy(copy, args, sizeof *args * (size_t)n);
    node->op = op;
    node->args = copy;
    node->nargs = n;
    return node;
}

/* ---- test generators */

typedef struct IntSpan {
    int64_t lo;
    uint64_t count;
} IntSpan;

static void fill_span(const GenCall *c, Vec *out)
{
    const IntSpan *s = c->bound->state;
    for (uint32_t k = 0; k < c->n; k++)
        out->i[k] =
            s->lo + (int64_t)(c->index ? c->index[k]
                                       : rng_below(gen_draw(c, c->bound->key, k, 0).a, s->count));
}

static bool bind_span(GenBind *b)
{
    IntSpan *s = arena_new_of(b->mem, IntSpan);
    int64_t lo = gen_param_int(b, "lo", 0), hi = gen_param_int(b, "hi", 9);
    *s = (IntSpan){lo, (uint64_t)(hi - lo) + 1};
    b->out->type = (Type){.kind = TYPE_INT, .bits = 64};
    b->out->state = s;
    b->out->fill = fill_span;
    b->out->indexable = true;
    b->out->count = s->count;
    b->out->has_bounds = true;
    b->out->lo = lo;
    b->out->hi = hi;
    return true;
}

static const GenParam span_params[] = {{.name = "lo", .kind = PARAM_INT},
                                       {.name = "hi", .kind = PARAM_INT}};
static const GenDef span_def = {.name = "span",
                                .example = "span(0, 9)",
                                .params = span_params,
                                .nparams = 2,
                                .bind = bind_span};

const Node *node_range(Engine *e, int64_t lo, int64_t hi)
{
    Node *node = node_new(e, NODE_GEN);
    Value *params = arena_array(e->mem, Value, 2);
    params[0] = (Value){.kind = VAL_INT, .i = lo};
    params[1] = (Value){.kind = VAL_INT, .i = hi};
    node->gen = &span_def;
    node->params = params;
    return node;
}

static void fill_cells(const GenCall *c, Vec *out)
{
    const Vec *v = c->bound->state;
    for (uint32_t k = 0; k < c->n; k++) {
        uint32_t at = (uint32_t)(c->rows[k] % v->n);
        if (v->i)
            out->i[k] = v->i[at];
        else if (v->f)
            out->f[k] = v->f[at];
        else
            out->s[k] = v->s[at];
        if (v->null[at])
            vec_nulls(out, c->scratch)[k] = 1;
    }
}

static void read_cell(Vec *v, uint32_t k, char *word)
{
    if (strcmp(word, "null") == 0) {
        v->null[k] = 1;
        if (v->s) /* whatever looks at it crashes */
            v->s[k] = (Str){(const char *)8, 1000};
        return;
    }
    int scale;
    for (char *p = word; *p; p++)
        *p = *p == '_' ? ' ' : *p;
    switch (v->kind) {
    case TYPE_DECIMAL:
        assert_true(decimal_parse(word, &v->i[k], &scale) &&
                    decimal_rescale(v->i[k], scale, v->scale, &v->i[k]));
        break;
    case TYPE_FLOAT: v->f[k] = strtod(word, NULL); break;
    case TYPE_DATE: assert_true(calendar_parse_date(word, &v->i[k])); break;
    case TYPE_TIME: assert_true(calendar_parse_time(word, &v->i[k])); break;
    case TYPE_TIMESTAMP: assert_true(calendar_parse_timestamp(word, &v->i[k])); break;
    case TYPE_INT:
    case TYPE_BOOL: v->i[k] = strcmp(word, "true") == 0 ? 1 : strtoll(word, NULL, 10); break;
    default:
        v->s[k] = (Str){strcmp(word, "''") == 0 ? "" : word,
                        strcmp(word, "''") == 0 ? 0 : (uint32_t)strlen(word)};
        break;
    }
}

static bool bind_cells(GenBind *b)
{
    Type type = type_parse(gen_param_text(b, "type", "int"), b->mem);
    type.name = NULL;
    char *words = arena_strdup(b->mem, gen_param_text(b, "cells", "")), *save = NULL;
    Vec *v = vec_new(b->mem, type.kind, type.scale, 64);
    vec_nulls(v, b->mem);
    v->n = 0;
    for (char *word = strtok_r(words, " ", &save); word; word = strtok_r(NULL, " ", &save))
        read_cell(v, v->n++, word);
    for (uint32_t k = 0; k < v->n; k++)
        b->out->nullable = b->out->nullable || v->null[k];
    b->out->type = type;
    b->out->state = v;
    b->out->fill = fill_cells;
    return true;
}

static const GenParam cells_params[] = {{.name = "type", .kind = PARAM_TEXT},
                                        {.name = "cells", .kind = PARAM_TEXT}};
static const GenDef cells_def = {.name = "cells",
                                 .example = "cells()",
                                 .params = cells_params,
                                 .nparams = 2,
                                 .bind = bind_cells};

const Node *node_cells(Engine *e, const char *type, const char *cells)
{
    Node *node = node_new(e, NODE_GEN);
    Value *params = arena_array(e->mem, Value, 2);
    params[0] = (Value){.kind = VAL_TEXT, .text = type, .len = strlen(type)};
    params[1] = (Value){.kind = VAL_TEXT, .text = cells, .len = strlen(cells)};
    node->gen = &cells_def;
    node->params = params;
    return node;
}

/* ---- results */

const char *cell_shown(Engine *e, const Vec *v, uint32_t k)
{
    if (vec_is_null(v, k))
        return "NULL";
    Buf b;
    buf_init(&b, 1 << 16);
    switch (v->kind) {
    case TYPE_BOOL: buf_str(&b, v->i[k] ? "true" : "false"); break;
    case TYPE_INT: buf_i64(&b, v->i[k]); break;
    case TYPE_DECIMAL: buf_decimal(&b, v->i[k], v->scale); break;
    case TYPE_FLOAT: buf_double(&b, v->f[k]); break;
    case TYPE_DATE: buf_date(&b, v->i[k]); break;
    case TYPE_TIME: buf_time(&b, v->i[k], v->scale); break;
    case TYPE_TIMESTAMP: buf_timestamp(&b, v->i[k], v->scale); break;
    default: buf_put(&b, v->s[k].p, v->s[k].n); break;
    }
    const char *text = arena_strndup(e->mem, b.data ? b.data : "", b.len);
    buf_free(&b);
    return text;
}

const char *cells_shown(Engine *e, const Vec *v)
{
    const char *text = "";
    for (uint32_t k = 0; k < v->n; k++)
        text = arena_printf(e->mem, "%s%s%s", text, k ? "|" : "", cell_shown(e, v, k));
    return text;
}

void check_expr_at(Engine *e, const Node *node, const char *type, const char *expected,
                   const char *file, int line)
{
    const char *name = arena_printf(e->mem, "expr%d", e->made++);
    Bound *bound = engine_bind(e, 0, name, node);
    if (!bound) {
        print_error("%s:%d: refused: %s\n", file, line, engine_error(e));
        _fail(file, line);
    }
    /* One column, used again and again. */
    Table *t = &e->tables[0];
    int c = table_column(t, "expr");
    if (c < 0)
        c = add_column(e, 0, "expr", node);
    e->table_plans[0].cols[c] =
        (ColumnPlan){.col = &t->cols[c], .bound = bound, .fk = -1, .group = -1};
    uint64_t rows[64];
    uint32_t n = 1;
    for (const char *p = expected; *p; p++)
        n += *p == '|';
    for (uint32_t k = 0; k < n; k++)
        rows[k] = k;
    Eval *eval = eval_new(&e->plan);
    const Vec *v = eval_column(eval, 0, c, rows, n);
    const char *shown = cells_shown(e, v), *shown_type = type_text(&bound->type, e->mem);
    bool nulls = strstr(shown, "NULL") != NULL;
    if (strcmp(shown, expected) != 0 || strcmp(shown_type, type) != 0 ||
        v->kind != bound->type.kind || (nulls && !bound->nullable && eval_overflows(eval) == 0)) {
        print_error("%s:%d: got %s %s%s, expected %s %s\n", file, line, shown_type, shown,
                    nulls && !bound->nullable ? " (not nullable)" : "", type, expected);
        _fail(file, line);
    }
    eval_free(eval);
}

void check_refused_at(Engine *e, const Node *node, const char *message, const char *file, int line)
{
    const Bound *bound = engine_bind(e, 0, "x", node);
    const char *shown = bound ? "no error" : engine_error(e);
    if (bound || !strstr(shown, message)) {
        print_error("%s:%d: got %s, expected %s\n", file, line, shown, message);
        _fail(file, line);
    }
    assert_string_equal(e->err.first->where, "t.lua:1");
}

/* Types a recipe's expression for SQL by the rules of gen/expr.c, so that the database computes
 * what the generators computed. What a column holds is taken from the table; the errors of a wrong
 * recipe were given by gen/ before, so those here are short. */
#include <string.h>

#include "base/calendar.h"
#include "db/dialect_int.h"

bool ex_no_sql(ExprWriter *w, const Node *node, const char *what, const char *hint)
{
    err_add(w->mem, w->err, ERR_RECIPE, node ? node->where : NULL, w->scope->table->name,
            "%s cannot be said in SQL", what);
    return hint ? err_hint(w->mem, w->err, "%s", hint) : false;
}

Ex *ex_refused(ExprWriter *w, const Node *node, const char *what, const char *hint)
{
    ex_no_sql(w, node, what, hint);
    return NULL;
}

static Ex *wrong(ExprWriter *w, const Node *node, const Ex *a, const Ex *b)
{
    const char *left = type_text(&a->type, w->mem);
    return ex_refused(w, node,
                      b ? arena_printf(w->mem, "%s of %s and %s", op_defs[node->op].name, left,
                                       type_text(&b->type, w->mem))
                        : arena_printf(w->mem, "%s of %s", op_defs[node->op].name, left),
                      NULL);
}

Ex *ex_new(ExprWriter *w, const Node *node, Type type)
{
    Ex *e = arena_new_of(w->mem, Ex);
    e->node = node;
    e->what = node->kind;
    e->op = node->kind == NODE_OP ? node->op : OP_COUNT;
    e->type = type;
    return e;
}

bool ex_is_null_const(const Ex *e)
{
    return e->type.kind == TYPE_NULL;
}

static bool is_moment(const Ex *e)
{
    return e->type.kind == TYPE_DATE || e->type.kind == TYPE_TIME || e->type.kind == TYPE_TIMESTAMP;
}
static bool is_day(const Ex *e)
{
    return e->type.kind == TYPE_DATE || e->type.kind == TYPE_TIMESTAMP;
}
static int scale_of(const Ex *e)
{
    return e->type.kind == TYPE_DECIMAL ? e->type.scale : 0;
}
static int larger(int a, int b)
{
    return a > b ? a : b;
}
static int smaller(int a, int b)
{
    return a < b ? a : b;
}

int ex_digits(i128 v)
{
    int digits = 1;
    for (v = v < 0 ? -v : v; v >= 10; v /= 10)
        digits++;
    return digits;
}

static int whole_digits(const Ex *e)
{
    const Type *t = &e->type;
    if (t->kind == TYPE_DECIMAL)
        return (t->precision > 0 ? t->precision : DECIMAL_MAX_SCALE) - t->scale;
    if (e->has_bounds)
        return larger(ex_digits(e->lo), ex_digits(e->hi));
    return t->bits == 8 ? 3 : t->bits == 16 ? 5 : t->bits == 24 ? 8 : t->bits == 32 ? 10 : 19;
}

static Type decimal_of(int whole, int scale)
{
    int precision = smaller(larger(1, larger(whole, 0) + scale), DECIMAL_MAX_SCALE);
    return (Type){.kind = TYPE_DECIMAL, .precision = precision, .scale = scale};
}

void ex_bound(Ex *e, i128 lo, i128 hi)
{
    e->has_bounds = lo >= INT64_MIN && hi <= INT64_MAX;
    e->lo = lo;
    e->hi = hi;
}

static const Type int_type = {.kind = TYPE_INT, .bits = 64};
static const Type float_type = {.kind = TYPE_FLOAT, .bits = 64};
static const Type bool_type = {.kind = TYPE_BOOL};

/* ---- columns */

static Ex *column_of(ExprWriter *w, const Node *node, const Table *table, const char *name)
{
    int c = table_column(table, name);
    if (c < 0)
        return ex_refused(
            w, node,
            arena_printf(w->mem, "the column \"%s\", which %s does not have,", name, table->name),
            NULL);
    Ex *e = ex_new(w, node, table->cols[c].type);
    e->col = c;
    e->table = table;
    if (w->engine == ENGINE_SQLITE && e->type.kind == TYPE_DECIMAL && e->type.precision == 0 &&
        e->type.name)
        e->type.kind = TYPE_FLOAT; /* DECIMAL without digits: how many there are is not known */
    if (e->type.kind == TYPE_NONE || e->type.kind == TYPE_NULL)
        e->type.kind = TYPE_TEXT;
    return e;
}

static Ex *parent_of(ExprWriter *w, const Node *node)
{
    Ex *from = ex_typed(w, node->args[0]);
    if (!from)
        return NULL;
    const DialectScope *scope = w->scope;
    const ForeignKey *fk = from->table ? table_fk_of(from->table, from->col) : NULL;
    const Table *parent = fk && fk->ref_cols && scope->parent && scope->alias
                              ? scope->parent(scope->ctx, from->table, fk)
                              : NULL;
    if (!parent)
        return ex_refused(
            w, node, arena_printf(w->mem, "a parent's column (%s)", node->name),
            "a CHECK of the table sees one row: use t:check, which is verified after each run");
    Ex *e = column_of(w, node, parent, node->name);
    if (e) {
        e->fk = fk;
        e->from = from;
    }
    return e;
}

/* ---- operators */

static Ex *op_ex(ExprWriter *w, const Node *node, Type type, Ex **args, int nargs)
{
    Ex *e = ex_new(w, node, type);
    e->args = args;
    e->nargs = nargs;
    return e;
}

/* Bool counts as a number where the table keeps it as one. */
static bool is_number(const Ex *e)
{
    return type_is_numeric(e->type.kind);
}

static Type aligned(const Ex *x, const Ex *y, int more)
{
    if (x->type.kind == TYPE_FLOAT || y->type.kind == TYPE_FLOAT)
        return float_type;
    if (x->type.kind == TYPE_INT && y->type.kind == TYPE_INT)
        return int_type;
    return decimal_of(larger(whole_digits(x), whole_digits(y)) + more,
                      larger(scale_of(x), scale_of(y)));
}

static int fit_scale(int whole, int full, int least)
{
    int room = DECIMAL_MAX_SCALE - whole;
    return full <= room ? full : larger(room, smaller(full, least));
}

static Type product_type(const Ex *x, const Ex *y)
{
    if (x->type.kind == TYPE_FLOAT || y->type.kind == TYPE_FLOAT)
        return float_type;
    if (x->type.kind == TYPE_INT && y->type.kind == TYPE_INT)
        return int_type;
    int sx = scale_of(x), sy = scale_of(y), whole = whole_digits(x) + whole_digits(y);
    return decimal_of(
        whole, smaller(fit_scale(whole, sx + sy, larger(6, larger(sx, sy))), DECIMAL_MAX_SCALE));
}

static Type quotient_type(const Ex *x, const Ex *y)
{
    if (x->type.kind == TYPE_FLOAT || y->type.kind == TYPE_FLOAT)
        return float_type;
    int sx = scale_of(x), sy = scale_of(y), whole = whole_digits(x) + sy, own = larger(sx, sy);
    return decimal_of(whole, fit_scale(whole, smaller(own + 6, larger(12, own)), larger(6, own)));
}

static Ex *arithmetic(ExprWriter *w, const Node *node, Ex **args)
{
    Ex *x = args[0], *y = args[1];
    if (node->op == OP_SUB && !ex_read_moments(w, x, y))
        return NULL;
    if (node->op == OP_SUB && is_day(x) && is_day(y))
        return op_ex(w, node, int_type, args, 2);
    if (!is_number(x) || !is_number(y))
        return wrong(w, node, x, y);
    Type type = node->op == OP_MUL   ? product_type(x, y)
                : node->op == OP_DIV ? quotient_type(x, y)
                                     : aligned(x, y, node->op == OP_ADD || node->op == OP_SUB);
    if (node->op == OP_IDIV && type.kind == TYPE_DECIMAL)
        type = int_type;
    if (node->op == OP_MOD && type.kind == TYPE_FLOAT)
        return ex_refused(w, node, "the rest of a division of doubles", "make them decimals");
    Ex *e = op_ex(w, node, type, args, 2);
    if (type.kind == TYPE_INT && x->has_bounds && y->has_bounds && node->op <= OP_SUB)
        ex_bound(e, x->lo + (node->op == OP_ADD ? y->lo : -y->hi),
                 x->hi + (node->op == OP_ADD ? y->hi : -y->lo));
    return e;
}

static Ex *add_span(ExprWriter *w, const Node *node, const Node *span, Ex *at)
{
    const Duration *d = &span->value.duration;
    bool whole_days = d->min_micros % MICROS_PER_DAY == 0;
    if (!is_day(at) || (at->type.kind == TYPE_DATE && !whole_days) ||
        d->min_months != d->max_months || d->min_micros != d->max_micros)
        return wrong(w, node, at, NULL);
    Ex **args = arena_array(w->mem, Ex *, 1);
    args[0] = at;
    Ex *e = op_ex(w, node, at->type, args, 1);
    e->months = node->op == OP_SUB ? -d->min_months : d->min_months;
    e->micros = node->op == OP_SUB ? -d->min_micros : d->min_micros;
    if (at->type.kind == TYPE_TIMESTAMP && d->min_micros % MICROS_PER_SECOND != 0)
        e->type.scale = 6;
    e->type.name = NULL;
    e->type.with_zone = at->type.kind == TYPE_TIMESTAMP;
    return e;
}

/* The type that holds both; TYPE_NONE when there is none. */
static Type common_of(const Ex *a, const Ex *b)
{
    if (a->type.kind == TYPE_NULL)
        return b->type;
    if (b->type.kind == TYPE_NULL)
        return a->type;
    if (is_number(a) && is_number(b))
        return aligned(a, b, 0);
    if (type_is_text(a->type.kind) && type_is_text(b->type.kind))
        return (Type){.kind = TYPE_TEXT};
    if (is_day(a) && is_day(b)) {
        bool stamp = a->type.kind == TYPE_TIMESTAMP || b->type.kind == TYPE_TIMESTAMP;
        return (Type){.kind = stamp ? TYPE_TIMESTAMP : TYPE_DATE,
                      .scale = larger(a->type.scale, b->type.scale),
                      .with_zone = stamp};
    }
    Type type = a->type;
    type.scale = larger(a->type.scale, b->type.scale);
    return a->type.kind == b->type.kind ? type : (Type){.kind = TYPE_NONE};
}

static bool common(ExprWriter *w, const Node *node, Ex **args, int n, Type *out)
{
    Ex so_far = {.type = {.kind = TYPE_NULL}}, *moment = NULL;
    for (int i = 0; i < n; i++)
        moment = is_moment(args[i]) ? args[i] : moment;
    for (int i = 0; i < n; i++) {
        if (moment && !ex_read_moments(w, moment, args[i]))
            return false;
        so_far.type = common_of(&so_far, args[i]);
        if (so_far.type.kind == TYPE_NONE)
            return wrong(w, node, args[0], args[i]) != NULL;
    }
    *out = so_far.type;
    return true;
}

/* args become cond, value, ..., value. */
static Ex *branches(ExprWriter *w, const Node *node, Ex **args, int nargs)
{
    Ex **all = arena_array(w->mem, Ex *, nargs + 1),
       **values = arena_array(w->mem, Ex *, nargs + 1);
    memcpy(all, args, sizeof *all * (size_t)nargs);
    if (nargs % 2 == 0) {
        all[nargs] = ex_new(w, node, (Type){.kind = TYPE_NULL});
        all[nargs++]->what = NODE_CONST;
    }
    int n = 0;
    for (int i = 0; i < nargs; i++)
        if (i % 2 == 1 || i == nargs - 1)
            values[n++] = all[i];
    Type type;
    return common(w, node, values, n, &type) ? op_ex(w, node, type, all, nargs) : NULL;
}

static Ex *same_typed(ExprWriter *w, const Node *node, Ex **args, int nargs)
{
    Type type;
    return common(w, node, args, nargs, &type) ? op_ex(w, node, type, args, nargs) : NULL;
}

static bool comparable(ExprWriter *w, const Node *node, Ex *a, Ex *b)
{
    if (!ex_read_moments(w, a, b))
        return false;
    TypeKind x = a->type.kind, y = b->type.kind;
    bool flags = (x == TYPE_BOOL && y == TYPE_INT) ||
                 (x == TYPE_INT && y == TYPE_BOOL); /* a bool kept as a number */
    bool kept_as_text = w->engine == ENGINE_SQLITE &&
                        ((is_moment(a) && y == TYPE_TEXT) || (is_moment(b) && x == TYPE_TEXT));
    if (x == y || flags || kept_as_text || (is_number(a) && is_number(b)) ||
        (type_is_text(x) && type_is_text(y)) || (is_day(a) && is_day(b)))
        return true;
    wrong(w, node, a, b);
    return false;
}

static Ex *comparison(ExprWriter *w, const Node *node, Ex **args, int nargs)
{
    bool equality = node->op == OP_EQ || node->op == OP_NE;
    if (equality && (ex_is_null_const(args[0]) || ex_is_null_const(args[1]))) {
        if (ex_is_null_const(args[0]))
            args[0] = args[1];
        return op_ex(w, node, bool_type, args, 1);
    }
    for (int i = 1; i < nargs; i++)
        if (!ex_is_null_const(args[i]) && !comparable(w, node, args[0], args[i]))
            return NULL;
    return op_ex(w, node, bool_type, args, nargs);
}

static bool as_condition(ExprWriter *w, const Ex *e)
{
    return e->type.kind == TYPE_BOOL || e->type.kind == TYPE_INT ||
           ex_no_sql(w, e->node, "a condition that is none", NULL);
}

static Ex *rounding(ExprWriter *w, const Node *node, Ex **args, int nargs)
{
    Ex *x = args[0];
    int digits = nargs > 1 ? (int)args[1]->i : 0;
    if (!is_number(x))
        return wrong(w, node, x, NULL);
    if (x->type.kind == TYPE_FLOAT)
        return ex_refused(w, node, "rounding a double (databases round doubles differently)",
                          "give its column a decimal type");
    /* What was rounded already is a value of its own, even where it is still written as a product.
     */
    bool exact = x->what == NODE_OP && !(x->node->kind == NODE_OP && op_rounds(x->node->op));
    bool product = exact && x->op == OP_MUL, quotient = exact && x->op == OP_DIV;
    int full = product ? scale_of(x->args[0]) + scale_of(x->args[1]) : 0;
    if (x->type.kind == TYPE_DECIMAL &&
        (quotient || (product && digits <= full && full - digits <= DECIMAL_MAX_SCALE))) {
        /* The exact product or quotient is rounded, once. */
        Ex *once = arena_new_of(w->mem, Ex);
        *once = *x;
        once->node = node;
        int whole = product ? whole_digits(x->args[0]) + whole_digits(x->args[1])
                            : whole_digits(x->args[0]) + scale_of(x->args[1]);
        once->type = decimal_of(whole, digits);
        return once;
    }
    int scale = scale_of(x);
    if (digits == 0 && x->type.kind == TYPE_INT)
        return x;
    Type type = digits ? decimal_of(whole_digits(x) + (digits < scale), digits) : int_type;
    return op_ex(w, node, type, args, 1);
}

static Ex *unary(ExprWriter *w, const Node *node, Ex **args)
{
    Ex *x = args[0];
    if (!is_number(x))
        return wrong(w, node, x, NULL);
    if (node->op == OP_FLOOR || node->op == OP_CEIL)
        return x->type.kind == TYPE_INT ? x : op_ex(w, node, int_type, args, 1);
    Ex *e = op_ex(w, node, x->type, args, 1);
    e->type.name = NULL;
    e->type.is_unsigned = false;
    if (x->has_bounds && node->op == OP_NEG)
        ex_bound(e, -x->hi, -x->lo);
    return e;
}

static Ex *text_op(ExprWriter *w, const Node *node, Ex **args, int nargs)
{
    bool any = node->op == OP_CONCAT || node->op == OP_TEXT;
    for (int i = 0; i < (any ? nargs : 1); i++) {
        if (args[i]->type.kind == TYPE_FLOAT)
            return ex_refused(w, node, "a double as text", "give its column a decimal type");
        if (args[i]->type.kind == TYPE_BYTES || (!any && !type_is_text(args[i]->type.kind)))
            return wrong(w, node, args[i], NULL);
    }
    for (int i = 1; i < nargs && node->op == OP_SUBSTR; i++)
        if (args[i]->type.kind != TYPE_INT)
            return wrong(w, node, args[i], NULL);
    return op_ex(w, node, node->op == OP_LENGTH ? int_type : (Type){.kind = TYPE_TEXT}, args,
                 nargs);
}

static Ex *typed_op(ExprWriter *w, const Node *node)
{
    Ex **args = arena_array(w->mem, Ex *, node->nargs + 1);
    const Node *span = NULL;
    int n = 0;
    for (int i = 0; i < node->nargs; i++) {
        const Node *arg = node->args[i];
        bool is_span = arg->kind == NODE_CONST ? arg->value.kind == VAL_DURATION
                                               : arg->kind == NODE_OP && arg->op == OP_SPAN;
        if ((node->op == OP_ADD || node->op == OP_SUB) && is_span && !span)
            span = arg;
        else if (!(args[n++] = ex_typed(w, arg)))
            return NULL;
    }
    if (span && n == 1)
        return span->kind == NODE_OP ? ex_node_span(w, node, span, args[0])
                                     : add_span(w, node, span, args[0]);
    if (span)
        return ex_refused(w, node, "a span of time added to a span", NULL);
    switch (node->op) {
    case OP_ADD:
    case OP_SUB:
    case OP_MUL:
    case OP_DIV:
    case OP_MOD:
    case OP_IDIV: return arithmetic(w, node, args);
    case OP_NEG:
    case OP_ABS:
    case OP_FLOOR:
    case OP_CEIL: return unary(w, node, args);
    case OP_ROUND:
    case OP_INT_OF:
    case OP_DECIMAL_OF: return rounding(w, node, args, n);
    case OP_AND:
    case OP_OR:
    case OP_NOT:
        for (int i = 0; i < n; i++)
            if (!as_condition(w, args[i]))
                return NULL;
        return op_ex(w, node, bool_type, args, n);
    case OP_EQ:
    case OP_NE:
    case OP_GT:
    case OP_GE:
    case OP_LT:
    case OP_LE:
    case OP_WITHIN: return comparison(w, node, args, n);
    case OP_WHEN:
    case OP_CASE: return branches(w, node, args, n);
    case OP_COALESCE:
    case OP_LEAST:
    case OP_GREATEST: return same_typed(w, node, args, n);
    case OP_CONCAT:
    case OP_LOWER:
    case OP_UPPER:
    case OP_LENGTH:
    case OP_SUBSTR:
    case OP_TEXT: return text_op(w, node, args, n);
    case OP_DATE:
    case OP_YEAR:
    case OP_MONTH:
        if (!is_day(args[0]))
            return wrong(w, node, args[0], NULL);
        return op_ex(w, node, node->op == OP_DATE ? (Type){.kind = TYPE_DATE} : int_type, args, 1);
    default: return ex_more(w, node, args, n);
    }
}

Ex *ex_typed(ExprWriter *w, const Node *node)
{
    switch (node->kind) {
    case NODE_CONST: return ex_const(w, node);
    case NODE_COLUMN: return column_of(w, node, w->scope->table, node->column);
    case NODE_PARENT: return parent_of(w, node);
    case NODE_OP: return typed_op(w, node);
    case NODE_ROLL: return ex_refused(w, node, "a value over children", "give it a column");
    case NODE_GEN: break;
    }
    return ex_refused(w, node, "a generator", "give it a column of its own and name that");
}

bool dialect_expr(Engine engine, Buf *out, const DialectScope *scope, const Node *node, Arena *mem,
                  Err *err)
{
    ExprWriter w = {.engine = engine, .scope = scope, .mem = mem, .err = err};
    const Ex *e = ex_typed(&w, node);
    if (!e)
        return false;
    /* What stands alone is a value as the table keeps it. */
    bool scaled = e->type.kind == TYPE_DECIMAL && engine == ENGINE_SQLITE;
    const char *sql = e->type.kind == TYPE_BOOL ? sql_condition(&w, e)
                      : scaled                  ? sql_float(&w, e)
                                                : sql_expr(&w, e);
    if (sql)
        buf_str(out, sql);
    return sql != NULL;
}

/* Typed expressions as SQL: constants, columns, comparisons, logic and branches. Comparisons are by
 * value: numbers at a common scale, texts by their bytes, moments in UTC. */
#include <string.h>

#include "db/dialect_int.h"

#define EXPR_MAX 65536 /* bytes: an expression that repeats its parts could grow without end */

const char *sql_literal(ExprWriter *w, const char *text, size_t len)
{
    Buf out;
    buf_init(&out, SQL_MAX);
    dialect_string(w->engine, &out, text, len);
    const char *sql = arena_strndup(w->mem, out.data, out.len);
    buf_free(&out);
    return sql;
}

static const char *ident(ExprWriter *w, const char *name)
{
    Buf out;
    buf_init(&out, SQL_MAX);
    dialect_ident(w->engine, &out, name);
    const char *sql = arena_strndup(w->mem, out.data, out.len);
    buf_free(&out);
    return sql;
}

/* ---- constants */

static const char *float_const(ExprWriter *w, double v)
{
    Buf out;
    buf_init(&out, 256);
    buf_double(&out, v);
    const char *text = arena_strndup(w->mem, out.data, out.len);
    buf_free(&out);
    if (w->engine == ENGINE_POSTGRES)
        return arena_printf(w->mem, "CAST('%s' AS double precision)", text);
    return arena_printf(w->mem, strpbrk(text, "eE") ? "(%s)" : "(%se0)",
                        text); /* without an exponent MySQL takes it as a decimal */
}

static const char *decimal_const(ExprWriter *w, int64_t v, int scale)
{
    Buf out;
    buf_init(&out, 256);
    buf_decimal(&out, v, scale);
    const char *text = arena_strndup(w->mem, out.data, out.len);
    buf_free(&out);
    return v < 0 ? arena_printf(w->mem, "(%s)", text) : text;
}

static const char *exact_const(ExprWriter *w, int64_t v, int scale)
{
    return decimal_const(w, v, w->engine == ENGINE_SQLITE ? 0 : scale);
}

static const char *constant(ExprWriter *w, const Ex *e)
{
    switch (e->type.kind) {
    case TYPE_BOOL:
        return w->engine == ENGINE_POSTGRES ? (e->i ? "TRUE" : "FALSE") : e->i ? "1" : "0";
    case TYPE_INT: return exact_const(w, e->i, 0);
    case TYPE_DECIMAL: return exact_const(w, e->i, e->type.scale);
    case TYPE_FLOAT: return float_const(w, e->f);
    case TYPE_TEXT: return sql_literal(w, e->text, e->len);
    case TYPE_DATE:
    case TYPE_TIME:
    case TYPE_TIMESTAMP: return sql_moment_const(w, e, e->type.scale);
    default: break;
    }
    return "NULL";
}

/* ---- columns */

static const char *subquery(ExprWriter *w, const Ex *e)
{
    const char *alias = arena_printf(w->mem, "p%d", ++w->subqueries);
    Buf out;
    buf_init(&out, SQL_MAX);
    buf_printf(&out, "(SELECT %s.", alias);
    dialect_ident(w->engine, &out, e->table->cols[e->col].name);
    buf_str(&out, " FROM ");
    dialect_table(w->engine, &out, e->table->schema, e->table->name);
    buf_printf(&out, " %s WHERE ", alias);
    for (int i = 0; i < e->fk->ncols; i++) {
        Ex child = *e->from;
        child.col = e->fk->cols[i];
        buf_printf(&out, "%s%s.", i ? " AND " : "", alias);
        dialect_ident(w->engine, &out, e->fk->ref_cols[i]);
        buf_printf(&out, " = %s", sql_raw(w, &child));
    }
    buf_byte(&out, ')');
    const char *sql = arena_strndup(w->mem, out.data, out.len);
    buf_free(&out);
    return sql;
}

const char *sql_raw(ExprWriter *w, const Ex *e)
{
    if (e->what == NODE_PARENT)
        return subquery(w, e);
    if (e->what != NODE_COLUMN)
        return sql_expr(w, e);
    const char *name = ident(w, e->table->cols[e->col].name);
    return w->scope->alias ? arena_printf(w->mem, "%s.%s", w->scope->alias, name) : name;
}

static const char *column_text(ExprWriter *w, const Ex *e, const char *raw)
{
    const Type *t = &e->type;
    bool plain = t->kind == TYPE_TEXT && !t->fixed && !t->no_case;
    if (plain)
        return raw;
    if (w->engine == ENGINE_POSTGRES)
        return arena_printf(
            w->mem, "CAST(%s AS text)",
            raw); /* an enum's order, citext's and char(n)'s equality are not text's */
    if (w->engine == ENGINE_SQLITE)
        return t->no_case ? arena_printf(w->mem, "(%s COLLATE BINARY)", raw) : raw;
    if (t->no_case)
        return arena_printf(w->mem, "(CONVERT(%s USING utf8mb4) COLLATE utf8mb4_bin)", raw);
    return t->kind == TYPE_ENUM ? arena_printf(w->mem, "CAST(%s AS CHAR)", raw) : raw;
}

/* A column as expressions see it. */
static const char *column(ExprWriter *w, const Ex *e)
{
    const char *raw = sql_raw(w, e);
    const Type *t = &e->type;
    if (type_is_text(t->kind))
        return column_text(w, e, raw);
    if (t->kind == TYPE_DECIMAL && w->engine == ENGINE_SQLITE)
        return t->scale ? arena_printf(w->mem, "CAST(round(%s * %lld) AS INTEGER)", raw,
                                       (long long)decimal_pow10[t->scale])
                        : arena_printf(w->mem, "CAST(%s AS INTEGER)", raw);
    if (t->kind == TYPE_INT && t->is_unsigned && is_mysql(w->engine))
        return arena_printf(w->mem, "CAST(%s AS SIGNED)", raw);
    if (w->engine == ENGINE_POSTGRES && pg_without_zone(t))
        return arena_printf(w->mem, "(%s AT TIME ZONE 'UTC')", raw);
    return raw;
}

/* ---- numbers, and any value as another type */

const char *sql_exact(ExprWriter *w, const Ex *e, int scale)
{
    int own = e->type.kind == TYPE_DECIMAL ? e->type.scale : 0;
    const char *sql = sql_expr(w, e);
    if (sql && e->type.kind == TYPE_BOOL && w->engine == ENGINE_POSTGRES)
        return arena_printf(w->mem, "CAST(%s AS integer)", sql);
    if (!sql || w->engine != ENGINE_SQLITE || scale <= own || ex_is_null_const(e))
        return sql;
    if (e->what == NODE_CONST && (e->type.kind == TYPE_INT || e->type.kind == TYPE_DECIMAL)) {
        int64_t v;
        if (decimal_rescale(e->i, own, scale, &v))
            return exact_const(w, v, 0);
    }
    return arena_printf(w->mem, "(%s * %lld)", sql, (long long)decimal_pow10[scale - own]);
}

const char *sql_float(ExprWriter *w, const Ex *e)
{
    const char *sql = sql_expr(w, e);
    if (!sql || e->type.kind == TYPE_FLOAT || ex_is_null_const(e))
        return sql;
    if (w->engine == ENGINE_POSTGRES)
        return arena_printf(w->mem, "CAST(%s AS double precision)", sql);
    if (is_mysql(w->engine))
        return arena_printf(w->mem, "(%s + 0e0)", sql);
    return arena_printf(w->mem, "(%s / %lld.0)", sql,
                        (long long)decimal_pow10[e->type.kind == TYPE_DECIMAL ? e->type.scale : 0]);
}

static bool is_moment_kind(TypeKind kind)
{
    return kind == TYPE_DATE || kind == TYPE_TIME || kind == TYPE_TIMESTAMP;
}

const char *sql_as(ExprWriter *w, const Ex *e, const Type *type)
{
    if (ex_is_null_const(e))
        return "NULL";
    if (type->kind == TYPE_FLOAT)
        return sql_float(w, e);
    if (type->kind == TYPE_DECIMAL || type->kind == TYPE_INT)
        return sql_exact(w, e, type->kind == TYPE_DECIMAL ? type->scale : 0);
    return is_moment_kind(type->kind) ? sql_moment(w, e, type) : sql_expr(w, e);
}

const char *sql_condition(ExprWriter *w, const Ex *e)
{
    const char *sql = sql_expr(w, e);
    return sql && e->type.kind == TYPE_INT ? arena_printf(w->mem, "(%s <> 0)", sql) : sql;
}

const char *sql_text(ExprWriter *w, const Ex *e)
{
    const char *sql = is_moment_kind(e->type.kind)   ? sql_moment_text(w, e)
                      : e->type.kind == TYPE_DECIMAL ? sql_decimal_text(w, e)
                                                     : sql_expr(w, e);
    if (sql && e->type.kind == TYPE_BOOL)
        return arena_printf(w->mem, "(CASE WHEN %s THEN 'true' WHEN NOT %s THEN 'false' END)", sql,
                            sql);
    if (sql && e->type.kind == TYPE_INT)
        return arena_printf(w->mem, "CAST(%s AS %s)", sql, is_mysql(w->engine) ? "CHAR" : "text");
    return sql;
}

/* ---- comparisons */

static bool by_number(const Ex *e)
{
    return type_is_numeric(e->type.kind) || e->type.kind == TYPE_BOOL;
}

/* On SQLite, numbers that nothing was computed from: the nearest doubles of two decimals of 15
 * digits compare as the decimals do. */
static bool is_kept(ExprWriter *w, const Ex *e)
{
    bool column = e->what == NODE_COLUMN || e->what == NODE_PARENT;
    if (w->engine != ENGINE_SQLITE || (e->type.kind != TYPE_INT && e->type.kind != TYPE_DECIMAL))
        return false;
    return column || (e->what == NODE_CONST && e->i < decimal_pow10[SQLITE_DIGITS] &&
                      e->i > -decimal_pow10[SQLITE_DIGITS]);
}

static const char *kept(ExprWriter *w, const Ex *e)
{
    return e->what == NODE_CONST
               ? decimal_const(w, e->i, e->type.kind == TYPE_DECIMAL ? e->type.scale : 0)
               : sql_raw(w, e);
}

const char *sql_compare(ExprWriter *w, const char *op, const Ex *a, const Ex *b)
{
    const char *x, *y;
    bool order = strcmp(op, "=") != 0 && strcmp(op, "<>") != 0;
    if (is_kept(w, a) && is_kept(w, b)) {
        x = kept(w, a);
        y = kept(w, b);
    } else if (by_number(a) && by_number(b) &&
               (a->type.kind != TYPE_BOOL || b->type.kind != TYPE_BOOL)) {
        int sa = a->type.kind == TYPE_DECIMAL ? a->type.scale : 0,
            sb = b->type.kind == TYPE_DECIMAL ? b->type.scale : 0;
        bool doubles = a->type.kind == TYPE_FLOAT || b->type.kind == TYPE_FLOAT;
        x = doubles ? sql_float(w, a) : sql_exact(w, a, sa > sb ? sa : sb);
        y = doubles ? sql_float(w, b) : sql_exact(w, b, sa > sb ? sa : sb);
    } else if (is_moment_kind(a->type.kind) && is_moment_kind(b->type.kind)) {
        bool stamp = a->type.kind == TYPE_TIMESTAMP || b->type.kind == TYPE_TIMESTAMP;
        int scale = a->type.scale > b->type.scale ? a->type.scale : b->type.scale;
        Type type = {
            .kind = stamp ? TYPE_TIMESTAMP : a->type.kind, .scale = scale, .with_zone = stamp};
        x = sql_moment(w, a, &type);
        y = sql_moment(w, b, &type);
    } else {
        x = sql_expr(w, a);
        y = sql_expr(w, b);
        if (x && order && w->engine == ENGINE_POSTGRES && type_is_text(a->type.kind))
            x = arena_printf(w->mem, "(%s COLLATE \"C\")", x);
    }
    return x && y ? arena_printf(w->mem, "(%s %s %s)", x, op, y) : NULL;
}

static const char *null_test(ExprWriter *w, const Ex *e)
{
    const char *sql = sql_raw(w, e->args[0]);
    return sql ? arena_printf(w->mem, "(%s IS %sNULL)", sql, e->op == OP_NE ? "NOT " : "") : NULL;
}

/* IN needs one way to compare: texts, or exact numbers at one scale. Otherwise each comparison is
 * written out, which means the same. */
static const char *within(ExprWriter *w, const Ex *e)
{
    int scale = 0;
    bool texts = type_is_text(e->args[0]->type.kind), exact = true, as_kept = true;
    for (int i = 0; i < e->nargs; i++) {
        as_kept = as_kept && is_kept(w, e->args[i]);
        const Type *t = &e->args[i]->type;
        texts = texts && (type_is_text(t->kind) || t->kind == TYPE_NULL);
        exact = exact && (t->kind == TYPE_INT || t->kind == TYPE_DECIMAL || t->kind == TYPE_NULL);
        scale = t->kind == TYPE_DECIMAL && t->scale > scale ? t->scale : scale;
    }
    const char *sql = NULL;
    for (int i = texts || exact ? 0 : 1; i < e->nargs; i++) {
        const char *one = texts     ? sql_expr(w, e->args[i])
                          : as_kept ? kept(w, e->args[i])
                          : exact   ? sql_exact(w, e->args[i], scale)
                                    : sql_compare(w, "=", e->args[0], e->args[i]);
        if (!one)
            return NULL;
        if (texts || exact)
            sql = i == 0 ? arena_printf(w->mem, "(%s IN (", one)
                         : arena_printf(w->mem, "%s%s%s", sql, i > 1 ? ", " : "", one);
        else
            sql =
                sql ? arena_printf(w->mem, "%s OR %s", sql, one) : arena_printf(w->mem, "(%s", one);
    }
    return arena_printf(w->mem, texts || exact ? "%s))" : "%s)", sql);
}

/* ---- logic and branches */

static const char *logic(ExprWriter *w, const Ex *e)
{
    const char *a = sql_condition(w, e->args[0]),
               *b = e->nargs > 1 ? sql_condition(w, e->args[1]) : "";
    if (!a || !b)
        return NULL;
    return e->op == OP_NOT
               ? arena_printf(w->mem, "(NOT %s)", a)
               : arena_printf(w->mem, "(%s %s %s)", a, e->op == OP_AND ? "AND" : "OR", b);
}

static const char *branches(ExprWriter *w, const Ex *e)
{
    const char *sql = "(CASE";
    if (e->type.kind == TYPE_NULL)
        return "NULL";
    for (int i = 0; i + 1 < e->nargs; i += 2) {
        const char *when = sql_condition(w, e->args[i]),
                   *then = sql_as(w, e->args[i + 1], &e->type);
        if (!when || !then)
            return NULL;
        sql = arena_printf(w->mem, "%s WHEN %s THEN %s", sql, when, then);
    }
    const Ex *last = e->args[e->nargs - 1];
    const char *otherwise = ex_is_null_const(last) ? NULL : sql_as(w, last, &e->type);
    if (!otherwise && !ex_is_null_const(last))
        return NULL;
    return otherwise ? arena_printf(w->mem, "%s ELSE %s END)", sql, otherwise)
                     : arena_printf(w->mem, "%s END)", sql);
}

/* coalesce, least, greatest. PostgreSQL's least takes no notice of NULLs, SQLite's min of one
 * argument is another function. */
static const char *call(ExprWriter *w, const Ex *e)
{
    static const char *const names[][2] = {{"LEAST", "GREATEST"}, {"min", "max"}};
    const char *list = "", *nulls = "";
    bool bytes = w->engine == ENGINE_POSTGRES && type_is_text(e->type.kind) && e->op != OP_COALESCE;
    for (int i = 0; i < e->nargs; i++) {
        const char *one = sql_as(w, e->args[i], &e->type);
        if (!one)
            return NULL;
        if (e->nargs == 1)
            return one;
        list = arena_printf(w->mem, bytes ? "%s%s(%s COLLATE \"C\")" : "%s%s%s", list,
                            i ? ", " : "", one);
        nulls = arena_printf(w->mem, "%s%s%s IS NULL", nulls, i ? " OR " : "", one);
    }
    if (e->op == OP_COALESCE)
        return arena_printf(w->mem, "COALESCE(%s)", list);
    const char *name = names[w->engine == ENGINE_SQLITE][e->op == OP_GREATEST];
    if (w->engine == ENGINE_POSTGRES)
        return arena_printf(w->mem, "(CASE WHEN %s THEN NULL ELSE %s(%s) END)", nulls, name, list);
    return arena_printf(w->mem, "%s(%s)", name, list);
}

static const char *operator(ExprWriter *w, const Ex *e)
{
    static const char *const signs[] = {[OP_EQ] = "=",  [OP_NE] = "<>", [OP_GT] = ">",
                                        [OP_GE] = ">=", [OP_LT] = "<",  [OP_LE] = "<="};
    switch (e->op) {
    case OP_ADD:
    case OP_SUB:
    case OP_MUL:
    case OP_DIV:
    case OP_MOD:
    case OP_IDIV: return sql_arithmetic(w, e);
    case OP_NEG:
    case OP_ABS:
    case OP_FLOOR:
    case OP_CEIL: return sql_unary(w, e);
    case OP_ROUND: return sql_round(w, e);
    case OP_AND:
    case OP_OR:
    case OP_NOT: return logic(w, e);
    case OP_EQ:
    case OP_NE:
    case OP_GT:
    case OP_GE:
    case OP_LT:
    case OP_LE:
        return e->nargs == 1 ? null_test(w, e)
                             : sql_compare(w, signs[e->op], e->args[0], e->args[1]);
    case OP_WITHIN: return within(w, e);
    case OP_WHEN:
    case OP_CASE: return branches(w, e);
    case OP_COALESCE:
    case OP_LEAST:
    case OP_GREATEST: return call(w, e);
    case OP_DATE:
    case OP_YEAR:
    case OP_MONTH: return sql_part(w, e);
    case OP_CONCAT:
    case OP_LOWER:
    case OP_UPPER:
    case OP_LENGTH:
    case OP_SUBSTR:
    case OP_TEXT: return sql_text_op(w, e);
    case OP_INT_OF:
    case OP_DECIMAL_OF: return sql_round(w, e);
    default: return sql_more(w, e);
    }
}

const char *sql_expr(ExprWriter *w, const Ex *e)
{
    if (e->what == NODE_COLUMN || e->what == NODE_PARENT)
        return column(w, e);
    const char *sql = e->what == NODE_CONST ? constant(w, e) : operator(w, e);
    if (sql && e->what == NODE_OP && strlen(sql) > EXPR_MAX) {
        ex_no_sql(w, e->node, "an expression of this size",
                  "split it: give parts of it columns of their own");
        return NULL;
    }
    return sql;
}

/* Private to the dialects. */
#ifndef SEEDPIPE_DB_DIALECT_INT_H
#define SEEDPIPE_DB_DIALECT_INT_H

#include "base/decimal.h"
#include "db/dialect.h"

#define SQL_MAX (1u << 24) /* bytes of one statement */

static inline bool is_mysql(Engine engine)
{
    return engine == ENGINE_MYSQL || engine == ENGINE_MARIADB;
}

/* What a column of a SQLite table holds exactly: digits that a double keeps. */
#define SQLITE_DIGITS 15

/* The column belongs to a key or index, or refers to one. */
bool dialect_in_key(const Table *table, int col);

/* ---- expressions: typed first (dialect_expr.c), exactly as gen/ types them, then written
 * (dialect_put.c, dialect_put_time.c) */

typedef struct Ex Ex;
struct Ex {
    const Node *node; /* for places and columns */
    NodeKind what;    /* NODE_CONST, NODE_COLUMN, NODE_PARENT, NODE_OP */
    OpKind op;
    Type type;       /* scale: of decimals, times and timestamps */
    int whole;       /* digits before the point that a number can have */
    bool has_bounds; /* of an integer */
    i128 lo, hi;
    int64_t i; /* NODE_CONST: bool, int, decimal (unscaled), date, time, timestamp */
    double f;
    const char *text;
    size_t len;
    int64_t months, micros; /* a span that is added: OP_ADD with one argument */
    int col;                /* NODE_COLUMN, NODE_PARENT: index in `table` */
    const Table *table;
    const ForeignKey *fk;  /* NODE_PARENT: of `from` */
    const struct Ex *from; /* NODE_PARENT: the reference column */
    Ex **args;
    int nargs;
};

typedef struct ExprWriter {
    Engine engine;
    const DialectScope *scope;
    int subqueries; /* for their aliases */
    Arena *mem;
    Err *err;
} ExprWriter;

/* NULL with an error. */
Ex *ex_typed(ExprWriter *w, const Node *node);
/* Adds "<what> cannot be said in SQL"; returns false, or NULL. */
bool ex_no_sql(ExprWriter *w, const Node *node, const char *what, const char *hint);
Ex *ex_refused(ExprWriter *w, const Node *node, const char *what, const char *hint);
Ex *ex_new(ExprWriter *w, const Node *node, Type type);
void ex_bound(Ex *e, i128 lo, i128 hi); /* of an integer, unless it leaves 64 bits */
int ex_digits(i128 v);
/* dialect_const.c */
Ex *ex_const(ExprWriter *w, const Node *node);
bool ex_read_moments(ExprWriter *w, Ex *a,
                     Ex *b); /* a text constant beside a date, time or timestamp becomes one */
bool ex_is_null_const(const Ex *e);

/* Each gives SQL that can stand beside any operator, or NULL with an error. Exact decimals are
 * integers of their scale on SQLite. */
const char *sql_expr(ExprWriter *w, const Ex *e);
const char *sql_exact(ExprWriter *w, const Ex *e,
                      int scale); /* a number brought to a scale not below its own */
const char *sql_float(ExprWriter *w, const Ex *e);
const char *sql_as(ExprWriter *w, const Ex *e,
                   const Type *type); /* as another type that holds it */
const char *sql_condition(ExprWriter *w, const Ex *e);
const char *sql_text(ExprWriter *w, const Ex *e); /* any value as text */
const char *sql_raw(ExprWriter *w, const Ex *e);  /* columns as the table keeps them */
const char *sql_compare(ExprWriter *w, const char *op, const Ex *a, const Ex *b);
const char *sql_literal(ExprWriter *w, const char *text, size_t len);
/* dialect_math.c */
const char *sql_arithmetic(ExprWriter *w, const Ex *e);
const char *sql_unary(ExprWriter *w, const Ex *e);
const char *sql_round(ExprWriter *w, const Ex *e);
/* dialect_time.c */
const char *sql_moment(ExprWriter *w, const Ex *e,
                       const Type *type); /* a date, time or timestamp as another, at its scale */
const char *sql_moment_const(ExprWriter *w, const Ex *e, int scale);
const char *sql_span(ExprWriter *w, const Ex *e);
const char *sql_difference(ExprWriter *w, const Ex *e);
const char *sql_part(ExprWriter *w, const Ex *e); /* date_of, year_of, month_of */
const char *sql_moment_text(ExprWriter *w, const Ex *e);
/* dialect_more.c: the functions that are neither arithmetic nor logic */
Ex *ex_more(ExprWriter *w, const Node *node, Ex **args, int n);
Ex *ex_node_span(ExprWriter *w, const Node *node, const Node *span, Ex *at);
const char *sql_more(ExprWriter *w, const Ex *e);
/* dialect_text.c */
const char *sql_text_op(ExprWriter *w, const Ex *e);
const char *sql_decimal_text(ExprWriter *w, const Ex *e);

/* A column that a PostgreSQL table keeps as timestamp without a zone. */
bool pg_without_zone(const Type *type);

#endif

/* Node: one piece of the graph that a recipe describes: a generator call, a constant, a column of
 * the row, a column of a parent, or an operator. Nodes are immutable once the recipe is frozen. */
#ifndef SEEDPIPE_MODEL_NODE_H
#define SEEDPIPE_MODEL_NODE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

typedef struct Node Node;
typedef struct Value Value;
struct GenDef;

/* A span of time with bounds: days(3) has both bounds equal. Months and microseconds are kept
 * apart, since a month has no fixed length; years are 12 months. */
typedef struct Duration {
    int64_t min_months, max_months;
    int64_t min_micros, max_micros;
} Duration;

typedef enum ValueKind {
    VAL_NONE,     /* the parameter was not given */
    VAL_NULL,     /* null */
    VAL_BOOL,     /* i */
    VAL_INT,      /* i */
    VAL_FLOAT,    /* f, as Lua had it; text is its shortest decimal spelling, so 0.1 is exactly one
                     tenth */
    VAL_TEXT,     /* text, len bytes */
    VAL_DURATION, /* duration */
    VAL_CLOCK,    /* the recipe's clock plus duration (bounds equal) */
    VAL_NODE,     /* node */
    VAL_TABLE,    /* a table of the recipe by name: text */
    VAL_LIST,     /* items, in order */
    VAL_WEIGHTS,  /* items[k] with weight weights[k] > 0; keys of a map are sorted, a list keeps its
                     order */
    /* Their numbers enter digests: a new kind comes last. */
    VAL_ARG,     /* args[i] of the node that has the value */
    VAL_MEMBERS, /* items[k] (VAL_ARG) under names[k] */
    VAL_DATASET  /* text: the file; items: its cells by rows of i columns, the header first */
} ValueKind;

struct Value {
    ValueKind kind;
    int64_t i;
    double f;
    const char *text;
    size_t len;
    Duration duration;
    const Node *node;
    const Value *items;
    const double *weights;
    const char *const *names;
    int count;
};

typedef enum NodeKind {
    NODE_CONST,  /* value */
    NODE_GEN,    /* gen, params, args */
    NODE_COLUMN, /* the row's own column: column */
    NODE_PARENT, /* args[0] is a reference column (NODE_COLUMN or NODE_PARENT); name is the parent's
                    column */
    NODE_OP,     /* op, args */
    NODE_ROLL /* a value over the row's children: roll; name is their table; args, over the columns
                 of a child: the value (none for ROLL_COUNT), then a condition if there is one;
                 value.i says which child for ROLL_NTH */
} NodeKind;

/* X(constant, name in a recipe, doc). Evaluated by gen/roll.c. Children stand in their own order.
 */
#define ROLL_MAP(X)                                                                                \
    X(ROLL_SUM, "sum", "the sum over the row's children; 0 without any; NULLs are left out")       \
    X(ROLL_COUNT, "count", "how many children the row has, or how many meet a condition")          \
    X(ROLL_MIN, "min", "the smallest value among the row's children; NULL without any")            \
    X(ROLL_MAX, "max", "the greatest value among the row's children; NULL without any")            \
    X(ROLL_AVG, "avg", "the mean over the row's children; NULL without any")                       \
    X(ROLL_FIRST, "first", "the value of the row's first child; NULL without one")                 \
    X(ROLL_LAST, "last", "the value of the row's last child; NULL without one")                    \
    X(ROLL_NTH, "nth", "nth(x, n): the value of the row's child number n, from 1; NULL without it")

typedef enum RollKind {
#define X(constant, name, doc) constant,
    ROLL_MAP(X)
#undef X
        ROLL_COUNT_OF
} RollKind;

typedef struct RollDef {
    const char *name, *doc;
} RollDef;
extern const RollDef roll_defs[ROLL_COUNT_OF];

/* X(constant, name, min args, max args (-1: any), how it is written in a recipe: 'm' method of a
 * node, 'f' global function, 'o' Lua operator, 'x' written otherwise, doc). Evaluated by
 * gen/expr.c, rendered as SQL by db/dialect. */
#define OP_MAP(X)                                                                                     \
    X(OP_ADD, "add", 2, 2, 'o', "a + b; a date or timestamp plus a duration")                         \
    X(OP_SUB, "sub", 2, 2, 'o', "a - b; two dates give days, two timestamps seconds")                 \
    X(OP_MUL, "mul", 2, 2, 'o', "a * b, exact for integers and decimals")                             \
    X(OP_DIV, "div", 2, 2, 'o', "a / b; decimals keep 6 more digits; NULL when b is 0")               \
    X(OP_MOD, "mod", 2, 2, 'o', "a % b, sign of b, as in Lua; NULL when b is 0")                      \
    X(OP_IDIV, "idiv", 2, 2, 'o', "a // b, rounded down; NULL when b is 0")                           \
    X(OP_NEG, "neg", 1, 1, 'o', "-a")                                                                 \
    X(OP_CONCAT, "concat", 1, -1, 'o', "a .. b: text; NULL when one of them is")                      \
    X(OP_AND, "and", 2, 2, 'o', "a & b, three-valued")                                                \
    X(OP_OR, "or", 2, 2, 'o', "a | b, three-valued")                                                  \
    X(OP_NOT, "not", 1, 1, 'o', "~a")                                                                 \
    X(OP_EQ, "is", 2, 2, 'm', "a:is(b); a:is(null) tests for NULL and is never unknown")              \
    X(OP_NE, "ne", 2, 2, 'm', "a:ne(b); a:ne(null) tests for not NULL")                               \
    X(OP_GT, "gt", 2, 2, 'm', "a:gt(b)")                                                              \
    X(OP_GE, "ge", 2, 2, 'm', "a:ge(b)")                                                              \
    X(OP_LT, "lt", 2, 2, 'm', "a:lt(b)")                                                              \
    X(OP_LE, "le", 2, 2, 'm', "a:le(b)")                                                              \
    X(OP_WITHIN, "within", 2, -1, 'm', "a:within(x, y, ...): one of the values")                      \
    X(OP_WHEN, "when", 2, 3, 'f',                                                                     \
      "when(cond, a, b): a where cond is true, else b (NULL when left out)")                          \
    X(OP_CASE, "case", 1, -1, 'f',                                                                    \
      "case{ {cond, a}, ..., otherwise = b }: args are cond, a, cond, a, ..., b")                     \
    X(OP_COALESCE, "coalesce", 1, -1, 'f', "the first that is not NULL")                              \
    X(OP_ROUND, "round", 1, 2, 'f', "round(a, digits): half away from zero")                          \
    X(OP_FLOOR, "floor", 1, 1, 'f', "the greatest integer not above")                                 \
    X(OP_CEIL, "ceil", 1, 1, 'f', "the least integer not below")                                      \
    X(OP_ABS, "abs", 1, 1, 'f', "the absolute value")                                                 \
    X(OP_LEAST, "least", 1, -1, 'f', "the smallest; NULL when one of them is")                        \
    X(OP_GREATEST, "greatest", 1, -1, 'f', "the greatest; NULL when one of them is")                  \
    X(OP_LOWER, "lower", 1, 1, 'f', "ASCII letters to lower case")                                    \
    X(OP_UPPER, "upper", 1, 1, 'f', "ASCII letters to upper case")                                    \
    X(OP_LENGTH, "length", 1, 1, 'f', "characters of a text")                                         \
    X(OP_SUBSTR, "substr", 2, 3, 'f', "substr(text, from, count): characters, from 1")                \
    X(OP_TEXT, "text_of", 1, 1, 'f', "any value as text")                                             \
    X(OP_DATE, "date_of", 1, 1, 'f', "the date of a timestamp")                                       \
    X(OP_YEAR, "year_of", 1, 1, 'f', "the year of a date or timestamp")                               \
    X(OP_MONTH, "month_of", 1, 1, 'f', "the month of a date or timestamp, 1 to 12")                   \
    X(OP_TRIM, "trim", 1, 1, 'f', "without blanks at both ends")                                      \
    X(OP_LTRIM, "ltrim", 1, 1, 'f', "without blanks at its beginning")                                \
    X(OP_RTRIM, "rtrim", 1, 1, 'f', "without blanks at its end")                                      \
    X(OP_REPLACE, "replace", 3, 3, 'f', "replace(text, what, by): each occurrence")                   \
    X(OP_LPAD, "lpad", 2, 3, 'f',                                                                     \
      "lpad(text, n, fill): filled at its beginning to n characters, or cut to them")                 \
    X(OP_RPAD, "rpad", 2, 3, 'f',                                                                     \
      "rpad(text, n, fill): filled at its end to n characters, or cut to them")                       \
    X(OP_POSITION, "position", 2, 2, 'f',                                                             \
      "position(text, part): where the part begins, from 1; 0 when it is not there")                  \
    X(OP_REPEAT, "repeated", 2, 2, 'f', "repeated(text, n): n times")                                 \
    X(OP_REVERSE, "reverse", 1, 1, 'f', "the characters from the last to the first")                  \
    X(OP_INITCAP, "initcap", 1, 1, 'f',                                                               \
      "each word with an ASCII capital, the rest in small letters")                                   \
    X(OP_SPLIT, "split_part", 3, 3, 'f',                                                              \
      "split_part(text, by, n): part number n from 1; '' when there are fewer")                       \
    X(OP_ASCII, "ascii", 1, 1, 'f',                                                                   \
      "Latin letters without their marks, other characters left out")                                 \
    X(OP_SLUGIFY, "slugify", 1, 1, 'f', "small ASCII letters and digits, joined by -")                \
    X(OP_DAY, "day_of", 1, 1, 'f', "the day of the month, 1 to 31")                                   \
    X(OP_QUARTER, "quarter_of", 1, 1, 'f', "the quarter, 1 to 4")                                     \
    X(OP_WEEK, "week_of", 1, 1, 'f', "the ISO 8601 week, 1 to 53")                                    \
    X(OP_WEEKDAY, "weekday_of", 1, 1, 'f', "the day of the week, 1 (Monday) to 7")                    \
    X(OP_YEARDAY, "yearday_of", 1, 1, 'f', "the day of the year, 1 to 366")                           \
    X(OP_HOUR, "hour_of", 1, 1, 'f', "the hour of a timestamp, 0 to 23")                              \
    X(OP_MINUTE, "minute_of", 1, 1, 'f', "the minute of a timestamp, 0 to 59")                        \
    X(OP_SECOND, "second_of", 1, 1, 'f', "the second of a timestamp, 0 to 59")                        \
    X(OP_START, "start_of", 2, 2, 'f',                                                                \
      "start_of(x, \"month\"): the beginning of its year, quarter, month, week, day, hour or minute") \
    X(OP_LAST_DAY, "last_day_of", 1, 1, 'f', "the last day of the month, a date")                     \
    X(OP_MONTHS_BETWEEN, "months_between", 2, 2, 'f', "months_between(from, to): whole months")       \
    X(OP_YEARS_BETWEEN, "years_between", 2, 2, 'f',                                                   \
      "years_between(from, to): whole years, such as an age")                                         \
    X(OP_SPAN, "span", 2, 2, 'x', "days(t.n), hours(t.n), ...: a span of time from a column")         \
    X(OP_SIGN, "sign", 1, 1, 'f', "-1, 0 or 1")                                                       \
    X(OP_TRUNC, "trunc", 1, 2, 'f', "trunc(a, digits): digits beyond are cut off")                    \
    X(OP_SQRT, "sqrt", 1, 1, 'f', "the square root; NULL below 0")                                    \
    X(OP_POWER, "power", 2, 2, 'f', "power(a, b), a double; NULL where it is none")                   \
    X(OP_EXP, "exp", 1, 1, 'f', "e to the power of a")                                                \
    X(OP_LN, "ln", 1, 1, 'f', "the natural logarithm; NULL at 0 and below")                           \
    X(OP_LOG10, "log10", 1, 1, 'f', "the logarithm to base 10; NULL at 0 and below")                  \
    X(OP_INT_OF, "int_of", 1, 1, 'f',                                                                 \
      "a whole number: rounded, or read from a text (NULL when it is none)")                          \
    X(OP_DECIMAL_OF, "decimal_of", 2, 2, 'f',                                                         \
      "decimal_of(a, digits): rounded, or read from a text (NULL when it is none)")                   \
    X(OP_LIKE, "like", 2, 2, 'm', "a:like(\"A%\"): % stands for any characters, _ for one")

typedef enum OpKind {
#define X(constant, name, min, max, form, doc) constant,
    OP_MAP(X)
#undef X
        OP_COUNT
} OpKind;

typedef struct OpDef {
    const char *name;
    int min_args, max_args;
    char form;
    const char *doc;
} OpDef;
extern const OpDef op_defs[OP_COUNT];

/* What it gives was rounded once, and is a value of its own. */
static inline bool op_rounds(OpKind op)
{
    return op == OP_ROUND || op == OP_INT_OF || op == OP_DECIMAL_OF;
}

struct Node {
    NodeKind kind;
    const char *where;        /* "recipes/x.lua:12" */
    Value value;              /* NODE_CONST, NODE_ROLL */
    const struct GenDef *gen; /* NODE_GEN */
    const Value *params;      /* NODE_GEN: one per gen->params, VAL_NONE when not given */
    OpKind op;                /* NODE_OP */
    RollKind roll;            /* NODE_ROLL */
    const char *identity; /* a value of a record, such as "person seller.email": the same wherever
                             it stands in its table; NULL: none */
    const char *record;   /* its record's name */
    const char *column;   /* NODE_COLUMN: the column's name in its own table */
    const char *name;     /* NODE_PARENT: the parent's column; NODE_ROLL: the children's table */
    const Node *const *args; /* NODE_OP, NODE_PARENT and NODE_ROLL */
    int nargs;
    /* Modifiers: only on the node that is assigned to a column. */
    struct NodeModifiers {
        bool unique;
        bool pii;
        const char *pii_kind;     /* NULL: the generator's own */
        bool nullable;            /* :null(), without a share: NULL where the value is */
        double null_share;        /* 0..1 */
        const char *type;         /* :type "varchar(40)" */
        int on_delete, on_update; /* Action of table.h, -1 when not said */
    } mods;
};

#endif

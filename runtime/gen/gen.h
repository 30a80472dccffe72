/* Generators: native code that turns (seed, table, column, row, generation) into cells, columns at
 * a time. A GenDef describes one for validation, help and docs; binding checks its parameters at
 * plan time and may fail; filling cannot. Nothing here does I/O or looks at a clock. */
#ifndef SEEDPIPE_GEN_GEN_H
#define SEEDPIPE_GEN_GEN_H

#include "base/err.h"
#include "base/rng.h"
#include "model/plan.h"

typedef enum ParamKind {
    PARAM_INT,    /* VAL_INT */
    PARAM_NUMBER, /* VAL_INT or VAL_FLOAT */
    PARAM_TEXT,
    PARAM_BOOL,
    PARAM_DURATION, /* days(3), days(1, 30) */
    PARAM_TIME,     /* "2024-01-01", clock, years(-3) (from the clock), clock + days(2) */
    PARAM_MOMENT, /* what PARAM_TIME takes, or a column or expression that is a date or timestamp */
    PARAM_NODE,   /* any node: a column, an expression, another generator */
    PARAM_LIST,   /* { "a", "b" }: VAL_LIST of constants */
    PARAM_WEIGHTS,  /* { a = 70, b = 30 } or { {1, 5}, {2, 3} } */
    PARAM_STATES,   /* { open = { done = 9, after = days(1) } }: VAL_LIST of VAL_LISTs: name,
                       weights of the next ("stay": none), duration */
    PARAM_TABLE,    /* a table of the recipe, or its name */
    PARAM_DIST,     /* zipf { s = 1.1 }, "normal": VAL_NODE of a distribution, or its name */
    PARAM_NODES,    /* { a, b } or { {a, 3}, {b, 1} }: VAL_LIST or VAL_WEIGHTS of VAL_ARG */
    PARAM_MEMBERS,  /* { id = t.id, name = word() }: VAL_MEMBERS, by name */
    PARAM_TEMPLATE, /* "Order {id}": VAL_LIST of VAL_TEXT and VAL_ARG */
    PARAM_DATASET,  /* the name of a CSV file below the recipe: VAL_DATASET */
    PARAM_ANY       /* a constant or a node */
} ParamKind;
const char *param_kind_text(ParamKind kind); /* "a number", "a list", ... for messages */

typedef struct GenParam {
    const char *name;
    ParamKind kind;
    bool required;
    const char *default_text; /* as written in a recipe, for docs; NULL = none */
    double min, max;          /* PARAM_INT, PARAM_NUMBER, checked when min < max */
    const char *doc;
} GenParam;

struct GenCall;

/* What binding knows and fills in. Parameters are read with the gen_param_* functions below. */
typedef struct GenBind {
    const struct GenScope *scope;
    const Node *node;
    Arena *mem;
    Err *err;
    struct Bound
        *out; /* type, nullable, state, count, fill to be set; key and args are set already */
} GenBind;

/* How a generator is bound for an older engine, and those before it: they keep their data. */
typedef struct GenOlder {
    int engine;
    bool (*bind)(GenBind *b);
} GenOlder;

typedef struct GenDef {
    const char *name;
    const char *family;     /* "core", "person", "finance", ... */
    const char *doc;        /* one sentence */
    const char *example;    /* as written in a recipe */
    const GenParam *params; /* positional arguments go to them in order, named ones by name */
    int nparams;
    const char *pii; /* default PII kind when the column says :pii(), NULL = "other" */
    /* Checks parameters, sets out->type, out->nullable, out->state, out->count and out->fill. */
    bool (*bind)(GenBind *b);
    const GenOlder *older; /* oldest first, {0} at the end; NULL: the same for all engines */
} GenDef;

/* One call of a fill: n cells into out, whose kind, scale and n are set and whose i, f or s vector
 * is allocated. Text views must live in state or in scratch. */
typedef struct GenCall {
    const struct Bound *bound;
    uint32_t n;
    const uint64_t *rows; /* row numbers; never ROW_NONE */
    const uint64_t
        *index; /* not NULL: cell k must be value number index[k] of out->count values (unique);
                   with count 0 (unbounded): distinct results for distinct indexes, of which those
                   of rows count up from 0 and those of other generations down from INDEX_END */
    const uint32_t *generation; /* per cell; NULL: all 0 */
    const Vec *const *args;     /* evaluated bound->args */
    Arena *scratch;
    uint64_t *overflows; /* counts cells that left their range (such a cell is NULL, and the run
                            fails); may be NULL */
} GenCall;

#define INDEX_END (UINT64_C(1) << 62)

/* Without a bound: how far from the end an index is; 0 for one of a row. */
static inline uint64_t index_from_end(uint64_t index)
{
    return index > INDEX_END / 2 ? INDEX_END - index : 0;
}

static inline uint32_t gen_generation(const GenCall *c, uint32_t k)
{
    return c->generation ? c->generation[k] : 0;
}
static inline Rand2 gen_draw(const GenCall *c, uint64_t key, uint32_t k, uint32_t draw)
{
    return rng_draw(key, c->rows[k], gen_generation(c, k), draw);
}

/* What depends on how rows stand under their parents: a value over a row's children, the row's own
 * number among its siblings, or how many they are. */
typedef struct Roll {
    enum { ROLL_CHILDREN, ROLL_OWN_NUMBER, ROLL_SIBLINGS, ROLL_RUNNING } what;
    int table, fk; /* the children and their FK_PER key; the row's own table for the others */
    RollKind kind; /* ROLL_CHILDREN */
    int64_t nth;   /* ROLL_NTH: from 1; ROLL_OWN_NUMBER: the first child's */
    int shift;     /* ROLL_AVG: digits that the mean has more than the values */
    const struct Bound *value, *cond; /* over the children's columns, NULL: none */
} Roll;

typedef struct Bound {
    Type type;     /* of the result; out vectors get type.kind and type.scale */
    bool nullable; /* a cell can be NULL */
    void (*fill)(const GenCall *c, Vec *out);
    const void *state;
    uint64_t key;   /* random stream: hash of seed, table, column, path in the expression */
    uint64_t joint; /* the stream of a draw of which other columns show other parts; 0: none */
    uint64_t count; /* distinct values by index; 0 with indexable: unbounded */
    int64_t lo, hi; /* bounds of an integer result when has_bounds */
    bool has_bounds;
    bool indexable; /* fill understands GenCall.index */
    bool no_case;   /* its values by index differ, too, without case, marks and blanks around */
    bool keep_null_args; /* fill sees NULL arguments itself; otherwise a NULL argument makes the
                            cell NULL before fill's value counts */
    const struct Bound **args;
    int nargs;
    const Node *node;
    const char *note; /* a remark for the plan's reader, or NULL */
    /* Set for bound column and parent references: which vector the evaluator hands over. */
    int column; /* NODE_COLUMN: index in the table; NODE_PARENT: index in the parent; else -1 */
    const int *fk_path; /* NODE_PARENT: foreign keys from the row's table upwards */
    int fk_depth;
    bool recursive;   /* NODE_PARENT: the very column that is being bound, at an earlier row of the
                         table; NULL where the row is its own parent */
    const Roll *roll; /* the evaluator computes it; no fill, no args */
} Bound;

/* A column that is computed from its own value at the row's parent: what type that value has. */
typedef struct Recursion {
    Type type;
    bool used;
} Recursion;

/* Where a node stands while it is bound. Columns that it names are bound on demand by `need`;
 * without that they must be bound already. */
typedef struct GenScope {
    const Plan *plan; /* seed, clock, engine, tables */
    const TablePlan *table;
    int table_index;
    const char *column;  /* "amount"; NULL for table-level nodes (per counts, checks) */
    const char *subject; /* "loans.amount", for errors */
    const char *stream;  /* in place of the column in the random stream's key; NULL: the column */
    const char
        *path;   /* position in the expression, "" at the top; part of the random stream's key */
    bool unique; /* the column is driven by a key group's index */
    const Type *wanted; /* the column's type when :type or a catalog gives one, else NULL */
    /* Binds a column of any table of the plan, or with col -1 a table's references and which of
     * them are FK_PER. False: errors were added. */
    bool (*need)(void *ctx, int table, int col);
    void *need_ctx;
    Recursion *recursion; /* NULL: a column cannot be computed from itself */
} GenScope;

/* Binds a node and everything below it: generators, constants, columns, operators. False: errors
 * were added, each with the node's file:line and the subject. */
bool gen_bind(const GenScope *scope, const Node *node, Bound **out, Arena *mem, Err *err);
/* The random stream for something of a table that is not a node ("null", "fk", "group"). */
uint64_t gen_stream_key(uint64_t seed, const char *table, const char *column, const char *path);

/* The registry, sorted by name. */
const GenDef *gen_find(const char *name);
const GenDef *const *gen_all(int *n);
/* A generator for a column that the recipe leaves out or a type without one: a const Node. Never
 * fails for a kind that can be written; NULL for TYPE_OTHER. */
const Node *gen_fallback(const Column *column, Arena *mem);

/* Parameter access during bind. The default is returned when the parameter was not given. Type
 * errors were already refused against GenParam by gen_bind, with "did you mean" done by the recipe
 * layer. */
const Value *gen_param(const GenBind *b, const char *name); /* kind VAL_NONE when not given */
int64_t gen_param_int(const GenBind *b, const char *name, int64_t fallback);
double gen_param_number(const GenBind *b, const char *name, double fallback);
const char *gen_param_text(const GenBind *b, const char *name, const char *fallback);
bool gen_param_bool(const GenBind *b, const char *name, bool fallback);
/* Microseconds since the epoch. False with an error added when it is relative and the recipe has no
 * clock. */
bool gen_param_time(const GenBind *b, const char *name, int64_t *micros);
/* Binds a PARAM_NODE or PARAM_ANY as an argument; appended to out->args, its index is returned; -1
 * on error. */
int gen_param_arg(const GenBind *b, const char *name);
/* Adds an error at the node's place with the subject. Returns false. */
bool gen_bind_error(const GenBind *b, ErrCode code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

#endif

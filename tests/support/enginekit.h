/* Plans made by hand: tables, columns bound from nodes, references and segments, to test binding
 * and evaluation without a recipe, a planner or the catalogue of generators. */
#ifndef SEEDPIPE_TEST_ENGINEKIT_H
#define SEEDPIPE_TEST_ENGINEKIT_H

#include "gen/eval.h"

#define ENGINE_TABLES  6
#define ENGINE_COLUMNS 64
#define ENGINE_KEYS    4

typedef struct Engine {
    Arena *mem;
    Err err;
    Recipe recipe;
    Plan plan; /* seed 11, clock 2026-01-01 00:00:00 */
    Table tables[ENGINE_TABLES];
    TablePlan table_plans[ENGINE_TABLES];
    int made; /* columns of check_expr so far */
} Engine;

Engine *engine_new(void);
void engine_free(Engine *e);

int engine_table(Engine *e, const char *name);
int engine_serial(Engine *e, int table, const char *name);
/* Binds the node as a column; the test fails when it is refused. */
int engine_column(Engine *e, int table, const char *name, const Node *node);
/* NULL when it is refused: engine_error tells why. */
Bound *engine_bind(Engine *e, int table, const char *column, const Node *node);
/* "message (hint)" of the first error since the last bind. */
const char *engine_error(const Engine *e);
/* A reference to a parent's column 0. Returns the foreign key; its column is the table's newest. */
int engine_ref(Engine *e, int table, const char *name, int parent, FkMode mode);
/* All rows so far are kept; rows more are added, which draw from all rows that the parents have now
 * (for FK_PER: from those that no segment had, `rows` UINT64_MAX for as many as the counts give).
 */
void engine_rows(Engine *e, int table, uint64_t rows);
/* A key group over columns (indexable generators) and foreign keys; before engine_rows. */
int engine_group(Engine *e, int table, const int *cols, int ncols, const int *fks, int nfks,
                 int within_fk);

/* ---- nodes */

const Node *node_int(Engine *e, int64_t v);
const Node *node_num(Engine *e, const char *spelling); /* a Lua float */
const Node *node_text(Engine *e, const char *v);
const Node *node_bool(Engine *e, bool v);
const Node *node_null(Engine *e);
const Node *node_clock(Engine *e);
const Node *node_days(Engine *e, int64_t min, int64_t max);
const Node *node_months(Engine *e, int64_t n);
const Node *node_micros(Engine *e, int64_t n);
const Node *node_col(Engine *e, const char *name);
const Node *node_parent(Engine *e, const Node *ref, const char *name);
const Node *node_op_of(Engine *e, OpKind op, const Node *const *args);
#define OP(e, op, ...) node_op_of(e, op, (const Node *const[]){__VA_ARGS__, NULL})

/* Test generators: uniform integers, each once by index; and cells by row from a text: "1 -2 null"
 * (row % n). Types: "int", "decimal(p,s)", "float", "bool", "text", "date", "timestamp", "time".
 * '_' in a text stands for a blank. */
const Node *node_range(Engine *e, int64_t lo, int64_t hi);
const Node *node_cells(Engine *e, const char *type, const char *cells);

/* ---- results */

/* A cell as text, "NULL" for NULL. */
const char *cell_shown(Engine *e, const Vec *v, uint32_t k);
/* All cells joined by '|'. */
const char *cells_shown(Engine *e, const Vec *v);
/* Binds the node as a column of table 0, evaluates it at rows 0 .. n - 1 (n: as many as expected
 * has), compares the cells and the type. */
#define check_expr(e, node, type, expected)                                                        \
    check_expr_at(e, node, type, expected, __FILE__, __LINE__)
void check_expr_at(Engine *e, const Node *node, const char *type, const char *expected,
                   const char *file, int line);
/* The node is refused with a message that contains the text. */
#define check_refused(e, node, message) check_refused_at(e, node, message, __FILE__, __LINE__)
void check_refused_at(Engine *e, const Node *node, const char *message, const char *file, int line);

#endif

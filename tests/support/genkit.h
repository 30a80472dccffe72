/* Binds and fills single generators in tests, through gen_bind, without a recipe file, a plan or an
 * evaluator. */
#ifndef SEEDPIPE_TEST_GENKIT_H
#define SEEDPIPE_TEST_GENKIT_H

#include "gen/gen.h"

/* A parameter by name. */
typedef struct GenArg {
    const char *name;
    Value value;
} GenArg;

typedef struct GenKit {
    Arena *mem, *scratch;
    Err err;
    Plan plan; /* seed 7, clock 2026-01-01 00:00:00 */
    Recipe recipe;
    RecipeTable recipe_table;
    Table table;
    TablePlan table_plan;
    GenScope scope;
} GenKit;

#define KIT_CLOCK INT64_C(1767225600000000)

GenKit *genkit_new(void);
void genkit_free(GenKit *kit);

#define KIT_INT(param, v)  ((GenArg){param, {.kind = VAL_INT, .i = (v)}})
#define KIT_BOOL(param, v) ((GenArg){param, {.kind = VAL_BOOL, .i = (v)}})
#define KIT_TEXT(param, v) ((GenArg){param, {.kind = VAL_TEXT, .text = v, .len = sizeof v - 1}})
GenArg genkit_number(const char *param, const char *spelling); /* "0.25": a VAL_FLOAT; "nan" too */
#define KIT_NUM(param, spelling) genkit_number(param, spelling)
#define KIT_NODE(param, n)       ((GenArg){param, {.kind = VAL_NODE, .node = (n)}})
#define KIT_DAYS(param, a, b)                                                                      \
    ((GenArg){param,                                                                               \
              {.kind = VAL_DURATION,                                                               \
               .duration = {.min_micros = (a)*INT64_C(86400000000),                                \
                            .max_micros = (b)*INT64_C(86400000000)}}})
#define KIT_MONTHS(param, a, b)                                                                    \
    ((GenArg){param, {.kind = VAL_DURATION, .duration = {.min_months = (a), .max_months = (b)}}})
#define KIT_LIST(param, array)                                                                     \
    ((GenArg){param, {.kind = VAL_LIST, .items = array, .count = sizeof array / sizeof *array}})
#define KIT_WEIGHTS(param, array, w)                                                               \
    ((GenArg){param,                                                                               \
              {.kind = VAL_WEIGHTS,                                                                \
               .items = array,                                                                     \
               .weights = w,                                                                       \
               .count = sizeof array / sizeof *array}})

/* A call of the generator; unknown names and parameters fail the test. */
const Node *genkit_node(GenKit *kit, const char *name, const GenArg *args);
/* NULL when it is refused: then the message is genkit_error. */
const Bound *genkit_bind(GenKit *kit, const Node *node);
#define KIT_CALL(kit, name, ...) genkit_node(kit, name, (const GenArg[]){{0}, ##__VA_ARGS__, {0}})
#define KIT_BIND(kit, name, ...)                                                                   \
    genkit_bind(kit, genkit_node(kit, name, (const GenArg[]){{0}, ##__VA_ARGS__, {0}}))
/* The first error since the last bind, "" when there was none. */
const char *genkit_error(const GenKit *kit);

/* Cells at n rows (index and generation may be NULL); arguments are filled too. Lives until
 * genkit_reset. */
Vec *genkit_cells(GenKit *kit, const Bound *bound, const uint64_t *rows, const uint64_t *index,
                  const uint32_t *generation, uint32_t n);
/* Rows first .. first + n - 1. */
Vec *genkit_fill(GenKit *kit, const Bound *bound, uint64_t first, uint32_t n);
/* Values number first .. first + n - 1 of a unique column. */
Vec *genkit_index(GenKit *kit, const Bound *bound, uint64_t first, uint32_t n);
void genkit_reset(GenKit *kit); /* forgets filled cells */

/* A cell as NUL-terminated text of the test's arena. */
const char *genkit_text(GenKit *kit, const Vec *vec, uint32_t k);

#endif

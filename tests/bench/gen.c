/* bench_gen [NAME...]: millions of cells a second and core for every generator, or those named: its
 * example is one column of a plan, and batches of it are computed, with the columns that it reads.
 * Prints NAME, FIGURE, UNIT with tabs; `machine`, which always comes first, is the bare random
 * function, to compare machines by. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "cli/cli_int.h"
#include "gen/eval.h"

#define ROWS   65536
#define ROUNDS 5
#define ENOUGH 0.01 /* seconds of one round */

static double cpu_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static volatile uint64_t sink; /* what nobody reads is not computed */

static void machine_batch(void *ctx, uint64_t first)
{
    uint64_t sum = *(uint64_t *)ctx;
    for (uint64_t k = 0; k < BATCH_ROWS; k++)
        sum += rng_draw(sum & 1, first + k, 0, 0).a;
    sink = sum;
}

typedef struct Timed {
    Eval *eval;
    int table, column;
} Timed;

static void column_batch(void *ctx, uint64_t first)
{
    Timed *c = ctx;
    uint64_t rows[BATCH_ROWS];
    for (uint32_t k = 0; k < BATCH_ROWS; k++)
        rows[k] = first + k;
    sink = eval_column(c->eval, c->table, c->column, rows, BATCH_ROWS)->n;
}

/* The best of some rounds: others only ever take time away. */
static double cells_a_second(void (*batch)(void *ctx, uint64_t first), void *ctx)
{
    double best = 0;
    for (int round = 0; round < ROUNDS; round++) {
        uint64_t cells = 0;
        double start = cpu_now(), took;
        do {
            batch(ctx, cells % ROWS);
            cells += BATCH_ROWS;
            took = cpu_now() - start;
        } while (took < ENOUGH);
        best = (double)cells / took > best ? (double)cells / took : best;
    }
    return best;
}

static bool is_wanted(const char *name, int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], name) == 0)
            return true;
    return argc == 1;
}

int main(int argc, char **argv)
{
    Arena *mem = arena_new();
    Err err = {0};
    uint64_t seed = 1;
    const Plan *plan = generator_plan(ROWS, mem, &err);
    if (!plan) {
        for (const ErrItem *e = err.first; e; e = e->next)
            fprintf(stderr, "%s: %s\n", e->subject ? e->subject : "-", e->message);
        return 1;
    }
    printf("machine\t%.1f\tM cells/s\n", cells_a_second(machine_batch, &seed) / 1e6);
    int n = 0, table = plan_table(plan, "samples");
    const GenDef *const *all = generator_catalogue(&n, mem);
    Timed column = {.eval = eval_new(plan), .table = table};
    for (int g = 0; g < n; g++) {
        if (!is_wanted(all[g]->name, argc, argv))
            continue;
        column.column =
            table_column(plan->tables[table].table, arena_printf(mem, "sample_%s", all[g]->name));
        if (column.column < 0)
            column.column = table_column(plan->tables[table].table, "id");
        printf("%s\t%.1f\tM cells/s\n", all[g]->name, cells_a_second(column_batch, &column) / 1e6);
    }
    eval_free(column.eval);
    arena_free(mem);
    return 0;
}

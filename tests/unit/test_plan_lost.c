/* Counted children whose unique key holds another parent: whatever went and came before, as many
 * are made as were asked for, under parents that are there, no pair of live rows twice, and rows
 * that were made stay as they are. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "plankit.h"

#define ROWS    600
#define CHANGES 64

static const char *const hotel =
    "local room = r:table('room', { rows = 12 }, function(t) t.id = serial() end)\n"
    "local guest = r:table('guest', { rows = 20 }, function(t) t.id = serial() end)\n"
    "r:table('stay', { rows = 25, per = { guest, between(0, 9) } }, function(t) t.id = serial()\n"
    "  t.guest = ref(guest) t.room = ref(room) t.day = int(1, 2) t:unique(t.guest, t.room, t.day) end)";

typedef struct Life {
    uint64_t key, draws;
    PlanChange changes[CHANGES];
    int nchanges, run;
    const Plan *plan;
    int64_t room[ROWS], guest[ROWS], day[ROWS];
    uint64_t nstays;
} Life;

static uint64_t some(Life *l, uint64_t n)
{
    return rng_below(rng_philox(l->key, l->draws++, 0).a, n);
}

static void delete_some(Life *l, const char *name, const RowSet *rows)
{
    if (rowset_rows(rows) == 0)
        return;
    assert_in_range(l->nchanges, 0, CHANGES - 1);
    l->changes[l->nchanges++] =
        (PlanChange){.table = name, .run = l->run, .kind = CHANGE_DELETED, .rows = rows};
}

/* Rows of a table that are there, each with a chance of one in `of`. */
static RowSet *chosen(Life *l, const char *name, uint64_t of)
{
    const TablePlan *tp = table(l->plan, name);
    RowSet *set = rowset_new(mem);
    for (uint64_t row = 0; row < tp->rows; row++)
        if (!plan_is_gone(tp, row) && some(l, of) == 0)
            rowset_add(set, row, 1, mem);
    return set;
}

/* Stays that refer to rows of the set. */
static RowSet *stays_of(const Life *l, const int64_t *refers, const RowSet *parents)
{
    const TablePlan *tp = table(l->plan, "stay");
    RowSet *set = rowset_new(mem);
    for (uint64_t row = 0; row < l->nstays; row++)
        if (!plan_is_gone(tp, row) && rowset_has(parents, (uint64_t)refers[row] - 1))
            rowset_add(set, row, 1, mem);
    return set;
}

/* The new rows are there, their parents too, and no two that are there are the same. */
static void assert_right(Life *l, const Plan *plan)
{
    const TablePlan *tp = table(plan, "stay"), *rooms = table(plan, "room");
    uint64_t all[ROWS], made[ROWS], n = tp->rows;
    uint8_t *seen = arena_alloc(mem, 300 * 300 * 3);
    Eval *eval = eval_new(plan);
    int t = plan_table(plan, "stay");
    assert_in_range(n, 1, ROWS);
    for (uint64_t row = 0; row < n; row++)
        all[row] = row;
    uint32_t coming = (uint32_t)(n - l->nstays);
    assert_int_equal(eval_made(eval, t, all + l->nstays, coming, made), coming);
    const int64_t *room = column(eval, plan, "stay", "room", (uint32_t)n)->i;
    assert_memory_equal(room, l->room, l->nstays * sizeof *room);
    memcpy(l->room, room, n * sizeof *room);
    const int64_t *guest = column(eval, plan, "stay", "guest", (uint32_t)n)->i;
    assert_memory_equal(guest, l->guest, l->nstays * sizeof *guest);
    memcpy(l->guest, guest, n * sizeof *guest);
    const int64_t *day = column(eval, plan, "stay", "day", (uint32_t)n)->i;
    assert_memory_equal(day, l->day, l->nstays * sizeof *day);
    memcpy(l->day, day, n * sizeof *day);
    for (uint64_t row = 0; row < n; row++) {
        if (plan_is_gone(tp, row))
            continue;
        assert_false(plan_is_gone(rooms, (uint64_t)l->room[row] - 1));
        assert_int_equal(seen[(l->guest[row] * 300 + l->room[row]) * 3 + l->day[row]]++, 0);
    }
    l->nstays = n;
    eval_free(eval);
}

static bool add(Life *l, uint64_t rooms, uint64_t guests, uint64_t stays)
{
    PlanOptions o = options();
    PlanCount counts[] = {{"room", 12}, {"guest", 20}, {"stay", 25}};
    if (l->plan) {
        counts[0].rows = (int64_t)(table(l->plan, "room")->rows + rooms);
        counts[1].rows = (int64_t)(table(l->plan, "guest")->rows + guests);
        counts[2].rows = (int64_t)(table(l->plan, "stay")->rows + stays);
    }
    o.counts = counts;
    o.ncounts = 3;
    err_clear(&err);
    l->run++;
    const Plan *plan = plan_with(hotel, o,
                                 (PlanTarget){.engine = ENGINE_SQLITE,
                                              .history = kit_history,
                                              .nhistory = kit_nhistory,
                                              .changes = l->changes,
                                              .nchanges = l->nchanges});
    if (!plan) {
        assert_true(err.first->code == ERR_UNIQUE || err.first->code == ERR_COUNT);
        return false;
    }
    if (l->plan)
        assert_int_equal(table(plan, "stay")->rows, table(l->plan, "stay")->rows + stays);
    l->plan = plan;
    plan_done(plan, l->run);
    assert_right(l, plan);
    return true;
}

static void step(Life *l)
{
    RowSet *rows;
    l->run++;
    switch (some(l, 6)) {
    case 0:
        rows = chosen(l, "room", 2 + some(l, 4));
        delete_some(l, "stay", stays_of(l, l->room, rows));
        delete_some(l, "room", rows);
        break;
    case 1:
        rows = chosen(l, "guest", 4);
        delete_some(l, "stay", stays_of(l, l->guest, rows));
        delete_some(l, "guest", rows);
        break;
    case 2: delete_some(l, "stay", chosen(l, "stay", 3)); break;
    case 3: add(l, some(l, 4), some(l, 6), 1 + some(l, 20)); return;
    default: add(l, 0, 0, 1 + some(l, 30)); return;
    }
    add(l, 0, 0, 0);
}

static void lives(void **state)
{
    for (uint64_t key = 0; key < 60; key++) {
        teardown(state);
        setup(state);
        Life l = {.key = key};
        assert_true(add(&l, 0, 0, 0));
        for (int i = 0; i < 20; i++)
            step(&l);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(lives, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

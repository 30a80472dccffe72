/* Children that came one after the other, parents and children that went between: each index
 * against the definition, parent by parent. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "enginekit.h"
#include "gen/children.h"
#include "gen/children_draws.h"

#define LINKS   5
#define PARENTS 6000

typedef struct Chain {
    Engine *e;
    const Bound *count;
    uint64_t key, draws, lo, hi;
    const RowSet *gone[LINKS], *gone_children[LINKS];
    int n; /* links */
    struct Link {
        ChildrenOf of;
        PerIndex *index;
        uint64_t total, start[PARENTS + 1], children[PARENTS + 1];
    } links[LINKS];
} Chain;

static uint64_t some(Chain *c, uint64_t n)
{
    return rng_below(rng_philox(c->key, c->draws++, 0).a, n);
}

/* One in `of` of the rows up to `end` that are in none of the sets before. */
static const RowSet *random_rows(Chain *c, const RowSet *const *before, int n, uint64_t end,
                                 uint64_t of)
{
    RowSet *set = rowset_new(c->e->mem);
    for (uint64_t row = 0; row < end; row++) {
        bool there = of > 0 && some(c, of) == 0;
        for (int i = 0; i < n && there; i++)
            there = !rowset_has(before[i], row);
        rowset_add(set, row, there, c->e->mem);
    }
    return set;
}

static bool is_gone(const RowSet *const *sets, int n, uint64_t row)
{
    for (int i = 0; i < n; i++)
        if (rowset_has(sets[i], row))
            return true;
    return false;
}

static uint64_t had(const Chain *c, uint64_t row)
{
    uint64_t n = 0;
    for (int i = 0; i < c->n; i++)
        for (uint64_t k = 0; k < c->links[i].children[row]; k++)
            n += !is_gone(c->gone_children, c->n,
                          c->links[i].of.first_row + c->links[i].start[row] + k);
    return n;
}

/* What each parent draws and may have more; returns the sum of what is drawn. */
static uint64_t expected_draws(Chain *c, const ChildrenOf *of, uint64_t *raw, uint64_t *more)
{
    uint64_t sum = 0;
    for (uint64_t row = of->first; row < of->first + of->n; row++) {
        raw[row] = more[row] = 0;
        if (is_gone(c->gone, of->upto, row))
            continue;
        uint64_t before = of->capped ? had(c, row) : 0, left = c->hi > before ? c->hi - before : 0;
        children_drawn(NULL, c->count, &row, 1, &raw[row], c->e->mem);
        raw[row] = raw[row] < left ? raw[row] : left;
        more[row] = left - raw[row];
        sum += raw[row];
    }
    return sum;
}

static void expect_children(Chain *c, struct Link *link, const uint64_t *raw, const uint64_t *more,
                            uint64_t sum)
{
    __extension__ typedef unsigned __int128 u128;
    const ChildrenOf *of = &link->of;
    uint64_t room[PARENTS + 1], all = 0, child = 0, before = 0, end = of->first + of->n;
    bool adding = link->total > sum;
    uint64_t change = adding ? link->total - sum : sum - link->total, lo = c->lo;
    for (int again = 0; again < 2; again++, lo = 0) {
        all = 0;
        for (uint64_t row = of->first; row < end; row++)
            all += room[row] = adding ? more[row] : raw[row] > lo ? raw[row] - lo : 0;
        if (adding || !of->again || change <= all)
            break;
    }
    assert_true(change <= all);
    uint64_t phase = all ? rng_below(rng_philox(c->count->key, of->first, UINT64_MAX).a, all) : 0;
    uint64_t share = 0;
    for (uint64_t row = of->first; row < end; row++) {
        before += room[row];
        uint64_t now = change ? (uint64_t)(((u128)change * before + phase) / all) : 0;
        link->start[row] = child;
        link->children[row] = adding ? raw[row] + (now - share) : raw[row] - (now - share);
        child += link->children[row];
        share = now;
    }
    assert_int_equal(child, link->total);
}

static void add_link(Chain *c, uint64_t parents)
{
    Arena *mem = c->e->mem;
    struct Link *link = &c->links[c->n], *last = c->n ? link - 1 : NULL;
    bool fresh = last && last->of.first + last->of.n < parents && some(c, 2);
    uint64_t seen = last ? last->of.first + last->of.n : 0, raw[PARENTS + 1], more[PARENTS + 1];
    link->of = (ChildrenOf){.first = fresh ? seen : 0,
                            .n = fresh ? parents - seen : parents,
                            .gone = rowhistory_new(c->gone, c->n, mem),
                            .upto = c->n,
                            .again = last && !fresh,
                            .capped = last && !fresh,
                            .recorded = some(c, 2),
                            .before = last ? last->index : NULL,
                            .first_row = last ? last->of.first_row + last->total : 10,
                            .gone_children = rowhistory_new(c->gone_children, c->n, mem),
                            .gone_upto = c->n};
    uint64_t sum = expected_draws(c, &link->of, raw, more), least = 0, most = sum;
    for (uint64_t row = link->of.first; row < link->of.first + link->of.n; row++) {
        most += more[row];
        least += raw[row] < c->lo || link->of.again ? 0 : c->lo;
    }
    least = least < sum ? least : sum;
    uint64_t few = link->of.n / 80;
    link->total = most <= few || some(c, 3) == 0 ? least + some(c, most - least + 1)
                  : few < least                  ? least
                                                 : some(c, few + 1);
    expect_children(c, link, raw, more, sum);
    link->index = children_index(c->count, link->of, link->total, "t", "t", mem, &c->e->err);
    assert_non_null(link->index);
    ChildrenCursor *cursor = children_cursor(link->index, mem);
    for (uint64_t row = link->of.first; row < link->of.first + link->of.n; row++) {
        uint64_t first = 0;
        assert_int_equal(children_of(cursor, row, &first, mem), link->children[row]);
        assert_true(link->children[row] == 0 || first == link->start[row]);
    }
    if (some(c, 2) && link->total > 0 && children_list(link->index, &link->of.list, mem))
        link->index = children_index(c->count, link->of, link->total, "t", "t", mem, &c->e->err);
    uint64_t end = link->of.first_row + link->total;
    c->gone[c->n] = random_rows(c, c->gone, c->n, parents, some(c, 3) * 10);
    c->gone_children[c->n] = random_rows(c, c->gone_children, c->n, end, some(c, 3) * 5);
    c->n++;
}

static void test_chains(void **state)
{
    (void)state;
    for (uint64_t key = 0; key < 120; key++) {
        Engine *e = engine_new();
        Chain *c = arena_new_of(e->mem, Chain);
        c->e = e;
        c->key = key;
        c->hi = 1 + some(c, 5) + (some(c, 4) == 0) * 300;
        c->lo = some(c, 4) == 0 && c->hi < 9 ? some(c, c->hi) : 0;
        c->count = engine_bind(c->e, engine_table(c->e, "t"), "n",
                               node_range(c->e, (int64_t)c->lo, (int64_t)c->hi));
        uint64_t parents = 1 + some(c, key % 3 ? 900 : PARENTS - 600);
        for (int i = 0; i < LINKS; i++, parents += some(c, 2) * some(c, 100))
            add_link(c, parents);
        engine_free(e);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_chains),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

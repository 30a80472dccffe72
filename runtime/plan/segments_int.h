/* Private to the segments: what a segment that is being planned draws from. */
#ifndef SEEDPIPE_PLAN_SEGMENTS_INT_H
#define SEEDPIPE_PLAN_SEGMENTS_INT_H

#include "gen/children.h"
#include "gen/scatter.h"
#include "plan/plan_int.h"

typedef struct Ranges {
    uint64_t *parent_first, *parent_count, *group_first, *group_count, *fk_div;
    int64_t *key_base;
    const PerIndex **per;
    struct Scatter *scatter;
    bool capped;
    bool *follows;
    int *parent_gone, *parent_counted;
} Ranges;

/* dealt.c: rows that are counted per several parents. */
bool dealt_rows(Build *b, int t, Ranges *r);
/* May they come under parents that have some? */
bool dealt_check(Build *b, int t, const Ranges *r, bool empty);

/* Parents up to here have children of the table. */
uint64_t parents_served(const TablePlan *tp, int f);

/* domains.c: the values that unique keys of new rows are drawn from. */
/* Places of the foreign keys in each group's mixed radix: after the group's own columns, in order.
 */
void domains_place(const TablePlan *tp, Ranges *r);
void domains_draw(TablePlan *tp, Ranges *r, uint64_t first_row, bool empty);
/* Are they enough for the rows up to `end`? */
bool domains_check(Build *b, int t, const Ranges *r, uint64_t end);
/* The most rows that one parent of the group's FK_PER key has, with those that come; and how many
 * of the places that they share are taken. */
uint64_t domain_need(const TablePlan *tp, int group, const Ranges *r, uint64_t *taken);
/* Are there enough parents to draw from, in keys that share columns? */
bool plan_check_shared(Build *b, int t, const Ranges *r);
/* Rows that draw apart under one parent count on the same rows to draw from as those before them.
 */
bool plan_check_apart(Build *b, const TablePlan *tp, const Ranges *r);
/* Places of a domain of `count` that no row before `row` has, nor any row from its end. */
uint64_t domain_left(const TablePlan *tp, int group, uint64_t first, uint64_t count, uint64_t row);

#endif

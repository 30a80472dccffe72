/* Private to the segments: what a segment that is being planned draws from. */
#ifndef SEEDPIPE_PLAN_SEGMENTS_INT_H
#define SEEDPIPE_PLAN_SEGMENTS_INT_H

#include <jansson.h>

#include "gen/children.h"
#include "gen/scatter.h"
#include "plan/plan_int.h"

/* Far above any number of rows, and so far below 64 bits that a few of them can be added. */
#define NUMBER_MAX (INT64_C(1) << 60)

typedef struct Ranges {
    uint64_t *parent_first, *parent_count, *group_first, *group_count, *fk_div;
    uint64_t *whole_first, *whole_count; /* of new rows, per fk: what parent_first and parent_count
                                            were before a key's domain narrowed them */
    int64_t *key_base;
    const PerIndex **per;
    ChildrenList *list; /* per fk: of the ledger */
    struct Scatter *scatter;
    bool capped;
    int rows_gone;
    bool *follows, *open, *beneath, *room, *barren, *foreseen;
    const ChildrenRoom *found; /* per key group: what it was found to be; NULL: by the segment */
    int *parent_gone, *parent_counted;
    uint64_t *pool_base, *pool_hash;
    const KeyPool **pool_kept; /* per fk: of the ledger */
} Ranges;

Segment ranges_segment(const Ranges *r, uint64_t first, uint64_t rows);

/* segment_text.c: what plan_segment_text wrote. False: it is no such text, or none of this table.
 */
bool segment_read(const Build *b, const TablePlan *tp, const PlanHistory *h, Ranges *r);
/* As an earlier plan of the same rows has them; NULL: it does not. */
const PerIndex *segments_counted(const Build *b, const TablePlan *tp, const Ranges *r,
                                 uint64_t rows, int f);

/* pools.c: keys of tables that the recipe does not fill. In the ledger's text "pools": their hash
 * by the foreign key's number, and the keys unless an earlier segment has them. */
void pools_put(const TablePlan *tp, const Segment *s, json_t *all);
bool pools_read(const TablePlan *tp, const json_t *all, Ranges *r, Arena *mem);
/* Per foreign key, while a table's segments are planned. */
typedef struct PoolWalk PoolWalk;
PoolWalk *pools_begin(const TablePlan *tp, Arena *mem);
/* Of an older segment: its keys are made to stand in the pool. */
void pools_place(TablePlan *tp, PoolWalk *walks, Ranges *r, Arena *mem);
/* Are there as many keys as it says? */
bool pools_hold(const FkPlan *fk, const Ranges *r, int f);
/* Are there other keys now than this segment drew from? */
bool pools_other(const TablePlan *tp, const Segment *last, int f);
/* Of a new one. */
void pools_draw(const TablePlan *tp, PoolWalk *walks, Ranges *r);

/* serials.c: the first keys of a new segment. */
void serials_draw(const Build *b, const TablePlan *tp, Ranges *r);
/* Do the columns hold the keys of all its rows? */
bool serials_fit(Build *b, const TablePlan *tp, const Segment *s);

/* rooms.c: children that are counted by what keys below their parents have values for, too. */
typedef struct Rooms {
    bool any;
    bool moved;                /* what counted is not so any more, since it gave other parents */
    bool *room;                /* per key group */
    const ChildrenRoom *found; /* per key group */
} Rooms;
/* segments.c: the rows of this run. `rooms` is what they were found to be, and counts if there are
 * any. */
bool segments_new(Build *b, int t, int64_t wanted, Rooms *rooms);
/* The same by chance if that will do, else by room. */
bool rooms_segment(Build *b, int t, int64_t wanted);
void rooms_find(const Build *b, int t, const Ranges *r, Rooms *rooms);
void rooms_take(const Rooms *rooms, Ranges *r);
/* Which keys have to find a row below a parent, now that some are gone. */
void rooms_barren(const Build *b, const TablePlan *tp, Ranges *r);
/* In the ledger's text "room": the groups that counted; "barren": these keys. */
void rooms_put(const TablePlan *tp, const Segment *s, json_t *all);
bool rooms_read(const TablePlan *tp, const json_t *all, Ranges *r);
void rooms_ask(const Build *b, int t, const Ranges *r, int f, ChildrenOf *of);
/* Of a parent without children, as far as that is the same for all; UINT64_MAX: any number. */
uint64_t rooms_most(const Build *b, int t, const Ranges *r, int f);
/* The numbers of those of n that are marked, unless there are none. */
void marks_put(int n, const bool *marked, const char *name, json_t *all);

/* Can it refer to nothing? */
bool plan_can_be_without(const TablePlan *tp, const FkPlan *fk);

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
/* In the ledger's text "apart": the groups that are drawn apart and begin anew with the segment;
 * "asleep", where these or others that can leave places out begin: the table had pruned rows, which
 * can come back, so that rows that are gone hold their values. */
void domains_put_begins(const TablePlan *tp, const Segment *s, json_t *all);
bool domains_read_begins(const TablePlan *tp, const json_t *all, uint64_t first_row, Ranges *r);
/* Does another key of the table go by this one's indexes (KeyGroup.follows)? */
bool domains_followed(const TablePlan *tp, int group);
/* Marks the groups whose new rows have to leave out places (Segment.open). */
void domains_open(const Build *b, const TablePlan *tp, Ranges *r);
/* Are they enough for the rows up to `end`? A domain that is used up begins again where it can. */
bool domains_check(Build *b, int t, Ranges *r, uint64_t end);
/* Are a group's domains that hold some of the rows (NULL: all) still enough, with what was taken
 * since? Not of a key that has a parent in it. */
bool domains_held(const Plan *plan, const TablePlan *tp, int group, const RowSet *rows, Arena *mem,
                  Err *err);
/* What one parent of the group's FK_PER key needs: rows, those that come and those before them that
 * share their places, and how many of the places are taken; and what there is. */
typedef struct DomainNeed {
    uint64_t rows, taken, room;
} DomainNeed;
/* The most that any has; room is not looked at. */
DomainNeed domain_need(const TablePlan *tp, int group, const Ranges *r);
/* Is there room for all in a key that is drawn apart? The table has the new segment already.
 * worst: the one that misses most. */
bool domain_fits(const Plan *plan, int t, int group, DomainNeed *worst);
/* beneath.c: keys that name an ancestor of the rows, whose places are numbers among its rows. */
void beneath_find_path(const Build *b, const TablePlan *tp, KeyGroup *group);
/* In the ledger's text "beneath": the groups that do so in the segment. */
bool beneath_read(const TablePlan *tp, const json_t *all, Ranges *r);
/* The rows up to `end` are too many for the domain. Does it take those of each ancestor? */
bool beneath_check(Build *b, int t, int group, const Ranges *r, uint64_t end);
/* Are domains that are drawn from by the table's rows still enough, with what was taken since? */
bool beneath_held(Build *b, int t);
/* Do rows that agree in the columns of a group's key agree in the ancestor of another's? */
bool beneath_same(const TablePlan *tp, int group, int other);

/* Are there enough parents to draw from, in keys that share columns? Rows that draw apart under
 * parents that have some draw from what these left, where they cannot just go on: found here. */
bool plan_check_shared(Build *b, int t, Ranges *r, uint64_t rows);
/* Places of a domain of `count` that no row before `row` has, nor any row from its end. */
uint64_t domain_left(const TablePlan *tp, int group, uint64_t first, uint64_t count, uint64_t row);

#endif

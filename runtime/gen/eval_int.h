/* Private to the evaluator. A Frame is a table at some rows with the columns computed so far; a
 * parent's columns come from a frame of the parents' rows. Frames and vectors live until the next
 * call on the Eval. */
#ifndef SEEDPIPE_GEN_EVAL_INT_H
#define SEEDPIPE_GEN_EVAL_INT_H

#include "gen/avoid.h"
#include "gen/children.h"
#include "gen/distribution.h"
#include "gen/eval.h"
#include "gen/scatter.h"

struct Eval {
    const Plan *plan;
    Arena *mem;                /* as long as the Eval */
    Arena *scratch;            /* one call */
    ChildrenCursor ***cursors; /* [table][segment * nfks + fk], made when needed */
    uint64_t overflows;
    struct Reached *reached; /* per running total that was asked for */
    struct Eval *inner; /* computes children while this one holds their parents; NULL: not yet */
};

typedef struct Frame Frame;

/* The parents of a frame's rows through one foreign key. */
typedef struct Parents {
    const uint64_t
        *rows; /* per row: the parent's row, ROW_NONE; a position in the pool for FK_POOL */
    const uint64_t *nth; /* FK_PER: the row's number among its parent's children */
    bool any_none;
    Frame *frame;       /* runs of equal parents once; NULL until asked for */
    const uint32_t *at; /* per row: its parent in the frame; NULL: one to one */
} Parents;

struct Frame {
    Eval *eval;
    const TablePlan *tp;
    int table;
    uint32_t n;
    const uint64_t *rows;   /* never ROW_NONE */
    const Segment *segment; /* when all rows are in one, else NULL */
    const Vec **cols;       /* computed so far */
    Parents **parents;
    Parents **elders;       /* the same without rows that are their own parents */
    const uint64_t **index; /* per key group: the permuted index of each row at generation 0 */
};

Frame *frame_new(Eval *e, int table, const uint64_t *rows, uint32_t n);
const Vec *frame_column(Frame *f, int col);
const Vec *frame_bound(Frame *f, const Bound *bound, const uint64_t *index,
                       const uint32_t *generations);
const uint32_t *frame_generations(const Frame *f, int col);
/* What a generation belongs to; NULL for 0, and when no parents are known for it. */
const Regenerated *frame_regenerated(const Frame *f, uint32_t generation);

/* The segment of a row: the last one for rows that no segment has, an empty one for tables without
 * any. */
const Segment *segment_of(const TablePlan *tp, uint64_t row);
static inline const Segment *frame_segment(const Frame *f, uint32_t k)
{
    return f->segment ? f->segment : segment_of(f->tp, f->rows[k]);
}

/* eval_self.c: the parent of a row that refers to its own table, ROW_NONE for a root. */
void pick_forest(const Frame *f, const FkPlan *fk, int id, const uint32_t *generations,
                 uint64_t *out);

/* A stream of its own: the null share has draws of the reference's. */
static inline uint64_t dist_pick_key(const FkPlan *fk)
{
    return rng_philox(fk->key, 0, 2).a;
}

/* eval_parents.c */
ChildrenCursor *eval_cursor(Eval *e, int table, const Segment *s, int fk);
Parents *frame_parents(Frame *f, int fk);
/* The first column that a key gives: a column that is made anew draws anew. */
int frame_own_column(const TablePlan *tp, int fk);
/* FK_SELF: a row that is its own parent has none. */
Parents *frame_elders(Frame *f, int fk);
/* The frame of these parents, made when it is asked for. Not for FK_POOL. */
Frame *parents_frame(Frame *f, int fk, Parents *p);
/* Cells of the parents' vector at the rows: at[k] = UINT32_MAX is NULL, at NULL is one to one. */
const Vec *vec_gather(const Vec *v, const uint32_t *at, uint32_t n, bool any_none, Arena *scratch);
/* A foreign key's column: the parent's key at the parents' rows. */
const Vec *frame_fk_column(Frame *f, int fk, int pos);
/* eval_shared.c: parents of a key that shares columns with another one. */
void pick_shared(Frame *f, int fk, const uint32_t *generations, uint64_t *out);

/* The rows at the end of a path of foreign keys; ROW_NONE where one of them is NULL. */
const uint64_t *frame_ancestors(Frame *f, const int *path, int depth);

/* eval_beneath.c: places in a key's domain among the rows of an ancestor. */
typedef struct Beneath {
    const Segment *segment; /* whose domain it is; NULL: nothing yet */
    uint64_t ancestor;
    Sharing old;     /* its rows that took places among all of the table's */
    Sharing own;     /* its other rows */
    Sharing sharing; /* rows whose places from the domain's end it shares */
} Beneath;
/* Is any row of the group placed so? */
bool is_beneath(const TablePlan *tp, int group);
void beneath_find(Eval *e, int table, int group, const Segment *s, uint64_t ancestor, Beneath *b);
/* The row's slot; *apart: under a permutation of the ancestor's own. */
uint64_t beneath_slot(const Beneath *b, uint64_t first, uint64_t row, bool *apart);

/* eval_roll.c */
/* The children that a parent has in one segment of their table: how many, and the first one's row.
 */
uint64_t eval_children(Eval *e, int table, const Segment *s, int fk, uint64_t parent,
                       uint64_t *first);
const Vec *frame_roll(Frame *f, const Bound *bound);

/* eval_keys.c */
/* Each row's index in a key group for a member column with these generations; NULL when the row's
 * table has no domain. */
const uint64_t *frame_group_index(Frame *f, int group, const uint32_t *generations);
/* A place from a domain's end that the row has in place of its own; 0: none. */
uint64_t frame_place_anew(const Frame *f, int group, uint32_t k, uint32_t generation,
                          const Parents *within);
/* The rows that share a domain with a parent's children of one segment. */
Sharing frame_sharing(const Frame *f, int group, const Segment *own, uint64_t parent);
/* Of the permutation below a parent. */
uint64_t frame_place_key(const Frame *f, int group, uint64_t parent);
/* The row's number among all of its parent's children, those of earlier segments included (with a
 * group: of those that share its domain). */
uint64_t frame_child_place(const Frame *f, int fk, int group, uint32_t k, const Parents *p);

/* eval_open.c */
/* What a parent's children of one segment have in a key below it. */
typedef struct OpenPlaces {
    uint64_t parent;
    const Segment *segment; /* NULL: nothing yet */
    uint64_t *index;        /* per child */
    uint64_t first;         /* children before these */
    uint64_t used; /* places of the domain up to the last one's, those that were left out included;
                      more than it has where some found none */
} OpenPlaces;
void frame_open(const Frame *f, int group, uint64_t parent, const Segment *own, OpenPlaces *out);

#endif

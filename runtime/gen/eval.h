/* Eval: recomputes any column of any rows of a plan. A worker owns one; a plan is shared by all.
 * Rows may be in any order and of any segment; a parent's columns are evaluated at the parents'
 * rows, to any depth. */
#ifndef SEEDPIPE_GEN_EVAL_H
#define SEEDPIPE_GEN_EVAL_H

#include "gen/gen.h"

typedef struct Eval Eval;

Eval *eval_new(const Plan *plan);
void eval_free(Eval *eval);

/* All written columns (TablePlan.load_cols order) of rows first .. first + n - 1, n <= BATCH_ROWS.
 * Vectors live until the next call on this Eval. */
Batch eval_batch(Eval *eval, int table, uint64_t first, uint32_t n);

/* These columns at n given rows (never ROW_NONE), n <= BATCH_ROWS; same lifetime. */
Batch eval_cells(Eval *eval, int table, const uint64_t *rows, uint32_t n, const int *cols,
                 int ncols);

/* Of n rows those that can be made, into out (room for n): the others belong to a parent that is
 * gone (a counted child, a part of a unique key), or there is none left to refer to. */
uint32_t eval_made(Eval *eval, int table, const uint64_t *rows, uint32_t n, uint64_t *out);

/* Of n rows those for which a key group chose a parent that was gone, into out (room for n). */
uint32_t eval_lost(Eval *eval, int table, int group, const uint64_t *rows, uint32_t n,
                   uint64_t *out);

/* Of rows in a key below an FK_PER parent, in segments that are open there: how many places of
 * their domain are used when all of the parent's children in the row's segment have theirs. More
 * than it has: so many children find none. */
void eval_places_used(Eval *eval, int table, int group, const uint64_t *rows, uint32_t n,
                      uint64_t *used);

/* Of rows that draw apart under their parent (SharedKey.under): how many rows each can draw from
 * that none of the parent's rows before the last change of these has. */
void eval_room(Eval *eval, int table, int fk, const uint64_t *rows, uint32_t n, uint64_t *room);
/* The same for n parents at the path's first step (`under`), and a segment that the table does not
 * have yet. */
void eval_room_below(Eval *eval, int table, int fk, const Segment *segment, const uint64_t *parents,
                     uint32_t n, uint64_t *room);
/* How many rows those under each of n parents, at the path's first step, can draw from, whatever
 * others have. */
void eval_choice_below(Eval *eval, int table, int fk, const Segment *segment,
                       const uint64_t *parents, uint32_t n, uint64_t *choice);

/* Of a key group whose rows take places beneath an ancestor (Segment.beneath), in the domain of the
 * table's last segment: the ancestor's rows, and places that are taken besides. */
void eval_beneath(Eval *eval, int table, int group, uint64_t ancestor, uint64_t *rows,
                  uint64_t *taken);

/* One column at n given rows (ROW_NONE gives NULL), n <= BATCH_ROWS; same lifetime. */
const Vec *eval_column(Eval *eval, int table, int column, const uint64_t *rows, uint32_t n);

/* The parent rows of a foreign key at n given rows, ROW_NONE where it is NULL; same lifetime. */
const uint64_t *eval_parents(Eval *eval, int table, int fk, const uint64_t *rows, uint32_t n);

/* Does the target hold NULL or a default here, since the parent went? */
bool eval_is_cleared(const TablePlan *tp, int column, uint64_t row);

/* Cells that left 64 bits so far (they are NULL): a run with any fails. */
uint64_t eval_overflows(const Eval *eval);

#endif

/* Plan: what will be done, complete and const. Built once by plan/, shared by threads without
 * locks, run by exec/, printed by plan/print. Rows are numbered from 0 per table and a number is
 * never used twice. */
#ifndef SEEDPIPE_MODEL_PLAN_H
#define SEEDPIPE_MODEL_PLAN_H

#include "model/recipe.h"
#include "model/rowset.h"
#include "model/vec.h"

struct Dist;     /* gen/distribution.h */
struct Bound;    /* gen/gen.h: a node bound to its native code */
struct PerIndex; /* gen/children.h: prefix sums of children per parent */
struct Scatter;  /* gen/scatter.h: rows under the second parent that they are counted by */

#define ROW_NONE UINT64_MAX /* "no parent": its columns are NULL */

/* The rows of one table that one run or append added. What a row drew its parents from is kept
 * here, so that growth never changes an old row. Arrays are parallel to TablePlan.fks and to the
 * table's serial columns. */
typedef struct Segment {
    uint64_t first_row, rows;
    const uint64_t *parent_first,
        *parent_count;                     /* per fk: parents are rows [first, first + count) */
    const uint64_t *pool_base, *pool_hash; /* per FK_POOL: where these parents begin in its pool,
                                              and the hash of their keys; 0: not known */
    const struct PerIndex *const *per;     /* per fk: NULL unless FK_PER or FK_ALSO_PER */
    const struct Scatter *scatter;         /* per fk, for FK_ALSO_PER */
    const int64_t *key_base; /* per column: value of row first_row in a serial column */
    const uint64_t *group_first, *group_count; /* per key group: the row at which its index domain
                                                  began, and the domain's size */
    const bool *follows; /* per key group: rows that agree in what the key shares with an earlier
                            group have other indexes there, and take their slots from these; else
                            the key's own columns do without the shared ones */
    const bool *open; /* per key group below an FK_PER parent: its rows take only places that lead
                         to parents which were there, and that no older child has
                         (gen/eval_open.c) */
    const bool *beneath; /* per key group: rows take places among those of the row at the end of
                            KeyGroup.path, not of the whole table */
    const bool *room;    /* per key group below an FK_PER parent: no parent got more of these rows
                            than it has values left there */
    const bool *barren;  /* per fk: no parent got any of these rows where this key, which shares
                            columns with the parent's, had no row to refer to */
    const uint64_t
        *fk_div; /* per fk in a group: its place in the mixed radix; its modulus is parent_count */
    const int *parent_gone; /* per fk: how many sets of TablePlan.gone of the parent were gone when
                               the rows were made; NULL: none */
    const int *parent_counted; /* the same without what the run itself saw rejected: children are
                                  counted before that is known, */
    const bool *foreseen;      /* but for those that were known not to be made (per fk) */
    int rows_gone; /* sets of TablePlan.gone whose rows held nothing any more when a key that is
                      drawn apart (SharedKey.under) or that leaves places out began anew */
    bool capped;   /* children for parents that had some count together to the bound of `per` */
    bool complete; /* every row was committed by an earlier run */
} Segment;

/* Cells of some rows and columns. */
typedef struct CellSet {
    const int *cols;
    int ncols;
    const RowSet *rows;
} CellSet;

/* Cells that were made anew: the k-th row of the set (from 0) has generation base + k in these
 * columns, so that no two regenerated cells of a column share a generation. The last set that holds
 * a cell counts. References are drawn from the parents that were there then, not from those of the
 * row's segment. */
typedef struct Regenerated {
    CellSet cells;
    uint32_t base;
    int run;                      /* its number among the target's runs */
    const uint64_t *parent_count; /* per fk: rows of the parent, gone ones included */
    const int *parent_gone;       /* per fk: as in Segment */
} Regenerated;

/* References that the database set when their parent went: to NULL, or to the columns' defaults.
 * What was computed from them stays as it was. */
typedef struct Cleared {
    CellSet cells;
    const char *const *values; /* per column of `cells`: the default as text, NULL for NULL */
    int regenerated; /* the sets of TablePlan.regenerated that were made before; what a later one
                        made anew is cleared no more */
} Cleared;

/* Rows whose values in a unique key were in the target already, in rows of the user's own: the key
 * group's index is another one (gen/avoid.h). The last set that holds a row counts. */
typedef struct Avoided {
    CellSet cells;
    int group;     /* the key that stands over these columns */
    int after;     /* sets of Regenerated that are older */
    uint64_t base; /* generations below it are older */
} Avoided;

typedef enum FkMode {
    FK_PICK,    /* a parent drawn at random, or by the key group's index when in one */
    FK_PER,     /* children counted per parent: parents in order */
    FK_SELF,    /* an earlier row of the same table; row 0 refers to itself, or to nothing when
                   nullable */
    FK_POOL,    /* the parent table is not of this recipe: keys read from the database */
    FK_ALSO_PER /* children counted per parent here, too, in a table that stands in another's order
                 */
} FkMode;

/* The shape of the trees that a table's reference to itself makes, a function of the row's number
 * alone, so that it does not change when the table grows. Rows come in blocks of complete trees:
 * roots, roots * fanout, roots * fanout^2, ...; each row's parent is one of the level before. */
typedef struct Forest {
    uint64_t roots;   /* in a block */
    uint64_t fanout;  /* 0: any earlier row is the parent of a row that is no root */
    uint64_t block;   /* rows in the first block; UINT64_MAX: it never ends */
    bool roots_fixed; /* blocks after the first have no roots of their own */
} Forest;

#define POOL_KEYS_MAX 1000000u /* parents enough */

/* What is known of the keys that a table's segments drew from. */
typedef enum PoolState {
    POOL_KNOWN,
    POOL_UNSURE, /* an older program did not write down which they were */
    POOL_LOST    /* the table has others now, and these were not kept */
} PoolState;

/* Keys of a table that this recipe does not fill, in key order: `count` that are there now. In a
 * plan those that older segments drew from may stand behind them (Segment.pool_base). */
typedef struct KeyPool {
    uint64_t count;
    int ncols;
    const Vec *const *cols;
} KeyPool;

/* How a foreign key whose parent is loaded after its table (ForeignKey.late) holds meanwhile. */
typedef enum CircleWay {
    CIRCLE_NONE,      /* nothing to do: not late, or the parent has all its rows already */
    CIRCLE_KEY_AFTER, /* it is not there yet: added after the load */
    CIRCLE_UNCHECKED, /* the session's foreign key checks are off while the table is loaded */
    CIRCLE_DEFERRED,  /* to the commit of the one transaction that loads everything */
    CIRCLE_UPDATE     /* NULL first, then one UPDATE sets it (STEP_SET_REFERENCES) */
} CircleWay;

/* A foreign key whose columns are partly or all given by another one. The path leads from the row
 * up to a row that both keys have in common. */
typedef struct SharedKey {
    const int *path; /* foreign keys; none for FK_SELF */
    int depth;
    int child_fk; /* the FK_PER key of the key's own parent table to that row: one of its children
                     is drawn; -1: the row at the path's end is the parent itself */
    int under;    /* FK_PER key of the table under which no child is drawn twice, -1 = none */
    int group;    /* with `under`: the key group of that key, -1 = none */
} SharedKey;

typedef struct FkPlan {
    const ForeignKey *fk;
    FkMode mode;
    int parent;             /* index in Plan.tables; -1 for FK_POOL */
    const int *parent_cols; /* column indexes in the parent (in the pool: 0..ncols-1) */
    uint64_t key;           /* random stream of the pick and of its null share */
    double null_share;
    const struct Bound *count; /* FK_PER, FK_ALSO_PER */
    bool apart; /* FK_ALSO_PER: no two rows have both this parent and the FK_PER one in common */
    const struct Dist *dist; /* of the reference over the parents, in their order; NULL: uniform */
    const KeyPool *pool;
    PoolState pool_state;
    CircleWay circle;
    const int *late_cols; /* CIRCLE_UPDATE: the columns that are NULL at first */
    int nlate;
    SharedKey *shared;    /* NULL: it shares no column, or gives those that it shares */
    const Forest *forest; /* FK_SELF; NULL: any earlier row */
    int group;            /* key group that drives the pick, -1 = none */
    const char
        *rolled_up; /* FK_PER, FK_ALSO_PER: "orders.total", computed over these children; NULL */
} FkPlan;

/* Does `per` count the rows of its parents? */
static inline bool fk_is_per(const FkPlan *fk)
{
    return fk->mode == FK_PER || fk->mode == FK_ALSO_PER;
}

/* A unique or primary key whose columns get their values from one permuted index, so that no two
 * rows agree. index = permute(key, count, slot); a member's own index is (index / div) % mod. slot
 * is row - group_first of the row's segment; below an FK_PER key column it is the child's number
 * under its parent. The domain (count, and div and mod of foreign keys) belongs to the segment,
 * since parents grow. */
typedef struct KeyGroup {
    const Key *key_def;
    uint64_t key;
    uint64_t own_count; /* product over the columns that are no foreign keys; 0: unbounded (one
                           generator makes any number of distinct values; Segment.group_count is 0
                           too and the slot itself is the index) */
    int drawn;          /* a key with SharedKey.under; else -1. Such groups come last. The group
                           knows the rows whose values were taken, and the segment at which the rows
                           to draw from changed: from there on a parent's rows draw from what its
                           earlier ones do not have */
    int within_fk;      /* the FK_PER foreign key inside this key, -1 = none */
    const int *path; /* FK_PER keys from the table up to a row that columns of this key name, handed
                        down from it; none where within_fk is */
    int depth;
    int follows;      /* an earlier group with columns of this key: see Segment.follows; -1: none */
    bool no_case;     /* texts of different indexes can be equal to the database: it is asked */
    const char *name; /* "borrowers.email" for messages */
} KeyGroup;

typedef struct ColumnPlan {
    const Column *col;
    const struct Bound *bound; /* NULL when fk >= 0, or when not written */
    bool written;              /* part of the load; otherwise the database fills it */
    bool serial;
    int fk,
        fk_pos; /* the foreign key that gives the value, and the position in it; fk = -1: none */
    int group;  /* key group, -1 = none */
    uint64_t group_div, group_mod;
    double null_share;
    uint64_t null_key;
    const char *pii; /* PII kind, NULL = none */
} ColumnPlan;

typedef enum LoadPath {
    LOAD_NONE,
    LOAD_COPY,
    LOAD_DATA,
    LOAD_INSERT,
    LOAD_PREPARED,
    LOAD_SINK
} LoadPath;
const char *load_path_name(LoadPath path);

typedef struct TablePlan {
    const Table *table; /* the merged shape: recipe, completed by the catalog */
    const RecipeTable *recipe;
    bool exists;      /* in the target, before this run */
    ColumnPlan *cols; /* parallel to table->cols */
    int *load_cols;   /* column indexes that are written, in order */
    int nload;
    FkPlan *fks; /* parallel to table->fks */
    KeyGroup *groups;
    int ngroups;
    const char *const *key_order; /* the keys' columns, first the key that gives others what they
                                     share; NULL: those of few columns first */
    int nkey_order;
    const Key **fixed; /* keys that hold by construction, whose values can be no others: a child's
                          number under its parent, pairs of two parents that are counted by */
    int nfixed;
    Segment *segments; /* ascending, without gaps */
    int nsegments;
    const RowHistory *gone; /* rows that were deleted, rejected or pruned, oldest set first */
    uint64_t gone_rows;     /* at the end of this plan */
    const RowSet *asleep;   /* of these, rows that were pruned and can be made again */
    uint64_t waiting;       /* of these, rows whose parents are gone: they count as issued */
    const RowSet *pruned;   /* by this plan; NULL: none */
    const RowSet *restored; /* pruned before, and made again by this plan or an unfinished run */
    const RowSet *restored_now; /* of these, by this plan */
    const RowSet *unset;    /* rows whose CIRCLE_UPDATE references are still NULL in the target */
    const RowSet *rejected; /* by the database, in all runs; NULL: none */
    const Regenerated *regenerated; /* oldest first */
    int nregenerated;
    const Avoided *avoided; /* oldest first */
    int navoided;
    const Cleared *cleared; /* oldest first */
    int ncleared;
    uint64_t rows;          /* in all segments, those that are gone included */
    uint64_t rows_wanted;   /* what recipe, volume, --size and --count ask for */
    uint64_t rows_existing; /* in the target before the run, seeded or not */
} TablePlan;

typedef enum StepKind {
    STEP_CREATE_TABLE,   /* sql */
    STEP_LOAD,           /* rows of `segment` */
    STEP_DEFER_KEYS,     /* CIRCLE_DEFERRED: sql */
    STEP_SETTLE_KEYS,    /* its end: what was deferred is checked, and as strict as it was; sql */
    STEP_SET_REFERENCES, /* CIRCLE_UPDATE: sql: a temporary table, the UPDATE from it, its end */
    STEP_ADD_KEYS,       /* sql: primary, unique, indexes after a bare load */
    STEP_ADD_FOREIGN,    /* sql */
    STEP_MOVE_SEQUENCE,  /* sql */
    STEP_CLEAR,          /* sql: references set to NULL; see plan/closure.h */
    STEP_DELETE,         /* sql: a selection of rows; see plan/closure.h */
    STEP_DROP_TABLE,     /* sql */
    STEP_VERIFY
} StepKind;
const char *step_kind_name(StepKind kind);

typedef struct Step {
    StepKind kind;
    int table;     /* -1: no single one */
    int segment;   /* STEP_LOAD */
    bool restores; /* STEP_LOAD: the segment's part of TablePlan.restored, not all of it */
    LoadPath path;
    const char *const *sql;
    int nsql;
    int64_t rows;     /* STEP_LOAD, STEP_DELETE: how many rows, exactly; -1: not known before */
    const char *what; /* "create table borrowers", one line for people */
} Step;

/* A check that the database makes: `sql` returns one number. */
typedef enum CheckKind {
    CHECK_ROWS,
    CHECK_ORPHANS,
    CHECK_DUPLICATES,
    CHECK_NULLS,
    CHECK_CONDITION,
    CHECK_CELLS
} CheckKind;
const char *check_kind_name(CheckKind kind);
typedef struct VerifyCheck {
    CheckKind kind;
    int table;
    const char *name; /* "loans.borrower_id -> borrowers.id", for people */
    const char *sql;
    const char *rows, *cond; /* of a query that counts the rows that meet a condition: "FROM ...
                                WHERE ... AND" and the condition, so that one walk over the rows
                                serves several; NULL */
    int64_t expected;        /* 0, or the number of rows (less those that the database rejected) */
    bool at_least;           /* rows of the user's own may stand among them */
    int64_t elsewhere;       /* CHECK_ROWS: of the table's rows, those that it does not count */
} VerifyCheck;

typedef struct Plan {
    const Recipe *recipe;
    const char *env;
    uint64_t seed;
    bool has_clock;
    int64_t clock;
    int engine;
    const char *digest; /* of the frozen nodes, seed, clock, engine: which run it is */
    TablePlan *tables;  /* in load order: parents first */
    int ntables;
    Step *steps;
    int nsteps;
    VerifyCheck *checks;
    int nchecks;
    const char *const *notes; /* risks and remarks for people */
    int nnotes;
} Plan;

/* Is the row gone at the end of the plan, whatever the database rejects meanwhile? */
bool plan_is_gone(const TablePlan *tp, uint64_t row);
/* The next generation of cells that are made anew. */
uint64_t plan_next_generation(const TablePlan *tp);

/* The table called "name" or "schema.name": its index, -1. Where no other is called "name", the one
 * of that name in whatever schema. */
int plan_table(const Plan *plan, const char *name);

#endif

/* Closure: what has to go together with some rows, over the foreign keys of a live catalog. Pure:
 * the graph, the order (children first), the effect of each key on its engine, and the SQL. exec/
 * counts and runs it (exec/removal.h). A selection is a temporary table of keys, one for each
 * table, so that every statement is set-based and each row is counted once. */
#ifndef SEEDPIPE_PLAN_CLOSURE_H
#define SEEDPIPE_PLAN_CLOSURE_H

#include "db/dialect.h"
#include "model/plan.h"

/* What deleting a parent does to its children, as the engine really does it. */
typedef enum RefEffect {
    REF_REFUSES, /* NO ACTION, RESTRICT; InnoDB's SET DEFAULT */
    REF_DELETES, /* CASCADE */
    REF_CLEARS   /* SET NULL; SET DEFAULT where the engine does it, and can */
} RefEffect;

/* A foreign key into a table of the closure. */
typedef struct ClosureRef {
    int child, parent; /* indexes in Closure.tables */
    const ForeignKey *fk;
    RefEffect effect;
    const char *name;   /* the constraint's, or "table (columns)" where it has none */
    const char *action; /* "NO ACTION" */
    const char *why;    /* why it refuses although its action does not: "org is NOT NULL" */
    const char *const *defaults; /* SET DEFAULT: per column what it becomes, as text; NULL for NULL,
                                    and as a whole where not asked for */
    bool in_circle;              /* child and parent reach each other, or are the same table */
    bool clear_first;      /* set to NULL before anything is deleted, which opens the circle */
    const char *index_sql; /* CREATE INDEX ..., where no index helps the engine to find children */
    int64_t parents_seen, /* rows selected of both tables when its children were last looked for; */
        children_seen;    /* -1: never */
    int64_t rows;         /* counted: children outside the selection that refer into it */
} ClosureRef;

typedef struct ClosureTable {
    const Table *table;
    const char *name; /* for people: "loans", "billing.accounts" */
    bool root;        /* asked for; the others are reached through keys */
    /* Columns that tell its rows apart: the primary key, a unique key without NULLs, or the
     * engine's row id. nkey 0: nothing does, and no table of keys is made. */
    const char **key;
    const Type *key_types;
    int nkey;
    bool whole;     /* every row goes: said by the caller, and all that works without a key */
    bool every;     /* the selection holds every row, and nobody else can add one: SQLite alone */
    int circle;     /* tables with the same number reach each other */
    int64_t rows;   /* counted: rows selected */
    int64_t locked; /* of these: rows that no other session can change or refer to */
    bool has_work;  /* its table of keys in work was created, in this transaction */
    const struct ClosureRef *found_by; /* whose children the work table has; NULL: none */
} ClosureTable;

typedef struct Closure {
    Engine engine;
    const Catalog *catalog;
    ClosureTable *tables; /* the roots first, in the order given */
    int ntables;
    ClosureRef *refs;
    int nrefs;
    const int *order; /* indexes in tables: children before parents */
} Closure;

/* Roots: tables as the catalog has them (or a copy with a primary key put in, for tables that were
 * loaded bare). All tables that refer to them, directly or not, follow. */
Closure *closure_build(Engine engine, const Catalog *catalog, const Table *const *roots, int nroots,
                       Arena *mem);
int closure_find(const Closure *closure, const Table *table); /* by schema and name; -1 */

/* A table is called `c` in every statement below, so a selection's condition can name its columns.
 * Key columns are k1, k2, ...; rn is the row's number in a plan, NULL for rows of the user's own.
 */

/* A table has two temporary tables of keys, of selected rows and of those in work: created empty.
 */
char **closure_sql_create(const Closure *closure, int table, bool work, int *n, Arena *mem);
char *closure_sql_drop(const Closure *closure, int table, bool work, Arena *mem);
/* Selects rows by a condition on `c` (NULL: all); `row` gives rn (NULL: none). */
char *closure_sql_select(const Closure *closure, int table, const char *where, const char *row,
                         Arena *mem);
/* Statements that leave the selected parents' children in the child's work table, but for those
 * that are selected themselves. */
char **closure_sql_children(const Closure *closure, const ClosureRef *ref, int *n, Arena *mem);
/* Their number, as far as `where` holds. */
char *closure_sql_count_children(const Closure *closure, const ClosureRef *ref, const char *where,
                                 Arena *mem);
char *closure_sql_take(const Closure *closure, int table, Arena *mem); /* keys += work */
/* The same for keys that were computed: those without a row in the table are left out. */
char *closure_sql_take_present(const Closure *closure, int table, Arena *mem);
/* Keys without a row in the table go, or without one that meets a condition on `c` (NULL: any). */
char *closure_sql_drop_absent(const Closure *closure, int table, const char *where, Arena *mem);
/* The n-th (from 0) of the selected rows' rn; and without the rows from one rn on. */
char *closure_sql_nth(const Closure *closure, int table, int64_t n, Arena *mem);
char *closure_sql_cut(const Closure *closure, int table, int64_t from, Arena *mem);
char *closure_sql_empty_work(const Closure *closure, int table, Arena *mem);
char *closure_sql_empty_keys(const Closure *closure, int table, Arena *mem);
/* How many of the selected keys hold a NULL, and so name no row. */
char *closure_sql_null_keys(const Closure *c, int table, Arena *mem);
char *closure_sql_count(const Closure *closure, int table, bool work, Arena *mem);
/* How many rows the table has, counted up to a number. */
char *closure_sql_at_most(const Closure *closure, int table, int64_t rows, Arena *mem);
/* How many of the selected rows are still there. */
char *closure_sql_left(const Closure *closure, int table, Arena *mem);
/* The same, and until the transaction ends no other session changes them, or refers to them. Not on
 * SQLite, which locks all. */
char *closure_sql_lock(const Closure *closure, int table, Arena *mem);
/* Selected keys in the order of rows: rn, then the key's columns; or, with columns, rn and these
 * columns of the table, for rows of a plan alone. by_key: the keys ascend with the rows, which
 * saves a sort. */
char *closure_sql_keys(const Closure *closure, int table, Arena *mem);
char *closure_sql_work_keys(const Closure *closure, int table, Arena *mem); /* of the work table */
char *closure_sql_all_keys(const Closure *closure, int table, Arena *mem); /* of the table itself */
char *closure_sql_rows(const Closure *closure, int table, const char *const *cols, int ncols,
                       bool by_key, Arena *mem);
/* The selected rows: the key's columns, then these columns of the table. */
char *closure_sql_cells(const Closure *closure, int table, const char *const *cols, int ncols,
                        Arena *mem);
/* Does ON DELETE SET NULL or SET DEFAULT set this column (a place in the key)? */
bool closure_sets(const ClosureRef *ref, int place);
/* One row: the defaults of a SET DEFAULT key's columns, as text. */
char *closure_sql_defaults(const Closure *closure, const ClosureRef *ref, Arena *mem);
/* How many parents the defaults refer to: 1 or 0; of those selected, or of all. */
char *closure_sql_default_parents(const Closure *closure, const ClosureRef *ref, bool selected,
                                  Arena *mem);
/* For a WHERE: " AND NOT EXISTS (...)", c is not selected; nothing where no row is. */
void closure_put_stays(const Closure *closure, Buf *sql, int table);
/* The table of keys; and, for a FROM: "keys k JOIN loans t ON ..." */
void closure_put_keys(const Closure *closure, Buf *sql, int table);
void closure_put_selected(const Closure *closure, Buf *sql, int table, const char *alias);
/* The table of keys, or the work table, as a Table, for a bulk load of computed keys: k1, k2, ...,
 * rn. */
const Table *closure_keys_table(const Closure *closure, int table, bool in_work, Arena *mem);

/* The steps that delete what is selected and counted: circles are opened, children go first. Their
 * `table` is an index in closure->tables, `rows` the exact number, -1 where it is not known. */
Step *closure_steps(const Closure *closure, int *n, Arena *mem);
/* Does a step of them set this key's columns to NULL, rather than the engine? */
bool closure_updates(const Closure *closure, const ClosureRef *ref);

#endif

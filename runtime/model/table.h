/* Table, Column, keys: shared by recipe (what is wanted), catalog (what is there) and plan (what
 * will be). */
#ifndef SEEDPIPE_MODEL_TABLE_H
#define SEEDPIPE_MODEL_TABLE_H

#include <stdbool.h>
#include <stdint.h>

#include "model/node.h"
#include "model/type.h"

typedef enum Action {
    ACTION_UNSET = -1, /* not said: the engine's default, NO ACTION */
    ACTION_NO_ACTION,
    ACTION_RESTRICT,
    ACTION_CASCADE,
    ACTION_SET_NULL,
    ACTION_SET_DEFAULT
} Action;
const char *action_sql(Action action); /* "ON DELETE" operand: "CASCADE", "SET NULL", ... */

typedef struct Column {
    const char *name;
    Type type;
    bool nullable;
    const char *default_sql;   /* the database's expression, NULL when none */
    bool auto_key;             /* serial, identity, AUTO_INCREMENT, SQLite's INTEGER PRIMARY KEY */
    bool identity_always;      /* PostgreSQL GENERATED ALWAYS AS IDENTITY */
    bool generated;            /* computed by the database; never written */
    bool on_update;            /* MySQL: an UPDATE that leaves it out sets it to the time of day */
    bool no_select, no_insert; /* catalog of PostgreSQL: the user may not */
    const char *where;         /* recipe: "x.lua:12"; NULL in a catalog */
    const Node *node;          /* recipe: how it is made; NULL in a catalog */
} Column;

/* Keys name columns by their index in the table. */
typedef struct Key {
    const char *name; /* NULL: unnamed so far */
    int *cols;
    int ncols;
    bool partial; /* WHERE, or on an expression, or a prefix: known, but not one we can plan for */
    const char *cond;    /* catalog: the WHERE that alone makes it partial; NULL: none */
    bool nulls_equal;    /* NULLS NOT DISTINCT */
    const bool *no_case; /* per column: this key compares it without case, whatever its type does
                            (an index on lower() or upper(), or NOCASE); NULL: none */
    const bool *upper;   /* per column of `no_case`: by upper(); NULL: none */
    bool present; /* plan: the target has it already, so statements that add keys leave it out */
    const char *where;
} Key;

typedef struct ForeignKey {
    const char *name;
    int *cols;
    int ncols;
    const char *ref_schema; /* NULL: the table's own */
    const char *ref_table;
    const char *const *ref_cols; /* ncols names; NULL: the parent's primary key */
    Action on_delete, on_update;
    const bool *keeps; /* per column: ON DELETE SET NULL (others) leaves it alone; NULL: none */
    bool deferrable;
    bool present;  /* as in Key */
    bool declared; /* by the recipe alone: the target knows nothing of it */
    bool late;     /* plan: its parent is loaded after the table, since they refer to each other */
    const char *where;
} ForeignKey;

typedef struct Check {
    const char *name;
    const char *sql;  /* catalog: the database's text */
    const Node *cond; /* recipe */
    bool in_ddl; /* recipe: t:constraint, a CHECK in tables that we create; t:check is only verified
                  */
    const char *text; /* recipe: the condition as a person reads it, for reports */
    const char *where;
} Check;

typedef struct Trigger {
    const char *name;
    const char *sql;  /* the database's text */
    const char *body; /* digest of the function that it calls; NULL: all is in `sql` */
} Trigger;

typedef struct Table {
    const char *schema; /* NULL: the connection's */
    const char *name;
    Column *cols;
    int ncols;
    Key primary; /* ncols 0: no primary key */
    Key *uniques;
    int nuniques;
    Key *indexes; /* neither unique nor primary */
    int nindexes;
    ForeignKey *fks;
    int nfks;
    Check *checks;
    int nchecks;
    Trigger *triggers; /* catalog */
    int ntriggers;
    bool no_select, no_insert, no_update; /* catalog of PostgreSQL: the user may not */
    bool hides_rows; /* the same: policies decide which rows the user sees and makes */
    bool has_rules;  /* the same: statements may be others than those that were sent */
    bool has_heirs;  /* the same: tables inherit from it, and their rows are among its own */
    const char *no_transactions; /* catalog of MySQL: its storage engine, when that has none */
    const char *where;
} Table;

/* "name", or "schema.name" where it has a schema. */
bool table_is_called(const Table *table, const char *name);
/* Does a condition name the column? Perhaps: a word that only begins or ends like it counts, too.
 */
bool table_mentions(const char *cond, const char *column);
/* The index of a column, -1 when there is none. Exact spelling. */
int table_column(const Table *table, const char *name);
/* Are these columns all in the key? */
bool key_holds(const Key *key, const int *cols, int ncols);
/* The same columns, in whatever order. */
bool key_same(const Key *a, const Key *b);
/* The foreign key in which that column stands (the first), or NULL. */
const ForeignKey *table_fk_of(const Table *table, int col);
/* The foreign key of `in` over columns of the same names and to the same table as one of `table`,
 * or NULL. */
const ForeignKey *table_same_fk(const Table *in, const Table *table, const ForeignKey *fk);
/* True when a key, unique key or index begins with these columns in this order. */
bool table_has_index_on(const Table *table, const int *cols, int ncols);

/* What a live schema holds; views and seedpipe's own tables are left out. */
/* How a target takes tables' names that differ in case. */
typedef enum NameCase {
    CASE_MATTERS,
    CASE_IGNORED, /* "Users" is "users", and stays as it was written */
    CASE_LOWERED  /* the same, and every name is kept in small letters */
} NameCase;

typedef struct Catalog {
    Table *tables;
    int ntables;
    const char *server;   /* "PostgreSQL 15.8", "MariaDB 10.11.6", "MySQL 9.7.0", "SQLite 3.40.1" */
    const char *database; /* its name, or the file's path */
    const char *schema;   /* the schema new tables go to: "public"; NULL where there is none */
    NameCase name_case;
} Catalog;

/* catalog: NULL has none; schema may be NULL. */
const Table *catalog_table(const Catalog *catalog, const char *schema, const char *name);
/* What the target calls a table of this name, in other letters; NULL: nothing, or just so. */
const char *catalog_spelling(const Catalog *catalog, const char *schema, const char *name,
                             Arena *mem);

#endif

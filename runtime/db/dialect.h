/* Dialect: how an engine spells SQL. Pure: no connection, no client library, so that plans can be
 * printed without a server. Identifiers are always quoted. */
#ifndef SEEDPIPE_DB_DIALECT_H
#define SEEDPIPE_DB_DIALECT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "model/table.h"
#include "model/vec.h"

typedef enum Engine { ENGINE_SQLITE, ENGINE_POSTGRES, ENGINE_MARIADB, ENGINE_MYSQL } Engine;
const char *engine_name(Engine engine); /* "SQLite", "PostgreSQL", "MariaDB", "MySQL" */

void dialect_ident(Engine engine, Buf *out, const char *name); /* quoted, quotes inside doubled */
void dialect_table(Engine engine, Buf *out, const char *schema, const char *name);
void dialect_string(Engine engine, Buf *out, const char *s,
                    size_t n); /* a text literal that no content can leave */

/* A cell as a literal that means exactly that value in a column of that type. */
void dialect_literal(Engine engine, Buf *out, const Type *column, const Vec *v, uint32_t row);
/* `value`, in SQL, as the key's column i compares it: without case where it ignores that, whatever
 * the column's type does. */
const char *dialect_compared(Engine engine, const Key *key, int i, const char *value, Arena *mem);
/* "INSERT INTO t (a, b) VALUES ". */
void dialect_insert(Engine engine, Buf *out, const Table *table, const int *cols, int ncols);
/* What a file of statements begins and ends with, and some thousands of rows inside it: one
 * transaction for all, or one for these rows where the engine commits each statement on the schema.
 */
const char *dialect_script_begin(Engine engine);
const char *dialect_script_end(Engine engine);
const char *dialect_rows_begin(Engine engine);
const char *dialect_rows_end(Engine engine);

/* The SQL type of a column in a table that we create: from :type when given, else derived from the
 * kind. `in_key` asks for a type that MySQL can index (varchar(255) or shorter rather than text).
 * Longest generated text is type->length when known. */
char *dialect_type(Engine engine, const Type *type, bool in_key, Arena *mem);

/* CREATE TABLE IF NOT EXISTS with columns, NOT NULL, CHECKs (in_ddl). with_keys: primary, unique
 * and foreign keys inside; without: bare, apart from what an engine cannot add afterwards (SQLite:
 * everything; an AUTO_INCREMENT primary key on MySQL). table->fks[].ref_cols must be filled in. */
char *dialect_create_table(Engine engine, const Table *table, bool with_keys, Arena *mem);
/* What a bare table still needs, each a statement: keys and unique keys, then indexes (also one on
 * each foreign key that no key begins with). With with_keys tables: only the indexes. Keys marked
 * `present` are counted but not added again. */
char **dialect_add_keys(Engine engine, const Table *table, bool was_bare, int *n, Arena *mem);
char **dialect_add_foreign_keys(Engine engine, const Table *table, int *n, Arena *mem);
/* Moves the sequence / auto_increment of a serial column so that the next value is `next`. NULL
 * where nothing is to do. */
char *dialect_move_sequence(Engine engine, const Table *table, int col, int64_t next, Arena *mem);

/* Where an expression stands. */
typedef struct DialectScope {
    const Table *table;
    const char *alias; /* what the statement calls the table; NULL: nothing (a CHECK) */
    bool has_clock;
    int64_t clock; /* the recipe's, for conditions that name it */
    /* The table that a foreign key of `table` refers to; NULL (the function, or what it gives): a
     * parent's column cannot be said. */
    const Table *(*parent)(void *ctx, const Table *table, const ForeignKey *fk);
    void *ctx;
} DialectScope;

/* A recipe condition or expression as SQL, with the meaning that gen/ gives it (three-valued,
 * decimals at scale, round half away from zero); a parent's column becomes a subquery. False with
 * an error at the node when it cannot be said in SQL (a generator, rounding a double). */
bool dialect_expr(Engine engine, Buf *out, const DialectScope *scope, const Node *node, Arena *mem,
                  Err *err);

/* What the engine cannot hold or do at all in a table that we are to create: names that are too
 * long, decimals of more digits than it keeps exactly, actions and CHECKs that it does not know.
 * Adds an ERR_RECIPE for each; returns how many. */
int dialect_check(Engine engine, const Table *table, Arena *mem, Err *err);

/* Constraint and index names that we make: "loans_borrower_id_fkey", "borrowers_email_key",
 * "loans_status_idx", cut to the engine's limit (63 PostgreSQL, 64 MySQL) with a hash so that they
 * stay distinct. */
char *dialect_name(Engine engine, const Table *table, const int *cols, int ncols,
                   const char *suffix, Arena *mem);

/* Differences between the wanted table and the one that is there: missing columns, too narrow
 * types, NOT NULL columns without default that the recipe leaves out, wrong kinds. Adds one
 * ERR_DRIFT per difference; returns how many. */
int dialect_compare(Engine engine, const Table *wanted, const Table *there, Arena *mem, Err *err);

#endif

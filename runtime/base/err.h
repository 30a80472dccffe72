/* Err: a list of user-facing errors. Leaves add errors and return false; only the top (cli) prints
 * them and turns the first one's code into the exit status. One list gives code, name and exit
 * status. */
#ifndef SEEDPIPE_BASE_ERR_H
#define SEEDPIPE_BASE_ERR_H

#include <stdbool.h>

#include "base/arena.h"

/* X(constant, name, exit status, meaning) */
#define ERR_MAP(X)                                                                                 \
    X(ERR_NONE, "none", 0, "no error")                                                             \
    X(ERR_CONNECT, "connect", 1, "the database cannot be reached or refused the login")            \
    X(ERR_LOST, "connection_lost", 1, "the connection broke; what was in flight is unknown")       \
    X(ERR_DB, "database", 1, "the database reported an error")                                     \
    X(ERR_CONSTRAINT, "constraint", 1, "the database rejected a row")                              \
    X(ERR_RETRY, "retryable", 1,                                                                   \
      "serialization failure or deadlock; the transaction may be retried")                         \
    X(ERR_IO, "io", 1, "a file could not be read or written")                                      \
    X(ERR_INTERNAL, "internal", 1, "a promise inside seedpipe was broken")                         \
    X(ERR_USAGE, "usage", 2, "the command line is wrong")                                          \
    X(ERR_RECIPE, "recipe", 2, "the recipe is wrong")                                              \
    X(ERR_ENV, "environment", 2, "the environment file is wrong or missing")                       \
    X(ERR_URL, "url", 2, "the database URL is malformed")                                          \
    X(ERR_COUNT, "count", 2, "a row count cannot be met")                                          \
    X(ERR_UNIQUE, "unique", 2, "there are fewer distinct values than rows")                        \
    X(ERR_DRIFT, "drift", 3, "the target's tables differ from the recipe")                         \
    X(ERR_CHANGED, "changed", 3, "the recipe changed since it ran on this target")                 \
    X(ERR_GUARD, "guard", 3, "a guard refused")                                                    \
    X(ERR_REFUSED, "refused", 3, "refused for what the target holds")                              \
    X(ERR_LOCKED, "locked", 4, "another run holds the lock")                                       \
    X(ERR_VERIFY, "verify", 5, "an integrity check failed")                                        \
    X(ERR_CANCELLED, "cancelled", 130, "cancelled by Ctrl+C")                                      \
    X(ERR_TERMINATED, "terminated", 143, "terminated by a signal")

typedef enum ErrCode {
#define X(constant, name, status, meaning) constant,
    ERR_MAP(X)
#undef X
} ErrCode;

typedef struct ErrItem {
    ErrCode code;
    const char *where;   /* "recipes/x.lua:12", "envs/dev.yaml:3:5", or NULL */
    const char *subject; /* "loans.amount", or NULL */
    const char
        *message; /* what is wrong, one sentence without a full stop; never a secret, never PII */
    const char *hint;     /* the way out, or NULL */
    const char *sqlstate; /* from the database, or NULL */
    const char *table;    /* named by the database, or NULL */
    const char *column;
    const char *constraint;
    const char *excerpt; /* of what the user wrote, without values; or NULL */
    int caret;           /* below which character of it the error lies, from 0 */
    int position; /* in the statement, from 1, where the database tells; else 0. PostgreSQL counts
                     characters, the others bytes */
    struct ErrItem *next;
} ErrItem;

typedef struct Err {
    ErrItem *first, *last;
    int count;
} Err;

/* Adds an error and returns false, so that a leaf can `return err_add(...)`. Texts are copied to
 * mem. where and subject may be NULL. */
bool err_add(Arena *mem, Err *err, ErrCode code, const char *where, const char *subject,
             const char *fmt, ...) __attribute__((format(printf, 6, 7)));
/* Puts the way out onto the newest error; returns false. */
bool err_hint(Arena *mem, Err *err, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* Shows the newest error's place in what the user wrote; returns false. */
bool err_excerpt(Arena *mem, Err *err, const char *text, int caret);

/* Copies an error, with all its texts, to another list. */
void err_append(Arena *mem, Err *err, const ErrItem *item);

/* The newest error's code, ERR_NONE when there is none. */
ErrCode err_code(const Err *err);
/* The exit status for the whole list: the first error's. 0 when empty. */
int err_exit_status(const Err *err);
const char *err_name(ErrCode code);
void err_clear(Err *err);

#endif

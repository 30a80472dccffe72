/* Env: one environment's settings, from envs/NAME.yaml or the built-in defaults. */
#ifndef SEEDPIPE_ENV_ENV_H
#define SEEDPIPE_ENV_ENV_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

#define ENV_MAX_JOBS    256
#define ENV_MAX_SECONDS 604800.0 /* 7 days */

typedef struct EnvRows {
    const char *table;
    int64_t rows;
} EnvRows;

typedef struct Env {
    const char *name;
    const char *path;      /* NULL: built-in defaults */
    const char *url;       /* unexpanded; NULL when the file has none */
    const char *url_where; /* "envs/dev.yaml:2:6" */
    double scale;          /* 0 = not set: the recipe's volume decides */
    const EnvRows *rows;
    int nrows;
    bool pii_keep; /* pii: keep */
    bool is_protected;
    const char *const *allowed_hosts; /* nallowed 0: any */
    int nallowed;
    double lock_timeout;      /* seconds; 0 = do not wait */
    double statement_timeout; /* seconds; 0 = none */
    double
        reconnect_timeout; /* seconds that a run waits for a server that went away; 0 = it ends */
    int64_t batch;         /* rows in a chunk; 0 = not set */
    int jobs;              /* 0 = not set */
    bool core_dumps;       /* a crash may write a core file */
    const char *locales;   /* directory of locale files; NULL: where ruby-faker has them */
    int64_t confirm_rows;  /* ask on a terminal above this many rows; default 10,000 */
} Env;

/* name NULL: "dev". The file is DIR/NAME.yaml with DIR = "envs" in the working directory; a name
 * that was asked for but has no file is an error that lists those there are; "dev" without a file
 * gives the defaults. Errors carry file:line:column. */
const Env *env_load(const char *name, bool named, Arena *mem, Err *err);

/* Expands ${VAR} in a text of the environment file; an unset variable is an error naming where and
 * the variable. */
const char *env_expand(const char *text, const char *where, Arena *mem, Err *err);

/* The environments that have a file, sorted. */
const char *const *env_names(int *n, Arena *mem);

/* "30", "2.5s", "500ms", "5m", "1h" as seconds; false on anything else, and above ENV_MAX_SECONDS.
 */
bool env_parse_seconds(const char *text, double *seconds);

/* The libyaml that is in use, such as "0.2.5". */
const char *env_yaml_version(void);

#endif

/* Commands and options as data. Parsing, help, completion and docs/cli.md all come from the two
 * tables `cli_commands` and `cli_options`, so that they cannot disagree. */
#ifndef SEEDPIPE_CLI_OPTIONS_H
#define SEEDPIPE_CLI_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "plan/plan.h"

typedef enum CommandId {
    CMD_RUN,
    CMD_PLAN,
    CMD_CHECK,
    CMD_VERIFY,
    CMD_MODIFY,
    CMD_ROLLBACK,
    CMD_STATUS,
    CMD_PREVIEW,
    CMD_GENERATORS,
    CMD_COMPLETION,
    CMD_VERSION,
    CMD_HELP,
    CMD_COUNT
} CommandId;

typedef enum Output { OUTPUT_TEXT, OUTPUT_JSON, OUTPUT_DOT, OUTPUT_CSV } Output;
typedef enum ProgressWhen { PROGRESS_AUTO, PROGRESS_ALWAYS, PROGRESS_NEVER } ProgressWhen;

#define CLI_MAX_ARGS     2
#define CLI_MAX_EXAMPLES 6
#define CLI_MAX_PREVIEW  1000

/* What the command line said. Texts point into argv. */
typedef struct Options {
    CommandId command;
    const char *args[CLI_MAX_ARGS]; /* positional, NULL where left out */
    bool help;
    const char *env, *url, *locale;
    double size;             /* 0: not given */
    int64_t count;           /* --count N; -1: not given */
    const PlanCount *counts; /* --count TABLE=N,... */
    int ncounts;
    bool has_seed, has_as_of;
    int64_t seed, as_of;
    int64_t jobs;        /* 0: not given */
    double lock_timeout; /* seconds; -1: not given */
    bool yes, dry_run, keep_partial, restart, accept_drift, prune, sql, offline, markdown, cascade,
        drop_created;
    /* modify */
    bool append, del, replace, truncate, reseed, seeded_only;
    const char *update; /* columns; "": in fields */
    const char *fields, *where;
    int64_t percentage;       /* 0: not given */
    const int64_t *positions; /* --count N,M: by the tables' position */
    int npositions;
    const char *to, *allow_protected, *audit, *set_env;
    int dialect;    /* Engine + 1; 0: not given */
    int level;      /* 1: full */
    int on_invalid; /* 1: skip */
    int64_t rows;   /* preview */
    int output;     /* Output */
    int log_format; /* LogFormat */
    int progress;   /* ProgressWhen */
    const char *log_file;
    bool quiet, verbose;
} Options;

typedef enum OptionKind {
    OPTION_FLAG,    /* bool */
    OPTION_TEXT,    /* const char * */
    OPTION_COLUMNS, /* const char *; "" when the next word is no value */
    OPTION_COUNTS,  /* Options.positions or counts */
    OPTION_WHOLE,   /* int64_t, min..max */
    OPTION_SECONDS, /* double */
    OPTION_SIZE,    /* double: 10x, small, medium, large */
    OPTION_COUNT,   /* Options.count or counts */
    OPTION_TIME,    /* int64_t, microseconds */
    OPTION_CHOICE   /* int */
} OptionKind;

typedef struct Choice {
    const char *name; /* NULL ends the list */
    int value;
} Choice;

typedef enum OptionGroup {
    GROUP_OPERATION,
    GROUP_TARGET,
    GROUP_VOLUME,
    GROUP_RUN,
    GROUP_OUTPUT,
    GROUP_COUNT
} OptionGroup;
extern const char *const cli_groups[GROUP_COUNT];

/* A name may stand in several rows, each for other commands (--output has other choices in each).
 */
typedef struct OptionDef {
    const char *name;
    const char *alias; /* another long name; NULL */
    char letter;       /* 0: none */
    const char *arg;   /* "N"; NULL for flags */
    OptionKind kind;
    OptionGroup group;
    unsigned commands;     /* bits 1 << CommandId */
    size_t at;             /* offset in Options */
    size_t has_at;         /* offset of the bool that tells that it was given; 0: none */
    int64_t min, max;      /* OPTION_WHOLE */
    const Choice *choices; /* OPTION_CHOICE */
    const char *doc;
} OptionDef;
extern const OptionDef cli_options[];
extern const int cli_option_count;

/* What a shell can offer for a positional argument. */
typedef enum ArgComplete {
    COMPLETE_NONE,
    COMPLETE_RECIPE,
    COMPLETE_COMMAND,
    COMPLETE_SHELL
} ArgComplete;

typedef struct ArgDef {
    const char *name; /* NULL: no more */
    bool required;
    ArgComplete complete;
    const char *doc;
} ArgDef;

typedef struct Example {
    const char *line; /* NULL: no more */
    const char *doc;
} Example;

struct App;
typedef struct CommandDef {
    const char *name;
    const char *alias; /* NULL */
    ArgDef args[CLI_MAX_ARGS];
    const char *doc;  /* one line */
    const char *text; /* paragraphs */
    Example examples[CLI_MAX_EXAMPLES];
    bool (*run)(struct App *app); /* false: app->err says why */
} CommandDef;
extern const CommandDef cli_commands[CMD_COUNT];

/* Reads the command line. Every mistake is added as ERR_USAGE, not the first alone; what could be
 * read is in *out all the same. Without a command: CMD_HELP. */
bool options_parse(int argc, char *const *argv, Options *out, Arena *mem, Err *err);

/* The option of a command by its long name or alias; NULL. */
const OptionDef *option_find(CommandId command, const char *name, size_t len);
/* By name or alias; NULL. */
const CommandDef *command_find(const char *name);
static inline CommandId command_id(const CommandDef *c)
{
    return (CommandId)(c - cli_commands);
}
/* "seedpipe run RECIPE [options]" */
const char *command_synopsis(const CommandDef *command, Arena *mem);
/* "-o, --output text|json" */
const char *option_usage(const OptionDef *option, bool with_letter, Arena *mem);

#endif

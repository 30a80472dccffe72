/* Every option of every command. */
#include <stddef.h>

#include "base/log.h"
#include "cli/options.h"

const char *const cli_groups[GROUP_COUNT] = {"Operation", "Target", "Volume and values",
                                             "Behaviour", "Output"};

static const Choice choices_plan[] = {
    {"text", OUTPUT_TEXT}, {"json", OUTPUT_JSON}, {"dot", OUTPUT_DOT}, {NULL, 0}};
static const Choice choices_rows[] = {
    {"text", OUTPUT_TEXT}, {"json", OUTPUT_JSON}, {"csv", OUTPUT_CSV}, {NULL, 0}};
static const Choice choices_result[] = {{"text", OUTPUT_TEXT}, {"json", OUTPUT_JSON}, {NULL, 0}};
static const Choice choices_log[] = {{"text", LOG_TEXT}, {"json", LOG_JSON}, {NULL, 0}};
static const Choice choices_progress[] = {
    {"auto", PROGRESS_AUTO}, {"always", PROGRESS_ALWAYS}, {"never", PROGRESS_NEVER}, {NULL, 0}};
static const Choice choices_invalid[] = {{"fail", 0}, {"skip", 1}, {NULL, 0}};
static const Choice choices_level[] = {{"keys", 0}, {"full", 1}, {NULL, 0}};

static const Choice choices_dialect[] = {{"sqlite", ENGINE_SQLITE + 1},
                                         {"postgres", ENGINE_POSTGRES + 1},
                                         {"mysql", ENGINE_MYSQL + 1},
                                         {"mariadb", ENGINE_MARIADB + 1},
                                         {NULL, 0}};

#define BIT(command) (1u << (command))
#define ALL          (BIT(CMD_COUNT) - 1)
#define RUN          BIT(CMD_RUN)
#define PLAN         BIT(CMD_PLAN)
#define CHECK        BIT(CMD_CHECK)
#define VERIFY       BIT(CMD_VERIFY)
#define ROLLBACK     BIT(CMD_ROLLBACK)
#define MODIFY       BIT(CMD_MODIFY)
#define STATUS       BIT(CMD_STATUS)
#define PREVIEW      BIT(CMD_PREVIEW)
#define TARGET       (RUN | PLAN | CHECK | VERIFY)
#define ANY_TARGET   (TARGET | MODIFY | ROLLBACK | STATUS)
#define AT(field)    .at = offsetof(Options, field)
#define HAS(field)   .has_at = offsetof(Options, field)

const OptionDef cli_options[] = {
    {"env", .letter = 'e', .arg = "NAME", .kind = OPTION_TEXT, .group = GROUP_TARGET,
     .commands = ANY_TARGET | PREVIEW, AT(env),
     .doc = "the environment: envs/NAME.yaml (default: $SEEDPIPE_ENV, else dev)"},
    {"url", .alias = "database", .arg = "URL", .kind = OPTION_TEXT, .group = GROUP_TARGET,
     .commands = ANY_TARGET, AT(url),
     .doc =
         "the database: sqlite:PATH, postgres://, mysql:// or mariadb:// (default: $SEEDPIPE_URL, "
         "else the environment's)"},
    {"offline", .kind = OPTION_FLAG, .group = GROUP_TARGET, .commands = PLAN | CHECK, AT(offline),
     .doc = "do not look at the database"},
    {"allow-protected", .arg = "DBNAME", .kind = OPTION_TEXT, .group = GROUP_TARGET,
     .commands = RUN | MODIFY | ROLLBACK | STATUS, AT(allow_protected),
     .doc = "write to a protected environment: the name of its database"},
    {"to", .arg = "SINK", .kind = OPTION_TEXT, .group = GROUP_TARGET, .commands = RUN, AT(to),
     .doc = "files in place of the database: csv:DIR, jsonl:DIR (a file for each table), sql:FILE; "
            "- is standard output; null throws the rows away"},
    {"dialect", .arg = "NAME", .kind = OPTION_CHOICE, .group = GROUP_TARGET, .commands = RUN,
     AT(dialect), .choices = choices_dialect,
     .doc = "whose SQL --to sql: writes (default: that of the url)"},

    {"size", .arg = "FACTOR", .kind = OPTION_SIZE, .group = GROUP_VOLUME,
     .commands = TARGET | PREVIEW, AT(size),
     .doc = "a factor on the recipe's rows, in place of the environment's volume: 10x, 0.5x, "
            "small (1x), medium (10x), large (100x)"},
    {"count", .arg = "N|TABLE=N,...", .kind = OPTION_COUNT, .group = GROUP_VOLUME,
     .commands = TARGET | PREVIEW, AT(count),
     .doc = "N rows in the recipe's first table, the others scaled with it; or rows of the tables "
            "named"},
    {"seed", .arg = "N", .kind = OPTION_WHOLE, .group = GROUP_VOLUME, .commands = TARGET | PREVIEW,
     AT(seed), HAS(has_seed), .min = 0, .max = INT64_MAX,
     .doc = "the seed of all values (default: the recipe's)"},
    {"as-of", .arg = "TIME", .kind = OPTION_TIME, .group = GROUP_VOLUME,
     .commands = TARGET | PREVIEW, AT(as_of), HAS(has_as_of),
     .doc = "the recipe's \"now\": a date or a time in UTC (default: the recipe's clock)"},
    {"locale", .arg = "NAME|NAME=N,...", .kind = OPTION_TEXT, .group = GROUP_VOLUME,
     .commands = TARGET | PREVIEW, AT(locale),
     .doc = "the language of names and places: de, pt-BR, or shares such as de=70,fr=30 "
            "(default: the recipe's)"},
    {"rows", .letter = 'n', .arg = "N", .kind = OPTION_WHOLE, .group = GROUP_VOLUME,
     .commands = PREVIEW, AT(rows), .min = 1, .max = CLI_MAX_PREVIEW,
     .doc = "how many rows to show (default: 10)"},

    {"append", .kind = OPTION_FLAG, .group = GROUP_OPERATION, .commands = MODIFY, AT(append),
     .doc = "add --count rows"},
    {"delete", .kind = OPTION_FLAG, .group = GROUP_OPERATION, .commands = MODIFY, AT(del),
     .doc = "delete --count, --percentage or --where rows, and what their foreign keys take along"},
    {"update", .arg = "COLS", .kind = OPTION_COLUMNS, .group = GROUP_OPERATION, .commands = MODIFY,
     AT(update),
     .doc = "make columns of --count, --percentage or --where rows anew, and what is "
            "computed from them"},
    {"replace", .kind = OPTION_FLAG, .group = GROUP_OPERATION, .commands = MODIFY, AT(replace),
     .doc = "all rows out, --count new ones in, keys from 1"},
    {"truncate", .kind = OPTION_FLAG, .group = GROUP_OPERATION, .commands = MODIFY, AT(truncate),
     .doc = "all rows out"},
    {"reseed", .kind = OPTION_FLAG, .group = GROUP_OPERATION, .commands = MODIFY, AT(reseed),
     .doc = "with --truncate: --count new rows in, keys from 1"},
    {"count", .arg = "N|N,M|TABLE=N", .kind = OPTION_COUNTS, .group = GROUP_OPERATION,
     .commands = MODIFY, AT(positions),
     .doc = "how many rows: for each table by its position, or by its name"},
    {"percentage", .arg = "P", .kind = OPTION_WHOLE, .group = GROUP_OPERATION, .commands = MODIFY,
     AT(percentage), .min = 1, .max = 100, .doc = "how many rows, as a share of the table's"},
    {"where", .arg = "CONDITION", .kind = OPTION_TEXT, .group = GROUP_OPERATION, .commands = MODIFY,
     AT(where), .doc = "the rows that meet a condition in the database's SQL"},
    {"fields", .arg = "COLS", .kind = OPTION_TEXT, .group = GROUP_OPERATION, .commands = MODIFY,
     AT(fields), .doc = "the columns of --update, if they do not follow it"},
    {"seeded-only", .kind = OPTION_FLAG, .group = GROUP_OPERATION, .commands = MODIFY,
     AT(seeded_only), .doc = "leave rows of your own alone"},
    {"cascade", .kind = OPTION_FLAG, .group = GROUP_OPERATION, .commands = MODIFY, AT(cascade),
     .doc = "also delete rows whose foreign keys refuse (RESTRICT, NO ACTION)"},

    {"dry-run", .kind = OPTION_FLAG, .group = GROUP_RUN, .commands = MODIFY, AT(dry_run),
     .doc = "show what would happen, with exact numbers, and do nothing"},
    {"yes", .letter = 'y', .kind = OPTION_FLAG, .group = GROUP_RUN, .commands = MODIFY, AT(yes),
     .doc = "do not ask before many rows, or before rows of your own go"},
    {"dry-run", .kind = OPTION_FLAG, .group = GROUP_RUN, .commands = RUN, AT(dry_run),
     .doc = "show the plan and do nothing, as `seedpipe plan` does"},
    {"dry-run", .kind = OPTION_FLAG, .group = GROUP_RUN, .commands = ROLLBACK, AT(dry_run),
     .doc = "show what would be deleted, and delete nothing"},
    {"yes", .letter = 'y', .kind = OPTION_FLAG, .group = GROUP_RUN, .commands = RUN, AT(yes),
     .doc = "do not ask before many rows; with --to: write although files are there"},
    {"yes", .letter = 'y', .kind = OPTION_FLAG, .group = GROUP_RUN, .commands = ROLLBACK, AT(yes),
     .doc = "do not ask before deleting; without a terminal it is needed"},
    {"cascade", .kind = OPTION_FLAG, .group = GROUP_RUN, .commands = ROLLBACK, AT(cascade),
     .doc =
         "also delete the rows of your own that refer to rows that go, and what refers to these"},
    {"drop-created", .kind = OPTION_FLAG, .group = GROUP_RUN, .commands = ROLLBACK,
     AT(drop_created), .doc = "drop the tables that the run created, where they are empty then"},
    {"audit", .arg = "FILE", .kind = OPTION_TEXT, .group = GROUP_RUN, .commands = ROLLBACK,
     AT(audit),
     .doc = "append the table and key of every deleted row to a file, as JSON lines; it is on the "
            "disk before the rows are gone"},
    {"set-env", .arg = "NAME", .kind = OPTION_TEXT, .group = GROUP_RUN, .commands = STATUS,
     AT(set_env),
     .doc = "mark the target as another environment, under the stricter guard of the two"},
    {"jobs", .letter = 'j', .arg = "N", .kind = OPTION_WHOLE, .group = GROUP_RUN, .commands = RUN,
     AT(jobs), .min = 1, .max = ENV_MAX_JOBS,
     .doc = "workers, where the database can load with several (default: as many as fit)"},
    {"lock-timeout", .arg = "TIME", .kind = OPTION_SECONDS, .group = GROUP_RUN,
     .commands = RUN | MODIFY | ROLLBACK, AT(lock_timeout),
     .doc = "how long to wait for another run on the same target: 30, 30s, 5m (default: the "
            "environment's, else 0)"},
    {"restart", .kind = OPTION_FLAG, .group = GROUP_RUN, .commands = RUN, AT(restart),
     .doc = "take out the rows of earlier runs of this recipe, and run it anew"},
    {"accept-drift", .kind = OPTION_FLAG, .group = GROUP_RUN, .commands = RUN, AT(accept_drift),
     .doc = "tables changed since the last run, or rows of it were deleted by hand, and that is "
            "meant: go on with what is there"},
    {"on-invalid", .arg = "WHAT", .kind = OPTION_CHOICE, .group = GROUP_RUN, .commands = RUN,
     AT(on_invalid), .choices = choices_invalid,
     .doc = "a row that the database rejects ends the run (fail, the default), or is left out "
            "and named (skip)"},
    {"prune", .kind = OPTION_FLAG, .group = GROUP_RUN, .commands = RUN | PLAN, AT(prune),
     .doc =
         "where fewer rows are wanted than there are, delete what seedpipe made too much, newest "
         "first, and what of it refers to that"},
    {"keep-partial", .kind = OPTION_FLAG, .group = GROUP_RUN, .commands = RUN, AT(keep_partial),
     .doc = "on Ctrl+C keep the rows that are there, for the next run to go on from"},
    {"level", .arg = "LEVEL", .kind = OPTION_CHOICE, .group = GROUP_RUN, .commands = VERIFY,
     AT(level), .choices = choices_level,
     .doc = "keys: counts, keys and conditions, checked by the database (default); full: also "
            "each cell against what the recipe makes"},

    {"sql", .kind = OPTION_FLAG, .group = GROUP_OUTPUT, .commands = PLAN, AT(sql),
     .doc = "add the statements, and one sample row for each load"},
    {"output", .alias = "format", .letter = 'o', .arg = "FORMAT", .kind = OPTION_CHOICE,
     .group = GROUP_OUTPUT, .commands = PLAN, AT(output), .choices = choices_plan,
     .doc = "the format of the result (default: text)"},
    {"output", .alias = "format", .letter = 'o', .arg = "FORMAT", .kind = OPTION_CHOICE,
     .group = GROUP_OUTPUT, .commands = PREVIEW, AT(output), .choices = choices_rows,
     .doc = "the format of the result (default: text)"},
    {"output", .alias = "format", .letter = 'o', .arg = "FORMAT", .kind = OPTION_CHOICE,
     .group = GROUP_OUTPUT,
     .commands =
         RUN | CHECK | VERIFY | MODIFY | ROLLBACK | STATUS | BIT(CMD_GENERATORS) | BIT(CMD_VERSION),
     AT(output), .choices = choices_result, .doc = "the format of the result (default: text)"},
    {"log-format", .arg = "FORMAT", .kind = OPTION_CHOICE, .group = GROUP_OUTPUT,
     .commands = ANY_TARGET, AT(log_format), .choices = choices_log,
     .doc = "the format of the log (default: text); json also turns it on"},
    {"log-file", .arg = "FILE", .kind = OPTION_TEXT, .group = GROUP_OUTPUT, .commands = ANY_TARGET,
     AT(log_file), .doc = "append the log to a file (default: standard error, warnings only)"},
    {"progress", .arg = "WHEN", .kind = OPTION_CHOICE, .group = GROUP_OUTPUT,
     .commands = RUN | VERIFY, AT(progress), .choices = choices_progress,
     .doc = "progress bars on standard error (default: auto, on a terminal)"},
    {"markdown", .kind = OPTION_FLAG, .group = GROUP_OUTPUT,
     .commands = BIT(CMD_HELP) | BIT(CMD_GENERATORS), AT(markdown),
     .doc = "the whole reference, as in docs/cli.md and docs/generators.md"},
    {"quiet", .letter = 'q', .kind = OPTION_FLAG, .group = GROUP_OUTPUT, .commands = ANY_TARGET,
     AT(quiet), .doc = "print errors alone"},
    {"verbose", .letter = 'v', .kind = OPTION_FLAG, .group = GROUP_OUTPUT, .commands = ANY_TARGET,
     AT(verbose), .doc = "log every step, and list every check"},
    {"help", .letter = 'h', .kind = OPTION_FLAG, .group = GROUP_OUTPUT, .commands = ALL, AT(help),
     .doc = "show the help of the command"},
};
const int cli_option_count = sizeof cli_options / sizeof cli_options[0];

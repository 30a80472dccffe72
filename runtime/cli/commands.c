/* Every command: its arguments, its texts, its function. */
#include "cli/cli_int.h"

#define RECIPE_ARG                                                                                 \
    {                                                                                              \
        "RECIPE", true, COMPLETE_RECIPE, "a recipe's path, or its name in recipes/"                \
    }

const CommandDef cli_commands[CMD_COUNT] = {
    [CMD_RUN] =
        {"run",
         "seed",
         {RECIPE_ARG},
         "make the target what the recipe says",
         "Creates the tables that are missing, fills them with the rows that the recipe asks for, "
         "and has the database check the result. Running it again does nothing; with a larger "
         "--size or --count it adds the difference. An interrupted run goes on where it stopped.\n"
         "Ctrl+C ends the running chunk and takes the run's rows out again; a second one, or "
         "--keep-partial, leaves them for the next run to go on from.\n"
         "With --to the rows go to files, without a database, and the same command writes the same "
         "bytes. A file appears when all of the run is written, or not at all.",
         {{"seedpipe run recipes/fintech-loans.lua", "fill the dev database, a SQLite file"},
          {"seedpipe run fintech-loans --url postgres://ann@localhost/dev", "fill another one"},
          {"seedpipe run fintech-loans --size 10x", "ten times the rows"},
          {"seedpipe run fintech-loans --env staging --yes --log-format json", "in a pipeline"},
          {"seedpipe run fintech-loans --to csv:out", "a CSV file for each table"},
          {"seedpipe run fintech-loans --to sql:- --dialect postgres | psql shop",
           "as statements"}},
         cmd_run},
    [CMD_PLAN] =
        {"plan",
         NULL,
         {RECIPE_ARG},
         "show what a run would do",
         "Prints the steps of a run in their order, with exact numbers of rows, the way each "
         "table is loaded, and what to look out for. Reads the target, writes nothing. The same "
         "recipe and target print the same bytes, so that a plan can be reviewed and compared.",
         {{"seedpipe plan fintech-loans", "the steps and their rows"},
          {"seedpipe plan fintech-loans --sql", "with the statements, and one sample row each"},
          {"seedpipe plan fintech-loans --offline", "without a database"},
          {"seedpipe plan fintech-loans --output dot | dot -Tsvg > plan.svg", "as a picture"}},
         cmd_plan},
    [CMD_CHECK] =
        {"check",
         NULL,
         {RECIPE_ARG},
         "find mistakes in a recipe, and differences to the database",
         "Reads the recipe and the target and lists every difference that would stop a run: "
         "missing tables that the recipe may not create, missing or unknown columns, types that "
         "are too narrow. Writes nothing. Exit status 3 when they differ.",
         {{"seedpipe check fintech-loans", "against the dev database"},
          {"seedpipe check fintech-loans --offline", "the recipe alone"}},
         cmd_check},
    [CMD_VERIFY] =
        {"verify",
         NULL,
         {RECIPE_ARG},
         "run the integrity checks alone",
         "Has the database check what earlier runs of the recipe made: numbers of rows, "
         "references without a parent, duplicates in unique keys, NULLs, and the recipe's own "
         "conditions. Level full also reads every row back and compares each cell with what the "
         "recipe makes. Writes nothing. Exit status 5 when a check fails.",
         {{"seedpipe verify fintech-loans", "counts, keys and conditions"},
          {"seedpipe verify fintech-loans --level full", "each cell too"}},
         cmd_verify},
    [CMD_MODIFY] =
        {"modify",
         NULL,
         {RECIPE_ARG,
          {"TABLE", true, COMPLETE_NONE,
           "a table of the recipe; several, with commas, for --append, "
           "--replace and --truncate"}},
         "change tables that were seeded, as real data changes",
         "Adds, deletes, renews or replaces rows in one transaction: all of it or nothing. Rows are "
         "chosen by the recipe's seed, so that a dry run shows exactly what the run then does. "
         "What foreign keys take along is counted first; what they refuse stops it. Before the commit "
         "the database checks the rows that were touched and those next to them; seedpipe verify "
         "checks whole tables. Works on all rows; updates only those that seedpipe made. "
         "docs/lifecycle.md shows it at work.",
         {{"seedpipe modify fintech users --append --count 100", "a hundred more users"},
          {"seedpipe modify fintech users --delete --percentage 30", "churn, with what they own"},
          {"seedpipe modify fintech users --delete --where \"created_at < '2024-01-01'\"",
           "by a condition"},
          {"seedpipe modify fintech users --update email,phone --count 20", "new values in place"},
          {"seedpipe modify fintech transactions --replace --count 1000", "all rows anew"},
          {"seedpipe modify fintech users,loans --truncate --reseed --count 500,2000",
           "several tables anew"}},
         cmd_modify},
    [CMD_ROLLBACK] =
        {"rollback",
         NULL,
         {{"RUN", false, COMPLETE_NONE, "a run's id, or its beginning (default: the newest)"}},
         "remove what a run inserted",
         "Deletes the rows that a run inserted, in one transaction: all of them or none. The ledger "
         "in the target knows them, so no recipe is needed. Rows of your own that refer to them "
         "stop it, unless --cascade. The numbers are shown first, and confirmed by typing or by "
         "--yes. docs/rollback.md explains what it can and cannot undo.",
         {{"seedpipe rollback", "the newest run in the dev database"},
          {"seedpipe rollback --dry-run", "only show what would go"},
          {"seedpipe rollback 20260101-1030 --yes --audit deleted.jsonl", "a run by its id"},
          {"seedpipe rollback --cascade --drop-created", "with all that refers to it, and tables"}},
         cmd_rollback},
    [CMD_STATUS] =
        {"status",
         NULL,
         {{"RUN", false, COMPLETE_NONE, "a run's id, or its beginning: its tables too"}},
         "show the runs, the lock and the environment of a target",
         "Lists what was run on a target, by whom and when, how many rows of it are there, what is "
         "unfinished and how to go on; whether a run holds the lock; and the environment that the "
         "target is marked as. Needs no recipe, and changes nothing but with --set-env.",
         {{"seedpipe status", "the dev database"},
          {"seedpipe status 20260101-1030 --output json", "one run, for programs"},
          {"seedpipe status --url postgres://ann@db1/app --set-env staging",
           "the target is another environment now"}},
         cmd_status},
    [CMD_PREVIEW] = {"preview",
                     NULL,
                     {RECIPE_ARG, {"TABLE", true, COMPLETE_NONE, "a table of the recipe"}},
                     "show a few rows, without a database",
                     "Makes the first rows of a table and prints them. They are the rows that a "
                     "run into an empty database would write.",
                     {{"seedpipe preview fintech-loans loans", "ten loans"},
                      {"seedpipe preview fintech-loans borrowers --rows 3 --output json",
                       "three as JSON"}},
                     cmd_preview},
    [CMD_GENERATORS] =
        {"generators",
         NULL,
         {{"NAME", false, COMPLETE_NONE, "a generator"}},
         "list the generators, or explain one",
         "Lists the functions that make values in a recipe, each with samples; with a name, its "
         "parameters too.",
         {{"seedpipe generators", "all of them"},
          {"seedpipe generators loan_amount", "one, with its parameters"}},
         cmd_generators},
    [CMD_COMPLETION] =
        {"completion",
         NULL,
         {{"SHELL", true, COMPLETE_SHELL, "bash, zsh or fish"}},
         "print a completion script for a shell",
         "The script completes commands, options, their values, recipes and environments.",
         {{"seedpipe completion bash > ~/.local/share/bash-completion/completions/seedpipe",
           "for bash"},
          {"seedpipe completion zsh > ~/.zfunc/_seedpipe", "for zsh, with ~/.zfunc in fpath"},
          {"seedpipe completion fish > ~/.config/fish/completions/seedpipe.fish", "for fish"}},
         cmd_completion},
    [CMD_VERSION] = {"version",
                     NULL,
                     {{0}},
                     "print the version, and those of the libraries",
                     "Also written --version or -V.",
                     {{"seedpipe version", "one line for each"}},
                     cmd_version},
    [CMD_HELP] = {"help",
                  NULL,
                  {{"COMMAND", false, COMPLETE_COMMAND, "a command"}},
                  "explain a command",
                  "The same as seedpipe COMMAND --help. Without a command: all of them.",
                  {{"seedpipe help run", "what run does"}},
                  cmd_help},
};

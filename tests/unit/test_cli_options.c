/* The command line: parsing by the tables, the tables themselves, and the frames of the progress
 * display. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/calendar.h"
#include "base/log.h"
#include "base/utf8.h"
#include "cli/cli_int.h"

typedef struct Fixture {
    Arena *mem;
    Err err;
    Options o;
} Fixture;

static int setup(void **state)
{
    Fixture *f = calloc(1, sizeof *f);
    f->mem = arena_new();
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    Fixture *f = *state;
    arena_free(f->mem);
    free(f);
    return 0;
}

/* Words are separated by single blanks; blanks inside double quotes belong to a word. */
static bool parse(Fixture *f, const char *line)
{
    char *argv[32] = {"seedpipe"};
    int argc = 1;
    char *rest = arena_strdup(f->mem, line);
    while (*line && rest) {
        bool quoted = *rest == '"';
        rest += quoted;
        argv[argc++] = strsep(&rest, quoted ? "\"" : " ");
        if (quoted && rest)
            rest = *rest ? rest + 1 : NULL;
    }
    err_clear(&f->err);
    return options_parse(argc, argv, &f->o, f->mem, &f->err);
}

static void taken(Fixture *f, const char *line)
{
    if (!parse(f, line))
        fail_msg("%s: %s", line, f->err.first->message);
}

static void refused(Fixture *f, const char *line, const char *words)
{
    if (parse(f, line))
        fail_msg("was taken: %s", line);
    assert_int_equal(err_exit_status(&f->err), 2);
    const ErrItem *e = f->err.first;
    const char *said = arena_printf(f->mem, "%s; %s", e->message, e->hint ? e->hint : "");
    if (f->err.count != 1 || !strstr(said, words))
        fail_msg("%s: %d errors; \"%s\" lacks \"%s\"", line, f->err.count, said, words);
}

static void test_defaults(void **state)
{
    Fixture *f = *state;
    taken(f, "run x.lua");
    assert_int_equal(f->o.command, CMD_RUN);
    assert_string_equal(f->o.args[0], "x.lua");
    assert_null(f->o.args[1]);
    assert_null(f->o.env);
    assert_int_equal(f->o.count, -1);
    assert_true(f->o.lock_timeout < 0 && f->o.size == 0 && f->o.jobs == 0);
    assert_false(f->o.has_seed || f->o.has_as_of || f->o.yes || f->o.help);
    assert_int_equal(f->o.output, OUTPUT_TEXT);
}

static void test_every_spelling(void **state)
{
    Fixture *f = *state;
    taken(f, "--env prod -v seed --count=500 x.lua --url sqlite:a.db --as-of=2026-01-31T12:00 -yj3 "
             "--seed 7");
    assert_int_equal(f->o.command, CMD_RUN);
    assert_string_equal(f->o.env, "prod");
    assert_string_equal(f->o.args[0], "x.lua");
    assert_string_equal(f->o.url, "sqlite:a.db");
    assert_int_equal(f->o.count, 500);
    assert_int_equal(f->o.jobs, 3);
    assert_true(f->o.has_seed && f->o.seed == 7);
    assert_true(f->o.yes && f->o.verbose && f->o.has_as_of);
    assert_int_equal(f->o.as_of,
                     calendar_days((Civil){2026, 1, 31}) * MICROS_PER_DAY + MICROS_PER_DAY / 2);
    taken(f, "plan x --database sqlite:b.db --format dot --sql --offline");
    assert_string_equal(f->o.url, "sqlite:b.db");
    assert_int_equal(f->o.output, OUTPUT_DOT);
    assert_true(f->o.sql && f->o.offline);
    taken(f, "run -- --env");
    assert_string_equal(f->o.args[0], "--env");
    assert_null(f->o.env);
    taken(f, "run -e staging -j 2 x -q --lock-timeout 5m --log-format json");
    assert_true(f->o.lock_timeout == 300 && f->o.quiet);
    assert_int_equal(f->o.log_format, LOG_JSON);
    taken(f, "verify x --level full");
    assert_int_equal(f->o.level, 1);
    taken(f, "preview x loans -n 3 -o csv");
    assert_string_equal(f->o.args[1], "loans");
    assert_int_equal(f->o.rows, 3);
    assert_int_equal(f->o.output, OUTPUT_CSV);
    taken(f, "run -");
}

static void test_help_and_version(void **state)
{
    Fixture *f = *state;
    taken(f, "");
    assert_true(f->o.command == CMD_HELP && !f->o.help && !f->o.args[0]);
    taken(f, "--help"); /* the overview, not the help of help */
    assert_true(f->o.command == CMD_HELP && !f->o.help && !f->o.args[0]);
    taken(f, "help --help");
    assert_true(f->o.command == CMD_HELP && f->o.help);
    taken(f, "run --help"); /* without its RECIPE */
    assert_true(f->o.command == CMD_RUN && f->o.help);
    taken(f, "preview -h");
    taken(f, "-V");
    assert_int_equal(f->o.command, CMD_VERSION);
    taken(f, "--version");
    assert_int_equal(f->o.command, CMD_VERSION);
    taken(f, "help run");
    assert_string_equal(f->o.args[0], "run");
}

static void test_sizes_and_counts(void **state)
{
    Fixture *f = *state;
    const struct {
        const char *text;
        double factor;
    } sizes[] = {{"small", 1}, {"medium", 10}, {"large", 100}, {"10x", 10}, {"0.25x", 0.25}};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        taken(f, arena_printf(f->mem, "run x --size %s", sizes[i].text));
        assert_true(f->o.size == sizes[i].factor);
    }
    refused(f, "run x --size 10", "write 10x");
    const char *const bad_sizes[] = {"x",   "0x",   "-1x",  "huge", "1.x",
                                     ".5x", "10xx", "1e3x", "0x10"};
    for (size_t i = 0; i < sizeof bad_sizes / sizeof bad_sizes[0]; i++)
        refused(f, arena_printf(f->mem, "run x --size %s", bad_sizes[i]), "a factor such as");
    taken(f, "run x --count 0");
    assert_int_equal(f->o.count, 0);
    taken(f, "run x --count loans=10,public.users=0 --size 2x");
    assert_int_equal(f->o.count, -1);
    assert_int_equal(f->o.ncounts, 2);
    assert_string_equal(f->o.counts[1].table, "public.users");
    assert_int_equal(f->o.counts[0].rows, 10);
    refused(f, "run x --count -5", "none below 0");
    refused(f, "run x --count 5,6", "--count borrowers=10,loans=40");
    refused(f, "run x --count 1k", "in digits");
    refused(f, "run x --count 99999999999999999999", "in digits");
    refused(f, "run x --count loans=many", "loans has none");
    refused(f, "run x --count loans=1,loans=2", "loans is there twice");
    refused(f, "run x --count =4", "TABLE=N");
    refused(f, "run x --count loans=1,", "TABLE=N");
}

static void test_mistakes(void **state)
{
    Fixture *f = *state;
    refused(f, "rn x", "did you mean run?");
    refused(f, "x.lua", "seedpipe run x.lua");
    refused(f, "qqqqq", "seedpipe help lists");
    refused(f, "run", "needs a RECIPE");
    refused(f, "preview x", "needs a TABLE");
    refused(f, "run x y", "does not take \"y\"");
    refused(f, "run x --evn dev", "did you mean --env?");
    refused(f, "run x --databse=y", "did you mean --database?");
    refused(f, "run x --zzzzzzzz", "lists the options");
    refused(f, "run x --level full", "it belongs to: verify");
    refused(f, "check x --dry-run", "it belongs to: run");
    refused(f, "run x -z", "no option -z");
    refused(f, "run x --env", "--env needs a value");
    refused(f, "run x --env --yes", "--env needs a value");
    refused(f, "run x --env=", "not empty");
    refused(f, "run x -e", "--env needs a value");
    refused(f, "run x --yes=1", "takes no value");
    refused(f, "run x --env a --env b", "given twice");
    refused(f, "run x --url a --database b", "given twice");
    refused(f, "run x --jobs 0", "from 1 to 256");
    refused(f, "run x --jobs 4.0", "from 1 to 256");
    refused(f, "run x --seed -1", "in digits");
    refused(f, "run x --as-of yesterday", "2026-01-31");
    refused(f, "run x --as-of 2026-02-30", "2026-01-31");
    refused(f, "run x --lock-timeout soon", "30s");
    refused(f, "run x --output dot", "one of: text, json");
    refused(f, "run x --output jsn", "did you mean json?");
    refused(f, "run x --progress=sometimes", "auto, always, never");
    refused(f, "run x -q -v", "exclude each other");
    refused(f, "run x --size 2x --count 5", "exclude each other");
    refused(f, "run x --to null --restart", "--restart is for a database");
    refused(f, "run x --to csv:y --dialect mysql", "--dialect is for --to sql");
    refused(f, "preview x t --rows 100000", "from 1 to 1,000");
}

static void test_every_mistake_is_told(void **state)
{
    Fixture *f = *state;
    assert_false(parse(f, "run --count x --jobs y --evn"));
    assert_int_equal(f->err.count, 4);
}

/* What parsing, help and completion rely on. */
static void test_tables_are_sound(void **state)
{
    (void)state;
    for (int i = 0; i < cli_option_count; i++) {
        const OptionDef *a = &cli_options[i];
        assert_true(a->commands != 0 && a->at < sizeof(Options));
        assert_int_equal(a->kind == OPTION_FLAG, a->arg == NULL);
        assert_int_equal(a->kind == OPTION_CHOICE, a->choices != NULL);
        assert_non_null(a->doc);
        for (int k = 0; k < i; k++) {
            const OptionDef *b = &cli_options[k];
            if (!(a->commands & b->commands))
                continue;
            assert_string_not_equal(a->name, b->name);
            assert_true(!a->letter || a->letter != b->letter);
            assert_true(!a->alias || strcmp(a->alias, b->name) != 0);
        }
    }
    for (int i = 0; i < CMD_COUNT; i++) {
        const CommandDef *c = &cli_commands[i];
        assert_true(c->name && c->doc && c->text && c->run && c->examples[0].line);
        assert_non_null(option_find((CommandId)i, "help", 4));
        assert_ptr_equal(command_find(c->name), c);
    }
    assert_true(cli_option_count <= 64); /* Parse.given */
}

/* An example that does not parse would teach a mistake. */
static void test_examples_parse(void **state)
{
    Fixture *f = *state;
    for (int i = 0; i < CMD_COUNT; i++)
        for (const Example *e = cli_commands[i].examples;
             e < cli_commands[i].examples + CLI_MAX_EXAMPLES && e->line; e++) {
            char *line = arena_strdup(f->mem, e->line);
            char *end = strpbrk(line, "|>");
            if (end)
                end[-1] = '\0';
            assert_memory_equal(line, "seedpipe ", 9);
            taken(f, line + 9);
            assert_int_equal(f->o.command, i);
        }
}

/* ------------------------------------------------------------------ progress */

static const char *frame(Fixture *f, int width, uint64_t done, int *lines)
{
    static Table tables[3] = {
        {.name = "borrowers"}, {.name = "loans"}, {.name = "p\xc3\xa4yments"}};
    static TablePlan plans[3] = {
        {.table = &tables[0]}, {.table = &tables[1]}, {.table = &tables[2]}};
    static const Plan plan = {.tables = plans, .ntables = 3};
    const double rates[3] = {0, 125000, 0};
    _Atomic uint64_t rows_done[3], rows_todo[3];
    const uint64_t todo[3] = {250, 1000000, 3500000};
    for (int t = 0; t < 3; t++) {
        atomic_init(&rows_todo[t], todo[t]);
        atomic_init(&rows_done[t], t == 0 ? 250 : t == 1 ? done : 0);
    }
    ExecProgress counters = {.rows_done = rows_done, .rows_todo = rows_todo};
    atomic_init(&counters.plan, &plan);
    atomic_init(&counters.table, 1);
    atomic_init(&counters.doing, "verify");
    atomic_init(&counters.total_done, 250 + done);
    atomic_init(&counters.total_todo, 4500250);
    ProgressFrame shape = {.seconds = 4, .rates = rates, .width = width};
    return progress_text(&counters, &shape, lines, f->mem);
}

static void test_progress_frame(void **state)
{
    Fixture *f = *state;
    int lines = 0;
    assert_string_equal(frame(f, 100, 500000, &lines),
                        "  loans   [###########-----------]   50%    500,000 of 1,000,000     "
                        "125,000 rows/s  4 s left\n"
                        "  in all  [##--------------------]   11%    500,250 of 4,500,250     "
                        "125,000 rows/s  32 s left");
    assert_int_equal(lines, 2);
}

static void test_progress_fits(void **state)
{
    Fixture *f = *state;
    for (int width = 2; width < 140; width++) {
        int lines = 0;
        const char *text = frame(f, width, 999999, &lines);
        char *rest = arena_strdup(f->mem, text), *line;
        int n = 0;
        for (; (line = strsep(&rest, "\n")); n++)
            assert_true(utf8_length(line, strlen(line)) < (size_t)width);
        assert_int_equal(n, lines);
    }
}

static void test_numbers_for_people(void **state)
{
    Fixture *f = *state;
    assert_string_equal(text_seconds(0.0001, f->mem), "<1 ms");
    assert_string_equal(text_seconds(0.0123, f->mem), "12 ms");
    assert_string_equal(text_seconds(0.9999, f->mem), "1.0 s");
    assert_string_equal(text_seconds(59.97, f->mem), "1 min 0 s");
    assert_string_equal(text_seconds(7325, f->mem), "2 h 2 min");
    assert_string_equal(text_rate(1234567, 1, f->mem), "1,230,000");
    assert_string_equal(text_rate(999, 1, f->mem), "999");
    assert_string_equal(text_rate(5, 0, f->mem), "");
    assert_string_equal(term_clean("a\033[31m\nb\xff\xc2\x9b", 11, f->mem), "a?[31m b???");
    assert_string_equal(term_clean("Zo\xc3\xab \xe2\x82\xac", 8, f->mem),
                        "Zo\xc3\xab \xe2\x82\xac");
}

static void test_cells(void **state)
{
    Fixture *f = *state;
    Vec bytes = {.kind = TYPE_BYTES, .n = 1, .s = &(Str){"\x00\xff", 2}};
    assert_string_equal(cell_text(&bytes, 0, f->mem), "\\x00ff");
    Vec empty = {.kind = TYPE_TEXT, .n = 1, .s = &(Str){"", 0}};
    assert_string_equal(cell_text(&empty, 0, f->mem), "");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_defaults),           TEST(test_every_spelling),
        TEST(test_help_and_version),   TEST(test_sizes_and_counts),
        TEST(test_mistakes),           TEST(test_every_mistake_is_told),
        TEST(test_tables_are_sound),   TEST(test_examples_parse),
        TEST(test_progress_frame),     TEST(test_progress_fits),
        TEST(test_numbers_for_people), TEST(test_cells),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

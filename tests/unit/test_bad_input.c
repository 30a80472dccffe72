/* Bad input, as a matrix: every parameter of every generator unknown, missing, of another type and
 * out of range; and what cannot be counted, contradicts itself or has the wrong type. Each time the
 * line, the column, the reason and a way out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "plankit.h"

/* Refused while loading or while planning. */
static const ErrItem *refusal(const char *body)
{
    err_clear(&err);
    RecipeSource source = {.name = "t.lua"};
    source.text = arena_printf(
        mem, "local r = recipe { name = \"t\", seed = 7, clock = \"2026-01-01\" }\n%s\nreturn r\n",
        body);
    source.len = strlen(source.text);
    const Recipe *r = recipe_load_sources(&source, 1, mem, &err);
    PlanOptions o = options();
    if (r && plan_build(r, &o, &(PlanTarget){.engine = ENGINE_SQLITE, .load_path = LOAD_PREPARED},
                        mem, &err))
        return NULL;
    return err.first;
}

static int bad;

static void complain(const char *call, const ErrItem *e, const char *what)
{
    print_error("%s: %s: %s | %s | %s | %s\n", call, what, e && e->where ? e->where : "-",
                e && e->subject ? e->subject : "-", e ? e->message : "accepted",
                e && e->hint ? e->hint : "-");
    bad++;
}

static void call_refused(const GenDef *def, const char *param, const char *value, const char *part)
{
    /* Where the first parameter is a list, braces are the list itself. */
    ParamKind kind = def->nparams ? def->params[0].kind : PARAM_ANY;
    bool first = def->nparams && strcmp(def->params[0].name, param) == 0;
    const char *list = kind == PARAM_LIST || kind == PARAM_NODES        ? "{ 1, 2 }"
                       : kind == PARAM_WEIGHTS || kind == PARAM_MEMBERS ? "{ a = 1 }"
                                                                        : NULL;
    const char *call = !value          ? arena_printf(mem, "%s()", def->name)
                       : list && first ? arena_printf(mem, "%s(%s)", def->name, value)
                       : list
                           ? arena_printf(mem, "%s(%s, { %s = %s })", def->name, list, param, value)
                           : arena_printf(mem, "%s { %s = %s }", def->name, param, value);
    const ErrItem *e = refusal(arena_printf(
        mem, "r:table(\"o\", { rows = 3 }, function(t)\n  t.id = serial()\n  t.x = %s\nend)",
        call));
    if (!e)
        complain(call, e, "was not refused");
    else if (!e->where || strcmp(e->where, "t.lua:4") != 0)
        complain(call, e, "another place");
    else if (!e->subject || strcmp(e->subject, "o.x") != 0)
        complain(call, e, "another column");
    else if (!strstr(e->message, def->name) || !strstr(e->message, param) ||
             !strstr(e->message, part))
        complain(call, e, "another reason");
    else if (!e->hint || !*e->hint)
        complain(call, e, "no way out");
    else if (e->code != ERR_RECIPE)
        complain(call, e, "another code");
}

/* A value of another type, as Lua. */
static const char *wrong_value(ParamKind kind)
{
    switch (kind) {
    case PARAM_INT:
    case PARAM_NUMBER:
    case PARAM_BOOL:
    case PARAM_TIME:
    case PARAM_MOMENT: return "\"none of these\"";
    case PARAM_NODE:
    case PARAM_ANY: return "{}";
    case PARAM_DIST: return "\"none of these\"";
    default: return "5";
    }
}

static void each_parameter(const GenDef *def, const GenParam *p)
{
    call_refused(def, p->name, wrong_value(p->kind), "");
    if (p->kind == PARAM_INT)
        call_refused(def, p->name, "1.5", "whole number");
    if ((p->kind != PARAM_INT && p->kind != PARAM_NUMBER) || !(p->min < p->max))
        return;
    bool large = p->max > 1e9;
    double step = p->kind == PARAM_INT ? 1 : p->min > 0 ? p->min / 2 : 0.5;
    if (p->min > -9e15)
        call_refused(def, p->name,
                     arena_printf(mem, "%.17g", p->min * (p->min < -1e9 ? 2 : 1) - step),
                     "between");
    if (p->max < 9e15)
        call_refused(def, p->name,
                     arena_printf(mem, "%.17g", p->max * (large ? 2 : 1) + (large ? 0 : step)),
                     "between");
}

static void every_parameter_is_checked(void **state)
{
    (void)state;
    int n, checked = 0;
    const GenDef *const *all = gen_all(&n);
    for (int g = 0; g < n || recipe_record(g - n); g++) {
        const GenDef *def = g < n ? all[g] : recipe_record(g - n);
        call_refused(def, "no_such_thing", "1", "has no parameter");
        const GenParam *needed = NULL;
        for (int i = 0; i < def->nparams; i++) {
            each_parameter(def, &def->params[i]);
            needed = !needed && def->params[i].required ? &def->params[i] : needed;
            checked++;
        }
        if (needed)
            call_refused(def, needed->name, NULL, "needs");
    }
    assert_int_equal(bad, 0);
    assert_true(checked > 250);
}

/* ---- what cannot be */

typedef struct Case {
    const char *columns; /* of the table "o" of 100 rows, from line 9 */
    const char *part;    /* of the reason */
    ErrCode code;
    int line;
} Case;

static const Case cases[] = {
    /* more values than there are */
    {"t.x = int(1, 50):unique()", "50 values for 100 rows", ERR_UNIQUE, 9},
    {"t.x = choice({ \"a\", \"b\" }):unique()", "2 values for 100 rows", ERR_UNIQUE, 9},
    {"t.x = pattern(\"#\"):unique()", "10 values for 100 rows", ERR_UNIQUE, 9},
    {"t.x = regex(\"[a-c]{1,3}\"):unique()", "39 values for 100 rows", ERR_UNIQUE, 9},
    {"t.x = date { from = \"2025-01-01\", to = \"2025-01-31\" }:unique()", "31 values for 100 rows",
     ERR_UNIQUE, 9},
    {"t.x = bool():unique()", "for 100 rows", ERR_UNIQUE, 9},
    {"t.x = int(1, 9)\nt.y = int(1, 9)\nt:unique(t.x, t.y)", "81 values for 100 rows", ERR_UNIQUE,
     11},
    {"t.x = ref(users):unique()", "10 values for 100 rows", ERR_UNIQUE, 9},
    {"t.x = lognormal { median = 5 }\nt.x2 = normal { mean = 1 }:unique()", "unique", ERR_UNIQUE,
     10},
    {"t.x = regex(\"a?a?\"):unique()", "two ways", ERR_UNIQUE, 9},
    /* contradictions */
    {"t.x = int { min = 9, max = 1 }", "above", ERR_RECIPE, 9},
    {"t.x = decimal { min = 2.5, max = 1 }", "above", ERR_RECIPE, 9},
    {"t.x = timestamp { from = clock, to = \"2020-01-01\" }", "after", ERR_RECIPE, 9},
    {"t.x = time { from = \"17:00\", to = \"09:00\" }", "after", ERR_RECIPE, 9},
    {"t.x = after(users_at, days(9, 1))", "empty range", ERR_RECIPE, 9},
    {"t.x = regex(\"a{5,2}\")", "least", ERR_RECIPE, 9},
    {"t.x = int(1, 5):null(2)", "null", ERR_RECIPE, 9},
    {"t.x = ref(users):on_delete \"explode\"", "explode", ERR_RECIPE, 9},
    {"t.x = sequence { step = 0 }", "step", ERR_RECIPE, 9},
    {"t.x = weighted { a = -1 }", "weight", ERR_RECIPE, 9},
    {"t.x = choice {}", "no items", ERR_RECIPE, 9},
    {"t.x = choice { 1, \"a\" }", "text", ERR_RECIPE, 9},
    /* types in expressions */
    {"t.x = t.name + 1", "cannot add varchar(11) and int", ERR_RECIPE, 9},
    {"t.x = when(t.n, 1, 2)", "condition", ERR_RECIPE, 9},
    {"t.x = when(t.n:gt(1), 1, \"a\")", "different types", ERR_RECIPE, 9},
    {"t.x = t.n:gt(\"a\")", "cannot compare int", ERR_RECIPE, 9},
    {"t.x = t.day:lt(5)", "date", ERR_RECIPE, 9},
    {"t.x = t.name & t.n:gt(1)", "condition", ERR_RECIPE, 9},
    {"t.x = round(t.name, 2)", "needs a number", ERR_RECIPE, 9},
    {"t.x = upper(t.n)", "upper", ERR_RECIPE, 9},
    {"t.x = t.day + t.day", "date", ERR_RECIPE, 9},
    {"t.x = year_of(t.n)", "int", ERR_RECIPE, 9},
    {"t.x = coalesce(t.n, t.name)", "different types", ERR_RECIPE, 9},
    {"t.x = case { { t.n, 1 } }", "condition", ERR_RECIPE, 9},
    {"t.x = after(t.n, days(1))", "date or a timestamp", ERR_RECIPE, 9},
    {"t.x = email(t.n)", "text", ERR_RECIPE, 9},
    {"t.x = one_of { t.n, t.name }", "different types", ERR_RECIPE, 9},
    {"t.x = template(\"{nothing}\")", "nothing", ERR_RECIPE, 9},
    {"t.x = uuid { version = 7, at = t.n }", "date or a timestamp", ERR_RECIPE, 9},
    {"t.x = running_sum(t.n)", "not counted per parent", ERR_RECIPE, 9},
    {"t.x = t.n\nt:check(t.x + 1)", "condition", ERR_RECIPE, 10},
};

static void what_cannot_be(void **state)
{
    (void)state;
    bad = 0;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const Case *c = &cases[i];
        const char *columns = c->columns, *after = strstr(columns, "users_at");
        if (after)
            columns = arena_printf(mem, "%.*st.day%s", (int)(after - columns), columns,
                                   after + strlen("users_at"));
        const ErrItem *e = refusal(arena_printf(
            mem,
            "local users = r:table(\"users\", { rows = 10 }, function(t) t.id = serial() end)\n"
            "r:table(\"o\", { rows = 100 }, function(t)\n"
            "t.id = serial()\nt.n = int(1, 9)\nt.name = first_name()\n"
            "t.day = date { from = years(-1) }\n\n%s\nend)",
            columns));
        const char *place = arena_printf(mem, "t.lua:%d", c->line);
        if (!e)
            complain(c->columns, e, "was not refused");
        else if (!e->where || strcmp(e->where, place) != 0)
            complain(c->columns, e, "another place");
        else if (!strstr(e->message, c->part))
            complain(c->columns, e, "another reason");
        else if (e->code != c->code)
            complain(c->columns, e, "another code");
        else if (!e->subject || strncmp(e->subject, "o", 1) != 0)
            complain(c->columns, e, "another table");
        else if (!e->hint)
            complain(c->columns, e, "no way out");
    }
    assert_int_equal(bad, 0);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {T(every_parameter_is_checked), T(what_cannot_be)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The whole grammar: what a recipe says arrives in the frozen Recipe. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/os.h"
#include "recipekit.h"

#define DAY INT64_C(86400000000)

static const Node *node_of(const RecipeKit *kit, const char *column)
{
    return recipekit_column(kit, "loans", column)->node;
}

static void head_and_volumes(void **state)
{
    (void)state;
    RecipeKit kit = recipekit_good(
        "local r = recipe { name = \"a-b_9\", seed = 9223372036854775807, clock = \"2026-01-01 12:00\", engine = 1, locale = \"en\" }\n"
        "r:table(\"app.users\", { rows = 1e3 }, function(t) t.id = serial() end)\n"
        "r:table(\"logs\", { rows = 0, create = false, schema = \"audit\" }, function(t) t.id = serial() end)\n"
        "r:volumes { dev = 1, staging = { users = 10, [\"audit.logs\"] = 2 }, prod = 0.5 }\n"
        "return r\n");
    const Recipe *r = kit.recipe;
    assert_string_equal(r->name, "a-b_9");
    assert_string_equal(r->path, "recipes/x.lua");
    assert_int_equal(r->seed, INT64_MAX);
    assert_true(r->has_clock);
    assert_int_equal(r->clock, INT64_C(1767225600000000) + DAY / 2);
    assert_int_equal(r->engine, 1);
    assert_string_equal(r->locales.spec, "en");
    assert_int_equal(r->ntables, 2);
    assert_string_equal(r->tables[0].table.schema, "app");
    assert_string_equal(r->tables[0].table.name, "users");
    assert_string_equal(r->tables[0].table.where, "recipes/x.lua:2");
    assert_int_equal(r->tables[0].rows, 1000);
    assert_true(r->tables[0].create);
    assert_string_equal(r->tables[1].table.schema, "audit");
    assert_true(r->tables[1].has_rows);
    assert_int_equal(r->tables[1].rows, 0);
    assert_false(r->tables[1].create);
    assert_ptr_equal(recipe_table(r, "app.users"), &r->tables[0]);
    assert_ptr_equal(recipe_table(r, "logs"), &r->tables[1]);
    assert_null(recipe_table(r, "log"));
    assert_int_equal(r->nvolumes, 3);
    assert_string_equal(r->volumes[0].env, "dev");
    assert_string_equal(r->volumes[1].env, "prod");
    assert_true(r->volumes[1].factor == 0.5);
    assert_int_equal(r->volumes[2].ntables, 2);
    assert_string_equal(r->volumes[2].tables[0], "audit.logs");
    assert_int_equal(r->volumes[2].rows[1], 10);
    assert_int_equal(r->nsources, 1);
    assert_string_equal(r->sources[0].name, "recipes/x.lua");
    recipekit_free(&kit);
    kit = recipekit_good(
        "local r = recipe { name = \"x\" } r:table(\"a\", {}, function(t) t.id = serial() end) return r");
    assert_false(kit.recipe->has_clock);
    assert_false(kit.recipe->tables[0].has_rows);
    assert_int_equal(kit.recipe->engine, 1);
    assert_int_equal(kit.recipe->nvolumes, 0);
    recipekit_free(&kit);
}

static void columns_keep_order_and_place(void **state)
{
    (void)state;
    RecipeKit kit =
        recipekit_good_table("  t.zebra = serial()\n  t[\"end\"] = int(1, 5)\n  t.apple = \"x\"");
    const Table *t = &recipe_table(kit.recipe, "loans")->table;
    assert_int_equal(t->ncols, 3);
    assert_string_equal(t->cols[0].name, "zebra");
    assert_string_equal(t->cols[1].name, "end");
    assert_string_equal(t->cols[2].name, "apple");
    assert_string_equal(t->cols[1].where, "recipes/x.lua:9");
    assert_string_equal(t->cols[1].node->where, "recipes/x.lua:9");
    assert_int_equal(t->cols[0].type.kind, TYPE_NONE);
    assert_int_equal(t->primary.ncols, 1);
    assert_int_equal(t->primary.cols[0], 0);
    recipekit_free(&kit);
}

static void parameters_by_position_and_name(void **state)
{
    (void)state;
    RecipeKit kit =
        recipekit_good_table("  t.id = serial()\n"
                             "  t.a = loan_amount { min = 1000, max = 2500.50 }\n"
                             "  t.b = int(1e3, 5000)\n"
                             "  t.c = normal(5, { sd = 0.1 })\n"
                             "  t.d = date { from = \"2020-01-31\", to = clock - days(2) }\n"
                             "  t.e = timestamp(years(-3))\n"
                             "  t.f = bool { share = 1 }\n"
                             "  t.g = first_name { gender = \"female\" }\n"
                             "  t.h = email(t.g, { last = \"x\" })");
    const Value *v = recipekit_param(node_of(&kit, "a"), "min");
    assert_int_equal(v->kind, VAL_INT);
    assert_int_equal(v->i, 1000);
    v = recipekit_param(node_of(&kit, "a"), "max");
    assert_int_equal(v->kind, VAL_FLOAT);
    assert_true(v->f == 2500.5);
    assert_string_equal(v->text, "2500.5");
    v = recipekit_param(node_of(&kit, "b"), "min");
    assert_int_equal(v->kind, VAL_INT);
    assert_int_equal(v->i, 1000);
    assert_int_equal(recipekit_param(node_of(&kit, "c"), "mean")->i, 5);
    assert_string_equal(recipekit_param(node_of(&kit, "c"), "sd")->text, "0.1");
    assert_int_equal(recipekit_param(node_of(&kit, "c"), "scale")->kind, VAL_NONE);
    assert_string_equal(recipekit_param(node_of(&kit, "d"), "from")->text, "2020-01-31");
    v = recipekit_param(node_of(&kit, "d"), "to");
    assert_int_equal(v->kind, VAL_CLOCK);
    assert_int_equal(v->duration.min_micros, -2 * DAY);
    v = recipekit_param(node_of(&kit, "e"), "from");
    assert_int_equal(v->kind, VAL_DURATION);
    assert_int_equal(v->duration.max_months, -36);
    assert_int_equal(recipekit_param(node_of(&kit, "f"), "share")->i, 1);
    assert_string_equal(recipekit_param(node_of(&kit, "g"), "gender")->text, "female");
    v = recipekit_param(node_of(&kit, "h"), "first");
    assert_int_equal(v->kind, VAL_NODE);
    assert_int_equal(v->node->kind, NODE_COLUMN);
    assert_string_equal(v->node->column, "g");
    v = recipekit_param(node_of(&kit, "h"), "last");
    assert_int_equal(v->node->kind, NODE_CONST);
    assert_string_equal(v->node->value.text, "x");
    recipekit_free(&kit);
}

static void lists_and_weights(void **state)
{
    (void)state;
    RecipeKit kit =
        recipekit_good_table("  t.id = serial()\n"
                             "  t.a = choice { \"b\", 2, 0.25, true, null }\n"
                             "  t.b = choice { items = { \"q\" } }\n"
                             "  t.c = weighted { zeta = 1, alpha = 2.5, mid = 3 }\n"
                             "  t.d = weighted { {5, 1}, {\"x\", 2}, {null, 3} }\n"
                             "  t.e = weighted { items = 4, other = 1 }\n"
                             "  t.f = weighted { items = { y = 2 } }\n"
                             "  t.g = values(function(i) return \"v\" .. i * i end, 3)");
    const Value *v = recipekit_param(node_of(&kit, "a"), "items");
    assert_int_equal(v->kind, VAL_LIST);
    assert_int_equal(v->count, 5);
    assert_int_equal(v->items[1].i, 2);
    assert_string_equal(v->items[2].text, "0.25");
    assert_int_equal(v->items[3].kind, VAL_BOOL);
    assert_int_equal(v->items[4].kind, VAL_NULL);
    assert_string_equal(recipekit_param(node_of(&kit, "b"), "items")->items[0].text, "q");
    v = recipekit_param(node_of(&kit, "c"), "items");
    assert_int_equal(v->kind, VAL_WEIGHTS);
    assert_string_equal(v->items[0].text, "alpha");
    assert_true(v->weights[0] == 2.5);
    assert_string_equal(v->items[1].text, "mid");
    assert_string_equal(v->items[2].text, "zeta");
    v = recipekit_param(node_of(&kit, "d"), "items");
    assert_int_equal(v->items[0].i, 5);
    assert_string_equal(v->items[1].text, "x");
    assert_int_equal(v->items[2].kind, VAL_NULL);
    assert_true(v->weights[2] == 3);
    assert_int_equal(recipekit_param(node_of(&kit, "e"), "items")->count, 2);
    assert_string_equal(recipekit_param(node_of(&kit, "f"), "items")->items[0].text, "y");
    assert_string_equal(node_of(&kit, "g")->gen->name, "choice");
    v = recipekit_param(node_of(&kit, "g"), "items");
    assert_int_equal(v->count, 3);
    assert_string_equal(v->items[2].text, "v9");
    recipekit_free(&kit);
}

static void modifiers(void **state)
{
    (void)state;
    RecipeKit kit =
        recipekit_good_table("  t.id = serial()\n"
                             "  local mail = email()\n"
                             "  t.a = mail:unique():pii()\n"
                             "  t.b = mail:null(0.2):pii(\"login\"):type \"varchar(40)\"\n"
                             "  t.c = mail:null(0)\n"
                             "  t.d = ref(users):on_delete(\"set null\"):on_update \"cascade\"\n"
                             "  t.e = mail:unique():null(0.5)\n"
                             "  t.f = lower(mail:unique())");
    const struct NodeModifiers *m = &node_of(&kit, "a")->mods;
    assert_true(m->unique && m->pii);
    assert_null(m->pii_kind);
    assert_int_equal(m->on_delete, ACTION_UNSET);
    m = &node_of(&kit, "b")->mods;
    assert_false(m->unique);
    assert_true(m->null_share == 0.2);
    assert_string_equal(m->pii_kind, "login");
    assert_string_equal(m->type, "varchar(40)");
    const Column *b = recipekit_column(&kit, "loans", "b");
    assert_true(b->nullable);
    assert_int_equal(b->type.kind, TYPE_TEXT);
    assert_int_equal(b->type.length, 40);
    assert_false(recipekit_column(&kit, "loans", "c")->nullable);
    const Table *t = &recipe_table(kit.recipe, "loans")->table;
    assert_int_equal(t->nfks, 1);
    assert_int_equal(t->fks[0].on_delete, ACTION_SET_NULL);
    assert_int_equal(t->fks[0].on_update, ACTION_CASCADE);
    assert_int_equal(t->nuniques, 2);
    assert_int_equal(t->uniques[0].cols[0], 1);
    /* inside of an expression only the value counts */
    assert_false(node_of(&kit, "f")->args[0]->mods.unique);
    recipekit_free(&kit);
}

static void expressions(void **state)
{
    (void)state;
    RecipeKit kit = recipekit_good_table(
        "  t.id = serial()\n"
        "  t.a = (t.id + 1) * 2 - t.id / 3 % 4 // -t.id\n"
        "  t.b = \"a\" .. t.id .. \"b\" .. 5\n"
        "  t.c = when(t.id:gt(1) & ~t.id:within(4, 5) | t.id:is(null), null, upper(\"x\"))\n"
        "  t.d = case { { t.id:ne(1), \"p\" }, { t.id:ge(2), \"q\" }, otherwise = \"r\" }\n"
        "  t.e = case { { t.id:lt(1), 1 }, { t.id:le(1), 2 } }\n"
        "  t.f = coalesce(t.c, \"z\")\n"
        "  t.g = coalesce(t.c, t.e)\n"
        "  t.h = round(t.id * 1.5, 2)\n"
        "  t.i = after(t.id, days(1, 30)) + hours(2)\n"
        "  t.j = clock\n"
        "  t.k = 10 - t.id\n"
        "  t.l = when(t.id:is(1), 5)\n"
        "  t.m = t.l:is(null)\n"
        "  t.n = t.l + 1\n"
        "  t.o = when(t.l:is(1), 2, 3)");
    const Node *n = node_of(&kit, "a");
    assert_int_equal(n->op, OP_SUB);
    assert_int_equal(n->args[0]->op, OP_MUL);
    assert_int_equal(n->args[0]->args[0]->op, OP_ADD);
    assert_int_equal(n->args[1]->op, OP_IDIV);
    assert_int_equal(n->args[1]->args[1]->op, OP_NEG);
    n = node_of(&kit, "b");
    assert_int_equal(n->op, OP_CONCAT);
    assert_int_equal(n->nargs, 3); /* "b" .. 5 is Lua's own */
    assert_string_equal(n->args[2]->value.text, "b5");
    n = node_of(&kit, "c");
    assert_int_equal(n->op, OP_WHEN);
    assert_int_equal(n->args[0]->op, OP_OR);
    assert_int_equal(n->args[0]->args[0]->args[1]->op, OP_NOT);
    assert_true(recipekit_column(&kit, "loans", "c")->nullable);
    assert_int_equal(node_of(&kit, "d")->nargs, 5);
    assert_false(recipekit_column(&kit, "loans", "d")->nullable);
    assert_int_equal(node_of(&kit, "e")->nargs, 4);
    assert_true(recipekit_column(&kit, "loans", "e")->nullable);
    assert_false(recipekit_column(&kit, "loans", "f")->nullable);
    assert_true(recipekit_column(&kit, "loans", "g")->nullable);
    assert_int_equal(node_of(&kit, "h")->args[1]->value.i, 2);
    n = node_of(&kit, "i");
    assert_int_equal(n->op, OP_ADD);
    assert_int_equal(n->args[1]->value.kind, VAL_DURATION);
    const Value *d = recipekit_param(n->args[0], "duration");
    assert_int_equal(d->duration.min_micros, DAY);
    assert_int_equal(d->duration.max_micros, 30 * DAY);
    assert_int_equal(node_of(&kit, "j")->value.kind, VAL_CLOCK);
    assert_int_equal(node_of(&kit, "k")->args[0]->value.i, 10);
    assert_true(recipekit_column(&kit, "loans", "l")->nullable);
    assert_false(recipekit_column(&kit, "loans", "m")->nullable);
    assert_true(recipekit_column(&kit, "loans", "n")->nullable);
    assert_false(recipekit_column(&kit, "loans", "o")->nullable);
    recipekit_free(&kit);
}

/* What is written as others is read as these. */
static void functions_of_others(void **state)
{
    (void)state;
    RecipeKit kit = recipekit_good_table("  t.id = serial()\n"
                                         "  t.s = word()\n"
                                         "  t.a = left(t.s, 3)\n"
                                         "  t.b = right(t.s, 2)\n"
                                         "  t.c = nullif(t.id, 3)\n"
                                         "  t.d = t.id:between(2, 9) & t.s:like(\"a%\")\n"
                                         "  t.e = days_between(clock, clock)\n"
                                         "  t.f = clock + days(t.id)");
    const Node *n = node_of(&kit, "a");
    assert_int_equal(n->op, OP_SUBSTR);
    assert_int_equal(n->args[1]->value.i, 1);
    assert_int_equal(n->args[2]->value.i, 3);
    n = node_of(&kit, "b"); /* from length + 1 - 2, 2 characters */
    assert_int_equal(n->op, OP_SUBSTR);
    assert_int_equal(n->args[1]->op, OP_SUB);
    assert_int_equal(n->args[2]->value.i, 2);
    n = node_of(&kit, "c");
    assert_int_equal(n->op, OP_WHEN);
    assert_int_equal(n->args[1]->value.kind, VAL_NULL);
    assert_true(recipekit_column(&kit, "loans", "c")->nullable);
    n = node_of(&kit, "d");
    assert_int_equal(n->args[0]->op, OP_AND);
    assert_int_equal(n->args[0]->args[0]->op, OP_GE);
    assert_int_equal(n->args[0]->args[1]->op, OP_LE);
    assert_int_equal(n->args[1]->op, OP_LIKE);
    assert_int_equal(node_of(&kit, "e")->op, OP_SUB);
    n = node_of(&kit, "f");
    assert_int_equal(n->args[1]->op, OP_SPAN);
    assert_int_equal(n->args[1]->args[1]->value.duration.min_micros, DAY);
    recipekit_free(&kit);
}

static void spans_of_time(void **state)
{
    (void)state;
    RecipeKit kit = recipekit_good_table(
        "  t.id = serial()\n"
        "  t.a = after(t.id, weeks(1) + hours(1.5, 2))\n"
        "  t.b = after(t.id, -(months(1, 2) - days(1, 3)))\n"
        "  t.d = after(t.id, days(1.1))\n"
        "  t.c = timestamp { from = days(2) + clock + seconds(1), to = clock - minutes(1) }");
    const Duration *d = &recipekit_param(node_of(&kit, "a"), "duration")->duration;
    assert_int_equal(d->min_micros, 7 * DAY + DAY / 16);
    assert_int_equal(d->max_micros, 7 * DAY + DAY / 12);
    assert_int_equal(recipekit_param(node_of(&kit, "d"), "duration")->duration.min_micros,
                     INT64_C(95040000000));
    d = &recipekit_param(node_of(&kit, "b"), "duration")->duration;
    assert_int_equal(d->min_months, -2);
    assert_int_equal(d->max_months, -1);
    assert_int_equal(d->min_micros, DAY);
    assert_int_equal(d->max_micros, 3 * DAY);
    assert_int_equal(recipekit_param(node_of(&kit, "c"), "from")->duration.min_micros,
                     2 * DAY + 1000000);
    assert_int_equal(recipekit_param(node_of(&kit, "c"), "to")->duration.min_micros, -60000000);
    recipekit_free(&kit);
}

static void table_rules(void **state)
{
    (void)state;
    RecipeKit kit =
        recipekit_good_table("  t.a = int(1, 9)  t.b = int(1, 9)  t.c = serial()\n"
                             "  t:primary_key(t.b, t.a)\n"
                             "  t:unique(t.a, t.c)  t:unique(t.a, t.c)  t:unique(t.c)\n"
                             "  t:index(t.b)\n"
                             "  t:check(t.a:gt(0) & (t.b:is(null) | ~t.c:within(1, 2)))\n"
                             "  t:constraint(t.a:ne(0.5))\n"
                             "  t:check(lower(\"X\" .. t.a):is \"x1\")");
    const Table *t = &recipe_table(kit.recipe, "loans")->table;
    assert_int_equal(t->primary.ncols, 2);
    assert_int_equal(t->primary.cols[0], 1);
    assert_int_equal(t->primary.cols[1], 0);
    assert_int_equal(t->nuniques, 2);
    assert_int_equal(t->uniques[0].ncols, 2);
    assert_int_equal(t->nindexes, 1);
    assert_string_equal(t->indexes[0].where, "recipes/x.lua:11");
    assert_int_equal(t->nchecks, 3);
    assert_string_equal(t->checks[0].text, "(a > 0) and ((b is null) or (not (c in (1, 2))))");
    assert_false(t->checks[0].in_ddl);
    assert_string_equal(t->checks[1].text, "a <> 0.5");
    assert_true(t->checks[1].in_ddl);
    assert_string_equal(t->checks[2].text, "lower('X' .. a) = 'x1'");
    recipekit_free(&kit);
}

static void references(void **state)
{
    (void)state;
    RecipeKit kit = recipekit_good_table(
        "  t.id = serial()\n"
        "  t.user_id = ref(users)\n"
        "  t.later = ref \"later\"\n"
        "  t.outside = ref \"crm.people\"\n"
        "  t.named = ref(r.users, \"name\")\n"
        "  t.self = ref(t)\n"
        "  t.x = t.user_id.name\n"
        "  t.y = t.self.user_id.boss_id.boss_id.created_at\n"
        "  t.z = t.outside.whatever.deeper\n"
        "  t.w = t.later.id + 1\n"
        "end)\n"
        "r:table(\"later\", { rows = 1 }, function(t)\n  t.id = serial()  t.b = ref \"loans\"  t.c = t.b.x");
    const Table *t = &recipe_table(kit.recipe, "loans")->table;
    assert_int_equal(t->nfks, 5);
    assert_string_equal(t->fks[0].ref_table, "users");
    assert_null(t->fks[0].ref_schema);
    assert_null(t->fks[0].ref_cols);
    assert_int_equal(t->fks[0].on_delete, ACTION_UNSET);
    assert_string_equal(t->fks[0].where, "recipes/x.lua:9");
    assert_string_equal(t->fks[1].ref_table, "later");
    assert_string_equal(t->fks[2].ref_schema, "crm");
    assert_string_equal(t->fks[2].ref_table, "people");
    assert_string_equal(t->fks[3].ref_cols[0], "name");
    assert_string_equal(t->fks[4].ref_table, "loans");
    const Node *n = node_of(&kit, "user_id");
    assert_string_equal(n->gen->name, "ref");
    assert_int_equal(recipekit_param(n, "table")->kind, VAL_TABLE);
    assert_string_equal(recipekit_param(n, "table")->text, "users");
    n = node_of(&kit, "x");
    assert_int_equal(n->kind, NODE_PARENT);
    assert_string_equal(n->name, "name");
    assert_int_equal(n->nargs, 1);
    assert_int_equal(n->args[0]->kind, NODE_COLUMN);
    assert_string_equal(n->args[0]->column, "user_id");
    n = node_of(&kit, "y");
    assert_string_equal(n->name, "created_at");
    assert_string_equal(n->args[0]->name, "boss_id");
    assert_string_equal(n->args[0]->args[0]->args[0]->args[0]->column, "self");
    recipekit_free(&kit);
}

static void schemas(void **state)
{
    (void)state;
    RecipeKit kit = recipekit_good(
        "local r = recipe { name = \"x\" }\n"
        "local a = r:table(\"app.a\", { rows = 1 }, function(t) t.id = serial() end)\n"
        "r:table(\"app.b\", { rows = 1, per = { a, 2 } }, function(t)\n"
        "  t.id = serial()  t.one = ref(a)  t.two = ref \"c\"\n"
        "end)\n"
        "r:table(\"c\", { rows = 1, schema = \"app\" }, function(t) t.id = serial() t.a = ref \"app.a\" end)\n"
        "return r\n");
    const Table *b = &recipe_table(kit.recipe, "app.b")->table;
    assert_string_equal(b->fks[0].ref_schema, "app");
    assert_string_equal(b->fks[0].ref_table, "a");
    assert_string_equal(b->fks[1].ref_schema, "app");
    assert_string_equal(b->fks[1].ref_table, "c");
    assert_string_equal(kit.recipe->tables[1].pers[0].parent, "app.a");
    recipekit_free(&kit);
}

static void composite_keys(void **state)
{
    (void)state;
    RecipeKit kit =
        recipekit_good("local r = recipe { name = \"x\" }\n"
                       "local p = r:table(\"p\", { rows = 1 }, function(t)\n"
                       "  t.a = int(1, 9)  t.b = int(1, 9)  t:primary_key(t.a, t.b)\n"
                       "end)\n"
                       "r:table(\"c\", { per = { p, 2, through = \"y\" } }, function(t)\n"
                       "  t.id = serial()\n"
                       "  t.first = ref(p, \"a\")\n"
                       "  t.x = ref(p, \"a\"):on_delete \"cascade\"\n"
                       "  t.y = ref(p, \"b\")\n"
                       "  t:foreign({ t.x, t.y }, p, { \"a\", \"b\" })\n"
                       "  t.v = ref(\"p\", \"a\")  t.w = ref(\"p\", \"b\")\n"
                       "  t:foreign({ t.v, t.w }, \"p\")\n"
                       "end)\n"
                       "return r\n");
    const Table *c = &recipe_table(kit.recipe, "c")->table;
    assert_int_equal(c->nfks, 3);
    assert_int_equal(c->fks[0].ncols, 1);
    assert_int_equal(c->fks[1].ncols, 2);
    assert_int_equal(c->fks[1].cols[0], 2);
    assert_int_equal(c->fks[1].cols[1], 3);
    assert_string_equal(c->fks[1].ref_cols[1], "b");
    assert_int_equal(c->fks[1].on_delete, ACTION_CASCADE);
    assert_int_equal(c->fks[1].on_update, ACTION_UNSET);
    assert_int_equal(c->fks[2].ncols, 2);
    assert_null(c->fks[2].ref_cols);
    const RecipePer *per = &kit.recipe->tables[1].pers[0];
    assert_string_equal(per->parent, "p");
    assert_string_equal(per->fk_col, "x"); /* the key's first column stands for it */
    assert_int_equal(per->count->kind, NODE_CONST);
    assert_int_equal(per->count->value.i, 2);
    recipekit_free(&kit);
}

static void per_parent(void **state)
{
    (void)state;
    RecipeKit kit =
        recipekit_good("local r = recipe { name = \"x\" }\n"
                       "local p = r:table(\"p\", { rows = 1 }, function(t) t.id = serial() end)\n"
                       "r:table(\"c\", { rows = 5, per = { \"p\", between(0, 9) } }, function(t)\n"
                       "  t.id = serial()  t.p_id = ref \"p\"\n"
                       "end)\n"
                       "return r\n");
    const RecipeTable *c = recipe_table(kit.recipe, "c");
    assert_int_equal(c->npers, 1);
    assert_int_equal(c->rows, 5);
    assert_string_equal(c->pers[0].parent, "p");
    assert_null(c->pers[0].fk_col);
    assert_string_equal(c->pers[0].count->gen->name, "between");
    assert_string_equal(c->pers[0].where, "recipes/x.lua:3");
    recipekit_free(&kit);
}

/* Columns called like methods, in the row, in a parent, and tables called like methods of r. */
static void columns_win_over_methods(void **state)
{
    (void)state;
    RecipeKit kit = recipekit_good_table(
        "  t.id = serial()\n"
        "  t.check = int(1, 5)  t.index = int(1, 5)  t.foreign = int(1, 5)  t.is = ref(users)\n"
        "  t.unique = t.check + t.index\n"
        "  t:index(t.check)\n"
        "  t:unique(t.index, t.unique)\n"
        "  t:check(t.check:is(2) | t.is:is(null))\n"
        "  t.a = t.is.is\n"
        "  t.b = t.is.is:gt(1)\n"
        "  t.c = when(t.is:ne(5), t.is.check)\n"
        "end)\n"
        "local table_object = r:table(\"table\", { rows = 1 }, function(t) t.id = serial() end)\n"
        "r:table(\"volumes\", { rows = 1 }, function(t) t.id = serial()  t.ref = ref(r.table) t.null = int(1, 2):null(0.5)\n");
    const Table *t = &recipe_table(kit.recipe, "loans")->table;
    assert_int_equal(t->nindexes, 1);
    assert_int_equal(t->nuniques, 1);
    assert_string_equal(t->checks[0].text, "(check = 2) or (is is null)");
    const Node *n = node_of(&kit, "a");
    assert_int_equal(n->kind, NODE_PARENT);
    assert_string_equal(n->name, "is");
    n = node_of(&kit, "b");
    assert_int_equal(n->op, OP_GT);
    assert_int_equal(n->args[0]->kind, NODE_PARENT);
    assert_string_equal(n->args[0]->name, "is");
    n = node_of(&kit, "c");
    assert_int_equal(n->args[0]->op, OP_NE);
    assert_int_equal(n->args[0]->args[0]->kind, NODE_COLUMN);
    assert_string_equal(n->args[1]->name, "check");
    assert_string_equal(recipe_table(kit.recipe, "volumes")->table.fks[0].ref_table, "table");
    recipekit_free(&kit);
}

static void lua_is_there_for_planning(void **state)
{
    (void)state;
    RecipeKit kit = recipekit_good_table(
        "  t.id = serial()\n"
        "  local names = {}\n"
        "  for word in (\"x1 x2 x3\"):gmatch(\"%S+\") do names[#names + 1] = word end\n"
        "  for i, name in ipairs(names) do t[name] = int(i, i + 1) end\n"
        "  local share = { b = 0.2, a = 0.1, [2] = 9, [1] = 8 }\n"
        "  local order = \"\"\n"
        "  for k, v in pairs(share) do order = order .. k .. \"=\" .. v .. \" \" end\n"
        "  t.order = order\n"
        "  local ok, message = pcall(error, \"no\")\n"
        "  t.message = tostring(ok) .. message .. math.max(1, 2) .. utf8.char(228) .. select('#', 1, 2)");
    assert_int_equal(recipekit_param(node_of(&kit, "x3"), "min")->i, 3);
    assert_string_equal(node_of(&kit, "order")->value.text, "1=8 2=9 a=0.1 b=0.2 ");
    assert_string_equal(node_of(&kit, "message")->value.text, "falseno2\xc3\xa4"
                                                              "2");
    recipekit_free(&kit);
}

/* The Lua block number n of the documentation. */
static char *block(Arena *mem, const char *text, int n)
{
    const char *from = text, *to;
    for (int i = 0; i <= n; i++) {
        from = strstr(from, "```lua\n");
        assert_non_null(from);
        from += 7;
    }
    to = strstr(from, "```\n");
    assert_non_null(to);
    return arena_strndup(mem, from, (size_t)(to - from));
}

static void the_first_recipe_of_the_documentation_loads(void **state)
{
    (void)state;
    Arena *mem = arena_new();
    Err err = {0};
    size_t len;
    const char *text = os_read_file("docs/recipe.md", 1 << 20, &len, ERR_IO, mem, &err);
    assert_non_null(text);
    char *first = block(mem, text, 0), *end = strstr(first, "return r");
    assert_non_null(end);
    *end = 0;
    RecipeKit kit =
        recipekit_good(arena_printf(mem, "%s%s\nreturn r\n", first, block(mem, text, 1)));
    assert_int_equal(kit.recipe->ntables, 2);
    assert_string_equal(kit.recipe->tables[1].table.checks[0].text, "total > 0");
    recipekit_free(&kit);
    arena_free(mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(head_and_volumes),
        cmocka_unit_test(columns_keep_order_and_place),
        cmocka_unit_test(parameters_by_position_and_name),
        cmocka_unit_test(lists_and_weights),
        cmocka_unit_test(modifiers),
        cmocka_unit_test(expressions),
        cmocka_unit_test(functions_of_others),
        cmocka_unit_test(spans_of_time),
        cmocka_unit_test(table_rules),
        cmocka_unit_test(references),
        cmocka_unit_test(schemas),
        cmocka_unit_test(composite_keys),
        cmocka_unit_test(per_parent),
        cmocka_unit_test(columns_win_over_methods),
        cmocka_unit_test(lua_is_there_for_planning),
        cmocka_unit_test(the_first_recipe_of_the_documentation_loads),
    };
    return cmocka_run_group_tests_name("recipe language", tests, NULL, NULL);
}

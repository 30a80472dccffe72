/* What a table was when rows were last written to it, as a text that the ledger keeps, and what of
 * it is another now. Named is what binds or fills rows: types, NOT NULL, defaults, keys, checks,
 * triggers. Columns and indexes that are new, and wider types, do no harm. The database's own texts
 * (checks, triggers, defaults) are kept as hashes, and compared only where the same server prints
 * them. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/hash.h"
#include "plan/plan_int.h"

/* ---------------------------------------------------------------- as a text */

static const char *hashed(const char *text, Arena *mem)
{
    return arena_printf(mem, "%016" PRIx64, hash64_str(text, 0));
}

static void put_text(json_t *object, const char *name, const char *text)
{
    json_object_set_new_nocheck(object, name, json_string_nocheck(text));
}

static void put_number(json_t *object, const char *name, int64_t n)
{
    if (n)
        json_object_set_new(object, name, json_integer(n));
}

static json_t *column_shape(const Column *col, Arena *mem)
{
    const Type *t = &col->type;
    json_t *shape = json_object();
    put_text(shape, "type", t->name ? t->name : type_text(t, mem));
    put_text(shape, "kind", type_kind_name(t->kind));
    put_number(shape, "length", t->length);
    put_number(shape, "precision", t->precision);
    put_number(shape, "scale", t->scale);
    put_number(shape, "bits", t->bits);
    put_number(shape, "unsigned", t->is_unsigned);
    put_number(shape, "zone", t->with_zone);
    put_number(shape, "no_case", t->no_case);
    put_number(shape, "nullable", col->nullable);
    put_number(shape, "serial", col->auto_key);
    put_number(shape, "generated", col->generated);
    if (col->default_sql)
        put_text(shape, "default", hashed(col->default_sql, mem));
    if (t->label_count) {
        json_t *labels = json_array();
        for (int i = 0; i < t->label_count; i++)
            json_array_append_new(labels, json_string_nocheck(t->labels[i]));
        json_object_set_new(shape, "labels", labels);
    }
    return shape;
}

static json_t *columns_shape(const Table *table, Arena *mem)
{
    json_t *columns = json_object();
    for (int c = 0; c < table->ncols; c++)
        json_object_set_new_nocheck(columns, table->cols[c].name,
                                    column_shape(&table->cols[c], mem));
    return columns;
}

static json_t *keys_shape(const Table *table, const Key *keys, int n, Arena *mem)
{
    json_t *shape = json_object();
    for (int i = 0; i < n; i++) {
        const char *name = keys[i].name ? keys[i].name : "", *is = "";
        if (keys[i].partial)
            is = arena_printf(mem, "%s, partial", name);
        else if (keys[i].ncols)
            is = plan_columns_text(mem, table, keys[i].cols, keys[i].ncols);
        if (*is)
            put_text(shape, is, keys[i].no_case ? "without case" : "");
    }
    return shape;
}

static json_t *foreign_shape(const Table *table, Arena *mem)
{
    json_t *shape = json_object();
    for (int f = 0; f < table->nfks; f++) {
        const ForeignKey *fk = &table->fks[f];
        const char *to = fk->ref_schema ? arena_printf(mem, "%s.%s", fk->ref_schema, fk->ref_table)
                                        : fk->ref_table;
        put_text(
            shape,
            arena_printf(mem, "%s -> %s", plan_columns_text(mem, table, fk->cols, fk->ncols), to),
            arena_printf(mem, "ON DELETE %s ON UPDATE %s", action_sql(fk->on_delete),
                         action_sql(fk->on_update)));
    }
    return shape;
}

static json_t *checks_shape(const Table *table, Arena *mem)
{
    json_t *shape = json_object();
    for (int i = 0; i < table->nchecks; i++) {
        const char *text = hashed(table->checks[i].sql ? table->checks[i].sql : "", mem);
        put_text(shape, table->checks[i].name ? table->checks[i].name : text, text);
    }
    return shape;
}

static json_t *triggers_shape(const Table *table, Arena *mem)
{
    json_t *shape = json_object();
    for (int i = 0; i < table->ntriggers; i++)
        put_text(shape, table->triggers[i].name, hashed(table->triggers[i].sql, mem));
    return shape;
}

/* Apart from the triggers, so that a ledger without them is no difference. */
static json_t *bodies_shape(const Table *table)
{
    json_t *shape = json_object();
    for (int i = 0; i < table->ntriggers; i++)
        if (table->triggers[i].body)
            put_text(shape, table->triggers[i].name, table->triggers[i].body);
    return shape;
}

static json_t *table_shape(const Table *table, const char *server, Arena *mem)
{
    json_t *shape = json_object();
    put_text(shape, "server", server);
    json_object_set_new(shape, "columns", columns_shape(table, mem));
    json_object_set_new(shape, "primary", keys_shape(table, &table->primary, 1, mem));
    json_object_set_new(shape, "unique", keys_shape(table, table->uniques, table->nuniques, mem));
    json_object_set_new(shape, "index", keys_shape(table, table->indexes, table->nindexes, mem));
    json_object_set_new(shape, "foreign", foreign_shape(table, mem));
    json_object_set_new(shape, "check", checks_shape(table, mem));
    json_object_set_new(shape, "trigger", triggers_shape(table, mem));
    json_object_set_new(shape, "body", bodies_shape(table));
    return shape;
}

const char *plan_shape_text(const Table *table, const char *server, Arena *mem)
{
    json_t *shape = table_shape(table, server ? server : "", mem);
    char *dumped = json_dumps(shape, JSON_COMPACT);
    const char *text = dumped ? arena_strdup(mem, dumped) : NULL;
    free(dumped);
    json_decref(shape);
    return text;
}

/* ---------------------------------------------------------------- what is another now */

typedef struct Drift {
    const Table *now, *recipe; /* recipe: for places in the file */
    bool same_server;
    int found;
    Arena *mem;
    Err *err;
} Drift;

static void differs(Drift *d, const char *column, const char *message)
{
    const char *table = plan_table_name(d->mem, d->now);
    int c = column ? table_column(d->recipe, column) : -1;
    err_add(d->mem, d->err, ERR_DRIFT, c >= 0 ? d->recipe->cols[c].where : d->recipe->where,
            column ? arena_printf(d->mem, "%s.%s", table, column) : table, "%s", message);
    d->found++;
}

static int64_t number(const json_t *shape, const char *name)
{
    return json_integer_value(json_object_get(shape, name));
}

static const char *text(const json_t *shape, const char *name)
{
    return json_string_value(json_object_get(shape, name));
}

static bool same_text(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

/* Holds all that it held. */
static bool holds(const json_t *then, const json_t *now)
{
    const char *kind = text(now, "kind");
    int64_t was = number(then, "length"), is = number(now, "length");
    int64_t digits = number(then, "precision"), more = number(now, "precision");
    if (same_text(text(then, "type"), text(now, "type")))
        return true;
    if (!same_text(text(then, "kind"), kind) || number(then, "unsigned") != number(now, "unsigned"))
        return false;
    if (strcmp(kind, type_kind_name(TYPE_TEXT)) == 0 ||
        strcmp(kind, type_kind_name(TYPE_BYTES)) == 0)
        return is == 0 || (was > 0 && is >= was);
    if (strcmp(kind, type_kind_name(TYPE_DECIMAL)) == 0)
        return more == 0 || (digits > 0 && number(now, "scale") >= number(then, "scale") &&
                             more - number(now, "scale") >= digits - number(then, "scale"));
    if (strcmp(kind, type_kind_name(TYPE_INT)) == 0 ||
        strcmp(kind, type_kind_name(TYPE_FLOAT)) == 0)
        return number(now, "bits") >= number(then, "bits");
    return strcmp(kind, type_kind_name(TYPE_ENUM)) == 0; /* labels are compared apart */
}

static void compare_labels(Drift *d, const char *column, const json_t *then, const json_t *now)
{
    for (size_t i = 0; i < json_array_size(then); i++) {
        const char *label = json_string_value(json_array_get(then, i));
        bool there = false;
        for (size_t k = 0; k < json_array_size(now); k++)
            there = there || same_text(label, json_string_value(json_array_get(now, k)));
        if (!there)
            differs(d, column, arena_printf(d->mem, "the label \"%s\" is gone", label));
    }
}

static void compare_column(Drift *d, const char *column, const json_t *then, const json_t *now)
{
    static const struct {
        const char *name, *gone, *new;
    } flags[] = {{"nullable", "the column is NOT NULL now", "the column can be NULL now"},
                 {"no_case", NULL, "the column compares without case now"},
                 {"serial", "the database does not number the column any more", NULL},
                 {"generated", "the database does not compute the column any more",
                  "the database computes this column now"}};
    if (!holds(then, now) || number(then, "zone") != number(now, "zone"))
        differs(d, column,
                arena_printf(d->mem, "the column was %s, and is %s", text(then, "type"),
                             text(now, "type")));
    compare_labels(d, column, json_object_get(then, "labels"), json_object_get(now, "labels"));
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
        int64_t was = number(then, flags[i].name), is = number(now, flags[i].name);
        const char *message = was && !is ? flags[i].gone : !was && is ? flags[i].new : NULL;
        if (message)
            differs(d, column, message);
    }
    const char *was = text(then, "default"), *is = text(now, "default");
    if (was && !is && !number(now, "serial"))
        differs(d, column, "the column's default is gone");
    else if (was && is && d->same_server && strcmp(was, is) != 0)
        differs(d, column, "the column has another default");
}

static void compare_columns(Drift *d, const json_t *then, const json_t *now)
{
    const char *name;
    json_t *shape;
    json_object_foreach((json_t *)then, name, shape)
    {
        const json_t *other = json_object_get(now, name);
        if (other)
            compare_column(d, name, shape, other);
        else
            differs(d, name,
                    arena_printf(d->mem, "the column is gone (it was %s)", text(shape, "type")));
    }
    json_object_foreach((json_t *)now, name, shape)
    {
        bool filled = number(shape, "nullable") || number(shape, "serial") ||
                      number(shape, "generated") || text(shape, "default");
        if (!json_object_get(then, name) && !filled)
            differs(d, name, "the column is new, and NOT NULL without a default");
    }
}

/* Another index over these columns does as well: MySQL drops the one of a foreign key by itself. */
static bool indexed(const Table *table, const char *columns, Arena *mem)
{
    const Key *lists[] = {&table->primary, table->uniques, table->indexes};
    const int counts[] = {1, table->nuniques, table->nindexes};
    size_t n = strlen(columns);
    for (int l = 0; l < 3; l++)
        for (int i = 0; i < counts[l]; i++) {
            const Key *key = &lists[l][i];
            const char *has =
                key->partial ? "" : plan_columns_text(mem, table, key->cols, key->ncols);
            if (strncmp(has, columns, n) == 0 && (has[n] == '\0' || has[n] == ','))
                return true;
        }
    return false;
}

/* Keys, checks and triggers: each section has the thing's name and a text. */
static void compare_section(Drift *d, const char *section, const char *word, const json_t *then,
                            const json_t *now)
{
    bool index = strcmp(section, "index") == 0, foreign = strcmp(section, "foreign") == 0;
    const char *name;
    json_t *was, *is;
    then = json_object_get(then, section);
    now = json_object_get(now, section);
    json_object_foreach((json_t *)then, name, was)
    {
        const json_t *other = json_object_get(now, name);
        if (!other && !(index && indexed(d->now, name, d->mem)))
            differs(d, NULL, arena_printf(d->mem, "%s (%s) is gone", word, name));
        else if (other && foreign && !json_equal((json_t *)other, was))
            differs(d, NULL,
                    arena_printf(d->mem, "%s (%s) was %s, and is %s", word, name,
                                 json_string_value(was), json_string_value(other)));
        else if (other && d->same_server && !json_equal((json_t *)other, was))
            differs(d, NULL, arena_printf(d->mem, "%s (%s) says something else now", word, name));
    }
    json_object_foreach((json_t *)now, name, is)
    {
        if (!index && !json_object_get(then, name))
            differs(d, NULL, arena_printf(d->mem, "%s (%s) is new", word, name));
    }
}

/* A trigger that is gone or new is named as that. */
static void compare_bodies(Drift *d, const json_t *then, const json_t *now)
{
    const char *name;
    json_t *was;
    json_object_foreach(json_object_get(then, "body"), name, was)
    {
        json_t *is = json_object_get(json_object_get(now, "body"), name);
        if (is && !json_equal(is, was))
            differs(d, NULL,
                    arena_printf(d->mem, "the function of the trigger (%s) says something else now",
                                 name));
    }
}

int plan_drift(const char *shape, const Table *now, const char *server, const Table *recipe,
               Arena *mem, Err *err)
{
    static const struct {
        const char *section, *word;
    } sections[] = {{"primary", "the primary key"}, {"unique", "the unique key"},
                    {"index", "the index"},         {"foreign", "the foreign key"},
                    {"check", "the check"},         {"trigger", "the trigger"}};
    Drift d = {.now = now, .recipe = recipe, .mem = mem, .err = err};
    json_t *then = json_loads(shape, 0, NULL), *is = table_shape(now, server ? server : "", mem);
    d.same_server = same_text(text(then, "server"), text(is, "server"));
    if (!json_is_object(json_object_get(then, "columns")))
        differs(&d, NULL, "the ledger's record of what the table was cannot be read");
    else
        compare_columns(&d, json_object_get(then, "columns"), json_object_get(is, "columns"));
    for (size_t i = 0; i < sizeof sections / sizeof *sections; i++)
        if (json_object_get(then, sections[i].section))
            compare_section(&d, sections[i].section, sections[i].word, then, is);
    compare_bodies(&d, then, is);
    json_decref(then);
    json_decref(is);
    return d.found;
}

/* ---------------------------------------------------------------- as it was */

/* "a, b": the columns by these names; false when one is not there any more, or the key is partial.
 */
static bool recorded_key(const Table *there, const char *columns, Key *out, Arena *mem)
{
    char *rest = arena_strdup(mem, columns), *name;
    *out = (Key){.cols = arena_array(mem, int, there->ncols + 1)};
    while ((name = strsep(&rest, ","))) {
        int c = table_column(there, name + strspn(name, " "));
        if (c < 0 || out->ncols == there->ncols)
            return false;
        out->cols[out->ncols++] = c;
    }
    return true;
}

static const Key *key_over(const Table *there, const char *columns, Arena *mem)
{
    for (int i = 0; i < there->nuniques; i++)
        if (!there->uniques[i].partial &&
            strcmp(plan_columns_text(mem, there, there->uniques[i].cols, there->uniques[i].ncols),
                   columns) == 0)
            return &there->uniques[i];
    return NULL;
}

const Table *plan_as_recorded(const PlanTarget *target, const Table *there, Arena *mem)
{
    const char *table = plan_table_name(mem, there), *columns;
    const PlanShape *shape = NULL;
    for (int i = 0; i < target->nshapes; i++)
        if (strcmp(target->shapes[i].table, table) == 0)
            shape = &target->shapes[i];
    json_t *then = shape ? json_loads(shape->text, 0, NULL) : NULL;
    json_t *keys = json_object_get(then, "unique"), *is;
    if (!json_is_object(keys)) {
        json_decref(then);
        return there;
    }
    Table *was = arena_new_of(mem, Table);
    *was = *there;
    was->uniques = arena_array(mem, Key, (int)json_object_size(keys) + 1);
    was->nuniques = 0;
    json_object_foreach(keys, columns, is)
    {
        const Key *same = key_over(there, columns, mem);
        Key *key = &was->uniques[was->nuniques];
        if (same)
            *key = *same;
        was->nuniques += same || recorded_key(there, columns, key, mem);
    }
    json_decref(then);
    return was;
}

/* ---------------------------------------------------------------- all tables of a recipe */

static bool has_rows(const PlanTarget *target, const char *table)
{
    for (int i = 0; i < target->nhistory; i++)
        if (target->history[i].committed > 0 && strcmp(target->history[i].table, table) == 0)
            return true;
    return false;
}

bool plan_hides_rows(const char *where, const char *table, Arena *mem, Err *err)
{
    err_add(mem, err, ERR_REFUSED, where, table,
            "row-level security decides which of its rows the user of the url sees: what is not "
            "seen cannot be counted");
    return err_hint(mem, err, "connect as the table's owner, or as a role with BYPASSRLS");
}

static bool lacks_rights(const Recipe *recipe, const PlanTarget *target, Arena *mem, Err *err)
{
    int before = err->count;
    for (int t = 0; t < recipe->ntables; t++) {
        const Table *table = &recipe->tables[t].table;
        const char *name = plan_table_name(mem, table);
        const PlanTableFacts *facts = plan_facts(target, name);
        const char *verb = !facts                                      ? NULL
                           : facts->no_select                          ? "SELECT"
                           : facts->no_insert && !target->history_only ? "INSERT"
                                                                       : NULL;
        if (facts && facts->hides_rows)
            plan_hides_rows(table->where, name, mem, err);
        if (!verb)
            continue;
        err_add(mem, err, ERR_DRIFT, table->where, name,
                "the user of the url has no %s privilege on the table", verb);
        err_hint(mem, err, "GRANT SELECT, INSERT ON %s TO that user", name);
    }
    return err->count > before;
}

bool plan_moved(const Recipe *recipe, const PlanTarget *target, Arena *mem, Err *err)
{
    int found = 0;
    for (int i = 0; i < target->nshapes; i++) {
        const PlanShape *shape = &target->shapes[i];
        for (int t = 0; t < recipe->ntables; t++) {
            const Table *table = &recipe->tables[t].table;
            const Table *now = catalog_table(target->catalog, table->schema, table->name);
            if (now && strcmp(plan_table_name(mem, table), shape->table) == 0 &&
                has_rows(target, shape->table))
                found += plan_drift(shape->text, now, target->catalog->server, table, mem, err);
        }
    }
    if (found > 0)
        err_hint(mem, err,
                 "it is not what it was when rows were last written: bring it back; or, if that is "
                 "meant: seedpipe run --accept-drift");
    return lacks_rights(recipe, target, mem, err) || found > 0;
}

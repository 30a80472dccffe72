/* Does the table that is there hold what the recipe makes? Kinds go together where each value comes
 * back as it went in; a column may be wider than needed, never narrower. And what an engine cannot
 * hold at all, for tables that are to be created. */
#include <string.h>
#include <strings.h>

#include "base/map.h"
#include "base/utf8.h"
#include "db/dialect_int.h"

typedef enum Fit { FITS, NARROW, WRONG_KIND } Fit;

static Fit when(bool fine, Fit otherwise)
{
    return fine ? FITS : otherwise;
}

static int bits_of(const Type *t)
{
    return t->bits ? t->bits : 64;
}
static int int_digits(int bits)
{
    return bits <= 8 ? 3 : bits <= 16 ? 5 : bits <= 24 ? 8 : bits <= 32 ? 10 : 19;
}
static bool unbounded(const Type *t)
{
    return t->kind == TYPE_TEXT && t->length == 0;
}
static bool holds_chars(const Type *t, int chars)
{
    return t->kind == TYPE_TEXT && (t->length == 0 || (chars > 0 && chars <= t->length));
}

static Fit int_fits(Engine engine, const Column *wanted, const Type *t)
{
    int bits = bits_of(&wanted->type), digits = int_digits(bits);
    bool serial = wanted->auto_key; /* counts from 1: as wide as the table needs so far */
    switch (t->kind) {
    case TYPE_INT: return when(serial || bits <= bits_of(t), NARROW);
    case TYPE_DECIMAL:
        return when(serial || t->precision == 0 || t->precision - t->scale >= digits, NARROW);
    case TYPE_FLOAT:
        return when(engine == ENGINE_SQLITE || bits <= (bits_of(t) == 32 ? 16 : 32), NARROW);
    case TYPE_TEXT: return when(holds_chars(t, digits + 1), NARROW);
    default: return WRONG_KIND;
    }
}

static Fit decimal_fits(Engine engine, const Type *w, const Type *t)
{
    int precision = w->precision ? w->precision : DECIMAL_MAX_SCALE;
    bool lite = engine == ENGINE_SQLITE;
    switch (t->kind) {
    case TYPE_DECIMAL:
        if (lite && w->scale > 0 && precision > SQLITE_DIGITS)
            return NARROW;
        return when(t->precision == 0 ||
                        (t->scale >= w->scale && t->precision - t->scale >= precision - w->scale),
                    NARROW);
    case TYPE_INT: return w->scale ? WRONG_KIND : when(precision < int_digits(bits_of(t)), NARROW);
    case TYPE_FLOAT:
        return when(precision <= (bits_of(t) == 32 ? 6 : SQLITE_DIGITS),
                    NARROW); /* so many digits survive */
    default: return WRONG_KIND;
    }
}

static bool has_label(const Type *t, const char *label)
{
    for (int i = 0; i < t->label_count; i++)
        if (strcmp(t->labels[i], label) == 0)
            return true;
    return false;
}

static Fit enum_fits(const Type *w, const Type *t)
{
    int longest = 0;
    bool known = t->kind == TYPE_ENUM;
    for (int i = 0; i < w->label_count; i++) {
        int n = (int)utf8_length(w->labels[i], strlen(w->labels[i]));
        longest = n > longest ? n : longest;
        known = known && has_label(t, w->labels[i]);
    }
    if (t->kind == TYPE_ENUM)
        return when(known, NARROW);
    return t->kind == TYPE_TEXT ? when(holds_chars(t, longest), NARROW) : WRONG_KIND;
}

static Fit text_fits(const Type *w, const Type *t)
{
    switch (t->kind) {
    case TYPE_TEXT:
        return when(t->length == 0 || (w->length > 0 && w->length <= t->length), NARROW);
    case TYPE_ENUM:
        return w->label_count
                   ? enum_fits(w, t)
                   : FITS; /* which texts come is not known here: the server refuses others */
    default: return WRONG_KIND;
    }
}

/* SQLite keeps moments as texts, so a text column does; a column of no declared type takes
 * anything. */
static Fit moment_fits(Engine engine, const Type *w, const Type *t)
{
    bool lite = engine == ENGINE_SQLITE;
    int chars = w->kind == TYPE_DATE ? 10 : w->kind == TYPE_TIME ? 8 : 19;
    if (lite && t->kind == TYPE_TEXT)
        return when(holds_chars(t, chars + (w->scale ? 1 + w->scale : 0)), NARROW);
    if (w->kind == TYPE_DATE)
        return when(t->kind == TYPE_DATE || t->kind == TYPE_TIMESTAMP, WRONG_KIND);
    if (w->kind == TYPE_TIMESTAMP && t->kind == TYPE_DATE)
        return NARROW;
    return t->kind == w->kind ? when(lite || t->scale >= w->scale, NARROW) : WRONG_KIND;
}

static Fit column_fits(Engine engine, const Column *wanted, const Type *t)
{
    const Type *w = &wanted->type;
    bool lite = engine == ENGINE_SQLITE;
    if (w->kind == TYPE_NONE || w->kind == TYPE_NULL || t->kind == TYPE_NONE)
        return FITS;
    if (t->kind == TYPE_OTHER) /* the server knows what it takes as text */
        return when(lite || type_is_text(w->kind), WRONG_KIND);
    switch (w->kind) {
    case TYPE_BOOL:
        return when(t->kind == TYPE_BOOL || (t->kind == TYPE_INT && engine != ENGINE_POSTGRES),
                    WRONG_KIND);
    case TYPE_INT: return int_fits(engine, wanted, t);
    case TYPE_DECIMAL: return decimal_fits(engine, w, t);
    case TYPE_FLOAT:
        return t->kind == TYPE_FLOAT ? when(bits_of(w) <= bits_of(t), NARROW)
                                     : when(lite && t->kind == TYPE_DECIMAL, WRONG_KIND);
    case TYPE_TEXT: return text_fits(w, t);
    case TYPE_BYTES:
        return t->kind == TYPE_BYTES
                   ? when(t->length == 0 || (w->length && w->length <= t->length), NARROW)
                   : WRONG_KIND;
    case TYPE_DATE:
    case TYPE_TIME:
    case TYPE_TIMESTAMP: return moment_fits(engine, w, t);
    case TYPE_UUID:
        return t->kind == TYPE_UUID   ? FITS
               : t->kind == TYPE_TEXT ? when(holds_chars(t, 36), NARROW)
                                      : WRONG_KIND;
    case TYPE_JSON:
        return t->kind == TYPE_JSON   ? FITS
               : t->kind == TYPE_TEXT ? when(unbounded(t) || holds_chars(t, w->length), NARROW)
                                      : WRONG_KIND;
    case TYPE_ENUM: return enum_fits(w, t);
    case TYPE_OTHER: return when(t->kind == TYPE_TEXT, WRONG_KIND);
    default: return FITS;
    }
}

/* ---- differences, as people read them */

typedef struct Compare {
    Engine engine;
    const Table *wanted, *there;
    int found;
    Arena *mem;
    Err *err;
} Compare;

static void differ(Compare *k, const char *where, const char *column, const char *what)
{
    err_add(k->mem, k->err, ERR_DRIFT, where,
            arena_printf(k->mem, "%s.%s", k->wanted->name, column), "%s", what);
    k->found++;
}

static const char *quoted(Compare *k, const char *schema, const char *name)
{
    Buf out;
    buf_init(&out, SQL_MAX);
    dialect_table(k->engine, &out, schema, name);
    const char *sql = arena_strndup(k->mem, out.data, out.len);
    buf_free(&out);
    return sql;
}

static const char *alter(Compare *k, const char *verb, const Column *col, const char *middle,
                         bool with_type)
{
    const char *type = with_type ? dialect_type(k->engine, &col->type, false, k->mem) : "";
    return arena_printf(k->mem, "ALTER TABLE %s %s COLUMN %s%s%s",
                        quoted(k, k->there->schema, k->there->name), verb,
                        quoted(k, NULL, col->name), middle, type);
}

static const char *shown_type(Compare *k, const Type *t)
{
    return t->name && *t->name ? t->name
           : t->kind == TYPE_TEXT && t->length
               ? arena_printf(k->mem, "up to %d characters", t->length)
               : type_text(t, k->mem);
}

static void missing_column(Compare *k, const Column *col)
{
    const char **names = arena_array(k->mem, const char *, k->there->ncols + 1);
    for (int c = 0; c < k->there->ncols; c++)
        names[c] = k->there->cols[c].name;
    const char *near = name_nearest(col->name, names, (size_t)k->there->ncols);
    bool typed = col->type.kind != TYPE_NONE;
    differ(k, col->where, col->name, "the table has no such column");
    if (near)
        err_hint(k->mem, k->err, "did you mean \"%s\"?", near);
    else if (typed)
        err_hint(k->mem, k->err, "add it (%s) or leave it out of the recipe",
                 alter(k, "ADD", col, " ", true));
    else
        err_hint(k->mem, k->err, "add it, or leave it out of the recipe");
}

static void type_hint(Compare *k, const Column *col)
{
    if (k->engine == ENGINE_POSTGRES)
        err_hint(k->mem, k->err, "widen it (%s) or narrow the generator",
                 alter(k, "ALTER", col, " TYPE ", true));
    else if (is_mysql(k->engine))
        err_hint(k->mem, k->err, "widen it (%s) or narrow the generator",
                 alter(k, "MODIFY", col, " ", true));
    else
        err_hint(k->mem, k->err,
                 "widen the column (SQLite needs a new table for that) or narrow the generator");
}

static void compare_column(Compare *k, const Column *wanted, const Column *there)
{
    if (there->generated) {
        differ(k, wanted->where, wanted->name, "the database computes this column");
        err_hint(k->mem, k->err, "leave it out of the recipe");
        return;
    }
    Fit fit = column_fits(k->engine, wanted, &there->type);
    if (fit != FITS) {
        const char *makes = shown_type(k, &wanted->type), *is = shown_type(k, &there->type);
        differ(k, wanted->where, wanted->name,
               arena_printf(k->mem,
                            fit == NARROW
                                ? "the column is too narrow: it is %s, the recipe makes %s"
                                : "the column is %s, the recipe makes %s",
                            is, makes));
        if (fit == NARROW)
            type_hint(k, wanted);
        else
            err_hint(k->mem, k->err, "choose a generator for %s, or change the column", is);
    }
    if (wanted->nullable && !there->nullable && !there->auto_key) {
        differ(k, wanted->where, wanted->name,
               "the recipe can make NULL, and the column is NOT NULL");
        err_hint(k->mem, k->err, "take the null out of the recipe, or allow it in the table");
    }
}

int dialect_compare(Engine engine, const Table *wanted, const Table *there, Arena *mem, Err *err)
{
    Compare k = {.engine = engine, .wanted = wanted, .there = there, .mem = mem, .err = err};
    for (int c = 0; c < wanted->ncols; c++) {
        int at = table_column(there, wanted->cols[c].name);
        if (at < 0)
            missing_column(&k, &wanted->cols[c]);
        else
            compare_column(&k, &wanted->cols[c], &there->cols[at]);
    }
    for (int c = 0; c < there->ncols; c++) {
        const Column *col = &there->cols[c];
        if (col->nullable || col->default_sql || col->auto_key || col->generated ||
            table_column(wanted, col->name) >= 0)
            continue;
        differ(&k, wanted->where, col->name,
               "the column is NOT NULL without a default, and the recipe leaves it out");
        err_hint(mem, err, "add it to the recipe, or give it a default");
    }
    return k.found;
}

/* ---- what an engine cannot do */

static void refuse(Compare *k, const char *where, const char *column, const char *what,
                   const char *hint)
{
    const char *subject =
        column ? arena_printf(k->mem, "%s.%s", k->wanted->name, column) : k->wanted->name;
    err_add(k->mem, k->err, ERR_RECIPE, where, subject, "%s", what);
    err_hint(k->mem, k->err, "%s", hint);
    k->found++;
}

static void check_name(Compare *k, const char *where, const char *name, const char *column)
{
    bool mysql = is_mysql(k->engine);
    size_t n = mysql ? utf8_length(name, strlen(name)) : strlen(name), most = mysql ? 64 : 63;
    if (k->engine != ENGINE_SQLITE && n > most)
        refuse(k, where, column,
               arena_printf(k->mem, "%s takes names of at most %zu %s", engine_name(k->engine),
                            most, mysql ? "characters" : "bytes"),
               "shorten the name");
    if (mysql && *name && name[strlen(name) - 1] == ' ')
        refuse(
            k, where, column,
            arena_printf(k->mem, "%s takes no name that ends in a blank", engine_name(k->engine)),
            "take the blank away");
}

static void check_type(Compare *k, const Column *col)
{
    const Type *t = &col->type;
    if (t->kind != TYPE_DECIMAL || t->precision == 0)
        return;
    int most = k->engine == ENGINE_SQLITE ? SQLITE_DIGITS : is_mysql(k->engine) ? 65 : 1000;
    if (t->precision > most && (k->engine != ENGINE_SQLITE || t->scale > 0))
        refuse(k, col->where, col->name,
               arena_printf(k->mem, "%s keeps decimals of at most %d digits exactly, this is %s",
                            engine_name(k->engine), most, type_text(t, k->mem)),
               "narrow it: round(..., 2), a smaller range, or :type \"decimal(15,2)\"");
    else if (is_mysql(k->engine) && t->scale > 30)
        refuse(k, col->where, col->name,
               arena_printf(k->mem, "%s keeps at most 30 digits after the point",
                            engine_name(k->engine)),
               "round it");
}

static void check_foreign_key(Compare *k, const ForeignKey *fk)
{
    const char *column = k->wanted->cols[fk->cols[0]].name;
    if (is_mysql(k->engine) &&
        (fk->on_delete == ACTION_SET_DEFAULT || fk->on_update == ACTION_SET_DEFAULT))
        refuse(
            k, fk->where, column,
            arena_printf(k->mem, "%s has no SET DEFAULT for foreign keys", engine_name(k->engine)),
            "use \"set null\", \"restrict\" or \"cascade\"");
    for (int i = 0;
         i < fk->ncols && (fk->on_delete == ACTION_SET_NULL || fk->on_update == ACTION_SET_NULL);
         i++)
        if (!k->wanted->cols[fk->cols[i]].nullable)
            refuse(k, fk->where, k->wanted->cols[fk->cols[i]].name,
                   "\"set null\" on a column that is NOT NULL",
                   "give the reference a null share: ref(...):null(0.1), or use another action");
}

/* A condition that holds the clock is right today and wrong tomorrow; other conditions that cannot
 * be said are reported with the checks. */
static void check_constraint(Compare *k, const Check *check)
{
    DialectScope scope = {.table = k->wanted, .has_clock = true};
    Err without = {0}, with = {0};
    Buf ignored;
    if (!check->in_ddl || !check->cond)
        return;
    buf_init(&ignored, SQL_MAX);
    bool said = dialect_expr(k->engine, &ignored, &scope, check->cond, k->mem, &with);
    scope.has_clock = false;
    if (said && !dialect_expr(k->engine, &ignored, &scope, check->cond, k->mem, &without))
        refuse(k, check->where, NULL,
               "t:constraint stands in the table for good, and the clock moves",
               "use t:check, which each run verifies, or a fixed date");
    buf_free(&ignored);
}

int dialect_check(Engine engine, const Table *table, Arena *mem, Err *err)
{
    Compare k = {.engine = engine, .wanted = table, .mem = mem, .err = err};
    check_name(&k, table->where, table->name, NULL);
    for (int c = 0; c < table->ncols; c++) {
        check_name(&k, table->cols[c].where, table->cols[c].name, table->cols[c].name);
        check_type(&k, &table->cols[c]);
    }
    for (int f = 0; f < table->nfks; f++)
        check_foreign_key(&k, &table->fks[f]);
    for (int i = 0; i < table->nchecks; i++)
        check_constraint(&k, &table->checks[i]);
    return k.found;
}

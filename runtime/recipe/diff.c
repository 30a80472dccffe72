/* What changed from one recipe to another, table by table and column by column, in the words of a
 * recipe. It looks at what the digest looks at: what decides the rows. */
#include <stdarg.h>
#include <string.h>

#include "base/text.h"
#include "recipe/recipe_int.h"

typedef struct Diff {
    RecipeChange *changes;
    size_t cap;
    int n;
    Arena *mem;
} Diff;

static void add(Diff *d, const char *where, const char *subject, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
static void add(Diff *d, const char *where, const char *subject, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    d->changes = arena_grow(d->mem, d->changes, &d->cap, (size_t)d->n + 1, sizeof *d->changes);
    d->changes[d->n++] =
        (RecipeChange){.where = where, .subject = subject, .text = arena_vprintf(d->mem, fmt, ap)};
    va_end(ap);
}

/* ---------------------------------------------------------------- texts that differ */

#define SHOWN  90
#define BEFORE 30

static bool inside_character(char c)
{
    return ((unsigned char)c & 0xC0) == 0x80;
}

/* The part of a long text that begins shortly before `at`. */
static const char *part(const char *text, size_t at, Arena *mem)
{
    size_t n = strlen(text), from = n > SHOWN && at > BEFORE ? at - BEFORE : 0;
    size_t to = n - from > SHOWN ? from + SHOWN : n;
    while (from > 0 && inside_character(text[from]))
        from--;
    while (to < n && inside_character(text[to]))
        to++;
    return arena_printf(mem, "%s%.*s%s", from ? "..." : "", (int)(to - from), text + from,
                        to < n ? "..." : "");
}

static void compare(Diff *d, const char *where, const char *subject, const char *what,
                    const char *before, const char *now)
{
    size_t at = 0;
    if (strcmp(before, now) == 0)
        return;
    while (before[at] && before[at] == now[at])
        at++;
    add(d, where, subject, "%swas %s, is %s", what,
        *before ? part(before, at, d->mem) : "not there",
        *now ? part(now, at, d->mem) : "not there any more");
}

/* ---------------------------------------------------------------- parts of a table in words */

static const char *columns_text(const Table *table, const int *cols, int n, Arena *mem)
{
    const char *text = "";
    for (int i = 0; i < n; i++)
        text = arena_printf(mem, "%s%s%s", text, i ? ", " : "", table->cols[cols[i]].name);
    return text;
}

static const char *keys_text(const Table *table, Arena *mem)
{
    const char *text = "";
    for (int i = 0; i < table->nuniques; i++)
        text =
            arena_printf(mem, "%s%s(%s)", text, i ? ", " : "",
                         columns_text(table, table->uniques[i].cols, table->uniques[i].ncols, mem));
    return text;
}

static const char *fks_text(const Table *table, Arena *mem)
{
    const char *text = "";
    for (int i = 0; i < table->nfks; i++) {
        const ForeignKey *fk = &table->fks[i];
        text = arena_printf(mem, "%s%s(%s) to %s%s%s", text, i ? ", " : "",
                            columns_text(table, fk->cols, fk->ncols, mem),
                            fk->ref_schema ? fk->ref_schema : "", fk->ref_schema ? "." : "",
                            fk->ref_table);
        for (int c = 0; fk->ref_cols && c < fk->ncols; c++)
            text = arena_printf(mem, "%s%s%s%s", text, c ? ", " : " (", fk->ref_cols[c],
                                c + 1 < fk->ncols ? "" : ")");
        if (fk->on_delete != ACTION_UNSET)
            text = arena_printf(mem, "%s on delete %s", text, action_sql(fk->on_delete));
        if (fk->on_update != ACTION_UNSET)
            text = arena_printf(mem, "%s on update %s", text, action_sql(fk->on_update));
    }
    return text;
}

static const char *pers_text(const RecipeTable *table, Arena *mem)
{
    const char *text = "";
    for (int i = 0; i < table->npers; i++) {
        const RecipePer *per = &table->pers[i];
        text = arena_printf(mem, "%s%s%s per %s%s%s", text, i ? ", " : "",
                            node_spell(per->count, mem), per->parent,
                            per->fk_col ? " through " : "", per->fk_col ? per->fk_col : "");
    }
    return text;
}

static const char *constraints_text(const Table *table, Arena *mem)
{
    const char *text = "";
    for (int i = 0; i < table->nchecks; i++)
        if (table->checks[i].in_ddl)
            text = arena_printf(mem, "%s%s%s", text, *text ? ", " : "",
                                node_spell(table->checks[i].cond, mem));
    return text;
}

static const char *column_names(const Table *table, const Table *as_in, Arena *mem)
{
    const char *text = "";
    for (int c = 0; c < table->ncols; c++)
        if (table_column(as_in, table->cols[c].name) >= 0)
            text = arena_printf(mem, "%s%s%s", text, *text ? ", " : "", table->cols[c].name);
    return text;
}

static const char *full_name(const RecipeTable *table, Arena *mem)
{
    return table->table.schema ? arena_printf(mem, "%s.%s", table->table.schema, table->table.name)
                               : table->table.name;
}

static const char *table_names(const Recipe *recipe, const Recipe *as_in, Arena *mem)
{
    const char *text = "";
    for (int t = 0; t < recipe->ntables; t++) {
        const char *name = full_name(&recipe->tables[t], mem);
        if (recipe_table(as_in, name))
            text = arena_printf(mem, "%s%s%s", text, *text ? ", " : "", name);
    }
    return text;
}

/* ---------------------------------------------------------------- the comparison */

static void diff_columns(Diff *d, const Table *before, const Table *now, const char *name)
{
    for (int c = 0; c < before->ncols; c++) {
        const Column *col = &before->cols[c];
        if (table_column(now, col->name) < 0)
            add(d, NULL, arena_printf(d->mem, "%s.%s", name, col->name),
                "is not there any more; was %s", part(node_spell(col->node, d->mem), 0, d->mem));
    }
    for (int c = 0; c < now->ncols; c++) {
        const Column *col = &now->cols[c];
        const char *subject = arena_printf(d->mem, "%s.%s", name, col->name);
        const char *text = node_spell(col->node, d->mem);
        int old = table_column(before, col->name);
        if (old < 0)
            add(d, col->where, subject, "is new: %s", part(text, 0, d->mem));
        else
            compare(d, col->where, subject, "", node_spell(before->cols[old].node, d->mem), text);
    }
    compare(d, now->where, name, "the order of columns: ", column_names(before, now, d->mem),
            column_names(now, before, d->mem));
}

static void diff_table(Diff *d, const RecipeTable *before, const RecipeTable *now)
{
    const Table *a = &before->table, *b = &now->table;
    const char *name = full_name(now, d->mem), *where = b->where;
    Arena *mem = d->mem;
    diff_columns(d, a, b, name);
    compare(d, where, name,
            "primary key: ", columns_text(a, a->primary.cols, a->primary.ncols, mem),
            columns_text(b, b->primary.cols, b->primary.ncols, mem));
    compare(d, where, name, "unique: ", keys_text(a, mem), keys_text(b, mem));
    compare(d, where, name, "references: ", fks_text(a, mem), fks_text(b, mem));
    compare(d, where, name, "children: ", pers_text(before, mem), pers_text(now, mem));
    compare(d, where, name, "constraints: ", constraints_text(a, mem), constraints_text(b, mem));
    if (before->has_rows && now->has_rows && before->rows != now->rows)
        add(d, where, name, "was %s, is %s; that alone would be no change",
            text_plural(before->rows, "row", mem), text_plural(now->rows, "row", mem));
}

static void diff_locales(Diff *d, const Recipe *before, const Recipe *now)
{
    const Locales *a = &before->locales, *b = &now->locales;
    compare(d, NULL, "locale", "", a->spec ? a->spec : "", b->spec ? b->spec : "");
}

int recipe_diff(const Recipe *before, const Recipe *now, RecipeChange **changes, Arena *mem)
{
    Diff d = {.mem = mem};
    if (before->engine != now->engine)
        add(&d, NULL, "engine", "was %d, is %d", before->engine, now->engine);
    diff_locales(&d, before, now);
    for (int t = 0; t < before->ntables; t++) {
        const char *name = full_name(&before->tables[t], mem);
        if (!recipe_table(now, name))
            add(&d, NULL, name, "the table is not there any more; it had %s",
                text_plural(before->tables[t].table.ncols, "column", mem));
    }
    for (int t = 0; t < now->ntables; t++) {
        const RecipeTable *table = &now->tables[t];
        const char *name = full_name(table, mem);
        const RecipeTable *old = recipe_table(before, name);
        if (old)
            diff_table(&d, old, table);
        else
            add(&d, table->table.where, name, "the table is new, with %s",
                text_plural(table->table.ncols, "column", mem));
    }
    compare(&d, NULL, now->name, "the order of tables: ", table_names(before, now, mem),
            table_names(now, before, mem));
    *changes = d.changes;
    return d.n;
}

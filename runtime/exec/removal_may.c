/* What speaks against a removal before it begins: rows that are hidden, or not a table's own. */
#include <string.h>

#include "exec/removal.h"
#include "plan/plan.h"

/* The catalog of PostgreSQL tells it, and MySQL's, where it keeps back a foreign key's columns. */
static bool is_hidden(const Closure *c, int t)
{
    const Table *table = c->tables[t].table;
    bool hidden = table->no_select;
    for (int k = 0; k < c->tables[t].nkey; k++) {
        int col = table_column(table, c->tables[t].key[k]);
        hidden = hidden || (col >= 0 && table->cols[col].no_select);
    }
    for (int i = 0; i < c->nrefs; i++)
        for (int k = 0; c->refs[i].child == t && k < c->refs[i].fk->ncols; k++)
            hidden = hidden || table->cols[c->refs[i].fk->cols[k]].no_select;
    return hidden;
}

/* All that refer to what is selected are read. */
static bool may_look(const Removal *r, Arena *mem, Err *err)
{
    const Closure *c = r->closure;
    bool ok = true;
    for (int t = 0; t < c->ntables; t++) {
        if (c->tables[t].table->hides_rows)
            ok = plan_hides_rows(NULL, c->tables[t].name, mem, err);
        if (!is_hidden(c, t))
            continue;
        ok = err_add(mem, err, ERR_REFUSED, NULL, c->tables[t].name,
                     "the user of the url has no SELECT privilege on the table, whose rows may "
                     "refer to others that go");
        err_hint(mem, err, "GRANT SELECT ON %s TO that user", c->tables[t].name);
    }
    return ok;
}

/* What inherits from a table has keys and references of its own, which may be the table's, too, and
 * its rows are found in both. */
static bool no_heirs(const Removal *r, const ClosureTable *t, Arena *mem, Err *err)
{
    static const char list[] =
        "SELECT pg_catalog.min(inhrelid::pg_catalog.regclass::pg_catalog.text), pg_catalog.count(*), "
        "pg_catalog.string_agg(pg_catalog.concat('SELECT 1 FROM ', inhrelid::pg_catalog.regclass), "
        "' UNION ALL ') FROM pg_catalog.pg_inherits "
        "WHERE inhparent OPERATOR(pg_catalog.=) ?::pg_catalog.regclass";
    DbResult heirs;
    int64_t rows = 0;
    Buf name;
    buf_init(&name, 1 << 16);
    dialect_table(r->db->engine, &name, t->table->schema, t->table->name);
    const char *params[] = {buf_cstr(&name)};
    bool ok = db_query(r->db, list, params, 1, &heirs, mem, err);
    buf_free(&name);
    if (!ok || !db_cell(&heirs, 0, 2))
        return ok;
    if (!db_query_i64(r->db,
                      arena_printf(mem, "SELECT 1 FROM (%s) h LIMIT 1", db_cell(&heirs, 0, 2)),
                      NULL, 0, 0, &rows, mem, err))
        return false;
    if (rows == 0)
        return true;
    const char *first = db_cell(&heirs, 0, 0);
    bool several = strcmp(db_cell(&heirs, 0, 1), "1") != 0;
    err_add(mem, err, ERR_REFUSED, NULL, t->name,
            "its rows cannot be told from those of %s, which %s from it",
            several ? arena_printf(mem, "%s tables (%s, ...)", db_cell(&heirs, 0, 1), first)
                    : first,
            several ? "inherit" : "inherits");
    return err_hint(mem, err,
                    "ALTER TABLE %s NO INHERIT %s%s, repeat the command, and INHERIT again", first,
                    t->name, several ? ", and so on" : "");
}

bool removal_may(const Removal *r, Arena *mem, Err *err)
{
    const Closure *c = r->closure;
    bool ok = r->selects_none || may_look(r, mem, err);
    int changed = r->renews > 0 ? r->renews : c->ntables;
    for (int t = 0; ok && t < changed && !r->selects_none; t++)
        ok = !c->tables[t].table->has_heirs || no_heirs(r, &c->tables[t], mem, err);
    return ok;
}

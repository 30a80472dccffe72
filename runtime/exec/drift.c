/* A schema that moves. The ledger keeps what each table was when rows were last written to it;
 * whoever plans compares (plan/drift.c). And a run compares by itself what it planned on with what
 * it finds at its end, or when the database refuses what it does: rows that went into another
 * schema than was read are taken out again. */
#include <string.h>

#include "exec/exec_int.h"

#define SHAPE "shape:"

bool session_shapes(Session *s, PlanTarget *target)
{
    const char *table, *text;
    PlanShape *shapes = NULL;
    size_t cap = 0;
    int at = 0;
    if (!session_book(s))
        return false;
    while ((table = ledger_book_meta(s->book, SHAPE, &at, &text))) {
        shapes = arena_grow(s->mem, shapes, &cap, (size_t)target->nshapes + 1, sizeof *shapes);
        if (text)
            shapes[target->nshapes++] = (PlanShape){.table = table, .text = text};
    }
    target->shapes = shapes;
    return true;
}

static const char *shape_of(const Catalog *catalog, const Table *table, Arena *mem)
{
    const Table *there = catalog_table(catalog, table->schema, table->name);
    return there ? plan_shape_text(there, catalog->server, mem) : NULL;
}

/* Tables of an unfinished run that created them are not yet what they will be. */
static bool is_settled(const Session *s, const Table *table, Arena *mem)
{
    const PlanTarget *target = &s->report->plan_target;
    const char *name = ledger_table_name(table, mem);
    for (int i = 0; i < target->nfacts; i++)
        if (strcmp(target->facts[i].table, name) == 0 && target->facts[i].created_by_us)
            return false;
    return catalog_table(target->catalog, table->schema, table->name) != NULL;
}

bool session_remember_shapes(Session *s, const Catalog *catalog, bool all, Arena *mem, Err *err)
{
    bool own = !s->db->in_transaction;
    bool ok = !own || db_begin(s->db, mem, err);
    for (int t = 0; ok && t < s->plan->ntables; t++) {
        const Table *table = s->plan->tables[t].table;
        const char *text = shape_of(catalog, table, mem);
        const char *name = arena_printf(mem, SHAPE "%s", ledger_table_name(table, mem));
        if (!text || (!all && !is_settled(s, table, mem)))
            continue;
        const char *before = ledger_meta(&s->ledger, name, mem, err);
        ok = err->count == 0 && ((before && strcmp(before, text) == 0) ||
                                 ledger_set_meta(&s->ledger, name, text, mem, err));
    }
    if (ok && own)
        ok = db_commit(s->db, mem, err);
    if (!ok && own && s->db->in_transaction) {
        Err ignored = {0};
        db_rollback(s->db, mem, &ignored);
    }
    return ok;
}

/* What the run itself made must be there as well: its own keys. */
static int created_drift(const TablePlan *tp, const Table *now, Arena *mem, Err *err)
{
    int found = 0;
    for (int f = 0; now && f < tp->table->nfks; f++) {
        const ForeignKey *fk = &tp->table->fks[f];
        if (table_same_fk(now, tp->table, fk))
            continue;
        err_add(mem, err, ERR_DRIFT, fk->where, ledger_table_name(tp->table, mem),
                "the foreign key %s is gone", fk->name);
        found++;
    }
    return found;
}

static int moved_tables(Session *s, const Catalog *now, bool finished, Arena *mem, Err *err)
{
    const Catalog *then = s->report->plan_target.catalog;
    int found = 0;
    for (int t = 0; t < s->plan->ntables; t++) {
        const TablePlan *tp = &s->plan->tables[t];
        const Table *table = tp->table, *is = catalog_table(now, table->schema, table->name);
        bool settled = is_settled(s, table, mem);
        if (!is && (settled || finished)) {
            err_add(mem, err, ERR_DRIFT, table->where, ledger_table_name(table, mem),
                    "the table is gone");
            found++;
        } else if (is && settled) {
            const char *was = shape_of(then, table, mem);
            found += was ? plan_drift(was, is, now->server, &tp->recipe->table, mem, err) : 0;
        } else if (finished) {
            found += created_drift(tp, is, mem, err);
        }
    }
    if (found > 0)
        err_hint(mem, err,
                 "the schema changed while the run was at work: let that end, then run again");
    return found;
}

static bool read_catalog(Session *s, Catalog *out, Arena *mem, Err *err)
{
    int n = 0;
    const char *const *schemas = session_schemas(s, &n);
    return db_describe(s->db, schemas, n, out, mem, err);
}

bool session_schema_holds(Session *s, Arena *mem, Err *err)
{
    Catalog now;
    return read_catalog(s, &now, mem, err) && moved_tables(s, &now, false, mem, err) == 0;
}

bool session_settle_schema(Session *s, Arena *mem, Err *err)
{
    Catalog now;
    return read_catalog(s, &now, mem, err) && moved_tables(s, &now, true, mem, err) == 0 &&
           session_remember_shapes(s, &now, true, mem, err);
}

void session_name_drift(Session *s)
{
    Err moved = {0};
    Catalog now;
    ErrCode code = s->err->first ? s->err->first->code : ERR_NONE;
    if ((code != ERR_DB && code != ERR_CONSTRAINT) || !s->db || s->db->in_transaction ||
        s->lock_lost || !read_catalog(s, &now, s->mem, &moved) ||
        moved_tables(s, &now, false, s->mem, &moved) == 0)
        return;
    for (const ErrItem *item = s->err->first; item; item = item->next)
        err_append(s->mem, &moved, item);
    *s->err = moved;
}

/* Which rows `modify` means: all, some by their number, or those of a condition. */
#include "exec/modify.h"

/* ---------------------------------------------------------------- the choice */

static int64_t share_of(int64_t rows, double percentage)
{
    int64_t share = (int64_t)((double)rows * percentage / 100.0 + 0.5);
    return share < 1 && rows > 0 ? 1 : share;
}

int modify_plan_of(const Modify *m, int node)
{
    for (int t = 0; t < m->made->ntables; t++)
        if (closure_find(m->removal.closure, m->made->tables[t].table) == node)
            return t;
    return -1;
}

void modify_name_tables(Modify *m, Arena *mem)
{
    for (int t = 0; t < m->removal.closure->ntables; t++) {
        int plan = modify_plan_of(m, t);
        if (plan >= 0)
            m->removal.closure->tables[t].name =
                ledger_table_name(m->made->tables[plan].table, mem);
    }
}

bool modify_has_key(const ClosureTable *node)
{
    for (int k = 0; k < node->nkey; k++)
        if (table_column(node->table, node->key[k]) >= 0)
            return true;
    return false;
}

bool modify_refuse_keyless(const ClosureTable *node, Arena *mem, Err *err)
{
    err_add(mem, err, ERR_REFUSED, NULL, node->name,
            "has no primary key, so some of its rows cannot be told from others");
    return err_hint(mem, err, "give it a primary key, or use --truncate for all rows");
}

bool modify_select(Modify *m, ModifyTable *table, Arena *mem, Err *err)
{
    const ExecModify *o = m->o;
    bool all = o->kind == MODIFY_REPLACE || o->kind == MODIFY_TRUNCATE;
    int64_t rows = o->seeded_only || o->kind == MODIFY_UPDATE ? table->ours : table->there;
    const char *made = o->seeded_only ? modify_made_where(m, table->plan, mem) : NULL;
    if (o->seeded_only && !made && !table->mine && table->ours < table->there) {
        err_add(mem, err, ERR_REFUSED, NULL, m->made->tables[table->plan].table->name,
                "has no primary key: seeded rows cannot be told from yours");
        return err_hint(mem, err, "give it a primary key");
    }
    if (all && table->mine)
        return removal_select_rows(&m->removal, table->node, m->made, table->plan, table->mine, mem,
                                   err);
    if (all) {
        ClosureTable *node = &m->removal.closure->tables[table->node];
        node->whole = !modify_has_key(node);
        node->rows = table->there;
        return node->nkey == 0 || removal_select(&m->removal, table->node, made, NULL, mem, err);
    }
    if (!modify_has_key(&m->removal.closure->tables[table->node]))
        return modify_refuse_keyless(&m->removal.closure->tables[table->node], mem, err);
    if (o->where)
        return modify_select_where(m, table, mem, err);
    int64_t wanted = o->percentage > 0 ? share_of(rows, o->percentage) : table->count;
    return wanted == 0 || modify_pick(m, table, wanted, mem, err);
}

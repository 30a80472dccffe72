/* What `modify` is asked for: which tables, how many rows of each, whether there are so many, and
 * whether the user may. */
#include <string.h>

#include "base/text.h"
#include "exec/modify.h"

static bool unknown_table(Modify *m, const char *name)
{
    Session *s = m->s;
    int n = m->made->ntables;
    const char **names = arena_array(s->mem, const char *, n + 1);
    for (int i = 0; i < n; i++)
        names[i] = ledger_table_name(m->made->tables[i].table, s->mem);
    err_add(s->mem, s->err, ERR_USAGE, NULL, NULL, "recipe %s has no table \"%s\"", s->recipe->name,
            name);
    return err_hint(s->mem, s->err, "available: %s", text_list(names, n, 20, s->mem));
}

/* What goes is named by one table alone. */
static bool is_the_only(const Modify *m, int t, const char *name)
{
    Session *s = m->s;
    const Plan *made = m->made;
    const char **same = arena_array(s->mem, const char *, made->ntables + 1);
    int n = 0;
    for (int i = 0; i < made->ntables; i++)
        if (strcmp(made->tables[i].table->name, name) == 0)
            same[n++] = ledger_table_name(made->tables[i].table, s->mem);
    if (n < 2 || table_is_called(made->tables[t].table, name))
        return true;
    err_add(s->mem, s->err, ERR_USAGE, NULL, NULL, "recipe %s has several tables \"%s\"",
            s->recipe->name, name);
    return err_hint(s->mem, s->err, "name its schema, too: %s", text_list(same, n, 20, s->mem));
}

bool modify_find_tables(Modify *m)
{
    Session *s = m->s;
    char *rest = arena_strdup(s->mem, m->o->tables), *name;
    m->tables = arena_array(s->mem, ModifyTable, strlen(m->o->tables) + 2);
    while ((name = strsep(&rest, ","))) {
        int t = plan_table(m->made, name);
        if (t < 0)
            return unknown_table(m, name);
        if (!is_the_only(m, t, name))
            return false;
        for (int i = 0; i < m->ntables; i++)
            if (m->tables[i].plan == t)
                return err_add(s->mem, s->err, ERR_USAGE, NULL, NULL, "table %s is named twice",
                               name);
        m->tables[m->ntables++] = (ModifyTable){.plan = t, .node = -1, .count = -1};
    }
    return true;
}

bool modify_find_counts(Modify *m)
{
    Session *s = m->s;
    const ExecModify *o = m->o;
    if (o->ncounts && o->ncounts != m->ntables) {
        err_add(s->mem, s->err, ERR_COUNT, NULL, "--count", "%s for %s",
                text_plural(o->ncounts, "number", s->mem),
                text_plural(m->ntables, "table", s->mem));
        return err_hint(s->mem, s->err, "give one for each table, or TABLE=N,...");
    }
    for (int i = 0; i < o->ncounts; i++)
        m->tables[i].count = o->counts[i];
    for (int i = 0; i < o->nnamed; i++) {
        int t = plan_table(m->made, o->named[i].table), at = 0;
        while (at < m->ntables && m->tables[at].plan != t)
            at++;
        if (t < 0)
            return unknown_table(m, o->named[i].table);
        if (at == m->ntables) {
            err_add(s->mem, s->err, ERR_COUNT, NULL, "--count",
                    "%s is not among the tables to modify", o->named[i].table);
            return err_hint(s->mem, s->err, "name all of them: %s,%s", o->tables,
                            o->named[i].table);
        }
        m->tables[at].count = o->named[i].rows;
    }
    bool needs = o->kind == MODIFY_APPEND || o->kind == MODIFY_REPLACE || o->reseed;
    for (int i = 0; i < m->ntables; i++) {
        const char *name = m->made->tables[m->tables[i].plan].table->name;
        if (needs && m->tables[i].count < 0) {
            err_add(s->mem, s->err, ERR_COUNT, NULL, "--count", "is needed: how many rows for %s?",
                    name);
            return err_hint(s->mem, s->err, "--count N%s",
                            m->ntables > 1 ? ",M or TABLE=N,..." : "");
        }
        if (m->tables[i].count == 0)
            return err_add(s->mem, s->err, ERR_COUNT, NULL, "--count", "must be at least 1 (%s)",
                           name);
    }
    return true;
}

bool modify_check_count(Modify *m, const ModifyTable *t, Arena *mem, Err *err)
{
    const char *name = m->made->tables[t->plan].table->name;
    bool ours = m->o->kind == MODIFY_UPDATE || m->o->seeded_only;
    int64_t rows = ours ? t->ours : t->there;
    if ((m->o->kind != MODIFY_DELETE && m->o->kind != MODIFY_UPDATE) || t->count <= rows)
        return true;
    err_add(mem, err, ERR_COUNT, NULL, "--count", "%s has %s%s, fewer than %s", name,
            text_plural(rows, "row", mem), ours ? " that seedpipe made" : "",
            text_count(t->count, mem));
    return err_hint(mem, err, "ask for at most %s", text_count(rows, mem));
}

#define QUICKLY_COUNTED 100000u

/* Counting a large table can take longer than the command: it is done where the number decides. */
static bool must_count(const Modify *m, const ModifyTable *t)
{
    const TablePlan *tp = &m->made->tables[t->plan];
    bool some = m->o->kind == MODIFY_APPEND ||
                ((m->o->kind == MODIFY_DELETE || m->o->kind == MODIFY_UPDATE) &&
                 m->o->percentage <= 0 && t->count <= modify_rows_made(tp));
    return !some || tp->rows <= QUICKLY_COUNTED || !modify_made_where(m, t->plan, m->s->mem);
}

bool modify_check_counts(Modify *m, Arena *mem, Err *err)
{
    bool ours = m->o->kind == MODIFY_UPDATE || m->o->seeded_only;
    for (int i = 0; i < m->ntables; i++) {
        ModifyTable *t = &m->tables[i];
        t->there = t->ours = -1;
        if (must_count(m, t) &&
            (!modify_count_rows(m, t, mem, err) || (ours && !modify_find_made(m, t, mem, err)) ||
             !modify_check_count(m, t, mem, err)))
            return false;
    }
    return true;
}

/* ---------------------------------------------------------------- rights */

bool modify_may_do(Modify *m, Arena *mem, Err *err)
{
    const Closure *c = m->removal.closure;
    Touch *list = arena_array(mem, Touch, c->ntables + c->nrefs + m->ntables + 1);
    int n = modify_deletes(m) ? session_touches(c, list, mem) : 0;
    for (int i = 0; modify_inserts(m) && i < m->ntables; i++) /* the plan knows the privilege */
        list[n++] = (Touch){.table = c->tables[m->tables[i].node].table};
    if (m->o->kind == MODIFY_UPDATE && rowset_rows(m->updated.rows) > 0) {
        const Table *table = m->made->tables[m->tables[0].plan].table;
        list[n] = (Touch){.table = c->tables[m->tables[0].node].table,
                          .columns = arena_array(mem, const char *, m->ncolumns + 1),
                          .ncolumns = m->ncolumns};
        for (int i = 0; i < m->ncolumns; i++)
            list[n].columns[i] = table->cols[m->columns[i]].name;
        n++;
    }
    return session_may_touch(m->s, list, n, mem, err);
}

/* What deletes a selection: circles are opened, children go first. */
#include "base/text.h"
#include "plan/closure_int.h"

static char *delete_sql(const Closure *c, int table, Arena *mem)
{
    Buf sql;
    buf_init(&sql, CLOSURE_SQL_MAX);
    bool row = c->tables[table].nkey > 1;
    if (c->tables[table].whole || c->tables[table].every) {
        buf_str(&sql, "DELETE FROM ");
        closure_put_table(c, &sql, table);
        return closure_done(&sql, mem);
    }
    switch (c->engine) {
    case ENGINE_POSTGRES:
        buf_str(&sql, "DELETE FROM ");
        closure_put_table(c, &sql, table);
        buf_str(&sql, " c USING ");
        closure_put_temp(c, &sql, table, false);
        buf_str(&sql, " k WHERE ");
        closure_put_match(c, &sql, table, "c");
        break;
    case ENGINE_SQLITE:
        buf_str(&sql, "DELETE FROM ");
        closure_put_table(c, &sql, table);
        buf_str(&sql, row ? " AS c WHERE (" : " AS c WHERE ");
        closure_put_key_list(c, &sql, table, "c", false);
        buf_str(&sql, row ? ") IN (SELECT " : " IN (SELECT ");
        closure_put_ks(c, &sql, table, "");
        buf_str(&sql, " FROM ");
        closure_put_temp(c, &sql, table, false);
        buf_byte(&sql, ')');
        break;
    case ENGINE_MARIADB:
    case ENGINE_MYSQL:
        buf_str(&sql, "DELETE c FROM ");
        closure_put_table(c, &sql, table);
        buf_str(&sql, " c JOIN ");
        closure_put_temp(c, &sql, table, false);
        buf_str(&sql, " k ON ");
        closure_put_match(c, &sql, table, "c");
        break;
    }
    return closure_done(&sql, mem);
}

static void put_nulls(const Closure *c, Buf *sql, const ClosureRef *ref, const char *alias)
{
    const Table *child = c->tables[ref->child].table;
    bool first = true;
    buf_str(sql, " SET ");
    for (int i = 0; i < ref->fk->ncols; i++) {
        const Column *col = &child->cols[ref->fk->cols[i]];
        if (!col->nullable)
            continue;
        buf_str(sql, first ? "" : ", ");
        first = false;
        if (*alias)
            closure_put_col(c, sql, alias, col->name);
        else
            dialect_ident(c->engine, sql, col->name);
        buf_str(sql, " = NULL");
    }
}

/* UPDATE of the selected rows: one NULL column is enough for a key to refer to nothing. */
static char *clear_sql(const Closure *c, const ClosureRef *ref, Arena *mem)
{
    Buf sql;
    buf_init(&sql, CLOSURE_SQL_MAX);
    buf_str(&sql, "UPDATE ");
    closure_put_table(c, &sql, ref->child);
    if (closure_is_mysql(c->engine)) {
        buf_str(&sql, " c JOIN ");
        closure_put_temp(c, &sql, ref->child, false);
        buf_str(&sql, " k ON ");
        closure_put_match(c, &sql, ref->child, "c");
        put_nulls(c, &sql, ref, "c");
    } else {
        buf_str(&sql, " AS c");
        put_nulls(c, &sql, ref, "");
        buf_str(&sql, " FROM ");
        closure_put_temp(c, &sql, ref->child, false);
        buf_str(&sql, " k WHERE ");
        closure_put_match(c, &sql, ref->child, "c");
    }
    return closure_done(&sql, mem);
}

/* What SET NULL would do, where the engine's checks are off: MySQL alone. */
static char *clear_children_sql(const Closure *c, const ClosureRef *ref, Arena *mem)
{
    Buf sql;
    buf_init(&sql, CLOSURE_SQL_MAX);
    buf_str(&sql, "UPDATE ");
    closure_put_table(c, &sql, ref->child);
    buf_str(&sql, " c JOIN ");
    closure_put_table(c, &sql, ref->parent);
    buf_str(&sql, " p ON ");
    closure_put_reference(c, &sql, ref);
    buf_str(&sql, " JOIN ");
    closure_put_temp(c, &sql, ref->parent, false);
    buf_str(&sql, " k ON ");
    closure_put_match(c, &sql, ref->parent, "p");
    put_nulls(c, &sql, ref, "c");
    const Table *child = c->tables[ref->child].table;
    for (int i = 0; i < child->ncols; i++)
        if (child->cols[i].on_update) { /* SET NULL leaves it alone, an UPDATE does not */
            buf_str(&sql, ", ");
            closure_put_col(c, &sql, "c", child->cols[i].name);
            buf_str(&sql, " = ");
            closure_put_col(c, &sql, "c", child->cols[i].name);
        }
    return closure_done(&sql, mem);
}

static Step *add_step(Step *steps, int *n, StepKind kind, int table, const char *sql, int64_t rows,
                      const char *what, Arena *mem)
{
    const char **list = arena_array(mem, const char *, 1);
    list[0] = sql;
    steps[*n] = (Step){.kind = kind,
                       .table = table,
                       .segment = -1,
                       .sql = list,
                       .nsql = 1,
                       .rows = rows,
                       .what = what};
    return &steps[(*n)++];
}

/* A circle of NOT NULL keys: MySQL checks row by row, so that no order works. The closure knows
 * every row that refers to these, and none stays; the checks are made afterwards, by counting. */
static bool needs_checks_off(const Closure *c, int table)
{
    for (int r = 0; closure_is_mysql(c->engine) && r < c->nrefs; r++)
        if (c->refs[r].in_circle && !c->refs[r].clear_first &&
            c->tables[c->refs[r].parent].circle == c->tables[table].circle)
            return true;
    return false;
}

static void delete_step(const Closure *c, int table, Step *steps, int *n, Arena *mem)
{
    const ClosureTable *t = &c->tables[table];
    Step *step = add_step(
        steps, n, STEP_DELETE, table, delete_sql(c, table, mem), t->rows,
        arena_printf(mem, "delete %s from %s", text_plural(t->rows, "row", mem), t->name), mem);
    if (!needs_checks_off(c, table))
        return;
    const char **list = arena_array(mem, const char *, 3);
    list[0] = "SET SESSION foreign_key_checks = 0";
    list[1] = step->sql[0];
    list[2] = "SET SESSION foreign_key_checks = 1";
    step->sql = list;
    step->nsql = 3;
}

/* Before anything is deleted. */
static bool opens_circle(const Closure *c, const ClosureRef *ref)
{
    return ref->clear_first && c->tables[ref->child].rows > 0 && c->tables[ref->parent].rows > 0;
}

static bool clears_children(const Closure *c, const ClosureRef *ref)
{
    return ref->effect == REF_CLEARS && ref->rows > 0 && needs_checks_off(c, ref->parent);
}

bool closure_updates(const Closure *c, const ClosureRef *ref)
{
    return opens_circle(c, ref) || clears_children(c, ref);
}

Step *closure_steps(const Closure *c, int *n, Arena *mem)
{
    Step *steps = arena_array(mem, Step, 2 * c->nrefs + c->ntables + 1);
    *n = 0;
    for (int r = 0; r < c->nrefs; r++) {
        const ClosureRef *ref = &c->refs[r];
        const ClosureTable *child = &c->tables[ref->child];
        if (opens_circle(c, ref))
            add_step(steps, n, STEP_CLEAR, ref->child, clear_sql(c, ref, mem), -1,
                     arena_printf(mem, "set the references of these rows of %s to NULL (%s)",
                                  child->name, ref->name),
                     mem);
    }
    for (int r = 0; r < c->nrefs; r++) {
        const ClosureRef *ref = &c->refs[r];
        if (clears_children(c, ref))
            add_step(steps, n, STEP_CLEAR, ref->child, clear_children_sql(c, ref, mem), -1,
                     arena_printf(mem, "set references of %s to NULL (%s)",
                                  c->tables[ref->child].name, ref->name),
                     mem);
    }
    for (int i = 0; i < c->ntables; i++)
        if (c->tables[c->order[i]].rows > 0)
            delete_step(c, c->order[i], steps, n, mem);
    return steps;
}

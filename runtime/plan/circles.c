/* Circles: tables that refer to each other. Keys are known before the insert, so what is left is to
 * keep the database content while a row's parent is not there yet; which way depends on what it can
 * and on what the key allows. */
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "gen/eval.h"
#include "plan/plan_int.h"

#define SQL_MAX (1u << 20)

const Table *plan_there(const Build *b, const Table *table)
{
    return catalog_table(b->target->catalog, table->schema, table->name);
}

const ForeignKey *plan_fk_there(const Build *b, const Table *table, const ForeignKey *fk)
{
    const Table *there = plan_there(b, table);
    return there ? table_same_fk(there, table, fk) : NULL;
}

static bool in_key(const Key *key, int col)
{
    for (int i = 0; i < key->ncols; i++)
        if (key->cols[i] == col)
            return true;
    return false;
}

/* NULL first needs a column of this key's own that can be NULL, and a primary key to find the row
 * by: columns that another key gives keep their values. */
static void find_late_columns(Build *b, const TablePlan *tp, FkPlan *fk)
{
    const Table *there = plan_there(b, tp->table);
    int *cols = arena_array(b->mem, int, fk->fk->ncols), n = 0;
    int f = (int)(fk - tp->fks);
    for (int i = 0; tp->table->primary.ncols > 0 && i < fk->fk->ncols; i++) {
        int c = fk->fk->cols[i], k = table_column(there, tp->table->cols[c].name);
        if (tp->cols[c].fk == f && !in_key(&tp->table->primary, c) && k >= 0 &&
            there->cols[k].nullable)
            cols[n++] = c;
    }
    fk->late_cols = cols;
    fk->nlate = n;
}

static bool is_unset(const Build *b, const Table *table)
{
    const PlanTableFacts *facts = plan_facts(b->target, plan_table_name(b->mem, table));
    return facts && facts->unset;
}

/* Only PostgreSQL has to be asked for patience: the session's checks are off on the others. A small
 * run is one transaction anyway; a large one becomes one only where nothing else is possible. */
static void choose(Build *b, const TablePlan *tp, FkPlan *fk, uint64_t new_rows)
{
    const ForeignKey *there = plan_fk_there(b, tp->table, fk->fk);
    Engine engine = b->target->engine;
    fk->circle = CIRCLE_KEY_AFTER;
    if (engine == ENGINE_SQLITE || (there && engine != ENGINE_POSTGRES))
        fk->circle = CIRCLE_UNCHECKED;
    if (!there || engine != ENGINE_POSTGRES)
        return;
    find_late_columns(b, tp, fk);
    bool by_commit = there->deferrable && new_rows <= PLAN_SMALL_RUN;
    fk->circle =
        is_unset(b, tp->table) || (fk->nlate > 0 && !by_commit) ? CIRCLE_UPDATE : CIRCLE_DEFERRED;
    if (fk->circle != CIRCLE_UPDATE)
        fk->nlate = 0;
}

static void tell(Build *b, const Table *table, const FkPlan *fk, const char *circle)
{
    static const char *const ways[] = {
        [CIRCLE_KEY_AFTER] = "the foreign key is added after the load",
        [CIRCLE_UNCHECKED] =
            "loaded with foreign key checks off in the session, and proved by the run's checks",
        [CIRCLE_DEFERRED] = "the key is deferred to the commit of one transaction",
        [CIRCLE_UPDATE] = "NULL first, then set by one UPDATE"};
    const ForeignKey *there = plan_fk_there(b, table, fk->fk);
    bool made = fk->circle == CIRCLE_DEFERRED && !there->deferrable;
    plan_note(b, "circle %s: %s.%s: %s%s", circle, plan_table_name(b->mem, table),
              plan_columns_text(b->mem, table, fk->fk->cols, fk->fk->ncols), ways[fk->circle],
              made ? ", and made deferrable for it, which locks the table" : "");
}

static bool has_new_rows(const TablePlan *tp)
{
    for (int s = 0; s < tp->nsegments; s++)
        if (!tp->segments[s].complete && tp->segments[s].rows > 0)
            return true;
    return rowset_rows(tp->restored) > 0;
}

/* The rows whose references wait: this run's. What an interrupted process of it has loaded counts,
 * however complete. */
static void mark_unset(Build *b, TablePlan *tp)
{
    const char *name = plan_table_name(b->mem, tp->table);
    RowSet *rows = rowset_new(b->mem);
    int last = -1, next = 0;
    for (int i = 0; i < b->target->nhistory && is_unset(b, tp->table); i++)
        last = b->target->history[i].run > last ? b->target->history[i].run : last;
    for (int s = 0; s < tp->nsegments; s++) {
        const Segment *segment = &tp->segments[s];
        while (next < b->target->nhistory && strcmp(b->target->history[next].table, name) != 0)
            next++;
        if (!segment->complete ||
            (next < b->target->nhistory && b->target->history[next].run == last))
            rowset_add(rows, segment->first_row, segment->rows, b->mem);
        next++;
    }
    tp->unset = rowset_union(rows, tp->restored, b->mem);
}

/* Rows that draw from a table before it is planned do not know which of its rows are passed over.
 */
static uint64_t led_astray(const Build *b, int t, int f)
{
    const TablePlan *tp = &b->plan->tables[t];
    const RowHistory *gone = b->plan->tables[tp->fks[f].parent].gone;
    const Segment *s = &tp->segments[tp->nsegments - 1];
    uint64_t rows[BATCH_ROWS], made[BATCH_ROWS], astray = 0;
    if (!b->options->at_once || !gone || gone->n == gone->settled || s->complete)
        return 0;
    Eval *eval = eval_new(b->plan);
    for (uint64_t done = 0; done < s->rows; done += BATCH_ROWS) {
        uint64_t left = s->rows - done;
        uint32_t n = left < BATCH_ROWS ? (uint32_t)left : BATCH_ROWS;
        for (uint32_t k = 0; k < n; k++)
            rows[k] = s->first_row + done + k;
        n = eval_made(eval, t, rows, n, made);
        const uint64_t *parents = eval_parents(eval, t, f, made, n);
        for (uint32_t k = 0; k < n; k++)
            astray += parents[k] != ROW_NONE && rowset_has(gone->late, parents[k]);
    }
    eval_free(eval);
    return astray;
}

static bool refuse_astray(Build *b, int t, int f, uint64_t rows)
{
    const TablePlan *tp = &b->plan->tables[t];
    const char *name = tp->table->name, *parent = b->plan->tables[tp->fks[f].parent].table->name;
    err_add(b->mem, b->err, ERR_REFUSED, tp->table->where, name,
            "%s would refer to rows of %s that cannot be made, since their own unique keys lead to "
            "rows that are gone: the tables refer to each other",
            text_plural((int64_t)rows, "new row", b->mem), parent);
    return err_hint(
        b->mem, b->err,
        "truncate and reseed what both refer to as well; or seedpipe run --restart makes all "
        "rows anew");
}

bool plan_circles(Build *b, uint64_t new_rows)
{
    bool ok = true;
    for (int t = 0; t < b->plan->ntables; t++) {
        TablePlan *tp = &b->plan->tables[t];
        bool unset = is_unset(b, tp->table);
        for (int f = 0; f < tp->table->nfks; f++) {
            FkPlan *fk = &tp->fks[f];
            if (!fk->fk->late ||
                (!unset && (!has_new_rows(tp) || !has_new_rows(&b->plan->tables[fk->parent]))))
                continue;
            choose(b, tp, fk, new_rows);
            tell(b, tp->table, fk, b->late[b->order[t]][f]);
            if (fk->circle == CIRCLE_UPDATE)
                mark_unset(b, tp);
            uint64_t astray = led_astray(b, t, f);
            ok = (astray == 0 || refuse_astray(b, t, f, astray)) && ok;
        }
    }
    return ok;
}

bool plan_is_deferred(const Plan *plan)
{
    for (int t = 0; t < plan->ntables; t++)
        for (int f = 0; f < plan->tables[t].table->nfks; f++)
            if (plan->tables[t].fks[f].circle == CIRCLE_DEFERRED)
                return true;
    return false;
}

/* ---- their steps */

static void put_table(const Build *b, Buf *sql, const Table *table)
{
    dialect_table(b->target->engine, sql, table->schema, table->name);
}

/* "a, b" or "t.a = r.a AND t.b = r.b": the form with each name in place of %. */
static void put_list(const Build *b, Buf *sql, const Table *table, const int *cols, int n,
                     const char *form, const char *between)
{
    for (int i = 0; i < n; i++) {
        buf_str(sql, i ? between : "");
        for (const char *p = form; *p; p++)
            if (*p == '%')
                dialect_ident(b->target->engine, sql, table->cols[cols[i]].name);
            else
                buf_byte(sql, *p);
    }
}

static const char *take_text(const Build *b, Buf *sql)
{
    const char *text = arena_strndup(b->mem, sql->data, sql->len);
    buf_reset(sql);
    return text;
}

/* Keys and references of the new rows go to a temporary table; one UPDATE takes them over. */
static bool reference_step(Build *b, TablePlan *tp, Step *step)
{
    const Table *table = tp->table;
    const Key *key = &table->primary;
    int *cols = arena_array(b->mem, int, table->ncols + 1), n = 0;
    for (int f = 0; f < table->nfks; f++)
        for (int i = 0; i < tp->fks[f].nlate; i++)
            cols[n++] = tp->fks[f].late_cols[i];
    if (n == 0)
        return false;
    const char **sql = arena_array(b->mem, const char *, 3);
    Buf text;
    buf_init(&text, SQL_MAX);
    buf_str(&text, "CREATE TEMPORARY TABLE " PLAN_REFERENCES_TABLE " AS SELECT ");
    put_list(b, &text, table, key->cols, key->ncols, "%", ", ");
    put_list(b, &text, table, cols, n, ", %", "");
    buf_str(&text, " FROM ");
    put_table(b, &text, table);
    buf_str(&text, " WHERE false");
    sql[0] = take_text(b, &text);
    buf_str(&text, "UPDATE ");
    put_table(b, &text, table);
    buf_str(&text, " t SET ");
    put_list(b, &text, table, cols, n, "% = r.%", ", ");
    buf_str(&text, " FROM " PLAN_REFERENCES_TABLE " r WHERE ");
    put_list(b, &text, table, key->cols, key->ncols, "t.% = r.%", " AND ");
    sql[1] = take_text(b, &text);
    sql[2] = "DROP TABLE " PLAN_REFERENCES_TABLE;
    buf_free(&text);
    step->sql = sql;
    step->nsql = 3;
    step->what = arena_printf(b->mem, "set %s.%s of %s", plan_table_name(b->mem, table),
                              plan_columns_text(b->mem, table, cols, n),
                              text_plural((int64_t)rowset_rows(tp->unset), "row", b->mem));
    return true;
}

/* A key that cannot be deferred is made so, and as strict as it was at the end: all of it is in the
 * run's transaction. */
static bool defer_step(Build *b, const TablePlan *tp, bool settle, Step *step)
{
    int n = 0, keys = 0;
    const char **sql = arena_array(b->mem, const char *, tp->table->nfks + 2);
    if (settle)
        sql[n++] = "SET CONSTRAINTS ALL IMMEDIATE";
    Buf text;
    buf_init(&text, SQL_MAX);
    for (int f = 0; f < tp->table->nfks; f++) {
        const FkPlan *fk = &tp->fks[f];
        if (fk->circle != CIRCLE_DEFERRED)
            continue;
        keys++;
        const ForeignKey *there = plan_fk_there(b, tp->table, fk->fk);
        if (there->deferrable)
            continue;
        buf_str(&text, "ALTER TABLE ");
        put_table(b, &text, tp->table);
        buf_str(&text, " ALTER CONSTRAINT ");
        dialect_ident(b->target->engine, &text, there->name);
        buf_str(&text, settle ? " NOT DEFERRABLE" : " DEFERRABLE");
        sql[n++] = take_text(b, &text);
    }
    buf_free(&text);
    if (!settle)
        sql[n++] = "SET CONSTRAINTS ALL DEFERRED";
    step->sql = sql;
    step->nsql = n;
    step->what =
        arena_printf(b->mem, "%s %s of %s", settle ? "settle" : "defer",
                     text_plural(keys, "foreign key", b->mem), plan_table_name(b->mem, tp->table));
    return keys > 0;
}

bool plan_circle_step(Build *b, int t, StepKind kind, Step *out)
{
    TablePlan *tp = &b->plan->tables[t];
    *out = (Step){.kind = kind, .table = t, .segment = -1};
    return kind == STEP_SET_REFERENCES ? reference_step(b, tp, out)
                                       : defer_step(b, tp, kind == STEP_SETTLE_KEYS, out);
}

/* Rows of the user's own keep their unique values: before new rows go into a table that holds some,
 * their keys are computed, put into a temporary table piece by piece, and compared with the table
 * in one statement each; where case may be ignored, with each other, too. Rows that would collide
 * take other values; only these are looked at again. What was avoided is recorded before the first
 * row is loaded. */
#include <string.h>

#include "base/text.h"
#include "exec/exec_int.h"
#include "plan/closure.h"

#define NEW_KEYS   "seedpipe_new_keys"
#define PIECE_ROWS 1000000u
#define ROUNDS     100

typedef struct Avoid {
    Session *s;
    const Plan *plan;
    const Closure *going; /* rows selected there do not count; NULL: none */
    PlanChange *changes;  /* the target's, and what was found */
    size_t n, cap;
    const RowSet *lost; /* rows that found no values, of table lost_of; NULL: none */
    int lost_of;
    Arena *mem;
    Err *err;
} Avoid;

/* One unique key of one table. */
typedef struct Probe {
    Avoid *a;
    int table;
    const Key *key;
    bool apart; /* the rows' values may be equal among themselves */
    bool holds; /* the table has rows */
    Eval *eval;
    RowSet *taken;
} Probe;

static const Table *table_of(const Probe *p)
{
    return p->a->plan->tables[p->table].table;
}

static Engine engine_of(const Avoid *a)
{
    return a->s->db->engine;
}

static bool is_mysql(const Avoid *a)
{
    return engine_of(a) == ENGINE_MYSQL || engine_of(a) == ENGINE_MARIADB;
}

/* ---------------------------------------------------------------- statements */

static const char *done(Buf *sql, Arena *mem)
{
    const char *text = arena_strndup(mem, buf_cstr(sql), sql->len);
    buf_free(sql);
    return text;
}

static void put_column(const Probe *p, Buf *sql, int i)
{
    buf_str(sql, "c.");
    dialect_ident(engine_of(p->a), sql, table_of(p)->cols[p->key->cols[i]].name);
}

static const char *new_key(const Probe *p, int i)
{
    return dialect_compared(engine_of(p->a), p->key, i, arena_printf(p->a->mem, "n.k%d", i + 1),
                            p->a->mem);
}

static const char *old_key(const Probe *p, int i)
{
    Buf name;
    buf_init(&name, 1 << 16);
    put_column(p, &name, i);
    return dialect_compared(engine_of(p->a), p->key, i, done(&name, p->a->mem), p->a->mem);
}

static void put_from(const Avoid *a, Buf *sql, const Table *table)
{
    buf_str(sql, " FROM ");
    dialect_table(engine_of(a), sql, table->schema, table->name);
    buf_str(sql, " c");
}

/* A table that is not there yet. MySQL may demand a primary key of every table
 * (sql_require_primary_key). */
static const char *create_by_types(const Probe *p)
{
    Buf sql;
    buf_init(&sql, 1 << 20);
    buf_str(&sql, "CREATE TEMPORARY TABLE " NEW_KEYS " (rn bigint");
    buf_str(&sql, is_mysql(p->a) ? " PRIMARY KEY" : "");
    for (int i = 0; i < p->key->ncols; i++)
        buf_printf(&sql, ", k%d %s", i + 1,
                   dialect_type(engine_of(p->a), &table_of(p)->cols[p->key->cols[i]].type, true,
                                p->a->mem));
    buf_str(&sql, engine_of(p->a) == ENGINE_POSTGRES ? ") ON COMMIT DROP" : ")");
    return done(&sql, p->a->mem);
}

/* Columns of the table's own types and collations: rn, k1, k2, ... */
static const char *create_sql(const Probe *p)
{
    Buf sql;
    if (!p->a->plan->tables[p->table].exists)
        return create_by_types(p);
    buf_init(&sql, 1 << 20);
    buf_str(&sql, "CREATE TEMPORARY TABLE " NEW_KEYS);
    buf_str(&sql, is_mysql(p->a) ? " (rn bigint PRIMARY KEY)" : "");
    buf_str(&sql, engine_of(p->a) == ENGINE_POSTGRES ? " ON COMMIT DROP" : "");
    buf_str(&sql, " AS SELECT ");
    buf_str(&sql, is_mysql(p->a) ? "0 AS rn, " : "CAST(0 AS bigint) AS rn, ");
    for (int i = 0; i < p->key->ncols; i++) {
        buf_str(&sql, i ? ", " : "");
        put_column(p, &sql, i);
        buf_printf(&sql, " AS k%d", i + 1);
    }
    put_from(p->a, &sql, table_of(p));
    buf_str(&sql, " WHERE 1 = 0");
    return done(&sql, p->a->mem);
}

/* Without an index on its side MariaDB compares every row with every row, unless it may join by
 * hashes; where there is one, it would often read the whole table for them. */
static const char *join_by_hashes(const Probe *p)
{
    const PlanTarget *target = &p->a->s->report->plan_target;
    if (engine_of(p->a) != ENGINE_MARIADB || plan_has_index(target, table_of(p), p->key, p->a->mem))
        return "";
    return "SET STATEMENT join_cache_level = 4, join_buffer_size = 16777216, "
           "join_buffer_space_limit = 33554432 FOR ";
}

/* AND NOT EXISTS: rows that a dry run only thinks away. */
static void put_stays(const Probe *p, Buf *sql)
{
    const Closure *c = p->a->going;
    int node = c ? closure_find(c, table_of(p)) : -1;
    if (node >= 0)
        closure_put_stays(c, sql, node);
}

static const char *taken_sql(const Probe *p)
{
    Buf sql;
    buf_init(&sql, 1 << 20);
    buf_printf(&sql, "%sSELECT DISTINCT n.rn", join_by_hashes(p));
    put_from(p->a, &sql, table_of(p));
    buf_str(&sql, " JOIN " NEW_KEYS " n ON ");
    for (int i = 0; i < p->key->ncols; i++) {
        buf_str(&sql, i ? " AND " : "");
        buf_printf(&sql, "%s = %s", old_key(p, i), new_key(p, i));
    }
    put_stays(p, &sql);
    buf_str(&sql, " ORDER BY n.rn");
    return done(&sql, p->a->mem);
}

/* New rows whose key an earlier one of them has, as the database sees it. */
static const char *twins_sql(const Probe *p)
{
    Buf sql;
    buf_init(&sql, 1 << 20);
    buf_str(&sql, "SELECT t.rn FROM (SELECT n.rn, row_number() OVER (PARTITION BY ");
    for (int i = 0; i < p->key->ncols; i++)
        buf_printf(&sql, "%s%s", i ? ", " : "", new_key(p, i));
    buf_str(&sql, " ORDER BY n.rn) AS nth FROM " NEW_KEYS " n WHERE ");
    for (int i = 0; i < p->key->ncols; i++)
        buf_printf(&sql, "%sn.k%d IS NOT NULL", i ? " AND " : "", i + 1);
    buf_str(&sql, ") t WHERE t.nth > 1 ORDER BY t.rn");
    return done(&sql, p->a->mem);
}

static bool drop(const Avoid *a)
{
    return db_exec(a->s->db, a->mem, a->err,
                   engine_of(a) == ENGINE_SQLITE     ? "DROP TABLE IF EXISTS temp." NEW_KEYS
                   : engine_of(a) == ENGINE_POSTGRES ? "DROP TABLE IF EXISTS pg_temp." NEW_KEYS
                                                     : "DROP TEMPORARY TABLE IF EXISTS " NEW_KEYS);
}

static const Table *keys_table(const Probe *p)
{
    Arena *mem = p->a->mem;
    Table *t = arena_new_of(mem, Table);
    t->name = NEW_KEYS;
    t->ncols = p->key->ncols + 1;
    t->cols = arena_array(mem, Column, t->ncols);
    t->cols[0] = (Column){.name = "rn", .type = {.kind = TYPE_INT, .bits = 64}};
    for (int i = 1; i < t->ncols; i++) {
        t->cols[i] = table_of(p)->cols[p->key->cols[i - 1]];
        t->cols[i].name = arena_printf(mem, "k%d", i);
        t->cols[i].nullable = true;
    }
    return t;
}

/* ---------------------------------------------------------------- a piece */

static bool load_keys(const Probe *p, DbLoad *load, const uint64_t *rows, uint32_t n,
                      Arena *scratch)
{
    uint64_t made[BATCH_ROWS];
    n = eval_made(p->eval, p->table, rows, n, made);
    if (n == 0)
        return true;
    Batch keys = eval_cells(p->eval, p->table, made, n, p->key->cols, p->key->ncols);
    const Vec **cols = arena_array(scratch, const Vec *, keys.ncols + 1);
    Vec *rn = vec_new(scratch, TYPE_INT, 0, n);
    for (uint32_t k = 0; k < n; k++)
        rn->i[k] = (int64_t)made[k];
    cols[0] = rn;
    memcpy(cols + 1, keys.cols, sizeof *cols * (size_t)keys.ncols);
    keys.cols = cols;
    keys.ncols++;
    return p->a->s->db->connector->load_batch(load, &keys, p->a->mem, p->a->err);
}

static bool load_piece(const Probe *p, const RowSet *rows)
{
    Avoid *a = p->a;
    int n = p->key->ncols + 1, *all = arena_array(a->mem, int, n);
    for (int i = 0; i < n; i++)
        all[i] = i;
    const Connector *connector = a->s->db->connector;
    DbLoad *load = connector->load_begin(a->s->db, keys_table(p), all, n, a->mem, a->err);
    if (!load)
        return false;
    Arena *scratch = arena_new();
    uint64_t batch[BATCH_ROWS], taken = 0;
    uint32_t have = 0;
    bool ok = true;
    for (size_t i = 0; ok && i < rows->nranges; i++)
        for (uint64_t k = 0; ok && k < rows->ranges[i].rows; k++) {
            batch[have++] = rows->ranges[i].first + k;
            if (have < BATCH_ROWS)
                continue;
            ok = load_keys(p, load, batch, have, scratch) && atomic_load(&a->s->stop) == STOP_NONE;
            arena_reset(scratch);
            have = 0;
        }
    ok = ok && load_keys(p, load, batch, have, scratch);
    arena_free(scratch);
    return connector->load_end(load, &taken, a->mem, a->err) && ok;
}

static bool keep_rows(void *ctx, const Vec *const *cols, uint32_t n)
{
    Probe *p = ctx;
    for (uint32_t k = 0; k < n; k++)
        rowset_add(p->taken, (uint64_t)cols[0]->i[k], 1, p->a->mem);
    return true;
}

static bool find_rows(Probe *p, const char *sql)
{
    static const Type number = {.kind = TYPE_INT, .bits = 64};
    Avoid *a = p->a;
    return a->s->db->connector->read(a->s->db, sql, &number, 1, keep_rows, p, a->mem, a->err);
}

static bool load_new(const Probe *p, const RowSet *rows)
{
    Avoid *a = p->a;
    Db *db = a->s->db;
    return drop(a) && db_exec(db, a->mem, a->err, create_sql(p)) && load_piece(p, rows) &&
           db_analyze_new(db, NEW_KEYS, rows->rows, a->mem, a->err);
}

static bool probe_piece(Probe *p, const RowSet *rows)
{
    Avoid *a = p->a;
    bool ok = load_new(p, rows) && (!p->holds || find_rows(p, taken_sql(p)));
    if (ok && p->apart) {
        const RowSet *before = p->taken;
        p->taken = rowset_new(a->mem);
        ok = find_rows(p, twins_sql(p));
        p->taken = (RowSet *)rowset_union(before, p->taken, a->mem);
    }
    return ok && drop(a) && atomic_load(&a->s->stop) == STOP_NONE;
}

/* Those of the rows whose values in a key are in the table. */
static bool probe(Avoid *a, int t, const Key *key, bool apart, bool holds, const RowSet *rows,
                  const RowSet **taken)
{
    uint64_t piece_rows = apart ? UINT64_MAX : PIECE_ROWS;
    Probe p = {.a = a,
               .table = t,
               .key = key,
               .apart = apart,
               .holds = holds,
               .eval = eval_new(a->plan),
               .taken = rowset_new(a->mem)};
    bool ok = true;
    for (uint64_t from = 0; ok && from < rows->rows;) {
        RowSet *piece = rowset_new(a->mem);
        for (size_t i = 0; i < rows->nranges && piece->rows < piece_rows; i++) {
            const RowRange *r = &rows->ranges[i];
            if (r->before + r->rows <= from)
                continue;
            uint64_t skip = from > r->before ? from - r->before : 0, n = r->rows - skip,
                     room = piece_rows - piece->rows;
            rowset_add(piece, r->first + skip, n < room ? n : room, a->mem);
            from += n < room ? n : room;
        }
        ok = probe_piece(&p, piece);
    }
    eval_free(p.eval);
    *taken = p.taken;
    return ok;
}

/* ---------------------------------------------------------------- a table, and all */

/* As many rows as their parents have, so that none can be left out. */
static bool is_counted(const TablePlan *tp)
{
    for (int f = 0; f < tp->table->nfks; f++)
        if (tp->fks[f].mode == FK_PER)
            return true;
    return false;
}

/* Those of the rows whose values in a key would refer to rows that are gone. */
static const RowSet *find_lost(const Avoid *a, int t, int group, const RowSet *rows)
{
    RowSet *lost = rowset_new(a->mem);
    uint64_t batch[BATCH_ROWS], out[BATCH_ROWS];
    RowCursor at = {0};
    Eval *eval = eval_new(a->plan);
    for (uint32_t n; (n = rowset_read(rows, &at, batch, BATCH_ROWS)) > 0;) {
        n = eval_lost(eval, t, group, batch, n, out);
        for (uint32_t k = 0; k < n; k++)
            rowset_add(lost, out[k], 1, a->mem);
    }
    eval_free(eval);
    return lost;
}

static bool can_be_lost(const Plan *plan, int t, int group)
{
    const TablePlan *tp = &plan->tables[t];
    for (int f = 0; is_counted(tp) && f < tp->table->nfks; f++)
        if (tp->fks[f].group == group && tp->fks[f].mode == FK_PICK &&
            plan->tables[tp->fks[f].parent].gone)
            return true;
    return false;
}

/* Rows whose values in a key can't stay. */
static bool find_taken(Avoid *a, int t, int g, const RowSet *all, const RowSet *rows, bool holds,
                       const RowSet **taken)
{
    const KeyGroup *group = &a->plan->tables[t].groups[g];
    bool apart = group->no_case, ok = true;
    *taken = NULL;
    if (holds || apart)
        ok = probe(a, t, group->key_def, apart, holds, apart ? all : rows, taken);
    if (ok && can_be_lost(a->plan, t, g))
        *taken = rowset_union(*taken, find_lost(a, t, g, rows), a->mem);
    return ok;
}

/* Only rows that took other values can collide anew; where case is ignored, with any other new row.
 */
static bool avoid_in_table(Avoid *a, int t, const RowSet *all, bool holds, bool *found)
{
    const RowSet *rows = all;
    uint64_t moved = 0;
    for (int round = 0; rowset_rows(rows) > 0 && round < ROUNDS; round++) {
        const RowSet *next = NULL;
        const Plan *plan = a->plan;
        for (int g = 0; g < plan->tables[t].ngroups; g++) {
            const RowSet *taken;
            if (!find_taken(a, t, g, all, rows, holds, &taken))
                return false;
            if (rowset_rows(taken) == 0)
                continue;
            a->changes = arena_grow(a->mem, a->changes, &a->cap, a->n + 1, sizeof *a->changes);
            plan = plan_avoid(plan, t, g, taken, &a->changes[a->n++], a->mem, a->err);
            if (!plan)
                return false;
            next = rowset_union(next, taken, a->mem);
        }
        a->plan = plan;
        moved = round == 0 ? rowset_rows(next) : moved;
        rows = next;
    }
    if (rowset_rows(rows) > 0 && !a->lost) {
        a->lost = rows;
        a->lost_of = t;
    }
    *found = *found || moved > 0;
    if (moved)
        log_event(a->s->log, LOG_INFO, "values.avoided", "{s:s, s:I}", "table",
                  ledger_table_name(a->plan->tables[t].table, a->mem), "rows", (json_int_t)moved);
    return true;
}

/* Keys whose values can be no others: rows that would collide are refused. */
static bool refuse_taken(Avoid *a, int t, const RowSet *rows)
{
    const TablePlan *tp = &a->plan->tables[t];
    bool free = true;
    for (int i = 0; i < tp->nfixed; i++) {
        const Key *key = tp->fixed[i];
        const RowSet *taken;
        if (!probe(a, t, key, false, true, rows, &taken))
            return false;
        if (rowset_rows(taken) == 0)
            continue;
        free = session_refuse_fixed(tp, key, (int64_t)rowset_rows(taken), a->mem, a->err);
    }
    return free;
}

bool session_holds_rows(Session *s, const TablePlan *tp, bool *any, Arena *mem, Err *err)
{
    int64_t one = 0;
    Buf sql;
    buf_init(&sql, 1 << 16);
    buf_str(&sql, "SELECT count(*) FROM (SELECT 1 AS one FROM ");
    dialect_table(s->db->engine, &sql, tp->table->schema, tp->table->name);
    buf_str(&sql, " LIMIT 1) t");
    bool ok = !tp->exists || db_query_i64(s->db, done(&sql, mem), NULL, 0, 0, &one, mem, err);
    *any = one > 0;
    return ok;
}

/* Rows of a table that are still to be loaded. */
static bool new_rows(Avoid *a, int t, const RowSet **rows)
{
    *rows = NULL;
    for (int i = 0; i < a->plan->nsteps; i++) {
        const Step *step = &a->plan->steps[i];
        const RowSet *some;
        if (step->kind != STEP_LOAD || step->table != t)
            continue;
        if (!session_step_rows(a->s, step, &some, a->mem, a->err))
            return false;
        *rows = rowset_union(*rows, some, a->mem);
    }
    return true;
}

bool session_may_collide(const TablePlan *tp)
{
    for (int g = 0; g < tp->ngroups; g++)
        if (tp->exists || tp->groups[g].no_case)
            return true;
    return tp->exists && tp->nfixed > 0;
}

static bool avoid_all(Avoid *a, bool *found)
{
    bool ok = true;
    *found = false;
    for (int t = 0; t < a->plan->ntables; t++) {
        const TablePlan *tp = &a->plan->tables[t];
        const RowSet *rows;
        bool any = false;
        if (!session_may_collide(tp))
            continue;
        if (!new_rows(a, t, &rows) ||
            (rowset_rows(rows) && !session_holds_rows(a->s, tp, &any, a->mem, a->err)) ||
            !avoid_in_table(a, t, rows, any, found))
            return false;
        ok = (!any || refuse_taken(a, t, rows)) && ok;
    }
    return ok;
}

/* Where counting told nothing: values of some rows lead to others that are gone, again and again.
 */
static bool refuse_lost(const Avoid *a)
{
    const TablePlan *tp = &a->plan->tables[a->lost_of];
    err_add(a->mem, a->err, ERR_UNIQUE, tp->table->where, tp->table->name,
            "no values found for %s: nearly all that its keys can have are used, or refer to rows "
            "that are gone",
            text_plural((int64_t)rowset_rows(a->lost), "row", a->mem));
    return err_hint(a->mem, a->err,
                    "ask for fewer rows, widen the generators of its keys, or have "
                    "more parents");
}

bool session_avoid(Session *s, PlanTarget *target, const PlanOptions *options, const Closure *going,
                   Arena *mem, Err *err)
{
    Avoid a = {.s = s, .plan = s->plan, .going = going, .mem = mem, .err = err};
    bool found = true;
    a.n = (size_t)target->nchanges;
    a.changes = arena_copy(mem, target->changes, a.n, 1, sizeof *a.changes);
    a.cap = a.n + 1;
    /* Other values can lead to parents that are gone; then more rows are made, and looked at. */
    for (int i = 0; found && i < ROUNDS; i++) {
        if (!avoid_all(&a, &found))
            return false;
        if (!found)
            break;
        target->changes = a.changes;
        target->nchanges = (int)a.n;
        const Plan *made = s->plan;
        s->plan = a.plan = plan_build(s->recipe, options, target, mem, err);
        if (!s->plan)
            return false;
        if (a.lost)
            return refuse_lost(&a);
        s->report->plan = s->plan;
        s->report->plan_target = *target;
        found = plan_new_rows(s->plan) != plan_new_rows(made) || !plan_same_places(s->plan, made);
    }
    return true;
}

/* New rows whose parent is not there. */
static const char *orphans_sql(const Probe *p, const ForeignKey *fk)
{
    const Table *table = table_of(p);
    const char *not_null = "";
    Buf sql;
    buf_init(&sql, 1 << 20);
    buf_str(&sql, "SELECT count(*) FROM " NEW_KEYS " n LEFT JOIN ");
    dialect_table(engine_of(p->a), &sql, fk->ref_schema ? fk->ref_schema : table->schema,
                  fk->ref_table);
    buf_str(&sql, " c ON ");
    for (int i = 0; i < fk->ncols; i++) {
        buf_str(&sql, i ? " AND c." : "c.");
        dialect_ident(engine_of(p->a), &sql, fk->ref_cols[i]);
        buf_printf(&sql, " = n.k%d", i + 1);
        not_null = arena_printf(p->a->mem, "%s n.k%d IS NOT NULL AND", not_null, i + 1);
    }
    buf_printf(&sql, " WHERE%s c.", not_null);
    dialect_ident(engine_of(p->a), &sql, fk->ref_cols[0]);
    buf_str(&sql, " IS NULL");
    return done(&sql, p->a->mem);
}

bool session_find_parents(Session *s, int table, const ForeignKey *fk, bool *all, Arena *mem,
                          Err *err)
{
    Avoid a = {.s = s, .plan = s->plan, .mem = mem, .err = err};
    Key key = {.cols = fk->cols, .ncols = fk->ncols};
    Probe p = {.a = &a, .table = table, .key = &key};
    const RowSet *rows;
    int64_t orphans = 0;
    if (!new_rows(&a, table, &rows) || rowset_rows(rows) == 0)
        return err->count == 0;
    p.eval = eval_new(s->plan);
    bool ok = load_new(&p, rows) &&
              db_query_i64(s->db, orphans_sql(&p, fk), NULL, 0, 0, &orphans, mem, err);
    eval_free(p.eval);
    *all = orphans == 0;
    return drop(&a) && ok;
}

bool session_record_avoided(Session *s, Arena *mem, Err *err)
{
    const PlanTarget *target = &s->report->plan_target;
    for (int i = 0; i < target->nchanges; i++) {
        const PlanChange *change = &target->changes[i];
        if (change->run == PLAN_NOW && change->kind == CHANGE_AVOIDED &&
            !ledger_add_change(&s->ledger, s->db, s->run.id, change->table, change->kind,
                               change->columns, change->rows, mem, err))
            return false;
    }
    return true;
}

/* The graph of a closure: tables reached from the roots, against the direction of foreign keys;
 * which of them form circles; the order in which rows can be deleted. */
#include "plan/closure.h"

#include <string.h>

#include "base/text.h"
#include "plan/closure_int.h"

bool closure_is_mysql(Engine engine)
{
    return engine == ENGINE_MYSQL || engine == ENGINE_MARIADB;
}

static bool same_table(const Catalog *catalog, const char *a_schema, const char *a,
                       const char *b_schema, const char *b)
{
    const char *own = catalog->schema ? catalog->schema : catalog->database;
    a_schema = a_schema ? a_schema : own;
    b_schema = b_schema ? b_schema : own;
    return strcmp(a, b) == 0 &&
           (a_schema == b_schema || (a_schema && b_schema && strcmp(a_schema, b_schema) == 0));
}

int closure_find(const Closure *c, const Table *table)
{
    for (int t = 0; t < c->ntables; t++)
        if (same_table(c->catalog, c->tables[t].table->schema, c->tables[t].table->name,
                       table->schema, table->name))
            return t;
    return -1;
}

/* ---------------------------------------------------------------- what tells rows apart */

static const Key *distinct_key(const Table *table)
{
    if (table->primary.ncols && !table->primary.partial)
        return &table->primary;
    for (int i = 0; i < table->nuniques; i++) {
        const Key *key = &table->uniques[i];
        bool whole = !key->partial && key->ncols > 0;
        for (int c = 0; whole && c < key->ncols; c++)
            whole = !table->cols[key->cols[c]].nullable;
        if (whole)
            return key;
    }
    return NULL;
}

static void find_key(Closure *c, ClosureTable *t, Arena *mem)
{
    const Key *key = distinct_key(t->table);
    /* Rows of a table without a key have an address on two engines. */
    const char *row_id = c->engine == ENGINE_POSTGRES ? "ctid"
                         : c->engine == ENGINE_SQLITE ? "rowid"
                                                      : NULL;
    t->nkey = key ? key->ncols : row_id ? 1 : 0;
    t->key = arena_array(mem, const char *, t->nkey + 1);
    Type *types = arena_array(mem, Type, t->nkey + 1);
    t->key_types = types;
    if (!key && row_id) {
        t->key[0] = row_id;
        types[0] = (Type){.kind = c->engine == ENGINE_SQLITE ? TYPE_INT : TYPE_OTHER};
        return;
    }
    for (int i = 0; i < t->nkey; i++) {
        t->key[i] = t->table->cols[key->cols[i]].name;
        types[i] = t->table->cols[key->cols[i]].type;
    }
}

/* ---------------------------------------------------------------- tables and keys */

bool closure_sets(const ClosureRef *ref, int place)
{
    return !ref->fk->keeps || !ref->fk->keeps[place];
}

static RefEffect effect_of(Engine engine, Action action)
{
    switch (action) {
    case ACTION_CASCADE: return REF_DELETES;
    case ACTION_SET_NULL: return REF_CLEARS;
    case ACTION_SET_DEFAULT: return closure_is_mysql(engine) ? REF_REFUSES : REF_CLEARS;
    case ACTION_UNSET:
    case ACTION_NO_ACTION:
    case ACTION_RESTRICT: break;
    }
    return REF_REFUSES;
}

typedef struct Growing {
    Closure *c;
    size_t tables, refs;
    Arena *mem;
} Growing;

static int add_table(Growing *g, const Table *table, bool root)
{
    Closure *c = g->c;
    int t = closure_find(c, table);
    if (t >= 0)
        return t;
    c->tables =
        arena_grow(g->mem, c->tables, &g->tables, (size_t)c->ntables + 1, sizeof *c->tables);
    c->tables[c->ntables] = (ClosureTable){.table = table, .root = root};
    ClosureTable *added = &c->tables[c->ntables];
    added->name =
        table->schema ? arena_printf(g->mem, "%s.%s", table->schema, table->name) : table->name;
    find_key(c, added, g->mem);
    return c->ntables++;
}

static const char *columns_text(const Table *table, const int *cols, int n, Arena *mem)
{
    const char *text = "";
    for (int i = 0; i < n; i++)
        text = arena_printf(mem, "%s%s%s", text, i ? ", " : "", table->cols[cols[i]].name);
    return text;
}

static const char *index_missing(const Closure *c, const Table *child, const ForeignKey *fk,
                                 Arena *mem)
{
    if (table_has_index_on(child, fk->cols, fk->ncols))
        return NULL;
    Buf sql;
    buf_init(&sql, 1 << 16);
    buf_str(&sql, "CREATE INDEX ON ");
    if (c->engine != ENGINE_POSTGRES) {
        sql.len = 0;
        buf_str(&sql, "CREATE INDEX ");
        dialect_ident(c->engine, &sql,
                      dialect_name(c->engine, child, fk->cols, fk->ncols, "idx", mem));
        buf_str(&sql, " ON ");
    }
    dialect_table(c->engine, &sql, child->schema, child->name);
    for (int i = 0; i < fk->ncols; i++) {
        buf_str(&sql, i ? ", " : " (");
        dialect_ident(c->engine, &sql, child->cols[fk->cols[i]].name);
    }
    buf_byte(&sql, ')');
    const char *text = arena_strndup(mem, sql.data, sql.len);
    buf_free(&sql);
    return text;
}

/* A column that cannot become NULL makes SET NULL fail. */
static void refuse_not_null(ClosureRef *ref, const Table *child, Arena *mem)
{
    for (int i = 0; i < ref->fk->ncols; i++) {
        const Column *col = &child->cols[ref->fk->cols[i]];
        if (col->nullable || !closure_sets(ref, i))
            continue;
        ref->effect = REF_REFUSES;
        ref->why = arena_printf(mem, "%s is NOT NULL", col->name);
    }
}

static void add_ref(Growing *g, const Table *child, const ForeignKey *fk, int parent)
{
    Closure *c = g->c;
    int from = add_table(g, child, false);
    c->refs = arena_grow(g->mem, c->refs, &g->refs, (size_t)c->nrefs + 1, sizeof *c->refs);
    ClosureRef *ref = &c->refs[c->nrefs++];
    *ref = (ClosureRef){.child = from, .parent = parent, .fk = fk};
    ref->effect = effect_of(c->engine, fk->on_delete);
    if (fk->on_delete == ACTION_SET_NULL)
        refuse_not_null(ref, child, g->mem);
    ref->name = fk->name ? fk->name
                         : arena_printf(g->mem, "%s (%s)", c->tables[from].name,
                                        columns_text(child, fk->cols, fk->ncols, g->mem));
    ref->action = action_sql(fk->on_delete == ACTION_UNSET ? ACTION_NO_ACTION : fk->on_delete);
    ref->index_sql = index_missing(c, child, fk, g->mem);
}

static void grow(Growing *g)
{
    Closure *c = g->c;
    for (int parent = 0; parent < c->ntables; parent++)
        for (int t = 0; t < c->catalog->ntables; t++) {
            const Table *child = &c->catalog->tables[t];
            for (int f = 0; f < child->nfks; f++) {
                const ForeignKey *fk = &child->fks[f];
                const char *schema = fk->ref_schema ? fk->ref_schema : child->schema;
                if (fk->ref_cols &&
                    same_table(c->catalog, schema, fk->ref_table, c->tables[parent].table->schema,
                               c->tables[parent].table->name))
                    add_ref(g, child, fk, parent);
            }
        }
}

/* ---------------------------------------------------------------- order */

/* Is the reference out of the way when rows are deleted? What can be deferred, PostgreSQL's removal
 * defers: the check of NO ACTION; all other actions, RESTRICT too, act at once. */
static bool is_open(const Closure *c, const ClosureRef *ref)
{
    return ref->clear_first || (c->engine == ENGINE_POSTGRES && ref->fk->deferrable &&
                                ref->fk->on_delete == ACTION_NO_ACTION);
}

/* reach[a * n + b]: b refers to a, directly or not, by all references or by those that are in the
 * way. */
static bool *reachable(const Closure *c, bool all, Arena *mem)
{
    int n = c->ntables;
    bool *reach = arena_array(mem, bool, (size_t)n *(size_t)n + 1);
    for (int r = 0; r < c->nrefs; r++)
        if (all || !is_open(c, &c->refs[r]))
            reach[c->refs[r].parent * n + c->refs[r].child] = true;
    for (int k = 0; k < n; k++)
        for (int i = 0; i < n; i++)
            for (int j = 0; reach[i * n + k] && j < n; j++)
                reach[i * n + j] = reach[i * n + j] || reach[k * n + j];
    return reach;
}

static void find_circles(Closure *c, const bool *reach)
{
    int n = c->ntables;
    for (int t = 0; t < n; t++) {
        c->tables[t].circle = t;
        for (int k = 0; k < t; k++)
            if (reach[t * n + k] && reach[k * n + t]) {
                c->tables[t].circle = c->tables[k].circle;
                break;
            }
    }
}

static void put_in_order(Closure *c, Arena *mem)
{
    const bool *reach = reachable(c, false, mem);
    int n = c->ntables, placed = 0;
    int *order = arena_array(mem, int, n + 1);
    bool *done = arena_array(mem, bool, n + 1);
    c->order = order;
    while (placed < n)
        for (int t = 0; t < n; t++) {
            bool waits = done[t];
            for (int k = 0; !waits && k < n; k++)
                waits = !done[k] && reach[t * n + k] && !reach[k * n + t];
            if (waits)
                continue;
            done[t] = true;
            order[placed++] = t;
        }
}

/* Some engine meets a circle's rows in an order in which one of them still refers to another; a
 * nullable key is set to NULL before. A table's reference to itself is checked at the statement's
 * end by two engines, unless it is RESTRICT. */
static void open_circles(Closure *c)
{
    for (int r = 0; r < c->nrefs; r++) {
        ClosureRef *ref = &c->refs[r];
        const Table *child = c->tables[ref->child].table;
        ref->in_circle = c->tables[ref->child].circle == c->tables[ref->parent].circle;
        bool self = ref->child == ref->parent, nullable = false;
        for (int i = 0; i < ref->fk->ncols; i++)
            nullable = nullable || child->cols[ref->fk->cols[i]].nullable;
        ref->clear_first =
            ref->in_circle && nullable &&
            (!self || closure_is_mysql(c->engine) || ref->fk->on_delete == ACTION_RESTRICT);
    }
}

Closure *closure_build(Engine engine, const Catalog *catalog, const Table *const *roots, int nroots,
                       Arena *mem)
{
    Closure *c = arena_new_of(mem, Closure);
    Growing g = {.c = c, .mem = mem};
    c->engine = engine;
    c->catalog = catalog;
    for (int i = 0; i < nroots; i++)
        add_table(&g, roots[i], true);
    grow(&g);
    find_circles(c, reachable(c, true, mem));
    open_circles(c);
    put_in_order(c, mem);
    return c;
}

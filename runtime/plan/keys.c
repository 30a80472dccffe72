/* Unique keys by construction: the columns of a key get their values from one permuted index over
 * the product of their domains, so that no two rows agree and nothing is retried. What cannot be
 * planned is refused with numbers (segments.c compares them with the rows). */
#include <string.h>

#include "base/text.h"
#include "plan/segments_int.h"

/* A domain this large is distinct on its own: the other columns of the key keep their
 * distributions. */
#define AMPLE      (UINT64_C(1) << 40)
#define DOMAIN_MAX (UINT64_C(1) << 62)

static bool covers(const Key *key, const Key *other)
{
    return other->ncols > 0 && key_holds(key, other->cols, other->ncols);
}

static bool holds(const Key *key, const ForeignKey *fk)
{
    return key_holds(key, fk->cols, fk->ncols);
}

typedef struct Grouping {
    Build *b;
    TablePlan *tp;
    const Key *key;
    KeyGroup group;
    int members;
    bool ample;
} Grouping;

static void add_column(Grouping *g, int c)
{
    ColumnPlan *cp = &g->tp->cols[c];
    const Bound *bound = cp->bound;
    if (!bound || !bound->indexable || cp->group >= 0 || g->ample)
        return;
    int id = g->tp->ngroups;
    if (bound->count == 0) {
        g->group.own_count = 0;
        g->ample = true;
        cp->group = id;
        cp->group_div = cp->group_mod = 1;
        g->members++;
        return;
    }
    if (bound->count > DOMAIN_MAX / g->group.own_count)
        return;
    cp->group = id;
    cp->group_div = g->group.own_count;
    cp->group_mod = bound->count;
    g->group.own_count *= bound->count;
    g->ample = g->group.own_count >= AMPLE;
    g->members++;
}

static void add_fk(Grouping *g, int f)
{
    FkPlan *fk = &g->tp->fks[f];
    if (!holds(g->key, fk->fk))
        return;
    if (fk->mode == FK_PER) {
        g->group.within_fk = f;
        return;
    }
    if (fk->mode == FK_SELF || fk->mode == FK_ALSO_PER || fk->group >= 0 || g->ample || fk->dist ||
        fk->shared)
        return;
    fk->group = g->tp->ngroups;
    g->members++;
}

/* A child's number among its parent's, beside the key of that parent. */
static bool is_numbered(const TablePlan *tp, const Key *key, const ColumnPlan *cp)
{
    const Roll *roll = cp->bound ? cp->bound->roll : NULL;
    if (!roll || roll->what != ROLL_OWN_NUMBER)
        return false;
    return holds(key, tp->fks[roll->fk].fk);
}

/* The group waits in the room behind the table's other groups. */
static int add_drawn(Build *b, TablePlan *tp, const Key *key, int fk)
{
    int at = tp->table->nuniques + 1;
    while (tp->groups[at].key_def)
        at--;
    const char *columns = plan_columns_text(b->mem, tp->table, key->cols, key->ncols);
    tp->groups[at] = (KeyGroup){.key_def = key, .drawn = fk, .within_fk = -1, .follows = -1};
    tp->groups[at].name = arena_printf(b->mem, "%s.%s", tp->table->name, columns);
    return at;
}

/* A parent drawn among the children of a common row, and never twice under the one that the rows
 * are counted by: the two keys together are unique. */
static bool draw_apart(Build *b, TablePlan *tp, const Key *key)
{
    for (int f = 0; f < tp->table->nfks; f++) {
        SharedKey *shared = tp->fks[f].shared;
        bool drawn = shared && shared->child_fk >= 0 && tp->fks[f].mode != FK_SELF &&
                     !tp->fks[f].dist && tp->fks[f].null_share == 0 && holds(key, tp->fks[f].fk);
        for (int u = 0; drawn && u < tp->table->nfks; u++)
            if (tp->fks[u].mode == FK_PER && holds(key, tp->fks[u].fk)) {
                shared->under = u;
                if (shared->group < 0)
                    shared->group = add_drawn(b, tp, key, f);
                return true;
            }
    }
    return false;
}

/* Rows that are counted per both of two parents are dealt out so that no pair comes twice. */
static bool deal_apart(TablePlan *tp, const Key *key)
{
    bool first = false;
    for (int f = 0; f < tp->table->nfks; f++)
        first = first || (tp->fks[f].mode == FK_PER && holds(key, tp->fks[f].fk));
    for (int f = 0; f < tp->table->nfks && first; f++)
        if (tp->fks[f].mode == FK_ALSO_PER && holds(key, tp->fks[f].fk)) {
            tp->fks[f].apart = true;
            return true;
        }
    return false;
}

/* True when the key holds without our help: a serial column, or another key whole inside it. */
static bool already_unique(const TablePlan *tp, const Key *key)
{
    for (int i = 0; i < key->ncols; i++)
        if (tp->cols[key->cols[i]].serial)
            return true;
    for (int i = 0; i < tp->ngroups; i++)
        if (covers(key, tp->groups[i].key_def))
            return true;
    return false;
}

static bool holds_number(const TablePlan *tp, const Key *key)
{
    for (int i = 0; i < key->ncols; i++)
        if (is_numbered(tp, key, &tp->cols[key->cols[i]]))
            return true;
    return false;
}

/* Rows that differ in a narrower key differ in this one. */
static void add_fixed(TablePlan *tp, const Key *key)
{
    for (int i = 0; i < tp->nfixed; i++)
        if (covers(key, tp->fixed[i]))
            return;
    tp->fixed[tp->nfixed++] = key;
}

static const char *why_not(const Grouping *g)
{
    const char *reason = "";
    for (int i = 0; i < g->key->ncols; i++) {
        const ColumnPlan *cp = &g->tp->cols[g->key->cols[i]];
        const char *name = cp->col->name;
        const char *why = cp->group >= 0 || (cp->fk >= 0 && g->tp->fks[cp->fk].group >= 0)
                              ? "is in another unique key already"
                          : cp->fk >= 0 ? "is drawn from its parents"
                          : cp->bound && cp->bound->node && cp->bound->node->kind == NODE_GEN
                              ? "has values that cannot be counted"
                              : "is computed from other columns";
        reason = arena_printf(g->b->mem, "%s%s%s %s", reason, *reason ? ", " : "", name, why);
    }
    return reason;
}

/* Can the database take two of the key's values for one, although they differ? */
static bool may_be_equal(const TablePlan *tp, const Key *key)
{
    for (int i = 0; i < key->ncols; i++) {
        const ColumnPlan *cp = &tp->cols[key->cols[i]];
        bool text = cp->bound && cp->bound->type.kind == TYPE_TEXT && !cp->bound->no_case;
        if (text && (cp->col->type.no_case || (key->no_case && key->no_case[i])))
            return true;
    }
    return false;
}

/* The earlier group that gives columns of the key. */
static int followed(const TablePlan *tp, const Key *key)
{
    for (int g = 0; g < tp->ngroups; g++) {
        bool shares = false;
        for (int i = 0; i < key->ncols; i++)
            shares = shares || tp->cols[key->cols[i]].group == g;
        for (int f = 0; f < tp->table->nfks; f++)
            shares = shares || (tp->fks[f].group == g && holds(key, tp->fks[f].fk));
        bool within =
            tp->groups[g].within_fk < 0 || holds(key, tp->fks[tp->groups[g].within_fk].fk);
        if (shares && within && tp->groups[g].own_count > 0)
            return g;
    }
    return -1;
}

static bool add_group(Build *b, TablePlan *tp, const Key *key)
{
    if (key->partial || already_unique(tp, key))
        return true;
    bool number = holds_number(tp, key);
    if (!number && draw_apart(b, tp, key))
        return true;
    if (number || deal_apart(tp, key)) {
        add_fixed(tp, key);
        return true;
    }
    Grouping g = {.b = b, .tp = tp, .key = key};
    const char *columns = plan_columns_text(b->mem, tp->table, key->cols, key->ncols);
    g.group = (KeyGroup){
        .key_def = key, .own_count = 1, .drawn = -1, .within_fk = -1, .follows = followed(tp, key)};
    g.group.name = arena_printf(b->mem, "%s.%s", tp->table->name, columns);
    g.group.key = gen_stream_key(b->plan->seed, tp->table->name, columns, "key");
    /* One generator with endless distinct values does it alone. */
    for (int i = 0; i < key->ncols; i++)
        if (tp->cols[key->cols[i]].bound && tp->cols[key->cols[i]].bound->indexable &&
            tp->cols[key->cols[i]].bound->count == 0)
            add_column(&g, key->cols[i]);
    for (int i = 0; i < key->ncols; i++)
        add_column(&g, key->cols[i]);
    for (int f = 0; f < tp->table->nfks; f++)
        add_fk(&g, f);
    if (g.ample)
        g.group.within_fk = -1;
    else if (g.group.within_fk < 0)
        beneath_find_path(b, tp, &g.group);
    if (g.members == 0 && g.group.within_fk < 0) {
        if (!key->where) {
            plan_note(b, "%s: unique in the target, but %s: a row may be rejected", g.group.name,
                      why_not(&g));
            return true;
        }
        err_add(b->mem, b->err, ERR_UNIQUE, key->where, g.group.name, "cannot be made unique: %s",
                why_not(&g));
        return err_hint(
            b->mem, b->err,
            "use a generator with countable values (pattern, int_range, uuid, email, ...), or leave the key out");
    }
    g.group.no_case = may_be_equal(tp, key);
    tp->groups[tp->ngroups++] = g.group;
    return true;
}

/* The groups that waited come last, behind those that the ledger numbers. */
static void add_last(TablePlan *tp)
{
    for (int at = tp->ngroups; at < tp->table->nuniques + 2; at++) {
        KeyGroup group = tp->groups[at];
        if (!group.key_def)
            continue;
        SharedKey *shared = tp->fks[group.drawn].shared;
        group.within_fk = shared->under;
        shared->group = shared->group == at ? tp->ngroups : shared->group;
        tp->groups[at] = (KeyGroup){0};
        tp->groups[tp->ngroups++] = group;
    }
}

bool plan_keys(Build *b, int t)
{
    TablePlan *tp = &b->plan->tables[t];
    const Table *table = tp->table;
    bool ok = true;
    tp->groups = arena_array(b->mem, KeyGroup, table->nuniques + 2);
    tp->fixed = arena_array(b->mem, const Key *, table->nuniques + 1);
    const Key **keys = arena_array(b->mem, const Key *, table->nuniques + 1);
    int n = plan_key_list(b, tp, keys);
    for (int i = 0; i < n; i++)
        ok = add_group(b, tp, keys[i]) && ok;
    add_last(tp);
    return ok;
}

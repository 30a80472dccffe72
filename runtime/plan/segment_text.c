/* What a segment drew from, as JSON text for the ledger, and read back. Nothing of what is read is
 * taken for granted: the text stands in somebody's database. */
#include <jansson.h>

#include "plan/segments_int.h"

static json_t *pairs(const uint64_t *first, const uint64_t *count, int n)
{
    json_t *list = json_array();
    for (int i = 0; i < n; i++)
        json_array_append_new(list, json_pack("[I,I]", (json_int_t)first[i], (json_int_t)count[i]));
    return list;
}

/* Groups that have a domain of their own. */
static int numbered(const TablePlan *tp)
{
    int n = tp->ngroups;
    while (n > 0 && tp->groups[n - 1].drawn >= 0)
        n--;
    return n;
}

/* Few children beside many parents are listed as they were counted: all of them would be asked
 * again. */
static void put_lists(const TablePlan *tp, const Segment *s, json_t *all)
{
    Arena *mem = arena_new();
    json_t *lists = json_array();
    ChildrenList list;
    for (int f = 0; f < tp->table->nfks; f++)
        if (fk_is_per(&tp->fks[f]) && children_list(s->per[f], &list, mem))
            json_array_append_new(lists, json_pack("[i,s,s]", f, rowset_text(list.parents, mem),
                                                   rowset_text(list.others, mem)));
    if (json_array_size(lists))
        json_object_set(all, "few", lists);
    json_decref(lists);
    arena_free(mem);
}

const char *plan_segment_text(const TablePlan *tp, const Segment *s, Arena *mem)
{
    json_t *keys = json_object();
    for (int c = 0; c < tp->table->ncols; c++)
        if (tp->cols[c].serial)
            json_object_set_new(keys, tp->table->cols[c].name, json_integer(s->key_base[c]));
    json_t *all = json_object();
    json_object_set_new(all, "parents", pairs(s->parent_first, s->parent_count, tp->table->nfks));
    json_object_set_new(all, "keys", keys);
    json_object_set_new(all, "groups", pairs(s->group_first, s->group_count, numbered(tp)));
    marks_put(tp->ngroups, s->follows, "follow", all);
    marks_put(tp->ngroups, s->open, "open", all);
    marks_put(tp->table->nfks, s->foreseen, "foreseen", all);
    if (s->capped)
        json_object_set_new(all, "capped", json_true());
    json_t *order = json_array();
    for (int i = 0; i < tp->nkey_order; i++)
        json_array_append_new(order, json_string(tp->key_order[i]));
    if (tp->nkey_order)
        json_object_set(all, "order", order);
    json_decref(order);
    domains_put_begins(tp, s, all);
    pools_put(tp, s, all);
    put_lists(tp, s, all);
    char *dumped = json_dumps(all, JSON_COMPACT);
    const char *text = arena_strdup(mem, dumped);
    free(dumped);
    json_decref(all);
    return text;
}

static bool read_pairs(const json_t *list, uint64_t *first, uint64_t *count, int n)
{
    if ((int)json_array_size(list) != n)
        return false;
    for (int i = 0; i < n; i++) {
        const json_t *pair = json_array_get(list, (size_t)i);
        json_int_t a = json_integer_value(json_array_get(pair, 0)),
                   b = json_integer_value(json_array_get(pair, 1));
        if (a < 0 || a > NUMBER_MAX || b < 0 || b > INT64_C(4) * NUMBER_MAX)
            return false;
        first[i] = (uint64_t)a;
        count[i] = (uint64_t)b;
    }
    return true;
}

static bool read_marks(int n, const json_t *list, bool *marked)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        json_int_t m = json_integer_value(json_array_get(list, i));
        if (m < 0 || m >= n)
            return false;
        marked[m] = true;
    }
    return true;
}

static bool read_foreseen(const TablePlan *tp, const json_t *list, Ranges *r)
{
    if (!read_marks(tp->table->nfks, list, r->foreseen))
        return false;
    for (int f = 0; f < tp->table->nfks; f++)
        if (r->foreseen[f])
            r->parent_counted[f] = r->parent_gone[f];
    return true;
}

/* Behind each key of the segment there is a next number. */
static bool read_keys(const TablePlan *tp, const json_t *keys, uint64_t rows, int64_t *key_base)
{
    for (int c = 0; c < tp->table->ncols; c++) {
        if (!tp->cols[c].serial)
            continue;
        key_base[c] = json_integer_value(json_object_get(keys, tp->table->cols[c].name));
        if (key_base[c] > INT64_MAX - (int64_t)rows || key_base[c] < -INT64_C(4) * NUMBER_MAX)
            return false;
    }
    return true;
}

static const RowSet *read_set(const json_t *text, Arena *mem)
{
    return json_is_string(text) ? rowset_parse(json_string_value(text), mem) : NULL;
}

static bool read_lists(const Build *b, const TablePlan *tp, const PlanHistory *h,
                       const json_t *lists, Ranges *r)
{
    for (size_t i = 0; i < json_array_size(lists); i++) {
        const json_t *one = json_array_get(lists, i), *number = json_array_get(one, 0);
        json_int_t f = json_is_integer(number) ? json_integer_value(number) : -1;
        if (f < 0 || f >= tp->table->nfks || !fk_is_per(&tp->fks[f]))
            return false;
        if (segments_counted(b, tp, r, h->rows, (int)f))
            continue;
        ChildrenList list = {read_set(json_array_get(one, 1), b->mem),
                             read_set(json_array_get(one, 2), b->mem)};
        if (!list.parents || !list.others ||
            !children_list_fits(&list, r->parent_first[f], r->parent_count[f], h->rows))
            return false;
        r->list[f] = list;
    }
    return true;
}

bool segment_read(const Build *b, const TablePlan *tp, const PlanHistory *h, Ranges *r)
{
    json_t *all = json_loads(h->text, 0, NULL);
    bool ok = all && read_pairs(json_object_get(all, "parents"), r->parent_first, r->parent_count,
                                tp->table->nfks);
    domains_place(tp, r);
    ok = ok &&
         read_pairs(json_object_get(all, "groups"), r->group_first, r->group_count, numbered(tp)) &&
         read_keys(tp, json_object_get(all, "keys"), h->rows, r->key_base) &&
         read_marks(tp->ngroups, json_object_get(all, "follow"), r->follows) &&
         read_marks(tp->ngroups, json_object_get(all, "open"), r->open) &&
         read_foreseen(tp, json_object_get(all, "foreseen"), r) &&
         domains_read_begins(tp, all, h->first_row, r) && pools_read(tp, all, r, b->mem) &&
         read_lists(b, tp, h, json_object_get(all, "few"), r);
    r->capped = json_is_true(json_object_get(all, "capped"));
    json_decref(all);
    return ok;
}

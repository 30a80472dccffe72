/* Serial keys of new rows: behind those that were issued and those that rows of the user's own
 * have, as far as the column holds them. */
#include "base/text.h"
#include "plan/segments_int.h"

void serials_draw(const Build *b, const TablePlan *tp, Ranges *r)
{
    const PlanTableFacts *facts = plan_facts(b->target, plan_table_name(b->mem, tp->table));
    const Segment *last = tp->nsegments ? &tp->segments[tp->nsegments - 1] : NULL;
    for (int c = 0; c < tp->table->ncols; c++) {
        int64_t issued = last ? last->key_base[c] + (int64_t)last->rows : 1;
        int64_t free_key = facts && facts->next_key ? facts->next_key[c] : 1;
        r->key_base[c] = facts && facts->first_key ? 1 : free_key > issued ? free_key : issued;
    }
}

/* SQLite's whole numbers have 64 bits, whatever the column says. */
static int64_t greatest(const Build *b, const Type *type)
{
    bool narrow = type->kind == TYPE_INT && type->bits > 0 && type->bits < 64 &&
                  b->target->engine != ENGINE_SQLITE;
    return narrow ? (INT64_C(1) << (type->bits - !type->is_unsigned)) - 1 : INT64_MAX;
}

/* PostgreSQL's sequences have to have a next number. */
static uint64_t keys_left(const Build *b, int64_t first, int64_t last)
{
    bool next = last == INT64_MAX || b->target->engine == ENGINE_POSTGRES;
    return first <= last ? (uint64_t)(last - first) + !next : 0;
}

bool serials_fit(Build *b, const TablePlan *tp, const Segment *s)
{
    const Table *there = plan_there(b, tp->table);
    bool ok = true;
    for (int c = 0; c < tp->table->ncols; c++) {
        int at = there ? table_column(there, tp->table->cols[c].name) : -1;
        const Type *type = at >= 0 ? &there->cols[at].type : &tp->table->cols[c].type;
        int64_t last = greatest(b, type), first = s->key_base[c];
        uint64_t left = keys_left(b, first, last);
        if (!tp->cols[c].serial || s->rows <= left)
            continue;
        ok = err_add(b->mem, b->err, ERR_COUNT, tp->table->cols[c].where,
                     plan_subject(b->mem, tp->table, c),
                     "keys go on from %s, and those of %s end at %s: too few for %s",
                     text_count(first, b->mem), type_text(type, b->mem), text_count(last, b->mem),
                     text_plural((int64_t)s->rows, "row", b->mem));
        err_hint(b->mem, b->err, "%s%s",
                 last < INT64_MAX ? "widen the column"
                                  : "give the row that has the greatest key a smaller one",
                 left ? arena_printf(b->mem, ", or ask for at most %s",
                                     text_plural((int64_t)left, "row", b->mem))
                      : "");
    }
    return ok;
}

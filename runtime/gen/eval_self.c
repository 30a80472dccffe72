/* Trees: which earlier row of the same table a row refers to. The level of a row follows from its
 * number, its parent is drawn among the rows of the level before, so that depth and fan-out hold
 * without any state. */
#include "gen/eval_int.h"

/* The parent of the row at `at` of a block whose first level begins at 0: a place in the block,
 * ROW_NONE on the first level. */
static uint64_t parent_in_block(const Forest *s, uint64_t at, uint64_t word)
{
    uint64_t before = 0, start = 0, size = s->roots;
    while (at - start >= size) {
        before = start;
        start += size;
        if (__builtin_mul_overflow(size, s->fanout, &size))
            size = UINT64_MAX;
    }
    return start == 0 ? ROW_NONE : before + rng_below(word, start - before);
}

static uint64_t forest_parent(const Forest *s, uint64_t row, uint64_t word)
{
    if (s->fanout == 0)
        return row < s->roots ? ROW_NONE : rng_below(word, row);
    uint64_t at = row;
    if (row >= s->block && s->roots_fixed)
        at = s->roots + (row - s->block) % (s->block - s->roots);
    else if (row >= s->block)
        at = row % s->block;
    uint64_t parent = parent_in_block(s, at, word);
    bool own_block = parent != ROW_NONE && !(s->roots_fixed && parent < s->roots);
    return own_block ? row - at + parent : parent;
}

/* A parent that was gone by then hands its children to its own parent. */
void pick_forest(const Frame *f, const FkPlan *fk, int id, const uint32_t *generations,
                 uint64_t *out)
{
    const RowHistory *gone = f->tp->gone;
    for (uint32_t k = 0; k < f->n; k++) {
        const Segment *s = frame_segment(f, k);
        uint32_t generation = generations ? generations[k] : 0;
        const Regenerated *anew = frame_regenerated(f, generation);
        int upto = anew ? anew->parent_gone[id] : s->parent_gone ? s->parent_gone[id] : 0;
        uint64_t row = f->rows[k];
        do {
            row = forest_parent(fk->forest, row, rng_draw(fk->key, row, generation, 0).a);
            generation = 0;
        } while (row != ROW_NONE && rowhistory_has(gone, upto, row));
        out[k] = row;
    }
}

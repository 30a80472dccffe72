/* Texts of a fixed shape. The slots form mixed-radix numbers, each at most 2^62: a cell draws one
 * number per group, and a unique cell takes its index as the number of the last slots, so that
 * distinct indexes give distinct texts. */
#include "gen/family_int.h"

#include "base/utf8.h"

typedef struct Slot {
    uint32_t at;   /* byte in the text */
    uint8_t radix; /* 10 or 26 */
} Slot;

struct Pattern {
    const char *text; /* with anything in the slots */
    uint32_t len, chars;
    uint32_t nslots;
    const Slot *slots; /* last first */
    uint32_t ngroups;
    const uint32_t *ends;   /* slots before which a group ends */
    const uint64_t *counts; /* values of each group */
};

static void group_slots(Pattern *p, Arena *mem)
{
    uint32_t *ends = arena_array(mem, uint32_t, p->nslots + 1), n = 0;
    uint64_t *counts = arena_array(mem, uint64_t, p->nslots + 1), count = 1;
    for (uint32_t i = 0; i < p->nslots; i++) {
        if (count > GEN_COUNT_MAX / p->slots[i].radix) {
            ends[n] = i;
            counts[n++] = count;
            count = 1;
        }
        count *= p->slots[i].radix;
    }
    ends[n] = p->nslots;
    counts[n++] = count;
    p->ends = ends;
    p->counts = counts;
    p->ngroups = n;
}

Pattern *pattern_new(GenBind *b, const char *text, size_t len)
{
    Pattern *p = arena_new_of(b->mem, Pattern);
    char *bytes = arena_alloc(b->mem, len + 1);
    Slot *slots = arena_array(b->mem, Slot, len + 1),
         *backwards = arena_array(b->mem, Slot, len + 1);
    for (size_t i = 0; i < len; i++) {
        char ch = text[i];
        if (ch == '\\') {
            if (++i == len) {
                gen_bind_error(b, ERR_RECIPE, "%s ends in a lone backslash", b->node->gen->name);
                err_hint(b->mem, b->err,
                         "write \\\\\\\\ in the recipe for a backslash, \\\\# for a #");
                return NULL;
            }
            ch = text[i];
        } else if (ch == '#' || ch == '?') {
            slots[p->nslots++] = (Slot){p->len, ch == '#' ? 10 : 26};
        }
        bytes[p->len++] = ch;
    }
    for (uint32_t i = 0; i < p->nslots; i++)
        backwards[i] = slots[p->nslots - 1 - i];
    p->text = bytes;
    p->slots = backwards;
    p->chars = (uint32_t)utf8_length(bytes, p->len);
    group_slots(p, b->mem);
    return p;
}

static void put_group(const Pattern *p, char *cell, uint32_t first, uint32_t end, uint64_t number)
{
    for (uint32_t i = first; i < end; i++) {
        const Slot *slot = &p->slots[i];
        if (slot->radix == 10) {
            cell[slot->at] = (char)('0' + number % 10);
            number /= 10;
        } else {
            cell[slot->at] = (char)('A' + number % 26);
            number /= 26;
        }
    }
}

static void pattern_fill(const GenCall *c, Vec *out)
{
    const Pattern *p = c->bound->state;
    char *cell = arena_alloc_raw(c->scratch, (size_t)c->n * p->len + 1);
    for (uint32_t k = 0; k < c->n; k++, cell += p->len) {
        __builtin_memcpy(cell, p->text, p->len);
        uint32_t first = 0;
        for (uint32_t g = 0; g < p->ngroups; g++) {
            uint64_t row = c->index ? c->index[k] : c->rows[k], number = row;
            if (g > 0 || !c->index)
                number = rng_below(rng_draw(c->bound->key, row, gen_generation(c, k), g).a,
                                   p->counts[g]);
            put_group(p, cell, first, p->ends[g], number);
            first = p->ends[g];
        }
        out->s[k] = (Str){cell, p->len};
    }
}

bool pattern_bind(GenBind *b, const char *text, size_t len)
{
    Pattern *p = pattern_new(b, text, len);
    if (!p)
        return false;
    b->out->type = type_chars(p->chars);
    b->out->state = p;
    b->out->no_case = true;
    b->out->count = p->counts[0];
    b->out->indexable = true;
    b->out->fill = pattern_fill;
    return true;
}

static bool bind_pattern(GenBind *b)
{
    const Value *v = gen_param(b, "text");
    return pattern_bind(b, v->text, v->len);
}

static const GenParam pattern_params[] = {
    {.name = "text",
     .kind = PARAM_TEXT,
     .required = true,
     .doc = "# is a digit, ? an upper-case letter, \\ keeps the next character as it is"},
};
const GenDef gen_def_pattern = {
    .name = "pattern",
    .family = "core",
    .doc = "A text of a fixed shape, with digits and letters in its slots.",
    .example = "pattern(\"LN-########\")",
    GEN_PARAMS(pattern_params),
    .bind = bind_pattern};

static bool bind_loan_number(GenBind *b)
{
    return pattern_bind(b, "LN-########", 11);
}

const GenDef gen_def_loan_number = {
    .name = "loan_number",
    .family = "finance",
    .doc = "A loan's number, such as LN-04417352; there are 100 million.",
    .example = "loan_number()",
    .pii = "account",
    .bind = bind_loan_number};

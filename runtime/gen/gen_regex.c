/* Texts that match a regular expression. A cell chooses at each fork; a unique cell takes its index
 * apart in mixed radix, which gives each text once where the expression has one reading only. */
#include "gen/regex_int.h"

#include "base/utf8.h"

/* Where a part's choices come from: a number, or draws of the cell. */
#define BY_DRAWS UINT64_MAX

typedef struct Source {
    uint64_t key, row;
    uint32_t generation, draw;
} Source;

static uint64_t draw_below(Source *s, uint64_t n)
{
    return n > 1 ? rng_below(rng_draw(s->key, s->row, s->generation, s->draw++).a, n) : 0;
}

static char *put_part(const Regex *re, uint64_t number, Source *s, char *p);

/* The last parts take the number; when it is used up, those before are drawn. */
static char *put_parts(const Regex *const *parts, uint32_t n, bool same, uint64_t number, Source *s,
                       char *p)
{
    uint64_t numbers[REGEX_PARTS], taken = number == BY_DRAWS ? GEN_COUNT_MAX : 1;
    for (uint32_t i = n; i > 0; i--) {
        uint64_t count = parts[same ? 0 : i - 1]->count;
        numbers[i - 1] = BY_DRAWS;
        if (taken >= GEN_COUNT_MAX)
            continue;
        numbers[i - 1] = number % count;
        number /= count;
        taken = count > GEN_COUNT_MAX / taken ? GEN_COUNT_MAX : taken * count;
    }
    for (uint32_t i = 0; i < n; i++)
        p = put_part(parts[same ? 0 : i], numbers[i], s, p);
    return p;
}

static char *put_repeat(const Regex *re, uint64_t number, Source *s, char *p)
{
    uint64_t each = re->parts[0]->count, count = 1;
    uint32_t k = 0;
    for (; k < re->min; k++)
        count = count > GEN_COUNT_MAX / each ? GEN_COUNT_MAX : count * each;
    if (number == BY_DRAWS)
        k = re->min + (uint32_t)draw_below(s, re->max - re->min + 1);
    else
        for (; k < re->max && number >= count; k++) {
            number -= count;
            count = count > GEN_COUNT_MAX / each ? GEN_COUNT_MAX : count * each;
        }
    return put_parts(re->parts, k, true, number, s, p);
}

static char *put_part(const Regex *re, uint64_t number, Source *s, char *p)
{
    switch (re->kind) {
    case REGEX_SET:
        *p = re->bytes.p[number == BY_DRAWS ? draw_below(s, re->count) : number % re->count];
        return p + 1;
    case REGEX_LITERAL: return put_str(p, re->bytes);
    case REGEX_CAT: return put_parts(re->parts, re->nparts, false, number, s, p);
    case REGEX_REPEAT: return put_repeat(re, number, s, p);
    case REGEX_ALT: break;
    }
    uint32_t i = 0;
    if (number == BY_DRAWS)
        i = (uint32_t)draw_below(s, re->nparts);
    else
        for (; i + 1 < re->nparts && number >= re->parts[i]->count; i++)
            number -= re->parts[i]->count;
    return put_part(re->parts[i], number, s, p);
}

static void fill_regex(const GenCall *c, Vec *out)
{
    const Regex *re = c->bound->state;
    char *p = arena_alloc_raw(c->scratch, (size_t)c->n * re->most + 1);
    for (uint32_t k = 0; k < c->n; k++) {
        uint64_t row = c->index ? c->index[k] : c->rows[k];
        Source s = {.key = c->bound->key, .row = row, .generation = gen_generation(c, k)};
        char *end = put_part(re, c->index ? row : BY_DRAWS, &s, p);
        out->s[k] = (Str){p, (uint32_t)(end - p)};
        p = end;
    }
}

static bool bind_regex(GenBind *b)
{
    const Value *v = gen_param(b, "pattern");
    const Regex *re = regex_parse(b, v->text, v->len);
    if (!re)
        return false;
    uint32_t twice = regex_ambiguous(re);
    if (twice && b->scope->unique) {
        gen_bind_error(
            b, ERR_UNIQUE,
            "regex: position %u: the same text can be read in two ways, so the texts cannot be counted",
            twice);
        return err_hint(
            b->mem, b->err,
            "let alternatives and what follows a repetition begin with other characters");
    }
    b->out->type = type_chars(re->most);
    b->out->indexable = !twice;
    b->out->count = twice ? 0 : re->count;
    b->out->state = re;
    b->out->fill = fill_regex;
    return true;
}

static const GenParam regex_params[] = {
    {.name = "pattern",
     .kind = PARAM_TEXT,
     .required = true,
     .doc =
         "characters, . \\d \\w \\s, [a-z], ( | ), ?, {3}, {2,5}; each alternative and length equally likely"},
};
const GenDef gen_def_regex = {.name = "regex",
                              .family = "core",
                              .doc = "A text that matches a regular expression.",
                              .example = "regex(\"[A-Z]{2}-[0-9]{3,5}(-X)?\")",
                              GEN_PARAMS(regex_params),
                              .bind = bind_regex};

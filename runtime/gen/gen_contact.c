/* E-mail addresses that reach nobody, at domains for documentation (RFC 2606). A unique e-mail ends
 * in a number that belongs to its index alone, short for early rows. */
#include "gen/family_int.h"
#include "gen/fold_int.h"

#define PART_MAX                                                                                   \
    22u /* letters of each name in the local part: 22 + 1 + 22 + 19 digits is the 64 that RFC 5321 \
           allows */
#define DIGITS_MAX 19u

static const Word domains[] = {
    /* the first three are safe_email's */
    {{"example.com", 11}, 46},     {{"example.org", 11}, 20},     {{"example.net", 11}, 18},
    {{"mail.example.com", 16}, 8}, {{"mail.example.org", 16}, 4}, {{"post.example.net", 16}, 4},
};
#define DOMAIN_CHARS 16u

typedef struct EmailState {
    TextList first, last; /* for addresses without arguments */
    TextList domain;
    int args;    /* names */
    bool hosted; /* the last argument is the domain */
} EmailState;

/* Plain lower-case letters of a name, at most PART_MAX; anything else is left out. */
static uint32_t fold(Str name, char *part)
{
    uint32_t n = 0;
    for (uint32_t i = 0, bytes; i < name.n && n < PART_MAX; i += bytes) {
        char letters[FOLD_MAX];
        uint32_t count = fold_letter(name.p + i, name.n - i, &bytes, letters);
        for (uint32_t j = 0; j < count && n < PART_MAX; j++) {
            char ch = (char)(letters[j] | 0x20);
            if (ch >= 'a' && ch <= 'z')
                part[n++] = ch;
        }
    }
    return n;
}

/* How the two names are joined: shares in 256ths. */
static char *put_local(char *p, Str first, Str last, uint32_t shape)
{
    if (!first.n || !last.n)
        return put_str(p, first.n ? first : last.n ? last : STR("user"));
    if (shape < 110) { /* emma.smith */
        p = put_str(p, first);
        *p++ = '.';
        return put_str(p, last);
    }
    if (shape < 160) { /* esmith */
        *p++ = first.p[0];
        return put_str(p, last);
    }
    if (shape < 190) { /* emmasmith */
        p = put_str(p, first);
        return put_str(p, last);
    }
    if (shape < 215) { /* emma_smith */
        p = put_str(p, first);
        *p++ = '_';
        return put_str(p, last);
    }
    if (shape < 235) { /* e.smith */
        *p++ = first.p[0];
        *p++ = '.';
        return put_str(p, last);
    }
    p = put_str(p, last); /* smith.emma */
    *p++ = '.';
    return put_str(p, first);
}

static Str argument(const GenCall *c, int arg, uint32_t k)
{
    return vec_is_null(c->args[arg], k) ? STR("") : c->args[arg]->s[k];
}

static void fill_email(const GenCall *c, Vec *out)
{
    const EmailState *s = c->bound->state;
    size_t size = c->n * (size_t)(PART_MAX * 2 + 2 + DIGITS_MAX + DOMAIN_CHARS);
    const Vec *host = s->hosted ? c->args[s->args] : NULL;
    for (uint32_t k = 0; host && k < c->n; k++)
        size += host->s[k].n;
    char *cell = arena_alloc_raw(c->scratch, size);
    for (uint32_t k = 0; k < c->n; k++) {
        char first[PART_MAX], last[PART_MAX];
        Rand2 r = gen_draw(c, c->bound->key, k, 0), names = {0, 0};
        if (!s->args)
            names = gen_draw(c, c->bound->key, k, 1);
        Str one = s->args ? argument(c, 0, k) : text_list_pick(&s->first, names.a);
        Str two = s->args > 1 ? argument(c, 1, k)
                  : s->args   ? STR("")
                              : text_list_pick(&s->last, names.b);
        one = (Str){first, fold(one, first)};
        two = (Str){last, fold(two, last)};
        char *p = put_local(cell, one, two, (uint32_t)(r.b & 255));
        uint64_t chance = r.b >> 8 & 255, number = r.b >> 16;
        if (c->index)
            p = put_index(p, c->bound->key, c->index[k]);
        else if (chance >= 100) /* three in five have a number */
            p = put_number(p, chance < 210 ? 1 + rng_below(number << 16, 99)
                                           : 1950 + rng_below(number << 16, 60));
        if (s->domain.count) {
            *p++ = '@';
            p = put_str(p, host && !vec_is_null(host, k) ? host->s[k]
                                                         : text_list_pick(&s->domain, r.a));
        }
        out->s[k] = (Str){cell, (uint32_t)(p - cell)};
        cell = p;
    }
}

/* A folded character may become two letters. */
static uint32_t part_chars(const Bound *arg)
{
    uint32_t length = (uint32_t)arg->type.length;
    return length == 0 || length * 2 > PART_MAX ? PART_MAX : length * 2;
}

/* An address, or with no domains its local part. */
static bool bind_mailbox(GenBind *b, uint32_t ndomains)
{
    EmailState *s = arena_new_of(b->mem, EmailState);
    uint32_t chars = 0;
    static const char *const names[] = {"first", "last"};
    for (int i = 0; i < 2; i++) {
        if (!param_given(b, names[i]))
            continue;
        int at = gen_param_arg(b, names[i]);
        if (at < 0)
            return false;
        const Bound *arg = b->out->args[at];
        if (arg->type.kind != TYPE_TEXT && arg->type.kind != TYPE_ENUM) {
            gen_bind_error(b, ERR_RECIPE, "%s: %s must be a text, not %s", b->node->gen->name,
                           names[i], type_text(&arg->type, b->mem));
            return err_hint(b->mem, b->err, "for example %s(t.first_name, t.last_name)",
                            b->node->gen->name);
        }
        chars += part_chars(arg);
        s->args++;
    }
    if (!s->args) {
        Word *items = arena_array(b->mem, Word, words_first_names_count);
        for (uint32_t i = 0; i < words_first_names_count; i++)
            items[i] = (Word){words_first_names[i].s,
                              words_first_names[i].women + words_first_names[i].men};
        s->first = text_list_new(items, words_first_names_count, b->mem);
        s->last = text_list_new(words_last_names.items, words_last_names.count, b->mem);
        chars = s->first.chars + s->last.chars;
    }
    uint32_t host_chars = 0;
    if (ndomains && param_given(b, "domain")) {
        int at = param_text_arg(b, "domain");
        if (at < 0)
            return false;
        s->hosted = true;
        host_chars = (uint32_t)b->out->args[at]->type.length;
    }
    if (ndomains)
        s->domain = text_list_new(domains, ndomains, b->mem);
    chars = chars < 4 ? 4 : chars; /* "user", when a name has no letter that can be written */
    if (host_chars < s->domain.chars)
        host_chars = s->hosted && !host_chars ? 255 : s->domain.chars;
    b->out->type = type_chars(chars + 2 + DIGITS_MAX + host_chars);
    b->out->indexable = true;
    b->out->no_case = true;
    b->out->keep_null_args = true;
    b->out->state = s;
    b->out->fill = fill_email;
    return true;
}

static bool bind_email(GenBind *b)
{
    return bind_mailbox(b, sizeof domains / sizeof *domains);
}

static bool bind_safe_email(GenBind *b)
{
    return bind_mailbox(b, 3);
}

static bool bind_username(GenBind *b)
{
    return bind_mailbox(b, 0);
}

#define EMAIL_NAMES                                                                                \
    {.name = "first",                                                                              \
     .kind = PARAM_NODE,                                                                           \
     .doc = "the column of the first name, or of the only name"},                                  \
    {                                                                                              \
        .name = "last", .kind = PARAM_NODE,                                                        \
        .doc = "the column of the last name; without columns the generator makes up names"         \
    }
static const GenParam email_params[] = {
    EMAIL_NAMES,
    {.name = "domain",
     .kind = PARAM_NODE,
     .doc = "a column or text that says where, such as t.company_id.domain"},
};
const GenDef gen_def_email = {
    .name = "email",
    .family = "contact",
    .doc =
        "An e-mail address that matches the row's name, at a domain kept for documentation, such as example.com.",
    .example = "email(t.first_name, t.last_name):unique()",
    GEN_PARAMS(email_params),
    .pii = "email",
    .bind = bind_email};

const GenDef gen_def_safe_email = {
    .name = "safe_email",
    .family = "contact",
    .doc = "As email, at example.com, example.org or example.net themselves (RFC 2606).",
    .example = "safe_email(t.first_name, t.last_name):unique()",
    GEN_PARAMS(email_params),
    .pii = "email",
    .bind = bind_safe_email};

static const GenParam username_params[] = {EMAIL_NAMES};
const GenDef gen_def_username = {
    .name = "username",
    .family = "person",
    .doc = "A login name that matches the row's name, such as emma.smith or esmith84.",
    .example = "username(t.first_name, t.last_name):unique()",
    GEN_PARAMS(username_params),
    .pii = "username",
    .bind = bind_username};

/* Values made of other values: one of several generators, texts with placeholders, JSON objects,
 * arrays. The parts are arguments, computed for all rows at once. */
#include "gen/expr_int.h"
#include "gen/family_int.h"

#include <string.h>

static int bind_part(GenBind *b, const Value *item, const char *step)
{
    if (item->kind == VAL_ARG)
        return bind_arg(b, b->node->args[item->i], step);
    Node *made = arena_new_of(b->mem, Node);
    *made = (Node){.kind = NODE_CONST, .where = b->node->where, .value = *item};
    return bind_arg(b, made, step);
}

static const char *step_of(GenBind *b, int i)
{
    return arena_printf(b->mem, "%d", i);
}

/* ---- one_of */

static void fill_one_of(const GenCall *c, Vec *out)
{
    const Alias *alias = c->bound->state;
    uint16_t *pick = arena_alloc_raw(c->scratch, sizeof *pick * c->n);
    for (uint32_t k = 0; k < c->n; k++)
        pick[k] = (uint16_t)alias_pick(alias, gen_draw(c, c->bound->key, k, 0).a);
    expr_take(c, out, pick);
}

static bool bind_one_of(GenBind *b)
{
    const Value *items = gen_param(b, "items");
    int n = items->count, *which = arena_array(b->mem, int, n + 1);
    double *weights = arena_array(b->mem, double, n + 1);
    for (int i = 0; i < n; i++) {
        which[i] = i;
        weights[i] = items->weights ? items->weights[i] : 1;
        if (bind_part(b, &items->items[i], step_of(b, i)) < 0)
            return false;
    }
    Type type;
    if (!expr_common(b, which, n, &type, "the values"))
        return false;
    Alias *alias = arena_new_of(b->mem, Alias);
    *alias = alias_new(weights, (uint32_t)n, b->mem);
    b->out->keep_null_args = true;
    return expr_set(b, type, fill_one_of, alias);
}

static const GenParam one_of_params[] = {
    {.name = "items",
     .kind = PARAM_NODES,
     .required = true,
     .doc = "generators, columns and values of one type, or pairs of one and its weight"},
};
const GenDef gen_def_one_of = {.name = "one_of",
                               .family = "core",
                               .doc = "A value of one of several generators or columns, by weight.",
                               .example = "one_of { { email(t.first_name), 3 }, { phone(), 1 } }",
                               GEN_PARAMS(one_of_params),
                               .bind = bind_one_of};

/* ---- template */

static bool bind_template(GenBind *b)
{
    const Value *text = gen_param(b, "text");
    if (text->count == 0)
        return const_bind(b, &(Value){.kind = VAL_TEXT, .text = ""});
    for (int i = 0; i < text->count; i++) {
        const Value *part = &text->items[i];
        /* A placeholder that stands there twice is one value. */
        int64_t step = part->kind == VAL_ARG ? part->i : i;
        if (bind_part(b, part, step_of(b, (int)step)) < 0)
            return false;
    }
    return expr_concat(b);
}

static const GenParam template_params[] = {
    {.name = "text",
     .kind = PARAM_TEMPLATE,
     .required = true,
     .doc = "{name} is a column of the row, {key.name} one of a parent, {{ a brace"},
    {.name = "with",
     .kind = PARAM_MEMBERS,
     .doc = "generators and expressions for placeholders that are no columns"},
};
const GenDef gen_def_template = {
    .name = "template",
    .family = "core",
    .doc = "A text with values in its placeholders; NULL when one of them is.",
    .example = "template(\"Order {id} for {first_name}\")",
    GEN_PARAMS(template_params),
    .bind = bind_template};

/* ---- JSON */

typedef struct Member {
    Str key; /* with quotes and colon, and the comma before it */
    bool quoted;
} Member;

/* Escapes of RFC 8259; control characters as \u00XX. At most six bytes for one. */
static char *put_json_text(char *p, Str s)
{
    static const char hex[] = "0123456789abcdef";
    *p++ = '"';
    for (uint32_t i = 0; i < s.n; i++) {
        unsigned char ch = (unsigned char)s.p[i];
        if (ch == '"' || ch == '\\') {
            *p++ = '\\';
            *p++ = (char)ch;
        } else if (ch < ' ') {
            p = put_str(p, STR("\\u00"));
            *p++ = hex[ch >> 4];
            *p++ = hex[ch & 15];
        } else {
            *p++ = (char)ch;
        }
    }
    *p++ = '"';
    return p;
}

/* Numbers, booleans and JSON stand as they are; the rest is a text. */
static bool is_quoted(TypeKind kind)
{
    return kind != TYPE_BOOL && kind != TYPE_JSON && kind != TYPE_NULL && !type_is_numeric(kind);
}

/* Binds argument i as text and says whether it is quoted; -1 on error. */
static int text_part(GenBind *b, int i)
{
    TypeKind kind = arg_kind(b, i);
    if (kind == TYPE_JSON || kind == TYPE_NULL)
        return false;
    return expr_to_text(b, i) ? is_quoted(kind) : -1;
}

static size_t part_size(const Vec *v, uint32_t k)
{
    return v->s && !vec_is_null(v, k) ? (size_t)v->s[k].n * 6 + 2 : 4;
}

static char *put_part(char *p, const Vec *v, uint32_t k, bool quoted)
{
    if (!v->s || vec_is_null(v, k))
        return put_str(p, STR("null"));
    return quoted ? put_json_text(p, v->s[k]) : put_str(p, v->s[k]);
}

static void fill_object(const GenCall *c, Vec *out)
{
    const Member *members = c->bound->state;
    int n = c->bound->nargs;
    for (uint32_t k = 0; k < c->n; k++) {
        size_t size = 2;
        for (int j = 0; j < n; j++)
            size += members[j].key.n + part_size(c->args[j], k);
        char *cell = arena_alloc_raw(c->scratch, size), *p = cell;
        *p++ = '{';
        for (int j = 0; j < n; j++)
            p = put_part(put_str(p, members[j].key), c->args[j], k, members[j].quoted);
        *p++ = '}';
        out->s[k] = (Str){cell, (uint32_t)(p - cell)};
    }
}

/* The object that a call with members describes. */
bool json_object_bind(GenBind *b, const Value *members)
{
    Member *made = arena_array(b->mem, Member, members->count + 1);
    for (int i = 0; i < members->count; i++) {
        const char *name = members->names[i];
        int at = bind_part(b, &members->items[i], name);
        int quoted = at < 0 ? -1 : text_part(b, at);
        if (quoted < 0)
            return false;
        size_t len = strlen(name);
        char *key = arena_alloc(b->mem, len * 6 + 8), *p = key;
        if (i)
            p = put_str(p, STR(", "));
        p = put_json_text(p, (Str){name, (uint32_t)len});
        p = put_str(p, STR(": "));
        made[i] = (Member){{key, (uint32_t)(p - key)}, quoted};
    }
    b->out->keep_null_args = true;
    b->out->type = (Type){.kind = TYPE_JSON};
    b->out->state = made;
    b->out->fill = fill_object;
    return true;
}

/* ---- arrays */

typedef struct ArrayState {
    uint32_t min, span;
    bool quoted;
    bool database; /* {a,b} as PostgreSQL writes it, not [a, b] */
} ArrayState;

/* What PostgreSQL quotes when it prints an array: verification compares with what it prints. */
static bool wants_quotes(Str s)
{
    for (uint32_t i = 0; i < s.n; i++)
        if (memchr("\"\\{}, \t\n\v\f\r", s.p[i], 11))
            return true;
    return s.n == 0 || (s.n == 4 && strncasecmp(s.p, "null", 4) == 0);
}

static char *put_array_text(char *p, Str s)
{
    if (!wants_quotes(s))
        return put_str(p, s);
    *p++ = '"';
    for (uint32_t i = 0; i < s.n; i++) {
        if (s.p[i] == '"' || s.p[i] == '\\')
            *p++ = '\\';
        *p++ = s.p[i];
    }
    *p++ = '"';
    return p;
}

static void fill_array(const GenCall *c, Vec *out)
{
    const ArrayState *s = c->bound->state;
    for (uint32_t k = 0; k < c->n; k++) {
        uint32_t n = s->min + (uint32_t)rng_below(gen_draw(c, c->bound->key, k, 0).a, s->span);
        size_t size = 2;
        for (uint32_t j = 0; j < n; j++)
            size += part_size(c->args[j], k) + 2;
        char *cell = arena_alloc_raw(c->scratch, size), *p = cell;
        *p++ = s->database ? '{' : '[';
        for (uint32_t j = 0; j < n; j++) {
            const Vec *v = c->args[j];
            if (j)
                p = s->database ? put_str(p, STR(",")) : put_str(p, STR(", "));
            if (!s->database)
                p = put_part(p, v, k, s->quoted);
            else if (!v->s || vec_is_null(v, k))
                p = put_str(p, STR("NULL"));
            else
                p = put_array_text(p, v->s[k]);
        }
        *p++ = s->database ? '}' : ']';
        out->s[k] = (Str){cell, (uint32_t)(p - cell)};
    }
}

static bool is_array_type(const Type *type)
{
    size_t n = type && type->name ? strlen(type->name) : 0;
    return type && type->kind == TYPE_OTHER && n > 2 && strcmp(type->name + n - 2, "[]") == 0;
}

#define ARRAY_MAX 64

static bool bind_array(GenBind *b)
{
    int64_t min = gen_param_int(b, "min", 1), max = gen_param_int(b, "max", min > 3 ? min : 3);
    if (!param_ordered(b, "min", "max", min <= max))
        return false;
    ArrayState *s = arena_new_of(b->mem, ArrayState);
    *s = (ArrayState){.min = (uint32_t)min, .span = (uint32_t)(max - min + 1)};
    const Value *of = gen_param(b, "of");
    Value item = *of;
    Node *made = arena_new_of(b->mem, Node);
    *made = (Node){.kind = NODE_CONST, .where = b->node->where, .value = item};
    const Node *node = of->kind == VAL_NODE ? of->node : made;
    for (int i = 0; i < (max ? max : 1); i++) {
        int at = bind_arg(b, node, step_of(b, i));
        int quoted = at < 0 ? -1 : text_part(b, at);
        if (quoted < 0)
            return false;
        s->quoted = quoted;
    }
    b->out->keep_null_args = true;
    s->database = is_array_type(b->scope->wanted);
    b->out->type = s->database ? *b->scope->wanted : (Type){.kind = TYPE_JSON};
    b->out->state = s;
    b->out->fill = fill_array;
    return true;
}

static const GenParam array_params[] = {
    {.name = "of",
     .kind = PARAM_ANY,
     .required = true,
     .doc = "what makes an element; each element draws for itself"},
    {.name = "min",
     .kind = PARAM_INT,
     .default_text = "1",
     .min = 0,
     .max = ARRAY_MAX,
     .doc = "the least number of elements"},
    {.name = "max",
     .kind = PARAM_INT,
     .default_text = "3",
     .min = 0,
     .max = ARRAY_MAX,
     .doc = "the greatest number of elements"},
};
const GenDef gen_def_array = {
    .name = "array",
    .family = "core",
    .doc =
        "Several values of a generator: a JSON array, or an array of PostgreSQL where the column is one (text[], int[]).",
    .example = "array(word(), 1, 4)",
    GEN_PARAMS(array_params),
    .bind = bind_array};

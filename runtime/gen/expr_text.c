/* Text: joining, letters, length and parts. Characters are counted, not bytes. Results lie in the
 * batch's scratch memory. */
#include "gen/expr_int.h"

#include <string.h>

#include "base/utf8.h"

static bool text(GenBind *b, int i)
{
    if (type_is_text(arg_kind(b, i)))
        return true;
    gen_bind_error(b, ERR_RECIPE, "%s needs a text, not %s", expr_name(b), expr_type(b, i));
    return err_hint(b->mem, b->err, "text_of(...) makes a text of any value");
}

/* ---- .. and text_of */

static void fill_concat(const GenCall *c, Vec *out)
{
    int nargs = c->bound->nargs;
    size_t total = 0;
    for (uint32_t k = 0; k < c->n; k++) {
        uint32_t n = 0;
        for (int j = 0; j < nargs; j++)
            n += c->args[j]->s[k].n;
        out->s[k].n = n;
        total += n;
    }
    char *p = arena_alloc_raw(c->scratch, total + 1);
    for (uint32_t k = 0; k < c->n; k++) {
        out->s[k].p = p;
        for (int j = 0; j < nargs; j++) {
            Str part = c->args[j]->s[k];
            if (part.n)
                memcpy(p, part.p, part.n);
            p += part.n;
        }
    }
}

bool expr_concat(GenBind *b)
{
    int64_t length = 0;
    bool known = true;
    for (int i = 0; i < b->out->nargs; i++) {
        if (arg_kind(b, i) == TYPE_NULL)
            return gen_bind_error(b, ERR_RECIPE, "a text joined with null is always NULL");
        if (!expr_to_text(b, i))
            return false;
        known = known && arg_of(b, i)->type.length > 0;
        length += arg_of(b, i)->type.length;
    }
    Type type = {.kind = TYPE_TEXT, .length = known && length < INT32_MAX ? (int)length : 0};
    return expr_set(b, type, fill_concat, NULL);
}

static void fill_same(const GenCall *c, Vec *out)
{
    memcpy(out->s, c->args[0]->s, sizeof *out->s * c->n);
}

bool expr_text_of(GenBind *b)
{
    if (arg_kind(b, 0) == TYPE_NULL)
        return gen_bind_error(b, ERR_RECIPE, "text_of(null) is always NULL");
    return expr_to_text(b, 0) && expr_set(b, arg_of(b, 0)->type, fill_same, NULL);
}

/* ---- lower, upper */

static void fill_letters(const GenCall *c, Vec *out)
{
    bool up = c->bound->node->op == OP_UPPER;
    const Str *s = c->args[0]->s;
    size_t total = 0;
    for (uint32_t k = 0; k < c->n; k++)
        total += s[k].n;
    char *p = arena_alloc_raw(c->scratch, total + 1);
    for (uint32_t k = 0; k < c->n; k++) {
        out->s[k] = (Str){p, s[k].n};
        for (uint32_t i = 0; i < s[k].n; i++) {
            char ch = s[k].p[i];
            bool flip = up ? ch >= 'a' && ch <= 'z' : ch >= 'A' && ch <= 'Z';
            *p++ = flip ? (char)(ch ^ 0x20) : ch;
        }
    }
}

bool expr_letters(GenBind *b)
{
    if (!text(b, 0))
        return false;
    Type type = {.kind = TYPE_TEXT,
                 .length = arg_kind(b, 0) == TYPE_UUID ? 36 : arg_of(b, 0)->type.length};
    return expr_set(b, type, fill_letters, NULL);
}

/* ---- length, substr */

static void fill_length(const GenCall *c, Vec *out)
{
    const Str *s = c->args[0]->s;
    for (uint32_t k = 0; k < c->n; k++)
        out->i[k] = (int64_t)utf8_length(s[k].p, s[k].n);
}

bool expr_length(GenBind *b)
{
    if (!text(b, 0))
        return false;
    int most = arg_of(b, 0)->type.length;
    expr_int_bounds(b->out, 0, most ? most : INT32_MAX);
    return expr_set(b, b->out->type, fill_length, NULL);
}

/* Characters from .. from + count - 1, as far as the text has them. */
static void fill_substr(const GenCall *c, Vec *out)
{
    const Str *s = c->args[0]->s;
    const int64_t *from = c->args[1]->i, *count = c->bound->nargs > 2 ? c->args[2]->i : NULL;
    for (uint32_t k = 0; k < c->n; k++) {
        i128 first = (i128)from[k] - 1,
             end = count ? first + (count[k] > 0 ? count[k] : 0) : (i128)s[k].n;
        first = first < 0 ? 0 : first > s[k].n ? (i128)s[k].n : first;
        end = end < first ? first : end > s[k].n ? (i128)s[k].n : end;
        size_t skip = utf8_prefix(s[k].p, s[k].n, (size_t)first);
        size_t n = utf8_prefix(s[k].p + skip, s[k].n - skip, (size_t)(end - first));
        out->s[k] = (Str){s[k].p + skip, (uint32_t)n};
    }
}

bool expr_substr(GenBind *b)
{
    if (!text(b, 0))
        return false;
    int length = arg_kind(b, 0) == TYPE_UUID ? 36 : arg_of(b, 0)->type.length;
    for (int i = 1; i < b->out->nargs; i++) {
        const Bound *number = arg_of(b, i);
        if (number->type.kind != TYPE_INT)
            return gen_bind_error(b, ERR_RECIPE, "substr: %s must be a whole number, not %s",
                                  i == 1 ? "from" : "count", expr_type(b, i));
        if (is_const(number, VAL_INT) && number->lo < (i == 1 ? 1 : 0))
            return gen_bind_error(b, ERR_RECIPE,
                                  i == 1 ? "substr: characters are counted from 1"
                                         : "substr: count is negative");
        if (i == 2 && number->has_bounds && number->hi < (length ? length : INT32_MAX))
            length = number->hi > 0 ? (int)number->hi : 1;
    }
    return expr_set(b, (Type){.kind = TYPE_TEXT, .length = length}, fill_substr, NULL);
}

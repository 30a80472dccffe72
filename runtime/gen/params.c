/* Parameters read exactly: decimals as the recipe spells them, the clock, and messages that name
 * both sides. */
#include "gen/family_int.h"

#include <stdio.h>
#include <string.h>

#include "base/calendar.h"
#include "base/decimal.h"
#include "gen/fmath.h"

const char *param_spelling(const GenBind *b, const char *name)
{
    const Value *v = gen_param(b, name);
    switch (v->kind) {
    case VAL_INT: return arena_printf(b->mem, "%lld", (long long)v->i);
    case VAL_FLOAT: return v->text ? v->text : arena_printf(b->mem, "%.17g", v->f);
    case VAL_TEXT: return arena_printf(b->mem, "\"%s\"", v->text);
    case VAL_CLOCK: return "clock";
    case VAL_DURATION: return "a span";
    default: break;
    }
    const GenDef *def = b->node->gen;
    for (int i = 0; i < def->nparams; i++)
        if (strcmp(def->params[i].name, name) == 0 && def->params[i].default_text)
            return arena_printf(b->mem, "%s by default", def->params[i].default_text);
    return "not given";
}

bool param_real(GenBind *b, const char *name, double fallback, double *out)
{
    *out = gen_param_number(b, name, fallback);
    if (fm_is_finite(*out))
        return true;
    return gen_bind_error(b, ERR_RECIPE, "%s: %s must be a finite number", b->node->gen->name,
                          name);
}

/* Trailing zeros go, so that 1.50 has one digit after the point. False when it is no decimal of 18
 * digits. */
static bool parse_short(const Value *v, int64_t *unscaled, int *scale)
{
    *scale = 0;
    *unscaled = v->i;
    if (v->kind == VAL_INT)
        return true;
    if (v->kind != VAL_FLOAT || !v->text || !decimal_parse(v->text, unscaled, scale))
        return false;
    while (*scale > 0 && *unscaled % 10 == 0) {
        *unscaled /= 10;
        --*scale;
    }
    return true;
}

int param_scale_of(const GenBind *b, const char *name)
{
    int64_t v;
    int scale;
    return parse_short(gen_param(b, name), &v, &scale) ? scale : -1;
}

bool param_decimal(GenBind *b, const char *name, int scale, int64_t fallback, int64_t *out)
{
    const char *gen = b->node->gen->name;
    const Value *v = gen_param(b, name);
    *out = fallback;
    if (v->kind == VAL_NONE)
        return true;
    double real;
    if (!param_real(b, name, 0, &real))
        return false;
    int64_t unscaled;
    int digits;
    if (!parse_short(v, &unscaled, &digits)) {
        /* 1e-9 or 1e17: no plain decimal spelling. */
        if (decimal_from_double(real, scale, out) && decimal_to_double(*out, scale) == real)
            return true;
        if (!v->text || !decimal_parse_number(v->text, &unscaled, &digits))
            return gen_bind_error(
                b, ERR_RECIPE,
                "%s: %s = %s does not fit a decimal of 18 digits with %d after the point", gen,
                name, param_spelling(b, name), scale);
    }
    if (digits > scale) {
        gen_bind_error(b, ERR_RECIPE, "%s: %s = %s has more than %d digits after the point", gen,
                       name, param_spelling(b, name), scale);
        return err_hint(b->mem, b->err, "round it, or give scale = %d", digits);
    }
    if (decimal_rescale(unscaled, digits, scale, out) && *out < decimal_pow10[18] &&
        *out > -decimal_pow10[18])
        return true;
    return gen_bind_error(
        b, ERR_RECIPE,
        "%s: %s = %s is too large for a decimal of 18 digits with %d after the point", gen, name,
        param_spelling(b, name), scale);
}

bool param_ordered(GenBind *b, const char *low, const char *high, bool ordered)
{
    if (ordered)
        return true;
    gen_bind_error(b, ERR_RECIPE, "%s: %s (%s) is above %s (%s)", b->node->gen->name, low,
                   param_spelling(b, low), high, param_spelling(b, high));
    return err_hint(b->mem, b->err, "the smaller value comes first");
}

bool param_clock(GenBind *b, int64_t *micros)
{
    const Plan *plan = b->scope->plan;
    if (!plan->has_clock) {
        gen_bind_error(b, ERR_RECIPE, "%s needs the recipe's clock, and there is none",
                       b->node->gen->name);
        return err_hint(b->mem, b->err,
                        "add clock = \"2026-01-01\" to recipe{...}, or give --as-of");
    }
    int64_t seconds = plan->clock / MICROS_PER_SECOND - (plan->clock % MICROS_PER_SECOND < 0);
    *micros = seconds * MICROS_PER_SECOND;
    return true;
}

int param_text_arg(GenBind *b, const char *name)
{
    int at = gen_param_arg(b, name);
    if (at < 0 || type_is_text(b->out->args[at]->type.kind))
        return at;
    gen_bind_error(b, ERR_RECIPE, "%s: %s must be a text, not %s", b->node->gen->name, name,
                   type_text(&b->out->args[at]->type, b->mem));
    return -1;
}

const Bound *bound_source(const GenBind *b, const Bound *arg)
{
    const TablePlan *tp = b->scope->table;
    while (arg && arg->column >= 0 && !arg->fill && arg->fk_depth == 0)
        arg = tp && tp->cols ? tp->cols[arg->column].bound : NULL;
    return arg;
}

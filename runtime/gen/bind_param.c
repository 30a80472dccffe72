/* Parameters of a generator: checked once against what it declares, then read by name. */
#include "gen/bind_int.h"
#include "gen/distribution.h"

#include <stdio.h>
#include <string.h>

#include "base/calendar.h"
#include "base/text.h"

static const Value not_given = {.kind = VAL_NONE};

/* A constant that came as a node counts as the constant, where nodes are not asked for. */
static const Value *plain(const GenParam *param, const Value *v)
{
    bool takes_nodes = param->kind == PARAM_NODE || param->kind == PARAM_ANY;
    return v->kind == VAL_NODE && v->node->kind == NODE_CONST && !takes_nodes ? &v->node->value : v;
}

static const Value *value_at(const GenBind *b, int i)
{
    return b->node->params ? plain(&b->node->gen->params[i], &b->node->params[i]) : &not_given;
}

const Value *gen_param(const GenBind *b, const char *name)
{
    const GenDef *def = b->node->gen;
    for (int i = 0; i < def->nparams; i++)
        if (strcmp(def->params[i].name, name) == 0)
            return value_at(b, i);
    return &not_given;
}

/* 1e3 and 10 / 2 are floats in Lua, and whole numbers to everybody else. */
static bool is_whole(const Value *v)
{
    return v->kind == VAL_INT || (v->kind == VAL_FLOAT && v->f >= -0x1p53 && v->f <= 0x1p53 &&
                                  v->f == (double)(int64_t)v->f);
}

static bool kind_fits(ParamKind kind, const Value *v)
{
    switch (kind) {
    case PARAM_INT: return is_whole(v);
    case PARAM_NUMBER: return v->kind == VAL_INT || v->kind == VAL_FLOAT;
    case PARAM_TEXT: return v->kind == VAL_TEXT;
    case PARAM_BOOL: return v->kind == VAL_BOOL;
    case PARAM_DURATION: return v->kind == VAL_DURATION;
    case PARAM_TIME: return v->kind == VAL_TEXT || v->kind == VAL_CLOCK || v->kind == VAL_DURATION;
    case PARAM_MOMENT: return v->kind == VAL_NODE || kind_fits(PARAM_TIME, v);
    case PARAM_NODE: return v->kind == VAL_NODE;
    case PARAM_LIST:
    case PARAM_STATES: return v->kind == VAL_LIST;
    case PARAM_WEIGHTS: return v->kind == VAL_WEIGHTS;
    case PARAM_TABLE: return v->kind == VAL_TABLE || v->kind == VAL_TEXT;
    case PARAM_NODES: return v->kind == VAL_LIST || v->kind == VAL_WEIGHTS;
    case PARAM_MEMBERS: return v->kind == VAL_MEMBERS;
    case PARAM_TEMPLATE: return v->kind == VAL_LIST;
    case PARAM_DATASET: return v->kind == VAL_DATASET;
    case PARAM_DIST:
        return v->kind == VAL_TEXT || (v->kind == VAL_NODE && v->node->kind == NODE_GEN &&
                                       gen_is_distribution(v->node->gen));
    case PARAM_ANY: return true;
    }
    return false;
}

static const char *number_text(double v, Arena *mem)
{
    bool whole = v >= -1e15 && v <= 1e15 && v == (double)(int64_t)v;
    return whole ? text_count((int64_t)v, mem) : arena_printf(mem, "%g", v);
}

static bool check_range(GenBind *b, const GenParam *param, const Value *v)
{
    if ((param->kind != PARAM_INT && param->kind != PARAM_NUMBER) || !(param->min < param->max))
        return true;
    double number = v->kind == VAL_INT ? (double)v->i : v->f;
    if (number >= param->min && number <= param->max)
        return true;
    const char *given = v->kind == VAL_FLOAT && v->text ? v->text : number_text(number, b->mem);
    gen_bind_error(b, ERR_RECIPE, "%s: %s = %s is not between %s and %s", b->node->gen->name,
                   param->name, given, number_text(param->min, b->mem),
                   number_text(param->max, b->mem));
    return err_hint(b->mem, b->err, "for example %s", b->node->gen->example);
}

bool params_check(GenBind *b)
{
    const GenDef *def = b->node->gen;
    bool ok = true;
    for (int i = 0; i < def->nparams; i++) {
        const GenParam *param = &def->params[i];
        const Value *v = value_at(b, i);
        if (v->kind == VAL_NONE) {
            if (param->required) {
                ok = gen_bind_error(b, ERR_RECIPE, "%s needs %s: %s", def->name, param->name,
                                    param_kind_text(param->kind));
                err_hint(b->mem, b->err, "for example %s", def->example);
            }
        } else if (!kind_fits(param->kind, v)) {
            ok = gen_bind_error(b, ERR_RECIPE, "%s: %s must be %s", def->name, param->name,
                                param_kind_text(param->kind));
            err_hint(b->mem, b->err, "for example %s", def->example);
        } else {
            ok = check_range(b, param, v) && ok;
        }
    }
    return ok;
}

int64_t gen_param_int(const GenBind *b, const char *name, int64_t fallback)
{
    const Value *v = gen_param(b, name);
    return v->kind == VAL_INT                    ? v->i
           : v->kind == VAL_FLOAT && is_whole(v) ? (int64_t)v->f
                                                 : fallback;
}

double gen_param_number(const GenBind *b, const char *name, double fallback)
{
    const Value *v = gen_param(b, name);
    return v->kind == VAL_INT ? (double)v->i : v->kind == VAL_FLOAT ? v->f : fallback;
}

const char *gen_param_text(const GenBind *b, const char *name, const char *fallback)
{
    const Value *v = gen_param(b, name);
    return v->kind == VAL_TEXT || v->kind == VAL_TABLE ? v->text : fallback;
}

bool gen_param_bool(const GenBind *b, const char *name, bool fallback)
{
    const Value *v = gen_param(b, name);
    return v->kind == VAL_BOOL ? v->i != 0 : fallback;
}

bool gen_param_time(const GenBind *b, const char *name, int64_t *micros)
{
    const Value *v = gen_param(b, name);
    if (v->kind == VAL_TEXT) {
        if (strlen(v->text) == v->len && calendar_parse_timestamp(v->text, micros))
            return true;
        gen_bind_error(b, ERR_RECIPE, "%s: %s = \"%s\" is no date or timestamp", b->node->gen->name,
                       name, v->text);
        return err_hint(b->mem, b->err, "write it as \"YYYY-MM-DD\" or \"YYYY-MM-DD HH:MM:SS\"");
    }
    if (v->kind != VAL_CLOCK && v->kind != VAL_DURATION)
        return gen_bind_error(b, ERR_RECIPE, "%s needs %s: %s", b->node->gen->name, name,
                              param_kind_text(PARAM_TIME));
    if (!b->scope->plan->has_clock) {
        gen_bind_error(b, ERR_RECIPE, "%s: %s is relative to the recipe's clock, and there is none",
                       b->node->gen->name, name);
        return err_hint(b->mem, b->err,
                        "add clock = \"2026-01-01\" to recipe{...}, or give --as-of");
    }
    const Duration *d = &v->duration;
    if (d->min_months != d->max_months || d->min_micros != d->max_micros) {
        gen_bind_error(b, ERR_RECIPE, "%s: %s must be one point in time, not a range of them",
                       b->node->gen->name, name);
        return err_hint(b->mem, b->err, "say days(-30), not days(-30, -1)");
    }
    int64_t clock = b->scope->plan->clock, day = calendar_day_of(clock);
    if (d->min_months > 120000 || d->min_months < -120000)
        return gen_bind_error(b, ERR_RECIPE, "%s: %s is more than ten thousand years away",
                              b->node->gen->name, name);
    *micros = clock + (calendar_add_months(day, d->min_months) - day) * MICROS_PER_DAY;
    if (!__builtin_add_overflow(*micros, d->min_micros, micros))
        return true;
    return gen_bind_error(b, ERR_RECIPE, "%s: %s is more than ten thousand years away",
                          b->node->gen->name, name);
}

int gen_param_arg(const GenBind *b, const char *name)
{
    const Value *v = gen_param(b, name);
    const Node *node = v->node;
    if (v->kind == VAL_NONE) {
        gen_bind_error(b, ERR_RECIPE, "%s needs %s", b->node->gen->name, name);
        return -1;
    }
    if (v->kind != VAL_NODE) {
        Node *made = arena_new_of(b->mem, Node);
        *made = (Node){.kind = NODE_CONST, .where = b->node->where, .value = *v};
        node = made;
    }
    GenBind own = *b;
    return bind_arg(&own, node, name);
}

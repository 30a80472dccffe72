/* Binding what generators over time share. */
#include "gen/process_int.h"

#include <string.h>

#include "gen/bind_int.h"
#include "gen/fmath.h"

Type moment_type(bool date)
{
    return date ? (Type){.kind = TYPE_DATE} : (Type){.kind = TYPE_TIMESTAMP, .with_zone = true};
}

int64_t moment_second(int64_t micros)
{
    int64_t rest = micros % MICROS_PER_SECOND;
    return micros - rest - (rest < 0 ? MICROS_PER_SECOND : 0);
}

bool moment_bind(GenBind *b, const char *name, Moment *out)
{
    const Value *v = gen_param(b, name);
    *out = (Moment){.arg = -1};
    if (v->kind != VAL_NODE) {
        out->date = v->kind == VAL_TEXT && v->len == strlen("2025-01-31");
        return gen_param_time(b, name, &out->micros);
    }
    out->arg = gen_param_arg(b, name);
    if (out->arg < 0)
        return false;
    const Bound *arg = b->out->args[out->arg];
    out->date = arg->type.kind == TYPE_DATE;
    b->out->nullable = b->out->nullable || arg->nullable;
    if (out->date || arg->type.kind == TYPE_TIMESTAMP)
        return true;
    gen_bind_error(b, ERR_RECIPE, "%s: %s must be a date or a timestamp, not %s",
                   b->node->gen->name, name, type_text(&arg->type, b->mem));
    return err_hint(b->mem, b->err, "for example %s", b->node->gen->example);
}

static bool bind_at(GenBind *b, bool moments, SeriesPlace *out)
{
    out->at = gen_param_arg(b, "at");
    if (out->at < 0)
        return false;
    const Bound *arg = b->out->args[out->at];
    TypeKind kind = arg->type.kind;
    out->date = kind == TYPE_DATE;
    out->moment = out->date || kind == TYPE_TIMESTAMP;
    b->out->nullable = b->out->nullable || arg->nullable;
    if (kind == TYPE_INT || (moments && out->moment))
        return true;
    gen_bind_error(b, ERR_RECIPE, "%s: at must be %s, not %s", b->node->gen->name,
                   moments ? "a whole number, a date or a timestamp" : "a whole number",
                   type_text(&arg->type, b->mem));
    return err_hint(b->mem, b->err, "for example at = child_index()");
}

static bool bind_of(GenBind *b, SeriesPlace *out)
{
    out->of = gen_param_arg(b, "of");
    if (out->of < 0)
        return false;
    const Bound *arg = b->out->args[out->of];
    b->out->nullable = b->out->nullable || arg->nullable;
    if (arg->type.kind == TYPE_FLOAT) {
        gen_bind_error(b, ERR_RECIPE, "%s: of cannot be a double", b->node->gen->name);
        return err_hint(b->mem, b->err, "a key: of = t.sensor_id");
    }
    if (out->at >= 0)
        return true;
    Value *from = arena_new_of(b->mem, Value);
    *from = (Value){.kind = VAL_INT, .i = 0};
    Node *own = arena_new_of(b->mem, Node);
    *own = (Node){
        .kind = NODE_GEN, .where = b->node->where, .gen = gen_find("child_index"), .params = from};
    out->at = bind_arg(b, own, "at");
    return out->at >= 0 ||
           err_hint(b->mem, b->err, "say which place a row has: at = t.number, or give it `per`");
}

bool place_bind(GenBind *b, bool moments, SeriesPlace *out)
{
    *out = (SeriesPlace){.at = -1, .of = -1};
    if (param_given(b, "at") && !bind_at(b, moments, out))
        return false;
    return !param_given(b, "of") || bind_of(b, out);
}

bool span_bind(GenBind *b, const char *name, Duration fallback, Duration *out)
{
    *out = param_given(b, name) ? gen_param(b, name)->duration : fallback;
    const char *gen = b->node->gen->name;
    if (out->min_months != out->max_months || out->min_micros != out->max_micros) {
        gen_bind_error(b, ERR_RECIPE, "%s: %s must be one span, not a range of them", gen, name);
        return err_hint(b->mem, b->err, "say days(7), not days(1, 7)");
    }
    bool none = out->min_months == 0 && out->min_micros == 0,
         long_one = out->min_months > 12000 || out->min_months < -12000 ||
                    out->min_micros > 366000 * MICROS_PER_DAY ||
                    out->min_micros < -366000 * MICROS_PER_DAY;
    if (!none && !long_one)
        return true;
    gen_bind_error(b, ERR_RECIPE, "%s: %s must be a span above 0 and below a thousand years", gen,
                   name);
    return err_hint(b->mem, b->err, "for example %s", b->node->gen->example);
}

Number number_bind(GenBind *b, int default_scale, double lo, double hi)
{
    Number n = {.scale = (int)gen_param_int(b, "scale", default_scale)};
    n.factor = fm_pow10(n.scale);
    bool all = lo > hi;
    lo = all || lo * n.factor < -NUMBER_MOST ? -NUMBER_MOST : lo * n.factor;
    hi = all || hi * n.factor > NUMBER_MOST ? NUMBER_MOST : hi * n.factor;
    int64_t least = round_half_away(lo), most = round_half_away(hi);
    b->out->type = n.scale ? type_decimal(least, most, n.scale) : type_int(least, most);
    b->out->has_bounds = n.scale == 0;
    b->out->lo = least;
    b->out->hi = most;
    return n;
}

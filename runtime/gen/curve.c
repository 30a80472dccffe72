/* Normal and lognormal values by their inverse distribution function. Bounds cut the interval that
 * the uniform number comes from, so the rest keeps its shape and no value is likelier for lying at
 * an end. */
#include "gen/family_int.h"

#include <float.h>

#include "gen/fmath.h"

static double standard(const Curve *curve, double x)
{
    if (curve->log)
        return x <= 0 ? -DBL_MAX : fm_log(x / curve->centre) / curve->spread;
    return (x - curve->centre) / curve->spread;
}

bool curve_cut(Curve *curve, double low, double high)
{
    double a = low <= -DBL_MAX ? -DBL_MAX : standard(curve, low);
    double b = high >= DBL_MAX ? DBL_MAX : standard(curve, high);
    /* In the upper tail 1 - p loses its digits: use the lower one and turn the sign. */
    curve->mirrored = a > 0;
    curve->p_low = fm_normal_cdf(curve->mirrored ? -b : a);
    curve->p_high = fm_normal_cdf(curve->mirrored ? -a : b);
    return curve->p_high - curve->p_low > 1e-12;
}

static double at(const Curve *curve, double u)
{
    double p = curve->p_low + u * (curve->p_high - curve->p_low);
    /* Rounding may reach 1, where the inverse is infinite. */
    double z = fm_normal_inv(p < 1 ? p : 1 - 0x1p-53);
    if (curve->mirrored)
        z = -z;
    return curve->log ? curve->centre * fm_exp(curve->spread * z)
                      : curve->centre + curve->spread * z;
}

/* The middle of one of 2^52 equal parts: never 0 and never 1. */
double curve_at(const Curve *curve, uint64_t word)
{
    return at(curve, ((double)(word >> 12) + 0.5) * 0x1p-52);
}

void curve_fill(const Curve *curve, const uint64_t *words, double *out, uint32_t n)
{
    double p[CURVE_AT_ONCE] = {0}, width = curve->p_high - curve->p_low;
    double centre = curve->centre, spread = curve->spread;
    for (uint32_t k = 0; k < n; k++) {
        double u = ((double)(words[k] >> 12) + 0.5) * 0x1p-52;
        double at_u = curve->p_low + u * width;
        p[k] = at_u < 1 ? at_u : 1 - 0x1p-53;
    }
    fm_normal_inv_all(p, out, n);
    if (curve->mirrored)
        for (uint32_t k = 0; k < n; k++)
            out[k] = -out[k];
    for (uint32_t k = 0; k < n; k++)
        out[k] = spread * out[k];
    if (!curve->log) {
        for (uint32_t k = 0; k < n; k++)
            out[k] = centre + out[k];
        return;
    }
    fm_exp_all(out, n);
    for (uint32_t k = 0; k < n; k++)
        out[k] = centre * out[k];
}

void curve_fill_drawn(const Curve *curve, const GenCall *c, uint32_t from, uint32_t n, double *out)
{
    uint64_t words[CURVE_AT_ONCE];
    for (uint32_t k = 0; k < n; k++)
        words[k] = gen_draw(c, c->bound->key, from + k, 0).a;
    curve_fill(curve, words, out, n);
}

void curve_range(const Curve *curve, double *low, double *high)
{
    double a = curve_at(curve, 0), b = curve_at(curve, UINT64_MAX);
    *low = a < b ? a : b;
    *high = a < b ? b : a;
}

static void fill_stepped(const GenCall *c, Vec *out)
{
    const Stepped *s = c->bound->state;
    double steps = s->per_unit / (double)s->step, drawn[CURVE_AT_ONCE];
    for (uint32_t from = 0, n; from < c->n; from += n) {
        n = c->n - from < CURVE_AT_ONCE ? c->n - from : CURVE_AT_ONCE;
        curve_fill_drawn(&s->curve, c, from, n, drawn);
        for (uint32_t k = 0; k < n; k++) {
            int64_t v = round_half_away(drawn[k] * steps) * s->step;
            v = s->minus_from ? s->minus_from - v : v;
            out->i[from + k] = v < s->lo ? s->lo : v > s->hi ? s->hi : v;
        }
    }
}

bool stepped_bind(GenBind *b, Stepped *s, Type type)
{
    b->out->type = type;
    b->out->state = s;
    b->out->fill = fill_stepped;
    if (type.kind == TYPE_INT) {
        b->out->lo = s->lo;
        b->out->hi = s->hi;
        b->out->has_bounds = true;
    }
    return true;
}

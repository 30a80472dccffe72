/* exp and log after Sun's fdlibm (e_exp.c, e_log.c), the normal distribution after Hart's algorithm
 * 5666 in the form of West, "Better approximations to cumulative normal functions" (2005), its
 * inverse after Wichura, "Algorithm AS 241: The percentage points of the normal distribution"
 * (1988), routine PPND16. */
#include "gen/fmath.h"

#include <float.h>
#include <stdint.h>
#include <string.h>

static const double ln2_hi = 6.93147180369123816490e-01, ln2_lo = 1.90821492927058770002e-10;

static inline double power_of_two(int n) /* -1022 <= n <= 1023 */
{
    uint64_t bits = (uint64_t)(uint32_t)(n + 1023) << 52;
    double d;
    memcpy(&d, &bits, sizeof d);
    return d;
}

/* -745 <= x <= 709.78 */
static inline double exp_inside(double x)
{
    int k = (int)(1.44269504088896338700e+00 * x + (x < 0 ? -0.5 : 0.5));
    double hi = x - k * ln2_hi, lo = k * ln2_lo, r = hi - lo, rr = r * r;
    double poly = 4.13813679705723846039e-08;
    poly = -1.65339022054652515390e-06 + rr * poly;
    poly = 6.61375632143793436117e-05 + rr * poly;
    poly = -2.77777777770155933842e-03 + rr * poly;
    poly = 1.66666666666666019037e-01 + rr * poly;
    double c = r - rr * poly;
    double y = 1 + (r * c / (2 - c) - lo + hi);
    /* In two steps, so that neither leaves the exponent's range. */
    return y * power_of_two(k / 2) * power_of_two(k - k / 2);
}

double fm_exp(double x)
{
    if (x > 709.78)
        return DBL_MAX;
    return x < -745 ? 0 : exp_inside(x);
}

void fm_exp_all(double *x, uint32_t n)
{
    bool inside = true;
    for (uint32_t k = 0; k < n; k++)
        inside = inside & (x[k] <= 709.78) & (x[k] >= -745);
    if (inside)
        for (uint32_t k = 0; k < n; k++)
            x[k] = exp_inside(x[k]);
    else
        for (uint32_t k = 0; k < n; k++)
            x[k] = fm_exp(x[k]);
}

double fm_log(double x)
{
    int k = 0;
    if (x < DBL_MIN) {
        x *= 0x1p54;
        k = -54;
    }
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    /* x = 2^k * m with sqrt(1/2) < m < sqrt(2). */
    uint32_t high = (uint32_t)(bits >> 32) + (0x3ff00000 - 0x3fe6a09e);
    k += (int)(high >> 20) - 1023;
    high = (high & 0xfffff) + 0x3fe6a09e;
    bits = (uint64_t)high << 32 | (bits & 0xffffffff);
    double m;
    memcpy(&m, &bits, sizeof m);
    double f = m - 1, half = 0.5 * f * f, s = f / (2 + f), z = s * s, w = z * z;
    double even = w * (3.999999999940941908e-01 +
                       w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01));
    double odd = z * (6.666666666666735130e-01 +
                      w * (2.857142874366239149e-01 +
                           w * (1.818357216161805012e-01 + w * 1.479819860511658591e-01)));
    double r = even + odd;
    return s * (half + r) + k * ln2_lo - half + f + k * ln2_hi;
}

double fm_pow(double x, double y)
{
    if (x == 0 || y == 0)
        return y == 0;
    return fm_exp(y * fm_log(x));
}

/* Kahan: the error of exp and log near 0 and 1 cancels in the quotient. */
double fm_expm1(double x)
{
    double y = fm_exp(x);
    if (y == 1)
        return x;
    if (y - 1 == -1 || x > 700)
        return y - 1;
    return (y - 1) * x / fm_log(y);
}

double fm_log1p(double x)
{
    double y = 1 + x;
    return y == 1 ? x : fm_log(y) * x / (y - 1);
}

/* Stirling's series; below 10 the numbers themselves. */
double fm_log_factorial(double k)
{
    static const double small[] = {1, 1, 2, 6, 24, 120, 720, 5040, 40320, 362880};
    if (k < 10)
        return fm_log(small[(int)k]);
    double n = k + 1, r = 1 / (n * n);
    double series = 1.0 / 12 - r * (1.0 / 360 - r * (1.0 / 1260 - r * (1.0 / 1680 - r / 1188)));
    return (n - 0.5) * fm_log(n) - n + 0.918938533204672741780 + series / n;
}

/* Taylor series on an eighth of a turn, which is exact to the last bits. */
static double sin_small(double t)
{
    double r = t * t, sum = 0;
    for (int n = 19; n >= 3; n -= 2)
        sum = (1 + sum) * -r / (n * (n - 1));
    return t + t * sum;
}

static double cos_small(double t)
{
    double r = t * t, sum = 0;
    for (int n = 20; n >= 2; n -= 2)
        sum = (1 + sum) * -r / (n * (n - 1));
    return 1 + sum;
}

double fm_sin_turn(double x)
{
    int64_t eighths = (int64_t)(x * 8 + (x < 0 ? -0.5 : 0.5)),
            quarter = (eighths + (eighths & 1)) / 2;
    double t = (x - (double)quarter / 4) * 6.28318530717958647693;
    switch (quarter & 3) {
    case 0: return sin_small(t);
    case 1: return cos_small(t);
    case 2: return -sin_small(t);
    default: return -cos_small(t);
    }
}

double fm_cos_turn(double x)
{
    return fm_sin_turn(x + 0.25);
}

double fm_pow10(int n)
{
    static const double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                    1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                    1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    return n < 0 ? 1 / powers[-n] : powers[n];
}

double fm_normal_cdf(double z)
{
    double a = z < 0 ? -z : z, tail = 0;
    if (a < 37) {
        double e = fm_exp(-0.5 * a * a);
        if (a < 7.07106781186547) {
            double p = 3.52624965998911e-02 * a + 0.700383064443688;
            p = p * a + 6.37396220353165;
            p = p * a + 33.912866078383;
            p = p * a + 112.079291497871;
            p = p * a + 221.213596169931;
            p = p * a + 220.206867912376;
            double q = 8.83883476483184e-02 * a + 1.75566716318264;
            q = q * a + 16.064177579207;
            q = q * a + 86.7807322029461;
            q = q * a + 296.564248779674;
            q = q * a + 637.333633378831;
            q = q * a + 793.826512519948;
            q = q * a + 440.413735824752;
            tail = e * p / q;
        } else {
            double q = a + 0.65;
            q = a + 4 / q;
            q = a + 3 / q;
            q = a + 2 / q;
            q = a + 1 / q;
            tail = e / q / 2.506628274631;
        }
    }
    return z > 0 ? 1 - tail : tail;
}

static inline double ratio(const double *num, const double *den, double x)
{
    double p = num[7], q = den[6];
    for (int i = 6; i >= 0; i--)
        p = p * x + num[i];
    for (int i = 5; i >= 0; i--)
        q = q * x + den[i];
    return p / (q * x + 1);
}

static const double middle_num[] = {3.3871328727963666080e0,  1.3314166789178437745e+2,
                                    1.9715909503065514427e+3, 1.3731693765509461125e+4,
                                    4.5921953931549871457e+4, 6.7265770927008700853e+4,
                                    3.3430575583588128105e+4, 2.5090809287301226727e+3};
static const double middle_den[] = {4.2313330701600911252e+1, 6.8718700749205790830e+2,
                                    5.3941960214247511077e+3, 2.1213794301586595867e+4,
                                    3.9307895800092710610e+4, 2.8729085735721942674e+4,
                                    5.2264952788528545610e+3};

static inline bool in_middle(double q)
{
    return q >= -0.425 && q <= 0.425;
}

static inline double middle(double q)
{
    return q * ratio(middle_num, middle_den, 0.180625 - q * q);
}

double fm_normal_inv(double p)
{
    static const double c[] = {1.42343711074968357734e0,  4.63033784615654529590e0,
                               5.76949722146069140550e0,  3.64784832476320460504e0,
                               1.27045825245236838258e0,  2.41780725177450611770e-1,
                               2.27238449892691845833e-2, 7.74545014278341407640e-4};
    static const double d[] = {2.05319162663775882187e0,  1.67638483018380384940e0,
                               6.89767334985100004550e-1, 1.48103976427480074590e-1,
                               1.51986665636164571966e-2, 5.47593808499534494600e-4,
                               1.05075007164441684324e-9};
    static const double e[] = {6.65790464350110377720e0,  5.46378491116411436990e0,
                               1.78482653991729133580e0,  2.96560571828504891230e-1,
                               2.65321895265761230930e-2, 1.24266094738807843860e-3,
                               2.71155556874348757815e-5, 2.01033439929228813265e-7};
    static const double f[] = {5.99832206555887937690e-1, 1.36929880922735805310e-1,
                               1.48753612908506148525e-2, 7.86869131145613259100e-4,
                               1.84631831751005468180e-5, 1.42151175831644588870e-7,
                               2.04426310338993978564e-15};
    double q = p - 0.5;
    if (in_middle(q))
        return middle(q);
    double r = __builtin_sqrt(-fm_log(q < 0 ? p : 1 - p));
    double z = r <= 5 ? ratio(c, d, r - 1.6) : ratio(e, f, r - 5);
    return q < 0 ? -z : z;
}

/* Most lie in the middle: all are taken for such, without a branch, and the others done again. */
void fm_normal_inv_all(const double *p, double *z, uint32_t n)
{
    for (uint32_t k = 0; k < n; k++)
        z[k] = middle(p[k] - 0.5);
    for (uint32_t k = 0; k < n; k++)
        if (!in_middle(p[k] - 0.5))
            z[k] = fm_normal_inv(p[k]);
}

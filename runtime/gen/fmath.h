/* Floating-point functions with the same bits on every machine: only + - * / and __builtin_sqrt,
 * which IEEE 754 fixes, and no libm. Compile with -ffp-contract=off. Arguments are finite. */
#ifndef SEEDPIPE_GEN_FMATH_H
#define SEEDPIPE_GEN_FMATH_H

#include <stdbool.h>
#include <stdint.h>

/* Relative error below 1e-15. exp: 0 below -745, 1.8e308 (the largest double) above 709.78. log: x
 * > 0. */
double fm_exp(double x);
double fm_log(double x);
/* exp(y log x), x >= 0: relative error about 1e-16 * (1 + |y log x|). */
double fm_pow(double x, double y);
/* exp(x) - 1 and log(1 + x), x > -1, exact near 0 too: relative error below 1e-14. */
double fm_expm1(double x);
double fm_log1p(double x);
/* log(k!) of a whole k >= 0: relative error below 1e-12. */
double fm_log_factorial(double k);
/* Sine and cosine of 2 pi x, |x| < 2^40: absolute error below 1e-15. */
double fm_sin_turn(double x);
double fm_cos_turn(double x);
/* Whole powers of ten, n in -22..22, exact for n >= 0. */
double fm_pow10(int n);

/* The standard normal distribution: absolute error below 1e-14, relative below 1e-8 down to -36. */
double fm_normal_cdf(double z);
/* Its inverse for 0 < p < 1: relative error about 1e-16 (Wichura, "Algorithm AS 241", 1988). */
double fm_normal_inv(double p);
/* The same for many at once, faster. exp in place; p and z do not overlap. */
void fm_exp_all(double *x, uint32_t n);
void fm_normal_inv_all(const double *p, double *z, uint32_t n);

static inline bool fm_is_finite(double x)
{
    return x - x == 0;
}

#endif

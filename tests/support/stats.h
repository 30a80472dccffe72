/* Statistical tests for generators, with p-values, so that a test states how unlikely a failure by
 * chance is. Seeds are fixed: a test that passes once passes always. */
#ifndef SEEDPIPE_TEST_STATS_H
#define SEEDPIPE_TEST_STATS_H

#include <stdint.h>

/* Pearson's chi-square of n cells against their expected shares (sum 1): the chance of a worse fit.
 * Cells expected fewer than 5 times are put together with the next. */
double stats_chi_square(const uint64_t *observed, const double *shares, int n);
/* The same against equal shares. */
double stats_chi_square_uniform(const uint64_t *observed, int n);
/* Kolmogorov-Smirnov of n samples (sorted here) against a continuous distribution function. */
double stats_ks(double *samples, int n, double (*cdf)(double x, const void *ctx), const void *ctx);

double stats_mean(const double *samples, int n);
double stats_deviation(const double *samples, int n);

#endif

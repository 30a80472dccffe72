/* Chi-square through the regularized incomplete gamma function (series and continued fraction,
 * Abramowitz and Stegun 6.5.29, 6.5.31); Kolmogorov's distribution with Stephens's correction for
 * finite n (1970). */
#include "stats.h"

#include <math.h>
#include <stdlib.h>

static double gamma_upper(double a, double x)
{
    double front = exp(-x + a * log(x) - lgamma(a));
    if (x < a + 1) {
        double term = 1 / a, sum = term;
        for (int k = 1; k < 10000 && term > sum * 1e-15; k++)
            sum += term *= x / (a + k);
        return 1 - front * sum;
    }
    double b = x + 1 - a, c = 1e300, d = 1 / b, h = d;
    for (int k = 1; k < 10000; k++) {
        double an = -k * (k - a);
        b += 2;
        d = 1 / (an * d + b);
        c = b + an / c;
        h *= d * c;
        if (fabs(d * c - 1) < 1e-15)
            break;
    }
    return front * h;
}

double stats_chi_square(const uint64_t *observed, const double *shares, int n)
{
    double total = 0, chi = 0, seen = 0, expected = 0;
    int cells = 0;
    for (int i = 0; i < n; i++)
        total += (double)observed[i];
    for (int i = 0; i < n; i++) {
        seen += (double)observed[i];
        expected += shares[i] * total;
        if (expected >= 5 || (i == n - 1 && expected > 0)) {
            chi += (seen - expected) * (seen - expected) / expected;
            cells++;
            seen = expected = 0;
        } else if (i == n - 1 && seen > 0) {
            return 0; /* something was seen that cannot be */
        }
    }
    return cells < 2 ? 1 : chi <= 0 ? 1 : gamma_upper((cells - 1) / 2.0, chi / 2);
}

double stats_chi_square_uniform(const uint64_t *observed, int n)
{
    double *shares = malloc(sizeof *shares * (size_t)n);
    for (int i = 0; i < n; i++)
        shares[i] = 1.0 / n;
    double p = stats_chi_square(observed, shares, n);
    free(shares);
    return p;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double stats_ks(double *samples, int n, double (*cdf)(double x, const void *ctx), const void *ctx)
{
    qsort(samples, (size_t)n, sizeof *samples, ascending);
    double d = 0;
    for (int i = 0; i < n; i++) {
        double p = cdf(samples[i], ctx);
        d = fmax(d, fmax(p - (double)i / n, (double)(i + 1) / n - p));
    }
    double t = d * (sqrt(n) + 0.12 + 0.11 / sqrt(n)), sum = 0;
    for (int k = 1; k <= 100; k++)
        sum += (k % 2 ? 2 : -2) * exp(-2.0 * k * k * t * t);
    return t < 0.2 ? 1 : fmin(fmax(sum, 0), 1);
}

double stats_mean(const double *samples, int n)
{
    double sum = 0;
    for (int i = 0; i < n; i++)
        sum += samples[i];
    return sum / n;
}

double stats_deviation(const double *samples, int n)
{
    double mean = stats_mean(samples, n), sum = 0;
    for (int i = 0; i < n; i++)
        sum += (samples[i] - mean) * (samples[i] - mean);
    return sqrt(sum / (n - 1));
}

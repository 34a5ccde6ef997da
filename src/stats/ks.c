/* Kolmogorov and Smirnov's two-sample test: its statistic, exactly, and its p-value, exactly or in
   the limit. */
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "regnet/stats.h"

#define MOST_POINTS 1e8 /* of the exact distribution's lattice: half a second */

/* nm sup |F_a - F_b|, a whole number: both staircases are compared after every distinct error. */
static int64_t whole_statistic(const struct rn_edf *a, const struct rn_edf *b)
{
    int64_t n = (int64_t)a->n, m = (int64_t)b->n, sup = 0, i = 0, j = 0;

    while (i < n && j < m) {
        double e = fmin(a->error[i], b->error[j]);
        while (i < n && a->error[i] <= e)
            i++;
        while (j < m && b->error[j] <= e)
            j++;
        int64_t apart = llabs(i * m - j * n);
        sup = apart > sup ? apart : sup;
    }
    return sup;
}

static double weighted_statistic(const struct rn_edf *a, const struct rn_edf *b)
{
    double sup = 0;
    size_t i = 0, j = 0;

    while (i < a->n && j < b->n) {
        double e = fmin(a->error[i], b->error[j]);
        while (i < a->n && a->error[i] <= e)
            i++;
        while (j < b->n && b->error[j] <= e)
            j++;
        sup = fmax(sup, fabs((i ? a->f[i - 1] : 0) - (j ? b->f[j - 1] : 0)));
    }
    return sup;
}

/*
 * P(nm D >= h). If both samples are of one distribution, their merged order is a path from (0, 0)
 * to (n, m), and all paths are as likely. left[j] is the probability that the path to (i, j) has
 * left the band |im - jn| < h on its way; the path came from (i - 1, j) with probability i/(i + j).
 * Only sums of positive terms: the smallest p is as precise as the largest.
 */
static enum rn_status exact(int64_t n, int64_t m, int64_t h, double *p, struct rn_err *err)
{
    double *left = rn_alloc((size_t)m + 1, sizeof *left);

    if (!left)
        return rn_nomem(err, (size_t)m * sizeof *left, "a test");
    for (int64_t j = 0; j <= m; j++)
        left[j] = j * n >= h;
    for (int64_t i = 1; i <= n; i++) {
        int64_t first = i * m < h ? 0 : (i * m - h) / n + 1, end = (i * m + h + n - 1) / n;
        end = end <= m ? end : m + 1;
        if (first > 0)
            left[first - 1] = 1;
        for (int64_t j = first; j < end; j++) {
            double beside = j ? (double)j * left[j - 1] : 0;
            left[j] = ((double)i * left[j] + beside) / (double)(i + j);
        }
    }
    *p = left[m];
    rn_free(left);
    return RN_OK;
}

/* P(K > x) of Kolmogorov's limiting distribution: of its two series the one that converges fast. */
static double limit(double x)
{
    const double pi = 3.14159265358979323846;
    double sum = 0;

    if (x <= 0.1)
        return 1;
    if (x < 1) {
        for (int k = 1; k <= 19; k += 2)
            sum += exp(-k * k * pi * pi / (8 * x * x));
        return 1 - sqrt(2 * pi) / x * sum;
    }
    for (int k = 1; k <= 10; k++)
        sum += (k % 2 ? 2 : -2) * exp(-2.0 * k * k * x * x);
    return sum;
}

enum rn_status rn_edf_ks(const struct rn_edf *a, const struct rn_edf *b, double *ks, double *p,
                         struct rn_err *err)
{
    double n = a->effective, m = b->effective;
    bool weighted = n < (double)a->n || m < (double)b->n;
    int64_t h = weighted ? 0 : whole_statistic(a, b);
    double d = weighted ? weighted_statistic(a, b) : (double)h / (n * m);

    if (!weighted && fmin(1, 2 * d) * n * m <= MOST_POINTS) {
        enum rn_status status = exact((int64_t)a->n, (int64_t)b->n, h, p, err);
        if (status == RN_OK)
            *ks = d;
        return status;
    }
    *ks = d;
    *p = limit(d * sqrt(n * m / (n + m)));
    return RN_OK;
}

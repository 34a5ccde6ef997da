/* How two populations differ: a bootstrap interval of the means, and Kolmogorov and Smirnov's test.
 */
#include "regnet/stats.h"

#include <math.h>
#include <stdlib.h>

#include "regnet/memory.h"
#include "regnet/rng.h"

#define REPETITIONS 10000

static double resampled_mean(const struct rn_edf *edf, struct rn_rng *rng)
{
    double sum = 0;

    for (size_t i = 0; i < edf->n; i++)
        sum += edf->error[rn_rng_below(rng, (uint32_t)edf->n)];
    return sum / (double)edf->n;
}

static enum rn_status bootstrap(const struct rn_edf *a, const struct rn_edf *b, uint64_t seed,
                                struct rn_edf *differences, struct rn_err *err)
{
    enum rn_status status;
    double *difference = rn_alloc(REPETITIONS, sizeof *difference);

    if (!difference)
        return rn_nomem(err, REPETITIONS * sizeof *difference, "a bootstrap");
    for (size_t i = 0; i < REPETITIONS; i++) {
        struct rn_rng rng = rn_rng_at(seed, RN_STREAM_BOOTSTRAP, i);
        double mean_a = resampled_mean(a, &rng);
        difference[i] = resampled_mean(b, &rng) - mean_a;
    }
    status = rn_edf_make(difference, REPETITIONS, differences, err);
    rn_free(difference);
    return status;
}

/* sup |F_a - F_b|: both step functions are compared after every distinct error. */
static double ks_statistic(const struct rn_edf *a, const struct rn_edf *b)
{
    double sup = 0;
    size_t i = 0, j = 0;

    while (i < a->n && j < b->n) {
        double e = fmin(a->error[i], b->error[j]);
        while (i < a->n && a->error[i] <= e)
            i++;
        while (j < b->n && b->error[j] <= e)
            j++;
        sup = fmax(sup, fabs((double)i / (double)a->n - (double)j / (double)b->n));
    }
    return sup;
}

/* P(K > x) of Kolmogorov's limiting distribution: of its two series the one that converges fast. */
static double kolmogorov_tail(double x)
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

enum rn_status rn_edf_difference(const struct rn_edf *a, const struct rn_edf *b, uint64_t seed,
                                 struct rn_difference *difference, struct rn_err *err)
{
    struct rn_edf means = {0};
    double n = (double)a->n, m = (double)b->n, ks = ks_statistic(a, b);
    enum rn_status status = bootstrap(a, b, seed, &means, err);

    if (status != RN_OK)
        return status;
    *difference = (struct rn_difference){.mean = b->mean - a->mean,
                                         .low = rn_percentile(means.error, means.n, 2.5),
                                         .high = rn_percentile(means.error, means.n, 97.5),
                                         .ks = ks,
                                         .ks_p = kolmogorov_tail(ks * sqrt(n * m / (n + m)))};
    rn_edf_release(&means);
    return RN_OK;
}

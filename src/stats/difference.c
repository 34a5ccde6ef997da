/* How the means of two populations differ: the bootstrap's interval, and a sentence about it. */
#include <math.h>

#include "regnet/rng.h"
#include "regnet/stats.h"
#include "room.h"

#define REPETITIONS 10000
#define MOST_DRAWS 4000    /* of a repetition; more take seconds, and the limit is as good */
#define ENOUGH_NETWORKS 10 /* the interval of fewer is too narrow */

static double draw(const struct rn_edf *edf, struct rn_rng *rng)
{
    if (edf->effective < (double)edf->n)
        return edf->error[rn_quantile(edf->f, edf->n, rn_rng_uniform(rng))];
    return edf->error[rn_rng_below(rng, (uint32_t)edf->n)];
}

static double resampled_mean(const struct rn_edf *edf, struct rn_rng *rng)
{
    size_t n = (size_t)rint(edf->effective);
    double sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += draw(edf, rng) - edf->min;
    return edf->min + sum / (double)n;
}

static enum rn_status simulated_interval(const struct rn_edf *a, const struct rn_edf *b,
                                         uint64_t seed, struct rn_difference *d, struct rn_err *err)
{
    double *differences = rn_alloc(REPETITIONS, sizeof *differences);
    struct rn_edf sorted = {0};
    enum rn_status status;

    if (!differences)
        return rn_nomem(err, REPETITIONS * sizeof *differences, "a bootstrap");
    for (size_t i = 0; i < REPETITIONS; i++) {
        struct rn_rng rng = rn_rng_at(seed, RN_STREAM_BOOTSTRAP, i);
        double mean_a = resampled_mean(a, &rng);
        differences[i] = resampled_mean(b, &rng) - mean_a;
    }
    RN_TRY(rn_edf_make(differences, REPETITIONS, &sorted, err));
    d->low = rn_percentile(sorted.error, sorted.n, 2.5);
    d->high = rn_percentile(sorted.error, sorted.n, 97.5);
done:
    rn_edf_release(&sorted);
    rn_free(differences);
    return status;
}

/* The second and third cumulant of a resampled mean. */
static void cumulants(const struct rn_edf *edf, double *second, double *third)
{
    double before = 0;

    *second = *third = 0;
    for (size_t i = 0; i < edf->n; i++) {
        double weight = edf->f[i] - before, apart = edf->error[i] - edf->mean;
        *second += weight * apart * apart;
        *third += weight * apart * apart * apart;
        before = edf->f[i];
    }
    *second /= edf->effective;
    *third /= edf->effective * edf->effective;
}

/* The normal distribution that the resampled means tend to, with the first term of Cornish and
   Fisher's expansion for their skewness. */
static void limiting_interval(const struct rn_edf *a, const struct rn_edf *b,
                              struct rn_difference *d)
{
    const double z = 1.959963984540054;
    double second_a, third_a, second_b, third_b, deviation, shift;

    cumulants(a, &second_a, &third_a);
    cumulants(b, &second_b, &third_b);
    deviation = sqrt(second_a + second_b);
    shift = deviation > 0 ? (third_b - third_a) / (6 * (second_a + second_b)) * (z * z - 1) : 0;
    d->low = d->mean - z * deviation + shift;
    d->high = d->mean + z * deviation + shift;
}

enum rn_status rn_edf_difference(const struct rn_edf *a, const struct rn_edf *b, uint64_t seed,
                                 struct rn_difference *difference, struct rn_err *err)
{
    struct rn_difference d = {.mean = b->mean - a->mean};
    enum rn_status status;

    RN_TRY(rn_edf_ks(a, b, &d.ks, &d.ks_p, err));
    if (a->effective + b->effective > MOST_DRAWS)
        limiting_interval(a, b, &d);
    else
        RN_TRY(simulated_interval(a, b, seed, &d, err));
    *difference = d;
done:
    return status;
}

static const char *verdict(const struct rn_difference *d, const struct rn_edf *a,
                           const struct rn_edf *b)
{
    if (a->effective < ENOUGH_NETWORKS || b->effective < ENOUGH_NETWORKS)
        return "too few networks for a verdict";
    if (d->low <= 0 && d->high >= 0)
        return "no difference that this many networks show";
    return d->mean < 0 ? "better" : "worse";
}

enum rn_status rn_difference_text(const struct rn_difference *d, const char *name_a,
                                  const struct rn_edf *a, const char *name_b,
                                  const struct rn_edf *b, struct rn_buf *out, struct rn_err *err)
{
    return rn_buf_addf(out, err,
                       "%s has a mean error of %.1f %% (n = %zu), %s of %.1f %% (n = %zu): a "
                       "difference of %+.1f points, 95 %% interval %+.1f to %+.1f (%s); "
                       "Kolmogorov-Smirnov D = %.2f, p = %.2g.",
                       name_b, b->mean, b->n, name_a, a->mean, a->n, d->mean, d->low, d->high,
                       verdict(d, a, b), d->ks, d->ks_p);
}

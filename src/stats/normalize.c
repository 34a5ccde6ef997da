/* Weights that make the distribution of a cost uniform (NDS): error | flops, error | params. */
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "regnet/stats.h"
#include "room.h"

static double edge(const struct rn_bins *bins, int k)
{
    return bins->low + k * ((bins->high - bins->low) / bins->n);
}

/* k where edge k <= cost < edge k + 1; bins->n outside of the open range. */
static int bin_of(double cost, const struct rn_bins *bins)
{
    int k;

    if (!(cost > bins->low && cost < bins->high))
        return bins->n;
    k = (int)(bins->n * ((cost - bins->low) / (bins->high - bins->low)));
    k = k < bins->n ? k : bins->n - 1;
    if (k > 0 && cost < edge(bins, k)) /* the quotient and the edge may round apart */
        return k - 1;
    return k + 1 < bins->n && cost >= edge(bins, k + 1) ? k + 1 : k;
}

/* Counts the networks of each bin. Returns the first empty one, or bins->n. */
static int count(const double *cost, size_t n, const struct rn_bins *bins, size_t *counts)
{
    int k = 0;

    memset(counts, 0, ((size_t)bins->n + 1) * sizeof *counts);
    for (size_t i = 0; i < n; i++)
        counts[bin_of(cost[i], bins)]++;
    while (k < bins->n && counts[k] > 0)
        k++;
    return k;
}

static enum rn_status common_range(const double *const *costs, const size_t *n, size_t populations,
                                   struct rn_bins *bins, struct rn_err *err)
{
    enum rn_status status = RN_OK;

    bins->low = -INFINITY, bins->high = INFINITY;
    for (size_t p = 0; p < populations; p++) {
        double low = INFINITY, high = -INFINITY;
        RN_TRY(rn_check_finite("cost", costs[p], n[p], err));
        for (size_t i = 0; i < n[p]; i++) {
            low = fmin(low, costs[p][i]);
            high = fmax(high, costs[p][i]);
        }
        bins->low = fmax(bins->low, low);
        bins->high = fmin(bins->high, high);
    }
done:
    return status;
}

static bool all_filled(const double *const *costs, const size_t *n, size_t populations,
                       const struct rn_bins *bins, size_t *counts)
{
    for (size_t p = 0; p < populations; p++)
        if (count(costs[p], n[p], bins, counts) < bins->n)
            return false;
    return true;
}

enum rn_status rn_common_bins(const double *const *costs, const size_t *n, size_t populations,
                              int at_most, struct rn_bins *bins, struct rn_err *err)
{
    struct rn_bins made = {.n = at_most};
    size_t *counts = rn_alloc((size_t)at_most + 1, sizeof *counts);
    enum rn_status status;

    if (!counts)
        return rn_nomem(err, (size_t)at_most * sizeof *counts, "bins");
    RN_TRY(common_range(costs, n, populations, &made, err));
    while (made.n > 0 && !all_filled(costs, n, populations, &made, counts))
        made.n--;
    if (made.n > 0)
        *bins = made;
    else
        status = rn_fail(err, RN_E_DATA,
                         "no range of costs is in all populations: the greatest minimum is %g, the "
                         "least maximum %g",
                         made.low, made.high);
done:
    rn_free(counts);
    return status;
}

enum rn_status rn_cost_weights(const double *cost, size_t n, const struct rn_bins *bins,
                               double *weights, struct rn_err *err)
{
    size_t *counts = rn_alloc((size_t)bins->n + 1, sizeof *counts);
    enum rn_status status;
    int empty;

    if (!counts)
        return rn_nomem(err, (size_t)bins->n * sizeof *counts, "bins");
    RN_TRY(rn_check_finite("cost", cost, n, err));
    empty = count(cost, n, bins, counts);
    if (empty < bins->n)
        RN_TRY(rn_fail(err, RN_E_DATA,
                       "no network has a cost between %g and %g, bin %d of %d: take fewer bins, a "
                       "narrower range or more networks",
                       edge(bins, empty), edge(bins, empty + 1), empty + 1, bins->n));
    for (size_t i = 0; i < n; i++) {
        int k = bin_of(cost[i], bins);
        weights[i] = k < bins->n ? 1.0 / ((double)bins->n * (double)counts[k]) : 0;
    }
done:
    rn_free(counts);
    return status;
}

/*
 * stats.h: what a population's errors say (section 3.1): distributions, and how two of them differ.
 *
 * No network, no plotting: plain arrays of doubles in, numbers out. Errors are percent, costs of
 * any unit. Nothing depends on the order of the networks. bootstrap.h, fit.h and front.h have the
 * rest; docs/statistics.md says what each number means and when to trust it.
 *
 *     struct rn_edf edf;
 *     RN_TRY(rn_edf_make(errors, n, &edf, err));
 *     printf("%zu | %.1f | %.1f\n", edf.n, edf.min, edf.mean);
 *     rn_edf_release(&edf);
 */
#ifndef REGNET_STATS_H
#define REGNET_STATS_H

#include <stddef.h>
#include <stdint.h>

#include "regnet/memory.h"

/*
 * The empirical distribution function F(e) = (1/n) sum 1[e_i < e] (equation 1), or, where networks
 * weigh differently, F(e) = sum w_i 1[e_i < e] with sum w_i = 1.
 */
struct rn_edf {
    size_t n;
    double effective; /* n; with weights the fewer equal ones worth as much: 1 / sum w_i^2 */
    double *error;    /* ascending; yours: rn_edf_release */
    double *f;        /* f[i]: how much of the population has an error of error[i] or less */
    double min, mean, median, max;
};

/* RN_E_DATA when n is 0 or a value is not finite. */
enum rn_status rn_edf_make(const double *errors, size_t n, struct rn_edf *edf, struct rn_err *err);
/* Weights are not negative, of any sum; a network without weight is left out. */
enum rn_status rn_edf_make_weighted(const double *errors, const double *weights, size_t n,
                                    struct rn_edf *edf, struct rn_err *err);
void rn_edf_release(struct rn_edf *edf);
double rn_edf_at(const struct rn_edf *edf, double e);

/* Half the width of a band around F that with this confidence (0.95, say) has the whole of the
   space's true distribution in it: Dvoretzky, Kiefer and Wolfowitz's inequality with Massart's
   constant; at most 1. Holds for every n; with weights approximately, by the effective number. */
double rn_edf_band(const struct rn_edf *edf, double confidence);

/* Linear interpolation between order statistics (NumPy's default); p in [0, 100], sorted ascending.
 */
double rn_percentile(const double *sorted, size_t n, double p);

/*
 * Complexity-normalized distributions (NDS): weights that make the distribution of a
 * cost uniform, so that spaces are compared at equal cost.
 *
 * The range is cut into bins of equal width, and each bin has the same weight, shared by the
 * networks in it. Networks outside of the range, or on its ends, have none. Spaces that are
 * compared need the same bins.
 */
struct rn_bins {
    double low, high;
    int n;
};

/* The range that all populations reach, in as many bins, at most so many, as leave none empty.
   RN_E_DATA when there is none. */
enum rn_status rn_common_bins(const double *const *costs, const size_t *n, size_t populations,
                              int at_most, struct rn_bins *bins, struct rn_err *err);
/* RN_E_DATA when a bin is empty: it says which. */
enum rn_status rn_cost_weights(const double *cost, size_t n, const struct rn_bins *bins,
                               double *weights, struct rn_err *err);

/*
 * How two populations differ.
 */
struct rn_difference {
    double mean, low, high; /* mean(b) - mean(a), and its 95 % interval by the bootstrap */
    double ks, ks_p;        /* two-sample Kolmogorov-Smirnov */
};

/* The interval is of 10,000 seeded repetitions, or, for more than 4,000 networks in all, of the
   bootstrap's limit. */
enum rn_status rn_edf_difference(const struct rn_edf *a, const struct rn_edf *b, uint64_t seed,
                                 struct rn_difference *difference, struct rn_err *err);
/* Appends it as a sentence to quote: both means, the difference with its interval, the test, and a
   verdict if both populations have ten networks or more. */
enum rn_status rn_difference_text(const struct rn_difference *difference, const char *name_a,
                                  const struct rn_edf *a, const char *name_b,
                                  const struct rn_edf *b, struct rn_buf *out, struct rn_err *err);

/* Kolmogorov and Smirnov's statistic sup |F_a - F_b| and its two-sided p-value. Exact where that
   takes less than a second (always up to 10,000 networks each), else, and with weights, of the
   limiting distribution at the effective numbers. Ties make it conservative. */
enum rn_status rn_edf_ks(const struct rn_edf *a, const struct rn_edf *b, double *ks, double *p,
                         struct rn_err *err);

/*
 * Stability: the same networks trained several times, with other seeds.
 */
struct rn_stability {
    size_t networks, runs;
    double within;      /* deviation of one network's errors over its runs, pooled */
    double between;     /* deviation of the networks' expected errors; 0 for one network */
    double reliability; /* between^2 / (between^2 + within^2): the share of a single run's variance
                           that tells networks apart (one-way intraclass correlation) */
};

/* network[i] says whose run i is. RN_E_DATA when no network has two runs. */
enum rn_status rn_stability_make(const double *errors, const size_t *network, size_t n,
                                 struct rn_stability *stability, struct rn_err *err);

#endif

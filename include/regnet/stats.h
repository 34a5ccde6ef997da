/*
 * stats.h: what a population's errors say (section 3.1; appendix B for the bootstrap).
 *
 * No network, no plotting: plain arrays of doubles in, numbers out. Errors are percent.
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

#include "regnet/status.h"

/* The empirical distribution function F(e) = (1/n) sum 1[e_i < e] (equation 1). */
struct rn_edf {
    size_t n;
    double *error; /* ascending; yours: rn_edf_release */
    double min, mean, median, max;
};

/* RN_E_DATA when n is 0 or a value is not finite. */
enum rn_status rn_edf_make(const double *errors, size_t n, struct rn_edf *edf, struct rn_err *err);
void rn_edf_release(struct rn_edf *edf);
double rn_edf_at(const struct rn_edf *edf, double e);

/* Linear interpolation between order statistics (NumPy's default); p in [0, 100], sorted ascending.
 */
double rn_percentile(const double *sorted, size_t n, double p);

/* mean(b) - mean(a) with a 95 % interval by the bootstrap (10,000 repetitions, seeded), and the
   two-sample Kolmogorov-Smirnov statistic with its asymptotic p-value. */
struct rn_difference {
    double mean, low, high;
    double ks, ks_p;
};
enum rn_status rn_edf_difference(const struct rn_edf *a, const struct rn_edf *b, uint64_t seed,
                                 struct rn_difference *difference, struct rn_err *err);

#endif

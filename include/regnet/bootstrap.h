/*
 * bootstrap.h: what the best of a few draws look like: the empirical bootstrap (footnote 4), trends
 * over regimes (figure 11), and how many networks a random search needs (figure 9, right).
 *
 * Each draws m networks of a population with replacement and keeps the best. The chance of each
 * network to be that one has a closed form, so nothing is simulated; the simulations are here to be
 * compared with.
 *
 *     struct rn_winners winners;
 *     struct rn_good_range range;
 *     RN_TRY(rn_winners_make(errors, n, rn_winners_draws(n), &winners, err));
 *     RN_TRY(rn_winners_range(&winners, depths, &range, err));
 *     printf("best %g, 95 %% from %g to %g\n", range.best, range.low, range.high);
 *     rn_winners_release(&winners);
 */
#ifndef REGNET_BOOTSTRAP_H
#define REGNET_BOOTSTRAP_H

#include <stdint.h>

#include "regnet/stats.h"

/* The networks that may be the best of m draws, with their chances. */
struct rn_winners {
    size_t n;
    size_t *network; /* n indices into the population, by ascending error */
    double *p;       /* their chances; the sum is 1 */
};

/* A quarter of the networks, as the paper draws; at least 1. */
size_t rn_winners_draws(size_t n);
/* Exact: the r-th best of n wins with ((n-r+1)^m - (n-r)^m) / n^m; ties share. Those at the end
   whose chances are less than 1e-15 together are left out. */
enum rn_status rn_winners_make(const double *errors, size_t n, size_t m, struct rn_winners *winners,
                               struct rn_err *err);
/* By as many repetitions (the paper: 10,000; pycls: 2,500); p is how often each won. */
enum rn_status rn_winners_simulate(const double *errors, size_t n, size_t m, size_t repetitions,
                                   uint64_t seed, struct rn_winners *winners, struct rn_err *err);
void rn_winners_release(struct rn_winners *winners);

/* Where the winners' values of a parameter lie: 95 % of them in [low, high], best the median. */
struct rn_good_range {
    double low, best, high;
};

/* x: of the whole population. RN_E_DATA when a winner's is not finite. */
enum rn_status rn_winners_range(const struct rn_winners *winners, const double *x,
                                struct rn_good_range *range, struct rn_err *err);

struct rn_regime {
    double low, high; /* of a cost: low <= cost < high; regimes may overlap */
};

/* A parameter in one regime: all of its values there, and the good ones. */
struct rn_trend {
    size_t n; /* networks; 0: none, and then the rest is 0 too */
    double min, max;
    struct rn_good_range good;
};

/* x: n_x parameters of n values each. trends: n_regimes times n_x, the first regime's parameters
   first. */
enum rn_status rn_trends(const double *errors, const double *cost, size_t n, const double *const *x,
                         size_t n_x, const struct rn_regime *regimes, size_t n_regimes,
                         struct rn_trend *trends, struct rn_err *err);

/* The error of the best of m random networks. */
struct rn_search {
    double mean, deviation;
};

struct rn_search rn_search_exact(const struct rn_edf *edf, size_t m);
/* The same by as many trials (pycls: n / m). */
struct rn_search rn_search_simulate(const struct rn_edf *edf, size_t m, size_t trials,
                                    uint64_t seed);

#endif

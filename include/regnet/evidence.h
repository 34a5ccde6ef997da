/*
 * evidence.h: what a population says of a restriction that few of its networks satisfy, or none.
 *
 * A linear model of the error predicts the mean error of networks that were never trained, with an
 * interval that grows as they leave the population behind. A range chosen by the best networks is
 * judged against the same choice among shuffled errors. Of many claims, those are kept among which
 * few are false. docs/refine.md says why and shows how often they are right.
 *
 *     RN_TRY(rn_regression_make(x, errors, n, k, plain, &model, err));
 *     RN_TRY(rn_regression_shift(&model, NULL, features_of_other_networks, &shift, err));
 *     printf("%+.2f; more than half a point: p = %.3f\n", shift.mean, rn_shift_p(&shift, 0.5));
 *     rn_regression_release(&model);
 */
#ifndef REGNET_EVIDENCE_H
#define REGNET_EVIDENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "regnet/status.h"

/*
 * y = constant + sum beta x + noise. Plain features are fitted by least squares. The others are
 * drawn towards 0, all as strongly, by as much as makes the data most likely (restricted maximum
 * likelihood): there may be more of them than networks.
 */
struct rn_regression {
    size_t k;
    double *center, *scale; /* k: mean and deviation of each feature */
    double *beta, *factor;  /* k, of the scaled features; k x k: Cholesky's of their precision */
    double variance, df;    /* of the noise; degrees of freedom */
};

/* x: n rows of k features. RN_E_DATA: a value is not finite, or the plain features leave fewer than
   RN_REGRESSION_DF degrees of freedom. Yours to release. */
enum rn_status rn_regression_make(const double *x, const double *y, size_t n, size_t k,
                                  const bool *plain, struct rn_regression *model,
                                  struct rn_err *err);
void rn_regression_release(struct rn_regression *model);

#define RN_REGRESSION_DF 8

/* How much the mean of y changes from some networks to others. */
struct rn_shift {
    double mean, deviation, df;
};

/* from, to: their mean features; a NULL from: the population. */
enum rn_status rn_regression_shift(const struct rn_regression *model, const double *from,
                                   const double *to, struct rn_shift *shift, struct rn_err *err);
/* Of n networks that were drawn, x their features, those with the least y predicted, a share of
   them (1: all): their mean features, and how far their mean y is off for being so few, as a
   variance. */
enum rn_status rn_regression_best(const struct rn_regression *model, const double *x, size_t n,
                                  double share, double *features, double *variance,
                                  struct rn_err *err);
/* Its 95 % interval. */
void rn_shift_interval(const struct rn_shift *shift, double *low, double *high);
/* The one-sided p-value against "the mean rises by more than margin": small, it does not. */
double rn_shift_p(const struct rn_shift *shift, double margin);

/*
 * An end of the range that the empirical bootstrap finds (bootstrap.h), as a bound of its own.
 */
struct rn_edge {
    double at;
    size_t kept;              /* networks within it */
    double change, low, high; /* of the mean error by keeping those, less what the same choice gains
                                 among shuffled errors; its 95 % interval */
    double p;                 /* of so large a gain among shuffled errors */
};

/* The lower and the upper edge of each of n_x parameters, edges[2 i] and edges[2 i + 1], by 2,000
   seeded permutations. x: n_x columns of n values. */
enum rn_status rn_edges_make(const double *errors, size_t n, const double *const *x, size_t n_x,
                             uint64_t seed, struct rn_edge *edges, struct rn_err *err);

/* Benjamini and Hochberg: of n claims with these p-values those that are found, so that the
   expected share of false ones among them is at most rate. */
enum rn_status rn_discoveries(const double *p, size_t n, double rate, bool *found,
                              struct rn_err *err);

#endif

/*
 * fit.h: how one number of the networks goes with another (section 4.2, figure 12).
 *
 *     RN_TRY(rn_correlate(acts, time, n, &r, err));             // figure 12, top
 *     RN_TRY(rn_fit_make(flops, time, n, RN_TERM_SQRT | RN_TERM_X, &fit, err));  // bottom right
 *     printf("%.1f sqrt(f) + %.1f f\n", fit.root, fit.linear);
 */
#ifndef REGNET_FIT_H
#define REGNET_FIT_H

#include <stddef.h>

#include "regnet/status.h"

/* Pearson's r and its 95 % interval by Fisher's transform, which is [-1, 1] for three or fewer. */
struct rn_correlation {
    double r, low, high;
};

/* RN_E_DATA for fewer than two, values that are not finite, or all x or all y the same. */
enum rn_status rn_correlate(const double *x, const double *y, size_t n,
                            struct rn_correlation *correlation, struct rn_err *err);

/* y = constant + root sqrt(x) + linear x, of these terms; the others are 0. */
enum rn_term { RN_TERM_ONE = 1, RN_TERM_SQRT = 2, RN_TERM_X = 4 };

struct rn_fit {
    double constant, root, linear;
    double rms; /* of y minus the fit */
    double r2;  /* share of y's variance that the fit explains; less than 0: a mean does better */
};

/* Least squares in y. terms: a sum of enum rn_term. RN_E_DATA for values that are not finite, a
   negative x with RN_TERM_SQRT, or fewer distinct x than terms. */
enum rn_status rn_fit_make(const double *x, const double *y, size_t n, int terms,
                           struct rn_fit *fit, struct rn_err *err);
double rn_fit_at(const struct rn_fit *fit, double x);

#endif

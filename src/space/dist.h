/*
 * dist.h: discrete distributions on a grid of numbers, and tuples of draws in a given order.
 *
 * A spec says what a file says of a parameter; a dist is its points with exact probabilities and an
 * alias table; an axis draws a parameter's values for all stages (docs/spaces.md).
 */
#ifndef RN_SPACE_DIST_H
#define RN_SPACE_DIST_H

#include <stdbool.h>

#include "regnet/rng.h"
#include "regnet/status.h"

#define RN_DIST_POINTS 65536
#define RN_SPEC_VALUES 64

enum rn_dist_kind {
    RN_DIST_UNIFORM,
    RN_DIST_LOG_UNIFORM,
    RN_DIST_POWER2_UNIFORM,
    RN_DIST_POWER2_OR_LOG_UNIFORM,
    RN_DIST_NORMAL,
    RN_DIST_LOG_NORMAL,
    RN_DIST_KINDS
};

extern const char *const rn_dist_names[RN_DIST_KINDS];

struct rn_spec {
    enum rn_dist_kind kind;
    double lo, hi, quantum;
    int n_values; /* above 0: these values, equally likely, and no range */
    double values[RN_SPEC_VALUES];
};

struct rn_dist {
    int n;
    double *value, *p; /* ascending; probabilities, sum 1 */
    double *keep;      /* Walker's alias method: column i is i below keep[i], else alias[i] */
    int *alias;
};

enum rn_status rn_dist_make(const struct rn_spec *spec, struct rn_dist *dist, struct rn_err *err);
void rn_dist_release(struct rn_dist *dist);
double rn_dist_draw(const struct rn_dist *dist, struct rn_rng *rng);

/* Makes the alias table of p. */
enum rn_status rn_dist_tabulate(struct rn_dist *dist, struct rn_err *err);

/* Bits, as constraints add up: up and down together leave equal values. */
enum rn_order { RN_ORDER_FREE = 0, RN_ORDER_UP = 1, RN_ORDER_DOWN = 2, RN_ORDER_EQUAL = 3 };

struct rn_axis {
    struct rn_dist dist; /* of one value; where all are equal, of that one */
    enum rn_order order;
    bool one;     /* one draw serves all stages */
    double *tail; /* of ordered tuples: tail[m * (n + 1) + k] = Tm(k) */
};

/* The distribution of n_stages values, each of spec's, that keep the order; with shared, of one. */
enum rn_status rn_axis_make(const struct rn_spec *spec, enum rn_order order, bool shared,
                            int n_stages, struct rn_axis *axis, struct rn_err *err);
void rn_axis_release(struct rn_axis *axis);
void rn_axis_draw(const struct rn_axis *axis, int n_stages, struct rn_rng *rng, double *values);

#endif

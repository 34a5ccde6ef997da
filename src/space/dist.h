/*
 * dist.h: discrete distributions on a grid of numbers.
 *
 * A spec says what a file says of a parameter; a dist is its points with exact probabilities and an
 * alias table. A grid of more than RN_DIST_POINTS points has no table: it is drawn by formula.
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
    bool inverse; /* the points are 1/x of these: pycls' BOT_MUL is 1/b */
};

/* Walker's alias method: a number in [0, 1) that is below keep chooses value[0], else value[1]. */
struct rn_column {
    double keep, value[2];
};

struct rn_dist {
    enum rn_dist_kind kind;
    double lo, hi, quantum;
    double points;             /* how many */
    int n;                     /* the same where they are tabulated, else 0 */
    double *value, *p;         /* ascending; probabilities, sum 1 */
    struct rn_column *columns; /* n of them, each as likely as the others */
};

enum rn_status rn_dist_make(const struct rn_spec *spec, struct rn_dist *dist, struct rn_err *err);
/* The same distribution given that a value is within [lo, hi], ends included: no points where none
   is. What has no table stays whole. */
enum rn_status rn_dist_within(const struct rn_dist *dist, double lo, double hi,
                              struct rn_dist *within, struct rn_err *err);
void rn_dist_release(struct rn_dist *dist);

/* Of a grid without a table. */
double rn_dist_draw_fine(const struct rn_dist *dist, struct rn_rng *rng);

static inline double rn_dist_draw(const struct rn_dist *dist, struct rn_rng *rng)
{
    const struct rn_column *column;
    double x;

    if (dist->n == 0)
        return rn_dist_draw_fine(dist, rng);
    x = rn_rng_uniform(rng) * dist->n;
    column = &dist->columns[(int)x];
    return column->value[x - (int)x >= column->keep]; /* no branch: it could not be foreseen */
}

#endif

/*
 * axis.h: the values of one parameter, one for each stage, with what constraints say of them alone.
 *
 * Constraints of two kinds are drawn directly: the bounds of a value, and how the next value stands
 * to it. What is drawn has the distribution that rejection would leave (docs/spaces.md).
 */
#ifndef RN_SPACE_AXIS_H
#define RN_SPACE_AXIS_H

#include "dist.h"
#include "regnet/arch.h"

/* How a value stands to another, as bits: constraints on the same two add up by "and". */
enum { RN_LESS = 1, RN_EQUAL = 2, RN_GREATER = 4, RN_ANY = 7 };

struct rn_bounds {
    double lo[RN_MAX_STAGES], hi[RN_MAX_STAGES]; /* of each value, ends included */
    unsigned char link[RN_MAX_STAGES];           /* of value i + 1 to value i */
};

/* The table of a value that is linked to a neighbour: the weight of a point is its probability
   times that of everything that may follow it. */
struct rn_linked {
    double *tail;     /* tail[k]: the weights of points k and above; NULL: linked to neither side */
    int *begin, *end; /* the points that may follow point k of the value before; NULL: any may */
};

struct rn_axis {
    int n;
    bool shared;                /* the first value's draw serves all */
    const struct rn_dist *only; /* of the one draw that there is; NULL: there are several */
    struct rn_dist plain[RN_MAX_STAGES];                           /* as the file says it */
    struct rn_dist kept[RN_MAX_STAGES];                            /* within the bounds */
    unsigned char plain_of[RN_MAX_STAGES], kept_of[RN_MAX_STAGES]; /* alike ones are made once */
    unsigned char link[RN_MAX_STAGES];
    struct rn_linked linked[RN_MAX_STAGES];
};

/* n values' own distributions. RN_E_CONFIG when a shared one has several. */
enum rn_status rn_axis_make(const struct rn_spec *specs, int n, bool shared, struct rn_axis *axis,
                            struct rn_err *err);
/* Whether every value has a table, so that bounds can be drawn directly. */
bool rn_axis_is_tabulated(const struct rn_axis *axis);
/* No bounds and no links: where constraints begin. */
void rn_bounds_init(struct rn_bounds *bounds);
/* Once, before the first draw. RN_E_CONFIG when no values are left. */
enum rn_status rn_axis_bind(struct rn_axis *axis, const struct rn_bounds *bounds,
                            struct rn_err *err);
void rn_axis_release(struct rn_axis *axis);

/* n values as if there were no bounds; and within them, of an axis with several draws. */
void rn_axis_draw_plain(const struct rn_axis *axis, struct rn_rng *rng, double *values);
void rn_axis_draw_tuple(const struct rn_axis *axis, struct rn_rng *rng, double *values);

/* n values within the bounds. */
static inline void rn_axis_draw(const struct rn_axis *axis, struct rn_rng *rng, double *values)
{
    if (!axis->only) {
        rn_axis_draw_tuple(axis, rng, values);
        return;
    }
    values[0] = rn_dist_draw(axis->only, rng);
    for (int i = 1; i < axis->n; i++)
        values[i] = values[0];
}

static inline const struct rn_dist *rn_axis_plain(const struct rn_axis *axis, int i)
{
    return &axis->plain[axis->plain_of[i]];
}

static inline const struct rn_dist *rn_axis_kept(const struct rn_axis *axis, int i)
{
    return &axis->kept[axis->kept_of[i]];
}

#endif

/* Tuples of draws within bounds and in an order, from their conditional distributions: nothing is
   rejected and nothing is sorted (sorting would favour tuples without ties). */
#include "axis.h"

#include <math.h>
#include <string.h>

#include "regnet/memory.h"

static bool same_spec(const struct rn_spec *a, const struct rn_spec *b)
{
    if (a->n_values != b->n_values || a->inverse != b->inverse)
        return false;
    if (a->n_values > 0)
        return memcmp(a->values, b->values, (size_t)a->n_values * sizeof *a->values) == 0;
    return a->kind == b->kind && a->lo == b->lo && a->hi == b->hi && a->quantum == b->quantum;
}

enum rn_status rn_axis_make(const struct rn_spec *specs, int n, bool shared, struct rn_axis *axis,
                            struct rn_err *err)
{
    struct rn_axis made = {.n = n, .shared = shared};
    enum rn_status status = RN_OK;

    for (int i = 0; i < n; i++) {
        int like = 0;
        while (like < i && !same_spec(&specs[like], &specs[i]))
            like++;
        made.plain_of[i] = (unsigned char)like;
        if (like == i)
            RN_TRY(rn_dist_make(&specs[i], &made.plain[i], err));
        if (shared && like > 0)
            RN_TRY(rn_fail(err, RN_E_CONFIG,
                           "one draw serves all stages, but stage %d has another distribution than "
                           "the first",
                           i + 1));
    }
    *axis = made;
done:
    if (status != RN_OK)
        rn_axis_release(&made);
    return status;
}

bool rn_axis_is_tabulated(const struct rn_axis *axis)
{
    for (int i = 0; i < axis->n; i++) {
        if (rn_axis_plain(axis, i)->n == 0)
            return false;
    }
    return true;
}

void rn_bounds_init(struct rn_bounds *bounds)
{
    for (int i = 0; i < RN_MAX_STAGES; i++) {
        bounds->lo[i] = -INFINITY;
        bounds->hi[i] = INFINITY;
        bounds->link[i] = RN_ANY;
    }
}

static enum rn_status make_kept(struct rn_axis *axis, const struct rn_bounds *bounds,
                                struct rn_err *err)
{
    enum rn_status status = RN_OK;

    for (int i = 0; i < axis->n; i++) {
        int like = 0;
        while (like < i && (axis->plain_of[like] != axis->plain_of[i] ||
                            bounds->lo[like] != bounds->lo[i] || bounds->hi[like] != bounds->hi[i]))
            like++;
        axis->kept_of[i] = (unsigned char)like;
        if (like == i)
            RN_TRY(rn_dist_within(rn_axis_plain(axis, i), bounds->lo[i], bounds->hi[i],
                                  &axis->kept[i], err));
    }
done:
    return status;
}

/* The first point that is at least x; with above, greater than x. */
static int first_from(const struct rn_dist *dist, double x, bool above)
{
    int lo = 0, hi = dist->n;

    while (lo < hi) {
        int middle = (lo + hi) / 2;
        if (dist->value[middle] < x || (above && dist->value[middle] == x))
            lo = middle + 1;
        else
            hi = middle;
    }
    return lo;
}

/* Which points of value i may follow each point of the value before. */
static enum rn_status make_followers(struct rn_axis *axis, int i, struct rn_err *err)
{
    const struct rn_dist *before = rn_axis_kept(axis, i - 1), *dist = rn_axis_kept(axis, i);
    struct rn_linked *linked = &axis->linked[i];
    int link = axis->link[i - 1];

    linked->begin = rn_alloc((size_t)before->n, sizeof *linked->begin);
    linked->end = rn_alloc((size_t)before->n, sizeof *linked->end);
    if (!linked->begin || !linked->end)
        return rn_nomem(err, (size_t)before->n * 2 * sizeof(int), "a space");
    for (int k = 0; k < before->n; k++) {
        int equal = first_from(dist, before->value[k], false);
        int above = first_from(dist, before->value[k], true);
        linked->begin[k] = link & RN_LESS ? 0 : link & RN_EQUAL ? equal : above;
        linked->end[k] = link & RN_GREATER ? dist->n : link & RN_EQUAL ? above : equal;
    }
    return RN_OK;
}

/* Value i + 1 has its table already. */
static enum rn_status make_tail(struct rn_axis *axis, int i, struct rn_err *err)
{
    const struct rn_dist *dist = rn_axis_kept(axis, i);
    const struct rn_linked *next = i + 1 < axis->n ? &axis->linked[i + 1] : NULL;
    double *tail = rn_alloc((size_t)dist->n + 1, sizeof *tail);

    if (!tail)
        return rn_nomem(err, ((size_t)dist->n + 1) * sizeof *tail, "a space");
    axis->linked[i].tail = tail;
    for (int k = dist->n - 1; k >= 0; k--) {
        bool last = !next || !next->begin;
        double follow = last ? 1 : next->tail[next->begin[k]] - next->tail[next->end[k]];
        tail[k] = tail[k + 1] + dist->p[k] * follow;
    }
    return RN_OK;
}

static bool is_linked(const struct rn_axis *axis, int i)
{
    return (i > 0 && axis->link[i - 1] != RN_ANY) || (i + 1 < axis->n && axis->link[i] != RN_ANY);
}

static enum rn_status make_linked(struct rn_axis *axis, struct rn_err *err)
{
    enum rn_status status = RN_OK;

    for (int i = axis->n - 1; i >= 0; i--) {
        if (!is_linked(axis, i))
            continue;
        if (i > 0 && axis->link[i - 1] != RN_ANY)
            RN_TRY(make_followers(axis, i, err));
        RN_TRY(make_tail(axis, i, err));
    }
done:
    return status;
}

static bool has_points(const struct rn_axis *axis)
{
    for (int i = 0; i < axis->n; i++) {
        if (rn_axis_kept(axis, i)->points == 0)
            return false;
    }
    return true;
}

static bool has_tuples(const struct rn_axis *axis)
{
    for (int i = 0; i < axis->n; i++) {
        if (axis->linked[i].tail && axis->linked[i].tail[0] == 0)
            return false;
    }
    return true;
}

/* One value for all: within every bound, and nothing else than equal to itself. */
static bool bind_shared(struct rn_bounds *bounds, int n)
{
    bool possible = true;

    for (int i = 1; i < n; i++) {
        bounds->lo[0] = fmax(bounds->lo[0], bounds->lo[i]);
        bounds->hi[0] = fmin(bounds->hi[0], bounds->hi[i]);
        possible &= (bounds->link[i - 1] & RN_EQUAL) != 0;
    }
    for (int i = 0; i < n; i++) {
        bounds->lo[i] = bounds->lo[0];
        bounds->hi[i] = bounds->hi[0];
        bounds->link[i] = RN_ANY;
    }
    return possible;
}

enum rn_status rn_axis_bind(struct rn_axis *axis, const struct rn_bounds *bounds,
                            struct rn_err *err)
{
    struct rn_bounds all = *bounds;
    bool possible = !axis->shared || bind_shared(&all, axis->n);
    enum rn_status status;

    memcpy(axis->link, all.link, sizeof axis->link);
    RN_TRY(make_kept(axis, &all, err));
    possible = possible && has_points(axis);
    if (possible)
        RN_TRY(make_linked(axis, err));
    axis->only = axis->shared || axis->n == 1 ? rn_axis_kept(axis, 0) : NULL;
    if (!possible || !has_tuples(axis))
        status = rn_fail(err, RN_E_CONFIG, "no values are left by the constraints");
done:
    return status;
}

void rn_axis_release(struct rn_axis *axis)
{
    for (int i = 0; i < axis->n; i++) {
        rn_dist_release(&axis->plain[i]);
        rn_dist_release(&axis->kept[i]);
        rn_free(axis->linked[i].tail);
        rn_free(axis->linked[i].begin);
        rn_free(axis->linked[i].end);
        axis->linked[i] = (struct rn_linked){0};
    }
}

/* The last of the points [lo, hi) whose tail is at least v; tail descends. */
static int last_reaching(const double *tail, int lo, int hi, double v)
{
    while (hi - lo > 1) {
        int middle = (lo + hi) / 2;
        if (tail[middle] >= v)
            lo = middle;
        else
            hi = middle;
    }
    return lo;
}

/* A point among those that may follow point k of the value before, by its weight. */
static int draw_linked(const struct rn_axis *axis, int i, int k, struct rn_rng *rng)
{
    const struct rn_linked *linked = &axis->linked[i];
    const double *tail = linked->tail;
    int begin = linked->begin ? linked->begin[k] : 0;
    int end = linked->begin ? linked->end[k] : rn_axis_kept(axis, i)->n;
    double v = tail[end] + (1 - rn_rng_uniform(rng)) * (tail[begin] - tail[end]);

    if (!(v > tail[end] && v <= tail[begin]))
        v = tail[begin]; /* rounding must not reach a point of weight 0 */
    return last_reaching(tail, begin, end, v);
}

void rn_axis_draw_tuple(const struct rn_axis *axis, struct rn_rng *rng, double *values)
{
    int k = 0;

    for (int i = 0; i < axis->n; i++) {
        const struct rn_dist *dist = rn_axis_kept(axis, i);
        if (axis->linked[i].tail) {
            k = draw_linked(axis, i, k, rng);
            values[i] = dist->value[k];
        } else {
            values[i] = rn_dist_draw(dist, rng);
        }
    }
}

void rn_axis_draw_plain(const struct rn_axis *axis, struct rn_rng *rng, double *values)
{
    int n = axis->shared ? 1 : axis->n;

    for (int i = 0; i < n; i++)
        values[i] = rn_dist_draw(rn_axis_plain(axis, i), rng);
    for (int i = n; i < axis->n; i++)
        values[i] = values[0];
}

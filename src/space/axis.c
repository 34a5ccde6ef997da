/* Tuples of draws that keep an order, drawn from their conditional distributions: nothing is
   rejected and nothing is sorted (sorting would favour tuples without ties). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "dist.h"
#include "regnet/memory.h"

/* Equal draws of n: a value of probability p keeps p to the n-th. */
static enum rn_status condition_on_equal(struct rn_dist *dist, int n, struct rn_err *err)
{
    double top = 0, sum = 0;

    for (int i = 0; i < dist->n; i++)
        top = fmax(top, dist->p[i]);
    for (int i = 0; i < dist->n; i++)
        sum += dist->p[i] = pow(dist->p[i] / top, n);
    for (int i = 0; i < dist->n; i++)
        dist->p[i] /= sum;
    return rn_dist_tabulate(dist, err);
}

/* Tm(k) = sum over j >= k of p(j) T(m-1)(j); T0 = 1. */
static enum rn_status make_tails(struct rn_axis *axis, int n_stages, struct rn_err *err)
{
    int n = axis->dist.n, row = n + 1;

    axis->tail = rn_alloc((size_t)(n_stages + 1) * (size_t)row, sizeof(double));
    if (!axis->tail)
        return rn_nomem(err, (size_t)(n_stages + 1) * (size_t)row * sizeof(double), "a space");
    for (int k = 0; k < n; k++)
        axis->tail[k] = 1;
    for (int m = 1; m <= n_stages; m++) {
        const double *shorter = axis->tail + (m - 1) * row;
        double *tail = axis->tail + m * row;
        for (int k = n - 1; k >= 0; k--)
            tail[k] = tail[k + 1] + axis->dist.p[k] * shorter[k];
    }
    return RN_OK;
}

enum rn_status rn_axis_make(const struct rn_spec *spec, enum rn_order order, bool shared,
                            int n_stages, struct rn_axis *axis, struct rn_err *err)
{
    struct rn_axis made = {.order = order, .one = shared || order == RN_ORDER_EQUAL};
    enum rn_status status;

    RN_TRY(rn_dist_make(spec, &made.dist, err));
    if (made.one && !shared)
        RN_TRY(condition_on_equal(&made.dist, n_stages, err));
    if (!made.one && order != RN_ORDER_FREE)
        RN_TRY(make_tails(&made, n_stages, err));
    *axis = made;
done:
    if (status != RN_OK)
        rn_axis_release(&made);
    return status;
}

void rn_axis_release(struct rn_axis *axis)
{
    rn_dist_release(&axis->dist);
    rn_free(axis->tail);
    axis->tail = NULL;
}

/* The last point from lo up whose tail is at least v; tail descends to 0 at n. */
static int last_reaching(const double *tail, int lo, int n, double v)
{
    while (n - lo > 1) {
        int middle = (lo + n) / 2;
        if (tail[middle] >= v)
            lo = middle;
        else
            n = middle;
    }
    return lo;
}

void rn_axis_draw(const struct rn_axis *axis, int n_stages, struct rn_rng *rng, double *values)
{
    int n = axis->dist.n, k = 0;

    if (axis->one) {
        double value = rn_dist_draw(&axis->dist, rng);
        for (int i = 0; i < n_stages; i++)
            values[i] = value;
    } else if (axis->order == RN_ORDER_FREE) {
        for (int i = 0; i < n_stages; i++)
            values[i] = rn_dist_draw(&axis->dist, rng);
    } else {
        for (int i = 0; i < n_stages; i++) {
            const double *tail = axis->tail + (n_stages - i) * (n + 1);
            k = last_reaching(tail, k, n, (1 - rn_rng_uniform(rng)) * tail[k]);
            values[axis->order == RN_ORDER_UP ? i : n_stages - 1 - i] = axis->dist.value[k];
        }
    }
}

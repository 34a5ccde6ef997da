/* Counts a space: exactly, and as the paper does (Table 1). */
#include "size.h"

#include <math.h>

/* What a link leaves to the later value: it is the same, or one of those above or below. */
static bool is_equal(const struct rn_axis *axis, int i)
{
    return i > 0 && axis->link[i - 1] == RN_EQUAL;
}

static bool is_ordered(const struct rn_axis *axis, int i)
{
    return i > 0 && axis->link[i - 1] != RN_ANY && axis->link[i - 1] != RN_EQUAL;
}

static struct rn_whole points_of(const struct rn_axis *axis, int i)
{
    return rn_whole_from((uint64_t)rn_axis_kept(axis, i)->points);
}

/* For each point k of value i, ways[k] becomes the ways to go on from the points k and above: what
   axis.c's tails are for probabilities. next: the same of value i + 1, where it is linked. */
static enum rn_status count_ways(const struct rn_axis *axis, int i, const struct rn_whole *next,
                                 struct rn_whole **ways, struct rn_err *err)
{
    int n = rn_axis_kept(axis, i)->n;
    struct rn_whole *made = rn_alloc((size_t)n + 1, sizeof *made);

    if (!made)
        return rn_nomem(err, ((size_t)n + 1) * sizeof *made, "the size of a space");
    for (int k = n - 1; k >= 0; k--) {
        struct rn_whole here = rn_whole_from(1);
        if (next) {
            here = next[axis->linked[i + 1].begin[k]];
            rn_whole_subtract(&here, &next[axis->linked[i + 1].end[k]]);
        }
        made[k] = made[k + 1];
        rn_whole_add(&made[k], &here);
    }
    *ways = made;
    return RN_OK;
}

/* The ways of a run of linked values, whose last is value i; *first becomes its first. */
static enum rn_status run_size(const struct rn_axis *axis, int i, int *first, struct rn_whole *size,
                               struct rn_err *err)
{
    struct rn_whole *ways = NULL, *before = NULL;
    enum rn_status status;

    RN_TRY(count_ways(axis, i, NULL, &ways, err));
    while (axis->linked[i].begin) {
        RN_TRY(count_ways(axis, --i, ways, &before, err));
        rn_free(ways);
        ways = before;
    }
    *size = ways[0];
    *first = i;
done:
    rn_free(ways);
    return status;
}

enum rn_status rn_axis_size(const struct rn_axis *axis, struct rn_whole *size, struct rn_err *err)
{
    struct rn_whole made = rn_whole_from(1), run;
    enum rn_status status = RN_OK;

    for (int i = (axis->shared ? 1 : axis->n) - 1; i >= 0; i--) {
        if (axis->linked[i].tail)
            RN_TRY(run_size(axis, i, &i, &run, err));
        else
            run = points_of(axis, i);
        rn_whole_multiply(&made, &run);
    }
    *size = made;
done:
    return status;
}

bool rn_axis_is_free(const struct rn_axis *axis, int i)
{
    return rn_axis_kept(axis, i)->points > 1 && !is_equal(axis, i) && (i == 0 || !axis->shared);
}

/* An upper bound of log2 of the size. */
static double count_bits(const struct rn_space *space)
{
    double bits = 0;

    for (int p = 0; p < space->n_params; p++) {
        const struct rn_axis *axis = &space->params[p].axis;
        for (int i = 0; rn_param_is_drawn(&space->params[p]) && i < axis->n; i++)
            bits += ceil(log2(rn_axis_kept(axis, i)->points + 1));
    }
    return bits;
}

enum rn_status rn_space_size(const struct rn_space *space, struct rn_whole *size,
                             struct rn_err *err)
{
    struct rn_whole made = rn_whole_from(1), one;
    enum rn_status status = RN_OK;

    if (count_bits(space) > RN_WHOLE_BITS)
        return rn_fail(err, RN_E_UNSUPPORTED, "space %s has more than 2^%d choices", space->name,
                       RN_WHOLE_BITS);
    for (int p = 0; p < space->n_params; p++) {
        if (!rn_param_is_drawn(&space->params[p]))
            continue;
        RN_TRY(rn_axis_size(&space->params[p].axis, &one, err));
        rn_whole_multiply(&made, &one);
    }
    *size = made;
done:
    return status;
}

/* Each value by itself, as if none were ordered. */
static void multiply_values(const struct rn_axis *axis, struct rn_whole *size)
{
    for (int i = 0; i < (axis->shared ? 1 : axis->n); i++) {
        struct rn_whole points = points_of(axis, i);
        if (!is_equal(axis, i))
            rn_whole_multiply(size, &points);
    }
}

/* n ordered values are 1/n! of the free ones, as if no two could be equal. */
static void divide_orders(const struct rn_axis *axis, struct rn_whole *size)
{
    uint32_t run = 1;

    for (int i = 1; i < (axis->shared ? 1 : axis->n); i++) {
        run = is_ordered(axis, i) ? run + 1 : 1;
        (void)rn_whole_divide(size, run);
    }
}

void rn_space_paper_size(const struct rn_space *space, struct rn_whole *size)
{
    struct rn_whole made = rn_whole_from(1), levels = rn_whole_from(64);

    for (int p = 0; p < space->n_params; p++) {
        const struct rn_axis *axis = &space->params[p].axis;
        bool line = space->family == RN_FAMILY_REGNET && p <= RN_REGNET_WM;
        if (!rn_param_is_drawn(&space->params[p]))
            continue;
        if (line && rn_axis_kept(axis, 0)->points > 1)
            rn_whole_multiply(&made, &levels);
        else
            multiply_values(axis, &made);
    }
    for (int p = 0; p < space->n_params; p++) {
        if (rn_param_is_drawn(&space->params[p]))
            divide_orders(&space->params[p].axis, &made);
    }
    *size = made;
}

/* Draws of one value: by Walker's alias method from a table, by formula from a grid too fine for
   one. */
#include "alias.h"

#include <math.h>

#include "regnet/memory.h"

/* Vose's construction. The stacks of columns below and above the mean share one array, from its two
   ends. */
enum rn_status rn_alias_make(struct rn_dist *dist, struct rn_err *err)
{
    int n = dist->n, low = 0, high = n;
    int *stack = rn_alloc((size_t)n, sizeof *stack);
    struct rn_column *columns = dist->columns;

    if (!stack)
        return rn_nomem(err, (size_t)n * sizeof *stack, "a distribution");
    for (int i = 0; i < n; i++) {
        columns[i] = (struct rn_column){dist->p[i] * n, {dist->value[i], dist->value[i]}};
        stack[columns[i].keep < 1 ? low++ : --high] = i;
    }
    while (low > 0 && high < n) {
        int small = stack[--low], large = stack[high];
        columns[small].value[1] = dist->value[large];
        columns[large].keep -= 1 - columns[small].keep;
        if (columns[large].keep < 1) {
            high++;
            stack[low++] = large;
        }
    }
    while (low > 0)
        columns[stack[--low]].keep = 1; /* rounding left them a hair below */
    rn_free(stack);
    return RN_OK;
}

double rn_grid_point(double k, double q)
{
    double per_unit = rint(1 / q);

    return q < 1 && fabs(q * per_unit - 1) < 1e-12 ? k / per_unit : k * q;
}

/* Log-uniform on (lo - min(q, lo/2), hi], up to the next multiple of q. */
static double fine_log_uniform(double lo, double hi, double q, struct rn_rng *rng)
{
    double begin = lo - fmin(q, lo / 2);
    double x = begin * pow(hi / begin, 1 - rn_rng_uniform(rng));

    return fmin(fmax(ceil(x / q), rint(lo / q)), rint(hi / q));
}

/* The 6-sigma range is [lo, hi]; what falls outside is drawn again. */
static double truncated_normal(double lo, double hi, struct rn_rng *rng)
{
    double x;

    do {
        x = (lo + hi) / 2 + (hi - lo) / 6 * rn_rng_normal(rng);
    } while (x < lo || x > hi);
    return x;
}

/* Powers of two below q have their share; the rest is log-uniform on the multiples of q. */
static double fine_power2_or_log(const struct rn_dist *dist, struct rn_rng *rng)
{
    double below = fmax(0, log2(dist->quantum / dist->lo));
    double power = floor(rn_rng_uniform(rng) * (log2(dist->hi / dist->lo) + 1));

    if (power < below)
        return ldexp(dist->lo, (int)power);
    return dist->quantum *
           fine_log_uniform(fmax(dist->lo, dist->quantum), dist->hi, dist->quantum, rng);
}

double rn_dist_draw_fine(const struct rn_dist *dist, struct rn_rng *rng)
{
    double lo = dist->lo, hi = dist->hi, q = dist->quantum, k;

    switch (dist->kind) {
    case RN_DIST_LOG_UNIFORM:
        k = fine_log_uniform(lo, hi, q, rng);
        break;
    case RN_DIST_POWER2_OR_LOG_UNIFORM:
        return fine_power2_or_log(dist, rng);
    case RN_DIST_NORMAL:
        k = rint(truncated_normal(lo, hi, rng) / q);
        break;
    case RN_DIST_LOG_NORMAL:
        k = rint(exp(truncated_normal(log(lo), log(hi), rng)) / q);
        break;
    default:
        k = rint(lo / q) + floor(rn_rng_uniform(rng) * dist->points);
        break;
    }
    return rn_grid_point(k, q);
}

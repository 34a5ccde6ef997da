/* Points and probabilities of each distribution, and draws by Walker's alias method. */
#include "dist.h"

#include <math.h>
#include <string.h>

#include "regnet/memory.h"

const char *const rn_dist_names[RN_DIST_KINDS] = {
    "uniform", "log_uniform", "power2_uniform", "power2_or_log_uniform", "normal", "log_normal"};

/* k * q, but 36.4 and not 364 * 0.1 where 1/q is whole: the number that a person would write. */
static double grid_point(double k, double q)
{
    double per_unit = rint(1 / q);

    return q < 1 && fabs(q * per_unit - 1) < 1e-12 ? k / per_unit : k * q;
}

static bool is_multiple(double x, double q)
{
    return fabs(x / q - rint(x / q)) < 1e-6;
}

static bool is_power2(double x)
{
    int exponent;

    return x > 0 && frexp(x, &exponent) == 0.5;
}

static bool in_powers(const struct rn_spec *spec)
{
    return spec->kind == RN_DIST_POWER2_UNIFORM || spec->kind == RN_DIST_POWER2_OR_LOG_UNIFORM;
}

static enum rn_status check(const struct rn_spec *spec, struct rn_err *err)
{
    double lo = spec->lo, hi = spec->hi, q = spec->quantum;
    bool linear = spec->kind == RN_DIST_UNIFORM || spec->kind == RN_DIST_NORMAL;

    if (!(isfinite(lo) && isfinite(hi) && isfinite(q)))
        return rn_fail(err, RN_E_CONFIG, "the range and the quantum must be finite");
    if (!(q > 0))
        return rn_fail(err, RN_E_CONFIG, "the quantum is %g; it must be positive", q);
    if (!(lo <= hi))
        return rn_fail(err, RN_E_CONFIG, "the range [%g, %g] is empty", lo, hi);
    if (!linear && !(lo > 0))
        return rn_fail(err, RN_E_CONFIG, "%s needs a range above 0, not one from %g",
                       rn_dist_names[spec->kind], lo);
    if (in_powers(spec) && !(is_power2(lo) && is_power2(hi) && is_power2(q)))
        return rn_fail(err, RN_E_CONFIG, "%s needs powers of two: range [%g, %g], quantum %g",
                       rn_dist_names[spec->kind], lo, hi, q);
    if (!in_powers(spec) && !(is_multiple(lo, q) && is_multiple(hi, q)))
        return rn_fail(err, RN_E_CONFIG, "the range [%g, %g] must begin and end at multiples of %g",
                       lo, hi, q);
    if ((hi - lo) / q >= RN_DIST_POINTS - 64)
        return rn_fail(err, RN_E_CONFIG, "the range [%g, %g] has more than %d points of quantum %g",
                       lo, hi, RN_DIST_POINTS, q);
    return RN_OK;
}

static double normal_cdf(double x)
{
    return 0.5 * erfc(-x * sqrt(0.5));
}

/* The mass of (from, to] under a normal whose 6-sigma range is [lo, hi]. */
static double normal_mass(double from, double to, double lo, double hi)
{
    double mean = (lo + hi) / 2, sigma = (hi - lo) / 6;

    if (sigma == 0)
        return 1;
    return normal_cdf((to - mean) / sigma) - normal_cdf((from - mean) / sigma);
}

/* The weight of grid point x of [lo, hi]; the sum over the points need not be one. */
static double weight(const struct rn_spec *spec, double x, double lo, double hi)
{
    double q = spec->quantum, below = fmax(x - q / 2, lo), above = fmin(x + q / 2, hi);

    switch (spec->kind) {
    case RN_DIST_LOG_UNIFORM:
    case RN_DIST_POWER2_OR_LOG_UNIFORM:
        return -log1p(-(x > lo + q / 2 ? q : fmin(q, lo / 2)) / x);
    case RN_DIST_NORMAL:
        return normal_mass(below, above, lo, hi);
    case RN_DIST_LOG_NORMAL:
        return normal_mass(log(below), log(above), log(lo), log(hi));
    default:
        return 1;
    }
}

static void add_point(struct rn_dist *dist, double value, double p)
{
    dist->value[dist->n] = value;
    dist->p[dist->n++] = p;
}

/* Multiples of the quantum from lo to the range's end, of this total mass. */
static void add_grid(struct rn_dist *dist, const struct rn_spec *spec, double lo, double mass)
{
    double first = rint(lo / spec->quantum), last = rint(spec->hi / spec->quantum), sum = 0;
    int begin = dist->n;

    for (double k = first; k <= last; k++) {
        double x = grid_point(k, spec->quantum), w = weight(spec, x, lo, spec->hi);
        add_point(dist, x, w);
        sum += w;
    }
    for (int i = begin; i < dist->n; i++)
        dist->p[i] *= mass / sum;
}

/* Powers of two from lo, below end, each with probability one over the powers in [lo, hi]. */
static void add_powers(struct rn_dist *dist, const struct rn_spec *spec, double end)
{
    double n = log2(spec->hi / spec->lo) + 1;

    for (double x = spec->lo; x < end && x <= spec->hi; x *= 2)
        add_point(dist, x, 1 / n);
}

static void fill(const struct rn_spec *spec, struct rn_dist *dist)
{
    if (spec->n_values > 0) {
        for (int i = 0; i < spec->n_values; i++)
            add_point(dist, spec->values[i], 1.0 / spec->n_values);
    } else if (spec->kind == RN_DIST_POWER2_UNIFORM) {
        add_powers(dist, spec, INFINITY);
    } else if (spec->kind == RN_DIST_POWER2_OR_LOG_UNIFORM) {
        double n = log2(spec->hi / spec->lo) + 1;
        add_powers(dist, spec, spec->quantum);
        if (spec->hi >= spec->quantum)
            add_grid(dist, spec, fmax(spec->lo, spec->quantum), 1 - dist->n / n);
    } else {
        add_grid(dist, spec, spec->lo, 1);
    }
}

static enum rn_status allocate(struct rn_dist *dist, size_t n, struct rn_err *err)
{
    dist->value = rn_alloc(n, sizeof *dist->value);
    dist->p = rn_alloc(n, sizeof *dist->p);
    dist->keep = rn_alloc(n, sizeof *dist->keep);
    dist->alias = rn_alloc(n, sizeof *dist->alias);
    return dist->value && dist->p && dist->keep && dist->alias
               ? RN_OK
               : rn_nomem(err, n * 4 * sizeof(double), "a distribution");
}

/* Vose's construction. The stacks of columns below and above the mean share one array, from its two
   ends. */
enum rn_status rn_dist_tabulate(struct rn_dist *dist, struct rn_err *err)
{
    int n = dist->n, low = 0, high = n;
    int *stack = rn_alloc((size_t)n, sizeof *stack);

    if (!stack)
        return rn_nomem(err, (size_t)n * sizeof *stack, "a distribution");
    for (int i = 0; i < n; i++) {
        dist->keep[i] = dist->p[i] * n;
        dist->alias[i] = i;
        stack[dist->keep[i] < 1 ? low++ : --high] = i;
    }
    while (low > 0 && high < n) {
        int small = stack[--low], large = stack[high];
        dist->alias[small] = large;
        dist->keep[large] -= 1 - dist->keep[small];
        if (dist->keep[large] < 1) {
            high++;
            stack[low++] = large;
        }
    }
    while (low > 0)
        dist->keep[stack[--low]] = 1; /* rounding left them a hair below */
    rn_free(stack);
    return RN_OK;
}

enum rn_status rn_dist_make(const struct rn_spec *spec, struct rn_dist *dist, struct rn_err *err)
{
    struct rn_dist made = {0};
    size_t n = RN_SPEC_VALUES;
    enum rn_status status;

    if (spec->n_values == 0) {
        RN_TRY(check(spec, err));
        n += (size_t)((spec->hi - spec->lo) / spec->quantum) + 64;
    }
    RN_TRY(allocate(&made, n, err));
    fill(spec, &made);
    RN_TRY(rn_dist_tabulate(&made, err));
    *dist = made;
done:
    if (status != RN_OK)
        rn_dist_release(&made);
    return status;
}

void rn_dist_release(struct rn_dist *dist)
{
    rn_free(dist->value);
    rn_free(dist->p);
    rn_free(dist->keep);
    rn_free(dist->alias);
    *dist = (struct rn_dist){0};
}

double rn_dist_draw(const struct rn_dist *dist, struct rn_rng *rng)
{
    double x = rn_rng_uniform(rng) * dist->n;
    int i = (int)x;

    return dist->value[x - i < dist->keep[i] ? i : dist->alias[i]];
}

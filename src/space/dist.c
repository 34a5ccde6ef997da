/* Points and probabilities of each distribution. */
#include "dist.h"

#include <math.h>
#include <string.h>

#include "alias.h"
#include "regnet/memory.h"

const char *const rn_dist_names[RN_DIST_KINDS] = {
    "uniform", "log_uniform", "power2_uniform", "power2_or_log_uniform", "normal", "log_normal"};

static bool is_multiple(double x, double q)
{
    double k = x / q;

    return fabs(k - rint(k)) < 1e-6 + 1e-15 * fabs(k);
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
    if (!(fmax(fabs(lo), fabs(hi)) / q <= 0x1p53))
        return rn_fail(err, RN_E_CONFIG, "the quantum %g is too fine for the range [%g, %g]", q, lo,
                       hi);
    return RN_OK;
}

/* 2^a ... 2^b: how many. */
static double count_powers(double lo, double hi)
{
    return log2(hi / lo) + 1;
}

static double count_grid(double lo, double hi, double q)
{
    return hi < lo ? 0 : rint(hi / q) - rint(lo / q) + 1;
}

static double count_points(const struct rn_spec *spec)
{
    double below;

    if (spec->n_values > 0)
        return spec->n_values;
    if (spec->kind == RN_DIST_POWER2_UNIFORM)
        return count_powers(spec->lo, spec->hi);
    if (spec->kind != RN_DIST_POWER2_OR_LOG_UNIFORM)
        return count_grid(spec->lo, spec->hi, spec->quantum);
    below =
        spec->lo < spec->quantum ? count_powers(spec->lo, fmin(spec->hi, spec->quantum / 2)) : 0;
    return below + count_grid(fmax(spec->lo, spec->quantum), spec->hi, spec->quantum);
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
        double x = rn_grid_point(k, spec->quantum), w = weight(spec, x, lo, spec->hi);
        add_point(dist, x, w);
        sum += w;
    }
    for (int i = begin; i < dist->n; i++)
        dist->p[i] *= mass / sum;
}

/* Powers of two from lo, below end, each with probability one over the powers in [lo, hi]. */
static void add_powers(struct rn_dist *dist, const struct rn_spec *spec, double end)
{
    double n = count_powers(spec->lo, spec->hi);

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
        add_powers(dist, spec, spec->quantum);
        if (spec->hi >= spec->quantum)
            add_grid(dist, spec, fmax(spec->lo, spec->quantum),
                     1 - dist->n / count_powers(spec->lo, spec->hi));
    } else {
        add_grid(dist, spec, spec->lo, 1);
    }
}

static void swap(double *a, double *b)
{
    double keep = *a;

    *a = *b;
    *b = keep;
}

/* 1/x of each point, ascending again. */
static void invert(struct rn_dist *dist)
{
    for (int i = 0, j = dist->n - 1; i < j; i++, j--) {
        swap(&dist->value[i], &dist->value[j]);
        swap(&dist->p[i], &dist->p[j]);
    }
    for (int i = 0; i < dist->n; i++)
        dist->value[i] = 1 / dist->value[i];
}

static enum rn_status allocate(struct rn_dist *dist, size_t n, struct rn_err *err)
{
    dist->value = rn_alloc(n, sizeof *dist->value);
    dist->p = rn_alloc(n, sizeof *dist->p);
    dist->columns = rn_alloc(n, sizeof *dist->columns);
    return dist->value && dist->p && dist->columns
               ? RN_OK
               : rn_nomem(err, n * 5 * sizeof(double), "a distribution");
}

enum rn_status rn_dist_make(const struct rn_spec *spec, struct rn_dist *dist, struct rn_err *err)
{
    struct rn_dist made = {
        .kind = spec->kind, .lo = spec->lo, .hi = spec->hi, .quantum = spec->quantum};
    enum rn_status status = RN_OK;

    if (spec->n_values == 0)
        RN_TRY(check(spec, err));
    made.points = count_points(spec);
    if (made.points <= RN_DIST_POINTS) {
        RN_TRY(allocate(&made, (size_t)made.points, err));
        fill(spec, &made);
        if (spec->inverse)
            invert(&made);
        RN_TRY(rn_alias_make(&made, err));
    } else if (spec->inverse) {
        RN_TRY(rn_fail(err, RN_E_CONFIG, "the range [%g, %g] has more than %d points of quantum %g",
                       spec->lo, spec->hi, RN_DIST_POINTS, spec->quantum));
    }
    *dist = made;
done:
    if (status != RN_OK)
        rn_dist_release(&made);
    return status;
}

enum rn_status rn_dist_within(const struct rn_dist *dist, double lo, double hi,
                              struct rn_dist *within, struct rn_err *err)
{
    struct rn_dist made = {
        .kind = dist->kind, .lo = dist->lo, .hi = dist->hi, .quantum = dist->quantum};
    enum rn_status status;
    double sum = 0;

    if (dist->n == 0) {
        *within = *dist;
        return RN_OK;
    }
    RN_TRY(allocate(&made, (size_t)dist->n, err));
    for (int i = 0; i < dist->n; i++) {
        if (dist->value[i] >= lo && dist->value[i] <= hi) {
            add_point(&made, dist->value[i], dist->p[i]);
            sum += dist->p[i];
        }
    }
    for (int i = 0; made.n < dist->n && i < made.n; i++)
        made.p[i] /= sum;
    made.points = made.n;
    if (made.n > 0)
        RN_TRY(rn_alias_make(&made, err));
    *within = made;
done:
    if (status != RN_OK)
        rn_dist_release(&made);
    return status;
}

void rn_dist_release(struct rn_dist *dist)
{
    rn_free(dist->value);
    rn_free(dist->p);
    rn_free(dist->columns);
    *dist = (struct rn_dist){0};
}

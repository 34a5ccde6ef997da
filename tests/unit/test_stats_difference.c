/* stats.h, how two populations differ: against SciPy, and what holds for every pair. */
#include <string.h>

#include "../golden/stats.h"
#include "near.h"
#include "regnet/memory.h"
#include "regnet/rng.h"
#include "regnet/stats.h"

static struct rn_edf make(const double *errors, size_t n)
{
    struct rn_err err = {0};
    struct rn_edf edf = {0};

    if (rn_edf_make(errors, n, &edf, &err) != RN_OK)
        fail_msg("%s", err.msg);
    return edf;
}

/* The ends of the interval are quantiles of 10,000 draws: their own deviation is at most 0.03 of
   the resampled means' deviation, a quarter of the interval. Five times that is allowed. */
#define NOISE (5 * 0.03 / 4)

static void test_difference_golden(void **state)
{
    (void)state;
    for (size_t k = 0; k < COUNT(golden_pairs); k++) {
        const struct golden_pair *g = &golden_pairs[k];
        const struct golden_population *pa = &golden_populations[g->a];
        const struct golden_population *pb = &golden_populations[g->b];
        struct rn_edf a = make(pa->errors, pa->n), b = make(pb->errors, pb->n);
        struct rn_difference d, again, back;
        double tolerance = NOISE * (g->high - g->low);
        assert_int_equal(rn_edf_difference(&a, &b, 1, &d, NULL), RN_OK);
        near(d.mean, g->mean, 1e-12 * 100);
        near(d.low, g->low, tolerance);
        near(d.high, g->high, tolerance);
        near(d.ks, g->ks, 1e-14);
        near(d.ks_p, g->ks_p, 1e-12 * g->ks_p);
        assert_int_equal(rn_edf_difference(&a, &b, 1, &again, NULL), RN_OK);
        assert_memory_equal(&d, &again, sizeof d);
        assert_int_equal(rn_edf_difference(&b, &a, 2, &back, NULL), RN_OK);
        near(back.mean, -d.mean, 0);
        near(back.low, -d.high, 2 * tolerance);
        near(back.ks_p, d.ks_p, 1e-12 * d.ks_p);
        rn_edf_release(&a);
        rn_edf_release(&b);
    }
}

static struct rn_edf ramp(double first, size_t n)
{
    double *errors = rn_alloc(n, sizeof *errors);
    struct rn_edf edf;

    assert_non_null(errors);
    for (size_t i = 0; i < n; i++)
        errors[i] = first + (double)i;
    edf = make(errors, n);
    rn_free(errors);
    return edf;
}

/* The smallest p's are as precise as the largest. */
static void test_ks_golden(void **state)
{
    (void)state;
    for (size_t k = 0; k < COUNT(golden_shifts); k++) {
        const struct golden_shift *g = &golden_shifts[k];
        struct rn_edf a = ramp(0, g->n), b = ramp(g->shift + 0.5, g->m);
        double ks, p;
        assert_int_equal(rn_edf_ks(&a, &b, &ks, &p, NULL), RN_OK);
        near(ks, g->ks, 1e-14);
        near(p, g->p, 1e-10 * g->p);
        rn_edf_release(&a);
        rn_edf_release(&b);
    }
}

/* With weights, which repeat networks, the statistic is that of the repeated ones. */
static void test_ks_weighted(void **state)
{
    const double errors[] = {10, 20, 30}, weights[] = {1, 3, 1}, other[] = {15, 25, 26, 40};
    const double repeated[] = {10, 20, 20, 20, 30};
    struct rn_edf a = {0}, same = make(repeated, 5), b = make(other, 4);
    double ks, p, expected;

    (void)state;
    assert_int_equal(rn_edf_make_weighted(errors, weights, 3, &a, NULL), RN_OK);
    assert_int_equal(rn_edf_ks(&same, &b, &expected, &p, NULL), RN_OK);
    assert_int_equal(rn_edf_ks(&a, &b, &ks, &p, NULL), RN_OK);
    near(ks, expected, 1e-15);
    assert_true(p > 0 && p <= 1);
    assert_int_equal(rn_edf_ks(&a, &a, &ks, &p, NULL), RN_OK);
    near(ks, 0, 0), near(p, 1, 0);
    rn_edf_release(&a);
    rn_edf_release(&b);
    rn_edf_release(&same);
}

/* If both populations are of one space, p is below 0.05 in 5 % of the cases or fewer. */
static void test_ks_level(void **state)
{
    int below = 0;

    (void)state;
    for (uint64_t round = 0; round < 1000; round++) {
        struct rn_rng rng = rn_rng_at(5, RN_STREAM_TEST, round);
        double v[2][40], ks, p;
        struct rn_edf a, b;
        for (size_t i = 0; i < 80; i++)
            v[i % 2][i / 2] = rn_rng_normal(&rng);
        a = make(v[0], 40), b = make(v[1], 40);
        assert_int_equal(rn_edf_ks(&a, &b, &ks, &p, NULL), RN_OK);
        assert_true(ks >= 0 && ks <= 1 && p > 0 && p <= 1);
        below += p < 0.05;
        rn_edf_release(&a);
        rn_edf_release(&b);
    }
    assert_in_range(below, 10, 70); /* D is a multiple of 1/40: the level is 3.3 % */
}

/* Twelve skewed networks against as many of population A as are simulated, and as the limit is used
   for. The normal distribution alone would be off by an eighth of the interval. */
static void test_limit_is_the_bootstraps(void **state)
{
    struct rn_difference simulated, limit;
    double skewed[12], *many = rn_alloc(4000, sizeof *many), width;
    struct rn_edf one, most, more;

    (void)state;
    assert_non_null(many);
    for (size_t i = 0; i < 4000; i++)
        many[i] = errors_A[i % 40];
    for (size_t i = 0; i < 12; i++)
        skewed[i] = exp((double)i / 2);
    one = make(skewed, 12), most = make(many, 3960), more = make(many, 4000);
    assert_int_equal(rn_edf_difference(&most, &one, 1, &simulated, NULL), RN_OK);
    assert_int_equal(rn_edf_difference(&more, &one, 1, &limit, NULL), RN_OK);
    width = limit.high - limit.low;
    near(limit.low, simulated.low, NOISE * width);
    near(limit.high, simulated.high, NOISE * width);
    assert_true((limit.high + limit.low - 2 * limit.mean) / width > 0.1);
    rn_free(many);
    rn_edf_release(&one);
    rn_edf_release(&most);
    rn_edf_release(&more);
}

/* The interval of a weighted mean is that of as many networks as the weights are worth. */
static void test_difference_weighted(void **state)
{
    double errors[400], weights[400];
    struct rn_edf a = {0}, b = make(errors_D, 1);
    struct rn_rng rng = rn_rng_at(6, RN_STREAM_TEST, 0);
    struct rn_difference d;

    (void)state;
    for (size_t i = 0; i < 400; i++) {
        errors[i] = rn_rng_normal(&rng);
        weights[i] = i < 200 ? 1 : 9;
    }
    assert_int_equal(rn_edf_make_weighted(errors, weights, 400, &a, NULL), RN_OK);
    near(a.effective, 200 * 100.0 / 82, 1e-9);
    assert_int_equal(rn_edf_difference(&b, &a, 1, &d, NULL), RN_OK);
    near(d.mean, a.mean - b.mean, 1e-12);
    near((d.high - d.low) / (2 * 1.96), 1 / sqrt(a.effective), 0.12 / sqrt(a.effective));
    assert_true(d.low < d.mean && d.mean < d.high);
    rn_edf_release(&a);
    rn_edf_release(&b);
}

static void test_degenerate(void **state)
{
    const double same[] = {20.1, 20.1, 20.1, 20.1, 20.1, 20.1, 20.1}; /* the sum rounds */
    struct rn_edf a = make(same, 7), b = make(same, 3), one = make(errors_D, 1);
    struct rn_difference d;

    (void)state;
    assert_int_equal(rn_edf_difference(&a, &b, 1, &d, NULL), RN_OK);
    near(d.mean, 0, 0), near(d.low, 0, 0), near(d.high, 0, 0);
    near(d.ks, 0, 0), near(d.ks_p, 1, 0);
    assert_int_equal(rn_edf_difference(&one, &one, 1, &d, NULL), RN_OK);
    near(d.ks_p, 1, 0);
    assert_int_equal(rn_edf_difference(&one, &a, 1, &d, NULL), RN_OK);
    near(d.ks, 1, 0), near(d.ks_p, 0.25, 1e-15); /* first or last of eight */
    rn_mem_fail_at(0);
    assert_int_equal(rn_edf_difference(&one, &a, 1, &d, NULL), RN_E_NOMEM);
    rn_mem_fail_at(-1);
    rn_edf_release(&a);
    rn_edf_release(&b);
    rn_edf_release(&one);
}

static void sentence(const struct rn_edf *a, const struct rn_edf *b, const char *expected)
{
    struct rn_difference d = {-8.04, -8.8, b->mean > 40 ? 0.26 : -7.26, 0.512, 3e-60};
    struct rn_buf text = {0};

    assert_int_equal(rn_difference_text(&d, "A", a, "B", b, &text, NULL), RN_OK);
    assert_string_equal(text.data, expected);
    rn_buf_release(&text);
}

static void test_sentence(void **state)
{
    struct rn_edf a = make(errors_A, 40), b = make(errors_B, 25), d = make(errors_D, 1),
                  c = make(errors_C, 12);

    (void)state;
    sentence(&a, &c,
             "B has a mean error of 15.1 % (n = 12), A of 46.6 % (n = 40): a difference of -8.0 "
             "points, 95 % interval -8.8 to -7.3 (better); Kolmogorov-Smirnov D = 0.51, "
             "p = 3e-60.");
    sentence(&a, &b,
             "B has a mean error of 45.2 % (n = 25), A of 46.6 % (n = 40): a difference of -8.0 "
             "points, 95 % interval -8.8 to +0.3 (no difference that this many networks "
             "show); Kolmogorov-Smirnov D = 0.51, p = 3e-60.");
    sentence(&a, &d,
             "B has a mean error of 38.2 % (n = 1), A of 46.6 % (n = 40): a difference of -8.0 "
             "points, 95 % interval -8.8 to -7.3 (too few networks for a verdict); "
             "Kolmogorov-Smirnov D = 0.51, p = 3e-60.");
    sentence(&d, &c,
             "B has a mean error of 15.1 % (n = 12), A of 38.2 % (n = 1): a difference of -8.0 "
             "points, 95 % interval -8.8 to -7.3 (too few networks for a verdict); "
             "Kolmogorov-Smirnov D = 0.51, p = 3e-60.");
    rn_edf_release(&a);
    rn_edf_release(&b);
    rn_edf_release(&c);
    rn_edf_release(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_difference_golden),
        cmocka_unit_test(test_ks_golden),
        cmocka_unit_test(test_ks_weighted),
        cmocka_unit_test(test_ks_level),
        cmocka_unit_test(test_limit_is_the_bootstraps),
        cmocka_unit_test(test_difference_weighted),
        cmocka_unit_test(test_degenerate),
        cmocka_unit_test(test_sentence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

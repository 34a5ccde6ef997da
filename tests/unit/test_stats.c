/* stats.h: against NumPy and SciPy, and what holds for every population. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../golden/stats.h"
#include "regnet/memory.h"
#include "regnet/rng.h"
#include "regnet/stats.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static void near(double value, double expected, double tolerance)
{
    if (!(fabs(value - expected) <= tolerance))
        fail_msg("%.17g, expected %.17g", value, expected);
}

static struct rn_edf make(const double *errors, size_t n)
{
    struct rn_err err = {0};
    struct rn_edf edf;

    if (rn_edf_make(errors, n, &edf, &err) != RN_OK)
        fail_msg("%s", err.msg);
    return edf;
}

static void test_summary_golden(void **state)
{
    (void)state;
    for (size_t k = 0; k < COUNT(golden_populations); k++) {
        const struct golden_population *g = &golden_populations[k];
        struct rn_edf edf = make(g->errors, g->n);
        assert_int_equal(edf.n, g->n);
        near(edf.min, g->min, 0);
        near(edf.max, g->max, 0);
        near(edf.mean, g->mean, 1e-12 * g->mean);
        near(edf.median, g->median, 1e-12 * g->median);
        for (size_t i = 0; i < COUNT(golden_p); i++)
            near(rn_percentile(edf.error, edf.n, golden_p[i]), g->percentile[i], 1e-12 * g->max);
        rn_edf_release(&edf);
    }
}

/* The ends of the interval are quantiles of 10,000 draws: their own deviation is at most 0.03 of
   the resampled means' deviation, a quarter of the interval. Five times that is allowed. */
static void test_difference_golden(void **state)
{
    (void)state;
    for (size_t k = 0; k < COUNT(golden_pairs); k++) {
        const struct golden_pair *g = &golden_pairs[k];
        const struct golden_population *pa = &golden_populations[g->a];
        const struct golden_population *pb = &golden_populations[g->b];
        struct rn_edf a = make(pa->errors, pa->n), b = make(pb->errors, pb->n);
        struct rn_difference d, again;
        double tolerance = 5 * 0.03 * (g->high - g->low) / 4;
        assert_int_equal(rn_edf_difference(&a, &b, 1, &d, NULL), RN_OK);
        near(d.mean, g->mean, 1e-12 * 100);
        near(d.low, g->low, tolerance);
        near(d.high, g->high, tolerance);
        near(d.ks, g->ks, 1e-14);
        near(d.ks_p, g->ks_p, 1e-10);
        assert_int_equal(rn_edf_difference(&a, &b, 1, &again, NULL), RN_OK);
        assert_memory_equal(&d, &again, sizeof d);
        rn_edf_release(&a);
        rn_edf_release(&b);
    }
}

static void test_edf_is_strict(void **state)
{
    const double errors[] = {3, 1, 2, 2};
    struct rn_edf edf = make(errors, 4);

    (void)state;
    near(rn_edf_at(&edf, 0.5), 0, 0);
    near(rn_edf_at(&edf, 1), 0, 0);
    near(rn_edf_at(&edf, 2), 0.25, 0);
    near(rn_edf_at(&edf, 2.5), 0.75, 0);
    near(rn_edf_at(&edf, 3.5), 1, 0);
    rn_edf_release(&edf);
}

static void reverse(double *v, size_t n)
{
    for (size_t i = 0; i < n / 2; i++) {
        double t = v[i];
        v[i] = v[n - 1 - i];
        v[n - 1 - i] = t;
    }
}

static void test_edf_properties(void **state)
{
    double errors[64];

    (void)state;
    for (uint64_t round = 0; round < 50; round++) {
        struct rn_rng rng = rn_rng_at(3, RN_STREAM_TEST, round);
        size_t n = 1 + rn_rng_below(&rng, 64);
        struct rn_edf edf, other;
        double last = 0, area = 0;
        for (size_t i = 0; i < n; i++)
            errors[i] = rn_rng_below(&rng, 40) + 30;
        edf = make(errors, n);
        reverse(errors, n);
        other = make(errors, n);
        assert_memory_equal(edf.error, other.error, n * sizeof *errors);
        near(edf.mean, other.mean, 0);
        for (int e = 0; e < 100; e++) {
            double f = rn_edf_at(&edf, e + 0.5);
            assert_true(f >= last && f <= 1);
            area += 1 - f;
            last = f;
        }
        near(last, 1, 0);
        near(area, edf.mean, 1e-9); /* whole errors: the mean is the area over the curve */
        rn_edf_release(&edf);
        rn_edf_release(&other);
    }
}

static void test_edf_refuses(void **state)
{
    const double bad[] = {1, NAN, 3};
    struct rn_err err = {0};
    struct rn_edf edf = {.n = 77};

    (void)state;
    assert_int_equal(rn_edf_make(bad, 0, &edf, &err), RN_E_DATA);
    assert_int_equal(rn_edf_make(bad, 3, &edf, &err), RN_E_DATA);
    assert_string_equal(err.msg, "error 2 of 3 is not a finite number");
    rn_mem_fail_at(0);
    assert_int_equal(rn_edf_make(bad, 1, &edf, &err), RN_E_NOMEM);
    rn_mem_fail_at(-1);
    assert_int_equal(edf.n, 77);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_summary_golden), cmocka_unit_test(test_difference_golden),
        cmocka_unit_test(test_edf_is_strict),  cmocka_unit_test(test_edf_properties),
        cmocka_unit_test(test_edf_refuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* fit.h and front.h: against NumPy, SciPy and comparison of all pairs, and what always holds. */
#include <stdbool.h>

#include "../golden/stats.h"
#include "near.h"
#include "regnet/fit.h"
#include "regnet/front.h"
#include "regnet/rng.h"

#define N COUNT(net_error)
#define N_15 COUNT(fig15_gf)

/* Figure 15's times, in each set of terms. */
static void test_fit_golden(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(golden_fits); i++) {
        const struct golden_fit *g = &golden_fits[i];
        struct rn_err err = {0};
        struct rn_fit fit;
        ok(rn_fit_make(fig15_gf, fig15_ms, N_15, g->terms, &fit, &err), &err);
        near(fit.constant, g->constant, 1e-11 * 100);
        near(fit.root, g->root, 1e-11 * 100);
        near(fit.linear, g->linear, 1e-11 * 100);
        near(fit.rms, g->rms, 1e-10);
        near(fit.r2, g->r2, 1e-12);
    }
}

/* Multiply-adds instead of billions of them. */
static void test_fit_units(void **state)
{
    const int terms = RN_TERM_SQRT | RN_TERM_X;
    double flops[N_15];
    struct rn_fit fit, scaled;

    (void)state;
    for (size_t i = 0; i < N_15; i++)
        flops[i] = 1e9 * fig15_gf[i];
    assert_int_equal(rn_fit_make(fig15_gf, fig15_ms, N_15, terms, &fit, NULL), RN_OK);
    assert_int_equal(rn_fit_make(flops, fig15_ms, N_15, terms, &scaled, NULL), RN_OK);
    near(scaled.root * sqrt(1e9), fit.root, 1e-10);
    near(scaled.linear * 1e9, fit.linear, 1e-10);
    near(rn_fit_at(&scaled, 4e9), rn_fit_at(&fit, 4), 1e-9);
    near(rn_fit_at(&fit, 4), 2 * fit.root + 4 * fit.linear, 1e-12);
}

/* What lies on a curve is found again, over a narrow range too, where the terms look alike. */
static void test_fit_recovers(void **state)
{
    double x[50], y[50];
    struct rn_fit fit;

    (void)state;
    for (size_t i = 0; i < 50; i++) {
        x[i] = 0.36 + 0.04 * (double)i / 49;
        y[i] = 3 + 24 * sqrt(x[i]) + 6 * x[i];
    }
    assert_int_equal(rn_fit_make(x, y, 50, 7, &fit, NULL), RN_OK);
    near(fit.constant, 3, 1e-6);
    near(fit.root, 24, 1e-6);
    near(fit.linear, 6, 1e-6);
    near(fit.rms, 0, 1e-13);
    near(fit.r2, 1, 1e-13);
}

static void test_fit_refuses(void **state)
{
    const double same[] = {2, 2, 2}, below[] = {1, -1, 2}, bad[] = {1, 2, INFINITY};
    struct rn_fit fit = {.rms = 77};
    struct rn_err err = {0};

    (void)state;
    assert_int_equal(rn_fit_make(same, bad, 3, 4, &fit, &err), RN_E_DATA);
    assert_string_equal(err.msg, "y 3 of 3 is not a finite number");
    assert_int_equal(rn_fit_make(same, below, 3, RN_TERM_ONE | RN_TERM_X, &fit, &err), RN_E_DATA);
    assert_string_equal(err.msg, "3 networks have too few distinct x to fit this many terms");
    assert_int_equal(rn_fit_make(below, same, 3, RN_TERM_SQRT, &fit, &err), RN_E_DATA);
    assert_string_equal(err.msg, "x 2 of 3 is -1: a negative number has no root");
    near(fit.rms, 77, 0);
    ok(rn_fit_make(below, same, 3, RN_TERM_ONE, &fit, &err), &err);
    near(fit.constant, 2, 1e-15);
}

static void test_correlation_golden(void **state)
{
    struct rn_correlation r, back, scaled;
    double flops[N];

    (void)state;
    assert_int_equal(rn_correlate(net_flops, net_time, N, &r, NULL), RN_OK);
    near(r.r, golden_correlation[0], 1e-12);
    near(r.low, golden_correlation[1], 1e-12);
    near(r.high, golden_correlation[2], 1e-12);
    assert_int_equal(rn_correlate(net_time, net_flops, N, &back, NULL), RN_OK);
    near(back.r, r.r, 1e-14);
    for (size_t i = 0; i < N; i++)
        flops[i] = -1e9 * net_flops[i];
    assert_int_equal(rn_correlate(flops, net_time, N, &scaled, NULL), RN_OK);
    near(scaled.r, -r.r, 1e-12);
    near(scaled.low, -r.high, 1e-12);
}

static void test_correlation_edges(void **state)
{
    const double x[] = {1, 2, 3}, y[] = {2, 4, 6}, same[] = {0.1, 0.1, 0.1}; /* the sum rounds */
    struct rn_correlation r = {.r = 77};
    struct rn_err err = {0};

    (void)state;
    assert_int_equal(rn_correlate(x, same, 3, &r, &err), RN_E_DATA);
    assert_string_equal(err.msg, "all y of 3 networks are the same: they correlate with nothing");
    assert_int_equal(rn_correlate(x, y, 1, &r, &err), RN_E_DATA);
    near(r.r, 77, 0);
    ok(rn_correlate(x, y, 3, &r, &err), &err);
    near(r.r, 1, 1e-15);
    near(r.low, -1, 0);
    near(r.high, 1, 0);
}

static void test_front_golden(void **state)
{
    size_t front[N], n;
    struct rn_err err = {0};

    (void)state;
    ok(rn_front(net_error, net_time, N, front, &n, &err), &err);
    assert_int_equal(n, COUNT(golden_front));
    for (size_t i = 0; i < n; i++)
        assert_int_equal(front[i], golden_front[i]);
}

/* Every network is on the front or beaten by one that is, never both; with ties. */
static void test_front_properties(void **state)
{
    (void)state;
    for (uint64_t round = 0; round < 50; round++) {
        struct rn_rng rng = rn_rng_at(9, RN_STREAM_TEST, round);
        size_t n = 1 + rn_rng_below(&rng, 60), front[60], n_front;
        double error[60], cost[60];
        bool on[60] = {false};
        for (size_t i = 0; i < n; i++) {
            error[i] = rn_rng_below(&rng, 12);
            cost[i] = rn_rng_below(&rng, 12);
        }
        assert_int_equal(rn_front(error, cost, n, front, &n_front, NULL), RN_OK);
        for (size_t k = 0; k < n_front; k++)
            on[front[k]] = true;
        for (size_t i = 0; i < n; i++) {
            bool beaten = false;
            for (size_t k = 0; k < n_front; k++) {
                size_t j = front[k];
                beaten |= error[j] <= error[i] && cost[j] <= cost[i] &&
                          (error[j] < error[i] || cost[j] < cost[i]);
            }
            assert_true(on[i] != beaten);
        }
    }
}

static void test_front_refuses(void **state)
{
    const double error[] = {1, 2}, bad[] = {NAN, 1};
    struct rn_err err = {0};
    size_t front[2], n = 77;

    (void)state;
    assert_int_equal(rn_front(error, bad, 2, front, &n, &err), RN_E_DATA);
    assert_string_equal(err.msg, "cost 1 of 2 is not a finite number");
    assert_int_equal(rn_front(error, error, 0, front, &n, &err), RN_E_DATA);
    assert_int_equal(n, 77);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fit_golden),         cmocka_unit_test(test_fit_units),
        cmocka_unit_test(test_fit_recovers),       cmocka_unit_test(test_fit_refuses),
        cmocka_unit_test(test_correlation_golden), cmocka_unit_test(test_correlation_edges),
        cmocka_unit_test(test_front_golden),       cmocka_unit_test(test_front_properties),
        cmocka_unit_test(test_front_refuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* evidence.h: the model against NumPy, and what must hold of shifts, edges and discoveries. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../golden/evidence.h"
#include "regnet/evidence.h"
#include "regnet/rng.h"

static void near(double value, double expected, double tolerance)
{
    if (!(fabs(value - expected) <= tolerance))
        fail_msg("%.17g, expected %.17g", value, expected);
}

static void ok(enum rn_status status, const struct rn_err *err)
{
    if (status != RN_OK)
        fail_msg("%s", err->msg);
}

static struct rn_regression make(const double *x, const double *y, size_t n, size_t k, size_t plain)
{
    struct rn_regression model = {0};
    struct rn_err err = {0};
    bool is_plain[64];

    for (size_t j = 0; j < k; j++)
        is_plain[j] = j < plain;
    ok(rn_regression_make(x, y, n, k, is_plain, &model, &err), &err);
    return model;
}

static struct rn_shift shift_to(const struct rn_regression *model, const double *to)
{
    struct rn_shift shift = {0};
    struct rn_err err = {0};

    ok(rn_regression_shift(model, NULL, to, &shift, &err), &err);
    return shift;
}

/* 1e-6: a plain feature has a strength of 1e-9 in place of none. */
static void check_golden(size_t plain, const double expected[3])
{
    struct rn_regression model = make(golden_x, golden_y, GOLDEN_N, GOLDEN_K, plain);
    struct rn_shift shift = shift_to(&model, golden_to);

    near(shift.mean, expected[0], 1e-6);
    near(shift.deviation, expected[1], 1e-6);
    near(shift.df, expected[2], 0);
    rn_regression_release(&model);
}

static void test_model(void **state)
{
    (void)state;
    check_golden(GOLDEN_K, golden_plain);
    check_golden(GOLDEN_PLAIN, golden_mixed);
}

static void test_from(void **state)
{
    struct rn_regression model = make(golden_x, golden_y, GOLDEN_N, GOLDEN_K, GOLDEN_PLAIN);
    struct rn_shift there = shift_to(&model, golden_to), back;
    struct rn_err err = {0};

    (void)state;
    ok(rn_regression_shift(&model, golden_to, model.center, &back, &err), &err);
    near(back.mean, -there.mean, 1e-12);
    near(back.deviation, there.deviation, 1e-12);
    ok(rn_regression_shift(&model, golden_to, golden_to, &back, &err), &err);
    assert_true(back.mean == 0 && back.deviation == 0);
    rn_regression_release(&model);
}

/* The quarter with the least first feature, where that alone matters; and the variance of a mean of
   ten whole numbers in a row, or of forty. */
static void test_best(void **state)
{
    double x[80], y[40], best[2], variance;
    struct rn_regression model;
    struct rn_err err = {0};

    (void)state;
    for (int i = 0; i < 40; i++) {
        x[2 * i] = (7 * i) % 40;
        x[2 * i + 1] = i % 2;
        y[i] = x[2 * i];
    }
    model = make(x, y, 40, 2, 2);
    ok(rn_regression_best(&model, x, 40, 0.25, best, &variance, &err), &err);
    near(best[0], 4.5, 1e-9);
    near(best[1], 0.5, 1e-9);
    near(variance, 8.25 / 10, 1e-6);
    ok(rn_regression_best(&model, x, 40, 1, best, &variance, &err), &err);
    near(best[0], 19.5, 1e-9);
    near(variance, 133.25 / 40, 1e-6);
    rn_regression_release(&model);
}

/* Wallace's approximation of Student's t is good to a fiftieth of a probability. */
static void test_p(void **state)
{
    struct rn_shift shift = {.deviation = 1};
    double low, high;

    (void)state;
    for (size_t i = 0; i < sizeof golden_t / sizeof *golden_t; i++) {
        shift.mean = -golden_t[i][0];
        shift.df = golden_t[i][1];
        near(rn_shift_p(&shift, 0), golden_t[i][2], 0.02 * golden_t[i][2]);
        rn_shift_interval(&shift, &low, &high);
        near(rn_shift_p(&shift, high), 0.025, 1e-9);
    }
    shift = (struct rn_shift){.mean = 1};
    assert_true(rn_shift_p(&shift, 1) == 0 && rn_shift_p(&shift, 0.9) == 1);
}

/* 30 features for 40 networks, one of them plain: its effect is found as often as 95 % say, and the
   rest does not inflate the interval. */
static void test_coverage(void **state)
{
    enum { N = 40, K = 30, RUNS = 400 };
    static double x[N * K];
    double y[N], to[K] = {0};
    int covered = 0;

    (void)state;
    for (uint64_t run = 0; run < RUNS; run++) {
        struct rn_rng rng = rn_rng_at(run, RN_STREAM_TEST, 0);
        struct rn_regression model;
        struct rn_shift shift;
        double low, high;
        for (int i = 0; i < N; i++) {
            y[i] = rn_rng_normal(&rng);
            for (int j = 0; j < K; j++)
                x[i * K + j] = rn_rng_normal(&rng);
            for (int j = 0; j < K; j++)
                y[i] += (j == 0 ? 1 : 0.1) * x[i * K + j];
        }
        model = make(x, y, N, K, 1);
        memcpy(to, model.center, sizeof to);
        to[0] += 2;
        shift = shift_to(&model, to);
        rn_shift_interval(&shift, &low, &high);
        covered += low <= 2 && high >= 2;
        assert_true(high - low < 2.2);
        rn_regression_release(&model);
    }
    assert_in_range(covered, 367, 393); /* 380, three deviations */
}

static void test_refused(void **state)
{
    const bool plain[GOLDEN_K] = {true, true, true, true, true, true};
    double y[GOLDEN_N];
    struct rn_regression model = {0};
    struct rn_err err = {0};

    (void)state;
    assert_int_equal(rn_regression_make(golden_x, golden_y, 14, GOLDEN_K, plain, &model, &err),
                     RN_E_DATA);
    assert_non_null(strstr(err.msg, "14 networks are too few to tell 6 effects apart"));
    memcpy(y, golden_y, sizeof y);
    y[3] = NAN;
    assert_int_equal(rn_regression_make(golden_x, y, GOLDEN_N, GOLDEN_K, plain, &model, &err),
                     RN_E_DATA);
    ok(rn_regression_make(golden_x, golden_y, 15, GOLDEN_K, plain, &model, &err), &err);
    rn_regression_release(&model);
}

/* Errors of n networks: noise, and what lies above x = 0.7 is worse by cost. */
static void draw_population(uint64_t seed, size_t n, double cost, double *errors, double *x)
{
    struct rn_rng rng = rn_rng_at(seed, RN_STREAM_TEST, 1);

    for (size_t i = 0; i < n; i++) {
        x[i] = rn_rng_uniform(&rng);
        errors[i] = 20 + rn_rng_normal(&rng) + (x[i] > 0.7 ? cost : 0);
    }
}

static void look(uint64_t seed, double cost, struct rn_edge edges[2])
{
    double errors[80], x[80];
    const double *columns[] = {x};
    struct rn_err err = {0};

    draw_population(seed, 80, cost, errors, x);
    ok(rn_edges_make(errors, 80, columns, 1, seed, edges, &err), &err);
}

static void test_edges(void **state)
{
    struct rn_edge edges[2];

    (void)state;
    look(1, 3, edges);
    assert_true(edges[1].at > 0.5 && edges[1].at < 0.75 && edges[1].kept < 70);
    assert_true(edges[1].p < 0.001 && edges[1].high < 0 && edges[1].change < -0.5);
    assert_true(edges[0].at < 0.2 && edges[0].p > 0.05);
}

/* Where nothing matters p is uniform at most, though the edges were chosen by the errors; and what
   the choice gains by itself is not counted. */
static void test_edges_of_nothing(void **state)
{
    enum { RUNS = 60 };
    struct rn_edge edges[2];
    double change = 0;
    int found = 0, covered = 0;

    (void)state;
    for (uint64_t seed = 0; seed < RUNS; seed++) {
        look(seed, 0, edges);
        for (int i = 0; i < 2; i++) {
            found += edges[i].p <= 0.1;
            change += edges[i].change / (2 * RUNS);
            covered += edges[i].low <= 0 && edges[i].high >= 0;
        }
    }
    assert_in_range(found, 1, 22); /* 12, three deviations */
    near(change, 0, 0.02);
    assert_true(covered >= 105); /* of 120 */
}

/* Many networks have one value: all of them, or none, are kept. */
static void test_edges_of_ties(void **state)
{
    const double errors[] = {1, 2, 3, 4, 5, 6, 7, 8}, x[] = {1, 1, 2, 2, 2, 4, 4, 4};
    const double same[] = {3, 3, 3, 3, 3, 3, 3, 3}, *columns[] = {x, same};
    struct rn_edge edges[4];
    struct rn_err err = {0};

    (void)state;
    ok(rn_edges_make(errors, 8, columns, 2, 0, edges, &err), &err);
    assert_true(edges[0].at == 1 && edges[0].kept == 8);
    assert_true(edges[1].at == 4 && edges[1].kept == 8);
    assert_true(edges[2].at == 3 && edges[3].at == 3 && edges[2].p == 1 && edges[3].change == 0);
}

/* Of these, 0.013 fails its own bound of 0.0125 and is found by that of the fifth. */
static void test_discoveries(void **state)
{
    const double p[] = {0.9, 0.001, 0.013, 0.025, 0.02, 0.3, 0.031, 0.04};
    const bool expected[] = {false, true, true, true, true, false, true, false};
    bool found[8];
    struct rn_err err = {0};

    (void)state;
    ok(rn_discoveries(p, 8, 0.05, found, &err), &err);
    for (int i = 0; i < 8; i++)
        assert_int_equal(found[i], expected[i]);
    ok(rn_discoveries(p, 8, 0.001, found, &err), &err);
    for (int i = 0; i < 8; i++)
        assert_false(found[i]);
    ok(rn_discoveries(p, 0, 0.05, found, &err), &err);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_model),         cmocka_unit_test(test_from),
        cmocka_unit_test(test_best),          cmocka_unit_test(test_p),
        cmocka_unit_test(test_coverage),      cmocka_unit_test(test_refused),
        cmocka_unit_test(test_edges),         cmocka_unit_test(test_edges_of_nothing),
        cmocka_unit_test(test_edges_of_ties), cmocka_unit_test(test_discoveries),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

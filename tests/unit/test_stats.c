/* stats.h: against NumPy and SciPy, and what holds for every population. */
#include <string.h>

#include "../golden/stats.h"
#include "near.h"
#include "regnet/memory.h"
#include "regnet/rng.h"
#include "regnet/stats.h"

#define N COUNT(net_error)

static struct rn_edf make(const double *errors, size_t n)
{
    struct rn_err err = {0};
    struct rn_edf edf = {0};

    ok(rn_edf_make(errors, n, &edf, &err), &err);
    return edf;
}

static struct rn_edf make_weighted(const double *errors, const double *weights, size_t n)
{
    struct rn_err err = {0};
    struct rn_edf edf = {0};

    ok(rn_edf_make_weighted(errors, weights, n, &edf, &err), &err);
    return edf;
}

static void test_summary_golden(void **state)
{
    (void)state;
    for (size_t k = 0; k < COUNT(golden_populations); k++) {
        const struct golden_population *g = &golden_populations[k];
        struct rn_edf edf = make(g->errors, g->n);
        assert_int_equal(edf.n, g->n);
        near(edf.effective, (double)g->n, 0);
        near(edf.min, g->min, 0);
        near(edf.max, g->max, 0);
        near(edf.mean, g->mean, 1e-12 * g->mean);
        near(edf.median, g->median, 1e-12 * g->median);
        for (size_t i = 0; i < COUNT(golden_p); i++)
            near(rn_percentile(edf.error, edf.n, golden_p[i]), g->percentile[i], 1e-12 * g->max);
        rn_edf_release(&edf);
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

/* Whole errors and weights: the mean is the area over the curve. */
static void check_staircase(const struct rn_edf *edf)
{
    double last = 0, area = 0;

    for (int e = 0; e < 100; e++) {
        double f = rn_edf_at(edf, e + 0.5);
        assert_true(f >= last && f <= 1);
        area += 1 - f;
        last = f;
    }
    near(last, 1, 0);
    near(area, edf->mean, 1e-9);
}

static void test_edf_properties(void **state)
{
    double errors[64], weights[64], doubled[64];

    (void)state;
    for (uint64_t round = 0; round < 50; round++) {
        struct rn_rng rng = rn_rng_at(3, RN_STREAM_TEST, round);
        size_t n = 1 + rn_rng_below(&rng, 64);
        struct rn_edf edf, other, weighted;
        for (size_t i = 0; i < n; i++) {
            errors[i] = rn_rng_below(&rng, 40) + 30;
            weights[i] = i ? rn_rng_below(&rng, 4) : 1;
            doubled[i] = 2 * weights[i];
        }
        weighted = make_weighted(errors, weights, n);
        check_staircase(&weighted);
        assert_true(weighted.effective <= (double)weighted.n && weighted.effective >= 1);
        other = make_weighted(errors, doubled, n);
        assert_memory_equal(weighted.f, other.f, weighted.n * sizeof *errors);
        near(weighted.mean, other.mean, 0);
        rn_edf_release(&weighted);
        rn_edf_release(&other);

        edf = make(errors, n);
        check_staircase(&edf);
        reverse(errors, n);
        other = make(errors, n);
        assert_memory_equal(edf.error, other.error, n * sizeof *errors);
        near(edf.mean, other.mean, 0);
        rn_edf_release(&edf);
        rn_edf_release(&other);
    }
}

/* A weight of three is three networks of that error. */
static void test_weights_repeat(void **state)
{
    const double errors[] = {20, 10, 30}, weights[] = {3, 1, 0}, repeated[] = {20, 10, 20, 20};
    struct rn_edf weighted = make_weighted(errors, weights, 3), plain = make(repeated, 4);

    (void)state;
    assert_int_equal(weighted.n, 2);
    near(weighted.mean, plain.mean, 1e-14);
    near(weighted.median, 20, 0);
    near(weighted.max, 20, 0);
    near(weighted.effective, 1.6, 1e-14);
    for (double e = 5; e < 35; e += 5)
        near(rn_edf_at(&weighted, e), rn_edf_at(&plain, e), 1e-15);
    rn_edf_release(&weighted);
    rn_edf_release(&plain);
}

static void test_edf_refuses(void **state)
{
    const double bad[] = {1, NAN, 3}, negative[] = {1, -1}, none[] = {0, 0};
    struct rn_err err = {0};
    struct rn_edf edf = {.n = 77};

    (void)state;
    assert_int_equal(rn_edf_make(bad, 0, &edf, &err), RN_E_DATA);
    assert_string_equal(err.msg, "no errors: at least one network is needed");
    assert_int_equal(rn_edf_make(bad, 3, &edf, &err), RN_E_DATA);
    assert_string_equal(err.msg, "error 2 of 3 is not a finite number");
    assert_int_equal(rn_edf_make_weighted(negative, bad, 2, &edf, &err), RN_E_DATA);
    assert_string_equal(err.msg, "weight 2 of 2 is not a finite number");
    assert_int_equal(rn_edf_make_weighted(none, negative, 2, &edf, &err), RN_E_DATA);
    assert_string_equal(err.msg, "weight 2 of 2 is negative (-1)");
    assert_int_equal(rn_edf_make_weighted(none, none, 2, &edf, &err), RN_E_DATA);
    assert_string_equal(err.msg, "no network has a weight");
    for (long k = 0; k < 4; k++) {
        rn_mem_fail_at(k);
        assert_int_equal(rn_edf_make(none, 2, &edf, &err), RN_E_NOMEM);
    }
    rn_mem_fail_at(-1);
    assert_int_equal(edf.n, 77);
}

/* The true distribution leaves a band of 95 % in at most 5 % of the populations; of 1,000, at most
   seven hundredths is five deviations off. A band that holds always would be too wide. */
static void test_band(void **state)
{
    struct rn_edf edf;
    int left = 0;

    (void)state;
    for (uint64_t round = 0; round < 1000; round++) {
        struct rn_rng rng = rn_rng_at(4, RN_STREAM_TEST, round);
        double errors[50], apart = 0;
        for (size_t i = 0; i < 50; i++)
            errors[i] = rn_rng_uniform(&rng);
        edf = make(errors, 50);
        for (size_t i = 0; i < 50; i++)
            apart = fmax(apart, fmax(edf.f[i] - edf.error[i], edf.error[i] - edf.f[i] + 1.0 / 50));
        left += apart > rn_edf_band(&edf, 0.95);
        near(rn_edf_band(&edf, 0.95), 0.19206, 1e-5);
        rn_edf_release(&edf);
    }
    assert_in_range(left, 10, 70);
    edf = make(errors_D, 1); /* one network says nothing about the curve */
    near(rn_edf_band(&edf, 0.95), 1, 0);
    rn_edf_release(&edf);
}

static void test_normalized_golden(void **state)
{
    const double *costs[] = {net_flops, net_flops};
    const size_t n[] = {N, N / 2};
    struct rn_err err = {0};
    struct rn_bins bins;
    struct rn_edf edf;
    double weights[N];

    (void)state;
    ok(rn_common_bins(costs, n, 2, golden_normalized.bins, &bins, &err), &err);
    assert_int_equal(bins.n, golden_normalized.bins);
    near(bins.low, golden_normalized.low, 0);
    near(bins.high, golden_normalized.high, 0);
    ok(rn_cost_weights(net_flops, N, &bins, weights, &err), &err);
    for (size_t i = 0; i < N; i++)
        near(weights[i], golden_weights[i], 1e-15);
    edf = make_weighted(net_error, weights, N);
    assert_int_equal(edf.n, COUNT(golden_f));
    for (size_t i = 0; i < edf.n; i++)
        near(edf.f[i], golden_f[i], 1e-14);
    near(edf.min, golden_normalized.min, 0);
    near(edf.mean, golden_normalized.mean, 1e-12);
    near(edf.median, golden_normalized.median, 0);
    near(edf.max, golden_normalized.max, 0);
    near(edf.effective, golden_normalized.effective, 1e-12);
    rn_edf_release(&edf);
}

/* Each bin weighs the same, in whatever unit costs are; the ends of the range weigh nothing. */
static void test_normalized_properties(void **state)
{
    double cost[] = {10, 20, 30, 35, 40, 45, 47, 60}, weights[8], scaled[8];
    const double *costs[] = {cost};
    const size_t n = 8;
    struct rn_err err = {0};
    struct rn_bins bins;

    (void)state;
    ok(rn_common_bins(costs, &n, 1, 10, &bins, &err), &err);
    assert_int_equal(bins.n, 3); /* of four the last would be empty */
    ok(rn_cost_weights(cost, 8, &bins, weights, &err), &err);
    near(weights[0] + weights[7], 0, 0);
    near(weights[1], 1.0 / 3, 1e-15);
    near(weights[2] + weights[3] + weights[4], 1.0 / 3, 1e-15);
    near(weights[5], 0.5 / 3, 1e-15);
    for (size_t i = 0; i < 8; i++)
        cost[i] *= 1e6;
    bins.low *= 1e6, bins.high *= 1e6;
    ok(rn_cost_weights(cost, 8, &bins, scaled, &err), &err);
    assert_memory_equal(weights, scaled, sizeof weights);
}

/* What is on an edge is in the bin above it, what is a bit less in the one below, however the
   quotient rounds. Each bin has a network in its middle, whose weight tells whether it is alone. */
static void test_normalized_edges(void **state)
{
    (void)state;
    for (uint64_t round = 0; round < 200; round++) {
        struct rn_rng rng = rn_rng_at(7, RN_STREAM_TEST, round);
        struct rn_bins bins = {rn_rng_uniform(&rng), 1 + rn_rng_uniform(&rng), 8};
        double width = (bins.high - bins.low) / bins.n, cost[9], weights[9];
        for (int k = 0; k < bins.n; k++)
            cost[k] = bins.low + (k + 0.5) * width;
        for (int k = 1; k < bins.n; k++) {
            cost[8] = bins.low + k * width;
            assert_int_equal(rn_cost_weights(cost, 9, &bins, weights, NULL), RN_OK);
            near(weights[k], 1.0 / 16, 0);
            cost[8] = nextafter(cost[8], 0);
            assert_int_equal(rn_cost_weights(cost, 9, &bins, weights, NULL), RN_OK);
            near(weights[k - 1], 1.0 / 16, 0);
        }
    }
}

static void test_normalized_refuses(void **state)
{
    const double low[] = {1, 2, 3}, high[] = {4, 5, 6}, bad[] = {1, INFINITY};
    const double *costs[] = {low, high}, *infinite[] = {bad};
    const size_t n[] = {3, 3}, two = 2;
    struct rn_bins bins = {1, 3, 4};
    struct rn_err err = {0};
    double weights[3];

    (void)state;
    assert_int_equal(rn_cost_weights(low, 3, &bins, weights, &err), RN_E_DATA);
    assert_string_equal(err.msg, "no network has a cost between 1 and 1.5, bin 1 of 4: take fewer "
                                 "bins, a narrower range or more networks");
    assert_int_equal(rn_common_bins(costs, n, 2, 10, &bins, &err), RN_E_DATA);
    assert_string_equal(err.msg, "no range of costs is in all populations: the greatest minimum is "
                                 "4, the least maximum 3");
    assert_int_equal(rn_common_bins(infinite, &two, 1, 10, &bins, &err), RN_E_DATA);
    assert_string_equal(err.msg, "cost 2 of 2 is not a finite number");
    assert_int_equal(bins.n, 4);
}

static void test_stability_golden(void **state)
{
    struct rn_stability s;
    struct rn_err err = {0};

    (void)state;
    ok(rn_stability_make(runs_error, runs_network, COUNT(runs_error), &s, &err), &err);
    assert_int_equal(s.networks, 5);
    assert_int_equal(s.runs, COUNT(runs_error));
    near(s.within, golden_stability[0], 1e-12);
    near(s.between, golden_stability[1], 1e-12);
    near(s.reliability, golden_stability[2], 1e-12);
}

static void test_stability_edges(void **state)
{
    const double errors[] = {20, 22, 30, 32}, same[] = {20.1, 20.1, 30.1, 30.1};
    const double equal[] = {0.1, 0.1, 0.1, 0.1, 0.1}; /* the sum of three rounds */
    const size_t one[] = {7, 7, 7, 7}, two[] = {2, 2, 1, 1}, all[] = {1, 2, 3, 4};
    const size_t three[] = {1, 1, 2, 2, 2};
    struct rn_stability s = {.runs = 77};
    struct rn_err err = {0};

    (void)state;
    assert_int_equal(rn_stability_make(errors, all, 4, &s, &err), RN_E_DATA);
    assert_string_equal(err.msg,
                        "none of 4 networks has been trained twice: stability needs repeats");
    assert_int_equal(s.runs, 77);
    ok(rn_stability_make(errors, one, 4, &s, &err), &err);
    near(s.within, sqrt(104.0 / 3), 1e-12);
    near(s.between, 0, 0);
    near(s.reliability, 0, 0);
    ok(rn_stability_make(same, two, 4, &s, &err), &err);
    near(s.within, 0, 0);
    near(s.reliability, 1, 0);
    ok(rn_stability_make(equal, three, 5, &s, &err), &err);
    near(s.within, 0, 0);
    near(s.reliability, 0, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_summary_golden),    cmocka_unit_test(test_edf_is_strict),
        cmocka_unit_test(test_edf_properties),    cmocka_unit_test(test_weights_repeat),
        cmocka_unit_test(test_edf_refuses),       cmocka_unit_test(test_band),
        cmocka_unit_test(test_normalized_golden), cmocka_unit_test(test_normalized_properties),
        cmocka_unit_test(test_normalized_edges),  cmocka_unit_test(test_normalized_refuses),
        cmocka_unit_test(test_stability_golden),  cmocka_unit_test(test_stability_edges),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

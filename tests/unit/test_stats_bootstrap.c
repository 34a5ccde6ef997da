/* bootstrap.h: against enumeration and NumPy, exact against simulated, and what always holds. */
#include <string.h>

#include "../golden/stats.h"
#include "near.h"
#include "regnet/bootstrap.h"
#include "regnet/rng.h"

#define N COUNT(net_error)

static struct rn_winners make(const double *errors, size_t n, size_t m)
{
    struct rn_winners winners = {0};
    struct rn_err err = {0};

    ok(rn_winners_make(errors, n, m, &winners, &err), &err);
    return winners;
}

static struct rn_edf make_edf(const double *errors, size_t n)
{
    struct rn_edf edf = {0};
    struct rn_err err = {0};

    ok(rn_edf_make(errors, n, &edf, &err), &err);
    return edf;
}

static void check_chances(const struct rn_winners *winners, const double *expected, size_t n)
{
    double sum = 0;

    for (size_t i = 0; i < winners->n; i++) {
        near(winners->p[i], expected[winners->network[i]], 1e-14);
        sum += winners->p[i];
    }
    near(sum, 1, 1e-14);
    assert_true(winners->n <= n);
}

/* Six networks, two of them tied: all 6^4 draws of four were enumerated. */
static void test_winners_enumerated(void **state)
{
    struct rn_winners winners = make(golden_six, 6, 4);
    struct rn_edf edf = make_edf(golden_six, 6);
    struct rn_search search = rn_search_exact(&edf, 4);

    (void)state;
    assert_int_equal(winners.n, 6);
    check_chances(&winners, golden_six_wins, 6);
    near(search.mean, golden_six_search[0], 1e-14);
    near(search.deviation, golden_six_search[1], 1e-14);
    rn_winners_release(&winners);
    rn_edf_release(&edf);
}

static void test_winners_golden(void **state)
{
    struct rn_winners winners = make(net_error, N, rn_winners_draws(N));
    struct rn_good_range range;

    (void)state;
    assert_int_equal(rn_winners_draws(N), 15);
    check_chances(&winners, golden_wins, N);
    for (size_t i = 1; i < winners.n; i++)
        assert_true(net_error[winners.network[i - 1]] <= net_error[winners.network[i]]);
    assert_int_equal(rn_winners_range(&winners, net_depth, &range, NULL), RN_OK);
    near(range.low, golden_good_depth[0], 0);
    near(range.best, golden_good_depth[1], 0);
    near(range.high, golden_good_depth[2], 0);
    rn_winners_release(&winners);
}

/* 10,000 repetitions count each network as often as the closed form says, but for five deviations
   of a binomial count; a seed gives the same counts again. */
static void test_simulation_agrees(void **state)
{
    struct rn_winners exact = make(net_error, N, 15), simulated, again;
    double chance[N] = {0};

    (void)state;
    for (size_t i = 0; i < exact.n; i++)
        chance[exact.network[i]] = exact.p[i];
    assert_int_equal(rn_winners_simulate(net_error, N, 15, 10000, 1, &simulated, NULL), RN_OK);
    assert_true(simulated.n > 10);
    for (size_t i = 0; i < simulated.n; i++) {
        double p = chance[simulated.network[i]];
        near(simulated.p[i], p, 5 * sqrt(p * (1 - p) / 10000) + 5e-4);
    }
    assert_int_equal(rn_winners_simulate(net_error, N, 15, 10000, 1, &again, NULL), RN_OK);
    assert_int_equal(again.n, simulated.n);
    assert_memory_equal(again.p, simulated.p, again.n * sizeof *again.p);
    rn_winners_release(&exact);
    rn_winners_release(&simulated);
    rn_winners_release(&again);
}

/* An error squeezed in any monotone way keeps the winners; a parameter in another unit keeps its
   range; the order of the networks does not matter. */
static void test_winners_properties(void **state)
{
    (void)state;
    for (uint64_t round = 0; round < 50; round++) {
        struct rn_rng rng = rn_rng_at(8, RN_STREAM_TEST, round);
        size_t n = 1 + rn_rng_below(&rng, 100);
        double error[100], squeezed[100], x[100], scaled[100];
        struct rn_good_range range, other;
        struct rn_winners winners, same;
        for (size_t i = 0; i < n; i++) {
            error[i] = rn_rng_below(&rng, 30);
            x[i] = rn_rng_below(&rng, 30);
            squeezed[n - 1 - i] = sqrt(error[i]);
            scaled[n - 1 - i] = 1024 * x[i];
        }
        winners = make(error, n, rn_winners_draws(n));
        same = make(squeezed, n, rn_winners_draws(n));
        assert_int_equal(rn_winners_range(&winners, x, &range, NULL), RN_OK);
        assert_int_equal(rn_winners_range(&same, scaled, &other, NULL), RN_OK);
        assert_true(range.low <= range.best && range.best <= range.high);
        near(other.low, 1024 * range.low, 0);
        near(other.best, 1024 * range.best, 0);
        near(other.high, 1024 * range.high, 0);
        rn_winners_release(&winners);
        rn_winners_release(&same);
    }
}

static void test_winners_edges(void **state)
{
    const double one[] = {20}, same[] = {20, 20, 20, 20}, bad[] = {20, NAN};
    const double x[] = {1, 2, 3, 4}, lost[] = {NAN, 1};
    struct rn_winners winners = {.n = 77};
    struct rn_good_range range;
    struct rn_err err = {0};

    (void)state;
    assert_int_equal(rn_winners_make(bad, 2, 1, &winners, &err), RN_E_DATA);
    assert_string_equal(err.msg, "error 2 of 2 is not a finite number");
    assert_int_equal(winners.n, 77);
    winners = make(one, 1, rn_winners_draws(1));
    near(winners.p[0], 1, 0);
    assert_int_equal(rn_winners_range(&winners, lost, &range, &err), RN_E_DATA);
    assert_string_equal(err.msg, "winner's value 1 of 1 is not a finite number");
    rn_winners_release(&winners);
    winners = make(same, 4, 3);
    for (size_t i = 0; i < 4; i++)
        near(winners.p[i], 0.25, 0);
    ok(rn_winners_range(&winners, x, &range, &err), &err);
    near(range.low, 1, 0), near(range.best, 2, 0), near(range.high, 4, 0);
    rn_winners_release(&winners);
}

static void test_trends_golden(void **state)
{
    const struct rn_regime regimes[] = {{0.3, 0.5}, {0.5, 1}, {2, 3}};
    const double *x[] = {net_depth, net_width};
    struct rn_trend trends[6];
    struct rn_err err = {0};

    (void)state;
    ok(rn_trends(net_error, net_flops, N, x, 2, regimes, 3, trends, &err), &err);
    for (size_t i = 0; i < COUNT(golden_trends); i++) {
        const struct golden_trend *g = &golden_trends[i];
        assert_int_equal(trends[i].n, g->n);
        near(trends[i].min, g->min, 0);
        near(trends[i].max, g->max, 0);
        near(trends[i].good.low, g->low, 0);
        near(trends[i].good.best, g->best, 0);
        near(trends[i].good.high, g->high, 0);
    }
    assert_int_equal(trends[4].n, 0);
    near(trends[5].good.best, 0, 0);
}

/* Regimes that meet share no network. */
static void test_trends_boundary(void **state)
{
    const struct rn_regime regimes[] = {{0, net_flops[7]}, {net_flops[7], 1}};
    const double *x[] = {net_depth};
    struct rn_trend trends[2];

    (void)state;
    assert_int_equal(rn_trends(net_error, net_flops, N, x, 1, regimes, 2, trends, NULL), RN_OK);
    assert_true(trends[0].n > 0);
    assert_int_equal(trends[0].n + trends[1].n, N);
}

static void test_search_golden(void **state)
{
    struct rn_edf edf = make_edf(net_error, N);

    (void)state;
    for (size_t i = 0; i < COUNT(golden_searches); i++) {
        const struct golden_search *g = &golden_searches[i];
        struct rn_search exact = rn_search_exact(&edf, g->m);
        struct rn_search simulated = rn_search_simulate(&edf, g->m, 10000, 1);
        near(exact.mean, g->mean, 1e-12);
        near(exact.deviation, g->deviation, 1e-10);
        near(simulated.mean, g->mean, 5 * g->deviation / 100 + 1e-12);
        near(simulated.deviation, g->deviation, 0.1 * g->deviation + 1e-3);
    }
    rn_edf_release(&edf);
}

/* A weight of two is two networks; more draws find a better one; one draw is the mean. */
static void test_search_properties(void **state)
{
    const double errors[] = {20, 10, 30}, weights[] = {2, 1, 1}, repeated[] = {20, 10, 20, 30};
    struct rn_edf weighted = {0}, plain = make_edf(repeated, 4);
    double last = INFINITY;

    (void)state;
    assert_int_equal(rn_edf_make_weighted(errors, weights, 3, &weighted, NULL), RN_OK);
    near(rn_search_exact(&plain, 1).mean, plain.mean, 1e-14);
    for (size_t m = 1; m <= 256; m *= 2) {
        struct rn_search a = rn_search_exact(&weighted, m), b = rn_search_exact(&plain, m);
        near(a.mean, b.mean, 1e-13);
        near(a.deviation, b.deviation, 1e-7);
        assert_true(a.mean < last && a.mean >= 10);
        last = a.mean;
    }
    rn_edf_release(&weighted);
    rn_edf_release(&plain);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_winners_enumerated), cmocka_unit_test(test_winners_golden),
        cmocka_unit_test(test_simulation_agrees),  cmocka_unit_test(test_winners_properties),
        cmocka_unit_test(test_winners_edges),      cmocka_unit_test(test_trends_golden),
        cmocka_unit_test(test_trends_boundary),    cmocka_unit_test(test_search_golden),
        cmocka_unit_test(test_search_properties),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

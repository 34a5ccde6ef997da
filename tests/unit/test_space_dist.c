/* Distributions of one value: their points and probabilities, from tables and by formula. */
#include "space/dist.h"
#include "space_scratch.h"

#define CELLS 4096
#define DRAWS 200000

static int point_of(const struct rn_dist *dist, double value)
{
    for (int i = 0; i < dist->n; i++) {
        if (dist->value[i] == value)
            return i;
    }
    fail_msg("%g is not on the grid", value);
    return -1;
}

static const struct {
    struct rn_spec spec;
    int n;
    double x, p; /* one point and its probability, by hand */
} dists[] = {
    {{RN_DIST_UNIFORM, 1, 63, 1, 0, {0}, false}, 63, 17, 1.0 / 63},
    {{RN_DIST_LOG_UNIFORM, 1, 16, 1, 0, {0}, false}, 16, 1, 0.2},       /* ln 2 / ln 32 */
    {{RN_DIST_LOG_UNIFORM, 8, 1024, 8, 0, {0}, false}, 128, 16, 0.125}, /* ln 2 / ln 256 */
    {{RN_DIST_LOG_UNIFORM, 64, 256, 8, 0, {0}, false}, 25, 64, 0.0878522},
    {{RN_DIST_LOG_UNIFORM, 8, 255.9, 0.1, 0, {0}, false}, 2480, 36.4, 0.000790999},
    {{RN_DIST_POWER2_UNIFORM, 1, 32, 1, 0, {0}, false}, 6, 8, 1.0 / 6},
    {{RN_DIST_POWER2_UNIFORM, 0.125, 1, 0.125, 0, {0}, false}, 4, 0.25, 1.0 / 4},
    {{RN_DIST_POWER2_UNIFORM, 1, 1048576, 1, 0, {0}, false}, 21, 4096, 1.0 / 21},
    {{RN_DIST_POWER2_OR_LOG_UNIFORM, 1, 32, 8, 0, {0}, false}, 7, 2, 1.0 / 6},
    {{RN_DIST_POWER2_OR_LOG_UNIFORM, 1, 32, 8, 0, {0}, false}, 7, 16, 1.0 / 6},
    {{RN_DIST_POWER2_OR_LOG_UNIFORM, 1, 4, 8, 0, {0}, false}, 3, 2, 1.0 / 3},
    {{RN_DIST_NORMAL, 0, 12, 1, 0, {0}, false}, 13, 6, 0.1979466}, /* sigma 2 */
    {{RN_DIST_LOG_NORMAL, 1, 64, 1, 0, {0}, false}, 64, 8, 0.0720},
    {{.n_values = 3, .values = {1, 2, 4}}, 3, 4, 1.0 / 3},
    {{RN_DIST_LOG_UNIFORM, 1, 16, 1, 0, {0}, true}, 16, 1, 0.2}, /* 1/16 ... 1 */
};

static void distributions_have_their_probabilities(void **state)
{
    static int count[CELLS];

    (void)state;
    for (size_t i = 0; i < sizeof dists / sizeof *dists; i++) {
        struct rn_rng rng = rn_rng_at(7, RN_STREAM_TEST, i);
        struct rn_dist dist;
        double sum = 0;
        assert_int_equal(rn_dist_make(&dists[i].spec, &dist, NULL), RN_OK);
        assert_int_equal(dist.n, dists[i].n);
        assert_true(dist.points == dist.n);
        for (int k = 0; k < dist.n; k++) {
            sum += dist.p[k];
            assert_true(k == 0 || dist.value[k] > dist.value[k - 1]);
        }
        assert_true(fabs(sum - 1) < 1e-12);
        if (fabs(dist.p[point_of(&dist, dists[i].x)] / dists[i].p - 1) > 2e-3)
            fail_msg("distribution %zu: P(%g) = %.9g", i, dists[i].x,
                     dist.p[point_of(&dist, dists[i].x)]);
        memset(count, 0, sizeof count);
        for (int draw = 0; draw < DRAWS; draw++)
            count[point_of(&dist, rn_dist_draw(&dist, &rng))]++;
        assert_distributed(dist.p, count, dist.n, DRAWS);
        rn_dist_release(&dist);
    }
}

/* What has a table is drawn by formula once the table is taken away. */
static void formulas_draw_what_tables_do(void **state)
{
    static int count[CELLS];

    (void)state;
    for (size_t i = 0; i < sizeof dists / sizeof *dists; i++) {
        struct rn_rng rng = rn_rng_at(9, RN_STREAM_TEST, i);
        struct rn_dist dist, fine;
        if (dists[i].spec.n_values > 0 || dists[i].spec.inverse ||
            dists[i].spec.kind == RN_DIST_POWER2_UNIFORM)
            continue; /* these always have a table */
        assert_int_equal(rn_dist_make(&dists[i].spec, &dist, NULL), RN_OK);
        fine = (struct rn_dist){.kind = dist.kind,
                                .lo = dist.lo,
                                .hi = dist.hi,
                                .quantum = dist.quantum,
                                .points = dist.points};
        memset(count, 0, sizeof count);
        for (int draw = 0; draw < DRAWS; draw++)
            count[point_of(&dist, rn_dist_draw(&fine, &rng))]++;
        assert_distributed(dist.p, count, dist.n, DRAWS);
        rn_dist_release(&dist);
    }
}

static void fine_grids_have_no_table(void **state)
{
    const struct rn_spec spec = {RN_DIST_LOG_UNIFORM, 0.25, 5, 1e-10, 0, {0}, false};
    struct rn_rng rng = rn_rng_at(1, RN_STREAM_TEST, 0);
    struct rn_dist dist;
    int below = 0;

    (void)state;
    assert_int_equal(rn_dist_make(&spec, &dist, NULL), RN_OK);
    assert_int_equal(dist.n, 0);
    assert_true(dist.points == 47500000001);
    for (int i = 0; i < DRAWS; i++) {
        double x = rn_dist_draw(&dist, &rng);
        assert_true(x >= 0.25 && x <= 5);
        below += x < sqrt(0.25 * 5);
    }
    assert_true(abs(below - DRAWS / 2) < 1000); /* half of it in log space; four deviations */
    rn_dist_release(&dist);
}

static void a_range_within_keeps_the_proportions(void **state)
{
    const struct rn_spec spec = {RN_DIST_LOG_UNIFORM, 1, 16, 1, 0, {0}, false};
    struct rn_dist dist, within;

    (void)state;
    assert_int_equal(rn_dist_make(&spec, &dist, NULL), RN_OK);
    assert_int_equal(rn_dist_within(&dist, 2, 5, &within, NULL), RN_OK);
    assert_int_equal(within.n, 4);
    assert_true(within.value[0] == 2 && within.value[3] == 5);
    for (int i = 0; i < 4; i++)
        assert_true(fabs(within.p[i] / within.p[0] - dist.p[i + 1] / dist.p[1]) < 1e-12);
    rn_dist_release(&within);
    assert_int_equal(rn_dist_within(&dist, 2.5, 2.9, &within, NULL), RN_OK);
    assert_true(within.points == 0);
    rn_dist_release(&within);
    rn_dist_release(&dist);
}

static void impossible_grids_are_refused(void **state)
{
    static const struct {
        struct rn_spec spec;
        const char *says;
    } cases[] = {
        {{RN_DIST_UNIFORM, 1, INFINITY, 1, 0, {0}, false}, "finite"},
        {{RN_DIST_UNIFORM, 1, 2, 0, 0, {0}, false}, "must be positive"},
        {{RN_DIST_UNIFORM, 3, 2, 1, 0, {0}, false}, "is empty"},
        {{RN_DIST_LOG_UNIFORM, 0, 2, 1, 0, {0}, false}, "above 0"},
        {{RN_DIST_UNIFORM, 1, 2.5, 1, 0, {0}, false}, "multiples"},
        {{RN_DIST_POWER2_UNIFORM, 1, 24, 1, 0, {0}, false}, "powers of two"},
        {{RN_DIST_UNIFORM, 0, 1e300, 1, 0, {0}, false}, "too fine"},
        {{RN_DIST_UNIFORM, 1, 1e6, 1, 0, {0}, true}, "more than 65536 points"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct rn_dist dist;
        struct rn_err err = {0};
        assert_int_equal(rn_dist_make(&cases[i].spec, &dist, &err), RN_E_CONFIG);
        assert_says(&err, cases[i].says);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(distributions_have_their_probabilities),
        cmocka_unit_test(formulas_draw_what_tables_do),
        cmocka_unit_test(fine_grids_have_no_table),
        cmocka_unit_test(a_range_within_keeps_the_proportions),
        cmocka_unit_test(impossible_grids_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

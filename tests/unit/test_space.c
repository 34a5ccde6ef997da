/* Design spaces: distributions and ordered tuples by chi-square, constraints, files, refusals. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "regnet/file.h"
#include "regnet/memory.h"
#include "regnet/space.h"
#include "space/dist.h"

#define CELLS 4096

/* Pearson's statistic as a standard normal (Wilson and Hilferty); cells that expect less than five
   are taken together. Seeds are fixed, so a passing test passes always. */
static void assert_distributed(const double *p, const int *count, int n, int draws)
{
    double chi2 = 0, rest_p = 0, k, z;
    int cells = 0, rest = 0;

    for (int i = 0; i < n; i++) {
        if (p[i] * draws < 5) {
            rest_p += p[i];
            rest += count[i];
            continue;
        }
        chi2 += pow(count[i] - p[i] * draws, 2) / (p[i] * draws);
        cells++;
    }
    if (rest_p > 0) {
        chi2 += pow(rest - rest_p * draws, 2) / (rest_p * draws);
        cells++;
    }
    assert_true(rest_p > 0 || rest == 0);
    k = cells - 1;
    z = (cbrt(chi2 / k) - (1 - 2 / (9 * k))) / sqrt(2 / (9 * k));
    if (!(z < 4))
        fail_msg("chi-square %g with %g degrees of freedom: z = %g", chi2, k, z);
}

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
    {{RN_DIST_UNIFORM, 1, 63, 1, 0, {0}}, 63, 17, 1.0 / 63},
    {{RN_DIST_LOG_UNIFORM, 1, 16, 1, 0, {0}}, 16, 1, 0.2},       /* ln 2 / ln 32 */
    {{RN_DIST_LOG_UNIFORM, 8, 1024, 8, 0, {0}}, 128, 16, 0.125}, /* ln 2 / ln 256 */
    {{RN_DIST_LOG_UNIFORM, 64, 256, 8, 0, {0}}, 25, 64, 0.0878522},
    {{RN_DIST_LOG_UNIFORM, 8, 255.9, 0.1, 0, {0}}, 2480, 36.4, 0.000790999},
    {{RN_DIST_POWER2_UNIFORM, 1, 32, 1, 0, {0}}, 6, 8, 1.0 / 6},
    {{RN_DIST_POWER2_OR_LOG_UNIFORM, 1, 32, 8, 0, {0}}, 7, 2, 1.0 / 6},
    {{RN_DIST_POWER2_OR_LOG_UNIFORM, 1, 32, 8, 0, {0}}, 7, 16, 1.0 / 6},
    {{RN_DIST_NORMAL, 0, 12, 1, 0, {0}}, 13, 6, 0.1979466}, /* sigma 2 */
    {{RN_DIST_LOG_NORMAL, 1, 64, 1, 0, {0}}, 64, 8, 0.0720},
    {{.n_values = 3, .values = {1, 2, 4}}, 3, 4, 1.0 / 3},
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
        for (int k = 0; k < dist.n; k++)
            sum += dist.p[k];
        assert_true(fabs(sum - 1) < 1e-12);
        if (fabs(dist.p[point_of(&dist, dists[i].x)] / dists[i].p - 1) > 2e-3)
            fail_msg("distribution %zu: P(%g) = %.9g", i, dists[i].x,
                     dist.p[point_of(&dist, dists[i].x)]);
        memset(count, 0, sizeof count);
        for (int draw = 0; draw < 200000; draw++)
            count[point_of(&dist, rn_dist_draw(&dist, &rng))]++;
        assert_distributed(dist.p, count, dist.n, 200000);
        rn_dist_release(&dist);
    }
}

static bool keeps(enum rn_order order, const double *x, int n)
{
    for (int i = 1; i < n; i++) {
        if (((order & RN_ORDER_UP) && x[i] < x[i - 1]) ||
            ((order & RN_ORDER_DOWN) && x[i] > x[i - 1]))
            return false;
    }
    return true;
}

static int cell_of(const struct rn_dist *dist, const double *x, int n)
{
    int cell = 0;

    for (int i = 0; i < n; i++)
        cell = cell * dist->n + point_of(dist, x[i]);
    return cell;
}

/* What rejection leaves, exactly: each kept tuple's product of probabilities, over their sum. */
static void enumerate(const struct rn_dist *dist, enum rn_order order, int n, double *p)
{
    double sum = 0;
    int cells = (int)pow(dist->n, n);

    for (int cell = 0; cell < cells; cell++) {
        double x[8], product = 1;
        for (int i = n - 1, rest = cell; i >= 0; i--, rest /= dist->n) {
            x[i] = dist->value[rest % dist->n];
            product *= dist->p[rest % dist->n];
        }
        p[cell] = keeps(order, x, n) ? product : 0;
        sum += p[cell];
    }
    for (int cell = 0; cell < cells; cell++)
        p[cell] /= sum;
}

/* Ours and naive rejection, each against the same exact distribution. */
static void ordered_tuples_are_what_rejection_leaves(void **state)
{
    static const struct rn_spec spec = {RN_DIST_LOG_UNIFORM, 1, 6, 1, 0, {0}};
    static const enum rn_order orders[] = {RN_ORDER_FREE, RN_ORDER_UP, RN_ORDER_DOWN,
                                           RN_ORDER_EQUAL};
    static double p[CELLS];
    static int ours[CELLS], naive[CELLS];
    enum { N = 4, DRAWS = 100000 };

    (void)state;
    for (size_t o = 0; o < 4; o++) {
        struct rn_rng rng = rn_rng_at(11, RN_STREAM_TEST, o);
        struct rn_axis axis;
        struct rn_dist dist;
        double x[N];
        assert_int_equal(rn_axis_make(&spec, orders[o], false, N, &axis, NULL), RN_OK);
        assert_int_equal(rn_dist_make(&spec, &dist, NULL), RN_OK);
        enumerate(&dist, orders[o], N, p);
        memset(ours, 0, sizeof ours);
        memset(naive, 0, sizeof naive);
        for (int draw = 0; draw < DRAWS; draw++) {
            rn_axis_draw(&axis, N, &rng, x);
            ours[cell_of(&dist, x, N)]++;
            do {
                for (int i = 0; i < N; i++)
                    x[i] = rn_dist_draw(&dist, &rng);
            } while (!keeps(orders[o], x, N));
            naive[cell_of(&dist, x, N)]++;
        }
        assert_distributed(p, ours, 1296, DRAWS);
        assert_distributed(p, naive, 1296, DRAWS);
        rn_axis_release(&axis);
        rn_dist_release(&dist);
    }
}

static void shared_is_not_equal(void **state)
{
    static const struct rn_spec spec = {RN_DIST_LOG_UNIFORM, 1, 6, 1, 0, {0}};
    struct rn_axis shared, equal;

    (void)state;
    assert_int_equal(rn_axis_make(&spec, RN_ORDER_FREE, true, 4, &shared, NULL), RN_OK);
    assert_int_equal(rn_axis_make(&spec, RN_ORDER_EQUAL, false, 4, &equal, NULL), RN_OK);
    assert_true(fabs(shared.dist.p[0] / shared.dist.p[5] - 3.8018) < 1e-4); /* ln 2 / ln 1.2 */
    assert_true(fabs(equal.dist.p[0] / equal.dist.p[5] - pow(3.8018, 4)) < 0.1);
    rn_axis_release(&shared);
    rn_axis_release(&equal);
}

static double value_of(const struct rn_sample *sample, const char *name)
{
    for (int i = 0; i < sample->n_values; i++) {
        if (strcmp(sample->values[i].name, name) == 0)
            return sample->values[i].value;
    }
    fail_msg("no value %s", name);
    return 0;
}

static void check_order(const struct rn_sample *sample, char letter, enum rn_order order)
{
    double x[4];

    for (int i = 0; i < 4; i++)
        x[i] = value_of(sample, (char[]){letter, (char)('1' + i), 0});
    assert_true(keeps(order, x, 4));
}

static void check_sample(const char *name, const struct rn_sample *sample)
{
    struct rn_complexity cx = rn_arch_complexity(&sample->arch);
    bool mini = strchr(name, '@') != NULL, regnet = strncmp(name, "RegNet", 6) == 0;
    char step = name[7]; /* AnyNetX's A to E */

    assert_int_equal(rn_arch_check(&sample->arch, NULL), RN_OK);
    assert_memory_equal(&cx, &sample->cx, sizeof cx);
    assert_in_range(cx.flops, mini ? 3000000 : 360000000, mini ? 3500000 : 400000000);
    assert_int_equal(sample->arch.n_stages, 4);
    assert_int_equal(sample->arch.stages[0].stride, mini ? 1 : 2);
    assert_int_equal(sample->arch.im_size, mini ? 28 : 224);
    assert_true(sample->arch.se_r == (name[6] == 'Y' ? 0.25 : 0));
    for (int i = 0; mini && i < 4; i++) {
        assert_in_range(sample->arch.stages[i].depth, 1, 8);
        assert_in_range(sample->arch.stages[i].width, 1, 256);
    }
    if (regnet)
        return;
    if (step >= 'B')
        check_order(sample, 'b', RN_ORDER_EQUAL);
    if (step >= 'C')
        check_order(sample, 'g', RN_ORDER_EQUAL);
    if (step >= 'D')
        check_order(sample, 'w', RN_ORDER_UP);
    if (step >= 'E')
        check_order(sample, 'd', RN_ORDER_UP);
}

static void the_papers_spaces_draw_what_they_say(void **state)
{
    struct rn_err err = {0};
    char **names;
    size_t n;

    (void)state;
    if (rn_space_names(&names, &n, &err) != RN_OK)
        fail_msg("%s", err.msg);
    assert_int_equal(n, 14);
    for (size_t s = 0; s < n; s++) {
        struct rn_space *space;
        struct rn_sample sample;
        if (rn_space_open(names[s], &space, &err) != RN_OK)
            fail_msg("%s", err.msg);
        assert_string_equal(rn_space_name(space), names[s]);
        for (uint64_t i = 0; i < 100; i++) {
            assert_int_equal(rn_space_draw(space, 1, i, &sample, NULL), RN_OK);
            check_sample(names[s], &sample);
        }
        rn_space_free(space);
    }
    rn_space_names_free(names, n);
}

static void a_network_depends_on_seed_and_index_alone(void **state)
{
    struct rn_space *space;
    struct rn_sample a, b, c;

    (void)state;
    assert_int_equal(rn_space_open("anynetx_e@MINI", &space, NULL), RN_OK);
    memset(&a, 0, sizeof a), memset(&b, 0, sizeof b);
    assert_int_equal(rn_space_draw(space, 3, 5, &a, NULL), RN_OK);
    assert_int_equal(rn_space_draw(space, 3, 4, &c, NULL), RN_OK);
    assert_int_equal(rn_space_draw(space, 3, 5, &b, NULL), RN_OK);
    assert_memory_equal(a.arch.stages, b.arch.stages, sizeof a.arch.stages);
    assert_memory_not_equal(a.arch.stages, c.arch.stages, sizeof a.arch.stages);
    assert_int_equal(rn_space_draw(space, 4, 5, &b, NULL), RN_OK);
    assert_memory_not_equal(a.arch.stages, b.arch.stages, sizeof a.arch.stages);
    rn_space_free(space);
}

static enum rn_status open_text(const char *text, struct rn_space **space, struct rn_err *err)
{
    char dir[] = "/tmp/regnet-space-XXXXXX", path[64];
    enum rn_status status;

    assert_non_null(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/s.yaml", dir);
    assert_int_equal(rn_file_write(path, text, strlen(text), NULL), RN_OK);
    status = rn_space_open(path, space, err);
    unlink(path);
    rmdir(dir);
    return status;
}

/* Without a window the first attempt is accepted, so every parameter keeps its distribution. */
static void whole_draws_keep_each_distribution(void **state)
{
    static const struct rn_spec specs[] = {{RN_DIST_LOG_UNIFORM, 1, 16, 1, 0, {0}},
                                           {RN_DIST_LOG_UNIFORM, 8, 1024, 8, 0, {0}},
                                           {RN_DIST_POWER2_UNIFORM, 1, 4, 1, 0, {0}},
                                           {RN_DIST_POWER2_UNIFORM, 1, 32, 1, 0, {0}}};
    static const char *const names[] = {"d3", "w1", "b4", "g2"};
    static int count[4][CELLS];
    struct rn_space *space;
    struct rn_dist dist[4];

    (void)state;
    assert_int_equal(open_text("name: s\nbase: AnyNetXA\nwindow: {flops: null}\n", &space, NULL),
                     RN_OK);
    for (int k = 0; k < 4; k++)
        assert_int_equal(rn_dist_make(&specs[k], &dist[k], NULL), RN_OK);
    for (uint64_t i = 0; i < 50000; i++) {
        struct rn_sample sample;
        assert_int_equal(rn_space_draw(space, 2, i, &sample, NULL), RN_OK);
        assert_int_equal(sample.attempts, 1);
        for (int k = 0; k < 4; k++)
            count[k][point_of(&dist[k], value_of(&sample, names[k]))]++;
    }
    for (int k = 0; k < 4; k++) {
        assert_distributed(dist[k].p, count[k], dist[k].n, 50000);
        rn_dist_release(&dist[k]);
    }
    rn_space_free(space);
}

static void derived_spaces_add_and_replace(void **state)
{
    struct rn_space *space;
    struct rn_err err = {0};
    struct rn_sample sample;

    (void)state;
    if (open_text("name: narrow\nbase: AnyNetXD\n"
                  "network: {se_r: 0.25, strides: [2, 2, 2, 2, 1]}\n"
                  "parameters: {d: {range: [2, 4]}, b: {values: [1, 2]}}\n"
                  "window: {flops: [200e6, 300e6], acts: [1e6, 9e6]}\n"
                  "constraints:\n  - params <= 5e6\n  - d[i] >= d[i+1]\n  - all(16 < w < 512)\n",
                  &space, &err) != RN_OK)
        fail_msg("%s", err.msg);
    for (uint64_t i = 0; i < 50; i++) {
        assert_int_equal(rn_space_draw(space, 1, i, &sample, NULL), RN_OK);
        assert_int_equal(sample.arch.n_stages, 5);
        assert_true(sample.arch.se_r == 0.25);
        assert_in_range(sample.cx.flops, 200000000, 300000000);
        assert_in_range(sample.cx.acts, 1000000, 9000000);
        assert_true(sample.cx.params <= 5000000);
        check_order(&sample, 'w', RN_ORDER_UP);
        check_order(&sample, 'd', RN_ORDER_DOWN);
        check_order(&sample, 'b', RN_ORDER_EQUAL);
        for (int s = 0; s < 5; s++) {
            assert_in_range(sample.arch.stages[s].depth, 2, 4);
            assert_in_range(sample.arch.stages[s].width, 17, 511);
        }
    }
    rn_space_free(space);
}

#define A "name: s\nbase: AnyNetXA\n"
#define C(expression) A "constraints:\n  - \"" expression "\"\n"

static void mistakes_are_shown_in_their_place(void **state)
{
    static const struct {
        const char *text, *says;
    } cases[] = {
        {"name: s\nbase: AnyNetXQ\n", "s.yaml:2:7: there is no space \"AnyNetXQ\"; did you mean"},
        {"name: s\nbase: s.yaml\n", "derive from itself"},
        {"base: AnyNetXA\n", "needs a name"},
        {"name: s\n", "needs a family"},
        {"name: s\nfamily: anynet\n", "the parameter d is missing"},
        {"name: s\nfamily: any\n", "SPACE@OVERLAY"},
        {A "constraint: []\n", "s.yaml:3:1: there is no key \"constraint\"; did you mean"},
        {A "family: regnet\n", "the base's is anynet"},
        {A "network: {stem_typ: x}\n", "did you mean \"stem_type\""},
        {A "network: {block_type: x_block}\n", "s.yaml:3:23: block_type"},
        {A "network: {strides: []}\n", "1 to 16 strides"},
        {A "parameters: {q: {range: [1, 2]}}\n", "there is no parameter \"q\""},
        {A "parameters: {d: {range: [4, 2]}}\n", "s.yaml:3:25: the range [4, 2] is empty"},
        {A "parameters: {w: {range: [9, 24]}}\n", "multiples of 8"},
        {A "parameters: {g: {range: [1, 24]}}\n", "powers of two"},
        {A "parameters: {d: {distribution: log}}\n", "there is no distribution \"log\""},
        {A "parameters: {d: {values: [2, 1, 2]}}\n", "2 stands twice"},
        {A "parameters: {d: {range: [1, 2], quantum: 0.5}}\n", "d can be 1.5"},
        {A "parameters: {d: {range: [1, 2000]}}\n", "d can be 1025"},
        {A "window: {flops: [4e6, 3e6]}\n", "s.yaml:3:17: the range"},
        {A "constraints: [flops <= 1e6]\n", "nothing satisfies both"},
        {A "constraints: [stages == 5]\n", "4 strides make 4 stages"},
        {C("w[i+1] >= d[i]"), "s.yaml:4:16: w[i+1] is compared with w[i] only\n"
                              "    w[i+1] >= d[i]\n              ^"},
        {C("w[i+2] >= w[i]"), "s.yaml:4:10: expected \"1\" here"},
        {C("w[i+1] > w[i]"), "<=, == or >="},
        {C("shared(x)"), "s.yaml:4:13: \"x\" is not a stage's parameter"},
        {C("shared(b"), "s.yaml:4:14: expected \")\" here"},
        {C("flop <= 4"), "did you mean \"flops\"?"},
        {C("4 <= flops <= "), "expected a name or a number"},
        {C("flops"), "expected <, <=, ==, >= or >"},
        {C("flops <= 4x"), "does not belong to a number"},
        {C("5 <= flops <= 4"), "no number is in this range"},
        {C("w <= 4"), "write all(w ...)"},
        {C("all(flops <= 4)"), "all(...) bounds d, w or g"},
        {C("flops <= 4 4"), "expected the end"},
        {"name: s\nbase: RegNetX\nconstraints: [shared(b)]\n", "only AnyNet"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct rn_space *space = NULL;
        struct rn_err err = {0};
        assert_int_equal(open_text(cases[i].text, &space, &err), RN_E_CONFIG);
        assert_null(space);
        if (!strstr(err.msg, cases[i].says))
            fail_msg("\"%s\" does not say \"%s\"", err.msg, cases[i].says);
    }
}

static void an_impossible_space_says_what_rejects(void **state)
{
    struct rn_space *space;
    struct rn_sample sample;
    struct rn_err err = {0};

    (void)state;
    assert_int_equal(open_text("name: s\nbase: RegNetX\nparameters: {d: {range: [1, 5]}}\n"
                               "constraints: [all(g > 32)]\n",
                               &space, &err),
                     RN_OK);
    assert_int_equal(rn_space_draw(space, 1, 0, &sample, &err), RN_E_CONFIG);
    assert_non_null(strstr(err.msg, "impossible"));
    assert_non_null(strstr(err.msg, "% lack a valid line"));
    assert_non_null(strstr(err.msg, "% lack all(g > 32)"));
    rn_space_free(space);
}

static void short_memory_is_an_error_and_no_leak(void **state)
{
    (void)state;
    for (long n = 0; n < 4000; n++) {
        struct rn_space *space = NULL;
        struct rn_err err = {0};
        enum rn_status status;
        rn_mem_fail_at(n);
        status = rn_space_open("AnyNetXE@mini", &space, &err);
        rn_mem_fail_at(-1);
        if (status == RN_OK) {
            assert_true(n > 20);
            rn_space_free(space);
            return;
        }
        assert_int_equal(status, RN_E_NOMEM);
        assert_null(space);
    }
    fail();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(distributions_have_their_probabilities),
        cmocka_unit_test(ordered_tuples_are_what_rejection_leaves),
        cmocka_unit_test(shared_is_not_equal),
        cmocka_unit_test(the_papers_spaces_draw_what_they_say),
        cmocka_unit_test(a_network_depends_on_seed_and_index_alone),
        cmocka_unit_test(whole_draws_keep_each_distribution),
        cmocka_unit_test(derived_spaces_add_and_replace),
        cmocka_unit_test(mistakes_are_shown_in_their_place),
        cmocka_unit_test(an_impossible_space_says_what_rejects),
        cmocka_unit_test(short_memory_is_an_error_and_no_leak),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

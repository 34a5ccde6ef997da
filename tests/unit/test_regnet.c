/* RegNet's line and the compatibility of widths and groups, against the paper's networks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "regnet/arch.h"
#include "regnet/rng.h"

/* RegNetX-3.2GF of Figure 15, before and after its widths become multiples of g = 48. */
static void a_published_line(void **state)
{
    const struct rn_regnet params = {25, 88, 26.31, 2.25, 1, 48};
    static const int raw[] = {88, 200, 448, 1000}, fit[] = {96, 192, 432, 1008},
                     d[] = {2, 6, 15, 2};
    struct rn_regnet_line line;
    struct rn_arch arch = {.block = RN_BLOCK_BOTTLENECK, .num_classes = 7};

    (void)state;
    assert_int_equal(rn_regnet_generate(&params, &line, NULL), RN_OK);
    assert_int_equal(line.n_stages, 4);
    assert_int_equal(line.n_levels, 4);
    assert_int_equal(rn_regnet_levels(&params), 4);
    for (int i = 0, j = 0; i < 4; j += d[i++]) {
        assert_int_equal(line.w[j], raw[i]);
        assert_int_equal(line.w[j + d[i] - 1], raw[i]);
    }
    rn_regnet_stages(&params, &line, 2, &arch);
    assert_int_equal(arch.n_stages, 4);
    assert_int_equal(arch.num_classes, 7);
    for (int i = 0; i < 4; i++) {
        assert_int_equal(arch.stages[i].width, fit[i]);
        assert_int_equal(arch.stages[i].depth, d[i]);
        assert_int_equal(arch.stages[i].group_w, 48);
        assert_int_equal(arch.stages[i].stride, 2);
    }
}

/* Ties go to the even side: w0 wm / 8 = 22.5 in RegNetX-1.6GF must become 22. */
static void halves_round_to_even(void **state)
{
    const struct rn_regnet params = {18, 80, 34.01, 2.25, 1, 24};
    struct rn_stage tie = {.width = 392, .bot_mul = 1, .group_w = 16};
    struct rn_regnet_line line;

    (void)state;
    assert_int_equal(rn_regnet_generate(&params, &line, NULL), RN_OK);
    assert_int_equal(line.w[2], 176);
    rn_stage_make_compatible(&tie);
    assert_int_equal(tie.width, 384);
}

static void a_skipped_level_shows(void **state)
{
    const struct rn_regnet params = {4, 8, 100, 1.5, 1, 8};
    struct rn_regnet_line line;

    (void)state;
    assert_int_equal(rn_regnet_generate(&params, &line, NULL), RN_OK);
    assert_true(line.n_levels > line.n_stages);
    assert_int_equal(rn_regnet_levels(&params), line.n_levels);
}

static void groups_are_clipped_and_widths_follow(void **state)
{
    static const struct {
        struct rn_stage before;
        int width, group_w;
    } cases[] = {
        {{.width = 80, .bot_mul = 1, .group_w = 120}, 80, 80}, /* RegNetX-8.0GF, stage 1 */
        {{.width = 24, .bot_mul = 0.25, .group_w = 8}, 24, 6}, /* v = 6 < g */
        {{.width = 8, .bot_mul = 0.25, .group_w = 1}, 8, 1},
        {{.width = 40, .bot_mul = 0.5, .group_w = 16}, 32, 16}, /* v = 20, 20/16 -> 1 */
        {{.width = 48, .bot_mul = 0.5, .group_w = 16}, 64, 16}, /* v = 24, 1.5 -> 2 */
        {{.width = 16, .bot_mul = 4, .group_w = 6}, 15, 6},     /* m = lcm(6, 4) = 12: 64 -> 60 */
        {{.width = 1, .bot_mul = 0.25, .group_w = 4}, 4, 1},    /* v is at least 1 */
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct rn_stage stage = cases[i].before;
        rn_stage_make_compatible(&stage);
        assert_int_equal(stage.width, cases[i].width);
        assert_int_equal(stage.group_w, cases[i].group_w);
    }
}

/* Any stage can be made to fit, and one that fits stays as it is. */
static void compatible_stages_divide(void **state)
{
    static const double muls[] = {0.125, 0.25, 0.5, 1, 2, 4, 8};

    (void)state;
    for (uint64_t i = 0; i < 20000; i++) {
        struct rn_rng rng = rn_rng_at(1, RN_STREAM_TEST, i);
        struct rn_stage stage = {.width = 1 + (int)rn_rng_below(&rng, 1500),
                                 .bot_mul = muls[rn_rng_below(&rng, 7)],
                                 .group_w = 1 + (int)rn_rng_below(&rng, 300)};
        struct rn_stage again;
        int w_b;
        rn_stage_make_compatible(&stage);
        w_b = rn_bottleneck_width(RN_BLOCK_BOTTLENECK, 1, stage.width, stage.bot_mul);
        assert_int_equal(w_b % stage.group_w, 0);
        again = stage;
        rn_stage_make_compatible(&again);
        assert_int_equal(again.width, stage.width);
        assert_int_equal(again.group_w, stage.group_w);
    }
}

static void parameters_out_of_domain_are_refused(void **state)
{
    static const struct {
        struct rn_regnet params;
        const char *says;
    } cases[] = {
        {{0, 24, 36, 2.5, 1, 8}, "d is 1 to"},
        {{513, 24, 36, 2.5, 1, 8}, "d is 1 to"},
        {{13, 20, 36, 2.5, 1, 8}, "multiple of 8"},
        {{13, 0, 36, 2.5, 1, 8}, "multiple of 8"},
        {{13, 24, -1, 2.5, 1, 8}, "wa"},
        {{13, 24, 36, 1, 1, 8}, "wm"},
        {{13, 24, 36, 2.5, 0, 8}, "positive"},
        {{13, 24, 36, 2.5, 1, 0}, "positive"},
        {{13, 24, 36, 2.5, 1.5, 8}, "whole number"},
        {{13, 24, 1e300, 2.5, 1, 8}, "widths"},
        {{100, 8, 64, 1.05, 1, 8}, "stages"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct rn_regnet_line line;
        struct rn_err err = {0};
        assert_int_equal(rn_regnet_generate(&cases[i].params, &line, &err), RN_E_CONFIG);
        assert_non_null(strstr(err.msg, cases[i].says));
    }
}

/* The published networks that have other widths in torchvision, or would have. */
static void torchvision_rounds_halves_up(void **state)
{
    static const struct {
        const char *name;
        int stage, width;
    } others[] = {{"RegNetX-400MF", 3, 400},
                  {"RegNetX-4.0GF", 0, 120},
                  {"RegNetY-800MF", 3, 784},
                  {"RegNetY-4.0GF", 1, 256},
                  {"RegNetY-8.0GF", 0, 224}};
    size_t different = 0;

    (void)state;
    for (size_t i = 0; i < 24; i++) {
        struct rn_config cfg;
        struct rn_arch pycls, torchvision;

        rn_config_default(&cfg);
        assert_int_equal(rn_arch_name_to_config(rn_arch_name(i), &cfg, NULL), RN_OK);
        assert_int_equal(rn_arch_from_config(&cfg, &pycls, NULL), RN_OK);
        torchvision = pycls;
        assert_int_equal(rn_arch_as_torchvision(&cfg, &torchvision, NULL), RN_OK);
        if (memcmp(&pycls, &torchvision, sizeof pycls) == 0)
            continue;
        assert_true(different < 5);
        assert_string_equal(rn_arch_name(i), others[different].name);
        assert_int_equal(torchvision.stages[others[different].stage].width,
                         others[different].width);
        different++;
    }
    assert_int_equal(different, 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(torchvision_rounds_halves_up),
        cmocka_unit_test(a_published_line),
        cmocka_unit_test(halves_round_to_even),
        cmocka_unit_test(a_skipped_level_shows),
        cmocka_unit_test(groups_are_clipped_and_widths_follow),
        cmocka_unit_test(compatible_stages_divide),
        cmocka_unit_test(parameters_out_of_domain_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* rn_regnet_fit: the paper's fits, the published RegNets, and a search without any shortcut. */
#include <string.h>

#include "near.h"
#include "regnet/arch.h"
#include "regnet/rng.h"

static struct rn_regnet_fit fit_of(const struct rn_arch *arch)
{
    struct rn_regnet_fit fit = {0};
    struct rn_err err = {0};

    if (rn_regnet_fit(arch, &fit, &err) != RN_OK)
        fail_msg("%s: %s", arch->name, err.msg);
    return fit;
}

static struct rn_arch four_stages(const int *widths, const int *depths)
{
    struct rn_arch arch = {.n_stages = 4};

    for (int i = 0; i < 4; i++)
        arch.stages[i] = (struct rn_stage){.width = widths[i], .depth = depths[i], .bot_mul = 1};
    return arch;
}

/* Figure 8, top right, gives the first network's fit. The second one's error is the least of the
   same grid, by NumPy. */
static void test_fit_figure_8(void **state)
{
    struct rn_arch first = four_stages((int[]){64, 128, 272, 704}, (int[]){2, 4, 5, 5});
    struct rn_arch second = four_stages((int[]){32, 144, 256, 448}, (int[]){1, 1, 3, 5});
    struct rn_regnet_fit fit = fit_of(&first);

    (void)state;
    assert_int_equal(fit.w0, 80);
    near(fit.wa, 30, 0);
    near(fit.wm, 1.9, 0);
    near(fit.error, 0.07367099491437484, 1e-12);
    assert_int_equal(fit.g, 0);
    for (int i = 0; i < 4; i++) /* b = 2, g = 4: not a RegNet either */
        first.stages[i].bot_mul = 0.5, first.stages[i].group_w = 4;
    near(fit_of(&first).error, fit.error, 0);
    fit = fit_of(&second);
    assert_int_equal(fit.w0, 48);
    near(fit.wm, 2.2, 0);
    near(fit.error, 0.03756906187066091, 1e-12);
}

/* By the definition: e_fit of a line, or infinity unless it has n levels, none left out. */
static double plain_error(const struct rn_arch *arch, int w0, double wa, double wm)
{
    double sum = 0, last = -1;
    int d = 0, levels = 0;

    for (int i = 0; i < arch->n_stages; i++) {
        for (int k = 0; k < arch->stages[i].depth; k++, d++) {
            double s = rint(log((w0 + wa * d) / w0) / log(wm));
            levels += s != last;
            last = s;
            sum += pow(log(w0 * pow(wm, s) / arch->stages[i].width), 2);
        }
    }
    return levels == arch->n_stages && last == levels - 1 ? sum / d : INFINITY;
}

static double plain_search(const struct rn_arch *arch)
{
    double least = INFINITY;

    for (int wm = 15; wm <= 30; wm++)
        for (int w0 = 8; w0 <= 256; w0 += 8)
            for (int wa = 1; wa <= 256; wa++)
                least = fmin(least, plain_error(arch, w0, wa, wm / 10.0));
    return least;
}

static void test_fit_is_the_grids_best(void **state)
{
    (void)state;
    for (uint64_t round = 0; round < 4; round++) {
        struct rn_rng rng = rn_rng_at(11, RN_STREAM_TEST, round);
        struct rn_arch arch = {.n_stages = 2 + (int)round % 3};
        struct rn_regnet_fit fit;
        for (int i = 0; i < arch.n_stages; i++)
            arch.stages[i] = (struct rn_stage){.width = 3 + (int)rn_rng_below(&rng, 250),
                                               .depth = 1 + (int)rn_rng_below(&rng, 5),
                                               .bot_mul = 1};
        fit = fit_of(&arch);
        if (fit.g > 0)
            continue;
        near(plain_error(&arch, fit.w0, fit.wa, fit.wm), fit.error, 1e-12);
        near(fit.error, plain_search(&arch), 1e-12);
    }
}

static struct rn_regnet published(const char *name)
{
    struct rn_config cfg;

    rn_config_default(&cfg);
    assert_int_equal(rn_arch_name_to_config(name, &cfg, NULL), RN_OK);
    return (struct rn_regnet){
        .d = cfg.regnet.depth, .w0 = cfg.regnet.w0, .wa = cfg.regnet.wa, .wm = cfg.regnet.wm};
}

static void check_generates(const struct rn_arch *arch, const struct rn_regnet_fit *fit)
{
    struct rn_regnet p = {
        .d = 0, .w0 = fit->w0, .wa = fit->wa, .wm = fit->wm, .bot_mul = 1, .g = fit->g};
    struct rn_arch made = {.block = RN_BLOCK_BOTTLENECK};
    struct rn_regnet_line line;

    for (int i = 0; i < arch->n_stages; i++)
        p.d += arch->stages[i].depth;
    assert_int_equal(rn_regnet_generate(&p, &line, NULL), RN_OK);
    rn_regnet_stages(&p, &line, 2, &made);
    assert_int_equal(made.n_stages, arch->n_stages);
    for (int i = 0; i < made.n_stages; i++) {
        assert_int_equal(made.stages[i].width, arch->stages[i].width);
        assert_int_equal(made.stages[i].depth, arch->stages[i].depth);
    }
}

/* The published parameters are an optimum: the found ones generate the same network, with the same
   groups, and are no farther from it; nor are those found from widths and depths alone. */
static void test_fit_published_regnets(void **state)
{
    const size_t papers = 24; /* they come first */
    int regnets = 0;

    (void)state;
    for (size_t i = 0; i < papers; i++) {
        const char *name = rn_arch_name(i);
        struct rn_arch arch;
        struct rn_regnet p;
        struct rn_regnet_fit fit;
        double error;
        if (strncmp(name, "RegNet", 6) != 0)
            continue;
        regnets++;
        p = published(name);
        assert_int_equal(rn_arch_by_name(name, &arch, NULL), RN_OK);
        error = plain_error(&arch, p.w0, p.wa, p.wm);
        fit = fit_of(&arch);
        assert_int_equal(fit.g, arch.stages[3].group_w);
        check_generates(&arch, &fit);
        assert_true(fit.error <= error + 1e-14);
        near(fit.error, plain_error(&arch, fit.w0, fit.wa, fit.wm), 1e-12);
        near(fit.wm, p.wm, 0.2);
        for (int k = 0; k < arch.n_stages; k++)
            arch.stages[k].group_w = 0;
        fit = fit_of(&arch);
        assert_true(fit.g > 0 && fit.error <= error + 1e-14);
        check_generates(&arch, &fit);
    }
    assert_int_equal(regnets, 24);
}

/* Any RegNet with the digits that samplers draw is recognized. */
static void test_fit_recognizes_regnets(void **state)
{
    int found = 0;

    (void)state;
    for (uint64_t round = 0; found < 200; round++) {
        struct rn_rng rng = rn_rng_at(12, RN_STREAM_TEST, round);
        struct rn_regnet p = {.d = 2 + (int)rn_rng_below(&rng, 40),
                              .w0 = 8 * (1 + (int)rn_rng_below(&rng, 32)),
                              .wa = (80 + rn_rng_below(&rng, 2480)) / 10.0,
                              .wm = (1500 + rn_rng_below(&rng, 1500)) / 1000.0,
                              .bot_mul = 1.0 / (1 << rn_rng_below(&rng, 3)),
                              .g = 8 << rn_rng_below(&rng, 4)};
        struct rn_arch arch = {.block = RN_BLOCK_BOTTLENECK};
        struct rn_regnet_line line;
        if (rn_regnet_generate(&p, &line, NULL) != RN_OK || line.n_levels != line.n_stages)
            continue;
        rn_regnet_stages(&p, &line, 2, &arch);
        found++;
        if (fit_of(&arch).g == 0)
            fail_msg("round %d: d=%d w0=%d wa=%g wm=%g b=%g g=%d", (int)round, p.d, p.w0, p.wa,
                     p.wm, 1 / p.bot_mul, p.g);
    }
}

static void refuses(int n, struct rn_stage stage, enum rn_status status, const char *message)
{
    struct rn_arch arch = {.n_stages = n};
    struct rn_regnet_fit fit = {.w0 = 77};
    struct rn_err err = {0};

    for (int i = 0; i < n; i++)
        arch.stages[i] = stage;
    assert_int_equal(rn_regnet_fit(&arch, &fit, &err), status);
    assert_string_equal(err.msg, message);
    assert_int_equal(fit.w0, 77);
}

static void test_fit_refuses(void **state)
{
    (void)state;
    refuses(1, (struct rn_stage){.width = 0, .depth = 1}, RN_E_CONFIG,
            "stage 1: a width is 1 to 65536, not 0");
    refuses(2, (struct rn_stage){.width = 8, .depth = 300}, RN_E_CONFIG,
            "stage 2: a depth is 1 to 512 blocks in all, not 300");
    refuses(16, (struct rn_stage){.width = 8, .depth = 1, .bot_mul = 1}, RN_E_DATA,
            "no line of 16 blocks has 16 levels with wm from 1.5 to 3: too few blocks for so many "
            "stages, or too many");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fit_figure_8),          cmocka_unit_test(test_fit_is_the_grids_best),
        cmocka_unit_test(test_fit_published_regnets), cmocka_unit_test(test_fit_recognizes_regnets),
        cmocka_unit_test(test_fit_refuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

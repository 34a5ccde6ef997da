/* Families at any size: where a rule starts, what it keeps, what it finds near a budget. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "regnet/graph.h"

static struct rn_arch member(const char *family, double m, double depth, bool small)
{
    struct rn_arch arch;
    struct rn_err err = {0};

    if (rn_family_member(family, m, depth, small, &arch, &err) != RN_OK)
        fail_msg("%s", err.msg);
    return arch;
}

static struct rn_complexity count(const struct rn_arch *arch)
{
    struct rn_complexity cx = {0};
    struct rn_err err = {0};

    if (rn_graph_count(arch, &cx, &err) != RN_OK)
        fail_msg("%s: %s", arch->name, err.msg);
    return cx;
}

static void one_is_the_published_network(void **state)
{
    static const char *const published[][2] = {{"RegNetX", "RegNetX-600MF"},
                                               {"RegNetY", "RegNetY-600MF"},
                                               {"ResNet", "ResNet-50"},
                                               {"ResNeXt", "ResNeXt-50"},
                                               {"SE-ResNet", "SE-ResNet-50"},
                                               {"SE-ResNeXt", "SE-ResNeXt-50"},
                                               {"EfficientNet", "EfficientNet-B0"},
                                               {"MobileNetV1", "MobileNetV1-1.0"},
                                               {"MobileNetV2", "MobileNetV2-1.0"},
                                               {"ShuffleNetV1", "ShuffleNetV1-1x-g3"},
                                               {"ShuffleNetV2", "ShuffleNetV2-1x"},
                                               {"NASNet-A", "NASNet-A-mobile"},
                                               {"PNASNet-5", "PNASNet-5-mobile"},
                                               {"AmoebaNet-C", "AmoebaNet-C-4-50"},
                                               {"DARTS-V2", "DARTS-V2"}};
    struct rn_arch arch, name;

    (void)state;
    assert_int_equal(rn_family_count(), sizeof published / sizeof *published);
    for (size_t i = 0; i < rn_family_count(); i++) {
        struct rn_complexity a, b;
        assert_string_equal(rn_family_name(i), published[i][0]);
        arch = member(published[i][0], 1, 1, false);
        assert_int_equal(rn_arch_by_name(published[i][1], &name, NULL), RN_OK);
        a = count(&arch), b = count(&name);
        assert_int_equal(a.flops, b.flops);
        assert_int_equal(a.params, b.params);
        assert_int_equal(a.acts, b.acts);
    }
}

/* Both budgets of the small comparison, within a fifth; each is described by a configuration. */
static void every_family_comes_near_a_budget(void **state)
{
    static const double budgets[] = {5e6, 20e6};
    struct rn_arch arch, back;
    struct rn_config cfg;
    struct rn_err err = {0};

    (void)state;
    for (size_t i = 0; i < rn_family_count(); i++) {
        for (size_t k = 0; k < 2; k++) {
            struct rn_complexity a, b;
            if (rn_family_nearest(rn_family_name(i), budgets[k], 28, 10, &arch, &err) != RN_OK)
                fail_msg("%s", err.msg);
            a = count(&arch);
            assert_true((double)a.flops > 0.83 * budgets[k]);
            assert_true((double)a.flops < 1.2 * budgets[k]);
            assert_int_equal(arch.stem, RN_STEM_CIFAR);
            rn_config_default(&cfg);
            if (rn_arch_to_config(&arch, &cfg, &err) != RN_OK ||
                rn_arch_from_config(&cfg, &back, &err) != RN_OK)
                fail_msg("%s: %s", arch.name, err.msg);
            b = count(&back);
            assert_int_equal(a.flops, b.flops);
            assert_int_equal(a.params, b.params);
        }
    }
}

static int product_of_strides(const struct rn_arch *arch)
{
    int product = 1;

    for (int i = 0; i < arch->n_stages; i++)
        product *= arch->stages[i].stride;
    return product;
}

static void small_images_are_not_reduced_by_the_stem(void **state)
{
    (void)state;
    for (size_t i = 0; i < rn_family_count(); i++) {
        struct rn_arch arch = member(rn_family_name(i), 0.5, 1, true);
        assert_int_equal(arch.stem, RN_STEM_CIFAR);
        assert_int_equal(product_of_strides(&arch), rn_block_is_cell(arch.block) ? 4 : 8);
    }
}

/* Width and start of the line by m; the ratio of widths, and four stages, stay. */
static void a_regnet_keeps_its_line(void **state)
{
    struct rn_arch arch = member("RegNetX", 0.5, 1, false);
    int blocks = 0;

    (void)state;
    assert_int_equal(arch.n_stages, 4);
    for (int i = 0; i < 4; i++)
        blocks += arch.stages[i].depth;
    assert_int_equal(blocks, 11);                    /* 16 sqrt(0.5) */
    assert_int_equal(arch.stages[0].width, 32);      /* 24, made to fit groups of 16 */
    assert_in_range(arch.stages[3].width, 248, 296); /* half of 528, a level of 2.24 aside */
}

static void resnets_keep_their_groups(void **state)
{
    struct rn_arch one = member("ResNet", 0.25, 1, false), many = member("ResNeXt", 0.25, 1, false);

    (void)state;
    for (int i = 0; i < 4; i++) {
        assert_int_equal(one.stages[i].width, 64 << i);
        assert_int_equal(one.stages[i].group_w, 16 << i);
        assert_int_equal(many.stages[i].group_w, 4 << i); /* 4d, of 8 groups and not 32 */
        assert_int_equal(many.stages[i].width, 64 << i);
    }
    assert_int_equal(one.stages[2].depth, 3); /* 6 sqrt(0.25) */
    assert_int_equal(member("ResNet", 0.25, 1.5, false).stages[2].depth, 4);
}

/* Compound scaling: m = 1.1 is phi = 1. */
static void efficientnets_scale_in_depth_with_the_width(void **state)
{
    static const int depths[] = {1, 1, 1, 2, 2, 3, 1}; /* of B0 x 1.2^-3, rounded up */
    struct rn_arch arch = member("EfficientNet", 1 / 1.331, 1, false);

    (void)state;
    for (int i = 0; i < 7; i++)
        assert_int_equal(arch.stages[i].depth, depths[i] + (i == 1 || i == 2));
    assert_int_equal(arch.stages[6].width, 240); /* 320 / 1.331 = 240.4 */
}

static void cells_shrink_in_n_and_f(void **state)
{
    struct rn_arch arch = member("NASNet-A", 0.25, 1, true);

    (void)state;
    for (int i = 0; i < 3; i++) {
        assert_int_equal(arch.stages[i].depth, 2);
        assert_int_equal(arch.stages[i].width, 12 << i); /* 44 / 4 = 11, to an even number */
    }
    assert_int_equal(arch.stem_w, 36);
}

static void refused(const char *family, double m, double depth, const char *message)
{
    struct rn_arch arch;
    struct rn_err err = {0};

    assert_int_equal(rn_family_member(family, m, depth, false, &arch, &err), RN_E_CONFIG);
    if (!strstr(err.msg, message))
        fail_msg("\"%s\" has no \"%s\"", err.msg, message);
}

static void what_is_no_member_is_refused(void **state)
{
    struct rn_arch arch;
    struct rn_err err = {0};

    (void)state;
    refused("RegNetW", 1, 1, "there is no family \"RegNetW\" with a rule of sizes; did you mean");
    refused("ResNet", 0, 1, "0 to 16 was expected");
    refused("ResNet", NAN, 1, "0 to 16 was expected");
    refused("MobileNetV1", 0.5, 1.5, "which the family's rule sets");
    refused("RegNetX", 0.01, 1, "stages, not 4");
    assert_int_equal(rn_family_nearest("ResNet", 1e3, 28, 10, &arch, &err), RN_E_CONFIG);
    assert_non_null(strstr(err.msg, "ResNet has no member near 1e+03 multiply-adds at 28 pixels"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_is_the_published_network),
        cmocka_unit_test(every_family_comes_near_a_budget),
        cmocka_unit_test(small_images_are_not_reduced_by_the_stem),
        cmocka_unit_test(a_regnet_keeps_its_line),
        cmocka_unit_test(resnets_keep_their_groups),
        cmocka_unit_test(efficientnets_scale_in_depth_with_the_width),
        cmocka_unit_test(cells_shrink_in_n_and_f),
        cmocka_unit_test(what_is_no_member_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

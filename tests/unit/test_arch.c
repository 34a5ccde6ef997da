/* Networks from configurations and names: counts to the last unit, round trips, refusals. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "regnet/arch.h"
#include "regnet/file.h"

/* Merges "KEY VALUE KEY VALUE ..." and makes the network. */
static enum rn_status from_text(const char *text, struct rn_arch *arch, struct rn_err *err)
{
    struct rn_err ignored = {0};
    struct rn_config cfg;
    char copy[2048], *rest = copy, *key, *value;

    err = err ? err : &ignored;
    rn_config_default(&cfg);
    snprintf(copy, sizeof copy, "%s", text);
    while ((key = strtok_r(rest, " ", &rest)) != NULL) {
        value = strtok_r(NULL, " ", &rest);
        if (rn_config_set(&cfg, key, value, err) != RN_OK)
            return err->status;
    }
    return rn_arch_from_config(&cfg, arch, err);
}

static void assert_counts(const struct rn_arch *arch, struct rn_complexity expected)
{
    struct rn_complexity cx = rn_arch_complexity(arch);

    assert_int_equal(cx.flops, expected.flops);
    assert_int_equal(cx.params, expected.params);
    assert_int_equal(cx.acts, expected.acts);
}

static void assert_survives_a_configuration(const struct rn_arch *arch)
{
    struct rn_config cfg;
    struct rn_arch back;
    struct rn_err err = {0};

    rn_config_default(&cfg);
    if (rn_arch_to_config(arch, &cfg, &err) != RN_OK ||
        rn_arch_from_config(&cfg, &back, &err) != RN_OK)
        fail_msg("%s", err.msg);
    assert_memory_equal(back.stages, arch->stages, sizeof arch->stages);
    assert_counts(&back, rn_arch_complexity(arch));
    assert_int_equal(back.skip_reduction, arch->skip_reduction);
    assert_int_equal(back.timm, arch->timm);
}

static void assert_named_configuration(const struct rn_arch *arch)
{
    struct rn_config cfg;
    struct rn_arch back;
    bool regnet = strncmp(arch->name, "RegNet", 6) == 0;

    rn_config_default(&cfg);
    assert_int_equal(rn_arch_name_to_config(arch->name, &cfg, NULL), RN_OK);
    assert_int_equal(strcmp(cfg.model.type, "regnet") == 0, regnet);
    assert_int_equal(rn_arch_from_config(&cfg, &back, NULL), RN_OK);
    assert_memory_equal(back.stages, arch->stages, sizeof arch->stages);
    assert_counts(&back, rn_arch_complexity(arch));
}

static void every_published_configuration_counts_exactly(void **state)
{
    struct rn_buf file = {0};
    char *rest, *line;
    int n = 0;

    (void)state;
    assert_int_equal(rn_file_read("tests/golden/complexity.tsv", 1 << 20, &file, NULL), RN_OK);
    for (rest = file.data; (line = strtok_r(rest, "\n", &rest)) != NULL;) {
        struct rn_complexity cx;
        struct rn_arch arch;
        struct rn_err err = {0};
        char *name = strtok_r(line, "\t", &line);
        if (name[0] == '#')
            continue;
        cx.flops = strtoll(strtok_r(line, "\t", &line), NULL, 10);
        cx.params = strtoll(strtok_r(line, "\t", &line), NULL, 10);
        cx.acts = strtoll(strtok_r(line, "\t", &line), NULL, 10);
        if (from_text(line, &arch, &err) != RN_OK)
            fail_msg("%s: %s", name, err.msg);
        assert_counts(&arch, cx);
        assert_survives_a_configuration(&arch);
        n++;
    }
    assert_int_equal(n, 65);
    rn_buf_release(&file);
}

static void names_in_every_spelling(void **state)
{
    static const struct {
        const char *name, *spelling;
        struct rn_complexity cx;
    } cases[] = {
        {"RegNetX-200MF", "regnetx_002", {199040872, 2684792, 2164056}},
        {"RegNetX-400MF", "regnet_x_400mf", {397678568, 5157512, 3143272}},
        {"RegNetX-400MF", "REGNETX_004", {397678568, 5157512, 3143272}},
        {"RegNetX-1.6GF", "regnet_x_1_6gf", {1602850792, 9190136, 7933512}},
        {"RegNetX-1.6GF", "regnetx_016", {1602850792, 9190136, 7933512}},
        {"RegNetX-16GF", "regnet_x_16gf", {15940756456, 54278536, 25515496}},
        {"RegNetX-16GF", "regnetx_160", {15940756456, 54278536, 25515496}},
        {"RegNetX-12GF", "regnetx_120", {12086679016, 46106056, 21366568}},
        {"RegNetX-8.0GF", "regnet_x_8gf", {7995133416, 39572648, 14059688}},
        {"RegNetY-8.0GF", "regnety_080", {7963074196, 39180068, 17968916}},
        {"RegNetY-4.0GF", "regnety-4gf", {3973301344, 20646656, 12287200}},
        {"RegNetY-32GF", "regnety_320", {32279583362, 145046770, 30261570}},
        {"ResNet-34", "resnet34", {3663762408, 21797672, 3939816}},
        {"ResNet-50", "R-50-1x64d", {4089185256, 25557032, 11315688}},
        {"ResNeXt-101", "resnext101_32x4d", {7969997800, 44177704, 21426152}},
        {"EfficientNet-B0", "efficientnet_b0", {385825092, 5288548, 6748036}},
        {"EfficientNet-B5", "EN-B5", {10266426072, 30389784, 98857400}},
        {"R-110", "resnet110", {253149834, 1730714, 1060874}},
        {"V-56", "v56", {125485706, 853018, 532490}},
        {"R-56", "R-56_nds_1gpu", {125747850, 855770, 544778}},
        {"RegNetX-200MF", "RegNetX-200MF_dds_8gpu", {199040872, 2684792, 2164056}},
        {"MobileNetV2-1.4", "mobilenetv2_140", {582196824, 6108776, 9574424}},
        {"ShuffleNetV2-0.5x", "shufflenet_v2_x0_5", {40477448, 1366792, 1100168}},
        {"SENet-154", "legacy_senet154", {20688415384, 115088984, 39088792}},
        {"RegNetZ-500MF", "regnetz_005", {507217126, 7122742, 5860358}},
        {"RegNetZ-4GF", "regnetz_040", {4015422144, 27116800, 24191936}},
        {"RegNetY-128GF", "regnet_y_128gf", {127517896350, 644812894, 71578334}},
        {"RegNetY-64GF", "regnety_640", {64070002034, 281378786, 42504250}},
        {"R-20", "resnet20", {40813194, 272474, 200714}},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct rn_arch arch;
        assert_int_equal(rn_arch_by_name(cases[i].spelling, &arch, NULL), RN_OK);
        assert_string_equal(arch.name, cases[i].name);
        assert_counts(&arch, cases[i].cx);
    }
}

static void all_names_stand_for_checked_networks(void **state)
{
    (void)state;
    assert_int_equal(rn_arch_count(), 106);
    for (size_t i = 0; i < rn_arch_count(); i++) {
        struct rn_arch arch;
        assert_int_equal(rn_arch_by_name(rn_arch_name(i), &arch, NULL), RN_OK);
        assert_string_equal(arch.name, rn_arch_name(i));
        assert_int_equal(rn_arch_check(&arch, NULL), RN_OK);
        assert_survives_a_configuration(&arch);
        assert_named_configuration(&arch);
    }
}

/* Names that carry numbers are not only those of the list. */
static void numbers_in_names(void **state)
{
    static const struct {
        const char *name, *canonical;
        int width; /* of the last stage */
    } cases[] = {{"mobilenetv1-0.3", "MobileNetV1-0.3", 304},
                 {"MobileNetV2-2.0", "MobileNetV2-2.0", 640},
                 {"shufflenetv1-0.25x-g8", "ShuffleNetV1-0.25x-g8", 384},
                 {"AmoebaNet-C-2-24", "AmoebaNet-C-2-24", 96}};
    static const char *const wrong[] = {"MobileNetV1-0",      "MobileNetV3-1.0",
                                        "ShuffleNetV1-1x-g5", "AmoebaNet-E-4-50",
                                        "AmoebaNet-A-0-50",   "MobileNetV1-1.0x"};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct rn_arch arch;
        struct rn_err err = {0};
        if (rn_arch_by_name(cases[i].name, &arch, &err) != RN_OK)
            fail_msg("%s", err.msg);
        assert_string_equal(arch.name, cases[i].canonical);
        assert_int_equal(arch.stages[arch.n_stages - 1].width, cases[i].width);
        assert_survives_a_configuration(&arch);
    }
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(rn_arch_by_name(wrong[i], &(struct rn_arch){0}, NULL), RN_E_CONFIG);
}

static void a_named_regnet_takes_other_parameters(void **state)
{
    struct rn_config cfg;
    struct rn_arch arch;

    (void)state;
    rn_config_default(&cfg);
    assert_int_equal(rn_arch_name_to_config("regnetx_004", &cfg, NULL), RN_OK);
    assert_int_equal(rn_config_set(&cfg, "REGNET.DEPTH", "10", NULL), RN_OK);
    assert_int_equal(rn_arch_from_config(&cfg, &arch, NULL), RN_OK);
    assert_int_equal(arch.n_stages, 3);
    assert_int_equal(arch.stages[0].depth + arch.stages[1].depth + arch.stages[2].depth, 10);
}

static void every_block_is_read_from_a_configuration(void **state)
{
    static const char *const blocks[] = {"vanilla_block",
                                         "v_block",
                                         "vr_block",
                                         "res_basic_block",
                                         "res_bottleneck_block",
                                         "res_bottleneck_linear_block"};

    (void)state;
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) {
        struct rn_config cfg;
        struct rn_arch arch;
        rn_config_default(&cfg);
        assert_int_equal(rn_config_set(&cfg, "MODEL.TYPE", "regnet", NULL), RN_OK);
        assert_int_equal(rn_config_set(&cfg, "REGNET.BLOCK_TYPE", blocks[i], NULL), RN_OK);
        assert_int_equal(rn_config_set(&cfg, "ANYNET.BLOCK_TYPE", blocks[i], NULL), RN_OK);
        assert_int_equal(rn_arch_from_config(&cfg, &arch, NULL), RN_OK);
        assert_string_equal(rn_block_text(arch.block), blocks[i]);
    }
}

static void an_unknown_name_brings_the_nearest(void **state)
{
    struct rn_arch arch;
    struct rn_err err = {0};
    enum rn_block block;

    (void)state;
    assert_int_equal(rn_arch_by_name("RegNetX-401MF", &arch, &err), RN_E_CONFIG);
    assert_non_null(strstr(err.msg, "RegNetX-400MF"));
    assert_int_equal(rn_block_parse("KEY", "res_botleneck_block", &block, &err), RN_E_CONFIG);
    assert_non_null(strstr(err.msg, "KEY: "));
    assert_non_null(strstr(err.msg, "did you mean \"res_bottleneck_block\"?"));
}

/* The older ResNets: three of ResNet-50's 1x1s shrink to a quarter of their area. */
static void strides_on_the_first_1x1(void **state)
{
    struct rn_arch arch;

    (void)state;
    assert_int_equal(from_text("MODEL.TYPE resnet MODEL.DEPTH 50 MODEL.NUM_CLASSES 1000 "
                               "RESNET.TRANS_FUN bottleneck_transform",
                               &arch, &(struct rn_err){0}),
                     RN_OK);
    assert_true(arch.stride_1x1);
    assert_counts(&arch, (struct rn_complexity){4089185256 - 3 * 77070336, 25557032,
                                                11315688 - (401408 + 200704 + 100352) / 4 * 3});
    assert_survives_a_configuration(&arch);
}

static void blocks_by_hand(void **state)
{
    /* 8x8 image, stem 3 -> 4; one stage 4 -> 6, stride 2, two blocks; 10 classes. */
    static const struct {
        const char *block;
        struct rn_complexity cx;
    } cases[] = {
        /* stem 27*4=108 weights at 64; blocks 3x3: 216 and 324 at 16; head 60 + 10 */
        {"v_block", {108 * 64 + (216 + 324) * 16 + 70, 108 + 8 + 540 + 24 + 70, 256 + 192 + 10}},
        /* and a projection 24 at 16 with its normalization */
        {"vr_block",
         {108 * 64 + (216 + 324 + 24) * 16 + 70, 108 + 8 + 564 + 36 + 70, 256 + 288 + 10}},
        {"vanilla_block",
         {108 * 64 + (216 + 324 * 3) * 16 + 70, 108 + 8 + 1188 + 48 + 70, 256 + 384 + 10}},
        {"res_basic_block",
         {108 * 64 + (216 + 324 * 3 + 24) * 16 + 70, 108 + 8 + 1212 + 60 + 70, 256 + 480 + 10}},
        /* 1x1 24 at 64, then 3x3 in groups of 3: 162, 1x1 36, projection 24 at 16; then 36 162 36
         */
        {"res_bottleneck_block",
         {(108 + 24) * 64 + (162 + 36 + 24 + 36 + 162 + 36) * 16 + 70, 108 + 8 + 480 + 84 + 70,
          256 + 384 + 6 * 96 + 10}},
        {"res_bottleneck_linear_block",
         {(108 + 24) * 64 + (162 + 36 + 36 + 162 + 36) * 16 + 70, 108 + 8 + 456 + 72 + 70,
          256 + 384 + 5 * 96 + 10}},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct rn_arch arch = {.stem = RN_STEM_CIFAR,
                               .stem_w = 4,
                               .n_stages = 1,
                               .stages = {{2, 6, 2, 1, 3, 3}},
                               .num_classes = 10,
                               .im_size = 8};
        assert_int_equal(rn_block_parse("block", cases[i].block, &arch.block, NULL), RN_OK);
        if (!rn_block_has_groups(arch.block))
            arch.stages[0].group_w = 0;
        assert_counts(&arch, cases[i].cx);
        assert_survives_a_configuration(&arch);
    }
}

/* Squeezes follow the block's input: SE adds 2 w_b w_se weights and both biases. */
static void squeezes_follow_the_input(void **state)
{
    (void)state;
    assert_int_equal(rn_se_width(RN_BLOCK_BOTTLENECK, 10, 0.25), 2); /* 2.5, half to even */
    assert_int_equal(rn_se_width(RN_BLOCK_BOTTLENECK, 14, 0.25), 4); /* 3.5 */
    assert_int_equal(rn_se_width(RN_BLOCK_MBCONV, 15, 0.25), 3);     /* truncated */
    assert_int_equal(rn_se_width(RN_BLOCK_BASIC, 64, 0.25), 0);
    assert_int_equal(rn_bottleneck_width(RN_BLOCK_BOTTLENECK, 5, 10, 0.25), 2);
    assert_int_equal(rn_bottleneck_width(RN_BLOCK_MBCONV, 5, 10, 1.5), 7);
}

#define ANYNET                                                                          \
    "MODEL.TYPE anynet ANYNET.DEPTHS [1,2] ANYNET.WIDTHS [16,40] ANYNET.STRIDES [1,2] " \
    "ANYNET.BOT_MULS [1.0,1.0] ANYNET.GROUP_WS [8,16] "

static void what_cannot_be_built_is_refused(void **state)
{
    static const struct {
        const char *text, *says;
        enum rn_status status;
    } cases[] = {
        {"MODEL.DEPTH 3", "MODEL.TYPE is not set", RN_E_CONFIG},
        {"MODEL.TYPE vit", "vit", RN_E_UNSUPPORTED},
        {ANYNET "ANYNET.WIDTHS [16]", "ANYNET.WIDTHS has 1 entry but ANYNET.DEPTHS has 2",
         RN_E_CONFIG},
        {ANYNET "ANYNET.GROUP_WS []", "ANYNET.GROUP_WS has 0 entries", RN_E_CONFIG},
        {ANYNET "ANYNET.WIDTHS [16,37]", "stage 2: groups of 16", RN_E_CONFIG},
        {ANYNET "ANYNET.WIDTHS [16,37]", "width 32 with groups of 16 would fit", RN_E_CONFIG},
        {ANYNET "ANYNET.GROUP_WS [8,64]", "width 40 with groups of 40", RN_E_CONFIG},
        {ANYNET "ANYNET.WIDTHS [65536,65536] ANYNET.GROUP_WS [65536,65536] TRAIN.IM_SIZE 65536",
         "too large", RN_E_CONFIG},
        {"MODEL.TYPE regnet REGNET.W0 20", "multiple of 8", RN_E_CONFIG},
        {"MODEL.TYPE resnet MODEL.DEPTH 50", "18 or 34", RN_E_CONFIG},
        {"MODEL.TYPE resnet MODEL.DEPTH 57 TRAIN.DATASET cifar10", "6n + 2", RN_E_CONFIG},
        {"MODEL.TYPE effnet EN.DEPTHS [1] EN.WIDTHS [16]", "EN.STRIDES has 0", RN_E_CONFIG},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct rn_arch arch;
        struct rn_err err = {0};
        assert_int_equal(from_text(cases[i].text, &arch, &err), cases[i].status);
        if (!strstr(err.msg, cases[i].says))
            fail_msg("\"%s\" does not say \"%s\"", err.msg, cases[i].says);
    }
}

static void sizes_out_of_bounds_are_refused(void **state)
{
    struct rn_arch arch, bad;

    (void)state;
    assert_int_equal(rn_arch_by_name("RegNetX-200MF", &arch, NULL), RN_OK);
#define REFUSED(change, says)                                     \
    do {                                                          \
        struct rn_err err = {0};                                  \
        bad = arch;                                               \
        change;                                                   \
        assert_int_equal(rn_arch_check(&bad, &err), RN_E_CONFIG); \
        assert_non_null(strstr(err.msg, says));                   \
    } while (0)
    REFUSED(bad.stages[1].depth = 0, "stage 2: the depth is 0");
    REFUSED(bad.stages[3].width = 70000, "stage 4: the width is 70000");
    REFUSED(bad.stages[0].stride = 0, "stage 1: the stride is 0");
    REFUSED(bad.stages[0].kernel = 4, "odd");
    REFUSED(bad.stages[0].bot_mul = -1, "multiplier");
    REFUSED(bad.stages[0].group_w = 0, "group width is 0");
    REFUSED(bad.n_stages = 17, "1 to 16 stages");
    REFUSED(bad.num_classes = 0, "number of classes");
    REFUSED(bad.se_r = 2, "squeeze");
#undef REFUSED
}

/* As pycls: 20 channels in "groups of 8" are two groups of ten. */
static void groups_need_only_divide(void **state)
{
    struct rn_arch arch;

    (void)state;
    assert_int_equal(from_text(ANYNET "ANYNET.WIDTHS [16,20] ANYNET.GROUP_WS [8,8]", &arch, NULL),
                     RN_OK);
    assert_int_equal(rn_stage_groups(arch.block, &arch.stages[1], 16), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_published_configuration_counts_exactly),
        cmocka_unit_test(names_in_every_spelling),
        cmocka_unit_test(all_names_stand_for_checked_networks),
        cmocka_unit_test(numbers_in_names),
        cmocka_unit_test(a_named_regnet_takes_other_parameters),
        cmocka_unit_test(every_block_is_read_from_a_configuration),
        cmocka_unit_test(an_unknown_name_brings_the_nearest),
        cmocka_unit_test(strides_on_the_first_1x1),
        cmocka_unit_test(blocks_by_hand),
        cmocka_unit_test(squeezes_follow_the_input),
        cmocka_unit_test(what_cannot_be_built_is_refused),
        cmocka_unit_test(sizes_out_of_bounds_are_refused),
        cmocka_unit_test(groups_need_only_divide),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

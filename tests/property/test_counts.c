/* Counts: a graph's are the published ones, and the closed form, which samplers use, equals them on
   thousands of random networks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "regnet/graph.h"
#include "regnet/rng.h"

#define NETWORKS 5000
#define LAST RN_BLOCK_SHUFFLE_V2 /* cells, which follow it, have no closed form */

static struct rn_graph *built(const struct rn_arch *arch)
{
    struct rn_graph *graph = NULL;
    struct rn_err err = {0};

    if (rn_graph_build(arch, &graph, &err) != RN_OK)
        fail_msg("%s", err.msg);
    return graph;
}

/* The last columns are pycls' (model_complexity.json). */
static const struct {
    struct rn_arch arch;
    struct rn_complexity cx;
} published[] = {
    {{.name = "RegNetX-200MF",
      .stem = RN_STEM_SIMPLE,
      .stem_w = 32,
      .block = RN_BLOCK_BOTTLENECK,
      .n_stages = 4,
      .num_classes = 1000,
      .im_size = 224,
      .stages =
          {{1, 24, 2, 1, 8, 3}, {1, 56, 2, 1, 8, 3}, {4, 152, 2, 1, 8, 3}, {7, 368, 2, 1, 8, 3}}},
     {199040872, 2684792, 2164056}},
    {{.name = "RegNetX-8.0GF",
      .stem = RN_STEM_SIMPLE,
      .stem_w = 32,
      .block = RN_BLOCK_BOTTLENECK,
      .n_stages = 4,
      .num_classes = 1000,
      .im_size = 224,
      .stages = {{2, 80, 2, 1, 80, 3},
                 {5, 240, 2, 1, 120, 3},
                 {15, 720, 2, 1, 120, 3},
                 {1, 1920, 2, 1, 120, 3}}},
     {7995133416, 39572648, 14059688}},
    {{.name = "RegNetY-400MF",
      .stem = RN_STEM_SIMPLE,
      .stem_w = 32,
      .block = RN_BLOCK_BOTTLENECK,
      .n_stages = 4,
      .se_r = 0.25,
      .num_classes = 1000,
      .im_size = 224,
      .stages =
          {{1, 48, 2, 1, 8, 3}, {3, 104, 2, 1, 8, 3}, {6, 208, 2, 1, 8, 3}, {6, 440, 2, 1, 8, 3}}},
     {401849056, 4344144, 3892496}},
    {{.name = "RegNetY-32GF",
      .stem = RN_STEM_SIMPLE,
      .stem_w = 32,
      .block = RN_BLOCK_BOTTLENECK,
      .n_stages = 4,
      .se_r = 0.25,
      .num_classes = 1000,
      .im_size = 224,
      .stages = {{2, 232, 2, 1, 232, 3},
                 {5, 696, 2, 1, 232, 3},
                 {12, 1392, 2, 1, 232, 3},
                 {1, 3712, 2, 1, 232, 3}}},
     {32279583362, 145046770, 30261570}},
    {{.name = "ResNet-50",
      .stem = RN_STEM_RES_IN,
      .stem_w = 64,
      .block = RN_BLOCK_BOTTLENECK,
      .n_stages = 4,
      .num_classes = 1000,
      .im_size = 224,
      .stages = {{3, 256, 1, .25, 64, 3},
                 {4, 512, 2, .25, 128, 3},
                 {6, 1024, 2, .25, 256, 3},
                 {3, 2048, 2, .25, 512, 3}}},
     {4089185256, 25557032, 11315688}},
    {{.name = "R-56",
      .stem = RN_STEM_CIFAR,
      .stem_w = 16,
      .block = RN_BLOCK_BASIC,
      .n_stages = 3,
      .num_classes = 10,
      .im_size = 32,
      .stages = {{9, 16, 1, 1, 0, 3}, {9, 32, 2, 1, 0, 3}, {9, 64, 2, 1, 0, 3}}},
     {125747850, 855770, 544778}},
    {{.name = "V-56",
      .stem = RN_STEM_CIFAR,
      .stem_w = 16,
      .block = RN_BLOCK_VANILLA,
      .n_stages = 3,
      .num_classes = 10,
      .im_size = 32,
      .stages = {{9, 16, 1, 1, 0, 3}, {9, 32, 2, 1, 0, 3}, {9, 64, 2, 1, 0, 3}}},
     {125485706, 853018, 532490}},
    {{.name = "EfficientNet-B0",
      .stem = RN_STEM_SIMPLE,
      .stem_w = 32,
      .block = RN_BLOCK_MBCONV,
      .act = RN_ACT_SILU,
      .n_stages = 7,
      .se_r = 0.25,
      .head_w = 1280,
      .num_classes = 1000,
      .im_size = 224,
      .stages = {{1, 16, 1, 1, 0, 3},
                 {2, 24, 2, 6, 0, 3},
                 {2, 40, 2, 6, 0, 5},
                 {3, 80, 2, 6, 0, 3},
                 {3, 112, 1, 6, 0, 5},
                 {4, 192, 2, 6, 0, 5},
                 {1, 320, 1, 6, 0, 3}}},
     {385825092, 5288548, 6748036}},
};

static void counts_are_the_published_ones(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof published / sizeof *published; i++) {
        struct rn_graph *graph = built(&published[i].arch);
        struct rn_complexity cx = rn_graph_complexity(graph);

        print_message("%s\n", published[i].arch.name);
        assert_int_equal(cx.flops, published[i].cx.flops);
        assert_int_equal(cx.params, published[i].cx.params);
        assert_int_equal(cx.acts, published[i].cx.acts);
        rn_graph_free(graph);
    }
}

static int between(struct rn_rng *rng, int low, int high)
{
    return low + (int)rn_rng_below(rng, (uint32_t)(high - low + 1));
}

/* A group width that divides width. */
static int some_divisor(struct rn_rng *rng, int width)
{
    int divisor = between(rng, 1, width);

    while (width % divisor != 0)
        divisor--;
    return divisor;
}

static struct rn_stage random_stage(struct rn_rng *rng, enum rn_block block, int w_in)
{
    static const double bot_muls[] = {0.25, 0.5, 1.0, 2.0, 4.0};
    struct rn_stage stage = {.depth = between(rng, 1, 5),
                             .width = 4 * between(rng, 1, 40),
                             .stride = between(rng, 1, 3),
                             .bot_mul = 1.0,
                             .kernel = 3};

    if (block == RN_BLOCK_SHUFFLE || block == RN_BLOCK_SHUFFLE_V2) {
        int groups = 1 << between(rng, 0, 2);
        stage.width = (w_in + 15) / 16 * 16 + 16 * between(rng, 1, 10);
        stage.stride = between(rng, 2, 3);
        stage.bot_mul = block == RN_BLOCK_SHUFFLE ? 0.25 : 1.0;
        stage.group_w = block == RN_BLOCK_SHUFFLE ? stage.width / 4 / groups : 0;
    } else if (block == RN_BLOCK_SENET) {
        stage.width *= 4;
        stage.bot_mul = bot_muls[between(rng, 1, 3)];
        stage.group_w = (int)(stage.width * stage.bot_mul) >> between(rng, 0, 2);
    } else if (block == RN_BLOCK_MBCONV) {
        stage.bot_mul = between(rng, 1, 6);
        stage.kernel = between(rng, 1, 2) * 2 + 1;
    } else if (rn_block_has_groups(block)) {
        stage.bot_mul = bot_muls[between(rng, 0, 4)];
        stage.group_w =
            some_divisor(rng, rn_bottleneck_width(block, w_in, stage.width, stage.bot_mul));
    }
    return stage;
}

static struct rn_arch random_arch(uint64_t i)
{
    struct rn_rng rng = rn_rng_at(1, RN_STREAM_TEST, i);
    enum rn_block block = (enum rn_block)between(&rng, RN_BLOCK_VANILLA, LAST);
    struct rn_arch arch = {.block = block,
                           .stem = block == RN_BLOCK_MBCONV
                                       ? RN_STEM_SIMPLE
                                       : (enum rn_stem)between(&rng, 0, RN_STEM_POOL_IN),
                           .stem_w = block == RN_BLOCK_SHUFFLE || block == RN_BLOCK_SHUFFLE_V2
                                         ? 8 * between(&rng, 1, 8)
                                         : 2 * between(&rng, 1, 32),
                           .act = (enum rn_act)between(&rng, 0, RN_ACT_GELU),
                           .n_stages = between(&rng, 1, 6),
                           .head_w = between(&rng, 0, 1) * between(&rng, 1, 300),
                           .num_classes = between(&rng, 1, 1000),
                           .im_size = between(&rng, 1, 300)};
    int w_in = arch.stem_w;

    if (block >= RN_BLOCK_BOTTLENECK && between(&rng, 0, 1))
        arch.se_r = 0.0625 * between(&rng, 1, 16);
    arch.stride_1x1 = (block == RN_BLOCK_BOTTLENECK || block == RN_BLOCK_SE_BOTTLENECK ||
                       block == RN_BLOCK_SENET) &&
                      between(&rng, 0, 1);
    for (int s = 0; s < arch.n_stages; s++) {
        arch.stages[s] = random_stage(&rng, block, w_in);
        w_in = arch.stages[s].width;
    }
    return arch;
}

static void closed_form_equals_graph(void **state)
{
    int seen[LAST + 1] = {0};

    (void)state;
    for (uint64_t i = 0; i < NETWORKS; i++) {
        struct rn_arch arch = random_arch(i);
        struct rn_graph *graph = built(&arch);
        struct rn_complexity closed = rn_arch_complexity(&arch);
        struct rn_complexity counted = rn_graph_complexity(graph);

        if (closed.flops != counted.flops || closed.params != counted.params ||
            closed.acts != counted.acts)
            fail_msg("network %d, %s: closed form %lld %lld %lld, graph %lld %lld %lld", (int)i,
                     rn_block_text(arch.block), (long long)closed.flops, (long long)closed.params,
                     (long long)closed.acts, (long long)counted.flops, (long long)counted.params,
                     (long long)counted.acts);
        seen[arch.block]++;
        rn_graph_free(graph);
    }
    for (int block = 0; block <= LAST; block++)
        assert_true(seen[block] > NETWORKS / 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(counts_are_the_published_ones),
                                       cmocka_unit_test(closed_form_equals_graph)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

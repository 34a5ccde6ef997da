/* Graphs: pycls' names, shapes, node order, the flat layout, initial values. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "regnet/graph.h"
#include "regnet/memory.h"

static struct rn_graph *built(const struct rn_arch *arch)
{
    struct rn_graph *graph = NULL;
    struct rn_err err = {0};

    if (rn_graph_build(arch, &graph, &err) != RN_OK)
        fail_msg("%s", err.msg);
    return graph;
}

/* One stage of two blocks, the first with a projection, with SE and a convolution in the head. */
static struct rn_arch small_arch(enum rn_block block)
{
    return (struct rn_arch){.stem = RN_STEM_SIMPLE,
                            .stem_w = 8,
                            .block = block,
                            .n_stages = 1,
                            .stages = {{2, 16, 2, 1.0, 8, 3}},
                            .se_r = 0.25,
                            .head_w = 24,
                            .num_classes = 10,
                            .im_size = 32};
}

static void assert_names(const struct rn_graph *graph, const char *const *names, int n)
{
    assert_int_equal(graph->n_params, n);
    for (int i = 0; i < n; i++)
        assert_string_equal(graph->params[i].name, names[i]);
}

#define BN(name) name ".weight", name ".bias", name ".running_mean", name ".running_var"
#define SE(name) \
    name ".f_ex.0.weight", name ".f_ex.0.bias", name ".f_ex.2.weight", name ".f_ex.2.bias"
#define TRANSFORM(name)                                                                     \
    name ".a.weight", BN(name ".a_bn"), name ".b.weight", BN(name ".b_bn"), SE(name ".se"), \
        name ".c.weight", BN(name ".c_bn")
#define COUNT(array) ((int)(sizeof(array) / sizeof *(array)))

static void names_are_those_of_pycls(void **state)
{
    static const char *const regnety[] = {"stem.conv.weight",  BN("stem.bn"),  TRANSFORM("s1.b1.f"),
                                          "s1.b1.proj.weight", BN("s1.b1.bn"), TRANSFORM("s1.b2.f"),
                                          "head.conv.weight",  BN("head.bn"),  "head.fc.weight",
                                          "head.fc.bias"};
    static const char *const mbconv[] = {
        "stem.conv.weight",      BN("stem.bn"),        "s1.b1.exp.weight", BN("s1.b1.exp_bn"),
        "s1.b1.dwise.weight",    BN("s1.b1.dwise_bn"), SE("s1.b1.se"),     "s1.b1.lin_proj.weight",
        BN("s1.b1.lin_proj_bn"), "head.conv.weight",   BN("head.conv_bn"), "head.fc.weight",
        "head.fc.bias"};
    static const char *const basic[] = {"stem.conv.weight",  BN("stem.bn"),      "s1.b1.f.a.weight",
                                        BN("s1.b1.f.a_bn"),  "s1.b1.f.b.weight", BN("s1.b1.f.b_bn"),
                                        "s1.b1.proj.weight", BN("s1.b1.bn"),     "s1.b2.f.a.weight",
                                        BN("s1.b2.f.a_bn"),  "s1.b2.f.b.weight", BN("s1.b2.f.b_bn"),
                                        "head.fc.weight",    "head.fc.bias"};
    static const char *const vanilla[] = {"stem.conv.weight", BN("stem.bn"),    "s1.b1.a.weight",
                                          BN("s1.b1.a_bn"),   "s1.b1.b.weight", BN("s1.b1.b_bn"),
                                          "head.fc.weight",   "head.fc.bias"};
    struct rn_arch arch = small_arch(RN_BLOCK_BOTTLENECK);
    struct rn_graph *graph = built(&arch);

    (void)state;
    assert_names(graph, regnety, COUNT(regnety));
    rn_graph_free(graph);
    arch = small_arch(RN_BLOCK_MBCONV);
    arch.stages[0] = (struct rn_stage){1, 16, 2, 4.0, 0, 5};
    graph = built(&arch);
    assert_names(graph, mbconv, COUNT(mbconv));
    rn_graph_free(graph);
    arch = small_arch(RN_BLOCK_BASIC);
    arch.se_r = 0.0;
    arch.head_w = 0;
    arch.stages[0] = (struct rn_stage){2, 16, 2, 1.0, 0, 3};
    graph = built(&arch);
    assert_names(graph, basic, COUNT(basic));
    rn_graph_free(graph);
    arch.block = RN_BLOCK_VANILLA;
    arch.stages[0].depth = 1;
    graph = built(&arch);
    assert_names(graph, vanilla, COUNT(vanilla));
    rn_graph_free(graph);
}

static const struct rn_node *find(const struct rn_graph *graph, const char *name)
{
    for (int i = 0; i < graph->n_nodes; i++)
        if (strcmp(graph->nodes[i].name, name) == 0)
            return &graph->nodes[i];
    fail_msg("no node %s", name);
    return NULL;
}

static void assert_shape(const struct rn_graph *graph, const char *name, int side, int c)
{
    const struct rn_node *node = find(graph, name);

    assert_int_equal(node->out.h, side);
    assert_int_equal(node->out.w, side);
    assert_int_equal(node->out.c, c);
}

static void shapes_follow_the_strides(void **state)
{
    struct rn_arch arch = small_arch(RN_BLOCK_BOTTLENECK);
    struct rn_graph *graph;

    (void)state;
    arch.stem = RN_STEM_RES_IN;
    arch.im_size = 45; /* 23 behind the convolution, 12 behind the pooling, 6 in the stage */
    arch.stages[0].bot_mul = 2.0;
    graph = built(&arch);
    assert_shape(graph, "input", 45, 3);
    assert_shape(graph, "stem.conv", 23, 8);
    assert_shape(graph, "stem.pool", 12, 8);
    assert_shape(graph, "s1.b1.f.a", 12, 32);
    assert_shape(graph, "s1.b1.f.b", 6, 32);
    assert_shape(graph, "s1.b1.f.se.f_ex.0", 1, 2);
    assert_shape(graph, "s1.b2.f.se.f_ex.0", 1, 4);
    assert_shape(graph, "s1.b1.f.se", 6, 32);
    assert_shape(graph, "s1.b1.proj", 6, 16);
    assert_shape(graph, "head.af", 6, 24);
    assert_shape(graph, "head.fc", 1, 10);
    assert_int_equal(find(graph, "s1.b1.f.b")->u.conv.groups, 4);
    assert_ptr_equal(find(graph, "head.fc"), &graph->nodes[graph->n_nodes - 1]);
    rn_graph_free(graph);
    arch.stride_1x1 = true;
    graph = built(&arch);
    assert_shape(graph, "s1.b1.f.a", 6, 32);
    assert_shape(graph, "s1.b1.f.b", 6, 32);
    rn_graph_free(graph);
}

/* The engine's plan fuses what stands like this: transform, projection, sum, activation. */
static void residual_blocks_end_in_sum_and_activation(void **state)
{
    static const enum rn_block blocks[] = {RN_BLOCK_VR, RN_BLOCK_BASIC, RN_BLOCK_BOTTLENECK};

    (void)state;
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) {
        struct rn_arch arch = small_arch(blocks[i]);
        struct rn_graph *graph = built(&arch);
        const struct rn_node *sum = find(graph, "s1.b1.add");

        assert_int_equal(graph->nodes[sum->in[0]].op, RN_OP_BN);
        assert_true(graph->nodes[sum->in[0]].u.bn.final);
        assert_string_equal(graph->nodes[sum->in[1]].name, "s1.b1.bn");
        assert_false(graph->nodes[sum->in[1]].u.bn.final);
        assert_ptr_equal(&graph->nodes[sum->in[1]] + 1, sum);
        assert_int_equal(sum[1].op, RN_OP_ACT);
        assert_ptr_equal(&graph->nodes[sum[1].in[0]], sum);
        assert_string_equal(graph->nodes[find(graph, "s1.b2.add")->in[1]].name, "s1.b1.af");
        rn_graph_free(graph);
    }
}

static void linear_blocks_have_no_projection_and_no_activation(void **state)
{
    struct rn_arch arch = small_arch(RN_BLOCK_BOTTLENECK_LINEAR);
    struct rn_graph *graph = built(&arch);
    const struct rn_node *sum = find(graph, "s1.b2.add");

    (void)state;
    assert_string_equal(graph->nodes[sum->in[0]].name, "s1.b2.f.c_bn");
    assert_string_equal(graph->nodes[sum->in[1]].name, "s1.b1.f.c_bn");
    assert_string_equal(sum[1].name, "head.conv");
    for (int i = 0; i < graph->n_nodes; i++)
        assert_null(strstr(graph->nodes[i].name, "proj"));
    assert_true(find(graph, "s1.b2.f.c_bn")->u.bn.final);
    assert_false(find(graph, "s1.b1.f.c_bn")->u.bn.final);
    rn_graph_free(graph);
}

static bool trained(const struct rn_param *param)
{
    return param->role != RN_PARAM_MEAN && param->role != RN_PARAM_VAR;
}

static void parameters_lie_trained_first_and_aligned(void **state)
{
    struct rn_arch arch = small_arch(RN_BLOCK_BOTTLENECK);
    struct rn_graph *graph = built(&arch);
    size_t end[2] = {0, graph->n_trained}; /* trained, running */

    (void)state;
    for (int i = 0; i < graph->n_params; i++) {
        const struct rn_param *param = &graph->params[i];
        size_t *at = &end[trained(param) ? 0 : 1], size = 1;

        for (int d = 0; d < param->ndim; d++)
            size *= (size_t)param->dim[d];
        assert_int_equal(param->size, size);
        assert_int_equal(param->offset, *at);
        assert_int_equal(param->offset % 16, 0);
        *at = (param->offset + size + 15) / 16 * 16;
        assert_in_range(i, graph->nodes[param->node].param,
                        graph->nodes[param->node].param + graph->nodes[param->node].n_params - 1);
    }
    assert_int_equal(end[0], graph->n_trained);
    assert_int_equal(end[1], graph->n_values);
    rn_graph_free(graph);
}

static const struct rn_param *param_named(const struct rn_graph *graph, const char *name)
{
    for (int i = 0; i < graph->n_params; i++)
        if (strcmp(graph->params[i].name, name) == 0)
            return &graph->params[i];
    fail_msg("no parameter %s", name);
    return NULL;
}

static double deviation(const float *values, size_t n)
{
    double squares = 0.0;

    for (size_t i = 0; i < n; i++)
        squares += (double)values[i] * values[i];
    return sqrt(squares / (double)n);
}

/* Six standard errors of a normal sample's deviation, which a wrong formula leaves far behind. */
static void assert_normal(const struct rn_graph *graph, const float *values, const char *name,
                          double expected)
{
    const struct rn_param *param = param_named(graph, name);
    double found = deviation(values + param->offset, param->size);

    assert_true(fabs(found / expected - 1.0) < 6.0 / sqrt(2.0 * (double)param->size));
}

static void assert_all(const struct rn_graph *graph, const float *values, const char *name,
                       double low, double high)
{
    const struct rn_param *param = param_named(graph, name);

    for (size_t i = 0; i < param->size; i++)
        assert_true(values[param->offset + i] >= low && values[param->offset + i] <= high);
}

static void initial_values_are_those_of_pycls(void **state)
{
    struct rn_arch arch = small_arch(RN_BLOCK_BOTTLENECK);
    struct rn_graph *graph;
    float *values, *again;

    (void)state;
    arch.stages[0] = (struct rn_stage){2, 128, 2, 1.0, 16, 3};
    graph = built(&arch);
    values = rn_alloc(graph->n_values, sizeof *values);
    again = rn_alloc(graph->n_values, sizeof *again);
    rn_graph_init(graph, false, 7, values);
    assert_normal(graph, values, "s1.b1.f.b.weight", sqrt(2.0 / (9 * 128)));
    assert_normal(graph, values, "s1.b1.f.c.weight", sqrt(2.0 / 128));
    assert_normal(graph, values, "head.fc.weight", 0.01);
    assert_all(graph, values, "head.fc.bias", 0.0, 0.0);
    assert_all(graph, values, "s1.b2.f.se.f_ex.0.bias", -1.0 / sqrt(128), 1.0 / sqrt(128));
    assert_true(deviation(values + param_named(graph, "s1.b2.f.se.f_ex.0.bias")->offset, 32) > 0.0);
    assert_all(graph, values, "s1.b1.f.c_bn.weight", 1.0, 1.0);
    assert_all(graph, values, "s1.b1.f.c_bn.bias", 0.0, 0.0);
    assert_all(graph, values, "s1.b1.f.c_bn.running_mean", 0.0, 0.0);
    assert_all(graph, values, "s1.b1.f.c_bn.running_var", 1.0, 1.0);
    rn_graph_init(graph, false, 7, again);
    assert_memory_equal(values, again, graph->n_values * sizeof *values);
    rn_graph_init(graph, true, 8, again);
    assert_all(graph, again, "s1.b1.f.c_bn.weight", 0.0, 0.0);
    assert_all(graph, again, "s1.b1.f.b_bn.weight", 1.0, 1.0);
    assert_all(graph, again, "s1.b1.bn.weight", 1.0, 1.0);
    assert_memory_not_equal(values, again, 216 * sizeof *values); /* stem.conv.weight */
    rn_free(values);
    rn_free(again);
    rn_graph_free(graph);
}

static void each_allocation_can_fail(void **state)
{
    struct rn_arch arch = small_arch(RN_BLOCK_BOTTLENECK);
    struct rn_graph *graph = NULL;
    enum rn_status status = RN_E_NOMEM;

    (void)state;
    for (long n = 0; status != RN_OK; n++) {
        struct rn_err err = {0};

        assert_true(n < 1000);
        rn_mem_fail_at(n);
        status = rn_graph_build(&arch, &graph, &err);
        rn_mem_fail_at(-1);
        assert_true(status == RN_OK || (status == RN_E_NOMEM && !graph && err.msg[0]));
    }
    rn_graph_free(graph);
}

static void what_cannot_be_built_is_refused(void **state)
{
    struct rn_arch arch = small_arch(RN_BLOCK_BOTTLENECK);
    struct rn_graph *graph = NULL;
    struct rn_err err = {0};

    (void)state;
    arch.stages[0].group_w = 5;
    assert_int_equal(rn_graph_build(&arch, &graph, &err), RN_E_CONFIG);
    assert_null(graph);
    assert_true(err.msg[0]);
}

/* NULL: the library has no such network. */
static void assert_foreign(const char *network, const char *ours, const char *torchvision,
                           const char *timm)
{
    const char *const wanted[] = {ours, torchvision, timm};
    struct rn_buf name = {0};
    struct rn_graph *graph;
    struct rn_arch arch;
    int found = 0;

    assert_int_equal(rn_arch_by_name(network, &arch, NULL), RN_OK);
    graph = built(&arch);
    for (int i = 0; i < graph->n_params; i++) {
        if (strcmp(graph->params[i].name, ours) != 0)
            continue;
        found++;
        for (int naming = 0; naming < RN_NAMING_COUNT; naming++) {
            assert_int_equal(
                rn_param_name(graph, &graph->params[i], (enum rn_naming)naming, &name, NULL),
                wanted[naming] ? RN_OK : RN_E_UNSUPPORTED);
            if (wanted[naming])
                assert_string_equal(name.data, wanted[naming]);
        }
    }
    assert_int_equal(found, 1);
    rn_buf_release(&name);
    rn_graph_free(graph);
}

static void names_are_those_of_other_libraries(void **state)
{
    (void)state;
    assert_foreign("RegNetY-400MF", "stem.bn.running_var", "stem.1.running_var",
                   "stem.bn.running_var");
    assert_foreign("RegNetY-400MF", "s2.b3.f.se.f_ex.2.bias",
                   "trunk_output.block2.block2-2.f.se.fc2.bias", "s2.b3.se.fc2.bias");
    assert_foreign("RegNetY-400MF", "s1.b1.proj.weight",
                   "trunk_output.block1.block1-0.proj.0.weight", "s1.b1.downsample.conv.weight");
    assert_foreign("RegNetX-400MF", "s4.b12.f.c_bn.weight",
                   "trunk_output.block4.block4-11.f.c.1.weight", "s4.b12.conv3.bn.weight");
    assert_foreign("ResNet-50", "s3.b6.f.b.weight", "layer3.5.conv2.weight",
                   "layer3.5.conv2.weight");
    assert_foreign("ResNet-18", "head.fc.bias", "fc.bias", "fc.bias");
    assert_foreign("EfficientNet-B0", "s1.b1.lin_proj_bn.weight", "features.1.0.block.2.1.weight",
                   "blocks.0.0.bn2.weight");
    assert_foreign("EfficientNet-B0", "s2.b1.lin_proj_bn.weight", "features.2.0.block.3.1.weight",
                   "blocks.1.0.bn3.weight");
    assert_foreign("EfficientNet-B0", "s2.b2.dwise.weight", "features.2.1.block.1.0.weight",
                   "blocks.1.1.conv_dw.weight");
    assert_foreign("EfficientNet-B0", "head.conv_bn.bias", "features.8.1.bias", "bn2.bias");
}

static void names_of_the_smaller_libraries(void **state)
{
    (void)state;
    assert_foreign("MobileNetV2-1.0", "s1.b1.lin_proj.weight", "features.1.conv.1.weight",
                   "blocks.0.0.conv_pw.weight");
    assert_foreign("MobileNetV2-1.0", "s3.b2.lin_proj_bn.bias", "features.5.conv.3.bias",
                   "blocks.2.1.bn3.bias");
    assert_foreign("MobileNetV2-1.0", "head.conv.weight", "features.18.0.weight",
                   "conv_head.weight");
    assert_foreign("MobileNetV1-1.0", "s4.b6.pwise_bn.running_var", NULL,
                   "blocks.3.5.bn2.running_var");
    assert_foreign("ShuffleNetV2-1x", "s1.b1.p.c_bn.weight", "stage2.0.branch1.3.weight", NULL);
    assert_foreign("ShuffleNetV2-1x", "s3.b4.f.c.weight", "stage4.3.branch2.5.weight", NULL);
    assert_foreign("SE-ResNet-50", "s2.b1.f.se.f_ex.0.bias", NULL, "layer2.0.se_module.fc1.bias");
    assert_foreign("SENet-154", "stem.conv3.weight", NULL, "layer0.conv3.weight");
    assert_foreign("RegNetZ-500MF", "head.conv.weight", NULL, "final_conv.conv.weight");
    assert_foreign("NASNet-A-large", "s2.c1.h1.path2.weight", NULL, "cell_6.path_2.conv.weight");
    assert_foreign("NASNet-A-large", "s2.c1.h1.bn.weight", NULL, "cell_6.final_path_bn.weight");
    assert_foreign("NASNet-A-large", "s2.c2.h1.bn.weight", NULL, "cell_7.conv_prev_1x1.bn.weight");
    assert_foreign("NASNet-A-large", "s3.r.n0.b.dw2.weight", NULL,
                   "reduction_cell_1.comb_iter_0_right.separable_2.depthwise_conv2d.weight");
    assert_foreign("PNASNet-5-large", "stem.c2.h1.path1.weight", NULL,
                   "cell_stem_1.conv_prev_1x1.path_1.conv.weight");
    assert_foreign("PNASNet-5-large", "s3.c1.n4.b.conv.weight", NULL,
                   "cell_8.comb_iter_4_right.conv.weight");
}

/* What a library's files do not say of its networks. */
static void epsilons_and_variants_by_library(void **state)
{
    static const struct {
        const char *name;
        double torchvision, timm;
        bool differs;
    } nets[] = {{"EfficientNet-B4", 0, 0, false},    {"EfficientNet-B5", 1e-3, 0, false},
                {"EfficientNet-B7", 1e-3, 0, false}, {"NASNet-A-large", 0, 1e-3, true},
                {"PNASNet-5-large", 0, 1e-3, false}, {"RegNetZ-500MF", 0, 0, false},
                {"RegNetZ-4GF", 0, 0, true},         {"MobileNetV2-1.0", 0, 0, false}};

    (void)state;
    for (size_t i = 0; i < sizeof nets / sizeof *nets; i++) {
        struct rn_arch arch;
        struct rn_err err = {0};
        assert_int_equal(rn_arch_by_name(nets[i].name, &arch, &err), RN_OK);
        assert_true(rn_naming_bn_eps(&arch, RN_NAMING_TORCHVISION) == nets[i].torchvision);
        assert_true(rn_naming_bn_eps(&arch, RN_NAMING_TIMM) == nets[i].timm);
        assert_true(rn_naming_bn_eps(&arch, RN_NAMING_PYCLS) == 0);
        rn_arch_as_timm(&arch);
        assert_int_equal(arch.timm, nets[i].differs);
    }
}

static void a_library_without_the_network_says_so(void **state)
{
    const struct rn_arch arch = small_arch(RN_BLOCK_VANILLA);
    struct rn_graph *graph = built(&arch);
    struct rn_buf name = {0};
    struct rn_err err = {0};
    int refused = 0;

    (void)state;
    for (int i = 0; i < graph->n_params; i++)
        refused += rn_param_name(graph, &graph->params[i], RN_NAMING_TIMM, &name, &err) ==
                   RN_E_UNSUPPORTED;
    assert_int_equal(refused, graph->n_params);
    assert_non_null(strstr(err.msg, "timm has no such network: no name for head.fc"));
    rn_buf_release(&name);
    rn_graph_free(graph);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_those_of_pycls),
        cmocka_unit_test(names_are_those_of_other_libraries),
        cmocka_unit_test(names_of_the_smaller_libraries),
        cmocka_unit_test(epsilons_and_variants_by_library),
        cmocka_unit_test(a_library_without_the_network_says_so),
        cmocka_unit_test(shapes_follow_the_strides),
        cmocka_unit_test(residual_blocks_end_in_sum_and_activation),
        cmocka_unit_test(linear_blocks_have_no_projection_and_no_activation),
        cmocka_unit_test(parameters_lie_trained_first_and_aligned),
        cmocka_unit_test(initial_values_are_those_of_pycls),
        cmocka_unit_test(each_allocation_can_fail),
        cmocka_unit_test(what_cannot_be_built_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * Operators and two tiny RegNets against PyTorch (tools/golden_torch.py made the files).
 *
 * PyTorch computed in float, so that its own rounding is in the numbers: 1e-5 for an operator's
 * results, relative to the tensor's largest value, and 1e-5 and 1e-4 for a network's logits and
 * losses; in double precision the same script is within 3e-7 of itself.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "engine/op.h"
#include "model/rule.h"
#include "regnet/engine.h"
#include "regnet/safetensors.h"

#define BATCHES 10
#define BATCH 8
#define SIDE 10
#define CLASSES 10

static void open_golden(const char *name, struct rn_tensor_file *file)
{
    char path[128];
    struct rn_err err = {0};

    snprintf(path, sizeof path, "tests/golden/%s.safetensors", name);
    if (rn_safetensors_read(path, file, &err) != RN_OK)
        fail_msg("%s", err.msg);
}

static size_t tensor_size(const struct rn_tensor *tensor)
{
    size_t size = 1;

    for (int i = 0; i < tensor->ndim; i++)
        size *= (size_t)tensor->dim[i];
    return size;
}

/* The tensor "owner.what", or NULL. */
static const struct rn_tensor *maybe(const struct rn_tensor_file *file, const char *owner,
                                     const char *what)
{
    char name[128];

    snprintf(name, sizeof name, "%s.%s", owner, what);
    return rn_tensor_find(file, name);
}

static const struct rn_tensor *want(const struct rn_tensor_file *file, const char *owner,
                                    const char *what)
{
    const struct rn_tensor *tensor = maybe(file, owner, what);

    if (!tensor)
        fail_msg("no tensor %s.%s", owner, what);
    return tensor;
}

static void assert_near(const char *owner, const char *what, const float *found,
                        const float *expected, size_t n, double tolerance)
{
    double largest = 0.0;

    for (size_t i = 0; i < n; i++)
        largest = fmax(largest, fabs(expected[i]));
    for (size_t i = 0; i < n; i++)
        if (!(fabs((double)found[i] - expected[i]) <= tolerance * largest))
            fail_msg("%s.%s[%zu] is %.8g; PyTorch has %.8g", owner, what, i, (double)found[i],
                     (double)expected[i]);
}

static void assert_golden(const struct rn_tensor_file *file, const char *owner, const char *what,
                          const float *found)
{
    const struct rn_tensor *tensor = want(file, owner, what);

    assert_near(owner, what, found, tensor->data, tensor_size(tensor), 1e-5);
}

static const struct {
    const char *name;
    struct rn_node node;
} operators[] = {
    {"conv_g4_s2",
     {.op = RN_OP_CONV,
      .out.c = 24,
      .u.conv = {.k = 3, .stride = 2, .pad = 1, .groups = 4, .bias = false}}},
    {"conv_5x5_bias",
     {.op = RN_OP_CONV,
      .out.c = 8,
      .u.conv = {.k = 5, .stride = 1, .pad = 2, .groups = 1, .bias = true}}},
    {"conv_dw_s2",
     {.op = RN_OP_CONV,
      .out.c = 8,
      .u.conv = {.k = 3, .stride = 2, .pad = 1, .groups = 8, .bias = false}}},
    {"bn", {.op = RN_OP_BN}},
    {"relu", {.op = RN_OP_ACT, .u.fn = RN_FN_RELU}},
    {"silu", {.op = RN_OP_ACT, .u.fn = RN_FN_SILU}},
    {"gelu", {.op = RN_OP_ACT, .u.fn = RN_FN_GELU}},
    {"sigmoid", {.op = RN_OP_ACT, .u.fn = RN_FN_SIGMOID}},
    {"max_pool", {.op = RN_OP_MAX_POOL, .u.pool = {.k = 3, .stride = 2, .pad = 1}}},
    {"gap", {.op = RN_OP_GAP}},
    {"scale", {.op = RN_OP_SCALE}},
    {"linear", {.op = RN_OP_LINEAR, .out.c = 10}},
};

/* Buffers that hold any of the small tensors above. */
struct scratch {
    float y[4096], dx[2][4096], param[RN_OP_PARAMS][4096], dparam[RN_OP_PARAMS][4096], saved[64];
};

static struct rn_shape image_shape(const struct rn_tensor *x)
{
    if (x->ndim == 2)
        return (struct rn_shape){1, 1, (int)x->dim[1]};
    return (struct rn_shape){(int)x->dim[1], (int)x->dim[2], (int)x->dim[3]};
}

/* An operator's arguments from its golden tensors; results go to the scratch. */
static struct rn_op_args golden_args(const struct rn_tensor_file *file, const char *name,
                                     struct rn_node *node, struct scratch *s)
{
    static const char *const xs[] = {"x0", "x1"}, *const ps[] = {"p0", "p1", "p2", "p3"};
    struct rn_op_args args = {.node = node,
                              .y = s->y,
                              .saved = s->saved,
                              .dy = want(file, name, "dy")->data,
                              .train = true,
                              .eps = 1e-5,
                              .momentum = 0.1};
    struct rn_param params[RN_OP_PARAMS];

    for (int i = 0; i < 2 && maybe(file, name, xs[i]); i++) {
        const struct rn_tensor *x = maybe(file, name, xs[i]);

        args.n = i == 0 ? (int)x->dim[0] : args.n;
        args.in[i] = image_shape(x);
        args.x[i] = x->data;
        args.dx[i] = s->dx[i];
    }
    for (int i = 0; i < RN_OP_PARAMS && maybe(file, name, ps[i]); i++) {
        const struct rn_tensor *p = maybe(file, name, ps[i]);

        memcpy(s->param[i], p->data, tensor_size(p) * sizeof(float));
        args.param[i] = s->param[i];
        args.dparam[i] = s->dparam[i];
    }
    rn_node_complete(node, args.in, params);
    return args;
}

static void operators_agree(void **state)
{
    static struct scratch scratch;
    struct rn_tensor_file file;

    (void)state;
    open_golden("op_golden", &file);
    for (size_t i = 0; i < sizeof operators / sizeof *operators; i++) {
        const char *name = operators[i].name;
        struct rn_node node = operators[i].node;
        struct rn_op_args args = golden_args(&file, name, &node, &scratch);

        rn_ref_ops.forward[node.op](&args);
        rn_ref_ops.backward[node.op](&args);
        assert_golden(&file, name, "y", scratch.y);
        assert_golden(&file, name, "dx0", scratch.dx[0]);
        if (args.x[1])
            assert_golden(&file, name, "dx1", scratch.dx[1]);
        if (args.param[0])
            assert_golden(&file, name, "dp0", scratch.dparam[0]);
        if (args.param[1])
            assert_golden(&file, name, "dp1", scratch.dparam[1]);
        if (node.op == RN_OP_BN) {
            assert_golden(&file, name, "mean", scratch.param[2]);
            assert_golden(&file, name, "var", scratch.param[3]);
        }
    }
    rn_tensor_file_release(&file);
}

static void losses_agree(void **state)
{
    struct rn_tensor_file file;
    const struct rn_tensor *logits;
    float dlogits[4 * CLASSES], loss;

    (void)state;
    open_golden("op_golden", &file);
    logits = want(&file, "loss", "logits");
    assert_int_equal(tensor_size(logits), 4 * CLASSES);
    loss = (float)rn_cross_entropy(4, CLASSES, logits->data, want(&file, "loss", "targets")->data,
                                   dlogits);
    assert_golden(&file, "loss", "value", &loss);
    assert_golden(&file, "loss", "dlogits", dlogits);
    rn_tensor_file_release(&file);
}

/* As in tools/golden_torch.py. */
static const struct {
    const char *name;
    struct rn_arch arch;
} networks[] = {
    {"tiny_regnetx",
     {.stem = RN_STEM_SIMPLE,
      .stem_w = 8,
      .block = RN_BLOCK_BOTTLENECK,
      .n_stages = 2,
      .stages = {{1, 16, 1, 1.0, 8, 3}, {2, 32, 2, 1.0, 8, 3}},
      .num_classes = CLASSES,
      .im_size = SIDE}},
    {"tiny_regnety",
     {.stem = RN_STEM_CIFAR,
      .stem_w = 16,
      .block = RN_BLOCK_BOTTLENECK,
      .n_stages = 2,
      .stages = {{2, 16, 2, 0.5, 4, 3}, {1, 32, 2, 0.5, 4, 3}},
      .se_r = 0.25,
      .num_classes = CLASSES,
      .im_size = SIDE}},
};

static const char *const engines[] = {"ref", "cpu"};

/* All of the network's tensors and no other. */
static void load_weights(const char *name, const struct rn_graph *graph, float *values)
{
    struct rn_tensor_file file;

    open_golden(name, &file);
    assert_int_equal(file.n, graph->n_params);
    for (int i = 0; i < graph->n_params; i++) {
        const struct rn_param *param = &graph->params[i];
        const struct rn_tensor *tensor = rn_tensor_find(&file, param->name);

        if (!tensor)
            fail_msg("PyTorch has no %s", param->name);
        assert_int_equal(tensor->ndim, param->ndim);
        assert_memory_equal(tensor->dim, param->dim, (size_t)param->ndim * sizeof *param->dim);
        memcpy(values + param->offset, tensor->data, param->size * sizeof(float));
    }
    rn_tensor_file_release(&file);
}

/* torch.optim.SGD with Nesterov momentum 0.9, weight decay 5e-4 on everything, rate 0.1. */
static void sgd(struct rn_net_params params, float *momentum, bool first)
{
    for (size_t i = 0; i < params.n_trained; i++) {
        float grad = params.grad[i] + 5e-4f * params.value[i];

        momentum[i] = first ? grad : 0.9f * momentum[i] + grad;
        params.value[i] -= 0.1f * (grad + 0.9f * momentum[i]);
    }
}

static void check_training(const struct rn_tensor_file *golden, const char *name,
                           struct rn_net *net)
{
    struct rn_net_params params = rn_net_params(net);
    const float *images = rn_tensor_find(golden, "images")->data;
    const float *labels = rn_tensor_find(golden, "labels")->data;
    float *momentum = rn_alloc(params.n_trained, sizeof *momentum), losses[BATCHES];

    for (int step = 0; step < BATCHES; step++) {
        float targets[BATCH * CLASSES] = {0};

        for (int i = 0; i < BATCH; i++)
            targets[i * CLASSES + (int)labels[step * BATCH + i]] = 1.0f;
        losses[step] =
            (float)rn_net_step(net, images + step * BATCH * SIDE * SIDE * 3, targets, BATCH, NULL);
        sgd(params, momentum, step == 0);
    }
    for (int step = 0; step < BATCHES; step++) /* each relative to itself */
        assert_near(name, "losses", &losses[step], want(golden, name, "losses")->data + step, 1,
                    1e-4);
    rn_free(momentum);
}

static void check_network(const struct rn_tensor_file *golden, const char *engine, const char *name,
                          const struct rn_arch *arch)
{
    struct rn_net_options options = {.engine = engine, .batch = BATCH, .train = true};
    struct rn_graph *graph = NULL;
    struct rn_net *net = NULL;
    struct rn_err err = {0};
    float logits[BATCH * CLASSES];

    if (rn_graph_build(arch, &graph, &err) != RN_OK ||
        rn_net_new(graph, &options, &net, &err) != RN_OK)
        fail_msg("%s", err.msg);
    load_weights(name, graph, rn_net_params(net).value);
    rn_net_infer(net, rn_tensor_find(golden, "images")->data, BATCH, logits);
    assert_golden(golden, name, "logits", logits);
    check_training(golden, name, net);
    rn_net_free(net);
    rn_graph_free(graph);
}

static void networks_agree(void **state)
{
    struct rn_tensor_file golden;

    (void)state;
    open_golden("tiny_training", &golden);
    for (size_t e = 0; e < sizeof engines / sizeof *engines; e++)
        for (size_t i = 0; i < sizeof networks / sizeof *networks; i++) {
            print_message("%s: %s\n", engines[e], networks[i].name);
            check_network(&golden, engines[e], networks[i].name, &networks[i].arch);
        }
    rn_tensor_file_release(&golden);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(operators_agree),
        cmocka_unit_test(losses_agree),
        cmocka_unit_test(networks_agree),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

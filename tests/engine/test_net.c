/*
 * Whole networks, engine against reference: one training step's logits, loss, gradients and running
 * statistics, and inference with those statistics.
 *
 * The engine sums in float, blocked, what the reference sums in double. Logits agree within 1e-5 of
 * the largest; gradients, which pass through more sums and through differences of large terms in
 * batch normalization, within 1e-4 of their tensor's largest value. ReLU's slope jumps: a value
 * that rounding puts on the other side of zero changes gradients by percents in networks this
 * small. So gradients may part for one of two seeds, but not for both; values never may.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "nets.h"
#include "regnet/engine.h"
#include "regnet/rng.h"

/* The best set of kernels first, then lesser ones: where one is missing, "cpu" is what follows. */
static const char *const engines[] = {"cpu", "cpu-avx2", "cpu-base"};

/* The sets that differ in bfloat16, with products in it or without. */
static const char *const half_engines[] = {"cpu-amx", "cpu-avx512bf16", "cpu-avx512", "cpu-avx2",
                                           "cpu-base"};

/* Images of a step: fewer, and more, than the chunks that an engine may cut a batch into. */
static const int batches[] = {3, 11, 2};
#define N_BATCHES ((int)(sizeof batches / sizeof *batches))

struct outcome {
    int n; /* images */
    float *images, *targets;
    float *logits, *inferred, *served, *values, *grads; /* served: by a net without training */
    double loss;
};

static float *normals(size_t n, uint64_t seed, uint64_t index)
{
    struct rn_rng rng = rn_rng_at(seed, RN_STREAM_TEST, index);
    float *values = rn_alloc(n, sizeof *values);

    for (size_t i = 0; i < n; i++)
        values[i] = (float)rn_rng_normal(&rng);
    return values;
}

/* Soft labels: rows that sum to 1. */
static float *random_targets(int n, int classes, uint64_t seed)
{
    float *targets = normals((size_t)n * (size_t)classes, seed, 1);

    for (int row = 0; row < n; row++) {
        float *t = targets + row * classes, sum = 0.0f;

        for (int i = 0; i < classes; i++)
            sum += t[i] = t[i] * t[i];
        for (int i = 0; i < classes; i++)
            t[i] /= sum;
    }
    return targets;
}

/* Initial values, with normalizations and biases moved from their neutral values; so wide that a
   ReLU6 has something to cut off. */
static void init(const struct rn_graph *graph, uint64_t seed, float *values)
{
    rn_graph_init(graph, false, seed, values);
    for (int i = 0; i < graph->n_params; i++) {
        const struct rn_param *param = &graph->params[i];
        struct rn_rng rng = rn_rng_at(seed, RN_STREAM_TEST, 10 + (uint64_t)i);

        for (size_t j = 0; param->ndim == 1 && j < param->size; j++)
            values[param->offset + j] += (float)(0.4 * rn_rng_uniform(&rng) - 0.2);
        for (size_t j = 0; param->role == RN_PARAM_GAMMA && j < param->size; j++)
            values[param->offset + j] *= graph->arch.act == RN_ACT_RELU6 ? 5 : 1;
    }
}

static float *copy(const float *values, size_t n)
{
    return memcpy(rn_alloc(n, sizeof *values), values, n * sizeof *values);
}

static struct rn_net *made(const struct rn_graph *graph, const char *engine, int batch, int threads,
                           bool bf16)
{
    struct rn_net_options options = {
        .engine = engine, .batch = batch, .threads = threads, .train = true, .bf16 = bf16};
    struct rn_net *net = NULL;
    struct rn_err err = {0};

    if (rn_net_new(graph, &options, &net, &err) != RN_OK)
        fail_msg("%s", err.msg);
    return net;
}

static void serve(const struct rn_graph *graph, const char *engine, bool bf16, struct outcome *o)
{
    struct rn_net_options options = {.engine = engine, .batch = o->n, .bf16 = bf16};
    struct rn_net *net = NULL;

    assert_int_equal(rn_net_new(graph, &options, &net, NULL), RN_OK);
    memcpy(rn_net_params(net).value, o->values, graph->n_values * sizeof *o->values);
    rn_net_infer(net, o->images, o->n, o->served);
    rn_net_free(net);
}

/* One step, after another one, and an inference of n images on a net for batches of up to `batch`.
   The step before, of other values, must leave nothing behind. */
static struct outcome run(const struct rn_graph *graph, const char *engine, int n, int batch,
                          int threads, bool bf16, uint64_t seed)
{
    size_t pixels = (size_t)graph->nodes[0].out.h * (size_t)graph->nodes[0].out.w * 3;
    size_t logits = (size_t)n * (size_t)graph->arch.num_classes;
    struct rn_net *net = made(graph, engine, batch, threads, bf16);
    struct rn_net_params params = rn_net_params(net);
    struct outcome o = {.n = n,
                        .images = normals((size_t)n * pixels, seed, 0),
                        .targets = random_targets(n, graph->arch.num_classes, seed),
                        .logits = rn_alloc(logits, sizeof(float)),
                        .inferred = rn_alloc(logits, sizeof(float)),
                        .served = rn_alloc(logits, sizeof(float))};

    init(graph, seed + 1, params.value);
    (void)rn_net_step(net, o.images, o.targets, n, o.logits);
    init(graph, seed, params.value);
    o.loss = rn_net_step(net, o.images, o.targets, n, o.logits);
    rn_net_infer(net, o.images, n, o.inferred);
    o.values = copy(params.value, params.n_values);
    o.grads = copy(params.grad, params.n_trained);
    rn_net_free(net);
    serve(graph, engine, bf16, &o);
    return o;
}

static void release(struct outcome *o)
{
    rn_free(o->images);
    rn_free(o->targets);
    rn_free(o->logits);
    rn_free(o->inferred);
    rn_free(o->served);
    rn_free(o->values);
    rn_free(o->grads);
}

static double largest(const float *values, size_t n)
{
    double max = 0.0;

    for (size_t i = 0; i < n; i++)
        max = fmax(max, fabs(values[i]));
    return max;
}

/* The largest difference, relative to scale; infinite where a value is not finite. */
static double distance(const float *a, const float *b, size_t n, double scale)
{
    double max = 0.0;

    for (size_t i = 0; i < n; i++) {
        double d = fabs((double)a[i] - b[i]);

        max = isfinite(d) ? fmax(max, d) : INFINITY;
    }
    return max / scale;
}

static void assert_values(const struct rn_graph *graph, const char *what, const float *found,
                          const float *expected, size_t n)
{
    double d = distance(found, expected, n, largest(expected, n));

    if (d > 1e-5)
        fail_msg("%s: %s are off by %g", graph->arch.name, what, d);
}

static void compare_values(const struct rn_graph *graph, const struct outcome *found,
                           const struct outcome *expected)
{
    size_t logits = (size_t)expected->n * (size_t)graph->arch.num_classes;

    assert_values(graph, "logits", found->logits, expected->logits, logits);
    assert_values(graph, "inferred logits", found->inferred, expected->inferred, logits);
    assert_values(graph, "served logits", found->served, expected->inferred, logits);
    assert_true(fabs(found->loss / expected->loss - 1.0) < 1e-5);
    for (int i = 0; i < graph->n_params; i++)
        assert_values(graph, graph->params[i].name, found->values + graph->params[i].offset,
                      expected->values + graph->params[i].offset, graph->params[i].size);
}

/* Whether all gradients agree; else says which one does not. Tensors whose gradients nearly cancel
   are measured by a thousandth of the network's largest gradient. */
static bool gradients_agree(const struct rn_graph *graph, const struct outcome *found,
                            const struct outcome *expected, char *what, size_t size)
{
    double floor = 1e-3 * largest(expected->grads, graph->n_trained);

    for (int i = 0; i < graph->n_params; i++) {
        const struct rn_param *p = &graph->params[i];
        const float *a, *b = expected->grads + p->offset;
        double d;

        if (p->role == RN_PARAM_MEAN || p->role == RN_PARAM_VAR)
            continue;
        a = found->grads + p->offset;
        d = distance(a, b, p->size, fmax(floor, largest(b, p->size)));
        if (d > 1e-4) {
            snprintf(what, size, "%s is off by %g", p->name, d);
            return false;
        }
    }
    return true;
}

static bool agrees(const struct rn_graph *graph, const char *engine, const struct outcome *expected,
                   uint64_t seed, char *what, size_t size)
{
    struct outcome found = run(graph, engine, expected->n, expected->n + 2, 1, false, seed);
    bool agree;

    compare_values(graph, &found, expected);
    agree = gradients_agree(graph, &found, expected, what, size);
    release(&found);
    return agree;
}

static struct rn_graph *built(const struct rn_arch *arch)
{
    struct rn_graph *graph = NULL;
    struct rn_err err = {0};

    if (rn_graph_build(arch, &graph, &err) != RN_OK)
        fail_msg("%s: %s", arch->name, err.msg);
    return graph;
}

/* Whether this processor has what the engine needs. */
static bool runs_here(const char *engine)
{
    static struct rn_arch archs[NETS_MAX];
    struct rn_graph *graph;
    struct rn_net *net = NULL;
    struct rn_net_options options = {.engine = engine, .batch = 1};
    enum rn_status status;

    (void)rn_test_nets(archs);
    graph = built(&archs[0]);
    status = rn_net_new(graph, &options, &net, NULL);
    rn_net_free(net);
    rn_graph_free(graph);
    assert_true(status == RN_OK || status == RN_E_UNSUPPORTED);
    return status == RN_OK;
}

static void engines_agree_with_the_reference(void **state)
{
    static struct rn_arch archs[NETS_MAX];
    int n = rn_test_nets(archs);

    (void)state;
    for (int i = 0; i < n; i++) {
        struct rn_graph *graph = built(&archs[i]);
        int batch = batches[i % N_BATCHES];
        struct outcome one = run(graph, "ref", batch, batch, 1, false, 1);
        struct outcome two = run(graph, "ref", batch, batch, 1, false, 2);

        for (size_t e = 0; e < sizeof engines / sizeof *engines && runs_here(engines[e]); e++) {
            char what[2][128];

            if (!agrees(graph, engines[e], &one, 1, what[0], sizeof what[0]) &&
                !agrees(graph, engines[e], &two, 2, what[1], sizeof what[1]))
                fail_msg("%s: %s; %s", archs[i].name, what[0], what[1]);
        }
        release(&one);
        release(&two);
        rn_graph_free(graph);
    }
}

/* The promise of engine.h: the same bits whatever the number of threads. */
static void threads_change_no_bit(void **state)
{
    static struct rn_arch archs[NETS_MAX];
    int n = rn_test_nets(archs);

    (void)state;
    for (size_t e = 0; e < sizeof engines / sizeof *engines && runs_here(engines[e]); e++)
        for (int i = n - 1; i >= 0; i -= 7) {
            struct rn_graph *graph = built(&archs[i]);
            bool bf16 = i % 2 == 1;
            struct outcome one = run(graph, engines[e], 11, 11, 1, bf16, 3);
            struct outcome two = run(graph, engines[e], 11, 11, 3, bf16, 3);

            assert_memory_equal(one.values, two.values, graph->n_values * sizeof(float));
            assert_memory_equal(one.grads, two.grads, graph->n_trained * sizeof(float));
            assert_true(one.loss == two.loss);
            release(&one);
            release(&two);
            rn_graph_free(graph);
        }
}

static struct rn_net *with_batch_stats(const struct rn_graph *graph, const char *engine,
                                       const float *images, int n)
{
    struct rn_net *net = made(graph, engine, n, 1, false);

    init(graph, 4, rn_net_params(net).value);
    rn_net_batch_stats(net, images, n);
    return net;
}

/* The cosine of the angle between two vectors. */
static double cosine(const float *a, const float *b, size_t n)
{
    double ab = 0, aa = 0, bb = 0;

    for (size_t i = 0; i < n; i++) {
        ab += (double)a[i] * b[i];
        aa += (double)a[i] * a[i];
        bb += (double)b[i] * b[i];
    }
    return ab / sqrt(aa * bb);
}

/* Eight bits of a value are kept: an angle of thousandths in the logits; in gradients ReLUs that
   change sides add to it. In the nets of tens of layers, from the squeeze and
   excitation blocks on, both are up to twenty times as much. */
static void bf16_is_near_the_reference(void **state)
{
    static struct rn_arch archs[NETS_MAX];
    int n = rn_test_nets(archs);

    (void)state;
    for (int i = n - 1; i >= 0; i -= 4) {
        struct rn_graph *graph = built(&archs[i]);
        size_t logits = 5 * (size_t)archs[i].num_classes;
        double times = archs[i].block > RN_BLOCK_MBCONV ? 20 : 1;
        struct outcome expected = run(graph, "ref", 5, 5, 1, false, 7);

        for (size_t e = 0; e < sizeof half_engines / sizeof *half_engines; e++) {
            struct outcome found, threaded;

            if (!runs_here(half_engines[e]))
                continue;
            found = run(graph, half_engines[e], 5, 5, 1, true, 7);
            threaded = run(graph, half_engines[e], 5, 5, 3, true, 7);
            assert_memory_equal(found.values, threaded.values, graph->n_values * sizeof(float));
            assert_memory_equal(found.grads, threaded.grads, graph->n_trained * sizeof(float));
            release(&threaded);

            assert_true(memcmp(found.logits, expected.logits, logits * sizeof(float)) != 0);
            assert_true(cosine(found.logits, expected.logits, logits) > 1 - 1e-5 * times);
            assert_true(cosine(found.inferred, expected.inferred, logits) > 1 - 1e-5 * times);
            assert_true(cosine(found.grads, expected.grads, graph->n_trained) > 1 - 1e-3 * times);
            release(&found);
        }
        release(&expected);
        rn_graph_free(graph);
    }
}

/* Precise statistics: the batch's own mean and unbiased variance replace the running ones. */
static void batch_statistics_agree(void **state)
{
    static struct rn_arch archs[NETS_MAX];
    int n = rn_test_nets(archs);

    (void)state;
    for (int i = n - 1; i > n - 10; i--) {
        struct rn_graph *graph = built(&archs[i]);
        size_t pixels = (size_t)archs[i].im_size * (size_t)archs[i].im_size * 3;
        float *images = normals(4 * pixels, 4, 0);
        struct rn_net *ref = with_batch_stats(graph, "ref", images, 4);

        for (size_t e = 0; e < sizeof engines / sizeof *engines && runs_here(engines[e]); e++) {
            struct rn_net *net = with_batch_stats(graph, engines[e], images, 4);

            for (int p = 0; p < graph->n_params; p++)
                assert_values(graph, graph->params[p].name,
                              rn_net_params(net).value + graph->params[p].offset,
                              rn_net_params(ref).value + graph->params[p].offset,
                              graph->params[p].size);
            rn_net_free(net);
        }
        rn_free(images);
        rn_net_free(ref);
        rn_graph_free(graph);
    }
}

/* An engine may keep weights in a form of its own between inferences, until it is told. */
static void inference_follows_the_parameters(void **state)
{
    static struct rn_arch archs[NETS_MAX];
    int n = rn_test_nets(archs), classes = archs[n - 1].num_classes;
    struct rn_graph *graph = built(&archs[n - 1]);
    float *images = normals((size_t)archs[n - 1].im_size * (size_t)archs[n - 1].im_size * 3, 5, 0);

    (void)state;
    assert_true(classes <= 16);
    for (size_t e = 0; e < sizeof engines / sizeof *engines && runs_here(engines[e]); e++) {
        struct rn_net *net = made(graph, engines[e], 1, 1, false),
                      *anew = made(graph, "ref", 1, 1, false);
        float found[16], expected[16];

        init(graph, 5, rn_net_params(net).value);
        rn_net_infer(net, images, 1, found);
        init(graph, 6, rn_net_params(net).value);
        init(graph, 6, rn_net_params(anew).value);
        rn_net_params_changed(net);
        rn_net_infer(net, images, 1, found);
        rn_net_infer(anew, images, 1, expected);
        assert_values(graph, "logits", found, expected, (size_t)classes);
        rn_net_free(net);
        rn_net_free(anew);
    }
    rn_free(images);
    rn_graph_free(graph);
}

/* More images than inference takes at a time. */
static void inference_of_many_images_agrees(void **state)
{
    enum { IMAGES = 13, SIZE = 96 };
    struct rn_arch arch = {.stem = RN_STEM_CIFAR,
                           .stem_w = 8,
                           .block = RN_BLOCK_BOTTLENECK,
                           .se_r = 0.25,
                           .n_stages = 1,
                           .stages = {{1, 32, 1, 1.0, 8, 3}},
                           .num_classes = 7,
                           .im_size = SIZE};
    struct rn_graph *graph = built(&arch);
    float *images = normals((size_t)IMAGES * SIZE * SIZE * 3, 6, 0);
    struct rn_net *ref = made(graph, "ref", IMAGES, 1, false);
    float expected[IMAGES * 7], found[IMAGES * 7];

    (void)state;
    init(graph, 6, rn_net_params(ref).value);
    rn_net_infer(ref, images, IMAGES, expected);
    for (size_t e = 0; e < sizeof engines / sizeof *engines && runs_here(engines[e]); e++) {
        struct rn_net_options options = {.engine = engines[e], .batch = IMAGES};
        struct rn_net *net = NULL;

        assert_int_equal(rn_net_new(graph, &options, &net, NULL), RN_OK);
        assert_true(rn_net_arena_bytes(net) < (size_t)IMAGES * SIZE * SIZE * 64 * sizeof(float));
        init(graph, 6, rn_net_params(net).value);
        rn_net_infer(net, images, IMAGES, found);
        assert_values(graph, "logits", found, expected, (size_t)IMAGES * 7);
        rn_net_free(net);
    }
    rn_free(images);
    rn_net_free(ref);
    rn_graph_free(graph);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(engines_agree_with_the_reference),
        cmocka_unit_test(bf16_is_near_the_reference),
        cmocka_unit_test(threads_change_no_bit),
        cmocka_unit_test(batch_statistics_agree),
        cmocka_unit_test(inference_follows_the_parameters),
        cmocka_unit_test(inference_of_many_images_agrees),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

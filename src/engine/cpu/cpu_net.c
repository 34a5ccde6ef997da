/* The CPU engine: units forward, then backward. */
#include <stdint.h>
#include <string.h>

#include "channels.h"
#include "conv_plan.h"
#include "cpu.h"
#include "cpu_bn.h"
#include "cpu_se.h"
#include "regnet/clock.h"
#include "regnet/memory.h"

static void destroy(void *arg)
{
    struct rn_cpu *cpu = arg;

    if (!cpu)
        return;
    for (int u = 0; u < cpu->n_units; u++)
        rn_conv_plan_free(cpu->units[u].conv);
    for (int i = 0; cpu->scratch && i < cpu->request.options.threads; i++)
        rn_free(cpu->scratch[i].sums);
    rn_channel_maps_free(cpu->maps, cpu->request.graph->n_nodes);
    rn_pool_free(cpu->pool);
    rn_free(cpu->units);
    rn_free(cpu->arena);
    rn_free(cpu->small);
    rn_free(cpu->sums);
    rn_free(cpu->partial);
    rn_free(cpu->scratch);
    rn_free(cpu->layers);
    rn_free(cpu->final_from);
    rn_free(cpu);
}

static enum rn_status create(const struct rn_net_request *request, void **out, struct rn_err *err)
{
    struct rn_cpu *cpu = rn_alloc(1, sizeof *cpu);
    enum rn_status status;

    if (!cpu)
        return rn_nomem(err, sizeof *cpu, "the cpu engine");
    cpu->request = *request;
    cpu->kernels = rn_kernels_pick(request->variant);
    if (!cpu->kernels) {
        status = rn_fail(err, RN_E_UNSUPPORTED,
                         "engine cpu-%s: this processor does not have %s; use cpu, cpu-avx512, "
                         "cpu-avx2 or cpu-base",
                         request->variant, request->variant);
        goto done;
    }
    if (request->options.bf16)
        cpu->half = rn_half_pick(request->variant);
    RN_TRY(rn_pool_new(request->options.threads, &cpu->pool, err));
    RN_TRY(rn_cpu_plan(cpu, err));
    RN_TRY(rn_cpu_layers_new(cpu, err));
    RN_TRY(rn_cpu_parts_new(cpu, err));
    *out = cpu;
    cpu = NULL;
done:
    destroy(cpu);
    return status;
}

static size_t arena_bytes(const void *arg)
{
    return ((const struct rn_cpu *)arg)->arena_bytes;
}

static const struct rn_layer *layers(const void *arg, size_t *n)
{
    const struct rn_cpu *cpu = arg;

    *n = (size_t)cpu->n_units - 1;
    return cpu->layers + 1;
}

/* The clock, where somebody will ask. */
static double now(const struct rn_cpu *cpu)
{
    return cpu->request.options.profile ? rn_clock() : 0;
}

static void run_forward(struct rn_cpu *cpu, int u, enum rn_pass pass, double momentum, int n)
{
    struct rn_unit *unit = &cpu->units[u];
    bool train = pass == RN_PASS_TRAIN;

    switch (unit->kind) {
    case RN_UNIT_CONV:
        if (train)
            rn_cpu_conv_forward(cpu, unit, momentum, n);
        else
            rn_cpu_conv_infer(cpu, unit, n);
        break;
    case RN_UNIT_SUM:
        if (train ? !rn_cpu_sum_in_conv(cpu, unit) : unit->closer < 0)
            rn_cpu_sum_forward(cpu, unit, pass, n);
        break;
    case RN_UNIT_SQUEEZE:
        rn_se_squeeze(cpu, unit, pass, n);
        break;
    case RN_UNIT_BN:
        rn_cpu_bn_forward(cpu, unit, pass, momentum, n);
        break;
    case RN_UNIT_MAP:
        rn_cpu_map_forward(cpu, unit, n);
        break;
    case RN_UNIT_NODE:
        rn_cpu_node_forward(cpu, unit, pass, n);
        break;
    case RN_UNIT_INPUT:
    case RN_UNIT_EXCITE: /* its reader multiplies */
        break;
    }
}

static void params_changed(void *arg)
{
    ((struct rn_cpu *)arg)->folded = false;
}

static void forward_images(struct rn_cpu *cpu, enum rn_pass pass, double momentum,
                           const float *images, int n, float *logits)
{
    const struct rn_unit *last = &cpu->units[cpu->n_units - 1];
    int classes = last->node.out.c;
    const float *result;

    cpu->units[0].z = rn_tensor_of((float *)(uintptr_t)images); /* only read */
    for (int u = 1; u < cpu->n_units; u++) {
        double start = now(cpu);
        run_forward(cpu, u, pass, momentum, n);
        cpu->layers[u].forward_s += now(cpu) - start;
    }
    result = rn_unit_result(last).data;
    for (int i = 0; i < n; i++)
        memcpy(logits + (ptrdiff_t)i * classes, result + (ptrdiff_t)i * last->stride,
               (size_t)classes * sizeof *logits);
}

static void forward(void *arg, enum rn_pass pass, double momentum, const float *images, int n,
                    float *logits)
{
    struct rn_cpu *cpu = arg;
    const struct rn_shape *in = &cpu->units[0].node.out;
    ptrdiff_t classes = cpu->units[cpu->n_units - 1].node.out.c;
    int together = pass == RN_PASS_INFER ? cpu->infer_images : n;

    if (pass == RN_PASS_INFER && !cpu->folded)
        rn_cpu_fold(cpu);
    cpu->folded = pass == RN_PASS_INFER;
    for (int i = 0; i < n; i += together)
        forward_images(cpu, pass, momentum, images + (ptrdiff_t)i * in->h * in->w * in->c,
                       n - i < together ? n - i : together, logits + i * classes);
}

/* Whether somebody else has finished a unit's dz. */
static bool is_finished(const struct rn_cpu *cpu, const struct rn_unit *unit)
{
    return unit->shares_dz || unit->excite ||
           (unit->n_users > 0 && cpu->units[unit->first_user].kind == RN_UNIT_CONV);
}

static void run_backward(struct rn_cpu *cpu, int u, int n)
{
    struct rn_unit *unit = &cpu->units[u];

    if (!is_finished(cpu, unit))
        rn_finish_pass(cpu, unit, n);
    switch (unit->kind) {
    case RN_UNIT_CONV:
        rn_cpu_conv_backward(cpu, u, n);
        break;
    case RN_UNIT_SUM:
        rn_cpu_sum_backward(cpu, u, n);
        break;
    case RN_UNIT_SQUEEZE:
        rn_se_squeeze_backward(cpu, unit, n);
        break;
    case RN_UNIT_EXCITE:
        rn_se_excite_backward(cpu, unit, n);
        break;
    case RN_UNIT_BN:
        rn_cpu_bn_backward(cpu, u, n);
        break;
    case RN_UNIT_MAP:
        rn_cpu_map_backward(cpu, u, n);
        break;
    case RN_UNIT_NODE:
        rn_cpu_node_backward(cpu, u, n);
        break;
    case RN_UNIT_INPUT:
        break;
    }
}

static void backward(void *arg, const float *images, int n, const float *dlogits)
{
    struct rn_cpu *cpu = arg;
    struct rn_unit *last = &cpu->units[cpu->n_units - 1];
    const struct rn_net_parts *parts = &cpu->request.options.parts;
    int classes = last->node.out.c;
    float *dz = last->dz.data;

    cpu->units[0].z = rn_tensor_of((float *)(uintptr_t)images);
    memset(dz, 0, (size_t)(n * last->stride) * sizeof *dz);
    for (int i = 0; i < n; i++)
        memcpy(dz + (ptrdiff_t)i * last->stride, dlogits + (ptrdiff_t)i * classes,
               (size_t)classes * sizeof *dlogits);
    for (int u = cpu->n_units - 1; u > 0; u--) {
        double start = now(cpu);
        run_backward(cpu, u, n);
        cpu->layers[u].backward_s += now(cpu) - start;
        if (parts->n > 1 && parts->on_gradient)
            parts->on_gradient(parts->arg, cpu->final_from[u]);
    }
}

const struct rn_engine rn_cpu_engine = {.name = "cpu",
                                        .create = create,
                                        .destroy = destroy,
                                        .arena_bytes = arena_bytes,
                                        .layers = layers,
                                        .params_changed = params_changed,
                                        .forward = forward,
                                        .backward = backward};

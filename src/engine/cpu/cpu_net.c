/* The CPU engine: units forward, then backward. */
#include <stdint.h>
#include <string.h>

#include "conv_plan.h"
#include "cpu.h"
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
        rn_free(cpu->scratch[i].memory);
    rn_pool_free(cpu->pool);
    rn_free(cpu->units);
    rn_free(cpu->arena);
    rn_free(cpu->small);
    rn_free(cpu->sums);
    rn_free(cpu->partial);
    rn_free(cpu->scratch);
    rn_free(cpu->layers);
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
                         "engine cpu-%s: this processor does not have %s; use cpu, cpu-avx2 or "
                         "cpu-base",
                         request->variant, request->variant);
        goto done;
    }
    RN_TRY(rn_pool_new(request->options.threads, &cpu->pool, err));
    RN_TRY(rn_cpu_plan(cpu, err));
    RN_TRY(rn_cpu_layers_new(cpu, err));
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

    if (unit->kind == RN_UNIT_CONV && train)
        rn_cpu_conv_forward(cpu, unit, momentum, n);
    else if (unit->kind == RN_UNIT_CONV)
        rn_cpu_conv_infer(cpu, unit, n);
    else if (unit->kind == RN_UNIT_NODE)
        rn_cpu_node_forward(cpu, unit, pass, momentum, n);
    else if (train ? !rn_cpu_sum_in_conv(cpu, unit) : unit->closer < 0)
        rn_cpu_sum_forward(cpu, unit, n);
}

static void params_changed(void *arg)
{
    ((struct rn_cpu *)arg)->folded = false;
}

static void forward(void *arg, enum rn_pass pass, double momentum, const float *images, int n,
                    float *logits)
{
    struct rn_cpu *cpu = arg;
    const struct rn_unit *last = &cpu->units[cpu->n_units - 1];
    int classes = last->node.out.c;
    const float *result;

    if (pass == RN_PASS_INFER && !cpu->folded)
        rn_cpu_fold(cpu);
    cpu->folded = pass == RN_PASS_INFER;
    cpu->units[0].z = (float *)(uintptr_t)images; /* only read */
    for (int u = 1; u < cpu->n_units; u++) {
        double start = now(cpu);
        run_forward(cpu, u, pass, momentum, n);
        cpu->layers[u].forward_s += now(cpu) - start;
    }
    result = rn_unit_result(last);
    for (int i = 0; i < n; i++)
        memcpy(logits + (ptrdiff_t)i * classes, result + (ptrdiff_t)i * last->stride,
               (size_t)classes * sizeof *logits);
}

static void run_backward(struct rn_cpu *cpu, int u, int n)
{
    struct rn_unit *unit = &cpu->units[u];
    bool finished =
        unit->shares_dz || (unit->n_users > 0 && cpu->units[unit->first_user].kind == RN_UNIT_CONV);

    if (!finished)
        rn_finish_pass(cpu, unit, n);
    if (unit->kind == RN_UNIT_CONV)
        rn_cpu_conv_backward(cpu, u, n);
    else if (unit->kind == RN_UNIT_SUM)
        rn_cpu_sum_backward(cpu, u, n);
    else
        rn_cpu_node_backward(cpu, u, n);
}

static void backward(void *arg, const float *images, int n, const float *dlogits)
{
    struct rn_cpu *cpu = arg;
    struct rn_unit *last = &cpu->units[cpu->n_units - 1];
    int classes = last->node.out.c;

    cpu->units[0].z = (float *)(uintptr_t)images;
    memset(last->dz, 0, (size_t)(n * last->stride) * sizeof *last->dz);
    for (int i = 0; i < n; i++)
        memcpy(last->dz + (ptrdiff_t)i * last->stride, dlogits + (ptrdiff_t)i * classes,
               (size_t)classes * sizeof *dlogits);
    for (int u = cpu->n_units - 1; u > 0; u--) {
        double start = now(cpu);
        run_backward(cpu, u, n);
        cpu->layers[u].backward_s += now(cpu) - start;
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

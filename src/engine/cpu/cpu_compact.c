/*
 * Nodes whose operator must know the true channels, not rows padded to a stride, or all images at
 * once: channels moved about (concat, slice, shuffle), normalization that follows no convolution,
 * and convolutions that are not square or whose taps stand apart. The reference does them, on
 * compact copies.
 */
#include <string.h>

#include "../ref/ref.h"
#include "conv_job.h"
#include "regnet/memory.h"

bool rn_cpu_is_compact(const struct rn_node *node)
{
    return node->op == RN_OP_CONV &&
           (node->u.conv.taps != RN_TAPS_SQUARE || rn_conv_dilation(node) > 1);
}

static struct rn_shape input_shape(const struct rn_cpu *cpu, const struct rn_unit *unit, int k)
{
    return cpu->request.graph->nodes[unit->node.in[k]].out;
}

enum rn_status rn_cpu_compact_new(struct rn_cpu *cpu, size_t images, struct rn_err *err)
{
    size_t most = 0;

    for (int u = 0; u < cpu->n_units; u++) {
        const struct rn_unit *unit = &cpu->units[u];
        size_t floats = rn_ref_count(unit->node.out, 2);
        if (unit->kind != RN_UNIT_NODE || !rn_cpu_is_compact(&unit->node))
            continue;
        for (int k = 0; k < unit->n_in; k++)
            floats += rn_ref_count(input_shape(cpu, unit, k), 2);
        most = floats > most ? floats : most;
    }
    cpu->compact = rn_alloc_aligned(most * images, sizeof(float));
    return cpu->compact ? RN_OK : rn_nomem(err, most * images * sizeof(float), "compact copies");
}

static void gather(float *to, int c, const float *from, int stride, ptrdiff_t rows)
{
    for (ptrdiff_t i = 0; i < rows; i++)
        memcpy(to + i * c, from + i * stride, (size_t)c * sizeof *to);
}

static void scatter(float *to, int stride, const float *from, int c, ptrdiff_t rows)
{
    for (ptrdiff_t i = 0; i < rows; i++) {
        memcpy(to + i * stride, from + i * c, (size_t)c * sizeof *to);
        memset(to + i * stride + c, 0, (size_t)(stride - c) * sizeof *to);
    }
}

static void scatter_sum(float *to, int stride, const float *from, int c, ptrdiff_t rows)
{
    for (ptrdiff_t i = 0; i < rows; i++)
        for (int j = 0; j < c; j++)
            to[i * stride + j] += from[i * c + j];
}

static ptrdiff_t rows_of(struct rn_shape s, int n)
{
    return (ptrdiff_t)n * s.h * s.w;
}

static struct rn_op_args args_of(const struct rn_cpu *cpu, const struct rn_unit *unit, int n)
{
    float *at = cpu->compact;
    struct rn_op_args args = {.node = &unit->node,
                              .n = n,
                              .y = at,
                              .dy = at,
                              .saved = unit->mean,
                              .eps = cpu->request.options.bn_eps};

    at += rn_ref_count(unit->node.out, n);
    for (int k = 0; k < unit->n_in; k++) {
        const struct rn_unit *input = &cpu->units[unit->in[k]];
        args.in[k] = input_shape(cpu, unit, k);
        gather(at, args.in[k].c, input->z.data, input->stride, rows_of(args.in[k], n));
        args.x[k] = at;
        at += rn_ref_count(args.in[k], n);
        args.dx[k] = input->needs_dz ? at : NULL;
        at += rn_ref_count(args.in[k], n);
    }
    for (int k = 0; k < unit->node.n_params; k++)
        args.param[k] = rn_param_of(cpu, &unit->node, k);
    return args;
}

void rn_cpu_compact_forward(struct rn_cpu *cpu, struct rn_unit *unit, bool train, double momentum,
                            int n)
{
    struct rn_op_args args = args_of(cpu, unit, n);

    args.train = train;
    args.momentum = momentum;
    rn_ref_ops.forward[unit->node.op](&args);
    scatter(unit->z.data, unit->stride, args.y, unit->node.out.c, rows_of(unit->node.out, n));
}

void rn_cpu_compact_backward(struct rn_cpu *cpu, int u, int n)
{
    struct rn_unit *unit = &cpu->units[u];
    struct rn_op_args args = args_of(cpu, unit, n);

    args.train = true;
    gather(args.y, unit->node.out.c, unit->dz.data, unit->stride, rows_of(unit->node.out, n));
    for (int k = 0; k < unit->node.n_params && k < 2; k++)
        args.dparam[k] = rn_grad_of(cpu, &unit->node, k);
    rn_ref_ops.backward[unit->node.op](&args);
    for (int k = 0; k < unit->n_in; k++) {
        struct rn_unit *input = &cpu->units[unit->in[k]];
        ptrdiff_t rows = rows_of(args.in[k], n);
        if (!args.dx[k])
            continue;
        if (rn_unit_writes_first(cpu, u, k))
            scatter(input->dz.data, input->stride, args.dx[k], args.in[k].c, rows);
        else
            scatter_sum(input->dz.data, input->stride, args.dx[k], args.in[k].c, rows);
    }
}

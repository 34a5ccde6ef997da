/* Any other node, by an operator table: rows padded to a stride look like more channels to it. */
#include "cpu.h"

static struct rn_op_args args_of(const struct rn_cpu *cpu, const struct rn_unit *unit,
                                 enum rn_pass pass, int n)
{
    struct rn_op_args args = {.node = &unit->node,
                              .n = n,
                              .y = unit->z.data,
                              .saved = unit->saved,
                              .train = pass == RN_PASS_TRAIN,
                              .eps = cpu->request.options.bn_eps};

    for (int k = 0; k < unit->n_in; k++) {
        const struct rn_unit *input = &cpu->units[unit->in[k]];
        args.in[k] = input->node.out;
        args.in[k].c = input->stride;
        args.x[k] = input->z.data;
    }
    return args;
}

void rn_cpu_node_forward(struct rn_cpu *cpu, struct rn_unit *unit, enum rn_pass pass,
                         double momentum, int n)
{
    struct rn_op_args args = args_of(cpu, unit, pass, n);

    args.momentum = momentum;
    rn_cpu_ops.forward[unit->node.op](&args);
}

void rn_cpu_node_backward(struct rn_cpu *cpu, int u, int n)
{
    struct rn_unit *unit = &cpu->units[u];
    struct rn_op_args args = args_of(cpu, unit, RN_PASS_TRAIN, n);

    args.dy = unit->dz.data;
    for (int k = 0; k < unit->n_in; k++) {
        if (!cpu->units[unit->in[k]].needs_dz)
            continue;
        args.dx[k] = cpu->units[unit->in[k]].dz.data;
        args.add_dx[k] = !rn_unit_writes_first(cpu, u, k);
    }
    rn_cpu_ops.backward[unit->node.op](&args);
}

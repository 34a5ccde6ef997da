/* Any other node, by an operator table, some images at a time: all of these operators know images
   alone. Rows padded to a stride look like more channels to them. */
#include "cpu.h"

struct node_job {
    struct rn_op_args args; /* of all images */
    rn_op_fn *run;
};

static struct rn_op_args args_of(const struct rn_cpu *cpu, const struct rn_unit *unit, int n)
{
    struct rn_op_args args = {.node = &unit->node,
                              .n = n,
                              .first = cpu->request.options.parts.index * n,
                              .y = unit->z.data,
                              .kernels = cpu->kernels,
                              .seed = cpu->request.options.seed,
                              .step = *cpu->request.step};

    for (int k = 0; k < unit->n_in; k++) {
        const struct rn_unit *input = &cpu->units[unit->in[k]];
        args.in[k] = input->node.out;
        args.in[k].c = input->stride;
        args.x[k] = input->z.data;
    }
    return args;
}

static ptrdiff_t values_of(struct rn_shape s)
{
    return (ptrdiff_t)s.h * s.w * s.c;
}

static void node_chunk(void *arg, int chunk, int thread)
{
    const struct node_job *job = arg;
    struct rn_op_args args = job->args;
    int first = (int)((long long)job->args.n * chunk / RN_CHUNKS);
    ptrdiff_t out = first * values_of(args.node->out);

    (void)thread;
    args.n = (int)((long long)job->args.n * (chunk + 1) / RN_CHUNKS) - first;
    args.first += first;
    args.y += out;
    if (args.dy)
        args.dy += out;
    for (int k = 0; k < args.node->n_in; k++) {
        ptrdiff_t in = first * values_of(args.in[k]);
        args.x[k] += in;
        if (args.dx[k])
            args.dx[k] += in;
    }
    if (args.n > 0)
        job->run(&args);
}

void rn_cpu_node_forward(struct rn_cpu *cpu, struct rn_unit *unit, enum rn_pass pass, int n)
{
    struct node_job job = {.args = args_of(cpu, unit, n), .run = rn_cpu_ops.forward[unit->node.op]};

    job.args.train = pass == RN_PASS_TRAIN;
    rn_pool_run(cpu->pool, RN_CHUNKS, node_chunk, &job);
}

void rn_cpu_node_backward(struct rn_cpu *cpu, int u, int n)
{
    struct rn_unit *unit = &cpu->units[u];

    struct node_job job = {.args = args_of(cpu, unit, n),
                           .run = rn_cpu_ops.backward[unit->node.op]};

    job.args.train = true;
    job.args.dy = unit->dz.data;
    for (int k = 0; k < unit->n_in; k++) {
        if (!cpu->units[unit->in[k]].needs_dz)
            continue;
        job.args.dx[k] = cpu->units[unit->in[k]].dz.data;
        job.args.add_dx[k] = !rn_unit_writes_first(cpu, u, k);
    }
    rn_pool_run(cpu->pool, RN_CHUNKS, node_chunk, &job);
}

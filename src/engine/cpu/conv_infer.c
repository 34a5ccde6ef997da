/* Inference: normalization is folded into the weights, and what follows a convolution (bias, sum,
   ReLU) is done to each block while it is cached. */
#include <math.h>

#include "conv_job.h"

static void infer_chunk(void *arg, int chunk, int thread)
{
    const struct rn_conv_job *job = arg;
    const struct rn_kernels *k = job->cpu->kernels;
    const struct rn_unit *unit = job->unit, *sum = job->sum;
    struct rn_scratch *scratch = &job->cpu->scratch[thread];
    float *frame = scratch->memory + 3 * job->cpu->max_stride;
    int begin, end;

    rn_conv_clear_frames(job, scratch, frame, NULL);
    rn_conv_chunk_range(job, chunk, &begin, &end);
    for (int i = begin; i < end; i++) {
        struct rn_conv_block block = rn_conv_block_at(job->plan, job->images, i);
        ptrdiff_t first = block.first * unit->stride;
        struct rn_view other = {.y = sum ? rn_unit_result(job->other) + first : NULL};
        float *z = rn_unit_result(sum ? sum : unit) + first;
        struct rn_view y = {z, unit->scale, unit->shift, unit->relu};
        struct rn_ahead ahead = {0};

        if (i + 1 < end)
            rn_conv_fetch_x(job, i + 1, block.rows, &ahead);
        rn_conv_forward_block(job, &block, frame, &ahead, z);
        if (sum)
            k->sum(block.rows, unit->stride, y, other, sum->relu, z);
        else
            k->load_view(1, block.rows, unit->stride, y, z, 0);
    }
}

/* Packs the weights times what normalization by the running statistics multiplies with. */
static void fold(struct rn_cpu *cpu, struct rn_unit *unit)
{
    float *scale = unit->rstd;

    for (int i = 0; i < unit->node.out.c; i++) {
        float shift = unit->node.n_params > 1 ? rn_param_of(cpu, &unit->node, 1)[i] : 0;
        scale[i] = 1;
        if (unit->bn) {
            double rstd = 1 / sqrt(rn_param_of(cpu, unit->bn, 3)[i] + cpu->request.options.bn_eps);
            scale[i] = (float)(rn_param_of(cpu, unit->bn, 0)[i] * rstd);
            shift = rn_param_of(cpu, unit->bn, 1)[i] - rn_param_of(cpu, unit->bn, 2)[i] * scale[i];
        }
        rn_set_repeated(unit->scale, unit->stride, i, 1);
        rn_set_repeated(unit->shift, unit->stride, i, shift);
    }
    rn_conv_pack_forward(unit->conv, rn_param_of(cpu, &unit->node, 0), scale);
}

void rn_cpu_fold(struct rn_cpu *cpu)
{
    for (int u = 0; u < cpu->n_units; u++)
        if (cpu->units[u].kind == RN_UNIT_CONV)
            fold(cpu, &cpu->units[u]);
}

void rn_cpu_conv_infer(struct rn_cpu *cpu, struct rn_unit *unit, int n)
{
    struct rn_conv_job job = rn_conv_job_of(cpu, unit, n);
    const struct rn_unit *user = &cpu->units[unit->first_user];

    job.x = (struct rn_view){.y = rn_unit_result(job.input)};
    job.direct = job.plan->pad == 0;
    if (unit->n_users > 0 && user->kind == RN_UNIT_SUM &&
        user->closer == (int)(unit - cpu->units)) {
        job.sum = user;
        job.other = &cpu->units[user->in[cpu->units + user->in[0] == unit]];
    }
    rn_pool_run(cpu->pool, job.chunks, infer_chunk, &job);
}

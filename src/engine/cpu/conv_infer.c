/* Inference: normalization is folded into the weights, and what follows a convolution (bias, sum,
   ReLU) is done to each block while it is cached. */
#include "conv_job.h"
#include "cpu_bn.h"

/* What follows the convolution, on a block of floats that is cached, and into the result. */
static void complete(const struct rn_conv_job *job, const struct rn_conv_block *block,
                     const struct rn_scratch *scratch, float *y, struct rn_tensor result)
{
    const struct rn_unit *unit = job->unit, *sum = job->sum;
    struct rn_source x = {rn_tensor_of(y), unit->scale, unit->shift, unit->clip};

    if (sum) {
        struct rn_source other = {
            .y = rn_tensor_at(rn_unit_result(job->other), block->first * unit->stride)};
        rn_sum(&scratch->mover, block->rows, unit->stride, x, other, sum->clip, result);
    } else {
        rn_load(&scratch->mover, 1, block->rows, unit->stride, x, result, 0);
    }
}

static void infer_chunk(void *arg, int chunk, int thread)
{
    const struct rn_conv_job *job = arg;
    const struct rn_unit *unit = job->unit;
    struct rn_scratch *scratch = &job->cpu->scratch[thread];
    int begin, end;

    rn_conv_clear_frames(job, scratch, false);
    rn_conv_chunk_range(job, chunk, &begin, &end);
    for (int i = begin; i < end; i++) {
        struct rn_conv_block block = rn_conv_block_at(job->plan, job->images, i);
        struct rn_tensor result =
            rn_tensor_at(rn_unit_result(job->sum ? job->sum : unit), block.first * unit->stride);
        float *y = result.half ? scratch->block : result.data;
        struct rn_ahead ahead = {0};

        if (i + 1 < end)
            rn_conv_fetch_x(job, i + 1, block.rows, &ahead);
        rn_conv_forward_block(job, &block, scratch, &ahead, y);
        complete(job, &block, scratch, y, result);
    }
}

/* Packs the weights times what normalization by the running statistics multiplies with. */
static void fold(struct rn_cpu *cpu, struct rn_unit *unit)
{
    float *scale = unit->rstd;

    for (int i = 0; i < unit->node.out.c; i++) {
        float shift = unit->node.n_params > 1 ? rn_param_of(cpu, &unit->node, 1)[i] : 0;
        scale[i] = 1;
        if (unit->bn)
            shift = rn_bn_running(cpu, unit->bn, i, &scale[i]);
        rn_set_repeated(unit->scale, unit->stride, i, 1);
        rn_set_repeated(unit->shift, unit->stride, i, shift);
    }
    rn_conv_pack_forward(unit->conv, &cpu->scratch->mover, rn_param_of(cpu, &unit->node, 0), scale);
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

    job.chunks = job.blocks < RN_CHUNKS ? job.blocks : RN_CHUNKS; /* there are no sums */
    job.x = (struct rn_source){
        .y = rn_unit_result(job.gate ? &cpu->units[job.gate->in[0]] : job.input)};
    rn_conv_set_direct(&job);
    if (unit->n_users > 0 && user->kind == RN_UNIT_SUM &&
        user->closer == (int)(unit - cpu->units)) {
        job.sum = user;
        job.other = &cpu->units[user->in[cpu->units + user->in[0] == unit]];
    }
    rn_pool_run(cpu->pool, job.chunks, infer_chunk, &job);
}

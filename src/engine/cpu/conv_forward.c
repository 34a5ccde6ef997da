/* A convolution with the normalization that follows, forward, block by block. */
#include <string.h>

#include "conv_half.h"
#include "conv_job.h"
#include "cpu_bn.h"

void rn_conv_fetch_x(const struct rn_conv_job *job, int next, int rows, struct rn_ahead *ahead)
{
    struct rn_conv_block block = rn_conv_block_at(job->plan, job->images, next);
    int stride = job->plan->in_stride;

    rows *= rn_conv_passes(job->plan, false);
    if (!job->adds_up)
        rn_conv_fetch(ahead, job->x.y, block.first_in, block.rows_in, stride, rows);
    for (int k = 0; job->adds_up && k < 2; k++)
        rn_conv_fetch(ahead, rn_unit_source(&job->cpu->units[job->input->in[k]]).y, block.first_in,
                      block.rows_in, stride, rows);
}

void rn_conv_forward_block(const struct rn_conv_job *job, const struct rn_conv_block *block,
                           const struct rn_scratch *scratch, struct rn_ahead *ahead, float *y)
{
    const struct rn_conv_plan *plan = job->plan;
    const struct rn_kernels *k = job->cpu->kernels;
    const float *x;

    if (job->adds_up)
        rn_cpu_sum_rows(job->cpu, scratch, job->input, block->first_in, block->rows_in);
    x = rn_conv_block_of_x(job, block, scratch).data;
    if (plan->half) {
        job->cpu->half->mul(&plan->half->forward, block->rows, (const uint16_t *)x, y, ahead);
        return;
    }
    if (plan->lanes)
        k->mul_lanes(block->rows, plan->out_stride, plan->lanes, plan->taps, x, plan->aoff,
                     plan->toff, plan->forward, y, plan->coff, false, ahead);
    for (int g = 0; g < plan->n_merged && !plan->lanes; g++) {
        const struct rn_conv_group *group = &plan->merged[g];
        k->mul(block->rows, group->out_pad, plan->taps / plan->run, group->n_in * plan->run,
               x + group->in, plan->aoff, plan->toff, plan->forward + group->forward,
               y + group->out, plan->coff, false, ahead);
    }
}

static void forward_chunk(void *arg, int chunk, int thread)
{
    const struct rn_conv_job *job = arg;
    int stride = job->plan->out_stride, begin, end;
    struct rn_scratch *scratch = &job->cpu->scratch[thread];
    double *sums = job->cpu->partial + (ptrdiff_t)chunk * 3 * job->cpu->max_stride;

    memset(sums, 0, 2 * (size_t)stride * sizeof *sums);
    rn_conv_clear_frames(job, scratch, false);
    rn_conv_chunk_range(job, chunk, &begin, &end);
    for (int i = begin; i < end; i++) {
        struct rn_conv_block block = rn_conv_block_at(job->plan, job->images, i);
        struct rn_ahead ahead = {0};
        struct rn_tensor y = rn_tensor_at(job->unit->y, block.first * stride);
        float *to = y.half ? scratch->block : y.data;
        if (i + 1 < end)
            rn_conv_fetch_x(job, i + 1, block.rows, &ahead);
        rn_conv_forward_block(job, &block, scratch, &ahead, to);
        memset(scratch->sums, 0, 2 * (size_t)stride * sizeof *scratch->sums);
        rn_store(&scratch->mover, block.rows, stride, to, y, job->stats ? scratch->sums : NULL);
        for (int j = 0; j < 2 * stride; j++)
            sums[j] += (double)scratch->sums[j];
    }
}

void rn_cpu_conv_forward(struct rn_cpu *cpu, struct rn_unit *unit, double momentum, int n)
{
    struct rn_conv_job job = rn_conv_job_of(cpu, unit, n);

    job.stats = unit->bn != NULL;
    job.adds_up = job.input->kind == RN_UNIT_SUM &&
                  job.input->first_user == (int)(unit - cpu->units) &&
                  rn_cpu_sum_in_conv(cpu, job.input);
    rn_conv_pack_forward(job.plan, &cpu->scratch->mover, rn_param_of(cpu, &unit->node, 0), NULL);
    rn_pool_run(cpu->pool, job.chunks, forward_chunk, &job);
    if (job.stats)
        rn_bn_statistics(cpu, unit, job.chunks, momentum, n);
    rn_bn_affine(cpu, unit);
    if (unit->stored)
        rn_cpu_store(cpu, unit, n);
}

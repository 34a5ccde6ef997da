/* A convolution with the normalization that follows, forward, block by block. */
#include <math.h>
#include <string.h>

#include "conv_job.h"

static void forward_chunk(void *arg, int chunk, int thread)
{
    const struct rn_conv_job *job = arg;
    const struct rn_conv_plan *plan = job->plan;
    const struct rn_kernels *k = job->cpu->kernels;
    int pixels = plan->h_out * plan->w_out, stride = plan->out_stride, begin, end;
    struct rn_scratch *scratch = &job->cpu->scratch[thread];
    float *block_sums = scratch->memory, *frame = block_sums + 3 * job->cpu->max_stride;
    double *sums = job->cpu->partial + (ptrdiff_t)chunk * 3 * job->cpu->max_stride;

    memset(sums, 0, 2 * (size_t)stride * sizeof *sums);
    rn_conv_clear_frames(job, scratch, frame, NULL);
    rn_conv_chunk_range(job, chunk, &begin, &end);
    for (int i = begin; i < end; i += plan->block) {
        int images = end - i < plan->block ? end - i : plan->block;
        struct rn_ahead ahead = {0};
        const float *x;
        float *y = job->unit->y + (ptrdiff_t)i * pixels * stride;
        if (i + images < end)
            rn_conv_fetch(&ahead, job->x.y, i + images, plan->h_in * plan->w_in, plan->in_stride,
                          pixels);
        if (job->adds_up)
            rn_cpu_sum_rows(job->cpu, job->input, (ptrdiff_t)i * plan->h_in * plan->w_in,
                            images * plan->h_in * plan->w_in);
        x = rn_conv_block_of_x(job, i, images, frame);
        if (plan->lanes)
            k->mul_lanes(images * pixels, stride, plan->lanes, plan->taps, x, plan->aoff,
                         plan->toff, plan->forward, y, plan->coff, false, &ahead);
        for (int g = 0; g < plan->n_merged && !plan->lanes; g++) {
            const struct rn_conv_group *group = &plan->merged[g];
            k->mul(images * pixels, group->out_pad, plan->taps, group->n_in, x + group->in,
                   plan->aoff, plan->toff, plan->forward + group->forward, y + group->out,
                   plan->coff, false, &ahead);
        }
        if (!job->stats)
            continue;
        memset(block_sums, 0, 2 * (size_t)stride * sizeof *block_sums);
        k->stats(images * pixels, stride, y, block_sums);
        for (int j = 0; j < 2 * stride; j++)
            sums[j] += (double)block_sums[j];
    }
}

/* Mean, deviation and running statistics of the batch from the chunks' sums. */
static void reduce_stats(struct rn_cpu *cpu, struct rn_unit *unit, int chunks, double momentum,
                         int n)
{
    int c = unit->stride;
    double count = (double)n * rn_unit_pixels(unit);
    float *running_mean = rn_param_of(cpu, unit->bn, 2),
          *running_var = rn_param_of(cpu, unit->bn, 3);

    for (int i = 0; i < unit->node.out.c; i++) {
        double sum = 0, squares = 0, mean, var;
        for (int chunk = 0; chunk < chunks; chunk++) {
            const double *partial = cpu->partial + (ptrdiff_t)chunk * 3 * cpu->max_stride;
            sum += partial[i];
            squares += partial[c + i];
        }
        mean = sum / count;
        var = squares / count - mean * mean;
        var = var < 0 ? 0 : var;
        unit->mean[i] = (float)mean;
        unit->rstd[i] = (float)(1 / sqrt(var + cpu->request.options.bn_eps));
        running_mean[i] = (float)((1 - momentum) * running_mean[i] + momentum * mean);
        var *= count > 1 ? count / (count - 1) : 1;
        running_var[i] = (float)((1 - momentum) * running_var[i] + momentum * var);
    }
}

/* What turns y into the unit's result: normalization, or the bias. */
static void set_affine(struct rn_cpu *cpu, struct rn_unit *unit, enum rn_pass pass)
{
    for (int i = 0; i < unit->node.out.c; i++) {
        float scale = 1, shift = unit->node.n_params > 1 ? rn_param_of(cpu, &unit->node, 1)[i] : 0;
        if (unit->bn) {
            float mean = unit->mean[i], rstd = unit->rstd[i];
            if (pass == RN_PASS_INFER) {
                mean = rn_param_of(cpu, unit->bn, 2)[i];
                rstd = (float)(1 / sqrt(rn_param_of(cpu, unit->bn, 3)[i] +
                                        cpu->request.options.bn_eps));
            }
            scale = rn_param_of(cpu, unit->bn, 0)[i] * rstd;
            shift = rn_param_of(cpu, unit->bn, 1)[i] - mean * scale;
        }
        rn_set_repeated(unit->scale, unit->stride, i, scale);
        rn_set_repeated(unit->shift, unit->stride, i, shift);
    }
}

void rn_cpu_conv_forward(struct rn_cpu *cpu, struct rn_unit *unit, enum rn_pass pass,
                         double momentum, int n)
{
    struct rn_conv_job job = rn_conv_job_of(cpu, unit, n);

    job.stats = unit->bn && pass == RN_PASS_TRAIN;
    job.adds_up =
        job.input->kind == RN_UNIT_SUM && job.input->first_user == (int)(unit - cpu->units);
    rn_conv_pack_forward(job.plan, rn_param_of(cpu, &unit->node, 0));
    rn_pool_run(cpu->pool, job.chunks, forward_chunk, &job);
    if (job.stats)
        reduce_stats(cpu, unit, job.chunks, momentum, n);
    set_affine(cpu, unit, pass);
    if (unit->stored)
        cpu->kernels->load_view(1, n * rn_unit_pixels(unit), unit->stride,
                                (struct rn_view){unit->y, unit->scale, unit->shift, unit->relu},
                                unit->z, 0);
}

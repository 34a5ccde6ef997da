/* A convolution with the normalization that follows, backward: one pass gives both gradients. */
#include <string.h>

#include "conv_job.h"

/* Gradients of normalization (or the bias), and what turns dz into dy. */
static void reduce_gradients(struct rn_cpu *cpu, struct rn_unit *unit, int n)
{
    int c = unit->stride, repeated = c * rn_repeat(c);
    double count = (double)n * rn_unit_pixels(unit);

    for (int i = 0; i < unit->node.out.c; i++) {
        double sum = unit->sums[i], product = unit->sums[c + i], alpha = 1, beta = 0, gamma = 0;
        if (unit->bn) {
            double mean = unit->mean[i], rstd = unit->rstd[i];
            double dgamma = rstd * (product - mean * sum);
            alpha = (double)rn_param_of(cpu, unit->bn, 0)[i] * rstd;
            beta = -alpha * rstd * dgamma / count;
            gamma = alpha * (rstd * mean * dgamma - sum) / count;
            rn_grad_of(cpu, unit->bn, 0)[i] = (float)dgamma;
            rn_grad_of(cpu, unit->bn, 1)[i] = (float)sum;
        } else if (unit->node.n_params > 1) {
            rn_grad_of(cpu, &unit->node, 1)[i] = (float)sum;
        }
        rn_set_repeated(unit->coef, c, i, (float)alpha);
        rn_set_repeated(unit->coef + repeated, c, i, (float)beta);
        rn_set_repeated(unit->coef + 2 * repeated, c, i, (float)gamma);
    }
}

/* Brings dy of `images` images into its frame. */
static void load_gradient(const struct rn_conv_job *job, int first, int images, float *frame)
{
    const struct rn_conv_plan *plan = job->plan;
    const struct rn_unit *unit = job->unit;
    ptrdiff_t c = plan->out_stride, image = plan->h_out * plan->w_out * c;
    ptrdiff_t step = plan->w_dframe * c;
    const float *dz = unit->dz + first * image, *y = unit->y + first * image;

    if (plan->h_dframe == plan->h_out && plan->w_dframe == plan->w_out) {
        job->cpu->kernels->load_grad(1, images * plan->h_out * plan->w_out, (int)c, dz, y,
                                     unit->coef, frame, 0);
        return;
    }
    frame += plan->margin * (step + c);
    for (int i = 0; i < images; i++, dz += image, y += image, frame += plan->h_dframe * step)
        job->cpu->kernels->load_grad(plan->h_out, plan->w_out, (int)c, dz, y, unit->coef, frame,
                                     step);
}

/* dW of one block, a strip of pixels at a time so that x and dy stay in the first-level cache. */
static void weight_gradient(const struct rn_conv_job *job, int rows, const float *x,
                            const float *dy, float *grad)
{
    const struct rn_conv_plan *plan = job->plan;
    enum { STRIP = 112 };

    for (int row = 0; row < rows; row += STRIP) {
        int strip = rows - row < STRIP ? rows - row : STRIP;
        if (plan->lanes)
            job->cpu->kernels->outer_lanes(strip, plan->out_stride, plan->lanes, plan->taps, x,
                                           plan->aoff + row, plan->toff, dy, plan->doff + row,
                                           grad);
        for (int g = 0; g < plan->n_merged && !plan->lanes; g++) {
            const struct rn_conv_group *group = &plan->merged[g];
            for (int t = 0; t < plan->taps; t++)
                job->cpu->kernels->outer(
                    strip, group->out_pad, group->n_in, x + group->in + plan->toff[t],
                    plan->aoff + row, dy + group->out, plan->doff + row,
                    grad + group->grad + (ptrdiff_t)t * group->n_in * group->out_pad,
                    group->out_pad);
        }
    }
}

static void data_gradient(const struct rn_conv_job *job, int first, int images, const float *dy,
                          struct rn_ahead *ahead)
{
    const struct rn_conv_plan *plan = job->plan;
    ptrdiff_t image = (ptrdiff_t)plan->h_in * plan->w_in * plan->in_stride;
    const struct rn_kernels *k = job->cpu->kernels;
    float *dx = job->input->dz + first * image;

    if (!job->add && plan->k < plan->s)
        memset(dx, 0, (size_t)(images * image) * sizeof *dx);
    for (int g = 0; g < plan->n_merged; g++) {
        const struct rn_conv_group *group = &plan->merged[g];
        const float *weights = plan->backward + group->backward;
        for (int c = 0; c < plan->n_classes; c++) {
            const struct rn_conv_class *class = &plan->classes[c];
            int rows = images * class->pixels;
            if (plan->lanes)
                k->mul_lanes(rows, plan->in_stride, plan->lanes, class->taps, dy, class->aoff,
                             class->toff, weights, dx, class->coff, job->add, ahead);
            else if (class->taps > 0)
                k->mul(rows, group->in_pad, class->taps, group->n_out, dy + group->out, class->aoff,
                       class->toff, weights, dx + group->in, class->coff, job->add, ahead);
            weights += (ptrdiff_t) class->taps * group->in_pad *
                       (plan->lanes ? plan->lanes : group->n_out);
        }
    }
}

/* The first class of pixels is computed while x, y and dz of the next block arrive. */
static void fetch_next(const struct rn_conv_job *job, int next, struct rn_ahead *ahead)
{
    const struct rn_conv_plan *plan = job->plan;
    int rows = plan->classes[0].pixels, out = plan->h_out * plan->w_out;

    rn_conv_fetch(ahead, job->x.y, next, plan->h_in * plan->w_in, plan->in_stride, rows);
    rn_conv_fetch(ahead, job->unit->y, next, out, plan->out_stride, rows);
    rn_conv_fetch(ahead, job->unit->dz, next, out, plan->out_stride, rows);
}

static void backward_chunk(void *arg, int chunk, int thread)
{
    const struct rn_conv_job *job = arg;
    const struct rn_conv_plan *plan = job->plan;
    int begin, end, rows_in = plan->h_in * plan->w_in;
    struct rn_scratch *scratch = &job->cpu->scratch[thread];
    float *block_sums = scratch->memory, *frame = block_sums + 3 * job->cpu->max_stride;
    float *dframe = frame + rn_conv_frame_floats(plan);
    float *grad = plan->grad + (size_t)chunk * plan->grad_size;
    double *sums = job->cpu->partial + (ptrdiff_t)chunk * 3 * job->cpu->max_stride;

    memset(grad, 0, plan->grad_size * sizeof *grad);
    memset(sums, 0, 3 * (size_t)job->cpu->max_stride * sizeof *sums);
    rn_conv_clear_frames(job, scratch, frame, dframe);
    rn_conv_chunk_range(job, chunk, &begin, &end);
    for (int i = begin; i < end; i += plan->block) {
        int images = end - i < plan->block ? end - i : plan->block;
        struct rn_ahead ahead = {0};
        const float *x = rn_conv_block_of_x(job, i, images, frame);
        load_gradient(job, i, images, dframe);
        weight_gradient(job, images * plan->h_out * plan->w_out, x, dframe, grad);
        if (!job->input->needs_dz)
            continue;
        if (i + images < end)
            fetch_next(job, i + images, &ahead);
        data_gradient(job, i, images, dframe, &ahead);
        if (job->finishes)
            rn_finish_rows(job->cpu, job->input, &job->finish, (ptrdiff_t)i * rows_in,
                           images * rows_in, block_sums, sums);
    }
}

void rn_cpu_conv_backward(struct rn_cpu *cpu, int u, int n)
{
    struct rn_unit *unit = &cpu->units[u];
    struct rn_conv_job job = rn_conv_job_of(cpu, unit, n);

    reduce_gradients(cpu, unit, n);
    job.add = !rn_unit_writes_first(cpu, u, 0);
    job.finish = rn_finish_of(cpu, job.input);
    job.finishes = job.input->first_user == u && job.finish.needed;
    if (job.input->needs_dz)
        rn_conv_pack_backward(job.plan, rn_param_of(cpu, &unit->node, 0));
    rn_pool_run(cpu->pool, job.chunks, backward_chunk, &job);
    if (job.finishes)
        rn_finish_reduce(cpu, job.input, &job.finish, job.chunks);
    rn_conv_unpack_grad(job.plan, job.chunks, rn_grad_of(cpu, &unit->node, 0));
}

/* A convolution with the normalization that follows, backward: one pass gives both gradients. */
#include <string.h>

#include "conv_half.h"
#include "conv_job.h"
#include "cpu_bn.h"
#include "cpu_se.h"

/* Brings the lines of dy that a block needs into their frame. */
static void load_gradient(const struct rn_conv_job *job, const struct rn_conv_block *block,
                          const struct rn_scratch *scratch, struct rn_tensor frame)
{
    const struct rn_conv_plan *plan = job->plan;
    const struct rn_unit *unit = job->unit;
    ptrdiff_t c = plan->out_stride, line = plan->w_out * c, step = plan->w_dframe * c, at;
    struct rn_conv_lines in = rn_conv_frame_lines(plan, block->line - plan->down.margin,
                                                  plan->h_dframe, plan->h_out, frame, step);

    if (plan->h_dframe == plan->h_out && plan->w_dframe == plan->w_out && !unit->excite) {
        at = block->first * c;
        rn_load_gradient(&scratch->mover, 1, block->rows, (int)c, rn_tensor_at(unit->dz, at),
                         rn_tensor_at(unit->y, at), unit->coef, false, frame, 0);
        rn_conv_end_frame(frame, block->rows * c);
        return;
    }
    at = ((ptrdiff_t)block->image * plan->h_out + in.from) * line;
    frame = rn_tensor_at(frame, in.skip * step + plan->across.margin * c);
    for (int i = 0; i < block->images;
         i++, at += plan->h_out * line, frame = rn_tensor_at(frame, plan->h_dframe * step)) {
        if (unit->excite)
            rn_se_coef(job->cpu, unit, block->image + i, scratch->coef);
        rn_load_gradient(&scratch->mover, in.count, plan->w_out, (int)c, rn_tensor_at(unit->dz, at),
                         rn_tensor_at(unit->y, at), unit->excite ? scratch->coef : unit->coef,
                         unit->excite, frame, step);
    }
    if (plan->taps == 1)
        rn_conv_end_frame(frame, 0);
}

/* dW of one block, a strip of pixels at a time so that x and dy stay in the first-level cache. */
static void weight_gradient(const struct rn_conv_job *job, int rows, const float *x,
                            const float *dy, float *grad)
{
    const struct rn_conv_plan *plan = job->plan;

    for (int row = 0; row < rows; row += RN_STRIP) {
        int strip = rows - row < RN_STRIP ? rows - row : RN_STRIP;
        const int *aoff = plan->aoff + row, *doff = plan->doff + row;
        if (plan->lanes)
            job->cpu->kernels->outer_lanes(strip, plan->out_stride, plan->lanes, plan->taps, x,
                                           aoff, plan->toff, dy, doff, grad);
        for (int g = 0; g < plan->n_merged && !plan->lanes; g++) {
            const struct rn_conv_group *group = &plan->merged[g];
            job->cpu->kernels->outer(strip, group->out_pad, plan->taps / plan->run,
                                     group->n_in * plan->run, x + group->in, aoff, plan->toff,
                                     dy + group->out, doff, grad + group->grad);
        }
    }
}

/* Rows of dx of a class in a block. */
static int class_rows(const struct rn_conv_plan *plan, const struct rn_conv_block *block,
                      const struct rn_conv_class *class)
{
    int lines;

    if (plan->strips == 1)
        return block->images * class->pixels;
    lines = block->rows_in / plan->w_in - class->first;
    return lines > 0 ? (lines + plan->down.s - 1) / plan->down.s * class->w : 0;
}

/* dx of a block, written or added to. */
static void data_gradient(const struct rn_conv_job *job, const struct rn_conv_block *block,
                          const float *dy, bool add, struct rn_ahead *ahead, float *dx)
{
    const struct rn_conv_plan *plan = job->plan;
    const struct rn_kernels *k = job->cpu->kernels;

    if (!add && plan->gaps)
        memset(dx, 0, (size_t)(block->rows_in * plan->in_stride) * sizeof *dx);
    for (int c = 0; plan->half && c < plan->n_classes; c++)
        if (plan->classes[c].taps > 0)
            job->cpu->half->mul(&plan->half->backward[c],
                                class_rows(plan, block, &plan->classes[c]), (const uint16_t *)dy,
                                dx, ahead);
    for (int g = 0; g < plan->n_merged; g++) { /* none of half */
        const struct rn_conv_group *group = &plan->merged[g];
        const float *weights = plan->backward + group->backward;
        for (int c = 0; c < plan->n_classes; c++) {
            const struct rn_conv_class *class = &plan->classes[c];
            int rows = class_rows(plan, block, class);
            if (plan->lanes)
                k->mul_lanes(rows, plan->in_stride, plan->lanes, class->taps, dy, class->aoff,
                             class->toff, weights, dx, class->coff, add, ahead);
            else if (class->taps > 0)
                k->mul(rows, group->in_pad, class->taps, group->n_out, dy + group->out, class->aoff,
                       class->toff, weights, dx + group->in, class->coff, add, ahead);
            weights += (ptrdiff_t) class->taps * group->in_pad *
                       (plan->lanes ? plan->lanes : group->n_out);
        }
    }
}

/* dx is computed while x, y and dz of the next block arrive. */
static void fetch_next(const struct rn_conv_job *job, const struct rn_conv_block *block, int next,
                       struct rn_ahead *ahead)
{
    const struct rn_conv_plan *plan = job->plan;
    struct rn_conv_block to = rn_conv_block_at(plan, job->images, next);
    int rows = 0;

    for (int c = 0; c < (plan->half ? 1 : plan->n_classes); c++)
        rows += plan->classes[c].taps ? class_rows(plan, block, &plan->classes[c]) : 0;
    rows *= rn_conv_passes(plan, true);
    rn_conv_fetch(ahead, job->x.y, to.first_in, to.rows_in, plan->in_stride, rows);
    rn_conv_fetch(ahead, job->unit->y, to.first, to.rows, plan->out_stride, rows);
    rn_conv_fetch(ahead, job->unit->dz, to.first, to.rows, plan->out_stride, rows);
}

/* The gradient of the data, and what else is due while its block is cached. */
static void input_gradient(const struct rn_conv_job *job, const struct rn_conv_block *block,
                           const struct rn_scratch *scratch, const float *dy,
                           struct rn_ahead *ahead, double *sums)
{
    struct rn_tensor dz = rn_tensor_at(job->input->dz, block->first_in * job->plan->in_stride);
    bool apart = dz.half || job->plan->half; /* products in bfloat16 do not add up */
    float *to = apart ? scratch->block : dz.data;
    const float *from = apart ? to : NULL;

    data_gradient(job, block, dy, job->add && !apart, ahead, to);
    if (job->gate)
        rn_se_sums(job->cpu, job->gate, scratch, from, block);
    else if (job->finishes)
        rn_finish_rows(job->input, &job->finish, scratch, from, job->add, block->first_in,
                       block->rows_in, sums);
    else if (apart)
        rn_finish(&scratch->mover, block->rows_in, job->plan->in_stride, from, job->add, dz,
                  (struct rn_source){0}, 0, NULL, NULL);
}

static void backward_chunk(void *arg, int chunk, int thread)
{
    const struct rn_conv_job *job = arg;
    const struct rn_conv_plan *plan = job->plan;
    int begin, end;
    struct rn_scratch *scratch = &job->cpu->scratch[thread];
    struct rn_tensor dframe = rn_conv_dframe(plan, scratch);
    void *spare = scratch->frames + rn_conv_frame_floats(plan) + rn_conv_dframe_floats(plan);
    float *grad = plan->grad + (size_t)chunk * plan->grad_size;
    double *sums = job->cpu->partial + (ptrdiff_t)chunk * 3 * job->cpu->max_stride;

    memset(sums, 0, 3 * (size_t)job->cpu->max_stride * sizeof *sums);
    rn_conv_clear_frames(job, scratch, true);
    rn_conv_chunk_range(job, chunk, &begin, &end);
    if (!plan->half || begin == end) /* else the first block overwrites it */
        memset(grad, 0, plan->grad_size * sizeof *grad);
    for (int i = begin; i < end; i++) {
        struct rn_conv_block block = rn_conv_block_at(plan, job->images, i);
        struct rn_ahead ahead = {0};
        struct rn_tensor x = rn_conv_block_of_x(job, &block, scratch);
        load_gradient(job, &block, scratch, dframe);
        if (plan->half)
            rn_conv_half_gradient(plan, job->cpu->half, &block, x.data, dframe.data, spare,
                                  i > begin, grad);
        else
            weight_gradient(job, block.rows, x.data, dframe.data, grad);
        if (!job->input->needs_dz)
            continue;
        if (i + 1 < end)
            fetch_next(job, &block, i + 1, &ahead);
        input_gradient(job, &block, scratch, dframe.data, &ahead, sums);
    }
}

void rn_cpu_conv_backward(struct rn_cpu *cpu, int u, int n)
{
    struct rn_unit *unit = &cpu->units[u];
    struct rn_conv_job job = rn_conv_job_of(cpu, unit, n);

    rn_bn_gradients(cpu, unit, n);
    job.add = !rn_unit_writes_first(cpu, u, 0);
    job.finish = rn_finish_of(cpu, job.input);
    job.finishes = job.input->first_user == u && job.finish.needed;
    if (job.input->needs_dz)
        rn_conv_pack_backward(job.plan, &cpu->scratch->mover, rn_param_of(cpu, &unit->node, 0));
    rn_pool_run(cpu->pool, job.chunks, backward_chunk, &job);
    if (job.finishes)
        rn_finish_reduce(cpu, job.input, &job.finish, job.chunks);
    rn_conv_unpack_grad(job.plan, &cpu->scratch->mover, job.chunks,
                        rn_grad_of(cpu, &unit->node, 0));
}

/* What forward and backward of a convolution share: its blocks, and how x comes into reach. */
#include "conv_job.h"

#include <string.h>

#include "conv_half.h"
#include "cpu_se.h"

struct rn_conv_job rn_conv_job_of(struct rn_cpu *cpu, struct rn_unit *unit, int n)
{
    struct rn_conv_job job = {
        .cpu = cpu, .unit = unit, .input = &cpu->units[unit->in[0]], .plan = unit->conv};

    if (job.input->kind == RN_UNIT_EXCITE) {
        job.gate = job.input;
        job.x = rn_unit_source(&cpu->units[job.gate->in[0]]);
    } else {
        job.x = rn_unit_source(job.input);
    }
    job.images = n * job.plan->images;
    job.blocks = rn_conv_blocks(job.plan, job.images);
    job.chunks = rn_conv_chunks(job.plan, job.images);
    rn_conv_set_direct(&job);
    return job;
}

void rn_conv_set_direct(struct rn_conv_job *job)
{
    const struct rn_conv_plan *plan = job->plan;

    job->direct = !job->x.scale && job->x.y.half == (plan->half != NULL) && !job->gate &&
                  plan->taps == 1 && plan->down.pad == 0;
    if (job->direct) /* these values behind a tensor are its own (plan.c) */
        rn_conv_end_frame(job->x.y,
                          (ptrdiff_t)job->images * plan->h_in * plan->w_in * plan->in_stride);
}

void rn_conv_chunk_range(const struct rn_conv_job *job, int chunk, int *begin, int *end)
{
    int unit = job->gate ? job->plan->strips : 1; /* sums by image belong to one chunk */
    int units = job->blocks / unit;

    *begin = (int)((long long)units * chunk / job->chunks) * unit;
    *end = (int)((long long)units * (chunk + 1) / job->chunks) * unit;
}

struct rn_conv_lines rn_conv_frame_lines(const struct rn_conv_plan *plan, int first, int lines,
                                         int height, struct rn_tensor frame, ptrdiff_t step)
{
    struct rn_conv_lines in = {.skip = first < 0 ? -first : 0, .from = first < 0 ? 0 : first};
    int end = first + lines < height ? first + lines : height;

    in.count = end - in.from;
    if (plan->strips > 1) {
        size_t line = (size_t)step * rn_tensor_size(frame);
        memset(frame.data, 0, (size_t)in.skip * line);
        memset(rn_tensor_at(frame, (in.skip + in.count) * step).data, 0,
               (size_t)(lines - in.skip - in.count) * line);
    }
    return in;
}

int rn_conv_passes(const struct rn_conv_plan *plan, bool backward)
{
    int passes = 0;

    for (int g = 0; g < plan->n_merged; g++) { /* none of half */
        int columns = backward ? plan->merged[g].in_pad : plan->merged[g].out_pad;
        int wide = plan->lanes < RN_LANES ? plan->width : RN_LANES;
        for (int j = 0; j < columns; passes++)
            j += !plan->lanes         ? rn_pass_columns(plan->width, columns - j)
                 : columns - j < wide ? RN_LANES
                                      : wide;
    }
    return plan->half ? 1 : passes;
}

static struct rn_tensor x_frame(const struct rn_conv_plan *plan, const struct rn_scratch *scratch)
{
    return (struct rn_tensor){scratch->frames, plan->half != NULL};
}

struct rn_tensor rn_conv_dframe(const struct rn_conv_plan *plan, const struct rn_scratch *scratch)
{
    return (struct rn_tensor){scratch->frames + rn_conv_frame_floats(plan), plan->half != NULL};
}

static void load_frame(const struct rn_conv_job *job, const struct rn_conv_block *block,
                       const struct rn_scratch *scratch, struct rn_tensor frame)
{
    const struct rn_conv_plan *plan = job->plan;
    ptrdiff_t c = plan->in_stride, line = plan->w_in * c, step = plan->w_frame * c;
    struct rn_conv_lines in = rn_conv_frame_lines(plan, block->line * plan->down.s - plan->down.pad,
                                                  plan->h_frame, plan->h_in, frame, step);
    struct rn_source x =
        rn_source_at(job->x, ((ptrdiff_t)block->image * plan->h_in + in.from) * line);

    if (plan->down.pad == 0 && plan->across.pad == 0 && plan->strips == 1 && !job->gate) {
        rn_load(&scratch->mover, 1, block->images * plan->h_in * plan->w_in, (int)c, x, frame, 0);
        rn_conv_end_frame(frame, block->images * plan->h_in * line);
        return;
    }
    frame = rn_tensor_at(frame, in.skip * step + plan->across.pad * c);
    for (int i = 0; i < block->images; i++, frame = rn_tensor_at(frame, plan->h_frame * step)) {
        struct rn_source image = rn_source_at(x, i * plan->h_in * line);
        if (job->gate)
            image = rn_se_source(job->cpu, job->gate, image, block->image + i, scratch->coef);
        rn_load(&scratch->mover, in.count, plan->w_in, (int)c, image, frame, step);
    }
    if (plan->taps == 1)
        rn_conv_end_frame(frame, 0);
}

struct rn_tensor rn_conv_block_of_x(const struct rn_conv_job *job,
                                    const struct rn_conv_block *block,
                                    const struct rn_scratch *scratch)
{
    if (job->direct)
        return rn_tensor_at(job->x.y, block->first_in * job->plan->in_stride);
    load_frame(job, block, scratch, x_frame(job->plan, scratch));
    return x_frame(job->plan, scratch);
}

void rn_conv_clear_frames(const struct rn_conv_job *job, struct rn_scratch *scratch,
                          bool with_gradient)
{
    const struct rn_conv_plan *plan = job->plan;

    if (scratch->framed == plan && scratch->with_gradient == with_gradient)
        return;
    scratch->framed = plan;
    scratch->with_gradient = with_gradient;
    if (!job->direct && plan->taps > 1)
        memset(scratch->frames, 0, rn_conv_frame_floats(plan) * sizeof(float));
    if (with_gradient && plan->taps > 1)
        memset(rn_conv_dframe(plan, scratch).data, 0, rn_conv_dframe_floats(plan) * sizeof(float));
}

/* What forward and backward of a convolution share: its blocks, and how x comes into reach. */
#include "conv_job.h"

#include <string.h>

struct rn_conv_job rn_conv_job_of(struct rn_cpu *cpu, struct rn_unit *unit, int n)
{
    struct rn_conv_job job = {
        .cpu = cpu, .unit = unit, .input = &cpu->units[unit->in[0]], .plan = unit->conv};

    job.x = rn_unit_view(job.input);
    job.images = n * job.plan->images;
    job.blocks = rn_conv_blocks(job.plan, job.images);
    job.chunks = rn_conv_chunks(job.plan, job.images);
    job.direct = !job.x.scale && job.plan->k == 1 && job.plan->pad == 0;
    return job;
}

void rn_conv_chunk_range(const struct rn_conv_job *job, int chunk, int *begin, int *end)
{
    *begin = (int)((long long)job->blocks * chunk / job->chunks);
    *end = (int)((long long)job->blocks * (chunk + 1) / job->chunks);
}

struct rn_conv_lines rn_conv_frame_lines(const struct rn_conv_plan *plan, int first, int lines,
                                         int height, float *frame, ptrdiff_t step)
{
    struct rn_conv_lines in = {.skip = first < 0 ? -first : 0, .from = first < 0 ? 0 : first};
    int end = first + lines < height ? first + lines : height;

    in.count = end - in.from;
    if (plan->strips > 1) {
        memset(frame, 0, (size_t)(in.skip * step) * sizeof *frame);
        memset(frame + (in.skip + in.count) * step, 0,
               (size_t)((lines - in.skip - in.count) * step) * sizeof *frame);
    }
    return in;
}

static void load_frame(const struct rn_conv_job *job, const struct rn_conv_block *block,
                       float *frame)
{
    const struct rn_conv_plan *plan = job->plan;
    ptrdiff_t c = plan->in_stride, line = plan->w_in * c, step = plan->w_frame * c;
    struct rn_conv_lines in = rn_conv_frame_lines(plan, block->line * plan->s - plan->pad,
                                                  plan->h_frame, plan->h_in, frame, step);
    struct rn_view x = job->x;

    x.y += ((ptrdiff_t)block->image * plan->h_in + in.from) * line;
    if (plan->pad == 0 && plan->strips == 1) {
        job->cpu->kernels->load_view(1, block->images * plan->h_in * plan->w_in, (int)c, x, frame,
                                     0);
        return;
    }
    frame += in.skip * step + plan->pad * c;
    for (int i = 0; i < block->images; i++, x.y += plan->h_in * line, frame += plan->h_frame * step)
        job->cpu->kernels->load_view(in.count, plan->w_in, (int)c, x, frame, step);
}

const float *rn_conv_block_of_x(const struct rn_conv_job *job, const struct rn_conv_block *block,
                                float *frame)
{
    if (job->direct)
        return job->x.y + block->first_in * job->plan->in_stride;
    load_frame(job, block, frame);
    return frame;
}

void rn_conv_clear_frames(const struct rn_conv_job *job, struct rn_scratch *scratch, float *frame,
                          float *dframe)
{
    const struct rn_conv_plan *plan = job->plan;

    if (scratch->framed == plan && scratch->with_gradient == (dframe != NULL))
        return;
    scratch->framed = plan;
    scratch->with_gradient = dframe != NULL;
    if (!job->direct && plan->pad > 0)
        memset(frame, 0, rn_conv_frame_floats(plan) * sizeof *frame);
    if (dframe && plan->margin > 0)
        memset(dframe, 0, rn_conv_dframe_floats(plan) * sizeof *dframe);
}

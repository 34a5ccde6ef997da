/* What forward and backward of a convolution share: its blocks, and how x comes into reach. */
#include "conv_job.h"

#include <string.h>

struct rn_conv_job rn_conv_job_of(struct rn_cpu *cpu, struct rn_unit *unit, int n)
{
    struct rn_conv_job job = {
        .cpu = cpu, .unit = unit, .input = &cpu->units[unit->in[0]], .plan = unit->conv};

    job.x = rn_unit_view(job.input);
    job.images = n * job.plan->images;
    job.chunks = rn_conv_chunks(job.plan, job.images);
    job.direct = !job.x.scale && job.plan->k == 1 && job.plan->pad == 0;
    return job;
}

void rn_conv_chunk_range(const struct rn_conv_job *job, int chunk, int *begin, int *end)
{
    int block = job->plan->block, blocks = (job->images + block - 1) / block;

    *begin = (int)((long long)blocks * chunk / job->chunks) * block;
    *end = (int)((long long)blocks * (chunk + 1) / job->chunks) * block;
    if (*end > job->images)
        *end = job->images;
}

/* Brings `images` images of x into the frame, whose border is zero already. */
static void load_frame(const struct rn_conv_job *job, int first, int images, float *frame)
{
    const struct rn_conv_plan *plan = job->plan;
    ptrdiff_t c = plan->in_stride, image = plan->h_in * plan->w_in * c, step = plan->w_frame * c;
    struct rn_view x = job->x;

    x.y += first * image;
    if (plan->pad == 0) {
        job->cpu->kernels->load_view(1, images * plan->h_in * plan->w_in, (int)c, x, frame, 0);
        return;
    }
    frame += plan->pad * (step + c);
    for (int i = 0; i < images; i++, x.y += image, frame += plan->h_frame * step)
        job->cpu->kernels->load_view(plan->h_in, plan->w_in, (int)c, x, frame, step);
}

const float *rn_conv_block_of_x(const struct rn_conv_job *job, int first, int images, float *frame)
{
    const struct rn_conv_plan *plan = job->plan;

    if (job->direct)
        return job->x.y + (ptrdiff_t)first * plan->h_in * plan->w_in * plan->in_stride;
    load_frame(job, first, images, frame);
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

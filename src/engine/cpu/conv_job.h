/*
 * conv_job.h: one pass of one convolution over a batch, cut into chunks of blocks of images.
 */
#ifndef REGNET_ENGINE_CPU_CONV_JOB_H
#define REGNET_ENGINE_CPU_CONV_JOB_H

#include "conv_plan.h"
#include "cpu.h"

struct rn_conv_job {
    struct rn_cpu *cpu;
    struct rn_unit *unit, *input;
    const struct rn_conv_plan *plan;
    struct rn_view x;
    int images; /* as the plan counts them */
    int chunks;
    bool direct; /* x is read where it lies, without a frame */

    /* Forward. */
    bool stats; /* sums for batch normalization are wanted */
    bool
        adds_up; /* the input is a sum that this convolution, its first user, computes on its way */

    /* Backward. */
    bool add;      /* to dx */
    bool finishes; /* dx is complete after this */
    struct rn_finish finish;
};

struct rn_conv_job rn_conv_job_of(struct rn_cpu *cpu, struct rn_unit *unit, int n);

/* The images of a chunk: whole blocks. */
void rn_conv_chunk_range(const struct rn_conv_job *job, int chunk, int *begin, int *end);

/* The block of x that begins at image `first`, from where the plan's offsets count. */
const float *rn_conv_block_of_x(const struct rn_conv_job *job, int first, int images, float *frame);

/* Zeroes the frames, once a pass: blocks overwrite all but their borders. dframe NULL: not used. */
void rn_conv_clear_frames(const struct rn_conv_job *job, struct rn_scratch *scratch, float *frame,
                          float *dframe);

/* Adds the block that begins at image `next` to what is fetched ahead: `pixels` rows of `stride` an
   image, while the product at hand has `rows` an image. */
static inline void rn_conv_fetch(struct rn_ahead *ahead, const float *tensor, int next, int pixels,
                                 int stride, int rows)
{
    ahead->from[ahead->n] = (const char *)(tensor + (ptrdiff_t)next * pixels * stride);
    ahead->step[ahead->n++] = (ptrdiff_t)sizeof(float) * pixels * stride / rows;
}

/* Coefficient of channel i, as often as it is stored. */
static inline void rn_set_repeated(float *coefficients, int c, int i, float value)
{
    for (int k = 0; k < rn_repeat(c); k++)
        coefficients[k * c + i] = value;
}

static inline float *rn_param_of(const struct rn_cpu *cpu, const struct rn_node *node, int which)
{
    return cpu->request.params.value + cpu->request.graph->params[node->param + which].offset;
}

static inline float *rn_grad_of(const struct rn_cpu *cpu, const struct rn_node *node, int which)
{
    return cpu->request.params.grad + cpu->request.graph->params[node->param + which].offset;
}

#endif

/*
 * conv_job.h: one pass of one convolution over a batch, cut into chunks of blocks.
 */
#ifndef REGNET_ENGINE_CPU_CONV_JOB_H
#define REGNET_ENGINE_CPU_CONV_JOB_H

#include <string.h>

#include "conv_plan.h"
#include "cpu.h"

struct rn_conv_job {
    struct rn_cpu *cpu;
    struct rn_unit *unit, *input;
    const struct rn_conv_plan *plan;
    struct rn_source x;
    int images, blocks; /* as the plan counts them */
    int chunks;
    const struct rn_unit *gate; /* the excitation through which x is read; or NULL */
    bool direct;                /* x is read where it lies, without a frame */

    /* Forward. */
    bool stats;   /* sums for batch normalization are wanted */
    bool adds_up; /* the input is a sum that this convolution, its first user, computes on its
                     way */

    const struct rn_unit *sum, *other; /* inference: the sum that this convolution completes with
                                          its other input; or NULL */

    /* Backward. */
    bool add;      /* to dx */
    bool finishes; /* dx is complete after this */
    struct rn_finish finish;
};

struct rn_conv_job rn_conv_job_of(struct rn_cpu *cpu, struct rn_unit *unit, int n);

/* The blocks of a chunk. */
void rn_conv_chunk_range(const struct rn_conv_job *job, int chunk, int *begin, int *end);

/* Sets `direct` by what `x` is. */
void rn_conv_set_direct(struct rn_conv_job *job);

/* The lines of x that a block needs, from where the plan's offsets count: in the frame or in place.
 */
struct rn_tensor rn_conv_block_of_x(const struct rn_conv_job *job,
                                    const struct rn_conv_block *block,
                                    const struct rn_scratch *scratch);
/* The frame of dy. */
struct rn_tensor rn_conv_dframe(const struct rn_conv_plan *plan, const struct rn_scratch *scratch);

/* The block's y (forward pass and inference), and the next block's x fetched ahead in a product of
   `rows` rows. conv_forward.c */
void rn_conv_forward_block(const struct rn_conv_job *job, const struct rn_conv_block *block,
                           const struct rn_scratch *scratch, struct rn_ahead *ahead, float *y);
void rn_conv_fetch_x(const struct rn_conv_job *job, int next, int rows, struct rn_ahead *ahead);

/* Which lines of an image, of `height` lines, a frame of `lines` holds that begins with line
   `first`: the rest is padding, zeroed here where strips would leave other lines' values. */
struct rn_conv_lines {
    int skip, from, count; /* lines of the frame before them; the first in the image; how many */
};
struct rn_conv_lines rn_conv_frame_lines(const struct rn_conv_plan *plan, int first, int lines,
                                         int height, struct rn_tensor frame, ptrdiff_t step);

/* Tiles read one pixel's channels behind the last of `count` values: times zero, so numbers. */
static inline void rn_conv_end_frame(struct rn_tensor frame, ptrdiff_t count)
{
    if (frame.half)
        memset(rn_tensor_at(frame, count).data, 0, RN_DEPTH * sizeof(uint16_t));
}

/* Zeroes the frames, once a pass: blocks overwrite all but their borders. */
void rn_conv_clear_frames(const struct rn_conv_job *job, struct rn_scratch *scratch,
                          bool with_gradient);

/* Passes of products over their rows that make y (backward: dx) of a block; fetching ahead is spread
   over all of them. Tiles, which are done with a block sooner, do so in the first. */
int rn_conv_passes(const struct rn_conv_plan *plan, bool backward);

/* Adds `count` rows of `stride` values, from row `first` on, to what is fetched ahead while products
   pass over `rows` rows in all. */
static inline void rn_conv_fetch(struct rn_ahead *ahead, struct rn_tensor tensor, ptrdiff_t first,
                                 int count, int stride, int rows)
{
    ahead->from[ahead->n] = rn_tensor_at(tensor, first * stride).data;
    ahead->step[ahead->n++] =
        (ptrdiff_t)rn_tensor_size(tensor) * count * stride / (rows > 0 ? rows : 1);
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

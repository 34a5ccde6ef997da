/*
 * conv_plan.h: a convolution's sizes, offset tables and packed weights, made once.
 *
 * All three products of a convolution are rn_kernels.mul and .outer over blocks, of whole images
 * or, where these are large, of some lines of one:
 *
 *     forward          y[p]  = sum over taps  x[row(p) + tap] W[tap]         mul, panels `forward`
 *     data gradient    dx[q] = sum over taps  dy[row(q) + tap] W[tap]^T      mul, panels `backward`
 *     weight gradient  dW[tap] += sum over p  x[row(p) + tap]^T dy[p]        outer
 *
 * x and dy lie in frames: the lines that a block needs with zeros around them, in scratch memory.
 * With a stride s, the pixels q of dx fall into s x s classes by their remainders, each with taps
 * of its own. Strides, taps and what lies between them may differ down and across.
 *
 * Groups of 1, 2, 4 or 8 channels go by rn_kernels.mul_lanes and .outer_lanes. Other groups that
 * are no multiple of a vector are taken together (merged): their weights become a block diagonal
 * with zeros. A 1x1 convolution with stride 1 knows no images: each pixel counts as one.
 */
#ifndef REGNET_ENGINE_CPU_CONV_PLAN_H
#define REGNET_ENGINE_CPU_CONV_PLAN_H

#include "regnet/graph.h"
#include "tensor.h"

/* One direction of a kernel: taps, what it moves by, zeros before the image, pixels from tap to
   tap; and how far dy's frame reaches before the first output (margin). */
struct rn_conv_axis {
    int k, s, pad, dilation;
    int margin;
};

/* Pixels from the first tap to the last. */
static inline int rn_conv_span(struct rn_conv_axis axis)
{
    return (axis.k - 1) * axis.dilation + 1;
}

struct rn_conv_group {
    int in, n_in;                   /* first input channel and how many */
    int out, n_out;                 /* of the output */
    int in_pad, out_pad;            /* n_in and n_out up to a multiple of RN_LANES */
    size_t forward, backward, grad; /* offsets of this group's weights in the packed arrays */
};

/* The pixels of dx with the same remainders by the stride. */
struct rn_conv_class {
    int taps;
    int *tap;   /* number of each: ky * across.k + kx */
    int *toff;  /* its offset in the dy frame */
    int w;      /* pixels of a line */
    int first;  /* line of dx that holds the first ones; then every s-th */
    int pixels; /* of an image, or of a strip, of the block */
    int *aoff;  /* block x pixels: offsets in the dy frame */
    int *coff;  /* block x pixels: offsets in dx */
};

struct rn_conv_plan {
    struct rn_conv_axis down, across;
    int taps;
    int groups, c_in, c_out;      /* as in the graph */
    int h_in, w_in, h_out, w_out; /* 1 x 1 when pixels count as images */
    int images;                   /* images of the batch, or pixels of them, for one of the batch */
    int in_stride, out_stride;    /* channels of a row */
    int block_values;             /* of x and dy that a block may have */
    int block;                    /* images of a block */
    int lines;                    /* lines of y of an image in a block: h_out, or a strip */
    int strips;                   /* of an image; more than 1 only with blocks of one image */

    int lanes; /* group width, if it goes by the lanes kernels: there is one merged group; or 0 */
    int width; /* of the kernels' widest vector */
    int n_merged;
    struct rn_conv_group *merged;

    int h_frame, w_frame;    /* of the x frame of an image or strip, with padding */
    int run;                 /* taps of a line that count as one, their channels being
                                contiguous in x: across.k (a dense stem's), or 1 */
    int *toff, *aoff, *coff; /* taps / run; block x output pixels; the same */
    int h_dframe, w_dframe;  /* of the dy frame */
    int *doff;               /* block x output pixels: offsets in the dy frame */
    int n_classes;
    struct rn_conv_class *classes;
    bool gaps; /* a class has no taps */

    struct rn_conv_half *half; /* products are in bfloat16, and these are its tables
                                  (conv_half.h), in place of the groups above; or NULL */

    float *forward, *backward; /* packed weights; backward NULL where dx is not wanted */
    float *grad;               /* chunks x grad_size: sums of dW, tap by tap, input by output */
    size_t forward_size, backward_size, grad_size;
};

/* A block: `images` images from `image` on, or `lines` lines of y from `line` on of one of them. */
struct rn_conv_block {
    int image, images, line, lines;
    int rows, rows_in;         /* pixels of y, and of x: the lines of x that begin where they do */
    ptrdiff_t first, first_in; /* the first of these, in the batch */
};

int rn_conv_blocks(const struct rn_conv_plan *plan, int images);
struct rn_conv_block rn_conv_block_at(const struct rn_conv_plan *plan, int images, int block);

struct rn_conv_request {
    const struct rn_node *node;
    struct rn_shape in;
    int in_stride, out_stride;
    int width; /* of the kernels' widest vector */
    int batch;
    bool train, wants_dx;
    bool by_image; /* blocks may not cut through images as if their pixels were images */
    bool half;     /* products in bfloat16 */
};

enum rn_status rn_conv_plan_new(const struct rn_conv_request *request, struct rn_conv_plan **plan,
                                struct rn_err *err);
void rn_conv_plan_free(struct rn_conv_plan *plan);

/* Into how many chunks a pass over `images` is cut (at most RN_CHUNKS): few where summing a copy of
   dW for each is dear. By sizes alone, so that threads change no result. */
int rn_conv_chunks(const struct rn_conv_plan *plan, int images);

/* Memory for a block, in floats: the frames of x and dy; both of them and whatever else the weight
   gradient needs; y, or dx if larger. */
size_t rn_conv_frame_floats(const struct rn_conv_plan *plan);
size_t rn_conv_dframe_floats(const struct rn_conv_plan *plan);
size_t rn_conv_scratch_floats(const struct rn_conv_plan *plan);
size_t rn_conv_block_floats(const struct rn_conv_plan *plan);

/* Weights in PyTorch's order into panels, those of output channel o times scale[o] (NULL: 1), and
   the summed gradient back. conv_pack.c */
void rn_conv_pack_forward(const struct rn_conv_plan *plan, const struct rn_mover *mover,
                          const float *weight, const float *scale);
void rn_conv_pack_backward(const struct rn_conv_plan *plan, const struct rn_mover *mover,
                           const float *weight);
void rn_conv_unpack_grad(const struct rn_conv_plan *plan, const struct rn_mover *mover, int chunks,
                         float *dweight);

#endif

/*
 * kernels.h: the inner loops of the CPU engine, one set for each instruction set, from one source.
 *
 * Rows are pixels, columns channels; a row of a tensor holds c channels padded with zeros to a
 * multiple of RN_LANES (its stride), so that no loop over channels has a remainder. All
 * convolutions, forward and backward, dense, grouped and strided, are two products of small
 * matrices that stay in the first- and second-level caches:
 *
 *     mul:    c[i] (+)= sum over taps t and channels k of a[row(i) + tap(t) + k] * b[t][k]
 *     outer:  c[k] (+)= sum over rows i of a[row(i) + k] * b[row'(i)]
 *
 * where c[i], b[t][k] and b[row'(i)] are vectors over the other channels. What is elementwise
 * (normalization, activation, their gradients, sums for statistics) happens while rows move between
 * the caches and memory: the load_* and finish functions.
 */
#ifndef REGNET_ENGINE_CPU_KERNELS_H
#define REGNET_ENGINE_CPU_KERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "probe.h"
#include "regnet/graph.h"

#define RN_LANES 8   /* channels are padded to a multiple of this */
#define RN_STRIP 112 /* at most so many rows of outer */

/* Columns of the next panel of b (mul) where `left` are still to come, for vectors of `width`. */
static inline int rn_panel(int width, int left)
{
    if (width == 8)
        return left >= 24 && left % 16 == 8 ? 24 : left >= 16 ? 16 : 8;
    return left >= 48 ? 48 : left >= 32 ? 32 : left >= 16 ? 16 : 8;
}

/* Columns that mul takes in one pass over the rows: a panel, or the last two, of 16 and 8. */
static inline int rn_pass_columns(int width, int left)
{
    return left == 24 ? 24 : rn_panel(width, left);
}

/* Coefficients by channel are stored this many times one after the other: short rows are taken
   together, in numbers that make a multiple of the widest vector. */
static inline int rn_repeat(int c)
{
    int repeat = c % 16 == 0 ? 1 : 2;

    while (c * repeat < 64)
        repeat *= 2;
    return repeat;
}

/* What bounds a result: nothing, from below by 0, or to 0 .. 6. */
enum rn_clip { RN_CLIP_NONE, RN_CLIP_RELU, RN_CLIP_RELU6 };

/* A tensor seen through what follows its convolution: scale * y + shift, clipped. scale and shift
   are repeated. scale NULL: y itself. */
struct rn_view {
    const float *y;
    const float *scale, *shift;
    enum rn_clip clip;
};

/* What the next block will read, fetched into the second-level cache while this one is computed:
   from each of up to three places, `step` bytes for each row of the product and each pass over the
   rows: little at a time, since what waits for memory holds up the product. */
#define RN_AHEAD 3
struct rn_ahead {
    int n;
    const char *from[RN_AHEAD];
    ptrdiff_t step[RN_AHEAD];
};

struct rn_kernels {
    const char *isa;
    int width; /* of the widest vector, in floats; narrower ones have RN_LANES */

    /* Both forms of mul pass over all rows for each panel (mul) or vector (mul_lanes) of columns,
       (24 columns: rn_pass_columns), and move `ahead` forward as they go. */

    /* c[coff[i] .. + n) = or += the product over m rows. b: panels of rn_panel columns, each
       taps x nc rows (conv_pack.c). n: a multiple of RN_LANES. */
    void (*mul)(int m, int n, int taps, int nc, const float *a, const int *aoff, const int *toff,
                const float *b, float *c, const int *coff, bool add, struct rn_ahead *ahead);

    /* c[(t nk + k) n .. + n) += the product with a moved by tap t, k < nk. m: at most RN_STRIP. */
    void (*outer)(int m, int n, int taps, int nk, const float *a, const int *aoff, const int *toff,
                  const float *b, const int *boff, float *c);

    /* The same two products for convolutions in groups of g = 1, 2, 4 or 8 channels, as many out as
       in; c channels, padded. Weights, and their gradient, lie by vectors of output channels (width
       of them, then RN_LANES): taps x g x lanes values each (conv_pack.c). */
    void (*mul_lanes)(int m, int c, int g, int taps, const float *a, const int *aoff,
                      const int *toff, const float *w, float *y, const int *coff, bool add,
                      struct rn_ahead *ahead);
    void (*outer_lanes)(int m, int c, int g, int taps, const float *a, const int *aoff,
                        const int *toff, const float *b, const int *boff, float *dw);

    /* Into a frame: `lines` lines of w rows each, contiguous in the tensor, `step` values apart in
       dst. load_view: the view. load_grad: alpha dz + beta y + gamma by channel, the gradient
       before normalization; coef: the three, each repeated. */
    void (*load_view)(int lines, int w, int c, struct rn_view view, float *dst, ptrdiff_t step);
    void (*load_grad)(int lines, int w, int c, const float *dz, const float *y, const float *coef,
                      float *dst, ptrdiff_t step);

    /* sums[0 .. c) += sum over rows of y, sums[c .. 2c) += sum of y^2. to (or NULL) receives y. */
    void (*stats)(int rows, int c, const float *y, float *to, float *sums);

    /* z = u + v, clipped. */
    void (*sum)(int rows, int c, struct rn_view u, struct rn_view v, enum rn_clip clip, float *z);

    /* block (NULL: nothing) replaces dz, or is added to it; dz becomes 0 where the mask, a view
       before its clip, lies outside of it (mask.y NULL: nowhere); then sums[0 .. c) += dz,
       sums[c (1 + j) ..) += dz * y[j] for j < n_y. sums NULL, with n_y 0: no sums. */
    void (*finish)(int rows, int c, const float *block, bool add, float *dz, struct rn_view mask,
                   int n_y, const float *const *y, float *sums);

    /* Squeeze and excitation (cpu_se.h). m[0 .. c): the number of rows where the view is positive,
       m[c .. 2c): the sum of y over them; both grow. Without a scale, all rows. */
    void (*squeeze)(int rows, int c, struct rn_view view, float *m);
    /* As load_grad, with one more term where scale y + shift is positive. coef: alpha, beta, gamma,
       the term, scale, shift, each repeated. */
    void (*load_gated)(int lines, int w, int c, const float *dz, const float *y, const float *coef,
                       float *dst, ptrdiff_t step);

    /* y = fn(x); dx = or += dy fn'(x). n: a multiple of RN_LANES. */
    void (*act)(enum rn_fn fn, size_t n, const float *x, float *y);
    void (*act_grad)(enum rn_fn fn, size_t n, const float *x, const float *dy, bool add, float *dx);

    /* A pool's window: rows x columns pixels of c channels from x (or dx) on, lines `line` values
       apart. y = the largest, or the sum times scale; dx += dy at the first pixel that is y, or dy
       times scale at all of them. */
    void (*pool_max)(int c, int rows, int columns, ptrdiff_t line, const float *x, float *y);
    void (*pool_max_grad)(int c, int rows, int columns, ptrdiff_t line, const float *x,
                          const float *y, const float *dy, float *dx);
    void (*pool_sum)(int c, int rows, int columns, ptrdiff_t line, const float *x, float scale,
                     float *y);
    void (*pool_spread)(int c, int rows, int columns, ptrdiff_t line, const float *dy, float scale,
                        float *dx);

    /* To and from bfloat16, rounded to the nearest. n: of widen, a multiple of RN_LANES. */
    void (*widen)(size_t n, const uint16_t *from, float *to);
    void (*narrow)(size_t n, const float *from, uint16_t *to);

    struct rn_probes probes;
};

extern const struct rn_kernels rn_kernels_avx512, rn_kernels_avx2, rn_kernels_base;

/* The set for an engine's variant ("avx512", "avx2", "base"; of half.h: that of floats beside it),
   or the best (NULL); NULL if this processor lacks it. */
const struct rn_kernels *rn_kernels_pick(const char *variant);

#endif

/*
 * half.h: the inner loops in bfloat16, for processors that multiply it; sums are floats.
 *
 * The products of kernels.h go by tiles of 16 x 16 sums. A step of one takes 16 rows of 32 values
 * of a, which lie anywhere at one distance from each other, and 32 rows of 16 values of b, which
 * lie in pairs, and adds 16 x 16 x 32 products:
 *
 *                        b: 16 x (16 pairs)      k0 k1  k0 k1 ...  column by column
 *                      +------------------+      k2 k3  k2 k3
 *                      |                  |      ...
 *                      +------------------+
 *     a: 16 rows       +------------------+
 *        x 32 values   | 16 x 16 sums     |
 *
 * AMX does a step in 16 cycles, so nothing else is worth saving: channels outside of a group are
 * multiplied with zeros, and so are the pixels between the lines of an image. One form serves every
 * kernel, stride and group width.
 *
 *     mul      a: pixels by channels, as frames hold them; b: weights; columns: output channels.
 *     outer    a: channels by pixels, x transposed; b: dy, pixels in pairs. Summed over pixels.
 */
#ifndef REGNET_ENGINE_CPU_HALF_H
#define REGNET_ENGINE_CPU_HALF_H

#include "kernels.h"

#define RN_TILE 16                          /* rows and columns of sums */
#define RN_DEPTH 32                         /* values that a step sums over */
#define RN_TILE_SUMS (RN_TILE * RN_TILE)    /* floats */
#define RN_STEP_HALVES (RN_DEPTH * RN_TILE) /* of b, a step */

/* As rn_view, of a tensor in bfloat16. */
struct rn_half_view {
    const uint16_t *y;
    const float *scale, *shift;
    enum rn_clip clip;
};

/* 16 rows of a, `step` values apart from `a` on. Where bit i of mask is set, the i-th is a row of
   the product, and these are its rows from `row` on; the others are computed and dropped. */
struct rn_run {
    int a, step, row;
    unsigned mask;
    int apart; /* between its rows in c, where all 16 belong to the product; else 0 */
};

/* What 32 columns (mul) or 16 (outer) depend on: `depth` steps, or tiles of rows, from channel
   `first` of a on; their part of the weights, or of the sums, begins at `at`. */
struct rn_window {
    int first, depth;
    size_t at;
};

struct rn_half_mul {
    int n;                           /* columns, a multiple of RN_LANES */
    const struct rn_window *windows; /* by 32 columns */
    int taps;
    const int *toff; /* by tap, in a */
    const struct rn_run *runs;
    const int *coff;         /* by row, in c */
    const uint16_t *weights; /* by window, then by 16 columns: taps x depth steps */
};

struct rn_half_outer {
    int n;
    const struct rn_window *windows; /* by 16 columns */
    int taps;
    const int *shift; /* by tap, in x transposed */
    int pitch;        /* from a channel of x transposed to the next */
};

struct rn_half_kernels {
    const char *isa; /* beyond AVX-512's */

    /* c[coff[i] .. + n) = the product, for m rows. */
    void (*mul)(const struct rn_half_mul *product, int m, const uint16_t *a, float *c,
                struct rn_ahead *ahead);
    /* sums = or += over `pixels`, a multiple of RN_DEPTH. By 16 columns: depth x taps tiles. */
    void (*outer)(const struct rn_half_outer *product, int pixels, const uint16_t *x,
                  const uint16_t *dy, bool add, float *sums);

    /* m rows of c values at from + rows[i], and rows of zeros up to a multiple of RN_DEPTH.
       transpose: value k of row i to to[k pitch + i]. pair: values k of rows 2i and 2i + 1 to
       to[2 (i n + k)] and the one after it, n being c up to a multiple of RN_TILE. Both read, and
       write, up to 15 values more than c. */
    void (*transpose)(int m, int c, const uint16_t *from, const int *rows, uint16_t *to, int pitch);
    void (*pair)(int m, int c, const uint16_t *from, const int *rows, uint16_t *to);

    /* A step of b from floats: 16 rows of 32 values, each a column, or 32 rows as they are. */
    void (*weave)(const float *from, uint16_t *to);
    void (*pair_rows)(const float *from, uint16_t *to);
    /* 16 x 16 floats transposed. */
    void (*turn)(const float *from, float *to);

    /* The elementwise loops of rn_kernels, with rows in bfloat16. */
    void (*load_view)(int lines, int w, int c, struct rn_half_view view, uint16_t *dst,
                      ptrdiff_t step);
    void (*load_grad)(int lines, int w, int c, const uint16_t *dz, const uint16_t *y,
                      const float *coef, uint16_t *dst, ptrdiff_t step);
    void (*load_gated)(int lines, int w, int c, const uint16_t *dz, const uint16_t *y,
                       const float *coef, uint16_t *dst, ptrdiff_t step);
    void (*stats)(int rows, int c, const float *y, uint16_t *to, float *sums);
    void (*sum)(int rows, int c, struct rn_half_view u, struct rn_half_view v, enum rn_clip clip,
                uint16_t *z);
    void (*finish)(int rows, int c, const float *block, bool add, uint16_t *dz,
                   struct rn_half_view mask, int n_y, const uint16_t *const *y, float *sums);
    void (*squeeze)(int rows, int c, struct rn_half_view view, float *m);
    void (*narrow)(size_t n, const float *from, uint16_t *to);

    rn_probe_fn *probe; /* arithmetic */
};

extern const struct rn_half_kernels rn_half_amx, rn_half_avx512bf16;

/* The set for an engine's variant ("amx", "avx512bf16"), or the best (NULL); NULL if this processor
   lacks it or the variant is one of floats alone. */
const struct rn_half_kernels *rn_half_pick(const char *variant);

#endif

/*
 * resample.h: the inner loops of Pillow's BILINEAR. Internal to data/.
 *
 * Weights have 22 bits, and a weighted sum is rounded to 8. Loops differ in speed alone: sums are
 * of whole numbers, so their order changes nothing.
 */
#ifndef RN_DATA_RESAMPLE_H
#define RN_DATA_RESAMPLE_H

#include "data/image.h"

#define RN_WEIGHT_BITS 22
#define RN_WEIGHT_HALF (1 << (RN_WEIGHT_BITS - 1))
#define RN_WEIGHT_LOW 12 /* bits of a weight's lower part */
#define RN_AT_ONCE 32    /* columns */

/* Weights of two neighbours, 16 bits each, the second in the upper half: their parts above and
   below RN_WEIGHT_LOW. */
struct rn_weights {
    int32_t high, low;
};

/* One axis: output i of n is the sum of count[i] sources from low[i] on, each with its weight. */
struct rn_axis {
    int n, taps; /* taps: a multiple of 4; weights beyond count are 0 */
    int *low, *count;
    int32_t *weight;         /* n x taps */
    struct rn_weights *pair; /* n x taps / 2 */
};

/* Two rows of three channels; up to 16 bytes behind each are read, and one behind `out` is written.
 */
typedef void rn_two_rows(const struct rn_axis *ax, const uint8_t *from, size_t stride, uint8_t *out,
                         size_t out_stride);
/* Row i, of columns from `from` on, its first source; reads and writes them RN_AT_ONCE at a time.
 */
typedef void rn_column(const struct rn_axis *ay, int i, const uint8_t *from, size_t stride,
                       size_t columns, uint8_t *out);

struct rn_resampler {
    rn_two_rows *rows;
    rn_column *column;
};
extern const struct rn_resampler rn_resampler_base;
const struct rn_resampler *rn_resampler_avx2(void); /* NULL: not on this processor */

/* rn_image_resample, by these loops. */
enum rn_status rn_resample_by(const struct rn_resampler *loops, const struct rn_image *image,
                              struct rn_span x, struct rn_span y, struct rn_image *out,
                              struct rn_err *err);

#endif

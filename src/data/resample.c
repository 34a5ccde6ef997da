/*
 * Pillow's BILINEAR, to the bit: first along rows, then along columns, each with weights of 22 bits
 * and rounded to 8 bits. Only what the crop keeps is computed.
 */
#include "data/resample.h"

#include <math.h>

#include "regnet/memory.h"

#define BEHIND 16 /* bytes behind a row that a fast loop may read */

static void axis_release(struct rn_axis *axis)
{
    rn_free(axis->low);
    rn_free(axis->count);
    rn_free(axis->weight);
    rn_free(axis->pair);
}

/* Output i of a span: the triangle over its source, wider where the image gets smaller. */
struct triangle {
    double center, reach;
    int low, high;
};

static struct triangle triangle_of(struct rn_span span, int i)
{
    double scale = (double)span.source / span.size, reach = scale > 1 ? scale : 1;
    double center = (span.first + i + 0.5) * scale;

    return (struct triangle){center, reach, (int)fmax(0, center - reach + 0.5),
                             (int)fmin(span.source, center + reach + 0.5)};
}

static double height_at(const struct triangle *triangle, int s)
{
    return fmax(0, 1 - fabs(s + 0.5 - triangle->center) / triangle->reach);
}

void rn_span_reach(struct rn_span span, int *first, int *n)
{
    struct triangle from = triangle_of(span, 0), to = triangle_of(span, span.n - 1);

    *first = span.from + from.low;
    *n = to.high - from.low;
}

static int32_t two_of(int32_t first, int32_t second)
{
    return first | second << 16;
}

static void weigh(struct rn_axis *axis, struct rn_span span, int i)
{
    const struct triangle triangle = triangle_of(span, i);
    int32_t *weight = axis->weight + (ptrdiff_t)i * axis->taps;
    struct rn_weights *pair = axis->pair + (ptrdiff_t)i * axis->taps / 2;
    const int32_t mask = (1 << RN_WEIGHT_LOW) - 1;
    double sum = 0;

    for (int s = triangle.low; s < triangle.high; s++)
        sum += height_at(&triangle, s);
    for (int s = triangle.low; s < triangle.high; s++)
        weight[s - triangle.low] =
            (int32_t)(0.5 + height_at(&triangle, s) / sum * (1 << RN_WEIGHT_BITS));
    for (int t = 0; t < axis->taps; t += 2)
        pair[t / 2] =
            (struct rn_weights){two_of(weight[t] >> RN_WEIGHT_LOW, weight[t + 1] >> RN_WEIGHT_LOW),
                                two_of(weight[t] & mask, weight[t + 1] & mask)};
    axis->low[i] = span.from + triangle.low;
    axis->count[i] = triangle.high - triangle.low;
}

static enum rn_status axis_init(struct rn_axis *axis, struct rn_span span, struct rn_err *err)
{
    double scale = (double)span.source / span.size;
    size_t n = (size_t)span.n, taps;

    axis->n = span.n;
    axis->taps = (2 * (int)ceil(scale > 1 ? scale : 1) + 1 + 3) / 4 * 4;
    taps = (size_t)axis->taps;
    axis->low = rn_alloc(n, sizeof *axis->low);
    axis->count = rn_alloc(n, sizeof *axis->count);
    axis->weight = rn_alloc(n * taps, sizeof *axis->weight);
    axis->pair = rn_alloc(n * taps / 2, sizeof *axis->pair);
    if (!axis->low || !axis->count || !axis->weight || !axis->pair)
        return rn_nomem(err, n * taps * sizeof *axis->weight, "an image");
    for (int i = 0; i < span.n; i++)
        weigh(axis, span, i);
    return RN_OK;
}

static uint8_t rounded(int32_t sum)
{
    sum >>= RN_WEIGHT_BITS;
    return (uint8_t)(sum > 255 ? 255 : sum);
}

static void row_of_3(const struct rn_axis *ax, const uint8_t *from, uint8_t *out)
{
    for (int i = 0; i < ax->n; i++, out += 3) {
        const int32_t *weight = ax->weight + (ptrdiff_t)i * ax->taps;
        const uint8_t *p = from + 3 * (ptrdiff_t)ax->low[i];
        int32_t r = RN_WEIGHT_HALF, g = RN_WEIGHT_HALF, b = RN_WEIGHT_HALF;

        for (int t = 0; t < ax->count[i]; t++, p += 3) {
            r += weight[t] * p[0];
            g += weight[t] * p[1];
            b += weight[t] * p[2];
        }
        out[0] = rounded(r);
        out[1] = rounded(g);
        out[2] = rounded(b);
    }
}

static void row_of_1(const struct rn_axis *ax, const uint8_t *from, uint8_t *out)
{
    for (int i = 0; i < ax->n; i++) {
        const int32_t *weight = ax->weight + (ptrdiff_t)i * ax->taps;
        const uint8_t *p = from + ax->low[i];
        int32_t sum = RN_WEIGHT_HALF;

        for (int t = 0; t < ax->count[i]; t++)
            sum += weight[t] * p[t];
        out[i] = rounded(sum);
    }
}

static void two_rows(const struct rn_axis *ax, const uint8_t *from, size_t stride, uint8_t *out,
                     size_t out_stride)
{
    row_of_3(ax, from, out);
    row_of_3(ax, from + stride, out + out_stride);
}

static void column(const struct rn_axis *ay, int i, const uint8_t *from, size_t stride,
                   size_t columns, uint8_t *out)
{
    const int32_t *weight = ay->weight + (ptrdiff_t)i * ay->taps;

    for (size_t at = 0; at < columns; at += RN_AT_ONCE, from += RN_AT_ONCE, out += RN_AT_ONCE) {
        const uint8_t *row = from;
        int32_t sum[RN_AT_ONCE];

        for (size_t k = 0; k < RN_AT_ONCE; k++)
            sum[k] = RN_WEIGHT_HALF;
        for (int t = 0; t < ay->count[i]; t++, row += stride)
            for (size_t k = 0; k < RN_AT_ONCE; k++)
                sum[k] += weight[t] * row[k];
        for (size_t k = 0; k < RN_AT_ONCE; k++)
            out[k] = rounded(sum[k]);
    }
}

const struct rn_resampler rn_resampler_base = {two_rows, column};

/* Rows of the source from `first` on, made as long as the output's. */
static void make_rows(const struct rn_resampler *loops, const struct rn_axis *ax,
                      const struct rn_image *image, int first, int rows, uint8_t *out,
                      size_t out_stride)
{
    size_t stride = (size_t)image->w * (size_t)image->c;
    const uint8_t *from = image->pixels + (size_t)first * stride;

    for (int y = 0; y < rows; y++, from += stride, out += out_stride) {
        size_t behind = (size_t)(image->h - first - y) * stride;

        if (image->c == 1) {
            row_of_1(ax, from, out);
        } else if (y + 1 == rows || behind < 2 * stride + BEHIND) {
            row_of_3(ax, from, out);
        } else {
            loops->rows(ax, from, stride, out, out_stride);
            y++;
            from += stride;
            out += out_stride;
        }
    }
}

/* Rows of the source that are needed, then the output's own. There is room behind each row of the
   one, and behind the other, for loops that do more at once. */
static enum rn_status resample(const struct rn_resampler *loops, const struct rn_image *image,
                               const struct rn_axis *ax, const struct rn_axis *ay,
                               struct rn_image *out, struct rn_err *err)
{
    int first = ay->low[0], rows = ay->low[ay->n - 1] + ay->count[ay->n - 1] - first;
    size_t row = (size_t)ax->n * (size_t)image->c, stride = row / RN_AT_ONCE * RN_AT_ONCE;
    uint8_t *middle;

    stride += RN_AT_ONCE;
    middle = rn_alloc((size_t)rows, stride);
    *out = (struct rn_image){ay->n, ax->n, image->c, rn_alloc((size_t)ay->n * row + RN_AT_ONCE, 1)};
    if (!middle || !out->pixels) {
        rn_free(middle);
        rn_image_release(out);
        return rn_nomem(err, (size_t)rows * stride, "an image");
    }
    make_rows(loops, ax, image, first, rows, middle, stride);
    for (int y = 0; y < ay->n; y++)
        loops->column(ay, y, middle + (size_t)(ay->low[y] - first) * stride, stride, row,
                      out->pixels + (size_t)y * row);
    rn_free(middle);
    return RN_OK;
}

enum rn_status rn_resample_by(const struct rn_resampler *loops, const struct rn_image *image,
                              struct rn_span x, struct rn_span y, struct rn_image *out,
                              struct rn_err *err)
{
    struct rn_axis ax = {0}, ay = {0};
    enum rn_status status;

    RN_TRY(axis_init(&ax, x, err));
    RN_TRY(axis_init(&ay, y, err));
    status = resample(loops, image, &ax, &ay, out, err);
done:
    axis_release(&ax);
    axis_release(&ay);
    return status;
}

enum rn_status rn_image_resample(const struct rn_image *image, struct rn_span x, struct rn_span y,
                                 struct rn_image *out, struct rn_err *err)
{
    const struct rn_resampler *fast = rn_resampler_avx2();

    return rn_resample_by(fast ? fast : &rn_resampler_base, image, x, y, out, err);
}

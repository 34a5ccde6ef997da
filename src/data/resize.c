/*
 * An image file's pixels as a network's input: resized, cropped, normalized.
 *
 * The resizing is Pillow's BILINEAR, to the bit: first along rows, then along columns, each with
 * weights of 22 bits and rounded to 8 bits. Only what the crop keeps is computed.
 */
#include <math.h>
#include <string.h>

#include "data/augment.h"
#include "data/source.h"

#define BITS 22
#define HALF (1 << (BITS - 1))

/* One axis: output i of n is the sum of count[i] sources from low[i] on, each with its weight. */
struct axis {
    int n, taps;
    int *low, *count;
    int32_t *weight; /* n x taps */
};

static void axis_release(struct axis *axis)
{
    rn_free(axis->low);
    rn_free(axis->count);
    rn_free(axis->weight);
}

/* The weights of one output: a triangle over its source, wider where the image gets smaller. */
static void weigh(struct axis *axis, struct rn_span span, int i)
{
    double scale = (double)span.source / span.size, reach = scale > 1 ? scale : 1;
    double center = (span.first + i + 0.5) * scale, sum = 0;
    int low = (int)fmax(0, center - reach + 0.5);
    int high = (int)fmin(span.source, center + reach + 0.5);
    int32_t *weight = axis->weight + (ptrdiff_t)i * axis->taps;

    for (int s = low; s < high; s++)
        sum += fmax(0, 1 - fabs(s + 0.5 - center) / reach);
    for (int s = low; s < high; s++)
        weight[s - low] =
            (int32_t)(0.5 + fmax(0, 1 - fabs(s + 0.5 - center) / reach) / sum * (1 << BITS));
    axis->low[i] = span.from + low;
    axis->count[i] = high - low;
}

static enum rn_status axis_init(struct axis *axis, struct rn_span span, struct rn_err *err)
{
    double scale = (double)span.source / span.size;
    size_t n = (size_t)span.n;

    axis->n = span.n;
    axis->taps = 2 * (int)ceil(scale > 1 ? scale : 1) + 1;
    axis->low = rn_alloc(n, sizeof *axis->low);
    axis->count = rn_alloc(n, sizeof *axis->count);
    axis->weight = rn_alloc(n * (size_t)axis->taps, sizeof *axis->weight);
    if (!axis->low || !axis->count || !axis->weight)
        return rn_nomem(err, n * (size_t)axis->taps * sizeof *axis->weight, "an image");
    for (int i = 0; i < span.n; i++)
        weigh(axis, span, i);
    return RN_OK;
}

static uint8_t rounded(int32_t sum)
{
    sum >>= BITS;
    return (uint8_t)(sum > 255 ? 255 : sum);
}

static void row_of_3(const struct axis *ax, const uint8_t *from, uint8_t *out)
{
    for (int i = 0; i < ax->n; i++, out += 3) {
        const int32_t *weight = ax->weight + (ptrdiff_t)i * ax->taps;
        const uint8_t *p = from + 3 * (ptrdiff_t)ax->low[i];
        int32_t r = HALF, g = HALF, b = HALF;

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

static void row_of_1(const struct axis *ax, const uint8_t *from, uint8_t *out)
{
    for (int i = 0; i < ax->n; i++) {
        const int32_t *weight = ax->weight + (ptrdiff_t)i * ax->taps;
        const uint8_t *p = from + ax->low[i];
        int32_t sum = HALF;

        for (int t = 0; t < ax->count[i]; t++)
            sum += weight[t] * p[t];
        out[i] = rounded(sum);
    }
}

/* Output row i from the rows of `middle`, whose first is source row `first`. */
static void column(const struct axis *ay, int i, const uint8_t *middle, int first, size_t row,
                   int32_t *sum, uint8_t *out)
{
    const uint8_t *from = middle + (size_t)(ay->low[i] - first) * row;
    const int32_t *weight = ay->weight + (ptrdiff_t)i * ay->taps;

    for (size_t k = 0; k < row; k++)
        sum[k] = HALF;
    for (int t = 0; t < ay->count[i]; t++, from += row)
        for (size_t k = 0; k < row; k++)
            sum[k] += weight[t] * from[k];
    for (size_t k = 0; k < row; k++)
        out[k] = rounded(sum[k]);
}

/* Rows of the source that are needed, then the output's own. */
static enum rn_status resample(const struct rn_image *image, const struct axis *ax,
                               const struct axis *ay, struct rn_image *out, struct rn_err *err)
{
    int first = ay->low[0], end = ay->low[ay->n - 1] + ay->count[ay->n - 1];
    size_t c = (size_t)image->c, row = (size_t)ax->n * c, rows = (size_t)(end - first);
    uint8_t *middle = rn_alloc(rows, row);
    int32_t *sum = rn_alloc(row, sizeof *sum);

    *out = (struct rn_image){ay->n, ax->n, image->c, rn_alloc((size_t)ay->n, row)};
    if (!middle || !sum || !out->pixels) {
        rn_free(middle);
        rn_free(sum);
        rn_image_release(out);
        return rn_nomem(err, rows * row, "an image");
    }
    for (size_t y = 0; y < rows; y++)
        (c == 3 ? row_of_3 : row_of_1)(
            ax, image->pixels + ((size_t)first + y) * (size_t)image->w * c, middle + y * row);
    for (int y = 0; y < ay->n; y++)
        column(ay, y, middle, first, row, sum, out->pixels + (size_t)y * row);
    rn_free(middle);
    rn_free(sum);
    return RN_OK;
}

enum rn_status rn_image_resample(const struct rn_image *image, struct rn_span x, struct rn_span y,
                                 struct rn_image *out, struct rn_err *err)
{
    struct axis ax = {0}, ay = {0};
    enum rn_status status;

    RN_TRY(axis_init(&ax, x, err));
    RN_TRY(axis_init(&ay, y, err));
    status = resample(image, &ax, &ay, out, err);
done:
    axis_release(&ax);
    axis_release(&ay);
    return status;
}

enum rn_status rn_image_fit(const struct rn_image *image, const struct rn_preprocessing *how,
                            struct rn_image *out, struct rn_err *err)
{
    int64_t h, w, side;

    if (image->h <= 0 || image->w <= 0)
        return rn_fail(err, RN_E_DATA, "an image without pixels");
    if (how->resize < how->size)
        return rn_fail(err, RN_E_CONFIG, "images are resized to %d and then cropped to %d",
                       how->resize, how->size);
    side = image->h < image->w ? image->h : image->w;
    h = (int64_t)how->resize * image->h / side;
    w = (int64_t)how->resize * image->w / side;
    if (h > INT32_MAX || w > INT32_MAX)
        return rn_fail(err, RN_E_DATA, "an image of %dx%d pixels cannot be resized", image->w,
                       image->h);
    return rn_image_resample(
        image,
        (struct rn_span){0, image->w, (int)w, (int)lrint((double)(w - how->size) / 2), how->size},
        (struct rn_span){0, image->h, (int)h, (int)lrint((double)(h - how->size) / 2), how->size},
        out, err);
}

/* In the colours that the network is given: grey of RGB by Rec. 601, in Pillow's integers. */
static enum rn_status to_channels(const struct rn_image *image, int channels, struct rn_image *grey,
                                  struct rn_err *err)
{
    size_t n = (size_t)image->h * (size_t)image->w;

    *grey = (struct rn_image){image->h, image->w, 1, NULL};
    if (image->c == 1 || channels == 3)
        return RN_OK;
    grey->pixels = rn_alloc(n, 1);
    if (!grey->pixels)
        return rn_nomem(err, n, "an image");
    for (size_t i = 0; i < n; i++)
        grey->pixels[i] = rn_luma(image->pixels + 3 * i);
    return RN_OK;
}

float rn_normalize(float mean, float std, float p)
{
    return (p / 255.0F - mean) / std;
}

struct rn_table rn_table_of(const float *mean, const float *std)
{
    struct rn_table table;

    for (int c = 0; c < 3; c++)
        for (int p = 0; p < 256; p++)
            table.value[c][p] = rn_normalize(mean[c], std[c], (float)p);
    return table;
}

void rn_image_normalize(const struct rn_image *image, const struct rn_table *table, bool bgr,
                        const float *shift, float *out)
{
    size_t n = (size_t)image->h * (size_t)image->w;
    int step = image->c == 3, first = bgr ? 2 : 0;
    const uint8_t *p = image->pixels;

    for (size_t i = 0; i < n; i++, p += image->c, out += 3) {
        out[first] = table->value[0][p[0]] + shift[0];
        out[1] = table->value[1][p[step]] + shift[1];
        out[2 - first] = table->value[2][p[2 * step]] + shift[2];
    }
}

enum rn_status rn_image_prepare(const struct rn_image *image, const struct rn_preprocessing *how,
                                float *out, struct rn_err *err)
{
    struct rn_image grey = {0}, crop = {0};
    struct rn_table table = rn_table_of(how->mean, how->std);
    enum rn_status status;

    RN_TRY(to_channels(image, how->channels, &grey, err));
    RN_TRY(rn_image_fit(grey.pixels ? &grey : image, how, &crop, err));
    rn_image_normalize(&crop, &table, how->bgr, (const float[3]){0}, out);
done:
    rn_image_release(&grey);
    rn_image_release(&crop);
    return status;
}

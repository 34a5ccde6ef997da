/*
 * An image file's pixels as a network's input: resized, cropped, normalized.
 *
 * The resizing is Pillow's BILINEAR, to the bit: first along rows, then along columns, each with
 * weights of 22 bits and rounded to 8 bits. Only what the crop keeps is computed.
 */
#include <math.h>

#include "data/source.h"

#define BITS 22

/* One axis: output first .. first + n of `size` outputs; output i weighs sources low[i] .. by
   `taps` weights. */
struct axis {
    int n, taps;
    int *low;
    int32_t *weight; /* n x taps */
};

static void axis_release(struct axis *axis)
{
    rn_free(axis->low);
    rn_free(axis->weight);
}

/* The weights of one output: a triangle over its source, wider where the image gets smaller. */
static int weigh(int source, int size, int i, int32_t *weight)
{
    double scale = (double)source / size, reach = scale > 1 ? scale : 1;
    double center = (i + 0.5) * scale, sum = 0;
    int low = (int)fmax(0, center - reach + 0.5);
    int high = (int)fmin(source, center + reach + 0.5);

    for (int s = low; s < high; s++)
        sum += fmax(0, 1 - fabs(s + 0.5 - center) / reach);
    for (int s = low; s < high; s++)
        weight[s - low] =
            (int32_t)(0.5 + fmax(0, 1 - fabs(s + 0.5 - center) / reach) / sum * (1 << BITS));
    return low;
}

static enum rn_status axis_init(struct axis *axis, int source, int size, int first, int n,
                                struct rn_err *err)
{
    double scale = (double)source / size;

    axis->n = n;
    axis->taps = 2 * (int)ceil(scale > 1 ? scale : 1) + 1;
    axis->low = rn_alloc((size_t)n, sizeof *axis->low);
    axis->weight = rn_alloc((size_t)n * (size_t)axis->taps, sizeof *axis->weight);
    if (!axis->low || !axis->weight)
        return rn_nomem(err, (size_t)n * (size_t)axis->taps * sizeof *axis->weight, "an image");
    for (int i = 0; i < n; i++)
        axis->low[i] = weigh(source, size, first + i, axis->weight + i * axis->taps);
    return RN_OK;
}

/* Output i from sources `step` bytes apart: `from` is source `first`, and `end` is one too many. */
static uint8_t weighted(const struct axis *axis, int i, const uint8_t *from, size_t step, int first,
                        int end)
{
    const int32_t *weight = axis->weight + (ptrdiff_t)i * axis->taps;
    int64_t sum = 1 << (BITS - 1);
    int low = axis->low[i];

    for (int t = 0; t < axis->taps && low + t < end; t++)
        sum += (int64_t)weight[t] * from[(size_t)(low + t - first) * step];
    sum >>= BITS;
    return (uint8_t)(sum > 255 ? 255 : sum);
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
    for (size_t i = 0; i < n; i++) {
        const uint8_t *p = image->pixels + 3 * i;
        grey->pixels[i] = (uint8_t)((19595U * p[0] + 38470U * p[1] + 7471U * p[2] + 0x8000) >> 16);
    }
    return RN_OK;
}

/* The crop of the resized image: rows of the source that it needs, then its own. */
static enum rn_status resample(const struct rn_image *image, const struct axis *ax,
                               const struct axis *ay, struct rn_image *out, struct rn_err *err)
{
    int first = ay->low[0], last = ay->low[ay->n - 1] + ay->taps;
    size_t c = (size_t)image->c, row = (size_t)ax->n * c, rows;
    uint8_t *middle;

    last = last < image->h ? last : image->h;
    rows = (size_t)(last - first);
    middle = rn_alloc(rows, row);
    *out = (struct rn_image){ay->n, ax->n, image->c, rn_alloc((size_t)ay->n, row)};
    if (!middle || !out->pixels) {
        rn_free(middle);
        return rn_nomem(err, rows * row, "an image");
    }
    for (size_t y = 0; y < rows; y++) {
        const uint8_t *from = image->pixels + ((size_t)first + y) * (size_t)image->w * c;
        for (size_t i = 0; i < row; i++)
            middle[y * row + i] = weighted(ax, (int)(i / c), from + i % c, c, 0, image->w);
    }
    for (int y = 0; y < ay->n; y++)
        for (size_t i = 0; i < row; i++)
            out->pixels[(size_t)y * row + i] = weighted(ay, y, middle + i, row, first, last);
    rn_free(middle);
    return RN_OK;
}

static void normalize(const struct rn_image *image, const struct rn_preprocessing *how, float *out)
{
    const uint8_t *p = image->pixels;

    for (size_t i = 0; i < (size_t)image->h * (size_t)image->w; i++, p += image->c, out += 3)
        for (int c = 0; c < 3; c++)
            out[how->bgr ? 2 - c : c] =
                rn_normalize(how->mean[c], how->std[c], image->c == 1 ? p[0] : p[c]);
}

enum rn_status rn_image_prepare(const struct rn_image *image, const struct rn_preprocessing *how,
                                float *out, struct rn_err *err)
{
    struct rn_image grey = {0}, crop = {0};
    struct axis ax = {0}, ay = {0};
    int64_t h, w, side;
    enum rn_status status;

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
    RN_TRY(
        axis_init(&ax, image->w, (int)w, (int)lrint((double)(w - how->size) / 2), how->size, err));
    RN_TRY(
        axis_init(&ay, image->h, (int)h, (int)lrint((double)(h - how->size) / 2), how->size, err));
    RN_TRY(to_channels(image, how->channels, &grey, err));
    RN_TRY(resample(grey.pixels ? &grey : image, &ax, &ay, &crop, err));
    normalize(&crop, how, out);
done:
    axis_release(&ax);
    axis_release(&ay);
    rn_image_release(&grey);
    rn_image_release(&crop);
    return status;
}

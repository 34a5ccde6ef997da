/* An image file's pixels as a network's input: resized, cropped, normalized. */
#include <math.h>

#include "data/augment.h"
#include "data/source.h"

enum rn_status rn_fit_spans(int h, int w, const struct rn_preprocessing *how, struct rn_span *x,
                            struct rn_span *y, struct rn_err *err)
{
    int64_t side = h < w ? h : w, fit_h, fit_w;

    if (side <= 0)
        return rn_fail(err, RN_E_DATA, "an image without pixels");
    if (how->resize < how->size)
        return rn_fail(err, RN_E_CONFIG, "images are resized to %d and then cropped to %d",
                       how->resize, how->size);
    fit_h = (int64_t)how->resize * h / side;
    fit_w = (int64_t)how->resize * w / side;
    if (fit_h > INT32_MAX || fit_w > INT32_MAX)
        return rn_fail(err, RN_E_DATA, "an image of %dx%d pixels cannot be resized", w, h);
    *x = (struct rn_span){0, w, (int)fit_w, (int)lrint((double)(fit_w - how->size) / 2), how->size};
    *y = (struct rn_span){0, h, (int)fit_h, (int)lrint((double)(fit_h - how->size) / 2), how->size};
    return RN_OK;
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
    struct rn_span x, y;
    enum rn_status status;

    RN_TRY(rn_fit_spans(image->h, image->w, how, &x, &y, err));
    RN_TRY(to_channels(image, how->channels, &grey, err));
    RN_TRY(rn_image_resample(grey.pixels ? &grey : image, x, y, &crop, err));
    rn_image_normalize(&crop, &table, how->bgr, (const float[3]){0}, out);
done:
    rn_image_release(&grey);
    rn_image_release(&crop);
    return status;
}

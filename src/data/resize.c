/* An image file's pixels as a network's input: resized, cropped, normalized. */
#include <math.h>

#include "data/source.h"

/* One axis of the resizing: output i is centred on source (i + first + 1/2) * scale, under a
   triangle of half-width `reach` (bilinear when enlarging; averaging when reducing). */
struct axis {
    int size; /* of the source */
    double scale, first, reach;
};

static struct axis axis_of(int source, int out, double scale)
{
    double first = (source / scale - out) / 2; /* centred crop */

    return (struct axis){source, scale, first, scale > 1 ? scale : 1};
}

static double center(const struct axis *axis, int i)
{
    return (i + axis->first + 0.5) * axis->scale;
}

static int low(const struct axis *axis, int i)
{
    return (int)fmax(0, floor(center(axis, i) - axis->reach));
}

static int high(const struct axis *axis, int i)
{
    return (int)fmin(axis->size, ceil(center(axis, i) + axis->reach));
}

static double weight(const struct axis *axis, int i, int source)
{
    return fmax(0, 1 - fabs(source + 0.5 - center(axis, i)) / axis->reach);
}

/* A pixel's channel in the data set's colors: grey of RGB by Rec. 601, RGB of grey by repetition.
 */
static double pixel_value(const struct rn_image *image, const struct rn_dataset *ds, int y, int x,
                          int channel)
{
    const uint8_t *p =
        image->pixels + ((size_t)y * (size_t)image->w + (size_t)x) * (size_t)image->c;

    if (image->c == 1)
        return p[0];
    return ds->c == 1 ? 0.299 * p[0] + 0.587 * p[1] + 0.114 * p[2] : p[channel];
}

static void sample(const struct rn_image *image, const struct rn_dataset *ds, const struct axis *ay,
                   const struct axis *ax, int y, int x, float *out)
{
    double sum[3] = {0}, total = 0;

    for (int sy = low(ay, y); sy < high(ay, y); sy++) {
        for (int sx = low(ax, x); sx < high(ax, x); sx++) {
            double k = weight(ay, y, sy) * weight(ax, x, sx);
            total += k;
            for (int c = 0; c < 3; c++)
                sum[c] += k * pixel_value(image, ds, sy, sx, c);
        }
    }
    for (int c = 0; c < 3; c++)
        out[c] = rn_normalize(ds, c, (float)(sum[c] / total));
}

enum rn_status rn_image_prepare(const struct rn_image *image, const struct rn_dataset *ds,
                                float *out, struct rn_err *err)
{
    double scale = fmin((double)image->h / ds->h, (double)image->w / ds->w);
    struct axis ay = axis_of(image->h, ds->h, scale), ax = axis_of(image->w, ds->w, scale);

    if (image->h <= 0 || image->w <= 0)
        return rn_fail(err, RN_E_DATA, "an image without pixels");
    for (int y = 0; y < ds->h; y++)
        for (int x = 0; x < ds->w; x++, out += 3)
            sample(image, ds, &ay, &ax, y, x, out);
    return RN_OK;
}

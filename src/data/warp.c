/* Affine maps of 8-bit images, as Pillow does them with BILINEAR. */
#include <math.h>
#include <string.h>

#include "data/augment.h"
#include "regnet/memory.h"

#define FILL 128

/* Pixel centres are at halves; outside of the image is nothing. */
static bool inside(double x, double y, const struct rn_image *image)
{
    return x >= 0 && x < image->w && y >= 0 && y < image->h;
}

static int clamp(int v, int n)
{
    return v < 0 ? 0 : v < n ? v : n - 1;
}

/* The value between four pixels, cut to a whole number. */
static void interpolate(const struct rn_image *image, double x, double y, uint8_t *out)
{
    int left = (int)floor(x - 0.5), top = (int)floor(y - 0.5);
    double dx = x - 0.5 - left, dy = y - 0.5 - top;
    ptrdiff_t c = image->c, row = image->w * c;
    const uint8_t *upper = image->pixels + clamp(top, image->h) * row;
    const uint8_t *lower = top + 1 < image->h ? image->pixels + (top + 1) * row : upper;
    ptrdiff_t x0 = clamp(left, image->w) * c, x1 = clamp(left + 1, image->w) * c;

    for (ptrdiff_t k = 0; k < c; k++) {
        double a = upper[x0 + k] + (upper[x1 + k] - upper[x0 + k]) * dx;
        double b = lower[x0 + k] + (lower[x1 + k] - lower[x0 + k]) * dx;
        out[k] = (uint8_t)(a + (b - a) * dy);
    }
}

enum rn_status rn_image_warp(struct rn_image *image, const double m[6], struct rn_err *err)
{
    size_t c = (size_t)image->c, size = (size_t)image->h * (size_t)image->w * c;
    uint8_t *pixels = rn_alloc(size, 1), *out = pixels;

    if (!pixels)
        return rn_nomem(err, size, "an image");
    memset(pixels, FILL, size);
    for (int row = 0; row < image->h; row++) {
        for (int column = 0; column < image->w; column++, out += c) {
            double x = column + 0.5, y = row + 0.5;
            double from_x = m[0] * x + m[1] * y + m[2], from_y = m[3] * x + m[4] * y + m[5];
            if (inside(from_x, from_y, image))
                interpolate(image, from_x, from_y, out);
        }
    }
    rn_free(image->pixels);
    image->pixels = pixels;
    return RN_OK;
}

static double to_15_digits(double v)
{
    return nearbyint(v * 1e15) / 1e15;
}

enum rn_status rn_image_rotate(struct rn_image *image, double degrees, struct rn_err *err)
{
    double angle = -degrees * 3.14159265358979323846 / 180, x = image->w / 2.0, y = image->h / 2.0;
    double cosine = to_15_digits(cos(angle)), sine = to_15_digits(sin(angle));

    if (degrees == 0)
        return RN_OK;
    return rn_image_warp(image,
                         (const double[6]){cosine, sine, x - cosine * x - sine * y, -sine, cosine,
                                           y + sine * x - cosine * y},
                         err);
}

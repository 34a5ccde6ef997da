/* Operations on the colours of 8-bit images, as Pillow does them. */
#include <math.h>
#include <string.h>

#include "data/augment.h"
#include "regnet/memory.h"

uint8_t rn_luma(const uint8_t *rgb)
{
    return (uint8_t)((19595U * rgb[0] + 38470U * rgb[1] + 7471U * rgb[2] + 0x8000) >> 16);
}

static size_t bytes_of(const struct rn_image *image)
{
    return (size_t)image->h * (size_t)image->w * (size_t)image->c;
}

static uint8_t clipped(double v)
{
    return (uint8_t)(v <= 0 ? 0 : v >= 255 ? 255 : v);
}

/* Each value of channel `c` is looked up. */
static void look_up(struct rn_image *image, int c, const uint8_t table[256])
{
    size_t n = bytes_of(image);

    for (size_t i = (size_t)c; i < n; i += (size_t)image->c)
        image->pixels[i] = table[image->pixels[i]];
}

static void look_up_all(struct rn_image *image, const uint8_t table[256])
{
    for (int c = 0; c < image->c; c++)
        look_up(image, c, table);
}

static void count(const struct rn_image *image, int c, long histogram[256])
{
    size_t n = bytes_of(image);

    memset(histogram, 0, 256 * sizeof *histogram);
    for (size_t i = (size_t)c; i < n; i += (size_t)image->c)
        histogram[image->pixels[i]]++;
}

static void auto_contrast(struct rn_image *image)
{
    long histogram[256];
    uint8_t table[256];

    for (int c = 0; c < image->c; c++) {
        int low = 0, high = 255;
        double scale;
        count(image, c, histogram);
        while (low < 255 && !histogram[low])
            low++;
        while (high > 0 && !histogram[high])
            high--;
        if (high <= low)
            continue;
        scale = 255.0 / (high - low);
        for (int i = 0; i < 256; i++)
            table[i] = clipped(i * scale - low * scale);
        look_up(image, c, table);
    }
}

/* Left alone where the steps would be smaller than a pixel. */
static void equalize(struct rn_image *image)
{
    long histogram[256];
    uint8_t table[256];

    for (int c = 0; c < image->c; c++) {
        long sum = 0, last = 0, step, at;
        int used = 0;
        count(image, c, histogram);
        for (int i = 0; i < 256; i++) {
            sum += histogram[i];
            last = histogram[i] ? histogram[i] : last;
            used += histogram[i] > 0;
        }
        step = (sum - last) / 255;
        if (used <= 1 || step == 0)
            continue;
        at = step / 2;
        for (int i = 0; i < 256; at += histogram[i++])
            table[i] = (uint8_t)(at / step < 255 ? at / step : 255);
        look_up(image, c, table);
    }
}

static void invert_from(struct rn_image *image, double threshold)
{
    uint8_t table[256];

    for (int i = 0; i < 256; i++)
        table[i] = (uint8_t)(i < threshold ? i : 255 - i);
    look_up_all(image, table);
}

static void posterize(struct rn_image *image, double v)
{
    int bits = (int)v < 1 ? 1 : (int)v;
    uint8_t table[256];

    for (int i = 0; i < 256; i++)
        table[i] = (uint8_t)(i & ~((1 << (8 - bits)) - 1));
    look_up_all(image, table);
}

static void solarize_add(struct rn_image *image, double v)
{
    uint8_t table[256];

    for (int i = 0; i < 256; i++)
        table[i] = i < 128 ? clipped(nearbyint(v + i)) : (uint8_t)i;
    look_up_all(image, table);
}

/* away + v (p - away), cut to whole numbers: v 1 is the pixel itself. */
static uint8_t blend(uint8_t away, uint8_t p, float v)
{
    return clipped((double)((float)away + v * (float)(p - away)));
}

static void color(struct rn_image *image, float v)
{
    size_t n = bytes_of(image);

    if (image->c == 1)
        return;
    for (size_t i = 0; i < n; i += 3) {
        uint8_t grey = rn_luma(image->pixels + i);
        for (size_t c = 0; c < 3; c++)
            image->pixels[i + c] = blend(grey, image->pixels[i + c], v);
    }
}

static void blend_with(struct rn_image *image, uint8_t away, float v)
{
    uint8_t table[256];

    for (int i = 0; i < 256; i++)
        table[i] = blend(away, (uint8_t)i, v);
    look_up_all(image, table);
}

static uint8_t mean_grey(const struct rn_image *image)
{
    size_t n = (size_t)image->h * (size_t)image->w;
    double sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += image->c == 1 ? image->pixels[i] : rn_luma(image->pixels + 3 * i);
    return (uint8_t)(sum / (double)n + 0.5);
}

/* The mean of 3 x 3 pixels in which the middle counts five times. */
static uint8_t smooth(const uint8_t *p, size_t row, size_t c)
{
    int sum = 5 * p[0] + p[c] + *(p - c);

    for (const uint8_t *q = p - row; q <= p + row; q += 2 * row)
        sum += q[0] + q[c] + *(q - c);
    return (uint8_t)((2 * sum + 13) / 26);
}

/* The border is as it was. */
static enum rn_status sharpness(struct rn_image *image, float v, struct rn_err *err)
{
    size_t n = bytes_of(image), c = (size_t)image->c, row = (size_t)image->w * c;
    uint8_t *from = rn_alloc(n, 1);

    if (!from)
        return rn_nomem(err, n, "an image");
    memcpy(from, image->pixels, n);
    for (size_t y = 1; y + 1 < (size_t)image->h; y++)
        for (size_t i = y * row + c; i < (y + 1) * row - c; i++)
            image->pixels[i] = blend(smooth(from + i, row, c), from[i], v);
    rn_free(from);
    return RN_OK;
}

enum rn_status rn_augment_apply(enum rn_augment_op op, double v, struct rn_image *image,
                                struct rn_err *err)
{
    switch (op) {
    case RN_AUGMENT_AUTO_CONTRAST:
        auto_contrast(image);
        break;
    case RN_AUGMENT_EQUALIZE:
        equalize(image);
        break;
    case RN_AUGMENT_INVERT:
        invert_from(image, 0);
        break;
    case RN_AUGMENT_ROTATE:
        return rn_image_rotate(image, v, err);
    case RN_AUGMENT_POSTERIZE:
        posterize(image, v);
        break;
    case RN_AUGMENT_SOLARIZE:
        invert_from(image, v);
        break;
    case RN_AUGMENT_SOLARIZE_ADD:
        solarize_add(image, v);
        break;
    case RN_AUGMENT_COLOR:
        color(image, (float)v);
        break;
    case RN_AUGMENT_CONTRAST:
        blend_with(image, mean_grey(image), (float)v);
        break;
    case RN_AUGMENT_BRIGHTNESS:
        blend_with(image, 0, (float)v);
        break;
    case RN_AUGMENT_SHARPNESS:
        return sharpness(image, (float)v, err);
    case RN_AUGMENT_SHEAR_X:
        return rn_image_warp(image, (const double[6]){1, v, 0, 0, 1, 0}, err);
    case RN_AUGMENT_SHEAR_Y:
        return rn_image_warp(image, (const double[6]){1, 0, 0, v, 1, 0}, err);
    case RN_AUGMENT_TRANS_X:
        return rn_image_warp(image, (const double[6]){1, 0, v * image->w, 0, 1, 0}, err);
    case RN_AUGMENT_TRANS_Y:
        return rn_image_warp(image, (const double[6]){1, 0, 0, 0, 1, v * image->h}, err);
    }
    return RN_OK;
}

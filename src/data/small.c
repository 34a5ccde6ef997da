/* Files of small images of one size are decoded once, into memory, as published sets are. */
#include "data/index.h"
#include "regnet/memory.h"

#define SIDE 64                 /* pixels */
#define BYTES ((size_t)1 << 30) /* of pixels, at most */

/* Into three channels. False: of another size, or no image. */
static bool load(const struct rn_dataset *ds, size_t i, int h, int w, uint8_t *pixels)
{
    struct rn_image image = {0};
    bool fits = rn_dataset_image(ds, i, &image, NULL) == RN_OK && image.h == h && image.w == w;

    for (int p = 0; fits && p < h * w; p++)
        for (int k = 0; k < 3; k++)
            pixels[3 * p + k] = image.pixels[p * image.c + (image.c == 3 ? k : 0)];
    rn_image_release(&image);
    return fits;
}

enum rn_status rn_dataset_load_small(struct rn_dataset *ds, struct rn_err *err)
{
    struct rn_image first = {0};
    size_t size, n = (size_t)ds->n;
    uint8_t *pixels = NULL;
    bool fit;
    int h, w;

    if (rn_dataset_image(ds, 0, &first, NULL) != RN_OK)
        return RN_OK; /* the loader will say so, or skip it */
    h = first.h, w = first.w;
    rn_image_release(&first);
    size = (size_t)h * (size_t)w * 3;
    if (h != w || h > SIDE || n > BYTES / size)
        return RN_OK;
    pixels = rn_alloc(n, size);
    if (!pixels)
        return rn_nomem(err, n * size, "the images");
    fit = true;
    for (size_t i = 0; fit && i < n; i++)
        fit = load(ds, i, h, w, pixels + i * size);
    if (!fit) {
        rn_free(pixels);
        return RN_OK;
    }
    ds->pixels = pixels;
    ds->h = h;
    ds->w = w;
    return RN_OK;
}

/* Files of small images of one size are decoded once, into memory, as published sets are. */
#include "data/index.h"
#include "regnet/memory.h"

#define SIDE 64                 /* pixels */
#define BYTES ((size_t)1 << 30) /* of pixels, at most */

/* The images that have been decoded: all of h x w, in three channels. */
struct small {
    size_t n;
    int h, w; /* 0 before the first */
    uint8_t *pixels;
    struct rn_err **failed; /* NULL before the first */
};

static void release(struct small *small)
{
    for (size_t i = 0; small->failed && i < small->n; i++)
        rn_free(small->failed[i]);
    rn_free(small->failed);
    rn_free(small->pixels);
}

/* Memory for all, if the first image is a small square. */
static enum rn_status begin(struct small *small, const struct rn_image *first, struct rn_err *err)
{
    size_t size = (size_t)first->h * (size_t)first->w * 3;

    if (first->h != first->w || first->h > SIDE || small->n > BYTES / size)
        return RN_OK;
    small->pixels = rn_alloc(small->n, size);
    if (!small->pixels)
        return rn_nomem(err, small->n * size, "the images");
    small->h = first->h;
    small->w = first->w;
    return RN_OK;
}

/* Keeps the image, if it is of the size of those before it. */
static enum rn_status add(struct small *small, size_t i, const struct rn_image *image, bool *fits,
                          struct rn_err *err)
{
    uint8_t *to;
    enum rn_status status = RN_OK;

    if (!small->pixels)
        RN_TRY(begin(small, image, err));
    *fits = image->h == small->h && image->w == small->w;
    to = small->pixels + i * (size_t)(small->h * small->w * 3);
    for (int p = 0; *fits && p < image->h * image->w; p++)
        for (int k = 0; k < 3; k++)
            to[3 * p + k] = image->pixels[p * image->c + (image->c == 3 ? k : 0)];
done:
    return status;
}

static enum rn_status add_failed(struct small *small, size_t i, const struct rn_err *why,
                                 struct rn_err *err)
{
    if (!small->failed)
        small->failed = rn_alloc(small->n, sizeof *small->failed);
    if (small->failed)
        small->failed[i] = rn_alloc(1, sizeof *why);
    if (!small->failed || !small->failed[i])
        return rn_nomem(err, small->n * sizeof *small->failed, "the images");
    *small->failed[i] = *why;
    return RN_OK;
}

enum rn_status rn_dataset_load_small(struct rn_dataset *ds, struct rn_err *err)
{
    struct small small = {.n = (size_t)ds->n};
    bool fits = true;
    enum rn_status status = RN_OK;

    for (size_t i = 0; fits && i < small.n; i++) {
        struct rn_image image = {0};
        struct rn_err why = {0};
        status = rn_dataset_image(ds, i, &image, &why);
        if (status == RN_OK)
            status = add(&small, i, &image, &fits, err);
        else if (status == RN_E_NOMEM)
            status = rn_fail(err, status, "%s", why.msg);
        else
            status = add_failed(&small, i, &why, err);
        rn_image_release(&image);
        if (status != RN_OK)
            goto done;
    }
    if (!fits || !small.pixels)
        goto done;
    ds->pixels = small.pixels;
    ds->failed = small.failed;
    ds->h = small.h;
    ds->w = small.w;
    small = (struct small){0};
done:
    release(&small);
    return status;
}

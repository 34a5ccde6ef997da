/* Batches: an order and an augmentation that are functions of (seed, epoch, image). */
#include <string.h>

#include "data/source.h"
#include "regnet/rng.h"

#define PAD 4

struct rn_loader {
    struct rn_loader_options options;
    float table[3][256]; /* normalized values of a pixel, by channel */
    int epoch;
    size_t at, end;  /* positions in order; end: after the last image of the epoch */
    uint32_t *order; /* of part->index */
};

enum rn_status rn_loader_new(const struct rn_loader_options *options, struct rn_loader **loader,
                             struct rn_err *err)
{
    struct rn_loader *out = rn_alloc(1, sizeof *out);
    size_t n = options->part->n, batch = (size_t)options->batch;

    if (out)
        out->order = rn_alloc(n, sizeof *out->order);
    if (!out || !out->order) {
        rn_loader_free(out);
        return rn_nomem(err, n * sizeof *out->order, "a loader");
    }
    out->options = *options;
    out->end = options->drop_last ? n / batch * batch : n;
    for (int c = 0; c < 3; c++)
        for (int p = 0; p < 256; p++)
            out->table[c][p] =
                rn_normalize(options->dataset->mean[c], options->dataset->std[c], (float)p);
    rn_loader_start(out, 0, 0);
    *loader = out;
    return RN_OK;
}

void rn_loader_free(struct rn_loader *loader)
{
    if (loader)
        rn_free(loader->order);
    rn_free(loader);
}

int rn_loader_batches(const struct rn_loader *loader)
{
    size_t batch = (size_t)loader->options.batch;

    return (int)((loader->end + batch - 1) / batch);
}

void rn_loader_start(struct rn_loader *loader, int epoch, int skip)
{
    const struct rn_loader_options *options = &loader->options;
    struct rn_rng rng = rn_rng_at(options->seed, RN_STREAM_SHUFFLE, (uint64_t)epoch);
    uint32_t n = (uint32_t)options->part->n;

    loader->epoch = epoch;
    loader->at = (size_t)skip * (size_t)options->batch;
    if (options->shuffle)
        rn_rng_permutation(&rng, n, loader->order);
    else
        for (uint32_t i = 0; i < n; i++)
            loader->order[i] = i;
}

/* Where the pixels of an augmented image come from: shifted by (dy, dx), then mirrored. */
struct crop {
    int dy, dx; /* -PAD .. PAD */
    bool flip;
};

static struct crop draw_crop(const struct rn_loader *loader, uint32_t image)
{
    struct rn_rng rng;
    struct crop crop = {0};

    if (!loader->options.augment)
        return crop;
    rng = rn_rng_at(loader->options.seed, RN_STREAM_AUGMENT, (uint64_t)loader->epoch << 32 | image);
    crop.dy = (int)rn_rng_below(&rng, 2 * PAD + 1) - PAD;
    crop.dx = (int)rn_rng_below(&rng, 2 * PAD + 1) - PAD;
    crop.flip = rn_rng_below(&rng, 2) == 1;
    return crop;
}

/* The padding is 0 after normalization, as in pycls. */
static void write_pixel(const struct rn_loader *loader, const uint8_t *pixel, float *out)
{
    int step = loader->options.dataset->c == 3;

    for (int c = 0; c < 3; c++)
        out[c] = pixel ? loader->table[c][pixel[c * step]] : 0;
}

static void write_image(const struct rn_loader *loader, uint32_t image, float *out)
{
    const struct rn_dataset *ds = loader->options.dataset;
    struct crop crop = draw_crop(loader, image);
    const uint8_t *pixels = ds->pixels + (size_t)image * (size_t)(ds->h * ds->w * ds->c);

    for (int y = 0; y < ds->h; y++) {
        int from_y = y + crop.dy;
        for (int x = 0; x < ds->w; x++, out += 3) {
            int from_x = (crop.flip ? ds->w - 1 - x : x) + crop.dx;
            bool inside = from_y >= 0 && from_y < ds->h && from_x >= 0 && from_x < ds->w;
            write_pixel(loader, inside ? pixels + (from_y * ds->w + from_x) * ds->c : NULL, out);
        }
    }
}

int rn_loader_next(struct rn_loader *loader, float *images, int32_t *labels)
{
    const struct rn_dataset *ds = loader->options.dataset;
    size_t size = (size_t)(ds->h * ds->w) * 3, n = 0;

    for (; n < (size_t)loader->options.batch && loader->at < loader->end; n++, loader->at++) {
        uint32_t image = loader->options.part->index[loader->order[loader->at]];
        write_image(loader, image, images + n * size);
        labels[n] = ds->labels[image];
    }
    return (int)n;
}

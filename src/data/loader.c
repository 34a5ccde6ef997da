/* Batches: an order that is a function of (seed, epoch), and what images become in their batch. */
#include <string.h>

#include "data/feed.h"
#include "regnet/memory.h"

struct rn_loader {
    struct rn_loader_options options;
    struct rn_prepare prepare;
    struct rn_feed *feed;
    int epoch, at;   /* at: the next batch */
    size_t end;      /* positions of an epoch in order */
    uint32_t *order; /* images */
    uint8_t *bad;    /* of the data set's images: told of */
    size_t n_bad;
    int *good;         /* of a batch: the places of its good images */
    uint32_t *partner; /* and those that they are mixed with */
};

static struct rn_prepare prepare_of(const struct rn_loader_options *options)
{
    const struct rn_dataset *ds = options->dataset;
    struct rn_prepare prepare = {.dataset = ds,
                                 .augment = options->augment,
                                 .how = rn_preprocessing_of(ds, options->resize, options->size),
                                 .table = rn_table_of(ds->mean, ds->std),
                                 .seed = options->seed,
                                 .h = ds->h ? ds->h : options->size,
                                 .w = ds->h ? ds->w : options->size,
                                 .reduced_jpeg = options->reduced_jpeg};

    return prepare;
}

enum rn_status rn_loader_new(const struct rn_loader_options *options, struct rn_loader **loader,
                             struct rn_err *err)
{
    struct rn_loader *out = rn_alloc(1, sizeof *out);
    size_t n = options->part->n, batch = (size_t)options->batch;
    enum rn_status status;

    if (!out)
        return rn_nomem(err, sizeof *out, "a loader");
    out->options = *options;
    out->prepare = prepare_of(options);
    out->end = options->drop_last ? n / batch * batch : n;
    out->prepare.intact = rn_alloc((size_t)options->dataset->n, 1);
    out->order = rn_alloc(n, sizeof *out->order);
    out->bad = rn_alloc((size_t)options->dataset->n, 1);
    out->good = rn_alloc(batch, sizeof *out->good);
    out->partner = rn_alloc(batch, sizeof *out->partner);
    if (!out->prepare.intact || !out->order || !out->bad || !out->good || !out->partner) {
        status = rn_nomem(err, n * sizeof *out->order, "a loader");
        goto done;
    }
    RN_TRY(rn_feed_new(&out->prepare, options->batch,
                       options->dataset->pixels ? 0 : options->workers, &out->feed, err));
    rn_loader_start(out, 0, 0);
    *loader = out;
    out = NULL;
done:
    rn_loader_free(out);
    return status;
}

void rn_loader_free(struct rn_loader *loader)
{
    if (!loader)
        return;
    rn_feed_free(loader->feed);
    rn_free(loader->prepare.intact);
    rn_free(loader->order);
    rn_free(loader->bad);
    rn_free(loader->good);
    rn_free(loader->partner);
    rn_free(loader);
}

int rn_loader_batches(const struct rn_loader *loader)
{
    size_t batch = (size_t)loader->options.batch;

    return (int)((loader->end + batch - 1) / batch);
}

size_t rn_loader_image_size(const struct rn_loader *loader)
{
    return (size_t)loader->prepare.h * (size_t)loader->prepare.w * 3;
}

void rn_loader_start(struct rn_loader *loader, int epoch, int skip)
{
    const struct rn_loader_options *options = &loader->options;
    struct rn_rng rng = rn_rng_at(options->seed, RN_STREAM_SHUFFLE, (uint64_t)epoch);
    size_t n = options->part->n;

    rn_feed_start(loader->feed, epoch, loader->order, 0, 0); /* nobody reads the order now */
    if (options->shuffle)
        rn_rng_permutation(&rng, (uint32_t)n, loader->order);
    for (size_t i = 0; i < n; i++)
        loader->order[i] = options->part->index[options->shuffle ? loader->order[i] : i];
    loader->epoch = epoch;
    loader->at = skip;
    rn_feed_start(loader->feed, epoch, loader->order, (size_t)skip * (size_t)options->batch,
                  loader->end);
}

/* The image at a place of the batch cannot be used: an error, or told of once. */
static enum rn_status skip(struct rn_loader *loader, int place, const struct rn_err *why,
                           struct rn_err *err)
{
    const struct rn_loader_options *options = &loader->options;
    size_t position = (size_t)loader->at * (size_t)options->batch + (size_t)place;
    uint32_t image = loader->order[position];
    struct rn_err told;

    if (loader->bad[image])
        return RN_OK;
    loader->bad[image] = 1;
    loader->n_bad++;
    if ((double)loader->n_bad > options->skip_bad * (double)options->part->n) {
        if (options->skip_bad <= 0)
            return rn_fail(err, why->status, "%s", why->msg);
        return rn_fail(err, why->status, "%s; this is bad image %zu of %zu, and %g %% may be",
                       why->msg, loader->n_bad, options->part->n, 100 * options->skip_bad);
    }
    (void)rn_fail(&told, why->status, "%s (%zu bad of %zu)", why->msg, loader->n_bad,
                  options->part->n);
    if (options->on_skip)
        options->on_skip(options->arg, told.msg);
    return RN_OK;
}

static int32_t label_at(const struct rn_loader *loader, int place)
{
    size_t position = (size_t)loader->at * (size_t)loader->options.batch + (size_t)place;

    return loader->options.dataset->labels[loader->order[position]];
}

/* The places of the images that can be used. */
static enum rn_status choose_good(struct rn_loader *loader, const struct rn_fed *fed, int *n,
                                  struct rn_err *err)
{
    enum rn_status status = RN_OK;

    *n = 0;
    for (int place = 0; place < fed->n; place++) {
        if (fed->errs[place].status == RN_OK)
            loader->good[(*n)++] = place;
        else
            RN_TRY(skip(loader, place, &fed->errs[place], err));
    }
done:
    return status;
}

/* Of shares of two labels, which may be one. */
static void write_target(const struct rn_loader *loader, int32_t own, int32_t other, double share,
                         float *target)
{
    int classes = loader->options.dataset->n_classes;
    double smoothing = loader->options.smoothing, off = smoothing / classes;

    for (int k = 0; k < classes; k++) {
        double part = (k == own ? share : 0) + (k == other ? 1 - share : 0);
        target[k] = (float)((1 - smoothing) * part + off);
    }
}

static void write_batch(const struct rn_loader *loader, const struct rn_fed *fed, int n,
                        const struct rn_mix *mix, const struct rn_batch *out)
{
    size_t size = rn_loader_image_size(loader),
           classes = (size_t)loader->options.dataset->n_classes;

    for (int i = 0; i < n; i++) {
        int own = loader->good[i], other = mix->own < 1 ? loader->good[mix->partner[i]] : own;
        int32_t label = label_at(loader, own), other_label = label_at(loader, other);

        rn_mix_image(mix, fed->images + (size_t)own * size, fed->images + (size_t)other * size,
                     loader->prepare.h, loader->prepare.w, out->images + (size_t)i * size);
        out->labels[i] = mix->own < 0.5 ? other_label : label;
        if (out->targets)
            write_target(loader, label, other_label, mix->own, out->targets + (size_t)i * classes);
    }
}

enum rn_status rn_loader_next(struct rn_loader *loader, const struct rn_batch *batch, int *n,
                              struct rn_err *err)
{
    struct rn_mix mix = {.partner = loader->partner};
    struct rn_fed fed;
    int good = 0;
    enum rn_status status = RN_OK;

    do {
        uint64_t index = (uint64_t)loader->epoch << 32 | (uint32_t)loader->at;
        struct rn_rng rng = rn_rng_at(loader->options.seed, RN_STREAM_MIX, index);
        fed = rn_feed_next(loader->feed);
        RN_TRY(choose_good(loader, &fed, &good, err));
        rn_mix_draw(&loader->options.augment, &rng, good, loader->prepare.h, loader->prepare.w,
                    &mix);
        write_batch(loader, &fed, good, &mix, batch);
        loader->at += fed.n > 0;
        rn_feed_done(loader->feed);
    } while (good == 0 && fed.n > 0);
    *n = good;
done:
    return status;
}

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
    double *failed;    /* of a batch, by place: whether the image there is bad */
    int *good;         /* the places of its good images */
    uint32_t *partner; /* and those that they are mixed with */
    uint32_t *ahead;   /* the same of a batch that is being prepared */
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

/* How the n good images of a batch are mixed. */
static void draw_mix(const struct rn_loader *loader, size_t batch, int n, struct rn_mix *mix)
{
    struct rn_rng rng =
        rn_rng_at(loader->options.seed, RN_STREAM_MIX, (uint64_t)loader->epoch << 32 | batch);

    rn_mix_draw(&loader->options.augment, &rng, n, loader->prepare.h, loader->prepare.w, mix);
}

/* Of n images, this process's: from `first` on. */
static int part_of(const struct rn_loader *loader, int n, int *first)
{
    const struct rn_batch_parts *parts = &loader->options.parts;
    int own = parts->n > 1 ? n / parts->n : n;

    *first = own * parts->index;
    return own;
}

/* This process's images and those that they are mixed with, if none of the batch is bad. */
static void choose_ahead(void *arg, size_t batch, int n, bool *wanted)
{
    struct rn_loader *loader = arg;
    struct rn_mix mix = {.partner = loader->ahead};
    int first, own = part_of(loader, n, &first);

    draw_mix(loader, batch, n, &mix);
    for (int place = 0; place < n; place++)
        wanted[place] = place >= first && place < first + own;
    for (int i = first; i < first + own && mix.own < 1; i++)
        wanted[mix.partner[i]] = true;
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
    out->failed = rn_alloc(batch, sizeof *out->failed);
    out->good = rn_alloc(batch, sizeof *out->good);
    out->partner = rn_alloc(batch, sizeof *out->partner);
    out->ahead = rn_alloc(batch, sizeof *out->ahead);
    if (!out->prepare.intact || !out->order || !out->bad || !out->failed || !out->good ||
        !out->partner || !out->ahead) {
        status = rn_nomem(err, n * sizeof *out->order, "a loader");
        goto done;
    }
    RN_TRY(rn_feed_new(&out->prepare, options->batch,
                       options->dataset->pixels ? 0 : options->workers, choose_ahead, out,
                       &out->feed, err));
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
    rn_free(loader->failed);
    rn_free(loader->good);
    rn_free(loader->partner);
    rn_free(loader->ahead);
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

/* The image at a place of the batch cannot be used: an error, or told of once. Lack of memory says
   nothing of the image. */
static enum rn_status skip(struct rn_loader *loader, int place, const struct rn_err *why,
                           struct rn_err *err)
{
    const struct rn_loader_options *options = &loader->options;
    size_t position = (size_t)loader->at * (size_t)options->batch + (size_t)place;
    uint32_t image = loader->order[position];
    struct rn_err told;

    if (why->status == RN_E_NOMEM)
        return rn_fail(err, why->status, "%s", why->msg);
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

/* Where bad images end the training, each process knows of its own. */
static void find_bad(struct rn_loader *loader, const struct rn_fed *fed)
{
    const struct rn_batch_parts *parts = &loader->options.parts;

    for (int place = 0; place < fed->n; place++)
        loader->failed[place] = fed->prepared[place] && fed->errs[place].status != RN_OK;
    if (parts->n > 1 && loader->options.skip_bad > 0)
        parts->sum(parts->arg, loader->failed, (size_t)fed->n);
}

/* The places of the images that can be used. */
static enum rn_status choose_good(struct rn_loader *loader, const struct rn_fed *fed, int *n,
                                  struct rn_err *err)
{
    enum rn_status status = RN_OK;

    find_bad(loader, fed);
    *n = 0;
    for (int place = 0; place < fed->n; place++) {
        if (loader->failed[place] == 0) {
            loader->good[(*n)++] = place;
            continue;
        }
        rn_feed_prepare(loader->feed, place); /* says why */
        RN_TRY(skip(loader, place, &fed->errs[place], err));
    }
done:
    return status;
}

/* An image that is good, but maybe not prepared: that is known only now. */
static enum rn_status need(const struct rn_loader *loader, const struct rn_fed *fed, int place,
                           struct rn_err *err)
{
    rn_feed_prepare(loader->feed, place);
    if (fed->errs[place].status != RN_OK)
        return rn_fail(err, fed->errs[place].status, "%s", fed->errs[place].msg);
    return RN_OK;
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

/* n good images, from the first-th on. */
static enum rn_status write_batch(const struct rn_loader *loader, const struct rn_fed *fed,
                                  int first, int n, const struct rn_mix *mix,
                                  const struct rn_batch *out, struct rn_err *err)
{
    size_t size = rn_loader_image_size(loader),
           classes = (size_t)loader->options.dataset->n_classes;
    enum rn_status status = RN_OK;

    for (int i = 0; i < n; i++) {
        int at = first + i, own = loader->good[at];
        int other = mix->own < 1 ? loader->good[mix->partner[at]] : own;
        int32_t label = label_at(loader, own), other_label = label_at(loader, other);

        RN_TRY(need(loader, fed, own, err));
        RN_TRY(need(loader, fed, other, err));
        rn_mix_image(mix, fed->images + (size_t)own * size, fed->images + (size_t)other * size,
                     loader->prepare.h, loader->prepare.w, out->images + (size_t)i * size);
        out->labels[i] = mix->own < 0.5 ? other_label : label;
        if (out->targets)
            write_target(loader, label, other_label, mix->own, out->targets + (size_t)i * classes);
    }
done:
    return status;
}

enum rn_status rn_loader_next(struct rn_loader *loader, const struct rn_batch *batch, int *n,
                              struct rn_err *err)
{
    struct rn_mix mix = {.partner = loader->partner};
    struct rn_fed fed = rn_feed_next(loader->feed);
    int good, first, own;
    enum rn_status status;

    if (fed.n == 0) {
        *n = -1;
        return RN_OK;
    }
    RN_TRY(choose_good(loader, &fed, &good, err));
    draw_mix(loader, (size_t)loader->at, good, &mix);
    own = part_of(loader, good, &first);
    RN_TRY(write_batch(loader, &fed, first, own, &mix, batch, err));
    loader->at++;
    rn_feed_done(loader->feed);
    *n = own;
done:
    return status;
}

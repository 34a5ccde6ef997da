/* Threads that prepare images: they take positions in order, as long as a slot is free. */
#include "data/feed.h"

#include <pthread.h>
#include <string.h>

#include "regnet/memory.h"

#define SLOTS 2 /* batches in memory: the one that is handed out, and the one after it */

struct slot {
    float *images;
    struct rn_err *errs;
    bool *prepared;
    size_t ready; /* images that are prepared, or not to be */
};

struct rn_feed {
    const struct rn_prepare *prepare;
    rn_feed_choose *choose;
    void *arg;
    size_t batch;
    int n_threads, started;
    pthread_t *threads;
    struct slot slots[SLOTS];

    int epoch;
    const uint32_t *order;
    size_t end;

    pthread_mutex_t lock; /* of what follows, and of the slots' ready */
    pthread_cond_t work, ready;
    size_t taken;       /* the first position that no thread has taken */
    size_t given;       /* the first position of the batch that is handed out next */
    int busy;           /* threads that prepare an image */
    bool running, quit; /* running: between a start's first batch and the next start */
};

static struct slot *slot_of(struct rn_feed *feed, size_t position)
{
    return &feed->slots[feed->n_threads ? position / feed->batch % SLOTS : 0];
}

/* Of the batch that begins at a position. */
static size_t batch_size(const struct rn_feed *feed, size_t first)
{
    size_t left = feed->end - first;

    return left < feed->batch ? left : feed->batch;
}

static void choose_prepared(struct rn_feed *feed, size_t first)
{
    feed->choose(feed->arg, first / feed->batch, (int)batch_size(feed, first),
                 slot_of(feed, first)->prepared);
}

static void prepare(struct rn_feed *feed, size_t position)
{
    const struct rn_prepare *how = feed->prepare;
    struct slot *slot = slot_of(feed, position);
    size_t place = position % feed->batch, size = (size_t)how->h * (size_t)how->w * 3;

    slot->errs[place].status = RN_OK;
    (void)rn_prepare_image(how, feed->epoch, feed->order[position], slot->images + place * size,
                           &slot->errs[place]);
}

static bool may_take(const struct rn_feed *feed)
{
    return feed->running && feed->taken < feed->end &&
           feed->taken / feed->batch < feed->given / feed->batch + SLOTS;
}

static void *thread_main(void *arg)
{
    struct rn_feed *feed = arg;

    pthread_mutex_lock(&feed->lock);
    for (;;) {
        size_t position;
        while (!feed->quit && !may_take(feed))
            pthread_cond_wait(&feed->work, &feed->lock);
        if (feed->quit)
            break;
        position = feed->taken++;
        if (position % feed->batch == 0)
            choose_prepared(feed, position);
        feed->busy++;
        pthread_mutex_unlock(&feed->lock);
        if (slot_of(feed, position)->prepared[position % feed->batch])
            prepare(feed, position);
        pthread_mutex_lock(&feed->lock);
        feed->busy--;
        slot_of(feed, position)->ready++;
        pthread_cond_signal(&feed->ready);
    }
    pthread_mutex_unlock(&feed->lock);
    return NULL;
}

static enum rn_status make_slots(struct rn_feed *feed, struct rn_err *err)
{
    size_t size = (size_t)feed->prepare->h * (size_t)feed->prepare->w * 3;

    for (int i = 0; i < (feed->n_threads ? SLOTS : 1); i++) {
        struct slot *slot = &feed->slots[i];
        slot->images = rn_alloc(feed->batch * size, sizeof *slot->images);
        slot->errs = rn_alloc(feed->batch, sizeof *slot->errs);
        slot->prepared = rn_alloc(feed->batch, sizeof *slot->prepared);
        if (!slot->images || !slot->errs || !slot->prepared)
            return rn_nomem(err, feed->batch * size * sizeof *slot->images, "a batch of images");
    }
    return RN_OK;
}

static enum rn_status start_threads(struct rn_feed *feed, struct rn_err *err)
{
    feed->threads = rn_alloc((size_t)feed->n_threads, sizeof *feed->threads);
    if (!feed->threads)
        return rn_nomem(err, (size_t)feed->n_threads * sizeof *feed->threads, "threads");
    for (; feed->started < feed->n_threads; feed->started++) {
        int code = pthread_create(&feed->threads[feed->started], NULL, thread_main, feed);
        if (code != 0)
            return rn_fail(err, RN_E_FAILED, "could not start loader thread %d of %d: %s",
                           feed->started + 1, feed->n_threads, strerror(code));
    }
    return RN_OK;
}

enum rn_status rn_feed_new(const struct rn_prepare *prepare, int batch, int threads,
                           rn_feed_choose *choose, void *arg, struct rn_feed **out,
                           struct rn_err *err)
{
    struct rn_feed *feed = rn_alloc(1, sizeof *feed);
    enum rn_status status;

    if (!feed)
        return rn_nomem(err, sizeof *feed, "a loader");
    feed->prepare = prepare;
    feed->choose = choose;
    feed->arg = arg;
    feed->batch = (size_t)batch;
    feed->n_threads = threads;
    pthread_mutex_init(&feed->lock, NULL);
    pthread_cond_init(&feed->work, NULL);
    pthread_cond_init(&feed->ready, NULL);
    RN_TRY(make_slots(feed, err));
    if (threads > 0)
        RN_TRY(start_threads(feed, err));
    *out = feed;
    feed = NULL;
done:
    rn_feed_free(feed);
    return status;
}

void rn_feed_free(struct rn_feed *feed)
{
    if (!feed)
        return;
    pthread_mutex_lock(&feed->lock);
    feed->quit = true;
    pthread_cond_broadcast(&feed->work);
    pthread_mutex_unlock(&feed->lock);
    for (int i = 0; i < feed->started; i++)
        pthread_join(feed->threads[i], NULL);
    pthread_cond_destroy(&feed->work);
    pthread_cond_destroy(&feed->ready);
    pthread_mutex_destroy(&feed->lock);
    for (int i = 0; i < SLOTS; i++) {
        rn_free(feed->slots[i].images);
        rn_free(feed->slots[i].errs);
        rn_free(feed->slots[i].prepared);
    }
    rn_free(feed->threads);
    rn_free(feed);
}

void rn_feed_start(struct rn_feed *feed, int epoch, const uint32_t *order, size_t at, size_t end)
{
    pthread_mutex_lock(&feed->lock);
    feed->running = false;
    while (feed->busy > 0)
        pthread_cond_wait(&feed->ready, &feed->lock);
    for (int i = 0; i < SLOTS; i++)
        feed->slots[i].ready = 0;
    feed->epoch = epoch;
    feed->order = order;
    feed->taken = feed->given = at < end ? at : end;
    feed->end = end;
    pthread_mutex_unlock(&feed->lock);
}

struct rn_fed rn_feed_next(struct rn_feed *feed)
{
    size_t n = batch_size(feed, feed->given);
    struct slot *slot = slot_of(feed, feed->given);

    if (n > 0 && feed->n_threads) {
        pthread_mutex_lock(&feed->lock);
        feed->running = true;
        pthread_cond_broadcast(&feed->work);
        while (slot->ready < n)
            pthread_cond_wait(&feed->ready, &feed->lock);
        pthread_mutex_unlock(&feed->lock);
    }
    if (n > 0 && !feed->n_threads)
        choose_prepared(feed, feed->given);
    for (size_t i = 0; i < n && !feed->n_threads; i++)
        if (slot->prepared[i])
            prepare(feed, feed->given + i);
    return (struct rn_fed){(int)n, slot->images, slot->prepared, slot->errs};
}

void rn_feed_prepare(struct rn_feed *feed, int place)
{
    struct slot *slot = slot_of(feed, feed->given);

    if (!slot->prepared[place])
        prepare(feed, feed->given + (size_t)place);
    slot->prepared[place] = true;
}

void rn_feed_done(struct rn_feed *feed)
{
    pthread_mutex_lock(&feed->lock);
    slot_of(feed, feed->given)->ready = 0;
    feed->given += batch_size(feed, feed->given);
    pthread_cond_broadcast(&feed->work);
    pthread_mutex_unlock(&feed->lock);
}

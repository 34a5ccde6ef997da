/*
 * feed.h: threads that prepare the images of an epoch, two batches ahead. Internal to data/.
 *
 * An image's place in its batch is its position in the order, so that which thread prepares it
 * changes nothing. Without threads the caller prepares a batch when it asks for it.
 */
#ifndef RN_DATA_FEED_H
#define RN_DATA_FEED_H

#include "data/augment.h"

struct rn_feed;

/* A batch: images n x h x w x 3, and for each whether it was prepared, or could not be. */
struct rn_fed {
    int n;
    const float *images;
    const bool *prepared;
    const struct rn_err *errs; /* status RN_OK: it could */
};

/* Which of a batch's n images are to be prepared ahead; called by one thread at a time. */
typedef void rn_feed_choose(void *arg, size_t batch, int n, bool *wanted);

/* prepare is borrowed until rn_feed_free. */
enum rn_status rn_feed_new(const struct rn_prepare *prepare, int batch, int threads,
                           rn_feed_choose *choose, void *arg, struct rn_feed **feed,
                           struct rn_err *err);
void rn_feed_free(struct rn_feed *feed);
/* The images at positions [at, end) of `order`, borrowed until the next start; at is the first of a
   batch. Nothing is prepared before the first batch is asked for. */
void rn_feed_start(struct rn_feed *feed, int epoch, const uint32_t *order, size_t at, size_t end);
/* Waits for the next batch; it is borrowed until rn_feed_done. n is 0 at the end. */
struct rn_fed rn_feed_next(struct rn_feed *feed);
/* The image at this place of it, if it was not prepared ahead. */
void rn_feed_prepare(struct rn_feed *feed, int place);
void rn_feed_done(struct rn_feed *feed);

#endif

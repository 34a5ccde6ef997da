/*
 * worker.h: who works in a sweep's directory, and whether others do still (docs/sweeps.md, "The
 * protocol"). Private to sweep.
 *
 * Signs of life are modification times, set and read by the file system's own clock; what a
 * machine's clock says is compared with nothing.
 */
#ifndef RN_SWEEP_WORKER_H
#define RN_SWEEP_WORKER_H

#include "regnet/memory.h"
#include "regnet/value.h"

#define RN_WORKER_TEXT 80

/* A process, on whatever machine. */
struct rn_identity {
    char host[RN_WORKER_TEXT];
    char boot[RN_WORKER_TEXT];   /* of the machine's kernel */
    char spaces[RN_WORKER_TEXT]; /* the namespace of its process numbers */
    long pid;
    long long start; /* in ticks since the boot: the next process of that number has another */
};

struct rn_worker {
    const char *dir; /* the sweep's, borrowed */
    struct rn_identity id;
    struct rn_buf clock;  /* a file of its own, to read the file system's clock by */
    unsigned long claims; /* so far */
};

/* Makes the directories that workers share. RN_E_IO: the directory cannot be written. */
enum rn_status rn_worker_init(struct rn_worker *worker, const char *dir, struct rn_err *err);
/* Removes its file. */
void rn_worker_release(struct rn_worker *worker);

/* A name that no other worker has, followed by `what`: "host-pid-start-what". */
enum rn_status rn_worker_name(const struct rn_worker *worker, const char *what, struct rn_buf *out,
                              struct rn_err *err);

/* The file system's clock, in seconds. */
enum rn_status rn_worker_now(const struct rn_worker *worker, double *now, struct rn_err *err);
/* A sign of life: path's time becomes the file system's. */
bool rn_touch(const char *path);

/* This process. */
void rn_identity_own(struct rn_identity *id);
bool rn_identity_same(const struct rn_identity *a, const struct rn_identity *b);
/* False: it ran on this machine and is gone. True elsewhere: only the lease can say. */
bool rn_identity_may_live(const struct rn_identity *id);
enum rn_status rn_identity_read(const struct rn_value *map, struct rn_identity *id,
                                struct rn_err *err);

#endif

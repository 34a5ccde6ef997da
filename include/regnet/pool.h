/*
 * pool.h: a fixed set of threads that run numbered tasks.
 *
 * Which thread runs a task is not determined; what a task computes must depend on its number alone,
 * so that results do not depend on the number of threads.
 *
 *     RN_TRY(rn_pool_new(4, &pool, err));
 *     rn_pool_run(pool, n_chunks, work, &job);     // work(&job, task, thread) for each task
 *     rn_pool_free(pool);
 */
#ifndef REGNET_POOL_H
#define REGNET_POOL_H

#include "regnet/status.h"

struct rn_pool;

/* The calling thread is one of the threads: a pool of 1 starts none. */
enum rn_status rn_pool_new(int threads, struct rn_pool **pool, struct rn_err *err);
void rn_pool_free(struct rn_pool *pool);
int rn_pool_threads(const struct rn_pool *pool);

/* Runs work(arg, task, thread) for task 0 .. tasks-1, thread 0 .. threads-1; returns when all are
   done. Not to be called from a task. */
void rn_pool_run(struct rn_pool *pool, int tasks, void (*work)(void *arg, int task, int thread),
                 void *arg);

#endif

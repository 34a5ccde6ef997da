/* The thread pool: workers sleep until a run has a new number, then take tasks from a counter. */
#include "regnet/pool.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "regnet/memory.h"

struct worker {
    struct rn_pool *pool;
    pthread_t id;
    int number;
};

struct rn_pool {
    int threads, started;
    struct worker *workers; /* threads - 1 of them */
    pthread_mutex_t lock;
    pthread_cond_t begin, end;
    unsigned long run; /* number of the current run */
    int busy;          /* workers still in it */
    int quit;

    void (*work)(void *arg, int task, int thread);
    void *arg;
    int tasks;
    atomic_int next;
};

static void take_tasks(struct rn_pool *pool, int thread)
{
    for (int task; (task = atomic_fetch_add(&pool->next, 1)) < pool->tasks;)
        pool->work(pool->arg, task, thread);
}

static void *worker_main(void *arg)
{
    struct worker *worker = arg;
    struct rn_pool *pool = worker->pool;
    unsigned long seen = 0;

    pthread_mutex_lock(&pool->lock);
    for (;;) {
        while (pool->run == seen && !pool->quit)
            pthread_cond_wait(&pool->begin, &pool->lock);
        if (pool->quit)
            break;
        seen = pool->run;
        pthread_mutex_unlock(&pool->lock);
        take_tasks(pool, worker->number);
        pthread_mutex_lock(&pool->lock);
        if (--pool->busy == 0)
            pthread_cond_signal(&pool->end);
    }
    pthread_mutex_unlock(&pool->lock);
    return NULL;
}

enum rn_status rn_pool_new(int threads, struct rn_pool **out, struct rn_err *err)
{
    struct rn_pool *pool = rn_alloc(1, sizeof *pool);
    enum rn_status status = RN_OK;

    if (!pool)
        return rn_nomem(err, sizeof *pool, "threads");
    pool->threads = threads > 1 ? threads : 1;
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->begin, NULL);
    pthread_cond_init(&pool->end, NULL);
    pool->workers = rn_alloc((size_t)pool->threads, sizeof *pool->workers);
    if (!pool->workers) {
        status = rn_nomem(err, (size_t)pool->threads * sizeof *pool->workers, "threads");
        goto done;
    }
    for (int i = 0; i < pool->threads - 1; i++) {
        struct worker *worker = &pool->workers[i];
        int code;
        *worker = (struct worker){.pool = pool, .number = i + 1};
        code = pthread_create(&worker->id, NULL, worker_main, worker);
        if (code != 0) {
            status = rn_fail(err, RN_E_FAILED, "could not start thread %d of %d: %s", i + 2,
                             pool->threads, strerror(code));
            goto done;
        }
        pool->started++;
    }
    *out = pool;
    pool = NULL;
done:
    rn_pool_free(pool);
    return status;
}

void rn_pool_free(struct rn_pool *pool)
{
    if (!pool)
        return;
    pthread_mutex_lock(&pool->lock);
    pool->quit = 1;
    pthread_cond_broadcast(&pool->begin);
    pthread_mutex_unlock(&pool->lock);
    for (int i = 0; i < pool->started; i++)
        pthread_join(pool->workers[i].id, NULL);
    pthread_cond_destroy(&pool->begin);
    pthread_cond_destroy(&pool->end);
    pthread_mutex_destroy(&pool->lock);
    rn_free(pool->workers);
    rn_free(pool);
}

int rn_pool_threads(const struct rn_pool *pool)
{
    return pool->threads;
}

void rn_pool_run(struct rn_pool *pool, int tasks, void (*work)(void *arg, int task, int thread),
                 void *arg)
{
    if (pool->threads == 1 || tasks == 1) {
        for (int task = 0; task < tasks; task++)
            work(arg, task, 0);
        return;
    }
    pthread_mutex_lock(&pool->lock);
    pool->work = work;
    pool->arg = arg;
    pool->tasks = tasks;
    atomic_store(&pool->next, 0);
    pool->busy = pool->threads - 1;
    pool->run++;
    pthread_cond_broadcast(&pool->begin);
    pthread_mutex_unlock(&pool->lock);
    take_tasks(pool, 0);
    pthread_mutex_lock(&pool->lock);
    while (pool->busy > 0)
        pthread_cond_wait(&pool->end, &pool->lock);
    pthread_mutex_unlock(&pool->lock);
}

/* Batches that two processes share: each prepares its part, which is that of the whole batch. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "data/index.h"
#include "files_scratch.h"
#include "regnet/rng.h"

#define MANY 60
#define SIDE 16
#define SHARED 8 /* images of a batch */

/* Two processes, as threads, and what they exchange. */
struct exchange {
    pthread_barrier_t barrier;
    const double *values[2];
    int calls;
};

/* An epoch of a process's parts, batch by batch; parts 0: of whole batches. */
struct shared {
    const struct rn_dataset *ds;
    int parts, index, workers;
    double skip_bad, mix;
    struct exchange *exchange;
    float images[MANY / SHARED][SHARED][SIDE * SIDE * 3], targets[MANY / SHARED][SHARED][2];
    int32_t labels[MANY / SHARED][SHARED];
    int n[MANY / SHARED + 1];
    enum rn_status status;
};

static void sum_of_two(void *arg, double *values, size_t n)
{
    struct shared *process = arg;
    struct exchange *exchange = process->exchange;
    double sums[SHARED];

    exchange->values[process->index] = values;
    if (process->index == 0)
        exchange->calls++;
    pthread_barrier_wait(&exchange->barrier);
    for (size_t i = 0; i < n; i++)
        sums[i] = exchange->values[0][i] + exchange->values[1][i];
    pthread_barrier_wait(&exchange->barrier);
    memcpy(values, sums, n * sizeof *values);
}

static void *load_shared(void *arg)
{
    struct shared *p = arg;
    struct rn_part part = {0};
    struct rn_loader *loader = NULL;
    enum rn_status status;

    RN_TRY(rn_part_all(p->ds, &part, NULL));
    RN_TRY(
        rn_loader_new(&(struct rn_loader_options){.dataset = p->ds,
                                                  .part = &part,
                                                  .batch = SHARED,
                                                  .parts = {p->parts, p->index, p, sum_of_two},
                                                  .seed = 5,
                                                  .shuffle = true,
                                                  .drop_last = true,
                                                  .augment = {.crop = true, .cutmix_alpha = p->mix},
                                                  .resize = SIDE + 2,
                                                  .size = SIDE,
                                                  .workers = p->workers,
                                                  .skip_bad = p->skip_bad},
                      &loader, NULL));
    rn_loader_start(loader, 1, 0);
    for (int b = 0; b == 0 || p->n[b - 1] >= 0; b++) {
        struct rn_batch batch = {0};
        if (b < MANY / SHARED)
            batch = (struct rn_batch){p->images[b][0], p->labels[b], p->targets[b][0]};
        RN_TRY(rn_loader_next(loader, &batch, &p->n[b], NULL));
    }
done:
    p->status = status;
    rn_loader_free(loader);
    rn_part_release(&part);
    return NULL;
}

static void load_in_two(struct shared two[2])
{
    struct exchange exchange = {.calls = 0};
    pthread_t threads[2];

    assert_int_equal(pthread_barrier_init(&exchange.barrier, NULL, 2), 0);
    for (int i = 0; i < 2; i++) {
        two[i].parts = 2;
        two[i].index = i;
        two[i].exchange = &exchange;
        assert_int_equal(pthread_create(&threads[i], NULL, load_shared, &two[i]), 0);
    }
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    pthread_barrier_destroy(&exchange.barrier);
    assert_int_equal(exchange.calls > 0, two[0].skip_bad > 0);
}

static void check_shared(const struct rn_dataset *ds, double skip_bad, int workers)
{
    static struct shared whole, two[2];

    memset(two, 0, sizeof two);
    memset(&whole, 0, sizeof whole);
    two[0].ds = two[1].ds = whole.ds = ds;
    two[0].mix = two[1].mix = whole.mix = 1;
    two[0].skip_bad = two[1].skip_bad = whole.skip_bad = skip_bad;
    two[0].workers = two[1].workers = workers;
    (void)load_shared(&whole);
    load_in_two(two);
    assert_int_equal(whole.status, RN_OK);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(two[i].status, RN_OK);
        assert_int_equal(two[i].n[MANY / SHARED], -1);
        for (int b = 0; b < MANY / SHARED; b++) {
            size_t n = (size_t)whole.n[b] / 2, first = n * (size_t)i;
            assert_int_equal(two[i].n[b], n);
            assert_memory_equal(two[i].images[b], whole.images[b][first], n * sizeof **two->images);
            assert_memory_equal(two[i].labels[b], whole.labels[b] + first,
                                n * sizeof **two->labels);
            assert_memory_equal(two[i].targets[b], whole.targets[b][first],
                                n * sizeof **two->targets);
        }
    }
}

/* Whole batches, cut in two: with their partners, and where one process cannot know what is bad. */
static void parts_are_those_of_whole_batches(void **state)
{
    struct rn_dataset *ds;

    (void)state;
    write_jpegs(MANY);
    ds = open_set("folder", RN_DATA_TRAIN);
    check_shared(ds, 0, 0);
    check_shared(ds, 0, 3);
    write_text("train/cat/11.jpg", "");
    write_text("train/dog/20.jpg", "");
    write_text("train/dog/42.jpg", "\xff\xd8\xff");
    check_shared(ds, 0.1, 0);
    check_shared(ds, 0.1, 3);
    rn_dataset_free(ds);
}

/* A batch of one good image has none for each of two processes; those behind it are as ever. */
static void empty_parts_are_batches(void **state)
{
    struct rn_dataset *ds;
    struct rn_rng rng = rn_rng_at(5, RN_STREAM_SHUFFLE, 1);
    struct rn_buf path = {0};
    uint32_t order[MANY];

    (void)state;
    write_jpegs(MANY);
    ds = open_set("folder", RN_DATA_TRAIN);
    rn_rng_permutation(&rng, MANY, order);
    for (int i = SHARED; i < 2 * SHARED - 1; i++) { /* all but one of batch 1 */
        assert_int_equal(rn_index_name(ds->index, order[i], &path, NULL), RN_OK);
        write_text(path.data + strlen(dir) + 1, "");
    }
    check_shared(ds, 0.2, 0);
    check_shared(ds, 0.2, 3);
    rn_buf_release(&path);
    rn_dataset_free(ds);
}

/* A bad image is met by the process whose part it is in, and by no other. */
static void other_parts_are_not_read(void **state)
{
    static struct shared two[2];
    struct rn_dataset *ds;

    (void)state;
    write_jpegs(MANY);
    ds = open_set("folder", RN_DATA_TRAIN);
    write_text("train/cat/11.jpg", "");
    two[0].ds = two[1].ds = ds;
    load_in_two(two);
    assert_true((two[0].status == RN_OK) != (two[1].status == RN_OK));
    rn_dataset_free(ds);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(parts_are_those_of_whole_batches),
        TEST(empty_parts_are_batches),
        TEST(other_parts_are_not_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

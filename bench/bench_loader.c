/*
 * bench_loader: images a second of processor time of the loader on a folder, for bench/loader.py.
 *
 *     bench_loader DIR SIZE THREADS SECONDS [test]     one number
 *
 * Each image is decoded, cropped at random, resized to SIZE, mirrored and normalized, in batches of
 * 64; with `test` it is resized and cropped in the middle.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "regnet/regnet.h"

#define BATCH 64

/* Seconds of all the threads. */
static double since(clock_t start)
{
    return (double)(clock() - start) / CLOCKS_PER_SEC;
}

static enum rn_status measure(const char *dir, int size, int threads, double seconds, bool train,
                              double *rate, struct rn_err *err)
{
    struct rn_dataset *ds = NULL;
    struct rn_part part = {0};
    struct rn_loader *loader = NULL;
    struct rn_batch batch = {0};
    clock_t start;
    long images = 0;
    enum rn_status status;

    RN_TRY(rn_dataset_open("folder", dir, RN_DATA_TRAIN, &ds, err));
    RN_TRY(rn_part_all(ds, &part, err));
    RN_TRY(rn_loader_new(&(struct rn_loader_options){.dataset = ds,
                                                     .part = &part,
                                                     .batch = BATCH,
                                                     .shuffle = train,
                                                     .augment = {.crop = train, .flip = train},
                                                     .resize = size * 8 / 7,
                                                     .size = size,
                                                     .workers = threads},
                         &loader, err));
    batch.images = rn_alloc(BATCH * rn_loader_image_size(loader), sizeof *batch.images);
    batch.labels = rn_alloc(BATCH, sizeof *batch.labels);
    if (!batch.images || !batch.labels) {
        status = rn_nomem(err, BATCH * rn_loader_image_size(loader) * sizeof(float), "a batch");
        goto done;
    }
    start = clock();
    for (int epoch = 0; since(start) < seconds; epoch++) {
        rn_loader_start(loader, epoch, 0);
        for (int n = 0; n >= 0 && since(start) < seconds; images += n > 0 ? n : 0)
            RN_TRY(rn_loader_next(loader, &batch, &n, err));
    }
    *rate = (double)images / since(start);
done:
    rn_loader_free(loader);
    rn_part_release(&part);
    rn_dataset_free(ds);
    rn_free(batch.images);
    rn_free(batch.labels);
    return status;
}

int main(int argc, char **argv)
{
    struct rn_err err = {0};
    double rate = 0;

    if (argc < 5) {
        fprintf(stderr, "usage: bench_loader DIR SIZE THREADS SECONDS [test]\n");
        return 2;
    }
    if (measure(argv[1], atoi(argv[2]), atoi(argv[3]), atof(argv[4]), argc == 5, &rate, &err) !=
        RN_OK) {
        fprintf(stderr, "bench_loader: %s\n", err.msg);
        return 1;
    }
    printf("%.1f\n", rate);
    return 0;
}

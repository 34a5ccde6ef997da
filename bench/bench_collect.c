/*
 * bench_collect: how long collecting and looking at a large sweep takes, and with how much memory.
 *
 *     bench_collect DIR N
 *
 * Makes a sweep of N finished runs in DIR (which is left there), then times `status`, a first and a
 * second `collect`.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "regnet/clock.h"
#include "regnet/file.h"
#include "sweep/attempt.h"
#include "sweep/sweep_file.h"
#include "train/run.h"

static void must(enum rn_status status, const struct rn_err *err)
{
    if (status == RN_OK)
        return;
    fprintf(stderr, "bench_collect: %s\n", err->msg);
    exit(1);
}

static void make_run(const struct rn_sweep *sweep, const char *dir, size_t i)
{
    struct rn_run_record record = {.network = i, .attempt = 1, .outcome = RN_RUN_DONE};
    struct rn_result result = {.epochs = 1, .top1_err = (double)(i * 7 % 90), .cx = {1, 2, 3}};
    struct rn_sample sample;
    struct rn_buf path = {0};
    struct rn_err err = {0};

    must(rn_sweep_draw(sweep, i % 100, &sample, &err), &err);
    must(rn_published_path(dir, i, &path, &err), &err);
    must(rn_dir_make(path.data, &err), &err);
    must(rn_result_write(path.data, "net", &result, &err), &err);
    must(rn_record_write(path.data, &record, &sample, &err), &err);
    rn_buf_release(&path);
}

static void tell(const char *what, double since)
{
    struct rusage usage;

    (void)getrusage(RUSAGE_SELF, &usage);
    printf("%-16s %7.1f s, %ld MB at most so far\n", what, rn_clock() - since,
           usage.ru_maxrss / 1024);
    fflush(stdout);
}

int main(int argc, char **argv)
{
    struct rn_sweep_collection options = {0};
    struct rn_sweep *sweep = NULL;
    struct rn_buf said = {0};
    struct rn_err err = {0};
    double began = rn_clock();

    if (argc != 3) {
        fputs("usage: bench_collect DIR N\n", stderr);
        return 2;
    }
    must(rn_sweep_setup(
             &(struct rn_sweep_setup){
                 .dir = argv[1], .space = "RegNetX@mini", .networks = atoll(argv[2]), .seed = 1},
             &err),
         &err);
    must(rn_sweep_open(argv[1], &sweep, &err), &err);
    for (size_t i = 0; i < sweep->networks; i++)
        make_run(sweep, argv[1], i);
    tell("making the runs", began);
    began = rn_clock();
    must(rn_sweep_status(argv[1], false, &said, &err), &err);
    tell("status", began);
    for (int i = 0; i < 2; i++) {
        began = rn_clock();
        must(rn_sweep_collect(argv[1], &options, &said, &err), &err);
        tell(i ? "collect again" : "collect", began);
    }
    fputs(said.data, stdout);
    rn_sweep_free(sweep);
    rn_buf_release(&said);
    return 0;
}

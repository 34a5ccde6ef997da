/*
 * bench_sample: draws a second of each space, on one core: every attempt counts, since each is
 * drawn, made compatible, counted and tested.
 *
 *     bench_sample                   every space by name, and at the small scale; a second each
 *     bench_sample RegNetX mine.yaml
 */
#include <stdio.h>

#include "regnet/clock.h"
#include "regnet/space.h"

static enum rn_status measure(const char *name, struct rn_err *err)
{
    struct rn_space *space = NULL;
    double begin, seconds = 0;
    uint64_t networks = 0, draws = 0;
    enum rn_status status;

    RN_TRY(rn_space_open(name, &space, err));
    for (begin = rn_clock(); seconds < 1; seconds = rn_clock() - begin) {
        struct rn_sample sample;
        RN_TRY(rn_space_draw(space, 1, networks++, &sample, err));
        draws += sample.attempts;
    }
    printf("%-28s %10.0f draws/s %9.0f networks/s\n", name, (double)draws / seconds,
           (double)networks / seconds);
done:
    rn_space_free(space);
    return status;
}

static enum rn_status measure_all(const char *overlay, struct rn_err *err)
{
    struct rn_space_entry *entries = NULL;
    size_t n = 0;
    char name[128];
    enum rn_status status;

    RN_TRY(rn_space_list(&entries, &n, err));
    for (size_t i = 0; i < n && !entries[i].overlay; i++) {
        (void)snprintf(name, sizeof name, "%.60s%s", entries[i].name, overlay);
        RN_TRY(measure(name, err));
    }
done:
    rn_space_list_free(entries, n);
    return status;
}

int main(int argc, char **argv)
{
    struct rn_err err = {0};
    enum rn_status status = RN_OK;

    for (int i = 1; i < argc; i++)
        RN_TRY(measure(argv[i], &err));
    if (argc == 1) {
        RN_TRY(measure_all("", &err));
        RN_TRY(measure_all("@mini", &err));
    }
done:
    if (status != RN_OK)
        (void)fprintf(stderr, "bench_sample: %s\n", err.msg);
    return status == RN_OK ? 0 : 1;
}

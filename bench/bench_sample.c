/*
 * bench_sample: draws a second of each space, on one core: every attempt counts, since each is
 * drawn, made compatible, counted and tested.
 *
 *     bench_sample            all spaces, a second each
 *     bench_sample RegNetX
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
    printf("%-16s %10.0f draws/s %9.0f networks/s\n", name, (double)draws / seconds,
           (double)networks / seconds);
done:
    rn_space_free(space);
    return status;
}

int main(int argc, char **argv)
{
    struct rn_err err = {0};
    char **names = NULL;
    size_t n = 0;
    enum rn_status status = RN_OK;

    if (argc > 1)
        RN_TRY(measure(argv[1], &err));
    else
        RN_TRY(rn_space_names(&names, &n, &err));
    for (size_t i = 0; i < n; i++)
        RN_TRY(measure(names[i], &err));
done:
    if (status != RN_OK)
        fprintf(stderr, "bench_sample: %s\n", err.msg);
    rn_space_names_free(names, n);
    return status == RN_OK ? 0 : 1;
}

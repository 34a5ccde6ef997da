/* The distributions of what a space's networks cost. */
#include <stdlib.h>

#include "room.h"

#define ATTEMPTS 20000000 /* for all networks together */

static int by_number(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

/* The numbers at these shares of n, which are put in order. */
static void take_quantiles(int64_t *numbers, size_t n, int64_t out[RN_SPACE_QUANTILES])
{
    static const double shares[RN_SPACE_QUANTILES] = {0, 0.05, 0.25, 0.5, 0.75, 0.95, 1};

    qsort(numbers, n, sizeof *numbers, by_number);
    for (int q = 0; q < RN_SPACE_QUANTILES; q++)
        out[q] = numbers[(size_t)(shares[q] * (double)(n - 1) + 0.5)];
}

enum rn_status rn_space_count(const struct rn_space *space, uint64_t seed, uint64_t n,
                              struct rn_space_counts *counts, struct rn_err *err)
{
    struct rn_space_counts made = {0};
    int64_t *numbers = rn_alloc(n, 3 * sizeof *numbers);
    struct rn_sample *sample = rn_alloc(1, sizeof *sample);
    enum rn_status status = RN_OK;
    size_t have;

    if (!numbers || !sample)
        RN_TRY(rn_nomem(err, n * 3 * sizeof *numbers, "the networks' counts"));
    while (made.networks < n && made.attempts < ATTEMPTS) {
        status = rn_space_draw(space, seed, made.networks, sample, err);
        if (status == RN_E_CONFIG && made.networks > 0)
            break; /* those that were found will do */
        RN_TRY(status);
        numbers[made.networks] = sample->cx.flops;
        numbers[n + made.networks] = sample->cx.params;
        numbers[2 * n + made.networks] = sample->cx.acts;
        made.networks++;
        made.attempts += sample->attempts;
    }
    have = made.networks;
    take_quantiles(numbers, have, made.flops);
    take_quantiles(numbers + n, have, made.params);
    take_quantiles(numbers + 2 * n, have, made.acts);
    *counts = made;
    status = RN_OK;
done:
    rn_free(numbers);
    rn_free(sample);
    return status;
}

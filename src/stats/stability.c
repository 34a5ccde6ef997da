/* How much of the errors' variance is the networks', and how much their seeds': a one-way analysis
   of variance with random effects. */
#include <math.h>
#include <stdlib.h>

#include "regnet/stats.h"
#include "room.h"

struct run {
    size_t network;
    double error;
};

static int by_network(const void *a, const void *b)
{
    const struct run *x = a, *y = b;

    if (x->network != y->network)
        return (x->network > y->network) - (x->network < y->network);
    return (x->error > y->error) - (x->error < y->error);
}

struct sums {
    size_t networks;
    double sizes_squared;   /* sum n_i^2 */
    double within, between; /* sums of squares */
};

/* Of equal errors that error, to the last bit. */
static double mean(const struct run *run, size_t n)
{
    double sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += run[i].error - run[0].error;
    return run[0].error + sum / (double)n;
}

static struct sums add_up(const struct run *runs, size_t n)
{
    struct sums s = {0};
    double all = mean(runs, n);

    for (size_t i = 0, end; i < n; i = end) {
        double size, own;
        for (end = i + 1; end < n && runs[end].network == runs[i].network;)
            end++;
        size = (double)(end - i);
        own = mean(runs + i, end - i);
        for (size_t k = i; k < end; k++)
            s.within += (runs[k].error - own) * (runs[k].error - own);
        s.between += size * (own - all) * (own - all);
        s.sizes_squared += size * size;
        s.networks++;
    }
    return s;
}

static struct rn_stability from_sums(const struct sums *s, size_t n)
{
    struct rn_stability made = {.networks = s->networks, .runs = n};
    double groups = (double)s->networks, runs = (double)n;
    double within = s->within / (runs - groups), between = 0;

    if (s->networks > 1) {
        double size = (runs - s->sizes_squared / runs) / (groups - 1);
        between = fmax(0, (s->between / (groups - 1) - within) / size);
    }
    made.within = sqrt(within);
    made.between = sqrt(between);
    made.reliability = between > 0 ? between / (between + within) : 0;
    return made;
}

enum rn_status rn_stability_make(const double *errors, const size_t *network, size_t n,
                                 struct rn_stability *stability, struct rn_err *err)
{
    struct run *runs = NULL;
    struct sums sums;
    enum rn_status status;

    RN_TRY(rn_check_finite("error", errors, n, err));
    runs = rn_alloc(n, sizeof *runs);
    if (!runs)
        RN_TRY(rn_nomem(err, n * sizeof *runs, "runs"));
    for (size_t i = 0; i < n; i++)
        runs[i] = (struct run){network[i], errors[i]};
    qsort(runs, n, sizeof *runs, by_network);
    sums = add_up(runs, n);
    if (sums.networks == n)
        RN_TRY(rn_fail(err, RN_E_DATA,
                       "none of %zu networks has been trained twice: stability needs repeats", n));
    *stability = from_sums(&sums, n);
done:
    rn_free(runs);
    return status;
}

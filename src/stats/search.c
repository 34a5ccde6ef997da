/* Random-search efficiency (figure 9, right): the error of the best of m random networks. */
#include <math.h>

#include "regnet/bootstrap.h"
#include "regnet/rng.h"
#include "room.h"

#define NEGLIGIBLE 1e-18

/* The best of m draws is above error[i] with (1 - f[i])^m; moments are taken from the minimum,
   where almost all of the probability is. */
struct rn_search rn_search_exact(const struct rn_edf *edf, size_t m)
{
    double above = 1, first = 0, second = 0;

    for (size_t i = 0; i < edf->n && above > NEGLIGIBLE; i++) {
        double still = i + 1 < edf->n ? pow(1 - edf->f[i], (double)m) : 0;
        double apart = edf->error[i] - edf->min;
        first += (above - still) * apart;
        second += (above - still) * apart * apart;
        above = still;
    }
    return (struct rn_search){edf->min + first, sqrt(fmax(0, second - first * first))};
}

static double best_of(const struct rn_edf *edf, size_t m, struct rn_rng *rng)
{
    size_t best = edf->n;

    for (size_t k = 0; k < m; k++) {
        size_t i = rn_quantile(edf->f, edf->n, rn_rng_uniform(rng));
        best = i < best ? i : best;
    }
    return edf->error[best];
}

struct rn_search rn_search_simulate(const struct rn_edf *edf, size_t m, size_t trials,
                                    uint64_t seed)
{
    double first = 0, second = 0;

    for (size_t i = 0; i < trials; i++) {
        struct rn_rng rng = rn_rng_at(seed, RN_STREAM_BOOTSTRAP, i);
        double apart = best_of(edf, m, &rng) - edf->min;
        first += apart / (double)trials;
        second += apart * apart / (double)trials;
    }
    return (struct rn_search){edf->min + first, sqrt(fmax(0, second - first * first))};
}

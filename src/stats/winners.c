/* The empirical bootstrap (footnote 4): which networks are the best of m draws, and what of a
   parameter that says. */
#include <math.h>
#include <string.h>

#include "regnet/bootstrap.h"
#include "regnet/rng.h"
#include "room.h"

#define NEGLIGIBLE 1e-15

size_t rn_winners_draws(size_t n)
{
    return n < 4 ? 1 : n / 4;
}

/* P(none of m draws is among the r best of n). */
static double missed(size_t n, size_t r, size_t m)
{
    return r < n ? exp((double)m * log1p(-(double)r / (double)n)) : 0;
}

/* How many networks, by ascending error, have all but a negligible chance to win. */
static size_t count_winners(const double *errors, const size_t *order, size_t n, size_t m)
{
    size_t end = 0;

    while (end < n && missed(n, end, m) > NEGLIGIBLE)
        end = rn_end_of_tie(errors, order, n, end);
    return end;
}

static enum rn_status winners_alloc(size_t n, struct rn_winners *winners, struct rn_err *err)
{
    *winners = (struct rn_winners){.n = n,
                                   .network = rn_alloc(n, sizeof *winners->network),
                                   .p = rn_alloc(n, sizeof *winners->p)};
    if (winners->network && winners->p)
        return RN_OK;
    rn_winners_release(winners);
    return rn_nomem(err, n * (sizeof *winners->network + sizeof *winners->p), "a bootstrap");
}

enum rn_status rn_winners_make(const double *errors, size_t n, size_t m, struct rn_winners *winners,
                               struct rn_err *err)
{
    struct rn_winners made;
    size_t *order = NULL;
    enum rn_status status;

    RN_TRY(rn_check_finite("error", errors, n, err));
    RN_TRY(rn_order(errors, n, &order, err));
    RN_TRY(winners_alloc(count_winners(errors, order, n, m), &made, err));
    memcpy(made.network, order, made.n * sizeof *order);
    for (size_t r = 0, end; r < made.n; r = end) {
        end = rn_end_of_tie(errors, order, n, r);
        for (size_t i = r; i < end; i++)
            made.p[i] = (missed(n, r, m) - missed(n, end, m)) / (double)(end - r);
    }
    *winners = made;
done:
    rn_free(order);
    return status;
}

static size_t best_of(const double *errors, size_t n, size_t m, struct rn_rng *rng)
{
    size_t best = rn_rng_below(rng, (uint32_t)n);

    for (size_t k = 1; k < m; k++) {
        size_t i = rn_rng_below(rng, (uint32_t)n);
        if (errors[i] < errors[best])
            best = i;
    }
    return best;
}

enum rn_status rn_winners_simulate(const double *errors, size_t n, size_t m, size_t repetitions,
                                   uint64_t seed, struct rn_winners *winners, struct rn_err *err)
{
    struct rn_winners made = {0};
    size_t *order = NULL;
    double *won = NULL;
    enum rn_status status;

    RN_TRY(rn_check_finite("error", errors, n, err));
    RN_TRY(rn_order(errors, n, &order, err));
    RN_TRY(winners_alloc(n, &made, err));
    won = rn_alloc(n, sizeof *won);
    if (!won)
        RN_TRY(rn_nomem(err, n * sizeof *won, "a bootstrap"));
    for (size_t i = 0; i < repetitions; i++) {
        struct rn_rng rng = rn_rng_at(seed, RN_STREAM_BOOTSTRAP, i);
        won[best_of(errors, n, m, &rng)]++;
    }
    made.n = 0;
    for (size_t r = 0; r < n; r++) {
        if (won[order[r]] == 0)
            continue;
        made.network[made.n] = order[r];
        made.p[made.n++] = won[order[r]] / (double)repetitions;
    }
    *winners = made;
    made = (struct rn_winners){0};
done:
    rn_winners_release(&made);
    rn_free(won);
    rn_free(order);
    return status;
}

void rn_winners_release(struct rn_winners *winners)
{
    rn_free(winners->network);
    rn_free(winners->p);
    *winners = (struct rn_winners){0};
}

enum rn_status rn_winners_range(const struct rn_winners *winners, const double *x,
                                struct rn_good_range *range, struct rn_err *err)
{
    double *values = rn_alloc(winners->n, sizeof *values);
    struct rn_edf edf = {0};
    enum rn_status status;

    if (!values)
        return rn_nomem(err, winners->n * sizeof *values, "a range");
    for (size_t i = 0; i < winners->n; i++)
        values[i] = x[winners->network[i]];
    RN_TRY(rn_check_finite("winner's value", values, winners->n, err));
    RN_TRY(rn_edf_make_weighted(values, winners->p, winners->n, &edf, err));
    *range = (struct rn_good_range){edf.error[rn_quantile(edf.f, edf.n, 0.025)],
                                    edf.error[rn_quantile(edf.f, edf.n, 0.5)],
                                    edf.error[rn_quantile(edf.f, edf.n, 0.975)]};
done:
    rn_edf_release(&edf);
    rn_free(values);
    return status;
}

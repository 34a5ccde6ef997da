/* Trends (figure 11): all values of a parameter, and the good ones, regime by regime. */
#include <math.h>

#include "regnet/bootstrap.h"
#include "room.h"

/* The networks of one regime, gathered from the population's arrays. */
struct members {
    size_t n;
    size_t *network; /* n indices */
    double *error, *value;
};

static enum rn_status members_alloc(size_t n, struct members *m, struct rn_err *err)
{
    *m = (struct members){.network = rn_alloc(n, sizeof *m->network),
                          .error = rn_alloc(n, sizeof *m->error),
                          .value = rn_alloc(n, sizeof *m->value)};
    if (m->network && m->error && m->value)
        return RN_OK;
    return rn_nomem(err, n * (sizeof *m->network + 2 * sizeof *m->error), "trends");
}

static void members_release(struct members *m)
{
    rn_free(m->network);
    rn_free(m->error);
    rn_free(m->value);
}

static void gather(struct members *m, const double *errors, const double *cost, size_t n,
                   const struct rn_regime *regime)
{
    m->n = 0;
    for (size_t i = 0; i < n; i++) {
        if (!(regime->low <= cost[i] && cost[i] < regime->high))
            continue;
        m->network[m->n] = i;
        m->error[m->n++] = errors[i];
    }
}

static enum rn_status trend_of(struct members *m, const struct rn_winners *winners, const double *x,
                               struct rn_trend *trend, struct rn_err *err)
{
    struct rn_trend made = {.n = m->n, .min = INFINITY, .max = -INFINITY};
    enum rn_status status;

    for (size_t i = 0; i < m->n; i++) {
        m->value[i] = x[m->network[i]];
        made.min = fmin(made.min, m->value[i]);
        made.max = fmax(made.max, m->value[i]);
    }
    RN_TRY(rn_check_finite("value", m->value, m->n, err));
    RN_TRY(rn_winners_range(winners, m->value, &made.good, err));
    *trend = made;
done:
    return status;
}

static enum rn_status one_regime(struct members *m, const double *const *x, size_t n_x,
                                 struct rn_trend *trends, struct rn_err *err)
{
    struct rn_winners winners = {0};
    enum rn_status status;

    RN_TRY(rn_winners_make(m->error, m->n, rn_winners_draws(m->n), &winners, err));
    for (size_t k = 0; k < n_x; k++)
        RN_TRY(trend_of(m, &winners, x[k], &trends[k], err));
done:
    rn_winners_release(&winners);
    return status;
}

enum rn_status rn_trends(const double *errors, const double *cost, size_t n, const double *const *x,
                         size_t n_x, const struct rn_regime *regimes, size_t n_regimes,
                         struct rn_trend *trends, struct rn_err *err)
{
    struct members members = {0};
    enum rn_status status;

    RN_TRY(rn_check_finite("cost", cost, n, err));
    RN_TRY(members_alloc(n, &members, err));
    for (size_t r = 0; r < n_regimes; r++) {
        gather(&members, errors, cost, n, &regimes[r]);
        for (size_t k = 0; k < n_x; k++)
            trends[r * n_x + k] = (struct rn_trend){0};
        if (members.n > 0)
            RN_TRY(one_regime(&members, x, n_x, trends + r * n_x, err));
    }
done:
    members_release(&members);
    return status;
}

/* The networks of a search's population that are retrained. */
#include <math.h>

#include "attempt.h"
#include "regnet/records.h"
#include "search.h"

/* A diverged network counts as guessing in a distribution; here it is out. */
static enum rn_status did_diverge(const char *population, size_t network, bool *diverged,
                                  struct rn_err *err)
{
    struct rn_result result;
    struct rn_buf path = {0};
    bool found;
    enum rn_status status;

    RN_TRY(rn_published_path(population, network, &path, err));
    RN_TRY(rn_result_read(path.data, &result, &found, err));
    *diverged = !found || result.outcome == RN_OUTCOME_DIVERGED;
done:
    rn_buf_release(&path);
    return status;
}

/* The place of the least error; n: there is none. */
static size_t least(const double *errors, size_t n)
{
    size_t best = n;

    for (size_t i = 0; i < n; i++)
        if (isfinite(errors[i]) && (best == n || errors[i] < errors[best]))
            best = i;
    return best;
}

/* Takes what is chosen out of errors. */
static enum rn_status choose(struct rn_search_job *search, const char *population,
                             const struct rn_records *records, double *errors, struct rn_err *err)
{
    struct rn_search_plan *plan = &search->plan;
    int n = 0;
    enum rn_status status = RN_OK;

    for (size_t i; n < plan->best && (i = least(errors, records->n)) < records->n;) {
        bool diverged;
        RN_TRY(did_diverge(population, records->source[i], &diverged, err));
        for (int way = 0; way < plan->ways && !diverged; way++)
            search->finalists[n * plan->ways + way] =
                (struct rn_search_finalist){.network = records->source[i],
                                            .way = (enum rn_search_way)way,
                                            .population_error = errors[i]};
        n += !diverged;
        errors[i] = INFINITY;
    }
    if (n == 0)
        status = rn_fail(err, RN_E_DIVERGED,
                         "all %zu networks of the population diverged; look at the images (regnet "
                         "data check), or give the search more time",
                         records->n);
    plan->best = n;
    search->n_finalists = n * plan->ways;
done:
    return status;
}

enum rn_status rn_search_choose(struct rn_search_job *search, struct rn_err *err)
{
    struct rn_records records = {0};
    struct rn_buf path = {0};
    enum rn_status status;

    RN_TRY(rn_search_path(search, "population", &path, err));
    RN_TRY(rn_records_read(path.data, &records, err));
    search->trained = (int)records.n;
    /* The first column is the error. */
    status = choose(search, path.data, &records, records.columns[0].value, err);
done:
    rn_records_release(&records);
    rn_buf_release(&path);
    return status;
}

/* The new space: the supported proposals that together still cost nothing. */
#include <stdlib.h>

#include "refining.h"

#define LEVEL 0.05 /* of the test that they cost no more than the margin together */

/* Whether a proposal for all stages that was chosen says it already. */
static bool is_implied(const struct rn_proposal *proposal, const struct rn_proposal *const *chosen,
                       size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (chosen[i]->letter == proposal->letter && chosen[i]->kind == proposal->kind &&
            chosen[i]->kind != RN_PROPOSAL_RANGE && chosen[i]->stage < 0)
            return true;
    return false;
}

/* Relations of all stages first, then those of two, then ranges. */
static int rank(const struct rn_proposal *proposal)
{
    return proposal->kind == RN_PROPOSAL_RANGE ? 2 : proposal->stage >= 0;
}

/* Within a rank the strongest evidence first. */
static int by_rank(const void *a, const void *b)
{
    const struct rn_proposal *x = *(struct rn_proposal *const *)a;
    const struct rn_proposal *y = *(struct rn_proposal *const *)b;

    if (rank(x) != rank(y))
        return rank(x) - rank(y);
    if (x->p != y->p)
        return x->p < y->p ? -1 : 1;
    return x < y ? -1 : x > y;
}

/* What is good in the population may be so for what is chosen already: wide first stages are bad
   where widths fall. */
static bool still_gains(const struct rn_proposal *proposal, const struct rn_refinement *refined,
                        const struct rn_prediction *with)
{
    return proposal->kind != RN_PROPOSAL_RANGE || with->mean.change < refined->together.mean.change;
}

static bool is_beside(const struct rn_proposal *a, const struct rn_proposal *b)
{
    return a->letter == b->letter && a->kind == b->kind && a->kind != RN_PROPOSAL_RANGE;
}

/* Each two stages may do with one value while all of them do not: the pairs of a parameter that are
   chosen must cost nothing together, whatever else is gained. */
static enum rn_status pairs_agree(const struct rn_refining *refining,
                                  const struct rn_proposal *const *chosen, size_t n, bool *agree,
                                  struct rn_err *err)
{
    const struct rn_proposal **pairs = rn_alloc(n, sizeof *pairs);
    struct rn_prediction prediction;
    size_t n_pairs = 0;
    double p = 0;
    enum rn_status status = RN_OK;

    if (!pairs)
        return rn_nomem(err, n * sizeof *pairs, "proposals");
    for (size_t i = 0; i < n; i++)
        if (is_beside(chosen[i], chosen[n - 1]))
            pairs[n_pairs++] = chosen[i];
    if (n_pairs > 1)
        status = rn_refine_predict(refining, pairs, n_pairs, &prediction, &p, err);
    *agree = p <= LEVEL;
    rn_free(pairs);
    return status;
}

/* Keeps the proposal if all that is chosen, with it, has networks and costs nothing. */
static enum rn_status try_one(const struct rn_refining *refining, struct rn_proposal *proposal,
                              const struct rn_proposal **chosen, struct rn_refinement *refined,
                              struct rn_err *err)
{
    size_t n = refined->n_chosen + 1;
    struct rn_prediction together;
    bool agree = false;
    double p = 1;
    enum rn_status status;

    if (is_implied(proposal, chosen, refined->n_chosen))
        return RN_OK;
    chosen[refined->n_chosen] = proposal;
    RN_TRY(pairs_agree(refining, chosen, n, &agree, err));
    if (!agree)
        return RN_OK;
    RN_TRY(rn_refine_predict(refining, chosen, n, &together, &p, err));
    if (p <= LEVEL && still_gains(proposal, refined, &together)) {
        proposal->chosen = true;
        refined->together = together;
        refined->n_chosen = n;
    }
done:
    return status == RN_E_CONFIG ? RN_OK : status; /* together they leave no network */
}

enum rn_status rn_choose(const struct rn_refining *refining, struct rn_refinement *refined,
                         struct rn_err *err)
{
    size_t n = 0;
    struct rn_proposal **supported = rn_alloc(refined->n_proposals, sizeof *supported);
    const struct rn_proposal **chosen = rn_alloc(refined->n_proposals, sizeof *chosen);
    struct rn_buf yaml = {0};
    enum rn_status status;

    if (!supported || !chosen)
        RN_TRY(rn_nomem(err, refined->n_proposals * sizeof *chosen, "proposals"));
    for (size_t i = 0; i < refined->n_proposals; i++)
        if (refined->proposals[i].supported)
            supported[n++] = &refined->proposals[i];
    qsort(supported, n, sizeof *supported, by_rank);
    for (size_t i = 0; i < n; i++)
        RN_TRY(try_one(refining, supported[i], chosen, refined, err));
    RN_TRY(rn_refining_yaml(refining, chosen, refined->n_chosen, &yaml, err));
    refined->yaml = yaml.data;
    yaml.data = NULL;
done:
    rn_buf_release(&yaml);
    rn_free(supported);
    rn_free(chosen);
    return status;
}

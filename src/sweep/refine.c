/* From a population and its space to a smaller one. */
#include <stdio.h>

#include "refining.h"

static void summarize(const struct rn_refining *refining, struct rn_refinement *refined)
{
    snprintf(refined->space, sizeof refined->space, "%s", rn_space_name(refining->space));
    snprintf(refined->name, sizeof refined->name, "%s", refining->name);
    refined->n = refining->n;
    refined->mean = refining->mean;
    refined->deviation = refining->deviation;
    refined->margin = refining->margin;
}

enum rn_status rn_refine(const struct rn_records *records, const char *space,
                         const struct rn_refine_options *options, struct rn_refinement *refined,
                         struct rn_err *err)
{
    struct rn_refining refining = {0};
    struct rn_refinement made = {0};
    enum rn_status status;

    RN_TRY(rn_refining_init(records, space, options, &refining, err));
    summarize(&refining, &made);
    RN_TRY(rn_propose(&refining, &made.proposals, &made.n_proposals, err));
    RN_TRY(rn_choose(&refining, &made, err));
    *refined = made;
    made = (struct rn_refinement){0};
done:
    rn_refinement_release(&made);
    rn_refining_release(&refining);
    return status;
}

void rn_refinement_release(struct rn_refinement *refined)
{
    rn_free(refined->proposals);
    rn_free(refined->yaml);
    *refined = (struct rn_refinement){0};
}

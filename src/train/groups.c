/* What each parameter tensor is updated by: weight decay by kind, learning rate by stage, frozen
   or not. */
#include <stdlib.h>
#include <string.h>

#include "train/optimizer.h"

/* The decay of a kind of parameter: by default, as in pycls, the same for all. */
static double weight_decay(const struct rn_config *cfg, enum rn_param_role role)
{
    bool bn = role == RN_PARAM_GAMMA || role == RN_PARAM_BETA;

    if (bn && cfg->bn.use_custom_weight_decay)
        return cfg->bn.custom_weight_decay;
    if (role == RN_PARAM_BIAS && cfg->optim.bias_use_custom_weight_decay)
        return cfg->optim.bias_custom_weight_decay;
    return cfg->optim.weight_decay;
}

static enum rn_status check_rates(const struct rn_config *cfg, const struct rn_graph *graph,
                                  struct rn_err *err)
{
    int n = cfg->optim.stage_lr.n, wanted = graph->arch.n_stages + 2;

    if (n == 0 || n == wanted)
        return RN_OK;
    return rn_fail(err, RN_E_CONFIG,
                   "OPTIM.STAGE_LR has %d entr%s; this network needs %d: stem, %d stages, head", n,
                   n == 1 ? "y" : "ies", wanted, wanted - 2);
}

/* By the first component of the name: "stem.", "s2.", "head.". */
static double stage_rate(const struct rn_config *cfg, const char *name)
{
    const struct rn_doubles *rates = &cfg->optim.stage_lr;
    int stage = name[0] == 's' ? atoi(name + 1) : 0;

    if (rates->n == 0)
        return 1;
    return rates->v[strncmp(name, "head.", 5) == 0 ? rates->n - 1 : stage];
}

static bool is_under(const char *name, const char *prefix, size_t len)
{
    return strncmp(name, prefix, len) == 0 && (name[len] == '.' || name[len] == 0);
}

static enum rn_status freeze_one(const struct rn_graph *graph, const char *prefix, size_t len,
                                 struct rn_group *groups, struct rn_err *err)
{
    bool found = false;

    for (int i = 0; i < graph->n_params; i++) {
        if (!is_under(graph->params[i].name, prefix, len))
            continue;
        groups[i].rate = 0;
        found = true;
    }
    if (found)
        return RN_OK;
    return rn_fail(err, RN_E_CONFIG,
                   "TRAIN.FREEZE: the network has no parameter whose name begins with \"%.*s\"; "
                   "expected names such as stem, s1 or s2.b1, separated by spaces",
                   (int)len, prefix);
}

static enum rn_status freeze(const struct rn_config *cfg, const struct rn_graph *graph,
                             struct rn_group *groups, struct rn_err *err)
{
    const char *at = cfg->train.freeze;
    enum rn_status status = RN_OK;

    for (size_t len; *(at += strspn(at, " ,")); at += len) {
        len = strcspn(at, " ,");
        RN_TRY(freeze_one(graph, at, len, groups, err));
    }
done:
    return status;
}

enum rn_status rn_groups_of(const struct rn_config *cfg, const struct rn_graph *graph,
                            struct rn_group *groups, struct rn_err *err)
{
    enum rn_status status;

    RN_TRY(check_rates(cfg, graph, err));
    for (int i = 0; i < graph->n_params; i++) {
        const struct rn_param *param = &graph->params[i];
        groups[i].decay = (float)weight_decay(cfg, param->role);
        groups[i].rate = (float)stage_rate(cfg, param->name);
    }
    status = freeze(cfg, graph, groups, err);
done:
    return status;
}

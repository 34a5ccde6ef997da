/* SGD with momentum, Adam and AdamW: PyTorch's update rules, tensor by tensor. */
#include "train/optimizer.h"

#include <math.h>
#include <string.h>

static enum rn_status check(const struct rn_config *cfg, enum rn_rule rule, struct rn_err *err)
{
    if (rule != RN_RULE_SGD || !cfg->optim.nesterov ||
        (cfg->optim.momentum > 0 && cfg->optim.dampening == 0))
        return RN_OK;
    return rn_fail(err, RN_E_CONFIG,
                   "OPTIM.NESTEROV needs OPTIM.MOMENTUM above 0 and OPTIM.DAMPENING 0; they are "
                   "%g and %g",
                   cfg->optim.momentum, cfg->optim.dampening);
}

static enum rn_status add_flat(struct rn_optimizer *opt, const char *prefix, bool trained_only,
                               float **values, struct rn_err *err)
{
    size_t n = trained_only ? opt->graph->n_trained : opt->graph->n_values;

    *values = rn_alloc_aligned(n, sizeof **values);
    if (!*values)
        return rn_nomem(err, n * sizeof **values, "the optimizer");
    opt->flats[opt->n_flats++] = (struct rn_flat){prefix, *values, trained_only};
    return RN_OK;
}

enum rn_status rn_optimizer_init(struct rn_optimizer *opt, const struct rn_config *cfg,
                                 const struct rn_graph *graph, struct rn_err *err)
{
    const char *name = cfg->optim.optimizer;
    struct rn_optimizer out = {.graph = graph, .cfg = cfg};
    enum rn_status status;

    out.rule = strcmp(name, "adam") == 0    ? RN_RULE_ADAM
               : strcmp(name, "adamw") == 0 ? RN_RULE_ADAMW
                                            : RN_RULE_SGD;
    RN_TRY(check(cfg, out.rule, err));
    out.groups = rn_alloc((size_t)graph->n_params, sizeof *out.groups);
    if (!out.groups) {
        status = rn_nomem(err, (size_t)graph->n_params * sizeof *out.groups, "the optimizer");
        goto done;
    }
    RN_TRY(rn_groups_of(cfg, graph, out.groups, err));
    RN_TRY(add_flat(&out, "momentum.", true, &out.first, err));
    if (out.rule != RN_RULE_SGD)
        RN_TRY(add_flat(&out, "second.", true, &out.second, err));
    if (cfg->optim.ema)
        RN_TRY(add_flat(&out, "ema.", false, &out.average, err));
    *opt = out;
    out = (struct rn_optimizer){0};
done:
    rn_optimizer_release(&out);
    return status;
}

void rn_optimizer_release(struct rn_optimizer *opt)
{
    for (int i = 0; i < opt->n_flats; i++)
        rn_free(opt->flats[i].values);
    rn_free(opt->groups);
    *opt = (struct rn_optimizer){0};
}

static bool is_trained(const struct rn_param *param)
{
    return param->role != RN_PARAM_MEAN && param->role != RN_PARAM_VAR;
}

/* The first update takes the gradient itself for the buffer, whatever the dampening. */
static void sgd(const struct rn_optimizer *opt, size_t n, float *restrict p,
                const float *restrict grad, float *restrict buf, float decay, float lr)
{
    float momentum = (float)opt->cfg->optim.momentum;
    float keep = opt->steps == 0 ? 0 : momentum;
    float take = opt->steps == 0 ? 1 : (float)(1 - opt->cfg->optim.dampening);
    float own = opt->cfg->optim.nesterov ? 1 : 0, old = opt->cfg->optim.nesterov ? momentum : 1;

    for (size_t i = 0; i < n; i++) {
        float g = grad[i] + decay * p[i];
        buf[i] = keep * buf[i] + take * g;
        p[i] -= lr * (own * g + old * buf[i]);
    }
}

static void adam(const struct rn_optimizer *opt, size_t n, float *restrict p,
                 const float *restrict grad, float *restrict mean, float *restrict square,
                 float decay, float lr)
{
    double beta1 = opt->cfg->optim.beta1, beta2 = opt->cfg->optim.beta2;
    double t = (double)(opt->steps + 1);
    float b1 = (float)beta1, b2 = (float)beta2;
    float step = (float)(lr / (1 - pow(beta1, t))), root = (float)sqrt(1 - pow(beta2, t));
    float in_gradient = opt->rule == RN_RULE_ADAM ? decay : 0;
    float shrink = opt->rule == RN_RULE_ADAMW ? 1 - lr * decay : 1;

    for (size_t i = 0; i < n; i++) {
        float g = grad[i] + in_gradient * p[i];
        mean[i] = b1 * mean[i] + (1 - b1) * g;
        square[i] = b2 * square[i] + (1 - b2) * g * g;
        p[i] = shrink * p[i] - step * mean[i] / (sqrtf(square[i]) / root + 1e-8F);
    }
}

/* What PyTorch's clip_grad_norm_ multiplies the gradient by; 1: it is short enough. */
static float clip_factor(const struct rn_optimizer *opt, const float *grad)
{
    double longest = opt->cfg->optim.clip_norm, sum = 0;

    if (longest == 0)
        return 1;
    for (int i = 0; i < opt->graph->n_params; i++) {
        const struct rn_param *param = &opt->graph->params[i];
        for (size_t k = 0; opt->groups[i].rate > 0 && is_trained(param) && k < param->size; k++)
            sum += (double)grad[param->offset + k] * grad[param->offset + k];
    }
    return (float)fmin(1, longest / (sqrt(sum) + 1e-6));
}

void rn_optimizer_step(struct rn_optimizer *opt, float *value, float *grad, double lr)
{
    float factor = clip_factor(opt, grad);

    for (size_t i = 0; factor < 1 && i < opt->graph->n_trained; i++)
        grad[i] *= factor;
    for (int i = 0; i < opt->graph->n_params; i++) {
        const struct rn_param *param = &opt->graph->params[i];
        size_t at = param->offset;
        float decay = opt->groups[i].decay, rate = opt->groups[i].rate * (float)lr;
        if (!is_trained(param) || opt->groups[i].rate == 0)
            continue;
        if (opt->rule == RN_RULE_SGD)
            sgd(opt, param->size, value + at, grad + at, opt->first + at, decay, rate);
        else
            adam(opt, param->size, value + at, grad + at, opt->first + at, opt->second + at, decay,
                 rate);
    }
    opt->steps++;
}

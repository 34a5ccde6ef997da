/* The learning rate over a training: pycls' policies and its linear warm-up. */
#include <math.h>
#include <string.h>

#include "regnet/train.h"

static double policy(const struct rn_config *cfg, double epoch)
{
    const char *name = cfg->optim.lr_policy;
    double min = cfg->optim.min_lr, done = epoch / cfg->optim.max_epoch;
    int passed = 0;

    if (strcmp(name, "cos") == 0)
        return (1 - min) * 0.5 * (1 + cos(3.14159265358979323846 * done)) + min;
    if (strcmp(name, "lin") == 0)
        return (1 - min) * (1 - done) + min;
    if (strcmp(name, "exp") == 0)
        return pow(min, done);
    for (int i = 1; i < cfg->optim.steps.n; i++) /* steps[0] is 0 */
        passed += epoch >= cfg->optim.steps.v[i];
    return pow(cfg->optim.lr_mult, passed);
}

double rn_learning_rate(const struct rn_config *cfg, double epoch)
{
    double lr, warmed;

    if (strcmp(cfg->optim.lr_unit, "step") != 0)
        epoch = floor(epoch);
    lr = cfg->optim.base_lr * policy(cfg, epoch);
    if (epoch >= cfg->optim.warmup_epochs)
        return lr;
    warmed = epoch / cfg->optim.warmup_epochs;
    return lr * (cfg->optim.warmup_factor * (1 - warmed) + warmed);
}

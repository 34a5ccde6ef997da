/* The average of weights (EMA): pycls' exponential average of all that a network has. */
#include <math.h>
#include <string.h>

#include "train/optimizer.h"

void rn_average_begin(struct rn_optimizer *opt, const float *value)
{
    if (opt->average)
        memcpy(opt->average, value, opt->graph->n_values * sizeof *value);
}

/* The weight of the newest network. OPTIM.EMA_ALPHA is that of one image in a training of one epoch
   (Dollar et al., 2021), so that batch and length change little. */
static double newest(const struct rn_config *cfg, double epoch)
{
    double scale =
        (double)cfg->train.batch_size / cfg->optim.max_epoch * cfg->optim.ema_update_period;

    return epoch < cfg->optim.warmup_epochs ? 1 : fmin(1, cfg->optim.ema_alpha * scale);
}

void rn_average_update(struct rn_optimizer *opt, const float *value, double epoch, int step)
{
    int period = opt->cfg->optim.ema_update_period;
    float weight = (float)newest(opt->cfg, epoch), keep = 1 - weight;

    if (!opt->average || period == 0 || step % period != 0)
        return;
    for (size_t i = 0; i < opt->graph->n_values; i++)
        opt->average[i] = keep * opt->average[i] + weight * value[i];
}

void rn_average_swap(struct rn_optimizer *opt, float *value)
{
    for (size_t i = 0; i < opt->graph->n_values; i++) {
        float own = value[i];
        value[i] = opt->average[i];
        opt->average[i] = own;
    }
}

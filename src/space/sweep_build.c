/* A sweep's network as the configuration that the drawn keys make. */
#include <string.h>

#include "sweep.h"

/* pycls makes widths and groups compatible before it counts; a missing ratio or group width is 1.
 */
static void fit_anynet(struct rn_config *cfg)
{
    int n = cfg->anynet.widths.n;

    for (int i = cfg->anynet.bot_muls.n; i < n; i++)
        cfg->anynet.bot_muls.v[i] = 1;
    for (int i = cfg->anynet.group_ws.n; i < n; i++)
        cfg->anynet.group_ws.v[i] = 1;
    cfg->anynet.bot_muls.n = cfg->anynet.group_ws.n = n;
    for (int i = 0; i < n; i++) {
        struct rn_stage stage = {.width = cfg->anynet.widths.v[i],
                                 .bot_mul = cfg->anynet.bot_muls.v[i],
                                 .group_w = cfg->anynet.group_ws.v[i]};
        if (!(stage.width >= 1 && stage.width <= 65536 && stage.bot_mul > 0 &&
              stage.bot_mul <= 64 && stage.group_w >= 1))
            return; /* rn_arch_from_config refuses it */
        rn_stage_make_compatible(&stage);
        cfg->anynet.widths.v[i] = stage.width;
        cfg->anynet.group_ws.v[i] = stage.group_w;
    }
}

/* As SETUP.CONSTRAINTS.REGNET wants it: no level skipped, and that many stages. */
static bool is_wanted_line(const struct rn_space *space, const struct rn_config *cfg, int n_stages)
{
    const struct rn_regnet params = {.d = cfg->regnet.depth,
                                     .w0 = cfg->regnet.w0,
                                     .wa = cfg->regnet.wa,
                                     .wm = cfg->regnet.wm,
                                     .bot_mul = cfg->regnet.bot_mul,
                                     .g = cfg->regnet.group_w};

    return n_stages >= space->min_stages && n_stages <= space->max_stages &&
           rn_regnet_levels(&params) == n_stages;
}

bool rn_sweep_build(const struct rn_space *space, struct rn_draw *draw)
{
    struct rn_config cfg = *space->config;

    for (int p = 0; p < space->n_params; p++) {
        const struct rn_param *param = &space->params[p];
        rn_text text;
        if (!rn_key_is_networks(param->key))
            continue;
        rn_setting_print(param, draw->values[p], text);
        if (rn_config_set(&cfg, param->key->name, text, NULL) != RN_OK)
            return false;
    }
    if (strcmp(cfg.model.type, "anynet") == 0)
        fit_anynet(&cfg);
    if (rn_arch_from_config(&cfg, &draw->arch, NULL) != RN_OK)
        return false;
    return strcmp(cfg.model.type, "regnet") != 0 ||
           is_wanted_line(space, &cfg, draw->arch.n_stages);
}

/* Makes a sweep one of a family's spaces, where the sampled keys of the network are that family's
   parameters: it is then drawn as any other space. */
#include <string.h>

#include "sweep.h"

/* Which configuration key a parameter is; NULL: none. */
static const char *const anynet_keys[RN_ANYNET_ROLES] = {[RN_ANYNET_D] = "ANYNET.DEPTHS",
                                                         [RN_ANYNET_W] = "ANYNET.WIDTHS",
                                                         [RN_ANYNET_B] = "ANYNET.BOT_MULS",
                                                         [RN_ANYNET_G] = "ANYNET.GROUP_WS",
                                                         [RN_ANYNET_R] = "TRAIN.IM_SIZE"};
static const char *const regnet_keys[RN_REGNET_ROLES] = {
    [RN_REGNET_D] = "REGNET.DEPTH",   [RN_REGNET_W0] = "REGNET.W0",
    [RN_REGNET_WA] = "REGNET.WA",     [RN_REGNET_WM] = "REGNET.WM",
    [RN_REGNET_B] = "REGNET.BOT_MUL", [RN_REGNET_G] = "REGNET.GROUP_W",
    [RN_REGNET_R] = "TRAIN.IM_SIZE"};

struct adoption {
    enum rn_family family;
    const char *const *keys; /* of each role */
    int roles, stages;
};

static bool is_ratio(const struct adoption *a, int role)
{
    return a->keys[role] == anynet_keys[RN_ANYNET_B] || a->keys[role] == regnet_keys[RN_REGNET_B];
}

static const struct rn_param *find_sampled(const struct rn_space *space, const char *key)
{
    for (int p = 0; p < space->n_params; p++) {
        if (strcmp(space->params[p].key->name, key) == 0)
            return &space->params[p];
    }
    return NULL;
}

/* What the configuration says of a key for a stage; 1 where it says nothing, as pycls has it. */
static double configured(const struct rn_config *cfg, const struct rn_key *key, int stage)
{
    const char *field = (const char *)cfg + key->offset;
    const struct rn_ints *ints = (const void *)field;
    const struct rn_doubles *doubles = (const void *)field;

    switch (key->type) {
    case RN_KEY_INT:
        return *(const int *)(const void *)field;
    case RN_KEY_DOUBLE:
        return *(const double *)(const void *)field;
    case RN_KEY_INTS:
        return stage < ints->n ? ints->v[stage] : 1;
    default:
        return stage < doubles->n ? doubles->v[stage] : 1;
    }
}

/* Whether the lists that are not sampled have an entry a stage; those that may be left out, or
   none. */
static bool has_lists(const struct rn_space *space, int stages)
{
    const struct rn_config *cfg = space->config;
    int muls = cfg->anynet.bot_muls.n, groups = cfg->anynet.group_ws.n;

    return (find_sampled(space, "ANYNET.DEPTHS") || cfg->anynet.depths.n == stages) &&
           (find_sampled(space, "ANYNET.WIDTHS") || cfg->anynet.widths.n == stages) &&
           (find_sampled(space, "ANYNET.BOT_MULS") || muls == stages || muls == 0) &&
           (find_sampled(space, "ANYNET.GROUP_WS") || groups == stages || groups == 0);
}

/* Whether every sampled key of the network is a parameter of the family, as numbers, and lists
   have an entry a stage. */
static bool can_adopt(const struct rn_space *space, const struct adoption *a)
{
    for (int p = 0; p < space->n_params; p++) {
        const struct rn_param *param = &space->params[p];
        int role = 0;
        if (!rn_key_is_networks(param->key))
            continue;
        while (role < a->roles && (!a->keys[role] || strcmp(a->keys[role], param->key->name) != 0))
            role++;
        if (role == a->roles || param->n_words > 0 || (param->list && param->n != a->stages))
            return false;
    }
    return true;
}

/* The network without what is drawn, from a configuration that can be built whatever that is. */
static enum rn_status make_template(const struct rn_space *space, const struct adoption *a,
                                    struct rn_arch *arch, struct rn_err *err)
{
    struct rn_config cfg = *space->config;
    enum rn_status status;

    cfg.regnet.depth = 10, cfg.regnet.w0 = 32, cfg.regnet.wa = 5, cfg.regnet.wm = 2.5;
    cfg.regnet.bot_mul = 1, cfg.regnet.group_w = 1;
    cfg.anynet.depths.n = cfg.anynet.widths.n = a->stages;
    cfg.anynet.bot_muls.n = cfg.anynet.group_ws.n = a->stages;
    for (int i = 0; i < a->stages; i++) {
        cfg.anynet.depths.v[i] = cfg.anynet.widths.v[i] = cfg.anynet.group_ws.v[i] = 1;
        cfg.anynet.bot_muls.v[i] = 1;
    }
    status = rn_arch_from_config(&cfg, arch, err);
    if (status != RN_OK)
        rn_err_prefix(err, "SETUP.BASE_CFG");
    RN_TRY(status);
    arch->n_stages = a->stages;
    for (int i = 0; i < a->stages && a->family == RN_FAMILY_REGNET; i++)
        arch->stages[i] = (struct rn_stage){.stride = cfg.regnet.stride, .kernel = 3};
done:
    return status;
}

/* A role's distribution: the sampler's, or the one value that the configuration has. */
static void adopt_role(const struct rn_param *sampled, const struct rn_key *key, bool ratio,
                       const struct rn_config *cfg, struct rn_param *param)
{
    for (int i = 0; i < RN_MAX_STAGES; i++) {
        double value = sampled ? 1 : configured(cfg, key, i);
        param->specs[i] = (struct rn_spec){
            .quantum = 1, .n_values = 1, .values = {ratio && value > 0 ? 1 / value : value}};
        if (sampled) {
            param->specs[i] = sampled->specs[0];
            param->specs[i].inverse = ratio;
        }
    }
    param->given = true;
}

static enum rn_status adopt(struct rn_space *space, const struct adoption *a,
                            const struct rn_space *read, struct rn_err *err)
{
    enum rn_status status = RN_OK;
    int place;

    rn_space_set_family(space, a->family);
    for (int i = 0; i < a->roles; i++) {
        const struct rn_param *sampled = a->keys[i] ? find_sampled(read, a->keys[i]) : NULL;
        bool resolution = a->keys[i] && strcmp(a->keys[i], "TRAIN.IM_SIZE") == 0;
        if (a->keys[i] && (sampled || !resolution))
            adopt_role(sampled, rn_key_by_name(a->keys[i]), is_ratio(a, i), space->config,
                       &space->params[i]);
    }
    for (int p = 0; p < read->n_params; p++) {
        const struct rn_param *param = &read->params[p];
        if (rn_key_is_networks(param->key))
            continue;
        RN_TRY(rn_space_add_key(space, param->key, &place, err));
        space->params[place] = *param;
    }
done:
    return status;
}

/* The sweep's parameters move into the family's places; read keeps them meanwhile. */
static enum rn_status adopt_family(struct rn_space *space, const struct adoption *a,
                                   struct rn_err *err)
{
    struct rn_space *read = rn_alloc(1, sizeof *read);
    enum rn_status status;

    if (!read)
        return rn_nomem(err, sizeof *read, "a sweep");
    *read = *space;
    RN_TRY(make_template(space, a, &space->arch, err));
    status = adopt(space, a, read, err);
done:
    rn_free(read);
    return status;
}

enum rn_status rn_sweep_adopt(struct rn_space *space, struct rn_err *err)
{
    const struct rn_config *cfg = space->config;
    const struct adoption anynet = {RN_FAMILY_ANYNET, anynet_keys, RN_ANYNET_ROLES,
                                    cfg->anynet.strides.n};
    const struct adoption regnet = {RN_FAMILY_REGNET, regnet_keys, RN_REGNET_ROLES,
                                    space->max_stages};
    const struct rn_param *type = find_sampled(space, "MODEL.TYPE");
    enum rn_block block;
    struct rn_arch arch;
    enum rn_status status = RN_OK;

    if (strcmp(cfg->model.type, "anynet") == 0 &&
        rn_block_parse("ANYNET.BLOCK_TYPE", cfg->anynet.block_type, &block, NULL) == RN_OK &&
        rn_block_is_cell(block))
        return rn_fail(err, RN_E_CONFIG,
                       "SETUP.BASE_CFG: %s is a cell; spaces draw and count stages of blocks alone",
                       rn_block_text(block));
    if (!type && strcmp(cfg->model.type, "anynet") == 0 && anynet.stages >= 1 &&
        anynet.stages <= RN_MAX_STAGES && has_lists(space, anynet.stages) &&
        can_adopt(space, &anynet))
        return adopt_family(space, &anynet, err);
    if (!type && strcmp(cfg->model.type, "regnet") == 0 && can_adopt(space, &regnet))
        return adopt_family(space, &regnet, err);
    for (int p = 0; p < space->n_params; p++) {
        if (rn_key_is_networks(space->params[p].key))
            return RN_OK;
    }
    status = rn_arch_from_config(cfg, &arch, err); /* the network is one and the same */
    if (status != RN_OK)
        rn_err_prefix(err, "SETUP.BASE_CFG");
    return status;
}

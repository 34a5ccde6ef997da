/* The parameters of the families, and configuration keys as parameters. */
#include <string.h>

#include "room.h"

static const struct rn_role anynet[RN_ANYNET_ROLES] = {
    [RN_ANYNET_D] = {"d", true, false, 1, 1024, 1, false},
    [RN_ANYNET_W] = {"w", true, false, 1, 16384, 1, false},
    [RN_ANYNET_B] = {"b", true, false, 1.0 / 64, 64, 0, true},
    [RN_ANYNET_G] = {"g", true, false, 1, 16384, 1, false},
    [RN_ANYNET_GROUPS] = {"groups", true, true, 1, 16384, 1, false},
    [RN_ANYNET_R] = {"r", false, true, 1, 4096, 1, false}};

static const struct rn_role regnet[RN_REGNET_ROLES] = {
    [RN_REGNET_D] = {"d", false, false, 1, RN_MAX_BLOCKS, 1, false},
    [RN_REGNET_W0] = {"w0", false, false, 8, 16384, 8, false},
    [RN_REGNET_WA] = {"wa", false, false, 0, 16384, 0, false},
    [RN_REGNET_WM] = {"wm", false, false, 1.0001, 64, 0, false},
    [RN_REGNET_B] = {"b", false, false, 1.0 / 64, 64, 0, true},
    [RN_REGNET_G] = {"g", false, false, 1, 16384, 1, false},
    [RN_REGNET_R] = {"r", false, true, 1, 4096, 1, false}};

const struct rn_role *rn_roles(enum rn_family family, int *n)
{
    *n = family == RN_FAMILY_ANYNET ? RN_ANYNET_ROLES : RN_REGNET_ROLES;
    if (family != RN_FAMILY_ANYNET && family != RN_FAMILY_REGNET)
        *n = 0;
    return family == RN_FAMILY_ANYNET ? anynet : regnet;
}

void rn_space_set_family(struct rn_space *space, enum rn_family family)
{
    const struct rn_role *roles = rn_roles(family, &space->n_params);

    space->family = family;
    for (int i = 0; i < space->n_params; i++)
        space->params[i] = (struct rn_param){
            .name = roles[i].name, .per_stage = roles[i].per_stage, .n = 1, .twin = -1};
}

enum rn_status rn_space_add_key(struct rn_space *space, const struct rn_key *key, int *place,
                                struct rn_err *err)
{
    int roles, i;

    (void)rn_roles(space->family, &roles);
    for (i = roles; i < space->n_params && space->params[i].key != key;)
        i++;
    if (i == roles + RN_SPACE_SETTINGS)
        return rn_fail(err, RN_E_CONFIG, "more than %d configuration keys are drawn",
                       RN_SPACE_SETTINGS);
    if (i == space->n_params) {
        space->params[i] = (struct rn_param){.name = key->name, .key = key, .n = 1, .twin = -1};
        space->n_params++;
    }
    *place = i;
    return RN_OK;
}

bool rn_param_has_value(const struct rn_space *space, int place)
{
    const struct rn_param *param = &space->params[place];
    int r = space->family == RN_FAMILY_ANYNET ? RN_ANYNET_R : RN_REGNET_R;

    return param->given || param->idle || param->twin >= 0 || (!param->key && place == r);
}

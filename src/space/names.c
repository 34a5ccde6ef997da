/* What the names of expressions mean: the paper's letters are what was drawn, pycls' words the
   network that is built. */
#include <string.h>

#include "room.h"

static const struct {
    const char *text;
    struct rn_name name;
} words[] = {
    {"depths", {RN_QUANTITY_DEPTHS, -1, true, RN_LEVEL_BUILT}},
    {"widths", {RN_QUANTITY_WIDTHS, -1, true, RN_LEVEL_BUILT}},
    {"bot_muls", {RN_QUANTITY_BOT_MULS, -1, true, RN_LEVEL_BUILT}},
    {"group_ws", {RN_QUANTITY_GROUP_WS, -1, true, RN_LEVEL_BUILT}},
    {"stages", {RN_QUANTITY_STAGES, -1, false, RN_LEVEL_BUILT}},
    {"resolution", {RN_QUANTITY_RESOLUTION, -1, false, RN_LEVEL_BUILT}},
    {"flops", {RN_QUANTITY_FLOPS, -1, false, RN_LEVEL_COUNTED}},
    {"params", {RN_QUANTITY_PARAMS, -1, false, RN_LEVEL_COUNTED}},
    {"acts", {RN_QUANTITY_ACTS, -1, false, RN_LEVEL_COUNTED}},
};

#define WORDS (sizeof words / sizeof *words)

bool rn_name_find(const struct rn_space *space, const char *text, struct rn_name *name)
{
    for (size_t i = 0; i < WORDS; i++) {
        if (strcmp(words[i].text, text) == 0) {
            *name = words[i].name;
            return true;
        }
    }
    for (int i = 0; i < space->n_params; i++) {
        const struct rn_param *param = &space->params[i];
        if (strcmp(param->name, text) == 0 && !param->list && param->n_words == 0) {
            *name = (struct rn_name){RN_QUANTITY_PARAM, i, param->per_stage, RN_LEVEL_DRAWN};
            return true;
        }
    }
    return false;
}

/* A letter of the other family is no slip of the pen. */
static bool is_other_familys(const struct rn_space *space, const char *text)
{
    enum rn_family other = space->family == RN_FAMILY_REGNET ? RN_FAMILY_ANYNET : RN_FAMILY_REGNET;
    int n;
    const struct rn_role *roles = rn_roles(other, &n);

    for (int i = 0; i < n; i++) {
        if (strcmp(roles[i].name, text) == 0)
            return true;
    }
    return false;
}

enum rn_status rn_name_unknown(const struct rn_space *space, const char *text,
                               const struct rn_value *value, int at, struct rn_err *err)
{
    const char *known[WORDS + RN_PARAMS];
    const char *near;
    size_t n = 0;

    if (is_other_familys(space, text))
        return rn_expr_fail(value, at, err,
                            "%s draws no %s; of the network that is built there are depths, "
                            "widths, bot_muls and group_ws",
                            space->family == RN_FAMILY_REGNET ? "a RegNet" : "AnyNet", text);
    for (size_t i = 0; i < WORDS; i++)
        known[n++] = words[i].text;
    for (int i = 0; i < space->n_params; i++)
        known[n++] = space->params[i].name;
    near = rn_nearest(text, known, n);
    if (near)
        return rn_expr_fail(value, at, err, "there is no \"%s\"; did you mean \"%s\"?", text, near);
    return rn_expr_fail(value, at, err,
                        "there is no \"%s\"; there are the parameters, depths, widths, bot_muls, "
                        "group_ws, stages, resolution, flops, params and acts",
                        text);
}

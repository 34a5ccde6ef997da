/* From random numbers to a network: the values of the parameters, and what they build. */
#include <math.h>
#include <stdio.h>

#include "room.h"

void rn_draw_init(const struct rn_space *space, struct rn_draw *draw)
{
    int n, r = space->family == RN_FAMILY_ANYNET ? RN_ANYNET_R : RN_REGNET_R;

    *draw = (struct rn_draw){.arch = space->arch};
    (void)rn_roles(space->family, &n);
    for (int p = 0; p < n; p++) {
        for (int i = 0; i < RN_MAX_STAGES; i++)
            draw->values[p][i] = p == r ? space->arch.im_size : 1;
    }
}

void rn_draw_values(const struct rn_space *space, bool plain, struct rn_rng *rng,
                    struct rn_draw *draw)
{
    for (int k = 0; k < space->n_drawn; k++) {
        int p = space->drawn[k];
        if (plain)
            rn_axis_draw_plain(&space->params[p].axis, rng, draw->values[p]);
        else
            rn_axis_draw(&space->params[p].axis, rng, draw->values[p]);
    }
    for (int k = 0; k < space->n_twins; k++) {
        int p = space->twins[k];
        draw->values[p][0] = draw->values[space->params[p].twin][0];
    }
}

/* Pycls' multiplier is 1/b: whole above 1, where b may be a rounded 1/3. */
static double bot_mul(double b)
{
    return b < 1 ? rint(1 / b) : 1 / b;
}

/* g, or as many channels as make the wanted number of groups. */
static int group_width(const struct rn_space *space, const struct rn_draw *draw, int i)
{
    if (!space->params[RN_ANYNET_GROUPS].given)
        return (int)draw->values[RN_ANYNET_G][i];
    return (int)fmax(1, draw->values[RN_ANYNET_W][i] / draw->values[RN_ANYNET_B][i] /
                            draw->values[RN_ANYNET_GROUPS][i]);
}

static void build_anynet(const struct rn_space *space, struct rn_draw *draw)
{
    bool groups = rn_block_has_groups(space->arch.block);

    for (int i = 0; i < space->arch.n_stages; i++) {
        struct rn_stage *stage = &draw->arch.stages[i];
        stage->depth = (int)draw->values[RN_ANYNET_D][i];
        stage->width = (int)draw->values[RN_ANYNET_W][i];
        stage->bot_mul = bot_mul(draw->values[RN_ANYNET_B][i]);
        stage->group_w = group_width(space, draw, i);
        rn_stage_make_compatible(stage);
        stage->group_w = groups ? stage->group_w : 0;
    }
    draw->arch.im_size = (int)draw->values[RN_ANYNET_R][0];
}

/* False when the line is no valid RegNet of a wanted number of stages. Most lines are not, and
   their last block alone says so. */
static bool build_regnet(const struct rn_space *space, struct rn_draw *draw)
{
    struct rn_regnet params = {.d = (int)draw->values[RN_REGNET_D][0],
                               .w0 = (int)draw->values[RN_REGNET_W0][0],
                               .wa = draw->values[RN_REGNET_WA][0],
                               .wm = draw->values[RN_REGNET_WM][0],
                               .bot_mul = bot_mul(draw->values[RN_REGNET_B][0]),
                               .g = (int)draw->values[RN_REGNET_G][0]};
    struct rn_regnet_line line;
    int levels;

    if (params.d < space->min_stages)
        return false;
    levels = rn_regnet_levels(&params);
    if (levels < space->min_stages || levels > space->max_stages ||
        rn_regnet_generate(&params, &line, NULL) != RN_OK || line.n_stages != levels)
        return false;
    rn_regnet_stages(&params, &line, 1, &draw->arch);
    for (int i = 0; i < draw->arch.n_stages; i++)
        draw->arch.stages[i].stride = space->arch.stages[i].stride;
    draw->arch.im_size = (int)draw->values[RN_REGNET_R][0];
    return true;
}

bool rn_draw_build(const struct rn_space *space, struct rn_draw *draw)
{
    switch (space->family) {
    case RN_FAMILY_ANYNET:
        build_anynet(space, draw);
        return true;
    case RN_FAMILY_REGNET:
        return build_regnet(space, draw);
    default:
        return rn_sweep_build(space, draw);
    }
}

void rn_network_text(const struct rn_space *space, char text[RN_SPACE_TEXT])
{
    int min = space->min_stages, max = space->max_stages;

    if (space->family == RN_FAMILY_CONFIG)
        snprintf(text, RN_SPACE_TEXT, "a network that can be built");
    else if (min < max)
        snprintf(text, RN_SPACE_TEXT, "a valid line of %d to %d stages", min, max);
    else
        snprintf(text, RN_SPACE_TEXT, "a valid line of %d stage%s", max, max == 1 ? "" : "s");
}

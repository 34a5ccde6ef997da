/* Scaling a network in depth, width, group width and resolution, as pycls does ("Fast and Accurate
   Model Scaling"). */
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "room.h"

static const char letters[] = "dwgr";

/* "d1_w8_g8_r1" or "dw": a letter without a number weighs 1, an absent one 0. */
static enum rn_status read_weights(const char *type, double weight[4], struct rn_err *err)
{
    const char *at = strcmp(type, "dWr") == 0 ? "d1_w8_g8_r1" : type;

    memset(weight, 0, 4 * sizeof *weight);
    while (*at) {
        const char *letter = strchr(letters, *at);
        char *end;
        if (!letter || weight[letter - letters] > 0)
            break;
        at++;
        weight[letter - letters] = 1;
        if (isdigit((unsigned char)*at)) {
            weight[letter - letters] = strtod(at, &end);
            at = end;
        }
        if (*at == '_' && at[1])
            at++;
    }
    if (*at || at == type)
        return rn_fail(err, RN_E_CONFIG,
                       "the scaling type is \"%.60s\"; letters of d, w, g and r, each once, with "
                       "weights if wanted, are expected: dw, d1_w8_g8_r1, or dWr for the latter",
                       type);
    return RN_OK;
}

enum rn_status rn_scaling_parse(const char *type, double factor, struct rn_scaling *scaling,
                                struct rn_err *err)
{
    double e[4], sum;
    enum rn_status status;

    if (!(factor > 0 && factor <= 1e6))
        return rn_fail(err, RN_E_CONFIG,
                       "the scaling factor is %g; it must be positive, at most a million", factor);
    RN_TRY(read_weights(type, e, err));
    sum = e[0] + e[1] + e[3];
    if (sum == 0)
        sum = e[2] > 0 ? e[2] / 2 : 1;
    *scaling = (struct rn_scaling){.d = pow(factor, e[0] / sum),
                                   .w = pow(factor, e[1] / (2 * sum)),
                                   .g = pow(factor, e[2] / (2 * sum)),
                                   .r = pow(factor, e[3] / (2 * sum))};
done:
    return status;
}

static int scaled_width(int width, double w)
{
    return 8 * (int)fmax(1, rint(width * w / 8));
}

/* 1, 2, 4, then multiples of 8. */
static int scaled_group(int group_w, double g)
{
    int rounded = (int)fmax(1, rint(group_w * g));

    if (rounded <= 2)
        return rounded;
    return rounded <= 5 ? 4 : 8 * (int)rint(rounded / 8.0);
}

int rn_scaled_side(const struct rn_scaling *scaling, int side)
{
    return 4 * (int)fmax(1, rint(side * scaling->r / 4));
}

static void scale_stage(const struct rn_scaling *scaling, enum rn_block block,
                        struct rn_stage *stage)
{
    stage->depth = (int)fmax(1, rint(stage->depth * scaling->d));
    stage->width = scaled_width(stage->width, scaling->w);
    if (!rn_block_has_groups(block))
        return;
    stage->group_w = scaled_group(stage->group_w, scaling->g);
    rn_stage_make_compatible(stage);
}

enum rn_status rn_arch_scale(const struct rn_scaling *scaling, struct rn_arch *arch,
                             struct rn_err *err)
{
    struct rn_arch made = *arch;
    enum rn_status status;

    if (made.block > RN_BLOCK_MBCONV && made.block != RN_BLOCK_SEPARABLE)
        return rn_fail(err, RN_E_UNSUPPORTED,
                       "%s: only AnyNets, EfficientNets and MobileNets scale; the sizes of other "
                       "families stand in their names",
                       rn_block_text(made.block));
    made.name[0] = '\0';
    made.im_size = rn_scaled_side(scaling, arch->im_size);
    for (int i = 0; i < made.n_stages; i++)
        scale_stage(scaling, made.block, &made.stages[i]);
    if (made.block == RN_BLOCK_MBCONV) {
        made.stem_w = scaled_width(made.stem_w, scaling->w);
        made.head_w = scaled_width(made.head_w, scaling->w);
    }
    RN_TRY(rn_arch_check(&made, err));
    *arch = made;
done:
    return status;
}

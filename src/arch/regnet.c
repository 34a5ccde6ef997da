/* RegNet: the quantized linear parameterization, in the paper's order and letters (section 3.3). */
#include <math.h>

#include "room.h"

#define QUANTUM 8           /* widths are multiples of 8 */
#define WIDTH_LIMIT 1048576 /* of u_j; far above any network, far below int's end */

/* (2): u_j = w_0 + w_a j */
static double linear_width(const struct rn_regnet *p, int j)
{
    return p->w0 + p->wa * j;
}

/* (3): u_j = w_0 w_m^{s_j}, solved for s_j and rounded; halves go to the even side, as in pycls. */
static int level(const struct rn_regnet *p, double u, double log_wm)
{
    return (int)rint(log(u / p->w0) / log_wm);
}

/* (4): w_j = w_0 w_m^{round(s_j)}, then to a multiple of 8. */
static int quantized_width(const struct rn_regnet *p, int s)
{
    return QUANTUM * (int)rint(p->w0 * pow(p->wm, s) / QUANTUM);
}

static enum rn_status check(const struct rn_regnet *p, struct rn_err *err)
{
    if (p->d < 1 || p->d > RN_MAX_BLOCKS)
        return rn_fail(err, RN_E_CONFIG, "RegNet's depth d is 1 to %d blocks, not %d",
                       RN_MAX_BLOCKS, p->d);
    if (p->w0 < QUANTUM || p->w0 % QUANTUM != 0)
        return rn_fail(err, RN_E_CONFIG, "RegNet's width w0 is a positive multiple of %d, not %d",
                       QUANTUM, p->w0);
    if (!(p->wa >= 0))
        return rn_fail(err, RN_E_CONFIG, "RegNet's slope wa is not negative, but it is %g", p->wa);
    if (!(p->wm > 1 && p->wm <= WIDTH_LIMIT))
        return rn_fail(err, RN_E_CONFIG, "RegNet's multiplier wm is greater than 1, but it is %g",
                       p->wm);
    if (!(p->bot_mul > 0 && p->bot_mul <= WIDTH_LIMIT) || p->g < 1)
        return rn_fail(err, RN_E_CONFIG,
                       "RegNet's bottleneck multiplier and group width are positive, not %g and %d",
                       p->bot_mul, p->g);
    if (p->bot_mul > 1 && p->bot_mul != rint(p->bot_mul))
        return rn_fail(err, RN_E_CONFIG,
                       "RegNet's bottleneck multiplier is at most 1 or a whole number, not %g",
                       p->bot_mul);
    if (!(linear_width(p, p->d - 1) * p->wm <= WIDTH_LIMIT))
        return rn_fail(err, RN_E_CONFIG, "RegNet's widths pass %d: make d, w0, wa or wm smaller",
                       WIDTH_LIMIT);
    return RN_OK;
}

int rn_regnet_levels(const struct rn_regnet *p)
{
    return level(p, linear_width(p, p->d - 1), log(p->wm)) + 1;
}

enum rn_status rn_regnet_generate(const struct rn_regnet *p, struct rn_regnet_line *line,
                                  struct rn_err *err)
{
    double log_wm = log(p->wm);
    enum rn_status status;
    int last = -1;

    RN_TRY(check(p, err));
    line->d = p->d;
    line->n_stages = 0;
    for (int j = 0; j < p->d; j++) {
        double u = linear_width(p, j);
        int s = level(p, u, log_wm);
        line->u[j] = u;
        line->w[j] = s == last ? line->w[j - 1] : quantized_width(p, s);
        line->n_stages += j == 0 || line->w[j] != line->w[j - 1];
        last = s;
    }
    line->n_levels = last + 1;
    if (line->n_stages > RN_MAX_STAGES)
        status =
            rn_fail(err, RN_E_CONFIG,
                    "the RegNet d=%d w0=%d wa=%g wm=%g has %d stages; at most %d are supported",
                    p->d, p->w0, p->wa, p->wm, line->n_stages, RN_MAX_STAGES);
done:
    return status;
}

void rn_regnet_stages(const struct rn_regnet *p, const struct rn_regnet_line *line, int stride,
                      struct rn_arch *arch)
{
    bool groups = rn_block_has_groups(arch->block);
    int i = -1;

    for (int j = 0; j < line->d; j++) {
        if (j == 0 || line->w[j] != line->w[j - 1])
            arch->stages[++i] = (struct rn_stage){.width = line->w[j],
                                                  .stride = stride,
                                                  .bot_mul = p->bot_mul,
                                                  .group_w = p->g,
                                                  .kernel = 3};
        arch->stages[i].depth++;
    }
    arch->n_stages = line->n_stages;
    for (i = 0; i < arch->n_stages; i++) {
        rn_stage_make_compatible(&arch->stages[i]);
        if (!groups) {
            arch->stages[i].bot_mul = 1;
            arch->stages[i].group_w = 0;
        }
    }
}

/* Draws networks: attempts on one cursor until the constraints hold. */
#include <stdio.h>
#include <string.h>

#include "room.h"

#define ATTEMPTS 2000000 /* a second or two; the paper's narrowest space needs some hundreds */

enum {
    REJECTED_STAGES,
    REJECTED_GROUPS,
    REJECTED_LIMIT,
    REJECTIONS = REJECTED_LIMIT + RN_SPACE_LIMITS
};
#define ACCEPTED (-1)

struct attempt {
    struct rn_arch arch;
    struct rn_complexity cx;
    double values[RN_SPACE_AXES][RN_MAX_STAGES];
};

static void build_anynet(const struct rn_space *space, struct rn_rng *rng, struct attempt *try)
{
    bool bottleneck = rn_block_has_bottleneck(space->arch.block);
    bool groups = rn_block_has_groups(space->arch.block);

    for (int a = 0; a < RN_ANYNET_AXES; a++)
        rn_axis_draw(&space->axes[a], space->arch.n_stages, rng, try->values[a]);
    for (int i = 0; i < space->arch.n_stages; i++) {
        struct rn_stage *stage = &try->arch.stages[i];
        stage->depth = (int)try->values[RN_ANYNET_D][i];
        stage->width = (int)try->values[RN_ANYNET_W][i];
        stage->bot_mul = 1 / try->values[RN_ANYNET_B][i];
        stage->group_w = (int)try->values[RN_ANYNET_G][i];
        rn_stage_make_compatible(stage);
        stage->bot_mul = bottleneck ? stage->bot_mul : 1;
        stage->group_w = groups ? stage->group_w : 0;
    }
}

/* False when the line is no valid RegNet of the wanted number of stages. Most lines are not, and
   their last block alone says so. */
static bool build_regnet(const struct rn_space *space, struct rn_rng *rng, struct attempt *try)
{
    int n_stages = space->arch.n_stages;
    struct rn_regnet params;
    struct rn_regnet_line line;

    for (int a = 0; a < RN_REGNET_AXES; a++)
        try->values[a][0] = rn_dist_draw(&space->axes[a].dist, rng);
    params.d = (int)try->values[RN_REGNET_D][0];
    params.w0 = (int)try->values[RN_REGNET_W0][0];
    params.wa = try->values[RN_REGNET_WA][0];
    params.wm = try->values[RN_REGNET_WM][0];
    params.bot_mul = 1 / try->values[RN_REGNET_B][0];
    params.g = (int)try->values[RN_REGNET_G][0];
    if (params.d < n_stages || rn_regnet_levels(&params) != n_stages ||
        rn_regnet_generate(&params, &line, NULL) != RN_OK || line.n_stages != n_stages)
        return false;
    rn_regnet_stages(&params, &line, 1, &try->arch);
    for (int i = 0; i < n_stages; i++)
        try->arch.stages[i].stride = space->arch.stages[i].stride;
    return true;
}

static int64_t stage_quantity(const struct rn_stage *stage, enum rn_quantity quantity)
{
    switch (quantity) {
    case RN_QUANTITY_DEPTH:
        return stage->depth;
    case RN_QUANTITY_WIDTH:
        return stage->width;
    default:
        return stage->group_w;
    }
}

static bool stages_keep(const struct rn_limit *limit, const struct rn_arch *arch)
{
    for (int i = 0; i < arch->n_stages; i++) {
        int64_t x = stage_quantity(&arch->stages[i], limit->quantity);
        if (x < limit->lo || x > limit->hi)
            return false;
    }
    return true;
}

static bool counts_keep(const struct rn_limit *limit, const struct rn_complexity *cx)
{
    int64_t x = limit->quantity == RN_QUANTITY_FLOPS    ? cx->flops
                : limit->quantity == RN_QUANTITY_PARAMS ? cx->params
                                                        : cx->acts;

    return x >= limit->lo && x <= limit->hi;
}

/* ACCEPTED, or what rejected the attempt. Limits stand stages first, so counting can wait. */
static int attempt(const struct rn_space *space, struct rn_rng *rng, struct attempt *try)
{
    int i = 0;

    if (space->family == RN_FAMILY_ANYNET)
        build_anynet(space, rng, try);
    else if (!build_regnet(space, rng, try))
        return REJECTED_STAGES;
    for (; i < space->n_limits && space->limits[i].quantity >= RN_QUANTITY_STAGES; i++) {
        if (space->limits[i].quantity != RN_QUANTITY_STAGES &&
            !stages_keep(&space->limits[i], &try->arch))
            return REJECTED_LIMIT + i;
    }
    try->cx = rn_arch_complexity(&try->arch);
    for (; i < space->n_limits; i++) {
        if (!counts_keep(&space->limits[i], &try->cx))
            return REJECTED_LIMIT + i;
    }
    return rn_arch_check(&try->arch, NULL) == RN_OK ? ACCEPTED : REJECTED_GROUPS;
}

static const char *reason_text(const struct rn_space *space, int reason)
{
    if (reason == REJECTED_STAGES)
        return "a valid line of the wanted number of stages";
    return reason == REJECTED_GROUPS ? "groups that divide their widths"
                                     : space->limits[reason - REJECTED_LIMIT].text;
}

/* Each attempt is put down to the first test that it failed. */
static enum rn_status fail_impossible(const struct rn_space *space, const uint32_t *rejected,
                                      struct rn_err *err)
{
    char shares[512] = "";
    size_t len = 0;

    for (int i = 0; i < REJECTIONS && len < sizeof shares - 128; i++) {
        if (rejected[i] > 0)
            len += (size_t)snprintf(shares + len, sizeof shares - len, "%s%.2f %% lack %s",
                                    len ? ", " : "", 100.0 * rejected[i] / ATTEMPTS,
                                    reason_text(space, i));
    }
    return rn_fail(err, RN_E_CONFIG, "space %s is (nearly) impossible: of %d draws %s; widen it",
                   space->name, ATTEMPTS, shares);
}

static void add_value(struct rn_sample *sample, const char *name, int stage, double value)
{
    struct rn_space_value *out = &sample->values[sample->n_values++];

    if (stage > 0)
        snprintf(out->name, sizeof out->name, "%s%d", name, stage % 100);
    else
        snprintf(out->name, sizeof out->name, "%s", name);
    out->value = value;
}

static void fill_sample(const struct rn_space *space, const struct attempt *try,
                        struct rn_sample *sample)
{
    int n;
    const char *const *names = rn_family_params(space->family, &n);

    sample->arch = try->arch;
    sample->cx = try->cx;
    sample->n_values = 0;
    for (int a = 0; a < n; a++) {
        if (space->family == RN_FAMILY_REGNET)
            add_value(sample, names[a], 0, try->values[a][0]);
        for (int i = 0; space->family == RN_FAMILY_ANYNET && i < space->arch.n_stages; i++)
            add_value(sample, names[a], i + 1, try->values[a][i]);
    }
}

enum rn_status rn_space_draw(const struct rn_space *space, uint64_t seed, uint64_t index,
                             struct rn_sample *sample, struct rn_err *err)
{
    struct rn_rng rng = rn_rng_at(seed, RN_STREAM_SPACE, index);
    uint32_t rejected[REJECTIONS] = {0};
    struct attempt try = {.arch = space->arch};

    for (uint64_t n = 1; n <= ATTEMPTS; n++) {
        int reason = attempt(space, &rng, &try);
        if (reason == ACCEPTED) {
            sample->index = index;
            sample->attempts = n;
            fill_sample(space, &try, sample);
            return RN_OK;
        }
        rejected[reason]++;
    }
    return fail_impossible(space, rejected, err);
}

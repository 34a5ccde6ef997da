/* Draws networks: attempts on one cursor until the window and the constraints hold. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "room.h"

/* Some seconds. The rarest networks of the paper's spaces, RegNetY's at 6.4GF, need some millions.
   Constraints that take longer have their time: the processor's, so that a loaded machine draws
   what an idle one does. */
#define ATTEMPTS 30000000
#define SECONDS 10.0
#define BETWEEN_LOOKS 16384 /* attempts between two looks at the clock */

/* What can reject an attempt: these, or a test. */
enum {
    REJECTED_NETWORK,
    REJECTED_WINDOW,
    REJECTED_GROUPS = REJECTED_WINDOW + 3,
    REJECTED_TEST,
    REJECTIONS = REJECTED_TEST + RN_CONSTRAINTS
};
#define ACCEPTED (-1)

bool rn_limit_holds(const struct rn_limit *limit, int64_t count)
{
    return !limit->given || (count >= limit->lo && count <= limit->hi);
}

/* The tests of one level, in order; ACCEPTED, or the first that fails. *next: of the next level. */
static int test(const struct rn_space *space, enum rn_level level, const struct rn_draw *draw,
                int *next)
{
    for (; *next < space->n_tests && rn_constraint_level(space->tests[*next]) <= level; ++*next) {
        if (!rn_constraint_holds(space->tests[*next], draw))
            return REJECTED_TEST + *next;
    }
    return ACCEPTED;
}

static int test_window(const struct rn_space *space, const struct rn_complexity *cx)
{
    if (!rn_limit_holds(&space->window[0], cx->flops))
        return REJECTED_WINDOW;
    if (!rn_limit_holds(&space->window[1], cx->params))
        return REJECTED_WINDOW + 1;
    return rn_limit_holds(&space->window[2], cx->acts) ? ACCEPTED : REJECTED_WINDOW + 2;
}

/* ACCEPTED, or what rejected the attempt: no test waits for more to be known than it needs. */
static int attempt(const struct rn_space *space, struct rn_rng *rng, struct rn_draw *draw)
{
    int next = 0, reason;

    rn_draw_values(space, false, rng, draw);
    reason = test(space, RN_LEVEL_DRAWN, draw, &next);
    if (reason != ACCEPTED)
        return reason;
    if (!rn_draw_build(space, draw))
        return REJECTED_NETWORK;
    reason = test(space, RN_LEVEL_BUILT, draw, &next);
    if (reason != ACCEPTED)
        return reason;
    draw->cx = rn_arch_complexity(&draw->arch);
    reason = test_window(space, &draw->cx);
    if (reason == ACCEPTED)
        reason = test(space, RN_LEVEL_COUNTED, draw, &next);
    if (reason != ACCEPTED)
        return reason;
    return rn_arch_check(&draw->arch, NULL) == RN_OK ? ACCEPTED : REJECTED_GROUPS;
}

static void reason_text(const struct rn_space *space, int reason, char text[RN_SPACE_TEXT])
{
    if (reason == REJECTED_NETWORK)
        rn_network_text(space, text);
    else if (reason == REJECTED_GROUPS)
        snprintf(text, RN_SPACE_TEXT, "groups that divide their widths");
    else
        snprintf(text, RN_SPACE_TEXT, "%.120s",
                 reason < REJECTED_GROUPS ? space->window[reason - REJECTED_WINDOW].text
                                          : space->tests[reason - REJECTED_TEST]->place.text);
}

/* Each attempt is put down to the first test that it failed. */
static enum rn_status fail_impossible(const struct rn_space *space, const uint32_t *rejected,
                                      uint64_t attempts, struct rn_err *err)
{
    char shares[768] = "", text[RN_SPACE_TEXT];
    size_t len = 0;

    for (int i = 0; i < REJECTIONS && len < sizeof shares - RN_SPACE_TEXT - 32; i++) {
        if (rejected[i] == 0)
            continue;
        reason_text(space, i, text);
        len += (size_t)snprintf(shares + len, sizeof shares - len, "%s%.4g %% lack %s",
                                len ? ", " : "", 100.0 * rejected[i] / (double)attempts, text);
    }
    return rn_fail(err, RN_E_CONFIG, "space %s is (nearly) impossible: of %llu draws %s; widen it",
                   space->name, (unsigned long long)attempts, shares);
}

static double processor_seconds(void)
{
    struct timespec spent;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &spent);
    return (double)spent.tv_sec + 1e-9 * (double)spent.tv_nsec;
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

static void fill_sample(const struct rn_space *space, const struct rn_draw *draw,
                        struct rn_sample *sample)
{
    sample->arch = draw->arch;
    sample->cx = draw->cx;
    sample->n_values = sample->n_settings = 0;
    for (int p = 0; p < space->n_params; p++) {
        const struct rn_param *param = &space->params[p];
        if (!rn_param_is_drawn(param) && param->twin < 0)
            continue;
        if (param->key) {
            struct rn_space_setting *setting = &sample->settings[sample->n_settings++];
            setting->key = param->key;
            rn_setting_print(param, draw->values[p], setting->text);
            continue;
        }
        for (int i = 0; i < param->n; i++)
            add_value(sample, param->name, param->per_stage ? i + 1 : 0, draw->values[p][i]);
    }
}

enum rn_status rn_space_draw(const struct rn_space *space, uint64_t seed, uint64_t index,
                             struct rn_sample *sample, struct rn_err *err)
{
    uint64_t place = space->draws && index < space->networks ? space->draws[index] : index;
    struct rn_rng rng = rn_rng_at(seed, RN_STREAM_SPACE, place);
    uint32_t rejected[REJECTIONS] = {0};
    double begin = 0, now;
    struct rn_draw draw;
    uint64_t n = 0;

    if (space->draws && index >= space->networks)
        return rn_fail(err, RN_E_CONFIG,
                       "space %s has %llu networks, its `draws`: there is no %llu", space->name,
                       (unsigned long long)space->networks, (unsigned long long)index);
    rn_draw_init(space, &draw);
    while (n < ATTEMPTS) {
        int reason = attempt(space, &rng, &draw);
        n++;
        if (reason == ACCEPTED) {
            sample->index = index;
            sample->attempts = n;
            fill_sample(space, &draw, sample);
            return RN_OK;
        }
        rejected[reason]++;
        if (n % BETWEEN_LOOKS == 0) {
            now = processor_seconds();
            begin = n == BETWEEN_LOOKS ? now : begin;
            if (now - begin > SECONDS)
                break;
        }
    }
    return fail_impossible(space, rejected, n, err);
}

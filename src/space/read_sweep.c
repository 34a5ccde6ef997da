/* Reads a pycls sweep file: what it samples, from which configuration, within which constraints. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "sweep.h"

/* NAME, or the file's; pycls' names may have folders in them, ours have not. */
static enum rn_status read_name(const struct rn_value *root, const char *path,
                                struct rn_space *space, struct rn_err *err)
{
    const struct rn_value *value = rn_value_get(root, "NAME");
    const char *slash = strrchr(path, '/'), *text = slash ? slash + 1 : path;
    enum rn_status status = RN_OK;
    int len = (int)strcspn(text, ".");

    if (value && !rn_value_is_null(value)) {
        RN_TRY(rn_value_text(value, &text, err));
        len = (int)strlen(text);
    }
    snprintf(space->name, sizeof space->name, "%.*s", len < 40 ? len : 40, text);
    for (char *c = space->name; *c; c++)
        *c = strchr("/@\n\t", *c) ? '-' : *c;
done:
    return status;
}

static enum rn_status read_base(const struct rn_value *base, struct rn_space *space,
                                struct rn_err *err)
{
    space->config = rn_alloc(1, sizeof *space->config);
    if (!space->config)
        return rn_nomem(err, sizeof *space->config, "a configuration");
    rn_config_default(space->config);
    return rn_value_is_null(base) ? RN_OK : rn_config_merge(space->config, base, err);
}

/* [LOW, HIGH]; an end that is 0 is none. */
static enum rn_status read_count(const struct rn_value *pair, int count, struct rn_space *space,
                                 struct rn_err *err)
{
    double lo = 0, hi = 0;
    enum rn_status status = RN_OK;

    if (!pair)
        return RN_OK;
    if (pair->kind != RN_VALUE_LIST || pair->n != 2)
        RN_TRY(rn_value_fail(pair, err, "expected [LOW, HIGH]"));
    RN_TRY(rn_value_double(&pair->items[0], &lo, err));
    RN_TRY(rn_value_double(&pair->items[1], &hi, err));
    if (lo < 0 || hi < 0 || (hi > 0 && lo > hi))
        RN_TRY(rn_value_fail(pair, err, "the range [%g, %g] is empty", lo, hi));
    if (lo > 0 || hi > 0)
        rn_limit_set(&space->window[count], rn_count_names[count], lo, hi > 0 ? hi : INFINITY);
done:
    return status;
}

static enum rn_status read_stages(const struct rn_value *pair, struct rn_space *space,
                                  struct rn_err *err)
{
    double lo = 4, hi = 4;
    enum rn_status status = RN_OK;

    if (pair)
        RN_TRY(rn_read_pair(pair, &lo, &hi, err));
    if (lo < 1 || hi > RN_MAX_STAGES || lo != floor(lo) || hi != floor(hi))
        RN_TRY(rn_value_fail(pair, err, "a network has 1 to %d stages", RN_MAX_STAGES));
    space->min_stages = (int)lo;
    space->max_stages = (int)hi;
done:
    return status;
}

static enum rn_status read_constraints(const struct rn_value *map, struct rn_space *space,
                                       struct rn_err *err)
{
    static const char *const keys[] = {"CX", "REGNET"}, *const regnet_keys[] = {"NUM_STAGES"};
    static const char *const counts[] = {"FLOPS", "PARAMS", "ACTS"};
    const struct rn_value *cx = rn_value_get(map, "CX"), *regnet = rn_value_get(map, "REGNET");
    enum rn_status status = RN_OK;

    if (!rn_value_is_null(map))
        RN_TRY(rn_check_keys(map, "SETUP.CONSTRAINTS", "sweep key", keys, 2, err));
    if (cx)
        RN_TRY(rn_check_keys(cx, "SETUP.CONSTRAINTS.CX", "sweep key", counts, 3, err));
    if (regnet)
        RN_TRY(rn_check_keys(regnet, "SETUP.CONSTRAINTS.REGNET", "sweep key", regnet_keys, 1, err));
    for (int i = 0; i < 3; i++)
        RN_TRY(read_count(rn_value_get(cx, counts[i]), i, space, err));
    if (strcmp(space->config->model.type, "regnet") == 0)
        status = read_stages(rn_value_get(regnet, "NUM_STAGES"), space, err);
done:
    return status;
}

static enum rn_status read_whole(const struct rn_value *setup, const char *key, uint64_t *out,
                                 struct rn_err *err)
{
    const struct rn_value *value = rn_value_get(setup, key);
    enum rn_status status = RN_OK;
    long long number;

    if (!value)
        return RN_OK;
    RN_TRY(rn_value_int(value, &number, err));
    if (number < 0)
        RN_TRY(rn_value_fail(value, err, "%lld is less than 0", number));
    *out = (uint64_t)number;
done:
    return status;
}

static enum rn_status read_setup(const struct rn_value *setup, struct rn_space *space,
                                 struct rn_err *err)
{
    static const char *const keys[] = {"NUM_CONFIGS", "NUM_SAMPLES", "CHUNK_SIZE", "RNG_SEED",
                                       "BASE_CFG",    "SAMPLERS",    "CONSTRAINTS"};
    enum rn_status status;

    RN_TRY(rn_check_keys(setup, "SETUP", "sweep key", keys, 7, err));
    RN_TRY(read_whole(setup, "NUM_CONFIGS", &space->networks, err));
    RN_TRY(read_whole(setup, "RNG_SEED", &space->seed, err));
    RN_TRY(read_base(rn_value_get(setup, "BASE_CFG"), space, err));
    RN_TRY(rn_read_samplers(rn_value_get(setup, "SAMPLERS"), space, err));
    status = read_constraints(rn_value_get(setup, "CONSTRAINTS"), space, err);
done:
    return status;
}

enum rn_status rn_read_sweep(const struct rn_value *root, const char *path, struct rn_space *space,
                             struct rn_err *err)
{
    static const char *const keys[] = {"ROOT_DIR",       "NAME",  "DESC",   "NUM_PROC",
                                       "SWEEP_CFG_FILE", "SETUP", "LAUNCH", "COLLECT",
                                       "ANALYZE",        "STOP"};
    enum rn_status status;

    if (space->family != RN_FAMILY_NONE)
        return rn_value_fail(root, err, "a sweep stands for itself and is read once");
    RN_TRY(rn_check_keys(root, "a sweep", "sweep key", keys, 10, err));
    rn_space_set_family(space, RN_FAMILY_CONFIG);
    RN_TRY(read_name(root, path, space, err));
    RN_TRY(rn_read_description(rn_value_get(root, "DESC"), space, err));
    RN_TRY(read_setup(rn_value_get(root, "SETUP"), space, err));
    status = rn_sweep_adopt(space, err);
done:
    return status;
}

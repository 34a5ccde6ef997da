/* A space's `network`: all that is not random. */
#include <string.h>

#include "read.h"

static enum rn_status read_strides(const struct rn_value *value, struct rn_arch *arch,
                                   struct rn_err *err)
{
    enum rn_status status = RN_OK;

    if (value->kind != RN_VALUE_LIST || value->n < 1 || value->n > RN_MAX_STAGES)
        RN_TRY(rn_value_fail(value, err, "expected a list of 1 to %d strides, one a stage",
                             RN_MAX_STAGES));
    for (size_t i = 0; i < value->n; i++)
        RN_TRY(rn_read_int(&value->items[i], 1, 16, &arch->stages[i].stride, err));
    arch->n_stages = (int)value->n;
done:
    return status;
}

enum network_key {
    NETWORK_STEM_TYPE,
    NETWORK_STEM_W,
    NETWORK_BLOCK_TYPE,
    NETWORK_ACTIVATION_FUN,
    NETWORK_SE_R,
    NETWORK_HEAD_W,
    NETWORK_STRIDES,
    NETWORK_NUM_CLASSES,
    NETWORK_IM_SIZE,
    NETWORK_KEYS
};

static const char *const network_keys[NETWORK_KEYS] = {
    "stem_type", "stem_w",  "block_type",  "activation_fun", "se_r",
    "head_w",    "strides", "num_classes", "im_size"};

/* One of the enumerations: the parsers of arch.h, whose error then gets its place in the file. */
static enum rn_status read_word(const struct rn_value *value, int key, struct rn_arch *arch,
                                struct rn_err *err)
{
    struct rn_err inner = {0};
    const char *text;
    enum rn_status status;

    RN_TRY(rn_value_text(value, &text, err));
    if (key == NETWORK_STEM_TYPE)
        status = rn_stem_parse(network_keys[key], text, &arch->stem, &inner);
    else if (key == NETWORK_BLOCK_TYPE)
        status = rn_block_parse(network_keys[key], text, &arch->block, &inner);
    else
        status = rn_act_parse(network_keys[key], text, &arch->act, &inner);
    if (status != RN_OK)
        status = rn_value_fail(value, err, "%s", inner.msg);
done:
    return status;
}

static enum rn_status read_network_key(const struct rn_value *value, int key, struct rn_arch *arch,
                                       struct rn_err *err)
{
    enum rn_status status;

    switch ((enum network_key)key) {
    case NETWORK_STEM_W:
        return rn_read_int(value, 1, 4096, &arch->stem_w, err);
    case NETWORK_HEAD_W:
        return rn_read_int(value, 0, 65536, &arch->head_w, err);
    case NETWORK_STRIDES:
        return read_strides(value, arch, err);
    case NETWORK_NUM_CLASSES:
        return rn_read_int(value, 1, 65536, &arch->num_classes, err);
    case NETWORK_IM_SIZE:
        return rn_read_int(value, 1, 4096, &arch->im_size, err);
    case NETWORK_SE_R:
        status = rn_value_double(value, &arch->se_r, err);
        if (status == RN_OK && !(arch->se_r >= 0 && arch->se_r <= 1))
            status = rn_value_fail(value, err, "%g is not from 0 to 1", arch->se_r);
        return status;
    default:
        return read_word(value, key, arch, err);
    }
}

/* strides[0]: one of them. */
static enum rn_status read_stride(const struct rn_value *key, const struct rn_value *value,
                                  const char *name, int index, struct rn_arch *arch,
                                  struct rn_err *err)
{
    enum rn_status status;
    int stage;

    if (strcmp(name, network_keys[NETWORK_STRIDES]) != 0)
        RN_TRY(rn_value_fail(key, err, "only strides have an index"));
    RN_TRY(rn_read_stage(key, index, arch->n_stages, &stage, err));
    status = rn_read_int(value, 1, 16, &arch->stages[stage].stride, err);
done:
    return status;
}

/* All strides come before single ones, wherever they stand in the file. */
static enum rn_status read_entry(const struct rn_value *key, const struct rn_value *value,
                                 bool single, struct rn_arch *arch, struct rn_err *err)
{
    char name[RN_NAME_MAX];
    bool indexed;
    int found, index;
    enum rn_status status;

    RN_TRY(rn_split_key(key, name, &indexed, &index, err));
    if (indexed != single)
        return RN_OK;
    if (indexed)
        return read_stride(key, value, name, index, arch, err);
    RN_TRY(rn_read_key(key, "network key", network_keys, NETWORK_KEYS, &found, err));
    status = read_network_key(value, found, arch, err);
done:
    return status;
}

enum rn_status rn_read_network(const struct rn_value *map, struct rn_arch *arch, struct rn_err *err)
{
    enum rn_status status;

    RN_TRY(rn_expect_map(map, "network", err));
    for (size_t i = 0; i < map->n; i++)
        RN_TRY(read_entry(&map->keys[i], &map->items[i], false, arch, err));
    for (size_t i = 0; i < map->n; i++)
        RN_TRY(read_entry(&map->keys[i], &map->items[i], true, arch, err));
done:
    return status;
}

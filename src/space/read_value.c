/* Keys, numbers and ranges of a space file. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "read.h"
#include "regnet/config.h"

enum rn_status rn_read_key(const struct rn_value *key, const char *what, const char *const *names,
                           int n, int *found, struct rn_err *err)
{
    const char *near;

    for (int i = 0; i < n; i++) {
        if (strcmp(key->text, names[i]) == 0) {
            *found = i;
            return RN_OK;
        }
    }
    near = rn_nearest(key->text, names, (size_t)n);
    return rn_value_fail(key, err, "there is no %s \"%.60s\"; %s \"%s\"%s", what, key->text,
                         near ? "did you mean" : "one is", near ? near : names[0], near ? "?" : "");
}

enum rn_status rn_expect_map(const struct rn_value *value, const char *what, struct rn_err *err)
{
    if (value->kind == RN_VALUE_MAP)
        return RN_OK;
    return rn_value_fail(value, err, "%s must be a map of KEY: VALUE", what);
}

enum rn_status rn_check_keys(const struct rn_value *map, const char *what, const char *kind,
                             const char *const *names, int n, struct rn_err *err)
{
    enum rn_status status;
    int i;

    RN_TRY(rn_expect_map(map, what, err));
    for (size_t k = 0; k < map->n; k++)
        RN_TRY(rn_read_key(&map->keys[k], kind, names, n, &i, err));
done:
    return status;
}

enum rn_status rn_read_description(const struct rn_value *value, struct rn_space *space,
                                   struct rn_err *err)
{
    const char *text = "";
    enum rn_status status = RN_OK;

    if (value && !rn_value_is_null(value))
        RN_TRY(rn_value_text(value, &text, err));
    snprintf(space->description, sizeof space->description, "%s", text);
done:
    return status;
}

enum rn_status rn_read_int(const struct rn_value *value, int min, int max, int *out,
                           struct rn_err *err)
{
    long long number;
    enum rn_status status;

    RN_TRY(rn_value_int(value, &number, err));
    if (number < min || number > max)
        RN_TRY(rn_value_fail(value, err, "%lld is not from %d to %d", number, min, max));
    *out = (int)number;
done:
    return status;
}

enum rn_status rn_read_number(const struct rn_value *value, double *number, struct rn_err *err)
{
    const char *slash = value->kind == RN_VALUE_SCALAR ? strchr(value->text, '/') : NULL;
    struct rn_value above = *value, below = *value;
    char text[RN_NAME_MAX];
    double over = 1;
    enum rn_status status;

    if (slash && slash - value->text < RN_NAME_MAX) {
        snprintf(text, sizeof text, "%.*s", (int)(slash - value->text), value->text);
        above.text = text;
        below.text = slash + 1;
        RN_TRY(rn_value_double(&below, &over, err));
    }
    RN_TRY(rn_value_double(&above, number, err));
    *number /= over;
    if (!isfinite(*number))
        status = rn_value_fail(value, err, "%s is not a number", value->text);
done:
    return status;
}

enum rn_status rn_read_pair(const struct rn_value *value, double *lo, double *hi,
                            struct rn_err *err)
{
    enum rn_status status;

    if (value->kind != RN_VALUE_LIST || value->n != 2)
        RN_TRY(rn_value_fail(value, err, "expected a range [low, high]"));
    RN_TRY(rn_read_number(&value->items[0], lo, err));
    RN_TRY(rn_read_number(&value->items[1], hi, err));
    if (!(*lo <= *hi))
        RN_TRY(rn_value_fail(value, err, "the range [%g, %g] is empty", *lo, *hi));
done:
    return status;
}

enum rn_status rn_split_key(const struct rn_value *key, char name[RN_NAME_MAX], bool *indexed,
                            int *index, struct rn_err *err)
{
    const char *open = strchr(key->text, '[');
    size_t len = open ? (size_t)(open - key->text) : strlen(key->text);
    char *end;
    long i;

    if (len >= RN_NAME_MAX)
        return rn_value_fail(key, err, "there is no \"%.60s\"", key->text);
    memcpy(name, key->text, len);
    name[len] = 0;
    *indexed = open != NULL;
    if (!open)
        return RN_OK;
    i = strtol(open + 1, &end, 10);
    if (end == open + 1 || strcmp(end, "]") != 0 || i < -RN_MAX_STAGES || i >= RN_MAX_STAGES)
        return rn_value_fail(key, err, "expected a stage: %s[0] is the first, %s[-1] the last",
                             name, name);
    *index = (int)i;
    return RN_OK;
}

enum rn_status rn_read_stage(const struct rn_value *key, int index, int n_stages, int *stage,
                             struct rn_err *err)
{
    *stage = index < 0 ? n_stages + index : index;
    if (*stage >= 0 && *stage < n_stages)
        return RN_OK;
    return rn_value_fail(key, err, "there is no stage [%d]: the network has %d, [0] to [%d]", index,
                         n_stages, n_stages - 1);
}

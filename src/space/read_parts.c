/* A space's parameters, window and constraints. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "read.h"

const char *const rn_anynet_params[RN_ANYNET_AXES] = {"d", "w", "b", "g"};
const char *const rn_regnet_params[RN_REGNET_AXES] = {"d", "w0", "wa", "wm", "b", "g"};

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static enum rn_status read_values(const struct rn_value *list, struct rn_spec *spec,
                                  struct rn_err *err)
{
    enum rn_status status = RN_OK;

    if (list->kind != RN_VALUE_LIST || list->n < 1 || list->n > RN_SPEC_VALUES)
        RN_TRY(rn_value_fail(list, err, "expected a list of 1 to %d values", RN_SPEC_VALUES));
    for (size_t i = 0; i < list->n; i++)
        RN_TRY(rn_value_double(&list->items[i], &spec->values[i], err));
    spec->n_values = (int)list->n;
    qsort(spec->values, list->n, sizeof *spec->values, by_value);
    for (int i = 1; i < spec->n_values; i++) {
        if (spec->values[i] == spec->values[i - 1])
            RN_TRY(rn_value_fail(list, err, "%g stands twice in values", spec->values[i]));
    }
done:
    return status;
}

static enum rn_status read_spec_key(const struct rn_value *key, const struct rn_value *value,
                                    struct rn_spec *spec, struct rn_err *err)
{
    static const char *const keys[] = {"range", "values", "distribution", "quantum"};
    struct rn_value word = *value;
    enum rn_status status;
    const char *text;
    int i, kind;

    RN_TRY(rn_read_key(key, "parameter key", keys, 4, &i, err));
    switch (i) {
    case 0:
        spec->n_values = 0;
        return rn_read_pair(value, &spec->lo, &spec->hi, err);
    case 1:
        return read_values(value, spec, err);
    case 2:
        RN_TRY(rn_value_text(value, &text, err));
        RN_TRY(rn_read_key(&word, "distribution", rn_dist_names, RN_DIST_KINDS, &kind, err));
        spec->kind = (enum rn_dist_kind)kind;
        return RN_OK;
    default:
        return rn_value_double(value, &spec->quantum, err);
    }
done:
    return status;
}

/* Fields that are given replace the base's; the result must be a distribution. */
static enum rn_status read_spec(const struct rn_value *map, struct rn_spec *spec, bool given,
                                struct rn_err *err)
{
    struct rn_spec made = given ? *spec : (struct rn_spec){.quantum = 1};
    struct rn_dist dist = {0};
    struct rn_err inner = {0};
    enum rn_status status;

    RN_TRY(rn_expect_map(map, "a parameter", err));
    for (size_t i = 0; i < map->n; i++)
        RN_TRY(read_spec_key(&map->keys[i], &map->items[i], &made, err));
    if (!given && !rn_value_get(map, "range") && !rn_value_get(map, "values"))
        RN_TRY(rn_value_fail(map, err, "a parameter needs a range or values"));
    status = rn_dist_make(&made, &dist, &inner);
    if (status == RN_E_CONFIG)
        status = rn_value_fail(map, err, "%s", inner.msg);
    RN_TRY(status);
    *spec = made;
done:
    rn_dist_release(&dist);
    return status;
}

enum rn_status rn_read_parameters(const struct rn_value *map, struct rn_space *space,
                                  struct rn_err *err)
{
    const char *const *names;
    enum rn_status status;
    int n, i;

    names = rn_family_params(space->family, &n);
    RN_TRY(rn_expect_map(map, "parameters", err));
    for (size_t k = 0; k < map->n; k++) {
        RN_TRY(rn_read_key(&map->keys[k], "parameter", names, n, &i, err));
        RN_TRY(read_spec(&map->items[k], &space->specs[i], space->given[i], err));
        space->given[i] = true;
    }
done:
    return status;
}

enum rn_status rn_read_window(const struct rn_value *map, struct rn_space *space,
                              struct rn_err *err)
{
    enum rn_status status;

    RN_TRY(rn_expect_map(map, "window", err));
    for (size_t k = 0; k < map->n; k++) {
        double lo, hi;
        int i;
        RN_TRY(rn_read_key(&map->keys[k], "window", rn_quantity_names, 3, &i, err));
        space->windowed[i] = !rn_value_is_null(&map->items[k]);
        if (!space->windowed[i])
            continue;
        RN_TRY(rn_read_pair(&map->items[k], &lo, &hi, err));
        space->window[i].quantity = (enum rn_quantity)i;
        rn_limit_set(&space->window[i], fmax(lo, 0), hi);
        if (hi < 0)
            RN_TRY(rn_value_fail(&map->items[k], err, "nothing has less than 0 %s",
                                 rn_quantity_names[i]));
        snprintf(space->window[i].text, sizeof space->window[i].text, "%s in [%g, %g]",
                 rn_quantity_names[i], lo, hi);
    }
done:
    return status;
}

static enum rn_status add_constraint(const struct rn_value *value, struct rn_space *space,
                                     struct rn_err *err)
{
    struct rn_constraint made;
    enum rn_status status;
    int i;

    RN_TRY(rn_constraint_parse(value, &made, err));
    if (made.kind == RN_CONSTRAINT_LIMIT) {
        if (space->n_limits == RN_SPACE_LIMITS)
            RN_TRY(rn_value_fail(value, err, "more than %d constraints", RN_SPACE_LIMITS));
        space->limits[space->n_limits++] = made.limit;
        return RN_OK;
    }
    if (space->family != RN_FAMILY_ANYNET)
        RN_TRY(rn_value_fail(value, err,
                             "only AnyNet draws parameters a stage; a RegNet has one "
                             "line for all stages"));
    for (i = 0; rn_anynet_params[i][0] != made.letter;)
        i++;
    space->shared[i] |= made.kind == RN_CONSTRAINT_SHARED;
    space->orders[i] = (enum rn_order)(space->orders[i] | made.order);
done:
    return status;
}

enum rn_status rn_read_constraints(const struct rn_value *list, struct rn_space *space,
                                   struct rn_err *err)
{
    enum rn_status status = RN_OK;

    if (rn_value_is_null(list))
        return RN_OK;
    if (list->kind != RN_VALUE_LIST)
        RN_TRY(rn_value_fail(list, err, "constraints must be a list of expressions"));
    for (size_t i = 0; i < list->n; i++)
        RN_TRY(add_constraint(&list->items[i], space, err));
done:
    return status;
}

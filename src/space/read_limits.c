/* A space's window and constraints. */
#include <math.h>
#include <stdio.h>

#include "read.h"

const char *const rn_count_names[3] = {"flops", "params", "acts"};

void rn_limit_set(struct rn_limit *limit, const char *name, double lo, double hi)
{
    *limit = (struct rn_limit){.given = true,
                               .lo = lo < 0x1p62 ? (int64_t)ceil(lo) : INT64_MAX,
                               .hi = hi < 0x1p62 ? (int64_t)floor(hi) : INT64_MAX};
    if (isinf(hi))
        snprintf(limit->text, sizeof limit->text, "%s >= %g", name, lo);
    else
        snprintf(limit->text, sizeof limit->text, "%s in [%g, %g]", name, lo, hi);
}

enum rn_status rn_read_window(const struct rn_value *map, struct rn_space *space,
                              struct rn_err *err)
{
    enum rn_status status;

    RN_TRY(rn_expect_map(map, "window", err));
    for (size_t k = 0; k < map->n; k++) {
        double lo, hi;
        int i;
        RN_TRY(rn_read_key(&map->keys[k], "window", rn_count_names, 3, &i, err));
        space->window[i].given = false;
        if (rn_value_is_null(&map->items[k]))
            continue;
        RN_TRY(rn_read_pair(&map->items[k], &lo, &hi, err));
        if (hi < 0)
            RN_TRY(rn_value_fail(&map->items[k], err, "nothing has less than 0 %s",
                                 rn_count_names[i]));
        rn_limit_set(&space->window[i], rn_count_names[i], fmax(lo, 0), hi);
    }
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
    for (size_t i = 0; i < list->n; i++) {
        if (space->n_constraints == RN_CONSTRAINTS)
            RN_TRY(rn_value_fail(&list->items[i], err, "more than %d constraints", RN_CONSTRAINTS));
        RN_TRY(rn_constraint_parse(&list->items[i], space,
                                   &space->constraints[space->n_constraints], err));
        space->n_constraints++;
    }
done:
    return status;
}

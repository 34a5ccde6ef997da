/* The columns of a population that are shown: costs, then parameters, each in its unit. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "analysis.h"

static bool is_count(const char *name)
{
    return strcmp(name, "flops") == 0 || strcmp(name, "params") == 0 || strcmp(name, "acts") == 0;
}

static bool is_cost(const char *name)
{
    return is_count(name) || strcmp(name, "time") == 0;
}

static void choose_unit(struct rn_shown *shown, size_t n)
{
    double most = 0;

    shown->unit = 1;
    for (size_t i = 0; i < n; i++)
        most = fmax(most, shown->value[i]);
    if (is_count(shown->name))
        shown->unit = most >= 1e9 ? 1e-9 : most >= 1e6 ? 1e-6 : 1e-3;
    (void)snprintf(shown->label, sizeof shown->label, "%.140s%s", shown->name,
                   shown->unit == 1e-9                ? " (G)"
                   : shown->unit == 1e-6              ? " (M)"
                   : shown->unit == 1e-3              ? " (k)"
                   : strcmp(shown->name, "time") == 0 ? " (s)"
                                                      : "");
}

/* Stages that share a parameter have a column each. */
static bool is_shown_already(struct rn_group *group, const struct rn_column *column)
{
    for (size_t i = 0; i < group->n_shown; i++) {
        struct rn_shown *shown = &group->shown[i];
        size_t len = strlen(shown->also);
        if (memcmp(shown->value, column->value, group->records.n * sizeof *column->value) != 0)
            continue;
        (void)snprintf(shown->also + len, sizeof shown->also - len, "%s%s", len ? ", " : "",
                       column->name);
        return true;
    }
    return false;
}

enum rn_status rn_group_show(struct rn_group *group, struct rn_err *err)
{
    const struct rn_records *records = &group->records;

    group->shown = rn_alloc(records->n_columns, sizeof *group->shown);
    if (!group->shown)
        return rn_nomem(err, records->n_columns * sizeof *group->shown, "parameters");
    for (int pass = 0; pass < 2; pass++) {
        for (size_t k = 0; k < records->n_columns; k++) {
            const struct rn_column *column = &records->columns[k];
            struct rn_shown *shown = &group->shown[group->n_shown];
            if (is_cost(column->name) != (pass == 0) || strncmp(column->name, "error", 5) == 0 ||
                is_shown_already(group, column))
                continue;
            *shown = (struct rn_shown){
                .name = column->name, .value = column->value, .cost = is_cost(column->name)};
            choose_unit(shown, records->n);
            group->n_shown++;
        }
    }
    return RN_OK;
}

/* The records of a population: looked up and filtered. */
#include "regnet/records.h"

#include <stdbool.h>
#include <string.h>

#include "regnet/config.h"
#include "regnet/memory.h"

char *rn_records_name(const char *path)
{
    static const char file[] = "/sweep.json";
    char *name = rn_strdup(path), *slash;
    size_t len = strlen(path);

    if (!name)
        return NULL;
    if (len >= sizeof file && strcmp(name + len + 1 - sizeof file, file) == 0)
        name[len + 1 - sizeof file] = 0;
    while (strlen(name) > 1 && name[strlen(name) - 1] == '/')
        name[strlen(name) - 1] = 0;
    slash = strrchr(name, '/');
    if (slash && slash[1])
        memmove(name, slash + 1, strlen(slash));
    return name;
}

void rn_records_release(struct rn_records *records)
{
    for (size_t i = 0; i < records->n_columns; i++) {
        rn_free(records->columns[i].name);
        rn_free(records->columns[i].value);
    }
    rn_free(records->columns);
    rn_free(records->source);
    *records = (struct rn_records){0};
}

const double *rn_records_column(const struct rn_records *records, const char *name)
{
    for (size_t i = 0; i < records->n_columns; i++)
        if (strcmp(records->columns[i].name, name) == 0)
            return records->columns[i].value;
    return NULL;
}

static enum rn_status no_column(const struct rn_records *records, const char *name,
                                struct rn_err *err)
{
    const char **names = rn_alloc(records->n_columns, sizeof *names), *near;
    enum rn_status status;

    if (!names)
        return rn_nomem(err, records->n_columns * sizeof *names, "names");
    for (size_t i = 0; i < records->n_columns; i++)
        names[i] = records->columns[i].name;
    near = rn_nearest(name, names, records->n_columns);
    if (near)
        status = rn_fail(err, RN_E_CONFIG, "the records have no %s; did you mean %s?", name, near);
    else
        status = rn_fail(err, RN_E_CONFIG,
                         "the records have no %s, or it is the same in all of them", name);
    rn_free(names);
    return status;
}

enum rn_status rn_records_need(const struct rn_records *records, const char *name,
                               const double **values, struct rn_err *err)
{
    const double *found = rn_records_column(records, name);

    if (!found)
        return no_column(records, name, err);
    *values = found;
    return RN_OK;
}

static bool inside(double value, double low, double high)
{
    return value >= low && value <= high;
}

enum rn_status rn_records_filter(struct rn_records *records, const char *name, double low,
                                 double high, struct rn_err *err)
{
    const double *value = NULL;
    size_t n = 0, kept = 0;
    enum rn_status status;

    RN_TRY(rn_records_need(records, name, &value, err));
    for (size_t i = 0; i < records->n; i++)
        n += inside(value[i], low, high);
    if (n == 0)
        return rn_fail(err, RN_E_DATA, "%s lies from %g to %g in none of %zu networks", name, low,
                       high, records->n);
    for (size_t i = 0; i < records->n; i++) {
        if (!inside(value[i], low, high))
            continue;
        for (size_t k = 0; k < records->n_columns; k++)
            records->columns[k].value[kept] = records->columns[k].value[i];
        records->source[kept++] = records->source[i];
    }
    records->n = n;
done:
    return status;
}

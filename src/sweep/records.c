/* The records of a population: read, looked up, filtered. */
#include "records.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

#include "regnet/config.h"
#include "regnet/memory.h"

static bool is_directory(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static enum rn_status read_file(const char *path, struct rn_table *table, struct rn_err *err)
{
    FILE *in = fopen(path, "re");
    enum rn_status status;

    if (!in)
        return rn_fail(err, RN_E_IO, "%s: could not open this file: %s", path, strerror(errno));
    status = rn_records_from_json(in, path, table, err);
    (void)fclose(in);
    return status;
}

enum rn_status rn_records_read(const char *path, struct rn_records *records, struct rn_err *err)
{
    struct rn_table table = {0};
    struct rn_records made = {0};
    size_t rows;
    enum rn_status status;

    if (is_directory(path))
        RN_TRY(rn_records_from_runs(path, &table, err));
    else
        RN_TRY(read_file(path, &table, err));
    rows = table.rows;
    if (rn_table_find(&table, "error"))
        RN_TRY(rn_table_finish(&table, &made, err));
    if (made.n == 0)
        RN_TRY(rn_fail(err, RN_E_DATA, "%s: none of %zu networks is finished", path, rows));
    *records = made;
    made = (struct rn_records){0};
done:
    if (status == RN_E_CONFIG) /* the reader takes every file for a configuration; this is data */
        status = RN_E_DATA;
    if (err && status != RN_OK)
        err->status = status;
    rn_records_release(&made);
    rn_table_release(&table);
    return status;
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

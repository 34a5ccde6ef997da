/* Reads a population: a sweep's directory or a JSON file. */
#include "records.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

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

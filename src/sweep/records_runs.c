/* Records of a sweep's directory: its runs' results, and what the space drew for them. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "population.h"
#include "records.h"
#include "regnet/file.h"
#include "sweep_file.h"

/* What the space draws for a run, unless it is another network by now. */
static enum rn_status put_drawn(const struct rn_sweep *sweep, size_t index,
                                const struct rn_complexity *trained, struct rn_table *table,
                                struct rn_err *err)
{
    struct rn_sample sample;
    double number;
    enum rn_status status = RN_OK;

    if (rn_sweep_draw(sweep, index, &sample, NULL) != RN_OK)
        return RN_OK;
    if (memcmp(&sample.cx, trained, sizeof *trained) != 0)
        return RN_OK;
    for (int i = 0; i < sample.n_values && status == RN_OK; i++)
        status = rn_table_put(table, sample.values[i].name, sample.values[i].value, err);
    for (int i = 0; i < sample.n_settings && status == RN_OK; i++)
        if (rn_setting_number(&sample.settings[i], &number))
            status = rn_table_put(table, sample.settings[i].key->name, number, err);
    return status;
}

static enum rn_status put_run(const struct rn_sweep *sweep, size_t index,
                              const struct rn_result *result, struct rn_table *table,
                              struct rn_err *err)
{
    enum rn_status status;

    RN_TRY(rn_table_put(table, "error", rn_counted_error(result, sweep->classes), err));
    RN_TRY(rn_table_put(table, "flops", (double)result->cx.flops, err));
    RN_TRY(rn_table_put(table, "params", (double)result->cx.params, err));
    RN_TRY(rn_table_put(table, "acts", (double)result->cx.acts, err));
    if (result->epochs > 0)
        RN_TRY(rn_table_put(table, "time", result->seconds / result->epochs, err));
    status = put_drawn(sweep, index, &result->cx, table, err);
done:
    return status;
}

static enum rn_status read_run(const struct rn_sweep *sweep, const char *runs, const char *name,
                               struct rn_table *table, struct rn_err *err)
{
    struct rn_buf path = {0};
    size_t index = strtoull(name, NULL, 10);
    struct rn_result result;
    bool found = false;
    enum rn_status status;

    if (sweep->networks && index >= sweep->networks) /* it was made smaller */
        return RN_OK;
    RN_TRY(rn_path_join(&path, runs, name, err));
    RN_TRY(rn_result_read(path.data, &result, &found, err));
    if (found)
        RN_TRY(put_run(sweep, index, &result, table, err));
    status = rn_table_end_row(table, index, err);
done:
    rn_buf_release(&path);
    return status;
}

static int is_run(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

enum rn_status rn_records_from_runs(const char *dir, struct rn_table *table, struct rn_err *err)
{
    struct rn_sweep *sweep = NULL;
    struct rn_buf runs = {0};
    struct dirent **entries = NULL;
    int n = 0;
    enum rn_status status;

    RN_TRY(rn_sweep_read(dir, &sweep, err));
    RN_TRY(rn_path_join(&runs, dir, "runs", err));
    n = scandir(runs.data, &entries, is_run, alphasort);
    if (n < 0)
        RN_TRY(rn_fail(err, RN_E_IO, "%s: could not list this directory: %s", runs.data,
                       strerror(errno)));
    for (int i = 0; i < n; i++)
        RN_TRY(read_run(sweep, runs.data, entries[i]->d_name, table, err));
done:
    for (int i = 0; i < n; i++)
        free(entries[i]);
    free(entries);
    rn_sweep_free(sweep);
    rn_buf_release(&runs);
    return status;
}

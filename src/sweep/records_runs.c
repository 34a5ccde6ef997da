/* Records of a sweep's directory: its runs' results, and what the space drew for them. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "population.h"
#include "records.h"
#include "regnet/file.h"

struct sweep {
    int classes;            /* of the data set: what a diverged network counts */
    struct rn_space *space; /* NULL: it is no longer there; then parameters are not known */
    uint64_t seed;
};

static enum rn_status read_sweep(const char *dir, struct sweep *sweep, struct rn_err *err)
{
    struct rn_buf path = {0};
    struct rn_doc *doc = NULL;
    struct rn_config cfg;
    const char *space = NULL;
    long long seed = 0;
    enum rn_status status;

    rn_config_default(&cfg);
    RN_TRY(rn_path_join(&path, dir, "sweep.yaml", err));
    if (!rn_path_exists(path.data))
        RN_TRY(rn_fail(err, RN_E_IO,
                       "%s: no sweep.yaml here; a population's directory is expected (those of a "
                       "study lie in it)",
                       dir));
    RN_TRY(rn_doc_read(path.data, &doc, err));
    RN_TRY(rn_config_merge(&cfg, rn_value_get(rn_doc_root(doc), "config"), err));
    sweep->classes = rn_study_classes(&cfg);
    if (rn_value_text(rn_value_get(rn_doc_root(doc), "space"), &space, NULL) == RN_OK &&
        rn_value_int(rn_value_get(rn_doc_root(doc), "seed"), &seed, NULL) == RN_OK)
        (void)rn_space_open(space, &sweep->space, NULL);
    sweep->seed = (uint64_t)seed;
done:
    rn_doc_free(doc);
    rn_buf_release(&path);
    return status;
}

/* What the space draws for a run, unless it is another network by now. */
static enum rn_status put_drawn(const struct sweep *sweep, size_t index,
                                const struct rn_complexity *trained, struct rn_table *table,
                                struct rn_err *err)
{
    struct rn_sample sample;
    struct rn_complexity cx;
    enum rn_status status = RN_OK;

    if (!sweep->space || rn_space_draw(sweep->space, sweep->seed, index, &sample, NULL) != RN_OK)
        return RN_OK;
    sample.arch.num_classes = sweep->classes;
    cx = rn_arch_complexity(&sample.arch);
    if (cx.flops != trained->flops || cx.params != trained->params || cx.acts != trained->acts)
        return RN_OK;
    for (int i = 0; i < sample.n_values && status == RN_OK; i++)
        status = rn_table_put(table, sample.values[i].name, sample.values[i].value, err);
    return status;
}

static enum rn_status put_run(const struct sweep *sweep, size_t index,
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

static enum rn_status read_run(const struct sweep *sweep, const char *runs, const char *name,
                               struct rn_table *table, struct rn_err *err)
{
    struct rn_buf path = {0};
    size_t index = strtoull(name, NULL, 10);
    struct rn_result result;
    bool found = false;
    enum rn_status status;

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
    struct sweep sweep = {0};
    struct rn_buf runs = {0};
    struct dirent **entries = NULL;
    int n = 0;
    enum rn_status status;

    RN_TRY(read_sweep(dir, &sweep, err));
    RN_TRY(rn_path_join(&runs, dir, "runs", err));
    n = scandir(runs.data, &entries, is_run, alphasort);
    if (n < 0)
        RN_TRY(rn_fail(err, RN_E_IO, "%s: could not list this directory: %s", runs.data,
                       strerror(errno)));
    for (int i = 0; i < n; i++)
        RN_TRY(read_run(&sweep, runs.data, entries[i]->d_name, table, err));
done:
    for (int i = 0; i < n; i++)
        free(entries[i]);
    free(entries);
    rn_space_free(sweep.space);
    rn_buf_release(&runs);
    return status;
}

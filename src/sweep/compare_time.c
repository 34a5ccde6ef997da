/* How long the networks of a comparison take to infer on this machine: measured once and kept. */
#include <math.h>

#include "compare.h"
#include "regnet/file.h"
#include "regnet/json.h"
#include "regnet/stats.h"
#include "regnet/time.h"
#include "regnet/value.h"

static enum rn_status write_time(const char *path, double ms, int threads, struct rn_err *err)
{
    struct rn_buf text = {0};
    struct rn_json js = rn_json_begin(&text);
    enum rn_status status;

    rn_json_object(&js);
    rn_json_key(&js, "infer_ms"), rn_json_double(&js, ms);
    rn_json_key(&js, "batch"), rn_json_int(&js, RN_COMPARE_BATCH);
    rn_json_key(&js, "threads"), rn_json_int(&js, threads);
    rn_json_close(&js);
    RN_TRY(rn_json_end(&js, err));
    RN_TRY(rn_buf_addf(&text, err, "\n"));
    status = rn_file_write(path, text.data, text.len, err);
done:
    rn_buf_release(&text);
    return status;
}

static enum rn_status read_time(const char *path, double *ms, struct rn_err *err)
{
    struct rn_doc *doc = NULL;
    enum rn_status status;

    RN_TRY(rn_doc_read(path, &doc, err));
    status = rn_value_double(rn_value_get(rn_doc_root(doc), "infer_ms"), ms, err);
done:
    rn_doc_free(doc);
    return status;
}

static enum rn_status measure(const struct rn_comparison *c, const struct rn_compared *row,
                              const char *path, double *ms, struct rn_err *err)
{
    struct rn_timing timing = {0};
    struct rn_config cfg;
    enum rn_status status;

    RN_TRY(rn_compare_config(c, row, 0, &cfg, err));
    RN_TRY(rn_time(&cfg, &(struct rn_time_options){.batch = RN_COMPARE_BATCH}, &timing, err));
    *ms = 1e3 * rn_percentile(timing.step_s, timing.n_steps, 50) / RN_COMPARE_BATCH;
    status = write_time(path, *ms, cfg.num_threads, err);
done:
    rn_timing_release(&timing);
    return status;
}

enum rn_status rn_compare_time(struct rn_comparison *c, const struct rn_compare_options *options,
                               struct rn_err *err)
{
    struct rn_buf path = {0};
    enum rn_status status = RN_OK;

    for (size_t i = 0; i < c->n; i++) {
        struct rn_compared *row = &c->rows[i];
        path.len = 0;
        RN_TRY(rn_buf_addf(&path, err, "%s/%s/time.json", options->dir, row->name));
        if (options->stop && *options->stop)
            RN_TRY(rn_fail(err, RN_E_STOPPED, "stopped while measuring"));
        if (rn_path_exists(path.data))
            RN_TRY(read_time(path.data, &row->infer_ms, err));
        else if (options->time)
            RN_TRY(measure(c, row, path.data, &row->infer_ms, err));
    }
done:
    rn_buf_release(&path);
    return status;
}

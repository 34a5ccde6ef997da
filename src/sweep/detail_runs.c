/* Details of a sweep's runs: config.yaml, result.json and log.jsonl. */
#include <string.h>

#include "detail.h"
#include "regnet/file.h"
#include "regnet/train.h"
#include "sweep_view.h"

#define LOG_MAX ((size_t)1 << 28)

static enum rn_status read_config(const char *run, struct rn_detail *detail, struct rn_err *err)
{
    struct rn_config cfg;
    struct rn_buf path = {0};
    enum rn_status status;

    rn_config_default(&cfg);
    RN_TRY(rn_path_join(&path, run, "config.yaml", err));
    if (rn_path_exists(path.data) && rn_config_read(&cfg, path.data, NULL) == RN_OK)
        status = rn_detail_configure(detail, &cfg, err);
done:
    rn_buf_release(&path);
    return status;
}

/* One object of the log; what is no epoch's is passed over. */
static enum rn_status read_entry(const char *line, size_t len, struct rn_detail *detail,
                                 struct rn_err *err)
{
    static const char *const types[] = {"{\"_type\":\"train_epoch\"", "{\"_type\":\"test_epoch\""};
    struct rn_curve *const curves[] = {&detail->train, &detail->test};
    double epoch, error;
    enum rn_status status = RN_OK;

    for (size_t i = 0; i < 2; i++) {
        struct rn_doc *doc = NULL;
        if (strncmp(line, types[i], strlen(types[i])) != 0)
            continue;
        if (rn_doc_parse_json(line, len, "log.jsonl", &doc, NULL) != RN_OK)
            continue;
        if (rn_value_double(rn_value_get(rn_doc_root(doc), "epoch"), &epoch, NULL) == RN_OK &&
            rn_value_double(rn_value_get(rn_doc_root(doc), "top1_err"), &error, NULL) == RN_OK)
            status = rn_curve_add(curves[i], epoch, error, err);
        rn_doc_free(doc);
    }
    return status;
}

static enum rn_status read_log(const char *run, struct rn_detail *detail, struct rn_err *err)
{
    struct rn_buf path = {0}, log = {0};
    enum rn_status status;

    RN_TRY(rn_path_join(&path, run, "log.jsonl", err));
    if (!rn_path_exists(path.data))
        goto done;
    RN_TRY(rn_file_read(path.data, LOG_MAX, &log, err));
    for (char *line = log.data; line && *line;) {
        size_t len = strcspn(line, "\n");
        RN_TRY(read_entry(line, len, detail, err));
        line += len + (line[len] == '\n');
    }
done:
    rn_buf_release(&path);
    rn_buf_release(&log);
    return status;
}

static enum rn_status read_run(const char *dir, size_t index, struct rn_detail *detail,
                               struct rn_err *err)
{
    struct rn_buf run = {0};
    struct rn_result result;
    bool found = false;
    enum rn_status status;

    RN_TRY(rn_buf_addf(&run, err, "%s/runs/%06zu", dir, index));
    RN_TRY(rn_result_read(run.data, &result, &found, err));
    detail->diverged = found && result.outcome == RN_OUTCOME_DIVERGED;
    RN_TRY(read_config(run.data, detail, err));
    status = read_log(run.data, detail, err);
done:
    rn_buf_release(&run);
    return status;
}

/* A study's failures have a section of their own. */
static enum rn_status add_outcomes(const char *dir, struct rn_buf *out, struct rn_err *err)
{
    struct rn_sweep_view view;
    enum rn_status status;

    if (rn_sweep_view_init(&view, dir, NULL) != RN_OK)
        return RN_OK;
    RN_TRY(rn_buf_addf(out, err, " Its %zu networks: ", view.jobs.n));
    RN_TRY(rn_jobs_text(&view.jobs, out, err));
    status = rn_buf_addf(out, err, ".");
done:
    rn_sweep_view_release(&view);
    return status;
}

enum rn_status rn_details_origin(const char *path, struct rn_buf *out, struct rn_err *err)
{
    struct rn_buf file = {0};
    struct rn_doc *doc = NULL;
    const char *space, *seed;
    enum rn_status status;

    RN_TRY(rn_path_join(&file, path, "sweep.yaml", err));
    if (rn_path_exists(file.data) && rn_doc_read(file.data, &doc, NULL) == RN_OK &&
        rn_value_text(rn_value_get(rn_doc_root(doc), "space"), &space, NULL) == RN_OK &&
        rn_value_text(rn_value_get(rn_doc_root(doc), "seed"), &seed, NULL) == RN_OK)
        RN_TRY(rn_buf_addf(out, err, "Drawn from %s with seed %s.", space, seed));
    status = add_outcomes(path, out, err);
done:
    rn_doc_free(doc);
    rn_buf_release(&file);
    return status;
}

enum rn_status rn_details_from_runs(const char *dir, const size_t *source, size_t n,
                                    struct rn_detail *details, struct rn_err *err)
{
    enum rn_status status = RN_OK;

    for (size_t i = 0; i < n && status == RN_OK; i++)
        status = read_run(dir, source[i], &details[i], err);
    return status;
}

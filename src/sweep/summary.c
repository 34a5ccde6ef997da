/* What a study says: as text for a terminal, and as JSON. */
#include <string.h>

#include "regnet/json.h"
#include "study_run.h"

#define COLUMNS 80
#define ROWS 24

enum rn_status rn_study_edfs(const struct rn_study_run *run, struct rn_population **populations,
                             struct rn_err *err)
{
    size_t n = run->study->n_spaces;
    struct rn_population *made = rn_alloc(n, sizeof *made);
    enum rn_status status = RN_OK;

    if (!made)
        return rn_nomem(err, n * sizeof *made, "distributions");
    for (size_t s = 0; s < n; s++)
        RN_TRY(rn_networks_edf(&run->networks[s], run->classes, &made[s], err));
    *populations = made;
    return RN_OK;
done:
    rn_study_edfs_release(run, made);
    return status;
}

void rn_study_edfs_release(const struct rn_study_run *run, struct rn_population *populations)
{
    for (size_t s = 0; populations && s < run->study->n_spaces; s++)
        rn_edf_release(&populations[s].edf);
    rn_free(populations);
}

/* A bootstrap of fewer networks gives intervals that are too narrow. */
#define ENOUGH_NETWORKS 10

enum rn_status rn_study_compare(const struct rn_study_run *run, const struct rn_population *before,
                                const struct rn_population *after, struct rn_buf *out,
                                struct rn_err *err)
{
    struct rn_difference d;
    const char *verdict = "; so far the two cannot be told apart";
    enum rn_status status;

    RN_TRY(rn_edf_difference(&before->edf, &after->edf, run->study->seed, &d, err));
    if (before->edf.n < ENOUGH_NETWORKS || after->edf.n < ENOUGH_NETWORKS)
        verdict = "; too few networks for a verdict";
    else if (d.high < 0 || d.low > 0)
        verdict = d.high < 0 ? ": better" : ": worse";
    status = rn_buf_addf(
        out, err, "%s against %s: mean error %+.1f points (95 %% interval %+.1f to %+.1f)%s.",
        after->name, before->name, d.mean, d.low, d.high, verdict);
done:
    return status;
}

const char *rn_study_tested_on(const struct rn_study_run *run)
{
    return strcmp(run->study->final.test.split, "test") == 0 ? "test images" : "held-out images";
}

enum rn_status rn_study_predict_line(const struct rn_study_run *run, struct rn_buf *out,
                                     struct rn_err *err)
{
    return rn_buf_addf(out, err, "regnet predict %s/best.safetensors IMAGE.png", run->dir.path);
}

static enum rn_status add_losses(const struct rn_study_run *run, struct rn_buf *out,
                                 struct rn_err *err)
{
    enum rn_status status = RN_OK;

    for (size_t s = 0; s < run->study->n_spaces; s++) {
        const struct rn_networks *n = &run->networks[s];
        if (n->diverged || n->failed)
            RN_TRY(rn_buf_addf(out, err, "%s: %zu diverged, %zu failed\n", n->space, n->diverged,
                               n->failed));
    }
done:
    return status;
}

static enum rn_status add_best(const struct rn_study_run *run, struct rn_buf *out,
                               struct rn_err *err)
{
    enum rn_status status = RN_OK;

    if (!run->best)
        return RN_OK;
    RN_TRY(rn_buf_addf(
        out, err, "\nbest: %s %llu, error %.2f %%\n", run->networks[run->best_space].space,
        (unsigned long long)run->best->sample.index, run->best->record.result.top1_err));
    if (!run->retrained)
        return RN_OK;
    RN_TRY(rn_buf_addf(out, err, "retrained: error %.2f %% on the %s\n\n    ", run->final.top1_err,
                       rn_study_tested_on(run)));
    RN_TRY(rn_study_predict_line(run, out, err));
    status = rn_buf_addf(out, err, "\n");
done:
    return status;
}

enum rn_status rn_study_text(const struct rn_study_run *run, struct rn_buf *out, struct rn_err *err)
{
    struct rn_population *p = NULL;
    size_t n = run->study->n_spaces;
    enum rn_status status;

    RN_TRY(rn_study_edfs(run, &p, err));
    RN_TRY(rn_edf_table(p, n, out, err));
    RN_TRY(add_losses(run, out, err));
    RN_TRY(rn_buf_addf(out, err, "\n"));
    RN_TRY(rn_edf_figure_text(p, n, COLUMNS, ROWS, out, err));
    RN_TRY(rn_buf_addf(out, err, "\n"));
    for (size_t s = 1; s < n; s++) {
        RN_TRY(rn_study_compare(run, &p[s - 1], &p[s], out, err));
        RN_TRY(rn_buf_addf(out, err, "\n"));
    }
    status = add_best(run, out, err);
done:
    rn_study_edfs_release(run, p);
    return status;
}

static void json_number(struct rn_json *js, const char *key, double value)
{
    rn_json_key(js, key), rn_json_double(js, value);
}

static void json_count(struct rn_json *js, const char *key, int64_t value)
{
    rn_json_key(js, key), rn_json_int(js, value);
}

static void json_spaces(struct rn_json *js, const struct rn_study_run *run,
                        const struct rn_population *p)
{
    rn_json_key(js, "spaces"), rn_json_list(js);
    for (size_t s = 0; s < run->study->n_spaces; s++) {
        rn_json_object(js);
        rn_json_key(js, "name"), rn_json_text(js, p[s].name);
        json_count(js, "n", (int64_t)p[s].edf.n);
        json_number(js, "min", p[s].edf.min);
        json_number(js, "mean", p[s].edf.mean);
        json_number(js, "median", p[s].edf.median);
        json_count(js, "diverged", (int64_t)run->networks[s].diverged);
        json_count(js, "failed", (int64_t)run->networks[s].failed);
        rn_json_close(js);
    }
    rn_json_close(js);
}

static enum rn_status json_differences(struct rn_json *js, const struct rn_study_run *run,
                                       const struct rn_population *p, struct rn_err *err)
{
    enum rn_status status = RN_OK;

    rn_json_key(js, "differences"), rn_json_list(js);
    for (size_t s = 1; s < run->study->n_spaces; s++) {
        struct rn_difference d;
        RN_TRY(rn_edf_difference(&p[s - 1].edf, &p[s].edf, run->study->seed, &d, err));
        rn_json_object(js);
        rn_json_key(js, "from"), rn_json_text(js, p[s - 1].name);
        rn_json_key(js, "to"), rn_json_text(js, p[s].name);
        json_number(js, "mean", d.mean);
        json_number(js, "low", d.low), json_number(js, "high", d.high);
        json_number(js, "ks", d.ks), json_number(js, "ks_p", d.ks_p);
        rn_json_close(js);
    }
    rn_json_close(js);
done:
    return status;
}

static void json_best(struct rn_json *js, const struct rn_study_run *run)
{
    const struct rn_complexity *cx;

    rn_json_key(js, "best");
    if (!run->best) {
        rn_json_null(js);
        return;
    }
    cx = &run->best->sample.cx;
    rn_json_object(js);
    rn_json_key(js, "space"), rn_json_text(js, run->networks[run->best_space].space);
    json_count(js, "network", (int64_t)run->best->sample.index);
    json_count(js, "flops", cx->flops);
    json_count(js, "params", cx->params);
    json_count(js, "acts", cx->acts);
    json_number(js, "error", run->best->record.result.top1_err);
    if (run->retrained)
        json_number(js, "test_error", run->final.top1_err);
    rn_json_close(js);
}

enum rn_status rn_study_json(const struct rn_study_run *run, struct rn_buf *out, struct rn_err *err)
{
    struct rn_population *p = NULL;
    struct rn_json js;
    enum rn_status status;

    RN_TRY(rn_study_edfs(run, &p, err));
    js = rn_json_begin(out);
    rn_json_object(&js);
    rn_json_key(&js, "name"), rn_json_text(&js, run->study->name);
    rn_json_key(&js, "directory"), rn_json_text(&js, run->dir.path);
    json_spaces(&js, run, p);
    RN_TRY(json_differences(&js, run, p, err));
    json_best(&js, run);
    rn_json_close(&js);
    RN_TRY(rn_json_end(&js, err));
    status = rn_buf_addf(out, err, "\n");
done:
    rn_study_edfs_release(run, p);
    return status;
}

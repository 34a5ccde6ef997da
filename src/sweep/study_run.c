/* A study from end to end: train the populations, compare them, hand over the best network. */
#include "study_run.h"

#include <time.h>

#include "dir_lock.h"
#include "procs.h"
#include "regnet/analysis.h"
#include "regnet/file.h"

static enum rn_status stopped(const struct rn_study_run *run, struct rn_err *err)
{
    size_t finished = 0;

    for (size_t s = 0; s < run->study->n_spaces; s++)
        finished += run->networks[s].finished;
    return rn_fail(err, RN_E_STOPPED,
                   "stopped with %zu of %zu networks trained; the same call goes on", finished,
                   run->study->n_spaces * (size_t)run->dir.networks);
}

/* The lowest error on held-out images; the first of equals. */
static void find_best(struct rn_study_run *run)
{
    run->best = NULL;
    for (size_t s = 0; s < run->study->n_spaces; s++) {
        for (size_t i = 0; i < run->networks[s].n; i++) {
            const struct rn_run *one = &run->networks[s].runs[i];
            if (!one->record.finished || one->record.result.outcome == RN_OUTCOME_DIVERGED)
                continue;
            if (run->best && one->record.result.top1_err >= run->best->record.result.top1_err)
                continue;
            run->best = one;
            run->best_space = s;
        }
    }
}

enum rn_status rn_study_run_read(struct rn_study_run *run, struct rn_err *err)
{
    struct rn_buf path = {0};
    bool chosen;
    enum rn_status status = RN_OK;

    run->classes = rn_study_classes(&run->study->config);
    run->networks = rn_alloc(run->study->n_spaces, sizeof *run->networks);
    if (!run->networks)
        return rn_nomem(err, run->study->n_spaces, "a study");
    for (size_t s = 0; s < run->study->n_spaces; s++)
        RN_TRY(rn_networks_read(run->study, s, run->dir.path, run->dir.networks, &run->networks[s],
                                err));
    find_best(run);
    RN_TRY(rn_path_join(&path, run->dir.path, "best.safetensors", err));
    if (!run->best || !rn_path_exists(path.data))
        goto done;
    RN_TRY(rn_path_join(&path, run->dir.path, "final", err));
    RN_TRY(rn_study_is_chosen(run, path.data, &chosen, err));
    if (chosen)
        status = rn_result_read(path.data, &run->final, &run->retrained, err);
done:
    rn_buf_release(&path);
    return status;
}

void rn_study_run_release(struct rn_study_run *run)
{
    for (size_t s = 0; run->networks && s < run->study->n_spaces; s++)
        rn_networks_release(&run->networks[s]);
    rn_free(run->networks);
    run->networks = NULL;
}

static enum rn_status write_report(const char *dir, struct rn_err *err)
{
    struct rn_analysis *analysis = NULL;
    struct rn_buf path = {0}, html = {0};
    enum rn_status status;

    RN_TRY(rn_analysis_new(&dir, 1, &(struct rn_analysis_options){0}, &analysis, err));
    RN_TRY(rn_analysis_page(analysis, &html, err));
    RN_TRY(rn_path_join(&path, dir, "report.html", err));
    status = rn_file_write(path.data, html.data, html.len, err);
done:
    rn_analysis_free(analysis);
    rn_buf_release(&path);
    rn_buf_release(&html);
    return status;
}

/* One process at a time retrains and writes the report; one that comes later finds both. */
static enum rn_status wait_for_turn(const struct rn_study_run *run, struct rn_err *err)
{
    const struct timespec moment = {.tv_nsec = 500000000};
    bool taken = false;
    enum rn_status status = RN_OK;

    for (;;) {
        RN_TRY(rn_lock_take(run->dir.lock, RN_LOCK_FINAL, &taken, err));
        if (taken)
            break;
        if (run->options->stop && *run->options->stop)
            RN_TRY(rn_fail(err, RN_E_STOPPED, "stopped"));
        rn_study_say(run, true, "another process retrains the best network");
        (void)nanosleep(&moment, NULL);
    }
done:
    return status;
}

enum rn_status rn_study_run(const struct rn_study *study, const struct rn_study_options *options,
                            struct rn_err *err)
{
    struct rn_study_run run = {.study = study, .options = options, .dir = {.lock = -1}};
    enum rn_status status;

    run.jobs = rn_procs_jobs(options->jobs, study->config.num_threads);
    RN_TRY(rn_study_dir_open(study, options, &run.dir, err));
    RN_TRY(rn_study_run_read(&run, err));
    RN_TRY(rn_study_train(&run, err));
    RN_TRY(wait_for_turn(&run, err));
    find_best(&run);
    if (study->retrain)
        RN_TRY(rn_study_finish(&run, err));
    status = write_report(run.dir.path, err);
done:
    if (status == RN_E_STOPPED)
        status = stopped(&run, err);
    rn_study_run_release(&run);
    rn_study_dir_close(&run.dir);
    return status;
}

enum rn_status rn_study_view_new(const char *dir, struct rn_study_view **view, struct rn_err *err)
{
    struct rn_study_view *made = rn_alloc(1, sizeof *made);
    struct rn_buf path = {0};
    enum rn_status status;

    if (!made)
        return rn_nomem(err, sizeof *made, "a study");
    RN_TRY(rn_path_join(&path, dir, "study.yaml", err));
    RN_TRY(rn_study_load(path.data, &made->study, err));
    made->run =
        (struct rn_study_run){.study = made->study,
                              .options = &made->options,
                              .dir = {.path = dir, .lock = -1, .networks = made->study->networks}};
    RN_TRY(rn_study_run_read(&made->run, err));
    *view = made;
    made = NULL;
done:
    rn_study_view_free(made);
    rn_buf_release(&path);
    return status;
}

void rn_study_view_free(struct rn_study_view *view)
{
    if (!view)
        return;
    if (view->run.study)
        rn_study_run_release(&view->run);
    rn_study_free(view->study);
    rn_free(view);
}

enum rn_status rn_study_summary(const char *dir, bool json, struct rn_buf *out, struct rn_err *err)
{
    struct rn_study_view *view = NULL;
    enum rn_status status;

    RN_TRY(rn_study_view_new(dir, &view, err));
    status = json ? rn_study_json(&view->run, out, err) : rn_study_text(&view->run, out, err);
done:
    rn_study_view_free(view);
    return status;
}

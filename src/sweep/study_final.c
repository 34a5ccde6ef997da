/* The best network of a study: trained anew on all training images, tested once, handed over. */
#include <stdio.h>
#include <string.h>

#include "procs.h"
#include "regnet/file.h"
#include "regnet/json.h"
#include "study_run.h"

#define WEIGHTS_MAX ((size_t)1 << 32)

struct final {
    struct rn_study_run *run;
    struct rn_config cfg;
    struct rn_buf dir;
    struct rn_pace pace;
    bool done;
};

/* In a process of its own, so that this one stays as it was: with one thread and little memory. */
static enum rn_status train(void *arg, size_t task, struct rn_procs_link *link, struct rn_err *err)
{
    const struct final *final = arg;
    struct rn_train_options options = {.dir = final->dir.data,
                                       .save_checkpoints = true,
                                       .save_model = true,
                                       .test_once = true,
                                       .on_progress = rn_work_on_progress,
                                       .arg = link,
                                       .stop = final->run->options->stop};
    struct rn_result result;

    (void)task;
    return rn_train(&final->cfg, &options, &result, err);
}

static enum rn_status on_done(void *arg, size_t task, const struct rn_err *result,
                              struct rn_err *err)
{
    struct final *final = arg;

    (void)task;
    if (result->status == RN_E_STOPPED)
        return RN_OK;
    if (result->status != RN_OK)
        return rn_fail(err, result->status, "the best network could not be retrained: %s",
                       result->msg);
    return rn_result_read(final->dir.data, &final->run->final, &final->done, err);
}

static void on_news(void *arg, size_t task, double fraction)
{
    struct final *final = arg;

    (void)task;
    rn_pace_note(&final->pace, fraction);
}

static void on_tick(void *arg, int running)
{
    const struct final *final = arg;
    double done = final->pace.done;
    char left[RN_PACE_TEXT];

    if (running == 0)
        return;
    rn_pace_text(&final->pace, 1 - done, left);
    rn_study_say(final->run, true, "retraining the best network: %.0f %%, %s", 100 * done, left);
}

/* final/chosen.json says whose retraining lies there. */
enum rn_status rn_study_is_chosen(const struct rn_study_run *run, const char *final_dir,
                                  bool *chosen, struct rn_err *err)
{
    struct rn_buf path = {0};
    struct rn_doc *doc = NULL;
    const char *space;
    long long network;
    enum rn_status status;

    *chosen = false;
    RN_TRY(rn_path_join(&path, final_dir, "chosen.json", err));
    if (!rn_path_exists(path.data))
        goto done;
    RN_TRY(rn_doc_read(path.data, &doc, err));
    RN_TRY(rn_value_text(rn_value_get(rn_doc_root(doc), "space"), &space, err));
    RN_TRY(rn_value_int(rn_value_get(rn_doc_root(doc), "network"), &network, err));
    *chosen = strcmp(space, run->networks[run->best_space].space) == 0 &&
              network == (long long)run->best->sample.index;
done:
    rn_doc_free(doc);
    rn_buf_release(&path);
    return status;
}

static enum rn_status write_chosen(const struct rn_study_run *run, const char *path,
                                   struct rn_err *err)
{
    struct rn_buf text = {0};
    struct rn_json js = rn_json_begin(&text);
    enum rn_status status;

    rn_json_object(&js);
    rn_json_key(&js, "space"), rn_json_text(&js, run->networks[run->best_space].space);
    rn_json_key(&js, "network"), rn_json_int(&js, (int64_t)run->best->sample.index);
    rn_json_close(&js);
    RN_TRY(rn_json_end(&js, err));
    status = rn_file_write(path, text.data, text.len, err);
done:
    rn_buf_release(&text);
    return status;
}

/* Another network's retraining is of no use: a bigger population has found a better one. */
static enum rn_status prepare(const struct final *final, struct rn_err *err)
{
    struct rn_buf path = {0};
    bool chosen;
    enum rn_status status;

    RN_TRY(rn_study_is_chosen(final->run, final->dir.data, &chosen, err));
    if (chosen)
        goto done;
    RN_TRY(rn_tree_remove(final->dir.data, err));
    RN_TRY(rn_dir_make(final->dir.data, err));
    RN_TRY(rn_path_join(&path, final->dir.data, "chosen.json", err));
    status = write_chosen(final->run, path.data, err);
done:
    rn_buf_release(&path);
    return status;
}

static enum rn_status copy_weights(const struct rn_study_run *run, const char *final_dir,
                                   struct rn_err *err)
{
    struct rn_buf from = {0}, to = {0};
    enum rn_status status;

    RN_TRY(rn_path_join(&from, final_dir, "model.safetensors", err));
    RN_TRY(rn_path_join(&to, run->dir.path, "best.safetensors", err));
    status = rn_file_copy(from.data, to.data, WEIGHTS_MAX, err);
done:
    rn_buf_release(&from);
    rn_buf_release(&to);
    return status;
}

static enum rn_status run_final(struct final *final, struct rn_err *err)
{
    struct rn_study_run *run = final->run;
    struct rn_procs pool = {.tasks = 1,
                            .jobs = 1,
                            .arg = final,
                            .work = train,
                            .done = on_done,
                            .news = on_news,
                            .tick = on_tick,
                            .stop = run->options->stop};

    rn_study_say(run, false, "retraining the best network, %s %llu (error %.2f %%)",
                 run->networks[run->best_space].space, (unsigned long long)run->best->sample.index,
                 run->best->record.result.top1_err);
    return rn_procs_run(&pool, err);
}

enum rn_status rn_study_finish(struct rn_study_run *run, struct rn_err *err)
{
    struct final final = {.run = run, .cfg = run->study->final};
    enum rn_status status;

    if (!run->best)
        return rn_fail(err, RN_E_FAILED,
                       "every network diverged: there is no best one; lower "
                       "OPTIM.BASE_LR or lengthen OPTIM.WARMUP_EPOCHS");
    RN_TRY(rn_path_join(&final.dir, run->dir.path, "final", err));
    RN_TRY(rn_sample_to_config(&run->best->sample, &final.cfg, err));
    final.cfg.num_threads = run->jobs * run->study->config.num_threads;
    RN_TRY(prepare(&final, err));
    RN_TRY(rn_result_read(final.dir.data, &run->final, &final.done, err));
    if (!final.done)
        RN_TRY(run_final(&final, err));
    if (run->final.outcome == RN_OUTCOME_DIVERGED)
        status = rn_fail(err, RN_E_DIVERGED,
                         "the best network diverged when it was retrained by the study's `final:`");
    else
        status = copy_weights(run, final.dir.data, err);
    run->retrained = status == RN_OK;
done:
    rn_buf_release(&final.dir);
    return status;
}

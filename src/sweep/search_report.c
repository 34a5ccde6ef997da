/* What a search hands over: the winner's weights, its card, the result as JSON, the commands. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "regnet/file.h"
#include "search.h"

#define FILE_MAX ((size_t)1 << 32)

/* The winner's best training. */
static void choose_best(struct rn_search_job *search)
{
    size_t seeds = (size_t)search->plan.seeds, first = (size_t)search->winner * seeds;
    double least = INFINITY;

    for (size_t i = first; i < first + seeds; i++) {
        const struct rn_search_final *final = &search->finals[i];
        if (!final->done || final->result.outcome == RN_OUTCOME_DIVERGED ||
            final->result.top1_err >= least)
            continue;
        least = final->result.top1_err;
        search->best = i;
    }
}

/* Once: the test part chooses nothing. */
static enum rn_status test_best(struct rn_search_job *search, const char *weights,
                                struct rn_err *err)
{
    struct rn_result result;
    struct rn_config cfg;
    enum rn_status status;

    search->test_error = -1;
    if (!search->look.test)
        return RN_OK;
    rn_config_default(&cfg);
    RN_TRY(rn_weights_config(weights, &cfg, err));
    RN_TRY(rn_config_set(&cfg, "DATA_LOADER.DIR", search->options->data, err));
    RN_TRY(rn_config_set(&cfg, "TEST.SPLIT", "test", err));
    RN_TRY(rn_config_set(&cfg, "TEST.WEIGHTS", weights, err));
    RN_TRY(rn_test(&cfg, NULL, NULL, NULL, &result, err));
    search->test_error = result.top1_err;
done:
    return status;
}

static enum rn_status copy_best(struct rn_search_job *search, struct rn_err *err)
{
    struct rn_buf from = {0}, to = {0};
    enum rn_status status;

    RN_TRY(rn_search_final_path(search, search->best, &from, err));
    RN_TRY(rn_buf_addf(&from, err, "/model.safetensors"));
    RN_TRY(rn_search_path(search, "best.safetensors", &to, err));
    RN_TRY(rn_file_copy(from.data, to.data, FILE_MAX, err));
    status = test_best(search, to.data, err);
done:
    rn_buf_release(&from);
    rn_buf_release(&to);
    return status;
}

static enum rn_status write_file(const struct rn_search_job *search, const char *name,
                                 const struct rn_buf *text, struct rn_err *err)
{
    struct rn_buf path = {0};
    enum rn_status status;

    RN_TRY(rn_search_path(search, name, &path, err));
    status = rn_file_write(path.data, text->data, text->len, err);
done:
    rn_buf_release(&path);
    return status;
}

static void put_finalist(struct rn_json *js, const struct rn_search_finalist *finalist)
{
    rn_json_object(js);
    rn_json_key(js, "network"), rn_json_int(js, (int64_t)finalist->network);
    rn_json_key(js, "images"), rn_json_text(js, rn_search_way_name(finalist->way));
    rn_json_key(js, "population_error"), rn_json_double(js, finalist->population_error);
    rn_json_key(js, "error"), rn_json_double(js, finalist->mean);
    rn_json_key(js, "low"), rn_json_double(js, finalist->low);
    rn_json_key(js, "high"), rn_json_double(js, finalist->high);
    rn_json_key(js, "trainings"), rn_json_int(js, finalist->trainings);
    rn_json_key(js, "flops"), rn_json_int(js, finalist->cx.flops);
    rn_json_key(js, "params"), rn_json_int(js, finalist->cx.params);
    rn_json_key(js, "acts"), rn_json_int(js, finalist->cx.acts);
    rn_json_close(js);
}

static enum rn_status write_result(const struct rn_search_job *search, struct rn_err *err)
{
    struct rn_buf text = {0};
    struct rn_json js = rn_json_begin(&text);
    enum rn_status status;

    rn_json_object(&js);
    rn_json_key(&js, "winner"), put_finalist(&js, &search->finalists[search->winner]);
    rn_json_key(&js, "test_error");
    if (search->test_error >= 0)
        rn_json_double(&js, search->test_error);
    else
        rn_json_null(&js);
    rn_json_key(&js, "seconds");
    rn_json_double(&js, search->options->seconds - rn_search_seconds_left(search));
    rn_json_key(&js, "finalists"), rn_json_list(&js);
    for (int f = 0; f < search->n_finalists; f++)
        put_finalist(&js, &search->finalists[f]);
    rn_json_close(&js);
    rn_json_close(&js);
    RN_TRY(rn_json_end(&js, err));
    status = write_file(search, "result.json", &text, err);
done:
    rn_buf_release(&text);
    return status;
}

static enum rn_status add_card(const struct rn_search_job *search, struct rn_buf *out,
                               struct rn_err *err)
{
    const struct rn_search_options *o = search->options;
    const struct rn_search_look *look = &search->look;
    const struct rn_search_plan *plan = &search->plan;
    const struct rn_search_finalist *best = &search->finalists[search->winner];
    enum rn_status status;

    RN_TRY(rn_buf_addf(out, err,
                       "# A network for %s\n\nFound by `regnet search` in %s within a budget; "
                       "see report.html.\n\n",
                       o->data, o->space ? o->space : "RegNetY"));
    RN_TRY(rn_buf_addf(out, err, "- %d classes, images of %d x %d pixels\n", look->classes,
                       look->side, look->side));
    RN_TRY(rn_buf_addf(out, err, "- %.3f M multiply-adds, %.3f M parameters, %.3f M activations\n",
                       1e-6 * (double)best->cx.flops, 1e-6 * (double)best->cx.params,
                       1e-6 * (double)best->cx.acts));
    RN_TRY(rn_buf_addf(out, err,
                       "- error on %d images held out: %.2f %% (mean of %d training%s; 95 %% "
                       "interval %.2f to %.2f)\n",
                       look->held_out, best->mean, best->trainings, best->trainings == 1 ? "" : "s",
                       best->low, best->high));
    if (search->test_error >= 0)
        RN_TRY(rn_buf_addf(out, err,
                           "- error on the test part, which chose nothing: %.2f %% (the training "
                           "in best.safetensors)\n",
                           search->test_error));
    if (o->budget.latency_s > 0)
        RN_TRY(rn_buf_addf(out, err,
                           "- latency at most %g ms, batch %d, %d threads, on the machine of the "
                           "search; the model that chose candidates errs by %.1f %%\n",
                           1e3 * o->budget.latency_s, o->budget.batch, o->budget.threads,
                           100 * search->model.error));
    RN_TRY(rn_buf_addf(
        out, err,
        "- chosen of %d networks, trained on %d images for %d epochs%s\n"
        "- then trained on %d images, %s, for %d epochs, with %d seed%s\n",
        o->halving ? plan->networks : search->trained, plan->images, plan->epochs,
        o->halving ? " by successive halving, from which a third went on after 1 and after 3" : "",
        look->train, rn_search_way_name(best->way), plan->final_epochs, plan->seeds,
        plan->seeds == 1 ? "" : "s"));
    status = rn_buf_addf(
        out, err,
        "\nThe interval counts the images held out and, where there are several, the "
        "seeds, not that the best of several was taken.\n\n    regnet predict %s/best.safetensors "
        "IMAGE\n",
        o->dir);
done:
    return status;
}

/* A limit of the search, as its option. */
static enum rn_status add_limit(struct rn_buf *text, const char *option, double value,
                                const char *unit, struct rn_err *err)
{
    return value > 0 ? rn_buf_addf(text, err, " %s %.12g%s", option, value, unit) : RN_OK;
}

static enum rn_status add_search(const struct rn_search_options *o, struct rn_buf *text,
                                 struct rn_err *err)
{
    const struct rn_search_budget *b = &o->budget;
    enum rn_status status;

    RN_TRY(rn_buf_addf(text, err, "# regnet search '%s'", o->data));
    RN_TRY(add_limit(text, "--flops", (double)b->flops, "", err));
    RN_TRY(add_limit(text, "--params", (double)b->params, "", err));
    RN_TRY(add_limit(text, "--acts", (double)b->acts, "", err));
    RN_TRY(add_limit(text, "--latency", b->latency_s, "s", err));
    RN_TRY(add_limit(text, "--memory", (double)b->memory, "B", err));
    if (b->latency_s > 0 || b->memory > 0)
        RN_TRY(rn_buf_addf(text, err, " --batch %d --threads %d", b->batch, b->threads));
    RN_TRY(rn_buf_addf(text, err, " --time %.12gs --space '%s' --seed %llu%s --out '%s'\n",
                       o->seconds, o->space ? o->space : "RegNetY", (unsigned long long)o->seed,
                       o->halving ? " --halving" : "", o->dir));
done:
    return status;
}

static enum rn_status write_commands(const struct rn_search_job *search, struct rn_err *err)
{
    const char *dir = search->options->dir;
    struct rn_buf text = {0}, best = {0};
    enum rn_status status;

    RN_TRY(rn_search_final_path(search, search->best, &best, err));
    RN_TRY(rn_buf_addf(&text, err, "# The search, and what to do with its network.\n"));
    RN_TRY(add_search(search->options, &text, err));
    RN_TRY(rn_buf_addf(&text, err,
                       "# regnet predict '%s/best.safetensors' IMAGE\n# Its steps: the population, "
                       "its best networks, a page of it, and the winner trained again.\n",
                       dir));
    RN_TRY(rn_buf_addf(&text, err,
                       "regnet sweep run '%s/population'\nregnet sweep best '%s/population'\n"
                       "regnet report '%s/population' --out '%s/population.html'\n",
                       dir, dir, dir, dir));
    RN_TRY(rn_buf_addf(&text, err,
                       "regnet train --cfg '%s/config.yaml' --out '%s/again'\nregnet export "
                       "'%s/best.safetensors' '%s/best.onnx'\n",
                       best.data, dir, dir, dir));
    status = write_file(search, "commands.sh", &text, err);
done:
    rn_buf_release(&text);
    rn_buf_release(&best);
    return status;
}

enum rn_status rn_search_report(struct rn_search_job *search, struct rn_err *err)
{
    struct rn_buf card = {0};
    enum rn_status status;

    if (search->finalists[search->winner].trainings == 0)
        return rn_fail(err, RN_E_DIVERGED, "all of the best networks diverged when retrained");
    choose_best(search);
    RN_TRY(copy_best(search, err));
    RN_TRY(write_result(search, err));
    RN_TRY(write_commands(search, err));
    RN_TRY(add_card(search, &card, err));
    RN_TRY(rn_search_page(search, &card, err));
    status = write_file(search, "model-card.md", &card, err);
done:
    rn_buf_release(&card);
    return status;
}

enum rn_status rn_search_summary(const char *dir, bool json, struct rn_buf *out, struct rn_err *err)
{
    struct rn_buf path = {0};
    enum rn_status status;

    RN_TRY(rn_path_join(&path, dir, json ? "result.json" : "model-card.md", err));
    if (!rn_path_exists(path.data))
        status = rn_fail(err, RN_E_FAILED, "%s: this search is not finished", dir);
    else
        status = rn_file_read(path.data, FILE_MAX, out, err);
done:
    rn_buf_release(&path);
    return status;
}

/* A search from end to end: look, plan, train a population, retrain its best, hand over. */
#include <math.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include "dir_lock.h"
#include "procs.h"
#include "regnet/clock.h"
#include "regnet/file.h"
#include "regnet/records.h"
#include "regnet/sweep.h"
#include "search.h"
#include "study.h"
#include "work.h"

void rn_search_say(const struct rn_search_job *search, bool transient, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    rn_work_say(search->options->on_event, search->options->arg, transient, fmt, ap);
    va_end(ap);
}

enum rn_status rn_search_path(const struct rn_search_job *search, const char *name,
                              struct rn_buf *path, struct rn_err *err)
{
    path->len = 0;
    return rn_path_join(path, search->options->dir, name, err);
}

double rn_search_seconds_left(const struct rn_search_job *search)
{
    return search->options->seconds - search->used - (rn_clock() - search->since);
}

static enum rn_status check_budget(const struct rn_search_budget *b, double seconds,
                                   struct rn_err *err)
{
    if (b->flops <= 0 && b->params <= 0 && b->acts <= 0 && b->latency_s <= 0 && b->memory <= 0)
        return rn_fail(err, RN_E_CONFIG,
                       "a search needs a limit, e.g. --flops 400MF, --params 5M, --latency 8ms");
    if (!(seconds > 0))
        return rn_fail(err, RN_E_CONFIG, "a search needs a time, e.g. --time 2h");
    return RN_OK;
}

/* Removes what a search writes, and nothing else. */
static enum rn_status clear(const struct rn_search_job *search, struct rn_err *err)
{
    static const char *const names[] = {"trials",        "population",       "final",
                                        "space.yaml",    "best.safetensors", "best.onnx",
                                        "model-card.md", "report.html",      "commands.sh",
                                        "latency.json",  "result.json",      "plan.json"};
    struct rn_buf path = {0};
    enum rn_status status = RN_OK;

    for (size_t i = 0; i < sizeof names / sizeof *names && status == RN_OK; i++) {
        RN_TRY(rn_search_path(search, names[i], &path, err));
        status = rn_tree_remove(path.data, err);
    }
done:
    rn_buf_release(&path);
    return status;
}

static bool is_stopped(const struct rn_search_options *o)
{
    return o->stop && *o->stop;
}

static bool stop_fitting(void *arg, int done, int of)
{
    const struct rn_search_job *search = arg;

    rn_search_say(search, true, "measuring latency: %d of %d networks", done, of);
    return is_stopped(search->options);
}

static enum rn_status fit_latency(struct rn_search_job *search, const struct rn_space *space,
                                  struct rn_err *err)
{
    const struct rn_search_budget *b = &search->options->budget;
    enum rn_status status = RN_OK;

    if (b->latency_s <= 0)
        return RN_OK;
    RN_TRY(rn_latency_fit(space,
                          &(struct rn_latency_options){.batch = b->batch,
                                                       .threads = b->threads,
                                                       .seed = search->options->seed,
                                                       .stop = stop_fitting,
                                                       .arg = search},
                          &search->model, err));
    search->has_model = true;
    RN_TRY(rn_search_model_write(search, err));
    rn_search_say(search, false, "the model of latency errs by %.1f %%", 100 * search->model.error);
done:
    return status;
}

static void tell_plan(const struct rn_search_job *search)
{
    const struct rn_search_look *look = &search->look;
    const struct rn_search_plan *plan = &search->plan;
    bool halving = search->options->halving;
    char time[32];

    rn_duration_text(search->options->seconds, time);
    rn_search_say(search, false, "%s: %d images of %d classes, %d of them held out, at %d pixels",
                  search->options->data, look->train + look->held_out, look->classes,
                  look->held_out, look->side);
    rn_search_say(search, false,
                  "in %s: %d networks, %strained on %d images for %d epochs%s; the best %d then "
                  "%s%d times",
                  time, plan->networks, halving ? "" : "each ", plan->images, plan->epochs,
                  halving ? " by successive halving" : "", plan->best,
                  plan->ways > 1 ? "in two ways, each " : "", plan->seeds);
}

static enum rn_status make_plan(struct rn_search_job *search, struct rn_err *err)
{
    struct rn_space *space = NULL;
    enum rn_status status;

    RN_TRY(rn_search_look(search->options->data, &search->look, err));
    RN_TRY(rn_search_space(search, &space, err));
    RN_TRY(fit_latency(search, space, err));
    RN_TRY(rn_search_select(search, space, err));
    rn_space_free(space);
    space = NULL;
    RN_TRY(rn_search_space_open(search, &space, err)); /* now of the selected alone */
    RN_TRY(rn_search_plan_make(search, space, err));
    status = rn_search_state_write(search, err);
done:
    rn_space_free(space);
    return status;
}

/* Of the sweep. */
static void on_event(void *arg, const char *line, bool transient)
{
    struct rn_search_job *search = arg;

    rn_search_note(search);
    if (search->options->on_event)
        search->options->on_event(search->options->arg, line, transient);
}

/* Whether a network of the population is done. */
static enum rn_status has_any(const char *population, bool *any, struct rn_err *err)
{
    struct rn_records records = {0};
    struct rn_err none = {0};
    enum rn_status status = rn_records_read(population, &records, &none);

    *any = status == RN_OK;
    rn_records_release(&records);
    return status == RN_OK || status == RN_E_DATA ? RN_OK : rn_fail(err, status, "%s", none.msg);
}

/* When its share of the time is over, the networks that are done are the population; where none
   is, it goes on for as long again. By successive halving none is done before the end, so that may
   take what it takes. */
static enum rn_status run_population(struct rn_search_job *search, const char *dir,
                                     struct rn_err *err)
{
    const struct rn_search_options *o = search->options;
    double seconds = fmax(rn_search_population_seconds(search), 1);
    bool any = false;
    enum rn_status status = RN_E_STOPPED;

    while (status == RN_E_STOPPED && !any && !is_stopped(o)) {
        status = rn_sweep_run(&(struct rn_sweep_options){.dir = dir,
                                                         .jobs = search->jobs,
                                                         .seconds = o->halving ? 0 : seconds,
                                                         .on_event = on_event,
                                                         .arg = search,
                                                         .stop = o->stop},
                              err);
        if (status == RN_E_STOPPED && has_any(dir, &any, err) != RN_OK)
            status = err->status;
    }
    return status == RN_E_STOPPED && !is_stopped(o) ? RN_OK : status;
}

static enum rn_status train_population(struct rn_search_job *search, struct rn_err *err)
{
    const struct rn_search_options *o = search->options;
    struct rn_buf dir = {0}, space = {0};
    struct rn_config cfg;
    enum rn_status status;

    RN_TRY(rn_search_config(search, RN_SEARCH_PLAIN, &cfg, err));
    RN_TRY(rn_search_path(search, "population", &dir, err));
    RN_TRY(rn_search_path(search, "space.yaml", &space, err));
    RN_TRY(
        rn_sweep_setup(&(struct rn_sweep_setup){.dir = dir.data,
                                                .space = space.data,
                                                .networks = search->plan.networks,
                                                .seed = (long long)o->seed,
                                                .halving_epochs = o->halving ? RN_SEARCH_RUNG : 0,
                                                .halving_factor = RN_SEARCH_FACTOR,
                                                .config = &cfg},
                       err));
    status = run_population(search, dir.data, err);
done:
    rn_buf_release(&dir);
    rn_buf_release(&space);
    return status;
}

/* What a later call goes on with: the time that is used, too. */
static enum rn_status note(const struct rn_search_job *search, enum rn_status status,
                           struct rn_err *err)
{
    enum rn_status noted = rn_search_state_write(search, status == RN_OK ? err : NULL);

    return status == RN_OK ? noted : status;
}

static enum rn_status work(struct rn_search_job *search, struct rn_err *err)
{
    bool chosen = search->plan.final_epochs > 0;
    enum rn_status status;

    if (!chosen) {
        RN_TRY(note(search, train_population(search, err), err));
        RN_TRY(rn_search_choose(search, err));
        RN_TRY(rn_search_plan_finals(search, err));
        RN_TRY(rn_search_state_write(search, err));
    }
    RN_TRY(note(search, rn_search_finals(search, err), err));
    status = rn_search_report(search, err);
done:
    return status;
}

enum rn_status rn_search_run(const struct rn_search_options *options, struct rn_err *err)
{
    struct rn_search_options asked = *options;
    struct rn_search_job *search = rn_alloc(1, sizeof *search);
    int lock = -1;
    bool found;
    enum rn_status status;

    if (!search)
        return rn_nomem(err, sizeof *search, "a search");
    asked.budget.batch = asked.budget.batch ? asked.budget.batch : 1;
    asked.budget.threads = asked.budget.threads ? asked.budget.threads : 1;
    *search = (struct rn_search_job){
        .options = &asked, .jobs = asked.jobs > 0 ? asked.jobs : rn_cores(), .since = rn_clock()};
    RN_TRY(check_budget(&asked.budget, asked.seconds, err));
    RN_TRY(rn_lock_alone(asked.dir, "search", &lock, err));
    if (asked.fresh)
        RN_TRY(clear(search, err));
    RN_TRY(rn_search_state_read(search, &found, err));
    if (!found)
        RN_TRY(make_plan(search, err));
    tell_plan(search);
    if (!asked.plan_only)
        status = work(search, err);
done:
    if (lock >= 0)
        (void)close(lock);
    rn_free(search);
    return status;
}

/* What training many networks has in common. */
#include "work.h"

#include <stdio.h>

#include "procs.h"
#include "study.h"

#define SAME_FAILURES 3

/* Once, instead of by every network. */
static enum rn_status check_classes(const struct rn_config *cfg, const struct rn_dataset *train,
                                    struct rn_err *err)
{
    int classes = rn_study_classes(cfg);

    if (train->n_classes == classes)
        return RN_OK;
    return rn_fail(err, RN_E_CONFIG,
                   "the networks were drawn for %d classes, and %s has %d: name the data set's "
                   "folder where they are drawn (--data), or say MODEL.NUM_CLASSES",
                   classes, *cfg->data_loader.dir ? cfg->data_loader.dir : train->name,
                   train->n_classes);
}

enum rn_status rn_work_data_open(const struct rn_config *cfg, struct rn_work_data *data,
                                 struct rn_err *err)
{
    const char *test = cfg->test.dataset[0] ? cfg->test.dataset : cfg->train.dataset;
    enum rn_data_half half = rn_test_half(cfg);
    enum rn_status status;

    RN_TRY(rn_data_open(cfg, cfg->train.dataset, RN_DATA_TRAIN, &data->train, err));
    RN_TRY(check_classes(cfg, data->train, err));
    if (half != RN_DATA_TRAIN)
        status = rn_data_open(cfg, test, half, &data->test, err);
done:
    return status;
}

void rn_work_data_close(struct rn_work_data *data)
{
    rn_dataset_free(data->train);
    rn_dataset_free(data->test);
    *data = (struct rn_work_data){0};
}

double rn_work_cost(const struct rn_complexity *cx)
{
    return (double)cx->flops + 25.0 * (double)cx->acts;
}

void rn_work_on_progress(void *link, const struct rn_progress *progress)
{
    rn_procs_tell(link,
                  (progress->epoch + (double)progress->step / progress->steps) / progress->epochs);
}

void rn_work_say(rn_event_fn *on_event, void *arg, bool transient, const char *fmt, va_list ap)
{
    char line[RN_ERR_MAX + 256];

    if (!on_event)
        return;
    (void)vsnprintf(line, sizeof line, fmt, ap);
    on_event(arg, line, transient);
}

enum rn_status rn_work_load_init(struct rn_work_load *load, size_t most, struct rn_err *err)
{
    *load = (struct rn_work_load){.shares = rn_alloc(most, sizeof *load->shares)};
    return load->shares ? RN_OK : rn_nomem(err, most * sizeof *load->shares, "trainings");
}

void rn_work_load_release(struct rn_work_load *load)
{
    rn_free(load->shares);
    *load = (struct rn_work_load){0};
}

void rn_work_add(struct rn_work_load *load, double cost)
{
    load->shares[load->n++] = (struct rn_work_share){.cost = cost};
}

void rn_work_note(struct rn_work_load *load, size_t task, double done)
{
    double sum = 0;

    load->shares[task].done = done;
    for (size_t i = 0; i < load->n; i++)
        sum += load->shares[i].cost * load->shares[i].done;
    rn_pace_note(&load->pace, sum);
}

double rn_work_all(const struct rn_work_load *load)
{
    double cost = 0;

    for (size_t i = 0; i < load->n; i++)
        cost += load->shares[i].cost;
    return cost;
}

enum rn_status rn_work_settle(struct rn_work_load *load, size_t task, const struct rn_err *result,
                              struct rn_err *err)
{
    load->over++;
    rn_work_note(load, task, 1);
    load->failures = result->status == load->failure ? load->failures + 1 : 1;
    load->failure = result->status;
    if (result->status == RN_OK || load->failures < SAME_FAILURES)
        return RN_OK;
    return rn_fail(err, result->status,
                   "%d networks in a row could not be trained; the last one: %s", SAME_FAILURES,
                   result->msg);
}

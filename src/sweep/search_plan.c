/* How a search shares its time, and plan.json, which says so. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "regnet/file.h"
#include "regnet/time.h"
#include "search.h"

#define USABLE 0.9          /* of the time: the rest is for evaluation, starts and noise */
#define POPULATION (1. / 3) /* of what is usable */
#define MIN_NETWORKS 8
#define MAX_NETWORKS 100
/* By successive halving: of three times as long a training most networks have but the first ninth;
   on average 1/9 + 2/9 / 3 + 6/9 / 9 of it. */
#define HALVED_PASSES (3 * RN_SEARCH_PASSES)
#define HALVED_SHARE (7.0 / 27)
#define HALVED_MAX_NETWORKS 300
#define MIN_EPOCHS 2 /* of the population, so that a schedule has an end */
#define MAX_EPOCHS 25
#define FINAL_EPOCHS 30 /* that a final must have before there are more finals */
#define MAX_FINAL_EPOCHS 100
#define TIMED 5 /* networks whose speed is measured */
#define STEPS 4

/* Seconds of training an image, of one network on one processor. */
static enum rn_status time_network(const struct rn_search_job *search, const struct rn_space *space,
                                   uint64_t index, double *seconds, struct rn_err *err)
{
    struct rn_timing timing = {0};
    struct rn_sample sample;
    struct rn_config cfg;
    enum rn_status status;

    RN_TRY(rn_search_config(search, false, &cfg, err));
    RN_TRY(rn_space_draw(space, search->options->seed, index, &sample, err));
    RN_TRY(rn_sample_to_config(&sample, &cfg, err));
    RN_TRY(rn_time(
        &cfg,
        &(struct rn_time_options){.batch = cfg.train.batch_size, .steps = STEPS, .train = true},
        &timing, err));
    *seconds = timing.mean_s / cfg.train.batch_size;
done:
    rn_timing_release(&timing);
    return status;
}

/* In either type; the faster one is the search's. */
static enum rn_status measure_speed(struct rn_search_job *search, const struct rn_space *space,
                                    struct rn_err *err)
{
    struct rn_search_plan *plan = &search->plan;
    double sum[2] = {0, 0}, seconds;
    enum rn_status status = RN_OK;

    for (plan->bf16 = 0; plan->bf16 < 2; plan->bf16++) {
        for (uint64_t i = 0; i < TIMED; i++) {
            RN_TRY(time_network(search, space, i, &seconds, err));
            sum[plan->bf16] += seconds;
        }
    }
    plan->bf16 = sum[1] < sum[0];
    plan->image_s = sum[plan->bf16] / TIMED;
done:
    return status;
}

static double clamp(double x, double low, double high)
{
    return x < low ? low : x > high ? high : x;
}

double rn_search_population_seconds(const struct rn_search_job *search)
{
    return rn_search_seconds_left(search) - (1 - POPULATION) * search->plan.seconds;
}

/* Image passes that so many seconds allow on all processors. */
static double passes(const struct rn_search_job *search, double seconds)
{
    return USABLE * seconds * search->jobs / search->plan.image_s;
}

static void share_population(struct rn_search_job *search)
{
    struct rn_search_plan *plan = &search->plan;
    double all = POPULATION * passes(search, plan->seconds), each, train = search->look.train;

    plan->networks = (int)clamp(all / RN_SEARCH_PASSES, MIN_NETWORKS, MAX_NETWORKS);
    each = all / plan->networks;
    plan->images = (int)clamp(each / MIN_EPOCHS, 1, train);
    plan->epochs = (int)clamp(round(each / plan->images), 1, MAX_EPOCHS);
}

static void share_halved(struct rn_search_job *search)
{
    struct rn_search_plan *plan = &search->plan;
    double all = POPULATION * passes(search, plan->seconds) / HALVED_SHARE;

    plan->networks = (int)clamp(all / HALVED_PASSES, MIN_NETWORKS, HALVED_MAX_NETWORKS);
    plan->epochs = RN_SEARCH_EPOCHS;
    plan->images = (int)clamp(all / plan->networks / plan->epochs, 1, search->look.train);
}

/* Seeds before networks, and never an idle processor. */
static void share_finals(struct rn_search_job *search)
{
    struct rn_search_plan *plan = &search->plan;
    double left = (1 - POPULATION) * passes(search, plan->seconds);
    int trainings = (int)clamp(left / search->look.train / FINAL_EPOCHS, search->jobs,
                               RN_SEARCH_FINALISTS * RN_SEARCH_SEEDS);
    int networks = plan->networks < RN_SEARCH_FINALISTS ? plan->networks : RN_SEARCH_FINALISTS;

    plan->seeds = (int)clamp(trainings, 1, trainings < 2 * RN_SEARCH_SEEDS ? 2 : RN_SEARCH_SEEDS);
    plan->finalists = trainings / plan->seeds;
    plan->finalists = plan->finalists < 1 ? 1 : plan->finalists;
    plan->finalists = plan->finalists > networks ? networks : plan->finalists;
}

void rn_search_plan_finals(struct rn_search_job *search)
{
    struct rn_search_plan *plan = &search->plan;
    int trainings = plan->finalists * plan->seeds;
    int rounds = (trainings + search->jobs - 1) / search->jobs;
    double each = passes(search, rn_search_seconds_left(search)) / search->jobs / rounds;

    plan->final_epochs = (int)clamp(each / search->look.train, 1, MAX_FINAL_EPOCHS);
}

enum rn_status rn_search_plan_make(struct rn_search_job *search, const struct rn_space *space,
                                   struct rn_err *err)
{
    enum rn_status status;

    search->plan = (struct rn_search_plan){.seconds = search->options->seconds};
    RN_TRY(measure_speed(search, space, err));
    if (search->options->halving)
        share_halved(search);
    else
        share_population(search);
    share_finals(search);
done:
    return status;
}

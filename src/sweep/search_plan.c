/* How a search shares its time: networks of the population, epochs of each, finals. */
#include <math.h>

#include "search.h"

#define USABLE 0.93         /* of the time: the rest is for evaluation, starts and noise */
#define POPULATION (1. / 3) /* of what is left when this is planned */
#define UNEVEN 0.5 /* of a training: at its end a population does not fill all processors */
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
#define TIMED 4 /* networks whose speed is measured, at least */

static double clamp(double x, double low, double high)
{
    return x < low ? low : x > high ? high : x;
}

static int within(int n, int least, int most)
{
    return n < least ? least : n > most ? most : n;
}

/* Of so many trainings, so many at once. */
static int rounds(int n, int at_once)
{
    return (n + at_once - 1) / at_once;
}

/* A number that fills all processors to the last. */
static int filled(int n, int jobs)
{
    return rounds(n, jobs) * jobs;
}

/* In either type; the faster one is the search's. */
static enum rn_status measure_speed(struct rn_search_job *search, const struct rn_space *space,
                                    struct rn_err *err)
{
    struct rn_search_plan *plan = &search->plan;
    struct rn_search_trials trials = {
        .n = filled(TIMED, search->jobs), .jobs = search->jobs, .way = RN_SEARCH_PLAIN};
    double image_s[2];
    size_t bytes;
    enum rn_status status = RN_OK;

    if (search->candidates && (size_t)trials.n > search->candidates)
        trials.n = (int)search->candidates;
    for (plan->bf16 = 0; plan->bf16 < 2; plan->bf16++)
        RN_TRY(rn_search_try(search, space, &trials, &image_s[plan->bf16], &bytes, err));
    plan->bf16 = image_s[1] < image_s[0];
    plan->image_s = image_s[plan->bf16];
done:
    return status;
}

int rn_search_most_networks(const struct rn_search_job *search)
{
    int most = search->options->halving ? HALVED_MAX_NETWORKS : MAX_NETWORKS;

    return most > search->jobs ? most : search->jobs;
}

double rn_search_population_seconds(const struct rn_search_job *search)
{
    return rn_search_seconds_left(search) - search->plan.finals_s;
}

/* Few images are seen more often, for a number of steps that says something. */
static int most_epochs(int images, int most)
{
    double least = ceil((double)RN_SEARCH_STEPS * RN_SEARCH_LEAST_BATCH / images);

    return (int)fmax(most, least);
}

/* Rounds of trainings, one a processor; the last one ends unevenly. */
static void share_population(struct rn_search_job *search, double seconds)
{
    struct rn_search_plan *plan = &search->plan;
    double all = seconds * search->jobs / plan->image_s, train = search->look.train, each;

    plan->networks =
        filled((int)clamp(all / RN_SEARCH_PASSES, MIN_NETWORKS, MAX_NETWORKS), search->jobs);
    if (search->candidates && (size_t)plan->networks > search->candidates)
        plan->networks = (int)search->candidates;
    each = seconds / plan->image_s / (rounds(plan->networks, search->jobs) + UNEVEN);
    plan->images = (int)clamp(each / MIN_EPOCHS, 1, train);
    plan->epochs = (int)clamp(round(each / plan->images), 1, most_epochs(plan->images, MAX_EPOCHS));
}

static void share_halved(struct rn_search_job *search, double seconds)
{
    struct rn_search_plan *plan = &search->plan;
    double all = seconds * search->jobs / plan->image_s / HALVED_SHARE;

    plan->networks = (int)clamp(all / HALVED_PASSES, MIN_NETWORKS, HALVED_MAX_NETWORKS);
    if (search->candidates && (size_t)plan->networks > search->candidates)
        plan->networks = (int)search->candidates;
    plan->epochs = RN_SEARCH_EPOCHS;
    plan->images = (int)clamp(all / plan->networks / plan->epochs, 1, search->look.train);
}

/* Ways before seeds, and seeds before networks. Where there are more processors than trainings,
   each gets several. */
static void share_finals(struct rn_search_job *search, double seconds)
{
    struct rn_search_plan *plan = &search->plan;
    double passes = seconds * search->jobs / plan->image_s;
    int fit = (int)clamp(passes / search->look.train / FINAL_EPOCHS, search->jobs,
                         RN_SEARCH_FINALISTS * RN_SEARCH_SEEDS);

    plan->ways = search->look.side <= RN_SEARCH_SMALL && fit > 1 ? 2 : 1;
    fit /= plan->ways;
    plan->seeds = fit < 2 ? 1 : fit < 2 * RN_SEARCH_SEEDS ? 2 : RN_SEARCH_SEEDS;
    plan->best = within(fit / plan->seeds, 1, within(plan->networks, 1, RN_SEARCH_BEST));
    plan->threads = within(search->jobs / (plan->best * plan->ways * plan->seeds), 1, search->jobs);
}

enum rn_status rn_search_plan_make(struct rn_search_job *search, const struct rn_space *space,
                                   struct rn_err *err)
{
    double left;
    enum rn_status status;

    RN_TRY(measure_speed(search, space, err));
    left = fmax(rn_search_seconds_left(search), 0);
    search->plan.finals_s = (1 - POPULATION) * left;
    if (search->options->halving)
        share_halved(search, USABLE * POPULATION * left);
    else
        share_population(search, USABLE * POPULATION * left);
    share_finals(search, USABLE * search->plan.finals_s);
done:
    return status;
}

/* As many epochs as there is time for, if a training takes so long for an image. */
static void set_final_epochs(struct rn_search_job *search, double image_s)
{
    struct rn_search_plan *plan = &search->plan;
    int trainings = search->n_finalists * plan->seeds;
    double each =
        USABLE * rn_search_seconds_left(search) / image_s / rounds(trainings, plan->at_once);

    plan->final_epochs =
        (int)clamp(each / search->look.train, 1, most_epochs(search->look.train, MAX_FINAL_EPOCHS));
}

enum rn_status rn_search_plan_finals(struct rn_search_job *search, struct rn_err *err)
{
    struct rn_search_plan *plan = &search->plan;
    uint64_t networks[RN_SEARCH_FINALISTS * RN_SEARCH_SEEDS];
    struct rn_search_trials trials = {.networks = networks,
                                      .n = search->n_finalists * plan->seeds,
                                      .threads = plan->threads,
                                      .way = RN_SEARCH_MOVED};
    struct rn_space *space = NULL;
    double image_s;
    size_t bytes, fit;
    enum rn_status status;

    trials.jobs = plan->at_once = within(search->jobs / plan->threads, 1, trials.n);
    for (int i = 0; i < trials.n; i++)
        networks[i] = search->finalists[i / plan->seeds].network;
    set_final_epochs(search, plan->image_s); /* the batches that are timed depend on it */
    RN_TRY(rn_search_space_open(search, &space, err));
    RN_TRY(rn_search_try(search, space, &trials, &image_s, &bytes, err));
    fit = rn_memory_free() / bytes;
    if (fit < (size_t)plan->at_once)
        plan->at_once = fit > 0 ? (int)fit : 1;
    set_final_epochs(search, image_s);
done:
    rn_space_free(space);
    return status;
}

/*
 * search.h: the best network for a folder of images, a budget and a time.
 *
 * A search is a directory (docs/search.md): what it will do (plan.json), the space (space.yaml), a
 * sweep of it (population/), the best networks retrained (final/), and the winner
 * (best.safetensors, model-card.md, report.html). The same call goes on where it stopped.
 *
 *     struct rn_search_options options = {.data = "photos", .dir = "runs/photos",
 *                                         .budget = {.flops = 400000000}, .seconds = 7200};
 *     RN_TRY(rn_search_run(&options, err));
 *     RN_TRY(rn_search_summary("runs/photos", false, &text, err));
 */
#ifndef REGNET_SEARCH_H
#define REGNET_SEARCH_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "regnet/sweep.h"

/* Upper limits of a network; 0: none. At least one is needed. */
struct rn_search_budget {
    int64_t flops, params, acts; /* multiply-adds, parameters, activations of one image */
    double latency_s;            /* of inference */
    int64_t memory;              /* bytes of inference: parameters and planned activations */
    int batch, threads;          /* of that inference; 0: 1 */
};

struct rn_search_options {
    const char *data;  /* the images, as rn_dataset_detect knows them */
    const char *dir;   /* where the search lies; made if missing */
    const char *space; /* NULL: RegNetY */
    struct rn_search_budget budget;
    double seconds;        /* for everything */
    bool halving;          /* the population, by successive halving (sweep.h) */
    uint64_t seed;         /* 0 ... INT_MAX - 3 */
    double skip_bad;       /* share of the images that may be damaged, and are left out */
    int jobs;              /* networks at once; 0: one a processor */
    bool plan_only;        /* the plan alone: what would be done, and for how long */
    bool fresh;            /* what the directory holds of a search is removed first */
    rn_event_fn *on_event; /* or NULL */
    void *arg;
    const volatile sig_atomic_t *stop;
};

/* The caller has one thread. RN_E_CONFIG: no limit is given, the space has no network within them,
   or the directory holds another search. RN_E_STOPPED: go on with the same call. */
enum rn_status rn_search_run(const struct rn_search_options *options, struct rn_err *err);

/* Appends what a finished search came to: its model card, or result.json. RN_E_FAILED: it is not
   finished. */
enum rn_status rn_search_summary(const char *dir, bool json, struct rn_buf *out,
                                 struct rn_err *err);

#endif

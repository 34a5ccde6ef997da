/* search.h: what the parts of a search share. Private to sweep. */
#ifndef RN_SWEEP_SEARCH_H
#define RN_SWEEP_SEARCH_H

#include "regnet/data.h"
#include "regnet/json.h"
#include "regnet/latency.h"
#include "regnet/search.h"
#include "regnet/train.h"

#define RN_SEARCH_BEST 3  /* most networks that are retrained */
#define RN_SEARCH_WAYS 2  /* most ways to retrain them */
#define RN_SEARCH_SEEDS 3 /* most trainings of either */
#define RN_SEARCH_FINALISTS (RN_SEARCH_BEST * RN_SEARCH_WAYS)
/* Images that a network must see before its error says something, and steps: with fewer, all
   networks are bad alike. Batches get smaller for them, down to the least. */
#define RN_SEARCH_PASSES 60000
#define RN_SEARCH_STEPS 600
#define RN_SEARCH_LEAST_BATCH 8
#define RN_SEARCH_SMALL 64 /* pixels: images of one size up to this are used as they are */
/* By successive halving: rungs after 1 and 3 epochs of 9, from each of which a third goes on. */
#define RN_SEARCH_RUNG 1
#define RN_SEARCH_FACTOR 3
#define RN_SEARCH_EPOCHS 9

/* What the images are. */
struct rn_search_look {
    char dataset[32]; /* TRAIN.DATASET */
    int classes;
    int train, held_out; /* images to train on; to judge by */
    bool test;           /* there is a part that nobody has chosen by */
    int side;            /* TRAIN.IM_SIZE */
    int resize;          /* TEST.IM_SIZE */
};

/* How the time is shared. */
struct rn_search_plan {
    double finals_s;       /* seconds that are the finals' */
    double image_s;        /* a population's training step's, per image and processor */
    int bf16;              /* 1: activations in bfloat16, which is faster here */
    int networks;          /* of the population */
    int images, epochs;    /* that each of them trains on, and how often */
    int best, ways, seeds; /* networks that are retrained, in so many ways, trainings of either */
    int threads;           /* of such a training */
    int at_once;           /* such trainings */
    int final_epochs;      /* 0: as is at_once, not known before the population is done */
};

/* How the images of a training are shown. Which is better for a final depends on them (mirrored
   digits are none) and on how long it is, so that small ones are tried both ways. */
enum rn_search_way {
    RN_SEARCH_MOVED, /* cropped and mirrored, as TRAIN.AUGMENT "" says */
    RN_SEARCH_STILL, /* as they are, mixed in pairs */
    RN_SEARCH_PLAIN  /* as they are: the population's */
};

/* One training of a finalist. */
struct rn_search_final {
    int finalist;
    int seed;  /* from 0 */
    bool done; /* result is known */
    struct rn_result result;
};

/* A network and a way to train it, over its trainings. */
struct rn_search_finalist {
    size_t network; /* of the population */
    enum rn_search_way way;
    double population_error; /* percent, in the population */
    double mean, low, high;  /* percent on the images held out; a 95 % interval of the mean */
    int trainings;           /* that did not diverge */
    struct rn_complexity cx;
};

struct rn_search_job {
    const struct rn_search_options *options;
    int jobs;
    double used; /* seconds, in this call and earlier ones, up to `since` */
    double since;
    double noted; /* when plan.json was last written for that alone */
    struct rn_search_look look;
    struct rn_search_plan plan;
    bool has_model;
    struct rn_latency_model model; /* of latency, where that is limited */
    size_t candidates;             /* draws that meet the limits; 0: any does */
    int trained;                   /* networks of the population that are done */
    int n_finalists;               /* plan.best * plan.ways, one network's together */
    size_t n_finals;               /* n_finalists * plan.seeds, one finalist's together */
    struct rn_search_final finals[RN_SEARCH_FINALISTS * RN_SEARCH_SEEDS];
    struct rn_search_finalist finalists[RN_SEARCH_FINALISTS];
    int winner;        /* a finalist */
    size_t best;       /* its training with the least error */
    double test_error; /* of that on the test part; negative: there is none */
};

/* Sends a line to the caller's on_event. */
#if defined(__GNUC__)
__attribute__((format(printf, 3, 4)))
#endif
void rn_search_say(const struct rn_search_job *search, bool transient, const char *fmt, ...);
/* DIR/NAME into path. */
enum rn_status rn_search_path(const struct rn_search_job *search, const char *name,
                              struct rn_buf *path, struct rn_err *err);
double rn_search_seconds_left(const struct rn_search_job *search);
/* search_plan.c: of these, how many are the population's. */
double rn_search_population_seconds(const struct rn_search_job *search);

/* search_look.c: opens the data, and says what is in it. */
enum rn_status rn_search_look(const char *data, struct rn_search_look *look, struct rn_err *err);

/* search_space.c: writes space.yaml and opens it: the space at this resolution, within the limits.
 */
enum rn_status rn_search_space(const struct rn_search_job *search, struct rn_space **space,
                               struct rn_err *err);
/* search_space.c: opens space.yaml as it is. */
enum rn_status rn_search_space_open(const struct rn_search_job *search, struct rn_space **space,
                                    struct rn_err *err);
/* search_space.c: where limits need a measurement, lists in space.yaml draws that meet all; sets
   candidates. */
enum rn_status rn_search_select(struct rn_search_job *search, const struct rn_space *space,
                                struct rn_err *err);
/* search_space.c: bytes of inference. */
enum rn_status rn_search_memory(const struct rn_arch *arch, int batch, int64_t *bytes,
                                struct rn_err *err);

/* Networks that are trained for a few steps. */
struct rn_search_trials {
    const uint64_t *networks; /* n; NULL: the first of the space */
    int n, jobs, threads;     /* jobs: at once */
    enum rn_search_way way;
};
/* search_speed.c: mean seconds of a training, per image, and the most bytes that one takes. */
enum rn_status rn_search_try(const struct rn_search_job *search, const struct rn_space *space,
                             const struct rn_search_trials *trials, double *image_s, size_t *bytes,
                             struct rn_err *err);

/* search_plan.c: shares the time, by the speed of networks of the space. */
enum rn_status rn_search_plan_make(struct rn_search_job *search, const struct rn_space *space,
                                   struct rn_err *err);
int rn_search_most_networks(const struct rn_search_job *search); /* that a plan can ask for */
/* search_plan.c: the finals' epochs, from the time that is left and the finalists' speed. */
enum rn_status rn_search_plan_finals(struct rn_search_job *search, struct rn_err *err);

/* search_state.c: plan.json, both ways. RN_E_CONFIG: the directory's search is another one. */
enum rn_status rn_search_state_write(const struct rn_search_job *search, struct rn_err *err);
enum rn_status rn_search_state_read(struct rn_search_job *search, bool *found, struct rn_err *err);
/* search_state.c: plan.json again, every ten seconds at most, so that after a kill the time that
   was used is known. */
void rn_search_note(struct rn_search_job *search);
/* search_state.c: latency.json. */
enum rn_status rn_search_model_write(const struct rn_search_job *search, struct rn_err *err);

/* search_recipe.c: how the networks of the population (RN_SEARCH_PLAIN), or the finals, train. */
enum rn_status rn_search_config(const struct rn_search_job *search, enum rn_search_way way,
                                struct rn_config *cfg, struct rn_err *err);

/* search_choose.c: the networks of the population with the least errors into finalists, as many as
   the plan retrains, or fewer: all that did not diverge. RN_E_DIVERGED: there are none. */
enum rn_status rn_search_choose(struct rn_search_job *search, struct rn_err *err);
/* search_recipe.c: of a final, for people. */
const char *rn_search_way_name(enum rn_search_way way);

/* search_finals.c: retrains the finalists; fills finals. */
enum rn_status rn_search_finals(struct rn_search_job *search, struct rn_err *err);
/* search_finals.c: final/N-SEED into path, N the finalist. */
enum rn_status rn_search_final_path(const struct rn_search_job *search, size_t i,
                                    struct rn_buf *path, struct rn_err *err);

/* search_report.c: tests the winner; best.safetensors, result.json, model-card.md, commands.sh. */
enum rn_status rn_search_report(struct rn_search_job *search, struct rn_err *err);
/* search_page.c: report.html. */
enum rn_status rn_search_page(const struct rn_search_job *search, const struct rn_buf *card,
                              struct rn_err *err);

#endif

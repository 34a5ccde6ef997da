/* population.h: the networks of one space in a study's directory. Private to sweep. */
#ifndef RN_SWEEP_POPULATION_H
#define RN_SWEEP_POPULATION_H

#include "regnet/report.h"
#include "study.h"

/* What a run came to. */
struct rn_record {
    bool finished;
    struct rn_result result;
};

struct rn_run {
    struct rn_sample sample; /* the network, with the data set's number of classes */
    struct rn_record record;
    char *failure; /* why it could not be trained; NULL: it did not fail */
};

struct rn_networks {
    const char *space; /* its name, borrowed from the study */
    size_t n;
    struct rn_run *runs;
    size_t finished, diverged, failed;
};

/* Draws the networks and reads what their runs came to. RN_E_CONFIG: a run there is of another
   network than the space now draws. */
enum rn_status rn_networks_read(const struct rn_study *study, size_t space, const char *dir, int n,
                                struct rn_networks *networks, struct rn_err *err);
void rn_networks_release(struct rn_networks *networks);
/* Reads one run again. */
enum rn_status rn_networks_update(struct rn_networks *networks, const char *dir, size_t i,
                                  struct rn_err *err);

/* DIR/<space>/runs/000012 into path. */
enum rn_status rn_run_path(const char *dir, const char *space, size_t i, struct rn_buf *path,
                           struct rn_err *err);
/* Records, or with NULL removes, why a run failed. */
enum rn_status rn_run_fail(const char *run_dir, const char *reason, struct rn_err *err);
/* The error of a result as distributions count it: a diverged network guesses (docs/studies.md). */
double rn_counted_error(const struct rn_result *result, int classes);

/* The errors of the finished runs; RN_E_FAILED when there is none. */
enum rn_status rn_networks_edf(const struct rn_networks *networks, int classes,
                               struct rn_population *population, struct rn_err *err);

#endif

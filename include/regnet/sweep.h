/*
 * sweep.h: populations: networks drawn from a space, each trained in a run directory of its own.
 *
 * A sweep is a directory: sweep.yaml (what it is), runs/000000/ .. (train.h). The runs are the
 * truth; everything else can be made again from them. A study trains one population for each of
 * several spaces, compares their error distributions and retrains the best network
 * (docs/studies.md).
 *
 *     RN_TRY(rn_study_open("configs/studies/quickstart.yaml", &study, err));
 *     RN_TRY(rn_study_run(study, &(struct rn_study_options){.dir = "runs/quickstart"}, err));
 */
#ifndef REGNET_SWEEP_H
#define REGNET_SWEEP_H

#include <signal.h>

#include "regnet/config.h"
#include "regnet/stats.h"
#include "regnet/train.h"

struct rn_study;

struct rn_study_options {
    const char *dir;      /* where it lies; made if missing */
    const char *data_dir; /* of the data set; NULL: as the study says */
    int jobs;             /* networks at once, and threads of the retraining; 0: one a core */
    int networks;         /* a space; 0: as the study says; never fewer than are there already */
    bool fresh;           /* what the directory holds of a study is removed first */
    void (*on_event)(void *arg, const char *line, bool transient); /* a message, or a progress line
                                                                      that replaces the last one */
    void *arg;
    const volatile sig_atomic_t *stop;
};

enum rn_status rn_study_open(const char *path, struct rn_study **study, struct rn_err *err);
void rn_study_free(struct rn_study *study);
const char *rn_study_name(const struct rn_study *study); /* borrowed */
/* Trains what is not trained yet, retrains the best network, writes best.safetensors and
   report.html. Networks train in processes of their own, forked from the caller, which must have
   one thread. RN_E_STOPPED: go on with the same call. RN_E_CONFIG: the directory holds another
   study. RN_E_FAILED: another process works in it. A network that fails is recorded and left out;
   three failures of one kind in a row end the study with their status and message. */
enum rn_status rn_study_run(const struct rn_study *study, const struct rn_study_options *options,
                            struct rn_err *err);

/* Appends what a study's directory says so far: the table, the distributions drawn, the
   differences, the best network; or the same as one JSON object (docs/studies.md). */
enum rn_status rn_study_summary(const char *dir, bool json, struct rn_buf *out, struct rn_err *err);

#endif

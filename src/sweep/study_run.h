/* study_run.h: what the parts of a study's run share. Private to sweep. */
#ifndef RN_SWEEP_STUDY_RUN_H
#define RN_SWEEP_STUDY_RUN_H

#include "population.h"
#include "work.h"

struct rn_study_run {
    const struct rn_study *study;
    const struct rn_study_options *options;
    struct rn_study_dir dir;
    int jobs;                     /* processes at once */
    int classes;                  /* of the data set */
    struct rn_networks *networks; /* study->n_spaces populations */
    const struct rn_run *best;    /* of all, by its error on held-out images; NULL: none yet */
    size_t best_space;
    bool retrained; /* best, and final is its result */
    struct rn_result final;
};

/* Draws every population and reads what is there of its runs, and of the retraining. */
enum rn_status rn_study_run_read(struct rn_study_run *run, struct rn_err *err);
void rn_study_run_release(struct rn_study_run *run);

/* Sends a line to the caller's on_event. */
#if defined(__GNUC__)
__attribute__((format(printf, 3, 4)))
#endif
void rn_study_say(const struct rn_study_run *run, bool transient, const char *fmt, ...);

/* Trains what is not trained yet, and waits for what others train. */
enum rn_status rn_study_train(struct rn_study_run *run, struct rn_err *err);
/* Whether the retraining in a directory is of the best network. */
enum rn_status rn_study_is_chosen(const struct rn_study_run *run, const char *final_dir,
                                  bool *chosen, struct rn_err *err);
/* Retrains the best network, tests it, and writes best.safetensors. */
enum rn_status rn_study_finish(struct rn_study_run *run, struct rn_err *err);

/* What the study says so far. */
enum rn_status rn_study_text(const struct rn_study_run *run, struct rn_buf *out,
                             struct rn_err *err);
enum rn_status rn_study_json(const struct rn_study_run *run, struct rn_buf *out,
                             struct rn_err *err);

/* A study's directory, to be read only. */
struct rn_study_view {
    struct rn_study *study;
    struct rn_study_options options;
    struct rn_study_run run;
};

enum rn_status rn_study_view_new(const char *dir, struct rn_study_view **view, struct rn_err *err);
void rn_study_view_free(struct rn_study_view *view);

/* Sections of its page: the best network retrained, if it has been, and what failed, if anything
   did. */
enum rn_status rn_study_page_best(const struct rn_study_run *run, struct rn_page *page,
                                  struct rn_err *err);
enum rn_status rn_study_page_failures(const struct rn_study_run *run, struct rn_page *page,
                                      struct rn_err *err);

/* The populations' distributions (study->n_spaces of them), yours to release. */
enum rn_status rn_study_edfs(const struct rn_study_run *run, struct rn_population **populations,
                             struct rn_err *err);
void rn_study_edfs_release(const struct rn_study_run *run, struct rn_population *populations);
/* One population against the one before it, in a sentence. */
enum rn_status rn_study_compare(const struct rn_study_run *run, const struct rn_population *before,
                                const struct rn_population *after, struct rn_buf *out,
                                struct rn_err *err);
/* What `final` is tested on, in words. */
const char *rn_study_tested_on(const struct rn_study_run *run);
/* The line that predicts with the best network. */
enum rn_status rn_study_predict_line(const struct rn_study_run *run, struct rn_buf *out,
                                     struct rn_err *err);

#endif

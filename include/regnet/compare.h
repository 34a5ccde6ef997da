/*
 * compare.h: networks of several families at equal cost, as the paper's tables 2 to 4 compare them.
 *
 * A comparison is a file (docs/compare.md): groups of networks of about equal cost, each by its
 * name or as a family's member at so many multiply-adds, and one recipe. Each network is trained
 * with several seeds, in run directories of its own. Where none is trained, the error is the
 * literature's if the file quotes it, and is marked as quoted everywhere.
 *
 *     struct rn_compare_options options = {.dir = "runs/mine", .train = true};
 *     RN_TRY(rn_comparison_open("mine.yaml", NULL, &comparison, err));
 *     RN_TRY(rn_comparison_run(comparison, &options, err));
 *     RN_TRY(rn_comparison_text(comparison, &out, err));
 *     rn_comparison_free(comparison);
 */
#ifndef REGNET_COMPARE_H
#define REGNET_COMPARE_H

#include <signal.h>

#include "regnet/analysis.h"
#include "regnet/arch.h"
#include "regnet/sweep.h"

struct rn_comparison;

/* A row of the table. What is not known is NAN. */
struct rn_compared {
    char name[RN_NAME_MAX]; /* of its directory, too: "RegNetX-5MF" */
    const char *group;      /* borrowed from the comparison */
    struct rn_arch arch;
    struct rn_complexity cx;
    int trained, diverged, failed; /* seeds; a diverged one is trained, and counts as guessing */
    bool quoted;                   /* the error is not ours */
    double error, std;             /* percent: mean and standard deviation over the seeds */
    double original; /* percent: as its authors reported it, where error is another's */
    double infer_ms; /* an image, measured here; batches of RN_COMPARE_BATCH */
};

#define RN_COMPARE_BATCH 16

struct rn_compare_options {
    const char *dir;       /* where the runs lie; made if there is something to keep */
    bool train;            /* what is not trained yet */
    bool time;             /* the inference of networks that is not measured yet */
    int jobs;              /* trainings at once; 0: as many as have processors */
    rn_event_fn *on_event; /* or NULL */
    void *arg;
    const volatile sig_atomic_t *stop;
};

/* data_dir: where the data set lies; NULL: as the comparison says. RN_E_CONFIG: the file, with the
   line; a network or family that is not known. */
enum rn_status rn_comparison_open(const char *path, const char *data_dir,
                                  struct rn_comparison **comparison, struct rn_err *err);
void rn_comparison_free(struct rn_comparison *comparison);
const char *rn_comparison_name(const struct rn_comparison *comparison); /* borrowed */
/* Trains and measures what the options ask for, and reads what the directory has of it. Without
   this call there are only quoted errors. Networks train as a study's do (sweep.h): in processes
   forked from the caller, which must have one thread. RN_E_STOPPED: go on with the same call.
   RN_E_CONFIG: the directory holds a network of this name that is another one. */
enum rn_status rn_comparison_run(struct rn_comparison *comparison,
                                 const struct rn_compare_options *options, struct rn_err *err);
/* The rows, group by group in the file's order; borrowed until the next run. */
const struct rn_compared *rn_comparison_rows(const struct rn_comparison *comparison, size_t *n);

/* Appends the table as text, as one JSON object, or with its figures as a page (needs gnuplot). */
enum rn_status rn_comparison_text(const struct rn_comparison *comparison, struct rn_buf *out,
                                  struct rn_err *err);
enum rn_status rn_comparison_json(const struct rn_comparison *comparison, struct rn_buf *out,
                                  struct rn_err *err);
enum rn_status rn_comparison_page(const struct rn_comparison *comparison, struct rn_buf *html,
                                  struct rn_err *err);
/* Error against "flops", "params", "acts" and, if measured, "time"; yours: rn_figure_release.
   RN_E_DATA: no network has both. RN_E_CONFIG: another cost. */
enum rn_status rn_comparison_figure(const struct rn_comparison *comparison, const char *cost,
                                    struct rn_figure *figure, struct rn_err *err);

#endif

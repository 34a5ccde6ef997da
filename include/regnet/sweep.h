/*
 * sweep.h: populations: networks drawn from a space, each trained in a run directory of its own.
 *
 * A sweep is a directory: sweep.yaml (what it is), runs/000000/ .. (train.h). The runs are the
 * truth; everything else can be made again from them. Any number of workers, on any number of
 * machines, may run one at once (docs/sweeps.md says by which protocol). A study trains one
 * population for each of several spaces, compares their error distributions and retrains the best
 * network (docs/studies.md).
 *
 *     RN_TRY(rn_sweep_setup(&(struct rn_sweep_setup){.dir = "runs/a", .space = "RegNetX@mini",
 *                                                    .networks = 100}, err));
 *     RN_TRY(rn_sweep_run(&(struct rn_sweep_options){.dir = "runs/a"}, err));
 *     RN_TRY(rn_sweep_status("runs/a", false, &text, err));
 *
 *     RN_TRY(rn_study_open("configs/studies/quickstart.yaml", NULL, &study, err));
 *     RN_TRY(rn_study_run(study, &(struct rn_study_options){.dir = "runs/quickstart"}, err));
 */
#ifndef REGNET_SWEEP_H
#define REGNET_SWEEP_H

#include <signal.h>

#include "regnet/config.h"
#include "regnet/stats.h"
#include "regnet/train.h"

/* What a long call tells: a message, or a progress line that replaces the last one. */
typedef void rn_event_fn(void *arg, const char *line, bool transient);

/*
 * Sweeps.
 */

/* How a network of a sweep stands. Done and diverged are results, and a stopped one has none; the
   rest may be tried again. */
enum rn_run_state {
    RN_RUN_WAITING,
    RN_RUN_RUNNING,
    RN_RUN_DONE,
    RN_RUN_DIVERGED,
    RN_RUN_MEMORY,    /* memory was short */
    RN_RUN_DATA,      /* a file could not be read, or is not what it should be */
    RN_RUN_PREEMPTED, /* stopped on request */
    RN_RUN_LOST,      /* its worker is gone */
    RN_RUN_FAILED,
    RN_RUN_PAUSED, /* at a rung of successive halving, where the others are waited for */
    RN_RUN_STOPPED /* not among those that go on */
};
#define RN_RUN_STATES (RN_RUN_STOPPED + 1)
const char *rn_run_state_name(enum rn_run_state state); /* "out of memory" */

struct rn_sweep_setup {
    const char *dir;
    const char *space;  /* a pycls sweep file, or a space as rn_space_open takes it */
    long long networks; /* 0: as the sweep file says, or as many as are there already */
    long long seed;     /* negative: as the sweep file says, or 1 */
    long long lease;    /* seconds without a sign of life until an attempt is lost; 0: 60 */
    /* Successive halving: after so many epochs, then `factor` times as many and so on, the best of
       the networks go on, 1/factor of them. 0: none, or as the directory or the sweep file says. */
    long long halving_epochs, halving_factor;
    /* The sweep ends when the KS statistic between two halves of what is trained is no larger. 0:
       as the directory or the sweep file says, or never; negative: never. */
    double edf_ks;
    const struct rn_config *config; /* of the training; NULL: a sweep file's, or the defaults */
    const char *data_dir;           /* of the data set; NULL: as the configuration says */
    int n_settings;                 /* pairs KEY VALUE over it */
    char *const *settings;          /* 2 x n_settings */
};

/* Makes the directory, or changes the number of its networks. RN_E_CONFIG: it holds another sweep,
   and what differs. */
enum rn_status rn_sweep_setup(const struct rn_sweep_setup *setup, struct rn_err *err);

struct rn_sweep_options {
    const char *dir;
    const char *data_dir; /* of the data set; NULL: as the configuration says */
    int jobs;             /* networks at once; 0: as many as have processors for their threads */
    size_t memory;        /* bytes that they may take together by the forecast; 0: what is free */
    long long limit;      /* networks to be tried by this call; 0: all that wait */
    long long only;       /* one more than a network's number: that one alone, and with new retries;
                             0: all */
    double seconds;       /* after which it stops, with checkpoints; 0: never */
    bool keep_going;      /* even where the first three networks fail the same way */
    rn_event_fn *on_event; /* or NULL */
    void *arg;
    const volatile sig_atomic_t *stop;
    /* Trains one network in a process of its own, by rn_train's contract; NULL: rn_train. */
    enum rn_status (*train)(const struct rn_config *cfg, const struct rn_train_options *options,
                            struct rn_result *result, struct rn_err *err);
};

/* Works until every network is over, or tried as often as it may be. The caller has one thread.
   RN_E_STOPPED: go on with the same call. RN_E_FAILED: all fail the same way. RN_E_IO: the
   directory cannot be written (any more); what is published stays. */
enum rn_status rn_sweep_run(const struct rn_sweep_options *options, struct rn_err *err);

/* Appends how many networks stand how, and what failed: its reason, its log, the command that tries
   it again; or the same as one JSON object. */
enum rn_status rn_sweep_status(const char *dir, bool json, struct rn_buf *out, struct rn_err *err);
/* Appends the n networks with the lowest errors, and the command that trains each. */
enum rn_status rn_sweep_best(const char *dir, size_t n, struct rn_buf *out, struct rn_err *err);
/* Removes what is of no use: attempts at published networks, damaged runs, and checkpoints by rule:
   keep is "all", "last", "best" (the best network's last), "none", or NULL: as the sweep says.
   Appends what it did. */
enum rn_status rn_sweep_gc(const char *dir, const char *keep, struct rn_buf *out,
                           struct rn_err *err);

/* Looks at a sweep again and again: what has been checked once is not read again. */
struct rn_sweep_watch;
enum rn_status rn_sweep_watch_new(const char *dir, struct rn_sweep_watch **watch,
                                  struct rn_err *err);
void rn_sweep_watch_free(struct rn_sweep_watch *watch);
/* Appends a line: counts, the best so far, the time left; with columns > 0 the distribution too, in
   that many characters. *over: nothing runs, and nothing is left to try. */
enum rn_status rn_sweep_watch_look(struct rn_sweep_watch *watch, int columns, int rows,
                                   struct rn_buf *out, bool *over, struct rn_err *err);
/* The same as a page, and what rn_sweep_status says as JSON, of one look. Without gnuplot the page
   has no figure, and says so. */
enum rn_status rn_sweep_watch_page(struct rn_sweep_watch *watch, struct rn_buf *html,
                                   struct rn_buf *json, bool *over, struct rn_err *err);

struct rn_sweep_collection {
    const char *json, *csv; /* files to be written: pycls' sweep.json, a table; or NULL */
};
/* Folds the published runs into DIR/sweep.db: what is new, and what is gone. At any time, while
   workers run. Appends what it did. */
enum rn_status rn_sweep_collect(const char *dir, const struct rn_sweep_collection *options,
                                struct rn_buf *out, struct rn_err *err);

struct rn_sweep_launch {
    const char *dir;
    const char *program;                       /* regnet, as the nodes find it */
    long long minutes;                         /* time limit of a task; 0: as LAUNCH says */
    long long parallel, cpus, gpus, memory_gb; /* tasks at once, and of a task; 0: the same */
    const char *partition, *account, *qos, *constraint; /* NULL: as LAUNCH says, or none */
    const char *extra; /* one more #SBATCH line, without that word */
    bool dry_run;      /* nothing is submitted */
};
/* Submits Slurm arrays with a task for each network that waits, and appends what sbatch says; with
   dry_run, the script and the commands. RN_E_STOPPED: the site takes no more for now, and the same
   call submits the rest later. RN_E_FAILED: sbatch fails again and again, or takes none. */
enum rn_status rn_sweep_launch(const struct rn_sweep_launch *launch, struct rn_buf *out,
                               struct rn_err *err);

/*
 * Studies.
 */

struct rn_study;

struct rn_study_options {
    const char *dir;       /* where it lies; made if missing */
    int jobs;              /* networks at once; 0: as many as have processors for their threads; the
                              retraining has the threads of all */
    int networks;          /* a space; 0: as the study says; never fewer than are there already */
    bool fresh;            /* what the directory holds of a study is removed first */
    rn_event_fn *on_event; /* or NULL */
    void *arg;
    const volatile sig_atomic_t *stop;
};

/* data_dir: where the data set lies; NULL: as the study says. Of folders, lists and shards the
   classes are counted there. */
enum rn_status rn_study_open(const char *path, const char *data_dir, struct rn_study **study,
                             struct rn_err *err);
void rn_study_free(struct rn_study *study);
const char *rn_study_name(const struct rn_study *study); /* borrowed */
/* Trains what is not trained yet, retrains the best network, writes best.safetensors and
   report.html. Networks train in processes of their own, forked from the caller, which must have
   one thread. Several processes may do so at once: no network is trained twice. RN_E_STOPPED: go on
   with the same call. RN_E_CONFIG: the directory holds another study. RN_E_FAILED: another process
   works on it, and it was to be enlarged or begun anew. A network that fails is recorded and left
   out; three failures of one kind in a row end the study with their status and message. */
enum rn_status rn_study_run(const struct rn_study *study, const struct rn_study_options *options,
                            struct rn_err *err);

/* Appends what a study's directory says so far: the table, the distributions drawn, the
   differences, the best network; or the same as one JSON object (docs/studies.md). */
enum rn_status rn_study_summary(const char *dir, bool json, struct rn_buf *out, struct rn_err *err);

#endif

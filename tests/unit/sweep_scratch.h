/* sweep_scratch.h: a small sweep in a temporary directory, and trainings that take no time. */
#ifndef RN_TESTS_SWEEP_SCRATCH_H
#define RN_TESTS_SWEEP_SCRATCH_H

#include <errno.h>
#include <math.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "study_scratch.h"
#include "sweep/sweep_view.h"
#include "train/run.h"

#define LEASE 2 /* seconds */

static char sweep_dir[128];

static inline void make_sweep(const char *name, long long networks)
{
    char key[] = "OPTIM.MAX_EPOCH", value[] = "1";
    char *settings[] = {key, value};
    struct rn_err err = {0};

    (void)snprintf(sweep_dir, sizeof sweep_dir, "%s/%s", root, name);
    ok(rn_sweep_setup(&(struct rn_sweep_setup){.dir = sweep_dir,
                                               .space = "RegNetX@mini",
                                               .networks = networks,
                                               .seed = 3,
                                               .lease = LEASE,
                                               .n_settings = 1,
                                               .settings = settings},
                      &err),
       &err);
}

static inline size_t network_of(const struct rn_train_options *options)
{
    const char *slash = strrchr(options->dir, '/');

    return strtoull(slash + 1, NULL, 10);
}

/* A result whose error is a function of the network. */
static inline enum rn_status write_result(const struct rn_train_options *options,
                                          enum rn_outcome outcome, struct rn_err *err)
{
    struct rn_result result = {.outcome = outcome,
                               .epochs = 1,
                               .top1_err = 10 + (double)(network_of(options) * 7 % 50),
                               .top5_err = 1,
                               .loss = 1,
                               .seconds = 1,
                               .images_per_s = 1,
                               .cx = {1000, 100, 10}};

    return rn_result_write(options->dir, "net", &result, err);
}

static inline enum rn_status train_nothing(const struct rn_config *cfg,
                                           const struct rn_train_options *options,
                                           struct rn_result *result, struct rn_err *err)
{
    (void)cfg, (void)result;
    return write_result(options, RN_OUTCOME_DONE, err);
}

static inline enum rn_status run_sweep(struct rn_sweep_options options, struct rn_err *err)
{
    options.dir = sweep_dir;
    if (!options.jobs)
        options.jobs = 1;
    if (!options.train)
        options.train = train_nothing;
    return rn_sweep_run(&options, err);
}

static inline void look(struct rn_sweep_view *view)
{
    struct rn_err err = {0};

    ok(rn_sweep_view_init(view, sweep_dir, &err), &err);
}

static inline size_t count_of(enum rn_run_state state)
{
    struct rn_sweep_view view;
    size_t n;

    look(&view);
    n = view.jobs.count[state];
    rn_sweep_view_release(&view);
    return n;
}

static inline const char *in_sweep(const char *name)
{
    static char path[4][256];
    static int turn;

    turn = (turn + 1) % 4;
    (void)snprintf(path[turn], sizeof path[turn], "%s/%s", sweep_dir, name);
    return path[turn];
}

static inline void check_all_published(size_t n)
{
    struct rn_sweep_view view;
    struct rn_run_record record;
    struct rn_buf path = {0};

    look(&view);
    assert_int_equal(view.jobs.count[RN_RUN_DONE], n);
    assert_int_equal(view.jobs.damaged, 0);
    for (size_t i = 0; i < n; i++) {
        ok(rn_published_path(sweep_dir, i, &path, NULL), NULL);
        assert_int_equal(rn_record_read(path.data, &record, NULL, NULL), RN_OK);
        assert_int_equal(record.network, i);
    }
    rn_buf_release(&path);
    rn_sweep_view_release(&view);
}

#endif

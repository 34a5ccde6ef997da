/* sweep: how trainings end, what a full disk does, and sweeps that change their size. */
#include <sys/resource.h>

#include "regnet/analysis.h"
#include "sweep_scratch.h"

static int set_up(void **state)
{
    (void)state;
    make_root();
    return 0;
}

/* ---- disks ---- */

/* No file may have a byte: as on a full disk, every write fails. */
static void test_full_disk(void **state)
{
    struct rn_err err = {0};
    int status;
    pid_t pid;

    (void)state;
    make_sweep("full", 3);
    ok(run_sweep((struct rn_sweep_options){.limit = 1}, &err), &err);
    pid = fork();
    if (pid == 0) {
        struct rlimit none = {0, 0};
        signal(SIGXFSZ, SIG_IGN);
        if (setrlimit(RLIMIT_FSIZE, &none) != 0)
            _exit(9);
        status = run_sweep((struct rn_sweep_options){0}, &err);
        _exit(status == RN_E_IO && strstr(err.msg, "could not write this file") ? 0 : 1);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    assert_int_equal(count_of(RN_RUN_DONE), 1);
    ok(run_sweep((struct rn_sweep_options){0}, &err), &err);
    check_all_published(3);
}

/* ---- outcomes ---- */

static enum rn_status train_some(const struct rn_config *cfg,
                                 const struct rn_train_options *options, struct rn_result *result,
                                 struct rn_err *err)
{
    size_t network = network_of(options);

    (void)cfg, (void)result;
    if (network % 17 == 8)
        return rn_fail(err, RN_E_NOMEM, "could not allocate %zu bytes", 1000 + network);
    return write_result(options, network % 5 == 1 ? RN_OUTCOME_DIVERGED : RN_OUTCOME_DONE, err);
}

static void assert_reported(const char *counts)
{
    const char *dir = sweep_dir;
    struct rn_analysis *analysis;
    struct rn_err err = {0};
    struct rn_buf html = {0};

    ok(rn_analysis_new(&dir, 1, &(struct rn_analysis_options){0}, &analysis, &err), &err);
    ok(rn_analysis_page(analysis, &html, &err), &err);
    assert_contains(html.data, counts);
    rn_analysis_free(analysis);
    rn_buf_release(&html);
}

static void test_some_fail(void **state)
{
    struct rn_err err = {0};
    struct rn_buf said = {0};
    struct rn_sweep_view view;

    (void)state;
    make_sweep("some", 50);
    ok(run_sweep((struct rn_sweep_options){.train = train_some, .jobs = 2}, &err), &err);
    look(&view);
    assert_int_equal(view.jobs.count[RN_RUN_DONE], 37);
    assert_int_equal(view.jobs.count[RN_RUN_DIVERGED], 10);
    assert_int_equal(view.jobs.count[RN_RUN_MEMORY], 3);
    assert_int_equal(view.jobs.job[8].failures, 4); /* and three retries */
    rn_sweep_view_release(&view);
    ok(rn_sweep_status(sweep_dir, false, &said, &err), &err);
    assert_contains(said.data, "37 done, 10 diverged, 3 out of memory\n");
    assert_contains(said.data, "    8  out of memory: could not allocate 1008 bytes (attempt 4)");
    assert_contains(said.data, "attempts/000008.4/log.jsonl");
    assert_contains(said.data, "regnet sweep run ");
    assert_contains(said.data, "some --network 8\n");
    rn_buf_release(&said);
    assert_reported("Its 50 networks: 37 done, 10 diverged, 3 out of memory.");
    ok(run_sweep((struct rn_sweep_options){.only = 9}, &err), &err); /* as it says */
    assert_int_equal(count_of(RN_RUN_DONE), 38);
}

static enum rn_status train_badly(const struct rn_config *cfg,
                                  const struct rn_train_options *options, struct rn_result *result,
                                  struct rn_err *err)
{
    (void)cfg, (void)result;
    return rn_fail(err, RN_E_DATA, "%s: no images", options->dir);
}

/* Leaves a log and a checkpoint that no attempt after it can read. */
static enum rn_status train_torn(const struct rn_config *cfg,
                                 const struct rn_train_options *options, struct rn_result *result,
                                 struct rn_err *err)
{
    struct rn_buf torn = {0}, log = {0};
    bool there;

    (void)cfg, (void)result;
    ok(rn_path_join(&torn, options->dir, "checkpoints", err), err);
    there = rn_path_exists(torn.data);
    ok(rn_dir_make(torn.data, err), err);
    ok(rn_buf_addf(&torn, err, "/000001-00000000.safetensors"), err);
    ok(rn_path_join(&log, options->dir, "log.jsonl", err), err);
    if (!there && strstr(options->dir, "000000.1")) {
        ok(rn_file_write(torn.data, "", 0, err), err);
        ok(rn_file_write(log.data, "", 0, err), err);
        there = true;
    }
    rn_buf_release(&torn);
    rn_buf_release(&log);
    return there ? rn_fail(err, RN_E_DATA, "no checkpoint is whole")
                 : write_result(options, RN_OUTCOME_DONE, err);
}

static void test_torn_checkpoints(void **state)
{
    struct rn_sweep_view view;
    struct rn_err err = {0};

    (void)state;
    make_sweep("torn", 1);
    ok(run_sweep((struct rn_sweep_options){.train = train_torn, .keep_going = true}, &err), &err);
    look(&view);
    assert_int_equal(view.jobs.count[RN_RUN_DONE], 1); /* by the last retry, which begins anew */
    rn_sweep_view_release(&view);
}

static void test_all_fail_alike(void **state)
{
    struct rn_err err = {0};

    (void)state;
    make_sweep("alike", 20);
    assert_int_equal(run_sweep((struct rn_sweep_options){.train = train_badly}, &err), RN_E_FAILED);
    assert_contains(err.msg, "all jobs fail the same way: ");
    assert_contains(err.msg, "no images");
    assert_int_equal(count_of(RN_RUN_DATA), 3);
    assert_int_equal(run_sweep((struct rn_sweep_options){0}, &err), RN_E_FAILED);
    ok(run_sweep((struct rn_sweep_options){.keep_going = true}, &err), &err);
    check_all_published(20);
}

static enum rn_status train_until_stopped(const struct rn_config *cfg,
                                          const struct rn_train_options *options,
                                          struct rn_result *result, struct rn_err *err)
{
    (void)cfg, (void)options, (void)result, (void)err;
    pause();
    return RN_OK;
}

/* The time is up: not a failure, and no retry is used. */
static void test_time_is_up(void **state)
{
    struct rn_err err = {0};
    struct rn_sweep_view view;

    (void)state;
    make_sweep("time", 2);
    assert_int_equal(
        run_sweep((struct rn_sweep_options){.train = train_until_stopped, .seconds = 0.1}, &err),
        RN_E_STOPPED);
    assert_contains(err.msg, "its time is up with 0 of 2 networks");
    look(&view);
    assert_int_equal(view.jobs.count[RN_RUN_PREEMPTED], 1);
    assert_int_equal(view.jobs.job[0].failures, 0);
    rn_sweep_view_release(&view);
    ok(run_sweep((struct rn_sweep_options){0}, &err), &err);
    check_all_published(2);
}

/* ---- set-up ---- */

static void test_enlarge_and_shrink(void **state)
{
    struct rn_err err = {0};

    (void)state;
    make_sweep("size", 2);
    ok(run_sweep((struct rn_sweep_options){0}, &err), &err);
    make_sweep("size", 5);
    ok(run_sweep((struct rn_sweep_options){0}, &err), &err);
    check_all_published(5);
    make_sweep("size", 3);
    check_all_published(3);
    assert_true(rn_path_exists(in_sweep("runs/000004")));
    make_sweep("size", 0); /* as it is */
    check_all_published(3);
}

/* A population of a study's is trained by that study, and its runs have no records of ours. */
static void test_study_is_left_alone(void **state)
{
    struct rn_sweep_setup asked = {
        .dir = sweep_dir, .space = "RegNetX@mini", .networks = 2, .seed = 1};
    struct rn_err err = {0};

    (void)state;
    (void)snprintf(sweep_dir, sizeof sweep_dir, "%s/study", root);
    ok(rn_dir_make(sweep_dir, &err), &err);
    write_text("study/sweep.yaml",
               "name: RegNetX-mini\nspace: RegNetX@mini\nnetworks: 2\nseed: 1\n");
    assert_int_equal(rn_sweep_setup(&asked, &err), RN_E_CONFIG);
    assert_contains(err.msg, "is a study's");
    assert_int_equal(run_sweep((struct rn_sweep_options){0}, &err), RN_E_CONFIG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_full_disk),           cmocka_unit_test(test_some_fail),
        cmocka_unit_test(test_torn_checkpoints),    cmocka_unit_test(test_all_fail_alike),
        cmocka_unit_test(test_time_is_up),          cmocka_unit_test(test_enlarge_and_shrink),
        cmocka_unit_test(test_study_is_left_alone),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}

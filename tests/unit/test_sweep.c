/* sweep: study files and the pool of processes. */
#include <math.h>
#include <signal.h>
#include <unistd.h>

#include "study_scratch.h"
#include "sweep/procs.h"

static int set_up(void **state)
{
    (void)state;
    make_root();
    write_tiny_study();
    return 0;
}

/* ---- study files ---- */

static void test_study_base(void **state)
{
    struct rn_study *study = NULL;
    struct rn_err err = {0};
    const char *path;

    (void)state;
    path = write_text("child.yaml", "base: tiny.yaml\nname: child\nnetworks: 7\n"
                                    "config:\n  OPTIM: {MAX_EPOCH: 3}\n");
    ok(rn_study_read(path, &study, &err), &err);
    assert_string_equal(study->name, "child");
    assert_int_equal(study->networks, 7);
    assert_int_equal(study->seed, 5);
    assert_int_equal(study->n_spaces, 2);
    assert_int_equal(study->config.optim.max_epoch, 3);
    assert_true(fabs(study->config.optim.base_lr - 0.05) < 1e-15);
    assert_int_equal(study->config.data_loader.hold_out, 100);
    assert_int_equal(study->final.optim.max_epoch, 3);
    assert_int_equal(study->final.data_loader.hold_out, 0);
    assert_string_equal(study->final.test.split, "test");
    rn_study_free(study);
}

/* Of two bases the later one counts, and what it is based on itself. */
static void test_study_bases(void **state)
{
    struct rn_study *study = NULL;
    struct rn_err err = {0};
    const char *path;

    (void)state;
    write_text("figure.yaml", "base: tiny.yaml\nname: figure\nspaces: [RegNetX, AnyNetXA@6.5MF]\n"
                              "networks: 3\nconfig: {OPTIM: {MAX_EPOCH: 9, MOMENTUM: 0.7}}\n");
    write_text("recipe.yaml", "overlay: mini\nfinal: none\nconfig: {OPTIM: {MAX_EPOCH: 2}}\n");
    path = write_text("both.yaml", "base: [figure.yaml, recipe.yaml]\nseed: 8\n");
    ok(rn_study_read(path, &study, &err), &err);
    assert_string_equal(study->name, "figure");
    assert_int_equal(study->networks, 3);
    assert_int_equal(study->seed, 8);
    assert_int_equal(study->config.optim.max_epoch, 2);
    assert_true(fabs(study->config.optim.momentum - 0.7) < 1e-15);
    assert_true(fabs(study->config.optim.base_lr - 0.05) < 1e-15);
    assert_int_equal(study->n_spaces, 2);
    assert_string_equal(study->space_names[0], "RegNetX@mini");
    assert_string_equal(study->space_names[1], "AnyNetXA@mini@6.5MF");
    assert_false(study->retrain);
    rn_study_free(study);
}

/* The overlay goes behind a file's path, before the overlays that stand there. A `final` of the
   study's own brings the retraining back. */
static void test_study_overlay_of_a_file(void **state)
{
    struct rn_study *study = NULL;
    struct rn_err err = {0};
    char expected[300];
    const char *path;

    (void)state;
    write_text("space.yaml", "name: space\nbase: RegNetX\n");
    path = write_text("file.yaml", "base: recipe.yaml\nname: file\nspaces: [space.yaml@6.5MF]\n"
                                   "final: {OPTIM: {MAX_EPOCH: 4}}\n");
    ok(rn_study_read(path, &study, &err), &err);
    (void)snprintf(expected, sizeof expected, "%s@mini@6.5MF", in_root("space.yaml"));
    assert_string_equal(study->space_names[0], expected);
    assert_true(study->retrain);
    assert_int_equal(study->final.optim.max_epoch, 4);
    rn_study_free(study);
}

static void check_dump(const char *path)
{
    struct rn_study *study = NULL, *again = NULL;
    struct rn_buf first = {0}, second = {0};
    struct rn_err err = {0};

    ok(rn_study_read(path, &study, &err), &err);
    ok(rn_study_dump(study, &first, &err), &err);
    ok(rn_study_read(write_text("dump.yaml", first.data), &again, &err), &err);
    ok(rn_study_dump(again, &second, &err), &err);
    assert_string_equal(first.data, second.data);
    assert_int_equal(study->retrain, again->retrain);
    rn_study_free(study);
    rn_study_free(again);
    rn_buf_release(&first);
    rn_buf_release(&second);
}

static void test_study_dump_reads_back(void **state)
{
    (void)state;
    check_dump(in_root("tiny.yaml"));
    check_dump(in_root("both.yaml"));
}

static void test_study_refuses(void **state)
{
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"name: a\nspaces: [X]\nnetwork: 3\n", ":3:1: unknown key \"network\"; did you mean"},
        {"name: a\n", "needs spaces"},
        {"spaces: [X]\n", "needs a name"},
        {"name: a\nspaces: X\n", ":2:9: spaces is a list"},
        {"name: a\nspaces: [X]\nnetworks: 0\n", ":3:11: 0 is not between 1"},
        {"name: a\nspaces: [X]\nconfig:\n  OPTIM: {MAX_EPOCHS: 3}\n", "MAX_EPOCH"},
        {"name: a\nbase: bad.yaml\n", "more than"},
        {"name: a\nspaces: [X]\nbase: [tiny.yaml, {}]\n", ":3:19: expected a text"},
        {"name: a\nspaces: [X]\noverlay: [mini]\n", ":3:10: expected a text"},
        {"name: a\nspaces: [X]\nfinal: nine\n", ":3:8: "},
        {"name: a\nspaces: [no/such.yaml]\n", "there is no space in"},
        {"- a\n", "a study is a map"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct rn_study *study = NULL;
        struct rn_err err = {0};
        assert_int_equal(rn_study_read(write_text("bad.yaml", cases[i].text), &study, &err),
                         RN_E_CONFIG);
        assert_contains(err.msg, cases[i].message);
        assert_null(study);
    }
}

/* ---- the pool ---- */

enum { N_TASKS = 9, FAILS = 3, CRASHES = 5 };

struct seen {
    enum rn_status status[N_TASKS];
    int done, most;
    double fraction;
    bool give_up;
    char crash[RN_ERR_MAX];
};

static enum rn_status pool_work(void *arg, size_t task, struct rn_procs_link *link,
                                struct rn_err *err)
{
    (void)arg;
    rn_procs_tell(link, 0.5);
    raise(SIGINT); /* a terminal's: not for tasks */
    if (task == CRASHES)
        raise(SIGKILL);
    if (task == FAILS)
        return rn_fail(err, RN_E_DATA, "task %zu has bad data", task);
    return RN_OK;
}

static enum rn_status pool_done(void *arg, size_t task, const struct rn_err *result,
                                struct rn_err *err)
{
    struct seen *seen = arg;

    seen->status[task] = result->status;
    seen->done++;
    if (task == FAILS)
        assert_string_equal(result->msg, "task 3 has bad data");
    if (task == CRASHES)
        (void)snprintf(seen->crash, sizeof seen->crash, "%s", result->msg);
    return seen->give_up ? rn_fail(err, RN_E_IO, "enough") : RN_OK;
}

static void pool_news(void *arg, size_t task, double fraction)
{
    struct seen *seen = arg;

    (void)task;
    seen->fraction = fmax(seen->fraction, fraction);
}

static void pool_tick(void *arg, int running)
{
    struct seen *seen = arg;

    seen->most = running > seen->most ? running : seen->most;
}

static void test_pool(void **state)
{
    struct seen seen = {0};
    struct rn_procs pool = {.tasks = N_TASKS,
                            .jobs = 2,
                            .pin = true,
                            .arg = &seen,
                            .work = pool_work,
                            .done = pool_done,
                            .news = pool_news,
                            .tick = pool_tick};
    struct rn_err err = {0};

    (void)state;
    ok(rn_procs_run(&pool, &err), &err);
    assert_int_equal(seen.done, N_TASKS);
    assert_true(seen.most <= 2);
    assert_true(seen.fraction >= 0.5);
    for (size_t i = 0; i < N_TASKS; i++)
        assert_int_equal(seen.status[i], i == FAILS     ? RN_E_DATA
                                         : i == CRASHES ? RN_E_FAILED
                                                        : RN_OK);
    assert_contains(seen.crash, "ended by signal 9");
}

static void test_pool_gives_up(void **state)
{
    struct seen seen = {.give_up = true};
    struct rn_procs pool = {.tasks = N_TASKS,
                            .jobs = 1,
                            .arg = &seen,
                            .work = pool_work,
                            .done = pool_done,
                            .news = pool_news,
                            .tick = pool_tick};
    struct rn_err err = {0};

    (void)state;
    assert_int_equal(rn_procs_run(&pool, &err), RN_E_IO);
    assert_string_equal(err.msg, "enough");
    assert_int_equal(seen.done, 1);
}

static enum rn_status stopped_work(void *arg, size_t task, struct rn_procs_link *link,
                                   struct rn_err *err)
{
    (void)arg, (void)task, (void)link;
    return rn_fail(err, RN_E_STOPPED, "by a signal of its own");
}

static void test_stopped_task_stops_pool(void **state)
{
    struct seen seen = {0};
    struct rn_procs pool = {.tasks = N_TASKS,
                            .jobs = 1,
                            .arg = &seen,
                            .work = stopped_work,
                            .done = pool_done,
                            .news = pool_news,
                            .tick = pool_tick};
    struct rn_err err = {0};

    (void)state;
    assert_int_equal(rn_procs_run(&pool, &err), RN_E_STOPPED);
    assert_int_equal(seen.done, 1);
}

static enum rn_status sleep_work(void *arg, size_t task, struct rn_procs_link *link,
                                 struct rn_err *err)
{
    (void)arg, (void)task, (void)link, (void)err;
    pause();
    return RN_OK;
}

static void test_pool_stops(void **state)
{
    volatile sig_atomic_t stop = 1;
    struct seen seen = {0};
    struct rn_procs pool = {.tasks = N_TASKS,
                            .jobs = 2,
                            .arg = &seen,
                            .work = sleep_work,
                            .done = pool_done,
                            .news = pool_news,
                            .tick = pool_tick,
                            .stop = &stop};
    struct rn_err err = {0};

    (void)state;
    assert_int_equal(rn_procs_run(&pool, &err), RN_E_STOPPED);
    assert_int_equal(seen.done, 2);
    assert_int_equal(seen.status[0], RN_E_STOPPED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_study_base),
        cmocka_unit_test(test_study_bases),
        cmocka_unit_test(test_study_overlay_of_a_file),
        cmocka_unit_test(test_study_dump_reads_back),
        cmocka_unit_test(test_study_refuses),
        cmocka_unit_test(test_pool),
        cmocka_unit_test(test_pool_gives_up),
        cmocka_unit_test(test_stopped_task_stops_pool),
        cmocka_unit_test(test_pool_stops),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}

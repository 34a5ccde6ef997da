/* Several processes on one study: each network is trained by one of them, and a killed one's by the
   others. */
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "study_images.h"
#include "sweep/dir_lock.h"

#define NETWORKS 4 /* two of each of two spaces */

static int set_up(void **state)
{
    struct rn_err err = {0};

    (void)state;
    make_root();
    ok(rn_dir_make(in_root("data"), &err), &err);
    write_images("train", 420);
    write_images("t10k", 100);
    write_tiny_study();
    return 0;
}

struct heard {
    int trained, failed, die_after;
    volatile sig_atomic_t stop;
    const char *stop_at; /* a part of a progress line, or NULL */
};

static void on_event(void *arg, const char *line, bool transient)
{
    struct heard *heard = arg;

    if (transient && heard->stop_at && strstr(line, heard->stop_at))
        heard->stop = 1;
    heard->failed += strstr(line, "failed: ") != NULL;
    if (transient || !strstr(line, " % ") || line[strlen(line) - 1] != 's')
        return;
    if (++heard->trained == heard->die_after)
        (void)raise(SIGKILL);
}

static enum rn_status join(const char *dir, int networks, bool fresh, struct heard *heard,
                           struct rn_err *err)
{
    struct rn_study *study = NULL;
    struct rn_study_options options = {.dir = in_root(dir),
                                       .jobs = 1,
                                       .networks = networks,
                                       .fresh = fresh,
                                       .on_event = on_event,
                                       .arg = heard,
                                       .stop = &heard->stop};
    enum rn_status status;

    RN_TRY(rn_study_open(in_root("tiny.yaml"), in_root("data"), &study, err));
    status = rn_study_run(study, &options, err);
done:
    rn_study_free(study);
    return status;
}

/* Its exit status is the number of networks that it has trained; 100: something failed. */
static pid_t start(const char *dir, int die_after)
{
    pid_t pid = fork();

    if (pid == 0) {
        struct heard heard = {.die_after = die_after};
        struct rn_err err = {0};
        if (join(dir, 0, false, &heard, &err) != RN_OK)
            print_error("%s\n", err.msg);
        _exit(err.status == RN_OK && heard.failed == 0 ? heard.trained : 100);
    }
    assert_true(pid > 0);
    return pid;
}

static int wait_for(pid_t pid)
{
    int status;

    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static void assert_whole(const char *dir)
{
    char name[80];
    struct rn_err err = {0};
    struct rn_buf text = {0};

    (void)snprintf(name, sizeof name, "%s/best.safetensors", dir);
    assert_true(rn_path_exists(in_root(name)));
    ok(rn_study_summary(in_root(dir), false, &text, &err), &err);
    assert_contains(text.data, "AnyNetXA@mini     2 |");
    assert_contains(text.data, "RegNetX@mini      2 |");
    rn_buf_release(&text);
}

static void test_each_network_once(void **state)
{
    pid_t first = start("together", 0), second = start("together", 0);
    int trained = wait_for(first);

    (void)state;
    assert_int_equal(trained + wait_for(second), NETWORKS);
    assert_whole("together");
}

static void test_one_is_killed(void **state)
{
    pid_t first = start("killed", 1), second = start("killed", 0);
    int ended = wait_for(first);

    (void)state;
    assert_true(ended == -SIGKILL || ended == 0); /* unless it came too late */
    assert_in_range(wait_for(second), 1, ended ? NETWORKS - 1 : NETWORKS);
    assert_whole("killed");
}

/* Another process trains one of the networks: the others are trained, that one is waited for, and
   the study is not changed meanwhile. */
static void test_others_are_waited_for(void **state)
{
    struct heard heard = {.stop_at = "3/4 networks, 0 running"};
    struct rn_study_dir dir = {.lock = -1};
    struct rn_study_options options = {.dir = in_root("waiting")};
    struct rn_study *study = NULL;
    struct rn_err err = {0};
    bool taken;

    (void)state;
    ok(rn_study_open(in_root("tiny.yaml"), NULL, &study, &err), &err);
    ok(rn_study_dir_open(study, &options, &dir, &err), &err);
    ok(rn_lock_take(dir.lock, rn_lock_training(1, 0), &taken, &err), &err);
    assert_true(taken);
    assert_int_equal(join("waiting", 0, true, &heard, &err), RN_E_FAILED);
    assert_contains(err.msg, "another process works on this study, with 2 networks");
    assert_int_equal(join("waiting", 3, false, &heard, &err), RN_E_FAILED);
    assert_int_equal(join("waiting", 0, false, &heard, &err), RN_E_STOPPED);
    assert_contains(err.msg, "stopped with 3 of 4 networks");
    rn_study_dir_close(&dir);
    heard = (struct heard){0};
    ok(join("waiting", 0, false, &heard, &err), &err);
    assert_int_equal(heard.trained, 1);
    assert_whole("waiting");
    rn_study_free(study);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_network_once),
        cmocka_unit_test(test_one_is_killed),
        cmocka_unit_test(test_others_are_waited_for),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}

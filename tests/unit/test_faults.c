/* A training whose calls of the system fail, or at which it is killed, one after the other: it ends
   as one that nothing disturbed, and goes on from its last checkpoint. */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "regnet/file.h"
#include "train_scratch.h"

/* The calls before the first fault; then that call alone, or each, fails, or the process dies. */
enum fault { FAILS_ONCE, FAILS_ON, KILLS };
static enum fault fault;
static long left;

static bool strike(void)
{
    if (left-- > 0 || (fault == FAILS_ONCE && left < -1))
        return false;
    if (fault == KILLS)
        (void)raise(SIGKILL);
    errno = ENOSPC;
    return true;
}

/* Two epochs of two steps, each with a checkpoint. */
static struct rn_config faulty_config(void)
{
    struct rn_config cfg = tiny_config();

    set_key(&cfg, "TRAIN.BATCH_SIZE", "20");
    set_key(&cfg, "OPTIM.MAX_EPOCH", "2");
    set_key(&cfg, "TRAIN.CHECKPOINT_STEPS", "1");
    return cfg;
}

static enum rn_status train_struck(const struct rn_config *cfg, long calls, struct rn_err *err)
{
    struct rn_result result;
    enum rn_status status;

    left = calls;
    rn_io_intercept(strike);
    status = train_in(cfg, "b", NULL, &result, err);
    rn_io_intercept(NULL);
    return status;
}

/* Whether the child was killed; else it got to the end. */
static bool train_killed(const struct rn_config *cfg, long calls)
{
    pid_t child = fork();
    int status = 0;

    if (child == 0)
        _exit(train_struck(cfg, calls, NULL) == RN_OK ? 0 : 1);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) || WEXITSTATUS(status) == 0);
    return WIFSIGNALED(status);
}

/* The newest checkpoint that is whole, by its name; "" before the first. */
static void newest_whole(char name[64])
{
    struct rn_names names = {0};

    name[0] = 0;
    assert_int_equal(rn_dir_names(in_root("b/checkpoints"), &names, NULL), RN_OK);
    for (size_t i = 0; i < names.n; i++) {
        char path[128];
        struct rn_tensor_file file = {0};
        (void)snprintf(path, sizeof path, "b/checkpoints/%s", names.name[i]);
        if (!strstr(path, ".tmp") && rn_safetensors_read(in_root(path), &file, NULL) == RN_OK)
            (void)snprintf(name, 64, "%s", names.name[i]);
        rn_tensor_file_release(&file);
    }
    rn_names_release(&names);
}

static void clear_run(void)
{
    char command[160];

    (void)snprintf(command, sizeof command, "rm -rf '%s'", in_root("b"));
    assert_int_equal(system(command), 0);
}

/* The run goes on, and comes to what the undisturbed one came to. */
static void assert_goes_on(const struct rn_config *cfg)
{
    double whole[4], parts[4];
    struct rn_names names = {0};
    struct rn_result result;

    train_ok(cfg, "b", &result);
    assert_same_file("a", "b", "model.safetensors");
    assert_int_equal(log_numbers("a", "train_iter", "loss", whole, 4), 4);
    assert_int_equal(log_numbers("b", "train_iter", "loss", parts, 4), 4);
    assert_memory_equal(whole, parts, sizeof whole);
    assert_int_equal(log_numbers("b", "test_epoch", "loss", parts, 4), 2);
    assert_int_equal(rn_dir_names(in_root("b"), &names, NULL), RN_OK);
    assert_int_equal(names.n, 5); /* config, log, checkpoints, model, result; nothing unfinished */
    rn_names_release(&names);
}

/* Each call in turn; how many there are. No fault may cost a checkpoint that the run had before. */
static long strike_each(enum fault kind)
{
    struct rn_config cfg = faulty_config();
    char before[64] = "", after[64];
    struct rn_result result;
    struct rn_err err = {0};
    bool reached = true;
    long calls;

    fault = kind;
    train_ok(&cfg, "a", &result);
    for (calls = 0; reached; calls++) {
        clear_run();
        if (kind == KILLS) {
            reached = train_killed(&cfg, calls);
        } else if (train_struck(&cfg, calls, &err) != RN_OK) {
            assert_int_equal(err.status, RN_E_IO);
            assert_non_null(strstr(err.msg, strerror(ENOSPC)));
        } else {
            reached = left < 0;
        }
        newest_whole(after);
        assert_true(kind == FAILS_ONCE || strcmp(after, before) >= 0);
        strcpy(before, after);
        assert_goes_on(&cfg);
    }
    return calls;
}

static void each_call_that_fails_is_told_and_costs_no_checkpoint(void **state)
{
    (void)state;
    assert_true(strike_each(FAILS_ONCE) > 100);
}

static void a_disk_that_stays_full_costs_no_checkpoint(void **state)
{
    (void)state;
    assert_true(strike_each(FAILS_ON) > 100);
}

static void a_run_goes_on_from_wherever_it_was_killed(void **state)
{
    (void)state;
    assert_true(strike_each(KILLS) > 100);
}

static void a_full_disk_says_what_is_needed(void **state)
{
    struct rn_err err = {0};

    (void)state;
    fault = FAILS_ON;
    left = 1;
    rn_io_intercept(strike);
    assert_int_equal(rn_file_write(in_root("c"), "12345", 5, &err), RN_E_IO);
    rn_io_intercept(NULL);
    assert_non_null(strstr(err.msg, "5 bytes are needed"));
    assert_false(rn_path_exists(in_root("c")));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_scratch, remove_scratch)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_call_that_fails_is_told_and_costs_no_checkpoint),
        TEST(a_disk_that_stays_full_costs_no_checkpoint),
        TEST(a_run_goes_on_from_wherever_it_was_killed),
        TEST(a_full_disk_says_what_is_needed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

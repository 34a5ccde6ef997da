/* Small studies, run for real: whole, stopped, killed, enlarged, refused, diverged, failed. Each
   test works in the directory that the ones before it left. */
#include <math.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "regnet/records.h"
#include "study_images.h"

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
    volatile sig_atomic_t stop;
    int lines, stop_after; /* finished networks */
    const char *stop_at;   /* a part of a progress line, or NULL */
};

static void on_event(void *arg, const char *line, bool transient)
{
    struct heard *heard = arg;

    if (transient && heard->stop_at && strstr(line, heard->stop_at))
        heard->stop = 1;
    if (transient || !strstr(line, " %"))
        return;
    if (++heard->lines == heard->stop_after)
        heard->stop = 1;
}

static enum rn_status run_study(const char *file, const char *dir, int networks, bool fresh,
                                struct heard *heard, struct rn_err *err)
{
    struct rn_study *study = NULL;
    struct rn_study_options options = {.dir = in_root(dir),
                                       .networks = networks,
                                       .fresh = fresh,
                                       .on_event = on_event,
                                       .arg = heard,
                                       .stop = &heard->stop};
    enum rn_status status;

    *heard = (struct heard){.stop_after = heard->stop_after, .stop_at = heard->stop_at};
    RN_TRY(rn_study_open(in_root(file), in_root("data"), &study, err));
    status = rn_study_run(study, &options, err);
done:
    rn_study_free(study);
    return status;
}

static size_t population_size(const char *dir, const char *space)
{
    char name[128];
    struct rn_records records = {0};
    size_t n;

    (void)snprintf(name, sizeof name, "%s/%s", dir, space);
    if (rn_records_read(in_root(name), &records, NULL) != RN_OK)
        return 0;
    n = records.n;
    rn_records_release(&records);
    return n;
}

static long inode(const char *name)
{
    struct stat st;

    return stat(in_root(name), &st) == 0 ? (long)st.st_ino : -1;
}

static void summary(const char *dir, bool json, struct rn_buf *text)
{
    struct rn_err err = {0};

    text->len = 0;
    ok(rn_study_summary(in_root(dir), json, text, &err), &err);
}

static void test_study_whole(void **state)
{
    struct heard heard = {0};
    struct rn_err err = {0};
    struct rn_buf text = {0};

    (void)state;
    ok(run_study("tiny.yaml", "whole", 0, false, &heard, &err), &err);
    assert_int_equal(population_size("whole", "AnyNetXA@mini"), 2);
    assert_int_equal(population_size("whole", "RegNetX@mini"), 2);
    summary("whole", false, &text);
    assert_contains(text.data, "AnyNetXA@mini     2 |");
    assert_contains(text.data, "RegNetX@mini against AnyNetXA@mini: mean error ");
    assert_contains(text.data, "best.safetensors IMAGE.png");
    summary("whole", true, &text);
    assert_contains(text.data, "\"test_error\":");
    ok(rn_file_read(in_root("whole/report.html"), 1 << 24, &text, &err), &err);
    assert_contains(text.data, "<svg");
    assert_contains(text.data, "OPTIM.BASE_LR: 0.05");
    assert_contains(text.data, "DATA_LOADER.HOLD_OUT: 0");
    assert_null(strstr(text.data, in_root("data")));
    assert_true(rn_path_exists(in_root("whole/best.safetensors")));
    rn_buf_release(&text);
}

/* The retraining of a network that is no longer the best says nothing about the best one. */
static void test_other_retraining_is_left_out(void **state)
{
    struct rn_err err = {0};
    struct rn_buf chosen = {0}, text = {0};

    (void)state;
    ok(rn_file_read(in_root("whole/final/chosen.json"), 1 << 10, &chosen, &err), &err);
    write_text("whole/final/chosen.json", "{\"space\": \"RegNetX@mini\", \"network\": 99}");
    summary("whole", true, &text);
    assert_null(strstr(text.data, "test_error"));
    write_text("whole/final/chosen.json", chosen.data);
    rn_buf_release(&chosen);
    rn_buf_release(&text);
}

/* Goes on where it was stopped, and comes to what the uninterrupted study came to. */
static void test_study_resumes(void **state)
{
    struct heard heard = {.stop_after = 1};
    struct rn_err err = {0};
    struct rn_buf one = {0}, two = {0};
    long first;

    (void)state;
    assert_int_equal(run_study("tiny.yaml", "resumed", 0, false, &heard, &err), RN_E_STOPPED);
    assert_contains(err.msg, "the same call goes on");
    assert_false(rn_path_exists(in_root("resumed/best.safetensors")));
    first = inode("resumed/AnyNetXA@mini/runs/000000/result.json");
    assert_true(first > 0 || inode("resumed/RegNetX@mini/runs/000000/result.json") > 0);
    heard.stop_after = 0;
    ok(run_study("tiny.yaml", "resumed", 0, false, &heard, &err), &err);
    assert_true(heard.lines < 4 + 1); /* not all again; and the retraining's line */
    if (first > 0)
        assert_int_equal(inode("resumed/AnyNetXA@mini/runs/000000/result.json"), first);
    summary("whole", true, &one);
    summary("resumed", true, &two);
    assert_string_equal(strstr(one.data, "\"spaces\""), strstr(two.data, "\"spaces\""));
    rn_buf_release(&one);
    rn_buf_release(&two);
}

static int count(const char *text, const char *part)
{
    int n = 0;

    for (; (text = strstr(text, part)); text++)
        n++;
    return n;
}

static struct heard *listening;

static void on_term(int number)
{
    listening->stop = number;
}

/* Stopped while it retrains: that goes on from a checkpoint, and is tested once. */
static void test_retraining_resumes(void **state)
{
    struct heard heard = {.stop_at = "retraining"};
    struct rn_err err = {0};
    struct rn_buf log = {0};

    (void)state;
    write_text("long.yaml", "base: tiny.yaml\nname: long\nspaces: [RegNetX@mini]\nnetworks: 1\n"
                            "final:\n  OPTIM: {MAX_EPOCH: 20}\n");
    listening = &heard;
    signal(SIGTERM, on_term);
    assert_int_equal(run_study("long.yaml", "long", 0, false, &heard, &err), RN_E_STOPPED);
    signal(SIGTERM, SIG_DFL);
    assert_false(rn_path_exists(in_root("long/final/result.json")));
    assert_true(rn_path_exists(in_root("long/final/checkpoints")));
    heard.stop_at = NULL;
    ok(run_study("long.yaml", "long", 0, false, &heard, &err), &err);
    ok(rn_file_read(in_root("long/final/log.jsonl"), 1 << 24, &log, &err), &err);
    assert_int_equal(count(log.data, "\"train_epoch\""), 20);
    assert_int_equal(count(log.data, "\"test_epoch\""), 1);
    rn_buf_release(&log);
}

/* Killed outright: its networks' processes end too, and the next call goes on. */
static void test_study_killed(void **state)
{
    struct heard heard = {0};
    struct rn_err err = {0};
    pid_t pid = fork();

    (void)state;
    if (pid == 0) {
        (void)run_study("tiny.yaml", "killed", 0, false, &heard, &err);
        _exit(0);
    }
    for (int i = 0; i < 6000 && population_size("killed", "AnyNetXA@mini") == 0; i++)
        usleep(10000);
    kill(pid, SIGKILL);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
    ok(run_study("tiny.yaml", "killed", 0, false, &heard, &err),
       &err); /* while its processes end */
    assert_int_equal(population_size("killed", "RegNetX@mini"), 2);
}

static void test_study_enlarged(void **state)
{
    struct heard heard = {0};
    struct rn_err err = {0};
    long first = inode("whole/RegNetX@mini/runs/000001/result.json");

    (void)state;
    ok(run_study("tiny.yaml", "whole", 3, false, &heard, &err), &err);
    assert_int_equal(population_size("whole", "RegNetX@mini"), 3);
    assert_int_equal(inode("whole/RegNetX@mini/runs/000001/result.json"), first);
    ok(run_study("tiny.yaml", "whole", 1, false, &heard, &err), &err);
    assert_int_equal(heard.lines, 0);
    assert_int_equal(population_size("whole", "RegNetX@mini"), 3);
}

static void test_study_foreign(void **state)
{
    struct heard heard = {0};
    struct rn_err err = {0};

    (void)state;
    write_text("other.yaml", "base: tiny.yaml\nname: tiny\nnetworks: 1\n"
                             "config:\n  OPTIM: {BASE_LR: 0.01}\n");
    assert_int_equal(run_study("other.yaml", "whole", 0, false, &heard, &err), RN_E_CONFIG);
    assert_contains(err.msg, "config.OPTIM.BASE_LR is 0.05 there and 0.01 here");
    assert_contains(err.msg, "--fresh");
    assert_int_equal(population_size("whole", "RegNetX@mini"), 3);
    ok(run_study("other.yaml", "whole", 0, true, &heard, &err), &err);
    assert_int_equal(population_size("whole", "RegNetX@mini"), 1);
}

static void test_study_diverges(void **state)
{
    struct heard heard = {0};
    struct rn_err err = {0};
    struct rn_buf text = {0};
    struct rn_records records = {0};

    (void)state;
    write_text("wild.yaml", "base: tiny.yaml\nname: wild\nnetworks: 1\n"
                            "config:\n  OPTIM: {BASE_LR: 1e6}\n");
    assert_int_equal(run_study("wild.yaml", "wild", 0, false, &heard, &err), RN_E_FAILED);
    assert_contains(err.msg, "every network diverged");
    ok(rn_records_read(in_root("wild/RegNetX@mini"), &records, &err), &err);
    assert_int_equal(records.n, 1);
    assert_true(fabs(rn_records_column(&records, "error")[0] - 90) < 1e-9);
    summary("wild", false, &text);
    assert_contains(text.data, "RegNetX@mini: 1 diverged, 0 failed");
    rn_records_release(&records);
    rn_buf_release(&text);
}

/* What a space draws of the training is trained with; without a retraining, nothing is left of
   one. */
static void test_drawn_settings(void **state)
{
    struct heard heard = {0};
    struct rn_err err = {0};
    struct rn_buf text = {0};

    (void)state;
    write_text("rate.yaml", "name: rate\nbase: RegNetX@mini\n"
                            "parameters:\n  OPTIM.BASE_LR: {values: [0.0125]}\n");
    write_text("drawn.yaml", "base: tiny.yaml\nname: drawn\nspaces: [rate.yaml]\nnetworks: 1\n"
                             "final: none\n");
    ok(run_study("drawn.yaml", "drawn", 0, false, &heard, &err), &err);
    ok(rn_file_read(in_root("drawn/rate/runs/000000/config.yaml"), 1 << 16, &text, &err), &err);
    assert_contains(text.data, "BASE_LR: 0.0125");
    assert_false(rn_path_exists(in_root("drawn/final")));
    assert_false(rn_path_exists(in_root("drawn/best.safetensors")));
    summary("drawn", false, &text);
    assert_contains(text.data, "best: rate 0, error ");
    assert_null(strstr(text.data, "retrained"));
    text.len = 0;
    ok(rn_file_read(in_root("drawn/report.html"), 1 << 24, &text, &err), &err);
    assert_contains(text.data, "had the lowest error of all");
    assert_null(strstr(text.data, "etrain"));
    rn_buf_release(&text);
}

/* What no training accepts is refused before anything is made. */
static void test_study_refused(void **state)
{
    struct heard heard = {0};
    struct rn_err err = {0};

    (void)state;
    write_text("exp.yaml", "base: tiny.yaml\nname: exp\nfinal:\n  OPTIM: {LR_POLICY: exp}\n");
    assert_int_equal(run_study("exp.yaml", "exp", 0, false, &heard, &err), RN_E_CONFIG);
    assert_contains(err.msg, "exp.yaml: final: OPTIM.LR_POLICY exp");
    write_text("odd.yaml", "base: tiny.yaml\nname: odd\nspaces: [RegNetQ]\n");
    assert_int_equal(run_study("odd.yaml", "exp", 0, false, &heard, &err), RN_E_CONFIG);
    assert_contains(err.msg, "odd.yaml: spaces: there is no space");
    assert_false(rn_path_exists(in_root("exp")));
}

/* What every network would fail by ends the study at once, and stays recorded. Which three of the
   four came to it first is not determined. */
static void test_study_fails(void **state)
{
    static const char *const runs[] = {"AnyNetXA@mini/runs/000000", "AnyNetXA@mini/runs/000001",
                                       "RegNetX@mini/runs/000000", "RegNetX@mini/runs/000001"};
    struct heard heard = {0};
    struct rn_err err = {0};
    char name[128];
    int failed = 0;

    (void)state;
    write_text("broken.yaml", "base: tiny.yaml\nname: broken\n"
                              "config:\n  TRAIN: {BATCH_SIZE: 5000}\n");
    assert_int_equal(run_study("broken.yaml", "broken", 0, false, &heard, &err), RN_E_CONFIG);
    assert_contains(err.msg, "3 networks in a row could not be trained");
    assert_contains(err.msg, "TRAIN.BATCH_SIZE");
    for (size_t i = 0; i < sizeof runs / sizeof *runs; i++) {
        (void)snprintf(name, sizeof name, "broken/%s/failure.txt", runs[i]);
        failed += rn_path_exists(in_root(name));
    }
    assert_true(failed >= 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_study_whole),   cmocka_unit_test(test_other_retraining_is_left_out),
        cmocka_unit_test(test_study_resumes), cmocka_unit_test(test_retraining_resumes),
        cmocka_unit_test(test_study_killed),  cmocka_unit_test(test_study_enlarged),
        cmocka_unit_test(test_study_foreign), cmocka_unit_test(test_study_diverges),
        cmocka_unit_test(test_study_fails),   cmocka_unit_test(test_drawn_settings),
        cmocka_unit_test(test_study_refused),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}

/* sweep: many workers on one directory, and what happens to directories. */
#include "sweep_scratch.h"

#include <dirent.h>
#include <fcntl.h>
#include <time.h>

#include "regnet/rng.h"

static int set_up(void **state)
{
    (void)state;
    make_root();
    return 0;
}

/* ---- workers that are killed ---- */

/* As large as tools/sweep-kills.sh asks; small otherwise. */
static long long asked(const char *name, long long fallback)
{
    const char *text = getenv(name);

    return text ? strtoll(text, NULL, 10) : fallback;
}

/* Who trained is written down by the training itself: no line is lost with its process. */
static enum rn_status train_and_tell(const struct rn_config *cfg,
                                     const struct rn_train_options *options,
                                     struct rn_result *result, struct rn_err *err)
{
    (void)cfg, (void)result;
    usleep(5000);
    return write_result(options, RN_OUTCOME_DONE, err);
}

static pid_t start_worker(void)
{
    pid_t pid = fork();

    if (pid == 0) {
        struct rn_err err = {0};
        if (run_sweep((struct rn_sweep_options){.train = train_and_tell}, &err) != RN_OK)
            print_error("a worker ended: %s\n", err.msg);
        _exit(err.status == RN_OK ? 0 : 1);
    }
    assert_true(pid > 0);
    return pid;
}

static void test_random_kills(void **state)
{
    int workers = (int)asked("SWEEP_WORKERS", 4), kills = (int)asked("SWEEP_KILLS", 6);
    long long networks = asked("SWEEP_NETWORKS", 60);
    struct rn_rng rng = rn_rng_at((uint64_t)asked("SWEEP_SEED", 1), RN_STREAM_TEST, 0);
    pid_t *pid = calloc((size_t)workers, sizeof *pid);
    int killed = 0, status;

    (void)state;
    make_sweep("kills", networks);
    for (int i = 0; i < workers; i++)
        pid[i] = start_worker();
    while (killed < kills && count_of(RN_RUN_DONE) < (size_t)networks) {
        uint32_t victim = rn_rng_below(&rng, (uint32_t)workers);
        usleep(5000 + 1000 * rn_rng_below(&rng, 20));
        assert_int_equal(kill(pid[victim], SIGKILL), 0);
        assert_int_equal(waitpid(pid[victim], &status, 0), pid[victim]);
        killed += WIFSIGNALED(status);
        pid[victim] = start_worker();
    }
    for (int i = 0; i < workers; i++) {
        assert_int_equal(waitpid(pid[i], &status, 0), pid[i]);
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
    free(pid);
    print_message("# %d workers killed\n", killed);
    check_all_published((size_t)networks);
}

/* ---- what happens to files ---- */

static void flip_byte(const char *name, size_t at)
{
    struct rn_buf text = {0};

    ok(rn_file_read(in_sweep(name), 1 << 20, &text, NULL), NULL);
    text.data[at] ^= 1;
    ok(rn_file_write(in_sweep(name), text.data, text.len, NULL), NULL);
    rn_buf_release(&text);
}

static void cut_tail(const char *name)
{
    struct stat st;

    assert_int_equal(stat(in_sweep(name), &st), 0);
    assert_int_equal(truncate(in_sweep(name), st.st_size - 3), 0);
}

static size_t entries(const char *name)
{
    size_t n = 0;
    struct dirent **list;
    int all = scandir(in_sweep(name), &list, NULL, NULL);

    for (int i = 0; i < all; i++) {
        n += list[i]->d_name[0] != '.';
        free(list[i]);
    }
    free(list);
    return n;
}

/* Every kind of damage is found, by who only looks too; a worker repairs it by training anew. */
static void test_damage(void **state)
{
    struct rn_err err = {0};
    struct rn_buf said = {0};
    struct rn_sweep_view view;

    (void)state;
    make_sweep("damage", 8);
    ok(run_sweep((struct rn_sweep_options){0}, &err), &err);
    flip_byte("runs/000000/record.json", 20);
    flip_byte("runs/000001/result.json", 30);
    cut_tail("runs/000002/record.json");
    cut_tail("runs/000003/result.json");
    assert_int_equal(unlink(in_sweep("runs/000004/record.json")), 0);
    ok(rn_tree_remove(in_sweep("runs/000005"), &err), &err);
    assert_int_equal(rename(in_sweep("runs/000006"), in_sweep("runs/000005")), 0);
    look(&view);
    assert_int_equal(view.jobs.damaged, 6);
    assert_int_equal(view.jobs.count[RN_RUN_DONE], 1);
    assert_int_equal(view.jobs.count[RN_RUN_WAITING], 7);
    rn_sweep_view_release(&view);
    ok(run_sweep((struct rn_sweep_options){0}, &err), &err);
    check_all_published(8);
    assert_int_equal(entries("damaged"), 6);
    ok(rn_sweep_gc(sweep_dir, NULL, &said, &err), &err);
    assert_contains(said.data, "6 damaged runs");
    assert_int_equal(entries("damaged"), 0);
    rn_buf_release(&said);
}

static void test_half_written_attempt(void **state)
{
    struct rn_err err = {0};

    (void)state;
    make_sweep("half", 2);
    ok(rn_dir_make(in_sweep("attempts/000000.1"), &err), &err);
    ok(rn_dir_make(in_sweep("attempts/.other-1"), &err), &err);
    assert_int_equal(count_of(RN_RUN_RUNNING), 1); /* until its lease is over */
    ok(run_sweep((struct rn_sweep_options){0}, &err), &err);
    check_all_published(2);
    assert_false(rn_path_exists(in_sweep("attempts/000000.1")));
}

/* ---- workers elsewhere ---- */

/* A worker of another machine that has claimed the network's first attempt. */
static struct rn_worker claim_elsewhere(size_t network)
{
    struct rn_worker worker;
    struct rn_err err = {0};
    bool claimed;

    ok(rn_worker_init(&worker, sweep_dir, &err), &err);
    memcpy(worker.id.boot, "elsewhere", sizeof "elsewhere");
    ok(rn_attempt_claim(&worker, (struct rn_attempt){network, 1}, &claimed, &err), &err);
    assert_true(claimed);
    return worker;
}

static void set_time(const char *name, double seconds_from_now)
{
    struct timespec times[2];

    assert_int_equal(clock_gettime(CLOCK_REALTIME, &times[0]), 0);
    times[0].tv_sec += (time_t)seconds_from_now;
    times[1] = times[0];
    assert_int_equal(utimensat(AT_FDCWD, in_sweep(name), times, 0), 0);
}

static bool publish_as(struct rn_worker *worker, size_t network)
{
    struct rn_attempt attempt = {network, 1};
    struct rn_run_record record = {network, 1, RN_RUN_DONE, "elsewhere", ""};
    struct rn_train_options options = {0};
    struct rn_buf path = {0};
    struct rn_err err = {0};
    bool first;

    ok(rn_attempt_path(sweep_dir, attempt, &path, &err), &err);
    options.dir = path.data;
    (void)write_result(&options, RN_OUTCOME_DONE, NULL);
    ok(rn_attempt_publish(worker, attempt, &record, NULL, &first, &err), &err);
    rn_buf_release(&path);
    return first;
}

static void test_living_worker_is_left_alone(void **state)
{
    struct rn_err err = {0};
    struct rn_worker other;

    (void)state;
    make_sweep("living", 1);
    other = claim_elsewhere(0);
    assert_int_equal(count_of(RN_RUN_RUNNING), 1);
    ok(run_sweep((struct rn_sweep_options){.limit = 1}, &err), &err);
    assert_int_equal(count_of(RN_RUN_DONE), 0);
    assert_true(publish_as(&other, 0));
    assert_int_equal(count_of(RN_RUN_DONE), 1);
    rn_worker_release(&other);
}

/* One that was away for an hour comes back after another worker has published, and drops its own.
 */
static void test_stale_worker_is_second(void **state)
{
    struct rn_err err = {0};
    struct rn_run_record record;
    struct rn_worker other;

    (void)state;
    make_sweep("second", 1);
    other = claim_elsewhere(0);
    set_time("attempts/000000.1/attempt.json", -3600);
    assert_int_equal(count_of(RN_RUN_LOST), 1);
    ok(run_sweep((struct rn_sweep_options){0}, &err), &err);
    assert_false(publish_as(&other, 0));
    ok(rn_record_read(in_sweep("runs/000000"), &record, NULL, &err), &err);
    assert_int_equal(record.attempt, 2);
    assert_string_not_equal(record.host, "elsewhere");
    rn_worker_release(&other);
}

static struct rn_worker *sleeper;

static enum rn_status train_and_be_overtaken(const struct rn_config *cfg,
                                             const struct rn_train_options *options,
                                             struct rn_result *result, struct rn_err *err)
{
    (void)cfg, (void)result;
    assert_true(publish_as(sleeper, 0));
    return write_result(options, RN_OUTCOME_DONE, err);
}

/* It wakes up while another worker trains the network: the first to publish wins. */
static void test_stale_worker_is_first(void **state)
{
    struct rn_err err = {0};
    struct rn_run_record record;
    struct rn_worker other;

    (void)state;
    make_sweep("first", 1);
    other = claim_elsewhere(0);
    sleeper = &other;
    set_time("attempts/000000.1/attempt.json", -3600);
    ok(run_sweep((struct rn_sweep_options){.train = train_and_be_overtaken}, &err), &err);
    ok(rn_record_read(in_sweep("runs/000000"), &record, NULL, &err), &err);
    assert_int_equal(record.attempt, 1);
    assert_string_equal(record.host, "elsewhere");
    assert_int_equal(entries("attempts"), 0);
    rn_worker_release(&other);
}

/* A claim's number that was given anew, after its run was removed, is not its old owner's. */
static void test_numbers_given_anew(void **state)
{
    struct rn_worker old, new;

    (void)state;
    make_sweep("anew", 1);
    old = claim_elsewhere(0);
    assert_int_equal(rn_tree_remove(in_sweep("attempts/000000.1"), NULL), RN_OK);
    old.id.pid++;
    new = claim_elsewhere(0);
    assert_false(publish_as(&old, 0));
    assert_true(publish_as(&new, 0));
    rn_worker_release(&old);
    rn_worker_release(&new);
}

/* The server's clock was set back an hour: a time in the future is no sign of life. */
static void test_clock_set_back(void **state)
{
    struct rn_worker other;

    (void)state;
    make_sweep("clock", 1);
    other = claim_elsewhere(0);
    set_time("attempts/000000.1/attempt.json", 3600);
    assert_int_equal(count_of(RN_RUN_LOST), 1);
    ok(rn_attempt_touch(sweep_dir, (struct rn_attempt){0, 1}, NULL), NULL); /* it lives */
    assert_int_equal(count_of(RN_RUN_RUNNING), 1);
    rn_worker_release(&other);
}

/* Checkpoints go on to the next attempt, and so does the log. */
static enum rn_status train_on(const struct rn_config *cfg, const struct rn_train_options *options,
                               struct rn_result *result, struct rn_err *err)
{
    char path[300];

    (void)cfg, (void)result;
    (void)snprintf(path, sizeof path, "%s/checkpoints/000001-0.safetensors", options->dir);
    if (!rn_path_exists(path))
        return rn_fail(err, RN_E_FAILED, "there is no checkpoint");
    (void)snprintf(path, sizeof path, "%s/log.jsonl", options->dir);
    return rn_path_exists(path) ? write_result(options, RN_OUTCOME_DONE, err)
                                : rn_fail(err, RN_E_FAILED, "there is no log");
}

static void test_next_attempt_goes_on(void **state)
{
    struct rn_err err = {0};
    struct rn_worker other;

    (void)state;
    make_sweep("on", 1);
    other = claim_elsewhere(0);
    ok(rn_dir_make(in_sweep("attempts/000000.1/checkpoints"), &err), &err);
    ok(rn_file_write(in_sweep("attempts/000000.1/checkpoints/000001-0.safetensors"), "x", 1, &err),
       &err);
    ok(rn_file_write(in_sweep("attempts/000000.1/log.jsonl"), "{}\n", 3, &err), &err);
    set_time("attempts/000000.1/attempt.json", -3600);
    ok(run_sweep((struct rn_sweep_options){.train = train_on}, &err), &err);
    assert_int_equal(count_of(RN_RUN_DONE), 1);
    rn_worker_release(&other);
}

/* With an argument, that test alone. */
int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_kills),
        cmocka_unit_test(test_damage),
        cmocka_unit_test(test_half_written_attempt),
        cmocka_unit_test(test_living_worker_is_left_alone),
        cmocka_unit_test(test_stale_worker_is_second),
        cmocka_unit_test(test_stale_worker_is_first),
        cmocka_unit_test(test_numbers_given_anew),
        cmocka_unit_test(test_clock_set_back),
        cmocka_unit_test(test_next_attempt_goes_on),
    };
    if (argc > 1)
        cmocka_set_test_filter(argv[1]);
    return cmocka_run_group_tests(tests, set_up, tear_down);
}

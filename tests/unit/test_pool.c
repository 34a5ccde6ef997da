/* sweep: which processors and how much of the memory the networks that train at once are given. */
#include <sched.h>

#include "study_images.h"
#include "sweep/procs.h"
#include "sweep_scratch.h"

static int set_up(void **state)
{
    (void)state;
    make_root();
    ok(rn_dir_make(in_root("data"), NULL), NULL);
    write_images("train", 192);
    write_images("t10k", 32);
    return 0;
}

/* ---- processors ---- */

/* What a task may use: how many processors, and the first of them. */
struct place {
    int n, first;
};

static enum rn_status say_place(void *arg, size_t task, struct rn_procs_link *link,
                                struct rn_err *err)
{
    cpu_set_t set;
    int first = 0;

    (void)arg, (void)task, (void)link;
    if (sched_getaffinity(0, sizeof set, &set) != 0)
        return RN_E_FAILED;
    while (!CPU_ISSET((size_t)first, &set))
        first++;
    return rn_fail(err, RN_E_DATA, "%d %d", CPU_COUNT(&set), first);
}

static enum rn_status take_place(void *arg, size_t task, const struct rn_err *result,
                                 struct rn_err *err)
{
    struct place *place = arg;

    (void)err;
    assert_int_equal(sscanf(result->msg, "%d %d", &place[task].n, &place[task].first), 2);
    return RN_OK;
}

static void no_news(void *arg, size_t task, double fraction)
{
    (void)arg, (void)task, (void)fraction;
}

static void no_tick(void *arg, int running)
{
    (void)arg, (void)running;
}

static void run_pool(int jobs, int threads, struct place place[3])
{
    struct rn_procs pool = {.tasks = (size_t)jobs,
                            .jobs = jobs,
                            .threads = threads,
                            .pin = true,
                            .arg = place,
                            .work = say_place,
                            .done = take_place,
                            .news = no_news,
                            .tick = no_tick};
    struct rn_err err = {0};

    ok(rn_procs_run(&pool, &err), &err);
}

/* The first n of those that this process may use. */
static void leave_processors(const cpu_set_t *all, int n)
{
    cpu_set_t some;

    CPU_ZERO(&some);
    for (size_t cpu = 0; cpu < CPU_SETSIZE && n > 0; cpu++) {
        if (!CPU_ISSET(cpu, all))
            continue;
        CPU_SET(cpu, &some);
        n--;
    }
    assert_int_equal(sched_setaffinity(0, sizeof some, &some), 0);
}

/* A pool that occupies its processors shares them out; another one may have company. */
static void test_processors(void **state)
{
    struct place place[3];
    cpu_set_t all;

    (void)state;
    assert_int_equal(sched_getaffinity(0, sizeof all, &all), 0);
    if (CPU_COUNT(&all) < 2)
        skip();
    leave_processors(&all, 2);
    assert_int_equal(rn_procs_jobs(0, 1), 2);
    assert_int_equal(rn_procs_jobs(0, 2), 1);
    assert_int_equal(rn_procs_jobs(0, 3), 1);
    assert_int_equal(rn_procs_jobs(5, 3), 5);
    run_pool(2, 1, place);
    assert_int_equal(place[0].n, 1);
    assert_int_equal(place[1].n, 1);
    assert_int_not_equal(place[0].first, place[1].first);
    for (int threads = 1; threads <= 3; threads++) {
        run_pool(1, threads, place);
        assert_int_equal(place[0].n, 2);
    }
    run_pool(3, 1, place);
    assert_int_equal(place[2].n, 2);
    assert_int_equal(sched_setaffinity(0, sizeof all, &all), 0);
}

/* ---- memory ---- */

/* How many networks trained at once. */
static int most;

static void on_event(void *arg, const char *line, bool transient)
{
    int over, all, running;

    (void)arg, (void)transient;
    if (sscanf(line, "%d/%d networks, %d running", &over, &all, &running) == 3 && running > most)
        most = running;
}

static void make_real_sweep(const char *name)
{
    static const char *const pairs[] = {"TRAIN.DATASET",        "fashion_mnist",
                                        "TRAIN.BATCH_SIZE",     "32",
                                        "TRAIN.IM_SIZE",        "28",
                                        "TRAIN.AUGMENT",        "none",
                                        "TEST.DATASET",         "fashion_mnist",
                                        "TEST.SPLIT",           "val",
                                        "TEST.IM_SIZE",         "28",
                                        "DATA_LOADER.HOLD_OUT", "32",
                                        "OPTIM.MAX_EPOCH",      "1",
                                        "BN.USE_PRECISE_STATS", "False"};
    struct rn_err err = {0};

    (void)snprintf(sweep_dir, sizeof sweep_dir, "%s/%s", root, name);
    ok(rn_sweep_setup(
           &(struct rn_sweep_setup){.dir = sweep_dir,
                                    .space = "RegNetX@mini",
                                    .networks = 4,
                                    .seed = 3,
                                    .n_settings = (int)(sizeof pairs / sizeof *pairs / 2),
                                    .settings = (char *const *)pairs},
           &err),
       &err);
}

static enum rn_status train_within(size_t memory, struct rn_err *err)
{
    most = 0;
    return rn_sweep_run(&(struct rn_sweep_options){.dir = sweep_dir,
                                                   .data_dir = in_root("data"),
                                                   .jobs = 2,
                                                   .memory = memory,
                                                   .keep_going = memory > 1,
                                                   .on_event = on_event},
                        err);
}

/* What each network takes alone is too much; then room for one at a time, and for all. */
static void test_memory(void **state)
{
    struct rn_err err = {0};
    double gb = 0, need = 0;

    (void)state;
    make_real_sweep("memory");
    assert_int_equal(train_within(1, &err), RN_E_FAILED);
    assert_contains(err.msg, "all jobs fail the same way: out of memory");
    assert_int_equal(count_of(RN_RUN_MEMORY), 3);
    for (size_t i = 0; i < 3; i++) {
        struct rn_run_record record;
        char name[32];
        (void)snprintf(name, sizeof name, "attempts/%06zu.1", i);
        ok(rn_record_read(in_sweep(name), &record, NULL, &err), &err);
        assert_int_equal(sscanf(strstr(record.reason, "about"), "about %lf GB", &gb), 1);
        need = fmax(need, gb);
    }
    assert_true(need > 0);
    ok(train_within((size_t)(1.3e9 * need), &err), &err);
    assert_int_equal(most, 1);
    check_all_published(4);
    make_real_sweep("room");
    ok(train_within(0, &err), &err);
    assert_int_equal(most, 2);
    check_all_published(4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_processors),
        cmocka_unit_test(test_memory),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}

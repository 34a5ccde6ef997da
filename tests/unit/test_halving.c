/* sweep: successive halving: who goes on, whoever decides it, and whatever happens meanwhile. */
#include "sweep_scratch.h"

#define EPOCHS 9 /* rungs after 1 and 3 */

static int set_up(void **state)
{
    (void)state;
    make_root();
    return 0;
}

static struct rn_sweep_setup halved(const char *name, long long networks)
{
    static char key[] = "OPTIM.MAX_EPOCH", value[] = "9";
    static char *settings[] = {key, value};

    (void)snprintf(sweep_dir, sizeof sweep_dir, "%s/%s", root, name);
    return (struct rn_sweep_setup){.dir = sweep_dir,
                                   .space = "RegNetX@mini",
                                   .networks = networks,
                                   .seed = 3,
                                   .lease = LEASE,
                                   .halving_epochs = 1,
                                   .halving_factor = 3,
                                   .n_settings = 1,
                                   .settings = settings};
}

static void make_halved(const char *name, long long networks)
{
    struct rn_sweep_setup asked = halved(name, networks);
    struct rn_err err = {0};

    ok(rn_sweep_setup(&asked, &err), &err);
}

/* Curves that cross: after one epoch the last networks lead, after three the first of those. */
static double error_of(size_t network, int epochs)
{
    return epochs < 3 ? 90 - (double)network : 50 + (double)network - epochs;
}

/* Where the attempts before have come to; a training that begins anew would fail here. */
static int epochs_before(const struct rn_train_options *options)
{
    char path[512];
    int epochs = EPOCHS;

    do
        (void)snprintf(path, sizeof path, "%s/checkpoints/%d", options->dir, epochs);
    while (!rn_path_exists(path) && --epochs > 0);
    return epochs;
}

static enum rn_status save(const struct rn_train_options *options, int epochs, struct rn_err *err)
{
    char path[512];
    enum rn_status status;

    (void)snprintf(path, sizeof path, "%s/checkpoints", options->dir);
    status = rn_dir_make(path, err);
    (void)snprintf(path, sizeof path, "%s/checkpoints/%d", options->dir, epochs);
    RN_TRY(status);
    RN_TRY(rn_file_write(path, "", 0, err));
    (void)snprintf(path, sizeof path, "%s/log.jsonl", options->dir); /* by which it has begun */
    status = rn_file_write(path, "", 0, err);
done:
    return status;
}

static enum rn_status train_curve(const struct rn_config *cfg,
                                  const struct rn_train_options *options, struct rn_result *result,
                                  struct rn_err *err)
{
    int to = options->pause_after ? options->pause_after : cfg->optim.max_epoch;
    int from = epochs_before(options);
    struct rn_result made = {.outcome = options->pause_after ? RN_OUTCOME_PAUSED : RN_OUTCOME_DONE,
                             .epochs = to,
                             .top1_err = error_of(network_of(options), to),
                             .loss = 1,
                             .seconds = 1};
    enum rn_status status;

    (void)result;
    usleep(3000);
    if (from != (to == 9 ? 3 : to == 3 ? 1 : 0) && from != to)
        return rn_fail(err, RN_E_FAILED, "it begins at epoch %d for %d", from, to);
    RN_TRY(save(options, to, err));
    status = rn_result_write(options->dir, "net", &made, err);
done:
    return status;
}

/* Of 18 networks 6 go on from the first rung, the last ones; of those the two best at the second.
 */
static void check_outcome(void)
{
    struct rn_sweep_view view;

    look(&view);
    assert_int_equal(view.jobs.count[RN_RUN_DONE], 2);
    assert_int_equal(view.jobs.count[RN_RUN_STOPPED], 16);
    assert_int_equal(view.jobs.job[12].state, RN_RUN_DONE);
    assert_int_equal(view.jobs.job[13].state, RN_RUN_DONE);
    assert_int_equal(view.jobs.n_rungs, 2);
    assert_int_equal(view.jobs.rung[0].n, 18);
    assert_int_equal(view.jobs.rung[0].on, 6);
    assert_int_equal(view.jobs.rung[1].n, 6);
    assert_int_equal(view.jobs.rung[1].on, 2);
    assert_true(view.jobs.job[17].epochs == 3 && view.jobs.job[17].error == error_of(17, 3));
    assert_true(view.jobs.job[0].epochs == 1 && view.jobs.job[0].error == error_of(0, 1));
    rn_sweep_view_release(&view);
}

static void test_known_order(void **state)
{
    struct rn_err err = {0};
    struct rn_buf said = {0};

    (void)state;
    make_halved("order", 18);
    ok(run_sweep((struct rn_sweep_options){.train = train_curve}, &err), &err);
    check_outcome();
    ok(rn_sweep_status(sweep_dir, false, &said, &err), &err);
    assert_contains(said.data, "2 done, 16 stopped");
    assert_contains(said.data, "after 1 epoch 6 of 18 networks went on, after 3 epochs 2 of 6");
    assert_contains(said.data, "no sample of the space");
    rn_buf_release(&said);
}

static void read_decision(const char *sweep, const char *name, struct rn_buf *text)
{
    char path[512];

    (void)snprintf(path, sizeof path, "%s/%s/decisions/%s.json", root, sweep, name);
    ok(rn_file_read(path, 1 << 20, text, NULL), NULL);
}

static void check_same_decisions(const char *sweep)
{
    static const char *const names[] = {"rung-0", "rung-1"};
    struct rn_buf a = {0}, b = {0};

    for (size_t i = 0; i < 2; i++) {
        read_decision("order", names[i], &a);
        read_decision(sweep, names[i], &b);
        assert_string_equal(a.data, b.data);
    }
    rn_buf_release(&a);
    rn_buf_release(&b);
}

static pid_t start_worker(void)
{
    pid_t pid = fork();

    if (pid == 0) {
        struct rn_err err = {0};
        if (run_sweep((struct rn_sweep_options){.train = train_curve, .jobs = 2}, &err) != RN_OK)
            print_error("a worker ended: %s\n", err.msg);
        _exit(err.status == RN_OK ? 0 : 1);
    }
    assert_true(pid > 0);
    return pid;
}

/* Two workers, one of which is killed again and again, decide what one alone does. */
static void test_kills(void **state)
{
    int status;
    pid_t steady, victim;

    (void)state;
    make_halved("kills", 18);
    steady = start_worker();
    for (int i = 0; i < 6; i++) {
        victim = start_worker();
        usleep(10000 + 9000 * (unsigned)i);
        assert_int_equal(kill(victim, SIGKILL), 0);
        assert_int_equal(waitpid(victim, &status, 0), victim);
    }
    assert_int_equal(waitpid(steady, &status, 0), steady);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    check_outcome();
    check_same_decisions("kills");
}

/* Workers that take one network each, as Slurm's tasks do, and a decision that is damaged between
   them: whoever comes next decides the same. */
static void test_damaged_decision(void **state)
{
    struct rn_err err = {0};
    struct rn_buf text = {0};
    bool flipped = false;

    (void)state;
    make_halved("damaged", 18);
    for (int i = 0; i < 18 + 6 + 2; i++) {
        ok(run_sweep((struct rn_sweep_options){.train = train_curve, .limit = 1}, &err), &err);
        if (flipped || i < 20)
            continue;
        read_decision("damaged", "rung-0", &text);
        text.data[30] ^= 1;
        ok(rn_file_write(in_sweep("decisions/rung-0.json"), text.data, text.len, NULL), NULL);
        flipped = true;
    }
    check_outcome();
    assert_true(flipped);
    rn_buf_release(&text);
}

/* A network that diverges or fails for good is waited for no longer, and takes nobody's place;
   three that fail are not all. */
static enum rn_status train_some(const struct rn_config *cfg,
                                 const struct rn_train_options *options, struct rn_result *result,
                                 struct rn_err *err)
{
    size_t network = network_of(options);

    if (network > 14)
        return rn_fail(err, RN_E_NOMEM, "could not allocate");
    if (network == 14)
        return write_result(options, RN_OUTCOME_DIVERGED, err);
    return train_curve(cfg, options, result, err);
}

static void test_failures(void **state)
{
    struct rn_err err = {0};
    struct rn_sweep_view view;

    (void)state;
    make_halved("failures", 18);
    ok(run_sweep((struct rn_sweep_options){.train = train_some}, &err), &err);
    look(&view);
    assert_int_equal(view.jobs.count[RN_RUN_DONE], 2);
    assert_int_equal(view.jobs.count[RN_RUN_DIVERGED], 1);
    assert_int_equal(view.jobs.count[RN_RUN_MEMORY], 3);
    assert_int_equal(view.jobs.rung[0].n, 14);
    assert_int_equal(view.jobs.rung[0].on, 6);
    assert_int_equal(view.jobs.job[8].state, RN_RUN_DONE);
    rn_sweep_view_release(&view);
}

static void test_refused(void **state)
{
    struct rn_sweep_setup asked;
    struct rn_err err = {0};

    (void)state;
    make_halved("refused", 9);
    asked = halved("refused", 10);
    assert_int_equal(rn_sweep_setup(&asked, &err), RN_E_CONFIG);
    assert_contains(err.msg, "depends on all 9 networks");
    asked = halved("refused", 9);
    asked.halving_epochs = 2;
    assert_int_equal(rn_sweep_setup(&asked, &err), RN_E_CONFIG);
    assert_contains(err.msg, "halving_epochs is 1 there and 2 here");
    asked = halved("late", 9);
    asked.halving_epochs = 9;
    assert_int_equal(rn_sweep_setup(&asked, &err), RN_E_CONFIG);
    assert_contains(err.msg, "not within OPTIM.MAX_EPOCH, which is 9");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known_order),      cmocka_unit_test(test_kills),
        cmocka_unit_test(test_damaged_decision), cmocka_unit_test(test_failures),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}

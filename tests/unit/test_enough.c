/* sweep: a sweep ends when its distribution of errors has stopped moving. */
#include "regnet/records.h"
#include "sweep_scratch.h"

static int set_up(void **state)
{
    (void)state;
    make_root();
    return 0;
}

static enum rn_status set_up_sweep(const char *name, long long networks, double edf_ks,
                                   struct rn_err *err)
{
    char key[] = "OPTIM.MAX_EPOCH", value[] = "1";
    char *settings[] = {key, value};

    (void)snprintf(sweep_dir, sizeof sweep_dir, "%s/%s", root, name);
    return rn_sweep_setup(&(struct rn_sweep_setup){.dir = sweep_dir,
                                                   .space = "RegNetX@mini",
                                                   .networks = networks,
                                                   .seed = 3,
                                                   .lease = LEASE,
                                                   .edf_ks = edf_ks,
                                                   .n_settings = 1,
                                                   .settings = settings},
                          err);
}

/* Of the first 32 networks the even are good and the odd bad; the rest are in between, all alike:
   the halves of 32 differ by 1, those of 64 by 1/2. The third never succeeds. */
static enum rn_status train_parity(const struct rn_config *cfg,
                                   const struct rn_train_options *options, struct rn_result *result,
                                   struct rn_err *err)
{
    size_t network = network_of(options);
    struct rn_result made = {.epochs = 1, .loss = 1, .seconds = 1, .top1_err = 50};

    (void)cfg, (void)result;
    if (network == 2)
        return rn_fail(err, RN_E_NOMEM, "could not allocate");
    if (network < 32)
        made.top1_err = network % 2 ? 80 + (double)network / 10 : 20 + (double)network / 10;
    return rn_result_write(options->dir, "net", &made, err);
}

static pid_t start_worker(void)
{
    pid_t pid = fork();

    if (pid == 0) {
        struct rn_err err = {0};
        _exit(run_sweep((struct rn_sweep_options){.train = train_parity}, &err) == RN_OK ? 0 : 1);
    }
    assert_true(pid > 0);
    return pid;
}

static void check_sixty_four(void)
{
    struct rn_sweep_view view;
    struct rn_records records;
    struct rn_buf said = {0};
    struct rn_err err = {0};

    look(&view);
    assert_int_equal(view.jobs.n, 64);
    assert_int_equal(view.jobs.count[RN_RUN_DONE], 63);
    assert_int_equal(view.sweep->enough.of, 100);
    assert_true(view.sweep->enough.ks > 0.49 && view.sweep->enough.ks < 0.55);
    rn_sweep_view_release(&view);
    ok(rn_records_read(sweep_dir, &records, &err), &err);
    assert_int_equal(records.n, 63);
    rn_records_release(&records);
    ok(rn_sweep_status(sweep_dir, false, &said, &err), &err);
    assert_contains(said.data, "Ended early, with 64 of 100 networks");
    assert_contains(said.data, "0.55 was to end it");
    rn_buf_release(&said);
}

static void test_ends(void **state)
{
    struct rn_err err = {0};

    (void)state;
    ok(set_up_sweep("ends", 100, 0.55, &err), &err);
    ok(run_sweep((struct rn_sweep_options){.train = train_parity}, &err), &err);
    check_sixty_four();
    assert_false(rn_path_exists(in_sweep("runs/000064")));
}

static void test_two_workers(void **state)
{
    struct rn_err err = {0};
    pid_t pid[2];
    int status;

    (void)state;
    ok(set_up_sweep("two", 100, 0.55, &err), &err);
    for (int i = 0; i < 2; i++)
        pid[i] = start_worker();
    usleep(50000);
    (void)kill(pid[0], SIGKILL);
    for (int i = 0; i < 2; i++)
        assert_int_equal(waitpid(pid[i], &status, 0), pid[i]);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    check_sixty_four();
}

/* A bound that is not met ends nothing; and setup asks anew. */
static void test_goes_on(void **state)
{
    struct rn_err err = {0};

    (void)state;
    ok(set_up_sweep("on", 40, 0.99, &err), &err);
    ok(run_sweep((struct rn_sweep_options){0}, &err), &err);
    check_all_published(32); /* by 7 i mod 50 the two halves are alike */
    ok(set_up_sweep("on", 0, -1, &err), &err);
    ok(run_sweep((struct rn_sweep_options){0}, &err), &err);
    check_all_published(40);
    ok(set_up_sweep("not", 40, 0.001, &err), &err);
    ok(run_sweep((struct rn_sweep_options){0}, &err), &err);
    check_all_published(40);
}

static void test_refused(void **state)
{
    char key[] = "OPTIM.MAX_EPOCH", value[] = "4";
    char *settings[] = {key, value};
    struct rn_err err = {0};
    struct rn_sweep_setup both = {.dir = in_root("both"),
                                  .space = "RegNetX@mini",
                                  .networks = 9,
                                  .edf_ks = 0.1,
                                  .halving_epochs = 1,
                                  .n_settings = 1,
                                  .settings = settings};

    (void)state;
    assert_int_equal(rn_sweep_setup(&both, &err), RN_E_CONFIG);
    assert_contains(err.msg, "choose one of the two");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ends),
        cmocka_unit_test(test_two_workers),
        cmocka_unit_test(test_goes_on),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}

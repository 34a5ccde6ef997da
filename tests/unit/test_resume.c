/* Trainings that stop, go on, are over, or belong to another configuration. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "regnet/file.h"
#include "train_scratch.h"

/* Stopped in the middle of an epoch, and at the end of one, then gone on: the bytes of one run. */
static void a_stopped_training_goes_on_exactly(void **state)
{
    struct rn_config cfg = tiny_config();
    struct rn_result straight, resumed;
    double whole[15], parts[15];
    int stops[] = {3, 5, 7}; /* steps, five an epoch */

    (void)state;
    set_key(&cfg, "OPTIM.OPTIMIZER", "adamw"); /* all the arrays that there are */
    set_key(&cfg, "OPTIM.BASE_LR", "0.01");
    set_key(&cfg, "OPTIM.EMA", "True");
    set_key(&cfg, "OPTIM.EMA_ALPHA", "0.05");
    set_key(&cfg, "OPTIM.EMA_UPDATE_PERIOD", "2");
    train_ok(&cfg, "a", &straight);
    for (size_t k = 0; k < 3; k++) {
        struct stopper stopper = {.after = stops[k]};
        struct rn_err err = {0};
        assert_int_equal(train_in(&cfg, "b", &stopper, &resumed, &err), RN_E_STOPPED);
        assert_int_equal(stopper.steps, stops[k]);
    }
    train_ok(&cfg, "b", &resumed);
    assert_same_file("a", "b", "model.safetensors");
    assert_true(resumed.loss == straight.loss && resumed.top1_err == straight.top1_err);
    assert_int_equal(log_numbers("a", "train_iter", "loss", whole, 15), 15);
    assert_int_equal(log_numbers("b", "train_iter", "loss", parts, 15), 15);
    assert_memory_equal(whole, parts, sizeof whole);
    assert_int_equal(log_numbers("a", "test_ema_epoch", "min_top1_err", whole, 15), 3);
    assert_int_equal(log_numbers("b", "test_ema_epoch", "min_top1_err", parts, 15), 3);
    assert_memory_equal(whole, parts, 3 * sizeof *whole);
}

/* As the retraining of a study: checkpoints, but one look at the test part. */
static void a_stopped_training_can_test_once(void **state)
{
    struct rn_config cfg = tiny_config();
    struct stopper stopper = {.after = 7};
    struct rn_train_options options = scratch_options("a", &stopper);
    struct rn_result result;
    double loss[15], err1[3];

    (void)state;
    options.test_once = true;
    assert_int_equal(rn_train(&cfg, &options, &result, NULL), RN_E_STOPPED);
    assert_int_equal(log_numbers("a", "test_epoch", "top1_err", err1, 3), 0);
    stopper.flag = 0;
    assert_int_equal(rn_train(&cfg, &options, &result, NULL), RN_OK);
    assert_int_equal(stopper.steps, 15); /* none twice */
    assert_int_equal(log_numbers("a", "train_iter", "loss", loss, 15), 15);
    assert_int_equal(log_numbers("a", "test_epoch", "top1_err", err1, 3), 1);
    assert_true(result.top1_err == err1[0]);
}

/* A damaged newest checkpoint is passed over; what the log says of it is taken back. */
static void a_torn_checkpoint_is_passed_over(void **state)
{
    struct rn_config cfg = tiny_config();
    struct stopper stopper = {.after = 12};
    struct rn_result straight, resumed;
    double loss[15];

    (void)state;
    train_ok(&cfg, "a", &straight);
    assert_int_equal(train_in(&cfg, "b", &stopper, &resumed, NULL), RN_E_STOPPED);
    assert_int_equal(truncate(in_root("b/checkpoints/000002-00000002.safetensors"), 1000), 0);
    train_ok(&cfg, "b", &resumed);
    assert_same_file("a", "b", "model.safetensors");
    assert_int_equal(log_numbers("b", "train_iter", "loss", loss, 15), 15);
    assert_false(rn_path_exists(
        in_root("b/checkpoints/000001-00000000.safetensors"))); /* the newest two are kept */
}

static void another_configuration_is_not_mixed_in(void **state)
{
    struct rn_config cfg = tiny_config();
    struct stopper stopper = {.after = 2};
    struct rn_result result;
    struct rn_err err = {0};

    (void)state;
    assert_int_equal(train_in(&cfg, "a", &stopper, &result, &err), RN_E_STOPPED);
    set_key(&cfg, "OPTIM.BASE_LR", "0.2");
    assert_int_equal(train_in(&cfg, "a", NULL, &result, &err), RN_E_CONFIG);
    assert_non_null(strstr(err.msg, "OPTIM.BASE_LR"));
    assert_non_null(strstr(err.msg, "--fresh"));
    set_key(&cfg, "OPTIM.BASE_LR", "0.1");
    set_key(&cfg, "OUT_DIR", "elsewhere");
    set_key(&cfg, "LOG_PERIOD", "2");
    train_ok(&cfg, "a", &result);
    set_key(&cfg, "OPTIM.BASE_LR", "0.2");
    assert_int_equal(rn_train(&cfg,
                              &(struct rn_train_options){.dir = in_root("a"),
                                                         .fresh = true,
                                                         .train_data = &train_data,
                                                         .test_data = &test_data},
                              &result, &err),
                     RN_OK);
    assert_false(rn_path_exists(in_root("a/model.safetensors")));
}

/* As in a population: no checkpoints, and the test part is measured once. */
static void a_finished_run_is_not_done_twice(void **state)
{
    struct rn_config cfg = tiny_config();
    struct rn_result first, second;
    struct rn_train_options options = {
        .test_once = true, .train_data = &train_data, .test_data = &test_data};
    double err1[3];

    (void)state;
    options.dir = in_root("a");
    assert_int_equal(rn_train(&cfg, &options, &first, NULL), RN_OK);
    assert_int_equal(rn_train(&cfg, &options, &second, NULL), RN_OK);
    assert_true(first.seconds == second.seconds);
    assert_int_equal(log_numbers("a", "test_epoch", "top1_err", err1, 3), 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_scratch, remove_scratch)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_stopped_training_goes_on_exactly), TEST(a_stopped_training_can_test_once),
        TEST(a_torn_checkpoint_is_passed_over),   TEST(another_configuration_is_not_mixed_in),
        TEST(a_finished_run_is_not_done_twice),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

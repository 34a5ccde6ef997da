/* Trainings that stop, go on, are over, or belong to another configuration. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
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
    assert_false(rn_path_exists(in_root("b/checkpoints/000002-00000002.safetensors")));
}

static int count_checkpoints(const char *folder)
{
    struct rn_names names = {0};
    int n;

    assert_int_equal(rn_dir_names(in_root(folder), &names, NULL), RN_OK);
    n = (int)names.n;
    rn_names_release(&names);
    return n;
}

/* Where none is whole nothing is thrown away without being asked. */
static void torn_checkpoints_are_no_new_beginning(void **state)
{
    struct rn_config cfg = tiny_config();
    struct stopper stopper = {.after = 7};
    struct rn_train_options options;
    struct rn_result result;
    struct rn_err err = {0};
    double loss[15];

    (void)state;
    assert_int_equal(train_in(&cfg, "a", &stopper, &result, NULL), RN_E_STOPPED);
    assert_int_equal(count_checkpoints("a/checkpoints"), 2);
    assert_int_equal(truncate(in_root("a/checkpoints/000001-00000000.safetensors"), 100), 0);
    assert_int_equal(truncate(in_root("a/checkpoints/000001-00000002.safetensors"), 1000), 0);
    assert_int_equal(train_in(&cfg, "a", NULL, &result, &err), RN_E_DATA);
    assert_non_null(strstr(err.msg, "000001-00000002"));
    assert_non_null(strstr(err.msg, "--fresh"));
    assert_int_equal(count_checkpoints("a/checkpoints"), 2);
    assert_int_equal(log_numbers("a", "train_iter", "loss", loss, 15), 7);
    options = scratch_options("a", NULL);
    options.fresh = true;
    assert_int_equal(rn_train(&cfg, &options, &result, &err), RN_OK);
}

/* A block that the disk has lost leaves a file of the right size and form. */
static void a_zeroed_block_is_damage(void **state)
{
    struct rn_config cfg = tiny_config();
    struct stopper stopper = {.after = 12};
    const char *newest = "b/checkpoints/000002-00000002.safetensors";
    static const char zeros[512];
    struct rn_result straight, resumed;
    struct rn_buf bytes;
    FILE *file;

    (void)state;
    train_ok(&cfg, "a", &straight);
    assert_int_equal(train_in(&cfg, "b", &stopper, &resumed, NULL), RN_E_STOPPED);
    bytes = file_content("b", newest + 2);
    file = fopen(in_root(newest), "r+b");
    assert_non_null(file);
    assert_int_equal(fseek(file, (long)(bytes.len - 1024), SEEK_SET), 0);
    assert_int_equal(fwrite(zeros, 1, sizeof zeros, file), sizeof zeros);
    assert_int_equal(fclose(file), 0);
    rn_buf_release(&bytes);
    train_ok(&cfg, "b", &resumed);
    assert_same_file("a", "b", "model.safetensors");
}

/* Labels, names of classes and the number of images: none may change beneath a run. */
static void changed_data_are_not_gone_on_with(void **state)
{
    struct rn_config cfg = tiny_config();
    struct stopper stopper = {.after = 7};
    const char *renamed[10];
    const char *const *before = train_data.classes;
    struct rn_result result;
    struct rn_err err = {0};

    (void)state;
    assert_int_equal(train_in(&cfg, "a", &stopper, &result, NULL), RN_E_STOPPED);
    labels[20] = (labels[20] + 1) % 10;
    assert_int_equal(train_in(&cfg, "a", NULL, &result, &err), RN_E_CONFIG);
    assert_non_null(strstr(err.msg, "the data have changed"));
    labels[20] = 20 % 10;
    memcpy(renamed, before, sizeof renamed);
    renamed[3] = "renamed";
    train_data.classes = test_data.classes = renamed;
    assert_int_equal(train_in(&cfg, "a", NULL, &result, &err), RN_E_CONFIG);
    train_data.classes = test_data.classes = before;
    test_data.n--;
    assert_int_equal(train_in(&cfg, "a", NULL, &result, &err), RN_E_CONFIG);
    assert_non_null(strstr(err.msg, "now 40 images to train on, 12 to test on"));
    test_data.n++;
    train_ok(&cfg, "a", &result);
}

static void a_test_needs_the_classes_of_the_training(void **state)
{
    struct rn_config cfg = tiny_config();
    const char *other[10];
    struct rn_result result;
    struct rn_err err = {0};

    (void)state;
    memcpy(other, test_data.classes, sizeof other);
    other[2] = "2";
    test_data.classes = other;
    assert_int_equal(train_in(&cfg, "a", NULL, &result, &err), RN_E_DATA);
    assert_non_null(strstr(err.msg, "class 2 is \"Pullover\""));
    assert_non_null(strstr(err.msg, "it is \"2\""));
    assert_false(rn_path_exists(in_root("a")));
}

/* What keeps a new run from beginning costs the old one nothing; its own weights may begin it. */
static void a_fresh_run_removes_the_old_one_last(void **state)
{
    struct rn_config cfg = tiny_config();
    struct rn_train_options options;
    struct rn_result result;
    struct rn_err err = {0};
    double loss[15];
    int kept;

    (void)state;
    train_ok(&cfg, "a", &result);
    kept = count_checkpoints("a/checkpoints");
    options = scratch_options("a", NULL);
    options.fresh = true;
    set_key(&cfg, "TRAIN.WEIGHTS", in_root("a/modle.safetensors"));
    assert_int_equal(rn_train(&cfg, &options, &result, &err), RN_E_IO);
    assert_non_null(strstr(err.msg, "modle"));
    assert_true(rn_path_exists(in_root("a/result.json")));
    assert_true(rn_path_exists(in_root("a/model.safetensors")));
    assert_int_equal(count_checkpoints("a/checkpoints"), kept);
    assert_int_equal(log_numbers("a", "train_iter", "loss", loss, 15), 15);
    set_key(&cfg, "TRAIN.WEIGHTS", in_root("a/model.safetensors"));
    set_key(&cfg, "OPTIM.MAX_EPOCH", "1");
    options.dir = in_root("a");
    if (rn_train(&cfg, &options, &result, &err) != RN_OK)
        fail_msg("%s", err.msg);
    assert_int_equal(log_numbers("a", "train_iter", "loss", loss, 15), 5);
}

/* The newest, the one before it and the best one, whichever that is. */
static void three_checkpoints_are_kept(void **state)
{
    struct rn_config cfg = tiny_config();
    struct rn_names names = {0};
    struct rn_result result;
    double err1[6];
    char best[64];
    int least = 0;

    (void)state;
    set_key(&cfg, "OPTIM.MAX_EPOCH", "6");
    set_key(&cfg, "OPTIM.BASE_LR", "2");
    set_key(&cfg, "TRAIN.CHECKPOINT_STEPS", "2");
    train_ok(&cfg, "a", &result);
    assert_int_equal(log_numbers("a", "test_epoch", "top1_err", err1, 6), 6);
    for (int i = 1; i < 6; i++)
        least = err1[i] < err1[least] ? i : least;
    (void)snprintf(best, sizeof best, "%06d-00000000.safetensors", least + 1);
    assert_int_equal(rn_dir_names(in_root("a/checkpoints"), &names, NULL), RN_OK);
    assert_int_equal(names.n, least == 5 ? 2 : 3);
    assert_string_equal(names.name[names.n - 1], "000006-00000000.safetensors");
    assert_string_equal(names.name[names.n - 2], "000005-00000004.safetensors");
    assert_string_equal(names.name[least == 5 ? 1 : 0], best);
    rn_names_release(&names);
}

static void a_checkpoint_never_holds_what_is_no_number(void **state)
{
    struct rn_config cfg = tiny_config();
    struct rn_names names = {0};
    struct rn_result result;

    (void)state;
    set_key(&cfg, "OPTIM.BASE_LR", "1e30"); /* times the decay no float */
    set_key(&cfg, "OPTIM.WEIGHT_DECAY", "1e30");
    set_key(&cfg, "OPTIM.WARMUP_EPOCHS", "0");
    set_key(&cfg, "TRAIN.CHECKPOINT_STEPS", "1");
    train_ok(&cfg, "a", &result);
    assert_int_equal(result.outcome, RN_OUTCOME_DIVERGED);
    assert_int_equal(rn_dir_names(in_root("a/checkpoints"), &names, NULL), RN_OK);
    assert_int_equal(names.n, 0);
    assert_false(rn_path_exists(in_root("a/model.safetensors")));
}

static void a_time_limit_stops_a_training_that_goes_on(void **state)
{
    struct rn_config cfg = tiny_config();
    struct rn_train_options options;
    struct rn_result result;
    struct rn_err err = {0};

    (void)state;
    options = scratch_options("b", NULL);
    options.time_limit = 1e-9;
    assert_int_equal(rn_train(&cfg, &options, &result, &err), RN_E_STOPPED);
    assert_non_null(strstr(err.msg, "by the time limit in epoch 1 after step 0 of 5"));
    assert_true(rn_path_exists(in_root("b/checkpoints/000000-00000000.safetensors")));
    train_ok(&cfg, "a", &result);
    train_ok(&cfg, "b", &result);
    assert_same_file("a", "b", "model.safetensors");
}

static void a_directory_belongs_to_one_process(void **state)
{
    struct rn_config cfg = tiny_config();
    struct rn_result result;
    struct rn_err err = {0};
    int lock;

    (void)state;
    assert_int_equal(rn_rundir_lock(in_root("a"), &lock, NULL), RN_OK);
    assert_int_equal(train_in(&cfg, "a", NULL, &result, &err), RN_E_IO);
    assert_non_null(strstr(err.msg, "another process is training"));
    (void)close(lock);
    train_ok(&cfg, "a", &result);
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
        TEST(a_stopped_training_goes_on_exactly),
        TEST(a_stopped_training_can_test_once),
        TEST(a_torn_checkpoint_is_passed_over),
        TEST(torn_checkpoints_are_no_new_beginning),
        TEST(a_fresh_run_removes_the_old_one_last),
        TEST(a_zeroed_block_is_damage),
        TEST(changed_data_are_not_gone_on_with),
        TEST(a_test_needs_the_classes_of_the_training),
        TEST(another_configuration_is_not_mixed_in),
        TEST(a_finished_run_is_not_done_twice),
        TEST(three_checkpoints_are_kept),
        TEST(a_checkpoint_never_holds_what_is_no_number),
        TEST(a_time_limit_stops_a_training_that_goes_on),
        TEST(a_directory_belongs_to_one_process),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

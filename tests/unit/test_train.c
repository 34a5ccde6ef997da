/* Trainings of a tiny network: what they learn, log and refuse. */
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "regnet/file.h"
#include "train_scratch.h"

static void a_training_learns_and_leaves_its_record(void **state)
{
    struct rn_config cfg = tiny_config();
    struct rn_result result, read;
    double loss[20], lr[20], err1[4], min1[4], iter[20];
    bool found = false;

    (void)state;
    set_key(&cfg, "OPTIM.MAX_EPOCH", "4");
    train_ok(&cfg, "a", &result);
    assert_int_equal(result.outcome, RN_OUTCOME_DONE);
    assert_int_equal(result.epochs, 4);
    assert_int_equal(log_numbers("a", "train_iter", "loss", loss, 20), 20);
    assert_int_equal(log_numbers("a", "train_iter", "lr", lr, 20), 20);
    assert_int_equal(log_numbers("a", "train_iter", "iter", iter, 20), 20);
    assert_int_equal(log_numbers("a", "test_epoch", "top1_err", err1, 4), 4);
    assert_int_equal(log_numbers("a", "test_epoch", "min_top1_err", min1, 4), 4);
    assert_int_equal(log_numbers("a", "complexity", "flops", min1, 1), 1);
    for (int i = 0; i < 20; i++) {
        assert_true(lr[i] == rn_learning_rate(&cfg, i / 5 + i % 5 / 5.0));
        assert_int_equal(iter[i], i % 5 + 1);
    }
    assert_true(loss[19] < loss[0]);
    assert_true(fabs(result.loss - (loss[15] + loss[16] + loss[17] + loss[18] + loss[19]) / 5) <
                1e-12);
    assert_true(result.top1_err == err1[3]);
    assert_true(fmod(result.top1_err * N_TEST / 100, 1) <
                1e-9); /* the last, partial batch counts */
    assert_int_equal(rn_result_read(in_root("a"), &read, &found, NULL), RN_OK);
    assert_true(found && read.loss == result.loss && read.top1_err == result.top1_err);
    assert_int_equal(read.cx.flops, result.cx.flops);
    assert_int_equal(read.epochs, 4);
}

static void the_same_seed_gives_the_same_bytes(void **state)
{
    struct rn_config cfg = tiny_config();
    struct rn_result result;
    struct rn_buf a, c;

    (void)state;
    train_ok(&cfg, "a", &result);
    train_ok(&cfg, "b", &result);
    assert_same_file("a", "b", "model.safetensors");
    set_key(&cfg, "RNG_SEED", "2");
    train_ok(&cfg, "c", &result);
    a = file_content("a", "model.safetensors");
    c = file_content("c", "model.safetensors");
    assert_int_equal(a.len, c.len);
    assert_memory_not_equal(a.data, c.data, a.len);
    rn_buf_release(&a);
    rn_buf_release(&c);
}

/* In file order the first epoch's losses are those of the same images stepped by hand. */
static void unshuffled_losses_are_those_of_the_file_order(void **state)
{
    struct rn_config cfg = tiny_config();
    struct rn_arch arch;
    struct rn_graph *graph = NULL;
    struct rn_net *net = NULL;
    static float images[8 * SIZE * 3], targets[80];
    struct rn_result result;
    double loss[15];

    (void)state;
    set_key(&cfg, "DATA_LOADER.SHUFFLE", "False");
    set_key(&cfg, "TRAIN.AUGMENT", "none");
    set_key(&cfg, "TRAIN.LABEL_SMOOTHING", "0.1");
    set_key(&cfg, "OPTIM.BASE_LR", "0.0");
    train_ok(&cfg, "a", &result);
    assert_int_equal(log_numbers("a", "train_iter", "loss", loss, 15), 15);
    assert_int_equal(rn_arch_from_config(&cfg, &arch, NULL), RN_OK);
    assert_int_equal(rn_graph_build(&arch, &graph, NULL), RN_OK);
    assert_int_equal(
        rn_net_new(graph, &(struct rn_net_options){.batch = 8, .train = true}, &net, NULL), RN_OK);
    rn_graph_init(graph, false, 1, rn_net_params(net).value);
    for (int b = 0; b < 5; b++) {
        for (int i = 0; i < 8 * SIZE * 3; i++)
            images[i] = ((float)pixels[b * 8 * SIZE + i / 3] / 255.0F - 0.2860F) / 0.3530F;
        for (int i = 0; i < 80; i++)
            targets[i] = labels[b * 8 + i / 10] == i % 10 ? 0.91F : 0.01F;
        assert_true(fabs(rn_net_step(net, images, targets, 8, NULL) - loss[b]) < 1e-6);
    }
    rn_net_free(net);
    rn_graph_free(graph);
}

static void a_diverged_training_is_a_result(void **state)
{
    struct rn_config cfg = tiny_config();
    struct rn_result result, read;
    bool found;

    (void)state;
    set_key(&cfg, "OPTIM.BASE_LR", "1e30");
    train_ok(&cfg, "a", &result);
    assert_int_equal(result.outcome, RN_OUTCOME_DIVERGED);
    assert_true(result.top1_err == 100 && !isfinite(result.loss));
    assert_int_equal(rn_result_read(in_root("a"), &read, &found, NULL), RN_OK);
    assert_true(found && read.outcome == RN_OUTCOME_DIVERGED && !isfinite(read.loss));
    assert_false(rn_path_exists(in_root("a/model.safetensors")));
}

static void mixed_precision_trains_nearly_the_same(void **state)
{
    struct rn_config cfg = tiny_config();
    struct rn_result exact, mixed;

    (void)state;
    train_ok(&cfg, "a", &exact);
    set_key(&cfg, "TRAIN.MIXED_PRECISION", "True");
    train_ok(&cfg, "b", &mixed);
    assert_true(mixed.loss != exact.loss && fabs(mixed.loss / exact.loss - 1) < 0.02);
}

static void held_out_images_can_be_the_test(void **state)
{
    struct rn_config cfg = tiny_config();
    struct rn_result result;

    (void)state;
    set_key(&cfg, "DATA_LOADER.HOLD_OUT", "10");
    set_key(&cfg, "TEST.SPLIT", "val");
    train_ok(&cfg, "a", &result);
    assert_true(fabs(fmod(result.top1_err, 10)) < 1e-9); /* tenths of 100 % */
}

/* Precise statistics are the plain averages of the batches' own. */
static void precise_statistics_are_averages(void **state)
{
    struct rn_config cfg = tiny_config();
    struct rn_arch arch;
    struct rn_graph *graph = NULL;
    struct rn_net *net = NULL;
    struct rn_loader *loader = NULL;
    struct rn_part part = {0};
    static float images[8 * SIZE * 3];
    int32_t batch_labels[8];
    const struct rn_batch batch = {.images = images, .labels = batch_labels};
    int n;
    struct rn_net_params params;
    double first, second;

    (void)state;
    assert_int_equal(rn_arch_from_config(&cfg, &arch, NULL), RN_OK);
    assert_int_equal(rn_graph_build(&arch, &graph, NULL), RN_OK);
    assert_int_equal(
        rn_net_new(graph, &(struct rn_net_options){.batch = 8, .train = true}, &net, NULL), RN_OK);
    params = rn_net_params(net);
    rn_graph_init(graph, false, 1, params.value);
    assert_int_equal(rn_part_all(&train_data, &part, NULL), RN_OK);
    assert_int_equal(rn_loader_new(&(struct rn_loader_options){.dataset = &train_data,
                                                               .part = &part,
                                                               .batch = 8,
                                                               .seed = 1,
                                                               .shuffle = true,
                                                               .drop_last = true},
                                   &loader, NULL),
                     RN_OK);
    rn_loader_start(loader, 4, 0);
    assert_int_equal(rn_loader_next(loader, &batch, &n, NULL), RN_OK);
    rn_net_batch_stats(net, images, n);
    first = params.value[params.n_trained];
    assert_int_equal(rn_loader_next(loader, &batch, &n, NULL), RN_OK);
    rn_net_batch_stats(net, images, n);
    second = params.value[params.n_trained];
    assert_int_equal(rn_precise_stats(net, loader, 4, 2, &batch, &(struct rn_halt){0}, NULL),
                     RN_OK);
    assert_true(first != second);
    assert_true(params.value[params.n_trained] == (float)((first + second) / 2));
    rn_loader_free(loader);
    rn_part_release(&part);
    rn_net_free(net);
    rn_graph_free(graph);
}

static void errors_count_ranks(void **state)
{
    const float logits[4 * 6] = {0, 1, 2, 3, 4, 5,  /* label 5: first */
                                 0, 1, 2, 3, 4, 5,  /* label 1: fifth */
                                 0, 1, 2, 3, 4, 5,  /* label 0: sixth */
                                 7, 7, 0, 0, 0, 0}; /* label 1: second, of equals */
    struct rn_meter meter = {0};
    struct rn_score score;

    (void)state;
    rn_meter_errors(&meter, logits, (const int32_t[]){5, 1, 0, 1}, 4, 6);
    score = rn_meter_score(&meter);
    assert_true(score.top1_err == 75 && score.top5_err == 25);
    rn_meter_loss(&meter, (const float[]){1e4F, 0}, (const int32_t[]){1}, 1, 2);
    assert_true(meter.loss == 1e4);
}

static void expect_refusal(const char *key, const char *value, enum rn_status status,
                           const char *part)
{
    struct rn_config cfg = tiny_config();
    struct rn_result result;
    struct rn_err err = {0};

    set_key(&cfg, key, value);
    assert_int_equal(train_in(&cfg, "refused", NULL, &result, &err), status);
    if (!strstr(err.msg, part))
        fail_msg("\"%s\" lacks \"%s\"", err.msg, part);
    assert_false(rn_path_exists(in_root("refused")));
}

static void what_cannot_be_trained_is_named(void **state)
{
    (void)state;
    expect_refusal("TRAIN.AUGMENT", "AutoAugmen", RN_E_CONFIG, "TRAIN.AUGMENT");
    expect_refusal("TRAIN.IM_SIZE", "32", RN_E_CONFIG, "TRAIN.IM_SIZE is 32");
    expect_refusal("MODEL.NUM_CLASSES", "100", RN_E_CONFIG, "MODEL.NUM_CLASSES is 100");
    expect_refusal("TRAIN.BATCH_SIZE", "41", RN_E_CONFIG, "TRAIN.BATCH_SIZE");
    expect_refusal("OPTIM.LR_POLICY", "steps", RN_E_CONFIG, "OPTIM.STEPS");
    expect_refusal("TRAIN.DATASET", "", RN_E_CONFIG, "TRAIN.DATASET");
}

/* A log on a full device: the error names the file, and no result claims that the run is over. */
static void a_full_disk_is_told(void **state)
{
    struct rn_config cfg = tiny_config();
    struct rn_result result;
    struct rn_err err = {0};
    const char *path;

    (void)state;
    assert_int_equal(rn_dir_make(in_root("a"), NULL), RN_OK);
    path = in_root("a/log.jsonl");
    assert_int_equal(symlink("/dev/full", path), 0);
    assert_int_equal(train_in(&cfg, "a", NULL, &result, &err), RN_E_IO);
    assert_non_null(strstr(err.msg, path));
    assert_non_null(strstr(err.msg, strerror(ENOSPC)));
    assert_false(rn_path_exists(in_root("a/result.json")));
}

static void a_directory_that_cannot_be_made_is_told(void **state)
{
    struct rn_config cfg = tiny_config();
    struct rn_result result;
    struct rn_err err = {0};

    (void)state;
    assert_int_equal(rn_train(&cfg,
                              &(struct rn_train_options){.dir = "/dev/null/run",
                                                         .train_data = &train_data,
                                                         .test_data = &test_data},
                              &result, &err),
                     RN_E_IO);
    assert_non_null(strstr(err.msg, "/dev/null/run"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_scratch, remove_scratch)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_training_learns_and_leaves_its_record),
        TEST(the_same_seed_gives_the_same_bytes),
        TEST(unshuffled_losses_are_those_of_the_file_order),
        TEST(a_diverged_training_is_a_result),
        TEST(mixed_precision_trains_nearly_the_same),
        TEST(held_out_images_can_be_the_test),
        TEST(precise_statistics_are_averages),
        cmocka_unit_test(errors_count_ranks),
        TEST(what_cannot_be_trained_is_named),
        TEST(a_full_disk_is_told),
        TEST(a_directory_that_cannot_be_made_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

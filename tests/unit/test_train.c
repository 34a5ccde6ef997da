/* Trainings of a tiny network on a tiny data set: results, logs, resumption, refusals. */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <png.h>

#include "regnet/file.h"
#include "regnet/rng.h"
#include "regnet/safetensors.h"
#include "regnet/value.h"
#include "train/run.h"

#define N_TRAIN 40
#define N_TEST 13
#define SIDE 28
#define SIZE (SIDE * SIDE)

static char dir[64];
static uint8_t pixels[N_TRAIN * SIZE];
static int32_t labels[N_TRAIN];
static struct rn_dataset train_data, test_data;

/* A bright bar whose row is the class, on noise. */
static void make_data(void)
{
    struct rn_rng rng = rn_rng_at(5, RN_STREAM_TEST, 0);

    for (int i = 0; i < N_TRAIN; i++) {
        labels[i] = i % 10;
        for (int j = 0; j < SIZE; j++)
            pixels[i * SIZE + j] = (uint8_t)rn_rng_below(&rng, 60);
        memset(pixels + i * SIZE + labels[i] * 2 * SIDE, 250, 2 * SIDE);
    }
    train_data = *rn_dataset_info("fashion_mnist");
    train_data.n = N_TRAIN;
    train_data.pixels = pixels;
    train_data.labels = labels;
    test_data = train_data;
    test_data.n = N_TEST;
}

static int make_dir(void **state)
{
    (void)state;
    strcpy(dir, "/tmp/regnet-test-XXXXXX");
    make_data();
    return mkdtemp(dir) ? 0 : -1;
}

static int remove_dir(void **state)
{
    char command[128];

    (void)state;
    snprintf(command, sizeof command, "rm -r '%s'", dir);
    return system(command);
}

static void set(struct rn_config *cfg, const char *key, const char *value)
{
    struct rn_err err = {0};

    if (rn_config_set(cfg, key, value, &err) != RN_OK)
        fail_msg("%s", err.msg);
}

static struct rn_config config(void)
{
    struct rn_config cfg;

    rn_config_default(&cfg);
    set(&cfg, "MODEL.TYPE", "anynet");
    set(&cfg, "ANYNET.STEM_W", "8");
    set(&cfg, "ANYNET.STEM_TYPE", "simple_stem_in");
    set(&cfg, "ANYNET.BLOCK_TYPE", "res_bottleneck_block");
    set(&cfg, "ANYNET.DEPTHS", "[1, 1]");
    set(&cfg, "ANYNET.WIDTHS", "[8, 16]");
    set(&cfg, "ANYNET.STRIDES", "[2, 2]");
    set(&cfg, "ANYNET.BOT_MULS", "[1.0, 1.0]");
    set(&cfg, "ANYNET.GROUP_WS", "[4, 4]");
    set(&cfg, "TRAIN.DATASET", "fashion_mnist");
    set(&cfg, "TRAIN.IM_SIZE", "28");
    set(&cfg, "TRAIN.BATCH_SIZE", "8");
    set(&cfg, "TEST.SPLIT", "test");
    set(&cfg, "OPTIM.MAX_EPOCH", "3");
    set(&cfg, "OPTIM.LR_UNIT", "step");
    set(&cfg, "OPTIM.WARMUP_EPOCHS", "0.5");
    set(&cfg, "BN.NUM_SAMPLES_PRECISE", "16");
    set(&cfg, "LOG_PERIOD", "1");
    return cfg;
}

/* Stops a training by its progress: after `after` steps in all. */
struct stopper {
    volatile sig_atomic_t flag;
    int after, steps;
};

static void count_steps(void *arg, const struct rn_progress *progress)
{
    struct stopper *stopper = arg;

    assert_true(progress->step >= 1 && progress->step <= progress->steps);
    assert_true(progress->epoch < progress->epochs);
    stopper->steps++;
    stopper->flag = stopper->steps == stopper->after;
}

static enum rn_status train(const struct rn_config *cfg, const char *name, struct stopper *stopper,
                            struct rn_result *result, struct rn_err *err)
{
    char path[128];
    struct rn_train_options options = {.dir = path,
                                       .save_checkpoints = true,
                                       .save_model = true,
                                       .train_data = &train_data,
                                       .test_data = &test_data};

    snprintf(path, sizeof path, "%s/%s", dir, name);
    if (stopper) {
        options.on_progress = count_steps;
        options.arg = stopper;
        options.stop = &stopper->flag;
    }
    return rn_train(cfg, &options, result, err);
}

static void train_ok(const struct rn_config *cfg, const char *name, struct rn_result *result)
{
    struct rn_err err = {0};

    if (train(cfg, name, NULL, result, &err) != RN_OK)
        fail_msg("%s", err.msg);
}

static struct rn_buf content(const char *name, const char *file)
{
    char path[160];
    struct rn_buf buf = {0};
    struct rn_err err = {0};

    snprintf(path, sizeof path, "%s/%s/%s", dir, name, file);
    if (rn_file_read(path, 1 << 24, &buf, &err) != RN_OK)
        fail_msg("%s", err.msg);
    return buf;
}

static void assert_same_file(const char *a, const char *b, const char *file)
{
    struct rn_buf left = content(a, file), right = content(b, file);

    assert_int_equal(left.len, right.len);
    assert_memory_equal(left.data, right.data, left.len);
    rn_buf_release(&left);
    rn_buf_release(&right);
}

/* The log's lines of a type, a number of each; returns how many. */
static int numbers(const char *name, const char *type, const char *key, double *out, int room)
{
    struct rn_buf log = content(name, "log.jsonl");
    int n = 0;

    for (char *line = log.data, *end; (end = strchr(line, '\n')); line = end + 1) {
        struct rn_doc *doc = NULL;
        const char *text;
        assert_int_equal(rn_doc_parse_json(line, (size_t)(end - line), "log", &doc, NULL), RN_OK);
        assert_int_equal(rn_value_text(rn_value_get(rn_doc_root(doc), "_type"), &text, NULL),
                         RN_OK);
        if (strcmp(text, type) == 0) {
            const struct rn_value *value = rn_value_get(rn_doc_root(doc), key);
            assert_true(n < room);
            out[n] = NAN;
            if (value && !rn_value_is_null(value))
                assert_int_equal(rn_value_double(value, &out[n], NULL), RN_OK);
            n++;
        }
        rn_doc_free(doc);
    }
    rn_buf_release(&log);
    return n;
}

static void a_training_learns_and_leaves_its_record(void **state)
{
    struct rn_config cfg = config();
    struct rn_result result, read;
    double loss[20], lr[20], err1[4], min1[4], iter[20];
    bool found = false;
    char path[128];

    (void)state;
    set(&cfg, "OPTIM.MAX_EPOCH", "4");
    train_ok(&cfg, "a", &result);
    assert_int_equal(result.outcome, RN_OUTCOME_DONE);
    assert_int_equal(result.epochs, 4);
    assert_int_equal(numbers("a", "train_iter", "loss", loss, 20), 20);
    assert_int_equal(numbers("a", "train_iter", "lr", lr, 20), 20);
    assert_int_equal(numbers("a", "train_iter", "iter", iter, 20), 20);
    assert_int_equal(numbers("a", "test_epoch", "top1_err", err1, 4), 4);
    assert_int_equal(numbers("a", "test_epoch", "min_top1_err", min1, 4), 4);
    assert_int_equal(numbers("a", "complexity", "flops", min1, 1), 1);
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
    snprintf(path, sizeof path, "%s/a", dir);
    assert_int_equal(rn_result_read(path, &read, &found, NULL), RN_OK);
    assert_true(found && read.loss == result.loss && read.top1_err == result.top1_err);
    assert_int_equal(read.cx.flops, result.cx.flops);
    assert_int_equal(read.epochs, 4);
}

static void the_same_seed_gives_the_same_bytes(void **state)
{
    struct rn_config cfg = config();
    struct rn_result result;
    struct rn_buf a, c;

    (void)state;
    train_ok(&cfg, "a", &result);
    train_ok(&cfg, "b", &result);
    assert_same_file("a", "b", "model.safetensors");
    set(&cfg, "RNG_SEED", "2");
    train_ok(&cfg, "c", &result);
    a = content("a", "model.safetensors");
    c = content("c", "model.safetensors");
    assert_int_equal(a.len, c.len);
    assert_memory_not_equal(a.data, c.data, a.len);
    rn_buf_release(&a);
    rn_buf_release(&c);
}

/* Stopped in the middle of an epoch, and at the end of one, then gone on: the bytes of one run. */
static void a_stopped_training_goes_on_exactly(void **state)
{
    struct rn_config cfg = config();
    struct rn_result straight, resumed;
    double whole[15], parts[15];
    int stops[] = {3, 5, 7}; /* steps, five an epoch */

    (void)state;
    train_ok(&cfg, "a", &straight);
    for (size_t k = 0; k < 3; k++) {
        struct stopper stopper = {.after = stops[k]};
        struct rn_err err = {0};
        assert_int_equal(train(&cfg, "b", &stopper, &resumed, &err), RN_E_STOPPED);
        assert_int_equal(stopper.steps, stops[k]);
    }
    train_ok(&cfg, "b", &resumed);
    assert_same_file("a", "b", "model.safetensors");
    assert_true(resumed.loss == straight.loss && resumed.top1_err == straight.top1_err);
    assert_int_equal(numbers("a", "train_iter", "loss", whole, 15), 15);
    assert_int_equal(numbers("b", "train_iter", "loss", parts, 15), 15);
    assert_memory_equal(whole, parts, sizeof whole);
}

/* A damaged newest checkpoint is passed over; what the log says of it is taken back. */
static void a_torn_checkpoint_is_passed_over(void **state)
{
    struct rn_config cfg = config();
    struct stopper stopper = {.after = 12};
    struct rn_result straight, resumed;
    double loss[15];
    char path[128];

    (void)state;
    train_ok(&cfg, "a", &straight);
    assert_int_equal(train(&cfg, "b", &stopper, &resumed, NULL), RN_E_STOPPED);
    snprintf(path, sizeof path, "%s/b/checkpoints/000002-00000002.safetensors", dir);
    assert_int_equal(truncate(path, 1000), 0);
    train_ok(&cfg, "b", &resumed);
    assert_same_file("a", "b", "model.safetensors");
    assert_int_equal(numbers("b", "train_iter", "loss", loss, 15), 15);
    snprintf(path, sizeof path, "%s/b/checkpoints/000001-00000000.safetensors", dir);
    assert_false(rn_path_exists(path)); /* the newest two are kept */
}

static void another_configuration_is_not_mixed_in(void **state)
{
    struct rn_config cfg = config();
    struct stopper stopper = {.after = 2};
    struct rn_result result;
    struct rn_err err = {0};
    char path[128];

    (void)state;
    assert_int_equal(train(&cfg, "a", &stopper, &result, &err), RN_E_STOPPED);
    set(&cfg, "OPTIM.BASE_LR", "0.2");
    assert_int_equal(train(&cfg, "a", NULL, &result, &err), RN_E_CONFIG);
    assert_non_null(strstr(err.msg, "OPTIM.BASE_LR"));
    assert_non_null(strstr(err.msg, "--fresh"));
    set(&cfg, "OPTIM.BASE_LR", "0.1");
    set(&cfg, "OUT_DIR", "elsewhere");
    set(&cfg, "LOG_PERIOD", "2");
    train_ok(&cfg, "a", &result);
    set(&cfg, "OPTIM.BASE_LR", "0.2");
    snprintf(path, sizeof path, "%s/a", dir);
    assert_int_equal(rn_train(&cfg,
                              &(struct rn_train_options){.dir = path,
                                                         .fresh = true,
                                                         .train_data = &train_data,
                                                         .test_data = &test_data},
                              &result, &err),
                     RN_OK);
    snprintf(path, sizeof path, "%s/a/model.safetensors", dir);
    assert_false(rn_path_exists(path));
}

/* As in a population: no checkpoints, and the test part is measured once. */
static void a_finished_run_is_not_done_twice(void **state)
{
    struct rn_config cfg = config();
    struct rn_result first, second;
    struct rn_train_options options = {
        .test_once = true, .train_data = &train_data, .test_data = &test_data};
    char path[128];
    double err1[3];

    (void)state;
    snprintf(path, sizeof path, "%s/a", dir);
    options.dir = path;
    assert_int_equal(rn_train(&cfg, &options, &first, NULL), RN_OK);
    assert_int_equal(rn_train(&cfg, &options, &second, NULL), RN_OK);
    assert_true(first.seconds == second.seconds);
    assert_int_equal(numbers("a", "test_epoch", "top1_err", err1, 3), 1);
}

/* In file order the first epoch's losses are those of the same images stepped by hand. */
static void unshuffled_losses_are_those_of_the_file_order(void **state)
{
    struct rn_config cfg = config();
    struct rn_arch arch;
    struct rn_graph *graph = NULL;
    struct rn_net *net = NULL;
    static float images[8 * SIZE * 3], targets[80];
    struct rn_result result;
    double loss[15];

    (void)state;
    set(&cfg, "DATA_LOADER.SHUFFLE", "False");
    set(&cfg, "TRAIN.AUGMENT", "none");
    set(&cfg, "TRAIN.LABEL_SMOOTHING", "0.1");
    set(&cfg, "OPTIM.BASE_LR", "0.0");
    train_ok(&cfg, "a", &result);
    assert_int_equal(numbers("a", "train_iter", "loss", loss, 15), 15);
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
    struct rn_config cfg = config();
    struct rn_result result, read;
    bool found;
    char path[128];

    (void)state;
    set(&cfg, "OPTIM.BASE_LR", "1e30");
    train_ok(&cfg, "a", &result);
    assert_int_equal(result.outcome, RN_OUTCOME_DIVERGED);
    assert_true(result.top1_err == 100 && !isfinite(result.loss));
    snprintf(path, sizeof path, "%s/a", dir);
    assert_int_equal(rn_result_read(path, &read, &found, NULL), RN_OK);
    assert_true(found && read.outcome == RN_OUTCOME_DIVERGED && !isfinite(read.loss));
    snprintf(path, sizeof path, "%s/a/model.safetensors", dir);
    assert_false(rn_path_exists(path));
}

static void expect_refusal(const char *key, const char *value, enum rn_status status,
                           const char *part)
{
    struct rn_config cfg = config();
    struct rn_result result;
    struct rn_err err = {0};
    char path[128];

    set(&cfg, key, value);
    assert_int_equal(train(&cfg, "refused", NULL, &result, &err), status);
    if (!strstr(err.msg, part))
        fail_msg("\"%s\" lacks \"%s\"", err.msg, part);
    snprintf(path, sizeof path, "%s/refused", dir);
    assert_false(rn_path_exists(path));
}

static void what_cannot_be_trained_is_named(void **state)
{
    (void)state;
    expect_refusal("TRAIN.MIXUP_ALPHA", "0.2", RN_E_UNSUPPORTED, "TRAIN.MIXUP_ALPHA");
    expect_refusal("TRAIN.AUGMENT", "AutoAugment", RN_E_UNSUPPORTED, "TRAIN.AUGMENT");
    expect_refusal("TRAIN.MIXED_PRECISION", "True", RN_E_UNSUPPORTED, "TRAIN.MIXED_PRECISION");
    expect_refusal("TRAIN.IM_SIZE", "32", RN_E_CONFIG, "TRAIN.IM_SIZE is 32");
    expect_refusal("MODEL.NUM_CLASSES", "100", RN_E_CONFIG, "MODEL.NUM_CLASSES is 100");
    expect_refusal("TEST.SPLIT", "val", RN_E_CONFIG, "DATA_LOADER.HOLD_OUT");
    expect_refusal("TRAIN.BATCH_SIZE", "41", RN_E_CONFIG, "TRAIN.BATCH_SIZE");
    expect_refusal("OPTIM.LR_POLICY", "steps", RN_E_CONFIG, "OPTIM.STEPS");
    expect_refusal("TRAIN.DATASET", "", RN_E_CONFIG, "TRAIN.DATASET");
}

/* A log on a full device: the error names the file, and no result claims that the run is over. */
static void a_full_disk_is_told(void **state)
{
    struct rn_config cfg = config();
    struct rn_result result;
    struct rn_err err = {0};
    char path[128];

    (void)state;
    snprintf(path, sizeof path, "%s/a", dir);
    assert_int_equal(rn_dir_make(path, NULL), RN_OK);
    strcat(path, "/log.jsonl");
    assert_int_equal(symlink("/dev/full", path), 0);
    assert_int_equal(train(&cfg, "a", NULL, &result, &err), RN_E_IO);
    assert_non_null(strstr(err.msg, path));
    assert_non_null(strstr(err.msg, strerror(ENOSPC)));
    snprintf(path, sizeof path, "%s/a/result.json", dir);
    assert_false(rn_path_exists(path));
}

static void a_directory_that_cannot_be_made_is_told(void **state)
{
    struct rn_config cfg = config();
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

static void held_out_images_can_be_the_test(void **state)
{
    struct rn_config cfg = config();
    struct rn_result result;

    (void)state;
    set(&cfg, "DATA_LOADER.HOLD_OUT", "10");
    set(&cfg, "TEST.SPLIT", "val");
    train_ok(&cfg, "a", &result);
    assert_true(fabs(fmod(result.top1_err, 10)) < 1e-9); /* tenths of 100 % */
}

/* The weights that training leaves give the same error again, and predict, from their file alone.
 */
static void weights_test_and_predict(void **state)
{
    struct rn_config cfg = config(), from_file;
    struct rn_result trained, tested;
    struct rn_predictor *predictor = NULL;
    struct rn_err err = {0};
    png_image png = {.version = PNG_IMAGE_VERSION, .width = SIDE, .height = SIDE};
    char weights[128], image[128];
    double p[10], sum = 0, loss[4];

    (void)state;
    train_ok(&cfg, "a", &trained);
    snprintf(weights, sizeof weights, "%s/a/model.safetensors", dir);
    rn_config_default(&from_file);
    assert_int_equal(rn_weights_config(weights, &from_file, &err), RN_OK);
    set(&from_file, "TEST.WEIGHTS", weights);
    set(&from_file, "TEST.BATCH_SIZE", "5");
    if (rn_test(&from_file, &test_data, &tested, &err) != RN_OK)
        fail_msg("%s", err.msg);
    assert_true(tested.top1_err == trained.top1_err);
    assert_int_equal(numbers("a", "test_epoch", "loss", loss, 4), 3);
    assert_true(fabs(tested.loss - loss[2]) < 1e-5);

    if (rn_predictor_open(weights, &predictor, &err) != RN_OK)
        fail_msg("%s", err.msg);
    assert_int_equal(rn_predictor_classes(predictor), 10);
    assert_string_equal(rn_predictor_class(predictor, 1), "Trouser");
    snprintf(image, sizeof image, "%s/one.png", dir);
    png.format = PNG_FORMAT_GRAY;
    assert_true(png_image_write_to_file(&png, image, 0, pixels, 0, NULL));
    assert_int_equal(rn_predict(predictor, image, p, &err), RN_OK);
    for (int k = 0; k < 10; k++)
        sum += p[k];
    assert_true(fabs(sum - 1) < 1e-12);
    rn_predictor_free(predictor);
}

static void weights_of_another_network_are_listed(void **state)
{
    const float value[2] = {0};
    const struct rn_tensor tensors[] = {
        {.name = "head.fc.bias", .ndim = 1, .dim = {2}, .data = value},
        {.name = "other", .ndim = 1, .dim = {1}, .data = value},
        {.name = "stem.bn.num_batches_tracked", .ndim = 0, .data = value},
    };
    struct rn_config cfg = config();
    struct rn_result result;
    struct rn_err err = {0};
    char path[128];

    (void)state;
    snprintf(path, sizeof path, "%s/w.safetensors", dir);
    assert_int_equal(rn_safetensors_write(path, tensors, 3, NULL, 0, &err), RN_OK);
    set(&cfg, "TRAIN.WEIGHTS", path);
    assert_int_equal(train(&cfg, "a", NULL, &result, &err), RN_E_DATA);
    assert_non_null(strstr(err.msg, "1 of another shape (head.fc.bias)"));
    assert_non_null(strstr(err.msg, "1 unexpected (other)"));
    assert_non_null(strstr(err.msg, "missing (stem"));
    set(&cfg, "TRAIN.WEIGHTS", "/tmp/none.safetensors");
    assert_int_equal(train(&cfg, "a", NULL, &result, &err), RN_E_IO);
    assert_non_null(strstr(err.msg, "/tmp/none.safetensors"));
}

static void a_tensor_too_many_is_refused(void **state)
{
    struct rn_config cfg = config();
    struct rn_result result;
    struct rn_tensor_file file = {0};
    struct rn_tensor *tensors;
    struct rn_err err = {0};
    char path[128];

    (void)state;
    train_ok(&cfg, "a", &result);
    snprintf(path, sizeof path, "%s/a/model.safetensors", dir);
    assert_int_equal(rn_safetensors_read(path, &file, &err), RN_OK);
    tensors = rn_alloc(file.n + 1, sizeof *tensors);
    memcpy(tensors, file.tensors, file.n * sizeof *tensors);
    tensors[file.n] = file.tensors[0];
    tensors[file.n].name = "one.more";
    assert_int_equal(rn_safetensors_write(path, tensors, file.n + 1, NULL, 0, &err), RN_OK);
    set(&cfg, "TRAIN.WEIGHTS", path);
    assert_int_equal(train(&cfg, "b", NULL, &result, &err), RN_E_DATA);
    assert_non_null(strstr(err.msg, "1 unexpected (one.more)"));
    rn_free(tensors);
    rn_tensor_file_release(&file);
}

/* Given weights are where the training starts: with no rate, they are where it ends. */
static void training_starts_from_given_weights(void **state)
{
    struct rn_config cfg = config();
    struct rn_result result;
    char path[128];

    (void)state;
    set(&cfg, "BN.USE_PRECISE_STATS", "False");
    train_ok(&cfg, "a", &result);
    snprintf(path, sizeof path, "%s/a/model.safetensors", dir);
    set(&cfg, "TRAIN.WEIGHTS", path);
    set(&cfg, "OPTIM.BASE_LR", "0.0");
    set(&cfg, "BN.MOM", "1e-30"); /* nor do the statistics move */
    train_ok(&cfg, "b", &result);
    set(&cfg, "RNG_SEED", "9");
    train_ok(&cfg, "c", &result);
    assert_same_file("b", "c", "model.safetensors");
}

/* Precise statistics are the plain averages of the batches' own. */
static void precise_statistics_are_averages(void **state)
{
    struct rn_config cfg = config();
    struct rn_arch arch;
    struct rn_graph *graph = NULL;
    struct rn_net *net = NULL;
    struct rn_loader *loader = NULL;
    struct rn_part part = {0};
    static float images[8 * SIZE * 3];
    int32_t batch_labels[8];
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
    assert_int_equal(
        rn_loader_new(&(struct rn_loader_options){&train_data, &part, 8, 1, true, true, false},
                      &loader, NULL),
        RN_OK);
    rn_loader_start(loader, 4, 0);
    rn_net_batch_stats(net, images, rn_loader_next(loader, images, batch_labels));
    first = params.value[params.n_trained];
    rn_net_batch_stats(net, images, rn_loader_next(loader, images, batch_labels));
    second = params.value[params.n_trained];
    assert_int_equal(rn_precise_stats(net, loader, 4, 2, images, batch_labels, NULL), RN_OK);
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

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_dir, remove_dir)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_training_learns_and_leaves_its_record),
        TEST(the_same_seed_gives_the_same_bytes),
        TEST(a_stopped_training_goes_on_exactly),
        TEST(a_torn_checkpoint_is_passed_over),
        TEST(another_configuration_is_not_mixed_in),
        TEST(a_finished_run_is_not_done_twice),
        TEST(unshuffled_losses_are_those_of_the_file_order),
        TEST(a_diverged_training_is_a_result),
        TEST(what_cannot_be_trained_is_named),
        TEST(a_full_disk_is_told),
        TEST(a_directory_that_cannot_be_made_is_told),
        TEST(held_out_images_can_be_the_test),
        TEST(weights_test_and_predict),
        TEST(weights_of_another_network_are_listed),
        TEST(a_tensor_too_many_is_refused),
        TEST(training_starts_from_given_weights),
        TEST(precise_statistics_are_averages),
        cmocka_unit_test(errors_count_ranks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

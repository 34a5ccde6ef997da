/* Weights: left by a training, tested, predicted with, started from, refused. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <png.h>

#include "regnet/file.h"
#include "regnet/safetensors.h"
#include "train_scratch.h"

/* The weights that training leaves give the same error again, and predict, from their file alone.
 */
static void weights_test_and_predict(void **state)
{
    struct rn_config cfg = tiny_config(), from_file;
    struct rn_result trained, tested;
    struct rn_predictor *predictor = NULL;
    struct rn_err err = {0};
    png_image png = {.version = PNG_IMAGE_VERSION, .width = SIDE, .height = SIDE};
    const char *weights, *image;
    double p[10], sum = 0, loss[4];

    (void)state;
    train_ok(&cfg, "a", &trained);
    weights = in_root("a/model.safetensors");
    rn_config_default(&from_file);
    assert_int_equal(rn_weights_config(weights, &from_file, &err), RN_OK);
    set_key(&from_file, "TEST.WEIGHTS", weights);
    set_key(&from_file, "TEST.BATCH_SIZE", "5");
    if (rn_test(&from_file, &test_data, NULL, NULL, &tested, &err) != RN_OK)
        fail_msg("%s", err.msg);
    assert_true(tested.top1_err == trained.top1_err);
    assert_int_equal(log_numbers("a", "test_epoch", "loss", loss, 4), 3);
    assert_true(fabs(tested.loss - loss[2]) < 1e-5);

    if (rn_predictor_open(weights, &predictor, &err) != RN_OK)
        fail_msg("%s", err.msg);
    assert_int_equal(rn_predictor_classes(predictor), 10);
    assert_string_equal(rn_predictor_class(predictor, 1), "Trouser");
    image = in_root("one.png");
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
    struct rn_config cfg = tiny_config();
    struct rn_result result;
    struct rn_err err = {0};
    const char *path;

    (void)state;
    path = in_root("w.safetensors");
    assert_int_equal(rn_safetensors_write(path, tensors, 3, NULL, 0, &err), RN_OK);
    set_key(&cfg, "TRAIN.WEIGHTS", path);
    assert_int_equal(train_in(&cfg, "a", NULL, &result, &err), RN_E_DATA);
    assert_non_null(
        strstr(err.msg, "1 of another shape (head.fc.bias: 2 in the file, 10 expected)"));
    assert_non_null(strstr(err.msg, "1 unexpected (other)"));
    assert_non_null(strstr(err.msg, "missing (stem"));
    set_key(&cfg, "TRAIN.WEIGHTS", "/tmp/none.safetensors");
    assert_int_equal(train_in(&cfg, "a", NULL, &result, &err), RN_E_IO);
    assert_non_null(strstr(err.msg, "/tmp/none.safetensors"));
}

static void a_tensor_too_many_is_refused(void **state)
{
    struct rn_config cfg = tiny_config();
    struct rn_result result;
    struct rn_tensor_file file = {0};
    struct rn_tensor *tensors;
    struct rn_err err = {0};
    const char *path;

    (void)state;
    train_ok(&cfg, "a", &result);
    path = in_root("a/model.safetensors");
    assert_int_equal(rn_safetensors_read(path, &file, &err), RN_OK);
    tensors = rn_alloc(file.n + 1, sizeof *tensors);
    memcpy(tensors, file.tensors, file.n * sizeof *tensors);
    tensors[file.n] = file.tensors[0];
    tensors[file.n].name = "one.more";
    assert_int_equal(rn_safetensors_write(path, tensors, file.n + 1, NULL, 0, &err), RN_OK);
    set_key(&cfg, "TRAIN.WEIGHTS", path);
    assert_int_equal(train_in(&cfg, "b", NULL, &result, &err), RN_E_DATA);
    assert_non_null(strstr(err.msg, "1 unexpected (one.more)"));
    rn_free(tensors);
    rn_tensor_file_release(&file);
}

/* Given weights are where the training starts: with no rate, they are where it ends. */
static void training_starts_from_given_weights(void **state)
{
    struct rn_config cfg = tiny_config();
    struct rn_result result;

    (void)state;
    set_key(&cfg, "BN.USE_PRECISE_STATS", "False");
    train_ok(&cfg, "a", &result);
    set_key(&cfg, "TRAIN.WEIGHTS", in_root("a/model.safetensors"));
    set_key(&cfg, "OPTIM.BASE_LR", "0.0");
    set_key(&cfg, "BN.MOM", "1e-30"); /* nor do the statistics move */
    train_ok(&cfg, "b", &result);
    set_key(&cfg, "RNG_SEED", "9");
    train_ok(&cfg, "c", &result);
    assert_same_file("b", "c", "model.safetensors");
}

static void assert_same_prediction(const char *a, const char *b, const struct rn_config *cfg)
{
    struct rn_predictor *first = NULL, *second = NULL;
    struct rn_logits x = {0}, y = {0};
    struct rn_err err = {0};

    if (rn_predictor_open(a, &first, &err) != RN_OK ||
        rn_predictor_open_as(b, cfg, &second, &err) != RN_OK ||
        rn_predict_logits(first, "examples/ankle-boot.png", &x, &err) != RN_OK ||
        rn_predict_logits(second, "examples/ankle-boot.png", &y, &err) != RN_OK)
        fail_msg("%s", err.msg);
    assert_int_equal(x.classes, 10);
    assert_int_equal(y.classes, 10);
    assert_memory_equal(x.values, y.values, 10 * sizeof(float));
    assert_string_equal(rn_predictor_class(second, 1), cfg ? "1" : "Trouser");
    rn_logits_release(&x);
    rn_logits_release(&y);
    rn_predictor_free(first);
    rn_predictor_free(second);
}

/* Through each format and each library's names, and back: the same network. */
static void conversion_keeps_the_network(void **state)
{
    static const enum rn_naming namings[] = {RN_NAMING_PYCLS, RN_NAMING_TORCHVISION,
                                             RN_NAMING_TIMM};
    struct rn_config cfg = tiny_config();
    struct rn_result result;
    struct rn_err err = {0};
    char in[256], out[256];

    (void)state;
    train_ok(&cfg, "a", &result);
    (void)snprintf(in, sizeof in, "%s", in_root("a/model.safetensors"));
    for (size_t i = 0; i < 3; i++) {
        const struct rn_convert_options to = {.naming = namings[i]}, plain = {0};
        (void)snprintf(out, sizeof out, "%s", in_root("b.pth"));
        if (rn_convert(in, out, &to, &err) != RN_OK)
            fail_msg("%s", err.msg);
        assert_same_prediction(in, out, i > 0 ? &cfg : NULL);
        (void)snprintf(out, sizeof out, "%s", in_root("a/foreign.safetensors"));
        assert_int_equal(rn_convert(in, out, &to, &err), RN_OK);
        assert_same_prediction(in, out, NULL);
        assert_int_equal(rn_convert(out, in_root("a/back.safetensors"), &plain, &err), RN_OK);
        assert_int_equal(rn_dir_make(in_root("c"), NULL), RN_OK);
        assert_int_equal(rn_convert(in, in_root("c/back.safetensors"), &plain, &err), RN_OK);
        assert_same_file("a", "c", "back.safetensors");
    }
    assert_int_equal(rn_convert(in, in_root("a.xyz"), &(struct rn_convert_options){0}, &err),
                     RN_E_CONFIG);
    assert_non_null(strstr(err.msg, ".safetensors, .pth"));
}

static void other_classes_need_a_new_head(void **state)
{
    struct rn_config cfg = tiny_config();
    struct rn_tensor_file file = {0};
    struct rn_result result;
    struct rn_err err = {0};
    char dir[256];
    struct rn_train_options options = {
        .dir = dir, .save_model = true, .train_data = &train_data, .test_data = &test_data};

    (void)state;
    (void)snprintf(dir, sizeof dir, "%s", in_root("b"));
    train_ok(&cfg, "a", &result);
    assert_int_equal(rn_safetensors_read(in_root("a/model.safetensors"), &file, &err), RN_OK);
    for (size_t i = 0; i < file.n; i++)
        if (strncmp(file.tensors[i].name, "head.fc.", 8) == 0)
            file.tensors[i].dim[0] = 7;
    assert_int_equal(
        rn_safetensors_write(in_root("w.safetensors"), file.tensors, file.n, NULL, 0, &err), RN_OK);
    set_key(&cfg, "TRAIN.WEIGHTS", in_root("w.safetensors"));
    assert_int_equal(rn_train(&cfg, &options, &result, &err), RN_E_DATA);
    assert_non_null(strstr(err.msg, "2 of another shape"));
    assert_non_null(strstr(err.msg, "--new-head"));
    options.new_head = true;
    options.fresh = true;
    assert_int_equal(rn_train(&cfg, &options, &result, &err), RN_OK);
    rn_tensor_file_release(&file);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_scratch, remove_scratch)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(weights_test_and_predict),     TEST(weights_of_another_network_are_listed),
        TEST(a_tensor_too_many_is_refused), TEST(training_starts_from_given_weights),
        TEST(conversion_keeps_the_network), TEST(other_classes_need_a_new_head),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

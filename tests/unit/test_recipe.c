/* What a recipe adds to a training: averages, accumulation, frozen parts. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "regnet/train.h"
#include "train_scratch.h"

/* The result and the model are the average's, and the network's own training does not know of it.
 */
static void the_average_is_the_trained_network(void **state)
{
    struct rn_config cfg = tiny_config();
    struct rn_result plain, averaged;
    double without[15], with[15], own[3], ema[3];
    struct rn_buf a, b;

    (void)state;
    train_ok(&cfg, "a", &plain);
    set_key(&cfg, "OPTIM.EMA", "True");
    set_key(&cfg, "OPTIM.EMA_ALPHA", "0.05");
    set_key(&cfg, "OPTIM.EMA_UPDATE_PERIOD", "1");
    train_ok(&cfg, "b", &averaged);
    assert_int_equal(log_numbers("a", "train_iter", "loss", without, 15), 15);
    assert_int_equal(log_numbers("b", "train_iter", "loss", with, 15), 15);
    assert_memory_equal(without, with, sizeof with);
    assert_int_equal(log_numbers("b", "test_epoch", "loss", own, 3), 3);
    assert_int_equal(log_numbers("b", "test_ema_epoch", "loss", ema, 3), 3);
    assert_int_equal(log_numbers("a", "test_epoch", "loss", without, 15), 3);
    assert_memory_equal(without, own, sizeof own);
    assert_true(own[2] != ema[2]);
    a = file_content("a", "model.safetensors");
    b = file_content("b", "model.safetensors");
    assert_true(a.len != b.len || memcmp(a.data, b.data, a.len) != 0);
    rn_buf_release(&a);
    rn_buf_release(&b);
    set_key(&cfg, "TEST.WEIGHTS", in_root("b/model.safetensors"));
    assert_int_equal(rn_test(&cfg, &test_data, NULL, NULL, &plain, NULL), RN_OK);
    assert_true(fabs(plain.loss - ema[2]) < 1e-6 && plain.top1_err == averaged.top1_err);
}

/* Every batch has the same images, so a step of two is a step of one, to the bit. */
static void a_step_takes_the_mean_of_its_batches(void **state)
{
    struct rn_config cfg = tiny_config();
    struct rn_result result;
    double one[4], two[2];

    (void)state;
    for (int i = 10; i < N_TRAIN; i++)
        memcpy(pixels + i * SIZE, pixels + i % 10 * SIZE, SIZE);
    set_key(&cfg, "OPTIM.MAX_EPOCH", "1");
    set_key(&cfg, "OPTIM.WARMUP_EPOCHS", "0");
    set_key(&cfg, "OPTIM.LR_POLICY", "steps");
    set_key(&cfg, "OPTIM.STEPS", "[0]");
    set_key(&cfg, "TRAIN.AUGMENT", "none");
    set_key(&cfg, "DATA_LOADER.SHUFFLE", "False");
    set_key(&cfg, "TRAIN.BATCH_SIZE", "10");
    train_ok(&cfg, "a", &result);
    set_key(&cfg, "OPTIM.ACCUMULATE", "2");
    train_ok(&cfg, "b", &result);
    assert_int_equal(log_numbers("a", "train_iter", "loss", one, 4), 4);
    assert_int_equal(log_numbers("b", "train_iter", "loss", two, 2), 2);
    assert_true(one[0] != one[1] && memcmp(one, two, sizeof two) == 0);
    set_key(&cfg, "OPTIM.ACCUMULATE", "5");
    assert_int_equal(train_in(&cfg, "c", NULL, &result, NULL), RN_E_CONFIG);
}

/* What is dropped depends on the step alone: a training that stops and has more threads is the
   same; the file is the plain network's. */
static void drops_are_a_function_of_the_step(void **state)
{
    struct rn_config cfg = tiny_config();
    struct rn_result plain, dropped, resumed;
    struct rn_trained trained;
    struct stopper stopper = {.after = 7};

    (void)state;
    train_ok(&cfg, "a", &plain);
    set_key(&cfg, "MODEL.DC_RATIO", "0.3");
    set_key(&cfg, "MODEL.DROPOUT_RATIO", "0.2");
    train_ok(&cfg, "b", &dropped);
    assert_true(dropped.loss != plain.loss);
    assert_int_equal(train_in(&cfg, "c", &stopper, &resumed, NULL), RN_E_STOPPED);
    set_key(&cfg, "NUM_THREADS", "3");
    train_ok(&cfg, "c", &resumed);
    assert_same_file("b", "c", "model.safetensors");
    assert_int_equal(rn_trained_open(in_root("c"), NULL, &trained, NULL), RN_OK);
    for (int i = 0; i < trained.graph->n_nodes; i++)
        assert_int_not_equal(trained.graph->nodes[i].op, RN_OP_DROP);
    rn_trained_release(&trained);
}

static void drops_need_a_block_to_skip(void **state)
{
    struct rn_config cfg = tiny_config();
    struct rn_result result;
    struct rn_err err = {0};

    (void)state;
    set_key(&cfg, "MODEL.DC_RATIO", "0.3");
    set_key(&cfg, "ANYNET.BLOCK_TYPE", "vanilla_block");
    assert_int_equal(train_in(&cfg, "a", NULL, &result, &err), RN_E_CONFIG);
    assert_non_null(strstr(err.msg, "no residual block"));
}

/* All but the classifier is frozen: their tensors keep the bytes that they began with. */
static void frozen_parameters_stay(void **state)
{
    struct rn_config cfg = tiny_config();
    struct rn_trained before = {0}, after = {0};
    struct rn_result result;
    int moved = 0;

    (void)state;
    set_key(&cfg, "BN.USE_PRECISE_STATS", "False");
    set_key(&cfg, "OPTIM.MAX_EPOCH", "1");
    train_ok(&cfg, "a", &result);
    set_key(&cfg, "TRAIN.WEIGHTS", in_root("a/model.safetensors"));
    set_key(&cfg, "TRAIN.FREEZE", "stem s1 s2");
    train_ok(&cfg, "b", &result);
    assert_int_equal(rn_trained_open(in_root("a/model.safetensors"), NULL, &before, NULL), RN_OK);
    assert_int_equal(rn_trained_open(in_root("b/model.safetensors"), NULL, &after, NULL), RN_OK);
    for (int i = 0; i < before.graph->n_params; i++) {
        const struct rn_param *p = &before.graph->params[i];
        bool same = memcmp(before.values + p->offset, after.values + p->offset,
                           p->size * sizeof(float)) == 0;
        if (p->role == RN_PARAM_MEAN || p->role == RN_PARAM_VAR)
            continue;
        assert_int_equal(same, strncmp(p->name, "head.", 5) != 0);
        moved += !same;
    }
    assert_int_equal(moved, 2);
    rn_trained_release(&before);
    rn_trained_release(&after);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_scratch, remove_scratch)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_average_is_the_trained_network),
        TEST(a_step_takes_the_mean_of_its_batches),
        TEST(drops_are_a_function_of_the_step),
        TEST(drops_need_a_block_to_skip),
        TEST(frozen_parameters_stay),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

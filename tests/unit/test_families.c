/* Every family at a small size: ten steps of training, and found again in the weights' file. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "regnet/file.h"
#include "train_scratch.h"

static const struct family {
    const char *stem, *block, *act, *depths, *widths, *strides, *bot_muls, *group_ws;
} families[] = {
    {"simple_stem_in", "res_bottleneck_linear_block", "silu", "[1, 2]", "[8, 16]", "[2, 2]",
     "[4, 4]", "[4, 4]"},
    {"se_stem_in", "se_bottleneck_block", "relu", "[1, 2]", "[16, 32]", "[1, 2]", "[0.5, 0.5]",
     "[2, 4]"},
    {"senet_stem_in", "senet_block", "relu", "[1, 1]", "[16, 32]", "[1, 2]", "[1, 1]", "[4, 8]"},
    {"simple_stem_in", "separable_block", "relu6", "[1, 2]", "[16, 32]", "[1, 2]", "[]", "[]"},
    {"pool_stem_in", "shuffle_block", "relu", "[2, 2]", "[24, 48]", "[2, 2]", "[0.5, 0.5]",
     "[4, 8]"},
    {"pool_stem_in", "shuffle_v2_block", "relu", "[2, 2]", "[24, 48]", "[2, 2]", "[]", "[]"},
    {"cells_stem_in", "nasnet_a_cell", "relu", "[1, 1]", "[16, 32]", "[1, 2]", "[]", "[]"},
    {"cells_stem_in", "pnasnet_5_cell", "relu", "[1, 1]", "[18, 36]", "[1, 2]", "[]", "[]"},
    {"cells_stem_in", "amoebanet_a_cell", "relu", "[1, 1]", "[18, 36]", "[1, 2]", "[]", "[]"},
    {"cells_stem_in", "amoebanet_b_cell", "relu", "[1, 1]", "[16, 32]", "[1, 2]", "[]", "[]"},
    {"cells_stem_in", "amoebanet_c_cell", "relu", "[1, 1]", "[16, 32]", "[1, 2]", "[]", "[]"},
    {"cells_stem_in", "amoebanet_d_cell", "relu", "[1, 1]", "[16, 32]", "[1, 2]", "[]", "[]"},
    {"darts_stem_in", "darts_v2_cell", "relu", "[1, 1]", "[16, 32]", "[1, 2]", "[]", "[]"},
};

static struct rn_config config_of(const struct family *family)
{
    struct rn_config cfg = tiny_config();

    set_key(&cfg, "ANYNET.STEM_W", "12");
    set_key(&cfg, "ANYNET.STEM_TYPE", family->stem);
    set_key(&cfg, "ANYNET.BLOCK_TYPE", family->block);
    set_key(&cfg, "MODEL.ACTIVATION_FUN", family->act);
    set_key(&cfg, "ANYNET.DEPTHS", family->depths);
    set_key(&cfg, "ANYNET.WIDTHS", family->widths);
    set_key(&cfg, "ANYNET.STRIDES", family->strides);
    set_key(&cfg, "ANYNET.BOT_MULS", family->bot_muls);
    set_key(&cfg, "ANYNET.GROUP_WS", family->group_ws);
    set_key(&cfg, "ANYNET.SE_ON", "True");
    set_key(&cfg, "OPTIM.MAX_EPOCH", "2"); /* of five steps */
    return cfg;
}

static const char *weights_of(const char *run)
{
    char name[64];

    snprintf(name, sizeof name, "%s/model.safetensors", run);
    return in_root(name);
}

static void ten_steps_and_back_from_the_file(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof families / sizeof *families; i++) {
        const char *block = families[i].block;
        struct rn_config cfg = config_of(&families[i]), back;
        struct rn_result trained, tested;
        struct rn_err err = {0};
        double loss[16];

        train_ok(&cfg, block, &trained);
        assert_int_equal(log_numbers(block, "train_iter", "loss", loss, 16), 10);
        for (int step = 0; step < 10; step++)
            assert_true(isfinite(loss[step]));
        rn_config_default(&back);
        assert_int_equal(rn_weights_config(weights_of(block), &back, &err), RN_OK);
        assert_string_equal(back.anynet.block_type, block);
        set_key(&back, "TEST.WEIGHTS", weights_of(block));
        set_key(&back, "TEST.BATCH_SIZE", "5");
        if (rn_test(&back, &test_data, NULL, NULL, &tested, &err) != RN_OK)
            fail_msg("%s: %s", block, err.msg);
        assert_true(tested.top1_err == trained.top1_err);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test_setup_teardown(
        ten_steps_and_back_from_the_file, make_scratch, remove_scratch)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

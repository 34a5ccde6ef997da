/* Pycls' sweep files as spaces: drawn as a space of ours would be, and refused where they say what
   pycls would refuse. */
#include "space_scratch.h"

static const char regnet_sweep[] =
    "ROOT_DIR: /tmp\nNAME: cifar/regnet\nDESC: small ones\nNUM_PROC: 80\n"
    "SETUP:\n  NUM_CONFIGS: 32\n  NUM_SAMPLES: 1000000\n  RNG_SEED: 3\n"
    "  BASE_CFG:\n"
    "    MODEL: {TYPE: regnet, NUM_CLASSES: 10}\n"
    "    REGNET: {STEM_TYPE: res_stem_cifar, STEM_W: 16, SE_ON: True, STRIDE: 2}\n"
    "    TRAIN: {IM_SIZE: 32}\n"
    "  SAMPLERS:\n"
    "    OPTIM.BASE_LR: {TYPE: float_sampler, RAND_TYPE: log_uniform, RANGE: [0.25, 5.0]}\n"
    "    REGNET: {TYPE: regnet_sampler, DEPTH: [6, 16], GROUP_W: [1, 32]}\n"
    "    RNG_SEED: {TYPE: int_sampler, RANGE: [1, 3]}\n"
    "    TRAIN.MIXED_PRECISION: {TYPE: value_sampler, VALUES: [true, false]}\n"
    "  CONSTRAINTS:\n"
    "    CX: {FLOPS: [0.10e+9, 0.15e+9], PARAMS: [0, 2.0e+6], ACTS: [0.1e+6, 0]}\n"
    "    REGNET: {NUM_STAGES: [2, 3]}\n"
    "LAUNCH: {PARALLEL_JOBS: 8}\nANALYZE: {METRICS: [lr]}\n";

/* The same in our words, but for its number of stages. */
static const char regnet_space[] =
    "name: s\nfamily: regnet\n"
    "network: {stem_type: res_stem_cifar, stem_w: 16, se_r: 0.25, strides: [2, 2], num_classes: 10,"
    " im_size: 32}\nparameters:\n"
    "  d: {range: [6, 16]}\n"
    "  w0: {range: [8, 256], distribution: log_uniform, quantum: 8}\n"
    "  wa: {range: [8, 256], distribution: log_uniform, quantum: 0.1}\n"
    "  wm: {range: [2, 3], distribution: log_uniform, quantum: 0.001}\n"
    "  b: 1\n  g: {range: [1, 32], distribution: power2_or_log_uniform, quantum: 8}\n"
    "  OPTIM.BASE_LR: {range: [0.25, 5], distribution: log_uniform, quantum: 0.00001}\n"
    "window: {flops: [10e7, 15e7], params: [0, 2e6]}\n";

static const char lists_sweep[] =
    "NAME: lists\nSETUP:\n  BASE_CFG: {MODEL: {TYPE: anynet}, ANYNET: {STRIDES: [1, 2]}}\n"
    "  SAMPLERS:\n"
    "    ANYNET.DEPTHS: {TYPE: list_sampler, LENGTH: 2, ITEM_SAMPLER: {TYPE: int_sampler,"
    " RANGE: [1, 9]}}\n"
    "    ANYNET.WIDTHS: {TYPE: list_sampler, LENGTH: 2, ITEM_SAMPLER: {TYPE: value_sampler,"
    " VALUES: [16, 64, 32]}}\n"
    "    ANYNET.BOT_MULS: {TYPE: list_sampler, LENGTH: 2, ITEM_SAMPLER: {TYPE: value_sampler,"
    " VALUES: [0.5, 1.0, 4.0]}}\n";

static const char lists_space[] =
    "name: s\nfamily: anynet\nnetwork: {strides: [1, 2], num_classes: 10}\nparameters:\n"
    "  d: {range: [1, 9]}\n  w: {values: [16, 32, 64]}\n  b: {values: [1/4, 1, 2]}\n  g: 1\n";

static double value_of(const struct rn_sample *sample, const char *name)
{
    for (int i = 0; i < sample->n_values; i++) {
        if (strcmp(sample->values[i].name, name) == 0)
            return sample->values[i].value;
    }
    fail_msg("nothing is drawn for %s", name);
    return 0;
}

static void a_sweep_draws_what_it_says(void **state)
{
    struct rn_space *space = must_open(regnet_sweep);

    (void)state;
    assert_string_equal(rn_space_name(space), "cifar-regnet");
    assert_int_equal(rn_space_networks(space), 32);
    assert_int_equal(rn_space_seed(space), 3);
    for (uint64_t i = 0; i < 50; i++) {
        struct rn_sample sample;
        struct rn_config cfg;
        assert_int_equal(rn_space_draw(space, 3, i, &sample, NULL), RN_OK);
        assert_in_range(sample.cx.flops, 100000000, 150000000);
        assert_true(sample.cx.params <= 2000000 && sample.cx.acts >= 100000);
        assert_in_range(sample.arch.n_stages, 2, 3);
        assert_true(sample.arch.se_r == 0.25 && sample.arch.stem == RN_STEM_CIFAR);
        assert_true(value_of(&sample, "d") >= 6 && value_of(&sample, "d") <= 16);
        rn_config_default(&cfg);
        assert_int_equal(rn_sample_to_config(&sample, &cfg, NULL), RN_OK);
        assert_true(cfg.optim.base_lr >= 0.25 && cfg.optim.base_lr <= 5);
        assert_in_range(cfg.rng_seed, 1, 3);
        assert_int_equal(cfg.anynet.depths.n, sample.arch.n_stages);
    }
    rn_space_free(space);
}

/* Both read the same random numbers, so the networks are the same, not only their distribution. */
static void check_same(const struct rn_space *a, const struct rn_space *b)
{
    for (uint64_t i = 0; i < 50; i++) {
        struct rn_sample x, y;
        assert_int_equal(rn_space_draw(a, 1, i, &x, NULL), RN_OK);
        assert_int_equal(rn_space_draw(b, 1, i, &y, NULL), RN_OK);
        assert_int_equal(x.attempts, y.attempts);
        assert_int_equal(x.arch.n_stages, y.arch.n_stages);
        assert_memory_equal(x.arch.stages, y.arch.stages,
                            (size_t)x.arch.n_stages * sizeof *x.arch.stages);
        assert_true(x.cx.flops == y.cx.flops && x.cx.params == y.cx.params);
    }
}

static void sweeps_draw_as_spaces_do(void **state)
{
    struct rn_space *sweep = must_open(
        "NAME: s\nSETUP:\n  BASE_CFG:\n    MODEL: {TYPE: regnet, NUM_CLASSES: 10}\n"
        "    REGNET: {STEM_TYPE: res_stem_cifar, STEM_W: 16, SE_ON: True, STRIDE: 2}\n"
        "    TRAIN: {IM_SIZE: 32}\n"
        "  SAMPLERS:\n"
        "    OPTIM.BASE_LR: {TYPE: float_sampler, RAND_TYPE: log_uniform, RANGE: [0.25, 5.0]}\n"
        "    REGNET: {TYPE: regnet_sampler, DEPTH: [6, 16], GROUP_W: [1, 32]}\n"
        "  CONSTRAINTS: {CX: {FLOPS: [10e+7, 15e+7], PARAMS: [0, 2e+6]}, REGNET: {NUM_STAGES: [2, "
        "2]}}\n");
    struct rn_space *space = must_open(regnet_space);
    struct rn_space *lists = must_open(lists_sweep), *anynet = must_open(lists_space);

    (void)state;
    check_same(sweep, space);
    check_same(lists, anynet);
    rn_space_free(sweep);
    rn_space_free(space);
    rn_space_free(lists);
    rn_space_free(anynet);
}

/* Where keys are sampled that no family has a parameter for, the configuration says what is built.
 */
static void other_keys_build_by_configuration(void **state)
{
    struct rn_space *space = must_open(
        "NAME: s\nSETUP:\n"
        "  BASE_CFG: {MODEL: {TYPE: effnet}, EN: {STEM_W: 32, DEPTHS: [1, 2], WIDTHS: [16, 24], "
        "STRIDES: [1, 2], KERNELS: [3, 3], EXP_RATIOS: [1, 6], HEAD_W: 64}}\n"
        "  SAMPLERS:\n"
        "    EN.DEPTHS: {TYPE: list_sampler, LENGTH: 2, ITEM_SAMPLER: {TYPE: int_sampler, RANGE: "
        "[1, 4]}}\n"
        "    EN.KERNELS: {TYPE: value_sampler, VALUES: [[3, 5], [5, 3]]}\n");
    bool kernels[6] = {false};

    (void)state;
    for (uint64_t i = 0; i < 20; i++) {
        struct rn_sample sample;
        assert_int_equal(rn_space_draw(space, 1, i, &sample, NULL), RN_OK);
        assert_int_equal(sample.arch.block, RN_BLOCK_MBCONV);
        assert_in_range(sample.arch.stages[0].depth, 1, 4);
        assert_int_equal(sample.arch.stages[0].kernel + sample.arch.stages[1].kernel, 8);
        kernels[sample.arch.stages[0].kernel] = true;
    }
    assert_true(kernels[3] && kernels[5]);
    rn_space_free(space);
}

#define SETUP "NAME: s\nSETUP:\n  BASE_CFG: {MODEL: {TYPE: regnet}}\n"
#define SAMPLER(key, text) SETUP "  SAMPLERS:\n    " key ": {" text "}\n"

static void mistakes_are_shown_in_their_place(void **state)
{
    static const struct {
        const char *text, *says;
    } cases[] = {
        {"NAME: s\nSETUP:\n  SAMPLER: {}\n", "s.yaml:3:3: there is no sweep key \"SAMPLER\"; did"},
        {"NAME: s\nSETUP: {BASE_CFG: {MODEL: {TYPE: anynet}, ANYNET: {BLOCK_TYPE: "
         "darts_v2_cell}}}\n",
         "darts_v2_cell is a cell; spaces draw and count stages of blocks alone"},
        {"NAME: s\nSETUPS: {}\nSETUP: {}\n", "s.yaml:2:1: there is no sweep key \"SETUPS\""},
        {SETUP "  NUM_CONFIGS: -1\n", "s.yaml:4:16: -1 is less than 0"},
        {SETUP "  CONSTRAINTS: {CX: {FLOP: [1, 2]}}\n", "did you mean \"FLOPS\""},
        {SETUP "  CONSTRAINTS: {CX: {FLOPS: [3, 2]}}\n", "the range [3, 2] is empty"},
        {SETUP "  CONSTRAINTS: {REGNET: {NUM_STAGES: [0, 4]}}\n", "1 to 16 stages"},
        {SAMPLER("OPTIM.BASE_LRS", "TYPE: float_sampler, RANGE: [0, 1]"),
         "s.yaml:5:5: there is no configuration key \"OPTIM.BASE_LRS\"; did you mean "
         "OPTIM.BASE_LR"},
        {SAMPLER("OPTIM.BASE_LR", "RANGE: [0, 1]"), "a sampler needs a TYPE"},
        {SAMPLER("OPTIM.BASE_LR", "TYPE: floatsampler"), "did you mean \"float_sampler\""},
        {SAMPLER("OPTIM.BASE_LR", "TYPE: float_sampler"), "needs a RANGE"},
        {SAMPLER("OPTIM.BASE_LR", "TYPE: float_sampler, RANGE: [1, 2], LENGTH: 3"),
         "there is no field of this sampler \"LENGTH\""},
        {SAMPLER("OPTIM.BASE_LR", "TYPE: float_sampler, RANGE: [0, 1], RAND_TYPE: log_uniform"),
         "log_uniform needs a range above 0"},
        {SAMPLER("OPTIM.BASE_LR", "TYPE: value_sampler, VALUES: [a]"), "OPTIM.BASE_LR"},
        {SAMPLER("OPTIM.BASE_LR", "TYPE: list_sampler, LENGTH: 2, ITEM_SAMPLER: {TYPE: x}"),
         "OPTIM.BASE_LR is no list"},
        {SAMPLER("OPTIM.BASE_LR", "TYPE: regnet_sampler"), "that of REGNET"},
        {SAMPLER("REGNET", "TYPE: int_sampler, RANGE: [1, 2]"), "that of REGNET"},
        {SAMPLER("REGNET", "TYPE: regnet_sampler, W0: [9, 24]"), "multiples of 8"},
        {SAMPLER("REGNET", "TYPE: regnet_sampler, BOT_MUL: [2, 1]"), "is empty"},
        {SAMPLER("ANYNET.DEPTHS", "TYPE: int_sampler, RANGE: [1, 2]"),
         "a list_sampler or value_sampler is expected"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct rn_space *space = NULL;
        struct rn_err err = {0};
        if (open_text(cases[i].text, &space, &err) != RN_E_CONFIG)
            fail_msg("no mistake: %s", cases[i].text);
        assert_null(space);
        assert_says(&err, cases[i].says);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sweep_draws_what_it_says),
        cmocka_unit_test(sweeps_draw_as_spaces_do),
        cmocka_unit_test(other_keys_build_by_configuration),
        cmocka_unit_test(mistakes_are_shown_in_their_place),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The configuration: defaults, merging, what is refused and how, dumping. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "regnet/config.h"
#include "regnet/rng.h"

static enum rn_status merge(struct rn_config *cfg, const char *text, struct rn_err *err)
{
    struct rn_doc *doc = NULL;
    enum rn_status status;

    RN_TRY(rn_doc_parse_yaml(text, strlen(text), "a.yaml", &doc, err));
    status = rn_config_merge(cfg, rn_doc_root(doc), err);
done:
    rn_doc_free(doc);
    return status;
}

static void accepted(struct rn_config *cfg, const char *text)
{
    struct rn_err err = {0};

    if (merge(cfg, text, &err) != RN_OK)
        fail_msg("%s", err.msg);
}

/* The text is refused with the message, and the configuration is as it was. */
static void refused(const char *text, const char *message)
{
    struct rn_config cfg, before;
    struct rn_err err = {0};

    rn_config_default(&cfg);
    before = cfg;
    assert_int_equal(merge(&cfg, text, &err), RN_E_CONFIG);
    if (strcmp(err.msg, message) != 0)
        fail_msg("\"%s\" instead of \"%s\"", err.msg, message);
    assert_memory_equal(&cfg, &before, sizeof cfg);
}

static void defaults_are_pycls(void **state)
{
    struct rn_config cfg;

    (void)state;
    rn_config_default(&cfg);
    assert_string_equal(cfg.model.type, "");
    assert_string_equal(cfg.anynet.stem_type, "simple_stem_in");
    assert_int_equal(cfg.regnet.depth, 10);
    assert_true(cfg.regnet.wm == 2.5 && cfg.bn.eps == 1e-5 && cfg.optim.weight_decay == 5e-4);
    assert_true(cfg.optim.nesterov && cfg.resnet.stride_1x1 && !cfg.anynet.se_on);
    assert_int_equal(cfg.train.batch_size, 128);
    assert_int_equal(cfg.test.im_size, 256);
    assert_string_equal(cfg.optim.lr_unit, "epoch");
    assert_true(cfg.data_loader.shuffle);
    assert_int_equal(cfg.num_threads, 1);
    assert_int_equal(cfg.anynet.depths.n, 0);
}

static void a_pycls_file_is_read_unchanged(void **state)
{
    struct rn_config cfg;

    (void)state;
    rn_config_default(&cfg);
    accepted(&cfg, "MODEL:\n  TYPE: anynet\n  NUM_CLASSES: 1000\n"
                   "ANYNET:\n  DEPTHS: [3, 4, 6, 3]\n  WIDTHS: (256, 512, 1024, 2048)\n"
                   "  BOT_MULS: [0.25, 1, 5e-1, 2]\n  SE_ON: yes\n"
                   "OPTIM:\n  BASE_LR: 1\n  WEIGHT_DECAY: 5e-5\n  STEPS: []\n  GAMMA: 0.1\n"
                   "BN:\nTRAIN: {WEIGHTS: }\nMEM:\n  RELU_INPLACE: True\nPORT: 12001\n"
                   "CUDNN:\n  BENCHMARK: False\nVIT:\n  NUM_HEADS: 4\nTEST.IM_SIZE: 32\n"
                   "PORT_RANGE: [10000, 65000]\nNUM_GPUS: \"8\"\nOUT_DIR: .\n");
    assert_string_equal(cfg.model.type, "anynet");
    assert_int_equal(cfg.anynet.depths.n, 4);
    assert_int_equal(cfg.anynet.depths.v[2], 6);
    assert_int_equal(cfg.anynet.widths.v[3], 2048);
    assert_true(cfg.anynet.bot_muls.v[2] == 0.5 && cfg.anynet.se_on);
    assert_true(cfg.optim.base_lr == 1 && cfg.optim.weight_decay == 5e-5);
    assert_int_equal(cfg.test.im_size, 32);
    assert_string_equal(cfg.out_dir, ".");
}

static void errors_say_where_what_and_what_instead(void **state)
{
    (void)state;
    refused("OPTIM:\n  BASELR: 1\n", "a.yaml:2:3: unknown key OPTIM.BASELR; did you mean "
                                     "OPTIM.BASE_LR?");
    refused("base_lr: 1\n", "a.yaml:1:1: unknown key base_lr; did you mean OPTIM.BASE_LR?");
    refused("zzzzzzzzz: 1\n", "a.yaml:1:1: unknown key zzzzzzzzz");
    refused("OPTIM: 3\n", "a.yaml:1:8: OPTIM: expected a map of keys");
    refused("[1]", "a.yaml:1:1: expected a map of keys, such as OPTIM: {BASE_LR: 0.1}");
    refused("RNG_SEED: 2\nOPTIM: {MAX_EPOCH: 5.0}\n",
            "a.yaml:2:20: OPTIM.MAX_EPOCH: expected an integer, found \"5.0\"");
    refused("OPTIM: {MAX_EPOCH: }", "a.yaml:1:20: OPTIM.MAX_EPOCH: expected an integer, found "
                                    "nothing");
    refused("OPTIM: {BASE_LR: fast}",
            "a.yaml:1:18: OPTIM.BASE_LR: expected a number, found \"fast\"");
    refused("OPTIM: {BASE_LR: -1}", "a.yaml:1:18: OPTIM.BASE_LR: expected at least 0, found -1");
    refused("BN: {MOM: 1.5}", "a.yaml:1:11: BN.MOM: expected at most 1, found 1.5");
    refused("RNG_SEED: 2147483648",
            "a.yaml:1:11: RNG_SEED: expected at most 2147483647, found 2147483648");
    refused("OPTIM: {NESTEROV: 1}",
            "a.yaml:1:19: OPTIM.NESTEROV: expected True or False, found \"1\"");
    refused("OPTIM: {LR_POLICY: cosine}", "a.yaml:1:20: OPTIM.LR_POLICY: expected one of: cos exp "
                                          "lin steps; found \"cosine\"");
    refused("OPTIM: {LR_POLICY: co}", "a.yaml:1:20: OPTIM.LR_POLICY: expected one of: cos exp "
                                      "lin steps; found \"co\"");
    refused("OPTIM: {LR_POLICY: ''}", "a.yaml:1:20: OPTIM.LR_POLICY: expected one of: cos exp lin "
                                      "steps; found \"\"");
    refused("DESC: 12", "a.yaml:1:7: DESC: expected a text, found 12; put it in quotes");
    refused("DESC: [a]", "a.yaml:1:7: DESC: expected a text, found a list");
    refused("ANYNET: {DEPTHS: [1, 2.5]}",
            "a.yaml:1:22: ANYNET.DEPTHS: expected an integer, found \"2.5\"");
    refused("ANYNET: {DEPTHS: [1, 0]}", "a.yaml:1:22: ANYNET.DEPTHS: expected at least 1, found 0");
    refused("ANYNET: {DEPTHS: 3}",
            "a.yaml:1:18: ANYNET.DEPTHS: expected a list such as [1, 2], found \"3\"");
    refused("VIT: {NUM_HEADS: x}", "a.yaml:1:18: VIT.NUM_HEADS: expected an integer, found \"x\"");
}

static void expect_origin(const struct rn_config *cfg, const char *name, const char *origin)
{
    size_t n;
    const struct rn_key *keys = rn_config_keys(&n);
    struct rn_buf text = {0};

    for (size_t i = 0; i < n; i++)
        if (strcmp(keys[i].name, name) == 0)
            assert_int_equal(rn_config_origin(cfg, &keys[i], &text, NULL), RN_OK);
    assert_string_equal(text.data, origin);
    rn_buf_release(&text);
}

static void values_know_where_they_come_from(void **state)
{
    struct rn_config cfg, before;
    struct rn_err err = {0};

    (void)state;
    rn_config_default(&cfg);
    accepted(&cfg, "OPTIM:\n  BASE_LR: 1\n  MAX_EPOCH: 3\nDESC: a\n");
    assert_int_equal(rn_config_recipe(&cfg, "modern", &err), RN_OK);
    assert_int_equal(rn_config_set(&cfg, "OPTIM.MAX_EPOCH", "7", &err), RN_OK);
    before = cfg;
    cfg.model.depth = 50;
    rn_config_attribute(&cfg, &before, "ResNet-50");
    expect_origin(&cfg, "DESC", "a.yaml:4");
    expect_origin(&cfg, "OPTIM.BASE_LR", "recipe modern:5");
    expect_origin(&cfg, "OPTIM.MAX_EPOCH", "command line");
    expect_origin(&cfg, "MODEL.DEPTH", "ResNet-50");
    expect_origin(&cfg, "MODEL.TYPE", "default");
    assert_int_equal(rn_config_recipe(&cfg, "old", &err), RN_E_CONFIG);
    assert_string_equal(err.msg, "there is no recipe \"old\"; paper and modern are known");
}

/* More files than there is room for, one with a name of any length. */
static void many_sources_are_told_apart_as_far_as_possible(void **state)
{
    struct rn_config cfg;
    char name[300];

    (void)state;
    rn_config_default(&cfg);
    for (int i = 0; i < RN_SOURCES_MAX + 2; i++) {
        struct rn_doc *doc = NULL;
        (void)snprintf(name, sizeof name, "%0*d.yaml", i == 0 ? 200 : 1, i);
        assert_int_equal(rn_doc_parse_yaml("DESC: x", 7, name, &doc, NULL), RN_OK);
        assert_int_equal(rn_config_merge(&cfg, rn_doc_root(doc), NULL), RN_OK);
        rn_doc_free(doc);
    }
    expect_origin(&cfg, "DESC", "another file:1");
}

static void keys_without_effect_are_told(void **state)
{
    struct rn_config cfg;
    struct rn_buf notes = {0};

    (void)state;
    rn_config_default(&cfg);
    assert_int_equal(rn_config_notes(&cfg, &notes, NULL), RN_OK);
    assert_int_equal(notes.len, 0);
    accepted(&cfg, "NUM_GPUS: 8\nOPTIM:\n  GAMMA: 0.1\n  BASE_LR: 1\n");
    assert_int_equal(rn_config_set(&cfg, "VIT.NUM_HEADS", "4", NULL), RN_OK);
    assert_int_equal(rn_config_notes(&cfg, &notes, NULL), RN_OK);
    assert_string_equal(notes.data,
                        "a.yaml: without effect here: OPTIM.GAMMA (line 3), NUM_GPUS (line 1)\n"
                        "command line: without effect here: VIT.NUM_HEADS\n");
    rn_buf_release(&notes);
}

/* Each recipe says itself whatever decides how a network is trained. */
static void recipes_are_complete(void **state)
{
    static const char *const names[] = {"paper", "modern"};
    size_t n;
    const struct rn_key *keys = rn_config_keys(&n);

    (void)state;
    for (size_t r = 0; r < 2; r++) {
        struct rn_config cfg;
        rn_config_default(&cfg);
        assert_int_equal(rn_config_recipe(&cfg, names[r], NULL), RN_OK);
        for (size_t i = 0; i < n; i++)
            if (strncmp(keys[i].name, "OPTIM.", 6) == 0 && keys[i].offset >= 0 &&
                !strstr("OPTIM.STEPS OPTIM.LR_MULT OPTIM.BETA1 OPTIM.BETA2 OPTIM.STAGE_LR "
                        "OPTIM.BIAS_CUSTOM_WEIGHT_DECAY OPTIM.EMA_ALPHA OPTIM.EMA_UPDATE_PERIOD",
                        keys[i].name) &&
                cfg.origins.of[i].source != 1)
                fail_msg("%s does not say %s", names[r], keys[i].name);
    }
}

static void long_values_are_refused(void **state)
{
    struct rn_config cfg;
    struct rn_err err = {0};
    char text[RN_TEXT_MAX + 1];

    (void)state;
    rn_config_default(&cfg);
    memset(text, 'x', RN_TEXT_MAX);
    text[RN_TEXT_MAX] = 0;
    assert_int_equal(rn_config_set(&cfg, "DESC", text, &err), RN_E_CONFIG);
    text[RN_TEXT_MAX - 1] = 0;
    assert_int_equal(rn_config_set(&cfg, "DESC", text, &err), RN_OK);
    for (int i = 0; i < 64; i++)
        memcpy(text + 2 * i, "7,", 2);
    text[128] = 0;
    assert_int_equal(rn_config_set(&cfg, "EN.DEPTHS", text, &err), RN_OK);
    assert_int_equal(cfg.en.depths.n, RN_LIST_MAX);
    memcpy(text + 128, "7", 2);
    assert_int_equal(rn_config_set(&cfg, "EN.DEPTHS", text, &err), RN_E_CONFIG);
    assert_string_equal(err.msg, "EN.DEPTHS: more than 64 entries");
    assert_int_equal(cfg.en.depths.n, RN_LIST_MAX);
    assert_int_equal(rn_config_set(&cfg, "DESC", "\xff", &err), RN_E_CONFIG);
}

static void single_values_are_set(void **state)
{
    static const char *const lists[] = {"[1, 2]", "(1,2)", "1,2", " [ 1 , 2, ] ", "1, 2,"};
    static const char *const bad[] = {"[1,,2]", "[1", "1 2", "[1 2]", "x,y", "[,]", "1.5,2"};
    struct rn_config cfg;
    struct rn_err err = {0};

    (void)state;
    rn_config_default(&cfg);
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        assert_int_equal(rn_config_set(&cfg, "ANYNET.WIDTHS", "[]", &err), RN_OK);
        assert_int_equal(cfg.anynet.widths.n, 0);
        assert_int_equal(rn_config_set(&cfg, "ANYNET.WIDTHS", lists[i], &err), RN_OK);
        assert_int_equal(cfg.anynet.widths.n, 2);
        assert_int_equal(cfg.anynet.widths.v[1], 2);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(rn_config_set(&cfg, "ANYNET.WIDTHS", bad[i], &err), RN_E_CONFIG);
    assert_int_equal(cfg.anynet.widths.v[0], 1);
    assert_int_equal(rn_config_set(&cfg, "OPTIM.BASE_LR", "5e-5", &err), RN_OK);
    assert_true(cfg.optim.base_lr == 5e-5);
    assert_int_equal(rn_config_set(&cfg, "OPTIM.WARMUP_EPOCHS", "0.5", &err), RN_OK);
    assert_int_equal(rn_config_set(&cfg, "DESC", "12", &err), RN_OK);
    assert_string_equal(cfg.desc, "12");
    assert_int_equal(rn_config_set(&cfg, "DESC", "", &err), RN_OK);
    assert_string_equal(cfg.desc, "");
    assert_int_equal(rn_config_set(&cfg, "OPTIM.GAMMA", "0.2", &err), RN_OK);
    assert_int_equal(rn_config_set(&cfg, "OPTIM.GAMMA", "x", &err), RN_E_CONFIG);
    assert_int_equal(rn_config_set(&cfg, "OPTIM", "1", &err), RN_E_CONFIG);
    assert_int_equal(rn_config_set(&cfg, "TRAIN.EPOCHS", "", &err), RN_E_CONFIG);
    assert_int_equal(rn_config_set(&cfg, "OPTIM.MAX_EPOCH", "", &err), RN_E_CONFIG);
    assert_string_equal(err.msg, "OPTIM.MAX_EPOCH: expected an integer, found \"\"");
}

static void json_is_read_alike(void **state)
{
    static const char text[] = "{\"OPTIM\": {\"BASE_LR\": 0.05, \"NESTEROV\": false},"
                               " \"ANYNET\": {\"GROUP_WS\": null}, \"DESC\": \"12\"}";
    struct rn_config cfg;
    struct rn_doc *doc = NULL;

    (void)state;
    rn_config_default(&cfg);
    assert_int_equal(rn_doc_parse_json(text, strlen(text), "a.json", &doc, NULL), RN_OK);
    assert_int_equal(rn_config_merge(&cfg, rn_doc_root(doc), NULL), RN_OK);
    assert_true(cfg.optim.base_lr == 0.05 && !cfg.optim.nesterov);
    assert_string_equal(cfg.desc, "12");
    rn_doc_free(doc);
}

/* Fills every field with something legal but unusual. */
static void vary(struct rn_config *cfg, struct rn_rng *rng)
{
    size_t n;
    const struct rn_key *keys = rn_config_keys(&n);

    for (size_t i = 0; i < n; i++) {
        double low = keys[i].min > keys[i].max ? 0 : keys[i].min;
        double high = keys[i].min > keys[i].max ? 1 : keys[i].max;
        double real = low + (high - low) * rn_rng_uniform(rng);
        char text[100];

        if (keys[i].type == RN_KEY_BOOL)
            (void)snprintf(text, sizeof text, "%s", rn_rng_below(rng, 2) ? "True" : "False");
        else if (keys[i].type == RN_KEY_INT)
            (void)snprintf(text, sizeof text, "%d", (int)real);
        else if (keys[i].type == RN_KEY_DOUBLE)
            (void)snprintf(text, sizeof text, "%.17g", real);
        else if (keys[i].type == RN_KEY_INTS)
            (void)snprintf(text, sizeof text, "[%d, %d]", (int)real, (int)high);
        else if (keys[i].type == RN_KEY_DOUBLES)
            (void)snprintf(text, sizeof text, "[%.17g, %.17g]", real, high);
        else if (keys[i].choices)
            (void)snprintf(text, sizeof text, "%.*s", (int)strcspn(keys[i].choices, " "),
                           keys[i].choices);
        else
            (void)snprintf(text, sizeof text, " null: '\"\\#\n\t\x01\x7f\xc2\x85 %u\xc3\xa9 ",
                           rn_rng_u32(rng));
        assert_int_equal(rn_config_set(cfg, keys[i].name, text, NULL), RN_OK);
    }
}

static void a_dump_reads_back_the_same(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 50; seed++) {
        struct rn_rng rng = rn_rng_at(seed, RN_STREAM_TEST, 0);
        struct rn_config cfg, back;
        struct rn_buf text = {0};

        rn_config_default(&cfg);
        rn_config_default(&back);
        if (seed > 0)
            vary(&cfg, &rng);
        assert_int_equal(rn_config_dump(&cfg, &text, NULL), RN_OK);
        accepted(&back, text.data);
        assert_memory_equal(&cfg, &back, offsetof(struct rn_config, origins));
        rn_buf_release(&text);
    }
}

static void the_table_is_sound(void **state)
{
    size_t n, ours = 0;
    const struct rn_key *keys = rn_config_keys(&n);

    (void)state;
    for (size_t i = 0; i < n; i++) {
        struct rn_config cfg;

        rn_config_default(&cfg);
        assert_true(keys[i].help && keys[i].help[0]);
        assert_int_equal(rn_config_set(&cfg, keys[i].name, keys[i].fallback, NULL), RN_OK);
        for (size_t j = 0; j < i; j++) {
            assert_string_not_equal(keys[i].name, keys[j].name);
            assert_true(keys[i].offset < 0 || keys[i].offset != keys[j].offset);
        }
        ours += keys[i].ours;
    }
    assert_int_equal(ours, 24);
}

static void the_nearest_name_is_near(void **state)
{
    static const char *const names[] = {"train", "test", "time", "predict"};

    (void)state;
    assert_string_equal(rn_nearest("trian", names, 4), "train");
    assert_string_equal(rn_nearest("PREDICT", names, 4), "predict");
    assert_string_equal(rn_nearest("tes", names, 4), "test");
    assert_null(rn_nearest("frobnicate", names, 4));
    assert_null(rn_nearest("train", names, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults_are_pycls),
        cmocka_unit_test(a_pycls_file_is_read_unchanged),
        cmocka_unit_test(errors_say_where_what_and_what_instead),
        cmocka_unit_test(values_know_where_they_come_from),
        cmocka_unit_test(many_sources_are_told_apart_as_far_as_possible),
        cmocka_unit_test(keys_without_effect_are_told),
        cmocka_unit_test(recipes_are_complete),
        cmocka_unit_test(long_values_are_refused),
        cmocka_unit_test(single_values_are_set),
        cmocka_unit_test(json_is_read_alike),
        cmocka_unit_test(a_dump_reads_back_the_same),
        cmocka_unit_test(the_table_is_sound),
        cmocka_unit_test(the_nearest_name_is_near),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

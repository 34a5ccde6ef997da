/* A temporary directory, a tiny network and a tiny data set to train it on. */
#include "train_scratch.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "regnet/file.h"
#include "regnet/rng.h"
#include "regnet/value.h"

static char root[64];
uint8_t pixels[N_TRAIN * SIZE];
int32_t labels[N_TRAIN];
struct rn_dataset train_data, test_data;

const char *in_root(const char *name)
{
    static char path[4][256];
    static int turn;

    turn = (turn + 1) % 4;
    (void)snprintf(path[turn], sizeof path[turn], "%s/%s", root, name);
    return path[turn];
}

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

int make_scratch(void **state)
{
    bool in_memory = access("/dev/shm", W_OK) == 0; /* these tests flush many files to the disk */

    (void)state;
    strcpy(root, in_memory ? "/dev/shm/regnet-test-XXXXXX" : "/tmp/regnet-test-XXXXXX");
    make_data();
    return mkdtemp(root) ? 0 : -1;
}

int remove_scratch(void **state)
{
    char command[128];

    (void)state;
    snprintf(command, sizeof command, "rm -r '%s'", root);
    return system(command);
}

void set_key(struct rn_config *cfg, const char *key, const char *value)
{
    struct rn_err err = {0};

    if (rn_config_set(cfg, key, value, &err) != RN_OK)
        fail_msg("%s", err.msg);
}

struct rn_config tiny_config(void)
{
    struct rn_config cfg;

    rn_config_default(&cfg);
    set_key(&cfg, "MODEL.TYPE", "anynet");
    set_key(&cfg, "ANYNET.STEM_W", "8");
    set_key(&cfg, "ANYNET.STEM_TYPE", "simple_stem_in");
    set_key(&cfg, "ANYNET.BLOCK_TYPE", "res_bottleneck_block");
    set_key(&cfg, "ANYNET.DEPTHS", "[1, 1]");
    set_key(&cfg, "ANYNET.WIDTHS", "[8, 16]");
    set_key(&cfg, "ANYNET.STRIDES", "[2, 2]");
    set_key(&cfg, "ANYNET.BOT_MULS", "[1.0, 1.0]");
    set_key(&cfg, "ANYNET.GROUP_WS", "[4, 4]");
    set_key(&cfg, "TRAIN.DATASET", "fashion_mnist");
    set_key(&cfg, "TRAIN.IM_SIZE", "28");
    set_key(&cfg, "TRAIN.BATCH_SIZE", "8");
    set_key(&cfg, "TEST.SPLIT", "test");
    set_key(&cfg, "OPTIM.MAX_EPOCH", "3");
    set_key(&cfg, "OPTIM.LR_UNIT", "step");
    set_key(&cfg, "OPTIM.WARMUP_EPOCHS", "0.5");
    set_key(&cfg, "BN.NUM_SAMPLES_PRECISE", "16");
    set_key(&cfg, "LOG_PERIOD", "1");
    return cfg;
}

static void count_steps(void *arg, const struct rn_progress *progress)
{
    struct stopper *stopper = arg;

    assert_true(progress->step >= 1 && progress->step <= progress->steps);
    assert_true(progress->epoch < progress->epochs);
    stopper->steps++;
    stopper->flag = stopper->steps == stopper->after;
}

struct rn_train_options scratch_options(const char *name, struct stopper *stopper)
{
    struct rn_train_options options = {.dir = in_root(name),
                                       .save_checkpoints = true,
                                       .save_model = true,
                                       .train_data = &train_data,
                                       .test_data = &test_data};

    if (stopper) {
        options.on_progress = count_steps;
        options.arg = stopper;
        options.stop = &stopper->flag;
    }
    return options;
}

enum rn_status train_in(const struct rn_config *cfg, const char *name, struct stopper *stopper,
                        struct rn_result *result, struct rn_err *err)
{
    struct rn_train_options options = scratch_options(name, stopper);

    return rn_train(cfg, &options, result, err);
}

void train_ok(const struct rn_config *cfg, const char *name, struct rn_result *result)
{
    struct rn_err err = {0};

    if (train_in(cfg, name, NULL, result, &err) != RN_OK)
        fail_msg("%s", err.msg);
}

struct rn_buf file_content(const char *name, const char *file)
{
    char path[160];
    struct rn_buf buf = {0};
    struct rn_err err = {0};

    (void)snprintf(path, sizeof path, "%s/%s", name, file);
    if (rn_file_read(in_root(path), 1 << 24, &buf, &err) != RN_OK)
        fail_msg("%s", err.msg);
    return buf;
}

void assert_same_file(const char *a, const char *b, const char *file)
{
    struct rn_buf left = file_content(a, file), right = file_content(b, file);

    assert_int_equal(left.len, right.len);
    assert_memory_equal(left.data, right.data, left.len);
    rn_buf_release(&left);
    rn_buf_release(&right);
}

int log_numbers(const char *name, const char *type, const char *key, double *out, int room)
{
    struct rn_buf log = file_content(name, "log.jsonl");
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

/* train_scratch.h: a temporary directory, a tiny network and a tiny data set, for the tests of
 * train. */
#ifndef RN_TESTS_TRAIN_SCRATCH_H
#define RN_TESTS_TRAIN_SCRATCH_H

#include "train/run.h"

#define N_TRAIN 40 /* images: five batches */
#define N_TEST 13
#define SIDE 28
#define SIZE (SIDE * SIDE)

/* The images' class is the row of a bright bar; the test images are the first of them. */
extern uint8_t pixels[N_TRAIN * SIZE];
extern int32_t labels[N_TRAIN];
extern struct rn_dataset train_data, test_data;

/* cmocka's set-up and tear-down of each test: the images, and an empty directory. */
int make_scratch(void **state);
int remove_scratch(void **state);
/* A path in that directory; the last four stay. */
const char *in_root(const char *name);

void set_key(struct rn_config *cfg, const char *key, const char *value);
/* Two stages of one block, three epochs of five steps, every step in the log. */
struct rn_config tiny_config(void);

/* Stops a training by its progress: after `after` steps in all. */
struct stopper {
    volatile sig_atomic_t flag;
    int after, steps;
};
/* Into in_root(name), with checkpoints and the model; stopper may be NULL. */
struct rn_train_options scratch_options(const char *name, struct stopper *stopper);
enum rn_status train_in(const struct rn_config *cfg, const char *name, struct stopper *stopper,
                        struct rn_result *result, struct rn_err *err);
void train_ok(const struct rn_config *cfg, const char *name, struct rn_result *result);

struct rn_buf file_content(const char *name, const char *file);
void assert_same_file(const char *a, const char *b, const char *file);
/* The log's lines of a type, a number of each; returns how many. */
int log_numbers(const char *name, const char *type, const char *key, double *out, int room);

#endif

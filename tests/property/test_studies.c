/* The studies of configs/: each is read, and one network of each of its spaces is drawn, held
   against its configuration, built, and taken one training step on images of noise. Of the largest
   regimes, whose spaces are the same but wider, networks are built only: their weights take a
   gigabyte. */
#include <dirent.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "regnet/engine.h"
#include "regnet/rng.h"
#include "sweep/study.h"
#include "train/run.h"

#define STUDIES 128
#define SPACES 256
#define BATCH 2
#define SIDE 64          /* of the images of noise: a step at 224 pixels shows no more */
#define STEP_LIMIT 500e6 /* multiply-adds of a network that is stepped */

static struct {
    char at[STUDIES][512];
    size_t n;
} files;

/* Spaces of the studies so far: figures share them, and a space's network is the same in each. */
static struct {
    char at[SPACES][64];
    size_t n;
} seen;

static bool seen_before(const char *space)
{
    for (size_t i = 0; i < seen.n; i++)
        if (strcmp(seen.at[i], space) == 0)
            return true;
    assert_true(seen.n < SPACES);
    (void)snprintf(seen.at[seen.n++], sizeof seen.at[0], "%s", space);
    return false;
}

static void find_files(const char *dir)
{
    DIR *open = opendir(dir);

    for (struct dirent *entry; open && (entry = readdir(open));) {
        const char *dot = strrchr(entry->d_name, '.');
        if (dot && strcmp(dot, ".yaml") == 0 && files.n < STUDIES)
            (void)snprintf(files.at[files.n++], sizeof files.at[0], "%s/%s", dir, entry->d_name);
    }
    if (open)
        closedir(open);
}

static void ok(enum rn_status status, const struct rn_err *err)
{
    if (status != RN_OK)
        fail_msg("%s", err->msg);
}

static void check_step(const struct rn_arch *arch)
{
    static float images[BATCH * SIDE * SIDE * 3], targets[BATCH * 1000];
    struct rn_arch small = *arch;
    struct rn_rng rng = rn_rng_at(1, RN_STREAM_TEST, 0);
    struct rn_graph *graph = NULL;
    struct rn_net *net = NULL;
    struct rn_net_params params;
    struct rn_err err = {0};
    double loss, sum = 0;

    small.im_size = SIDE;
    ok(rn_graph_build(&small, &graph, &err), &err);
    ok(rn_net_new(graph, &(struct rn_net_options){.batch = BATCH, .train = true}, &net, &err),
       &err);
    params = rn_net_params(net);
    rn_graph_init(graph, false, 1, params.value);
    for (size_t i = 0; i < BATCH * SIDE * SIDE * 3; i++)
        images[i] = (float)rn_rng_normal(&rng);
    memset(targets, 0, sizeof targets);
    for (int i = 0; i < BATCH; i++)
        targets[i * arch->num_classes + i] = 1;
    loss = rn_net_step(net, images, targets, BATCH, NULL);
    for (size_t i = 0; i < params.n_trained; i++)
        sum += fabs((double)params.grad[i]);
    assert_true(loss > 0 && isfinite(loss));
    assert_true(sum > 0 && isfinite(sum));
    rn_net_free(net);
    rn_graph_free(graph);
}

/* What the configuration says is the network that was drawn, and the data set fits it. */
static void check_config(const struct rn_study *study, const struct rn_sample *sample)
{
    struct rn_config cfg = study->config;
    const struct rn_dataset *info = rn_dataset_info(cfg.train.dataset);
    struct rn_complexity cx;
    struct rn_graph *graph = NULL;
    struct rn_arch arch;
    struct rn_err err = {0};

    ok(rn_sample_to_config(sample, &cfg, &err), &err);
    ok(rn_check_training(&cfg, &err), &err);
    ok(rn_arch_from_config(&cfg, &arch, &err), &err);
    if (info)
        ok(rn_check_data(&cfg, &arch, info, &err), &err);
    ok(rn_graph_build(&arch, &graph, &err), &err);
    cx = rn_graph_complexity(graph);
    assert_int_equal(cx.flops, sample->cx.flops);
    assert_int_equal(cx.params, sample->cx.params);
    assert_int_equal(cx.acts, sample->cx.acts);
    rn_graph_free(graph);
}

static void check_study(void **state)
{
    struct rn_study *study = NULL;
    struct rn_err err = {0};

    ok(rn_study_open(*state, NULL, &study, &err), &err);
    for (size_t i = 0; i < study->n_spaces; i++) {
        struct rn_sample sample;
        if (seen_before(study->space_names[i]))
            continue;
        ok(rn_space_draw(study->spaces[i], study->seed, 0, &sample, &err), &err);
        assert_int_equal(sample.arch.num_classes, rn_study_classes(&study->config));
        check_config(study, &sample);
        if ((double)sample.cx.flops < STEP_LIMIT)
            check_step(&sample.arch);
    }
    rn_study_free(study);
}

int main(void)
{
    static struct CMUnitTest tests[STUDIES];

    find_files("configs/studies");
    find_files("configs/studies/paper");
    find_files("configs/studies/paper/mini");
    for (size_t i = 0; i < files.n; i++)
        tests[i] = (struct CMUnitTest){
            .name = files.at[i], .test_func = check_study, .initial_state = files.at[i]};
    return files.n < 2 + 2 * 15 ? 1
                                : _cmocka_run_group_tests("studies", tests, files.n, NULL, NULL);
}

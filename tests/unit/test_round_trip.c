/*
 * A network of every family through every format and every library's names, and back: the same
 * bits. Given names of networks, or "all", the program takes those.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "regnet/rng.h"
#include "train/weights.h"
#include "train_scratch.h"

static const char *const one_of_each[] = {
    "RegNetX-200MF",
    "RegNetX-400MF",
    "RegNetY-200MF",
    "RegNetZ-500MF",
    "ResNet-18",
    "SE-ResNet-50",
    "EfficientNet-B0",
    "MobileNetV1-0.25",
    "MobileNetV2-0.35",
    "ShuffleNetV1-0.5x-g3",
    "ShuffleNetV2-0.5x",
    "NASNet-A-mobile",
    "PNASNet-5-mobile",
    "AmoebaNet-A-4-50",
    "AmoebaNet-B-3-62",
    "AmoebaNet-C-4-44",
    "AmoebaNet-D-1-64",
    "DARTS-V2",
    "R-20",
    "V-56",
};

struct network {
    struct rn_config cfg;
    struct rn_graph *graph;
    float *values, *back;
};

static void must(enum rn_status status, const struct rn_err *err)
{
    if (status != RN_OK)
        fail_msg("%s", err->msg);
}

static void make(const char *name, struct network *net)
{
    struct rn_rng rng = rn_rng_at(3, RN_STREAM_TEST, 0);
    struct rn_arch arch;
    struct rn_err err = {0};

    rn_config_default(&net->cfg);
    must(rn_arch_name_to_config(name, &net->cfg, &err), &err);
    must(rn_arch_from_config(&net->cfg, &arch, &err), &err);
    must(rn_graph_build(&arch, &net->graph, &err), &err);
    net->values = rn_alloc(net->graph->n_values, sizeof *net->values);
    net->back = rn_alloc(net->graph->n_values, sizeof *net->back);
    assert_true(net->values && net->back);
    for (size_t i = 0; i < net->graph->n_values; i++)
        net->values[i] = (float)rn_rng_uniform(&rng);
}

static void release(struct network *net)
{
    rn_graph_free(net->graph);
    rn_free(net->values);
    rn_free(net->back);
}

static bool has_names(const struct network *net, enum rn_naming naming)
{
    struct rn_buf name = {0};
    enum rn_status status = rn_param_name(net->graph, &net->graph->params[0], naming, &name, NULL);

    rn_buf_release(&name);
    return status == RN_OK;
}

static void assert_same(const struct network *net, const char *path)
{
    struct rn_err err = {0};

    must(rn_weights_load(path, net->graph, false, net->back, &err), &err);
    for (int i = 0; i < net->graph->n_params; i++) {
        const struct rn_param *p = &net->graph->params[i];
        if (memcmp(net->values + p->offset, net->back + p->offset, p->size * sizeof(float)) != 0)
            fail_msg("%s: %s is not what it was", path, p->name);
    }
}

/* From our file to one of such names and format, and from there to our file again. */
static void there_and_back(const struct network *net, enum rn_naming naming, const char *format)
{
    struct rn_convert_options there = {.naming = naming}, back = {.cfg = &net->cfg};
    struct rn_err err = {0};
    const char *theirs = in_root(format), *again = in_root("again.safetensors");

    must(rn_convert(in_root("ours.safetensors"), theirs, &there, &err), &err);
    must(rn_convert(theirs, again, &back, &err), &err);
    assert_same(net, again);
}

static void same_bits(void **state)
{
    static const char *const formats[] = {"theirs.safetensors", "theirs.pth"};
    struct network net;
    struct rn_err err = {0};
    struct rn_weights_content content = {.dataset = ""};
    const char *ours = in_root("ours.safetensors");

    make(*state, &net);
    content.images = (struct rn_preprocessing){
        .resize = 1024, .size = net.graph->arch.im_size, .channels = 3, .std = {1, 1, 1}};
    content.graph = net.graph;
    content.values = net.values;
    content.cfg = &net.cfg;
    must(rn_weights_write(ours, &content, &err), &err);
    assert_same(&net, ours);
    for (int naming = 0; naming < RN_NAMING_COUNT; naming++)
        for (int f = 0; f < 2 && has_names(&net, (enum rn_naming)naming); f++)
            there_and_back(&net, (enum rn_naming)naming, formats[f]);
    release(&net);
}

#define NETWORKS_MAX 256

int main(int argc, char **argv)
{
    struct CMUnitTest tests[NETWORKS_MAX] = {{0}};
    bool all = argc == 2 && strcmp(argv[1], "all") == 0;
    size_t n = all        ? rn_arch_count()
               : argc > 1 ? (size_t)argc - 1
                          : sizeof one_of_each / sizeof *one_of_each;

    for (size_t i = 0; i < n && i < NETWORKS_MAX; i++) {
        const char *name = all ? rn_arch_name(i) : argc > 1 ? argv[i + 1] : one_of_each[i];
        tests[i] = (struct CMUnitTest)cmocka_unit_test_prestate_setup_teardown(
            same_bits, make_scratch, remove_scratch, (void *)name);
        tests[i].name = name;
    }
    return _cmocka_run_group_tests("round trips", tests, n, NULL, NULL);
}

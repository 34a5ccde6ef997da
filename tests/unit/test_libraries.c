/*
 * Logits of torchvision's and timm's networks from files under their names
 * (tools/golden_libraries.py made the golden ones, in double precision). Every value is a function
 * of its tensor's name, so that a network needs no file of weights.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "regnet/safetensors.h"
#include "train_scratch.h"

#define IMAGE_SIDE 64
#define SHOWN 16

static void must(enum rn_status status, const struct rn_err *err)
{
    if (status != RN_OK)
        fail_msg("%s", err->msg);
}

static bool ends_with(const char *text, const char *end)
{
    size_t n = strlen(text), k = strlen(end);

    return n >= k && strcmp(text + n - k, end) == 0;
}

static double uniform(uint32_t seed, size_t i)
{
    uint32_t x = seed + (uint32_t)i * 2654435761u;

    x = (x ^ x >> 16) * 0x45d9f3bu;
    return (x ^ x >> 16) / 4294967296.0;
}

/* n values of a tensor whose rows have `row` of them; a vector's is 0. */
static float *values(const char *name, size_t n, size_t row)
{
    bool around_0 = ends_with(name, ".bias") || ends_with(name, ".running_mean");
    float *v = rn_alloc(n, sizeof *v);
    uint32_t seed = 2166136261u;

    assert_non_null(v);
    for (const char *at = name; *at; at++)
        seed = (seed ^ (unsigned char)*at) * 16777619u;
    for (size_t i = 0; i < n; i++) {
        double u = uniform(seed, i);
        v[i] = (float)(row > 0    ? (2 * u - 1) * sqrt(6.0 / (double)row)
                       : around_0 ? 0.4 * u - 0.2
                                  : u + 0.5);
    }
    return v;
}

static void name_network(const char *name, struct rn_config *cfg)
{
    static const char *const small_nasnet[][2] = {{"MODEL.TYPE", "anynet"},
                                                  {"MODEL.NUM_CLASSES", "1000"},
                                                  {"ANYNET.STEM_TYPE", "cells_stem_in"},
                                                  {"ANYNET.STEM_W", "16"},
                                                  {"ANYNET.BLOCK_TYPE", "nasnet_a_cell"},
                                                  {"ANYNET.DEPTHS", "[6, 6, 6]"},
                                                  {"ANYNET.WIDTHS", "[16, 32, 64]"},
                                                  {"ANYNET.STRIDES", "[1, 2, 2]"},
                                                  {"ANYNET.SKIP_REDUCTION", "True"}};
    struct rn_err err = {0};

    rn_config_default(cfg);
    if (strcmp(name, "nasnet_small") != 0)
        must(rn_arch_name_to_config(name, cfg, &err), &err);
    else
        for (size_t i = 0; i < sizeof small_nasnet / sizeof *small_nasnet; i++)
            set_key(cfg, small_nasnet[i][0], small_nasnet[i][1]);
}

static void write_weights(const char *path, enum rn_naming naming, const struct rn_config *cfg)
{
    struct rn_err err = {0};
    struct rn_buf name = {0};
    struct rn_graph *graph;
    struct rn_tensor *tensors;
    struct rn_arch arch;

    must(rn_arch_from_config(cfg, &arch, &err), &err);
    must(rn_graph_build(&arch, &graph, &err), &err);
    tensors = rn_alloc((size_t)graph->n_params, sizeof *tensors);
    assert_non_null(tensors);
    for (int i = 0; i < graph->n_params; i++) {
        const struct rn_param *p = &graph->params[i];
        must(rn_param_name(graph, p, naming, &name, &err), &err);
        tensors[i] = (struct rn_tensor){.name = rn_strdup(name.data), .ndim = p->ndim};
        tensors[i].data = values(name.data, p->size, p->ndim > 1 ? p->size / (size_t)p->dim[0] : 0);
        memcpy(tensors[i].dim, p->dim, sizeof p->dim);
    }
    must(rn_safetensors_write(path, tensors, (size_t)graph->n_params, NULL, 0, &err), &err);
    for (int i = 0; i < graph->n_params; i++) {
        rn_free((void *)tensors[i].name);
        rn_free((void *)tensors[i].data);
    }
    rn_free(tensors);
    rn_buf_release(&name);
    rn_graph_free(graph);
}

static void write_image(const char *path)
{
    char header[128] = "\x93NUMPY\1\0\x76";
    size_t n = (size_t)3 * IMAGE_SIDE * IMAGE_SIDE;
    float *image = values("image", n, n);
    FILE *f = fopen(path, "wb");

    assert_non_null(f);
    (void)snprintf(header + 10, sizeof header - 10, "%-117s",
                   "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 3, 64, 64), }");
    header[127] = '\n';
    assert_int_equal(fwrite(header, 1, sizeof header, f), sizeof header);
    assert_int_equal(fwrite(image, sizeof *image, n, f), n);
    assert_int_equal(fclose(f), 0);
    rn_free(image);
}

/* A line of the golden file: the library, the network, its first logits. */
static void compare(char *line)
{
    const char *library = strtok(line, "\t"), *name = strtok(NULL, "\t");
    bool timm = strcmp(library, "timm") == 0;
    double expected[SHOWN], largest = 0;
    struct rn_predictor *predictor;
    struct rn_logits logits = {0};
    struct rn_err err = {0};
    struct rn_config cfg;

    for (int i = 0; i < SHOWN; i++) {
        expected[i] = strtod(strtok(NULL, "\t"), NULL);
        largest = fmax(largest, fabs(expected[i]));
    }
    name_network(name, &cfg);
    write_weights(in_root("net.safetensors"), timm ? RN_NAMING_TIMM : RN_NAMING_TORCHVISION, &cfg);
    write_image(in_root("image.npy"));
    must(rn_predictor_open_as(in_root("net.safetensors"), &cfg, &predictor, &err), &err);
    must(rn_predict_logits(predictor, in_root("image.npy"), &logits, &err), &err);
    for (int i = 0; i < SHOWN; i++)
        if (!(fabs(logits.values[i] - expected[i]) <= 1e-4 * largest))
            fail_msg("%s's %s: logit %d is %.7g; PyTorch has %.7g", library, name, i,
                     (double)logits.values[i], expected[i]);
    rn_logits_release(&logits);
    rn_predictor_free(predictor);
}

static void logits_are_the_libraries(void **state)
{
    char line[1024];
    FILE *f = fopen("tests/golden/libraries.tsv", "r");

    (void)state;
    assert_non_null(f);
    while (fgets(line, sizeof line, f))
        compare(line);
    assert_int_equal(fclose(f), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(logits_are_the_libraries, make_scratch, remove_scratch)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

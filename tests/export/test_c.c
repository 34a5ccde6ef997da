/*
 * The exported C: compiled by each compiler that is here, without a warning, and run; its logits
 * are the reference engine's within 1e-5 of the largest. Both sum in double; folding rounds each
 * weight once more.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>

#include "nets.h"
#include "regnet/export.h"
#include "regnet/file.h"

#define CLASSES_MAX 16

static char dir[32];

static int make_dir(void **state)
{
    (void)state;
    strcpy(dir, "/tmp/regnet-test-XXXXXX");
    return mkdtemp(dir) ? 0 : -1;
}

static int shell(const char *command)
{
    char line[512];

    snprintf(line, sizeof line, "cd %s && %s", dir, command);
    return system(line);
}

static int remove_dir(void **state)
{
    char line[64];

    (void)state;
    snprintf(line, sizeof line, "rm -rf %s", dir);
    return system(line);
}

static const char *in_dir(const char *name)
{
    static char path[128];

    snprintf(path, sizeof path, "%s/%s", dir, name);
    return path;
}

static void export_ok(const struct rn_trained *net, const char *name)
{
    struct rn_err err = {0};

    if (rn_export_c(net, in_dir(name), &err) != RN_OK)
        fail_msg("%s", err.msg);
}

/* The logits that the program printed, one a line. */
static int read_logits(float *logits)
{
    FILE *out = fopen(in_dir("out"), "r");
    char line[128];
    int n = 0;

    assert_non_null(out);
    while (n < CLASSES_MAX && fgets(line, sizeof line, out))
        logits[n++] = strtof(line, NULL);
    fclose(out);
    return n;
}

static void compare(const struct rn_trained *net, const float *image, const char *name)
{
    int classes = net->graph->arch.num_classes;
    float got[CLASSES_MAX], largest = 0, *expected = reference_logits(net, image, 1);

    assert_int_equal(read_logits(got), classes);
    for (int k = 0; k < classes; k++)
        largest = fmaxf(largest, fabsf(expected[k]));
    for (int k = 0; k < classes; k++)
        if (!(fabsf(got[k] - expected[k]) <= 1e-5f * largest))
            fail_msg("%s: logit %d is %g, not %g", name, k, got[k], expected[k]);
    rn_free(expected);
}

static void run_with(const char *compiler, const struct rn_arch *arch)
{
    struct rn_trained net = make_trained(arch, true);
    float *image = make_images(arch, 1);
    size_t bytes = (size_t)arch->im_size * (size_t)arch->im_size * 3 * sizeof *image;
    char command[256];

    export_ok(&net, "my-net.c");
    assert_int_equal(rn_file_write(in_dir("image"), image, bytes, NULL), RN_OK);
    snprintf(command, sizeof command,
             "%s -std=c99 -pedantic -O1 -Wall -Wextra -Wshadow -Wconversion -Werror -DMY_NET_MAIN "
             "my-net.c -o my-net -lm && ./my-net <image >out",
             compiler);
    if (shell(command) != 0)
        fail_msg("%s: %s", arch->name, command);
    compare(&net, image, arch->name);
    rn_free(image);
    rn_trained_release(&net);
}

static void the_c_predicts_as_the_reference(void **state)
{
    static const char *const compilers[] = {"gcc", "clang"};
    char question[64];
    int there = 0;

    (void)state;
    for (int i = 0; i < 2; i++) {
        snprintf(question, sizeof question, "command -v %s >found", compilers[i]);
        if (shell(question) != 0)
            continue;
        there++;
        for (const struct rn_arch *arch = export_nets; *arch->name; arch++)
            run_with(compilers[i], arch);
    }
    assert_true(there > 0);
}

static void names_of_classes_stand_beside_the_logits(void **state)
{
    struct rn_trained net = make_trained(&export_nets[0], true);
    struct rn_buf out = {0};

    (void)state;
    export_ok(&net, "9.c");
    assert_int_equal(
        shell("cc -std=c99 -D_9_MAIN 9.c -o 9 -lm && head -c 1728 /dev/zero | ./9 >out"), 0);
    assert_int_equal(rn_file_read(in_dir("out"), 4096, &out, NULL), RN_OK);
    assert_non_null(strstr(out.data, "  class 9\\ \"*/?\n"));
    assert_int_not_equal(shell("head -c 1727 /dev/zero | ./9 2>err"), 0);
    rn_buf_release(&out);
    rn_trained_release(&net);
}

static void the_same_network_gives_the_same_bytes(void **state)
{
    struct rn_trained net = make_trained(&export_nets[1], false);

    (void)state;
    assert_int_equal(shell("mkdir a b"), 0);
    export_ok(&net, "a/net.c");
    export_ok(&net, "b/net.c");
    assert_int_equal(shell("cmp a/net.c b/net.c && test -s a/net.c"), 0);
    rn_trained_release(&net);
}

static void an_operator_without_a_form_is_named(void **state)
{
    struct rn_trained net = make_trained(&export_nets[0], false);
    struct rn_err err = {0};

    (void)state;
    net.graph->nodes[3].op = RN_OP_INPUT; /* the one that nothing computes */
    assert_int_equal(rn_export_c(&net, in_dir("net.c"), &err), RN_E_UNSUPPORTED);
    assert_non_null(strstr(err.msg, "stem.af"));
    assert_int_equal(access(in_dir("net.c"), F_OK), -1);
    rn_trained_release(&net);
}

static void values_that_are_not_finite_are_refused(void **state)
{
    struct rn_trained net = make_trained(&export_nets[0], false);
    struct rn_err err = {0};

    (void)state;
    net.values[net.graph->params[0].offset] = NAN;
    assert_int_equal(rn_export_c(&net, in_dir("net.c"), &err), RN_E_DATA);
    assert_non_null(strstr(err.msg, "stem.conv"));
    rn_trained_release(&net);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_dir, remove_dir)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_c_predicts_as_the_reference),
        TEST(names_of_classes_stand_beside_the_logits),
        TEST(the_same_network_gives_the_same_bytes),
        TEST(an_operator_without_a_form_is_named),
        TEST(values_that_are_not_finite_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

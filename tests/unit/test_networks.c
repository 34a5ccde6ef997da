/* Every network known by name: published counts to the last unit, and its graph. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "regnet/file.h"
#include "regnet/graph.h"

static struct rn_graph *built(const char *name)
{
    struct rn_graph *graph = NULL;
    struct rn_arch arch;
    struct rn_err err = {0};

    if (rn_arch_by_name(name, &arch, &err) != RN_OK || rn_graph_build(&arch, &graph, &err) != RN_OK)
        fail_msg("%s: %s", name, err.msg);
    return graph;
}

static void assert_count(const char *name, const char *what, int64_t found, const char *expected)
{
    if (strcmp(expected, "-") != 0 && found != strtoll(expected, NULL, 10))
        fail_msg("%s has %lld %s; %s are published", name, (long long)found, what, expected);
}

static void counts_are_the_published_ones(void **state)
{
    struct rn_buf file = {0};
    char *rest, *line;
    int n = 0;

    (void)state;
    assert_int_equal(rn_file_read("tests/golden/networks.tsv", 1 << 20, &file, NULL), RN_OK);
    for (rest = file.data; (line = strtok_r(rest, "\n", &rest)) != NULL; n++) {
        const char *name = strtok_r(line, "\t", &line);
        struct rn_graph *graph;
        struct rn_complexity cx;
        if (name[0] == '#')
            continue;
        graph = built(name);
        cx = rn_graph_complexity(graph);
        assert_count(name, "multiply-adds", cx.flops, strtok_r(line, "\t", &line));
        assert_count(name, "parameters", cx.params, strtok_r(line, "\t", &line));
        assert_count(name, "activations", cx.acts, strtok_r(line, "\t", &line));
        rn_graph_free(graph);
    }
    assert_true(n > 5);
    rn_buf_release(&file);
}

/* timm prints parameters and activations in millions. */
static void counts_round_to_timms(void **state)
{
    static const struct {
        const char *name;
        double params, acts;
    } cases[] = {{"RegNetZ-500MF", 7.12, 5.86}, {"RegNetZ-4GF", 27.12, 24.19},
                 {"RegNetY-64GF", 281.38, 0},   {"RegNetY-128GF", 644.81, 0},
                 {"RegNetY-256GF", 1282.60, 0}, {"EfficientNet-B6", 43.04, 0},
                 {"EfficientNet-B7", 66.35, 0}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct rn_graph *graph = built(cases[i].name);
        struct rn_complexity cx = rn_graph_complexity(graph);
        assert_true(fabs((double)cx.params / 1e6 - cases[i].params) < 0.0051);
        if (cases[i].acts > 0)
            assert_true(fabs((double)cx.acts / 1e6 - cases[i].acts) < 0.0051);
        rn_graph_free(graph);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(counts_are_the_published_ones),
                                       cmocka_unit_test(counts_round_to_timms)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

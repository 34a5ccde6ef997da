/*
 * Maps of channels: what each channel of a map is, by its runs, is what the reference's operators
 * make it, with channels numbered instead of computed; and chains have become one map.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "engine/cpu/channels.h"
#include "engine/op.h"
#include "nets.h"

#define WIDEST 1024

/* One pixel of every node: channel c of a node that is no map is node * WIDEST + c, below 2^24. */
static float *numbered(const struct rn_graph *graph)
{
    float *values = rn_alloc((size_t)graph->n_nodes * WIDEST, sizeof *values);

    for (int i = 0; i < graph->n_nodes; i++) {
        const struct rn_node *node = &graph->nodes[i];
        struct rn_node pixel = *node;
        struct rn_op_args args = {.node = &pixel, .n = 1, .y = values + (ptrdiff_t)i * WIDEST};

        assert_true(node->out.c < WIDEST);
        pixel.out.h = pixel.out.w = 1;
        for (int k = 0; k < node->n_in; k++) {
            args.in[k] = (struct rn_shape){1, 1, graph->nodes[node->in[k]].out.c};
            args.x[k] = values + (ptrdiff_t)node->in[k] * WIDEST;
        }
        if (rn_is_channel_map(node))
            rn_ref_ops.forward[node->op](&args);
        for (int c = 0; c < node->out.c && !rn_is_channel_map(node); c++)
            args.y[c] = (float)(i * WIDEST + c);
    }
    return values;
}

static void check_map(const struct rn_graph *graph, const struct rn_channel_map *map, int node,
                      const float *values)
{
    float found[WIDEST] = {0};

    for (int i = 0; i < map->n_runs; i++) {
        const struct rn_channel_run *run = &map->runs[i];
        for (int j = 0; j < run->count; j++) {
            assert_true(found[run->to + j * run->step] == 0);
            found[run->to + j * run->step] =
                values[(ptrdiff_t)map->in[run->in] * WIDEST + run->from + j];
        }
    }
    for (int c = 0; c < graph->nodes[node].out.c; c++)
        if (found[c] != values[(ptrdiff_t)node * WIDEST + c])
            fail_msg("%s, %s: channel %d is %g, not %g", graph->arch.name, graph->nodes[node].name,
                     c, found[c], values[(ptrdiff_t)node * WIDEST + c]);
}

/* A map reads nodes that have tensors, and whoever is no map reads a map that has one. */
static void check_readers(const struct rn_graph *graph, const struct rn_channel_map *maps)
{
    for (int i = 0; i < graph->n_nodes; i++) {
        const struct rn_node *node = &graph->nodes[i];
        const struct rn_channel_map *map = &maps[i];

        for (int k = 0; rn_is_channel_map(node) && map->kept && k < map->n_in; k++)
            assert_true(maps[map->in[k]].kept || !rn_is_channel_map(&graph->nodes[map->in[k]]));
        for (int k = 0; !rn_is_channel_map(node) && k < node->n_in; k++)
            assert_true(maps[node->in[k]].kept || !rn_is_channel_map(&graph->nodes[node->in[k]]));
    }
}

/* How many maps of a network there are, and have tensors. */
static void check(const struct rn_arch *arch, int *all, int *kept)
{
    struct rn_graph *graph = NULL;
    struct rn_channel_map *maps = NULL;
    float *values;

    assert_int_equal(rn_graph_build(arch, &graph, NULL), RN_OK);
    assert_int_equal(rn_channel_maps_new(graph, &maps, NULL), RN_OK);
    values = numbered(graph);
    check_readers(graph, maps);
    *all = *kept = 0;
    for (int i = 0; i < graph->n_nodes; i++) {
        *all += rn_is_channel_map(&graph->nodes[i]);
        if (!rn_is_channel_map(&graph->nodes[i]) || !maps[i].kept)
            continue;
        check_map(graph, &maps[i], i, values);
        ++*kept;
    }
    rn_free(values);
    rn_channel_maps_free(maps, graph->n_nodes);
    rn_graph_free(graph);
}

static void runs_are_what_the_operators_do(void **state)
{
    static struct rn_arch archs[NETS_MAX];
    int n = rn_test_nets(archs), maps = 0;

    (void)state;
    for (int i = 0; i < n; i++) {
        int all, kept;
        check(&archs[i], &all, &kept);
        maps += all;
    }
    assert_true(maps > 50);
}

/* ShuffleNetV2's first stage has four units: three times a slice to work on, and the end; the
   halves that pass, the concatenations and the shuffles have no tensors. */
static void chains_are_one(void **state)
{
    struct rn_arch arch = {.stem = RN_STEM_POOL_IN,
                           .stem_w = 8,
                           .block = RN_BLOCK_SHUFFLE_V2,
                           .n_stages = 1,
                           .stages = {{4, 20, 2, 1, 0, 3}},
                           .num_classes = 5,
                           .im_size = 32};
    int all, kept;

    (void)state;
    check(&arch, &all, &kept);
    assert_int_equal(all, 4 * 2 + 3 * 2);
    assert_int_equal(kept, 4);
}

/* One map reads RN_NODE_INPUTS nodes at most. Of a unit's channels half stay for the next one, so
   that more than so many units still have some only where there are many channels: then a half that
   passes gets a tensor, and the chain begins anew. */
static void long_chains_are_cut(void **state)
{
    struct rn_arch arch = {.stem = RN_STEM_POOL_IN,
                           .stem_w = 8,
                           .block = RN_BLOCK_SHUFFLE_V2,
                           .n_stages = 1,
                           .stages = {{12, 1000, 2, 1, 0, 3}},
                           .num_classes = 5,
                           .im_size = 32};
    int all, kept;

    (void)state;
    check(&arch, &all, &kept);
    assert_true(kept > 12 && kept < 16);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_are_what_the_operators_do),
        cmocka_unit_test(chains_are_one),
        cmocka_unit_test(long_chains_are_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

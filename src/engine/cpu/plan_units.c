/* The plan's units: which nodes make one, and who reads it. */
#include <string.h>

#include "channels.h"
#include "cpu.h"
#include "cpu_se.h"
#include "regnet/memory.h"

struct builder {
    struct rn_cpu *cpu;
    const struct rn_graph *graph;
    int *users;   /* by node: how many nodes read it */
    int *unit_of; /* by node: the unit that computes it */
};

static bool is_conv(const struct rn_node *node)
{
    return node->op == RN_OP_CONV || node->op == RN_OP_LINEAR;
}

/* The node that alone reads node i, if it is an op of the given kind; else NULL. Nodes are in
   topological order, and a sole reader of our families' chains follows directly or soon. */
static const struct rn_node *sole_reader(const struct builder *b, int i, enum rn_op op)
{
    if (b->users[i] != 1)
        return NULL;
    for (int j = i + 1; j < b->graph->n_nodes; j++) {
        const struct rn_node *node = &b->graph->nodes[j];
        for (int k = 0; k < node->n_in; k++)
            if (node->in[k] == i)
                return node->op == op && node->n_in == 1 ? node : NULL;
    }
    return NULL;
}

static int index_of(const struct builder *b, const struct rn_node *node)
{
    return (int)(node - b->graph->nodes);
}

static enum rn_clip clip_of(enum rn_fn fn)
{
    return fn == RN_FN_RELU ? RN_CLIP_RELU : fn == RN_FN_RELU6 ? RN_CLIP_RELU6 : RN_CLIP_NONE;
}

/* Takes the normalization and the ReLU or ReLU6 that follow node i into the unit. */
static void take_followers(struct builder *b, struct rn_unit *unit, int i)
{
    const struct rn_node *next;

    if (unit->kind == RN_UNIT_BN)
        unit->bn = &b->graph->nodes[i];
    if (unit->kind == RN_UNIT_CONV && (next = sole_reader(b, i, RN_OP_BN)) != NULL) {
        unit->bn = next;
        i = index_of(b, next);
        b->unit_of[i] = (int)(unit - b->cpu->units);
    }
    next = sole_reader(b, i, RN_OP_ACT);
    unit->clip = next ? clip_of(next->u.fn) : RN_CLIP_NONE;
    if (unit->clip)
        b->unit_of[index_of(b, next)] = (int)(unit - b->cpu->units);
}

static enum rn_unit_kind kind_of(const struct rn_node *node)
{
    return node->op == RN_OP_INPUT   ? RN_UNIT_INPUT
           : is_conv(node)           ? RN_UNIT_CONV
           : node->op == RN_OP_ADD   ? RN_UNIT_SUM
           : node->op == RN_OP_BN    ? RN_UNIT_BN
           : rn_is_channel_map(node) ? RN_UNIT_MAP
                                     : RN_UNIT_NODE;
}

static void add_unit(struct builder *b, int i)
{
    const struct rn_node *node = &b->graph->nodes[i];
    struct rn_unit *unit = &b->cpu->units[b->cpu->n_units];

    if (b->unit_of[i] >= 0 || (rn_is_channel_map(node) && !b->cpu->maps[i].kept))
        return;
    unit->kind = kind_of(node);
    unit->node = *node;
    if (unit->kind == RN_UNIT_MAP) {
        unit->map = &b->cpu->maps[i];
        unit->node.n_in = unit->map->n_in;
        memcpy(unit->node.in, unit->map->in, sizeof unit->node.in);
    }
    unit->stride =
        node->op == RN_OP_INPUT ? node->out.c : (node->out.c + RN_LANES - 1) / RN_LANES * RN_LANES;
    unit->alias_in = -1;
    unit->first_user = -1;
    unit->needs_dz = unit->kind != RN_UNIT_INPUT;
    b->unit_of[i] = b->cpu->n_units++;
    if (unit->kind == RN_UNIT_CONV || unit->kind == RN_UNIT_SUM || unit->kind == RN_UNIT_BN)
        take_followers(b, unit, i);
    if (unit->kind == RN_UNIT_NODE)
        unit->node.out.c = unit->stride;
}

/* The later input of a sum, where nobody else wants it: a convolution without ReLU. */
static int find_closer(const struct rn_cpu *cpu, int u)
{
    const struct rn_unit *sum = &cpu->units[u];
    int last = sum->in[0] > sum->in[1] ? sum->in[0] : sum->in[1];
    const struct rn_unit *input = &cpu->units[last];

    return input->kind == RN_UNIT_CONV && !input->clip && input->n_users == 1 ? last : -1;
}

static void connect(struct builder *b)
{
    struct rn_cpu *cpu = b->cpu;

    for (int u = 0; u < cpu->n_units; u++) {
        struct rn_unit *unit = &cpu->units[u];
        unit->n_in = unit->node.n_in;
        for (int k = 0; k < unit->n_in; k++) {
            struct rn_unit *input = &cpu->units[unit->in[k] = b->unit_of[unit->node.in[k]]];
            if (input->first_user < 0)
                input->first_user = u;
            input->last_user = u;
            input->n_users++;
        }
    }
    rn_se_plan(cpu);
    /* A result must be stored unless all of its users can apply what follows the convolution. */
    for (int u = 0; u < cpu->n_units; u++)
        cpu->units[u].stored = cpu->units[u].kind != RN_UNIT_CONV;
    cpu->units[cpu->n_units - 1].stored = true; /* the logits */
    for (int u = 0; u < cpu->n_units; u++)
        for (int k = 0; k < cpu->units[u].n_in && rn_unit_reads_results(&cpu->units[u]); k++)
            cpu->units[cpu->units[u].in[k]].stored = true;
    for (int u = 0; u < cpu->n_units; u++)
        cpu->units[u].closer = cpu->units[u].kind == RN_UNIT_SUM ? find_closer(cpu, u) : -1;
}

enum rn_status rn_cpu_plan_units(struct rn_cpu *cpu, struct rn_err *err)
{
    const struct rn_graph *graph = cpu->request.graph;
    struct builder b = {.cpu = cpu, .graph = graph};
    size_t n = (size_t)graph->n_nodes;
    enum rn_status status;

    cpu->units = rn_alloc(n, sizeof *cpu->units);
    b.users = rn_alloc(2 * n, sizeof *b.users);
    if (!cpu->units || !b.users) {
        status = rn_nomem(err, n * sizeof *cpu->units, "the plan");
        goto done;
    }
    RN_TRY(rn_channel_maps_new(graph, &cpu->maps, err));
    b.unit_of = b.users + n;
    for (int i = 0; i < graph->n_nodes; i++) {
        b.unit_of[i] = -1;
        for (int k = 0; k < graph->nodes[i].n_in; k++)
            b.users[graph->nodes[i].in[k]]++;
    }
    for (int i = 0; i < graph->n_nodes; i++)
        add_unit(&b, i);
    connect(&b);
done:
    rn_free(b.users);
    return status;
}

/* Maps of channels, and chains of them as one. */
#include "channels.h"

#include "regnet/memory.h"

/* Where a channel comes from. Node -1: it is zero. */
struct origin {
    int node, channel;
};

struct finder {
    const struct rn_graph *graph;
    struct rn_channel_map *maps;
    struct origin **origins; /* by node: of each of its channels; NULL: no map */
    bool *read;              /* by node: by somebody that is no map */
    struct rn_err *err;
};

bool rn_is_channel_map(const struct rn_node *node)
{
    return node->op == RN_OP_CONCAT || node->op == RN_OP_SLICE || node->op == RN_OP_SHUFFLE;
}

/* Channel i by the node's operator alone. */
static struct origin direct_origin(const struct rn_graph *graph, const struct rn_node *node, int i)
{
    int groups = node->u.shuffle.groups;

    if (node->op == RN_OP_SLICE)
        return (struct origin){node->in[0], i + node->u.slice.first};
    if (node->op == RN_OP_SHUFFLE)
        return (struct origin){node->in[0], i % groups * (node->out.c / groups) + i / groups};
    for (int k = 0; k < node->n_in; k++) {
        int c = graph->nodes[node->in[k]].out.c;
        if (i < c)
            return (struct origin){node->in[k], i};
        i -= c;
    }
    return (struct origin){-1, 0};
}

/* Through a map that has no tensor. */
static struct origin origin_of(const struct finder *f, const struct rn_node *node, int i)
{
    struct origin at = direct_origin(f->graph, node, i);

    if (at.node >= 0 && f->origins[at.node] && !f->maps[at.node].kept)
        return f->origins[at.node][at.channel];
    return at;
}

static int index_in(const struct rn_channel_map *map, int node)
{
    for (int k = 0; k < map->n_in; k++)
        if (map->in[k] == node)
            return k;
    return -1;
}

/* The nodes that a map reads; false: too many. */
static bool find_inputs(const struct origin *origins, int c, struct rn_channel_map *map)
{
    map->n_in = 0;
    for (int i = 0; i < c; i++) {
        if (origins[i].node < 0 || index_in(map, origins[i].node) >= 0)
            continue;
        if (map->n_in == RN_NODE_INPUTS)
            return false;
        map->in[map->n_in++] = origins[i].node;
    }
    return true;
}

/* Extends the last run, if it is not before `first`, by a channel, or begins one. */
static void add_channel(struct rn_channel_map *map, int first, int in, int channel, int to)
{
    struct rn_channel_run *run = &map->runs[map->n_runs - 1];
    bool follows = map->n_runs > first && channel == run->from + run->count;

    if (follows && run->count == 1 && to > run->to)
        run->step = to - run->to;
    if (follows && to == run->to + run->count * run->step)
        run->count++;
    else
        map->runs[map->n_runs++] = (struct rn_channel_run){in, channel, to, 1, 1};
}

/* The runs of input k, by its channels; place: room for as many as it has. A channel that goes to
   several places is a run by itself but for the first of them. */
static void find_runs_of(const struct finder *f, int node, int k, int *place)
{
    struct rn_channel_map *map = &f->maps[node];
    int channels = f->graph->nodes[map->in[k]].out.c;

    for (int channel = 0; channel < channels; channel++)
        place[channel] = -1;
    for (int i = 0; i < f->graph->nodes[node].out.c; i++) {
        struct origin from = f->origins[node][i];
        if (from.node != map->in[k])
            continue;
        if (place[from.channel] >= 0)
            map->runs[map->n_runs++] = (struct rn_channel_run){k, from.channel, i, 1, 1};
        else
            place[from.channel] = i;
    }
    for (int channel = 0, first = map->n_runs; channel < channels; channel++)
        if (place[channel] >= 0)
            add_channel(map, first, k, channel, place[channel]);
}

static enum rn_status find_runs(const struct finder *f, int node)
{
    struct rn_channel_map *map = &f->maps[node];
    int c = f->graph->nodes[node].out.c, most = 1;
    int *place;

    for (int k = 0; k < map->n_in; k++)
        if (f->graph->nodes[map->in[k]].out.c > most)
            most = f->graph->nodes[map->in[k]].out.c;
    place = rn_alloc((size_t)most, sizeof *place);
    map->runs = rn_alloc((size_t)c, sizeof *map->runs);
    for (int k = 0; place && map->runs && k < map->n_in; k++)
        find_runs_of(f, node, k, place);
    rn_free(place);
    return place && map->runs ? RN_OK
                              : rn_nomem(f->err, (size_t)c * sizeof *map->runs, "runs of channels");
}

static enum rn_status find_map(const struct finder *f, int node)
{
    const struct rn_node *n = &f->graph->nodes[node];
    struct rn_channel_map *map = &f->maps[node];
    int c = n->out.c;

    map->kept = f->read[node];
    f->origins[node] = rn_alloc((size_t)c, sizeof **f->origins);
    if (!f->origins[node])
        return rn_nomem(f->err, (size_t)c * sizeof **f->origins, "a map of channels");
    for (int i = 0; i < c; i++)
        f->origins[node][i] = origin_of(f, n, i);
    if (find_inputs(f->origins[node], c, map))
        return RN_OK;
    for (int k = 0; k < n->n_in; k++)
        f->maps[n->in[k]].kept = true;
    for (int i = 0; i < c; i++)
        f->origins[node][i] = direct_origin(f->graph, n, i);
    (void)find_inputs(f->origins[node], c, map);
    return RN_OK;
}

static enum rn_status find_maps(const struct finder *f)
{
    int n = f->graph->n_nodes;
    enum rn_status status = RN_OK;

    f->read[n - 1] = true;
    for (int i = 0; i < n; i++)
        for (int k = 0; k < f->graph->nodes[i].n_in && !rn_is_channel_map(&f->graph->nodes[i]); k++)
            f->read[f->graph->nodes[i].in[k]] = true;
    for (int i = 0; i < n; i++)
        if (rn_is_channel_map(&f->graph->nodes[i]))
            RN_TRY(find_map(f, i));
    for (int i = 0; i < n; i++)
        if (f->maps[i].kept && rn_is_channel_map(&f->graph->nodes[i]))
            RN_TRY(find_runs(f, i));
done:
    return status;
}

enum rn_status rn_channel_maps_new(const struct rn_graph *graph, struct rn_channel_map **maps,
                                   struct rn_err *err)
{
    size_t n = (size_t)graph->n_nodes;
    struct finder f = {.graph = graph,
                       .maps = rn_alloc(n, sizeof *f.maps),
                       .origins = rn_alloc(n, sizeof *f.origins),
                       .read = rn_alloc(n, sizeof *f.read),
                       .err = err};
    enum rn_status status = RN_OK;

    if (!f.maps || !f.origins || !f.read)
        status = rn_nomem(err, n * sizeof *f.maps, "maps of channels");
    else
        status = find_maps(&f);
    for (size_t i = 0; f.origins && i < n; i++)
        rn_free(f.origins[i]);
    rn_free(f.origins);
    rn_free(f.read);
    if (status == RN_OK)
        *maps = f.maps;
    else
        rn_channel_maps_free(f.maps, (int)n);
    return status;
}

void rn_channel_maps_free(struct rn_channel_map *maps, int n)
{
    for (int i = 0; maps && i < n; i++)
        rn_free(maps[i].runs);
    rn_free(maps);
}

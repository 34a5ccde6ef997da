/* A model of inference time: what each kind of operator costs, by the networks that were measured.
 */
#include "regnet/latency.h"

#include <math.h>
#include <string.h>

#include "regnet/stats.h"
#include "regnet/time.h"

#define NETWORKS 24
#define NARROW 8   /* channels of a group that do not fill a vector */
#define ROUNDS 4   /* of a measurement; the fastest counts, since others only add to the time */
#define STEPS 10   /* of a round */
#define FEATURES 3 /* of an operator: itself, its multiply-adds, its bytes */

/* The normal equations of one kind of operator. */
struct kind_sums {
    double xx[FEATURES][FEATURES], xy[FEATURES];
};

struct sums {
    struct kind_sums kind[RN_LATENCY_KINDS];
    double network, weight; /* of the networks' seconds outside of operators */
};

/* RN_LATENCY_KINDS: none, its time is another operator's. */
static enum rn_latency_kind kind_of(const struct rn_node *node)
{
    switch (node->op) {
    case RN_OP_CONV:
        if (node->u.conv.groups > 1)
            return node->out.c / node->u.conv.groups < NARROW ? RN_LATENCY_NARROW
                                                              : RN_LATENCY_GROUPED;
        return node->u.conv.k > 1 ? RN_LATENCY_DENSE : RN_LATENCY_1X1;
    case RN_OP_LINEAR:
        return RN_LATENCY_LINEAR;
    case RN_OP_MAX_POOL:
    case RN_OP_AVG_POOL:
    case RN_OP_GAP:
        return RN_LATENCY_POOL;
    case RN_OP_SCALE:
        return RN_LATENCY_SCALE;
    default:
        return RN_LATENCY_KINDS;
    }
}

static double values_of(const struct rn_node *node)
{
    return (double)node->out.h * node->out.w * node->out.c;
}

/* Of a batch: 1, multiply-adds, and the bytes of inputs, output and weights. */
static void features_of(const struct rn_graph *graph, const struct rn_node *node, int batch,
                        double x[FEATURES])
{
    double moved = batch * values_of(node);

    for (int i = 0; i < node->n_in; i++)
        moved += batch * values_of(&graph->nodes[node->in[i]]);
    for (int i = 0; i < node->n_params; i++)
        moved += (double)graph->params[node->param + i].size;
    x[0] = 1;
    x[1] = batch * (double)node->cx.flops;
    x[2] = sizeof(float) * moved;
}

double rn_latency_of(const struct rn_latency_model *model, const struct rn_graph *graph)
{
    double seconds = model->network, x[FEATURES];

    for (int i = 0; i < graph->n_nodes; i++) {
        enum rn_latency_kind kind = kind_of(&graph->nodes[i]);
        if (kind == RN_LATENCY_KINDS)
            continue;
        features_of(graph, &graph->nodes[i], model->batch, x);
        seconds += model->each[kind] * x[0] + model->flop[kind] * x[1] + model->byte[kind] * x[2];
    }
    return seconds;
}

static double layer_seconds(const struct rn_timing *timing, const char *name)
{
    for (size_t i = 0; i < timing->n_layers; i++)
        if (strcmp(timing->layers[i].name, name) == 0)
            return timing->layers[i].forward.seconds;
    return 0;
}

/* Networks weigh alike, however long they take: what is wanted is a small relative error. */
static void add_network(struct sums *sums, const struct rn_graph *graph, int batch,
                        const struct rn_timing *timing)
{
    double total = timing->mean_s, weight = 1 / (total * total), rest = total;

    for (int n = 0; n < graph->n_nodes; n++) {
        const struct rn_node *node = &graph->nodes[n];
        enum rn_latency_kind kind = kind_of(node);
        double x[FEATURES], y;
        if (kind == RN_LATENCY_KINDS)
            continue;
        features_of(graph, node, batch, x);
        y = layer_seconds(timing, node->name);
        rest -= y;
        for (int i = 0; i < FEATURES; i++) {
            sums->kind[kind].xy[i] += weight * x[i] * y;
            for (int j = 0; j < FEATURES; j++)
                sums->kind[kind].xx[i][j] += weight * x[i] * x[j];
        }
    }
    sums->network += weight * fmax(rest, 0);
    sums->weight += weight;
}

/* Solves a for the features of a set, by elimination; false: they do not determine it. */
static bool solve_set(const struct kind_sums *s, unsigned set, double a[FEATURES])
{
    double m[FEATURES][FEATURES + 1];

    for (int i = 0; i < FEATURES; i++) {
        for (int j = 0; j < FEATURES; j++)
            m[i][j] = set >> i & set >> j & 1 ? s->xx[i][j] : i == j;
        m[i][FEATURES] = set >> i & 1 ? s->xy[i] : 0;
    }
    for (int i = 0; i < FEATURES; i++) {
        if (set >> i & 1 && m[i][i] <= 1e-9 * s->xx[i][i])
            return false;
        for (int r = i + 1; r < FEATURES; r++)
            for (int c = FEATURES; c >= i; c--)
                m[r][c] -= m[r][i] / m[i][i] * m[i][c];
    }
    for (int i = FEATURES - 1; i >= 0; i--) {
        a[i] = m[i][FEATURES];
        for (int j = i + 1; j < FEATURES; j++)
            a[i] -= m[i][j] * a[j];
        a[i] /= m[i][i];
    }
    return true;
}

/* Least squares without a negative coefficient: of the few sets of features, the best. */
static void solve(const struct kind_sums *s, double best[FEATURES])
{
    double least = 0; /* of a'xx a - 2 a'xy; nothing at all is 0 */

    memset(best, 0, FEATURES * sizeof *best);
    for (unsigned set = 1; set < 1U << FEATURES; set++) {
        double a[FEATURES], loss = 0;
        bool fits = solve_set(s, set, a);
        for (int i = 0; i < FEATURES && fits; i++) {
            fits = a[i] >= 0;
            for (int j = 0; j < FEATURES; j++)
                loss += a[i] * s->xx[i][j] * a[j];
            loss -= 2 * a[i] * s->xy[i];
        }
        if (!fits || loss >= least)
            continue;
        least = loss;
        memcpy(best, a, sizeof a);
    }
}

static void solve_all(const struct sums *sums, struct rn_latency_model *model)
{
    double a[FEATURES];

    for (int k = 0; k < RN_LATENCY_KINDS; k++) {
        solve(&sums->kind[k], a);
        model->each[k] = a[0];
        model->flop[k] = a[1];
        model->byte[k] = a[2];
    }
    model->network = sums->weight > 0 ? sums->network / sums->weight : 0;
}

static enum rn_status time_arch(const struct rn_arch *arch, int batch, int threads, bool layers,
                                struct rn_timing *timing, struct rn_err *err)
{
    struct rn_time_options options = {.batch = batch, .steps = STEPS, .layers = layers};
    struct rn_timing fastest = {0}, round = {0};
    struct rn_config cfg;
    enum rn_status status;

    rn_config_default(&cfg);
    RN_TRY(rn_arch_to_config(arch, &cfg, err));
    cfg.num_threads = threads;
    for (int i = 0; i < ROUNDS; i++) {
        RN_TRY(rn_time(&cfg, &options, &round, err));
        if (i == 0 || round.mean_s < fastest.mean_s) {
            struct rn_timing slower = fastest;
            fastest = round;
            round = slower;
        }
        rn_timing_release(&round);
    }
    *timing = fastest;
    fastest = (struct rn_timing){0};
done:
    rn_timing_release(&fastest);
    return status;
}

enum rn_status rn_latency_measure(const struct rn_arch *arch, int batch, int threads,
                                  double *seconds, struct rn_err *err)
{
    struct rn_timing timing = {0};
    enum rn_status status;

    RN_TRY(time_arch(arch, batch, threads, false, &timing, err));
    *seconds = timing.step_s[timing.n_steps / 2];
done:
    rn_timing_release(&timing);
    return status;
}

/* Measures one network of the space, and adds it to the sums, or its error to *error. */
static enum rn_status measure_one(const struct rn_space *space,
                                  const struct rn_latency_options *options, uint64_t index,
                                  const struct rn_latency_model *fitted, struct sums *sums,
                                  double *error, struct rn_err *err)
{
    struct rn_timing timing = {0};
    struct rn_graph *graph = NULL;
    struct rn_sample sample;
    enum rn_status status;

    RN_TRY(rn_space_draw(space, options->seed, index, &sample, err));
    RN_TRY(rn_graph_build(&sample.arch, &graph, err));
    RN_TRY(time_arch(&sample.arch, options->batch, options->threads, !fitted, &timing, err));
    if (fitted) {
        double measured = timing.step_s[timing.n_steps / 2];
        *error += fabs(rn_latency_of(fitted, graph) - measured) / measured;
    } else {
        add_network(sums, graph, options->batch, &timing);
    }
done:
    rn_timing_release(&timing);
    rn_graph_free(graph);
    return status;
}

enum rn_status rn_latency_fit(const struct rn_space *space,
                              const struct rn_latency_options *options,
                              struct rn_latency_model *model, struct rn_err *err)
{
    int n = options->networks ? options->networks : NETWORKS, held_out = (n + 1) / 2;
    struct rn_latency_model made = {.batch = options->batch, .threads = options->threads};
    struct sums sums = {0};
    enum rn_status status = RN_OK;

    for (int i = 0; i < n + held_out; i++) {
        RN_TRY(measure_one(space, options, (uint64_t)i, i < n ? NULL : &made, &sums, &made.error,
                           err));
        if (i == n - 1)
            solve_all(&sums, &made);
        if (options->stop && options->stop(options->arg, i + 1, n + held_out)) {
            status = rn_fail(err, RN_E_STOPPED, "stopped while the latency was measured");
            goto done;
        }
    }
    made.error /= held_out;
    *model = made;
done:
    return status;
}

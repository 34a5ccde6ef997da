/* Times steps of a network on random images. */
#include "regnet/time.h"

#include <stdio.h>
#include <stdlib.h>

#include "regnet/clock.h"
#include "regnet/engine.h"
#include "regnet/rng.h"
#include "train/optimizer.h"
#include "train/time_layers.h"

#define WARM_UP 2
#define SECONDS 3
#define MIN_STEPS 5
#define MAX_STEPS 1000

struct work {
    const struct rn_time_options *options;
    struct rn_graph *graph;
    struct rn_net *net;
    struct rn_net_params params;
    struct rn_optimizer opt; /* training alone */
    float *images, *targets, *logits;
};

static enum rn_status make_batch(struct work *work, struct rn_err *err)
{
    const struct rn_arch *arch = &work->graph->arch;
    struct rn_rng rng = rn_rng_at(0, RN_STREAM_TEST, 0);
    size_t batch = (size_t)work->options->batch, classes = (size_t)arch->num_classes;
    size_t values = batch * (size_t)arch->im_size * (size_t)arch->im_size * 3;

    work->images = rn_alloc_aligned(values, sizeof(float));
    work->targets = rn_alloc_aligned(batch * classes, sizeof(float));
    work->logits = rn_alloc_aligned(batch * classes, sizeof(float));
    if (!work->images || !work->targets || !work->logits)
        return rn_nomem(err, values * sizeof(float), "a batch of images");
    for (size_t i = 0; i < values; i++)
        work->images[i] = (float)(2 * rn_rng_uniform(&rng) - 1);
    for (size_t i = 0; i < batch; i++)
        work->targets[i * classes + rn_rng_below(&rng, (uint32_t)classes)] = 1;
    return RN_OK;
}

static enum rn_status make(struct work *work, const struct rn_config *cfg, struct rn_err *err)
{
    const struct rn_time_options *options = work->options;
    struct rn_arch arch;
    enum rn_status status;

    RN_TRY(rn_arch_from_config(cfg, &arch, err));
    RN_TRY(rn_graph_build(&arch, &work->graph, err));
    RN_TRY(rn_net_new(work->graph,
                      &(struct rn_net_options){.engine = options->engine,
                                               .batch = options->batch,
                                               .threads = cfg->num_threads,
                                               .train = options->train,
                                               .bf16 = cfg->train.mixed_precision,
                                               .profile = options->layers,
                                               .bn_eps = cfg->bn.eps,
                                               .bn_momentum = cfg->bn.mom},
                      &work->net, err));
    work->params = rn_net_params(work->net);
    rn_graph_init(work->graph, cfg->bn.zero_init_final_gamma, (uint64_t)cfg->rng_seed,
                  work->params.value);
    if (options->train)
        RN_TRY(rn_optimizer_init(&work->opt, cfg, work->graph, err));
    RN_TRY(make_batch(work, err));
done:
    return status;
}

static void release(struct work *work)
{
    rn_optimizer_release(&work->opt);
    rn_net_free(work->net);
    rn_graph_free(work->graph);
    rn_free(work->images);
    rn_free(work->targets);
    rn_free(work->logits);
}

/* Returns its seconds. */
static double step(struct work *work)
{
    double start = rn_clock();
    int n = work->options->batch;

    if (work->options->train) {
        (void)rn_net_step(work->net, work->images, work->targets, n, NULL);
        rn_optimizer_step(&work->opt, work->params.value, work->params.grad, 0);
    } else {
        rn_net_infer(work->net, work->images, n, work->logits);
    }
    return rn_clock() - start;
}

static size_t steps_wanted(const struct rn_time_options *options, double warm_s)
{
    double steps = SECONDS / warm_s;

    if (options->steps > 0)
        return (size_t)options->steps;
    return steps < MIN_STEPS ? MIN_STEPS : steps > MAX_STEPS ? MAX_STEPS : (size_t)steps;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static size_t planned_bytes(const struct work *work)
{
    size_t values = work->params.n_values, trained = work->params.n_trained;

    values += work->params.grad ? trained : 0;
    values += work->opt.first ? trained : 0;
    values += work->opt.second ? trained : 0;
    return rn_net_arena_bytes(work->net) + values * sizeof(float);
}

/* Of this program alone, where Linux says so: getrusage's maximum may be that of the process which
   started it. */
static size_t peak_bytes(void)
{
    FILE *file = fopen("/proc/self/status", "r");
    char line[128];
    size_t kilobytes = 0;

    while (file && fgets(line, sizeof line, file))
        if (sscanf(line, "VmHWM: %zu kB", &kilobytes) == 1)
            break;
    if (file)
        (void)fclose(file);
    return kilobytes << 10;
}

static enum rn_status measure(struct work *work, struct rn_timing *timing, struct rn_err *err)
{
    double warm_s = 0;
    enum rn_status status = RN_OK;

    for (int i = 0; i < WARM_UP; i++)
        warm_s = step(work);
    if (work->options->layers)
        RN_TRY(rn_layer_timing_begin(work->graph, work->net, work->options, timing, err));
    timing->n_steps = steps_wanted(work->options, warm_s);
    timing->step_s = rn_alloc(timing->n_steps, sizeof *timing->step_s);
    if (!timing->step_s)
        return rn_nomem(err, timing->n_steps * sizeof *timing->step_s, "the steps' times");
    for (size_t i = 0; i < timing->n_steps; i++) {
        timing->step_s[i] = step(work);
        timing->mean_s += timing->step_s[i] / (double)timing->n_steps;
    }
    qsort(timing->step_s, timing->n_steps, sizeof *timing->step_s, compare);
    rn_layer_timing_end(work->net, timing);
    timing->planned_bytes = planned_bytes(work);
    timing->peak_bytes = peak_bytes();
done:
    return status;
}

enum rn_status rn_time(const struct rn_config *cfg, const struct rn_time_options *options,
                       struct rn_timing *timing, struct rn_err *err)
{
    struct work work = {.options = options};
    struct rn_timing made = {0};
    enum rn_status status;

    RN_TRY(make(&work, cfg, err));
    RN_TRY(measure(&work, &made, err));
    *timing = made;
    made = (struct rn_timing){0};
done:
    rn_timing_release(&made);
    release(&work);
    return status;
}

void rn_timing_release(struct rn_timing *timing)
{
    rn_free(timing->step_s);
    rn_free(timing->layers);
    *timing = (struct rn_timing){0};
}

/* The space of a search: within its limits, and the draws that meet those which need a measurement.
 */
#include <stdlib.h>
#include <string.h>

#include "regnet/clock.h"
#include "regnet/engine.h"
#include "regnet/file.h"
#include "search.h"

#define FASTEST 1.2e11 /* multiply-adds a second and thread: no processor of today does more */
#define FILLED 0.8     /* of at least one limit: networks that spend the budget */
#define DRAWS 200000   /* that are looked at, at most */
#define SELECTING 0.1  /* of the time, after which what is found has to do */

static double share(double use, double limit)
{
    return limit > 0 ? use / limit : 0;
}

/* The largest share of a limit; above 1: it is broken. Latency and memory are asked for last, since
   they take longest. */
static enum rn_status fill_of(const struct rn_search_job *search, const struct rn_sample *sample,
                              double *fill, struct rn_err *err)
{
    const struct rn_search_budget *b = &search->options->budget;
    struct rn_graph *graph = NULL;
    double most = share((double)sample->cx.flops, (double)b->flops), part;
    int64_t bytes;
    enum rn_status status = RN_OK;

    part = share((double)sample->cx.params, (double)b->params);
    most = part > most ? part : most;
    part = share((double)sample->cx.acts, (double)b->acts);
    most = part > most ? part : most;
    if (most <= 1 && search->has_model) {
        RN_TRY(rn_graph_build(&sample->arch, &graph, err));
        part = share(rn_latency_of(&search->model, graph), b->latency_s);
        most = part > most ? part : most;
    }
    if (most <= 1 && b->memory > 0) {
        RN_TRY(rn_search_memory(&sample->arch, b->batch, &bytes, err));
        part = share((double)bytes, (double)b->memory);
        most = part > most ? part : most;
    }
    *fill = most;
done:
    rn_graph_free(graph);
    return status;
}

enum rn_status rn_search_memory(const struct rn_arch *arch, int batch, int64_t *bytes,
                                struct rn_err *err)
{
    struct rn_graph *graph = NULL;
    struct rn_net *net = NULL;
    enum rn_status status;

    RN_TRY(rn_graph_build(arch, &graph, err));
    RN_TRY(rn_net_new(graph, &(struct rn_net_options){.batch = batch}, &net, err));
    *bytes = (int64_t)(rn_net_arena_bytes(net) + graph->n_values * sizeof(float));
done:
    rn_net_free(net);
    rn_graph_free(graph);
    return status;
}

/* A limit alone is a window that sampling can use; of several, any may be the one that is filled.
 */
static bool is_alone(const struct rn_search_budget *b)
{
    int n = (b->flops > 0) + (b->params > 0) + (b->acts > 0);

    return n == 1 && b->latency_s <= 0 && b->memory <= 0;
}

/* Within the latency; 0: any number. */
static int64_t most_flops(const struct rn_search_budget *b)
{
    return (int64_t)(b->latency_s * FASTEST * b->threads / b->batch);
}

static enum rn_status add_window(const struct rn_search_job *search, struct rn_buf *text,
                                 struct rn_err *err)
{
    const struct rn_search_budget *b = &search->options->budget;
    const struct {
        const char *name;
        int64_t limit;
    } counts[] = {{"flops", b->flops ? b->flops : most_flops(b)},
                  {"params", b->params ? b->params : b->memory / (int64_t)sizeof(float)},
                  {"acts", b->acts}};
    double low = is_alone(b) ? FILLED : 0;
    enum rn_status status;

    RN_TRY(rn_buf_addf(text, err, "window:\n"));
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        if (counts[i].limit > 0)
            status = rn_buf_addf(text, err, "  %s: [%.0f, %lld]\n", counts[i].name,
                                 low * (double)counts[i].limit, (long long)counts[i].limit);
        else
            status = rn_buf_addf(text, err, "  %s: null\n", counts[i].name);
        RN_TRY(status);
    }
done:
    return status;
}

/* A file's path is sought from the search's directory, and the user's is another. */
static enum rn_status add_base(const char *space, struct rn_buf *text, struct rn_err *err)
{
    char *real = strstr(space, ".yaml") ? realpath(space, NULL) : NULL;
    enum rn_status status = rn_buf_addf(text, err, "base: %s\n", real ? real : space);

    free(real);
    return status;
}

/* space.yaml; draws: what is selected, or NULL. */
static enum rn_status write_space(const struct rn_search_job *search, const uint64_t *draws,
                                  size_t n, struct rn_err *err)
{
    const struct rn_search_look *look = &search->look;
    const char *space = search->options->space;
    struct rn_buf path = {0}, text = {0};
    enum rn_status status;

    RN_TRY(rn_buf_addf(&text, err, "name: search\ndescription: within the budget of a search\n"));
    RN_TRY(add_base(space ? space : "RegNetY", &text, err));
    RN_TRY(rn_buf_addf(&text, err, "network:\n  num_classes: %d\n  im_size: %d\n", look->classes,
                       look->side));
    if (look->side <= RN_SEARCH_SMALL)
        RN_TRY(rn_buf_addf(&text, err,
                           "  stem_type: res_stem_cifar\n  stem_w: 16\n  strides[0]: 1\n"));
    RN_TRY(add_window(search, &text, err));
    for (size_t i = 0; i < n; i++)
        RN_TRY(rn_buf_addf(&text, err, "%s%llu%s", i == 0 ? "draws: [" : ", ",
                           (unsigned long long)draws[i], i + 1 == n ? "]\n" : ""));
    RN_TRY(rn_search_path(search, "space.yaml", &path, err));
    status = rn_file_write(path.data, text.data, text.len, err);
done:
    rn_buf_release(&path);
    rn_buf_release(&text);
    return status;
}

enum rn_status rn_search_space_open(const struct rn_search_job *search, struct rn_space **space,
                                    struct rn_err *err)
{
    struct rn_buf path = {0};
    enum rn_status status;

    RN_TRY(rn_search_path(search, "space.yaml", &path, err));
    status = rn_space_open(path.data, space, err);
done:
    rn_buf_release(&path);
    return status;
}

enum rn_status rn_search_space(const struct rn_search_job *search, struct rn_space **space,
                               struct rn_err *err)
{
    enum rn_status status;

    RN_TRY(write_space(search, NULL, 0, err));
    status = rn_search_space_open(search, space, err);
done:
    return status;
}

/* What the model lets through, measured: it errs. */
static enum rn_status confirm(const struct rn_search_job *search, const struct rn_sample *sample,
                              bool *fits, struct rn_err *err)
{
    const struct rn_search_budget *b = &search->options->budget;
    double seconds = 0;
    enum rn_status status = RN_OK;

    if (search->has_model)
        RN_TRY(rn_latency_measure(&sample->arch, b->batch, b->threads, &seconds, err));
    *fits = seconds <= b->latency_s;
done:
    return status;
}

/* One draw more. */
static enum rn_status look_at(const struct rn_search_job *search, const struct rn_space *space,
                              uint64_t index, bool *within, bool *fits, struct rn_err *err)
{
    struct rn_sample sample;
    double fill;
    enum rn_status status;

    *fits = false;
    RN_TRY(rn_space_draw(space, search->options->seed, index, &sample, err));
    RN_TRY(fill_of(search, &sample, &fill, err));
    *within = fill >= FILLED && fill <= 1;
    if (*within)
        status = confirm(search, &sample, fits, err);
done:
    return status;
}

static enum rn_status none_within(size_t looked, struct rn_err *err)
{
    return rn_fail(err, RN_E_CONFIG,
                   "none of %zu networks of the space is within the limits and fills %.0f %% of "
                   "one; widen a limit, or choose another space (--space)",
                   looked, 100 * FILLED);
}

enum rn_status rn_search_select(struct rn_search_job *search, const struct rn_space *space,
                                struct rn_err *err)
{
    const volatile sig_atomic_t *stop = search->options->stop;
    double until = rn_clock() + SELECTING * search->options->seconds;
    size_t wanted = (size_t)rn_search_most_networks(search), n = 0, looked = 0, over = 0;
    uint64_t *draws;
    enum rn_status status = RN_OK;

    if (is_alone(&search->options->budget))
        return RN_OK;
    draws = rn_alloc(wanted, sizeof *draws);
    if (!draws)
        return rn_nomem(err, wanted * sizeof *draws, "a selection of networks");
    for (; looked < DRAWS && n < wanted && (n == 0 || rn_clock() < until); looked++) {
        bool within, fits;
        if (stop && *stop)
            RN_TRY(rn_fail(err, RN_E_STOPPED, "stopped; the same command begins the plan anew"));
        RN_TRY(look_at(search, space, looked, &within, &fits, err));
        over += within && !fits;
        if (fits)
            draws[n++] = looked;
        rn_search_say(search, true, "%zu of %zu networks within the limits, of %zu draws", n,
                      wanted, looked + 1);
    }
    if (n == 0)
        RN_TRY(none_within(looked, err));
    rn_search_say(search, false, "%zu networks are within the limits, of %zu draws%s", n, looked,
                  over ? "; those that measured longer than predicted are left out" : "");
    search->candidates = n;
    status = write_space(search, draws, n, err);
done:
    rn_free(draws);
    return status;
}

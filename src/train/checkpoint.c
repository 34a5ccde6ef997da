/* A checkpoint: values, the optimizer's arrays, and in the metadata where the run stands. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "regnet/safetensors.h"
#include "train/run.h"

/* What a state is in text: a key for each of its numbers, which survive exactly. */
struct slot {
    const char *key;
    double *at;
};
#define N_SLOTS 22
#define N_WHOLE 5

/* Integers pass through `whole`: epoch, step, log_bytes, updates made, best_epoch. */
static void slots_of(struct rn_state *s, double whole[N_WHOLE], struct slot slot[N_SLOTS])
{
    const struct slot all[N_SLOTS] = {
        {"epoch", &whole[0]},
        {"step", &whole[1]},
        {"log_bytes", &whole[2]},
        {"updates", &whole[3]},
        {"best_epoch", &whole[4]},
        {"seconds", &s->seconds},
        {"min_top1_err", &s->min_top1},
        {"min_top5_err", &s->min_top5},
        {"best_top1_err", &s->best_top1},
        {"min_ema_top1_err", &s->min_ema_top1},
        {"min_ema_top5_err", &s->min_ema_top5},
        {"train_loss", &s->train.loss},
        {"test_top1_err", &s->test.top1_err},
        {"test_top5_err", &s->test.top5_err},
        {"sum_loss", &s->sum.loss},
        {"sum_top1", &s->sum.top1},
        {"sum_top5", &s->sum.top5},
        {"sum_images", &s->sum.images},
        {"window_loss", &s->window.loss},
        {"window_top1", &s->window.top1},
        {"window_top5", &s->window.top5},
        {"window_images", &s->window.images},
    };

    memcpy(slot, all, sizeof all);
}

/* The network's own values, as the first of the arrays that are kept. */
static struct rn_flat own(const float *values)
{
    return (struct rn_flat){"", (float *)(uintptr_t)values, false}; /* a save only reads them */
}

static bool has(const struct rn_flat *flat, const struct rn_graph *graph,
                const struct rn_param *param)
{
    return !flat->trained_only || param->offset < graph->n_trained;
}

/* An array's tensors, under its prefix. */
static enum rn_status add_tensors(const struct rn_graph *graph, struct rn_flat flat,
                                  struct rn_tensor *tensors, size_t *n, struct rn_err *err)
{
    for (int i = 0; i < graph->n_params; i++) {
        const struct rn_param *param = &graph->params[i];
        struct rn_buf name = {0};
        if (!has(&flat, graph, param))
            continue;
        if (rn_buf_addf(&name, err, "%s%s", flat.prefix, param->name) != RN_OK)
            return RN_E_NOMEM;
        tensors[*n] = (struct rn_tensor){
            .name = name.data, .ndim = param->ndim, .data = flat.values + param->offset};
        memcpy(tensors[(*n)++].dim, param->dim, sizeof param->dim);
    }
    return RN_OK;
}

enum rn_status rn_checkpoint_write(const char *path, const struct rn_state *state,
                                   const struct rn_optimizer *opt, const float *values,
                                   struct rn_err *err)
{
    const struct rn_graph *graph = opt->graph;
    size_t n = 0, room = (1 + RN_MAX_FLATS) * (size_t)graph->n_params;
    struct rn_tensor *tensors = rn_alloc(room, sizeof *tensors);
    struct rn_state copy = *state;
    double whole[N_WHOLE] = {state->epoch, state->step, (double)state->log_bytes,
                             (double)opt->steps, state->best_epoch};
    char text[N_SLOTS][32];
    struct slot slot[N_SLOTS];
    struct rn_metadata metadata[N_SLOTS];
    enum rn_status status;

    if (!tensors)
        return rn_nomem(err, room * sizeof *tensors, "tensors");
    slots_of(&copy, whole, slot);
    for (int i = 0; i < N_SLOTS; i++) {
        (void)snprintf(text[i], sizeof text[i], "%.17g", *slot[i].at);
        metadata[i] = (struct rn_metadata){slot[i].key, text[i]};
    }
    RN_TRY(add_tensors(graph, own(values), tensors, &n, err));
    for (int i = 0; i < opt->n_flats; i++)
        RN_TRY(add_tensors(graph, opt->flats[i], tensors, &n, err));
    RN_TRY(rn_safetensors_write(path, tensors, n, metadata, N_SLOTS, err));
done:
    for (size_t i = 0; i < n; i++)
        rn_free((void *)tensors[i].name);
    rn_free(tensors);
    return status;
}

/* Copies an array's tensors into it; with `only_look`, sees that all are there. */
static enum rn_status take_tensors(const struct rn_tensor_file *file, const struct rn_graph *graph,
                                   struct rn_flat flat, bool only_look, struct rn_err *err)
{
    struct rn_buf name = {0};
    enum rn_status status = RN_OK;

    for (int i = 0; i < graph->n_params; i++) {
        const struct rn_param *param = &graph->params[i];
        const struct rn_tensor *tensor;
        int64_t size = 1;
        if (!has(&flat, graph, param))
            continue;
        name.len = 0;
        RN_TRY(rn_buf_addf(&name, err, "%s%s", flat.prefix, param->name));
        tensor = rn_tensor_find(file, name.data);
        for (int d = 0; tensor && d < tensor->ndim; d++)
            size *= tensor->dim[d];
        if (!tensor || (size_t)size != param->size)
            RN_TRY(rn_fail(err, RN_E_DATA, "no tensor %s that fits the network", name.data));
        if (!only_look)
            memcpy(flat.values + param->offset, tensor->data, param->size * sizeof *flat.values);
    }
done:
    rn_buf_release(&name);
    return status;
}

static enum rn_status take_all(const struct rn_tensor_file *file, const struct rn_optimizer *opt,
                               float *values, bool only_look, struct rn_err *err)
{
    enum rn_status status;

    RN_TRY(take_tensors(file, opt->graph, own(values), only_look, err));
    for (int i = 0; i < opt->n_flats; i++)
        RN_TRY(take_tensors(file, opt->graph, opt->flats[i], only_look, err));
done:
    return status;
}

static enum rn_status take_state(const struct rn_tensor_file *file, struct rn_state *state,
                                 int64_t *updates, struct rn_err *err)
{
    struct rn_state read = {0};
    double whole[N_WHOLE];
    struct slot slot[N_SLOTS];

    slots_of(&read, whole, slot);
    for (int i = 0; i < N_SLOTS; i++) {
        const char *text = rn_metadata_find(file, slot[i].key);
        char *end = NULL;
        if (text)
            *slot[i].at = strtod(text, &end);
        if (!end || end == text || *end != 0)
            return rn_fail(err, RN_E_DATA, "no number in the metadata's %s", slot[i].key);
        if (slot[i].at >= whole && slot[i].at < whole + N_WHOLE &&
            !(*slot[i].at >= 0 && *slot[i].at <= 0x1p53))
            return rn_fail(err, RN_E_DATA, "no count in the metadata's %s", slot[i].key);
    }
    if (whole[0] > 1e9 || whole[1] > 1e9 || whole[4] > 1e9)
        return rn_fail(err, RN_E_DATA, "no epoch and step in the metadata");
    read.epoch = (int)whole[0];
    read.step = (int)whole[1];
    read.log_bytes = (int64_t)whole[2];
    read.best_epoch = (int)whole[4];
    *updates = (int64_t)whole[3];
    *state = read;
    return RN_OK;
}

enum rn_status rn_checkpoint_read(const char *path, struct rn_state *state,
                                  struct rn_optimizer *opt, float *values, struct rn_err *err)
{
    struct rn_tensor_file file = {0};
    struct rn_state read;
    int64_t updates = 0;
    enum rn_status status;

    RN_TRY(rn_safetensors_read(path, &file, err));
    RN_TRY(take_state(&file, &read, &updates, err));
    RN_TRY(take_all(&file, opt, values, true, err)); /* a damaged file must change nothing */
    RN_TRY(take_all(&file, opt, values, false, err));
    opt->steps = updates;
    *state = read;
done:
    rn_tensor_file_release(&file);
    return status;
}

/*
 * gradients WEIGHTS IMAGES.npy OUT.safetensors NAMES: one training step of a network, for
 * comparisons with other programs (tools/compare_files.py). WEIGHTS say which network they are and
 * have our names; image i has class i. OUT receives the gradients under the names of NAMES: pycls,
 * torchvision or timm. Every activation is SiLU, which has no kink: a ReLU whose input is nearly 0
 * goes one way here and another way there, and a step's gradients then differ by a percent.
 */
#include <stdio.h>
#include <string.h>

#include "regnet/engine.h"
#include "regnet/npy.h"
#include "regnet/train.h"

struct step {
    struct rn_config cfg;
    struct rn_arch arch;
    struct rn_graph *graph;
    struct rn_tensor_file file;
    struct rn_npy images;
    struct rn_net *net;
    float *nhwc, *targets;
};

static enum rn_status load(struct step *s, const char *weights, struct rn_err *err)
{
    struct rn_net_options options = {.train = true};
    enum rn_status status;

    rn_config_default(&s->cfg);
    RN_TRY(rn_weights_config(weights, &s->cfg, err));
    RN_TRY(rn_arch_from_config(&s->cfg, &s->arch, err));
    s->arch.act = RN_ACT_SILU;
    s->arch.im_size = (int)s->images.dim[2];
    RN_TRY(rn_graph_build(&s->arch, &s->graph, err));
    RN_TRY(rn_tensor_file_read(weights, &s->file, err));
    options.batch = (int)s->images.dim[0];
    options.bn_eps = s->cfg.bn.eps;
    RN_TRY(rn_net_new(s->graph, &options, &s->net, err));
    for (int i = 0; i < s->graph->n_params; i++) {
        const struct rn_param *param = &s->graph->params[i];
        const struct rn_tensor *tensor = rn_tensor_find(&s->file, param->name);
        if (!tensor)
            return rn_fail(err, RN_E_DATA, "%s: no tensor %s", weights, param->name);
        memcpy(rn_net_params(s->net).value + param->offset, tensor->data,
               param->size * sizeof(float));
    }
done:
    return status;
}

static enum rn_status run(struct step *s, struct rn_err *err)
{
    size_t n = (size_t)s->images.dim[0], classes = (size_t)s->arch.num_classes;
    size_t pixels = (size_t)s->images.dim[2] * (size_t)s->images.dim[3];

    s->nhwc = rn_alloc(s->images.count, sizeof *s->nhwc);
    s->targets = rn_alloc(n * classes, sizeof *s->targets);
    if (!s->nhwc || !s->targets)
        return rn_nomem(err, s->images.count, "a batch");
    for (size_t i = 0; i < n; i++) {
        s->targets[i * classes + i % classes] = 1;
        for (size_t p = 0; p < pixels; p++)
            for (size_t c = 0; c < 3; c++)
                s->nhwc[(i * pixels + p) * 3 + c] = s->images.data[(i * 3 + c) * pixels + p];
    }
    rn_net_step(s->net, s->nhwc, s->targets, (int)n, NULL);
    return RN_OK;
}

static enum rn_naming naming_of(const char *text)
{
    int naming = RN_NAMING_COUNT - 1;

    while (naming > 0 && strcmp(text, rn_naming_text((enum rn_naming)naming)) != 0)
        naming--;
    return (enum rn_naming)naming;
}

static enum rn_status save(const struct step *s, const char *path, enum rn_naming naming,
                           struct rn_err *err)
{
    struct rn_tensor *tensors = rn_alloc((size_t)s->graph->n_params, sizeof *tensors);
    struct rn_net_params params = rn_net_params(s->net);
    enum rn_status status = tensors ? RN_OK : rn_nomem(err, 1, "tensors");
    struct rn_buf name = {0};
    size_t n = 0;

    for (int i = 0; tensors && i < s->graph->n_params; i++) {
        const struct rn_param *param = &s->graph->params[i];
        if (param->offset >= params.n_trained)
            continue;
        RN_TRY(rn_param_name(s->graph, param, naming, &name, err));
        tensors[n] = (struct rn_tensor){
            .name = rn_strdup(name.data), .ndim = param->ndim, .data = params.grad + param->offset};
        memcpy(tensors[n++].dim, param->dim, sizeof param->dim);
    }
    if (tensors)
        status = rn_safetensors_write(path, tensors, n, NULL, 0, err);
done:
    for (size_t i = 0; i < n; i++)
        rn_free((void *)tensors[i].name);
    rn_free(tensors);
    rn_buf_release(&name);
    return status;
}

int main(int argc, char **argv)
{
    struct step step = {0};
    struct rn_err err = {0};
    enum rn_status status;

    if (argc != 5)
        return fputs("usage: gradients WEIGHTS IMAGES.npy OUT.safetensors NAMES\n", stderr), 2;
    RN_TRY(rn_npy_read(argv[2], &step.images, &err));
    RN_TRY(load(&step, argv[1], &err));
    RN_TRY(run(&step, &err));
    RN_TRY(save(&step, argv[3], naming_of(argv[4]), &err));
done:
    if (status != RN_OK)
        fprintf(stderr, "%s\n", err.msg);
    rn_net_free(step.net);
    rn_graph_free(step.graph);
    rn_tensor_file_release(&step.file);
    rn_npy_release(&step.images);
    rn_free(step.nhwc);
    rn_free(step.targets);
    return status != RN_OK;
}

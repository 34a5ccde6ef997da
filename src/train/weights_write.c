/* Files of weights: tensors, and in the metadata all that a prediction needs. */
#include <stdio.h>
#include <string.h>

#include "regnet/json.h"
#include "regnet/torch.h"
#include "regnet/train.h"
#include "train/weights.h"

/* The formats that can be written. */
static const struct format {
    const char *extension;
    enum rn_status (*write)(const char *path, const struct rn_tensor *tensors, size_t n,
                            const struct rn_metadata *metadata, size_t n_metadata,
                            struct rn_err *err);
    bool bare; /* without metadata under foreign names: what torchvision and timm load */
} formats[] = {
    {".safetensors", rn_safetensors_write, false},
    {".pth", rn_torch_write, true},
    {".pt", rn_torch_write, true},
    {".pyth", rn_torch_write, true},
};

static const struct format *find_format(const char *path)
{
    const char *extension = strrchr(path, '.');

    for (size_t i = 0; extension && i < sizeof formats / sizeof *formats; i++)
        if (strcmp(extension, formats[i].extension) == 0)
            return &formats[i];
    return NULL;
}

/* The network alone, without the training: two runs that end alike write the same bytes. */
static enum rn_status network_text(const struct rn_weights_content *content, struct rn_buf *out,
                                   struct rn_err *err)
{
    struct rn_config plain;
    enum rn_status status;

    rn_config_default(&plain);
    RN_TRY(rn_arch_to_config(&content->graph->arch, &plain, err));
    plain.bn.eps = content->cfg->bn.eps;
    plain.bn.mom = content->cfg->bn.mom;
    plain.test.im_size = content->images.resize;
    plain.data_loader.mean = content->cfg->data_loader.mean;
    plain.data_loader.std = content->cfg->data_loader.std;
    (void)snprintf(plain.train.dataset, sizeof plain.train.dataset, "%s", content->dataset);
    (void)snprintf(plain.test.dataset, sizeof plain.test.dataset, "%s", content->dataset);
    (void)snprintf(plain.test.split, sizeof plain.test.split, "test");
    RN_TRY(rn_config_dump(&plain, out, err));
done:
    return status;
}

static enum rn_status classes_text(const struct rn_weights_content *content, struct rn_buf *out,
                                   struct rn_err *err)
{
    struct rn_json js = rn_json_begin(out);

    rn_json_list(&js);
    for (int k = 0; k < content->n_classes; k++)
        rn_json_text(&js, content->classes[k]);
    rn_json_close(&js);
    return rn_json_end(&js, err);
}

static void three(struct rn_json *js, const char *key, const float *v)
{
    rn_json_key(js, key);
    rn_json_list(js);
    for (int c = 0; c < 3; c++)
        rn_json_double(js, v[c]);
    rn_json_close(js);
}

static enum rn_status preprocessing_text(const struct rn_weights_content *content,
                                         struct rn_buf *out, struct rn_err *err)
{
    const struct rn_preprocessing *images = &content->images;
    struct rn_json js = rn_json_begin(out);

    rn_json_object(&js);
    rn_json_key(&js, "dataset");
    rn_json_text(&js, content->dataset);
    rn_json_key(&js, "resize");
    rn_json_int(&js, images->resize);
    rn_json_key(&js, "size");
    rn_json_int(&js, images->size);
    rn_json_key(&js, "channels");
    rn_json_int(&js, images->channels);
    rn_json_key(&js, "bgr");
    rn_json_bool(&js, images->bgr);
    three(&js, "mean", images->mean);
    three(&js, "std", images->std);
    rn_json_close(&js);
    return rn_json_end(&js, err);
}

/* The parameters under the library's names. */
static enum rn_status name_tensors(const struct rn_weights_content *content,
                                   struct rn_tensor *tensors, struct rn_err *err)
{
    struct rn_buf name = {0};
    enum rn_status status = RN_OK;

    for (int i = 0; i < content->graph->n_params; i++) {
        const struct rn_param *param = &content->graph->params[i];
        RN_TRY(rn_param_name(content->graph, param, content->naming, &name, err));
        tensors[i] = (struct rn_tensor){.name = rn_strdup(name.data),
                                        .ndim = param->ndim,
                                        .data = content->values + param->offset};
        if (!tensors[i].name) {
            status = rn_nomem(err, name.len + 1, "a name");
            goto done;
        }
        memcpy(tensors[i].dim, param->dim, sizeof param->dim);
    }
done:
    rn_buf_release(&name);
    return status;
}

enum rn_status rn_weights_describe(const struct rn_weights_content *content,
                                   struct rn_metadata *out, size_t *n, struct rn_err *err)
{
    struct rn_buf config = {0}, preprocessing = {0}, classes = {0};
    enum rn_status status;

    RN_TRY(network_text(content, &config, err));
    RN_TRY(preprocessing_text(content, &preprocessing, err));
    if (content->classes)
        RN_TRY(classes_text(content, &classes, err));
    *n = content->classes ? 3 : 2;
    out[0] = (struct rn_metadata){"regnet.config", config.data};
    out[1] = (struct rn_metadata){"regnet.preprocessing", preprocessing.data};
    out[2] = (struct rn_metadata){"regnet.classes", classes.data};
    return RN_OK;
done:
    rn_buf_release(&config);
    rn_buf_release(&preprocessing);
    rn_buf_release(&classes);
    return status;
}

enum rn_status rn_weights_write(const char *path, const struct rn_weights_content *content,
                                struct rn_err *err)
{
    size_t n = (size_t)content->graph->n_params, n_described = 0;
    struct rn_metadata metadata[1 + RN_DESCRIPTIONS] = {{"format", "pt"}};
    const struct format *format = find_format(path);
    struct rn_tensor *tensors = rn_alloc(n, sizeof *tensors);
    bool bare;
    enum rn_status status;

    if (!format) {
        status = rn_fail(err, RN_E_CONFIG,
                         "%s: no format that is written has this extension; .safetensors, .pth, "
                         ".pt and .pyth do, and for export .onnx and .c",
                         path);
        goto done;
    }
    if (!tensors) {
        status = rn_nomem(err, n * sizeof *tensors, "tensors");
        goto done;
    }
    RN_TRY(name_tensors(content, tensors, err));
    RN_TRY(rn_weights_describe(content, metadata + 1, &n_described, err));
    bare = format->bare && content->naming != RN_NAMING_PYCLS;
    RN_TRY(format->write(path, tensors, n, metadata, bare ? 0 : 1 + n_described, err));
done:
    for (size_t i = 0; tensors && i < n; i++)
        rn_free((void *)tensors[i].name);
    for (size_t i = 1; i <= n_described; i++)
        rn_free((void *)metadata[i].value);
    rn_free(tensors);
    return status;
}

enum rn_status rn_weights_save(const char *path, const struct rn_graph *graph, const float *values,
                               const struct rn_config *cfg, const struct rn_dataset *info,
                               struct rn_err *err)
{
    return rn_weights_write(
        path,
        &(struct rn_weights_content){
            .graph = graph,
            .values = values,
            .cfg = cfg,
            .images = rn_preprocessing_of(info, cfg->test.im_size, graph->arch.im_size),
            .dataset = info->name,
            .classes = info->classes,
            .n_classes = info->n_classes},
        err);
}

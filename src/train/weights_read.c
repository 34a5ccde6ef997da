/* A file of weights with the network that it belongs to, by what the file or the caller says. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "regnet/file.h"
#include "regnet/train.h"
#include "train/weights.h"

#define RESIZE_MAX (1 << 14)

static enum rn_status merge_config(const struct rn_tensor_file *file, const char *path,
                                   struct rn_config *cfg, struct rn_err *err)
{
    const char *text = rn_metadata_find(file, "regnet.config");
    struct rn_doc *doc = NULL;
    enum rn_status status;

    if (!text)
        return rn_fail(err, RN_E_DATA,
                       "%s: the file does not say which network its weights belong to (metadata "
                       "regnet.config, or pycls' cfg); name it with --cfg FILE or --cfg NAME",
                       path);
    RN_TRY(rn_doc_parse_yaml(text, strlen(text), path, &doc, err));
    RN_TRY(rn_config_merge(cfg, rn_doc_root(doc), err));
done:
    rn_doc_free(doc);
    return status;
}

enum rn_status rn_weights_config(const char *path, struct rn_config *cfg, struct rn_err *err)
{
    struct rn_tensor_file file = {0};
    enum rn_status status;

    RN_TRY(rn_tensor_file_read(path, &file, err));
    status = merge_config(&file, path, cfg, err);
done:
    rn_tensor_file_release(&file);
    return status;
}

static enum rn_status three(const struct rn_value *list, float *out, struct rn_err *err)
{
    enum rn_status status = RN_OK;
    double v;

    if (!list || list->kind != RN_VALUE_LIST || list->n != 3)
        return rn_value_fail(list, err, "expected a list of three numbers");
    for (int c = 0; c < 3; c++) {
        RN_TRY(rn_value_double(&list->items[c], &v, err));
        out[c] = (float)v;
    }
done:
    return status;
}

/* resize and bgr are of later files. */
static enum rn_status read_preprocessing(struct rn_weights *w, const struct rn_value *root,
                                         struct rn_err *err)
{
    const struct rn_value *wide = rn_value_get(root, "resize"), *bgr = rn_value_get(root, "bgr");
    long long size, channels, resize;
    const char *name = "";
    enum rn_status status;

    RN_TRY(rn_value_int(rn_value_get(root, "size"), &size, err));
    RN_TRY(rn_value_int(rn_value_get(root, "channels"), &channels, err));
    resize = size;
    if (wide)
        RN_TRY(rn_value_int(wide, &resize, err));
    if (bgr)
        RN_TRY(rn_value_bool(bgr, &w->images.bgr, err));
    if (size < 1 || resize < size || resize > RESIZE_MAX || (channels != 1 && channels != 3))
        return rn_value_fail(
            root, err, "expected a size, resize from it to %d, and 1 or 3 channels", RESIZE_MAX);
    w->images.size = (int)size;
    w->images.resize = (int)resize;
    w->images.channels = (int)channels;
    RN_TRY(three(rn_value_get(root, "mean"), w->images.mean, err));
    RN_TRY(three(rn_value_get(root, "std"), w->images.std, err));
    (void)rn_value_text(rn_value_get(root, "dataset"), &name, NULL);
    (void)snprintf(w->images_of, sizeof w->images_of, "%s", name);
done:
    return status;
}

static enum rn_status check_classes(const struct rn_weights *w, struct rn_err *err)
{
    const struct rn_value *list = rn_doc_root(w->classes);
    enum rn_status status = RN_OK;
    const char *name;

    if (list->kind != RN_VALUE_LIST || list->n != (size_t)w->graph->arch.num_classes)
        return rn_value_fail(list, err, "expected a list of %d class names",
                             w->graph->arch.num_classes);
    for (size_t k = 0; k < list->n; k++)
        RN_TRY(rn_value_text(&list->items[k], &name, err));
done:
    return status;
}

/* What a file of others does not say: as its data set wants it, or else as ImageNet does; pycls,
   whose files carry its cfg, has blue first there. */
static void usual_preprocessing(struct rn_weights *w, bool pycls)
{
    const struct rn_dataset *info = rn_dataset_info(w->cfg.train.dataset);
    int size = w->graph->arch.im_size;

    if (info && info->h == size) {
        w->images = rn_preprocessing_of(info, size, size);
    } else {
        w->images = (struct rn_preprocessing){.resize = w->cfg.test.im_size,
                                              .size = size,
                                              .channels = 3,
                                              .bgr = pycls,
                                              .mean = RN_IMAGENET_MEAN,
                                              .std = RN_IMAGENET_STD};
        if (w->images.resize < size)
            w->images.resize = size;
    }
    (void)snprintf(w->images_of, sizeof w->images_of, "%s", info ? info->name : "");
}

static enum rn_status read_metadata(struct rn_weights *w, const char *path, struct rn_err *err)
{
    const char *images = rn_metadata_find(&w->file, "regnet.preprocessing");
    const char *classes = rn_metadata_find(&w->file, "regnet.classes");
    struct rn_doc *doc = NULL;
    enum rn_status status = RN_OK;

    usual_preprocessing(w, rn_metadata_find(&w->file, "regnet.config") != NULL);
    if (images) {
        RN_TRY(rn_doc_parse_json(images, strlen(images), path, &doc, err));
        RN_TRY(read_preprocessing(w, rn_doc_root(doc), err));
    }
    if (classes) {
        RN_TRY(rn_doc_parse_json(classes, strlen(classes), path, &w->classes, err));
        RN_TRY(check_classes(w, err));
    }
done:
    rn_doc_free(doc);
    return status;
}

/* timm has SE-ResNets of two kinds: the authors', which are ours by name, and ResNets with SE. */
static bool is_resnet_with_se(const struct rn_weights *w, const struct rn_arch *arch)
{
    return arch->block == RN_BLOCK_SE_BOTTLENECK && arch->stem == RN_STEM_SE_IN &&
           rn_tensor_find(&w->file, "layer1.0.se.fc1.weight");
}

/* An epsilon that nobody has set becomes the library's. */
static void set_eps(struct rn_config *cfg, double eps)
{
    struct rn_config usual;

    rn_config_default(&usual);
    if (eps > 0 && cfg->bn.eps == usual.bn.eps)
        cfg->bn.eps = eps;
}

/* What a file can say of its network by its tensors alone: the classes, torchvision's widths, and
   whose normalization and SE it has. */
static enum rn_status build(struct rn_weights *w, struct rn_err *err)
{
    enum rn_naming naming;
    struct rn_arch arch;
    bool fits;
    int classes;
    enum rn_status status;

    RN_TRY(rn_arch_from_config(&w->cfg, &arch, err));
    if (is_resnet_with_se(w, &arch)) {
        arch.stem = RN_STEM_RES_IN;
        arch.stride_1x1 = false;
    }
    RN_TRY(rn_graph_build(&arch, &w->graph, err));
    RN_TRY(rn_weights_inspect(&w->file, w->graph, &naming, &fits, &classes, err));
    if (naming == RN_NAMING_TIMM)
        rn_arch_as_timm(&arch);
    if (naming == RN_NAMING_TORCHVISION && !fits)
        RN_TRY(rn_arch_as_torchvision(&w->cfg, &arch, err));
    set_eps(&w->cfg, rn_naming_bn_eps(&arch, naming));
    if (classes > 0)
        w->cfg.model.num_classes = arch.num_classes = classes;
    rn_graph_free(w->graph);
    w->graph = NULL;
    RN_TRY(rn_graph_build(&arch, &w->graph, err));
done:
    return status;
}

/* The weights of a run, where path is one's directory; else path. */
static enum rn_status weights_of(const char *path, struct rn_buf *out, struct rn_err *err)
{
    struct stat st;

    if (stat(path, &st) != 0 || !S_ISDIR(st.st_mode))
        return rn_buf_addf(out, err, "%s", path);
    return rn_path_join(out, path, "model.safetensors", err);
}

enum rn_status rn_weights_open(const char *path, const struct rn_config *cfg,
                               struct rn_weights *weights, struct rn_err *err)
{
    struct rn_weights w = {0};
    struct rn_buf file = {0};
    enum rn_status status;

    RN_TRY(weights_of(path, &file, err));
    RN_TRY(rn_tensor_file_read(file.data, &w.file, err));
    rn_config_default(&w.cfg);
    if (cfg)
        w.cfg = *cfg;
    else
        RN_TRY(merge_config(&w.file, path, &w.cfg, err));
    RN_TRY(build(&w, err));
    RN_TRY(read_metadata(&w, path, err));
    *weights = w;
    w = (struct rn_weights){0};
done:
    rn_buf_release(&file);
    rn_weights_close(&w);
    return status;
}

void rn_weights_close(struct rn_weights *weights)
{
    rn_tensor_file_release(&weights->file);
    rn_graph_free(weights->graph);
    rn_doc_free(weights->classes);
    *weights = (struct rn_weights){0};
}

enum rn_status rn_weights_class_names(const struct rn_weights *weights, const char ***names,
                                      struct rn_err *err)
{
    const struct rn_value *list = weights->classes ? rn_doc_root(weights->classes) : NULL;

    if (!list)
        return RN_OK;
    *names = rn_alloc(list->n, sizeof **names);
    if (!*names)
        return rn_nomem(err, list->n * sizeof **names, "class names");
    for (size_t k = 0; k < list->n; k++)
        (*names)[k] = list->items[k].text;
    return RN_OK;
}

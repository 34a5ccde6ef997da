/*
 * case NAME SIZE DIR: a network by name, published or of nets.h, at a size, with random values, for
 * tools/compare_export.py: writes DIR/model.safetensors, and images.f32 and logits.f32 of three
 * images (n x h x w x 3; the reference engine's).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nets.h"
#include "regnet/file.h"

#define IMAGES 3

static enum rn_status write_model(const struct rn_trained *net, const char *path,
                                  struct rn_err *err)
{
    const struct rn_graph *graph = net->graph;
    struct rn_tensor *tensors = rn_alloc((size_t)graph->n_params, sizeof *tensors);
    enum rn_status status;

    if (!tensors)
        return rn_nomem(err, (size_t)graph->n_params * sizeof *tensors, "tensors");
    for (int i = 0; i < graph->n_params; i++) {
        const struct rn_param *param = &graph->params[i];

        tensors[i] = (struct rn_tensor){
            .name = param->name, .ndim = param->ndim, .data = net->values + param->offset};
        memcpy(tensors[i].dim, param->dim, sizeof param->dim);
    }
    status = rn_safetensors_write(path, tensors, (size_t)graph->n_params, net->metadata,
                                  net->n_metadata, err);
    rn_free(tensors);
    return status;
}

static enum rn_status write_floats(const char *dir, const char *name, const float *values, size_t n,
                                   struct rn_err *err)
{
    struct rn_buf path = {0};
    enum rn_status status;

    RN_TRY(rn_path_join(&path, dir, name, err));
    status = rn_file_write(path.data, values, n * sizeof *values, err);
done:
    rn_buf_release(&path);
    return status;
}

static enum rn_status write_case(const struct rn_arch *arch, const char *dir, struct rn_err *err)
{
    struct rn_trained net = make_trained(arch, false);
    size_t pixels = (size_t)arch->im_size * (size_t)arch->im_size;
    float *images = make_images(arch, IMAGES), *logits = reference_logits(&net, images, IMAGES);
    struct rn_buf path = {0};
    enum rn_status status;

    RN_TRY(rn_dir_make(dir, err));
    RN_TRY(rn_path_join(&path, dir, "model.safetensors", err));
    RN_TRY(write_model(&net, path.data, err));
    RN_TRY(write_floats(dir, "images.f32", images, IMAGES * pixels * 3, err));
    RN_TRY(write_floats(dir, "logits.f32", logits, IMAGES * (size_t)arch->num_classes, err));
done:
    rn_buf_release(&path);
    rn_free(images);
    rn_free(logits);
    rn_trained_release(&net);
    return status;
}

/* One of the published names, or of the small networks of nets.h. */
static enum rn_status find(const char *name, struct rn_arch *arch, struct rn_err *err)
{
    for (const struct rn_arch *small = export_nets; *small->name; small++)
        if (strcmp(small->name, name) == 0) {
            *arch = *small;
            return RN_OK;
        }
    return rn_arch_by_name(name, arch, err);
}

int main(int argc, char **argv)
{
    struct rn_arch arch;
    struct rn_err err = {0};
    enum rn_status status;

    if (argc != 4) {
        fputs("usage: case NAME SIZE DIR\n", stderr);
        return 2;
    }
    RN_TRY(find(argv[1], &arch, &err));
    arch.im_size = atoi(argv[2]);
    RN_TRY(write_case(&arch, argv[3], &err));
done:
    if (status != RN_OK)
        fprintf(stderr, "case: %s\n", err.msg);
    return rn_status_exit_code(status);
}

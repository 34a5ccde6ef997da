/* Weights from one file format and library's names to another. */
#include "regnet/train.h"
#include "train/weights.h"

enum rn_status rn_convert(const char *in, const char *out, const struct rn_convert_options *options,
                          struct rn_err *err)
{
    struct rn_weights w = {0};
    const char **names = NULL;
    float *values = NULL;
    enum rn_status status;

    RN_TRY(rn_weights_open(in, options->cfg, &w, err));
    values = rn_alloc_aligned(w.graph->n_values, sizeof *values);
    if (!values) {
        status = rn_nomem(err, w.graph->n_values * sizeof *values, "weights");
        goto done;
    }
    RN_TRY(rn_weights_take(&w.file, in, w.graph, false, values, err));
    RN_TRY(rn_weights_class_names(&w, &names, err));
    RN_TRY(rn_weights_write(
        out,
        &(struct rn_weights_content){.graph = w.graph,
                                     .values = values,
                                     .cfg = &w.cfg,
                                     .images = w.images,
                                     .dataset = w.images_of,
                                     .classes = names,
                                     .n_classes = names ? w.graph->arch.num_classes : 0,
                                     .naming = options->naming},
        err));
done:
    rn_free(names);
    rn_free(values);
    rn_weights_close(&w);
    return status;
}

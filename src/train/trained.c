/* A network out of its file, with all that is known of it: what an export is made of. */
#include <string.h>

#include "regnet/train.h"
#include "train/weights.h"

static enum rn_status take_values(struct rn_trained *t, const struct rn_weights *w,
                                  const char *path, struct rn_err *err)
{
    size_t n = w->graph->n_values;

    t->values = rn_alloc_aligned(n, sizeof *t->values);
    if (!t->values)
        return rn_nomem(err, n * sizeof *t->values, "weights");
    return rn_weights_take(&w->file, path, w->graph, false, t->values, err);
}

/* Copies of the names, which die with the file. */
static enum rn_status copy_classes(struct rn_trained *t, const char **names, int n,
                                   struct rn_err *err)
{
    if (!names)
        return RN_OK;
    t->classes = rn_alloc((size_t)n, sizeof *t->classes);
    for (int k = 0; t->classes && k < n; k++) {
        t->classes[k] = rn_strdup(names[k]);
        if (!t->classes[k])
            return rn_nomem(err, strlen(names[k]), "class names");
    }
    return t->classes ? RN_OK : rn_nomem(err, (size_t)n * sizeof *t->classes, "class names");
}

static enum rn_status describe(struct rn_trained *t, const struct rn_weights *w, const char **names,
                               struct rn_err *err)
{
    int classes = w->graph->arch.num_classes;
    const struct rn_weights_content content = {.graph = w->graph,
                                               .values = t->values,
                                               .cfg = &w->cfg,
                                               .images = w->images,
                                               .dataset = w->images_of,
                                               .classes = names,
                                               .n_classes = names ? classes : 0};

    t->metadata = rn_alloc(RN_DESCRIPTIONS, sizeof *t->metadata);
    if (!t->metadata)
        return rn_nomem(err, RN_DESCRIPTIONS * sizeof *t->metadata, "metadata");
    return rn_weights_describe(&content, t->metadata, &t->n_metadata, err);
}

enum rn_status rn_trained_open(const char *path, const struct rn_config *cfg,
                               struct rn_trained *trained, struct rn_err *err)
{
    struct rn_trained t = {0};
    struct rn_weights w = {0};
    const char **names = NULL;
    enum rn_status status;

    RN_TRY(rn_weights_open(path, cfg, &w, err));
    RN_TRY(take_values(&t, &w, path, err));
    RN_TRY(rn_weights_class_names(&w, &names, err));
    RN_TRY(describe(&t, &w, names, err));
    t.graph = w.graph;
    w.graph = NULL;
    t.bn_eps = w.cfg.bn.eps;
    t.images = w.images;
    RN_TRY(copy_classes(&t, names, t.graph->arch.num_classes, err));
    *trained = t;
    t = (struct rn_trained){0};
done:
    rn_trained_release(&t);
    rn_weights_close(&w);
    rn_free(names);
    return status;
}

void rn_trained_release(struct rn_trained *trained)
{
    for (int k = 0; trained->classes && k < trained->graph->arch.num_classes; k++)
        rn_free((void *)trained->classes[k]);
    for (size_t i = 0; i < trained->n_metadata; i++)
        rn_free((void *)trained->metadata[i].value);
    rn_free(trained->classes);
    rn_free(trained->metadata);
    rn_free(trained->values);
    rn_graph_free(trained->graph);
    *trained = (struct rn_trained){0};
}

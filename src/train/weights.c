/* Tensors of a file into a network's parameters, all of them or none, by the names of pycls,
   torchvision or timm. */
#include "train/weights.h"

#include <stdio.h>
#include <string.h>

#define SHOWN 4 /* tensors of each kind in a message */

/* What does not fit: the first few, and how many there are. */
struct misfits {
    size_t n;
    struct rn_buf text;
};

struct matching {
    const struct rn_tensor_file *file;
    const char *path;
    const struct rn_graph *graph;
    enum rn_naming naming;
    bool new_head;
    bool *used; /* by tensor of the file */
    struct misfits missing, mismatched, unexpected;
    bool head_alone; /* all misfits are the head's */
    struct rn_buf name;
    struct rn_err *err;
};

static bool is_head(const struct rn_param *param)
{
    return strncmp(param->name, "head.fc.", strlen("head.fc.")) == 0;
}

static bool ends_with(const char *text, const char *end)
{
    size_t n = strlen(text), k = strlen(end);

    return n >= k && strcmp(text + n - k, end) == 0;
}

static bool same_shape(const struct rn_tensor *tensor, const struct rn_param *param)
{
    return tensor->ndim == param->ndim &&
           memcmp(tensor->dim, param->dim, (size_t)param->ndim * sizeof *param->dim) == 0;
}

/* "64x3x7x7" */
static const char *shape_text(int ndim, const int64_t *dim, char *text, size_t size)
{
    size_t len = 0;

    (void)snprintf(text, size, "one number");
    for (int i = 0; i < ndim && len < size; i++)
        len += (size_t)snprintf(text + len, size - len, "%s%lld", i ? "x" : "", (long long)dim[i]);
    return text;
}

static enum rn_status add_misfit(struct matching *m, struct misfits *misfits, const char *name,
                                 const char *detail)
{
    if (misfits->n++ >= SHOWN)
        return RN_OK;
    return rn_buf_addf(&misfits->text, m->err, "%s%.100s%s", misfits->n > 1 ? ", " : "", name,
                       detail);
}

/* The tensor of a parameter under the library's name, which is left in m->name. */
static enum rn_status find(struct matching *m, const struct rn_param *param,
                           const struct rn_tensor **tensor)
{
    enum rn_status status;

    RN_TRY(rn_param_name(m->graph, param, m->naming, &m->name, m->err));
    *tensor = rn_tensor_find(m->file, m->name.data);
done:
    return status;
}

/* The naming by which most parameters are there. */
static enum rn_status choose_naming(struct matching *m)
{
    enum rn_naming best = RN_NAMING_PYCLS;
    int most = -1;
    struct rn_err *err = m->err;

    m->err = NULL; /* a library without such a network is no failure here */
    for (int naming = 0; naming < RN_NAMING_COUNT; naming++) {
        int found = 0;
        m->naming = (enum rn_naming)naming;
        for (int i = 0; i < m->graph->n_params; i++) {
            const struct rn_tensor *tensor = NULL;
            if (find(m, &m->graph->params[i], &tensor) == RN_E_NOMEM)
                return rn_nomem(err, RN_NAME_MAX, "a name");
            found += tensor != NULL;
        }
        if (found > most) {
            most = found;
            best = m->naming;
        }
    }
    m->naming = best;
    m->err = err;
    return RN_OK;
}

static enum rn_status check_param(struct matching *m, const struct rn_param *param)
{
    char detail[160], in_file[64], expected[64];
    const struct rn_tensor *tensor = NULL;
    enum rn_status status;

    RN_TRY(find(m, param, &tensor));
    if (tensor)
        m->used[tensor - m->file->tensors] = true;
    if ((m->new_head && is_head(param)) || (tensor && same_shape(tensor, param)))
        goto done;
    m->head_alone = m->head_alone && is_head(param);
    if (!tensor)
        return add_misfit(m, &m->missing, m->name.data, "");
    (void)snprintf(detail, sizeof detail, ": %s in the file, %s expected",
                   shape_text(tensor->ndim, tensor->dim, in_file, sizeof in_file),
                   shape_text(param->ndim, param->dim, expected, sizeof expected));
    status = add_misfit(m, &m->mismatched, m->name.data, detail);
done:
    return status;
}

static enum rn_status describe(const struct misfits *misfits, const char *what, struct rn_buf *out,
                               struct rn_err *err)
{
    if (misfits->n == 0)
        return RN_OK;
    return rn_buf_addf(out, err, "; %zu %s (%s%s)", misfits->n, what, misfits->text.data,
                       misfits->n > SHOWN ? ", ..." : "");
}

static enum rn_status refuse(struct matching *m)
{
    struct rn_buf text = {0};
    enum rn_status status;

    RN_TRY(describe(&m->missing, "tensors missing", &text, m->err));
    RN_TRY(describe(&m->mismatched, "of another shape", &text, m->err));
    RN_TRY(describe(&m->unexpected, "unexpected", &text, m->err));
    if (m->head_alone)
        RN_TRY(rn_buf_addf(&text, m->err,
                           "; MODEL.NUM_CLASSES must be the file's, or train with "
                           "--new-head, which begins a head of its own"));
    status = rn_fail(m->err, RN_E_DATA, "%s: not the weights of this network, by %s's names%s",
                     m->path, rn_naming_text(m->naming), text.data);
done:
    rn_buf_release(&text);
    return status;
}

/* Strict: every tensor of the network and no other, but for PyTorch's counters. */
static enum rn_status check(struct matching *m)
{
    enum rn_status status = RN_OK;

    m->head_alone = true;
    for (int i = 0; i < m->graph->n_params; i++)
        RN_TRY(check_param(m, &m->graph->params[i]));
    for (size_t i = 0; i < m->file->n; i++) {
        const char *name = m->file->tensors[i].name;
        if (m->used[i] || ends_with(name, "num_batches_tracked"))
            continue;
        m->head_alone = false;
        RN_TRY(add_misfit(m, &m->unexpected, name, ""));
    }
    if (m->missing.n || m->mismatched.n || m->unexpected.n)
        status = refuse(m);
done:
    return status;
}

static enum rn_status copy(struct matching *m, float *values)
{
    enum rn_status status = RN_OK;

    for (int i = 0; i < m->graph->n_params; i++) {
        const struct rn_param *param = &m->graph->params[i];
        const struct rn_tensor *tensor;
        if (m->new_head && is_head(param))
            continue;
        RN_TRY(find(m, param, &tensor));
        memcpy(values + param->offset, tensor->data, param->size * sizeof *values);
    }
done:
    return status;
}

static enum rn_status matching_init(struct matching *m, const struct rn_tensor_file *file,
                                    const char *path, const struct rn_graph *graph,
                                    struct rn_err *err)
{
    *m = (struct matching){.file = file, .path = path, .graph = graph, .err = err};
    m->used = rn_alloc(file->n, sizeof *m->used);
    if (!m->used)
        return rn_nomem(err, file->n, "a list of tensors");
    return choose_naming(m);
}

static void matching_release(struct matching *m)
{
    rn_free(m->used);
    rn_buf_release(&m->missing.text);
    rn_buf_release(&m->mismatched.text);
    rn_buf_release(&m->unexpected.text);
    rn_buf_release(&m->name);
}

enum rn_status rn_weights_take(const struct rn_tensor_file *file, const char *path,
                               const struct rn_graph *graph, bool new_head, float *values,
                               struct rn_err *err)
{
    struct matching m;
    enum rn_status status;

    RN_TRY(matching_init(&m, file, path, graph, err));
    m.new_head = new_head;
    RN_TRY(check(&m));
    status = copy(&m, values);
done:
    matching_release(&m);
    return status;
}

enum rn_status rn_weights_inspect(const struct rn_tensor_file *file, const struct rn_graph *graph,
                                  enum rn_naming *naming, bool *fits, int *classes,
                                  struct rn_err *err)
{
    struct matching m;
    enum rn_status status;

    *classes = 0;
    *fits = true;
    RN_TRY(matching_init(&m, file, "", graph, err));
    for (int i = 0; i < graph->n_params; i++) {
        const struct rn_param *param = &graph->params[i];
        const struct rn_tensor *tensor = NULL;
        RN_TRY(find(&m, param, &tensor));
        if (!is_head(param))
            *fits = *fits && tensor && same_shape(tensor, param);
        else if (tensor && tensor->ndim == 2 && tensor->dim[0] > 0 && tensor->dim[0] <= INT32_MAX)
            *classes = (int)tensor->dim[0];
    }
    *naming = m.naming;
done:
    matching_release(&m);
    return status;
}

enum rn_status rn_weights_load(const char *path, const struct rn_graph *graph, bool new_head,
                               float *values, struct rn_err *err)
{
    struct rn_tensor_file file = {0};
    enum rn_status status;

    RN_TRY(rn_tensor_file_read(path, &file, err));
    status = rn_weights_take(&file, path, graph, new_head, values, err);
done:
    rn_tensor_file_release(&file);
    return status;
}

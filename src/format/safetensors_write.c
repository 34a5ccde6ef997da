/* The safetensors writer. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "regnet/file.h"
#include "regnet/json.h"
#include "regnet/safetensors.h"

#define ALIGN 64

static int by_name(const void *a, const void *b)
{
    const struct rn_tensor *x = *(const struct rn_tensor *const *)a;
    const struct rn_tensor *y = *(const struct rn_tensor *const *)b;

    return strcmp(x->name, y->name);
}

static int by_key(const void *a, const void *b)
{
    const struct rn_metadata *x = a, *y = b;

    return strcmp(x->key, y->key);
}

static size_t bytes_of(const struct rn_tensor *tensor)
{
    size_t bytes = sizeof(float);

    assert(tensor->ndim >= 0 && tensor->ndim <= RN_TENSOR_DIMS);
    for (int i = 0; i < tensor->ndim; i++)
        bytes *= (size_t)tensor->dim[i];
    return bytes;
}

static enum rn_status sort_tensors(const struct rn_tensor *tensors, size_t n,
                                   const struct rn_tensor ***out, struct rn_err *err)
{
    const struct rn_tensor **sorted = rn_alloc(n, sizeof *sorted);
    enum rn_status status = RN_OK;

    if (!sorted)
        return rn_nomem(err, n * sizeof *sorted, "a list of tensors");
    for (size_t i = 0; i < n; i++)
        sorted[i] = &tensors[i];
    qsort(sorted, n, sizeof *sorted, by_name);
    for (size_t i = 1; i < n && status == RN_OK; i++)
        if (strcmp(sorted[i - 1]->name, sorted[i]->name) == 0)
            status = rn_fail(err, RN_E_CONFIG, "two tensors named %.200s", sorted[i]->name);
    *out = sorted;
    return status;
}

static enum rn_status sort_metadata(const struct rn_metadata *metadata, size_t n,
                                    struct rn_metadata **out, struct rn_err *err)
{
    struct rn_metadata *sorted = rn_alloc(n, sizeof *sorted);
    enum rn_status status = RN_OK;

    if (!sorted)
        return rn_nomem(err, n * sizeof *sorted, "a list of metadata");
    if (n)
        memcpy(sorted, metadata, n * sizeof *sorted);
    qsort(sorted, n, sizeof *sorted, by_key);
    for (size_t i = 1; i < n && status == RN_OK; i++)
        if (strcmp(sorted[i - 1].key, sorted[i].key) == 0)
            status = rn_fail(err, RN_E_CONFIG, "two metadata named %.200s", sorted[i].key);
    *out = sorted;
    return status;
}

static void put_metadata(struct rn_json *js, const struct rn_metadata *metadata, size_t n)
{
    if (n == 0)
        return;
    rn_json_key(js, "__metadata__");
    rn_json_object(js);
    for (size_t i = 0; i < n; i++) {
        rn_json_key(js, metadata[i].key);
        rn_json_text(js, metadata[i].value);
    }
    rn_json_close(js);
}

static void put_tensor(struct rn_json *js, const struct rn_tensor *tensor, size_t begin)
{
    rn_json_key(js, tensor->name);
    rn_json_object(js);
    rn_json_key(js, "dtype");
    rn_json_text(js, "F32");
    rn_json_key(js, "shape");
    rn_json_list(js);
    for (int i = 0; i < tensor->ndim; i++)
        rn_json_int(js, tensor->dim[i]);
    rn_json_close(js);
    rn_json_key(js, "data_offsets");
    rn_json_list(js);
    rn_json_int(js, (int64_t)begin);
    rn_json_int(js, (int64_t)(begin + bytes_of(tensor)));
    rn_json_close(js);
    rn_json_close(js);
}

/* The length, the JSON and the spaces that bring the data to a multiple of ALIGN. */
static enum rn_status put_header(struct rn_buf *out, const struct rn_tensor *const *tensors,
                                 size_t n, const struct rn_metadata *metadata, size_t n_metadata,
                                 struct rn_err *err)
{
    uint64_t length = 0;
    struct rn_json js;
    enum rn_status status;
    size_t begin = 0;

    RN_TRY(rn_buf_add(out, &length, sizeof length, err));
    js = rn_json_begin(out);
    rn_json_object(&js);
    put_metadata(&js, metadata, n_metadata);
    for (size_t i = 0; i < n; i++) {
        put_tensor(&js, tensors[i], begin);
        begin += bytes_of(tensors[i]);
    }
    rn_json_close(&js);
    RN_TRY(rn_json_end(&js, err));
    while (out->len % ALIGN)
        RN_TRY(rn_buf_add(out, " ", 1, err));
    length = out->len - sizeof length;
    memcpy(out->data, &length, sizeof length);
    status = rn_buf_reserve(out, begin, err);
done:
    return status;
}

enum rn_status rn_safetensors_write(const char *path, const struct rn_tensor *tensors, size_t n,
                                    const struct rn_metadata *metadata, size_t n_metadata,
                                    struct rn_err *err)
{
    const struct rn_tensor **sorted = NULL;
    struct rn_metadata *sorted_metadata = NULL;
    struct rn_buf out = {0};
    enum rn_status status;

    RN_TRY(sort_tensors(tensors, n, &sorted, err));
    RN_TRY(sort_metadata(metadata, n_metadata, &sorted_metadata, err));
    RN_TRY(put_header(&out, sorted, n, sorted_metadata, n_metadata, err));
    for (size_t i = 0; i < n; i++)
        RN_TRY(rn_buf_add(&out, sorted[i]->data, bytes_of(sorted[i]), err));
    status = rn_file_write(path, out.data, out.len, err);
done:
    rn_buf_release(&out);
    rn_free(sorted_metadata);
    rn_free(sorted);
    return status;
}

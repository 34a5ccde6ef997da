/* The writer of PyTorch checkpoints: a pickle of protocol 2, and a stored entry a tensor. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format/tensor_file.h"
#include "format/zip.h"
#include "regnet/file.h"
#include "regnet/torch.h"

#define FOLDER "archive/"

struct writer {
    struct rn_buf pickle;
    enum rn_status status; /* the first failure is kept */
    struct rn_err *err;
};

static void put(struct writer *writer, const void *bytes, size_t len)
{
    if (writer->status == RN_OK)
        writer->status = rn_buf_add(&writer->pickle, bytes, len, writer->err);
}

static void put_words(struct writer *writer, const char *ops)
{
    put(writer, ops, strlen(ops));
}

static void put_text(struct writer *writer, const char *text)
{
    uint32_t len = (uint32_t)strlen(text);

    put(writer, "X", 1); /* BINUNICODE */
    put(writer, &len, sizeof len);
    put(writer, text, len);
}

static void put_int(struct writer *writer, int64_t value)
{
    put(writer, "\x8a\x08", 2); /* LONG1 of 8 bytes */
    put(writer, &value, sizeof value);
}

static int64_t count_of(const struct rn_tensor *tensor)
{
    int64_t count = 1;

    for (int i = 0; i < tensor->ndim; i++)
        count *= tensor->dim[i];
    return count;
}

/* torch._utils._rebuild_tensor_v2(storage, 0, shape, strides, False, OrderedDict()) */
static void put_tensor(struct writer *writer, const struct rn_tensor *tensor, const char *key)
{
    int64_t stride = count_of(tensor);

    put_words(writer, "ctorch._utils\n_rebuild_tensor_v2\n((");
    put_text(writer, "storage");
    put_words(writer, "ctorch\nFloatStorage\n");
    put_text(writer, key);
    put_text(writer, "cpu");
    put_int(writer, count_of(tensor));
    put_words(writer, "tQ"); /* TUPLE, BINPERSID */
    put_int(writer, 0);
    put_words(writer, "(");
    for (int i = 0; i < tensor->ndim; i++)
        put_int(writer, tensor->dim[i]);
    put_words(writer, "t(");
    for (int i = 0; i < tensor->ndim; i++) {
        stride = tensor->dim[i] ? stride / tensor->dim[i] : 0;
        put_int(writer, stride);
    }
    put_words(writer, "t\x89"
                      "ccollections\nOrderedDict\n)RtR"); /* NEWFALSE, hooks, REDUCE */
}

static void put_state(struct writer *writer, const struct rn_tensor *tensors, size_t n)
{
    put_words(writer, "}("); /* EMPTY_DICT, MARK */
    for (size_t i = 0; i < n; i++) {
        char key[24];
        (void)snprintf(key, sizeof key, "%zu", i);
        put_text(writer, tensors[i].name);
        put_tensor(writer, &tensors[i], key);
    }
    put_words(writer, "u"); /* SETITEMS */
}

static void put_root(struct writer *writer, const struct rn_tensor *tensors, size_t n,
                     const struct rn_metadata *metadata, size_t n_metadata)
{
    put_words(writer, "\x80\x02"); /* PROTO 2 */
    if (n_metadata == 0) {
        put_state(writer, tensors, n);
    } else {
        put_words(writer, "}(");
        put_text(writer, "epoch"); /* pycls reads it */
        put_int(writer, 0);
        put_text(writer, "model_state");
        put_state(writer, tensors, n);
        for (size_t i = 0; i < n_metadata; i++) {
            bool config = strcmp(metadata[i].key, "regnet.config") == 0;
            if (strncmp(metadata[i].key, "regnet.", 7) != 0)
                continue; /* safetensors' own */
            put_text(writer, config ? "cfg" : metadata[i].key);
            put_text(writer, metadata[i].value);
        }
        put_words(writer, "u");
    }
    put_words(writer, "."); /* STOP */
}

static enum rn_status put_archive(const struct writer *writer, const struct rn_tensor *tensors,
                                  size_t n, struct rn_zip_writer *zip, struct rn_err *err)
{
    enum rn_status status;

    RN_TRY(rn_zip_add(zip, FOLDER "data.pkl", writer->pickle.data, writer->pickle.len, err));
    RN_TRY(rn_zip_add(zip, FOLDER "byteorder", "little", 6, err));
    for (size_t i = 0; i < n; i++) {
        char name[40];
        (void)snprintf(name, sizeof name, FOLDER "data/%zu", i);
        RN_TRY(rn_zip_add(zip, name, tensors[i].data, (size_t)count_of(&tensors[i]) * sizeof(float),
                          err));
    }
    RN_TRY(rn_zip_add(zip, FOLDER "version", "3\n", 2, err));
    status = rn_zip_end(zip, err);
done:
    return status;
}

static enum rn_status sort(const struct rn_tensor *tensors, size_t n, struct rn_tensor **out,
                           struct rn_err *err)
{
    struct rn_tensor *sorted = rn_alloc(n, sizeof *sorted);
    enum rn_status status = RN_OK;

    if (!sorted)
        return rn_nomem(err, n * sizeof *sorted, "a list of tensors");
    if (n)
        memcpy(sorted, tensors, n * sizeof *sorted);
    rn_tensors_sort(sorted, n);
    for (size_t i = 1; i < n && status == RN_OK; i++)
        if (strcmp(sorted[i - 1].name, sorted[i].name) == 0)
            status = rn_fail(err, RN_E_CONFIG, "two tensors named %.200s", sorted[i].name);
    *out = sorted;
    return status;
}

enum rn_status rn_torch_write(const char *path, const struct rn_tensor *tensors, size_t n,
                              const struct rn_metadata *metadata, size_t n_metadata,
                              struct rn_err *err)
{
    struct writer writer = {.err = err};
    struct rn_zip_writer zip = {0};
    struct rn_tensor *sorted = NULL;
    enum rn_status status;

    RN_TRY(sort(tensors, n, &sorted, err));
    put_root(&writer, sorted, n, metadata, n_metadata);
    RN_TRY(writer.status);
    RN_TRY(put_archive(&writer, sorted, n, &zip, err));
    status = rn_file_write(path, zip.out.data, zip.out.len, err);
done:
    rn_buf_release(&writer.pickle);
    rn_zip_writer_release(&zip);
    rn_free(sorted);
    return status;
}

/* Files of tensors: looked at, released, and read whatever their format is. */
#include "format/tensor_file.h"

#include <stdlib.h>
#include <string.h>

#include "regnet/file.h"
#include "regnet/torch.h"

#define LINE 16 /* floats of a cache line */

static int by_name(const void *a, const void *b)
{
    const struct rn_tensor *x = a, *y = b;

    return strcmp(x->name, y->name);
}

void rn_tensors_sort(struct rn_tensor *tensors, size_t n)
{
    qsort(tensors, n, sizeof *tensors, by_name);
}

size_t rn_tensor_room(size_t count)
{
    return (count + LINE - 1) / LINE * LINE;
}

enum rn_status rn_tensor_owner_reserve(struct rn_tensor_owner *owner, size_t n, size_t total,
                                       struct rn_err *err)
{
    owner->values = rn_alloc_aligned(total, sizeof(float));
    owner->tensors = rn_alloc(n, sizeof *owner->tensors);
    if (!owner->values || !owner->tensors)
        return rn_nomem(err, total * sizeof(float), "a file's tensors");
    return RN_OK;
}

void rn_tensor_owner_free(struct rn_tensor_owner *owner)
{
    if (!owner)
        return;
    rn_doc_free(owner->doc);
    rn_free(owner->texts);
    rn_free(owner->values);
    rn_free(owner->tensors);
    rn_free(owner->metadata);
    rn_free(owner);
}

void rn_tensor_file_release(struct rn_tensor_file *file)
{
    rn_tensor_owner_free(file->owner);
    *file = (struct rn_tensor_file){0};
}

const struct rn_tensor *rn_tensor_find(const struct rn_tensor_file *file, const char *name)
{
    struct rn_tensor wanted = {.name = name};

    return file->n ? bsearch(&wanted, file->tensors, file->n, sizeof wanted, by_name) : NULL;
}

const char *rn_metadata_find(const struct rn_tensor_file *file, const char *key)
{
    for (size_t i = 0; i < file->n_metadata; i++)
        if (strcmp(file->metadata[i].key, key) == 0)
            return file->metadata[i].value;
    return NULL;
}

enum rn_status rn_tensor_file_read(const char *path, struct rn_tensor_file *file,
                                   struct rn_err *err)
{
    struct rn_buf bytes = {0};
    enum rn_status status;

    RN_TRY(rn_file_read(path, PTRDIFF_MAX / 16, &bytes, err));
    status = rn_is_torch(bytes.data, bytes.len)
                 ? rn_torch_parse(bytes.data, bytes.len, path, file, err)
                 : rn_safetensors_parse(bytes.data, bytes.len, path, file, err);
done:
    rn_buf_release(&bytes);
    return status;
}

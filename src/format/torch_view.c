/* One tensor of a checkpoint: a shape with strides over the bytes of a storage. */
#include "format/torch_view.h"

#include <stdio.h>
#include <string.h>

enum rn_status rn_torch_bad(const struct rn_torch_reader *reader,
                            const struct rn_pickle_value *name, const char *what)
{
    size_t len = name->u.text.len < 200 ? name->u.text.len : 200;

    return rn_fail(reader->err, RN_E_DATA, "%s: tensor %.*s: %s", reader->file, (int)len,
                   name->u.text.at, what);
}

/* The bytes of the storage that a persistent id names: ('storage', type, key, device, count). */
static enum rn_status read_storage(const struct rn_torch_reader *reader,
                                   const struct rn_pickle_value *name,
                                   const struct rn_pickle_value *storage,
                                   struct rn_torch_view *view, size_t *count)
{
    const struct rn_pickle *pickle = &reader->pickle;
    const struct rn_pickle_value *id = storage ? &pickle->values[storage->args] : NULL;
    const struct rn_pickle_value *type = rn_pickle_item(pickle, id, 1, RN_PICKLE_GLOBAL);
    const struct rn_pickle_value *key = rn_pickle_item(pickle, id, 2, RN_PICKLE_TEXT);
    const struct rn_pickle_value *n = rn_pickle_item(pickle, id, 4, RN_PICKLE_INT);
    const struct rn_zip_entry *entry;
    char path[64];

    if (!rn_pickle_is_text(rn_pickle_item(pickle, id, 0, RN_PICKLE_TEXT), "storage") || !type ||
        type->u.global->role != RN_ROLE_STORAGE || !key || !n)
        return rn_torch_bad(reader, name, "its storage is not described as PyTorch does");
    view->dtype = rn_dtype_find(type->u.global->dtype);
    if (key->u.text.len >= sizeof path - sizeof "data/")
        return rn_torch_bad(reader, name, "the name of its storage is too long");
    (void)snprintf(path, sizeof path, "data/%.*s", (int)key->u.text.len, key->u.text.at);
    entry = rn_zip_find(&reader->zip, reader->prefix, reader->prefix_len, path);
    if (!entry)
        return rn_torch_bad(reader, name, "its storage is missing in the archive");
    *count = entry->size / view->dtype->size;
    if (n->u.integer < 0 || (uint64_t)n->u.integer != *count ||
        *count * view->dtype->size != entry->size)
        return rn_torch_bad(reader, name, "its storage has another size than the file says");
    view->data = entry->data;
    return RN_OK;
}

/* Shape and strides: tuples of equal length; and the last element must lie in the storage. */
static enum rn_status read_shape(const struct rn_torch_reader *reader,
                                 const struct rn_pickle_value *name,
                                 const struct rn_pickle_value *shape,
                                 const struct rn_pickle_value *strides, size_t storage,
                                 struct rn_torch_view *view)
{
    size_t last = view->offset;

    if (!shape || !strides || shape->u.items.n != strides->u.items.n)
        return rn_torch_bad(reader, name, "its shape and strides are not two tuples of one length");
    if (shape->u.items.n > RN_TENSOR_DIMS)
        return rn_torch_bad(reader, name, "more than 8 dimensions");
    view->ndim = (int)shape->u.items.n;
    view->count = 1;
    for (uint32_t i = 0; i < shape->u.items.n; i++) {
        const struct rn_pickle_value *dim =
            rn_pickle_item(&reader->pickle, shape, i, RN_PICKLE_INT);
        const struct rn_pickle_value *stride =
            rn_pickle_item(&reader->pickle, strides, i, RN_PICKLE_INT);
        size_t reach;

        if (!dim || !stride || dim->u.integer < 0 || stride->u.integer < 0)
            return rn_torch_bad(reader, name, "a dimension or a stride that is not a count");
        view->dim[i] = dim->u.integer;
        view->stride[i] = stride->u.integer;
        if (__builtin_mul_overflow(view->count, (size_t)dim->u.integer, &view->count))
            return rn_torch_bad(reader, name, "a shape too large for any machine");
        if (dim->u.integer > 0 && (__builtin_mul_overflow((size_t)dim->u.integer - 1,
                                                          (size_t)stride->u.integer, &reach) ||
                                   __builtin_add_overflow(last, reach, &last)))
            return rn_torch_bad(reader, name, "strides too large for any machine");
    }
    if (view->count > 0 && last >= storage)
        return rn_torch_bad(reader, name, "it reaches beyond its storage");
    if (view->count > storage)
        return rn_torch_bad(reader, name, "it has more elements than its storage");
    return RN_OK;
}

enum rn_status rn_torch_view_read(const struct rn_torch_reader *reader,
                                  const struct rn_pickle_value *name,
                                  const struct rn_pickle_value *value, struct rn_torch_view *view)
{
    const struct rn_pickle *pickle = &reader->pickle;
    const struct rn_pickle_value *args, *offset;
    size_t storage = 0;
    enum rn_status status;

    if (value->kind != RN_PICKLE_OBJECT || value->u.global->role != RN_ROLE_TENSOR)
        return rn_fail(reader->err, RN_E_DATA, "%s: %.*s: %s where a tensor is expected",
                       reader->file, (int)(name->u.text.len < 200 ? name->u.text.len : 200),
                       name->u.text.at, rn_pickle_kind_text(value->kind));
    args = &pickle->values[value->args];
    RN_TRY(read_storage(reader, name, rn_pickle_item(pickle, args, 0, RN_PICKLE_STORAGE), view,
                        &storage));
    offset = rn_pickle_item(pickle, args, 1, RN_PICKLE_INT);
    if (!offset || offset->u.integer < 0)
        return rn_torch_bad(reader, name, "its offset is not a count");
    view->offset = (size_t)offset->u.integer;
    status = read_shape(reader, name, rn_pickle_item(pickle, args, 2, RN_PICKLE_TUPLE),
                        rn_pickle_item(pickle, args, 3, RN_PICKLE_TUPLE), storage, view);
done:
    return status;
}

static bool is_contiguous(const struct rn_torch_view *view)
{
    int64_t stride = 1;

    for (int i = view->ndim - 1; i >= 0; i--) {
        if (view->dim[i] != 1 && view->stride[i] != stride)
            return false;
        stride *= view->dim[i];
    }
    return true;
}

void rn_torch_view_convert(const struct rn_torch_view *view, float *to)
{
    const unsigned char *data = view->data + view->offset * view->dtype->size;
    int64_t at[RN_TENSOR_DIMS] = {0};

    if (view->count == 0)
        return;
    if (is_contiguous(view)) {
        view->dtype->convert(data, to, view->count);
        return;
    }
    for (size_t i = 0; i < view->count; i++) {
        size_t from = 0;
        for (int k = 0; k < view->ndim; k++)
            from += (size_t)(at[k] * view->stride[k]);
        view->dtype->convert(data + from * view->dtype->size, to + i, 1);
        for (int k = view->ndim - 1; k >= 0 && ++at[k] == view->dim[k]; k--)
            at[k] = 0;
    }
}

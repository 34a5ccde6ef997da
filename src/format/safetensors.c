/* The safetensors reader. */
#include "regnet/safetensors.h"

#include <stdlib.h>
#include <string.h>

#include "format/dtype.h"
#include "format/tensor_file.h"
#include "regnet/file.h"
#include "regnet/value.h"

#define HEADER_MAX ((size_t)100 << 20) /* the format's own limit */

/* What the header says of a tensor; begin and end are bytes of the data. */
struct entry {
    const char *name;
    const struct rn_dtype *dtype;
    int ndim;
    int64_t dim[RN_TENSOR_DIMS];
    size_t begin, end, count;
};

struct reader {
    const char *file;
    const unsigned char *data;
    size_t len;
    struct entry *entries;
    size_t n;
    struct rn_err *err;
};

static enum rn_status bad(const struct reader *reader, const struct entry *entry, const char *what)
{
    return rn_fail(reader->err, RN_E_DATA, "%s: tensor %.200s: %s", reader->file, entry->name,
                   what);
}

/* A count that is an integer of the header, not negative. */
static bool is_size(const struct rn_value *value, size_t *out)
{
    long long integer;

    if (!value || value->quoted || rn_value_int(value, &integer, NULL) != RN_OK || integer < 0)
        return false;
    *out = (size_t)integer;
    return true;
}

static enum rn_status read_shape(const struct reader *reader, const struct rn_value *shape,
                                 struct entry *entry)
{
    if (!shape || shape->kind != RN_VALUE_LIST)
        return bad(reader, entry, "no shape; expected a list of integers");
    if (shape->n > RN_TENSOR_DIMS)
        return bad(reader, entry, "more than 8 dimensions");
    entry->ndim = (int)shape->n;
    entry->count = 1;
    for (size_t i = 0; i < shape->n; i++) {
        size_t dim;

        if (!is_size(&shape->items[i], &dim))
            return bad(reader, entry, "a dimension that is not a count");
        if (__builtin_mul_overflow(entry->count, dim, &entry->count))
            return bad(reader, entry, "a shape too large for any machine");
        entry->dim[i] = (int64_t)dim;
    }
    return RN_OK;
}

static enum rn_status read_offsets(const struct reader *reader, const struct rn_value *offsets,
                                   struct entry *entry)
{
    size_t bytes;

    if (!offsets || offsets->kind != RN_VALUE_LIST || offsets->n != 2 ||
        !is_size(&offsets->items[0], &entry->begin) || !is_size(&offsets->items[1], &entry->end))
        return bad(reader, entry, "no data_offsets; expected [begin, end]");
    if (entry->begin > entry->end || entry->end > reader->len)
        return rn_fail(reader->err, RN_E_DATA,
                       "%s: tensor %.200s: bytes %zu to %zu of %zu; the file is cut off or damaged",
                       reader->file, entry->name, entry->begin, entry->end, reader->len);
    if (__builtin_mul_overflow(entry->count, entry->dtype->size, &bytes) ||
        bytes != entry->end - entry->begin)
        return bad(reader, entry, "its shape does not fit its bytes");
    return RN_OK;
}

static enum rn_status read_entry(const struct reader *reader, const struct rn_value *value,
                                 struct entry *entry)
{
    const char *dtype = "";
    enum rn_status status;

    if (rn_value_text(rn_value_get(value, "dtype"), &dtype, NULL) != RN_OK)
        return bad(reader, entry, "no dtype");
    entry->dtype = rn_dtype_find(dtype);
    if (!entry->dtype)
        return rn_fail(reader->err, RN_E_DATA,
                       "%s: tensor %.200s: dtype %.40s is not supported; store it as F32",
                       reader->file, entry->name, dtype);
    RN_TRY(read_shape(reader, rn_value_get(value, "shape"), entry));
    status = read_offsets(reader, rn_value_get(value, "data_offsets"), entry);
done:
    return status;
}

static int by_begin(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;

    return x->begin != y->begin ? (x->begin > y->begin) - (x->begin < y->begin)
                                : (x->end > y->end) - (x->end < y->end);
}

/* Each byte of the data belongs to one tensor. */
static enum rn_status check_cover(struct reader *reader)
{
    size_t at = 0;

    qsort(reader->entries, reader->n, sizeof *reader->entries, by_begin);
    for (size_t i = 0; i < reader->n; i++) {
        if (reader->entries[i].begin != at)
            return bad(reader, &reader->entries[i],
                       "its bytes overlap another tensor's, or leave a gap before them");
        at = reader->entries[i].end;
    }
    if (at != reader->len)
        return rn_fail(reader->err, RN_E_DATA, "%s: %zu bytes after the last tensor", reader->file,
                       reader->len - at);
    return RN_OK;
}

static enum rn_status convert_tensors(const struct reader *reader, struct rn_tensor_owner *owner)
{
    size_t total = 0;
    float *at;
    enum rn_status status;

    for (size_t i = 0; i < reader->n; i++)
        total += rn_tensor_room(reader->entries[i].count);
    RN_TRY(rn_tensor_owner_reserve(owner, reader->n, total, reader->err));
    at = owner->values;
    for (size_t i = 0; i < reader->n; i++) {
        const struct entry *entry = &reader->entries[i];

        entry->dtype->convert(reader->data + entry->begin, at, entry->count);
        owner->tensors[i] = (struct rn_tensor){entry->name, entry->ndim, {0}, at};
        memcpy(owner->tensors[i].dim, entry->dim, sizeof entry->dim);
        at += rn_tensor_room(entry->count);
    }
    rn_tensors_sort(owner->tensors, reader->n);
done:
    return status;
}

static enum rn_status read_metadata(const struct reader *reader, const struct rn_value *map,
                                    struct rn_tensor_owner *owner, size_t *n)
{
    *n = map ? map->n : 0;
    owner->metadata = rn_alloc(*n, sizeof *owner->metadata);
    if (!owner->metadata)
        return rn_nomem(reader->err, *n * sizeof *owner->metadata, "a file's metadata");
    if (map && map->kind != RN_VALUE_MAP)
        return rn_fail(reader->err, RN_E_DATA, "%s: __metadata__ is not a map", reader->file);
    for (size_t i = 0; i < *n; i++) {
        if (!map->items[i].quoted)
            return rn_fail(reader->err, RN_E_DATA, "%s: __metadata__: %.200s is not a text",
                           reader->file, map->keys[i].text);
        owner->metadata[i] = (struct rn_metadata){map->keys[i].text, map->items[i].text};
    }
    return RN_OK;
}

static enum rn_status read_entries(struct reader *reader, const struct rn_value *root)
{
    enum rn_status status;

    if (root->kind != RN_VALUE_MAP)
        return rn_fail(reader->err, RN_E_DATA, "%s: the header is not a map", reader->file);
    reader->entries = rn_alloc(root->n, sizeof *reader->entries);
    if (!reader->entries)
        return rn_nomem(reader->err, root->n * sizeof *reader->entries, "a file's header");
    for (size_t i = 0; i < root->n; i++) {
        struct entry *entry = &reader->entries[reader->n];

        if (strcmp(root->keys[i].text, "__metadata__") == 0)
            continue;
        entry->name = root->keys[i].text;
        RN_TRY(read_entry(reader, &root->items[i], entry));
        reader->n++;
    }
    status = check_cover(reader);
done:
    return status;
}

/* The header's JSON; afterwards reader->data is what follows it. */
static enum rn_status read_header(struct reader *reader, struct rn_doc **doc)
{
    uint64_t header = 0;
    enum rn_status status;

    if (reader->len < 8)
        return rn_fail(reader->err, RN_E_DATA, "%s: %zu bytes; not a safetensors file",
                       reader->file, reader->len);
    memcpy(&header, reader->data, 8);
    if (header > reader->len - 8 || header > HEADER_MAX)
        return rn_fail(reader->err, RN_E_DATA,
                       "%s: a header of %llu bytes in a file of %zu; cut off, or not safetensors",
                       reader->file, (unsigned long long)header, reader->len);
    status = rn_doc_parse_json((const char *)reader->data + 8, (size_t)header, reader->file, doc,
                               reader->err);
    reader->data += 8 + header;
    reader->len -= 8 + header;
    if (status != RN_E_CONFIG)
        return status;
    if (reader->err)
        reader->err->status = RN_E_DATA;
    return RN_E_DATA;
}

enum rn_status rn_safetensors_parse(const void *data, size_t len, const char *name,
                                    struct rn_tensor_file *file, struct rn_err *err)
{
    struct reader reader = {.file = name, .data = data, .len = len, .err = err};
    struct rn_tensor_owner *owner = rn_alloc(1, sizeof *owner);
    const struct rn_value *root;
    enum rn_status status;
    size_t n_metadata;

    if (!owner)
        return rn_nomem(err, sizeof *owner, "a file of tensors");
    RN_TRY(read_header(&reader, &owner->doc));
    root = rn_doc_root(owner->doc);
    RN_TRY(read_entries(&reader, root));
    RN_TRY(read_metadata(&reader, rn_value_get(root, "__metadata__"), owner, &n_metadata));
    RN_TRY(convert_tensors(&reader, owner));
    *file = (struct rn_tensor_file){reader.n, n_metadata, owner->tensors, owner->metadata, owner};
    owner = NULL;
done:
    rn_free(reader.entries);
    rn_tensor_owner_free(owner);
    return status;
}

enum rn_status rn_safetensors_read(const char *path, struct rn_tensor_file *file,
                                   struct rn_err *err)
{
    struct rn_buf bytes = {0};
    enum rn_status status;

    RN_TRY(rn_file_read(path, PTRDIFF_MAX / 16, &bytes, err));
    status = rn_safetensors_parse(bytes.data, bytes.len, path, file, err);
done:
    rn_buf_release(&bytes);
    return status;
}

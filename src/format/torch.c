/* The reader of PyTorch checkpoints: the state dict that a pickle in a ZIP archive describes. */
#include "regnet/torch.h"

#include <string.h>

#include "format/tensor_file.h"
#include "format/torch_view.h"
#include "regnet/file.h"

#define NAME_MAX_BYTES 512 /* of a tensor's name */

/* PyTorch before 1.6: a pickle of this number comes first. */
static const unsigned char legacy[] = {0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c,
                                       0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19};

/* An error of pycls', in percent; one that is not there is 100. */
static double error_of(const struct rn_pickle *pickle, const char *key)
{
    const struct rn_pickle_value *value = rn_pickle_get(pickle, &pickle->values[pickle->root], key);

    return value && value->kind == RN_PICKLE_FLOAT ? value->u.real : 100;
}

/* pycls takes its average of the weights where that has the smaller error. */
static const struct rn_pickle_value *better_average(const struct rn_pickle *pickle)
{
    const struct rn_pickle_value *average =
        rn_pickle_get(pickle, &pickle->values[pickle->root], "ema_state");

    if (!average || average->kind != RN_PICKLE_DICT ||
        error_of(pickle, "test_err") <= error_of(pickle, "ema_err"))
        return NULL;
    return average;
}

/* The state dict: under one of the usual keys, or the root where tensors are in it. */
static const struct rn_pickle_value *state_dict(const struct rn_pickle *pickle)
{
    static const char *const keys[] = {"state_dict_ema", "model_ema", "state_dict", "model_state",
                                       "model"};
    const struct rn_pickle_value *root = &pickle->values[pickle->root];
    const struct rn_pickle_value *average = better_average(pickle);

    if (average)
        return average;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        const struct rn_pickle_value *found = rn_pickle_get(pickle, root, keys[i]);
        if (found && found->kind == RN_PICKLE_DICT)
            return found;
    }
    if (root->kind != RN_PICKLE_DICT)
        return NULL;
    for (uint32_t i = 1; i < root->u.items.n; i += 2) {
        const struct rn_pickle_value *item = rn_pickle_item(pickle, root, i, RN_PICKLE_OBJECT);
        if (item && item->u.global->role == RN_ROLE_TENSOR)
            return root;
    }
    return NULL;
}

/* DistributedDataParallel's prefix is not part of a name; it is before all or none. */
static size_t common_prefix(const struct rn_torch_reader *reader,
                            const struct rn_pickle_value *dict)
{
    static const char prefix[] = "module.";
    size_t len = sizeof prefix - 1;

    for (uint32_t i = 0; i < dict->u.items.n; i += 2) {
        const struct rn_pickle_value *key =
            rn_pickle_item(&reader->pickle, dict, i, RN_PICKLE_TEXT);
        if (!key || key->u.text.len <= len || memcmp(key->u.text.at, prefix, len) != 0)
            return 0;
    }
    return len;
}

static enum rn_status check_name(const struct rn_torch_reader *reader,
                                 const struct rn_pickle_value *key)
{
    if (!key)
        return rn_fail(reader->err, RN_E_DATA, "%s: a key of its state dict is not a text",
                       reader->file);
    if (key->u.text.len > NAME_MAX_BYTES || memchr(key->u.text.at, 0, key->u.text.len))
        return rn_torch_bad(reader, key,
                            "a name of more than 512 bytes, or with a zero byte in it");
    return RN_OK;
}

static char *put_text(const struct rn_pickle_value *text, size_t strip, char *at)
{
    memcpy(at, text->u.text.at + strip, text->u.text.len - strip); /* and the 0 is there */
    return at + text->u.text.len - strip + 1;
}

/* First all is checked and counted, then taken. *texts: bytes of the names. */
static enum rn_status measure(const struct rn_torch_reader *reader,
                              const struct rn_pickle_value *dict, size_t *total, size_t *texts)
{
    size_t bytes = 0;
    enum rn_status status = RN_OK;

    for (uint32_t i = 0; i < dict->u.items.n; i += 2) {
        const struct rn_pickle_value *key =
            rn_pickle_item(&reader->pickle, dict, i, RN_PICKLE_TEXT);
        struct rn_torch_view view;

        RN_TRY(check_name(reader, key));
        RN_TRY(
            rn_torch_view_read(reader, key, &reader->pickle.values[dict->u.items.v[i + 1]], &view));
        bytes += view.count * view.dtype->size;
        if (bytes > reader->len)
            return rn_torch_bad(reader, key, "the tensors so far are larger than the whole file");
        *total += rn_tensor_room(view.count);
        *texts += key->u.text.len + 1; /* distinct names have bytes of their own */
        if (*texts > reader->len)
            return rn_torch_bad(reader, key, "the names so far are larger than the whole file");
    }
done:
    return status;
}

static enum rn_status take_tensors(const struct rn_torch_reader *reader,
                                   const struct rn_pickle_value *dict,
                                   struct rn_tensor_owner *owner, char *names)
{
    size_t n = dict->u.items.n / 2;
    float *at = owner->values;
    enum rn_status status = RN_OK;

    for (size_t i = 0; i < n; i++) {
        const struct rn_pickle_value *key = &reader->pickle.values[dict->u.items.v[2 * i]];
        struct rn_tensor *tensor = &owner->tensors[i];
        struct rn_torch_view view = {0};

        RN_TRY(rn_torch_view_read(reader, key, &reader->pickle.values[dict->u.items.v[2 * i + 1]],
                                  &view));
        rn_torch_view_convert(&view, at);
        *tensor = (struct rn_tensor){.name = names, .ndim = view.ndim, .data = at};
        memcpy(tensor->dim, view.dim, (size_t)view.ndim * sizeof *view.dim);
        names = put_text(key, reader->strip, names);
        at += rn_tensor_room(view.count);
    }
    rn_tensors_sort(owner->tensors, n);
    for (size_t i = 1; i < n; i++)
        if (strcmp(owner->tensors[i - 1].name, owner->tensors[i].name) == 0)
            return rn_fail(reader->err, RN_E_DATA, "%s: two tensors named %.200s", reader->file,
                           owner->tensors[i].name);
done:
    return status;
}

/* Texts of the root that say something about the network: pycls' cfg, and what we wrote. */
static bool is_metadata(const struct rn_pickle_value *key, const struct rn_pickle_value *value)
{
    static const char ours[] = "regnet.";
    size_t len = sizeof ours - 1;

    if (!key || value->kind != RN_PICKLE_TEXT || memchr(value->u.text.at, 0, value->u.text.len) ||
        memchr(key->u.text.at, 0, key->u.text.len))
        return false;
    return rn_pickle_is_text(key, "cfg") ||
           (key->u.text.len > len && memcmp(key->u.text.at, ours, len) == 0);
}

static size_t metadata_bytes(const struct rn_pickle *pickle, size_t *n)
{
    const struct rn_pickle_value *root = &pickle->values[pickle->root];
    size_t bytes = 0;

    for (uint32_t i = 0; root->kind == RN_PICKLE_DICT && i < root->u.items.n; i += 2) {
        const struct rn_pickle_value *key = rn_pickle_item(pickle, root, i, RN_PICKLE_TEXT);
        const struct rn_pickle_value *value = &pickle->values[root->u.items.v[i + 1]];
        if (!is_metadata(key, value))
            continue;
        bytes += key->u.text.len + 1 + value->u.text.len + 1;
        ++*n;
    }
    return bytes;
}

static void take_metadata(const struct rn_pickle *pickle, struct rn_metadata *metadata, char *at)
{
    const struct rn_pickle_value *root = &pickle->values[pickle->root];

    for (uint32_t i = 0; root->kind == RN_PICKLE_DICT && i < root->u.items.n; i += 2) {
        const struct rn_pickle_value *key = rn_pickle_item(pickle, root, i, RN_PICKLE_TEXT);
        const struct rn_pickle_value *value = &pickle->values[root->u.items.v[i + 1]];
        if (!is_metadata(key, value))
            continue;
        metadata->key = rn_pickle_is_text(key, "cfg") ? "regnet.config" : at;
        at = put_text(key, 0, at);
        metadata->value = at;
        at = put_text(value, 0, at);
        metadata++;
    }
}

static enum rn_status take_all(struct rn_torch_reader *reader, struct rn_tensor_owner *owner,
                               struct rn_tensor_file *file)
{
    const struct rn_pickle_value *dict = state_dict(&reader->pickle);
    size_t total = 0, names = 0, n_metadata = 0, texts;
    enum rn_status status;

    if (!dict)
        return rn_fail(reader->err, RN_E_DATA,
                       "%s: no state dict; expected one alone, or under model_state, state_dict, "
                       "state_dict_ema or model",
                       reader->file);
    reader->strip = common_prefix(reader, dict);
    RN_TRY(measure(reader, dict, &total, &names));
    texts = metadata_bytes(&reader->pickle, &n_metadata);
    if (texts > reader->len)
        return rn_fail(reader->err, RN_E_DATA, "%s: its metadata are larger than the whole file",
                       reader->file);
    RN_TRY(rn_tensor_owner_reserve(owner, dict->u.items.n / 2, total, reader->err));
    owner->texts = rn_alloc(names + texts, 1);
    owner->metadata = rn_alloc(n_metadata, sizeof *owner->metadata);
    if (!owner->texts || !owner->metadata) {
        status = rn_nomem(reader->err, names + texts, "a file's names");
        goto done;
    }
    RN_TRY(take_tensors(reader, dict, owner, owner->texts));
    take_metadata(&reader->pickle, owner->metadata, owner->texts + names);
    *file = (struct rn_tensor_file){dict->u.items.n / 2, n_metadata, owner->tensors,
                                    owner->metadata, owner};
done:
    return status;
}

static bool ends_with(const struct rn_zip_entry *entry, const char *end)
{
    size_t len = strlen(end);

    return entry->len >= len && memcmp(entry->name + entry->len - len, end, len) == 0;
}

/* FOLDER/data.pkl: the folder is named after the file that was first written. */
static const struct rn_zip_entry *find_pickle(struct rn_torch_reader *reader)
{
    static const char name[] = "data.pkl";

    for (size_t i = 0; i < reader->zip.n; i++) {
        const struct rn_zip_entry *entry = &reader->zip.entries[i];
        const char *slash = memchr(entry->name, '/', entry->len);
        if (!slash || !ends_with(entry, name))
            continue;
        reader->prefix = entry->name;
        reader->prefix_len = (size_t)(slash + 1 - entry->name);
        if (entry->len == reader->prefix_len + sizeof name - 1)
            return entry;
    }
    return NULL;
}

static const struct rn_zip_entry *entry_of(const struct rn_torch_reader *reader, const char *name)
{
    return rn_zip_find(&reader->zip, reader->prefix, reader->prefix_len, name);
}

static enum rn_status read_archive(struct rn_torch_reader *reader)
{
    const struct rn_zip_entry *pickle = find_pickle(reader), *order;

    if (!pickle)
        return rn_fail(reader->err, RN_E_DATA,
                       "%s: a ZIP archive without data.pkl; not a checkpoint of PyTorch",
                       reader->file);
    if (entry_of(reader, "constants.pkl"))
        return rn_fail(
            reader->err, RN_E_DATA,
            "%s: a TorchScript program, not a checkpoint; in PyTorch, save its state_dict()",
            reader->file);
    order = entry_of(reader, "byteorder");
    if (order && (order->size != 6 || memcmp(order->data, "little", 6) != 0))
        return rn_fail(reader->err, RN_E_DATA,
                       "%s: its numbers are not little-endian; save it again on another machine",
                       reader->file);
    return rn_pickle_read(pickle->data, pickle->size, reader->file, &reader->pickle, reader->err);
}

bool rn_is_torch(const void *data, size_t len)
{
    return rn_is_zip(data, len) ||
           (len >= sizeof legacy && memcmp(data, legacy, sizeof legacy) == 0);
}

enum rn_status rn_torch_parse(const void *data, size_t len, const char *name,
                              struct rn_tensor_file *file, struct rn_err *err)
{
    struct rn_torch_reader reader = {.file = name, .len = len, .err = err};
    struct rn_tensor_owner *owner = NULL;
    enum rn_status status;

    if (len >= sizeof legacy && memcmp(data, legacy, sizeof legacy) == 0)
        return rn_fail(err, RN_E_DATA,
                       "%s: a checkpoint in PyTorch's legacy format (before 1.6); load it in "
                       "PyTorch and torch.save it again",
                       name);
    if (!rn_is_zip(data, len))
        return rn_fail(err, RN_E_DATA, "%s: not a checkpoint of PyTorch, which is a ZIP archive",
                       name);
    RN_TRY(rn_zip_read(data, len, name, &reader.zip, err));
    RN_TRY(read_archive(&reader));
    owner = rn_alloc(1, sizeof *owner);
    if (!owner) {
        status = rn_nomem(err, sizeof *owner, "a file of tensors");
        goto done;
    }
    RN_TRY(take_all(&reader, owner, file));
    owner = NULL;
done:
    rn_tensor_owner_free(owner);
    rn_pickle_release(&reader.pickle);
    rn_zip_release(&reader.zip);
    return status;
}

enum rn_status rn_torch_read(const char *path, struct rn_tensor_file *file, struct rn_err *err)
{
    struct rn_buf bytes = {0};
    enum rn_status status;

    RN_TRY(rn_file_read(path, PTRDIFF_MAX / 16, &bytes, err));
    status = rn_torch_parse(bytes.data, bytes.len, path, file, err);
done:
    rn_buf_release(&bytes);
    return status;
}

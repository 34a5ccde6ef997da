/* A document: the arena that YAML's and JSON's values live in. */
#include "format/doc.h"

#include <stdlib.h>
#include <string.h>

#include "regnet/file.h"
#include "regnet/memory.h"

#define CHUNK_BYTES 4096

struct chunk {
    struct chunk *next;
    size_t used, size;
    _Alignas(max_align_t) char data[];
};

struct rn_doc {
    struct chunk *chunks;
    const char *name;
    struct rn_value root;
};

static void *doc_alloc(struct rn_doc *doc, size_t count, size_t size, struct rn_err *err)
{
    size_t align = _Alignof(max_align_t), bytes = (count * size + align - 1) / align * align;
    struct chunk *chunk = doc->chunks;

    if (!chunk || chunk->size - chunk->used < bytes) {
        size_t room = bytes > CHUNK_BYTES / 4 ? bytes : CHUNK_BYTES;

        chunk = rn_alloc(1, sizeof *chunk + room);
        if (!chunk) {
            (void)rn_nomem(err, room, "a document");
            return NULL;
        }
        *chunk = (struct chunk){.next = doc->chunks, .size = room};
        doc->chunks = chunk;
    }
    chunk->used += bytes;
    return chunk->data + chunk->used - bytes;
}

static const char *doc_text(struct rn_doc *doc, const char *text, size_t len, struct rn_err *err)
{
    char *copy = doc_alloc(doc, len + 1, 1, err);

    if (copy && len)
        memcpy(copy, text, len); /* and the 0 is there: memory comes zeroed */
    return copy;
}

enum rn_status rn_doc_new(const char *name, struct rn_doc **out, struct rn_err *err)
{
    struct rn_doc *doc = rn_alloc(1, sizeof *doc);

    if (!doc)
        return rn_nomem(err, sizeof *doc, "a document");
    doc->name = doc_text(doc, name, strlen(name), err);
    if (!doc->name) {
        rn_doc_free(doc);
        return RN_E_NOMEM;
    }
    doc->root = (struct rn_value){.kind = RN_VALUE_MAP, .file = doc->name};
    *out = doc;
    return RN_OK;
}

void rn_doc_free(struct rn_doc *doc)
{
    struct chunk *next;

    if (!doc)
        return;
    for (struct chunk *chunk = doc->chunks; chunk; chunk = next) {
        next = chunk->next;
        rn_free(chunk);
    }
    rn_free(doc);
}

const struct rn_value *rn_doc_root(const struct rn_doc *doc)
{
    return &doc->root;
}

struct rn_value *rn_doc_top(struct rn_doc *doc)
{
    return &doc->root;
}

enum rn_status rn_doc_scalar(struct rn_doc *doc, struct rn_value *place, const char *text,
                             size_t len, bool quoted, struct rn_err *err)
{
    place->kind = RN_VALUE_SCALAR;
    place->file = doc->name;
    place->quoted = quoted;
    if (len && memchr(text, 0, len))
        return rn_value_fail(place, err, "a text with a zero byte in it; remove the byte");
    place->text = doc_text(doc, text, len, err);
    return place->text ? RN_OK : RN_E_NOMEM;
}

enum rn_status rn_doc_nested(struct rn_doc *doc, struct rn_value *place,
                             const struct rn_children *children, struct rn_err *err)
{
    size_t n = children->n, bytes = n * sizeof *place;

    place->file = doc->name;
    place->n = n;
    if (n == 0)
        return RN_OK;
    place->items = doc_alloc(doc, n, sizeof *place, err);
    if (!place->items)
        return RN_E_NOMEM;
    memcpy(place->items, children->items, bytes);
    if (place->kind != RN_VALUE_MAP)
        return RN_OK;
    place->keys = doc_alloc(doc, n, sizeof *place, err);
    if (!place->keys)
        return RN_E_NOMEM;
    memcpy(place->keys, children->keys, bytes);
    return rn_doc_check_keys(place, err);
}

/* By text, then by position in the file, so that the later of two equal keys is the one named. */
static int compare_keys(const void *a, const void *b)
{
    const struct rn_value *x = *(const struct rn_value *const *)a;
    const struct rn_value *y = *(const struct rn_value *const *)b;
    int order = strcmp(x->text, y->text);

    return order ? order : (x > y) - (x < y);
}

enum rn_status rn_doc_check_keys(const struct rn_value *map, struct rn_err *err)
{
    const struct rn_value **sorted = rn_alloc(map->n, sizeof *sorted);
    enum rn_status status = RN_OK;

    if (!sorted)
        return rn_nomem(err, map->n * sizeof *sorted, "a map's keys");
    for (size_t i = 0; i < map->n; i++)
        sorted[i] = &map->keys[i];
    qsort(sorted, map->n, sizeof *sorted, compare_keys);
    for (size_t i = 1; i < map->n && status == RN_OK; i++)
        if (strcmp(sorted[i - 1]->text, sorted[i]->text) == 0)
            status = rn_value_fail(sorted[i], err,
                                   "the key %s is here twice (first on line %d); keep one",
                                   sorted[i]->text, sorted[i - 1]->line);
    rn_free(sorted);
    return status;
}

static bool grow_array(struct rn_value **array, size_t cap)
{
    struct rn_value *grown = rn_realloc(*array, cap, sizeof *grown);

    if (grown)
        *array = grown;
    return grown;
}

enum rn_status rn_children_grow(struct rn_children *children, bool with_key, struct rn_err *err)
{
    size_t cap = children->cap ? children->cap * 2 : 8;

    if (children->n < children->cap)
        return RN_OK;
    if (!grow_array(&children->items, cap) || (with_key && !grow_array(&children->keys, cap)))
        return rn_nomem(err, cap * sizeof(struct rn_value), "a list or map");
    children->cap = cap;
    return RN_OK;
}

void rn_children_release(struct rn_children *children)
{
    rn_free(children->items);
    rn_free(children->keys);
}

/* The mark that some editors put before UTF-8. */
static size_t mark_length(const struct rn_buf *text)
{
    return text->len >= 3 && memcmp(text->data, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
}

enum rn_status rn_doc_read(const char *path, struct rn_doc **doc, struct rn_err *err)
{
    size_t len = strlen(path), mark;
    bool json = len >= 5 && strcmp(path + len - 5, ".json") == 0;
    struct rn_buf text = {0};
    enum rn_status status;

    RN_TRY(rn_file_read(path, RN_DOC_BYTES, &text, err));
    mark = mark_length(&text);
    status = json ? rn_doc_parse_json(text.data + mark, text.len - mark, path, doc, err)
                  : rn_doc_parse_yaml(text.data + mark, text.len - mark, path, doc, err);
done:
    rn_buf_release(&text);
    return status;
}

/* The index of images in files: it grows while it is scanned, and an image is read from where it
 * is. */
#include "data/index.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "data/image.h"
#include "regnet/file.h"

enum rn_status rn_index_new(const char *root, struct rn_index **index, struct rn_err *err)
{
    struct rn_index *out = rn_alloc(1, sizeof *out);
    size_t empty;
    enum rn_status status;

    if (!out)
        return rn_nomem(err, sizeof *out, "an index");
    out->root = rn_strdup(root);
    if (!out->root) {
        status = rn_nomem(err, strlen(root), "an index");
        goto done;
    }
    RN_TRY(rn_index_add_text(out, "", &empty, err)); /* place 0 */
    *index = out;
    out = NULL;
done:
    rn_index_free(out);
    return status;
}

void rn_index_free(struct rn_index *index)
{
    if (!index)
        return;
    rn_buf_release(&index->text);
    rn_buf_release(&index->classes_text);
    rn_free(index->root);
    rn_free(index->entries);
    rn_free(index->labels);
    rn_free(index->classes);
    rn_free(index);
}

const char *rn_index_text(const struct rn_index *index, size_t at)
{
    return index->text.data + at;
}

enum rn_status rn_index_add_text(struct rn_index *index, const char *text, size_t *at,
                                 struct rn_err *err)
{
    size_t start = index->text.len;
    enum rn_status status;

    RN_TRY(rn_buf_add(&index->text, text, strlen(text) + 1, err));
    *at = start;
done:
    return status;
}

/* Makes room for one more of n things of a size. */
static enum rn_status grow(void **memory, size_t *cap, size_t n, size_t size, struct rn_err *err)
{
    size_t wanted = *cap ? 2 * *cap : 64;
    void *larger;

    if (n < *cap)
        return RN_OK;
    larger = rn_realloc(*memory, wanted, size);
    if (!larger)
        return rn_nomem(err, wanted * size, "an index");
    *memory = larger;
    *cap = wanted;
    return RN_OK;
}

/* Where label is in the order, or would be. */
static size_t label_place(const struct rn_index *index, const char *label, bool *found)
{
    size_t low = 0, high = index->n_labels;

    *found = false;
    while (low < high && !*found) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(label, rn_index_text(index, index->labels[middle]));
        if (order > 0)
            low = middle + 1;
        else
            high = middle;
        *found = order == 0;
    }
    return *found ? high : low;
}

enum rn_status rn_index_add_label(struct rn_index *index, const char *label, size_t *at,
                                  struct rn_err *err)
{
    void *labels = index->labels;
    bool found;
    size_t place = label_place(index, label, &found);
    enum rn_status status = RN_OK;

    if (!found) {
        RN_TRY(grow(&labels, &index->cap_labels, index->n_labels, sizeof *index->labels, err));
        index->labels = labels;
        RN_TRY(rn_index_add_text(index, label, at, err));
        memmove(index->labels + place + 1, index->labels + place,
                (index->n_labels - place) * sizeof *index->labels);
        index->labels[place] = *at;
        index->n_labels++;
    }
    *at = index->labels[place];
done:
    return status;
}

enum rn_status rn_index_add(struct rn_index *index, struct rn_entry entry, struct rn_err *err)
{
    void *entries = index->entries;
    enum rn_status status;

    RN_TRY(grow(&entries, &index->cap, index->n, sizeof entry, err));
    index->entries = entries;
    index->entries[index->n++] = entry;
done:
    return status;
}

static uint64_t fnv(uint64_t hash, const char *text)
{
    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * 1099511628211U;
    return hash;
}

void rn_index_keep(struct rn_index *index, enum rn_data_half half)
{
    size_t kept = 0;

    for (size_t i = 0; i < index->n; i++) {
        const struct rn_entry *entry = &index->entries[i];
        uint64_t hash = fnv(14695981039346656037U, rn_index_text(index, entry->path));
        unsigned tenth = (unsigned)(fnv(hash, rn_index_text(index, entry->member)) % 10);
        if (half == (tenth == 0 ? RN_DATA_TEST : tenth == 1 ? RN_DATA_VAL : RN_DATA_TRAIN))
            index->entries[kept++] = *entry;
    }
    index->n = kept;
}

/* A path that begins at / has no root before it. */
static enum rn_status path_of(const struct rn_index *index, size_t i, struct rn_buf *buf,
                              struct rn_err *err)
{
    const char *path = rn_index_text(index, index->entries[i].path);

    if (*path != '/')
        return rn_path_join(buf, index->root, path, err);
    buf->len = 0;
    return rn_buf_addf(buf, err, "%s", path);
}

enum rn_status rn_index_name(const struct rn_index *index, size_t i, struct rn_buf *buf,
                             struct rn_err *err)
{
    const char *member = rn_index_text(index, index->entries[i].member);
    enum rn_status status;

    RN_TRY(path_of(index, i, buf, err));
    if (*member)
        status = rn_buf_addf(buf, err, ": %s", member);
done:
    return status;
}

static enum rn_status read_member(const char *path, const struct rn_entry *entry,
                                  struct rn_buf *buf, struct rn_err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    size_t size = (size_t)entry->size;
    enum rn_status status;

    buf->len = 0;
    if (fd < 0)
        return rn_fail(err, RN_E_IO, "%s: could not open this file: %s", path, strerror(errno));
    RN_TRY(rn_buf_reserve(buf, size, err));
    while (buf->len < size) {
        ssize_t n =
            pread(fd, buf->data + buf->len, size - buf->len, entry->offset + (off_t)buf->len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            status = rn_fail(err, RN_E_IO, "%s: could not read this file: %s", path,
                             n < 0 ? strerror(errno) : "it was cut since it was indexed");
            break;
        }
        buf->len += (size_t)n;
    }
done:
    close(fd);
    return status;
}

enum rn_status rn_index_read(const struct rn_index *index, size_t i, struct rn_buf *buf,
                             struct rn_err *err)
{
    const struct rn_entry *entry = &index->entries[i];
    struct rn_buf path = {0};
    enum rn_status status;

    RN_TRY(path_of(index, i, &path, err));
    status = entry->member ? read_member(path.data, entry, buf, err)
                           : rn_file_read(path.data, RN_IMAGE_FILE_MAX, buf, err);
done:
    rn_buf_release(&path);
    return status;
}

bool rn_is_image_extension(const char *extension)
{
    return strcasecmp(extension, ".png") == 0 || strcasecmp(extension, ".jpg") == 0 ||
           strcasecmp(extension, ".jpeg") == 0;
}

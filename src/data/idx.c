/* IDX files, MNIST's format: 0 0 type ndim, big-endian sizes, bytes. Often gzipped. */
#include <string.h>

#include <zlib.h>

#include "data/source.h"
#include "regnet/file.h"

#define FILE_MAX ((size_t)1 << 30)
#define DEFLATE_MAX_RATIO 1032 /* zlib's technical notes: no stream expands further */

/* Bytes of a file, inflated on the way if it is gzipped. */
struct stream {
    bool gzipped;
    z_stream z; /* plain: next_in and avail_in alone are used */
};

static bool stream_open(struct stream *s, const uint8_t *bytes, size_t len)
{
    *s = (struct stream){.gzipped = len >= 2 && bytes[0] == 0x1f && bytes[1] == 0x8b};
    s->z.next_in = (z_const Bytef *)bytes;
    s->z.avail_in = (uInt)len;
    return !s->gzipped || inflateInit2(&s->z, 15 + 16) == Z_OK;
}

static void stream_close(struct stream *s)
{
    if (s->gzipped)
        (void)inflateEnd(&s->z);
}

/* Up to n bytes into out; returns how many there were. */
static size_t stream_read(struct stream *s, uint8_t *out, size_t n)
{
    if (!s->gzipped) {
        n = n < s->z.avail_in ? n : s->z.avail_in;
        memcpy(out, s->z.next_in, n);
        s->z.next_in += n;
        s->z.avail_in -= (uInt)n;
        return n;
    }
    s->z.next_out = out;
    s->z.avail_out = (uInt)n;
    while (s->z.avail_out > 0 && inflate(&s->z, Z_NO_FLUSH) == Z_OK)
        ;
    return n - s->z.avail_out;
}

/* True when nothing is left, and a gzip's checksum is right. */
static bool stream_at_end(struct stream *s)
{
    uint8_t extra;

    if (!s->gzipped)
        return s->z.avail_in == 0;
    s->z.next_out = &extra;
    s->z.avail_out = 1;
    return inflate(&s->z, Z_FINISH) == Z_STREAM_END && s->z.avail_out == 1;
}

static uint32_t big_endian(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* The sizes that the header claims, held against what the file can contain. */
static enum rn_status read_header(struct stream *s, size_t len, const char *name, int ndim,
                                  struct rn_idx *idx, struct rn_err *err)
{
    uint8_t head[16];
    size_t head_len = 4 + 4 * (size_t)ndim, most = s->gzipped ? len * DEFLATE_MAX_RATIO : len;

    if (stream_read(s, head, head_len) != head_len)
        return rn_fail(err, RN_E_DATA, "%s: cut short or not an IDX file", name);
    if (head[0] != 0 || head[1] != 0 || head[2] != 8 || head[3] != ndim)
        return rn_fail(err, RN_E_DATA,
                       "%s: begins with %02x%02x%02x%02x; an IDX file of bytes in %d dimension%s "
                       "begins with 000008%02x",
                       name, head[0], head[1], head[2], head[3], ndim, ndim == 1 ? "" : "s", ndim);
    idx->ndim = ndim;
    idx->size = 1;
    for (int i = 0; i < ndim; i++) {
        idx->dim[i] = big_endian(head + 4 + 4 * i);
        if (idx->dim[i] == 0 || idx->dim[i] > most / idx->size)
            return rn_fail(
                err, RN_E_DATA,
                "%s: its header says %u in dimension %d, which its %zu bytes cannot hold", name,
                idx->dim[i], i + 1, len);
        idx->size *= idx->dim[i];
    }
    return RN_OK;
}

enum rn_status rn_idx_parse(const uint8_t *bytes, size_t len, const char *name, int ndim,
                            struct rn_idx *idx, struct rn_err *err)
{
    struct rn_idx read = {0};
    struct stream s;
    enum rn_status status;
    size_t got;

    if (len > FILE_MAX)
        return rn_fail(err, RN_E_DATA, "%s: more than %zu bytes", name, FILE_MAX);
    if (!stream_open(&s, bytes, len))
        return rn_nomem(err, len, name);
    RN_TRY(read_header(&s, len, name, ndim, &read, err));
    if (read.size > FILE_MAX) {
        status = rn_fail(err, RN_E_DATA, "%s: more than %zu bytes of content", name, FILE_MAX);
        goto done;
    }
    read.data = rn_alloc(read.size, 1);
    if (!read.data) {
        status = rn_nomem(err, read.size, name);
        goto done;
    }
    got = stream_read(&s, read.data, read.size);
    if (got != read.size || !stream_at_end(&s)) {
        status =
            rn_fail(err, RN_E_DATA, "%s: %s; its header says %zu bytes of content", name,
                    got != read.size || s.gzipped ? "cut short or damaged" : "too long", read.size);
        goto done;
    }
    *idx = read;
    read.data = NULL;
done:
    stream_close(&s);
    rn_free(read.data);
    return status;
}

/* dir/stem.gz or dir/stem. */
static enum rn_status idx_read(const char *dir, const char *stem, int ndim, struct rn_idx *idx,
                               struct rn_buf *path, struct rn_err *err)
{
    struct rn_buf bytes = {0};
    enum rn_status status;

    RN_TRY(rn_path_join(path, dir, stem, err));
    if (!rn_path_exists(path->data))
        RN_TRY(rn_buf_addf(path, err, ".gz"));
    RN_TRY(rn_file_read(path->data, FILE_MAX, &bytes, err));
    RN_TRY(rn_idx_parse((const uint8_t *)bytes.data, bytes.len, path->data, ndim, idx, err));
done:
    rn_buf_release(&bytes);
    return status;
}

/* Labels as integers, each below the number of classes. */
static enum rn_status take_labels(const struct rn_idx *idx, const char *path, int n_classes,
                                  int32_t **labels, struct rn_err *err)
{
    int32_t *out = rn_alloc(idx->size, sizeof *out);

    if (!out)
        return rn_nomem(err, idx->size * sizeof *out, "labels");
    for (size_t i = 0; i < idx->size; i++) {
        if (idx->data[i] >= n_classes) {
            rn_free(out);
            return rn_fail(err, RN_E_DATA, "%s: label %zu is %d; there are only %d classes", path,
                           i, idx->data[i], n_classes);
        }
        out[i] = idx->data[i];
    }
    *labels = out;
    return RN_OK;
}

enum rn_status rn_idx_source(const struct rn_dataset *info, const char *dir, enum rn_data_half half,
                             struct rn_source *source, struct rn_err *err)
{
    bool train = half == RN_DATA_TRAIN;
    struct rn_idx images = {0}, labels = {0};
    struct rn_buf path = {0};
    enum rn_status status;

    RN_TRY(idx_read(dir, train ? "train-images-idx3-ubyte" : "t10k-images-idx3-ubyte", 3, &images,
                    &path, err));
    if (images.dim[1] != (uint32_t)info->h || images.dim[2] != (uint32_t)info->w) {
        status = rn_fail(err, RN_E_DATA, "%s: images of %ux%u pixels; those of %s have %dx%d",
                         path.data, images.dim[1], images.dim[2], info->name, info->h, info->w);
        goto done;
    }
    RN_TRY(idx_read(dir, train ? "train-labels-idx1-ubyte" : "t10k-labels-idx1-ubyte", 1, &labels,
                    &path, err));
    if (labels.dim[0] != images.dim[0]) {
        status = rn_fail(err, RN_E_DATA, "%s: %u labels for %u images", path.data, labels.dim[0],
                         images.dim[0]);
        goto done;
    }
    RN_TRY(take_labels(&labels, path.data, info->n_classes, &source->labels, err));
    source->n = (int)images.dim[0];
    source->h = info->h;
    source->w = info->w;
    source->c = 1;
    source->pixels = images.data;
    images.data = NULL;
done:
    rn_free(images.data);
    rn_free(labels.data);
    rn_buf_release(&path);
    return status;
}

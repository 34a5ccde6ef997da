/* The NumPy reader: one array, of float32, float64 or uint8, in C order. */
#include "regnet/npy.h"

#include <string.h>

#include "format/dtype.h"
#include "regnet/file.h"

#define HEADER_MAX ((size_t)1 << 16)

/* The header is a Python dict in text: {'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }
 */
struct header {
    const char *at, *end;
    const char *file;
    struct rn_err *err;
    const struct rn_dtype *dtype;
    bool order, shape; /* were there */
    struct rn_npy *npy;
};

static enum rn_status bad(const struct header *header, const char *what)
{
    return rn_fail(header->err, RN_E_DATA, "%s: the header of its NumPy array: %s", header->file,
                   what);
}

static void skip_spaces(struct header *header)
{
    while (header->at < header->end && (*header->at == ' ' || *header->at == '\n'))
        header->at++;
}

static bool accept(struct header *header, const char *word)
{
    size_t len = strlen(word);

    skip_spaces(header);
    if ((size_t)(header->end - header->at) < len || memcmp(header->at, word, len) != 0)
        return false;
    header->at += len;
    return true;
}

static enum rn_status expect(struct header *header, const char *word)
{
    return accept(header, word)
               ? RN_OK
               : rn_fail(header->err, RN_E_DATA, "%s: the header of its NumPy array: no %s at %zu",
                         header->file, word, (size_t)(header->end - header->at));
}

static enum rn_status read_descr(struct header *header)
{
    static const char *const known[][2] = {{"'<f4'", "F32"}, {"'<f8'", "F64"}, {"'|u1'", "U8"}};

    if (header->dtype)
        return bad(header, "descr twice");
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (!accept(header, known[i][0]))
            continue;
        header->dtype = rn_dtype_find(known[i][1]);
        return RN_OK;
    }
    return bad(header, "another type than '<f4', '<f8' or '|u1'; save it with "
                       "array.astype('float32')");
}

static enum rn_status read_order(struct header *header)
{
    if (header->order)
        return bad(header, "fortran_order twice");
    header->order = true;
    if (accept(header, "True"))
        return bad(header, "Fortran order; save numpy.ascontiguousarray(array)");
    return expect(header, "False");
}

static enum rn_status read_dim(struct header *header)
{
    struct rn_npy *npy = header->npy;
    int64_t value = 0;
    const char *first = header->at;

    if (npy->ndim == RN_TENSOR_DIMS)
        return bad(header, "more than 8 dimensions");
    for (; header->at < header->end && *header->at >= '0' && *header->at <= '9'; header->at++)
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, *header->at - '0', &value))
            return bad(header, "a dimension too large for any machine");
    if (header->at == first)
        return bad(header, "a dimension that is not a count");
    npy->dim[npy->ndim++] = value;
    return RN_OK;
}

static enum rn_status read_shape(struct header *header)
{
    enum rn_status status;

    if (header->shape)
        return bad(header, "shape twice");
    header->shape = true;
    RN_TRY(expect(header, "("));
    while (!accept(header, ")")) {
        RN_TRY(read_dim(header));
        if (!accept(header, ",")) {
            if (header->npy->ndim == 1)
                return bad(header, "a shape that is no tuple");
            status = expect(header, ")");
            goto done;
        }
        skip_spaces(header);
    }
    status = RN_OK;
done:
    return status;
}

static enum rn_status read_dict(struct header *header)
{
    enum rn_status status;

    RN_TRY(expect(header, "{"));
    while (!accept(header, "}")) {
        if (accept(header, "'descr':"))
            RN_TRY(read_descr(header));
        else if (accept(header, "'fortran_order':"))
            RN_TRY(read_order(header));
        else if (accept(header, "'shape':"))
            RN_TRY(read_shape(header));
        else
            return bad(header, "a key other than descr, fortran_order and shape");
        if (!accept(header, ",")) {
            RN_TRY(expect(header, "}"));
            break;
        }
    }
    skip_spaces(header);
    if (header->at != header->end)
        return bad(header, "something after its dict");
    if (!header->dtype || !header->order || !header->shape)
        return bad(header, "descr, fortran_order or shape is missing");
    status = RN_OK;
done:
    return status;
}

/* The magic, the version, the header's length; *data is what follows the header. */
static enum rn_status find_header(const unsigned char *bytes, size_t len, struct header *header,
                                  const unsigned char **data)
{
    size_t size, begin;

    if (!rn_is_npy(bytes, len) || len < 10 || (bytes[6] > 1 && len < 12))
        return rn_fail(header->err, RN_E_DATA, "%s: not a NumPy array (.npy)", header->file);
    if (bytes[6] < 1 || bytes[6] > 3 || bytes[7] != 0)
        return rn_fail(header->err, RN_E_DATA, "%s: a .npy of version %d.%d; 1.0 to 3.0 are read",
                       header->file, bytes[6], bytes[7]);
    begin = bytes[6] == 1 ? 10 : 12;
    size = bytes[8] | (size_t)bytes[9] << 8;
    if (bytes[6] > 1)
        size |= (size_t)bytes[10] << 16 | (size_t)bytes[11] << 24;
    if (size > len - begin || size > HEADER_MAX)
        return bad(header, "its length is more than the file or 64 KiB; the file is cut off");
    header->at = (const char *)bytes + begin;
    header->end = header->at + size;
    *data = bytes + begin + size;
    return RN_OK;
}

enum rn_status rn_npy_parse(const void *data, size_t len, const char *name, struct rn_npy *npy,
                            struct rn_err *err)
{
    struct rn_npy made = {0};
    struct header header = {.file = name, .err = err, .npy = &made};
    const unsigned char *values = NULL;
    size_t bytes, left;
    enum rn_status status;

    RN_TRY(find_header(data, len, &header, &values));
    RN_TRY(read_dict(&header));
    made.count = 1;
    left = len - (size_t)(values - (const unsigned char *)data);
    for (int i = 0; i < made.ndim; i++)
        if (__builtin_mul_overflow(made.count, (size_t)made.dim[i], &made.count))
            return bad(&header, "a shape too large for any machine");
    if (__builtin_mul_overflow(made.count, header.dtype->size, &bytes) || bytes != left)
        return rn_fail(err, RN_E_DATA, "%s: its shape does not fit the %zu bytes that follow", name,
                       left);
    made.data = rn_alloc_aligned(made.count, sizeof *made.data);
    if (!made.data)
        return rn_nomem(err, made.count * sizeof *made.data, name);
    header.dtype->convert(values, made.data, made.count);
    *npy = made;
done:
    return status;
}

bool rn_is_npy(const void *data, size_t len)
{
    return len >= 8 && memcmp(data, "\x93NUMPY", 6) == 0;
}

enum rn_status rn_npy_read(const char *path, struct rn_npy *npy, struct rn_err *err)
{
    struct rn_buf bytes = {0};
    enum rn_status status;

    RN_TRY(rn_file_read(path, PTRDIFF_MAX / 16, &bytes, err));
    status = rn_npy_parse(bytes.data, bytes.len, path, npy, err);
done:
    rn_buf_release(&bytes);
    return status;
}

void rn_npy_release(struct rn_npy *npy)
{
    rn_free(npy->data);
    *npy = (struct rn_npy){0};
}

/* The ZIP writer. */
#include <stdint.h>
#include <string.h>

#include "format/zip.h"

#define ALIGN 64
#define HEADER 30
#define LIMIT UINT32_C(0xFFFFFFFF)
#define DATE 0x21 /* 1980-01-01, the first one that ZIP knows */

/* ZIP's checksum: CRC-32, reflected, of polynomial 0x04C11DB7. */
static uint32_t checksum(const unsigned char *data, size_t size)
{
    uint32_t table[256], crc = LIMIT;

    for (uint32_t i = 0; i < 256; i++) {
        table[i] = i;
        for (int bit = 0; bit < 8; bit++)
            table[i] = table[i] >> 1 ^ (table[i] & 1 ? UINT32_C(0xEDB88320) : 0);
    }
    for (size_t i = 0; i < size; i++)
        crc = crc >> 8 ^ table[(crc ^ data[i]) & 255];
    return ~crc;
}

/* Numbers of a record, little-endian, one after another: digits of `sizes` are their bytes. */
static enum rn_status put(struct rn_buf *buf, const char *signature, const char *sizes,
                          const uint64_t *values, struct rn_err *err)
{
    unsigned char bytes[64];
    size_t n = 4;

    memcpy(bytes, signature, n);
    for (size_t i = 0; sizes[i]; i++)
        for (int b = 0; b < sizes[i] - '0'; b++)
            bytes[n++] = (unsigned char)(values[i] >> (8 * b));
    return rn_buf_add(buf, bytes, n, err);
}

enum rn_status rn_zip_add(struct rn_zip_writer *writer, const char *name, const void *data,
                          size_t size, struct rn_err *err)
{
    static const char zeros[ALIGN + 4] = "FB"; /* the padding is an extra field of PyTorch's name */
    size_t at = writer->out.len, len = strlen(name), head = at + HEADER + len + 4;
    size_t pad = (ALIGN - head % ALIGN) % ALIGN;
    char extra[sizeof zeros];
    uint32_t crc = checksum(data, size);
    enum rn_status status;

    if (size > LIMIT - ALIGN - HEADER - len || at > LIMIT - ALIGN - HEADER - len - size)
        return rn_fail(err, RN_E_UNSUPPORTED,
                       "a .pth of more than 4 GiB is not written; write a .safetensors");
    memcpy(extra, zeros, sizeof extra);
    extra[2] = (char)pad;
    RN_TRY(put(&writer->out, "PK\3\4",
               "22222444"
               "22",
               (const uint64_t[]){20, 0, 0, 0, DATE, crc, size, size, len, pad + 4}, err));
    RN_TRY(rn_buf_add(&writer->out, name, len, err));
    RN_TRY(rn_buf_add(&writer->out, extra, pad + 4, err));
    RN_TRY(rn_buf_add(&writer->out, data, size, err));
    RN_TRY(put(&writer->directory, "PK\1\2",
               "222222444"
               "22222"
               "44",
               (const uint64_t[]){20, 20, 0, 0, 0, DATE, crc, size, size, len, 0, 0, 0, 0, 0, at},
               err));
    RN_TRY(rn_buf_add(&writer->directory, name, len, err));
    writer->n++;
done:
    return status;
}

enum rn_status rn_zip_end(struct rn_zip_writer *writer, struct rn_err *err)
{
    size_t begin = writer->out.len, size = writer->directory.len;
    enum rn_status status;

    if (writer->n >= 0xFFFF || begin > LIMIT || size > LIMIT)
        return rn_fail(err, RN_E_UNSUPPORTED,
                       "a .pth of more than 4 GiB or 65,534 tensors is not "
                       "written; write a .safetensors");
    RN_TRY(rn_buf_add(&writer->out, writer->directory.data, size, err));
    status = put(&writer->out, "PK\5\6", "2222442",
                 (const uint64_t[]){0, 0, writer->n, writer->n, size, begin, 0}, err);
done:
    return status;
}

void rn_zip_writer_release(struct rn_zip_writer *writer)
{
    rn_buf_release(&writer->out);
    rn_buf_release(&writer->directory);
    *writer = (struct rn_zip_writer){0};
}

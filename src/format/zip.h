/*
 * zip.h: ZIP archives of stored (uncompressed) entries, as PyTorch writes them. Private to format.
 *
 * The reader believes the central directory alone, after it has checked every place and size in it
 * against the file's size; entries that are compressed, encrypted or named twice are refused.
 * zip64 is read. Nothing is copied: an entry's bytes are the file's.
 */
#ifndef RN_FORMAT_ZIP_H
#define RN_FORMAT_ZIP_H

#include <stdbool.h>

#include "regnet/memory.h"

struct rn_zip_entry {
    const char *name; /* len bytes, without a 0; borrowed from the file's bytes, as is data */
    size_t len;
    const unsigned char *data;
    size_t size;
};

struct rn_zip {
    size_t n;
    struct rn_zip_entry *entries; /* sorted by name; yours: rn_zip_release */
};

bool rn_is_zip(const void *data, size_t len);
/* data is borrowed until rn_zip_release; name is for messages. RN_E_DATA. */
enum rn_status rn_zip_read(const void *data, size_t len, const char *name, struct rn_zip *zip,
                           struct rn_err *err);
void rn_zip_release(struct rn_zip *zip);
/* The entry "prefix" "name", or NULL; prefix has prefix_len bytes. */
const struct rn_zip_entry *rn_zip_find(const struct rn_zip *zip, const char *prefix,
                                       size_t prefix_len, const char *name);

/* Writing: entries one after another, then the end. Each entry's data begins at a multiple of 64
   bytes, and nothing depends on the time. */
struct rn_zip_writer {
    struct rn_buf out, directory;
    size_t n;
};
/* RN_E_UNSUPPORTED beyond 4 GiB, which would need zip64. */
enum rn_status rn_zip_add(struct rn_zip_writer *writer, const char *name, const void *data,
                          size_t size, struct rn_err *err);
enum rn_status rn_zip_end(struct rn_zip_writer *writer, struct rn_err *err);
void rn_zip_writer_release(struct rn_zip_writer *writer);

#endif

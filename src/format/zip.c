/* The ZIP reader. */
#include "format/zip.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define END_BYTES 22              /* the end record, without its comment */
#define LOCATOR_BYTES 20          /* zip64: where the longer end record is */
#define END64_BYTES 56            /* that record */
#define CENTRAL_BYTES 46          /* an entry of the directory, without its name */
#define LOCAL_BYTES 30            /* the header before an entry's data, likewise */
#define ZIP64_EXTRA 1             /* the extra field of sizes beyond 32 bits */
#define FULL UINT32_C(0xFFFFFFFF) /* "look there" */

struct reader {
    const unsigned char *data;
    size_t len;
    const char *file;
    struct rn_err *err;
    uint64_t n, begin, size; /* of the directory: entries, place, bytes */
};

static uint64_t number(const unsigned char *at, int bytes)
{
    uint64_t value = 0;

    for (int i = bytes - 1; i >= 0; i--)
        value = value << 8 | at[i];
    return value;
}

static bool is_at(const struct reader *reader, uint64_t at, size_t bytes, const char *signature)
{
    return at <= reader->len && reader->len - at >= bytes &&
           memcmp(reader->data + at, signature, 4) == 0;
}

static enum rn_status bad(const struct reader *reader, const char *what)
{
    return rn_fail(reader->err, RN_E_DATA, "%s: a damaged ZIP archive: %s", reader->file, what);
}

static enum rn_status bad_entry(const struct reader *reader, const struct rn_zip_entry *entry,
                                const char *what)
{
    int shown = entry->len < 200 ? (int)entry->len : 200;

    return rn_fail(reader->err, RN_E_DATA, "%s: entry %.*s of the ZIP archive: %s", reader->file,
                   shown, entry->name, what);
}

/* The place of the last record whose comment ends where the file does. */
static bool find_end(const struct reader *reader, size_t *end)
{
    for (size_t comment = 0; comment <= 0xFFFF && comment + END_BYTES <= reader->len; comment++) {
        size_t at = reader->len - END_BYTES - comment;
        if (is_at(reader, at, END_BYTES, "PK\5\6") &&
            number(reader->data + at + 20, 2) == comment) {
            *end = at;
            return true;
        }
    }
    return false;
}

static enum rn_status read_end64(struct reader *reader, size_t end)
{
    uint64_t at;

    if (end < LOCATOR_BYTES || !is_at(reader, end - LOCATOR_BYTES, LOCATOR_BYTES, "PK\6\7"))
        return bad(reader, "sizes beyond 32 bits and no zip64 record of them");
    at = number(reader->data + end - LOCATOR_BYTES + 8, 8);
    if (!is_at(reader, at, END64_BYTES, "PK\6\6"))
        return bad(reader, "its zip64 record is not where the file says");
    reader->n = number(reader->data + at + 32, 8);
    reader->size = number(reader->data + at + 40, 8);
    reader->begin = number(reader->data + at + 48, 8);
    return RN_OK;
}

static enum rn_status read_end(struct reader *reader)
{
    const unsigned char *record;
    size_t end;
    enum rn_status status = RN_OK;

    if (!find_end(reader, &end))
        return bad(reader, "it has no directory; the file is cut off");
    record = reader->data + end;
    reader->n = number(record + 10, 2);
    reader->size = number(record + 12, 4);
    reader->begin = number(record + 16, 4);
    if (reader->n == 0xFFFF || reader->size == FULL || reader->begin == FULL)
        RN_TRY(read_end64(reader, end));
    if (reader->begin > end || reader->size > end - reader->begin)
        return bad(reader, "its directory lies outside of the file");
    if (reader->n > reader->size / CENTRAL_BYTES)
        return bad(reader, "more entries than its directory has room for");
done:
    return status;
}

/* Replaces each of the fields that is FULL by its 64 bits in the extra field, in order. */
static bool widen(const unsigned char *extra, size_t len, uint64_t *fields[3])
{
    while (len >= 4) {
        size_t size = (size_t)number(extra + 2, 2);
        bool zip64 = number(extra, 2) == ZIP64_EXTRA;

        if (size > len - 4)
            return false;
        extra += 4;
        len -= 4;
        for (int i = 0; zip64 && i < 3; i++) {
            if (*fields[i] != FULL)
                continue;
            if (size < 8)
                return false;
            *fields[i] = number(extra, 8);
            extra += 8;
            len -= 8;
            size -= 8;
        }
        extra += size;
        len -= size;
    }
    return true;
}

/* What stands before the data must be the same entry; the data must end before the directory. */
static enum rn_status locate(const struct reader *reader, uint64_t local, uint64_t size,
                             struct rn_zip_entry *entry)
{
    const unsigned char *header;
    uint64_t begin;

    if (!is_at(reader, local, LOCAL_BYTES, "PK\3\4"))
        return bad_entry(reader, entry, "its header is not where the directory says");
    header = reader->data + local;
    begin = local + LOCAL_BYTES + number(header + 26, 2) + number(header + 28, 2);
    if (begin > reader->begin || size > reader->begin - begin)
        return bad_entry(reader, entry, "its data lie outside of the file");
    if (number(header + 26, 2) != entry->len ||
        memcmp(header + LOCAL_BYTES, entry->name, entry->len) != 0)
        return bad_entry(reader, entry, "its header has another name than the directory");
    entry->data = reader->data + begin;
    entry->size = (size_t)size;
    return RN_OK;
}

/* The entry at *at, which moves behind it. */
static enum rn_status read_entry(const struct reader *reader, uint64_t *at,
                                 struct rn_zip_entry *entry)
{
    const unsigned char *record = reader->data + *at;
    uint64_t end = reader->begin + reader->size, packed, size, local;
    size_t extra, room;

    if (*at > end || end - *at < CENTRAL_BYTES || memcmp(record, "PK\1\2", 4) != 0)
        return bad(reader, "its directory has fewer entries than it says");
    packed = number(record + 20, 4);
    size = number(record + 24, 4);
    local = number(record + 42, 4);
    *entry = (struct rn_zip_entry){.name = (const char *)record + CENTRAL_BYTES,
                                   .len = (size_t)number(record + 28, 2)};
    extra = (size_t)number(record + 30, 2);
    room = CENTRAL_BYTES + entry->len + extra + (size_t)number(record + 32, 2);
    if (room > end - *at)
        return bad(reader, "an entry of its directory is cut off");
    if (number(record + 8, 2) & 1)
        return bad_entry(reader, entry, "it is encrypted");
    if (number(record + 10, 2) != 0)
        return bad_entry(reader, entry,
                         "it is compressed, which PyTorch never does; save it again");
    if (!widen(record + CENTRAL_BYTES + entry->len, extra, (uint64_t *[]){&size, &packed, &local}))
        return bad_entry(reader, entry, "its extra field is damaged");
    if (packed != size)
        return bad_entry(reader, entry, "stored in another size than its own");
    *at += room;
    return locate(reader, local, size, entry);
}

static int by_name(const void *a, const void *b)
{
    const struct rn_zip_entry *x = a, *y = b;
    size_t len = x->len < y->len ? x->len : y->len;
    int order = memcmp(x->name, y->name, len);

    return order ? order : (x->len > y->len) - (x->len < y->len);
}

static enum rn_status read_entries(const struct reader *reader, struct rn_zip *zip)
{
    uint64_t at = reader->begin;
    enum rn_status status = RN_OK;

    zip->entries = rn_alloc((size_t)reader->n, sizeof *zip->entries);
    if (!zip->entries)
        return rn_nomem(reader->err, (size_t)reader->n * sizeof *zip->entries, "a ZIP directory");
    for (; zip->n < reader->n; zip->n++)
        RN_TRY(read_entry(reader, &at, &zip->entries[zip->n]));
    qsort(zip->entries, zip->n, sizeof *zip->entries, by_name);
    for (size_t i = 1; i < zip->n; i++)
        if (by_name(&zip->entries[i - 1], &zip->entries[i]) == 0)
            return bad_entry(reader, &zip->entries[i], "there are two of that name");
done:
    return status;
}

bool rn_is_zip(const void *data, size_t len)
{
    return len >= 4 && (memcmp(data, "PK\3\4", 4) == 0 || memcmp(data, "PK\5\6", 4) == 0);
}

enum rn_status rn_zip_read(const void *data, size_t len, const char *name, struct rn_zip *zip,
                           struct rn_err *err)
{
    struct reader reader = {.data = data, .len = len, .file = name, .err = err};
    struct rn_zip made = {0};
    enum rn_status status;

    RN_TRY(read_end(&reader));
    RN_TRY(read_entries(&reader, &made));
    *zip = made;
    made = (struct rn_zip){0};
done:
    rn_zip_release(&made);
    return status;
}

void rn_zip_release(struct rn_zip *zip)
{
    rn_free(zip->entries);
    *zip = (struct rn_zip){0};
}

const struct rn_zip_entry *rn_zip_find(const struct rn_zip *zip, const char *prefix,
                                       size_t prefix_len, const char *name)
{
    size_t len = strlen(name);

    for (size_t low = 0, high = zip->n; low < high;) {
        size_t middle = low + (high - low) / 2;
        const struct rn_zip_entry *entry = &zip->entries[middle];
        size_t head = entry->len < prefix_len ? entry->len : prefix_len;
        int order = memcmp(entry->name, prefix, head);

        if (order == 0 && entry->len > head) {
            size_t tail = entry->len - head;
            order = memcmp(entry->name + head, name, tail < len ? tail : len);
            order = order ? order : (tail > len) - (tail < len);
        } else if (order == 0) {
            order = -1;
        }
        if (order == 0)
            return entry;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

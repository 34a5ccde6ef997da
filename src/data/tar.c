/*
 * WebDataset's shards: tar files of samples, KEY.jpg beside KEY.cls, which has the label as text.
 *
 * A shard's headers are read once; an image is then read from where it lies. So the order of an
 * epoch is one of all images, whatever shard they are in and however many threads read.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "data/image.h"
#include "data/index.h"
#include "regnet/file.h"

#define BLOCK 512
#define NAME_MAX_BYTES 4096

struct member {
    char name[NAME_MAX_BYTES + 1];
    int64_t offset, size;
    char type;
};

struct shard {
    int fd;
    int64_t size, at; /* at: of the next header */
    const char *path; /* for messages */
    struct rn_err *err;
};

static enum rn_status bad(const struct shard *shard, const char *what)
{
    return rn_fail(shard->err, RN_E_DATA, "%s: a damaged tar file: %s at byte %lld", shard->path,
                   what, (long long)shard->at);
}

static bool read_at(const struct shard *shard, int64_t at, void *to, size_t n)
{
    return pread(shard->fd, to, n, at) == (ssize_t)n;
}

/* An octal field or, with the upper bit set, a binary one; -1: neither. */
static int64_t field(const unsigned char *at, size_t n)
{
    int64_t value = 0;
    size_t i = 0;

    if (at[0] & 0x80) {
        for (i = n - 8; i < n; i++)
            value = (int64_t)((uint64_t)value << 8 | at[i]);
        return value;
    }
    while (i < n && at[i] == ' ')
        i++;
    for (; i < n && at[i] >= '0' && at[i] <= '7'; i++)
        value = value << 3 | (at[i] - '0');
    return i == n || at[i] == 0 || at[i] == ' ' ? value : -1;
}

static bool sum_is_right(const unsigned char *header)
{
    int64_t sum = 0;

    for (int i = 0; i < BLOCK; i++)
        sum += i >= 148 && i < 156 ? ' ' : header[i];
    return sum == field(header + 148, 8);
}

static enum rn_status bad_member(const struct shard *shard, const char *name, const char *what)
{
    return rn_fail(shard->err, RN_E_DATA, "%s: %s: %s", shard->path, name, what);
}

/* The next header, its name with ustar's prefix; *end at the zero block. A file without one is cut,
   maybe between two members. */
static enum rn_status next_header(struct shard *shard, struct member *member, bool *end)
{
    static const unsigned char zeros[BLOCK];
    unsigned char header[BLOCK];
    bool prefix;

    if (!read_at(shard, shard->at, header, BLOCK))
        return bad(shard, "it is cut");
    *end = memcmp(header, zeros, BLOCK) == 0;
    if (*end)
        return RN_OK;
    if (!sum_is_right(header))
        return bad(shard, "no header");
    member->type = (char)header[156];
    member->offset = shard->at + BLOCK;
    member->size = field(header + 124, 12);
    if (member->size < 0 || member->size > shard->size - member->offset)
        return bad(shard, "a member beyond the end");
    prefix = memcmp(header + 257, "ustar", 6) == 0 && header[345];
    (void)snprintf(member->name, sizeof member->name, "%.155s%s%.100s",
                   prefix ? (const char *)header + 345 : "", prefix ? "/" : "",
                   (const char *)header);
    shard->at = member->offset + (member->size + BLOCK - 1) / BLOCK * BLOCK;
    if (shard->at > shard->size)
        shard->at = shard->size;
    return RN_OK;
}

static enum rn_status read_small(struct shard *shard, const struct member *member, char *to,
                                 size_t max)
{
    if (member->size > (int64_t)max)
        return bad(shard, "a name or label too long");
    if (!read_at(shard, member->offset, to, (size_t)member->size))
        return bad(shard, "it is cut");
    to[member->size] = 0;
    return RN_OK;
}

/* The path in pax' records, each "LENGTH KEY=VALUE\n"; left as it is where there is none. */
static void pax_path(char *records, char *path)
{
    for (char *at = records; *at;) {
        char *end, *value;
        size_t length = strtoul(at, &end, 10);
        if (length == 0 || length > strlen(at) || at[length - 1] != '\n' || *end != ' ')
            return;
        at[length - 1] = 0;
        value = strchr(end + 1, '=');
        if (value && value - end == 5 && strncmp(end + 1, "path", 4) == 0)
            (void)snprintf(path, NAME_MAX_BYTES + 1, "%s", value + 1);
        at += length;
    }
}

/* The next member, under its long name if it has one. */
static enum rn_status next_file(struct shard *shard, struct member *member, bool *end)
{
    char text[NAME_MAX_BYTES + 1] = "", name[NAME_MAX_BYTES + 1] = "";
    enum rn_status status;

    for (;;) {
        RN_TRY(next_header(shard, member, end));
        if (*end)
            return RN_OK;
        if (member->type == 'L')
            RN_TRY(read_small(shard, member, name, NAME_MAX_BYTES));
        else if (member->type == 'x') {
            RN_TRY(read_small(shard, member, text, NAME_MAX_BYTES));
            pax_path(text, name);
        } else if (member->type != 'g' && member->type != 'K')
            break;
    }
    if (*name)
        (void)snprintf(member->name, sizeof member->name, "%s", name);
done:
    return status;
}

/* The part of a name that the files of a sample share: up to the first dot of its last part. */
static size_t key_length(const char *name)
{
    const char *slash = strrchr(name, '/'), *base = slash ? slash + 1 : name;

    return (size_t)(base - name) + strcspn(base, ".");
}

/* What has been seen of a sample. */
struct sample {
    char key[NAME_MAX_BYTES + 1], label[256];
    struct rn_entry image; /* member 0: none yet */
};

static enum rn_status flush(const struct shard *shard, struct sample *sample,
                            struct rn_index *index)
{
    enum rn_status status = RN_OK;

    if (sample->image.member && !*sample->label)
        return rn_fail(shard->err, RN_E_DATA, "%s: %s has no label: %s.cls was expected beside it",
                       shard->path, rn_index_text(index, sample->image.member), sample->key);
    if (*sample->label && !sample->image.member)
        return rn_fail(shard->err, RN_E_DATA,
                       "%s: %s.cls has no image: %s.jpg, .jpeg or .png was expected beside it",
                       shard->path, sample->key, sample->key);
    if (sample->image.member) {
        RN_TRY(rn_index_add_label(index, sample->label, &sample->image.label, shard->err));
        RN_TRY(rn_index_add(index, sample->image, shard->err));
    }
    *sample->label = 0;
    sample->image.member = 0;
done:
    return status;
}

static enum rn_status take_label(struct shard *shard, const struct member *member,
                                 struct sample *sample)
{
    enum rn_status status;

    if (*sample->label)
        return bad_member(shard, member->name, "a second label of one sample");
    RN_TRY(read_small(shard, member, sample->label, sizeof sample->label - 1));
    sample->label[strcspn(sample->label, " \t\r\n")] = 0;
    if (!*sample->label)
        status = bad_member(shard, member->name, "an empty label");
done:
    return status;
}

static enum rn_status take_image(const struct shard *shard, const struct member *member,
                                 struct sample *sample, struct rn_index *index)
{
    if (sample->image.member)
        return bad_member(
            shard, member->name,
            "a second image of one sample; up to its first dot a name is the sample's");
    if (member->size > (int64_t)RN_IMAGE_FILE_MAX)
        return bad_member(shard, member->name, "an image of more than 2^28 bytes");
    sample->image.offset = member->offset;
    sample->image.size = member->size;
    return rn_index_add_text(index, member->name, &sample->image.member, shard->err);
}

/* What follows the key is the extension, whole. */
static enum rn_status take(struct shard *shard, const struct member *member, struct sample *sample,
                           struct rn_index *index)
{
    size_t length = key_length(member->name);
    const char *extension = member->name + length;
    bool label = strcmp(extension, ".cls") == 0, image = rn_is_image_extension(extension);
    enum rn_status status = RN_OK;

    if (length == 0 || member->name[length - 1] == '/') /* it is called .* */
        return RN_OK;
    if (strlen(sample->key) != length || strncmp(sample->key, member->name, length) != 0) {
        RN_TRY(flush(shard, sample, index));
        (void)snprintf(sample->key, sizeof sample->key, "%.*s", (int)length, member->name);
    }
    if ((label || image) && member->type != '0' && member->type != 0)
        return bad_member(shard, member->name,
                          "not a regular file; where it is a link, store the file itself (tar "
                          "--dereference --hard-dereference)");
    if (label)
        status = take_label(shard, member, sample);
    else if (image)
        status = take_image(shard, member, sample, index);
done:
    return status;
}

enum rn_status rn_tar_index(int fd, int64_t size, size_t path, struct rn_index *index,
                            struct rn_err *err)
{
    char *name = rn_strdup(rn_index_text(index, path)); /* the text moves when it grows */
    struct shard shard = {.fd = fd, .size = size, .path = name, .err = err};
    struct sample sample = {.image.path = path};
    struct member member = {.type = 0};
    bool end = false;
    enum rn_status status;

    if (!name)
        return rn_nomem(err, 1, "a name");
    for (;;) {
        RN_TRY(next_file(&shard, &member, &end));
        if (end)
            break;
        RN_TRY(take(&shard, &member, &sample, index));
    }
    status = flush(&shard, &sample, index);
done:
    rn_free(name);
    return status;
}

static enum rn_status index_shard(const char *dir, const char *name, struct rn_index *index,
                                  struct rn_err *err)
{
    struct rn_buf path = {0};
    struct stat st;
    size_t place;
    int fd = -1;
    enum rn_status status;

    RN_TRY(rn_path_join(&path, dir, name, err));
    fd = open(path.data, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0 || fstat(fd, &st) != 0) {
        status =
            rn_fail(err, RN_E_IO, "%s: could not open this file: %s", path.data, strerror(errno));
        goto done;
    }
    if (!S_ISREG(st.st_mode)) {
        status = rn_fail(err, RN_E_DATA, "%s: not a regular file", path.data);
        goto done;
    }
    RN_TRY(rn_index_add_text(index, name, &place, err));
    status = rn_tar_index(fd, st.st_size, place, index, err);
done:
    if (fd >= 0)
        close(fd);
    rn_buf_release(&path);
    return status;
}

static bool is_shard(const char *name, const char *prefix)
{
    const char *dot = strrchr(name, '.');

    return dot && strcmp(dot, ".tar") == 0 && *name != '.' &&
           strncmp(name, prefix, strlen(prefix)) == 0;
}

static bool holds(const char *dir, const char *prefix)
{
    DIR *stream = opendir(dir);
    bool found = false;

    for (struct dirent *entry; stream && !found && (entry = readdir(stream));)
        found = is_shard(entry->d_name, prefix);
    if (stream)
        (void)closedir(stream);
    return found;
}

/* A part is the shards whose names begin with it, or those in the folder of that name. */
static bool has(const char *dir, const char *part)
{
    struct rn_buf folder = {0};
    bool found =
        holds(dir, part ? part : "") ||
        (part && rn_path_join(&folder, dir, part, NULL) == RN_OK && holds(folder.data, ""));

    rn_buf_release(&folder);
    return found;
}

/* The shards of DIR/FOLDER whose names begin with prefix, in bytewise order. */
static enum rn_status scan_folder(const char *dir, const char *folder, const char *prefix,
                                  struct rn_index *index, struct rn_err *err)
{
    struct rn_buf path = {0}, name = {0};
    struct dirent **entries = NULL;
    int n = 0;
    enum rn_status status;

    RN_TRY(rn_path_join(&path, dir, folder, err));
    n = scandir(path.data, &entries, NULL, alphasort);
    if (n < 0)
        RN_TRY(rn_fail(err, RN_E_IO, "%s: could not read this folder: %s", path.data,
                       strerror(errno)));
    for (int i = 0; i < n; i++) {
        if (!is_shard(entries[i]->d_name, prefix))
            continue;
        name.len = 0;
        RN_TRY(rn_buf_addf(&name, err, "%s%s%s", folder, *folder ? "/" : "", entries[i]->d_name));
        RN_TRY(index_shard(dir, name.data, index, err));
    }
done:
    for (int i = 0; i < n; i++)
        free(entries[i]);
    free(entries);
    rn_buf_release(&path);
    rn_buf_release(&name);
    return status;
}

static enum rn_status scan(const char *dir, const char *part, bool labels_only,
                           struct rn_index *index, struct rn_err *err)
{
    const char *prefix = part ? part : "";

    (void)labels_only;
    return holds(dir, prefix) ? scan_folder(dir, "", prefix, index, err)
                              : scan_folder(dir, prefix, "", index, err);
}

const struct rn_kind rn_kind_tar = {"tar", "PART*.tar or PART/*.tar", true, has, scan};

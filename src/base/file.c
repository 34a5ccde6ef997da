/* Files: read whole, replaced atomically. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"

bool rn_path_exists(const char *path)
{
    return access(path, F_OK) == 0;
}

bool rn_is_file(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

enum rn_status rn_path_join(struct rn_buf *buf, const char *dir, const char *name,
                            struct rn_err *err)
{
    buf->len = 0;
    return rn_buf_addf(buf, err, "%s/%s", dir, name);
}

enum rn_status rn_file_read(const char *path, size_t max, struct rn_buf *buf, struct rn_err *err)
{
    enum rn_status status = RN_OK;
    struct stat st;
    int fd = rn_io_refused() ? -1 : open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

    buf->len = 0;
    if (fd < 0)
        return rn_io_error(err, path, "open this file");
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        status = rn_fail(err, RN_E_DATA, "%s: not a regular file", path);
        goto done;
    }
    if ((size_t)st.st_size > max) {
        status = rn_fail(err, RN_E_DATA, "%s: %lld bytes; at most %zu were expected", path,
                         (long long)st.st_size, max);
        goto done;
    }
    RN_TRY(rn_buf_reserve(buf, (size_t)st.st_size, err));
    while (buf->len < (size_t)st.st_size) {
        ssize_t n =
            rn_io_refused() ? -1 : read(fd, buf->data + buf->len, (size_t)st.st_size - buf->len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            status = rn_io_error(err, path, "read this file");
            goto done;
        }
        if (n == 0)
            break;
        buf->len += (size_t)n;
    }
    buf->data[buf->len] = 0;
done:
    close(fd);
    return status;
}

/* A file, or what will be one; a pipe or a device must not be replaced by a file. */
static bool is_replaced(const char *path)
{
    struct stat st;

    return stat(path, &st) != 0 || S_ISREG(st.st_mode);
}

/* Whether the file holds the data: asked of the disk where the system lets go of its copy. */
static bool reads_back(int fd, const char *data, size_t len)
{
    char block[1 << 16];

    (void)posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
    for (size_t at = 0; at < len;) {
        size_t want = len - at < sizeof block ? len - at : sizeof block;
        ssize_t n = rn_io_refused() ? -1 : pread(fd, block, want, (off_t)at);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return false;
        if (n == 0 || memcmp(block, data + at, (size_t)n) != 0) {
            errno = EIO;
            return false;
        }
        at += (size_t)n;
    }
    return true;
}

/* A new file, on the disk for good, with a temporary name. */
static int write_aside(const char *path, const void *data, size_t len)
{
    int fd = rn_io_refused() ? -1 : open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    int reason;

    if (fd < 0)
        return -1;
    if (rn_io_write(fd, data, len) == 0 && rn_io_sync(fd) == 0 && reads_back(fd, data, len))
        return close(fd);
    reason = errno;
    (void)close(fd);
    errno = reason;
    return -1;
}

static enum rn_status replace(const char *path, const void *data, size_t len, struct rn_err *err)
{
    struct rn_buf temp = {0};
    enum rn_status status;

    RN_TRY(rn_buf_addf(&temp, err, "%s.tmp%ld", path, (long)getpid()));
    if (write_aside(temp.data, data, len) != 0 || rn_io_refused() || rename(temp.data, path) != 0) {
        status = rn_io_write_error(err, path, len);
        (void)unlink(temp.data);
        goto done;
    }
    status = rn_dir_sync_of(path, err);
done:
    rn_buf_release(&temp);
    return status;
}

/* Into what is there already: a pipe or a device. */
static enum rn_status write_into(const char *path, const void *data, size_t len, struct rn_err *err)
{
    int fd = rn_io_refused() ? -1 : open(path, O_WRONLY | O_CLOEXEC);
    enum rn_status status = RN_OK;

    if (fd < 0)
        return rn_io_error(err, path, "open this file");
    if (rn_io_write(fd, data, len) != 0)
        status = rn_io_write_error(err, path, len);
    if (close(fd) != 0 && status == RN_OK)
        status = rn_io_write_error(err, path, len);
    return status;
}

enum rn_status rn_file_write(const char *path, const void *data, size_t len, struct rn_err *err)
{
    return is_replaced(path) ? replace(path, data, len, err) : write_into(path, data, len, err);
}

enum rn_status rn_file_copy(const char *from, const char *to, size_t max, struct rn_err *err)
{
    struct rn_buf data = {0};
    enum rn_status status;

    RN_TRY(rn_file_read(from, max, &data, err));
    status = rn_file_write(to, data.data, data.len, err);
done:
    rn_buf_release(&data);
    return status;
}

enum rn_status rn_file_remove(const char *path, struct rn_err *err)
{
    if ((!rn_io_refused() && unlink(path) == 0) || errno == ENOENT)
        return RN_OK;
    return rn_io_error(err, path, "remove this file");
}

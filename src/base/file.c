/* Files: read whole, replaced atomically. */
#include "regnet/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static enum rn_status io_error(struct rn_err *err, const char *path, const char *what)
{
    return rn_fail(err, RN_E_IO, "%s: could not %s: %s", path, what, strerror(errno));
}

bool rn_path_exists(const char *path)
{
    return access(path, F_OK) == 0;
}

enum rn_status rn_path_join(struct rn_buf *buf, const char *dir, const char *name,
                            struct rn_err *err)
{
    buf->len = 0;
    return rn_buf_addf(buf, err, "%s/%s", dir, name);
}

enum rn_status rn_dir_make(const char *path, struct rn_err *err)
{
    char *copy = rn_strdup(path);
    enum rn_status status = RN_OK;
    struct stat st;

    if (!copy)
        return rn_nomem(err, strlen(path), "a path");
    for (char *p = copy + 1; status == RN_OK && *copy; p++) {
        char end = *p;
        if (end != '/' && end != 0)
            continue;
        *p = 0;
        if (mkdir(copy, 0777) != 0 && errno != EEXIST)
            status = io_error(err, copy, "make this directory");
        *p = end;
        if (end == 0)
            break;
    }
    if (status == RN_OK && (stat(path, &st) != 0 || !S_ISDIR(st.st_mode))) {
        errno = ENOTDIR;
        status = io_error(err, path, "use this as a directory");
    }
    rn_free(copy);
    return status;
}

enum rn_status rn_file_read(const char *path, size_t max, struct rn_buf *buf, struct rn_err *err)
{
    enum rn_status status = RN_OK;
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

    buf->len = 0;
    if (fd < 0)
        return io_error(err, path, "open this file");
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
        ssize_t n = read(fd, buf->data + buf->len, (size_t)st.st_size - buf->len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            status = io_error(err, path, "read this file");
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

static int write_all(int fd, const char *data, size_t len)
{
    while (len > 0) {
        ssize_t n = write(fd, data, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        data += n;
        len -= (size_t)n;
    }
    return 0;
}

/* A file, or what will be one; a pipe or a device must not be replaced by a file. */
static bool is_replaced(const char *path)
{
    struct stat st;

    return stat(path, &st) != 0 || S_ISREG(st.st_mode);
}

enum rn_status rn_file_write(const char *path, const void *data, size_t len, struct rn_err *err)
{
    bool replaced = is_replaced(path), ok;
    struct rn_buf temp = {0};
    enum rn_status status;
    int fd;

    RN_TRY(rn_buf_addf(&temp, err, "%s", path));
    if (replaced)
        RN_TRY(rn_buf_addf(&temp, err, ".tmp%ld", (long)getpid()));
    fd = open(temp.data, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0) {
        status = io_error(err, path, "create this file");
        goto done;
    }
    ok = write_all(fd, data, len) == 0 && (!replaced || fsync(fd) == 0);
    ok = close(fd) == 0 && ok;
    if (!ok || (replaced && rename(temp.data, path) != 0)) {
        status = io_error(err, path, "write this file");
        if (replaced)
            (void)unlink(temp.data);
    }
done:
    rn_buf_release(&temp);
    return status;
}

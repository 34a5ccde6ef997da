/* Calls of the system on files, each of which a test can make fail. */
#include "base/io.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

static bool (*interceptor)(void); /* tests only; set before threads start */

void rn_io_intercept(bool (*refuse)(void))
{
    interceptor = refuse;
}

bool rn_io_refused(void)
{
    return interceptor && interceptor();
}

enum rn_status rn_io_error(struct rn_err *err, const char *path, const char *what)
{
    return rn_fail(err, RN_E_IO, "%s: could not %s: %s", path, what, strerror(errno));
}

enum rn_status rn_disk_free(const char *path, size_t *bytes, struct rn_err *err)
{
    struct statvfs fs;

    if (rn_io_refused() || statvfs(path, &fs) != 0)
        return rn_io_error(err, path, "ask for the free space of this disk");
    *bytes = (size_t)fs.f_bavail * fs.f_frsize;
    return RN_OK;
}

/* Of the disk that path is or will be on. */
static size_t free_beside(const char *path)
{
    struct rn_buf dir = {0};
    size_t bytes = 0;

    if (rn_buf_addf(&dir, NULL, "%s", path) == RN_OK) {
        char *slash = strrchr(dir.data, '/');
        if (slash)
            slash[1] = 0;
        (void)rn_disk_free(slash ? dir.data : ".", &bytes, NULL);
    }
    rn_buf_release(&dir);
    return bytes;
}

enum rn_status rn_io_write_error(struct rn_err *err, const char *path, size_t len)
{
    int code = errno;

    if (code != ENOSPC && code != EDQUOT)
        return rn_io_error(err, path, "write this file");
    return rn_fail(err, RN_E_IO,
                   "%s: could not write this file: %s: %zu bytes are needed and %zu are free", path,
                   strerror(code), len, free_beside(path));
}

int rn_io_write(int fd, const void *data, size_t len)
{
    const char *at = data;

    while (len > 0) {
        ssize_t n = rn_io_refused() ? -1 : write(fd, at, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        at += n;
        len -= (size_t)n;
    }
    return 0;
}

int rn_io_sync(int fd)
{
    if (!rn_io_refused() && (fsync(fd) == 0 || errno == EINVAL))
        return 0;
    return -1;
}

/* A file that grows at its end. */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"

enum rn_status rn_append_open(struct rn_append *file, const char *path, int64_t keep,
                              struct rn_err *err)
{
    struct rn_append out = {.fd = -1};
    struct stat st;
    enum rn_status status;

    RN_TRY(rn_buf_addf(&out.path, err, "%s", path));
    out.fd = rn_io_refused()
                 ? -1
                 : open(path, O_WRONLY | O_CREAT | O_CLOEXEC | (keep ? O_APPEND : O_TRUNC), 0666);
    if (out.fd < 0 || rn_io_refused() || fstat(out.fd, &st) != 0) {
        status = rn_io_error(err, path, "open this file");
        goto done;
    }
    out.bytes = keep < st.st_size ? keep : st.st_size;
    if (keep && (rn_io_refused() || ftruncate(out.fd, out.bytes) != 0)) {
        status = rn_io_error(err, path, "cut this file back");
        goto done;
    }
    *file = out;
    out = (struct rn_append){.fd = -1};
done:
    rn_append_close(&out);
    return status;
}

enum rn_status rn_append(struct rn_append *file, const void *data, size_t len, struct rn_err *err)
{
    if (rn_io_write(file->fd, data, len) != 0)
        return rn_io_write_error(err, file->path.data, len);
    file->bytes += (int64_t)len;
    return RN_OK;
}

enum rn_status rn_append_sync(const struct rn_append *file, struct rn_err *err)
{
    return rn_io_sync(file->fd) == 0 ? RN_OK : rn_io_write_error(err, file->path.data, 0);
}

void rn_append_close(struct rn_append *file)
{
    if (file->fd >= 0)
        (void)close(file->fd);
    rn_buf_release(&file->path);
    file->fd = -1;
}

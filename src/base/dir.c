/* Directories: made, listed, and their entries put on the disk. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"

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
        if ((rn_io_refused() || mkdir(copy, 0777) != 0) && errno != EEXIST)
            status = rn_io_error(err, copy, "make this directory");
        *p = end;
        if (end == 0)
            break;
    }
    if (status == RN_OK && (stat(path, &st) != 0 || !S_ISDIR(st.st_mode))) {
        errno = ENOTDIR;
        status = rn_io_error(err, path, "use this as a directory");
    }
    rn_free(copy);
    return status;
}

enum rn_status rn_dir_sync_of(const char *path, struct rn_err *err)
{
    const char *slash = strrchr(path, '/');
    struct rn_buf dir = {0};
    enum rn_status status;
    int fd = -1;

    RN_TRY(slash ? rn_buf_add(&dir, path, (size_t)(slash - path) + 1, err)
                 : rn_buf_addf(&dir, err, "."));
    fd = rn_io_refused() ? -1 : open(dir.data, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 || rn_io_sync(fd) != 0)
        status = rn_io_error(err, dir.data, "write out this directory");
done:
    if (fd >= 0)
        (void)close(fd);
    rn_buf_release(&dir);
    return status;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static enum rn_status add_name(struct rn_names *names, const char *name, struct rn_err *err)
{
    char **grown = rn_realloc(names->name, names->n + 1, sizeof *grown);

    if (!grown)
        return rn_nomem(err, (names->n + 1) * sizeof *grown, "file names");
    names->name = grown;
    names->name[names->n] = rn_strdup(name);
    if (!names->name[names->n])
        return rn_nomem(err, strlen(name) + 1, "file names");
    names->n++;
    return RN_OK;
}

enum rn_status rn_dir_names(const char *path, struct rn_names *names, struct rn_err *err)
{
    struct rn_names found = {0};
    DIR *dir = rn_io_refused() ? NULL : opendir(path);
    enum rn_status status = RN_OK;

    if (!dir && errno != ENOENT)
        return rn_io_error(err, path, "open this directory");
    for (struct dirent *entry; dir && (entry = readdir(dir));)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            RN_TRY(add_name(&found, entry->d_name, err));
    if (found.n)
        qsort(found.name, found.n, sizeof *found.name, by_name);
    *names = found;
    found = (struct rn_names){0};
done:
    if (dir)
        (void)closedir(dir);
    rn_names_release(&found);
    return status;
}

void rn_names_release(struct rn_names *names)
{
    for (size_t i = 0; i < names->n; i++)
        rn_free(names->name[i]);
    rn_free(names->name);
    *names = (struct rn_names){0};
}

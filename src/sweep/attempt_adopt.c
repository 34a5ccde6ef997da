/* What an attempt takes over from the one before it. */
#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "attempt.h"
#include "regnet/file.h"

#define LOG_MAX ((size_t)1 << 30)

static enum rn_status copy_file(const char *from_dir, const char *to_dir, const char *name,
                                struct rn_err *err)
{
    struct rn_buf from = {0}, to = {0};
    enum rn_status status;

    RN_TRY(rn_path_join(&from, from_dir, name, err));
    RN_TRY(rn_path_join(&to, to_dir, name, err));
    if (rn_path_exists(from.data))
        status = rn_file_copy(from.data, to.data, LOG_MAX, err);
done:
    rn_buf_release(&from);
    rn_buf_release(&to);
    return status;
}

/* One that is gone was the oldest, and its owner is still awake. */
static enum rn_status link_file(const char *from_dir, const char *to_dir, const char *name,
                                struct rn_err *err)
{
    struct rn_buf from = {0}, to = {0};
    enum rn_status status;

    RN_TRY(rn_path_join(&from, from_dir, name, err));
    RN_TRY(rn_path_join(&to, to_dir, name, err));
    if (link(from.data, to.data) != 0 && errno != ENOENT && errno != EEXIST)
        status =
            rn_fail(err, RN_E_IO, "%s: could not link this file: %s", to.data, strerror(errno));
done:
    rn_buf_release(&from);
    rn_buf_release(&to);
    return status;
}

static enum rn_status link_all(const char *from, const char *to, struct rn_err *err)
{
    DIR *listing = opendir(from);
    struct dirent *entry;
    enum rn_status status = RN_OK;

    if (!listing)
        return RN_OK; /* no checkpoint yet */
    RN_TRY(rn_dir_make(to, err));
    while ((entry = readdir(listing)))
        if (entry->d_name[0] != '.' && !strstr(entry->d_name, ".tmp"))
            RN_TRY(link_file(from, to, entry->d_name, err));
done:
    (void)closedir(listing);
    return status;
}

/* The newest earlier attempt that has a log: without one it was over before it could take over what
   an earlier one left. The last that is looked at is the first. */
static enum rn_status find_before(const char *dir, struct rn_attempt *before, struct rn_buf *path,
                                  struct rn_err *err)
{
    struct rn_buf log = {0};
    bool found = false;
    enum rn_status status = RN_OK;

    while (!found) {
        before->number--;
        path->len = log.len = 0;
        RN_TRY(rn_attempt_path(dir, *before, path, err));
        RN_TRY(rn_path_join(&log, path->data, "log.jsonl", err));
        found = rn_path_exists(log.data) || before->number == 1;
    }
done:
    rn_buf_release(&log);
    return status;
}

/* The log last: it is cut back to what a checkpoint knows of, and so has to be the longer one. */
enum rn_status rn_attempt_adopt(const char *dir, struct rn_attempt attempt, struct rn_err *err)
{
    struct rn_attempt before = attempt;
    struct rn_buf from = {0}, to = {0}, old = {0}, new = {0};
    enum rn_status status;

    RN_TRY(find_before(dir, &before, &from, err));
    RN_TRY(rn_attempt_path(dir, attempt, &to, err));
    RN_TRY(rn_path_join(&old, from.data, "checkpoints", err));
    RN_TRY(rn_path_join(&new, to.data, "checkpoints", err));
    RN_TRY(copy_file(from.data, to.data, "config.yaml", err));
    RN_TRY(link_all(old.data, new.data, err));
    status = copy_file(from.data, to.data, "log.jsonl", err);
done:
    rn_buf_release(&from);
    rn_buf_release(&to);
    rn_buf_release(&old);
    rn_buf_release(&new);
    return status;
}

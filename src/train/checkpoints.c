/* checkpoints/EPOCH-STEP.safetensors: the newest, the one before, and the best. */
#include <stdio.h>
#include <string.h>

#include "regnet/file.h"
#include "train/run.h"

#define BEFORE 1 /* kept before the newest, should that be damaged */

static bool is_checkpoint(const char *name)
{
    int epoch, step, end = 0;

    return sscanf(name, "%6d-%8d.safetensors%n", &epoch, &step, &end) == 2 && end > 0 &&
           name[end] == 0;
}

static enum rn_status name_of(struct rn_buf *name, int epoch, int step, struct rn_err *err)
{
    name->len = 0;
    return rn_buf_addf(name, err, "%06d-%08d.safetensors", epoch, step);
}

static enum rn_status remove_one(const char *folder, const char *name, struct rn_err *err)
{
    struct rn_buf path = {0};
    enum rn_status status;

    RN_TRY(rn_path_join(&path, folder, name, err));
    RN_TRY(rn_file_remove(path.data, err));
done:
    rn_buf_release(&path);
    return status;
}

/* All but the newest, the one before it and the best. */
static enum rn_status prune(const char *folder, const char *newest, const char *best,
                            struct rn_err *err)
{
    struct rn_names files = {0};
    int before = 0;
    enum rn_status status;

    RN_TRY(rn_dir_names(folder, &files, err));
    for (size_t i = files.n; i-- > 0;) {
        const char *name = files.name[i];
        int order = strcmp(name, newest);
        if (!is_checkpoint(name) || order == 0 || (order < 0 && before++ < BEFORE) ||
            strcmp(name, best) == 0)
            continue;
        RN_TRY(remove_one(folder, name, err));
    }
done:
    rn_names_release(&files);
    return status;
}

static enum rn_status folder_of(struct rn_buf *path, const char *dir, struct rn_err *err)
{
    return rn_path_join(path, dir, "checkpoints", err);
}

enum rn_status rn_checkpoint_save(const char *dir, const struct rn_data_identity *data,
                                  const struct rn_state *state, const struct rn_optimizer *opt,
                                  const float *values, struct rn_err *err)
{
    struct rn_buf folder = {0}, path = {0}, name = {0}, best = {0};
    enum rn_status status;

    RN_TRY(folder_of(&folder, dir, err));
    RN_TRY(rn_dir_make(folder.data, err));
    RN_TRY(name_of(&name, state->epoch, state->step, err));
    RN_TRY(name_of(&best, state->best_epoch, 0, err));
    RN_TRY(rn_path_join(&path, folder.data, name.data, err));
    RN_TRY(rn_checkpoint_write(path.data, data, state, opt, values, err));
    RN_TRY(prune(folder.data, name.data, best.data, err));
done:
    rn_buf_release(&folder);
    rn_buf_release(&path);
    rn_buf_release(&name);
    rn_buf_release(&best);
    return status;
}

/* Damaged ones that are newer than it must not be taken for good ones later. */
static enum rn_status remove_after(const char *folder, const struct rn_names *files, size_t at,
                                   struct rn_err *err)
{
    enum rn_status status = RN_OK;

    for (size_t i = at + 1; i < files->n; i++)
        if (is_checkpoint(files->name[i]))
            RN_TRY(remove_one(folder, files->name[i], err));
done:
    return status;
}

enum rn_status rn_checkpoint_load(const char *dir, const struct rn_data_identity *data,
                                  struct rn_state *state, struct rn_optimizer *opt, float *values,
                                  struct rn_err *err)
{
    struct rn_buf folder = {0}, path = {0};
    struct rn_names files = {0};
    struct rn_err newest = {0}; /* why that one cannot be read */
    enum rn_status status;

    RN_TRY(folder_of(&folder, dir, err));
    RN_TRY(rn_dir_names(folder.data, &files, err));
    for (size_t at = files.n; at-- > 0;) {
        if (!is_checkpoint(files.name[at]))
            continue;
        RN_TRY(rn_path_join(&path, folder.data, files.name[at], err));
        status = rn_checkpoint_read(path.data, data, state, opt, values, err);
        if (status == RN_OK)
            status = remove_after(folder.data, &files, at, err);
        if (status != RN_E_DATA)
            goto done;
        if (newest.status == RN_OK && err)
            newest = *err;
    }
    status = rn_fail(err, RN_E_DATA,
                     "%s: no checkpoint is whole, and nothing was changed; remove this "
                     "directory, or begin anew with --fresh; of the newest one: %s",
                     dir, newest.msg);
done:
    rn_names_release(&files);
    rn_buf_release(&folder);
    rn_buf_release(&path);
    return status;
}

enum rn_status rn_checkpoint_exists(const char *dir, bool *found, struct rn_err *err)
{
    struct rn_buf folder = {0};
    struct rn_names files = {0};
    enum rn_status status;

    RN_TRY(folder_of(&folder, dir, err));
    RN_TRY(rn_dir_names(folder.data, &files, err));
    *found = false;
    for (size_t i = 0; i < files.n; i++)
        *found = *found || is_checkpoint(files.name[i]);
done:
    rn_names_release(&files);
    rn_buf_release(&folder);
    return status;
}

enum rn_status rn_checkpoint_remove_all(const char *dir, struct rn_err *err)
{
    struct rn_buf folder = {0};
    enum rn_status status;

    RN_TRY(folder_of(&folder, dir, err));
    RN_TRY(prune(folder.data, "", "", err)); /* all come after that */
done:
    rn_buf_release(&folder);
    return status;
}

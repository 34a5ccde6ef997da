/* A study's directory: changed by one process at a time, and never mixed with another study's. */
#include <dirent.h>
#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "dir_lock.h"
#include "regnet/file.h"
#include "study.h"
#include "value_diff.h"

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st, (void)type, (void)ftw;
    return remove(path);
}

enum rn_status rn_tree_remove(const char *path, struct rn_err *err)
{
    if (nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS) == 0 || errno == ENOENT)
        return RN_OK;
    return rn_fail(err, RN_E_IO, "%s: could not remove this: %s", path, strerror(errno));
}

/* What a study may say otherwise and still be the same one. */
static bool is_neutral(const char *path)
{
    static const char *const neutral[] = {"networks", "description", "config.DATA_LOADER.DIR",
                                          "final.DATA_LOADER.DIR"};

    for (size_t i = 0; i < sizeof neutral / sizeof *neutral; i++)
        if (strcmp(path, neutral[i]) == 0)
            return true;
    return false;
}

static enum rn_status refuse(void *arg, const char *path, const char *there, const char *asked,
                             struct rn_err *err)
{
    if (is_neutral(path))
        return RN_OK;
    return rn_fail(err, RN_E_CONFIG,
                   "%s holds another study: %s is %s there and %s here; choose another directory "
                   "(--out), or begin anew (--fresh), which removes what is there",
                   (const char *)arg, path, there, asked);
}

/* Both studies are written out in full and compared: a new key's default is no difference. */
static enum rn_status check_same(const char *dir, const struct rn_study *there,
                                 const struct rn_study *asked, struct rn_err *err)
{
    struct rn_buf a = {0}, b = {0};
    enum rn_status status;

    RN_TRY(rn_study_dump(there, &a, err));
    RN_TRY(rn_study_dump(asked, &b, err));
    status = rn_yaml_diff(&a, &b, refuse, (void *)dir, err);
done:
    rn_buf_release(&a);
    rn_buf_release(&b);
    return status;
}

/* Populations, whatever spaces they are of: directories with a sweep.yaml. */
static enum rn_status clear_sweeps(const char *dir, struct rn_err *err)
{
    struct rn_buf path = {0};
    enum rn_status status = RN_OK;
    struct dirent *entry;
    DIR *listing = opendir(dir);

    if (!listing)
        return rn_fail(err, RN_E_IO, "%s: could not list this directory: %s", dir, strerror(errno));
    while ((entry = readdir(listing))) {
        path.len = 0;
        if (entry->d_name[0] == '.')
            continue;
        RN_TRY(rn_buf_addf(&path, err, "%s/%s/sweep.yaml", dir, entry->d_name));
        if (!rn_path_exists(path.data))
            continue;
        RN_TRY(rn_path_join(&path, dir, entry->d_name, err));
        RN_TRY(rn_tree_remove(path.data, err));
    }
done:
    closedir(listing);
    rn_buf_release(&path);
    return status;
}

/* Removes what a study writes, and nothing else. study.yaml goes last: it says that this was one.
 */
static enum rn_status clear(const char *dir, struct rn_err *err)
{
    static const char *const names[] = {"report.html", "best.safetensors", "final", "study.yaml"};
    struct rn_buf path = {0};
    enum rn_status status = clear_sweeps(dir, err);

    for (size_t i = 0; status == RN_OK && i < sizeof names / sizeof *names; i++) {
        RN_TRY(rn_path_join(&path, dir, names[i], err));
        status = rn_tree_remove(path.data, err);
    }
done:
    rn_buf_release(&path);
    return status;
}

static enum rn_status take_up(struct rn_study_dir *dir, const char *path,
                              const struct rn_study *study, struct rn_err *err)
{
    struct rn_study *there = NULL;
    enum rn_status status;

    RN_TRY(rn_study_read(path, &there, err));
    RN_TRY(check_same(dir->path, there, study, err));
    if (there->networks > dir->networks)
        dir->networks = there->networks;
done:
    rn_study_free(there);
    return status;
}

static enum rn_status write_sweeps(const struct rn_study *study, const char *dir,
                                   struct rn_err *err)
{
    struct rn_buf path = {0}, text = {0};
    enum rn_status status = RN_OK;

    for (size_t i = 0; i < study->n_spaces; i++) {
        text.len = path.len = 0;
        RN_TRY(rn_buf_addf(&path, err, "%s/%s", dir, rn_space_name(study->spaces[i])));
        RN_TRY(rn_dir_make(path.data, err));
        RN_TRY(rn_buf_addf(&path, err, "/sweep.yaml"));
        RN_TRY(rn_study_dump_sweep(study, i, &text, err));
        RN_TRY(rn_file_write(path.data, text.data, text.len, err));
    }
done:
    rn_buf_release(&path);
    rn_buf_release(&text);
    return status;
}

static enum rn_status write_study(const struct rn_study *study, const struct rn_study_dir *dir,
                                  const char *path, struct rn_err *err)
{
    struct rn_study asked = *study; /* shares everything with the caller's */
    struct rn_buf text = {0};
    enum rn_status status;

    asked.networks = dir->networks;
    RN_TRY(rn_study_dump(&asked, &text, err));
    RN_TRY(rn_file_write(path, text.data, text.len, err));
    status = write_sweeps(&asked, dir->path, err);
done:
    rn_buf_release(&text);
    return status;
}

static enum rn_status join(struct rn_study_dir *dir, const char *path, const struct rn_study *study,
                           bool fresh, struct rn_err *err)
{
    int asked = dir->networks;
    struct rn_study *there = NULL;
    enum rn_status status;

    RN_TRY(rn_study_read(path, &there, err));
    RN_TRY(check_same(dir->path, there, study, err));
    if (fresh || asked > there->networks)
        RN_TRY(rn_fail(err, RN_E_FAILED,
                       "%s: another process works on this study, with %d networks of each space; "
                       "the same command joins it, and -n or --fresh change it when it has ended",
                       dir->path, there->networks));
    dir->networks = there->networks;
done:
    rn_study_free(there);
    return status;
}

static enum rn_status make(struct rn_study_dir *dir, const char *path, const struct rn_study *study,
                           bool fresh, struct rn_err *err)
{
    enum rn_status status = RN_OK;

    if (rn_path_exists(path))
        RN_TRY(fresh ? clear(dir->path, err) : take_up(dir, path, study, err));
    status = write_study(study, dir, path, err);
done:
    return status;
}

enum rn_status rn_study_dir_open(const struct rn_study *study,
                                 const struct rn_study_options *options, struct rn_study_dir *dir,
                                 struct rn_err *err)
{
    struct rn_study_dir made = {.path = options->dir, .lock = -1};
    struct rn_buf path = {0};
    bool alone;
    enum rn_status status;

    made.networks = options->networks ? options->networks : study->networks;
    RN_TRY(rn_lock_open(made.path, &made.lock, err));
    RN_TRY(rn_lock_wait(made.lock, RN_LOCK_SETUP, err));
    RN_TRY(rn_lock_take(made.lock, RN_LOCK_WORK, &alone, err));
    RN_TRY(rn_path_join(&path, made.path, "study.yaml", err));
    RN_TRY(alone ? make(&made, path.data, study, options->fresh, err)
                 : join(&made, path.data, study, options->fresh, err));
    RN_TRY(rn_lock_share(made.lock, RN_LOCK_WORK, err));
    RN_TRY(rn_lock_give(made.lock, RN_LOCK_SETUP, err));
    *dir = made;
    made.lock = -1;
done:
    rn_study_dir_close(&made);
    rn_buf_release(&path);
    return status;
}

void rn_study_dir_close(struct rn_study_dir *dir)
{
    if (dir->lock >= 0)
        close(dir->lock);
    dir->lock = -1;
}

/* Folders of images: PART/CLASS/..., or CLASS/... where they are not cut into parts. */
#include <dirent.h>
#include <errno.h>
#include <fts.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "data/index.h"
#include "regnet/file.h"

static bool is_folder(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static bool has(const char *dir, const char *part)
{
    struct rn_buf path = {0};
    bool found = rn_path_join(&path, dir, part, NULL) == RN_OK && is_folder(path.data);

    rn_buf_release(&path);
    return found;
}

bool rn_has_folders(const char *dir)
{
    DIR *stream = opendir(dir);
    bool found = false;

    for (struct dirent *entry; stream && !found && (entry = readdir(stream));)
        found = *entry->d_name != '.' && has(dir, entry->d_name);
    if (stream)
        (void)closedir(stream);
    return found;
}

/* A folder of folders under a name that others give to parts: no class. */
static enum rn_status check_class(const FTSENT *folder, struct rn_err *err)
{
    static const char *const names[] = {"train", "training", "val",  "valid",     "validation",
                                        "test",  "testing",  "eval", "evaluation"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcasecmp(folder->fts_name, names[i]) == 0 && rn_has_folders(folder->fts_path))
            return rn_fail(
                err, RN_E_DATA,
                "%s: a part, by its name and the folders in it, and no class; call parts "
                "train, val and test, or lay all classes in one folder",
                folder->fts_path);
    return RN_OK;
}

static int by_name(const FTSENT **a, const FTSENT **b)
{
    return strcmp((*a)->fts_name, (*b)->fts_name);
}

/* Whatever is called like an image is one, so that a dangling link or a pipe is not passed over in
   silence. */
static bool is_image(const FTSENT *entry)
{
    const char *extension = strrchr(entry->fts_name, '.');

    return entry->fts_info != FTS_D && entry->fts_info != FTS_DP && entry->fts_info != FTS_DC &&
           entry->fts_info != FTS_DNR && entry->fts_level > 1 && *entry->fts_name != '.' &&
           extension && rn_is_image_extension(extension);
}

struct scan {
    size_t root_len;
    bool in_part, labels_only;
    size_t label; /* of the folder that the scan is in */
};

/* Of an entry of the tree: a class, an image of it, or nothing. */
static enum rn_status take(struct scan *scan, FTS *tree, FTSENT *entry, struct rn_index *index,
                           struct rn_err *err)
{
    struct rn_entry image = {.label = scan->label};
    enum rn_status status = RN_OK;

    if (entry->fts_info == FTS_DNR)
        return rn_fail(err, RN_E_IO, "%s: could not read this folder: %s", entry->fts_path,
                       strerror(entry->fts_errno));
    if (entry->fts_info == FTS_D && entry->fts_level >= 1 &&
        (scan->labels_only || *entry->fts_name == '.'))
        (void)fts_set(tree, entry, FTS_SKIP);
    if (entry->fts_info == FTS_D && entry->fts_level == 1 && *entry->fts_name != '.') {
        if (!scan->in_part)
            RN_TRY(check_class(entry, err));
        return rn_index_add_label(index, entry->fts_name, &scan->label, err);
    }
    if (!is_image(entry))
        return RN_OK;
    RN_TRY(rn_index_add_text(index, entry->fts_path + scan->root_len + 1, &image.path, err));
    status = rn_index_add(index, image, err);
done:
    return status;
}

static enum rn_status scan(const char *dir, const char *part, bool labels_only,
                           struct rn_index *index, struct rn_err *err)
{
    struct scan state = {strlen(dir), part != NULL, labels_only, 0};
    struct rn_buf path = {0};
    FTS *tree = NULL;
    enum rn_status status;

    RN_TRY(part ? rn_path_join(&path, dir, part, err) : rn_buf_addf(&path, err, "%s", dir));
    tree = fts_open((char *[]){path.data, NULL}, FTS_LOGICAL | FTS_NOCHDIR, by_name);
    if (!tree) {
        status = rn_nomem(err, path.len, "a folder");
        goto done;
    }
    errno = 0;
    for (FTSENT *entry = fts_read(tree); entry; entry = fts_read(tree))
        RN_TRY(take(&state, tree, entry, index, err));
    if (errno)
        status =
            rn_fail(err, RN_E_IO, "%s: could not read this folder: %s", path.data, strerror(errno));
done:
    if (tree)
        (void)fts_close(tree);
    rn_buf_release(&path);
    return status;
}

const struct rn_kind rn_kind_folder = {"folder", "PART/CLASS/*", false, has, scan};

/* Removes from a sweep's directory what is of no more use. */
#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "population.h"
#include "regnet/file.h"
#include "sweep_view.h"

struct cleaning {
    struct rn_sweep_view view;
    const char *dir;
    double now; /* the file system's */
    size_t attempts, damaged, checkpoints;
};

/* What a worker that lives has touched, or will use in a moment. */
static bool is_recent(const struct cleaning *c, const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && fabs(c->now - (double)st.st_mtim.tv_sec) <= c->view.sweep->lease;
}

/* A worker's file, a claim that was being prepared, a damaged run. */
static bool is_useless(const struct cleaning *c, const char *sub, const char *name,
                       const char *path)
{
    if (strcmp(sub, "damaged") == 0)
        return true;
    return (strcmp(sub, "workers") == 0 || name[0] == '.') && !is_recent(c, path);
}

static enum rn_status clean_entry(struct cleaning *c, const char *sub, const char *name,
                                  const char *path, size_t *removed, struct rn_err *err)
{
    struct rn_attempt attempt;
    enum rn_status status = RN_OK;

    if (is_useless(c, sub, name, path)) {
        RN_TRY(rn_tree_remove(path, err));
        ++*removed;
    } else if (strcmp(sub, "attempts") == 0 && rn_attempt_parse(name, &attempt) &&
               attempt.network < c->view.jobs.n && c->view.jobs.job[attempt.network].published) {
        RN_TRY(rn_attempt_discard(&c->view.worker, attempt, err));
        ++*removed;
    }
done:
    return status;
}

static enum rn_status clean_directory(struct cleaning *c, const char *sub, size_t *removed,
                                      struct rn_err *err)
{
    struct rn_buf folder = {0}, path = {0};
    struct dirent *entry;
    DIR *listing = NULL;
    enum rn_status status;

    RN_TRY(rn_path_join(&folder, c->dir, sub, err));
    listing = opendir(folder.data);
    while (listing && (entry = readdir(listing))) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        RN_TRY(rn_path_join(&path, folder.data, entry->d_name, err));
        RN_TRY(clean_entry(c, sub, entry->d_name, path.data, removed, err));
    }
done:
    if (listing)
        (void)closedir(listing);
    rn_buf_release(&folder);
    rn_buf_release(&path);
    return status;
}

static int is_visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

/* Their names sort by age. */
static enum rn_status thin_out(struct cleaning *c, size_t network, int left, struct rn_err *err)
{
    struct rn_buf folder = {0}, path = {0};
    struct dirent **entries = NULL;
    int n = 0;
    enum rn_status status;

    RN_TRY(rn_published_path(c->dir, network, &folder, err));
    RN_TRY(rn_buf_addf(&folder, err, "/checkpoints"));
    n = scandir(folder.data, &entries, is_visible, alphasort);
    for (int i = 0; i < n - left; i++) {
        RN_TRY(rn_path_join(&path, folder.data, entries[i]->d_name, err));
        if (unlink(path.data) != 0 && errno != ENOENT)
            RN_TRY(rn_fail(err, RN_E_IO, "%s: could not remove this file: %s", path.data,
                           strerror(errno)));
        c->checkpoints++;
    }
done:
    for (int i = 0; i < n; i++)
        free(entries[i]);
    free(entries);
    rn_buf_release(&folder);
    rn_buf_release(&path);
    return status;
}

static enum rn_status thin_out_all(struct cleaning *c, const char *keep, struct rn_err *err)
{
    bool last = strcmp(keep, "last") == 0, best = strcmp(keep, "best") == 0;
    struct rn_ranked *ranked = NULL;
    size_t n = 0;
    enum rn_status status = RN_OK;

    if (strcmp(keep, "all") == 0)
        return RN_OK;
    if (!last && !best && strcmp(keep, "none") != 0)
        return rn_fail(err, RN_E_CONFIG, "checkpoints are kept by all, last, best or none, not %s",
                       keep);
    if (best)
        RN_TRY(rn_sweep_ranked(&c->view, &ranked, &n, err));
    for (size_t i = 0; i < c->view.jobs.n; i++)
        if (c->view.jobs.job[i].published)
            RN_TRY(thin_out(c, i, last || (n > 0 && ranked[0].network == i), err));
done:
    rn_free(ranked);
    return status;
}

enum rn_status rn_sweep_gc(const char *dir, const char *keep, struct rn_buf *out,
                           struct rn_err *err)
{
    struct cleaning c = {.dir = dir};
    size_t files = 0;
    enum rn_status status;

    RN_TRY(rn_sweep_view_init(&c.view, dir, err));
    if (!c.view.jobs.worker)
        RN_TRY(rn_fail(err, RN_E_IO, "%s: this directory cannot be written", dir));
    RN_TRY(rn_worker_now(&c.view.worker, &c.now, err));
    RN_TRY(thin_out_all(&c, keep ? keep : c.view.sweep->keep, err));
    RN_TRY(clean_directory(&c, "attempts", &c.attempts, err));
    RN_TRY(clean_directory(&c, "damaged", &c.damaged, err));
    RN_TRY(clean_directory(&c, "workers", &files, err));
    status = rn_buf_addf(out, err, "removed: %zu attempts, %zu damaged runs, %zu checkpoints\n",
                         c.attempts, c.damaged, c.checkpoints);
done:
    rn_sweep_view_release(&c.view);
    return status;
}

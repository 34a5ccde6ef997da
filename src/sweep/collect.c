/* Folds a sweep's published runs into sweep.db, and on request into CSV and pycls' sweep.json. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "attempt.h"
#include "pycls_json.h"
#include "regnet/file.h"
#include "sweep_db.h"
#include "sweep_file.h"

struct collection {
    const char *dir;
    struct rn_sweep *sweep;
    struct rn_sweep_db *db;
    const char *kept; /* sweep.db, or the directory where there is none */
    bool *there;      /* of each network: a whole run */
    size_t runs, added, removed, damaged;
    FILE *out; /* CSV or JSON */
    struct rn_buf line;
};

static int64_t time_of(const char *run)
{
    struct rn_buf path = {0};
    struct stat st;
    int64_t time = -1;

    if (rn_path_join(&path, run, "record.json", NULL) == RN_OK && stat(path.data, &st) == 0)
        time = (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec;
    rn_buf_release(&path);
    return time;
}

static enum rn_status read_run(struct collection *c, size_t network, const char *path, int64_t time,
                               struct rn_err *err)
{
    struct rn_run_record record;
    struct rn_result result;
    struct rn_doc *doc = NULL;
    bool found = false;
    enum rn_status status = RN_OK;

    if (rn_record_read(path, &record, &doc, NULL) != RN_OK || record.network != network ||
        rn_result_read(path, &result, &found, NULL) != RN_OK || !found) {
        c->damaged++; /* or it is going just now: the next `run` sees to it */
        goto done;
    }
    c->there[network] = true;
    c->added++;
    status = rn_sweep_db_put(c->db, &record, &result, time, rn_value_get(rn_doc_root(doc), "drawn"),
                             err);
done:
    rn_doc_free(doc);
    return status;
}

static enum rn_status fold(struct collection *c, size_t network, struct rn_err *err)
{
    struct rn_buf path = {0};
    int64_t time;
    bool has;
    enum rn_status status;

    RN_TRY(rn_published_path(c->dir, network, &path, err));
    time = time_of(path.data);
    RN_TRY(rn_sweep_db_has(c->db, network, time, &has, err));
    if (has)
        c->there[network] = true;
    else
        status = read_run(c, network, path.data, time, err);
    c->runs += c->there[network];
done:
    rn_buf_release(&path);
    return status;
}

static enum rn_status fold_all(struct collection *c, struct rn_err *err)
{
    struct rn_buf path = {0};
    struct rn_attempt attempt;
    struct dirent *entry;
    DIR *listing = NULL;
    enum rn_status status;

    RN_TRY(rn_path_join(&path, c->dir, "runs", err));
    listing = opendir(path.data);
    if (!listing && errno != ENOENT)
        RN_TRY(rn_fail(err, RN_E_IO, "%s: could not list this directory: %s", path.data,
                       strerror(errno)));
    while (listing && (entry = readdir(listing)))
        if (rn_attempt_parse(entry->d_name, &attempt) && attempt.network < c->sweep->networks)
            RN_TRY(fold(c, attempt.network, err));
    RN_TRY(rn_sweep_db_retain(c->db, c->there, c->sweep->networks, &c->removed, err));
    status = rn_sweep_db_commit(c->db, err);
done:
    if (listing)
        (void)closedir(listing);
    rn_buf_release(&path);
    return status;
}

static enum rn_status write_csv(void *arg, size_t network, struct rn_err *err)
{
    struct collection *c = arg;
    enum rn_status status;

    c->line.len = 0;
    status = rn_sweep_db_csv(c->db, network, &c->line, err);
    if (status == RN_OK)
        fwrite(c->line.data, 1, c->line.len, c->out);
    return status;
}

static enum rn_status write_json(void *arg, size_t network, struct rn_err *err)
{
    struct collection *c = arg;
    struct rn_buf path = {0};
    bool first = c->line.len == 0;
    enum rn_status status;

    RN_TRY(rn_published_path(c->dir, network, &path, err));
    c->line.len = 0;
    RN_TRY(rn_buf_addf(&c->line, err, first ? "" : ",\n"));
    RN_TRY(rn_pycls_job(path.data, &c->line, err));
    fwrite(c->line.data, 1, c->line.len, c->out);
done:
    rn_buf_release(&path);
    return status;
}

/* Run by run, so that a file of gigabytes takes the memory of its longest run. */
static enum rn_status write_file(struct collection *c, const char *path, bool json,
                                 struct rn_err *err)
{
    enum rn_status status = RN_OK;
    bool ok;

    c->out = fopen(path, "we");
    if (!c->out)
        return rn_fail(err, RN_E_IO, "%s: could not create this file: %s", path, strerror(errno));
    c->line.len = 0;
    if (json)
        fputs("[", c->out);
    else
        status = write_csv(c, SIZE_MAX, err);
    if (status == RN_OK)
        status = rn_sweep_db_each(c->db, json ? write_json : write_csv, c, err);
    if (json)
        fputs("]\n", c->out);
    ok = !ferror(c->out);
    ok = fclose(c->out) == 0 && ok;
    if (!ok && status == RN_OK)
        status = rn_fail(err, RN_E_IO, "%s: could not write this file: %s", path, strerror(errno));
    return status;
}

/* Of a directory that cannot be written, files elsewhere are made all the same. */
static enum rn_status open_db(struct collection *c, const struct rn_sweep_collection *options,
                              const char *path, struct rn_err *err)
{
    c->kept = access(c->dir, W_OK) == 0 ? path : c->dir;
    if (c->kept == path)
        return rn_sweep_db_open(path, &c->db, err);
    if (options->csv || options->json)
        return rn_sweep_db_open(":memory:", &c->db, err);
    return rn_fail(err, RN_E_IO,
                   "%s: this directory cannot be written, so there is no sweep.db; --csv and "
                   "--json write files elsewhere all the same",
                   c->dir);
}

enum rn_status rn_sweep_collect(const char *dir, const struct rn_sweep_collection *options,
                                struct rn_buf *out, struct rn_err *err)
{
    struct collection c = {.dir = dir};
    struct rn_buf path = {0};
    enum rn_status status;

    RN_TRY(rn_sweep_open(dir, &c.sweep, err));
    c.there = rn_alloc(c.sweep->networks, sizeof *c.there);
    if (!c.there)
        RN_TRY(rn_nomem(err, c.sweep->networks, "a sweep"));
    RN_TRY(rn_path_join(&path, dir, "sweep.db", err));
    RN_TRY(open_db(&c, options, path.data, err));
    RN_TRY(fold_all(&c, err));
    if (options->csv)
        RN_TRY(write_file(&c, options->csv, false, err));
    if (options->json)
        RN_TRY(write_file(&c, options->json, true, err));
    status = rn_buf_addf(out, err, "%s: %zu runs of %zu networks; %zu new, %zu gone, %zu damaged\n",
                         c.kept, c.runs, c.sweep->networks, c.added, c.removed, c.damaged);
done:
    rn_sweep_db_free(c.db);
    rn_sweep_free(c.sweep);
    rn_free(c.there);
    rn_buf_release(&c.line);
    rn_buf_release(&path);
    return status;
}

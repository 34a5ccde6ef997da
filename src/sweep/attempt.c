/* Attempts at a network, as directories that are renamed. */
#include "attempt.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "population.h"
#include "regnet/file.h"
#include "regnet/json.h"

bool rn_attempt_parse(const char *name, struct rn_attempt *attempt)
{
    char *end;
    unsigned long long network = strtoull(name, &end, 10);
    long number = 0;

    if (end == name)
        return false;
    if (*end == '.')
        number = strtol(end + 1, &end, 10);
    if (*end != 0 || number < 0 || number > INT_MAX)
        return false;
    *attempt = (struct rn_attempt){(size_t)network, (int)number};
    return true;
}

enum rn_status rn_attempt_path(const char *dir, struct rn_attempt attempt, struct rn_buf *path,
                               struct rn_err *err)
{
    path->len = 0;
    return rn_buf_addf(path, err, "%s/attempts/%06zu.%d", dir, attempt.network, attempt.number);
}

enum rn_status rn_published_path(const char *dir, size_t network, struct rn_buf *path,
                                 struct rn_err *err)
{
    path->len = 0;
    return rn_buf_addf(path, err, "%s/runs/%06zu", dir, network);
}

static enum rn_status write_claim(const struct rn_worker *worker, struct rn_attempt attempt,
                                  const char *path, struct rn_err *err)
{
    struct rn_buf text = {0};
    struct rn_json js = rn_json_begin(&text);
    enum rn_status status;

    rn_json_object(&js);
    rn_json_key(&js, "network"), rn_json_int(&js, (int64_t)attempt.network);
    rn_json_key(&js, "attempt"), rn_json_int(&js, attempt.number);
    rn_json_key(&js, "host"), rn_json_text(&js, worker->id.host);
    rn_json_key(&js, "boot"), rn_json_text(&js, worker->id.boot);
    rn_json_key(&js, "spaces"), rn_json_text(&js, worker->id.spaces);
    rn_json_key(&js, "pid"), rn_json_int(&js, worker->id.pid);
    rn_json_key(&js, "start"), rn_json_int(&js, worker->id.start);
    rn_json_close(&js);
    RN_TRY(rn_json_end(&js, err));
    RN_TRY(rn_buf_addf(&text, err, "\n"));
    status = rn_file_write(path, text.data, text.len, err);
done:
    rn_buf_release(&text);
    return status;
}

/* A name in attempts/ that this worker alone uses, and once. */
static enum rn_status own_name(struct rn_worker *worker, struct rn_buf *path, struct rn_err *err)
{
    char what[32];
    enum rn_status status;

    (void)snprintf(what, sizeof what, "%lu", worker->claims++);
    RN_TRY(rn_buf_addf(path, err, "%s/attempts/.", worker->dir));
    status = rn_worker_name(worker, what, path, err);
done:
    return status;
}

/* A directory with the claim in it, under a name of the worker's own. */
static enum rn_status prepare(struct rn_worker *worker, struct rn_attempt attempt,
                              struct rn_buf *made, struct rn_err *err)
{
    struct rn_buf claim = {0};
    enum rn_status status;

    RN_TRY(own_name(worker, made, err));
    RN_TRY(rn_dir_make(made->data, err));
    RN_TRY(rn_path_join(&claim, made->data, "attempt.json", err));
    status = write_claim(worker, attempt, claim.data, err);
done:
    rn_buf_release(&claim);
    return status;
}

/* A directory that is being emptied could be replaced by a claim: it goes out of the way first. */
enum rn_status rn_attempt_discard(struct rn_worker *worker, struct rn_attempt attempt,
                                  struct rn_err *err)
{
    struct rn_buf path = {0}, away = {0};
    enum rn_status status;

    RN_TRY(rn_attempt_path(worker->dir, attempt, &path, err));
    RN_TRY(own_name(worker, &away, err));
    if (rename(path.data, away.data) == 0)
        status = rn_tree_remove(away.data, err);
    else if (errno != ENOENT)
        status = rn_fail(err, RN_E_IO, "%s: could not move this directory: %s", path.data,
                         strerror(errno));
done:
    rn_buf_release(&path);
    rn_buf_release(&away);
    return status;
}

static bool is_taken(int reason)
{
    return reason == EEXIST || reason == ENOTEMPTY;
}

static enum rn_status is_published(const struct rn_worker *worker, size_t network, bool *published,
                                   struct rn_err *err)
{
    struct rn_buf path = {0};
    enum rn_status status;

    RN_TRY(rn_published_path(worker->dir, network, &path, err));
    *published = rn_path_exists(path.data);
done:
    rn_buf_release(&path);
    return status;
}

/* Whether the network is published is looked up once more afterwards: its last attempt may have
   become the run just before, and left the number free. */
static enum rn_status claim(struct rn_worker *worker, struct rn_attempt attempt, const char *path,
                            bool *claimed, struct rn_err *err)
{
    struct rn_buf made = {0};
    bool published;
    enum rn_status status;

    RN_TRY(prepare(worker, attempt, &made, err));
    *claimed = rename(made.data, path) == 0;
    if (!*claimed && !is_taken(errno))
        RN_TRY(
            rn_fail(err, RN_E_IO, "%s: could not make this directory: %s", path, strerror(errno)));
    if (*claimed) {
        RN_TRY(is_published(worker, attempt.network, &published, err));
        *claimed = !published;
        if (published)
            status = rn_attempt_discard(worker, attempt, err);
    }
done:
    if (made.data)
        (void)rn_tree_remove(made.data, NULL);
    rn_buf_release(&made);
    return status;
}

enum rn_status rn_attempt_claim(struct rn_worker *worker, struct rn_attempt attempt, bool *claimed,
                                struct rn_err *err)
{
    struct rn_buf path = {0};
    bool published;
    enum rn_status status;

    *claimed = false;
    RN_TRY(rn_attempt_path(worker->dir, attempt, &path, err));
    RN_TRY(is_published(worker, attempt.network, &published, err));
    if (!published && !rn_path_exists(path.data))
        status = claim(worker, attempt, path.data, claimed, err);
done:
    rn_buf_release(&path);
    return status;
}

static enum rn_status claim_path(const char *dir, struct rn_attempt attempt, struct rn_buf *path,
                                 struct rn_err *err)
{
    enum rn_status status;

    RN_TRY(rn_attempt_path(dir, attempt, path, err));
    status = rn_buf_addf(path, err, "/attempt.json");
done:
    return status;
}

/* An attempt that is gone belongs to a network that somebody has published. */
enum rn_status rn_attempt_touch(const char *dir, struct rn_attempt attempt, struct rn_err *err)
{
    struct rn_buf path = {0};
    enum rn_status status;

    RN_TRY(claim_path(dir, attempt, &path, err));
    if (!rn_touch(path.data) && errno != ENOENT)
        status = rn_fail(err, RN_E_IO, "%s: could not set this file's time: %s", path.data,
                         strerror(errno));
done:
    rn_buf_release(&path);
    return status;
}

static double modified(const struct stat *st)
{
    return (double)st->st_mtim.tv_sec + 1e-9 * (double)st->st_mtim.tv_nsec;
}

/* Who claimed the attempt. */
static enum rn_status read_claim(const char *path, struct rn_identity *id, struct rn_err *err)
{
    struct rn_doc *doc = NULL;
    enum rn_status status;

    RN_TRY(rn_doc_read(path, &doc, err));
    status = rn_identity_read(rn_doc_root(doc), id, err);
done:
    rn_doc_free(doc);
    return status;
}

enum rn_status rn_attempt_is_alive(const char *dir, struct rn_attempt attempt, double now,
                                   double lease, bool *alive, struct rn_err *err)
{
    struct rn_buf path = {0}, claim = {0};
    struct rn_identity id;
    struct stat st;
    enum rn_status status;

    RN_TRY(rn_attempt_path(dir, attempt, &path, err));
    RN_TRY(claim_path(dir, attempt, &claim, err));
    *alive = stat(claim.data, &st) == 0 || stat(path.data, &st) == 0;
    *alive = *alive && fabs(now - modified(&st)) <= lease;
    if (*alive && read_claim(claim.data, &id, NULL) == RN_OK)
        *alive = rn_identity_may_live(&id);
done:
    rn_buf_release(&path);
    rn_buf_release(&claim);
    return status;
}

/* Attempts' numbers begin anew when a run has been removed, so a name alone proves nothing. */
static bool is_ours(const struct rn_worker *worker, const char *attempt_dir)
{
    struct rn_buf path = {0};
    struct rn_identity id;
    bool ours = rn_path_join(&path, attempt_dir, "attempt.json", NULL) == RN_OK &&
                read_claim(path.data, &id, NULL) == RN_OK && rn_identity_same(&id, &worker->id);

    rn_buf_release(&path);
    return ours;
}

/* A file server may answer the repetition of a rename that it has carried out with a failure. */
static bool was_renamed(const struct rn_worker *worker, const char *from, const char *published)
{
    return !rn_path_exists(from) && is_ours(worker, published);
}

enum rn_status rn_attempt_publish(struct rn_worker *worker, struct rn_attempt attempt,
                                  const struct rn_run_record *record,
                                  const struct rn_sample *sample, bool *first, struct rn_err *err)
{
    struct rn_buf path = {0}, published = {0};
    enum rn_status status;

    *first = false;
    RN_TRY(rn_attempt_path(worker->dir, attempt, &path, err));
    RN_TRY(rn_published_path(worker->dir, attempt.network, &published, err));
    if (!is_ours(worker, path.data))
        goto done;
    RN_TRY(rn_record_write(path.data, record, sample, err));
    *first = rename(path.data, published.data) == 0;
    if (*first || was_renamed(worker, path.data, published.data)) {
        *first = true;
        goto done;
    }
    if (is_taken(errno) || errno == ENOENT)
        status = rn_attempt_discard(worker, attempt, err);
    else
        status = rn_fail(err, RN_E_IO, "%s: could not make this directory: %s", published.data,
                         strerror(errno));
done:
    rn_buf_release(&path);
    rn_buf_release(&published);
    return status;
}

enum rn_status rn_attempt_fail(const struct rn_worker *worker, struct rn_attempt attempt,
                               const struct rn_run_record *record, struct rn_err *err)
{
    struct rn_buf path = {0};
    enum rn_status status;

    RN_TRY(rn_attempt_path(worker->dir, attempt, &path, err));
    if (is_ours(worker, path.data))
        status = rn_record_write(path.data, record, NULL, err);
done:
    rn_buf_release(&path);
    return status;
}

/* Decisions, as files that are published once. */
#include "decision.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "regnet/file.h"
#include "run_record.h"

#define DECISION_MAX ((size_t)1 << 28) /* of a million networks */

static enum rn_status decision_path(const char *dir, const char *name, struct rn_buf *path,
                                    struct rn_err *err)
{
    path->len = 0;
    return rn_buf_addf(path, err, "%s/decisions/%s.json", dir, name);
}

/* A file in workers/ that this worker alone uses, and once. */
static enum rn_status own_path(struct rn_worker *worker, struct rn_buf *path, struct rn_err *err)
{
    char what[32];
    enum rn_status status;

    (void)snprintf(what, sizeof what, "decision-%lu", worker->claims++);
    RN_TRY(rn_buf_addf(path, err, "%s/workers/", worker->dir));
    status = rn_worker_name(worker, what, path, err);
done:
    return status;
}

static bool is_whole(const char *path)
{
    struct rn_buf text = {0};
    bool whole = rn_file_read(path, DECISION_MAX, &text, NULL) == RN_OK &&
                 rn_record_check(text.data, text.len, path, NULL) == RN_OK;

    rn_buf_release(&text);
    return whole;
}

enum rn_status rn_decision_publish(struct rn_worker *worker, const char *name, struct rn_buf *json,
                                   struct rn_err *err)
{
    struct rn_buf folder = {0}, path = {0}, own = {0};
    bool taken;
    enum rn_status status;

    RN_TRY(rn_record_seal(json, err));
    RN_TRY(rn_path_join(&folder, worker->dir, "decisions", err));
    RN_TRY(rn_dir_make(folder.data, err));
    RN_TRY(decision_path(worker->dir, name, &path, err));
    RN_TRY(own_path(worker, &own, err));
    RN_TRY(rn_file_write(own.data, json->data, json->len, err));
    taken = link(own.data, path.data) != 0;
    if (taken && errno != EEXIST)
        status =
            rn_fail(err, RN_E_IO, "%s: could not link this file: %s", path.data, strerror(errno));
    else if (taken && !is_whole(path.data))
        (void)rename(own.data, path.data);
    (void)unlink(own.data);
done:
    rn_buf_release(&folder);
    rn_buf_release(&path);
    rn_buf_release(&own);
    return status;
}

enum rn_status rn_decision_read(const char *dir, const char *name, struct rn_doc **doc,
                                struct rn_err *err)
{
    struct rn_buf path = {0}, text = {0};
    enum rn_status status;

    *doc = NULL;
    RN_TRY(decision_path(dir, name, &path, err));
    if (!rn_path_exists(path.data))
        goto done;
    RN_TRY(rn_file_read(path.data, DECISION_MAX, &text, err));
    if (rn_record_check(text.data, text.len, path.data, NULL) == RN_OK)
        status = rn_doc_parse_json(text.data, text.len, path.data, doc, err);
done:
    rn_buf_release(&path);
    rn_buf_release(&text);
    return status;
}

/* log.jsonl: one object a line, written out as it happens. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "regnet/file.h"
#include "regnet/json.h"
#include "train/run.h"

static enum rn_status log_failed(const struct rn_log *log, const char *what, struct rn_err *err)
{
    return rn_fail(err, RN_E_IO, "%s: could not %s: %s", log->path.data, what, strerror(errno));
}

enum rn_status rn_log_open(struct rn_log *log, const char *dir, int64_t keep, struct rn_err *err)
{
    enum rn_status status;

    *log = (struct rn_log){.fd = -1, .bytes = keep};
    RN_TRY(rn_path_join(&log->path, dir, "log.jsonl", err));
    log->fd =
        open(log->path.data, O_WRONLY | O_CREAT | O_CLOEXEC | (keep ? O_APPEND : O_TRUNC), 0666);
    if (log->fd < 0 || (keep && ftruncate(log->fd, keep) != 0))
        status = log_failed(log, "open this file", err);
done:
    return status;
}

void rn_log_close(struct rn_log *log)
{
    if (log->fd >= 0)
        close(log->fd);
    rn_buf_release(&log->path);
    rn_buf_release(&log->line);
    log->fd = -1;
}

/* A killed process leaves whole lines; a full disk is told at the line that did not fit. */
static enum rn_status write_line(struct rn_log *log, struct rn_json *js, struct rn_err *err)
{
    enum rn_status status;
    size_t done = 0;

    RN_TRY(rn_json_end(js, err));
    RN_TRY(rn_buf_addf(&log->line, err, "\n"));
    while (done < log->line.len) {
        ssize_t n = write(log->fd, log->line.data + done, log->line.len - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return log_failed(log, "write this file", err);
        done += (size_t)n;
    }
    log->bytes += (int64_t)log->line.len;
done:
    return status;
}

static struct rn_json begin_line(struct rn_log *log, const char *type)
{
    struct rn_json js;

    log->line.len = 0;
    js = rn_json_begin(&log->line);
    rn_json_object(&js);
    rn_json_key(&js, "_type");
    rn_json_text(&js, type);
    return js;
}

static void add_int(struct rn_json *js, const char *key, int64_t value)
{
    rn_json_key(js, key);
    rn_json_int(js, value);
}

static void add_double(struct rn_json *js, const char *key, double value)
{
    rn_json_key(js, key);
    rn_json_double(js, value);
}

static void add_known(struct rn_json *js, const char *key, double value)
{
    if (value >= 0)
        add_double(js, key, value);
}

enum rn_status rn_log_complexity(struct rn_log *log, struct rn_complexity cx, struct rn_err *err)
{
    struct rn_json js = begin_line(log, "complexity");

    add_int(&js, "flops", cx.flops);
    add_int(&js, "params", cx.params);
    add_int(&js, "acts", cx.acts);
    rn_json_close(&js);
    return write_line(log, &js, err);
}

enum rn_status rn_log_write(struct rn_log *log, const struct rn_log_entry *entry,
                            struct rn_err *err)
{
    struct rn_json js = begin_line(log, entry->type);

    add_int(&js, "epoch", entry->epoch);
    add_int(&js, "epoch_max", entry->epoch_max);
    if (entry->iter > 0) {
        add_int(&js, "iter", entry->iter);
        add_int(&js, "iter_max", entry->iter_max);
    }
    add_double(&js, "loss", entry->score.loss);
    add_double(&js, "top1_err", entry->score.top1_err);
    add_double(&js, "top5_err", entry->score.top5_err);
    add_known(&js, "min_top1_err", entry->min_top1);
    add_known(&js, "min_top5_err", entry->min_top5);
    add_known(&js, "lr", entry->lr);
    add_known(&js, "time_avg", entry->time_avg);
    add_known(&js, "time_epoch", entry->time_epoch);
    add_known(&js, "eta", entry->eta);
    rn_json_close(&js);
    return write_line(log, &js, err);
}

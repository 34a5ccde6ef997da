/* log.jsonl: one object a line, written out as it happens. */
#include <math.h>
#include <stdio.h>
#include <sys/resource.h>

#include "regnet/json.h"
#include "train/run.h"

enum rn_status rn_log_open(struct rn_log *log, const char *dir, int64_t keep, struct rn_err *err)
{
    struct rn_buf path = {0};
    enum rn_status status;

    RN_TRY(rn_path_join(&path, dir, "log.jsonl", err));
    RN_TRY(rn_append_open(&log->file, path.data, keep, err));
done:
    rn_buf_release(&path);
    return status;
}

void rn_log_close(struct rn_log *log)
{
    rn_append_close(&log->file);
    rn_append_close(&log->tagged);
    rn_events_close(&log->events);
    rn_buf_release(&log->line);
}

/* A killed process leaves whole lines; a full disk is told at the line that did not fit. */
static enum rn_status write_line(struct rn_log *log, struct rn_json *js, struct rn_err *err)
{
    enum rn_status status;

    RN_TRY(rn_json_end(js, err));
    RN_TRY(rn_buf_addf(&log->line, err, "\n"));
    RN_TRY(rn_append(&log->file, log->line.data, log->line.len, err));
    status = rn_log_pycls_add(log, err);
done:
    return status;
}

/* The most that the process has held, in pycls' unit: 2^20 bytes. */
static int64_t peak_megabytes(void)
{
    struct rusage usage;

    return getrusage(RUSAGE_SELF, &usage) == 0 ? (usage.ru_maxrss + 1023) / 1024 : 0;
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

enum rn_status rn_log_events(struct rn_log *log, const char *dir, int steps, int64_t step,
                             struct rn_err *err)
{
    struct rn_buf path = {0};
    enum rn_status status;

    RN_TRY(rn_path_join(&path, dir, "tensorboard", err));
    RN_TRY(rn_events_open(&log->events, path.data, step, err));
    log->steps = steps;
done:
    rn_buf_release(&path);
    return status;
}

/* The numbers that are curves, called TYPE/KEY. */
static enum rn_status write_events(struct rn_log *log, const struct rn_log_entry *entry,
                                   struct rn_err *err)
{
    const struct rn_scalar known[] = {{"loss", entry->score.loss},
                                      {"top1_err", entry->score.top1_err},
                                      {"top5_err", entry->score.top5_err},
                                      {"lr", entry->lr >= 0 ? entry->lr : NAN}};
    struct rn_scalar scalars[4];
    char tags[4][64];
    size_t n = 0;

    for (int i = 0; i < 4; i++) {
        if (isnan(known[i].value))
            continue;
        (void)snprintf(tags[n], sizeof tags[n], "%s/%s", entry->type, known[i].tag);
        scalars[n] = (struct rn_scalar){tags[n], known[i].value};
        n++;
    }
    return rn_events_add(&log->events,
                         (int64_t)(entry->epoch - (entry->iter > 0)) * log->steps + entry->iter,
                         scalars, n, err);
}

enum rn_status rn_log_write(struct rn_log *log, const struct rn_log_entry *entry,
                            struct rn_err *err)
{
    enum rn_status status = RN_OK;
    struct rn_json js;

    if (log->file.fd < 0)
        return RN_OK;
    js = begin_line(log, entry->type);
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
    add_known(&js, "time_diff", entry->time_diff > 0 ? entry->time_diff : -1);
    add_known(&js, "time_avg", entry->time_avg);
    add_known(&js, "time_epoch", entry->time_epoch);
    add_known(&js, "eta", entry->eta);
    add_int(&js, "mem", peak_megabytes());
    rn_json_close(&js);
    RN_TRY(write_line(log, &js, err));
    if (log->events.file.fd >= 0)
        RN_TRY(write_events(log, entry, err));
done:
    return status;
}

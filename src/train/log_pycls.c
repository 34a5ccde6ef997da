/*
 * stdout.log: the log as pycls writes it (LOG_DEST file), for readers that were made for its runs.
 *
 * It follows from the configuration and log.jsonl alone. Lines have pycls' tag, epochs and
 * iterations are texts like "3/100", and the time that is left is a text too. Where no average of
 * the weights is tested, which pycls always has, the network is its own.
 */
#include <stdio.h>
#include <string.h>

#include "regnet/json.h"
#include "regnet/value.h"
#include "train/run.h"

#define TAG "json_stats: "
#define LOG_MAX ((size_t)1 << 32)

/* "3/100" of epoch 3 and epoch_max 100 */
static void put_ratio(struct rn_json *js, const struct rn_value *record, const char *key)
{
    char max[32], text[64];
    const char *of = "";

    (void)snprintf(max, sizeof max, "%s_max", key);
    (void)rn_value_text(rn_value_get(record, max), &of, NULL);
    (void)snprintf(text, sizeof text, "%s/%s", rn_value_get(record, key)->text, of);
    rn_json_text(js, text);
}

/* Days, hours, minutes and seconds. */
static void put_time(struct rn_json *js, const struct rn_value *value)
{
    double seconds = 0;
    char text[64];
    long s;

    (void)rn_value_double(value, &seconds, NULL);
    s = (long)seconds;
    (void)snprintf(text, sizeof text, "%02ld,%02ld:%02ld:%02ld", s / 86400, s / 3600 % 24,
                   s / 60 % 60, s % 60);
    rn_json_text(js, text);
}

static void put_record(struct rn_json *js, const struct rn_value *record, const char *type)
{
    rn_json_object(js);
    for (size_t k = 0; k < record->n; k++) {
        const char *key = record->keys[k].text;
        if (strcmp(key, "epoch_max") == 0 || strcmp(key, "iter_max") == 0)
            continue;
        rn_json_key(js, key);
        if (strcmp(key, "_type") == 0)
            rn_json_text(js, type);
        else if (strcmp(key, "epoch") == 0 || strcmp(key, "iter") == 0)
            put_ratio(js, record, key);
        else if (strcmp(key, "eta") == 0)
            put_time(js, &record->items[k]);
        else
            rn_json_raw(js, record->items[k].text); /* a number, with all its digits */
    }
    rn_json_close(js);
}

static enum rn_status add_record(struct rn_buf *out, const struct rn_value *record,
                                 const char *type, struct rn_err *err)
{
    struct rn_json js;
    enum rn_status status;

    RN_TRY(rn_buf_addf(out, err, TAG));
    js = rn_json_begin(out);
    put_record(&js, record, type);
    RN_TRY(rn_json_end(&js, err));
    status = rn_buf_addf(out, err, "\n");
done:
    return status;
}

/* What pycls has for a line of log.jsonl. */
static enum rn_status add_line(struct rn_buf *out, const char *line, size_t len, bool average,
                               struct rn_err *err)
{
    struct rn_doc *doc = NULL;
    const char *type;
    enum rn_status status;

    RN_TRY(rn_doc_parse_json(line, len, "log.jsonl", &doc, err));
    RN_TRY(rn_value_text(rn_value_get(rn_doc_root(doc), "_type"), &type, err));
    RN_TRY(add_record(out, rn_doc_root(doc), type, err));
    if (!average && strcmp(type, "test_epoch") == 0)
        status = add_record(out, rn_doc_root(doc), "test_ema_epoch", err);
done:
    rn_doc_free(doc);
    return status;
}

static enum rn_status add_config(struct rn_buf *out, const struct rn_config *cfg,
                                 struct rn_err *err)
{
    struct rn_json js;
    enum rn_status status;

    RN_TRY(rn_buf_addf(out, err, TAG));
    js = rn_json_begin(out);
    rn_json_object(&js);
    rn_json_key(&js, "_type");
    rn_json_text(&js, "cfg");
    rn_config_json(cfg, &js);
    rn_json_close(&js);
    RN_TRY(rn_json_end(&js, err));
    status = rn_buf_addf(out, err, "\n");
done:
    return status;
}

static enum rn_status add_log(struct rn_buf *out, const char *dir, bool average, struct rn_err *err)
{
    struct rn_buf path = {0}, text = {0};
    enum rn_status status;

    RN_TRY(rn_path_join(&path, dir, "log.jsonl", err));
    RN_TRY(rn_file_read(path.data, LOG_MAX, &text, err));
    for (const char *line = text.data, *end; (end = strchr(line, '\n')); line = end + 1)
        RN_TRY(add_line(out, line, (size_t)(end - line), average, err));
done:
    rn_buf_release(&path);
    rn_buf_release(&text);
    return status;
}

enum rn_status rn_log_pycls(struct rn_log *log, const char *dir, const struct rn_config *cfg,
                            struct rn_err *err)
{
    struct rn_buf path = {0}, text = {0};
    enum rn_status status;

    log->average = cfg->optim.ema;
    RN_TRY(rn_path_join(&path, dir, "stdout.log", err));
    RN_TRY(add_config(&text, cfg, err));
    RN_TRY(add_log(&text, dir, log->average, err));
    RN_TRY(rn_append_open(&log->tagged, path.data, 0, err));
    status = rn_append(&log->tagged, text.data, text.len, err);
done:
    rn_buf_release(&path);
    rn_buf_release(&text);
    return status;
}

enum rn_status rn_log_pycls_add(struct rn_log *log, struct rn_err *err)
{
    struct rn_buf text = {0};
    enum rn_status status;

    if (log->tagged.fd < 0)
        return RN_OK;
    RN_TRY(add_line(&text, log->line.data, log->line.len, log->average, err));
    status = rn_append(&log->tagged, text.data, text.len, err);
done:
    rn_buf_release(&text);
    return status;
}

/* record.json: one line of JSON whose last field is a checksum of what stands before it. */
#include "run_record.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "regnet/file.h"
#include "regnet/hash.h"
#include "regnet/json.h"

#define RECORD_MAX 65536
#define RESULT_MAX 65536
#define SUM_FIELD ",\"sum\":\"0123456789abcdef\"}\n"
#define SUM_LENGTH (sizeof SUM_FIELD - 1)

static const char *const names[RN_RUN_STATES] = {
    [RN_RUN_WAITING] = "waiting",
    [RN_RUN_RUNNING] = "running",
    [RN_RUN_DONE] = "done",
    [RN_RUN_DIVERGED] = "diverged",
    [RN_RUN_MEMORY] = "out of memory",
    [RN_RUN_DATA] = "data error",
    [RN_RUN_PREEMPTED] = "preempted",
    [RN_RUN_LOST] = "lost",
    [RN_RUN_FAILED] = "failed",
};

const char *rn_run_state_name(enum rn_run_state state)
{
    return names[state];
}

static bool is_result(enum rn_run_state outcome)
{
    return outcome == RN_RUN_DONE || outcome == RN_RUN_DIVERGED;
}

static void sum_text(uint64_t sum, char text[17])
{
    (void)snprintf(text, 17, "%016" PRIx64, sum);
}

static enum rn_status result_sum(const char *dir, char text[17], struct rn_err *err)
{
    struct rn_buf path = {0}, result = {0};
    enum rn_status status;

    RN_TRY(rn_path_join(&path, dir, "result.json", err));
    RN_TRY(rn_file_read(path.data, RESULT_MAX, &result, err));
    sum_text(rn_hash(result.data, result.len), text);
done:
    rn_buf_release(&path);
    rn_buf_release(&result);
    return status;
}

static void add_drawn(struct rn_json *js, const struct rn_sample *sample)
{
    rn_json_key(js, "drawn");
    rn_json_object(js);
    for (int i = 0; i < sample->n_values; i++) {
        rn_json_key(js, sample->values[i].name);
        rn_json_double(js, sample->values[i].value);
    }
    for (int i = 0; i < sample->n_settings; i++) {
        rn_json_key(js, sample->settings[i].key->name);
        rn_json_text(js, sample->settings[i].text);
    }
    rn_json_close(js);
}

/* Without its checksum and what closes it. */
static enum rn_status add_fields(struct rn_buf *out, const char *dir,
                                 const struct rn_run_record *record, const struct rn_sample *sample,
                                 struct rn_err *err)
{
    struct rn_json js = rn_json_begin(out);
    char sum[17];
    enum rn_status status;

    rn_json_object(&js);
    rn_json_key(&js, "network"), rn_json_int(&js, (int64_t)record->network);
    rn_json_key(&js, "attempt"), rn_json_int(&js, record->attempt);
    rn_json_key(&js, "outcome"), rn_json_text(&js, names[record->outcome]);
    rn_json_key(&js, "reason"), rn_json_text(&js, record->reason);
    rn_json_key(&js, "host"), rn_json_text(&js, record->host);
    if (is_result(record->outcome)) {
        RN_TRY(result_sum(dir, sum, err));
        rn_json_key(&js, "result"), rn_json_text(&js, sum);
    }
    if (sample)
        add_drawn(&js, sample);
    rn_json_close(&js);
    RN_TRY(rn_json_end(&js, err));
    out->len--; /* the '}' */
done:
    return status;
}

enum rn_status rn_record_seal(struct rn_buf *text, struct rn_err *err)
{
    return rn_buf_addf(text, err, ",\"sum\":\"%016" PRIx64 "\"}\n", rn_hash(text->data, text->len));
}

enum rn_status rn_record_write(const char *dir, const struct rn_run_record *record,
                               const struct rn_sample *sample, struct rn_err *err)
{
    struct rn_buf path = {0}, text = {0};
    enum rn_status status;

    RN_TRY(rn_path_join(&path, dir, "record.json", err));
    RN_TRY(add_fields(&text, dir, record, sample, err));
    RN_TRY(rn_record_seal(&text, err));
    status = rn_file_write(path.data, text.data, text.len, err);
done:
    rn_buf_release(&path);
    rn_buf_release(&text);
    return status;
}

static enum rn_status damaged(const char *path, const char *what, struct rn_err *err)
{
    return rn_fail(err, RN_E_DATA, "%s: damaged: %s", path, what);
}

static enum rn_status check_sum(const char *text, size_t len, const char *path, struct rn_err *err)
{
    char field[SUM_LENGTH + 1];

    if (len <= SUM_LENGTH)
        return damaged(path, "it is too short", err);
    len -= SUM_LENGTH;
    (void)snprintf(field, sizeof field, ",\"sum\":\"%016" PRIx64 "\"}\n", rn_hash(text, len));
    if (memcmp(field, text + len, SUM_LENGTH) != 0)
        return damaged(path, "its checksum is another", err);
    return RN_OK;
}

static enum rn_status read_fields(const struct rn_value *root, struct rn_run_record *record,
                                  struct rn_err *err)
{
    const char *outcome, *reason, *host;
    long long network, attempt;
    int state = 0;
    enum rn_status status;

    RN_TRY(rn_value_int(rn_value_get(root, "network"), &network, err));
    RN_TRY(rn_value_int(rn_value_get(root, "attempt"), &attempt, err));
    RN_TRY(rn_value_text(rn_value_get(root, "outcome"), &outcome, err));
    RN_TRY(rn_value_text(rn_value_get(root, "reason"), &reason, err));
    RN_TRY(rn_value_text(rn_value_get(root, "host"), &host, err));
    while (state < RN_RUN_STATES && strcmp(names[state], outcome) != 0)
        state++;
    if (state == RN_RUN_STATES)
        RN_TRY(rn_fail(err, RN_E_DATA, "there is no outcome \"%s\"", outcome));
    if (network < 0 || attempt < 1 || attempt > INT_MAX)
        RN_TRY(
            rn_fail(err, RN_E_DATA, "there is no attempt %lld at network %lld", attempt, network));
    *record = (struct rn_run_record){
        .network = (size_t)network, .attempt = (int)attempt, .outcome = (enum rn_run_state)state};
    (void)snprintf(record->reason, sizeof record->reason, "%s", reason);
    (void)snprintf(record->host, sizeof record->host, "%s", host);
done:
    return status;
}

static enum rn_status check_result(const char *dir, const struct rn_value *root, struct rn_err *err)
{
    const char *sum;
    char found[17];
    enum rn_status status;

    RN_TRY(rn_value_text(rn_value_get(root, "result"), &sum, err));
    RN_TRY(result_sum(dir, found, err));
    if (strcmp(sum, found) != 0)
        status = damaged(dir, "result.json has another checksum", err);
done:
    return status;
}

enum rn_status rn_record_parse(const char *text, size_t len, const char *path,
                               struct rn_run_record *record, struct rn_doc **doc,
                               struct rn_err *err)
{
    struct rn_doc *made = NULL;
    enum rn_status status;

    RN_TRY(check_sum(text, len, path, err));
    RN_TRY(rn_doc_parse_json(text, len, path, &made, err));
    RN_TRY(read_fields(rn_doc_root(made), record, err));
    *doc = made;
    made = NULL;
done:
    rn_doc_free(made);
    return status;
}

enum rn_status rn_record_read(const char *dir, struct rn_run_record *record, struct rn_doc **doc,
                              struct rn_err *err)
{
    struct rn_buf path = {0}, text = {0};
    struct rn_run_record read;
    struct rn_doc *made = NULL;
    enum rn_status status;

    RN_TRY(rn_path_join(&path, dir, "record.json", err));
    RN_TRY(rn_file_read(path.data, RECORD_MAX, &text, err));
    RN_TRY(rn_record_parse(text.data, text.len, path.data, &read, &made, err));
    if (is_result(read.outcome))
        RN_TRY(check_result(dir, rn_doc_root(made), err));
    *record = read;
    if (doc) {
        *doc = made;
        made = NULL;
    }
done:
    rn_doc_free(made);
    rn_buf_release(&path);
    rn_buf_release(&text);
    return status;
}

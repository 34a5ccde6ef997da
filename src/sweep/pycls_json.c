/* A run's log and configuration as one job of pycls' sweep.json. */
#include "pycls_json.h"

#include <string.h>

#include "regnet/file.h"
#include "regnet/json.h"
#include "regnet/value.h"

#define LOG_MAX ((size_t)1 << 28)
#define LINES_MAX 100000 /* of the types that are kept: epochs */

struct job {
    struct rn_doc **line;
    size_t n, cap;
};

static const char *type_of(const struct rn_doc *doc)
{
    const char *type = "";

    (void)rn_value_text(rn_value_get(rn_doc_root(doc), "_type"), &type, NULL);
    return type;
}

static enum rn_status keep(struct job *job, struct rn_doc *doc, struct rn_err *err)
{
    if (job->n == job->cap) {
        size_t cap = job->cap ? 2 * job->cap : 64;
        struct rn_doc **grown =
            cap <= LINES_MAX ? rn_realloc(job->line, cap, sizeof(*grown)) : NULL;
        if (!grown) {
            rn_doc_free(doc);
            return rn_nomem(err, cap * sizeof(*grown), "a log");
        }
        job->line = grown;
        job->cap = cap;
    }
    job->line[job->n++] = doc;
    return RN_OK;
}

/* The last line may be torn; a whole one is an object. */
static enum rn_status read_log(const char *path, struct job *job, struct rn_err *err)
{
    struct rn_buf log = {0};
    enum rn_status status;

    RN_TRY(rn_file_read(path, LOG_MAX, &log, err));
    for (const char *line = log.data; line && *line;) {
        size_t len = strcspn(line, "\n");
        struct rn_doc *doc = NULL;
        if (rn_doc_parse_json(line, len, path, &doc, NULL) == RN_OK &&
            !strstr(type_of(doc), "_iter"))
            RN_TRY(keep(job, doc, err));
        else
            rn_doc_free(doc);
        line += len + (line[len] == '\n');
    }
done:
    rn_buf_release(&log);
    return status;
}

static bool is_first_of_type(const struct job *job, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (strcmp(type_of(job->line[k]), type_of(job->line[i])) == 0)
            return false;
    return true;
}

static void put_value(struct rn_json *js, const struct rn_value *value)
{
    long long whole;
    double number;
    bool truth;

    if (rn_value_is_null(value))
        rn_json_null(js);
    else if (value->kind == RN_VALUE_LIST) {
        rn_json_list(js);
        for (size_t i = 0; i < value->n; i++)
            put_value(js, &value->items[i]);
        rn_json_close(js);
    } else if (value->kind == RN_VALUE_MAP) {
        rn_json_object(js);
        for (size_t i = 0; i < value->n; i++)
            rn_json_key(js, value->keys[i].text), put_value(js, &value->items[i]);
        rn_json_close(js);
    } else if (!value->quoted && rn_value_int(value, &whole, NULL) == RN_OK)
        rn_json_int(js, whole);
    else if (!value->quoted && rn_value_double(value, &number, NULL) == RN_OK)
        rn_json_double(js, number);
    else if (!value->quoted && rn_value_bool(value, &truth, NULL) == RN_OK)
        rn_json_bool(js, truth);
    else
        rn_json_text(js, value->text);
}

/* A list of what the lines of the first one's type say of a key. */
static void put_list(struct rn_json *js, const struct job *job, size_t first, const char *key)
{
    rn_json_list(js);
    for (size_t i = first; i < job->n; i++)
        if (strcmp(type_of(job->line[i]), type_of(job->line[first])) == 0)
            put_value(js, rn_value_get(rn_doc_root(job->line[i]), key));
    rn_json_close(js);
}

/* As pycls' collector has it: "test_epoch": {"epoch_ind": [..], "top1_err": [..], ..}, and of a
   type without epochs, {"flops": .., ..}, what its first line says. */
static void put_type(struct rn_json *js, const struct job *job, size_t first, const char *name)
{
    const struct rn_value *root = rn_doc_root(job->line[first]);
    bool epochs = rn_value_get(root, "epoch");

    rn_json_key(js, name);
    rn_json_object(js);
    for (size_t k = 0; k < root->n; k++) {
        const char *key = root->keys[k].text;
        if (strcmp(key, "_type") == 0)
            continue;
        rn_json_key(js, strcmp(key, "epoch") == 0 ? "epoch_ind" : key);
        if (epochs)
            put_list(js, job, first, key);
        else
            put_value(js, &root->items[k]);
    }
    rn_json_close(js);
}

/* Where no average of the weights was tested, which pycls always has, the network is its own. */
static void put_types(struct rn_json *js, const struct job *job)
{
    size_t test = job->n;
    bool average = false;

    for (size_t i = 0; i < job->n; i++) {
        const char *type = type_of(job->line[i]);
        if (!is_first_of_type(job, i))
            continue;
        put_type(js, job, i, type);
        average = average || strcmp(type, "test_ema_epoch") == 0;
        test = strcmp(type, "test_epoch") == 0 ? i : test;
    }
    if (test < job->n && !average)
        put_type(js, job, test, "test_ema_epoch");
}

enum rn_status rn_pycls_job(const char *run, struct rn_buf *out, struct rn_err *err)
{
    struct rn_buf log = {0}, config = {0};
    struct rn_json js = rn_json_begin(out);
    struct rn_doc *cfg = NULL;
    struct job job = {0};
    enum rn_status status;

    RN_TRY(rn_path_join(&log, run, "log.jsonl", err));
    RN_TRY(rn_path_join(&config, run, "config.yaml", err));
    if (rn_path_exists(log.data))
        RN_TRY(read_log(log.data, &job, err));
    rn_json_object(&js);
    put_types(&js, &job);
    if (rn_doc_read(config.data, &cfg, NULL) == RN_OK)
        rn_json_key(&js, "cfg"), put_value(&js, rn_doc_root(cfg));
    rn_json_key(&js, "log_file"), rn_json_text(&js, log.data);
    rn_json_key(&js, "err"), rn_json_text(&js, "");
    rn_json_close(&js);
    status = rn_json_end(&js, err);
done:
    for (size_t i = 0; i < job.n; i++)
        rn_doc_free(job.line[i]);
    rn_free(job.line);
    rn_doc_free(cfg);
    rn_buf_release(&log);
    rn_buf_release(&config);
    return status;
}

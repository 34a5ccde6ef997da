/*
 * Any bytes as each of the files that a sweep's workers read: record.json, sealed by its checksum
 * and not, attempt.json, and sweep.yaml, which is written and read again. Tests replay
 * corpus/sweep; tools/fuzz.sh sweep looks for new cases.
 */
#include <string.h>

#include "fuzz.h"
#include "sweep/run_record.h"
#include "sweep/sweep_file.h"
#include "sweep/worker.h"

static void hold(bool promise)
{
    if (!promise)
        __builtin_trap();
}

static void parse_record(const char *text, size_t len)
{
    struct rn_run_record record;
    struct rn_doc *doc = NULL;
    struct rn_err err = {0};

    if (rn_record_parse(text, len, "fuzz", &record, &doc, &err) == RN_OK) {
        hold(record.attempt >= 1 && record.outcome < RN_RUN_STATES);
        hold(strlen(record.host) < sizeof record.host);
        hold(strlen(record.reason) < sizeof record.reason);
    } else {
        hold(err.msg[0] && !doc);
    }
    rn_doc_free(doc);
}

static void parse_sealed(const char *data, size_t size)
{
    struct rn_buf text = {0};

    if (rn_buf_add(&text, data, size, NULL) == RN_OK && rn_record_seal(&text, NULL) == RN_OK)
        parse_record(text.data, text.len);
    rn_buf_release(&text);
}

static void parse_claim(const char *data, size_t size)
{
    struct rn_identity id;
    struct rn_err err = {0};
    struct rn_doc *doc = NULL;
    enum rn_status status;

    RN_TRY(rn_doc_parse_json(data, size, "fuzz", &doc, &err));
    RN_TRY(rn_identity_read(rn_doc_root(doc), &id, &err));
    hold(rn_identity_same(&id, &id) && strlen(id.host) < RN_WORKER_TEXT);
    (void)rn_identity_may_live(&id);
done:
    hold(status == RN_OK || err.msg[0]);
    rn_doc_free(doc);
}

static struct rn_sweep *parse_sweep(const char *data, size_t size)
{
    struct rn_sweep *sweep = NULL;
    struct rn_err err = {0};
    struct rn_doc *doc = NULL;
    enum rn_status status;

    RN_TRY(rn_doc_parse_yaml(data, size, "fuzz", &doc, &err));
    status = rn_sweep_fill(rn_doc_root(doc), &sweep, &err);
done:
    hold(status == RN_OK || err.msg[0]);
    rn_doc_free(doc);
    return sweep;
}

static void parse_and_dump(const char *data, size_t size)
{
    struct rn_sweep *sweep = parse_sweep(data, size), *again = NULL;
    struct rn_buf first = {0}, second = {0};

    if (sweep) {
        hold(sweep->networks <= RN_SWEEP_NETWORKS && sweep->lease >= 1);
        hold(rn_sweep_dump(sweep, &first, NULL) == RN_OK);
        again = parse_sweep(first.data, first.len);
        hold(again && rn_sweep_dump(again, &second, NULL) == RN_OK);
        hold(strcmp(first.data, second.data) == 0);
    }
    rn_sweep_free(sweep);
    rn_sweep_free(again);
    rn_buf_release(&first);
    rn_buf_release(&second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;

    parse_record(text, size);
    parse_sealed(text, size);
    parse_claim(text, size);
    parse_and_dump(text, size);
    return 0;
}

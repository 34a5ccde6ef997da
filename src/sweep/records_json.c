/* Records in a JSON list: pycls' sweep.json, the files of nds, or errors with whatever else. */
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "items.h"
#include "records.h"

#define LONGEST_LIST 64 /* of parameters; longer ones are curves */

struct reader {
    struct rn_table *table;
    struct rn_buf path; /* of a number within its record */
    bool pycls;         /* a job of pycls' has been seen: what says nothing is one that crashed */
    size_t unknown;     /* the first record that says nothing; 0: each says something */
    size_t unknown_line;
};

static bool is_job(const struct rn_value *record)
{
    return rn_value_get(record, "test_epoch") || rn_value_get(record, "test_ema_epoch") ||
           rn_value_get(record, "cfg") || rn_value_get(record, "log_file");
}

/* NAN for null, which NaN is read as. */
static enum rn_status percent(const struct rn_value *value, double *error, struct rn_err *err)
{
    enum rn_status status;

    if (rn_value_is_null(value)) {
        *error = NAN;
        return RN_OK;
    }
    status = rn_value_double(value, error, err);
    if (status == RN_OK && !(*error >= 0 && *error <= 100))
        return rn_value_fail(value, err, "an error is a percentage, from 0 to 100, not %s",
                             value->text);
    return status;
}

static enum rn_status put_error(struct reader *reader, const struct rn_value *value,
                                struct rn_err *err)
{
    double error = 0;
    enum rn_status status = percent(value, &error, err);

    return status == RN_OK ? rn_table_put(reader->table, "error", error, err) : status;
}

/* A number, or the first of a list: pycls keeps records that way. What is neither is left out. */
static enum rn_status put_number(struct reader *reader, const char *name,
                                 const struct rn_value *value, struct rn_err *err)
{
    double number;

    if (value && value->kind == RN_VALUE_LIST && value->n > 0)
        value = &value->items[0];
    if (!value || rn_value_double(value, &number, NULL) != RN_OK)
        return RN_OK;
    return rn_table_put(reader->table, name, number, err);
}

static enum rn_status put_parameters(struct reader *reader, const struct rn_value *value,
                                     struct rn_err *err);

static enum rn_status put_scalar(struct reader *reader, const struct rn_value *value,
                                 struct rn_err *err)
{
    bool truth = !value->quoted && strcmp(value->text, "true") == 0;
    double number = truth;

    if (value->quoted)
        return RN_OK;
    if (!truth && strcmp(value->text, "false") != 0 &&
        rn_value_double(value, &number, NULL) != RN_OK)
        return RN_OK;
    return rn_table_put(reader->table, reader->path.data, number, err);
}

/* "OPTIM" to "OPTIM.BASE_LR", "WIDTHS" to "WIDTHS[2]". */
static enum rn_status lengthen_path(struct rn_buf *path, const struct rn_value *parent, size_t i,
                                    struct rn_err *err)
{
    const char *key;
    enum rn_status status = RN_OK;

    if (parent->kind == RN_VALUE_LIST)
        return rn_buf_addf(path, err, "[%zu]", i + 1);
    key = parent->keys[i].text;
    if (path->len > 0)
        RN_TRY(rn_buf_add(path, ".", 1, err));
    status = rn_buf_add(path, key, strlen(key), err);
done:
    return status;
}

static enum rn_status put_child(struct reader *reader, const struct rn_value *parent, size_t i,
                                struct rn_err *err)
{
    size_t len = reader->path.len;
    enum rn_status status;

    RN_TRY(lengthen_path(&reader->path, parent, i, err));
    status = put_parameters(reader, &parent->items[i], err);
    reader->path.len = len;
    reader->path.data[len] = 0;
done:
    return status;
}

/* Every number in the value, by its path. */
static enum rn_status put_parameters(struct reader *reader, const struct rn_value *value,
                                     struct rn_err *err)
{
    enum rn_status status = RN_OK;

    if (value->kind == RN_VALUE_SCALAR)
        return put_scalar(reader, value, err);
    for (size_t i = 0; i < value->n && status == RN_OK; i++)
        if (value->kind == RN_VALUE_MAP || value->n <= LONGEST_LIST)
            status = put_child(reader, value, i, err);
    return status;
}

/* The least of a list, NAN of an empty one: pycls writes the minimum so far, epoch by epoch. */
static enum rn_status put_least(struct reader *reader, const char *name,
                                const struct rn_value *epochs, struct rn_err *err)
{
    double least = NAN, error = 0;
    enum rn_status status;

    if (!epochs)
        return RN_OK;
    if (epochs->kind != RN_VALUE_LIST)
        return rn_value_fail(epochs, err, "min_top1_err is a list of numbers, one an epoch");
    for (size_t i = 0; i < epochs->n; i++) {
        RN_TRY(percent(&epochs->items[i], &error, err));
        least = fmin(least, error);
    }
    status = rn_table_put(reader->table, name, least, err);
done:
    return status;
}

static enum rn_status put_mean(struct reader *reader, const char *name,
                               const struct rn_value *epochs, struct rn_err *err)
{
    double sum = 0, number = 0;

    if (!epochs || epochs->kind != RN_VALUE_LIST || epochs->n == 0)
        return RN_OK;
    for (size_t i = 0; i < epochs->n; i++) {
        if (rn_value_double(&epochs->items[i], &number, NULL) != RN_OK)
            return RN_OK;
        sum += number;
    }
    return rn_table_put(reader->table, name, sum / (double)epochs->n, err);
}

static enum rn_status read_job(struct reader *reader, const struct rn_value *job,
                               struct rn_err *err)
{
    static const char *const costs[] = {"flops", "params", "acts"};
    const struct rn_value *counted = rn_value_get(job, "complexity");
    const struct rn_value *cfg = rn_value_get(job, "cfg");
    enum rn_status status;

    reader->pycls = true;
    RN_TRY(put_least(reader, "error",
                     rn_value_get(rn_value_get(job, "test_ema_epoch"), "min_top1_err"), err));
    RN_TRY(put_least(reader, "error_test",
                     rn_value_get(rn_value_get(job, "test_epoch"), "min_top1_err"), err));
    for (size_t i = 0; i < sizeof costs / sizeof *costs; i++)
        RN_TRY(put_number(reader, costs[i], rn_value_get(counted, costs[i]), err));
    RN_TRY(put_mean(reader, "time", rn_value_get(rn_value_get(job, "train_epoch"), "time_epoch"),
                    err));
    if (cfg && cfg->kind == RN_VALUE_MAP)
        status = put_parameters(reader, cfg, err);
done:
    return status;
}

static enum rn_status put_map(struct reader *reader, const char *name,
                              const struct rn_value *record, struct rn_err *err)
{
    const struct rn_value *map = rn_value_get(record, name);
    enum rn_status status = RN_OK;

    if (!map)
        return RN_OK;
    RN_TRY(rn_buf_addf(&reader->path, err, "%s", name));
    status = put_parameters(reader, map, err);
done:
    reader->path.len = 0;
    return status;
}

static enum rn_status read_nds(struct reader *reader, const struct rn_value *record,
                               struct rn_err *err)
{
    enum rn_status status;

    RN_TRY(put_error(reader, rn_value_get(record, "min_test_top1"), err));
    RN_TRY(put_number(reader, "flops", rn_value_get(record, "flops"), err));
    RN_TRY(put_number(reader, "params", rn_value_get(record, "params"), err));
    RN_TRY(put_number(reader, "time", rn_value_get(record, "iter_time"), err));
    RN_TRY(put_map(reader, "net", record, err));
    status = put_map(reader, "optim", record, err);
done:
    return status;
}

static enum rn_status read_plain(struct reader *reader, const struct rn_value *record,
                                 struct rn_err *err)
{
    enum rn_status status;

    RN_TRY(put_error(reader, rn_value_get(record, "error"), err));
    status = put_parameters(reader, record, err);
done:
    return status;
}

static enum rn_status read_record(struct reader *reader, const struct rn_items *items,
                                  const struct rn_value *record, struct rn_err *err)
{
    enum rn_status status;

    if (record->kind != RN_VALUE_MAP)
        RN_TRY(put_error(reader, record, err));
    else if (rn_value_get(record, "error"))
        RN_TRY(read_plain(reader, record, err));
    else if (rn_value_get(record, "min_test_top1"))
        RN_TRY(read_nds(reader, record, err));
    else if (is_job(record))
        RN_TRY(read_job(reader, record, err));
    else if (reader->unknown == 0)
        reader->unknown = items->n, reader->unknown_line = items->begin.line;
    status = rn_table_end_row(reader->table, items->n, err);
done:
    return status;
}

/* Without any EMA's errors, "error_test" becomes the "error". */
static enum rn_status settle(struct reader *reader, const char *path, struct rn_err *err)
{
    struct rn_table_column *plain = rn_table_find(reader->table, "error_test");

    if (reader->unknown > 0 && !reader->pycls)
        return rn_fail(err, RN_E_DATA,
                       "%s:%zu: record %zu has neither \"error\", nor pycls' \"test_epoch\", nor "
                       "nds' \"min_test_top1\"",
                       path, reader->unknown_line, reader->unknown);
    if (plain && !rn_table_find(reader->table, "error"))
        plain->name[strlen("error")] = 0;
    return RN_OK;
}

enum rn_status rn_records_from_json(FILE *in, const char *path, struct rn_table *table,
                                    struct rn_err *err)
{
    struct rn_items items = {.in = in, .path = path};
    struct reader reader = {.table = table};
    struct rn_doc *doc = NULL;
    enum rn_status status;

    for (;;) {
        RN_TRY(rn_items_next(&items, &doc, err));
        if (!doc)
            break;
        RN_TRY(read_record(&reader, &items, rn_doc_root(doc), err));
        rn_doc_free(doc);
        doc = NULL;
    }
    status = settle(&reader, path, err);
done:
    rn_doc_free(doc);
    rn_buf_release(&reader.path);
    rn_items_release(&items);
    return status;
}

/* result.json: what a run came to. Written last; its presence says that the run is over. */
#include <math.h>
#include <string.h>

#include "regnet/file.h"
#include "regnet/json.h"
#include "regnet/value.h"
#include "train/run.h"

static const char *const outcomes[] = {
    [RN_OUTCOME_DONE] = "done",
    [RN_OUTCOME_DIVERGED] = "diverged",
    [RN_OUTCOME_PAUSED] = "paused",
};
#define N_OUTCOMES ((int)(sizeof outcomes / sizeof *outcomes))

/* Integers are counts below 2^53, so that one table of doubles serves reading and writing. */
struct field {
    const char *key;
    bool whole;
    double value;
};
#define N_FIELDS 9

static void fields_of(const struct rn_result *r, struct field field[N_FIELDS])
{
    const struct field all[N_FIELDS] = {
        {"epochs", true, r->epochs},          {"top1_err", false, r->top1_err},
        {"top5_err", false, r->top5_err},     {"loss", false, r->loss},
        {"seconds", false, r->seconds},       {"images_per_s", false, r->images_per_s},
        {"flops", true, (double)r->cx.flops}, {"params", true, (double)r->cx.params},
        {"acts", true, (double)r->cx.acts},
    };

    memcpy(field, all, sizeof all);
}

static void fields_to(const struct field field[N_FIELDS], struct rn_result *r)
{
    r->epochs = (int)fmin(field[0].value, 1e9);
    r->top1_err = field[1].value;
    r->top5_err = field[2].value;
    r->loss = field[3].value;
    r->seconds = field[4].value;
    r->images_per_s = field[5].value;
    r->cx.flops = (int64_t)field[6].value;
    r->cx.params = (int64_t)field[7].value;
    r->cx.acts = (int64_t)field[8].value;
}

static enum rn_status result_json(const struct rn_result *result, const char *name,
                                  struct rn_buf *out, struct rn_err *err)
{
    struct field field[N_FIELDS];
    struct rn_json js = rn_json_begin(out);

    fields_of(result, field);
    rn_json_object(&js);
    rn_json_key(&js, "name");
    rn_json_text(&js, name);
    rn_json_key(&js, "outcome");
    rn_json_text(&js, outcomes[result->outcome]);
    for (int i = 0; i < N_FIELDS; i++) {
        rn_json_key(&js, field[i].key);
        if (field[i].whole)
            rn_json_int(&js, (int64_t)field[i].value);
        else
            rn_json_double(&js, field[i].value);
    }
    rn_json_close(&js);
    return rn_json_end(&js, err);
}

enum rn_status rn_result_write(const char *dir, const char *name, const struct rn_result *result,
                               struct rn_err *err)
{
    struct rn_buf path = {0}, text = {0};
    enum rn_status status;

    RN_TRY(rn_path_join(&path, dir, "result.json", err));
    RN_TRY(result_json(result, name, &text, err));
    RN_TRY(rn_buf_addf(&text, err, "\n"));
    RN_TRY(rn_file_write(path.data, text.data, text.len, err));
done:
    rn_buf_release(&path);
    rn_buf_release(&text);
    return status;
}

static enum rn_status parse(const struct rn_value *root, struct rn_result *result,
                            struct rn_err *err)
{
    struct rn_result read = {0};
    struct field field[N_FIELDS];
    const char *outcome;
    int state = 0;
    enum rn_status status;

    RN_TRY(rn_value_text(rn_value_get(root, "outcome"), &outcome, err));
    while (state < N_OUTCOMES && strcmp(outcome, outcomes[state]) != 0)
        state++;
    if (state == N_OUTCOMES)
        return rn_value_fail(rn_value_get(root, "outcome"), err,
                             "\"done\", \"diverged\" or \"paused\" expected");
    read.outcome = (enum rn_outcome)state;
    fields_of(&read, field);
    for (int i = 0; i < N_FIELDS; i++) {
        const struct rn_value *value = rn_value_get(root, field[i].key);
        field[i].value = NAN;
        if (!value || field[i].whole || !rn_value_is_null(value))
            RN_TRY(rn_value_double(value, &field[i].value, err));
        if (field[i].whole && !(field[i].value >= 0 && field[i].value <= 0x1p53))
            return rn_value_fail(value, err, "expected a count for %s", field[i].key);
    }
    fields_to(field, &read);
    *result = read;
done:
    return status;
}

enum rn_status rn_result_read(const char *dir, struct rn_result *result, bool *found,
                              struct rn_err *err)
{
    struct rn_buf path = {0};
    struct rn_doc *doc = NULL;
    enum rn_status status;

    RN_TRY(rn_path_join(&path, dir, "result.json", err));
    if (!rn_path_exists(path.data)) {
        *found = false;
        goto done;
    }
    RN_TRY(rn_doc_read(path.data, &doc, err));
    RN_TRY(parse(rn_doc_root(doc), result, err));
    *found = true;
done:
    if (status == RN_E_CONFIG) { /* the program's own file, not the user's words */
        rn_err_prefix(err, "%s", path.data);
        status = RN_E_DATA;
        if (err)
            err->status = status;
    }
    rn_doc_free(doc);
    rn_buf_release(&path);
    return status;
}

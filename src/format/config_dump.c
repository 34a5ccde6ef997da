/* The configuration as YAML, nested by section as pycls writes it. */
#include <string.h>

#include "format/text.h"
#include "regnet/config.h"
#include "regnet/json.h"

#define ORIGIN_COLUMN 44

static enum rn_status dump_number(double value, struct rn_buf *out, struct rn_err *err)
{
    char number[RN_NUMBER_MAX];

    rn_number_print(value, number);
    return rn_buf_addf(out, err, "%s", number);
}

/* JSON's strings as our writer makes them are YAML's as well. */
static enum rn_status dump_text(const char *text, struct rn_buf *out, struct rn_err *err)
{
    struct rn_json js = rn_json_begin(out);

    rn_json_text(&js, text);
    return rn_json_end(&js, err);
}

static enum rn_status dump_ints(const struct rn_ints *list, struct rn_buf *out, struct rn_err *err)
{
    enum rn_status status;

    RN_TRY(rn_buf_addf(out, err, "["));
    for (int i = 0; i < list->n; i++)
        RN_TRY(rn_buf_addf(out, err, "%s%d", i ? ", " : "", list->v[i]));
    status = rn_buf_addf(out, err, "]");
done:
    return status;
}

static enum rn_status dump_reals(const struct rn_doubles *list, struct rn_buf *out,
                                 struct rn_err *err)
{
    enum rn_status status;

    RN_TRY(rn_buf_addf(out, err, "["));
    for (int i = 0; i < list->n; i++) {
        RN_TRY(rn_buf_addf(out, err, "%s", i ? ", " : ""));
        RN_TRY(dump_number(list->v[i], out, err));
    }
    status = rn_buf_addf(out, err, "]");
done:
    return status;
}

static enum rn_status dump_value(const struct rn_key *key, const void *field, struct rn_buf *out,
                                 struct rn_err *err)
{
    switch (key->type) {
    case RN_KEY_BOOL:
        return rn_buf_addf(out, err, *(const bool *)field ? "True" : "False");
    case RN_KEY_INT:
        return rn_buf_addf(out, err, "%d", *(const int *)field);
    case RN_KEY_DOUBLE:
        return dump_number(*(const double *)field, out, err);
    case RN_KEY_TEXT:
        return dump_text(field, out, err);
    case RN_KEY_INTS:
        return dump_ints(field, out, err);
    default:
        return dump_reals(field, out, err);
    }
}

static size_t section_length(const char *name)
{
    const char *dot = strchr(name, '.');

    return dot ? (size_t)(dot - name) : 0;
}

/* Behind a value that ends before ORIGIN_COLUMN, at least. */
static enum rn_status dump_origin(const struct rn_config *cfg, const struct rn_key *key,
                                  size_t line_length, struct rn_buf *out, struct rn_err *err)
{
    int padding = line_length < ORIGIN_COLUMN ? (int)(ORIGIN_COLUMN - line_length) : 0;
    enum rn_status status;

    RN_TRY(rn_buf_addf(out, err, "%*s # ", padding, ""));
    status = rn_config_origin(cfg, key, out, err);
done:
    return status;
}

static enum rn_status dump(const struct rn_config *cfg, bool origins, struct rn_buf *out,
                           struct rn_err *err)
{
    enum rn_status status = RN_OK;
    const char *section = "";
    size_t n;
    const struct rn_key *keys = rn_config_keys(&n);

    for (size_t i = 0; i < n; i++) {
        const char *name = keys[i].name;
        size_t len = section_length(name), line;

        if (keys[i].offset < 0)
            continue;
        if (len > 0 && (section_length(section) != len || memcmp(section, name, len) != 0))
            RN_TRY(rn_buf_addf(out, err, "%.*s:\n", (int)len, name));
        section = name;
        line = out->len;
        RN_TRY(rn_buf_addf(out, err, len ? "  %s: " : "%s: ", len ? name + len + 1 : name));
        RN_TRY(dump_value(&keys[i], (const char *)cfg + keys[i].offset, out, err));
        if (origins)
            RN_TRY(dump_origin(cfg, &keys[i], out->len - line, out, err));
        RN_TRY(rn_buf_addf(out, err, "\n"));
    }
done:
    return status;
}

enum rn_status rn_config_dump(const struct rn_config *cfg, struct rn_buf *out, struct rn_err *err)
{
    return dump(cfg, false, out, err);
}

enum rn_status rn_config_dump_origins(const struct rn_config *cfg, struct rn_buf *out,
                                      struct rn_err *err)
{
    return dump(cfg, true, out, err);
}

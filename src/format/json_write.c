/* The JSON writer. */
#include "regnet/json.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "format/text.h"

static void put(struct rn_json *js, const char *text, size_t len)
{
    if (js->status == RN_OK)
        js->status = rn_buf_add(js->buf, text, len, NULL);
}

/* What stands before a value or key: the comma, unless it is the first or follows its key. */
static void begin_item(struct rn_json *js)
{
    if (js->comma)
        put(js, ",", 1);
    js->comma = true;
}

static void put_value(struct rn_json *js, const char *text)
{
    begin_item(js);
    put(js, text, strlen(text));
}

static void open_nested(struct rn_json *js, const char *open, char close)
{
    assert(js->depth < RN_JSON_DEPTH);
    put_value(js, open);
    js->close[js->depth++] = close;
    js->comma = false;
}

/* What JSON forbids, and what YAML forbids or folds: a string of ours is valid in both. */
static bool must_escape(uint32_t code)
{
    return code < 0x20 || (code >= 0x7F && code < 0xA0) || code == 0x2028 || code == 0x2029 ||
           code == 0xFEFF || code == 0xFFFE || code == 0xFFFF;
}

static void put_character(struct rn_json *js, const char *text, size_t len, uint32_t code)
{
    char escape[8];

    if (code == '"' || code == '\\') {
        put(js, "\\", 1);
        put(js, text, 1);
    } else if (code == '\n') {
        put(js, "\\n", 2);
    } else if (code == '\t') {
        put(js, "\\t", 2);
    } else if (must_escape(code)) {
        (void)snprintf(escape, sizeof escape, "\\u%04" PRIx32, code & 0xFFFF);
        put(js, escape, 6);
    } else {
        put(js, text, len);
    }
}

static void put_string(struct rn_json *js, const char *text)
{
    put(js, "\"", 1);
    while (*text) {
        uint32_t code = 0;
        size_t len = rn_utf8_next(text, &code);

        if (len > 0)
            put_character(js, text, len, code);
        else
            put(js, "\\ufffd", 6); /* not UTF-8: the replacement character */
        text += len > 0 ? len : 1;
    }
    put(js, "\"", 1);
}

struct rn_json rn_json_begin(struct rn_buf *buf)
{
    return (struct rn_json){.buf = buf, .status = RN_OK};
}

void rn_json_object(struct rn_json *js)
{
    open_nested(js, "{", '}');
}

void rn_json_list(struct rn_json *js)
{
    open_nested(js, "[", ']');
}

void rn_json_close(struct rn_json *js)
{
    assert(js->depth > 0);
    put(js, &js->close[--js->depth], 1);
    js->comma = true;
}

void rn_json_key(struct rn_json *js, const char *key)
{
    assert(js->depth > 0 && js->close[js->depth - 1] == '}');
    begin_item(js);
    put_string(js, key);
    put(js, ":", 1);
    js->comma = false;
}

void rn_json_text(struct rn_json *js, const char *text)
{
    if (!text) {
        rn_json_null(js);
        return;
    }
    begin_item(js);
    put_string(js, text);
}

void rn_json_int(struct rn_json *js, int64_t value)
{
    char text[RN_NUMBER_MAX];

    (void)snprintf(text, sizeof text, "%" PRId64, value);
    put_value(js, text);
}

void rn_json_double(struct rn_json *js, double value)
{
    char text[RN_NUMBER_MAX] = "null";

    if (isfinite(value))
        rn_number_print(value, text);
    put_value(js, text);
}

void rn_json_bool(struct rn_json *js, bool value)
{
    put_value(js, value ? "true" : "false");
}

void rn_json_raw(struct rn_json *js, const char *json)
{
    put_value(js, json);
}

void rn_json_null(struct rn_json *js)
{
    put_value(js, "null");
}

enum rn_status rn_json_end(struct rn_json *js, struct rn_err *err)
{
    assert(js->depth == 0);
    if (js->status != RN_OK)
        return rn_nomem(err, js->buf->len, "a JSON text");
    return RN_OK;
}

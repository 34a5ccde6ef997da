/*
 * json.h: JSON as it is written, token by token, into a buffer.
 *
 * The writer places commas and escapes strings (each string is valid YAML as well); what is not
 * UTF-8 becomes U+FFFD. Numbers read back to the same value, a double always has a point (1.0), and
 * one that is not finite becomes null. The first failure is kept and returned by rn_json_end, so
 * calls need no check of their own. To nest deeper than RN_JSON_DEPTH, to close what is not open,
 * or to end before all is closed is the caller's bug (an assertion).
 *
 *     struct rn_json js = rn_json_begin(&buf);
 *     rn_json_object(&js);
 *     rn_json_key(&js, "flops"), rn_json_int(&js, 199040872);
 *     rn_json_close(&js);
 *     RN_TRY(rn_json_end(&js, err));        // one document; rn_buf_addf(&buf, err, "\n") for lines
 */
#ifndef REGNET_JSON_H
#define REGNET_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include "regnet/memory.h"

#define RN_JSON_DEPTH 32

struct rn_json {
    struct rn_buf *buf; /* borrowed until rn_json_end */
    enum rn_status status;
    int depth;
    char close[RN_JSON_DEPTH]; /* '}' or ']' by depth */
    bool comma;                /* the next item needs one before it */
};

struct rn_json rn_json_begin(struct rn_buf *buf);
void rn_json_object(struct rn_json *js);
void rn_json_list(struct rn_json *js);
void rn_json_close(struct rn_json *js); /* the innermost object or list */
void rn_json_key(struct rn_json *js, const char *key);
void rn_json_text(struct rn_json *js, const char *text); /* NULL becomes null */
void rn_json_int(struct rn_json *js, int64_t value);
void rn_json_double(struct rn_json *js, double value);
void rn_json_bool(struct rn_json *js, bool value);
void rn_json_null(struct rn_json *js);
void rn_json_raw(struct rn_json *js, const char *json); /* a value that is JSON already */
enum rn_status rn_json_end(struct rn_json *js, struct rn_err *err);

#endif

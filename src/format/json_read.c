/* The JSON reader: jansson's tree to ours. Only syntax errors know their line. */
#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include "format/doc.h"
#include "format/text.h"
#include "regnet/memory.h"

static enum rn_status copy_value(struct rn_doc *doc, json_t *json, int depth, struct rn_value *out,
                                 struct rn_err *err);

static enum rn_status copy_text(struct rn_doc *doc, struct rn_value *out, const char *text,
                                struct rn_err *err)
{
    return rn_doc_scalar(doc, out, text, strlen(text), false, err);
}

static enum rn_status copy_scalar(struct rn_doc *doc, json_t *json, struct rn_value *out,
                                  struct rn_err *err)
{
    char number[RN_NUMBER_MAX];

    switch (json_typeof(json)) {
    case JSON_STRING:
        return rn_doc_scalar(doc, out, json_string_value(json), json_string_length(json), true,
                             err);
    case JSON_INTEGER:
        (void)snprintf(number, sizeof number, "%lld", (long long)json_integer_value(json));
        return copy_text(doc, out, number, err);
    case JSON_REAL:
        rn_number_print(json_real_value(json), number);
        return copy_text(doc, out, number, err);
    case JSON_TRUE:
        return copy_text(doc, out, "true", err);
    case JSON_FALSE:
        return copy_text(doc, out, "false", err);
    default:
        return copy_text(doc, out, "null", err);
    }
}

static enum rn_status copy_list(struct rn_doc *doc, json_t *json, int depth,
                                struct rn_children *children, struct rn_err *err)
{
    enum rn_status status = RN_OK;

    for (size_t i = 0; i < json_array_size(json); i++) {
        RN_TRY(rn_children_grow(children, false, err));
        RN_TRY(copy_value(doc, json_array_get(json, i), depth, &children->items[i], err));
        children->n++;
    }
done:
    return status;
}

static enum rn_status copy_map(struct rn_doc *doc, json_t *json, int depth,
                               struct rn_children *children, struct rn_err *err)
{
    enum rn_status status = RN_OK;

    for (void *at = json_object_iter(json); at; at = json_object_iter_next(json, at)) {
        size_t i = children->n;
        const char *key = json_object_iter_key(at);

        RN_TRY(rn_children_grow(children, true, err));
        children->keys[i] = (struct rn_value){0};
        RN_TRY(rn_doc_scalar(doc, &children->keys[i], key, strlen(key), true, err));
        RN_TRY(copy_value(doc, json_object_iter_value(at), depth, &children->items[i], err));
        children->n++;
    }
done:
    return status;
}

static enum rn_status copy_value(struct rn_doc *doc, json_t *json, int depth, struct rn_value *out,
                                 struct rn_err *err)
{
    struct rn_children children = {0};
    enum rn_status status;

    *out = (struct rn_value){.file = rn_doc_root(doc)->file};
    if (!json_is_object(json) && !json_is_array(json))
        return copy_scalar(doc, json, out, err);
    if (depth == RN_DOC_DEPTH)
        return rn_value_fail(out, err, "nested deeper than %d levels", RN_DOC_DEPTH);
    if (json_is_array(json)) {
        out->kind = RN_VALUE_LIST;
        RN_TRY(copy_list(doc, json, depth + 1, &children, err));
    } else {
        out->kind = RN_VALUE_MAP;
        RN_TRY(copy_map(doc, json, depth + 1, &children, err));
    }
    status = rn_doc_nested(doc, out, &children, err);
done:
    rn_children_release(&children);
    return status;
}

enum rn_status rn_doc_parse_json(const char *text, size_t len, const char *name,
                                 struct rn_doc **out, struct rn_err *err)
{
    json_error_t problem;
    json_t *json =
        json_loadb(text ? text : "", len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &problem);
    struct rn_doc *doc = NULL;
    enum rn_status status;

    if (!json) {
        if (json_error_code(&problem) == json_error_out_of_memory)
            return rn_nomem(err, len, "a JSON document");
        return rn_fail(err, RN_E_CONFIG, "%s:%d:%d: not JSON: %s", name, problem.line,
                       problem.column, problem.text);
    }
    RN_TRY(rn_doc_new(name, &doc, err));
    RN_TRY(copy_value(doc, json, 0, rn_doc_top(doc), err));
    *out = doc;
    doc = NULL;
done:
    rn_doc_free(doc);
    json_decref(json);
    return status;
}

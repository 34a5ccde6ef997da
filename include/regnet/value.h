/*
 * value.h: what a YAML or JSON file says, as a tree that remembers where everything stood.
 *
 * Scalars keep their text: 5e-5 is a string to YAML and a number to us, so whoever asks for a type
 * gets the conversion or an error with the line. Files hold 64 MB and 64 levels at most, duplicate
 * keys are refused, YAML's aliases, tags and second documents are not accepted, and an empty YAML
 * file is an empty map. A document owns all of its values; values are borrowed until rn_doc_free.
 *
 *     struct rn_doc *doc;
 *     RN_TRY(rn_doc_read("space.yaml", &doc, err));
 *     const struct rn_value *base = rn_value_get(rn_doc_root(doc), "base");
 *     RN_TRY(rn_value_text(base, &text, err));
 */
#ifndef REGNET_VALUE_H
#define REGNET_VALUE_H

#include <stdbool.h>
#include <stddef.h>

#include "regnet/status.h"

enum rn_value_kind { RN_VALUE_SCALAR, RN_VALUE_LIST, RN_VALUE_MAP };

struct rn_doc;

struct rn_value {
    enum rn_value_kind kind;
    int line, column; /* from 1; 0 where unknown (JSON) */
    const char *file; /* the document's name, for messages */
    const char *text; /* scalar: its text ("null", "true" for JSON's own) */
    bool quoted;      /* scalar: was a quoted string (JSON: any string) */
    size_t n;         /* list: items, map: pairs */
    struct rn_value *items;
    struct rn_value *keys; /* map: n scalars, each with its own position */
};

/* Reads a .json file as JSON and any other name as YAML. RN_E_IO, RN_E_CONFIG with the line. */
enum rn_status rn_doc_read(const char *path, struct rn_doc **doc, struct rn_err *err);
/* The same from memory; name is for messages and is copied. */
enum rn_status rn_doc_parse_yaml(const char *text, size_t len, const char *name,
                                 struct rn_doc **doc, struct rn_err *err);
enum rn_status rn_doc_parse_json(const char *text, size_t len, const char *name,
                                 struct rn_doc **doc, struct rn_err *err);
void rn_doc_free(struct rn_doc *doc);
const struct rn_value *rn_doc_root(const struct rn_doc *doc);

/* The value of a key; NULL when map is NULL, not a map, or lacks the key. */
const struct rn_value *rn_value_get(const struct rn_value *map, const char *key);
bool rn_value_is_null(const struct rn_value *value); /* NULL, or an unquoted null, ~ or nothing */

/* Conversions, of quoted scalars too; NULL and null are errors. Truth values are YAML 1.1's words,
   numbers are decimal and finite, an integer has no point. RN_E_CONFIG names the position and what
   was expected. */
enum rn_status rn_value_text(const struct rn_value *value, const char **out, struct rn_err *err);
enum rn_status rn_value_bool(const struct rn_value *value, bool *out, struct rn_err *err);
enum rn_status rn_value_int(const struct rn_value *value, long long *out, struct rn_err *err);
enum rn_status rn_value_double(const struct rn_value *value, double *out, struct rn_err *err);

/* An error about a value: "FILE:LINE:COLUMN: message". */
#if defined(__GNUC__)
__attribute__((format(printf, 3, 4)))
#endif
enum rn_status
rn_value_fail(const struct rn_value *value, struct rn_err *err, const char *fmt, ...);

#endif

/*
 * doc.h: how the YAML and JSON readers build a document. Private to format.
 *
 * A document is an arena: values and texts are put into it and leave with it. A reader collects the
 * children of a list or map in a struct rn_children, whose arrays grow, and then puts them in.
 */
#ifndef RN_FORMAT_DOC_H
#define RN_FORMAT_DOC_H

#include "regnet/value.h"

#define RN_DOC_DEPTH 64                 /* lists and maps within each other */
#define RN_DOC_BYTES ((size_t)64 << 20) /* of a file */

struct rn_children {
    struct rn_value *items, *keys;
    size_t n, cap;
};

enum rn_status rn_doc_new(const char *name, struct rn_doc **doc, struct rn_err *err);
struct rn_value *rn_doc_top(struct rn_doc *doc);
/* A value at that place, of the document's file; the text is copied. */
enum rn_status rn_doc_scalar(struct rn_doc *doc, struct rn_value *place, const char *text,
                             size_t len, bool quoted, struct rn_err *err);
enum rn_status rn_doc_nested(struct rn_doc *doc, struct rn_value *place,
                             const struct rn_children *children, struct rn_err *err);
/* RN_E_CONFIG if two keys of the map are the same. */
enum rn_status rn_doc_check_keys(const struct rn_value *map, struct rn_err *err);

/* Room for one more child; keys is grown as well when with_key. */
enum rn_status rn_children_grow(struct rn_children *children, bool with_key, struct rn_err *err);
void rn_children_release(struct rn_children *children);

#endif

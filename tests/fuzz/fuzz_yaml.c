/*
 * Any bytes as YAML: a document or an error, never a crash; a document's scalars convert or fail.
 * Tests replay corpus/yaml; tools/fuzz.sh yaml looks for new cases.
 */
#include "regnet/value.h"

#include "fuzz.h"

/* Visits every value, so that a wrong length or pointer is noticed. */
static void visit(const struct rn_value *value)
{
    const char *text;
    long long integer;
    double real;
    bool flag;

    (void)rn_value_text(value, &text, NULL);
    (void)rn_value_int(value, &integer, NULL);
    (void)rn_value_double(value, &real, NULL);
    (void)rn_value_bool(value, &flag, NULL);
    for (size_t i = 0; i < value->n; i++) {
        if (value->kind == RN_VALUE_MAP && rn_value_get(value, value->keys[i].text) == NULL)
            __builtin_trap();
        visit(&value->items[i]);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct rn_err err = {0};
    struct rn_doc *doc = NULL;

    if (rn_doc_parse_yaml((const char *)data, size, "fuzz", &doc, &err) == RN_OK)
        visit(rn_doc_root(doc));
    else if (!err.msg[0])
        __builtin_trap();
    rn_doc_free(doc);
    return 0;
}

/*
 * Any bytes as JSON; and any text, written by us, reads back as JSON and as YAML.
 * Tests replay corpus/json; tools/fuzz.sh json looks for new cases.
 */
#include "regnet/json.h"

#include <string.h>

#include "fuzz.h"
#include "regnet/value.h"

static void write_and_read(const uint8_t *data, size_t size)
{
    struct rn_doc *json = NULL, *yaml = NULL;
    struct rn_buf text = {0}, out = {0};
    struct rn_json js = rn_json_begin(&out);

    if (rn_buf_add(&text, data, size, NULL) != RN_OK)
        return;
    rn_json_text(&js, text.data);
    if (rn_json_end(&js, NULL) != RN_OK ||
        rn_doc_parse_json(out.data, out.len, "json", &json, NULL) != RN_OK ||
        rn_doc_parse_yaml(out.data, out.len, "yaml", &yaml, NULL) != RN_OK ||
        strcmp(rn_doc_root(json)->text, rn_doc_root(yaml)->text) != 0)
        __builtin_trap();
    rn_doc_free(json);
    rn_doc_free(yaml);
    rn_buf_release(&out);
    rn_buf_release(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct rn_err err = {0};
    struct rn_doc *doc = NULL;

    if (rn_doc_parse_json((const char *)data, size, "fuzz", &doc, &err) != RN_OK && !err.msg[0])
        __builtin_trap();
    rn_doc_free(doc);
    write_and_read(data, size);
    return 0;
}

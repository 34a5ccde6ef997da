/*
 * Any bytes as a configuration: what is accepted is dumped and reads back the same.
 * Tests replay corpus/config; tools/fuzz.sh config looks for new cases.
 */
#include "regnet/config.h"

#include <string.h>

#include "fuzz.h"

static enum rn_status merge(struct rn_config *cfg, const char *text, size_t len)
{
    struct rn_doc *doc = NULL;
    enum rn_status status;

    RN_TRY(rn_doc_parse_yaml(text, len, "fuzz", &doc, NULL));
    status = rn_config_merge(cfg, rn_doc_root(doc), NULL);
done:
    rn_doc_free(doc);
    return status;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct rn_config initial, cfg, back;
    struct rn_buf dump = {0};

    rn_config_default(&initial);
    cfg = back = initial;
    if (merge(&cfg, (const char *)data, size) != RN_OK) {
        if (memcmp(&cfg, &initial, sizeof cfg) != 0)
            __builtin_trap();
        return 0;
    }
    if (rn_config_dump(&cfg, &dump, NULL) != RN_OK || merge(&back, dump.data, dump.len) != RN_OK ||
        memcmp(&cfg, &back, offsetof(struct rn_config, origins)) != 0)
        __builtin_trap();
    rn_buf_release(&dump);
    return 0;
}

/*
 * Any bytes as a space's file: what is accepted can be drawn from and described, what is refused
 * says why. Tests replay corpus/space; tools/fuzz.sh space looks for new cases.
 */
#include "fuzz.h"
#include "space/room.h"

#define DRAWS 16

static enum rn_status read_space(const struct rn_buf *text, struct rn_space *space,
                                 struct rn_err *err)
{
    struct rn_doc *doc = NULL;
    enum rn_status status;

    RN_TRY(rn_doc_parse_yaml(text->data, text->len, "fuzz", &doc, err));
    RN_TRY(rn_space_read_root(space, rn_doc_root(doc), "fuzz", 0, err));
    status = rn_space_compile(space, err);
done:
    rn_doc_free(doc);
    return status;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct rn_space *space = rn_space_new();
    struct rn_space_facts facts = {0};
    struct rn_buf text = {0};
    struct rn_err err = {0};
    enum rn_status status = rn_buf_add(&text, data, size, &err);

    if (status == RN_OK)
        status = read_space(&text, space, &err);
    if (status == RN_OK)
        status = rn_space_describe(space, 1, DRAWS, &facts, &err);
    if ((status != RN_OK) != (err.msg[0] != 0))
        __builtin_trap();
    rn_space_facts_release(&facts);
    rn_buf_release(&text);
    rn_space_free(space);
    return 0;
}

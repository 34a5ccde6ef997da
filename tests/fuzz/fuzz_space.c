/*
 * Any bytes as a space's file, and as one of its constraints: what is accepted means something,
 * what is refused says why. Tests replay corpus/space; tools/fuzz.sh space looks for new cases.
 */
#include <string.h>

#include "fuzz.h"
#include "space/room.h"

static void as_constraint(const char *text)
{
    const struct rn_value value = {.kind = RN_VALUE_SCALAR,
                                   .line = 1,
                                   .column = 1,
                                   .file = "fuzz",
                                   .text = text,
                                   .quoted = true};
    struct rn_constraint made = {0};
    struct rn_err err = {0};

    if (rn_constraint_parse(&value, &made, &err) != RN_OK) {
        if (strncmp(err.msg, "fuzz:1:", 7) != 0)
            __builtin_trap();
    } else if (made.kind == RN_CONSTRAINT_LIMIT) {
        if (made.limit.lo > made.limit.hi)
            __builtin_trap();
    } else if (!strchr("dwbg", made.letter)) {
        __builtin_trap();
    }
}

static void as_file(const char *text, size_t len)
{
    struct rn_space *space = rn_space_new();
    struct rn_doc *doc = NULL;
    struct rn_err err = {0};
    enum rn_status status;

    RN_TRY(rn_doc_parse_yaml(text, len, "fuzz", &doc, &err));
    RN_TRY(rn_space_read_root(space, rn_doc_root(doc), "fuzz", 0, &err));
    status = rn_space_compile(space, &err);
done:
    if ((status != RN_OK) != (err.msg[0] != 0))
        __builtin_trap();
    rn_doc_free(doc);
    rn_space_free(space);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct rn_buf text = {0};

    if (rn_buf_add(&text, data, size, NULL) == RN_OK) {
        as_constraint(text.data);
        as_file(text.data, text.len);
    }
    rn_buf_release(&text);
    return 0;
}

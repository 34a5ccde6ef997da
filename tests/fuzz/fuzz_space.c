/*
 * Any bytes as a constraint: what is accepted bounds something, what is refused says why.
 * Tests replay corpus/space; tools/fuzz.sh space looks for new cases.
 */
#include <string.h>

#include "fuzz.h"
#include "regnet/memory.h"
#include "space/constraint.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct rn_value value = {
        .kind = RN_VALUE_SCALAR, .line = 1, .column = 1, .file = "fuzz", .quoted = true};
    struct rn_constraint made = {0};
    struct rn_err err = {0};
    struct rn_buf text = {0};

    if (rn_buf_add(&text, data, size, NULL) != RN_OK)
        return 0;
    value.text = text.data;
    if (rn_constraint_parse(&value, &made, &err) != RN_OK) {
        if (strncmp(err.msg, "fuzz:1:", 7) != 0)
            __builtin_trap();
    } else if (made.kind == RN_CONSTRAINT_LIMIT) {
        if (made.limit.lo > made.limit.hi)
            __builtin_trap();
    } else if (!strchr("dwbg", made.letter)) {
        __builtin_trap();
    }
    rn_buf_release(&text);
    return 0;
}

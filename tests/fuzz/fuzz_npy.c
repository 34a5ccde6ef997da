/*
 * Any bytes as a NumPy array: what is accepted has as many values as its shape says. Tests replay
 * corpus/npy; tools/fuzz.sh npy looks for new cases.
 */
#include "regnet/npy.h"

#include "fuzz.h"

static volatile float sink;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct rn_npy npy = {0};
    struct rn_err err = {0};
    size_t product = 1;

    if (rn_npy_parse(data, size, "fuzz", &npy, &err) != RN_OK) {
        if (!err.msg[0])
            __builtin_trap();
        return 0;
    }
    for (int i = 0; i < npy.ndim; i++)
        product *= (size_t)npy.dim[i];
    if (product != npy.count)
        __builtin_trap();
    for (size_t i = 0; i < npy.count; i++)
        sink = npy.data[i];
    rn_npy_release(&npy);
    return 0;
}

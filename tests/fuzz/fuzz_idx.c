/*
 * Any bytes as an IDX file, of labels (first byte even) or images: what is accepted has the size
 * that its header says. Tests replay corpus/idx; tools/fuzz.sh idx looks for new cases.
 */
#include "fuzz.h"

#include "data/source.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct rn_idx idx = {0};
    size_t product = 1;
    int ndim = size > 0 && data[0] % 2 ? 3 : 1;

    if (size == 0 || rn_idx_parse(data + 1, size - 1, "fuzz", ndim, &idx, NULL) != RN_OK)
        return 0;
    for (int i = 0; i < idx.ndim; i++)
        product *= idx.dim[i];
    if (idx.ndim != ndim || product != idx.size)
        __builtin_trap();
    for (size_t i = 0; i < idx.size; i++) /* all of it can be read */
        product ^= idx.data[i];
    *(volatile size_t *)&product = product;
    rn_free(idx.data);
    return 0;
}

/*
 * Any bytes as safetensors: every value of an accepted file can be read and found.
 * Tests replay corpus/safetensors; tools/fuzz.sh safetensors looks for new cases.
 */
#include "regnet/safetensors.h"

#include "fuzz.h"

static volatile float sink;

static void visit(const struct rn_tensor_file *file, const struct rn_tensor *tensor)
{
    int64_t count = 1;

    for (int i = 0; i < tensor->ndim; i++)
        count *= tensor->dim[i];
    for (int64_t i = 0; i < count; i++)
        sink = tensor->data[i];
    if (rn_tensor_find(file, tensor->name) != tensor)
        __builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct rn_tensor_file file = {0};
    struct rn_err err = {0};

    if (rn_safetensors_parse(data, size, "fuzz", &file, &err) != RN_OK && !err.msg[0])
        __builtin_trap();
    for (size_t i = 0; i < file.n; i++)
        visit(&file, &file.tensors[i]);
    rn_tensor_file_release(&file);
    return 0;
}

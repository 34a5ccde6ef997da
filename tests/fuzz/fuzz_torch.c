/*
 * Any bytes as a PyTorch checkpoint, and any bytes as the pickle in one: every value of what is
 * accepted can be read and found, what is refused says why. Tests replay corpus/torch;
 * tools/fuzz.sh torch looks for new cases.
 */
#include "regnet/torch.h"

#include <string.h>

#include "format/pickle.h"
#include "format/zip.h"
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

static void parse(const void *data, size_t size)
{
    struct rn_tensor_file file = {0};
    struct rn_err err = {0};

    if (rn_torch_parse(data, size, "fuzz", &file, &err) != RN_OK && !err.msg[0])
        __builtin_trap();
    for (size_t i = 0; i < file.n; i++)
        visit(&file, &file.tensors[i]);
    for (size_t i = 0; i < file.n_metadata; i++)
        sink = (float)strlen(file.metadata[i].value);
    rn_tensor_file_release(&file);
}

/* An archive around the bytes, with three storages that their tensors may name. */
static void parse_pickle(const uint8_t *data, size_t size)
{
    static const char storage[64];
    struct rn_zip_writer zip = {0};

    if (rn_zip_add(&zip, "a/data.pkl", data, size, NULL) != RN_OK ||
        rn_zip_add(&zip, "a/data/0", storage, 64, NULL) != RN_OK ||
        rn_zip_add(&zip, "a/data/1", storage, 8, NULL) != RN_OK ||
        rn_zip_add(&zip, "a/data/2", storage, 0, NULL) != RN_OK || rn_zip_end(&zip, NULL) != RN_OK)
        __builtin_trap();
    parse(zip.out.data, zip.out.len);
    rn_zip_writer_release(&zip);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    parse(data, size);
    parse_pickle(data, size);
    return 0;
}

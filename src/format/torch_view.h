/* torch_view.h: a checkpoint's tensors, as its pickle describes them. Private to format. */
#ifndef RN_FORMAT_TORCH_VIEW_H
#define RN_FORMAT_TORCH_VIEW_H

#include "format/dtype.h"
#include "format/pickle.h"
#include "format/zip.h"
#include "regnet/safetensors.h"

struct rn_torch_reader {
    const char *file;
    size_t len; /* of the file */
    struct rn_zip zip;
    const char *prefix; /* the archive's folder with its slash: prefix_len bytes */
    size_t prefix_len;
    struct rn_pickle pickle;
    struct rn_err *err;
    size_t strip; /* bytes of "module." before every name */
};

/* Counts are elements. */
struct rn_torch_view {
    const struct rn_dtype *dtype;
    const unsigned char *data; /* of the storage */
    int ndim;
    int64_t dim[RN_TENSOR_DIMS], stride[RN_TENSOR_DIMS];
    size_t offset, count;
};

/* The view that a value of the pickle describes, checked against its storage. */
enum rn_status rn_torch_view_read(const struct rn_torch_reader *reader,
                                  const struct rn_pickle_value *name,
                                  const struct rn_pickle_value *value, struct rn_torch_view *view);
void rn_torch_view_convert(const struct rn_torch_view *view, float *to);
/* RN_E_DATA about the tensor of that name. */
enum rn_status rn_torch_bad(const struct rn_torch_reader *reader,
                            const struct rn_pickle_value *name, const char *what);

#endif

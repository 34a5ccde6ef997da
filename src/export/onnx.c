/* The ONNX file: a ModelProto around the layers. */
#include <string.h>

#include "export/onnx.h"
#include "regnet/export.h"
#include "regnet/file.h"

#define MAX_BYTES INT32_MAX /* protocol buffers' own limit for a message */

static void dimension(struct rn_pb *pb, int64_t value)
{
    size_t opened = rn_pb_open(pb, RN_SHAPE_DIM);

    rn_pb_int(pb, RN_DIM_VALUE, value);
    rn_pb_close(pb, opened);
}

/* An input or output of the graph: batch x dim[0] x ... */
static void value_info(struct rn_pb *pb, int field, const char *name, int ndim, const int *dim)
{
    size_t info = rn_pb_open(pb, field), type, tensor, shape, batch;

    rn_pb_text(pb, RN_VALUE_INFO_NAME, name);
    type = rn_pb_open(pb, RN_VALUE_INFO_TYPE);
    tensor = rn_pb_open(pb, RN_TYPE_TENSOR);
    rn_pb_int(pb, RN_TENSOR_TYPE_ELEM, RN_TENSOR_FLOAT);
    shape = rn_pb_open(pb, RN_TENSOR_TYPE_SHAPE);
    batch = rn_pb_open(pb, RN_SHAPE_DIM);
    rn_pb_text(pb, RN_DIM_PARAM, RN_ONNX_BATCH);
    rn_pb_close(pb, batch);
    for (int i = 0; i < ndim; i++)
        dimension(pb, dim[i]);
    rn_pb_close(pb, shape);
    rn_pb_close(pb, tensor);
    rn_pb_close(pb, type);
    rn_pb_close(pb, info);
}

static void opset(struct rn_pb *pb)
{
    size_t opened = rn_pb_open(pb, RN_MODEL_OPSET_IMPORT);

    rn_pb_int(pb, RN_OPSET_VERSION, RN_ONNX_OPSET);
    rn_pb_close(pb, opened);
}

static void metadata(struct rn_pb *pb, const struct rn_metadata *entry)
{
    size_t opened = rn_pb_open(pb, RN_MODEL_METADATA_PROPS);

    rn_pb_text(pb, RN_ENTRY_KEY, entry->key);
    rn_pb_text(pb, RN_ENTRY_VALUE, entry->value);
    rn_pb_close(pb, opened);
}

static enum rn_status graph(struct rn_pb *pb, const struct rn_folded *net, const char *name,
                            struct rn_err *err)
{
    struct rn_shape in = net->layers[0].node->out, out = net->layers[net->n - 1].node->out;
    size_t opened = rn_pb_open(pb, RN_MODEL_GRAPH);
    enum rn_status status;

    rn_pb_text(pb, RN_GRAPH_NAME, name);
    for (int i = 1; i < net->n; i++)
        RN_TRY(rn_onnx_layer(pb, net, i, err));
    value_info(pb, RN_GRAPH_INPUT, RN_ONNX_INPUT, 3, (const int[]){in.c, in.h, in.w});
    value_info(pb, RN_GRAPH_OUTPUT, RN_ONNX_OUTPUT, 1, &out.c);
    rn_pb_close(pb, opened);
    status = pb->status;
done:
    return status;
}

static enum rn_status model(struct rn_pb *pb, const struct rn_trained *net,
                            const struct rn_folded *folded, struct rn_err *err)
{
    const char *name = *net->graph->arch.name ? net->graph->arch.name : "network";
    enum rn_status status;

    rn_pb_int(pb, RN_MODEL_IR_VERSION, RN_ONNX_IR);
    rn_pb_text(pb, RN_MODEL_PRODUCER_NAME, "regnet");
    RN_TRY(graph(pb, folded, name, err));
    opset(pb);
    for (size_t i = 0; i < net->n_metadata; i++)
        metadata(pb, &net->metadata[i]);
    status = pb->status;
    if (status == RN_OK && pb->buf.len > MAX_BYTES)
        status = rn_fail(err, RN_E_UNSUPPORTED,
                         "%zu bytes; a file of ONNX holds at most %d with its weights inside",
                         pb->buf.len, MAX_BYTES);
done:
    return status;
}

static enum rn_status read_back(const char *path, size_t len, const struct rn_folded *folded,
                                struct rn_err *err)
{
    struct rn_buf file = {0};
    enum rn_status status;

    RN_TRY(rn_file_read(path, len, &file, err));
    status = rn_onnx_check(file.data, file.len, folded, err);
    if (status != RN_OK)
        rn_err_prefix(err, "%s: the file does not read back as it was written", path);
done:
    rn_buf_release(&file);
    return status;
}

enum rn_status rn_export_onnx(const struct rn_trained *net, const char *path, struct rn_err *err)
{
    struct rn_folded folded = {0};
    struct rn_pb pb = {.err = err};
    enum rn_status status;

    RN_TRY(rn_fold(net, &folded, err));
    RN_TRY(model(&pb, net, &folded, err));
    RN_TRY(rn_file_write(path, pb.buf.data, pb.buf.len, err));
    RN_TRY(read_back(path, pb.buf.len, &folded, err));
done:
    rn_buf_release(&pb.buf);
    rn_fold_release(&folded);
    return status;
}

/*
 * onnx.h: what the files of the ONNX export share: the field numbers of ONNX's schema (onnx.proto),
 * and how an operator is written.
 */
#ifndef REGNET_EXPORT_ONNX_H
#define REGNET_EXPORT_ONNX_H

#include "export/fold.h"
#include "regnet/protobuf.h"

#define RN_ONNX_IR 8     /* the version of the schema that came with */
#define RN_ONNX_OPSET 17 /* the version of the operators */
#define RN_ONNX_INPUT "input"
#define RN_ONNX_OUTPUT "logits"
#define RN_ONNX_WEIGHT ".weight" /* behind a layer's name: its tensors */
#define RN_ONNX_BIAS ".bias"
#define RN_ONNX_BATCH "batch" /* the name of the dimension without a size */

/* Message and field, as onnx.proto spells them. */
enum {
    RN_MODEL_IR_VERSION = 1,
    RN_MODEL_PRODUCER_NAME = 2,
    RN_MODEL_GRAPH = 7,
    RN_MODEL_OPSET_IMPORT = 8,
    RN_MODEL_METADATA_PROPS = 14,
    RN_OPSET_VERSION = 2,
    RN_ENTRY_KEY = 1,
    RN_ENTRY_VALUE = 2,
    RN_GRAPH_NODE = 1,
    RN_GRAPH_NAME = 2,
    RN_GRAPH_INITIALIZER = 5,
    RN_GRAPH_INPUT = 11,
    RN_GRAPH_OUTPUT = 12,
    RN_NODE_INPUT = 1,
    RN_NODE_OUTPUT = 2,
    RN_NODE_NAME = 3,
    RN_NODE_OP_TYPE = 4,
    RN_NODE_ATTRIBUTE = 5,
    RN_ATTRIBUTE_NAME = 1,
    RN_ATTRIBUTE_I = 3,
    RN_ATTRIBUTE_INTS = 8,
    RN_ATTRIBUTE_TYPE = 20,
    RN_TENSOR_SHAPE = 1, /* dims */
    RN_TENSOR_DATA_TYPE = 2,
    RN_TENSOR_NAME = 8,
    RN_TENSOR_RAW_DATA = 9,
    RN_VALUE_INFO_NAME = 1,
    RN_VALUE_INFO_TYPE = 2,
    RN_TYPE_TENSOR = 1,
    RN_TENSOR_TYPE_ELEM = 1,
    RN_TENSOR_TYPE_SHAPE = 2,
    RN_SHAPE_DIM = 1,
    RN_DIM_VALUE = 1,
    RN_DIM_PARAM = 2,
};

enum { RN_ATTRIBUTE_IS_INT = 2, RN_ATTRIBUTE_IS_INTS = 7 }; /* AttributeType */
enum { RN_TENSOR_FLOAT = 1, RN_TENSOR_INT64 = 7 };          /* TensorProto.DataType */

#define RN_ONNX_NAME 192 /* bytes of a value's name */

/* The name of a layer's output; with a suffix, of a tensor of its own ("s1.b1.a.weight"). */
void rn_onnx_name(const struct rn_folded *net, int layer, const char *suffix, char *out);

/* onnx_ops.c: one layer as nodes and the tensors that they read, appended to a GraphProto. */
enum rn_status rn_onnx_layer(struct rn_pb *pb, const struct rn_folded *net, int layer,
                             struct rn_err *err);

/* onnx_check.c: whether a ModelProto is the network: its versions, every layer's values with their
   shape, inputs and output, and nodes that read what is there before them. RN_E_FAILED. */
enum rn_status rn_onnx_check(const void *data, size_t len, const struct rn_folded *net,
                             struct rn_err *err);

#endif

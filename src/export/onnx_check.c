/* Reads an ONNX file of ours as anyone would, and holds it against the network. */
#include <string.h>

#include "export/onnx.h"

/* Names of values that a node may read; borrowed from the file. */
struct names {
    struct rn_pb_span *items;
    size_t n, cap;
};

struct check {
    const struct rn_folded *net;
    struct names known;
    int tensors; /* of layers, found and equal */
    int64_t ir, opset;
    int ends; /* the graph's input and output, found and right */
    struct rn_err *err;
};

static enum rn_status differs(struct check *c, const char *what, struct rn_pb_span name)
{
    return rn_fail(c->err, RN_E_FAILED, "%s: %.*s", what, (int)(name.len < 200 ? name.len : 200),
                   name.data ? (const char *)name.data : "");
}

static struct rn_pb_span span_of(const char *text)
{
    return (struct rn_pb_span){(const uint8_t *)text, strlen(text)};
}

/* An empty span may have no data. */
static bool is_same(struct rn_pb_span a, struct rn_pb_span b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

static bool is_known(const struct names *names, struct rn_pb_span name)
{
    for (size_t i = names->n; i-- > 0;) /* most values are read soon after they are written */
        if (is_same(names->items[i], name))
            return true;
    return false;
}

/* A new name; one that is there already would be two values. */
static enum rn_status add_name(struct check *c, struct rn_pb_span name)
{
    struct names *names = &c->known;

    if (is_known(names, name))
        return differs(c, "two values of one name", name);
    if (names->n == names->cap) {
        size_t cap = names->cap ? 2 * names->cap : 256;
        struct rn_pb_span *items = rn_realloc(names->items, cap, sizeof *items);
        if (!items)
            return rn_nomem(c->err, cap * sizeof *items, "names");
        names->items = items;
        names->cap = cap;
    }
    names->items[names->n++] = name;
    return RN_OK;
}

/* Calls visit for each field of a message; every byte must belong to one. */
static enum rn_status walk(struct check *c, struct rn_pb_span message, void *arg,
                           enum rn_status (*visit)(struct check *c, const struct rn_pb_field *field,
                                                   void *arg))
{
    enum rn_status status = RN_OK;
    struct rn_pb_field field;

    while (rn_pb_next(&message, &field))
        RN_TRY(visit(c, &field, arg));
    if (message.len)
        status = rn_fail(c->err, RN_E_FAILED, "%zu bytes are no field of a message", message.len);
done:
    return status;
}

struct tensor {
    struct rn_pb_span name, data;
    int64_t type, dim[4];
    int ndim;
};

static enum rn_status tensor_field(struct check *c, const struct rn_pb_field *field, void *arg)
{
    struct tensor *t = arg;

    (void)c;
    if (field->number == RN_TENSOR_NAME)
        t->name = field->bytes;
    else if (field->number == RN_TENSOR_RAW_DATA)
        t->data = field->bytes;
    else if (field->number == RN_TENSOR_DATA_TYPE)
        t->type = field->value;
    else if (field->number == RN_TENSOR_SHAPE && t->ndim < 4)
        t->dim[t->ndim++] = field->value;
    return RN_OK;
}

static bool is_joined(struct rn_pb_span name, const char *front, const char *back)
{
    size_t n = strlen(front);

    return name.len >= n && memcmp(name.data, front, n) == 0 &&
           is_same((struct rn_pb_span){name.data + n, name.len - n}, span_of(back));
}

/* The values of a layer's that have this name; NULL: the tensor is an operator's own. */
static const struct rn_layer_values *values_of(const struct rn_folded *net, struct rn_pb_span name)
{
    for (int i = 0; i < net->n; i++) {
        const struct rn_folded_layer *layer = &net->layers[i];

        if (layer->weight.data && is_joined(name, layer->node->name, RN_ONNX_WEIGHT))
            return &layer->weight;
        if (layer->bias.data && is_joined(name, layer->node->name, RN_ONNX_BIAS))
            return &layer->bias;
    }
    return NULL;
}

/* Lone normalizations have dimensions of 1 behind their channels. */
static bool is_equal(const struct tensor *t, const struct rn_layer_values *values)
{
    if (t->type != RN_TENSOR_FLOAT)
        return false;
    for (int i = 0; i < values->ndim; i++)
        if (t->dim[i] != values->dim[i])
            return false;
    return t->data.len == values->n * sizeof(float) &&
           memcmp(t->data.data, values->data, t->data.len) == 0;
}

/* Bytes of a value of a tensor; 0: we write no such type. */
static size_t value_size(int64_t type)
{
    return type == RN_TENSOR_FLOAT ? sizeof(float) : type == RN_TENSOR_INT64 ? sizeof(int64_t) : 0;
}

static enum rn_status check_tensor(struct check *c, struct rn_pb_span message)
{
    struct tensor t = {0};
    const struct rn_layer_values *values;
    size_t n = 1;
    enum rn_status status;

    RN_TRY(walk(c, message, &t, tensor_field));
    for (int i = 0; i < t.ndim; i++)
        n *= (size_t)t.dim[i];
    if (value_size(t.type) == 0 || t.data.len != n * value_size(t.type))
        return differs(c, "a tensor whose data are not its shape's", t.name);
    values = values_of(c->net, t.name);
    if (values && !is_equal(&t, values))
        return differs(c, "a tensor that is not the network's", t.name);
    c->tensors += values != NULL;
    status = add_name(c, t.name);
done:
    return status;
}

static enum rn_status node_field(struct check *c, const struct rn_pb_field *field, void *arg)
{
    struct rn_pb_span *output = arg;

    if (field->number == RN_NODE_OUTPUT)
        *output = field->bytes;
    if (field->number == RN_NODE_INPUT && !is_known(&c->known, field->bytes))
        return differs(c, "a node reads what is not there", field->bytes);
    return RN_OK;
}

static enum rn_status check_node(struct check *c, struct rn_pb_span message)
{
    struct rn_pb_span output = {0};
    enum rn_status status;

    RN_TRY(walk(c, message, &output, node_field));
    status = add_name(c, output);
done:
    return status;
}

/* An input or output of the graph: its name and its dimensions that have a size. */
struct info {
    struct rn_pb_span name;
    int64_t dim[4];
    int ndim, depth; /* depth: of the message that is being read, in info_path */
};

static const int info_path[] = {RN_VALUE_INFO_TYPE, RN_TYPE_TENSOR, RN_TENSOR_TYPE_SHAPE,
                                RN_SHAPE_DIM, RN_DIM_VALUE};

static enum rn_status info_field(struct check *c, const struct rn_pb_field *field, void *arg)
{
    struct info *info = arg;
    enum rn_status status = RN_OK;

    if (info->depth == 0 && field->number == RN_VALUE_INFO_NAME)
        info->name = field->bytes;
    if (field->number != info_path[info->depth])
        return RN_OK;
    if (field->number == RN_DIM_VALUE && info->depth == 4) {
        info->dim[info->ndim++ % 4] = field->value;
        return RN_OK;
    }
    info->depth++;
    status = walk(c, field->bytes, info, info_field);
    info->depth--;
    return status;
}

static enum rn_status check_info(struct check *c, struct rn_pb_span message, const char *name,
                                 int ndim, const int *dim)
{
    struct info info = {0};
    enum rn_status status;
    bool same;

    RN_TRY(walk(c, message, &info, info_field));
    same = is_same(info.name, span_of(name)) && info.ndim == ndim;
    for (int i = 0; same && i < ndim; i++)
        same = info.dim[i] == dim[i];
    if (!same)
        status = differs(c, "an input or output that is not the network's", info.name);
    c->ends += same;
done:
    return status;
}

static enum rn_status graph_ends(struct check *c, const struct rn_pb_field *field, void *arg)
{
    struct rn_shape in = c->net->layers[0].node->out;

    (void)arg;
    if (field->number == RN_GRAPH_INPUT)
        return check_info(c, field->bytes, RN_ONNX_INPUT, 3, (const int[]){in.c, in.h, in.w});
    if (field->number == RN_GRAPH_OUTPUT)
        return check_info(c, field->bytes, RN_ONNX_OUTPUT, 1,
                          &c->net->layers[c->net->n - 1].node->out.c);
    return RN_OK;
}

static enum rn_status graph_tensors(struct check *c, const struct rn_pb_field *field, void *arg)
{
    (void)arg;
    return field->number == RN_GRAPH_INITIALIZER ? check_tensor(c, field->bytes) : RN_OK;
}

static enum rn_status graph_nodes(struct check *c, const struct rn_pb_field *field, void *arg)
{
    (void)arg;
    return field->number == RN_GRAPH_NODE ? check_node(c, field->bytes) : RN_OK;
}

/* The output of each layer under its name. */
static enum rn_status check_layers(struct check *c)
{
    char name[RN_ONNX_NAME];
    int tensors = 0;

    for (int i = 0; i < c->net->n; i++) {
        const struct rn_folded_layer *layer = &c->net->layers[i];

        rn_onnx_name(c->net, i, "", name);
        if (!is_known(&c->known, span_of(name)))
            return rn_fail(c->err, RN_E_FAILED, "no value %s", name);
        tensors += (layer->weight.data != NULL) + (layer->bias.data != NULL);
    }
    if (c->tensors != tensors)
        return rn_fail(c->err, RN_E_FAILED, "%d tensors of the network's %d", c->tensors, tensors);
    return RN_OK;
}

static enum rn_status check_graph(struct check *c, struct rn_pb_span message)
{
    enum rn_status status;

    RN_TRY(add_name(c, span_of(RN_ONNX_INPUT)));
    RN_TRY(walk(c, message, NULL, graph_ends));
    RN_TRY(walk(c, message, NULL, graph_tensors));
    RN_TRY(walk(c, message, NULL, graph_nodes));
    status = check_layers(c);
done:
    return status;
}

static enum rn_status opset_field(struct check *c, const struct rn_pb_field *field, void *arg)
{
    (void)arg;
    if (field->number == RN_OPSET_VERSION)
        c->opset = field->value;
    return RN_OK;
}

static enum rn_status model_field(struct check *c, const struct rn_pb_field *field, void *arg)
{
    (void)arg;
    switch (field->number) {
    case RN_MODEL_IR_VERSION:
        c->ir = field->value;
        return RN_OK;
    case RN_MODEL_OPSET_IMPORT:
        return walk(c, field->bytes, NULL, opset_field);
    case RN_MODEL_GRAPH:
        return check_graph(c, field->bytes);
    default:
        return RN_OK;
    }
}

enum rn_status rn_onnx_check(const void *data, size_t len, const struct rn_folded *net,
                             struct rn_err *err)
{
    struct check c = {.net = net, .err = err};
    enum rn_status status;

    RN_TRY(walk(&c, (struct rn_pb_span){data, len}, NULL, model_field));
    if (c.ir != RN_ONNX_IR || c.opset != RN_ONNX_OPSET || c.ends != 2)
        status =
            rn_fail(err, RN_E_FAILED, "no model of ONNX's opset %d with one input and one output",
                    RN_ONNX_OPSET);
done:
    rn_free(c.known.items);
    return status;
}

/* The steps of which the builders are made: one node each, then the groups that recur. */
#include "model/build.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "model/rule.h"

size_t rn_build_enter(struct rn_build *b, const char *fmt, ...)
{
    size_t mark = strlen(b->scope);
    va_list args;

    va_start(args, fmt);
    vsnprintf(b->scope + mark, RN_SCOPE_MAX - mark, fmt, args);
    va_end(args);
    return mark;
}

void rn_build_leave(struct rn_build *b, size_t mark)
{
    b->scope[mark] = '\0';
}

int rn_build_width(const struct rn_build *b, int x)
{
    return b->status == RN_OK ? b->graph->nodes[x].out.c : 0;
}

int rn_build_side(const struct rn_build *b, int x)
{
    return b->status == RN_OK ? b->graph->nodes[x].out.h : 0;
}

/* The array with room for n entries: items itself, or where it moved; NULL without memory. */
static void *grown(void *items, size_t *cap, size_t n, size_t size, struct rn_err *err)
{
    size_t wanted = *cap ? *cap * 2 : 64;

    if (n <= *cap)
        return items;
    items = rn_realloc(items, wanted, size);
    if (items)
        *cap = wanted;
    else
        rn_nomem(err, wanted * size, "a graph");
    return items;
}

static enum rn_status reserve(struct rn_build *b)
{
    struct rn_graph *graph = b->graph;
    struct rn_node *nodes =
        grown(graph->nodes, &b->cap_nodes, (size_t)graph->n_nodes + 1, sizeof *nodes, b->err);
    struct rn_param *params;

    if (!nodes)
        return RN_E_NOMEM;
    graph->nodes = nodes;
    params = grown(graph->params, &b->cap_params, (size_t)graph->n_params + RN_OP_PARAMS,
                   sizeof *params, b->err);
    if (!params)
        return RN_E_NOMEM;
    graph->params = params;
    return RN_OK;
}

static char *join(const char *prefix, const char *separator, const char *name, struct rn_err *err)
{
    char text[2 * RN_SCOPE_MAX];
    char *copy;

    snprintf(text, sizeof text, "%s%s%s", prefix, separator, name);
    copy = rn_strdup(text);
    if (!copy)
        rn_nomem(err, strlen(text) + 1, "a graph");
    return copy;
}

static enum rn_status append_params(struct rn_build *b, struct rn_node *node,
                                    const struct rn_param *params)
{
    struct rn_graph *graph = b->graph;

    node->param = graph->n_params;
    for (int i = 0; i < node->n_params; i++) {
        struct rn_param *param = &graph->params[graph->n_params];

        *param = params[i];
        param->node = graph->n_nodes - 1;
        param->name = join(node->name, ".", rn_param_suffix(param->role), b->err);
        if (!param->name)
            return RN_E_NOMEM;
        graph->n_params++;
    }
    return RN_OK;
}

static enum rn_status append(struct rn_build *b, struct rn_node node)
{
    struct rn_graph *graph = b->graph;
    struct rn_shape in[RN_NODE_INPUTS];
    struct rn_param params[RN_OP_PARAMS];
    const char *leaf = node.name;
    enum rn_status status;

    RN_TRY(reserve(b));
    for (int i = 0; i < node.n_in; i++)
        in[i] = graph->nodes[node.in[i]].out;
    rn_node_complete(&node, in, params);
    node.name = join(b->scope, "", leaf, b->err);
    if (!node.name)
        return RN_E_NOMEM;
    graph->nodes[graph->n_nodes++] = node;
    RN_TRY(append_params(b, &graph->nodes[graph->n_nodes - 1], params));
done:
    return status;
}

/* The one way into the graph: node's inputs, op, u and, where its rule wants it, out.c are set. */
static int add_node(struct rn_build *b, struct rn_node node)
{
    if (b->status == RN_OK)
        b->status = append(b, node);
    return b->status == RN_OK ? b->graph->n_nodes - 1 : -1;
}

int rn_build_input(struct rn_build *b, int size)
{
    return add_node(b, (struct rn_node){.op = RN_OP_INPUT,
                                        .name = "input",
                                        .out = {.h = size, .w = size, .c = 3}});
}

int rn_build_conv(struct rn_build *b, int x, const char *name, struct rn_conv_spec spec)
{
    int dilation = spec.dilation > 1 ? spec.dilation : 1;

    assert(b->status != RN_OK || rn_build_width(b, x) % spec.groups == 0);
    return add_node(
        b, (struct rn_node){.op = RN_OP_CONV,
                            .name = name,
                            .n_in = 1,
                            .in = {x},
                            .out = {.c = spec.c_out},
                            .u.conv = {.k = spec.k,
                                       .stride = spec.stride,
                                       .pad = spec.valid ? 0 : spec.k / 2 * dilation - spec.padded,
                                       .groups = spec.groups,
                                       .bias = spec.bias,
                                       .taps = spec.taps,
                                       .dilation = dilation}});
}

int rn_build_bn(struct rn_build *b, int x, const char *name, bool final)
{
    return add_node(
        b, (struct rn_node){
               .op = RN_OP_BN, .name = name, .n_in = 1, .in = {x}, .u.bn = {.final = final}});
}

int rn_build_act(struct rn_build *b, int x, const char *name, enum rn_fn fn)
{
    return add_node(
        b, (struct rn_node){.op = RN_OP_ACT, .name = name, .n_in = 1, .in = {x}, .u.fn = fn});
}

int rn_build_add(struct rn_build *b, int x, int shortcut, const char *name)
{
    return add_node(
        b, (struct rn_node){.op = RN_OP_ADD, .name = name, .n_in = 2, .in = {x, shortcut}});
}

/* Nothing where the ratio is 0. */
static int add_drop(struct rn_build *b, int x, const char *name, double ratio, bool images)
{
    if (ratio == 0)
        return x;
    return add_node(b,
                    (struct rn_node){
                        .op = RN_OP_DROP,
                        .name = name,
                        .n_in = 1,
                        .in = {x},
                        .u.drop = {.ratio = ratio, .number = b->graph->n_nodes, .images = images}});
}

int rn_build_residual(struct rn_build *b, int x, int shortcut)
{
    x = add_drop(b, x, "drop", b->graph->arch.drop_connect, true);
    return rn_build_add(b, x, shortcut, "add");
}

static int add_pool(struct rn_build *b, enum rn_op op, int x, const char *name, int k, int stride,
                    int pad, bool whole)
{
    return add_node(
        b, (struct rn_node){.op = op,
                            .name = name,
                            .n_in = 1,
                            .in = {x},
                            .u.pool = {.k = k, .stride = stride, .pad = pad, .whole = whole}});
}

int rn_build_max_pool(struct rn_build *b, int x, const char *name, int k, int stride, int pad)
{
    return add_pool(b, RN_OP_MAX_POOL, x, name, k, stride, pad, false);
}

int rn_build_avg_pool(struct rn_build *b, int x, const char *name, int k, int stride, int pad,
                      bool whole)
{
    return add_pool(b, RN_OP_AVG_POOL, x, name, k, stride, pad, whole);
}

int rn_build_concat(struct rn_build *b, int n, const int *x, const char *name, int c)
{
    struct rn_node node = {.op = RN_OP_CONCAT, .name = name, .n_in = n, .out = {.c = c}};

    assert(n <= RN_NODE_INPUTS);
    memcpy(node.in, x, (size_t)n * sizeof *x);
    return add_node(b, node);
}

int rn_build_slice(struct rn_build *b, int x, const char *name, int first, int n)
{
    return add_node(b, (struct rn_node){.op = RN_OP_SLICE,
                                        .name = name,
                                        .n_in = 1,
                                        .in = {x},
                                        .out = {.c = n},
                                        .u.slice = {.first = first}});
}

int rn_build_shuffle(struct rn_build *b, int x, const char *name, int groups)
{
    return add_node(b, (struct rn_node){.op = RN_OP_SHUFFLE,
                                        .name = name,
                                        .n_in = 1,
                                        .in = {x},
                                        .u.shuffle = {.groups = groups}});
}

int rn_build_shift(struct rn_build *b, int x, const char *name)
{
    return add_node(b, (struct rn_node){.op = RN_OP_SHIFT, .name = name, .n_in = 1, .in = {x}});
}

int rn_build_pad(struct rn_build *b, int x, const char *name, int rows, int columns)
{
    return add_node(b, (struct rn_node){.op = RN_OP_PAD,
                                        .name = name,
                                        .n_in = 1,
                                        .in = {x},
                                        .u.pad = {.rows = rows, .columns = columns}});
}

int rn_build_gap(struct rn_build *b, int x, const char *name)
{
    return add_node(b, (struct rn_node){.op = RN_OP_GAP, .name = name, .n_in = 1, .in = {x}});
}

int rn_build_linear(struct rn_build *b, int x, const char *name, int c_out)
{
    return add_node(
        b, (struct rn_node){
               .op = RN_OP_LINEAR, .name = name, .n_in = 1, .in = {x}, .out = {.c = c_out}});
}

int rn_build_arch_act(struct rn_build *b, int x, const char *name)
{
    static const enum rn_fn fns[] = {[RN_ACT_RELU] = RN_FN_RELU,
                                     [RN_ACT_SILU] = RN_FN_SILU,
                                     [RN_ACT_GELU] = RN_FN_GELU,
                                     [RN_ACT_RELU6] = RN_FN_RELU6};

    return rn_build_act(b, x, name, fns[b->graph->arch.act]);
}

int rn_build_conv_bn_act(struct rn_build *b, int x, struct rn_conv_spec spec, const char *name,
                         const char *bn, const char *af)
{
    x = rn_build_conv(b, x, name, spec);
    x = rn_build_bn(b, x, bn, false);
    return af ? rn_build_arch_act(b, x, af) : x;
}

static struct rn_conv_spec pointwise(int c_out, bool bias)
{
    return (struct rn_conv_spec){.c_out = c_out, .k = 1, .stride = 1, .groups = 1, .bias = bias};
}

int rn_build_se(struct rn_build *b, int x, int w_se)
{
    int width = rn_build_width(b, x), gate;

    gate = rn_build_gap(b, x, "se.avg_pool");
    gate = rn_build_conv(b, gate, "se.f_ex.0", pointwise(w_se, true));
    gate = rn_build_arch_act(b, gate, "se.f_ex.1");
    gate = rn_build_conv(b, gate, "se.f_ex.2", pointwise(width, true));
    gate = rn_build_act(b, gate, "se.f_ex.3", RN_FN_SIGMOID);
    return add_node(b,
                    (struct rn_node){.op = RN_OP_SCALE, .name = "se", .n_in = 2, .in = {x, gate}});
}

/* SENet-154's three convolutions in place of one 7x7. */
static int senet_stem(struct rn_build *b, int x, int width)
{
    static const char *const names[][3] = {
        {"conv1", "bn1", "af1"}, {"conv2", "bn2", "af2"}, {"conv3", "bn3", "af3"}};

    for (int i = 0; i < 3; i++)
        x = rn_build_conv_bn_act(
            b, x,
            (struct rn_conv_spec){
                .c_out = i < 2 ? width / 2 : width, .k = 3, .stride = i == 0 ? 2 : 1, .groups = 1},
            names[i][0], names[i][1], names[i][2]);
    return x;
}

int rn_build_stem(struct rn_build *b)
{
    static const struct {
        int k, stride;
        int pool_pad; /* negative: no pool */
    } forms[] = {
        [RN_STEM_CIFAR] = {3, 1, -1}, [RN_STEM_RES_IN] = {7, 2, 1},  [RN_STEM_SIMPLE] = {3, 2, -1},
        [RN_STEM_SE_IN] = {7, 2, 0},  [RN_STEM_POOL_IN] = {3, 2, 1}, [RN_STEM_SENET_IN] = {3, 2, 0},
    };
    const struct rn_arch *arch = &b->graph->arch;
    struct rn_conv_spec conv = {.c_out = arch->stem_w,
                                .k = forms[arch->stem].k,
                                .stride = forms[arch->stem].stride,
                                .groups = 1};
    int x = rn_build_input(b, arch->im_size);
    size_t mark = rn_build_enter(b, "stem.");

    x = arch->stem == RN_STEM_SENET_IN ? senet_stem(b, x, arch->stem_w)
                                       : rn_build_conv_bn_act(b, x, conv, "conv", "bn", "af");
    if (forms[arch->stem].pool_pad >= 0)
        x = rn_build_max_pool(b, x, "pool", 3, 2, forms[arch->stem].pool_pad);
    rn_build_leave(b, mark);
    return x;
}

void rn_build_head(struct rn_build *b, int x, const char *bn, const char *af)
{
    const struct rn_arch *arch = &b->graph->arch;
    size_t mark = rn_build_enter(b, "head.");

    if (arch->head_w > 0)
        x = rn_build_conv_bn_act(b, x, pointwise(arch->head_w, false), "conv", bn, af);
    x = rn_build_gap(b, x, "avg_pool");
    x = add_drop(b, x, "dropout", arch->dropout, false);
    rn_build_linear(b, x, "fc", arch->num_classes);
    rn_build_leave(b, mark);
}

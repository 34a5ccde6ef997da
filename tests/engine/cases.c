/* The operator cases, by loops over what can go wrong, and their data. */
#include "cases.h"

#include <assert.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>

#include "regnet/memory.h"
#include "regnet/rng.h"

struct list {
    struct rn_case *cases;
    int n;
};

#if defined(__GNUC__)
__attribute__((format(printf, 3, 4)))
#endif
static void
add(struct list *list, struct rn_case c, const char *fmt, ...)
{
    va_list args;

    assert(list->n < CASES_MAX);
    va_start(args, fmt);
    vsnprintf(c.name, sizeof c.name, fmt, args);
    va_end(args);
    rn_node_complete(&c.node, c.in, c.params);
    list->cases[list->n++] = c;
}

/* Every kernel size and stride with every kind of grouping; sizes odd and even, n, and biases go
   along with the count, so that each meets each kernel. */
static void add_convs(struct list *list)
{
    static const struct {
        int c_in, c_out, groups;
    } widths[] = {{3, 8, 1},   {9, 24, 1},  {16, 24, 1}, {5, 7, 1},   {6, 6, 6},  {8, 8, 4},
                  {16, 32, 4}, {24, 24, 3}, {32, 32, 2}, {48, 48, 2}, {64, 64, 2}};

    for (int k = 1; k <= 7; k += 2)
        for (int stride = 1; stride <= 2; stride++)
            for (size_t i = 0; i < sizeof widths / sizeof *widths; i++) {
                int turn = list->n;
                struct rn_case c = {
                    .n = turn % 2 ? 3 : 1,
                    .in = {{.h = 5 + turn % 3, .w = 4 + turn % 4, .c = widths[i].c_in}},
                    .node = {.op = RN_OP_CONV,
                             .n_in = 1,
                             .out.c = widths[i].c_out,
                             .u.conv = {.k = k,
                                        .stride = stride,
                                        .pad = (k - 1) / 2,
                                        .groups = widths[i].groups,
                                        .bias = turn % 3 == 0}}};

                add(list, c, "conv %dx%d stride %d, %d to %d in %d groups%s, %dx%dx%d", k, k,
                    stride, widths[i].c_in, widths[i].c_out, widths[i].groups,
                    c.node.u.conv.bias ? ", bias" : "", c.n, c.in[0].h, c.in[0].w);
            }
}

static void add_acts(struct list *list)
{
    static const char *const names[] = {"relu", "silu", "gelu", "sigmoid", "relu6"};

    for (int fn = RN_FN_RELU; fn <= RN_FN_RELU6; fn++)
        add(list,
            (struct rn_case){.n = 2,
                             .in = {{3, 5, 7}},
                             .node = {.op = RN_OP_ACT, .n_in = 1, .u.fn = (enum rn_fn)fn}},
            "%s", names[fn]);
}

/* Padded as PyTorch does, and on the far side alone; channels that are no whole vectors, one, and
   several of each width. */
static void add_pools(struct list *list, enum rn_op op)
{
    static const struct rn_shape in[] = {{7, 6, 5}, {5, 6, 8}, {4, 2, 56}};

    for (int k = 2; k <= 3; k++)
        for (int stride = 1; stride <= 2; stride++)
            for (int pad = 0; pad <= k - 2; pad++)
                for (size_t i = 0; i < sizeof in / sizeof *in; i++)
                    add(list,
                        (struct rn_case){
                            .n = i < 2 ? 2 : 1,
                            .in = {in[i]},
                            .node = {.op = op,
                                     .n_in = 1,
                                     .u.pool = {.k = k, .stride = stride, .pad = pad}}},
                        "%s %dx%d stride %d, padded by %d, %d channels", rn_op_text(op), k, k,
                        stride, pad, in[i].c);
}

/* Zeros where the image ends belong to the mean. */
static void add_whole_pool(struct list *list)
{
    static const int channels[] = {5, 32};

    for (size_t i = 0; i < sizeof channels / sizeof *channels; i++)
        add(list,
            (struct rn_case){.n = 2,
                             .in = {{7, 6, channels[i]}},
                             .node = {.op = RN_OP_AVG_POOL,
                                      .n_in = 1,
                                      .u.pool = {.k = 3, .stride = 2, .pad = 1, .whole = true}}},
            "avg_pool of whole windows of %d channels", channels[i]);
}

/* Rows, columns, and taps that stand apart. */
static void add_odd_convs(struct list *list)
{
    static const struct {
        int k, stride, pad, groups, dilation;
        enum rn_taps taps;
    } forms[] = {{7, 1, 3, 1, 1, RN_TAPS_ROW},    {7, 2, 3, 1, 1, RN_TAPS_ROW},
                 {7, 1, 3, 1, 1, RN_TAPS_COLUMN}, {7, 2, 3, 1, 1, RN_TAPS_COLUMN},
                 {3, 1, 2, 6, 2, RN_TAPS_SQUARE}, {3, 2, 2, 6, 2, RN_TAPS_SQUARE},
                 {5, 1, 4, 6, 2, RN_TAPS_SQUARE}, {3, 2, 0, 1, 1, RN_TAPS_SQUARE}};

    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        add(list,
            (struct rn_case){.n = 2,
                             .in = {{9, 8, 6}},
                             .node = {.op = RN_OP_CONV,
                                      .n_in = 1,
                                      .out.c = 6,
                                      .u.conv = {.k = forms[i].k,
                                                 .stride = forms[i].stride,
                                                 .pad = forms[i].pad,
                                                 .groups = forms[i].groups,
                                                 .taps = forms[i].taps,
                                                 .dilation = forms[i].dilation}}},
            "conv %d, taps %d, stride %d, pad %d, dilation %d", forms[i].k, (int)forms[i].taps,
            forms[i].stride, forms[i].pad, forms[i].dilation);
}

static void add_channels(struct list *list)
{
    struct rn_node concat = {.op = RN_OP_CONCAT, .n_in = 3}, wider = concat;
    struct rn_node slice = {.op = RN_OP_SLICE, .n_in = 1, .out.c = 4, .u.slice = {.first = 3}};
    struct rn_node shuffle = {.op = RN_OP_SHUFFLE, .n_in = 1, .u.shuffle = {.groups = 3}};
    struct rn_node shift = {.op = RN_OP_SHIFT, .n_in = 1};
    struct rn_node pad = {.op = RN_OP_PAD, .n_in = 1, .u.pad = {.rows = 1, .columns = 2}};
    struct rn_node drop = {
        .op = RN_OP_DROP, .n_in = 1, .u.drop = {.ratio = 0.4, .number = 3, .images = true}};

    wider.out.c = 20;
    add(list, (struct rn_case){.n = 2, .in = {{3, 4, 5}, {3, 4, 8}, {3, 4, 1}}, .node = concat},
        "concat of 5, 8 and 1");
    add(list, (struct rn_case){.n = 1, .in = {{2, 3, 5}, {2, 3, 8}, {2, 3, 1}}, .node = wider},
        "concat of 5, 8 and 1 to 20");
    add(list, (struct rn_case){.n = 2, .in = {{3, 4, 9}}, .node = slice}, "slice 3 to 7 of 9");
    add(list, (struct rn_case){.n = 2, .in = {{3, 4, 12}}, .node = shuffle}, "shuffle in 3 groups");
    add(list, (struct rn_case){.n = 2, .in = {{4, 5, 3}}, .node = shift}, "shift");
    add(list, (struct rn_case){.n = 1, .in = {{1, 5, 8}}, .node = shift}, "shift of a line");
    add(list, (struct rn_case){.n = 2, .in = {{4, 5, 3}}, .node = pad}, "pad");
    add(list, (struct rn_case){.n = 9, .in = {{2, 2, 3}}, .node = drop}, "drop connect");
    drop.u.drop.images = false;
    add(list, (struct rn_case){.n = 3, .in = {{1, 1, 20}}, .node = drop}, "dropout");
}

static void add_plain(struct list *list, enum rn_op op, int n, struct rn_shape in0,
                      struct rn_shape in1, int c_out)
{
    struct rn_case c = {
        .n = n, .in = {in0, in1}, .node = {.op = op, .n_in = in1.c ? 2 : 1, .out.c = c_out}};

    add(list, c, "%s, %dx%dx%dx%d", rn_op_text(op), n, in0.h, in0.w, in0.c);
}

int rn_cases(struct rn_case *cases)
{
    struct list list = {cases, 0};
    struct rn_shape none = {0};

    add_convs(&list);
    add_acts(&list);
    add_pools(&list, RN_OP_MAX_POOL);
    add_pools(&list, RN_OP_AVG_POOL);
    add_whole_pool(&list);
    add_odd_convs(&list);
    add_channels(&list);
    add_plain(&list, RN_OP_BN, 3, (struct rn_shape){4, 5, 7}, none, 0);
    add_plain(&list, RN_OP_BN, 1, (struct rn_shape){3, 3, 24}, none, 0);
    add_plain(&list, RN_OP_ADD, 2, (struct rn_shape){3, 4, 5}, (struct rn_shape){3, 4, 5}, 0);
    add_plain(&list, RN_OP_GAP, 3, (struct rn_shape){5, 3, 9}, none, 0);
    add_plain(&list, RN_OP_SCALE, 3, (struct rn_shape){4, 3, 9}, (struct rn_shape){1, 1, 9}, 0);
    add_plain(&list, RN_OP_LINEAR, 3, (struct rn_shape){1, 1, 33}, none, 10);
    add_plain(&list, RN_OP_LINEAR, 1, (struct rn_shape){1, 1, 8}, none, 1);
    return list.n;
}

static size_t count(struct rn_shape s, int n)
{
    return (size_t)n * (size_t)s.h * (size_t)s.w * (size_t)s.c;
}

static float *normals(size_t n, uint64_t stream)
{
    struct rn_rng rng = rn_rng_at(5, RN_STREAM_TEST, stream);
    float *values = rn_alloc(n, sizeof *values);

    for (size_t i = 0; i < n; i++)
        values[i] = (float)rn_rng_normal(&rng);
    return values;
}

/* Differences need distance from the kinks: a ReLU's inputs stay away from 0, and from 6 where that
   is one, and no two of a pooling's are close. */
static void keep_from_kinks(const struct rn_node *node, float *x, size_t n)
{
    enum rn_op op = node->op;
    struct rn_rng rng = rn_rng_at(5, RN_STREAM_TEST, 100);
    uint32_t order[512];

    if (op == RN_OP_ACT)
        for (size_t i = 0; i < n; i++)
            x[i] += x[i] > 0.0f ? 0.25f : -0.25f;
    for (size_t i = 0; i < n && op == RN_OP_ACT && node->u.fn == RN_FN_RELU6; i++) {
        x[i] *= 4.0f;
        x[i] += fabsf(x[i] - 6.0f) < 0.25f ? 0.5f : 0.0f;
    }
    if (op != RN_OP_MAX_POOL)
        return;
    assert(n <= 512);
    rn_rng_permutation(&rng, (uint32_t)n, order);
    for (size_t i = 0; i < n; i++)
        x[i] = 0.5f * (float)order[i] - 50.0f;
}

/* Weights by 1 / sqrt(fan-in): outputs near 1, whatever the number of channels. */
static void scale(float *weights, size_t n, int64_t c_out)
{
    double factor = sqrt((double)c_out / (double)n);

    for (size_t i = 0; i < n; i++)
        weights[i] = (float)(weights[i] * factor);
}

void rn_case_data_init(const struct rn_case *c, struct rn_case_data *data)
{
    *data = (struct rn_case_data){.y_size = count(c->node.out, c->n)};
    for (int i = 0; i < c->node.n_in; i++) {
        data->x_size[i] = count(c->in[i], c->n);
        data->x[i] = normals(data->x_size[i], (uint64_t)i);
        keep_from_kinks(&c->node, data->x[i], data->x_size[i]);
        data->dx[i] = rn_alloc(data->x_size[i], sizeof(float));
    }
    for (int i = 0; i < c->node.n_params; i++) {
        data->param[i] = normals(c->params[i].size, 10 + (uint64_t)i);
        data->dparam[i] = rn_alloc(c->params[i].size, sizeof(float));
    }
    if (c->node.n_params > 0 && c->params[0].role == RN_PARAM_WEIGHT)
        scale(data->param[0], c->params[0].size, c->params[0].dim[0]);
    if (c->node.op == RN_OP_BN) /* variances are positive */
        for (size_t i = 0; i < c->params[3].size; i++)
            data->param[3][i] = 0.5f + data->param[3][i] * data->param[3][i];
    data->y = rn_alloc(data->y_size, sizeof(float));
    data->dy = normals(data->y_size, 20);
    data->saved = rn_alloc(2 * (size_t)c->node.out.c, sizeof(float));
}

void rn_case_data_release(struct rn_case_data *data)
{
    for (int i = 0; i < CASE_INPUTS; i++) {
        rn_free(data->x[i]);
        rn_free(data->dx[i]);
    }
    for (int i = 0; i < RN_OP_PARAMS; i++) {
        rn_free(data->param[i]);
        rn_free(data->dparam[i]);
    }
    rn_free(data->y);
    rn_free(data->dy);
    rn_free(data->saved);
}

struct rn_op_args rn_case_args(const struct rn_case *c, const struct rn_case_data *data)
{
    struct rn_op_args args = {.node = &c->node,
                              .n = c->n,
                              .y = data->y,
                              .saved = data->saved,
                              .dy = data->dy,
                              .train = true,
                              .eps = 1e-5,
                              .momentum = 0.1};

    for (int i = 0; i < c->node.n_in; i++) {
        args.in[i] = c->in[i];
        args.x[i] = data->x[i];
        args.dx[i] = data->dx[i];
    }
    for (int i = 0; i < c->node.n_params; i++) {
        args.param[i] = data->param[i];
        args.dparam[i] = rn_param_is_trained(&c->params[i]) ? data->dparam[i] : NULL;
    }
    return args;
}

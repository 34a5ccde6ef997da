/* Blocks of the mobile networks that are not inverted bottlenecks: MobileNetV1's, ShuffleNets'. */
#include "model/build.h"

static struct rn_conv_spec pointwise(int c_out, int groups)
{
    return (struct rn_conv_spec){.c_out = c_out, .k = 1, .stride = 1, .groups = groups};
}

static struct rn_conv_spec depthwise(int c, int stride)
{
    return (struct rn_conv_spec){.c_out = c, .k = 3, .stride = stride, .groups = c};
}

int rn_build_separable_block(struct rn_build *b, int x, int width, int stride)
{
    x = rn_build_conv_bn_act(b, x, depthwise(rn_build_width(b, x), stride), "dwise", "dwise_bn",
                             "dwise_af");
    return rn_build_conv_bn_act(b, x, pointwise(width, 1), "pwise", "pwise_bn", "pwise_af");
}

/* Figure 2 of ShuffleNet: (b) adds the input, (c) puts the pooled input beside the result. */
int rn_build_shuffle_block(struct rn_build *b, int x, const struct rn_stage *stage, int stride,
                           bool first)
{
    int w_in = rn_build_width(b, x), fx, both[2];
    int w_b = rn_bottleneck_width(RN_BLOCK_SHUFFLE, w_in, stage->width, stage->bot_mul);
    int groups = rn_stage_groups(RN_BLOCK_SHUFFLE, stage, w_in);
    size_t mark = rn_build_enter(b, "f.");

    fx = rn_build_conv_bn_act(b, x, pointwise(w_b, first ? 1 : groups), "a", "a_bn", "a_af");
    if (groups > 1)
        fx = rn_build_shuffle(b, fx, "shuffle", groups);
    fx = rn_build_conv_bn_act(b, fx, depthwise(w_b, stride), "b", "b_bn", NULL);
    fx = rn_build_conv(b, fx, "c",
                       pointwise(stride > 1 ? stage->width - w_in : stage->width, groups));
    fx = rn_build_bn(b, fx, "c_bn", true);
    rn_build_leave(b, mark);
    if (stride > 1) {
        both[0] = rn_build_avg_pool(b, x, "pool", 3, stride, 1, false);
        both[1] = fx;
        fx = rn_build_concat(b, 2, both, "concat", 0);
    } else {
        fx = rn_build_residual(b, fx, x);
    }
    return rn_build_arch_act(b, fx, "af");
}

/* Figure 3 of ShuffleNetV2: (c) works on half of the channels, (d) on all, twice. */
int rn_build_shuffle_v2_block(struct rn_build *b, int x, const struct rn_stage *stage, int stride)
{
    int half = stage->width / 2, both[2], fx = x;

    if (stride > 1) {
        size_t mark = rn_build_enter(b, "p.");
        both[0] =
            rn_build_conv_bn_act(b, x, depthwise(rn_build_width(b, x), stride), "b", "b_bn", NULL);
        both[0] = rn_build_conv_bn_act(b, both[0], pointwise(half, 1), "c", "c_bn", "c_af");
        rn_build_leave(b, mark);
    } else {
        both[0] = rn_build_slice(b, x, "pass", 0, half);
        fx = rn_build_slice(b, x, "work", half, half);
    }
    size_t mark = rn_build_enter(b, "f.");
    fx = rn_build_conv_bn_act(b, fx, pointwise(half, 1), "a", "a_bn", "a_af");
    fx = rn_build_conv_bn_act(b, fx, depthwise(half, stride), "b", "b_bn", NULL);
    both[1] = rn_build_conv_bn_act(b, fx, pointwise(half, 1), "c", "c_bn", "c_af");
    rn_build_leave(b, mark);
    return rn_build_shuffle(b, rn_build_concat(b, 2, both, "concat", 0), "shuffle", 2);
}

/* EfficientNet: stages of MBConv, inverted bottlenecks around a depthwise convolution, under
   pycls' module names. */
#include "model/build.h"

/* Expansion (where it widens), depthwise k x k, SE, linear projection, and the sum where shapes
   allow. None of its normalizations is `final`: pycls initializes them all to 1. */
static int mbconv(struct rn_build *b, int x, const struct rn_stage *stage, int w_in, int stride)
{
    const struct rn_arch *arch = &b->graph->arch;
    int w_exp = rn_bottleneck_width(arch->block, w_in, stage->width, stage->bot_mul);
    int w_se = rn_se_width(arch->block, w_in, arch->se_r);
    struct rn_conv_spec exp = {.c_out = w_exp, .k = 1, .stride = 1, .groups = 1};
    struct rn_conv_spec dwise = {.c_out = w_exp,
                                 .k = stage->kernel,
                                 .stride = stride,
                                 .groups = rn_stage_groups(arch->block, stage, w_in)};
    struct rn_conv_spec proj = {.c_out = stage->width, .k = 1, .stride = 1, .groups = 1};
    int fx = x;

    if (w_exp != w_in)
        fx = rn_build_conv_bn_act(b, fx, exp, "exp", "exp_bn", "exp_af");
    fx = rn_build_conv_bn_act(b, fx, dwise, "dwise", "dwise_bn", "dwise_af");
    if (w_se > 0)
        fx = rn_build_se(b, fx, w_se);
    fx = rn_build_conv_bn_act(b, fx, proj, "lin_proj", "lin_proj_bn", NULL);
    return stride == 1 && w_in == stage->width ? rn_build_residual(b, fx, x) : fx;
}

void rn_build_effnet(struct rn_build *b)
{
    const struct rn_arch *arch = &b->graph->arch;
    int x = rn_build_stem(b), w_in = arch->stem_w;

    for (int i = 0; i < arch->n_stages; i++) {
        const struct rn_stage *stage = &arch->stages[i];

        for (int j = 0; j < stage->depth; j++) {
            size_t mark = rn_build_enter(b, "s%d.b%d.", i + 1, j + 1);

            x = mbconv(b, x, stage, w_in, j == 0 ? stage->stride : 1);
            w_in = stage->width;
            rn_build_leave(b, mark);
        }
    }
    rn_build_head(b, x, "conv_bn", "conv_af");
}

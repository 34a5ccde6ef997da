/* How torchvision and timm name the modules of each family that they have. */
#include "model/naming.h"

static const struct rn_naming_rule torchvision_regnet[] = {
    {"stem.conv", "stem.0", NULL},
    {"stem.bn", "stem.1", NULL},
    {"s#.b#.", "trunk_output.block{1}.block{1}-{2-}.", NULL},
    {"proj", "proj.0", NULL},
    {"bn", "proj.1", NULL},
    {"f.a", "f.a.0", NULL},
    {"f.a_bn", "f.a.1", NULL},
    {"f.b", "f.b.0", NULL},
    {"f.b_bn", "f.b.1", NULL},
    {"f.se.f_ex.0", "f.se.fc1", NULL},
    {"f.se.f_ex.2", "f.se.fc2", NULL},
    {"f.c", "f.c.0", NULL},
    {"f.c_bn", "f.c.1", NULL},
    {"head.fc", "fc", NULL},
    {NULL, NULL, NULL},
};

static const struct rn_naming_rule timm_regnet[] = {
    {"stem.conv", "stem.conv", NULL},
    {"stem.bn", "stem.bn", NULL},
    {"s#.b#.", "s{1}.b{2}.", NULL},
    {"proj", "downsample.conv", NULL},
    {"bn", "downsample.bn", NULL},
    {"f.a", "conv1.conv", NULL},
    {"f.a_bn", "conv1.bn", NULL},
    {"f.b", "conv2.conv", NULL},
    {"f.b_bn", "conv2.bn", NULL},
    {"f.se.f_ex.0", "se.fc1", NULL},
    {"f.se.f_ex.2", "se.fc2", NULL},
    {"f.c", "conv3.conv", NULL},
    {"f.c_bn", "conv3.bn", NULL},
    {"head.conv", "final_conv.conv", NULL},
    {"head.bn", "final_conv.bn", NULL},
    {"head.fc", "head.fc", NULL},
    {NULL, NULL, NULL},
};

/* torchvision's and timm's are the same; only timm has SE. */
static const struct rn_naming_rule resnet[] = {
    {"stem.conv", "conv1", NULL},
    {"stem.bn", "bn1", NULL},
    {"s#.b#.", "layer{1}.{2-}.", NULL},
    {"proj", "downsample.0", NULL},
    {"bn", "downsample.1", NULL},
    {"f.a", "conv1", NULL},
    {"f.a_bn", "bn1", NULL},
    {"f.b", "conv2", NULL},
    {"f.b_bn", "bn2", NULL},
    {"f.se.f_ex.0", "se.fc1", NULL},
    {"f.se.f_ex.2", "se.fc2", NULL},
    {"f.c", "conv3", NULL},
    {"f.c_bn", "bn3", NULL},
    {"head.fc", "fc", NULL},
    {NULL, NULL, NULL},
};

/* legacy_seresnet50 and its kin: the authors' Caffe models. */
static const struct rn_naming_rule timm_senet[] = {
    {"stem.conv", "layer0.conv1", NULL},
    {"stem.bn", "layer0.bn1", NULL},
    {"stem.conv#", "layer0.conv{1}", NULL},
    {"stem.bn#", "layer0.bn{1}", NULL},
    {"s#.b#.", "layer{1}.{2-}.", NULL},
    {"proj", "downsample.0", NULL},
    {"bn", "downsample.1", NULL},
    {"f.a", "conv1", NULL},
    {"f.a_bn", "bn1", NULL},
    {"f.b", "conv2", NULL},
    {"f.b_bn", "bn2", NULL},
    {"f.c", "conv3", NULL},
    {"f.c_bn", "bn3", NULL},
    {"f.se.f_ex.0", "se_module.fc1", NULL},
    {"f.se.f_ex.2", "se_module.fc2", NULL},
    {"head.fc", "last_linear", NULL},
    {NULL, NULL, NULL},
};

static const struct rn_naming_rule torchvision_efficientnet[] = {
    {"stem.conv", "features.0.0", NULL},
    {"stem.bn", "features.0.1", NULL},
    {"s#.b#.", "features.{1}.{2-}.block.", NULL},
    {"exp", "0.0", NULL},
    {"exp_bn", "0.1", NULL},
    {"dwise", "1.0", "exp"},
    {"dwise_bn", "1.1", "exp"},
    {"se.f_ex.0", "2.fc1", "exp"},
    {"se.f_ex.2", "2.fc2", "exp"},
    {"lin_proj", "3.0", "exp"},
    {"lin_proj_bn", "3.1", "exp"},
    {"dwise", "0.0", "!exp"},
    {"dwise_bn", "0.1", "!exp"},
    {"se.f_ex.0", "1.fc1", "!exp"},
    {"se.f_ex.2", "1.fc2", "!exp"},
    {"lin_proj", "2.0", "!exp"},
    {"lin_proj_bn", "2.1", "!exp"},
    {"head.conv", "features.{n+}.0", NULL},
    {"head.conv_bn", "features.{n+}.1", NULL},
    {"head.fc", "classifier.1", NULL},
    {NULL, NULL, NULL},
};

static const struct rn_naming_rule torchvision_mobilenet_v2[] = {
    {"stem.conv", "features.0.0", NULL},
    {"stem.bn", "features.0.1", NULL},
    {"s#.b#.", "features.{b+}.conv.", NULL},
    {"exp", "0.0", NULL},
    {"exp_bn", "0.1", NULL},
    {"dwise", "1.0", "exp"},
    {"dwise_bn", "1.1", "exp"},
    {"lin_proj", "2", "exp"},
    {"lin_proj_bn", "3", "exp"},
    {"dwise", "0.0", "!exp"},
    {"dwise_bn", "0.1", "!exp"},
    {"lin_proj", "1", "!exp"},
    {"lin_proj_bn", "2", "!exp"},
    {"head.conv", "features.{B+}.0", NULL},
    {"head.conv_bn", "features.{B+}.1", NULL},
    {"head.fc", "classifier.1", NULL},
    {NULL, NULL, NULL},
};

/* EfficientNet, MobileNetV1 and V2. */
static const struct rn_naming_rule timm_efficientnet[] = {
    {"stem.conv", "conv_stem", NULL},
    {"stem.bn", "bn1", NULL},
    {"s#.b#.", "blocks.{1-}.{2-}.", NULL},
    {"exp", "conv_pw", NULL},
    {"exp_bn", "bn1", NULL},
    {"dwise", "conv_dw", NULL},
    {"dwise_bn", "bn2", "exp"},
    {"se.f_ex.0", "se.conv_reduce", NULL},
    {"se.f_ex.2", "se.conv_expand", NULL},
    {"lin_proj", "conv_pwl", "exp"},
    {"lin_proj_bn", "bn3", "exp"},
    {"dwise_bn", "bn1", "!exp"},
    {"lin_proj", "conv_pw", "!exp"},
    {"lin_proj_bn", "bn2", "!exp"},
    {"pwise", "conv_pw", NULL},
    {"pwise_bn", "bn2", NULL},
    {"head.conv", "conv_head", NULL},
    {"head.conv_bn", "bn2", NULL},
    {"head.fc", "classifier", NULL},
    {NULL, NULL, NULL},
};

static const struct rn_naming_rule torchvision_shufflenet_v2[] = {
    {"stem.conv", "conv1.0", NULL},
    {"stem.bn", "conv1.1", NULL},
    {"s#.b#.", "stage{1+}.{2-}.", NULL},
    {"p.b", "branch1.0", NULL},
    {"p.b_bn", "branch1.1", NULL},
    {"p.c", "branch1.2", NULL},
    {"p.c_bn", "branch1.3", NULL},
    {"f.a", "branch2.0", NULL},
    {"f.a_bn", "branch2.1", NULL},
    {"f.b", "branch2.3", NULL},
    {"f.b_bn", "branch2.4", NULL},
    {"f.c", "branch2.5", NULL},
    {"f.c_bn", "branch2.6", NULL},
    {"head.conv", "conv5.0", NULL},
    {"head.bn", "conv5.1", NULL},
    {"head.fc", "fc", NULL},
    {NULL, NULL, NULL},
};

static const struct rn_naming_rule timm_nasnet[] = {
    {"stem.conv", "conv0.conv", NULL},
    {"stem.bn", "conv0.bn", NULL},
    {"stem.c#.", "cell_stem_{1-}.", NULL},
    {"s#.c#.", "cell_{b}.", NULL},
    {"s#.r.", "reduction_cell_{1--}.", NULL},
    {"h0.conv", "conv_1x1.conv", NULL},
    {"h0.bn", "conv_1x1.bn", NULL},
    {"h1.conv", "conv_prev_1x1.conv", NULL},
    {"h1.bn", "conv_prev_1x1.bn", "h1.conv"},
    {"h1.path#", "path_{1}.conv", NULL},
    {"h1.bn", "final_path_bn", "h1.path1"},
    {"n#.a.dw#", "comb_iter_{1}_left.separable_{2}.depthwise_conv2d", NULL},
    {"n#.a.pw#", "comb_iter_{1}_left.separable_{2}.pointwise_conv2d", NULL},
    {"n#.a.bn#", "comb_iter_{1}_left.bn_sep_{2}", NULL},
    {"n#.b.dw#", "comb_iter_{1}_right.separable_{2}.depthwise_conv2d", NULL},
    {"n#.b.pw#", "comb_iter_{1}_right.separable_{2}.pointwise_conv2d", NULL},
    {"n#.b.bn#", "comb_iter_{1}_right.bn_sep_{2}", NULL},
    {"head.fc", "last_linear", NULL},
    {NULL, NULL, NULL},
};

static const struct rn_naming_rule timm_pnasnet[] = {
    {"stem.conv", "conv_0.conv", NULL},
    {"stem.bn", "conv_0.bn", NULL},
    {"stem.c#.", "cell_stem_{1-}.", NULL},
    {"s#.c#.", "cell_{b}.", NULL},
    {"h0.conv", "conv_1x1.conv", NULL},
    {"h0.bn", "conv_1x1.bn", NULL},
    {"h1.conv", "conv_prev_1x1.conv", NULL},
    {"h1.bn", "conv_prev_1x1.bn", "h1.conv"},
    {"h1.path#", "conv_prev_1x1.path_{1}.conv", NULL},
    {"h1.bn", "conv_prev_1x1.final_path_bn", "h1.path1"},
    {"n#.a.dw#", "comb_iter_{1}_left.separable_{2}.depthwise_conv2d", NULL},
    {"n#.a.pw#", "comb_iter_{1}_left.separable_{2}.pointwise_conv2d", NULL},
    {"n#.a.bn#", "comb_iter_{1}_left.bn_sep_{2}", NULL},
    {"n#.b.dw#", "comb_iter_{1}_right.separable_{2}.depthwise_conv2d", NULL},
    {"n#.b.pw#", "comb_iter_{1}_right.separable_{2}.pointwise_conv2d", NULL},
    {"n#.b.bn#", "comb_iter_{1}_right.bn_sep_{2}", NULL},
    {"n#.b.conv", "comb_iter_{1}_right.conv", NULL},
    {"n#.b.bn", "comb_iter_{1}_right.bn", NULL},
    {"head.fc", "last_linear", NULL},
    {NULL, NULL, NULL},
};

static const struct rn_naming_rule *torchvision_rules(const struct rn_arch *arch)
{
    switch (arch->block) {
    case RN_BLOCK_MBCONV:
        return arch->se_r > 0 ? torchvision_efficientnet : torchvision_mobilenet_v2;
    case RN_BLOCK_SHUFFLE_V2:
        return torchvision_shufflenet_v2;
    case RN_BLOCK_BASIC:
        return arch->stem == RN_STEM_RES_IN ? resnet : NULL;
    case RN_BLOCK_BOTTLENECK:
        return arch->stem == RN_STEM_RES_IN ? resnet : torchvision_regnet;
    default:
        return NULL;
    }
}

static const struct rn_naming_rule *timm_rules(const struct rn_arch *arch)
{
    switch (arch->block) {
    case RN_BLOCK_MBCONV:
    case RN_BLOCK_SEPARABLE:
        return timm_efficientnet;
    case RN_BLOCK_NASNET_A:
        return timm_nasnet;
    case RN_BLOCK_PNASNET_5:
        return timm_pnasnet;
    case RN_BLOCK_BASIC:
        return arch->stem == RN_STEM_RES_IN ? resnet : NULL;
    case RN_BLOCK_BOTTLENECK:
    case RN_BLOCK_BOTTLENECK_LINEAR:
        return arch->stem == RN_STEM_RES_IN ? resnet : timm_regnet;
    case RN_BLOCK_SE_BOTTLENECK:
    case RN_BLOCK_SENET:
        return arch->stem == RN_STEM_RES_IN ? resnet : timm_senet;
    default:
        return NULL;
    }
}

const struct rn_naming_rule *rn_naming_rules(const struct rn_arch *arch, enum rn_naming naming)
{
    return naming == RN_NAMING_TIMM ? timm_rules(arch) : torchvision_rules(arch);
}

/* The reference engine's table. */
#include "engine/ref/ref.h"

const struct rn_op_table rn_ref_ops = {
    .name = "ref",
    .forward = {[RN_OP_CONV] = rn_ref_conv,
                [RN_OP_BN] = rn_ref_bn,
                [RN_OP_ACT] = rn_ref_act,
                [RN_OP_ADD] = rn_ref_add,
                [RN_OP_MAX_POOL] = rn_ref_max_pool,
                [RN_OP_GAP] = rn_ref_gap,
                [RN_OP_SCALE] = rn_ref_scale,
                [RN_OP_LINEAR] = rn_ref_linear},
    .backward = {[RN_OP_CONV] = rn_ref_conv_backward,
                 [RN_OP_BN] = rn_ref_bn_backward,
                 [RN_OP_ACT] = rn_ref_act_backward,
                 [RN_OP_ADD] = rn_ref_add_backward,
                 [RN_OP_MAX_POOL] = rn_ref_max_pool_backward,
                 [RN_OP_GAP] = rn_ref_gap_backward,
                 [RN_OP_SCALE] = rn_ref_scale_backward,
                 [RN_OP_LINEAR] = rn_ref_linear_backward},
};

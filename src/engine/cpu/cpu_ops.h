/* cpu_ops.h: operators of the engine's table that stand in files of their own. */
#ifndef REGNET_ENGINE_CPU_CPU_OPS_H
#define REGNET_ENGINE_CPU_CPU_OPS_H

#include "../op.h"

rn_op_fn rn_cpu_max_pool, rn_cpu_max_pool_backward; /* cpu_pool.c */
rn_op_fn rn_cpu_avg_pool, rn_cpu_avg_pool_backward;
rn_op_fn rn_cpu_shift, rn_cpu_shift_backward, rn_cpu_pad_backward;

#endif

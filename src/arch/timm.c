/* Networks that timm computes otherwise than their authors. */
#include "room.h"

/* Its average pools with stride 2 count the zeros that they pad with; its RegNetZ without a 1x1 in
   the head has an activation there. */
void rn_arch_as_timm(struct rn_arch *arch)
{
    if (arch->block == RN_BLOCK_NASNET_A ||
        (arch->block == RN_BLOCK_BOTTLENECK_LINEAR && arch->head_w == 0))
        arch->timm = true;
}

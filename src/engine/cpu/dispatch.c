/* Which set of kernels this processor runs. */
#include <stddef.h>

#include "kernels.h"

const struct rn_kernels *rn_kernels_best(void)
{
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw"))
        return &rn_kernels_avx512;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        return &rn_kernels_avx2;
#endif
    return &rn_kernels_base;
}

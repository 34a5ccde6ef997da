/* Which set of kernels runs: the best one that this processor has, or the one asked for. */
#include <string.h>

#include "kernels.h"

static const struct rn_kernels *const kernel_sets[] = {
#if defined(__x86_64__)
    &rn_kernels_avx512,
    &rn_kernels_avx2,
#endif
    &rn_kernels_base,
};

static bool runs_here(const struct rn_kernels *kernels)
{
#if defined(__x86_64__)
    if (kernels == &rn_kernels_avx512)
        return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
               __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw");
    if (kernels == &rn_kernels_avx2)
        return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#endif
    return kernels == &rn_kernels_base;
}

const struct rn_kernels *rn_kernels_pick(const char *isa)
{
    for (size_t i = 0; i < sizeof kernel_sets / sizeof *kernel_sets; i++)
        if ((!isa || strcmp(isa, kernel_sets[i]->isa) == 0) && runs_here(kernel_sets[i]))
            return kernel_sets[i];
    return NULL;
}

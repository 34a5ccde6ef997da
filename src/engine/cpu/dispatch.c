/* Which set of kernels runs: the best one that this processor has, or the one asked for. */
#include <string.h>

#include "half.h"
#include "kernels.h"

#if defined(RN_HAVE_AMX)
#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

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

#if defined(RN_HAVE_AMX)
/* Whether the processor has AMX's bfloat16, and Linux lets this process use it. */
static bool has_amx(void)
{
    enum { REQUEST_PERMISSION = 0x1023, TILE_DATA = 18 }; /* of arch_prctl */
    const unsigned bf16_and_tiles = 1u << 22 | 1u << 24;
    unsigned a, b, c, d;

    return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (d & bf16_and_tiles) == bf16_and_tiles &&
           syscall(SYS_arch_prctl, REQUEST_PERMISSION, TILE_DATA) == 0;
}
#endif

/* In the order of preference; without a variant, whether it pays. Intel's processors multiply
   bfloat16 at half their rate of floats without AMX (124 of 248 GFLOP/s), AMD's at twice it. */
static const struct {
    const struct rn_half_kernels *kernels;
    bool pays_on_intel;
} half_sets[] = {
#if defined(RN_HAVE_AMX)
    {&rn_half_amx, true},
#endif
#if defined(RN_HAVE_AVX512BF16)
    {&rn_half_avx512bf16, false},
#endif
    {NULL, false},
};

static bool half_runs_here(const struct rn_half_kernels *kernels)
{
#if defined(RN_HAVE_AMX)
    if (kernels == &rn_half_amx && !has_amx())
        return false;
#endif
#if defined(RN_HAVE_AVX512BF16)
    return __builtin_cpu_supports("avx512bf16") && runs_here(&rn_kernels_avx512);
#else
    return !kernels;
#endif
}

static bool is_intel(void)
{
#if defined(__x86_64__)
    return __builtin_cpu_is("intel");
#else
    return false;
#endif
}

const struct rn_half_kernels *rn_half_pick(const char *variant)
{
    for (size_t i = 0; half_sets[i].kernels; i++) {
        bool wanted = variant ? strcmp(variant, half_sets[i].kernels->isa) == 0
                              : half_sets[i].pays_on_intel || !is_intel();
        if (wanted && half_runs_here(half_sets[i].kernels))
            return half_sets[i].kernels;
    }
    return NULL;
}

const struct rn_kernels *rn_kernels_pick(const char *variant)
{
    const char *isa = variant && rn_half_pick(variant) ? "avx512" : variant; /* beside it */

    for (size_t i = 0; i < sizeof kernel_sets / sizeof *kernel_sets; i++)
        if ((!isa || strcmp(isa, kernel_sets[i]->isa) == 0) && runs_here(kernel_sets[i]))
            return kernel_sets[i];
    return NULL;
}

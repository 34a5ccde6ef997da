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

/* A variant of bfloat16 has the floats of AVX-512. */
static const char *isa_of(const char *variant)
{
    bool half = variant && (strcmp(variant, "amx") == 0 || strcmp(variant, "avx512bf16") == 0);

    return half ? "avx512" : variant;
}

const struct rn_kernels *rn_kernels_pick(const char *variant)
{
    const char *isa = isa_of(variant);

    for (size_t i = 0; i < sizeof kernel_sets / sizeof *kernel_sets; i++)
        if ((!isa || strcmp(isa, kernel_sets[i]->isa) == 0) && runs_here(kernel_sets[i]))
            return kernel_sets[i];
    return NULL;
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

const struct rn_half_kernels *rn_half_pick(const char *variant)
{
    bool any = !variant;

    (void)any;
#if defined(RN_HAVE_AVX512BF16)
    if (!__builtin_cpu_supports("avx512bf16") || !runs_here(&rn_kernels_avx512))
        return NULL;
#if defined(RN_HAVE_AMX)
    if ((any || strcmp(variant, "amx") == 0) && has_amx())
        return &rn_half_amx;
#endif
    if (any || strcmp(variant, "avx512bf16") == 0)
        return &rn_half_avx512bf16;
#endif
    return NULL;
}

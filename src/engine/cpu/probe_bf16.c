/* AVX512-BF16's dot products at best. The one intrinsic: the compilers' vectors have no such type.
 */
#include "probe.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define CHAINS 12
#define LANES 16

__attribute__((target("avx512f,avx512bf16"))) static double dot(float *x, size_t n, long rounds)
{
    __m512 chain[CHAINS];
    __m512bh a = (__m512bh)_mm512_loadu_ps(x), b = (__m512bh)_mm512_loadu_ps(x + LANES);

    for (int j = 0; j < CHAINS; j++)
        chain[j] = _mm512_setzero_ps();
    for (long i = 0; i < rounds * (long)n; i++)
#pragma GCC unroll 12
        for (int j = 0; j < CHAINS; j++)
            chain[j] = _mm512_dpbf16_ps(chain[j], a, b);
    for (int j = 0; j < CHAINS; j++)
        _mm512_storeu_ps(x + j * LANES, chain[j]);
    return 2.0 * 2 * LANES * CHAINS * (double)n; /* two products a lane */
}

rn_probe_fn *rn_probe_bf16(void)
{
    return __builtin_cpu_supports("avx512bf16") ? dot : NULL;
}
#else
rn_probe_fn *rn_probe_bf16(void)
{
    return NULL;
}
#endif

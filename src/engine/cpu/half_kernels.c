/* The inner loops in bfloat16, compiled once for each way to multiply it (RN_HALF names the table).
 */
#include "half.h"

#include <immintrin.h>
#include <string.h>

#include "simd.h"

/* Eight or sixteen values as floats, and back, rounded to the nearest, ties to even. */
static inline v8 load_v8(const uint16_t *p)
{
    const __m256i words = _mm256_cvtepu16_epi32(_mm_loadu_si128((const __m128i *)p));

    return (v8)_mm256_slli_epi32(words, 16);
}

static inline v16 load_v16(const uint16_t *p)
{
    const __m512i words = _mm512_cvtepu16_epi32(_mm256_loadu_si256((const __m256i *)p));

    return (v16)_mm512_slli_epi32(words, 16);
}

INLINE void store_v8(int n, uint16_t *p, const v8 *x)
{
    UNROLL for (int v = 0; v < n; v++)
        _mm_storeu_si128((__m128i *)(p + 8 * v), (__m128i)_mm256_cvtneps_pbh((__m256)x[v]));
}

/* Two vectors are narrowed in the time of one. */
INLINE void store_v16(int n, uint16_t *p, const v16 *x)
{
    UNROLL for (int v = 0; v + 1 < n; v += 2) _mm512_storeu_si512(
        p + 16 * v, (__m512i)_mm512_cvtne2ps_pbh((__m512)x[v + 1], (__m512)x[v]));
    if (n % 2)
        _mm256_storeu_si256((__m256i *)(p + 16 * (n - 1)),
                            (__m256i)_mm512_cvtneps_pbh((__m512)x[n - 1]));
}

static void narrow(size_t n, const float *from, uint16_t *to)
{
    size_t i = 0;

    for (; i + 32 <= n; i += 32) {
        const v16 x[2] = {*(const v16 *)(from + i), *(const v16 *)(from + i + 16)};
        store_v16(2, to + i, x);
    }
    for (; i < n; i += 8) {
        const __mmask8 mask = (__mmask8)(n - i < 8 ? (1u << (n - i)) - 1 : 0xff);
        const __m256 x = _mm256_maskz_loadu_ps(mask, from + i);
        _mm_mask_storeu_epi16(to + i, mask, (__m128i)_mm256_cvtneps_pbh(x));
    }
}

#define ROW uint16_t
#define VIEW struct rn_half_view
#define LOAD(V, p) load_##V(p)
#define STORE(V, N, p, x) store_##V(N, p, x)
#include "rows.inc"

#include "gates.inc"

#include "ahead.inc"

#include "pairs.inc"

/* A tile of sums in memory, its rows `bytes` apart. */
struct target {
    float *sums;
    ptrdiff_t bytes;
};

#ifdef __AMX_BF16__
#include "tiles_amx.inc"
#else
#include "tiles_dot.inc"
#endif

#include "tiles.inc"

const struct rn_half_kernels RN_HALF = {.isa = RN_ISA,
                                        .mul = mul,
                                        .outer = outer,
                                        .transpose = transpose,
                                        .pair = pair,
                                        .weave = weave,
                                        .pair_rows = pair_rows,
                                        .turn = turn,
                                        .load_view = load_view,
                                        .load_grad = load_grad,
                                        .load_gated = load_gated,
                                        .stats = stats,
                                        .sum = sum,
                                        .finish = finish,
                                        .squeeze = squeeze,
                                        .narrow = narrow,
                                        .probe = probe};

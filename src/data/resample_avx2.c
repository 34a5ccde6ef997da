/* The loops of resample.h with AVX2: a weight's two parts are multiplied as 16-bit numbers, two
   taps at a time, and their sums put together at the end. */
#include "data/resample.h"

#if defined(__x86_64__)

#include <immintrin.h>

#define AVX2 __attribute__((target("avx2")))

static AVX2 __m256i weighted(__m256i sum, __m256i two, int32_t weights)
{
    return _mm256_add_epi32(sum, _mm256_madd_epi16(two, _mm256_set1_epi32(weights)));
}

static AVX2 __m256i rounded(__m256i high, __m256i low)
{
    __m256i sum = _mm256_add_epi32(_mm256_slli_epi32(high, RN_WEIGHT_LOW), low);

    return _mm256_srai_epi32(_mm256_add_epi32(sum, _mm256_set1_epi32(RN_WEIGHT_HALF)),
                             RN_WEIGHT_BITS);
}

/* A row in each half of a vector: of four pixels, the first and the last two are brought together,
   channel by channel. */
static AVX2 void two_rows(const struct rn_axis *ax, const uint8_t *from, size_t stride,
                          uint8_t *out, size_t out_stride)
{
    const __m256i first = _mm256_broadcastsi128_si256(
        _mm_setr_epi8(0, -1, 3, -1, 1, -1, 4, -1, 2, -1, 5, -1, -1, -1, -1, -1));
    const __m256i last = _mm256_broadcastsi128_si256(
        _mm_setr_epi8(6, -1, 9, -1, 7, -1, 10, -1, 8, -1, 11, -1, -1, -1, -1, -1));

    for (int i = 0; i < ax->n; i++, out += 3) {
        const struct rn_weights *pair = ax->pair + (ptrdiff_t)i * ax->taps / 2;
        const uint8_t *p = from + 3 * (ptrdiff_t)ax->low[i];
        __m256i high = _mm256_setzero_si256(), low = high, four, two;

        for (int t = 0; t < ax->count[i]; t += 4, p += 12, pair += 2) {
            four =
                _mm256_inserti128_si256(_mm256_castsi128_si256(_mm_loadu_si128((const __m128i *)p)),
                                        _mm_loadu_si128((const __m128i *)(p + stride)), 1);
            two = _mm256_shuffle_epi8(four, first);
            high = weighted(high, two, pair[0].high);
            low = weighted(low, two, pair[0].low);
            two = _mm256_shuffle_epi8(four, last);
            high = weighted(high, two, pair[1].high);
            low = weighted(low, two, pair[1].low);
        }
        four = rounded(high, low);
        four = _mm256_packus_epi32(four, four);
        four = _mm256_packus_epi16(four, four);
        _mm_storeu_si32(out, _mm256_castsi256_si128(four));
        _mm_storeu_si32(out + out_stride, _mm256_extracti128_si256(four, 1));
    }
}

static AVX2 void column(const struct rn_axis *ay, int i, const uint8_t *from, size_t stride,
                        size_t columns, uint8_t *out)
{
    const __m256i zero = _mm256_setzero_si256();

    for (size_t k = 0; k < columns; k += RN_AT_ONCE, from += RN_AT_ONCE, out += RN_AT_ONCE) {
        const struct rn_weights *pair = ay->pair + (ptrdiff_t)i * ay->taps / 2;
        const uint8_t *row = from;
        __m256i high[4] = {zero, zero, zero, zero}, low[4] = {zero, zero, zero, zero};

        for (int t = 0; t < ay->count[i]; t += 2, row += 2 * stride, pair++) {
            const uint8_t *next = t + 1 < ay->count[i] ? row + stride : row;
            __m256i a = _mm256_loadu_si256((const __m256i *)row);
            __m256i b = _mm256_loadu_si256((const __m256i *)next);
            __m256i below = _mm256_unpacklo_epi8(a, b), above = _mm256_unpackhi_epi8(a, b);
            const __m256i two[4] = {
                _mm256_unpacklo_epi8(below, zero), _mm256_unpackhi_epi8(below, zero),
                _mm256_unpacklo_epi8(above, zero), _mm256_unpackhi_epi8(above, zero)};

            for (int v = 0; v < 4; v++) {
                high[v] = weighted(high[v], two[v], pair->high);
                low[v] = weighted(low[v], two[v], pair->low);
            }
        }
        for (int v = 0; v < 4; v++)
            high[v] = rounded(high[v], low[v]);
        _mm256_storeu_si256((__m256i *)out,
                            _mm256_packus_epi16(_mm256_packus_epi32(high[0], high[1]),
                                                _mm256_packus_epi32(high[2], high[3])));
    }
}

static const struct rn_resampler avx2 = {two_rows, column};

const struct rn_resampler *rn_resampler_avx2(void)
{
    return __builtin_cpu_supports("avx2") ? &avx2 : NULL;
}

#else

const struct rn_resampler *rn_resampler_avx2(void)
{
    return NULL;
}

#endif

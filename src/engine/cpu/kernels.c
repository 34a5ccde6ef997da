/*
 * The inner loops, compiled once for each instruction set (RN_KERNELS names the table).
 *
 * The product's tile: R rows of c by NV vectors, in registers. One step takes U rows of b (U * NV
 * vectors, in registers too) and, row by row, multiplies them with U values of a, each broadcast
 * from memory by the multiply-add itself:
 *
 *              b: U x NV            FMAs a step: R * NV * U      loads: R * U + NV * U
 *            +---------+
 *            |         |            AVX-512, 32 registers: NV 3, R 8, U 2:  24 + 6 + 1
 *            +---------+                                   NV 2, R 10, U 4: 20 + 8 + 1
 *      a     +---------+                                   NV 1, R 14, U 8: 14 + 8 + 1
 *    R x U   | R x NV  |
 *            +---------+
 */
#include "kernels.h"

#include <float.h>
#include <string.h>

/* Vectors of floats at any address, and of the integers that comparisons give. */
typedef float v8 __attribute__((vector_size(32), aligned(4), may_alias));
typedef int v8_bits __attribute__((vector_size(32), aligned(4), may_alias));
#if RN_WIDTH == 16
typedef float v16 __attribute__((vector_size(64), aligned(4), may_alias));
typedef int v16_bits __attribute__((vector_size(64), aligned(4), may_alias));
#endif

#define INLINE static inline __attribute__((always_inline))
#if defined(__clang__)
#define UNROLL _Pragma("clang loop unroll(full)")
#else
#define UNROLL _Pragma("GCC unroll 32")
#endif

/* Tiles for one vector type V. R, NV and U are constants after inlining. */
#define DEFINE_TILES(V)                                                                           \
    INLINE void mul_tile_##V(int R, int NV, int U, int taps, int nc, const float *a,              \
                             const int *aoff, const int *toff, const float *b, int ldb, float *c, \
                             const int *coff, bool add)                                           \
    {                                                                                             \
        const int lanes = (int)(sizeof(V) / sizeof(float));                                       \
        V acc[24], w[8];                                                                          \
        UNROLL for (int i = 0; i < R * NV; i++) acc[i] = (V){0};                                  \
        for (int t = 0; t < taps; t++) {                                                          \
            const float *at = a + toff[t];                                                        \
            int k = 0;                                                                            \
            for (; k + U <= nc; k += U, b += U * ldb) {                                           \
                UNROLL for (int i = 0; i < U * NV; i++) w[i] =                                    \
                    *(const V *)(b + i / NV * ldb + i % NV * lanes);                              \
                UNROLL for (int r = 0; r < R; r++)                                                \
                {                                                                                 \
                    const float *p = at + aoff[r] + k;                                            \
                    UNROLL for (int i = 0; i < U * NV; i++) acc[r * NV + i % NV] +=               \
                        p[i / NV] * w[i];                                                         \
                }                                                                                 \
            }                                                                                     \
            for (; k < nc; k++, b += ldb) {                                                       \
                UNROLL for (int i = 0; i < NV; i++) w[i] = *(const V *)(b + i * lanes);           \
                UNROLL for (int r = 0; r < R; r++)                                                \
                {                                                                                 \
                    float x = at[aoff[r] + k];                                                    \
                    UNROLL for (int i = 0; i < NV; i++) acc[r * NV + i] += x * w[i];              \
                }                                                                                 \
            }                                                                                     \
        }                                                                                         \
        UNROLL for (int r = 0; r < R; r++)                                                        \
        {                                                                                         \
            V *to = (V *)(c + coff[r]);                                                           \
            if (add)                                                                              \
                UNROLL for (int i = 0; i < NV; i++) to[i] += acc[r * NV + i];                     \
            else                                                                                  \
                UNROLL for (int i = 0; i < NV; i++) to[i] = acc[r * NV + i];                      \
        }                                                                                         \
    }                                                                                             \
                                                                                                  \
    INLINE void outer_tile_##V(int R, int NV, int m, const float *a, const int *aoff,             \
                               const float *b, const int *boff, float *c, int ldc)                \
    {                                                                                             \
        const int lanes = (int)(sizeof(V) / sizeof(float));                                       \
        V acc[24];                                                                                \
        UNROLL for (int i = 0; i < R * NV; i++) acc[i] =                                          \
            *(const V *)(c + i / NV * ldc + i % NV * lanes);                                      \
        for (int l = 0; l < m; l++) {                                                             \
            const float *p = a + aoff[l], *q = b + boff[l];                                       \
            V w[4];                                                                               \
            UNROLL for (int i = 0; i < NV; i++) w[i] = *(const V *)(q + i * lanes);               \
            UNROLL for (int i = 0; i < R * NV; i++) acc[i] += p[i / NV] * w[i % NV];              \
        }                                                                                         \
        UNROLL for (int i = 0; i < R * NV; i++) * (V *)(c + i / NV * ldc + i % NV * lanes) =      \
            acc[i];                                                                               \
    }

DEFINE_TILES(v8)
#if RN_WIDTH == 16
DEFINE_TILES(v16)
#endif

/* Rows in tiles of nearly equal height, at most max; every height is its own function. */
#define HEIGHTS(X, ...) \
    X(1, __VA_ARGS__)   \
    X(2, __VA_ARGS__) X(3, __VA_ARGS__) X(4, __VA_ARGS__) X(5, __VA_ARGS__) X(6, __VA_ARGS__)
#define HEIGHTS_8(X, ...) HEIGHTS(X, __VA_ARGS__) X(7, __VA_ARGS__) X(8, __VA_ARGS__)
#define HEIGHTS_10(X, ...) HEIGHTS_8(X, __VA_ARGS__) X(9, __VA_ARGS__) X(10, __VA_ARGS__)
#define HEIGHTS_14(X, ...)     \
    HEIGHTS_10(X, __VA_ARGS__) \
    X(11, __VA_ARGS__) X(12, __VA_ARGS__) X(13, __VA_ARGS__) X(14, __VA_ARGS__)

#define MUL_CASE(R, V, NV, U)                                                  \
    case R:                                                                    \
        mul_tile_##V(R, NV, U, taps, nc, a, aoff, toff, b, ldb, c, coff, add); \
        break;
#define DEFINE_MUL_COLUMN(NAME, V, NV, U, MAX, LIST)                                            \
    static void NAME(int m, int taps, int nc, const float *a, const int *aoff, const int *toff, \
                     const float *b, int ldb, float *c, const int *coff, bool add)              \
    {                                                                                           \
        for (int tiles = (m + MAX - 1) / MAX, height; tiles > 0; tiles--) {                     \
            height = (m + tiles - 1) / tiles;                                                   \
            switch (height) {                                                                   \
                LIST(MUL_CASE, V, NV, U)                                                        \
            }                                                                                   \
            aoff += height;                                                                     \
            coff += height;                                                                     \
            m -= height;                                                                        \
        }                                                                                       \
    }

#define OUTER_CASE(R, V, NV, U)                             \
    case R:                                                 \
        outer_tile_##V(R, NV, m, a, aoff, b, boff, c, ldc); \
        break;
#define DEFINE_OUTER_COLUMN(NAME, V, NV, MAX, LIST)                                  \
    static void NAME(int m, int nk, const float *a, const int *aoff, const float *b, \
                     const int *boff, float *c, int ldc)                             \
    {                                                                                \
        for (int tiles = (nk + MAX - 1) / MAX, height; tiles > 0; tiles--) {         \
            height = (nk + tiles - 1) / tiles;                                       \
            switch (height) {                                                        \
                LIST(OUTER_CASE, V, NV, 0)                                           \
            }                                                                        \
            a += height;                                                             \
            c += (ptrdiff_t)height * ldc;                                            \
            nk -= height;                                                            \
        }                                                                            \
    }

#if RN_WIDTH == 16
DEFINE_MUL_COLUMN(mul_48, v16, 3, 2, 8, HEIGHTS_8)
DEFINE_MUL_COLUMN(mul_32, v16, 2, 4, 10, HEIGHTS_10)
DEFINE_MUL_COLUMN(mul_16, v16, 1, 8, 14, HEIGHTS_14)
DEFINE_MUL_COLUMN(mul_8, v8, 1, 8, 14, HEIGHTS_14)
DEFINE_OUTER_COLUMN(outer_48, v16, 3, 8, HEIGHTS_8)
DEFINE_OUTER_COLUMN(outer_32, v16, 2, 10, HEIGHTS_10)
DEFINE_OUTER_COLUMN(outer_16, v16, 1, 14, HEIGHTS_14)
DEFINE_OUTER_COLUMN(outer_8, v8, 1, 14, HEIGHTS_14)
#else
DEFINE_MUL_COLUMN(mul_16, v8, 2, 1, 6, HEIGHTS)
DEFINE_MUL_COLUMN(mul_8, v8, 1, 2, 10, HEIGHTS_10)
DEFINE_OUTER_COLUMN(outer_16, v8, 2, 6, HEIGHTS)
DEFINE_OUTER_COLUMN(outer_8, v8, 1, 10, HEIGHTS_10)
#endif

static void mul(int m, int n, int taps, int nc, const float *a, const int *aoff, const int *toff,
                const float *b, float *c, const int *coff, bool add)
{
    for (int panel = 0; panel < n; panel += RN_PANEL, b += (ptrdiff_t)RN_PANEL * taps * nc) {
        int width = n - panel < RN_PANEL ? n - panel : RN_PANEL;
        int left = width;
        const float *w = b;
        float *to = c + panel;

#define STEP(COLUMNS)                                                     \
    for (; left >= COLUMNS; left -= COLUMNS, w += COLUMNS, to += COLUMNS) \
        mul_##COLUMNS(m, taps, nc, a, aoff, toff, w, width, to, coff, add);
#if RN_WIDTH == 16
        STEP(48)
        STEP(32)
#endif
        STEP(16)
        STEP(8)
#undef STEP
    }
}

static void outer(int m, int n, int nk, const float *a, const int *aoff, const float *b,
                  const int *boff, float *c, int ldc)
{
    int left = n;

#define STEP(COLUMNS)                                                    \
    for (; left >= COLUMNS; left -= COLUMNS, b += COLUMNS, c += COLUMNS) \
        outer_##COLUMNS(m, nk, a, aoff, b, boff, c, ldc);
#if RN_WIDTH == 16
    STEP(48)
    STEP(32)
#endif
    STEP(16)
    STEP(8)
#undef STEP
}

/*
 * Elementwise loops. Those without sums go row by row, as memory lies; those with sums go column by
 * column, so that the sums stay in registers, over few rows at a time, so that these stay in the
 * first-level cache.
 */
#if RN_WIDTH == 16
#define BY_VECTORS(LOOP)             \
    {                                \
        int j = 0;                   \
        for (; j + 16 <= c; j += 16) \
            LOOP(v16)                \
        for (; j < c; j += 8)        \
            LOOP(v8)                 \
    }
#else
#define BY_VECTORS(LOOP)           \
    for (int j = 0; j < c; j += 8) \
    LOOP(v8)
#endif
#define AT(V, p) (*(V *)(p))
#define IN(V, p) (*(const V *)(p))
/* x, or 0 where it is below the limit. NaN stays NaN, so that a diverged network shows. */
#define ZERO_BELOW(V, x, limit) ((V)((V##_bits)(x) & ~((x) < (limit))))
#define WHERE_POSITIVE(V, x, value) ((V)((V##_bits)(value) & ((x) > (V){0})))

static void load_view(int rows, int c, struct rn_view view, float *dst)
{
    const float *y = view.y, *scale = view.scale, *shift = view.shift;
    const bool relu = view.relu;

    if (!scale) {
        memcpy(dst, y, sizeof *dst * (size_t)rows * (size_t)c);
        return;
    }
    for (int i = 0; i < rows; i++, y += c, dst += c) {
#define LOOP(V)                                                   \
    {                                                             \
        V x = IN(V, y + j) * IN(V, scale + j) + IN(V, shift + j); \
        AT(V, dst + j) = relu ? ZERO_BELOW(V, x, (V){0}) : x;     \
    }
        BY_VECTORS(LOOP)
#undef LOOP
    }
}

static void load_grad(int rows, int c, const float *dz, const float *y, const float *coef,
                      float *dst)
{
    for (int i = 0; i < rows; i++, dz += c, y += c, dst += c) {
#define LOOP(V)                                        \
    AT(V, dst + j) = IN(V, dz + j) * IN(V, coef + j) + \
                     (IN(V, y + j) * IN(V, coef + c + j) + IN(V, coef + 2 * c + j));
        BY_VECTORS(LOOP)
#undef LOOP
    }
}

/* Rows of about 8 KiB. */
static int few_rows(int rows, int c)
{
    int few = 2048 / c + 1;

    return few < rows ? few : rows;
}

static void stats(int rows, int c, const float *y, float *sums)
{
    for (int few; rows > 0; rows -= few, y += (ptrdiff_t)few * c) {
        few = few_rows(rows, c);
#define LOOP(V)                                         \
    {                                                   \
        V s = IN(V, sums + j), q = IN(V, sums + c + j); \
        for (int i = j; i < few * c; i += c) {          \
            const V x = IN(V, y + i);                   \
            s += x;                                     \
            q += x * x;                                 \
        }                                               \
        AT(V, sums + j) = s;                            \
        AT(V, sums + c + j) = q;                        \
    }
        BY_VECTORS(LOOP)
#undef LOOP
    }
}

static const float zeros[16], ones[16] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};

static void sum(int rows, int c, struct rn_view u, struct rn_view v, bool relu, float *z)
{
    const int ui = u.scale ? 1 : 0, vi = v.scale ? 1 : 0; /* a constant is read at one place */
    const float *us = ui ? u.scale : ones, *ub = ui ? u.shift : zeros;
    const float *vs = vi ? v.scale : ones, *vb = vi ? v.shift : zeros;
    const float *uy = u.y, *vy = v.y;
    const bool urelu = u.relu, vrelu = v.relu;

    for (int i = 0; i < rows; i++, uy += c, vy += c, z += c) {
#define LOOP(V)                                                        \
    {                                                                  \
        V x = IN(V, uy + j) * IN(V, us + ui * j) + IN(V, ub + ui * j); \
        V y = IN(V, vy + j) * IN(V, vs + vi * j) + IN(V, vb + vi * j); \
        x = urelu ? ZERO_BELOW(V, x, (V){0}) : x;                      \
        y = vrelu ? ZERO_BELOW(V, y, (V){0}) : y;                      \
        x += y;                                                        \
        AT(V, z + j) = relu ? ZERO_BELOW(V, x, (V){0}) : x;            \
    }
        BY_VECTORS(LOOP)
#undef LOOP
    }
}

static void finish(int rows, int c, float *dz, struct rn_view mask, int n_y, const float *const *y,
                   float *sums)
{
    const float *y0 = n_y > 0 ? y[0] : dz, *y1 = n_y > 1 ? y[1] : y0, *m = mask.y;
    const int mi = mask.scale ? 1 : 0;
    const float *ms = mi ? mask.scale : ones, *mb = mi ? mask.shift : zeros;

    for (int few; rows > 0; rows -= few) {
        few = few_rows(rows, c);
#define LOOP(V)                                                 \
    {                                                           \
        const V s = IN(V, ms + mi * j), b = IN(V, mb + mi * j); \
        V s0 = {0}, s1 = {0}, s2 = {0};                         \
        for (int i = j; i < few * c; i += c) {                  \
            V d = IN(V, dz + i);                                \
            if (m) {                                            \
                V x = IN(V, m + i) * s + b;                     \
                d = WHERE_POSITIVE(V, x, d);                    \
                AT(V, dz + i) = d;                              \
            }                                                   \
            s0 += d;                                            \
            s1 += d * IN(V, y0 + i);                            \
            if (n_y > 1)                                        \
                s2 += d * IN(V, y1 + i);                        \
        }                                                       \
        AT(V, sums + j) += s0;                                  \
        if (n_y > 0)                                            \
            AT(V, sums + c + j) += s1;                          \
        if (n_y > 1)                                            \
            AT(V, sums + 2 * c + j) += s2;                      \
    }
        BY_VECTORS(LOOP)
#undef LOOP
        dz += (ptrdiff_t)few * c;
        y0 += (ptrdiff_t)few * c;
        y1 += (ptrdiff_t)few * c;
        if (m)
            m += (ptrdiff_t)few * c;
    }
}

const struct rn_kernels RN_KERNELS = {.isa = RN_ISA,
                                      .mul = mul,
                                      .outer = outer,
                                      .load_view = load_view,
                                      .load_grad = load_grad,
                                      .stats = stats,
                                      .sum = sum,
                                      .finish = finish};

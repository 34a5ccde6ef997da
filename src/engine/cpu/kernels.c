/* The inner loops, compiled once for each instruction set (RN_KERNELS names the table). */
#include "kernels.h"

#include <string.h>

#if defined(__AVX__)
#include <immintrin.h>
#endif

#include "simd.h"

#include "ahead.inc"

#include "products.inc"

#include "lanes.inc"

#define ROW float
#define VIEW struct rn_view
#define LOAD(V, p) (*(const V *)(p))
#define STORE(V, N, p, x) EACH(N) * (V *)((p) + v * LANES(V)) = (x)[v]
#include "rows.inc"

#include "gates.inc"

#include "half.inc"

#include "act.inc"

#include "pool.inc"

#include "probe.inc"

const struct rn_kernels RN_KERNELS = {.isa = RN_ISA,
                                      .width = RN_WIDTH,
                                      .mul = mul,
                                      .outer = outer,
                                      .mul_lanes = mul_lanes,
                                      .outer_lanes = outer_lanes,
                                      .load_view = load_view,
                                      .load_grad = load_grad,
                                      .stats = stats,
                                      .sum = sum,
                                      .finish = finish,
                                      .squeeze = squeeze,
                                      .load_gated = load_gated,
                                      .act = act,
                                      .act_grad = act_grad,
                                      .pool_max = pool_max,
                                      .pool_max_grad = pool_max_grad,
                                      .pool_sum = pool_sum,
                                      .pool_spread = pool_spread,
                                      .widen = widen,
                                      .narrow = narrow,
                                      .probes = {probe_fma, probe_read, probe_copy}};

/*
 * simd.h: the vectors that the kernels are written in, by the compilers' vector extensions.
 * RN_WIDTH, the widest vector in floats, is 16 or 8.
 */
#ifndef REGNET_ENGINE_CPU_SIMD_H
#define REGNET_ENGINE_CPU_SIMD_H

/* Vectors of floats at any address, and of the integers that comparisons give. */
typedef float v4 __attribute__((vector_size(16), aligned(4), may_alias));
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

/* Nothing to do, but the compiler cannot look through it. HERE: an address is in a register from
   here on, and not worked out again. KEEP: so is a vector, and it stays where it is. */
#define HERE(p) __asm__("" : "+r"(p))
#if defined(__AVX512F__)
#define KEEP(v) __asm__("" : "+v"(v))
#elif defined(__AVX__)
#define KEEP(v) __asm__("" : "+x"(v))
#else
#define KEEP(v) (void)(v)
#endif

#endif

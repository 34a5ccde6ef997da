/* Element types of tensors in files, little-endian as the host is. */
#include "format/dtype.h"

#include <stdint.h>
#include <string.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "elements are read as they lie");

static float float_of_bits(uint32_t bits)
{
    float value;

    memcpy(&value, &bits, sizeof value);
    return value;
}

static float float_of_half(uint16_t half)
{
    uint32_t sign = (half & 0x8000u) << 16, exponent = (half >> 10) & 31u, fraction = half & 0x3FFu;

    if (exponent == 31)
        return float_of_bits(sign | 0x7F800000u | fraction << 13);
    if (exponent > 0)
        return float_of_bits(sign | (exponent + 112) << 23 | fraction << 13);
    return (sign ? -0x1p-24f : 0x1p-24f) * (float)fraction;
}

static float float_of_bfloat(uint16_t bfloat)
{
    return float_of_bits((uint32_t)bfloat << 16);
}

#define CONVERT(function, type, expression)                              \
    static void function(const unsigned char *from, float *to, size_t n) \
    {                                                                    \
        for (size_t i = 0; i < n; i++) {                                 \
            type x;                                                      \
            memcpy(&x, from + i * sizeof x, sizeof x);                   \
            to[i] = expression;                                          \
        }                                                                \
    }

CONVERT(from_f16, uint16_t, float_of_half(x))
CONVERT(from_bf16, uint16_t, float_of_bfloat(x))
CONVERT(from_f32, float, x)
CONVERT(from_f64, double, (float)x)
CONVERT(from_i64, int64_t, (float)x)
CONVERT(from_i32, int32_t, (float)x)
CONVERT(from_i16, int16_t, (float)x)
CONVERT(from_i8, int8_t, (float)x)
CONVERT(from_u64, uint64_t, (float)x)
CONVERT(from_u32, uint32_t, (float)x)
CONVERT(from_u16, uint16_t, (float)x)
CONVERT(from_u8, uint8_t, (float)x)

const struct rn_dtype *rn_dtype_find(const char *name)
{
    static const struct rn_dtype all[] = {
        {"F32", 4, from_f32}, {"F16", 2, from_f16}, {"BF16", 2, from_bf16}, {"F64", 8, from_f64},
        {"I64", 8, from_i64}, {"I32", 4, from_i32}, {"I16", 2, from_i16},   {"I8", 1, from_i8},
        {"U64", 8, from_u64}, {"U32", 4, from_u32}, {"U16", 2, from_u16},   {"U8", 1, from_u8},
        {"BOOL", 1, from_u8},
    };

    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (strcmp(all[i].name, name) == 0)
            return &all[i];
    return NULL;
}

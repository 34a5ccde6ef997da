/* Arithmetic of large whole numbers, digit by digit in base 2^32. */
#include "whole.h"

#include <assert.h>

static void trim(struct rn_whole *x)
{
    while (x->n > 0 && x->limb[x->n - 1] == 0)
        x->n--;
}

struct rn_whole rn_whole_from(uint64_t value)
{
    struct rn_whole x = {.n = 2, .limb = {(uint32_t)value, (uint32_t)(value >> 32)}};

    trim(&x);
    return x;
}

void rn_whole_add(struct rn_whole *sum, const struct rn_whole *x)
{
    uint64_t carry = 0;

    for (int i = 0; i < x->n || carry; i++) {
        assert(i < RN_WHOLE_LIMBS);
        if (i >= sum->n)
            sum->limb[sum->n++] = 0;
        carry += (uint64_t)sum->limb[i] + (i < x->n ? x->limb[i] : 0);
        sum->limb[i] = (uint32_t)carry;
        carry >>= 32;
    }
}

void rn_whole_subtract(struct rn_whole *from, const struct rn_whole *x)
{
    int64_t borrow = 0;

    for (int i = 0; i < from->n; i++) {
        int64_t digit = (int64_t)from->limb[i] - (i < x->n ? x->limb[i] : 0) - borrow;
        borrow = digit < 0;
        from->limb[i] = (uint32_t)digit;
    }
    trim(from);
}

void rn_whole_multiply(struct rn_whole *product, const struct rn_whole *x)
{
    struct rn_whole made = {.n = product->n + x->n};

    assert(made.n <= RN_WHOLE_LIMBS);
    for (int i = 0; i < product->n; i++) {
        uint64_t carry = 0;
        for (int k = 0; k < x->n; k++) {
            carry += (uint64_t)product->limb[i] * x->limb[k] + made.limb[i + k];
            made.limb[i + k] = (uint32_t)carry;
            carry >>= 32;
        }
        made.limb[i + x->n] = (uint32_t)carry;
    }
    trim(&made);
    *product = made;
}

uint32_t rn_whole_divide(struct rn_whole *quotient, uint32_t by)
{
    uint64_t rest = 0;

    for (int i = quotient->n - 1; i >= 0; i--) {
        rest = rest << 32 | quotient->limb[i];
        quotient->limb[i] = (uint32_t)(rest / by);
        rest %= by;
    }
    trim(quotient);
    return (uint32_t)rest;
}

void rn_whole_print(const struct rn_whole *x, char text[RN_WHOLE_TEXT])
{
    char reversed[RN_WHOLE_TEXT];
    struct rn_whole rest = *x;
    int n = 0;

    do {
        reversed[n++] = (char)('0' + rn_whole_divide(&rest, 10));
    } while (rest.n > 0);
    for (int i = 0; i < n; i++)
        text[i] = reversed[n - 1 - i];
    text[n] = 0;
}

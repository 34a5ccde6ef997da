/* bfloat16 as tensors keep it: rounding to nearest, ties to even, and values that are no numbers.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "engine/cpu/kernels.h"
#include "regnet/rng.h"

static uint32_t bits_of(float x)
{
    uint32_t bits;

    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static float float_of(uint32_t bits)
{
    float x;

    memcpy(&x, &bits, sizeof x);
    return x;
}

/* There and back. */
static float kept(const struct rn_kernels *k, float x)
{
    float in[RN_LANES] = {x}, out[RN_LANES];
    uint16_t half[RN_LANES];

    k->narrow(RN_LANES, in, half);
    k->widen(RN_LANES, half, out);
    return out[0];
}

/* The sets that this processor can run, the least first; NULL after the last. */
static const struct rn_kernels *set(int i)
{
    static const char *const names[] = {"base", "avx2", "avx512"};

    return i < 3 ? rn_kernels_pick(names[i]) : NULL;
}

static void ties_go_to_even(void **state)
{
    (void)state;
    for (int i = 0; set(i); i++) {
        assert_int_equal(bits_of(kept(set(i), float_of(0x3f808000))), 0x3f800000);
        assert_int_equal(bits_of(kept(set(i), float_of(0x3f818000))), 0x3f820000);
        assert_int_equal(bits_of(kept(set(i), float_of(0x3f808001))), 0x3f810000);
        assert_int_equal(bits_of(kept(set(i), float_of(0xbf80ffff))), 0xbf810000);
    }
}

static void the_nearest_is_kept(void **state)
{
    struct rn_rng rng = rn_rng_at(1, RN_STREAM_TEST, 0);

    (void)state;
    for (int i = 0; set(i); i++)
        for (int j = 0; j < 1000; j++) {
            float x = (float)rn_rng_normal(&rng), y = kept(set(i), x);

            assert_int_equal(bits_of(y) & 0xffff, 0);
            assert_true(fabsf(y - x) <= fabsf(x) / 256);
        }
}

static void what_is_no_number_stays_none(void **state)
{
    (void)state;
    for (int i = 0; set(i); i++) {
        assert_true(isnan(kept(set(i), NAN)));
        assert_true(isnan(kept(set(i), float_of(0x7f800001))));
        assert_true(isnan(kept(set(i), float_of(0xffffffff))));
        assert_true(isinf(kept(set(i), INFINITY)));
        assert_true(kept(set(i), -0.0f) == 0 && signbit(kept(set(i), -0.0f)));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ties_go_to_even),
        cmocka_unit_test(the_nearest_is_kept),
        cmocka_unit_test(what_is_no_number_stays_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

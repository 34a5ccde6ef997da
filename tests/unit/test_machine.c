/* The bound of a made-up machine, and what measuring this one always gives. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "regnet/machine.h"

static const struct rn_machine made_up = {
    .threads = 1,
    .flops = 100,
    .bf16_isa = "made up",
    .bf16_flops = 400,
    .n_levels = 3,
    .levels = {{.name = "L1", .bytes = 32, .read = 50},
               {.name = "L2", .bytes = 512, .read = 20},
               {.name = "memory", .bytes = SIZE_MAX, .read = 10}},
};

static void assert_bound(double flops, double bytes, double seconds)
{
    assert_true(fabs(rn_machine_bound(&made_up, false, flops, bytes) - seconds) < 1e-12);
}

static void arithmetic_bounds_what_has_few_bytes(void **state)
{
    (void)state;
    assert_bound(1000, 1, 10);
    assert_bound(0, 0, 0);
    assert_true(fabs(rn_machine_bound(&made_up, true, 1000, 1) - 2.5) < 1e-12);
}

static void bytes_come_from_the_smallest_level_that_holds_them(void **state)
{
    (void)state;
    assert_bound(1, 32, 32 / 50.0);
    assert_bound(1, 33, 33 / 20.0);
    assert_bound(1, 512, 512 / 20.0);
    assert_bound(1, 513, 513 / 10.0);
    assert_bound(1, 1e30, 1e30 / 10.0);
}

static void a_measured_machine_is_complete(void **state)
{
    struct rn_machine machine;
    struct rn_err err = {0};

    (void)state;
    assert_int_equal(rn_machine_measure(2, &machine, &err), RN_OK);
    assert_int_equal(machine.threads, 2);
    assert_true(machine.flops > 0 && (machine.bf16_flops > 0) == (machine.bf16_isa != NULL));
    assert_in_range(machine.n_levels, 1, RN_MACHINE_LEVELS);
    for (int i = 0; i < machine.n_levels; i++) {
        const struct rn_machine_level *level = &machine.levels[i];
        assert_true(level->read > 0 && level->copy > 0);
        assert_true(i == 0 || level->bytes > level[-1].bytes);
    }
    assert_string_equal(machine.levels[machine.n_levels - 1].name, "memory");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arithmetic_bounds_what_has_few_bytes),
        cmocka_unit_test(bytes_come_from_the_smallest_level_that_holds_them),
        cmocka_unit_test(a_measured_machine_is_complete),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

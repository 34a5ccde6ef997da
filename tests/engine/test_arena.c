/* The memory plan: what lives at the same time never overlaps, and little is wasted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/arena.h"
#include "regnet/rng.h"

#define STEPS 60

static size_t peak_of(const struct rn_arena_item *items, size_t n)
{
    size_t peak = 0;

    for (int step = 0; step < STEPS; step++) {
        size_t alive = 0;
        for (size_t i = 0; i < n; i++)
            if (items[i].first <= step && step <= items[i].last)
                alive += items[i].bytes;
        peak = alive > peak ? alive : peak;
    }
    return peak;
}

static void assert_apart(const struct rn_arena_item *a, const struct rn_arena_item *b)
{
    if (a->first <= b->last && b->first <= a->last)
        assert_true(a->offset + a->bytes <= b->offset || b->offset + b->bytes <= a->offset);
}

static void buffers_never_overlap(void **state)
{
    (void)state;
    for (uint64_t trial = 0; trial < 200; trial++) {
        struct rn_rng rng = rn_rng_at(1, RN_STREAM_TEST, trial);
        struct rn_arena_item items[80];
        size_t total = 0, n = 2 + rn_rng_below(&rng, 78);

        for (size_t i = 0; i < n; i++) {
            int first = (int)rn_rng_below(&rng, STEPS);
            items[i] = (struct rn_arena_item){.bytes = 64 * (1 + rn_rng_below(&rng, 100)),
                                              .first = first,
                                              .last = first + (int)rn_rng_below(&rng, 10)};
        }
        assert_int_equal(rn_arena_place(items, n, &total, NULL), RN_OK);
        for (size_t i = 0; i < n; i++) {
            assert_int_equal(items[i].offset % 64, 0);
            assert_true(items[i].offset + items[i].bytes <= total);
            for (size_t j = 0; j < i; j++)
                assert_apart(&items[i], &items[j]);
        }
        assert_true(total <= 2 * peak_of(items, n)); /* first fit on random lives; mostly 1.1 */
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(buffers_never_overlap)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

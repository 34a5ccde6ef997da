/* What a timing says beside its seconds. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "regnet/arch.h"
#include "regnet/memory.h"
#include "regnet/time.h"

#define BATCH 3

static struct rn_config tiny(void)
{
    static const char *const keys[][2] = {
        {"MODEL.TYPE", "regnet"}, {"MODEL.NUM_CLASSES", "10"},
        {"TRAIN.IM_SIZE", "16"},  {"REGNET.DEPTH", "3"},
        {"REGNET.W0", "8"},       {"REGNET.WA", "8"},
        {"REGNET.WM", "2"},       {"REGNET.GROUP_W", "8"},
        {"REGNET.STEM_W", "8"},   {"REGNET.STEM_TYPE", "res_stem_cifar"},
        {"REGNET.SE_ON", "True"},
    };
    struct rn_config cfg;
    struct rn_err err = {0};

    rn_config_default(&cfg);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (rn_config_set(&cfg, keys[i][0], keys[i][1], &err) != RN_OK)
            fail_msg("%s", err.msg);
    return cfg;
}

static struct rn_timing timing_of(bool train, int steps)
{
    struct rn_config cfg = tiny();
    struct rn_time_options options = {
        .batch = BATCH, .steps = steps, .train = train, .layers = true};
    struct rn_timing timing;
    struct rn_err err = {0};

    if (rn_time(&cfg, &options, &timing, &err) != RN_OK)
        fail_msg("%s", err.msg);
    return timing;
}

static void steps_are_as_many_as_asked_for_and_ascend(void **state)
{
    struct rn_timing timing = timing_of(true, 7);
    double sum = 0;

    (void)state;
    assert_int_equal(timing.n_steps, 7);
    for (size_t i = 0; i < 7; i++) {
        assert_true(timing.step_s[i] > 0);
        assert_true(i == 0 || timing.step_s[i] >= timing.step_s[i - 1]);
        sum += timing.step_s[i];
    }
    assert_true(fabs(timing.mean_s - sum / 7) < 1e-12);
    rn_timing_release(&timing);
}

/* Each convolution and the head once, for the whole batch; a multiply-add is two operations. */
static void the_layers_do_what_the_network_does(void **state)
{
    struct rn_config cfg = tiny();
    struct rn_timing timing = timing_of(false, 1);
    struct rn_arch arch;
    double flops = 0;

    (void)state;
    assert_int_equal(rn_arch_from_config(&cfg, &arch, NULL), RN_OK);
    for (size_t i = 0; i < timing.n_layers; i++) {
        flops += timing.layers[i].forward.flops;
        assert_true(timing.layers[i].backward.flops == 0);
        assert_true(timing.layers[i].backward.bytes == 0);
        assert_true(timing.layers[i].backward.seconds == 0);
    }
    assert_true(fabs(flops - 2.0 * BATCH * (double)rn_arch_complexity(&arch).flops) < 1e-6 * flops);
    rn_timing_release(&timing);
}

/* Backward, a convolution has two products to do, of the data and of the weights; the stem one. */
static void backward_is_twice_forward_but_for_the_stem(void **state)
{
    struct rn_timing timing = timing_of(true, 1);

    (void)state;
    for (size_t i = 0; i < timing.n_layers; i++) {
        const struct rn_layer_timing *layer = &timing.layers[i];
        double factor = strcmp(layer->kind, "stem") == 0 ? 1 : 2;
        assert_true(layer->backward.flops == factor * layer->forward.flops);
    }
    rn_timing_release(&timing);
}

static const char *kind_of(const struct rn_timing *timing, const char *name)
{
    for (size_t i = 0; i < timing->n_layers; i++)
        if (strcmp(timing->layers[i].name, name) == 0)
            return timing->layers[i].kind;
    fail_msg("there is no layer %s", name);
    return NULL;
}

static void layers_have_kinds(void **state)
{
    static const char *const kinds[][2] = {
        {"stem.conv", "stem"}, {"s1.b1.f.a", "1x1"},  {"s2.b1.f.b", "3x3 groups"},
        {"s1.b1.f.b", "3x3"},  {"s2.b1.proj", "1x1"}, {"s1.b1.f.se.f_ex.0", "SE"},
        {"s1.b1.f.se", "SE"},  {"s1.b1.add", "sum"},  {"head.fc", "other"},
    };
    struct rn_timing timing = timing_of(true, 1);

    (void)state;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        assert_string_equal(kind_of(&timing, kinds[i][0]), kinds[i][1]);
    rn_timing_release(&timing);
}

/* A step's time is its layers', but for loss and update; the warm-up's is not in it. */
static void the_layers_take_no_longer_than_the_steps(void **state)
{
    struct rn_timing timing = timing_of(true, 5);
    double seconds = 0;

    (void)state;
    for (size_t i = 0; i < timing.n_layers; i++)
        seconds += timing.layers[i].forward.seconds + timing.layers[i].backward.seconds;
    assert_true(seconds > 0 && seconds <= timing.mean_s);
    rn_timing_release(&timing);
}

static void every_allocation_may_fail(void **state)
{
    struct rn_config cfg = tiny();
    enum rn_status status = RN_E_NOMEM;

    (void)state;
    for (long n = 0; status != RN_OK; n++) {
        struct rn_time_options options = {.batch = 1, .steps = 1, .train = true, .layers = true};
        struct rn_timing timing;
        struct rn_err err = {0};
        rn_mem_fail_at(n);
        status = rn_time(&cfg, &options, &timing, &err);
        rn_mem_fail_at(-1);
        assert_true(status == RN_OK || status == RN_E_NOMEM);
        if (status == RN_OK)
            rn_timing_release(&timing);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steps_are_as_many_as_asked_for_and_ascend),
        cmocka_unit_test(the_layers_do_what_the_network_does),
        cmocka_unit_test(backward_is_twice_forward_but_for_the_stem),
        cmocka_unit_test(layers_have_kinds),
        cmocka_unit_test(the_layers_take_no_longer_than_the_steps),
        cmocka_unit_test(every_allocation_may_fail),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

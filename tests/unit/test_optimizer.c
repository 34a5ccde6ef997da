/* Update rules, worked by hand in double precision from PyTorch's formulas. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "train/optimizer.h"

#define STEPS 3

/* One value of each kind, at multiples of 16; the running statistics after the trained ones. */
static struct rn_param params[] = {
    {.name = "w", .role = RN_PARAM_WEIGHT, .size = 1, .offset = 0},
    {.name = "b", .role = RN_PARAM_BIAS, .size = 1, .offset = 16},
    {.name = "gamma", .role = RN_PARAM_GAMMA, .size = 1, .offset = 32},
    {.name = "beta", .role = RN_PARAM_BETA, .size = 1, .offset = 48},
    {.name = "mean", .role = RN_PARAM_MEAN, .size = 1, .offset = 64},
};
static const struct rn_graph graph = {
    .n_params = 5, .params = params, .n_trained = 64, .n_values = 80};

static const double gradients[STEPS] = {0.5, -0.25, 1.0};

/* Runs the optimizer with the same value and gradients for all parameters. */
static void run(const struct rn_config *cfg, float value[80])
{
    struct rn_optimizer opt;
    struct rn_err err = {0};
    float grad[64];

    if (rn_optimizer_init(&opt, cfg, &graph, &err) != RN_OK)
        fail_msg("%s", err.msg);
    for (int i = 0; i < 80; i++)
        value[i] = 2;
    for (int t = 0; t < STEPS; t++) {
        for (int i = 0; i < 64; i++)
            grad[i] = (float)gradients[t];
        rn_optimizer_step(&opt, value, grad, 0.1);
    }
    rn_optimizer_release(&opt);
}

static double sgd(double decay, double momentum, double dampening, bool nesterov)
{
    double p = 2, buf = 0;

    for (int t = 0; t < STEPS; t++) {
        double g = gradients[t] + decay * p;
        buf = t == 0 ? g : momentum * buf + (1 - dampening) * g;
        p -= 0.1 * (nesterov ? g + momentum * buf : buf);
    }
    return p;
}

static double adam(double decay, bool decoupled)
{
    double p = 2, m = 0, v = 0;

    for (int t = 1; t <= STEPS; t++) {
        double g = gradients[t - 1] + (decoupled ? 0 : decay * p);
        if (decoupled)
            p *= 1 - 0.1 * decay;
        m = 0.9 * m + 0.1 * g;
        v = 0.999 * v + 0.001 * g * g;
        p -= 0.1 * (m / (1 - pow(0.9, t))) / (sqrt(v / (1 - pow(0.999, t))) + 1e-8);
    }
    return p;
}

static void expect(double got, double wanted)
{
    if (!(fabs(got - wanted) <= 2e-6))
        fail_msg("%.9g instead of %.9g", got, wanted);
}

static void sgd_is_pytorch_s(void **state)
{
    struct rn_config cfg;
    float value[80];

    (void)state;
    rn_config_default(&cfg);
    cfg.optim.weight_decay = 0.25;
    run(&cfg, value);
    expect(value[0], sgd(0.25, 0.9, 0, true));
    cfg.optim.nesterov = false;
    cfg.optim.dampening = 0.5;
    run(&cfg, value);
    expect(value[0], sgd(0.25, 0.9, 0.5, false));
    cfg.optim.momentum = 0;
    cfg.optim.dampening = 0;
    run(&cfg, value);
    expect(value[0], sgd(0.25, 0, 0, false));
}

static void adam_is_pytorch_s(void **state)
{
    struct rn_config cfg;
    float value[80];

    (void)state;
    rn_config_default(&cfg);
    cfg.optim.weight_decay = 0.25;
    strcpy(cfg.optim.optimizer, "adam");
    run(&cfg, value);
    expect(value[0], adam(0.25, false));
    strcpy(cfg.optim.optimizer, "adamw");
    run(&cfg, value);
    expect(value[0], adam(0.25, true));
}

static void decay_goes_by_kind(void **state)
{
    struct rn_config cfg;
    float value[80];

    (void)state;
    rn_config_default(&cfg);
    cfg.optim.weight_decay = 0.25;
    run(&cfg, value);
    for (int i = 0; i < 4; i++)
        expect(value[16 * i], sgd(0.25, 0.9, 0, true));
    cfg.bn.use_custom_weight_decay = true;
    cfg.bn.custom_weight_decay = 0.125;
    cfg.optim.bias_use_custom_weight_decay = true;
    cfg.optim.bias_custom_weight_decay = 0;
    run(&cfg, value);
    expect(value[0], sgd(0.25, 0.9, 0, true));
    expect(value[16], sgd(0, 0.9, 0, true));
    expect(value[32], sgd(0.125, 0.9, 0, true));
    expect(value[48], sgd(0.125, 0.9, 0, true));
}

static void what_is_no_parameter_stays(void **state)
{
    struct rn_config cfg;
    float value[80];

    (void)state;
    rn_config_default(&cfg);
    run(&cfg, value);
    for (int i = 0; i < 80; i++)
        assert_int_equal(value[i] == 2, i % 16 != 0 || i >= 64);
}

static void nesterov_needs_momentum(void **state)
{
    struct rn_optimizer opt;
    struct rn_config cfg;
    struct rn_err err = {0};

    (void)state;
    rn_config_default(&cfg);
    cfg.optim.momentum = 0;
    assert_int_equal(rn_optimizer_init(&opt, &cfg, &graph, &err), RN_E_CONFIG);
    assert_non_null(strstr(err.msg, "OPTIM.MOMENTUM"));
}

/* Gradients of 4 x (0.5, -0.25, 1): the frozen tensors' part does not make them longer. */
static void long_gradients_are_clipped(void **state)
{
    struct rn_config cfg;
    float value[80];
    double p = 2, buf = 0;

    (void)state;
    rn_config_default(&cfg);
    cfg.optim.weight_decay = 0;
    cfg.optim.clip_norm = 0.8;
    strcpy(cfg.train.freeze, "b gamma");
    run(&cfg, value);
    for (int t = 0; t < STEPS; t++) {
        double g = gradients[t] * fmin(1, 0.8 / (fabs(gradients[t]) * sqrt(2) + 1e-6));
        buf = t == 0 ? g : 0.9 * buf + g;
        p -= 0.1 * (g + 0.9 * buf);
    }
    expect(value[0], p);
    expect(value[48], p);
    assert_true(value[16] == 2 && value[32] == 2);
}

static void what_is_frozen_is_in_the_network(void **state)
{
    struct rn_optimizer opt;
    struct rn_config cfg;
    struct rn_err err = {0};

    (void)state;
    rn_config_default(&cfg);
    strcpy(cfg.train.freeze, "w, gam");
    assert_int_equal(rn_optimizer_init(&opt, &cfg, &graph, &err), RN_E_CONFIG);
    assert_non_null(strstr(err.msg, "TRAIN.FREEZE"));
    assert_non_null(strstr(err.msg, "\"gam\""));
}

/* The rates of stem, two stages and head, by the tensors' names. */
static void stages_have_rates_of_their_own(void **state)
{
    struct rn_param named[] = {{.name = "stem.conv.weight"},
                               {.name = "s1.b1.f.a.weight"},
                               {.name = "s2.b1.f.a.weight"},
                               {.name = "head.fc.weight"}};
    const struct rn_graph two_stages = {.arch.n_stages = 2, .n_params = 4, .params = named};
    struct rn_group groups[4];
    struct rn_config cfg;
    struct rn_err err = {0};

    (void)state;
    rn_config_default(&cfg);
    assert_int_equal(rn_groups_of(&cfg, &two_stages, groups, &err), RN_OK);
    assert_true(groups[0].rate == 1 && groups[3].rate == 1);
    assert_int_equal(rn_config_set(&cfg, "OPTIM.STAGE_LR", "[0, 0.25, 0.5, 1]", &err), RN_OK);
    assert_int_equal(rn_groups_of(&cfg, &two_stages, groups, &err), RN_OK);
    assert_true(groups[0].rate == 0 && groups[1].rate == 0.25F && groups[2].rate == 0.5F &&
                groups[3].rate == 1);
    assert_int_equal(rn_config_set(&cfg, "OPTIM.STAGE_LR", "[0, 1]", &err), RN_OK);
    assert_int_equal(rn_groups_of(&cfg, &two_stages, groups, &err), RN_E_CONFIG);
    assert_string_equal(err.msg, "OPTIM.STAGE_LR has 2 entries; this network needs 4: stem, 2 "
                                 "stages, head");
}

/* pycls' average: a copy in the warm-up, then alpha * batch / epochs * period of the newest. */
static void the_average_is_pycls_s(void **state)
{
    struct rn_optimizer opt;
    struct rn_config cfg;
    float value[80] = {0};

    (void)state;
    rn_config_default(&cfg);
    cfg.optim.ema = true;
    cfg.optim.ema_alpha = 0.25;
    cfg.optim.ema_update_period = 2;
    cfg.train.batch_size = 8;
    cfg.optim.max_epoch = 16;
    cfg.optim.warmup_epochs = 1;
    assert_int_equal(rn_optimizer_init(&opt, &cfg, &graph, NULL), RN_OK);
    rn_average_begin(&opt, value);
    value[0] = value[64] = 8; /* a weight, and a running mean */
    rn_average_update(&opt, value, 0.5, 1);
    assert_true(opt.average[0] == 0);
    rn_average_update(&opt, value, 0.5, 2);
    assert_true(opt.average[0] == 8 && opt.average[64] == 8);
    value[0] = 0;
    rn_average_update(&opt, value, 1, 0);
    assert_true(opt.average[0] == 6 && opt.average[64] == 8);
    rn_average_swap(&opt, value);
    assert_true(opt.average[0] == 0 && value[0] == 6);
    rn_optimizer_release(&opt);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sgd_is_pytorch_s),
        cmocka_unit_test(adam_is_pytorch_s),
        cmocka_unit_test(decay_goes_by_kind),
        cmocka_unit_test(what_is_no_parameter_stays),
        cmocka_unit_test(nesterov_needs_momentum),
        cmocka_unit_test(long_gradients_are_clipped),
        cmocka_unit_test(what_is_frozen_is_in_the_network),
        cmocka_unit_test(stages_have_rates_of_their_own),
        cmocka_unit_test(the_average_is_pycls_s),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

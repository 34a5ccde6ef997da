/* Learning rates against their closed forms. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "regnet/train.h"

static struct rn_config config(const char *policy, const char *unit)
{
    struct rn_config cfg;

    rn_config_default(&cfg);
    strcpy(cfg.optim.lr_policy, policy);
    strcpy(cfg.optim.lr_unit, unit);
    cfg.optim.base_lr = 0.4;
    cfg.optim.max_epoch = 10;
    cfg.optim.min_lr = 0.01;
    return cfg;
}

static void expect(const struct rn_config *cfg, double epoch, double lr)
{
    double got = rn_learning_rate(cfg, epoch);

    if (!(fabs(got - lr) <= 1e-15))
        fail_msg("epoch %g: %.17g instead of %.17g", epoch, got, lr);
}

static void policies_follow_their_formulas(void **state)
{
    struct rn_config cos = config("cos", "epoch"), lin = config("lin", "epoch"),
                     exp = config("exp", "epoch"), steps = config("steps", "epoch");

    (void)state;
    expect(&cos, 0, 0.4);
    expect(&cos, 5, 0.4 * (0.99 * 0.5 + 0.01));
    expect(&lin, 3, 0.4 * (0.99 * 0.7 + 0.01));
    expect(&exp, 5, 0.4 * 0.1);
    steps.optim.steps = (struct rn_ints){3, {0, 4, 7}};
    expect(&steps, 3, 0.4);
    expect(&steps, 4, 0.4 * 0.1);
    expect(&steps, 9, 0.4 * 0.1 * 0.1);
}

static void the_unit_says_when_the_rate_moves(void **state)
{
    struct rn_config epoch = config("lin", "epoch"), step = config("lin", "step");

    (void)state;
    expect(&epoch, 3.75, 0.4 * (0.99 * 0.7 + 0.01));
    expect(&step, 3.75, 0.4 * (0.99 * 0.625 + 0.01));
}

static void warm_up_is_linear(void **state)
{
    struct rn_config epoch = config("exp", "epoch"), step = config("exp", "step");

    (void)state;
    epoch.optim.min_lr = step.optim.min_lr = 1; /* a constant rate */
    epoch.optim.warmup_epochs = 5;
    step.optim.warmup_epochs = 0.5;
    expect(&epoch, 0, 0.4 * 0.1);
    expect(&epoch, 1, 0.4 * (0.1 * 0.8 + 0.2));
    expect(&epoch, 5, 0.4);
    expect(&step, 0, 0.4 * 0.1);
    expect(&step, 0.25, 0.4 * (0.1 * 0.5 + 0.5));
    expect(&step, 0.5, 0.4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(policies_follow_their_formulas),
        cmocka_unit_test(the_unit_says_when_the_rate_moves),
        cmocka_unit_test(warm_up_is_linear),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

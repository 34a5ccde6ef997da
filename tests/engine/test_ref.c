/*
 * The reference operators' gradients against finite differences, over the table of cases.
 *
 * With f(t) = sum(dy * y) along one coordinate, f'(0) is taken by the five-point formula, whose
 * error is h^4 f''''' / 30. At h = 1/16 that is below 1e-6 for these data; what remains is y's
 * rounding to float, 6e-8 |y| an output, divided by h: 1e-4 for the largest case. TOLERANCE allows
 * three times that, relative to 1 + |gradient|; a wrong index or sign is off by about 1.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cases.h"
#include "regnet/memory.h"

#define STEP 0.0625
#define TOLERANCE 1e-4
#define PROBES 8 /* coordinates of a tensor that are tried */

static double objective(const struct rn_op_args *args, size_t y_size)
{
    double sum = 0.0;

    rn_ref_ops.forward[args->node->op](args);
    for (size_t i = 0; i < y_size; i++)
        sum += (double)args->dy[i] * args->y[i];
    return sum;
}

static double difference(const struct rn_op_args *args, size_t y_size, float *coordinate)
{
    static const double weight[] = {1.0, -8.0, 0.0, 8.0, -1.0};
    float kept = *coordinate;
    double sum = 0.0;

    for (int i = 0; i < 5; i++) {
        *coordinate = kept + (float)((i - 2) * STEP);
        sum += weight[i] * objective(args, y_size);
    }
    *coordinate = kept;
    return sum / (12.0 * STEP);
}

static void check_tensor(const struct rn_case *c, const struct rn_op_args *args, size_t y_size,
                         const char *what, float *values, const float *grads, size_t size)
{
    size_t stride = size > PROBES ? size / PROBES : 1;

    for (size_t i = 0; i < size; i += stride) {
        double expected = difference(args, y_size, &values[i]);

        if (fabs(grads[i] - expected) > TOLERANCE * (1.0 + fabs(expected)))
            fail_msg("%s: the gradient of %s[%zu] is %g; differences give %g", c->name, what, i,
                     (double)grads[i], expected);
    }
}

static void gradients_match_differences(void **state)
{
    static struct rn_case cases[CASES_MAX];
    int n = rn_cases(cases);

    (void)state;
    for (int k = 0; k < n; k++) {
        struct rn_case *c = &cases[k];
        struct rn_case_data data;
        struct rn_op_args args;

        rn_case_data_init(c, &data);
        args = rn_case_args(c, &data);
        rn_ref_ops.forward[c->node.op](&args);
        rn_ref_ops.backward[c->node.op](&args);
        for (int i = 0; i < c->node.n_in; i++)
            check_tensor(c, &args, data.y_size, "x", data.x[i], data.dx[i], data.x_size[i]);
        for (int i = 0; i < c->node.n_params; i++)
            if (args.dparam[i])
                check_tensor(c, &args, data.y_size, rn_param_suffix(c->params[i].role),
                             data.param[i], data.dparam[i], c->params[i].size);
        rn_case_data_release(&data);
    }
}

/* add_dx adds; what is not wanted (NULL) is left alone. */
static void gradients_can_be_added_or_left_out(void **state)
{
    static struct rn_case cases[CASES_MAX];
    int n = rn_cases(cases);

    (void)state;
    for (int k = 0; k < n; k++) {
        struct rn_case *c = &cases[k];
        struct rn_case_data once, twice;
        struct rn_op_args args;

        rn_case_data_init(c, &once);
        rn_case_data_init(c, &twice);
        args = rn_case_args(c, &once);
        rn_ref_ops.forward[c->node.op](&args);
        rn_ref_ops.backward[c->node.op](&args);
        args = rn_case_args(c, &twice);
        rn_ref_ops.forward[c->node.op](&args);
        rn_ref_ops.backward[c->node.op](&args);
        for (int i = 0; i < RN_OP_PARAMS; i++)
            args.dparam[i] = NULL;
        for (int i = 0; i < c->node.n_in; i++)
            args.add_dx[i] = true;
        rn_ref_ops.backward[c->node.op](&args);
        for (int i = 0; i < c->node.n_in; i++)
            for (size_t j = 0; j < once.x_size[i]; j++) /* pooling rounds each of its sums */
                assert_true(fabsf(twice.dx[i][j] - 2.0f * once.dx[i][j]) <= 1e-5f);
        for (int i = 0; i < c->node.n_in; i++)
            args.dx[i] = NULL;
        rn_ref_ops.backward[c->node.op](&args);
        rn_case_data_release(&once);
        rn_case_data_release(&twice);
    }
}

/* A batch of constant rows: the statistics are known, and inference uses the running ones. */
static void normalization_keeps_its_statistics(void **state)
{
    struct rn_node node = {.op = RN_OP_BN, .out = {1, 1, 1}};
    float x[] = {1, 3}, y[2], gamma = 2, beta = 1, mean = 10, var = 4, saved[2];
    struct rn_op_args args = {.node = &node,
                              .n = 2,
                              .in = {{1, 1, 1}},
                              .x = {x},
                              .y = y,
                              .param = {&gamma, &beta, &mean, &var},
                              .saved = saved,
                              .train = true,
                              .momentum = 0.25};

    (void)state;
    rn_ref_ops.forward[RN_OP_BN](&args); /* mean 2, variance 1, unbiased 2 */
    assert_true(y[0] == -1.0f && y[1] == 3.0f);
    assert_true(saved[0] == 2.0f && saved[1] == 1.0f);
    assert_true(mean == 8.0f && var == 3.5f);
    args.train = false;
    mean = 1;
    var = 4;
    rn_ref_ops.forward[RN_OP_BN](&args);
    assert_true(y[0] == 1.0f && y[1] == 3.0f && mean == 1.0f && var == 4.0f);
}

static void diverged_values_are_not_hidden(void **state)
{
    struct rn_node relu = {.op = RN_OP_ACT, .out = {1, 1, 1}, .u.fn = RN_FN_RELU};
    struct rn_node pool = {.op = RN_OP_MAX_POOL, .out = {1, 1, 1}, .u.pool = {.k = 2, .stride = 2}};
    float x[] = {NAN, 1, 2, 3}, y, targets[] = {0, 1, 0, 0};
    struct rn_op_args args = {.node = &relu, .n = 1, .in = {{2, 2, 1}}, .x = {x}, .y = &y};

    (void)state;
    rn_ref_ops.forward[RN_OP_ACT](&args);
    assert_true(isnan(y));
    args.node = &pool;
    rn_ref_ops.forward[RN_OP_MAX_POOL](&args);
    assert_true(isnan(y));
    assert_true(isnan(rn_cross_entropy(1, 4, x, targets, NULL)));
}

static void loss_gradient_matches_differences(void **state)
{
    float logits[] = {1.5f, -2.0f, 0.25f, 90.0f, 88.0f, -7.0f};
    float targets[] = {0.7f, 0.2f, 0.1f, 0.0f, 0.5f, 0.5f}, grads[6];

    (void)state;
    rn_cross_entropy(2, 3, logits, targets, grads);
    for (int i = 0; i < 6; i++) {
        float kept = logits[i], h = 0.015625f;
        double high, low;

        logits[i] = kept + h;
        high = rn_cross_entropy(2, 3, logits, targets, NULL);
        logits[i] = kept - h;
        low = rn_cross_entropy(2, 3, logits, targets, NULL);
        logits[i] = kept;
        assert_true(fabs((high - low) / (2.0 * h) - grads[i]) < 1e-5); /* h^2 / 6, third order */
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gradients_match_differences),
        cmocka_unit_test(gradients_can_be_added_or_left_out),
        cmocka_unit_test(normalization_keeps_its_statistics),
        cmocka_unit_test(diverged_values_are_not_hidden),
        cmocka_unit_test(loss_gradient_matches_differences),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

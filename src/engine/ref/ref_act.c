/* Activations: relu, silu x s(x), gelu x Phi(x) in its exact form, the sigmoid s(x), and relu6,
   which stops at 6. */
#include <math.h>

#include "engine/ref/ref.h"

static const double rsqrt2 = 0.70710678118654752440, rsqrt2pi = 0.39894228040143267794;

static double sigmoid(double x)
{
    return 1.0 / (1.0 + exp(-x));
}

static double normal_cdf(double x)
{
    return 0.5 * erfc(-x * rsqrt2);
}

static double value(enum rn_fn fn, double x)
{
    switch (fn) {
    case RN_FN_RELU:
        return x > 0.0 || isnan(x) ? x : 0.0; /* a NaN must not hide */
    case RN_FN_SILU:
        return x * sigmoid(x);
    case RN_FN_GELU:
        return x * normal_cdf(x);
    case RN_FN_SIGMOID:
        return sigmoid(x);
    case RN_FN_RELU6:
        return x > 6.0 ? 6.0 : x > 0.0 || isnan(x) ? x : 0.0;
    }
    return x;
}

static double slope(enum rn_fn fn, double x)
{
    double s = sigmoid(x);

    switch (fn) {
    case RN_FN_RELU:
        return x > 0.0 ? 1.0 : 0.0;
    case RN_FN_SILU:
        return s * (1.0 + x * (1.0 - s));
    case RN_FN_GELU:
        return normal_cdf(x) + x * rsqrt2pi * exp(-0.5 * x * x);
    case RN_FN_SIGMOID:
        return s * (1.0 - s);
    case RN_FN_RELU6:
        return x > 0.0 && x < 6.0 ? 1.0 : 0.0;
    }
    return 1.0;
}

void rn_ref_act(const struct rn_op_args *a)
{
    size_t count = rn_ref_count(a->node->out, a->n);

    for (size_t i = 0; i < count; i++)
        a->y[i] = (float)value(a->node->u.fn, a->x[0][i]);
}

void rn_ref_act_backward(const struct rn_op_args *a)
{
    size_t count = rn_ref_count(a->node->out, a->n);

    for (size_t i = 0; a->dx[0] && i < count; i++)
        rn_ref_give(a, 0, i, a->dy[i] * slope(a->node->u.fn, a->x[0][i]));
}

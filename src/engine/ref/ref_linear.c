/* The fully connected layer: y = x W' + bias, W c_out x c_in. */
#include "engine/ref/ref.h"

void rn_ref_linear(const struct rn_op_args *a)
{
    size_t ci = (size_t)a->in[0].c, co = (size_t)a->node->out.c;

    for (size_t n = 0; n < (size_t)a->n; n++)
        for (size_t o = 0; o < co; o++) {
            double sum = a->param[1][o];

            for (size_t i = 0; i < ci; i++)
                sum += (double)a->x[0][n * ci + i] * a->param[0][o * ci + i];
            a->y[n * co + o] = (float)sum;
        }
}

static void input_gradient(const struct rn_op_args *a, size_t ci, size_t co)
{
    for (size_t n = 0; n < (size_t)a->n; n++)
        for (size_t i = 0; i < ci; i++) {
            double sum = 0.0;

            for (size_t o = 0; o < co; o++)
                sum += (double)a->dy[n * co + o] * a->param[0][o * ci + i];
            rn_ref_give(a, 0, n * ci + i, sum);
        }
}

static void weight_gradient(const struct rn_op_args *a, size_t ci, size_t co)
{
    for (size_t o = 0; o < co; o++)
        for (size_t i = 0; i < ci; i++) {
            double sum = 0.0;

            for (size_t n = 0; n < (size_t)a->n; n++)
                sum += (double)a->dy[n * co + o] * a->x[0][n * ci + i];
            a->dparam[0][o * ci + i] = (float)sum;
        }
}

static void bias_gradient(const struct rn_op_args *a, size_t co)
{
    for (size_t o = 0; o < co; o++) {
        double sum = 0.0;

        for (size_t n = 0; n < (size_t)a->n; n++)
            sum += a->dy[n * co + o];
        a->dparam[1][o] = (float)sum;
    }
}

void rn_ref_linear_backward(const struct rn_op_args *a)
{
    size_t ci = (size_t)a->in[0].c, co = (size_t)a->node->out.c;

    if (a->dx[0])
        input_gradient(a, ci, co);
    if (a->dparam[0])
        weight_gradient(a, ci, co);
    if (a->dparam[1])
        bias_gradient(a, co);
}

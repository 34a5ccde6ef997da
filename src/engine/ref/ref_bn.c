/*
 * Batch normalization, y = gamma (x - mean) / sqrt(var + eps) + beta, one channel at a time.
 * Training normalizes by the batch's mean and biased variance, and moves the running statistics by
 * momentum towards the batch's mean and unbiased variance, as PyTorch does.
 */
#include <math.h>

#include "engine/ref/ref.h"

struct channel {
    double mean, var; /* biased */
};

static struct channel batch_channel(const float *x, size_t pixels, size_t c, size_t i)
{
    double sum = 0.0, squares = 0.0, mean;

    for (size_t p = 0; p < pixels; p++)
        sum += x[p * c + i];
    mean = sum / (double)pixels;
    for (size_t p = 0; p < pixels; p++)
        squares += (x[p * c + i] - mean) * (x[p * c + i] - mean);
    return (struct channel){mean, squares / (double)pixels};
}

static void move_running(const struct rn_op_args *a, size_t i, struct channel batch, size_t pixels)
{
    double unbiased = pixels > 1 ? batch.var * (double)pixels / (double)(pixels - 1) : batch.var;
    double keep = 1.0 - a->momentum;

    a->param[2][i] = (float)(keep * a->param[2][i] + a->momentum * batch.mean);
    a->param[3][i] = (float)(keep * a->param[3][i] + a->momentum * unbiased);
}

void rn_ref_bn(const struct rn_op_args *a)
{
    size_t c = (size_t)a->node->out.c, pixels = rn_ref_count(a->node->out, a->n) / c;

    for (size_t i = 0; i < c; i++) {
        struct channel stats = {a->param[2][i], a->param[3][i]};
        double rstd;

        if (a->train)
            stats = batch_channel(a->x[0], pixels, c, i);
        rstd = 1.0 / sqrt(stats.var + a->eps);
        for (size_t p = 0; p < pixels; p++)
            a->y[p * c + i] =
                (float)(a->param[0][i] * (a->x[0][p * c + i] - stats.mean) * rstd + a->param[1][i]);
        if (!a->train)
            continue;
        a->saved[i] = (float)stats.mean;
        a->saved[c + i] = (float)rstd;
        move_running(a, i, stats, pixels);
    }
}

/* With xhat = (x - mean) rstd: dx = gamma rstd (dy - mean(dy) - xhat mean(dy xhat)). */
void rn_ref_bn_backward(const struct rn_op_args *a)
{
    size_t c = (size_t)a->node->out.c, pixels = rn_ref_count(a->node->out, a->n) / c;
    const float *x = a->x[0], *dy = a->dy;

    for (size_t i = 0; i < c; i++) {
        double mean = a->saved[i], rstd = a->saved[c + i], sum = 0.0, sum_xhat = 0.0;

        for (size_t p = 0; p < pixels; p++) {
            sum += dy[p * c + i];
            sum_xhat += dy[p * c + i] * (x[p * c + i] - mean) * rstd;
        }
        for (size_t p = 0; a->dx[0] && p < pixels; p++) {
            double xhat = (x[p * c + i] - mean) * rstd;

            rn_ref_give(a, 0, p * c + i,
                        a->param[0][i] * rstd *
                            (dy[p * c + i] - (sum + xhat * sum_xhat) / (double)pixels));
        }
        if (a->dparam[0])
            a->dparam[0][i] = (float)sum_xhat;
        if (a->dparam[1])
            a->dparam[1][i] = (float)sum;
    }
}

/* Soft cross entropy: the mean over images of -sum t log softmax(z), shared by all engines. */
#include <math.h>

#include "engine/op.h"

static double log_sum_exp(int c, const float *z)
{
    double largest = z[0], sum = 0.0;

    for (int i = 1; i < c; i++)
        largest = z[i] > largest ? z[i] : largest;
    for (int i = 0; i < c; i++)
        sum += exp(z[i] - largest);
    return largest + log(sum);
}

double rn_cross_entropy(int n, int c, const float *logits, const float *targets, float *dlogits)
{
    double loss = 0.0;

    for (int row = 0; row < n; row++) {
        size_t at = (size_t)row * (size_t)c;
        double norm = log_sum_exp(c, logits + at);

        for (int i = 0; i < c; i++) {
            double log_p = logits[at + (size_t)i] - norm, t = targets[at + (size_t)i];

            loss -= t * log_p;
            if (dlogits)
                dlogits[at + (size_t)i] = (float)((exp(log_p) - t) / n);
        }
    }
    return loss / n;
}

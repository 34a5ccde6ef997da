/* Weights from PyTorch's order (c_out, c_in / groups, k, k) into panels, and their gradient back.
 */
#include <string.h>

#include "conv_plan.h"

/* Weight of output channel o and input channel i (both absolute), all taps; NULL: another group's.
 */
static const float *weight_at(const struct rn_conv_plan *plan, const float *weight, int o, int i)
{
    int in = plan->c_in / plan->groups, out = plan->c_out / plan->groups;

    if (i / in != o / out)
        return NULL;
    return weight + ((ptrdiff_t)o * in + i % in) * plan->taps;
}

/* Position of (row, column) in panels of a matrix of `rows` x `columns`. */
static size_t panel_at(int rows, int columns, int row, int column)
{
    int panel = column / RN_PANEL * RN_PANEL;
    int width = columns - panel < RN_PANEL ? columns - panel : RN_PANEL;

    return (size_t)panel * (size_t)rows + (size_t)(row * width + column - panel);
}

void rn_conv_pack_forward(const struct rn_conv_plan *plan, const float *weight)
{
    for (int g = 0; g < plan->n_merged; g++) {
        const struct rn_conv_group *group = &plan->merged[g];
        float *panels = plan->forward + group->forward;
        int rows = plan->taps * group->n_in;
        for (int o = 0; o < group->n_out; o++) {
            size_t first = panel_at(rows, group->out_pad, 0, o);
            size_t step = panel_at(rows, group->out_pad, 1, o) - first;
            for (int i = 0; i < group->n_in; i++) {
                const float *w = weight_at(plan, weight, group->out + o, group->in + i);
                for (int t = 0; w && t < plan->taps; t++)
                    panels[first + (size_t)(t * group->n_in + i) * step] = w[t];
            }
        }
    }
}

void rn_conv_pack_backward(const struct rn_conv_plan *plan, const float *weight)
{
    for (int g = 0; g < plan->n_merged; g++) {
        const struct rn_conv_group *group = &plan->merged[g];
        float *panels = plan->backward + group->backward;
        for (int c = 0; c < plan->n_classes; c++) {
            const struct rn_conv_class *class = &plan->classes[c];
            int rows = class->taps * group->n_out;
            for (int i = 0; i < group->n_in; i++) {
                size_t first = panel_at(rows, group->in_pad, 0, i);
                size_t step = panel_at(rows, group->in_pad, 1, i) - first;
                for (int o = 0; o < group->n_out; o++) {
                    const float *w = weight_at(plan, weight, group->out + o, group->in + i);
                    for (int t = 0; w && t < class->taps; t++)
                        panels[first + (size_t)(t * group->n_out + o) * step] = w[class->tap[t]];
                }
            }
            panels += (size_t)rows * (size_t)group->in_pad;
        }
    }
}

void rn_conv_unpack_grad(const struct rn_conv_plan *plan, float *dweight)
{
    for (size_t i = 0; plan->chunks > 1 && i < plan->grad_size; i++)
        for (int chunk = 1; chunk < plan->chunks; chunk++)
            plan->grad[i] += plan->grad[(size_t)chunk * plan->grad_size + i];
    for (int g = 0; g < plan->n_merged; g++) {
        const struct rn_conv_group *group = &plan->merged[g];
        const float *grad = plan->grad + group->grad;
        for (int o = 0; o < group->n_out; o++) {
            for (int i = 0; i < group->n_in; i++) {
                float *dw =
                    (float *)(ptrdiff_t)weight_at(plan, dweight, group->out + o, group->in + i);
                for (int t = 0; dw && t < plan->taps; t++)
                    dw[t] =
                        grad[(size_t)(t * group->n_in + i) * (size_t)group->out_pad + (size_t)o];
            }
        }
    }
}

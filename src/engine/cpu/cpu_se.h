/*
 * cpu_se.h: squeeze and excitation without passes of its own.
 *
 * A convolution b with normalization and ReLU, x = relu(s y + t), whose result only the squeeze
 * (global average) and the excitation (x times the gate g, by image and channel) read, and whose
 * excitation only a 1x1 convolution c reads. Both sides of ReLU's kink are known from y, so with
 *
 *     M1 = the number of an image's pixels where x > 0     M2 = the sum of y over them
 *     S1 = the sum of d over them                          S2 = the sum of d y over them
 *
 * for each image and channel, where d is the gradient that c's backward pass leaves:
 *
 *     forward    average  (s M2 + t M1) / pixels           one pass reads y
 *                x g      relu((s g) y + t g), g > 0        read so by c
 *     backward   dg       s S2 + t S1                       taken as c writes d
 *                q        gradient of the average / pixels, from the two small layers
 *                dz       (d g + q) where x > 0             read so by b, whose normalization needs
 *                sum dz   = sum over images of  g S1 + q M1
 *                sum dz y =                     g S2 + q M2
 *
 * The average's unit keeps M (y: n x 2 x stride), the excitation's S (likewise); d is in b's dz.
 */
#ifndef REGNET_ENGINE_CPU_CPU_SE_H
#define REGNET_ENGINE_CPU_CPU_SE_H

#include "conv_plan.h"
#include "cpu.h"

/* Finds what has this form and makes the units RN_UNIT_SQUEEZE and RN_UNIT_EXCITE. */
void rn_se_plan(struct rn_cpu *cpu);

void rn_se_squeeze(struct rn_cpu *cpu, struct rn_unit *squeeze, enum rn_pass pass, int n);
/* Backward of the two units. */
void rn_se_excite_backward(struct rn_cpu *cpu, const struct rn_unit *excite, int n);
void rn_se_squeeze_backward(struct rn_cpu *cpu, const struct rn_unit *squeeze, int n);

/* Image i of x, seen through the gate: coef (2 repeated rows) receives scale and shift. */
struct rn_source rn_se_source(const struct rn_cpu *cpu, const struct rn_unit *excite,
                              struct rn_source x, int i, float *coef);
/* S of the block's images, while the block of d (NULL: it lies in dz) is cached; d is masked. */
void rn_se_sums(const struct rn_cpu *cpu, const struct rn_unit *excite,
                const struct rn_scratch *scratch, const float *d,
                const struct rn_conv_block *block);
/* What rn_kernels.load_gated needs for image i of b. */
void rn_se_coef(const struct rn_cpu *cpu, const struct rn_unit *b, int i, float *coef);

#endif

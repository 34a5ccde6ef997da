/* cpu_bn.h: batch normalization from sums, for units that begin with a convolution and for those
   that are nothing else. */
#ifndef REGNET_ENGINE_CPU_CPU_BN_H
#define REGNET_ENGINE_CPU_CPU_BN_H

#include "cpu.h"

/* Mean, deviation and running statistics of the batch from the chunks' sums (rn_cpu.partial). */
void rn_bn_statistics(struct rn_cpu *cpu, struct rn_unit *unit, int chunks, double momentum, int n);
/* What turns y into the unit's result: normalization by the batch, or the bias. */
void rn_bn_affine(struct rn_cpu *cpu, struct rn_unit *unit);
/* By the running statistics: the shift of channel i, and its scale. */
float rn_bn_running(const struct rn_cpu *cpu, const struct rn_node *bn, int i, float *scale);
/* Gradients of the normalization (or the bias), and what turns dz into dy, from unit->sums. */
void rn_bn_gradients(struct rn_cpu *cpu, struct rn_unit *unit, int n);

/* The unit that is a normalization: its y is its input's result. */
void rn_cpu_bn_forward(struct rn_cpu *cpu, struct rn_unit *unit, enum rn_pass pass, double momentum,
                       int n);
void rn_cpu_bn_backward(struct rn_cpu *cpu, int u, int n);

#endif

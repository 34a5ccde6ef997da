/*
 * cpu.h: the CPU engine's plan: a graph cut into units, and what a unit keeps (docs/engine.md).
 *
 * A unit is a convolution (or linear layer) with the normalization and ReLU that follow, a residual
 * sum with its ReLU, or any other node by itself. A convolution's unit stores its raw output y;
 * what follows is a scale and shift by channel and a ReLU or ReLU6, and the units that use it apply
 * them as they read (struct rn_view). Only where a user cannot do that is the result z stored.
 *
 * Backward, a unit's dz is summed up by its users, the last unit first. Once complete it is
 * *finished*: multiplied with the ReLU's derivative, while the two sums that the gradient of batch
 * normalization needs are taken. The user that writes dz last finishes it block by block as it
 * writes, if it is a convolution; else a pass of its own does.
 *
 * Rows of tensors are padded to `stride` channels (a multiple of RN_LANES); padding is zero.
 */
#ifndef REGNET_ENGINE_CPU_CPU_H
#define REGNET_ENGINE_CPU_CPU_H

#include "../net.h"
#include "../op.h"
#include "regnet/pool.h"
#include "tensor.h"

enum rn_unit_kind {
    RN_UNIT_INPUT,
    RN_UNIT_CONV,
    RN_UNIT_SUM,
    RN_UNIT_SQUEEZE, /* these two: cpu_se.h */
    RN_UNIT_EXCITE,
    RN_UNIT_BN,  /* a normalization that follows no convolution: cpu_bn.h */
    RN_UNIT_MAP, /* channels moved about: channels.h */
    RN_UNIT_NODE
};

struct rn_conv_plan;   /* conv_plan.h */
struct rn_channel_map; /* channels.h */

struct rn_unit {
    enum rn_unit_kind kind;
    struct rn_node node;      /* a copy of the graph's convolution, sum or other node */
    const struct rn_node *bn; /* of a convolution, or the unit itself; or NULL */
    const struct rn_channel_map *map;
    enum rn_clip clip; /* of a convolution, normalization or sum */
    int n_in, in[RN_NODE_INPUTS];
    int n_users, first_user, last_user;
    int stride;  /* channels of a row, padding included */
    bool stored; /* z exists; else users read a view of y */

    bool half;             /* y and z are bfloat16 */
    struct rn_tensor y, z; /* batch x h x w x stride; y of RN_UNIT_BN: its input's z */
    float *scale, *shift;  /* convolution: what turns y into z; repeated (rn_repeat) */
    float *mean, *rstd;    /* batch normalization: of this batch */
    float *saved;          /* other nodes' */

    /* Backward. */
    struct rn_tensor dz;
    bool shares_dz; /* dz is that of the sum this unit feeds: complete and finished with it */
    int excite;     /* of a convolution whose result only squeeze and excitation read; or 0 */
    int closer;     /* sum: the convolution that completes it in inference; -1: none */
    int alias_in;   /* sum: the input whose dz is this unit's dz; -1: none */
    bool needs_dz;  /* not the image */
    double *sums;   /* of dz, and of dz * y: stride each */
    float *coef;    /* dy = coef[0] dz + coef[1] y + coef[2]; each repeated */
    struct rn_conv_plan *conv;
};

/* A thread's memory: sums of a block, coefficients of an image, rows on their way to and from
   bfloat16, a block that goes there, then the frames of the convolution at hand. */
#define RN_COEFS 6 /* at most so many repeated coefficients (rn_kernels.load_gated) */
struct rn_scratch {
    struct rn_mover mover;
    float *sums, *coef, *block, *frames;
    const struct rn_conv_plan *framed; /* whose frames have been cleared, and whether both */
    bool with_gradient;
};

struct rn_cpu {
    struct rn_net_request request;
    const struct rn_kernels *kernels;
    const struct rn_half_kernels *half; /* for products in bfloat16; or NULL */
    struct rn_pool *pool;
    int n_units;
    struct rn_unit *units;       /* 0: the image; the last: the logits */
    struct rn_channel_map *maps; /* by node */
    float *arena;                /* y, z and dz of all units */
    size_t arena_bytes;
    bool folded;                       /* the packed weights are those of inference, and current */
    float *small;                      /* scale, shift, mean, ... of all units */
    double *sums;                      /* all units' */
    int infer_images;                  /* that inference takes through all units together */
    int max_stride, max_repeated;      /* channels of a row, and those repeated (rn_repeat) */
    double *partial;                   /* RN_CHUNKS x 3 x max_stride: sums by chunk */
    struct rn_scratch *scratch;        /* one a thread */
    size_t block_floats, frame_floats; /* of a thread; block_floats 0: no tensor is bfloat16 */
    struct rn_layer *layers;           /* one a unit, for profiling */
    size_t *final_from; /* n_units: params.grad is final from there on after a unit's backward */
};

/* Work on a batch is cut into at most this many chunks, by its size alone: the number of threads
   changes no result. */
#define RN_CHUNKS 8

/* plan.c; which nodes make a unit: plan_units.c */
enum rn_status rn_cpu_plan(struct rn_cpu *cpu, struct rn_err *err);
enum rn_status rn_cpu_plan_units(struct rn_cpu *cpu, struct rn_err *err);

/* Whether a unit's inputs must be there as their results, and in floats. */
static inline bool rn_unit_reads_results(const struct rn_unit *unit)
{
    return unit->kind == RN_UNIT_NODE || unit->kind == RN_UNIT_MAP || unit->kind == RN_UNIT_BN;
}

/* A unit's output as its users read it. */
struct rn_source rn_unit_source(const struct rn_unit *unit);
/* Where inference puts it. */
static inline struct rn_tensor rn_unit_result(const struct rn_unit *unit)
{
    return unit->stored ? unit->z : unit->y;
}
static inline int rn_unit_pixels(const struct rn_unit *unit)
{
    return unit->node.out.h * unit->node.out.w;
}

/* finish.c: where unit's finished sums go, and the pass that finishes without a convolution's help.
 */
struct rn_finish {
    struct rn_source mask; /* y NULL: no activation */
    int n_y;
    struct rn_unit *owner[2]; /* whose normalization the sums are for */
    struct rn_tensor y[2];
    bool needed; /* else there is nothing to do */
};
struct rn_finish rn_finish_of(struct rn_cpu *cpu, struct rn_unit *unit);
/* Rows [row, row + rows) of the unit's dz, which block (NULL: dz holds it) replaces or is added to;
   sums (3 x stride) grow by theirs. */
void rn_finish_rows(const struct rn_unit *unit, const struct rn_finish *finish,
                    const struct rn_scratch *scratch, const float *block, bool add, ptrdiff_t row,
                    int rows, double *sums);
void rn_finish_reduce(struct rn_cpu *cpu, struct rn_unit *unit, const struct rn_finish *finish,
                      int chunks);
void rn_finish_pass(struct rn_cpu *cpu, struct rn_unit *unit, int n);

/* cpu_parts.c: final_from. RN_E_UNSUPPORTED for networks whose batch statistics would be a part's.
 */
enum rn_status rn_cpu_parts_new(struct rn_cpu *cpu, struct rn_err *err);

/* What a unit has to do, for rn_net_layers. cpu_layers.c */
enum rn_status rn_cpu_layers_new(struct rn_cpu *cpu, struct rn_err *err);

/* Forward and backward of the kinds of units: conv_forward.c, conv_backward.c, cpu_sum.c,
   cpu_node.c. Backward of unit u expects its dz finished. A sum whose first user is a convolution
   is computed by that one, row by row. */
void rn_cpu_conv_forward(struct rn_cpu *cpu, struct rn_unit *unit, double momentum, int n);
void rn_cpu_conv_backward(struct rn_cpu *cpu, int u, int n);
void rn_cpu_sum_rows(const struct rn_cpu *cpu, const struct rn_scratch *scratch,
                     const struct rn_unit *unit, ptrdiff_t row, int rows);
/* Whether a sum is computed so: not where strips share lines of it, which might be another
   thread's. */
bool rn_cpu_sum_in_conv(const struct rn_cpu *cpu, const struct rn_unit *sum);
void rn_cpu_sum_forward(struct rn_cpu *cpu, struct rn_unit *unit, enum rn_pass pass, int n);
void rn_cpu_sum_backward(struct rn_cpu *cpu, int u, int n);
/* z from y, by a pass of its own. cpu_sum.c */
void rn_cpu_store(struct rn_cpu *cpu, const struct rn_unit *unit, int n);
void rn_cpu_map_forward(struct rn_cpu *cpu, struct rn_unit *unit, int n); /* cpu_map.c */
void rn_cpu_map_backward(struct rn_cpu *cpu, int u, int n);
void rn_cpu_node_forward(struct rn_cpu *cpu, struct rn_unit *unit, enum rn_pass pass, int n);
void rn_cpu_node_backward(struct rn_cpu *cpu, int u, int n);

/* Inference: rn_cpu_fold after any change of the parameters. Units keep their results, not what
   comes before normalization; a sum with a closer is computed by it. conv_infer.c */
void rn_cpu_fold(struct rn_cpu *cpu);
void rn_cpu_conv_infer(struct rn_cpu *cpu, struct rn_unit *unit, int n);

/* The table for nodes that are units by themselves. cpu_ops.c */
extern const struct rn_op_table rn_cpu_ops;

/* Whether unit `user` is the first, in backward order, to write dz of its input. */
static inline bool rn_unit_writes_first(const struct rn_cpu *cpu, int user, int input)
{
    return cpu->units[cpu->units[user].in[input]].last_user == user;
}

#endif

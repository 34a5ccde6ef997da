/*
 * tensor.h: tensors at rest, float or bfloat16, and the kernels that move rows of them.
 *
 * A kernel knows floats alone, or bfloat16 alone (half.h). Where tensors differ, or the processor
 * has no products in bfloat16, few rows at a time are widened into the thread's stage, which stays
 * in the first-level cache, and narrowed from there. A row has c channels, padding included; all
 * functions are those of kernels.h with that difference.
 */
#ifndef REGNET_ENGINE_CPU_TENSOR_H
#define REGNET_ENGINE_CPU_TENSOR_H

#include <stdint.h>

#include "half.h"
#include "kernels.h"

struct rn_tensor {
    void *data;
    bool half; /* bfloat16, else float */
};

static inline size_t rn_tensor_size(struct rn_tensor t)
{
    return t.half ? sizeof(uint16_t) : sizeof(float);
}

/* From value `first` on; nothing stays nothing. */
static inline struct rn_tensor rn_tensor_at(struct rn_tensor t, ptrdiff_t first)
{
    if (t.data)
        t.data = (char *)t.data + first * (ptrdiff_t)rn_tensor_size(t);
    return t;
}

static inline struct rn_tensor rn_tensor_of(float *data)
{
    return (struct rn_tensor){data, false};
}

/* A tensor seen through what follows its convolution; the kernels' rn_view at rest. */
struct rn_source {
    struct rn_tensor y; /* y.data NULL: nothing */
    const float *scale, *shift;
    enum rn_clip clip;
};

static inline struct rn_source rn_source_at(struct rn_source x, ptrdiff_t first)
{
    x.y = rn_tensor_at(x.y, first);
    return x;
}

/* A thread's kernels and the memory for rows on their way: 4 x rn_stage_floats. */
struct rn_mover {
    const struct rn_kernels *kernels;
    const struct rn_half_kernels *half; /* or NULL */
    float *stage;
};
size_t rn_stage_floats(int max_stride);

void rn_load(const struct rn_mover *m, int lines, int w, int c, struct rn_source x,
             struct rn_tensor dst, ptrdiff_t step);
/* load_grad, or load_gated. */
void rn_load_gradient(const struct rn_mover *m, int lines, int w, int c, struct rn_tensor dz,
                      struct rn_tensor y, const float *coef, bool gated, struct rn_tensor dst,
                      ptrdiff_t step);
/* v may be nothing. */
void rn_sum(const struct rn_mover *m, int rows, int c, struct rn_source u, struct rn_source v,
            enum rn_clip clip, struct rn_tensor z);
/* block (NULL: dz already holds it) replaces what dz holds, or is added to it, and dz is finished.
   n_y of 0 and no mask: no more than that. */
void rn_finish(const struct rn_mover *m, int rows, int c, const float *block, bool add,
               struct rn_tensor dz, struct rn_source mask, int n_y, const struct rn_tensor *y,
               float *sums);
void rn_squeeze(const struct rn_mover *m, int rows, int c, struct rn_source x, float *sums);
/* The block, unless y is of floats and it lies there already. sums: of stats, or NULL. */
void rn_store(const struct rn_mover *m, int rows, int c, const float *block, struct rn_tensor y,
              float *sums);

#endif

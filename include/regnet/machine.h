/*
 * machine.h: what this machine can do at best: arithmetic, and bytes from each cache and from
 * memory. Measured, not looked up; with it a network's time is held against a bound.
 *
 *     struct rn_machine one;
 *     RN_TRY(rn_machine_measure(1, &one, err));
 *     double bound = rn_machine_bound(&one, layer.bf16, layer.forward_flops, layer.forward_bytes);
 */
#ifndef REGNET_MACHINE_H
#define REGNET_MACHINE_H

#include <stdbool.h>
#include <stddef.h>

#include "regnet/status.h"

#define RN_MACHINE_LEVELS 4

struct rn_machine_level {
    const char *name;  /* "L1", "L2", "L3", "memory" */
    size_t bytes;      /* what it holds, of all threads together; memory: SIZE_MAX */
    double read, copy; /* bytes a second; a copied byte counts twice: read and written */
};

/* Rates are of all threads together. */
struct rn_machine {
    int threads;
    const char *isa;      /* of the kernels that run here: "avx512", "avx2", "base" */
    double flops;         /* float32 operations a second in them; a multiply-add is two */
    const char *bf16_isa; /* "amx", "avx512bf16"; NULL: this processor has none of them, */
    double bf16_flops;    /* and this is 0 */
    int n_levels;         /* caches that the system tells of, then memory */
    struct rn_machine_level levels[RN_MACHINE_LEVELS];
};

/* Takes about three seconds; what else runs makes the figures smaller. */
enum rn_status rn_machine_measure(int threads, struct rn_machine *machine, struct rn_err *err);

/* No work of so many operations, in float32 or bfloat16, on so many bytes can take fewer seconds:
   the larger of the arithmetic's time and that of reading the bytes from the smallest level that
   holds them. */
double rn_machine_bound(const struct rn_machine *machine, bool bf16, double flops, double bytes);

#endif

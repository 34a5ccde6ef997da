/* probe.h: loops that show what the machine can do at best (machine.h), in each set of kernels. */
#ifndef REGNET_ENGINE_CPU_PROBE_H
#define REGNET_ENGINE_CPU_PROBE_H

#include <stddef.h>

/* Does its work on x (n floats, a multiple of 1024; arithmetic: n steps) `rounds` times; returns
   how much a round is: operations, or bytes. x stays zero. */
typedef double rn_probe_fn(float *x, size_t n, long rounds);

struct rn_probes {
    rn_probe_fn *fma, *read, *copy;
};

#endif

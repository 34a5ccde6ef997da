/*
 * Any bytes as the ONNX file of one small network: refused with a message, or it is that network's.
 * Tests replay corpus/onnx; tools/fuzz.sh onnx looks for new cases.
 */
#include "export/onnx.h"

#include <stdlib.h>

#include "fuzz.h"

static const struct rn_arch arch = {.stem = RN_STEM_CIFAR,
                                    .stem_w = 2,
                                    .block = RN_BLOCK_VR,
                                    .n_stages = 1,
                                    .stages = {{1, 2, 1, 1, 0, 3}},
                                    .num_classes = 2,
                                    .im_size = 3};

/* The network, folded once. */
static const struct rn_folded *network(void)
{
    static struct rn_folded folded;
    static struct rn_trained net = {.bn_eps = 1e-5};

    if (folded.n)
        return &folded;
    if (rn_graph_build(&arch, &net.graph, NULL) != RN_OK)
        __builtin_trap();
    net.values = calloc(net.graph->n_values, sizeof *net.values);
    rn_graph_init(net.graph, false, 1, net.values);
    if (rn_fold(&net, &folded, NULL) != RN_OK)
        __builtin_trap();
    return &folded;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct rn_err err = {0};

    if (rn_onnx_check(data, size, network(), &err) != RN_OK && !err.msg[0])
        __builtin_trap();
    return 0;
}

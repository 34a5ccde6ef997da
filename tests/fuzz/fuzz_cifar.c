/*
 * Any bytes as a pickled batch of CIFAR: of what is accepted all images and labels can be read.
 * Tests replay corpus/cifar; tools/fuzz.sh cifar looks for new cases.
 */
#include "fuzz.h"

#include "regnet/cifar.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct rn_cifar_batch batch = {0};
    unsigned sum = 0;

    if (rn_cifar_parse(data, size, "fuzz", "labels", &batch, NULL) != RN_OK)
        return 0;
    for (size_t i = 0; i < batch.n * 3072; i++)
        sum += batch.planes[i];
    for (size_t i = 0; i < batch.n; i++)
        if (batch.labels[i] < 0)
            __builtin_trap();
    *(volatile unsigned *)&sum = sum;
    rn_cifar_batch_release(&batch);
    return 0;
}

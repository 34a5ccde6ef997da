/* study_images.h: a small data set of Fashion-MNIST's form, for tests that train. */
#ifndef RN_TESTS_STUDY_IMAGES_H
#define RN_TESTS_STUDY_IMAGES_H

#include "regnet/rng.h"
#include "study_scratch.h"

/* IDX files of n images whose class is the place of a bright bar, with noise. */
static void write_images(const char *half, uint32_t n)
{
    size_t len = 16 + (size_t)n * 784;
    uint8_t *images = rn_alloc(len, 1), *labels = rn_alloc(8 + n, 1);
    struct rn_rng rng = rn_rng_at(1, RN_STREAM_TEST, n);
    char name[64];

    memcpy(images,
           (uint8_t[16]){0, 0, 8, 3, 0, 0, (uint8_t)(n >> 8), (uint8_t)n, 0, 0, 0, 28, 0, 0, 0, 28},
           16);
    memcpy(labels, (uint8_t[8]){0, 0, 8, 1, 0, 0, (uint8_t)(n >> 8), (uint8_t)n}, 8);
    for (uint32_t i = 0; i < n; i++) {
        uint8_t class = (uint8_t)(i % 10);
        labels[8 + i] = class;
        for (uint32_t p = 0; p < 784; p++)
            images[16 + i * 784 + p] =
                (uint8_t)(rn_rng_below(&rng, 60) + (p % 28 / 2 == 2u + class ? 120 : 0));
    }
    (void)snprintf(name, sizeof name, "data/%s-images-idx3-ubyte", half);
    assert_int_equal(rn_file_write(in_root(name), images, len, NULL), RN_OK);
    (void)snprintf(name, sizeof name, "data/%s-labels-idx1-ubyte", half);
    assert_int_equal(rn_file_write(in_root(name), labels, 8 + n, NULL), RN_OK);
    rn_free(images);
    rn_free(labels);
}

#endif

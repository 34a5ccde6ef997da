/*
 * Any bytes as an image: what is accepted becomes a network's input, what is refused says why.
 * Tests replay corpus/image; tools/fuzz.sh image looks for new cases.
 */
#include <math.h>

#include "data/image.h"
#include "fuzz.h"

#define SIZE 8

/* So that one input takes no seconds: headers that claim more are left to the unit tests. */
#define PIXELS (1 << 20)

static const struct rn_preprocessing colour = {
    .resize = 10, .size = SIZE, .channels = 3, .bgr = true, .std = {1, 1, 1}};
static const struct rn_preprocessing grey = {
    .resize = SIZE, .size = SIZE, .channels = 1, .std = {1, 1, 1}};

static void prepare(const struct rn_image *image, const struct rn_preprocessing *how)
{
    float out[SIZE * SIZE * 3];

    if (rn_image_prepare(image, how, out, NULL) != RN_OK)
        return;
    for (int i = 0; i < SIZE * SIZE * 3; i++)
        if (!(out[i] >= 0 && out[i] <= 1))
            __builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct rn_image image = {0};
    struct rn_err err = {0};
    int turned = rn_exif_orientation((struct rn_exif){data, size});

    if (turned < 1 || turned > 8)
        __builtin_trap();
    if (rn_image_parse(data, size, "fuzz", &image, &err) != RN_OK) {
        if (!err.msg[0] || image.pixels)
            __builtin_trap();
        return 0;
    }
    if (image.h <= PIXELS / image.w) {
        prepare(&image, &colour);
        prepare(&image, &grey);
    }
    rn_image_release(&image);
    return 0;
}

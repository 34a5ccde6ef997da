/*
 * Any bytes as an image: what is accepted becomes a network's input, what is refused says why.
 * Tests replay corpus/image; tools/fuzz.sh image looks for new cases.
 */
#include <math.h>
#include <string.h>

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

static enum rn_status choose_middle(void *arg, int h, int w, struct rn_box *box, struct rn_err *err)
{
    (void)arg, (void)err;
    *box = (struct rn_box){h / 4, w / 4, (h + 1) / 2, (w + 1) / 2};
    return RN_OK;
}

/* What is decoded for its middle alone is the same there. */
static void decode_part(const uint8_t *data, size_t size, const struct rn_image *whole)
{
    const struct rn_want want = {.choose = choose_middle};
    struct rn_image image = {0};
    struct rn_box part;

    if (rn_image_decode(data, size, "fuzz", &want, &image, &part, NULL) != RN_OK)
        __builtin_trap();
    for (int y = 0; y < part.h; y++)
        if (memcmp(image.pixels + (ptrdiff_t)y * part.w * image.c,
                   whole->pixels + ((ptrdiff_t)(part.y + y) * whole->w + part.x) * image.c,
                   (size_t)(part.w * image.c)) != 0)
            __builtin_trap();
    rn_image_release(&image);
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
        decode_part(data, size, &image);
    }
    rn_image_release(&image);
    return 0;
}

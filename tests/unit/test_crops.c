/* What is decoded and resized of an image's part is, to the bit, what it is in the whole. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "data/image.h"
#include "data/resample.h"
#include "jpeg_scratch.h"
#include "regnet/memory.h"
#include "regnet/rng.h"

#define CROPS 30

static int below(struct rn_rng *rng, int n)
{
    return (int)rn_rng_below(rng, (uint32_t)n);
}

/* Edges and noise in every channel, so that a pixel from elsewhere is seen. */
static uint8_t *make_pixels(struct rn_rng *rng, int h, int w, int c)
{
    uint8_t *pixels = rn_alloc((size_t)(h * w), (size_t)c);

    for (int i = 0; i < h * w * c; i++)
        pixels[i] = (uint8_t)((i / c % w / 5 * 37 + i / c / w / 3 * 91) % 200 + below(rng, 56));
    return pixels;
}

static enum rn_status choose(void *arg, int h, int w, struct rn_box *box, struct rn_err *err)
{
    struct rn_rng *rng = arg;

    (void)err;
    box->h = 1 + below(rng, h);
    box->w = 1 + below(rng, w);
    box->y = below(rng, h - box->h + 1);
    box->x = below(rng, w - box->w + 1);
    return RN_OK;
}

/* Where the first pixel differs, or NULL. */
static void check_part(const struct rn_image *whole, const struct rn_image *image,
                       struct rn_box part, size_t kind)
{
    size_t c = (size_t)whole->c;

    assert_int_equal(image->h, part.h);
    assert_int_equal(image->w, part.w);
    assert_int_equal(image->c, whole->c);
    assert_true(part.x >= 0 && part.y >= 0);
    assert_true(part.x + part.w <= whole->w && part.y + part.h <= whole->h);
    for (int y = 0; y < part.h; y++)
        for (int x = 0; x < part.w; x++)
            if (memcmp(image->pixels + (size_t)(y * part.w + x) * c,
                       whole->pixels + (size_t)((part.y + y) * whole->w + part.x + x) * c, c) != 0)
                fail_msg("kind %zu: of %d x %d at %d, %d of %d x %d: pixel %d, %d differs", kind,
                         part.w, part.h, part.x, part.y, whole->w, whole->h, x, y);
}

/* The part that was asked for, out of what was decoded around it. */
static struct rn_image box_of(const struct rn_image *image, struct rn_box part, struct rn_box box)
{
    struct rn_image out = {0};

    assert_true(part.y <= box.y && part.y + part.h >= box.y + box.h);
    assert_true(part.x <= box.x && part.x + part.w >= box.x + box.w);
    assert_int_equal(rn_image_new("t", box.h, box.w, image->c, &out, NULL), RN_OK);
    for (int y = 0; y < box.h; y++)
        memcpy(out.pixels + (size_t)(y * box.w * image->c),
               image->pixels +
                   (size_t)(((box.y - part.y + y) * image->w + box.x - part.x) * image->c),
               (size_t)(box.w * image->c));
    return out;
}

static void check_crop(const uint8_t *file, size_t size, int enough, const struct rn_image *whole,
                       struct rn_rng *rng, size_t kind)
{
    const struct rn_want want = {
        .enough = enough, .intact = below(rng, 2), .choose = choose, .arg = rng};
    struct rn_image image = {0}, wanted;
    struct rn_rng again = *rng; /* chooses the same box */
    struct rn_box part, box;
    struct rn_err err = {0};

    if (rn_image_decode(file, size, "t", &want, &image, &part, &err) != RN_OK)
        fail_msg("kind %zu: %s", kind, err.msg);
    (void)choose(&again, whole->h, whole->w, &box, NULL);
    wanted = box_of(&image, part, box);
    check_part(whole, &wanted, box, kind);
    rn_image_release(&image);
    rn_image_release(&wanted);
}

static void parts_of_jpegs_are_those_of_the_whole(void **state)
{
    static const struct jpeg_kind kinds[] = {
        {.h = 61, .w = 83, .c = 1},
        {.h = 61, .w = 83, .c = 1, .across = 2, .down = 2},
        {.h = 61, .w = 83, .c = 3},
        {.h = 61, .w = 83, .c = 3, .across = 2},
        {.h = 61, .w = 83, .c = 3, .down = 2},
        {.h = 61, .w = 83, .c = 3, .across = 2, .down = 2},
        {.h = 97, .w = 131, .c = 3, .across = 4},
        {.h = 97, .w = 131, .c = 3, .across = 4, .down = 2},
        {.h = 97, .w = 131, .c = 3, .across = 3},
        {.h = 97, .w = 131, .c = 3, .across = 1, .down = 4},
        {.h = 64, .w = 96, .c = 3, .across = 2, .down = 2},
        {.h = 65, .w = 97, .c = 3, .across = 2, .down = 2, .restart = 3},
        {.h = 65, .w = 97, .c = 3, .across = 2, .down = 2, .arithmetic = true},
        {.h = 65, .w = 97, .c = 3, .across = 2, .down = 2, .progressive = true},
        {.h = 61, .w = 83, .c = 4},
        {.h = 61, .w = 83, .c = 4, .across = 2, .down = 2},
        {.h = 1, .w = 200, .c = 3, .across = 2, .down = 2},
        {.h = 200, .w = 1, .c = 3, .across = 2, .down = 2},
        {.h = 300, .w = 400, .c = 3, .across = 2, .down = 2},
    };

    (void)state;
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        struct rn_rng rng = rn_rng_at(1, RN_STREAM_AUGMENT, k);
        uint8_t *pixels = make_pixels(&rng, kinds[k].h, kinds[k].w, kinds[k].c), *file;
        size_t size = encode_jpeg(&kinds[k], pixels, &file);

        for (int enough = 0; enough <= 30; enough += 30) { /* 30: at a half or less */
            const struct rn_want all = {.enough = enough};
            struct rn_image whole = {0};
            struct rn_box part;
            assert_int_equal(rn_image_decode(file, size, "t", &all, &whole, &part, NULL), RN_OK);
            for (int i = 0; i < CROPS; i++)
                check_crop(file, size, enough, &whole, &rng, k);
            rn_image_release(&whole);
        }
        free(file);
        rn_free(pixels);
    }
}

/* A file with EXIF's orientation behind its first two bytes. */
static size_t turned(const uint8_t *file, size_t size, int orientation, uint8_t *out)
{
    uint8_t segment[] = {0xFF, 0xE1, 0, 34, 'E', 'x', 'i', 'f', 0, 0, 'M', 'M', 0, 42, 0, 0, 0, 8,
                         0,    1,    1, 18, 0,   3,   0,   0,   0, 1, 0,   0,   0, 0,  0, 0, 0, 0};

    segment[29] = (uint8_t)orientation;
    memcpy(out, file, 2);
    memcpy(out + 2, segment, sizeof segment);
    memcpy(out + 2 + sizeof segment, file + 2, size - 2);
    return size + sizeof segment;
}

static void parts_are_turned(void **state)
{
    const struct jpeg_kind kind = {.h = 61, .w = 83, .c = 3, .across = 2, .down = 2};
    struct rn_rng rng = rn_rng_at(1, RN_STREAM_AUGMENT, 100);
    uint8_t *pixels = make_pixels(&rng, kind.h, kind.w, kind.c), *file;
    size_t size = encode_jpeg(&kind, pixels, &file);
    uint8_t *other = rn_alloc(size + 100, 1);

    (void)state;
    for (int orientation = 1; orientation <= 8; orientation++) {
        size_t n = turned(file, size, orientation, other);
        struct rn_image whole = {0};
        assert_int_equal(rn_image_parse(other, n, "t", &whole, NULL), RN_OK);
        assert_int_equal(whole.w, orientation >= 5 ? kind.h : kind.w);
        for (int i = 0; i < CROPS; i++)
            check_crop(other, n, 0, &whole, &rng, (size_t)orientation);
        rn_image_release(&whole);
    }
    rn_free(other);
    free(file);
    rn_free(pixels);
}

static enum rn_status choose_corner(void *arg, int h, int w, struct rn_box *box, struct rn_err *err)
{
    (void)arg, (void)h, (void)w, (void)err;
    *box = (struct rn_box){0, 0, 8, 8};
    return RN_OK;
}

/* Wherever a file is cut or overwritten: what is refused whole is refused where a corner is wanted.
 */
static void damage_elsewhere_is_found(void **state)
{
    const struct jpeg_kind kind = {.h = 90, .w = 120, .c = 3, .across = 2, .down = 2};
    const struct rn_want corner = {.choose = choose_corner};
    struct rn_rng rng = rn_rng_at(1, RN_STREAM_AUGMENT, 200);
    uint8_t *pixels = make_pixels(&rng, kind.h, kind.w, kind.c), *file;
    size_t size = encode_jpeg(&kind, pixels, &file);
    int bad = 0;

    (void)state;
    for (int i = 0; i < 400; i++) {
        uint8_t *copy = rn_alloc(size, 1);
        struct rn_image whole = {0}, part = {0};
        struct rn_box box;
        bool cut = i % 2;
        size_t at = (size_t)below(&rng, (int)size - 8);
        enum rn_status expected;
        memcpy(copy, file, size);
        for (size_t k = 0; k < 8 && !cut; k++)
            copy[at + k] = (uint8_t)below(&rng, 256);
        expected = rn_image_parse(copy, cut ? at : size, "t", &whole, NULL);
        assert_int_equal(rn_image_decode(copy, cut ? at : size, "t", &corner, &part, &box, NULL),
                         expected);
        bad += expected != RN_OK;
        rn_image_release(&whole);
        rn_image_release(&part);
        rn_free(copy);
    }
    assert_in_range(bad, 210, 390);
    free(file);
    rn_free(pixels);
}

/* Any span of any image, by the plain loops and by those of this processor. */
static void loops_agree(void **state)
{
    struct rn_rng rng = rn_rng_at(1, RN_STREAM_AUGMENT, 300);

    (void)state;
    if (!rn_resampler_avx2())
        skip();
    for (int i = 0; i < 300; i++) {
        int h = 1 + below(&rng, 90), w = 1 + below(&rng, 90), c = i % 4 ? 3 : 1;
        int to_h = 1 + below(&rng, 60), to_w = 1 + below(&rng, 60);
        struct rn_span x = {0, w, to_w, below(&rng, to_w), 0}, y = {0, h, to_h, 0, to_h};
        struct rn_image image = {h, w, c, make_pixels(&rng, h, w, c)}, plain, fast;
        x.n = 1 + below(&rng, to_w - x.first);
        assert_int_equal(rn_resample_by(&rn_resampler_base, &image, x, y, &plain, NULL), RN_OK);
        assert_int_equal(rn_resample_by(rn_resampler_avx2(), &image, x, y, &fast, NULL), RN_OK);
        assert_int_equal(fast.h, plain.h);
        assert_int_equal(fast.w, plain.w);
        assert_memory_equal(fast.pixels, plain.pixels, (size_t)(plain.h * plain.w * c));
        rn_image_release(&image);
        rn_image_release(&plain);
        rn_image_release(&fast);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_of_jpegs_are_those_of_the_whole),
        cmocka_unit_test(parts_are_turned),
        cmocka_unit_test(damage_elsewhere_is_found),
        cmocka_unit_test(loops_agree),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* PNG and JPEG files, whole and broken, made ready for a network. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <png.h>

#include "data/source.h"
#include "jpeg_scratch.h"
#include "regnet/file.h"
#include "regnet/npy.h"

static char path[64];

static int make_path(void **state)
{
    int fd;

    (void)state;
    strcpy(path, "/tmp/regnet-test-XXXXXX");
    fd = mkstemp(path);
    return fd < 0 ? -1 : close(fd);
}

static int remove_path(void **state)
{
    (void)state;
    return unlink(path);
}

static void write_png(int h, int w, uint32_t format, const uint8_t *pixels)
{
    png_image png = {.version = PNG_IMAGE_VERSION,
                     .width = (png_uint_32)w,
                     .height = (png_uint_32)h,
                     .format = format};

    assert_true(png_image_write_to_file(&png, path, 0, pixels, 0, NULL));
}

static void png_keeps_its_pixels(void **state)
{
    const uint8_t grey[6] = {0, 50, 100, 150, 200, 255}, rgb[6] = {1, 2, 3, 250, 251, 252};
    const uint8_t rgba[4] = {200, 100, 50, 0};
    struct rn_image image = {0};

    (void)state;
    write_png(2, 3, PNG_FORMAT_GRAY, grey);
    assert_int_equal(rn_image_read(path, &image, NULL), RN_OK);
    assert_int_equal(image.h, 2);
    assert_int_equal(image.w, 3);
    assert_int_equal(image.c, 1);
    assert_memory_equal(image.pixels, grey, 6);
    rn_image_release(&image);
    write_png(1, 2, PNG_FORMAT_RGB, rgb);
    assert_int_equal(rn_image_read(path, &image, NULL), RN_OK);
    assert_int_equal(image.c, 3);
    assert_memory_equal(image.pixels, rgb, 6);
    rn_image_release(&image);
    write_png(1, 1, PNG_FORMAT_RGBA, rgba);
    assert_int_equal(rn_image_read(path, &image, NULL), RN_OK);
    assert_int_equal(image.c, 3);
    assert_memory_equal(image.pixels, ((const uint8_t[]){200, 100, 50}), 3);
    rn_image_release(&image);
}

static void jpeg_is_read(void **state)
{
    uint8_t pixels[16 * 16];
    uint8_t *jpeg;
    size_t size;
    struct rn_image image = {0};
    struct rn_err err = {0};

    (void)state;
    memset(pixels, 90, sizeof pixels);
    size = encode_jpeg(&(struct jpeg_kind){.h = 16, .w = 16, .c = 1}, pixels, &jpeg);
    assert_int_equal(rn_file_write(path, jpeg, size, NULL), RN_OK);
    assert_int_equal(rn_image_read(path, &image, &err), RN_OK);
    assert_int_equal(image.h, 16);
    assert_int_equal(image.c, 1);
    assert_true(abs(image.pixels[100] - 90) <= 1);
    rn_image_release(&image);
    assert_int_equal(rn_file_write(path, jpeg, size / 2, NULL), RN_OK);
    assert_int_equal(rn_image_read(path, &image, &err), RN_E_DATA);
    assert_non_null(strstr(err.msg, path));
    free(jpeg);
}

static void broken_files_are_refused(void **state)
{
    static const uint8_t grey[400];
    struct rn_image image = {0};
    struct rn_buf png = {0};
    struct rn_err err = {0};

    (void)state;
    assert_int_equal(rn_file_write(path, "BM not an image", 15, NULL), RN_OK);
    assert_int_equal(rn_image_read(path, &image, &err), RN_E_DATA);
    assert_non_null(strstr(err.msg, "neither a PNG nor a JPEG"));
    write_png(20, 20, PNG_FORMAT_GRAY, grey);
    assert_int_equal(rn_file_read(path, 10000, &png, NULL), RN_OK);
    assert_int_equal(rn_file_write(path, png.data, png.len - 20, NULL), RN_OK);
    assert_int_equal(rn_image_read(path, &image, &err), RN_E_DATA);
    rn_buf_release(&png);
    assert_int_equal(rn_image_read("/tmp/there/is/none.png", &image, &err), RN_E_IO);
}

/* A header of 60,000 x 60,000 pixels is refused by its size, not by the memory it would take. */
static void huge_images_are_refused_first(void **state)
{
    static const uint8_t grey[1];
    struct rn_image image = {0};
    struct rn_buf png = {0};
    struct rn_err err = {0};
    uint32_t crc;

    (void)state;
    write_png(1, 1, PNG_FORMAT_GRAY, grey);
    assert_int_equal(rn_file_read(path, 10000, &png, NULL), RN_OK);
    for (int i = 0; i < 2; i++) {
        png.data[18 + 4 * i] = (char)(60000 >> 8);
        png.data[19 + 4 * i] = (char)(60000 & 255);
    }
    crc = 0xffffffff; /* of IHDR, by the PNG specification's polynomial */
    for (int i = 12; i < 29; i++) {
        crc ^= (uint8_t)png.data[i];
        for (int b = 0; b < 8; b++)
            crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
    }
    crc = ~crc;
    for (int i = 0; i < 4; i++)
        png.data[29 + i] = (char)(crc >> (24 - 8 * i));
    assert_int_equal(rn_file_write(path, png.data, png.len, NULL), RN_OK);
    assert_int_equal(rn_image_read(path, &image, &err), RN_E_DATA);
    if (!strstr(err.msg, "60000x60000"))
        fail_msg("%s", err.msg);
    rn_buf_release(&png);
}

/* An image of the data set's own size reaches the network exactly as in training. */
static void own_size_is_exact(void **state)
{
    const struct rn_preprocessing ds = rn_preprocessing_of(rn_dataset_info("fashion_mnist"), 0, 0);
    static float out[784 * 3];
    uint8_t pixels[784];

    (void)state;
    for (int i = 0; i < 784; i++)
        pixels[i] = (uint8_t)(7 * i);
    assert_int_equal(rn_image_prepare(&(struct rn_image){28, 28, 1, pixels}, &ds, out, NULL),
                     RN_OK);
    for (int i = 0; i < 784 * 3; i++)
        assert_true(out[i] == rn_normalize(ds.mean[i % 3], ds.std[i % 3], pixels[i / 3]));
}

/* 64 x 128, white but for black left and right margins that the crop leaves out. */
static void other_sizes_are_resized_and_cropped(void **state)
{
    const struct rn_preprocessing ds = rn_preprocessing_of(rn_dataset_info("cifar10"), 0, 0);
    static float out[1024 * 3];
    static uint8_t pixels[64 * 128];

    (void)state;
    for (int y = 0; y < 64; y++)
        for (int x = 0; x < 128; x++)
            pixels[y * 128 + x] = x >= 29 && x < 99 ? 255 : 0;
    assert_int_equal(rn_image_prepare(&(struct rn_image){64, 128, 1, pixels}, &ds, out, NULL),
                     RN_OK);
    for (int i = 0; i < 1024 * 3; i++)
        assert_true(fabsf(out[i] - rn_normalize(ds.mean[i % 3], ds.std[i % 3], 255)) < 1e-5F);
}

/* Columns 200, 0, 0, 0, ...: a quarter of the size has their average, away from the border. */
static void reducing_averages(void **state)
{
    const struct rn_preprocessing ds = rn_preprocessing_of(rn_dataset_info("cifar10"), 0, 0);
    static float out[1024 * 3];
    static uint8_t pixels[128 * 128];

    (void)state;
    for (int i = 0; i < 128 * 128; i++)
        pixels[i] = i % 4 == 0 ? 200 : 0;
    assert_int_equal(rn_image_prepare(&(struct rn_image){128, 128, 1, pixels}, &ds, out, NULL),
                     RN_OK);
    for (int i = 0; i < 1024 * 3; i++)
        if (i / 3 % 32 > 0 && i / 3 % 32 < 31)
            assert_true(fabsf(out[i] - rn_normalize(ds.mean[i % 3], ds.std[i % 3], 50)) < 1e-5F);
}

/* Every kind of file, decoded, turned, resized and cropped to the bit as Pillow does it. */
static void images_are_those_of_pillow(void **state)
{
    static const char *const names[] = {
        "bits.png",     "cmyk.jpg",        "grey-alpha.png", "grey.jpg",     "grey.png",
        "palette.png",  "progressive.jpg", "rgb.jpg",        "rgb.png",      "rgba.png",
        "small.png",    "tall.png",        "turned-2.png",   "turned-3.jpg", "turned-4.png",
        "turned-5.jpg", "turned-6.png",    "turned-7.jpg",   "turned-8.png", "wide.png"};
    const struct rn_preprocessing how = {
        .resize = 20, .size = 16, .channels = 3, .bgr = false, .std = {1, 1, 1}};
    enum { N = 16 * 16 * 3 };
    struct rn_npy expected = {0};
    struct rn_err err = {0};
    float out[N];

    (void)state;
    assert_int_equal(rn_npy_read("tests/golden/images/expected.npy", &expected, NULL), RN_OK);
    assert_int_equal(expected.count, sizeof names / sizeof *names * N);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct rn_image image = {0};
        char file[100];
        (void)snprintf(file, sizeof file, "tests/golden/images/%s", names[i]);
        if (rn_image_read(file, &image, &err) != RN_OK ||
            rn_image_prepare(&image, &how, out, &err) != RN_OK)
            fail_msg("%s", err.msg);
        for (size_t k = 0; k < N; k++)
            if (fabsf(out[k] * 255 - expected.data[i * N + k]) > 1)
                fail_msg("%s: value %zu is %g, Pillow's %g", names[i], k, out[k] * 255,
                         expected.data[i * N + k]);
        rn_image_release(&image);
    }
    rn_npy_release(&expected);
}

static void blue_can_come_first(void **state)
{
    uint8_t pixels[3] = {255, 0, 51};
    float out[3];
    const struct rn_preprocessing how = {
        .resize = 1, .size = 1, .channels = 3, .bgr = true, .mean = {1, 0, 0}, .std = {1, 1, 1}};

    (void)state;
    assert_int_equal(rn_image_prepare(&(struct rn_image){1, 1, 3, pixels}, &how, out, NULL), RN_OK);
    assert_true(fabsf(out[0] - 0.2F) < 1e-6F && out[1] == 0 && out[2] == 0);
}

/* A file with `n` bytes of it from `at` on replaced, or cut off there, is refused. */
static void hostile_images_are_refused(void **state)
{
    static const struct {
        const char *file;
        size_t at;
        const char *bytes; /* NULL: cut off */
        size_t n;
        const char *message;
    } cases[] = {
        {"rgb.png", 8, NULL, 0, "cut off"},
        {"rgb.png", 20, NULL, 0, "cut off"},
        {"rgb.png", 33, NULL, 0, "cut off"},
        {"rgb.png", 500, NULL, 0, "cut off"},
        {"rgb.png", 0, "GIF89a\0\0", 8, "neither a PNG nor a JPEG"},
        {"rgb.png", 8, "\x7f\xff\xff\xff", 4, "a damaged PNG"},
        {"rgb.png", 12, "IDAT", 4, "a damaged PNG"},
        {"rgb.png", 16, "\0\0\0\0", 4, "a damaged PNG"},
        {"rgb.png", 16, "\xff\xff\xff\xff", 4, "a damaged PNG"},
        {"rgb.png", 24, "\7", 1, "a damaged PNG"},
        {"rgb.png", 25, "\7", 1, "a damaged PNG"},
        {"rgb.png", 26, "\1", 1, "a damaged PNG"},
        {"rgb.png", 28, "\1", 1, "a damaged PNG"},
        {"rgb.png", 60, "\0\0\0\0", 4, "a damaged PNG"},
        {"palette.png", 37, "IDAT", 4, "a damaged PNG"},
        {"rgb.jpg", 2, NULL, 0, "neither a PNG nor a JPEG"},
        {"rgb.jpg", 3, NULL, 0, "not a readable JPEG"},
        {"rgb.jpg", 20, NULL, 0, "not a readable JPEG"},
        {"rgb.jpg", 700, NULL, 0, "a damaged JPEG"},
        {"rgb.jpg", 4, "\xff\xff", 2, "JPEG"},
        {"rgb.jpg", 163, "\0\0\0\0", 4, "JPEG"},
        {"rgb.jpg", 163, "\xff\xff\xff\xff", 4, "not a readable JPEG"},
        {"rgb.jpg", 167, "\0", 1, "JPEG"},
        {"progressive.jpg", 600, NULL, 0, "a damaged JPEG"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct rn_image image = {0};
        struct rn_buf bytes = {0};
        struct rn_err err = {0};
        char file[100];
        (void)snprintf(file, sizeof file, "tests/golden/images/%s", cases[i].file);
        assert_int_equal(rn_file_read(file, 1 << 20, &bytes, NULL), RN_OK);
        assert_true(cases[i].at + cases[i].n < bytes.len);
        if (cases[i].bytes)
            memcpy(bytes.data + cases[i].at, cases[i].bytes, cases[i].n);
        else
            bytes.len = cases[i].at;
        if (rn_image_parse(bytes.data, bytes.len, "t", &image, &err) != RN_E_DATA ||
            !strstr(err.msg, cases[i].message))
            fail_msg("case %zu: \"%s\" is not in \"%s\"", i, cases[i].message, err.msg);
        assert_null(image.pixels);
        rn_buf_release(&bytes);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_path, remove_path)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(png_keeps_its_pixels),
        TEST(jpeg_is_read),
        TEST(broken_files_are_refused),
        TEST(huge_images_are_refused_first),
        cmocka_unit_test(own_size_is_exact),
        cmocka_unit_test(other_sizes_are_resized_and_cropped),
        cmocka_unit_test(reducing_averages),
        cmocka_unit_test(images_are_those_of_pillow),
        cmocka_unit_test(blue_can_come_first),
        cmocka_unit_test(hostile_images_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

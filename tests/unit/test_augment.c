/* What is done to the images of a training: each operation against Pillow, and what is drawn. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "data/augment.h"
#include "regnet/memory.h"

#define FOLDER "tests/golden/augment/" /* tools/golden-augment.py */

static struct rn_image read(const char *name)
{
    struct rn_image image = {0};
    struct rn_err err = {0};
    char path[128];

    snprintf(path, sizeof path, FOLDER "%s.png", name);
    if (rn_image_read(path, &image, &err) != RN_OK)
        fail_msg("%s", err.msg);
    return image;
}

static void expect_same(const struct rn_image *image, const char *name)
{
    struct rn_image expected = read(name);

    assert_int_equal(image->h, expected.h);
    assert_int_equal(image->w, expected.w);
    for (int i = 0; i < image->h * image->w * 3; i++)
        if (image->pixels[i] != expected.pixels[i])
            fail_msg("%s: pixel %d, channel %d: %d, and Pillow has %d", name, i / 3, i % 3,
                     image->pixels[i], expected.pixels[i]);
    rn_image_release(&expected);
}

static void operations_are_pillows(void **state)
{
    static const struct {
        const char *name;
        enum rn_augment_op op;
        double v;
    } cases[] = {
        {"auto_contrast", RN_AUGMENT_AUTO_CONTRAST, 0},
        {"equalize", RN_AUGMENT_EQUALIZE, 0},
        {"invert", RN_AUGMENT_INVERT, 0},
        {"rotate_13", RN_AUGMENT_ROTATE, 13},
        {"rotate_-29.5", RN_AUGMENT_ROTATE, -29.5},
        {"posterize_3", RN_AUGMENT_POSTERIZE, 3.9},
        {"posterize_1", RN_AUGMENT_POSTERIZE, 0},
        {"solarize_102.4", RN_AUGMENT_SOLARIZE, 102.4},
        {"solarize_add_71.5", RN_AUGMENT_SOLARIZE_ADD, 71.5},
        {"color_0.1", RN_AUGMENT_COLOR, 0.1},
        {"color_0.55", RN_AUGMENT_COLOR, 0.55},
        {"color_1.81", RN_AUGMENT_COLOR, 1.81},
        {"contrast_0.1", RN_AUGMENT_CONTRAST, 0.1},
        {"contrast_0.55", RN_AUGMENT_CONTRAST, 0.55},
        {"contrast_1.81", RN_AUGMENT_CONTRAST, 1.81},
        {"brightness_0.1", RN_AUGMENT_BRIGHTNESS, 0.1},
        {"brightness_0.55", RN_AUGMENT_BRIGHTNESS, 0.55},
        {"brightness_1.81", RN_AUGMENT_BRIGHTNESS, 1.81},
        {"sharpness_0.1", RN_AUGMENT_SHARPNESS, 0.1},
        {"sharpness_0.55", RN_AUGMENT_SHARPNESS, 0.55},
        {"sharpness_1.81", RN_AUGMENT_SHARPNESS, 1.81},
        {"shear_x_0.27", RN_AUGMENT_SHEAR_X, 0.27},
        {"shear_y_-0.3", RN_AUGMENT_SHEAR_Y, -0.3},
        {"trans_x_0.225", RN_AUGMENT_TRANS_X, 0.225},
        {"trans_y_-0.45", RN_AUGMENT_TRANS_Y, -0.45},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct rn_image image = read("input");
        assert_int_equal(rn_augment_apply(cases[i].op, cases[i].v, &image, NULL), RN_OK);
        expect_same(&image, cases[i].name);
        rn_image_release(&image);
    }
}

static void boxes_are_resized_as_pillow_does(void **state)
{
    static const struct {
        const char *name;
        struct rn_box box;
    } cases[] = {{"crop", {3, 5, 17, 31}}, {"crop_larger", {20, 30, 7, 8}}};
    struct rn_image image = read("input"), out = {0};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct rn_box box = cases[i].box;
        assert_int_equal(rn_image_resample(&image, (struct rn_span){box.x, box.w, 14, 0, 14},
                                           (struct rn_span){box.y, box.h, 14, 0, 14}, &out, NULL),
                         RN_OK);
        expect_same(&out, cases[i].name);
        rn_image_release(&out);
    }
    rn_image_release(&image);
}

/* Grey and tiny images go through every operation; nothing is read outside of them. */
static void any_image_will_do(void **state)
{
    (void)state;
    for (int op = 0; op <= RN_AUGMENT_TRANS_Y; op++)
        for (int side = 1; side < 4; side++)
            for (int c = 1; c <= 3; c += 2) {
                struct rn_image image = {side, 4 - side, c, rn_alloc(12, 1)};
                assert_int_equal(rn_augment_apply((enum rn_augment_op)op, 1.7, &image, NULL),
                                 RN_OK);
                rn_image_release(&image);
            }
}

static void policies_are_parsed(void **state)
{
    static const char *const wrong[] = {
        "Auto",           "RandAugment",        "RandAugment_N2",
        "RandAugment_M2", "RandAugment_N2M0.5", "RandAugment_M0.5_X1",
        "AutoAugment_N1"};
    struct rn_augment augment = {.erase = 0.25};

    (void)state;
    assert_int_equal(rn_augment_parse("RandAugment_N3_M0.5_P0.7", &augment, NULL), RN_OK);
    assert_true(augment.policy && augment.crop && augment.flip);
    assert_int_equal(augment.n_ops, 3);
    assert_true(augment.magnitude == 0.5 && augment.prob == 0.7 && augment.erase == 0.25);
    augment = (struct rn_augment){0};
    assert_int_equal(rn_augment_parse("AutoAugment", &augment, NULL), RN_OK);
    assert_true(augment.policy && augment.n_ops == 0);
    assert_int_equal(rn_augment_parse("none", &augment, NULL), RN_OK);
    assert_false(augment.policy || augment.crop || augment.flip);
    assert_int_equal(rn_augment_parse("", &augment, NULL), RN_OK);
    assert_true(!augment.policy && augment.crop && augment.flip);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(rn_augment_parse(wrong[i], &augment, NULL), RN_E_CONFIG);
}

/* Every draw gives some image; strength 0 of RandAugment leaves most of its operations without
   effect, and full strength does not. */
static void policies_draw_many_images(void **state)
{
    struct rn_image input = read("input");
    size_t size = (size_t)(input.h * input.w) * 3;
    int changed[3] = {0};

    (void)state;
    for (int kind = 0; kind < 3; kind++) {
        struct rn_augment augment = {.policy = true, .n_ops = kind, .prob = 1};
        augment.n_ops = kind > 0;
        augment.magnitude = kind - 1;
        for (uint64_t i = 0; i < 400; i++) {
            struct rn_rng rng = rn_rng_at(1, RN_STREAM_TEST, i);
            struct rn_image image = read("input");
            assert_int_equal(rn_policy_apply(&augment, &rng, &image, NULL), RN_OK);
            changed[kind] += memcmp(image.pixels, input.pixels, size) != 0;
            rn_image_release(&image);
        }
    }
    assert_in_range(changed[0], 300, 399); /* AutoAugment: some pairs are both left out */
    assert_in_range(changed[1], 80, 160);  /* 4 of 15: contrast, equalize, invert, posterize to 4 */
    assert_in_range(changed[2], 380, 400);
    rn_image_release(&input);
}

static void crops_have_their_area_and_sides(void **state)
{
    double least = 1, most = 0;
    int upright = 0, whole = 0;

    (void)state;
    for (uint64_t i = 0; i < 4000; i++) {
        struct rn_rng rng = rn_rng_at(3, RN_STREAM_TEST, i);
        struct rn_box box;
        double area, aspect;
        if (!rn_draw_crop(&rng, 300, 400, &box))
            fail();
        area = box.h * box.w / (300.0 * 400.0);
        aspect = (double)box.h / box.w;
        assert_true(box.y >= 0 && box.y + box.h <= 300 && box.x >= 0 && box.x + box.w <= 400);
        assert_true(area > 0.078 && area < 1.01 && aspect > 0.74 && aspect < 1.35);
        least = fmin(least, area);
        most = fmax(most, area);
        upright += aspect > 1;
        whole += box.y + box.h == 300; /* the last offset too, which pycls never draws */
    }
    assert_true(least < 0.085 && most > 0.95 && whole > 0);
    assert_in_range(upright, 1500, 2100); /* fewer than half: the image is wider than high */
    for (uint64_t i = 0; i < 50; i++) {
        struct rn_rng rng = rn_rng_at(3, RN_STREAM_TEST, i);
        struct rn_box box;
        assert_false(rn_draw_crop(&rng, 1, 1000, &box)); /* no such side fits */
    }
}

static void rectangles_are_erased_as_often_as_asked(void **state)
{
    int erased = 0;

    (void)state;
    for (uint64_t i = 0; i < 1000; i++) {
        struct rn_rng rng = rn_rng_at(4, RN_STREAM_TEST, i);
        struct rn_box box;
        if (!rn_draw_erase(&rng, 0.25, 32, 40, &box))
            continue;
        erased++;
        assert_true(box.y >= 0 && box.y + box.h <= 32 && box.x >= 0 && box.x + box.w <= 40);
        assert_in_range(box.h * box.w, 32 * 40 / 70, 32 * 40 * 36 / 100);
    }
    assert_in_range(erased, 200, 300);
}

/* The covariance of the shift is that of ImageNet's colours. */
static void lighting_has_the_given_deviation(void **state)
{
    double square[3] = {0}, product = 0;

    (void)state;
    for (uint64_t i = 0; i < 20000; i++) {
        struct rn_rng rng = rn_rng_at(5, RN_STREAM_TEST, i);
        float rgb[3];
        rn_draw_lighting(&rng, 0.1, rgb);
        for (int c = 0; c < 3; c++)
            square[c] += (double)rgb[c] * rgb[c] / 20000;
        product += (double)rgb[0] * rgb[2] / 20000;
    }
    /* sums over k of (0.1 value_k)^2 vector_ck^2, and of the product for red and blue */
    assert_true(fabs(square[0] - 1.5417e-4) < 6e-6);
    assert_true(fabs(square[1] - 1.5971e-4) < 6e-6);
    assert_true(fabs(square[2] - 1.6285e-4) < 6e-6);
    assert_true(fabs(product - 1.5491e-4) < 6e-6);
}

/* Beta(a, a): mean 1/2, variance 1 / (4 (2a + 1)). */
static void shares_are_of_a_beta_distribution(void **state)
{
    static const double alphas[] = {0.2, 1, 4};

    (void)state;
    for (size_t k = 0; k < 3; k++) {
        double sum = 0, square = 0;
        for (uint64_t i = 0; i < 20000; i++) {
            struct rn_rng rng = rn_rng_at(k, RN_STREAM_TEST, i);
            double v = rn_rng_beta(&rng, alphas[k]);
            assert_true(v >= 0 && v <= 1);
            sum += v / 20000;
            square += (v - 0.5) * (v - 0.5) / 20000;
        }
        assert_true(fabs(sum - 0.5) < 0.01);
        assert_true(fabs(square * 4 * (2 * alphas[k] + 1) - 1) < 0.05);
    }
}

/* The share of an image's own label is what is left of its pixels. */
static void mixing_keeps_the_shares(void **state)
{
    enum { SIDE = 16 };
    static float own[SIDE * SIDE * 3], other[SIDE * SIDE * 3], out[SIDE * SIDE * 3];
    uint32_t partner[4];
    int cuts = 0;

    (void)state;
    for (size_t i = 0; i < SIDE * SIDE * 3; i++)
        own[i] = 1;
    for (uint64_t i = 0; i < 200; i++) {
        struct rn_rng rng = rn_rng_at(6, RN_STREAM_TEST, i);
        struct rn_mix mix = {.partner = partner};
        double sum = 0;
        rn_mix_draw(&(struct rn_augment){.mixup_alpha = 1, .cutmix_alpha = 1}, &rng, 4, SIDE, SIDE,
                    &mix);
        rn_mix_image(&mix, own, other, SIDE, SIDE, out);
        for (size_t k = 0; k < SIDE * SIDE * 3; k++)
            sum += out[k] / (SIDE * SIDE * 3);
        assert_true(fabs(sum - mix.own) < 1e-5);
        assert_int_equal(partner[0] + partner[1] + partner[2] + partner[3], 6);
        cuts += mix.cut;
    }
    assert_in_range(cuts, 70, 130);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(operations_are_pillows),
        cmocka_unit_test(boxes_are_resized_as_pillow_does),
        cmocka_unit_test(any_image_will_do),
        cmocka_unit_test(policies_are_parsed),
        cmocka_unit_test(policies_draw_many_images),
        cmocka_unit_test(crops_have_their_area_and_sides),
        cmocka_unit_test(rectangles_are_erased_as_often_as_asked),
        cmocka_unit_test(lighting_has_the_given_deviation),
        cmocka_unit_test(shares_are_of_a_beta_distribution),
        cmocka_unit_test(mixing_keeps_the_shares),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

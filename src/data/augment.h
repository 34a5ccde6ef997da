/* augment.h: how the images of a training differ from the files'. Internal to data/. */
#ifndef RN_DATA_AUGMENT_H
#define RN_DATA_AUGMENT_H

#include "data/image.h"
#include "regnet/rng.h"

/* ops.c, warp.c: pycls' operations on 8-bit images, each as Pillow does it. */
enum rn_augment_op {
    RN_AUGMENT_AUTO_CONTRAST,
    RN_AUGMENT_EQUALIZE,
    RN_AUGMENT_INVERT,
    RN_AUGMENT_ROTATE,       /* v: degrees */
    RN_AUGMENT_POSTERIZE,    /* v: bits that are kept, at least 1 */
    RN_AUGMENT_SOLARIZE,     /* v: from here on a value is inverted */
    RN_AUGMENT_SOLARIZE_ADD, /* v: added to what is below 128 */
    RN_AUGMENT_COLOR,        /* v: 1 changes nothing, in these four */
    RN_AUGMENT_CONTRAST,
    RN_AUGMENT_BRIGHTNESS,
    RN_AUGMENT_SHARPNESS,
    RN_AUGMENT_SHEAR_X, /* v: columns a row, or rows a column */
    RN_AUGMENT_SHEAR_Y,
    RN_AUGMENT_TRANS_X, /* v: share of the side */
    RN_AUGMENT_TRANS_Y
};
enum rn_status rn_augment_apply(enum rn_augment_op op, double v, struct rn_image *image,
                                struct rn_err *err);
/* Pillow's transform by AFFINE, BILINEAR, filled with 128: output (x, y) is what the image has at
   (m0 x + m1 y + m2, m3 x + m4 y + m5). */
enum rn_status rn_image_warp(struct rn_image *image, const double m[6], struct rn_err *err);
enum rn_status rn_image_rotate(struct rn_image *image, double degrees, struct rn_err *err);
uint8_t rn_luma(const uint8_t *rgb); /* Rec. 601, in Pillow's integers */

/* policy.c: the operations that are drawn. */
enum rn_status rn_policy_apply(const struct rn_augment *augment, struct rn_rng *rng,
                               struct rn_image *image, struct rn_err *err);

/* crop.c: where an image is cut, and what is erased of it. */
/* pycls' random sized crop: 8 % to all of the area, sides 3:4 to 4:3. False: ten tries were in vain
   and the image is to be resized and cropped in the middle. */
bool rn_draw_crop(struct rn_rng *rng, int h, int w, struct rn_box *box);
/* Random erasing: 2 % to a third of the area, sides 0.3 to 3.3; false: none is. */
bool rn_draw_erase(struct rn_rng *rng, double probability, int h, int w, struct rn_box *box);
/* What PCA lighting adds to red, green and blue, on the scale of 0 to 1. */
void rn_draw_lighting(struct rn_rng *rng, double std, float rgb[3]);

/* mix.c: images of a batch that are mixed with others of it. */
struct rn_mix {
    double own;        /* share of an image's own label; 1: nothing is mixed */
    bool cut;          /* a box is taken of the partner; else everything, by shares */
    struct rn_box box; /* of the partner */
    uint32_t *partner; /* of each image, the caller's memory */
};
void rn_mix_draw(const struct rn_augment *augment, struct rn_rng *rng, int n, int h, int w,
                 struct rn_mix *mix);
/* An image with its partner's share; all h x w x 3. */
void rn_mix_image(const struct rn_mix *mix, const float *own, const float *partner, int h, int w,
                  float *out);
double rn_rng_beta(struct rn_rng *rng, double alpha); /* Beta(alpha, alpha) */

/* prepare.c: an image of a data set as a network is given it. */
struct rn_prepare {
    const struct rn_dataset *dataset;
    struct rn_augment augment;
    struct rn_preprocessing how;
    struct rn_table table;
    uint64_t seed;
    int h, w; /* what comes out */
    bool reduced_jpeg;
    uint8_t *intact; /* of each image of the data set: whether its file was decoded to the end */
};
/* A function of (seed, epoch, image) and the files; out: h x w x 3. */
enum rn_status rn_prepare_image(const struct rn_prepare *prepare, int epoch, uint32_t image,
                                float *out, struct rn_err *err);

#endif

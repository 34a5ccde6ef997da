/* image.h: the decoders of image files. Internal to data/. */
#ifndef RN_DATA_IMAGE_H
#define RN_DATA_IMAGE_H

#include "regnet/data.h"

/* The metadata that cameras leave, for its one entry that turns the image; borrowed. */
struct rn_exif {
    const uint8_t *data;
    size_t len;
};

/* RN_E_DATA: a header claims no pixels, or too many. */
enum rn_status rn_image_check(const char *name, long h, long w, struct rn_err *err);
/* Memory for an image, checked before it is taken. */
enum rn_status rn_image_new(const char *name, long h, long w, int c, struct rn_image *image,
                            struct rn_err *err);
/* Each gives its image as it is stored, to be released even after a failure, and says how it must
   be turned: EXIF's 1 to 8. */
enum rn_status rn_png_decode(const uint8_t *data, size_t len, const char *name,
                             struct rn_image *image, int *orientation, struct rn_err *err);
enum rn_status rn_jpeg_decode(const uint8_t *data, size_t len, const char *name, int enough,
                              struct rn_image *image, int *orientation, struct rn_err *err);

/* rn_image_parse; a JPEG may be decoded at a half, a quarter or an eighth, as long as no side falls
   below `enough` (0: never). */
enum rn_status rn_image_decode(const void *data, size_t len, const char *name, int enough,
                               struct rn_image *image, struct rn_err *err);
/* rn_dataset_image, likewise. */
enum rn_status rn_dataset_read(const struct rn_dataset *ds, size_t i, int enough,
                               struct rn_image *image, struct rn_err *err);

/* resize.c: along an axis `source` pixels from `from` on become `size`, and of these n from `first`
   on are wanted. */
struct rn_span {
    int from, source, size, first, n;
};
/* Pillow's BILINEAR of a box, to the bit; out is y.n x x.n, yours. */
enum rn_status rn_image_resample(const struct rn_image *image, struct rn_span x, struct rn_span y,
                                 struct rn_image *out, struct rn_err *err);
/* The resize and crop of a preprocessing. RN_E_CONFIG, RN_E_DATA: it is not possible. */
enum rn_status rn_image_fit(const struct rn_image *image, const struct rn_preprocessing *how,
                            struct rn_image *out, struct rn_err *err);

/* What a network is given for a pixel, by the image's channels. */
struct rn_table {
    float value[3][256];
};
struct rn_table rn_table_of(const float *mean, const float *std);
/* h x w x 3 floats; shift is added to each channel. */
void rn_image_normalize(const struct rn_image *image, const struct rn_table *table, bool bgr,
                        const float *shift, float *out);

/* EXIF's orientation, 1 where it says none or is damaged. */
int rn_exif_orientation(struct rn_exif exif);

#endif

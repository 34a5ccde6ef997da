/* image.h: the decoders of image files. Internal to data/. */
#ifndef RN_DATA_IMAGE_H
#define RN_DATA_IMAGE_H

#include "regnet/data.h"

/* The metadata that cameras leave, for its one entry that turns the image; borrowed. */
struct rn_exif {
    const uint8_t *data;
    size_t len;
};

/* Memory for an image, refused before it is taken when the header claims too much. */
enum rn_status rn_image_new(const char *name, long h, long w, int c, struct rn_image *image,
                            struct rn_err *err);
/* Each gives its image as it is stored, to be released even after a failure, and says how it must
   be turned: EXIF's 1 to 8. */
enum rn_status rn_png_decode(const uint8_t *data, size_t len, const char *name,
                             struct rn_image *image, int *orientation, struct rn_err *err);
enum rn_status rn_jpeg_decode(const uint8_t *data, size_t len, const char *name,
                              struct rn_image *image, int *orientation, struct rn_err *err);

/* EXIF's orientation, 1 where it says none or is damaged. */
int rn_exif_orientation(struct rn_exif exif);

#endif

/* image.h: the decoders of image files. Internal to data/. */
#ifndef RN_DATA_IMAGE_H
#define RN_DATA_IMAGE_H

#include "regnet/data.h"

#define RN_IMAGE_FILE_MAX ((size_t)1 << 28) /* bytes; also of a member, and of CIFAR's files */

/* The metadata that cameras leave, for its one entry that turns the image; borrowed. */
struct rn_exif {
    const uint8_t *data;
    size_t len;
};

/* RN_E_DATA: a header claims no pixels, or too many. */
enum rn_status rn_image_check(const char *name, long h, long w, struct rn_err *err);
/* Memory for an image, checked before it is taken, and not zeroed. */
enum rn_status rn_image_new(const char *name, long h, long w, int c, struct rn_image *image,
                            struct rn_err *err);

struct rn_box {
    int y, x, h, w;
};
/* What is wanted of an image file; zero: all of it. */
struct rn_want {
    int enough; /* a JPEG may be decoded at a half, a quarter or an eighth, as long as no side falls
                   below this; 0: never */
    bool intact; /* it was decoded before: what lies behind the part need not be read */
    /* Asked once the size is known, before memory is taken; NULL: all. */
    enum rn_status (*choose)(void *arg, int h, int w, struct rn_box *box, struct rn_err *err);
    void *arg;
};

/* An image as it is in its file. */
struct rn_stored {
    int h, w, orientation; /* EXIF's 1 to 8 */
    struct rn_box box;     /* what is wanted of it, once it is turned */
    struct rn_box part;    /* what is decoded of it, as it is stored: that at least */
    struct rn_image image; /* the part's; to be released even after a failure */
};
/* Of the size and the orientation: the box, and the part that is that box. */
enum rn_status rn_want_part(const struct rn_want *want, struct rn_stored *stored,
                            struct rn_err *err);
enum rn_status rn_png_decode(const uint8_t *data, size_t len, const char *name,
                             const struct rn_want *want, struct rn_stored *stored,
                             struct rn_err *err);
enum rn_status rn_jpeg_decode(const uint8_t *data, size_t len, const char *name,
                              const struct rn_want *want, struct rn_stored *stored,
                              struct rn_err *err);

/* rn_image_parse of a part, which holds what is wanted. Pixels around that may be others than those
   of the whole. */
enum rn_status rn_image_decode(const void *data, size_t len, const char *name,
                               const struct rn_want *want, struct rn_image *image,
                               struct rn_box *part, struct rn_err *err);
/* The same of an image that is a file. */
enum rn_status rn_dataset_read(const struct rn_dataset *ds, size_t i, const struct rn_want *want,
                               struct rn_image *image, struct rn_box *part, struct rn_err *err);

/* resize.c: along an axis `source` pixels from `from` on become `size`, and of these n from `first`
   on are wanted. */
struct rn_span {
    int from, source, size, first, n;
};
/* Pillow's BILINEAR of a box, to the bit; out is y.n x x.n, yours. */
enum rn_status rn_image_resample(const struct rn_image *image, struct rn_span x, struct rn_span y,
                                 struct rn_image *out, struct rn_err *err);
/* The source pixels that a span reads: n from `first` on. */
void rn_span_reach(struct rn_span span, int *first, int *n);
/* The resize and crop of a preprocessing. RN_E_CONFIG, RN_E_DATA: it is not possible. */
enum rn_status rn_fit_spans(int h, int w, const struct rn_preprocessing *how, struct rn_span *x,
                            struct rn_span *y, struct rn_err *err);

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

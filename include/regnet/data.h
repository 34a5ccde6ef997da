/*
 * data.h: images with labels, cut into parts, handed to training batch by batch.
 *
 * A dataset is read once and is then immutable: 8-bit pixels n x h x w x c. A part is a list of its
 * images. A loader walks a part in an order that is a function of (seed, epoch), augments each
 * image by a function of (seed, epoch, image), and gives float batches n x h x w x 3, normalized;
 * grey images are repeated to three channels.
 *
 *     struct rn_dataset *ds;
 *     RN_TRY(rn_dataset_open("fashion_mnist", "", RN_DATA_TRAIN, &ds, err));
 *     RN_TRY(rn_loader_new(&(struct rn_loader_options){...}, &loader, err));
 *     rn_loader_start(loader, epoch);
 *     while ((n = rn_loader_next(loader, images, labels)) > 0) ...
 */
#ifndef REGNET_DATA_H
#define REGNET_DATA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "regnet/status.h"

enum rn_data_half { RN_DATA_TRAIN, RN_DATA_TEST }; /* as the data set was published */

struct rn_dataset {
    const char *name; /* "fashion_mnist", "cifar10", "cifar100" */
    int n, h, w, c;   /* c: 1 or 3 as stored */
    int n_classes;
    const char *const *classes; /* n_classes names */
    const uint8_t *pixels;      /* n x h x w x c */
    const int32_t *labels;      /* n */
    float mean[3], std[3];      /* of p / 255: a pixel p becomes (p/255 - mean) / std */
};

/* dir "": the usual places (docs/data.md), else the folder of the files. RN_E_IO, RN_E_DATA: which
   file, what was expected there, and how to get it. Yours to free. */
enum rn_status rn_dataset_open(const char *name, const char *dir, enum rn_data_half half,
                               struct rn_dataset **ds, struct rn_err *err);
void rn_dataset_free(struct rn_dataset *ds);
/* What is known of a data set without its files: classes, size, mean; NULL if it is unknown. */
const struct rn_dataset *rn_dataset_info(const char *name);

/* Image numbers, ascending unless a part was cut from a random order. Zero-initialize. */
struct rn_part {
    size_t n;
    uint32_t *index; /* yours: rn_part_release */
};

/* Cuts the training half: `held_out` images for "val", the rest for "train", the same for one seed
   whatever else is configured, balanced by class; then the first `limit` (0: all) of the rest,
   drawn likewise. Either part may be NULL. */
enum rn_status rn_part_split(const struct rn_dataset *ds, size_t held_out, size_t limit,
                             uint64_t seed, struct rn_part *train, struct rn_part *val,
                             struct rn_err *err);
enum rn_status rn_part_all(const struct rn_dataset *ds, struct rn_part *part, struct rn_err *err);
void rn_part_release(struct rn_part *part);

struct rn_loader;

struct rn_loader_options {
    const struct rn_dataset *dataset; /* borrowed until rn_loader_free, as is part */
    const struct rn_part *part;
    int batch;
    uint64_t seed;
    bool shuffle;   /* else in the part's order */
    bool drop_last; /* leave out an epoch's last, partial batch */
    bool augment;   /* pad by 4 and crop at random, flip left-right at random */
};

enum rn_status rn_loader_new(const struct rn_loader_options *options, struct rn_loader **loader,
                             struct rn_err *err);
void rn_loader_free(struct rn_loader *loader);
int rn_loader_batches(const struct rn_loader *loader); /* an epoch's */
/* Begins an epoch at its first batch, or at batch `skip` (resumption). */
void rn_loader_start(struct rn_loader *loader, int epoch, int skip);
/* Writes the next batch: images batch x h x w x 3, labels batch. Returns its size, 0 at the end. */
int rn_loader_next(struct rn_loader *loader, float *images, int32_t *labels);

/*
 * Image files: PNG and JPEG, decoded to 8-bit grey or RGB as Pillow's convert("RGB") does: palettes
 * are looked up, alpha is dropped, CMYK is converted, of 16 bits the upper 8 are kept (grey without
 * alpha: what is above 255 is white); and turned as EXIF's orientation says.
 */
struct rn_image {
    int h, w, c;     /* c: 1 or 3 */
    uint8_t *pixels; /* h x w x c; yours: rn_image_release */
};
/* RN_E_IO, RN_E_DATA. At most 2^26 pixels, whatever the header claims. */
enum rn_status rn_image_read(const char *path, struct rn_image *image, struct rn_err *err);
/* The same from memory; name is for messages. */
enum rn_status rn_image_parse(const void *data, size_t len, const char *name,
                              struct rn_image *image, struct rn_err *err);
void rn_image_release(struct rn_image *image);

/* How an image becomes a network's input. */
struct rn_preprocessing {
    int resize;            /* its shorter side is made so long, by Pillow's BILINEAR; */
    int size;              /* then the centre of that side is cut out */
    int channels;          /* 1: made grey, which is repeated to three; 3 */
    bool bgr;              /* blue first, as pycls trains on ImageNet */
    float mean[3], std[3]; /* of p / 255, red first: p becomes (p/255 - mean) / std */
};
/* As the images of a data set came to a training. */
struct rn_preprocessing rn_preprocessing_of(const struct rn_dataset *ds);
/* size x size x 3 floats. */
enum rn_status rn_image_prepare(const struct rn_image *image, const struct rn_preprocessing *how,
                                float *out, struct rn_err *err);

#endif

/*
 * data.h: images with labels, cut into parts, handed to training batch by batch.
 *
 * A dataset is an index that is immutable once open: labels, and where each image is. A published
 * small set lies decoded in memory, 8-bit pixels n x h x w x c; of folders, lists and tar shards
 * only the names are kept, and an image is read and decoded when it is wanted. A part is a list of
 * a dataset's images. A loader walks a part in an order that is a function of (seed, epoch),
 * augments each image by a function of (seed, epoch, image), and gives float batches n x side x
 * side x 3, normalized; grey images are repeated to three channels. Its threads change no result.
 *
 *     struct rn_dataset *ds;
 *     RN_TRY(rn_dataset_open("fashion_mnist", "", RN_DATA_TRAIN, &ds, err));
 *     RN_TRY(rn_loader_new(&(struct rn_loader_options){...}, &loader, err));
 *     rn_loader_start(loader, epoch, 0);
 *     do
 *         RN_TRY(rn_loader_next(loader, &batch, &n, err));
 *     while (n >= 0);
 */
#ifndef REGNET_DATA_H
#define REGNET_DATA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "regnet/status.h"

enum rn_data_half { RN_DATA_TRAIN, RN_DATA_VAL, RN_DATA_TEST }; /* as it was published */

struct rn_dataset {
    const char *name; /* "fashion_mnist", "cifar10", "cifar100", "folder", "imagenet", ... */
    int n, h, w, c;   /* h, w: 0 where each image has its own size; c: 1 or 3 */
    int n_classes;
    const char *const *classes; /* n_classes names */
    const uint8_t *pixels;      /* n x h x w x c; NULL: rn_dataset_image decodes one */
    const int32_t *labels;      /* n */
    float mean[3], std[3];      /* of p / 255: a pixel p becomes (p/255 - mean) / std */
    bool bgr;                   /* networks are given blue first, as pycls does for ImageNet */
    struct rn_index *index;     /* where the images are; NULL for published sets */
    struct rn_err **failed;     /* n, why an image is not in pixels; NULL: all are */
};

/* Of p / 255, red first: what networks are given of images that are not a published set's. */
#define RN_IMAGENET_MEAN       \
    {                          \
        0.485F, 0.456F, 0.406F \
    }
#define RN_IMAGENET_STD        \
    {                          \
        0.229F, 0.224F, 0.225F \
    }

/* A published set's name: dir "" is the usual places (docs/data.md), else the folder of its files.
   Or folder, imagenet (folders of classes), list (text files), tar (WebDataset's shards): dir is
   where they are. RN_E_IO, RN_E_DATA: which file, what was expected there, and how to get it. Yours
   to free. */
enum rn_status rn_dataset_open(const char *name, const char *dir, enum rn_data_half half,
                               struct rn_dataset **ds, struct rn_err *err);
void rn_dataset_free(struct rn_dataset *ds);
/* Whether the set has that half; a published one is only asked for its kind. */
bool rn_dataset_has(const char *name, const char *dir, enum rn_data_half half);
/* The name of what lies in dir; NULL: nothing that is known. */
const char *rn_dataset_detect(const char *dir);
/* How many classes the set has. */
enum rn_status rn_dataset_classes(const char *name, const char *dir, int *n, struct rn_err *err);
/* What is known of a published set without its files: classes, size, mean; else NULL. */
const struct rn_dataset *rn_dataset_info(const char *name);

/* A hash of what is known without reading an image: the classes, the labels, and of files also
   their names below the set's folder. */
uint64_t rn_dataset_hash(const struct rn_dataset *ds);

struct rn_image;
/* Image i, decoded; yours: rn_image_release. RN_E_IO, RN_E_DATA: which file, what is wrong. */
enum rn_status rn_dataset_image(const struct rn_dataset *ds, size_t i, struct rn_image *image,
                                struct rn_err *err);

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

/* How the images of a training differ from the files'. Zero: they do not. */
struct rn_augment {
    bool crop;   /* sets of one size: padded by 4 and cropped; others: a random resized crop */
    bool flip;   /* left-right, every other image */
    bool policy; /* AutoAugment, or, with n_ops, RandAugment: */
    int n_ops;
    double magnitude, prob;           /* of RandAugment's operations, 0 to 1 */
    double pca_std;                   /* deviation of the colour shift; not for sets of one size */
    double erase;                     /* probability that a rectangle is erased */
    double mixup_alpha, cutmix_alpha; /* 0: off; both: either for every other batch */
};
/* TRAIN.AUGMENT: "" (crop and flip), "none", or both and AutoAugment or RandAugment_N2_M0.5, with
   P for the probability. Sets no other field. RN_E_CONFIG. */
enum rn_status rn_augment_parse(const char *text, struct rn_augment *augment, struct rn_err *err);

struct rn_loader;

/* Batches of which several processes have an equal part each. Each makes the same calls. */
struct rn_batch_parts {
    int n, index; /* how many, and which is this one's; n 0 or 1: a batch is whole */
    void *arg;
    /* Replaces each value by its sum over the processes; called where bad images are left out,
       since no other process has looked at them. */
    void (*sum)(void *arg, double *values, size_t n);
};

struct rn_loader_options {
    const struct rn_dataset *dataset; /* borrowed until rn_loader_free, as is part */
    const struct rn_part *part;
    int batch; /* of all parts together */
    struct rn_batch_parts parts;
    uint64_t seed;
    bool shuffle;              /* else in the part's order */
    bool drop_last;            /* leave out an epoch's last, partial batch */
    struct rn_augment augment; /* zero: none */
    int resize, size;          /* of images of their own size: as struct rn_preprocessing */
    bool reduced_jpeg; /* decode large JPEG at a half, a quarter or an eighth; other pixels */
    int workers;       /* threads; 0: the caller's, for sets in memory always */
    double smoothing;  /* part of a target that is spread over all classes */
    double skip_bad;   /* share of the part's images that may be bad and are left out */
    void (*on_skip)(void *arg, const char *message); /* told of each once; may be NULL */
    void *arg;
};

/* What a batch, or this process's part of it, is written to, with room for its images. */
struct rn_batch {
    float *images;   /* batch x side x side x 3 */
    int32_t *labels; /* batch: the class that counts most */
    float *targets;  /* batch x n_classes, smoothed and mixed; may be NULL */
};

enum rn_status rn_loader_new(const struct rn_loader_options *options, struct rn_loader **loader,
                             struct rn_err *err);
void rn_loader_free(struct rn_loader *loader);
int rn_loader_batches(const struct rn_loader *loader);       /* an epoch's */
size_t rn_loader_image_size(const struct rn_loader *loader); /* floats: side x side x 3 */
/* Begins an epoch at its first batch, or at batch `skip` (resumption). */
void rn_loader_start(struct rn_loader *loader, int epoch, int skip);
/* The next batch, or this process's part of it; *n is its size, less the bad images that were left
   out (so it may be 0), and -1 at the end. Images of other parts are prepared only to be mixed with
   those of this. RN_E_NOMEM is an error however many images may be bad. */
enum rn_status rn_loader_next(struct rn_loader *loader, const struct rn_batch *batch, int *n,
                              struct rn_err *err);

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
/* As the images of a data set came to a training; resize and size are of those with their own
   size. */
struct rn_preprocessing rn_preprocessing_of(const struct rn_dataset *ds, int resize, int size);
/* size x size x 3 floats. */
enum rn_status rn_image_prepare(const struct rn_image *image, const struct rn_preprocessing *how,
                                float *out, struct rn_err *err);

#endif

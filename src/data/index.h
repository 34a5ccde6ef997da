/*
 * index.h: where the images of a folder, a list or tar shards are, and what they are labelled.
 * Internal to data/.
 *
 * A scanner adds images with their labels as text; rn_index_number then numbers the classes. What
 * was added lives in one buffer of text, so that a million images take some tens of megabytes.
 */
#ifndef RN_DATA_INDEX_H
#define RN_DATA_INDEX_H

#include "regnet/data.h"
#include "regnet/memory.h"

/* Texts are places in rn_index.text. */
struct rn_entry {
    size_t path;   /* of the file, below the root */
    size_t member; /* of a tar file: its name there; else 0, the empty text */
    size_t label;
    int64_t offset, size; /* of a member */
};

struct rn_index {
    char *root; /* the folder that paths begin at */
    struct rn_buf text;
    struct rn_entry *entries;
    size_t n, cap;
    size_t *labels; /* different ones, in bytewise order */
    size_t n_labels, cap_labels;
    const char **classes;       /* once numbered: n_classes names, in text or classes_text */
    struct rn_buf classes_text; /* of another index, whose classes these are */
    int n_classes;
    bool by_number; /* labels are the numbers of classes, not their names */
};

enum rn_status rn_index_new(const char *root, struct rn_index **index, struct rn_err *err);
void rn_index_free(struct rn_index *index);
const char *rn_index_text(const struct rn_index *index, size_t at);

enum rn_status rn_index_add_text(struct rn_index *index, const char *text, size_t *at,
                                 struct rn_err *err);
/* A label, added once however often it is met. */
enum rn_status rn_index_add_label(struct rn_index *index, const char *label, size_t *at,
                                  struct rn_err *err);
enum rn_status rn_index_add(struct rn_index *index, struct rn_entry entry, struct rn_err *err);

/* Of a set that was not published in parts, keeps the images of a half: by the FNV-1a hash, 64
   bits, of an image's path and member, of ten images one is for the test, one for validation. */
void rn_index_keep(struct rn_index *index, enum rn_data_half half);
/* classes.c: classes are the labels in bytewise order or, where `numbers` and all are whole
   numbers, these, named by the lines of ROOT/classes.txt if there is one. RN_E_DATA: there is no
   class, or another number of names. */
enum rn_status rn_index_number(struct rn_index *index, bool numbers, struct rn_err *err);
/* The classes' numbers of all entries, by the names of `classes`; yours: rn_free. RN_E_DATA: an
   image has a label that is no class. */
enum rn_status rn_index_labels(const struct rn_index *index, const struct rn_index *classes,
                               int32_t **labels, struct rn_err *err);

/* "ROOT/PATH", or "ROOT/PATH: MEMBER", into buf (cleared first). */
enum rn_status rn_index_name(const struct rn_index *index, size_t i, struct rn_buf *buf,
                             struct rn_err *err);
/* The bytes of an image's file into buf (cleared first). */
enum rn_status rn_index_read(const struct rn_index *index, size_t i, struct rn_buf *buf,
                             struct rn_err *err);

bool rn_is_image_extension(const char *extension); /* .jpg, .jpeg, .png in any case */

/* A way of keeping images. A scanner adds the images of a part, or the whole where part is NULL;
   with labels_only it may leave out the images, if it knows the labels without them. */
struct rn_kind {
    const char *name;
    const char *form; /* of a part's place, for messages */
    bool numbers;     /* labels may be the classes' numbers */
    bool (*has)(const char *dir, const char *part);
    enum rn_status (*scan)(const char *dir, const char *part, bool labels_only,
                           struct rn_index *index, struct rn_err *err);
};
extern const struct rn_kind rn_kind_folder, rn_kind_list, rn_kind_tar;

/* The members of an open tar file of `size` bytes that are labelled images. path: its place in
   the index's text. RN_E_DATA. */
enum rn_status rn_tar_index(int fd, int64_t size, size_t path, struct rn_index *index,
                            struct rn_err *err);

/* folder.c: whether there are folders in dir that are not called .* */
bool rn_has_folders(const char *dir);

/* files.c: the sets of files. */
const struct rn_kind *rn_kind_find(const char *name);
/* The name that the half has in dir ("val", "validation"), NULL: it has none there. */
const char *rn_kind_part(const struct rn_kind *kind, const char *dir, enum rn_data_half half);
bool rn_kind_has(const struct rn_kind *kind, const char *dir, enum rn_data_half half);
enum rn_status rn_files_open(const char *name, const char *dir, enum rn_data_half half,
                             struct rn_dataset **ds, struct rn_err *err);
enum rn_status rn_files_classes(const char *name, const char *dir, int *n, struct rn_err *err);
const char *rn_files_detect(const char *dir);
/* small.c: decodes a set of small squares of one size into its pixels; any other stays as it is.
   What cannot be decoded has no size: it is left to who wants it. */
enum rn_status rn_dataset_load_small(struct rn_dataset *ds, struct rn_err *err);
/* dataset.c: of a set in memory, why image i is not in its pixels, if it is not. */
enum rn_status rn_dataset_check(const struct rn_dataset *ds, size_t i, struct rn_err *err);

#endif

/* CIFAR-10 and CIFAR-100: 3 planes of 32 x 32 bytes an image, in records that begin with the labels
   (the binary version) or in pickled arrays (the Python version). */
#include <stdio.h>
#include <string.h>

#include "data/image.h"
#include "data/source.h"
#include "regnet/cifar.h"
#include "regnet/file.h"

#define SIDE 32
#define PLANE (SIDE * SIDE)

/* Where the files of a half are: `label_at` is the byte of a record that counts, of `labels`. */
struct layout {
    int n_files;
    const char *files[5];
    size_t labels, label_at;
};

static struct layout layout_of(const struct rn_dataset *info, enum rn_data_half half)
{
    if (info->n_classes == 100) /* a coarse label, then the fine one */
        return (struct layout){1, {half == RN_DATA_TRAIN ? "train.bin" : "test.bin"}, 2, 1};
    if (half == RN_DATA_TEST)
        return (struct layout){1, {"test_batch.bin"}, 1, 0};
    return (struct layout){5,
                           {"data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin",
                            "data_batch_4.bin", "data_batch_5.bin"},
                           1,
                           0};
}

static void planes_to_pixels(const uint8_t *planes, uint8_t *pixels)
{
    for (int i = 0; i < PLANE; i++)
        for (int c = 0; c < 3; c++)
            pixels[3 * i + c] = planes[c * PLANE + i];
}

static enum rn_status grow(struct rn_source *source, size_t n, struct rn_err *err)
{
    uint8_t *pixels = rn_realloc(source->pixels, n, 3 * PLANE);
    int32_t *labels;

    if (!pixels)
        return rn_nomem(err, n * 3 * PLANE, "images");
    source->pixels = pixels;
    labels = rn_realloc(source->labels, n, sizeof *labels);
    if (!labels)
        return rn_nomem(err, n * sizeof *labels, "labels");
    source->labels = labels;
    return RN_OK;
}

static enum rn_status append(const struct rn_dataset *info, const struct layout *layout,
                             const char *path, const struct rn_buf *bytes, struct rn_source *source,
                             struct rn_err *err)
{
    size_t record = layout->labels + 3 * PLANE, n = bytes->len / record, start = (size_t)source->n;
    enum rn_status status;

    if (n == 0 || bytes->len % record != 0)
        return rn_fail(err, RN_E_DATA,
                       "%s: %zu bytes, which is not a whole number of records of %zu bytes; it is "
                       "cut, or not of %s's binary version",
                       path, bytes->len, record, info->name);
    RN_TRY(grow(source, start + n, err));
    for (size_t i = 0; i < n; i++) {
        const uint8_t *at = (const uint8_t *)bytes->data + i * record;
        int label = at[layout->label_at];
        if (label >= info->n_classes)
            return rn_fail(err, RN_E_DATA, "%s: label %zu is %d; there are only %d classes", path,
                           i, label, info->n_classes);
        source->labels[start + i] = label;
        planes_to_pixels(at + layout->labels, source->pixels + (start + i) * 3 * PLANE);
    }
    source->n = (int)(start + n);
done:
    return status;
}

static enum rn_status append_pickle(const struct rn_dataset *info, const struct layout *layout,
                                    const char *path, const struct rn_buf *bytes,
                                    struct rn_source *source, struct rn_err *err)
{
    struct rn_cifar_batch batch = {0};
    size_t start = (size_t)source->n;
    enum rn_status status;

    (void)layout;
    RN_TRY(rn_cifar_parse(bytes->data, bytes->len, path,
                          info->n_classes == 100 ? "fine_labels" : "labels", &batch, err));
    RN_TRY(grow(source, start + batch.n, err));
    for (size_t i = 0; i < batch.n; i++) {
        if (batch.labels[i] < 0 || batch.labels[i] >= info->n_classes) {
            status = rn_fail(err, RN_E_DATA, "%s: label %zu is %d; there are only %d classes", path,
                             i, batch.labels[i], info->n_classes);
            goto done;
        }
        source->labels[start + i] = batch.labels[i];
        planes_to_pixels(batch.planes + i * 3 * PLANE, source->pixels + (start + i) * 3 * PLANE);
    }
    source->n = (int)(start + batch.n);
done:
    rn_cifar_batch_release(&batch);
    return status;
}

typedef enum rn_status appender(const struct rn_dataset *info, const struct layout *layout,
                                const char *path, const struct rn_buf *bytes,
                                struct rn_source *source, struct rn_err *err);

/* All files of a half; their names are the layout's less what `cut` leaves out of their ends. */
static enum rn_status read_half(const struct rn_dataset *info, const char *dir,
                                enum rn_data_half half, appender *append_file, size_t cut,
                                struct rn_source *source, struct rn_err *err)
{
    struct layout layout = layout_of(info, half);
    struct rn_source read = {.h = SIDE, .w = SIDE, .c = 3};
    struct rn_buf path = {0}, bytes = {0};
    enum rn_status status = RN_OK;

    for (int i = 0; i < layout.n_files; i++) {
        RN_TRY(rn_path_join(&path, dir, layout.files[i], err));
        path.len -= cut;
        path.data[path.len] = 0;
        RN_TRY(rn_file_read(path.data, RN_IMAGE_FILE_MAX, &bytes, err));
        RN_TRY(append_file(info, &layout, path.data, &bytes, &read, err));
    }
    *source = read;
    read = (struct rn_source){0};
done:
    rn_source_release(&read);
    rn_buf_release(&path);
    rn_buf_release(&bytes);
    return status;
}

enum rn_status rn_cifar_source(const struct rn_dataset *info, const char *dir,
                               enum rn_data_half half, struct rn_source *source, struct rn_err *err)
{
    return read_half(info, dir, half, append, 0, source, err);
}

/* The files' names are the same without .bin. */
enum rn_status rn_cifar_pickle_source(const struct rn_dataset *info, const char *dir,
                                      enum rn_data_half half, struct rn_source *source,
                                      struct rn_err *err)
{
    return read_half(info, dir, half, append_pickle, strlen(".bin"), source, err);
}

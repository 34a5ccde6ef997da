/* The data sets known by name, and where their files are looked for. */
#include <string.h>

#include "data/image.h"
#include "data/index.h"
#include "data/source.h"
#include "regnet/config.h"
#include "regnet/file.h"

static const char *const fashion_classes[] = {"T-shirt/top", "Trouser",   "Pullover", "Dress",
                                              "Coat",        "Sandal",    "Shirt",    "Sneaker",
                                              "Bag",         "Ankle boot"};
static const char *const cifar10_classes[] = {"airplane", "automobile", "bird",  "cat",  "deer",
                                              "dog",      "frog",       "horse", "ship", "truck"};
static const char *const cifar100_classes[] = {
    "apple",       "aquarium_fish", "baby",      "bear",       "beaver",       "bed",
    "bee",         "beetle",        "bicycle",   "bottle",     "bowl",         "boy",
    "bridge",      "bus",           "butterfly", "camel",      "can",          "castle",
    "caterpillar", "cattle",        "chair",     "chimpanzee", "clock",        "cloud",
    "cockroach",   "couch",         "crab",      "crocodile",  "cup",          "dinosaur",
    "dolphin",     "elephant",      "flatfish",  "forest",     "fox",          "girl",
    "hamster",     "house",         "kangaroo",  "keyboard",   "lamp",         "lawn_mower",
    "leopard",     "lion",          "lizard",    "lobster",    "man",          "maple_tree",
    "motorcycle",  "mountain",      "mouse",     "mushroom",   "oak_tree",     "orange",
    "orchid",      "otter",         "palm_tree", "pear",       "pickup_truck", "pine_tree",
    "plain",       "plate",         "poppy",     "porcupine",  "possum",       "rabbit",
    "raccoon",     "ray",           "road",      "rocket",     "rose",         "sea",
    "seal",        "shark",         "shrew",     "skunk",      "skyscraper",   "snail",
    "snake",       "spider",        "squirrel",  "streetcar",  "sunflower",    "sweet_pepper",
    "table",       "tank",          "telephone", "television", "tiger",        "tractor",
    "train",       "trout",         "tulip",     "turtle",     "wardrobe",     "whale",
    "willow_tree", "wolf",          "woman",     "worm"};

/* pycls' constants for CIFAR-10, on its scale of 0 to 255; CIFAR-100, which it lacks, uses them
 * too. */
#define CIFAR_MEAN                               \
    {                                            \
        125.3F / 255, 123.0F / 255, 113.9F / 255 \
    }
#define CIFAR_STD                             \
    {                                         \
        63.0F / 255, 62.1F / 255, 66.7F / 255 \
    }

/* A way in which a set's files are published: `file` shows that a folder has a half of it. */
struct form {
    const char *folder; /* looked for where no directory is given, and inside a given one */
    const char *file[3];
    rn_source_reader *read;
};

#define FORMS 2

struct entry {
    struct rn_dataset info;
    const char *elsewhere; /* a system's place, or NULL */
    const char *get;       /* how to come by it */
    struct form forms[FORMS];
};

#define HALVES(train, test)                                \
    {                                                      \
        [RN_DATA_TRAIN] = (train), [RN_DATA_TEST] = (test) \
    }

static const struct entry entries[] = {
    {{"fashion_mnist",
      0,
      28,
      28,
      1,
      10,
      fashion_classes,
      NULL,
      NULL,
      {0.2860F, 0.2860F, 0.2860F},
      {0.3530F, 0.3530F, 0.3530F},
      false,
      NULL,
      NULL},
     "/usr/share/datasets/fashion-mnist",
     "install Debian's package dataset-fashion-mnist, or say where its IDX files are with --data "
     "DIR",
     {{"fashion-mnist", HALVES("train-images-idx3-ubyte", "t10k-images-idx3-ubyte"),
       rn_idx_source}}},
    {{"cifar10", 0, 32, 32, 3, 10, cifar10_classes, NULL, NULL, CIFAR_MEAN, CIFAR_STD, false, NULL,
      NULL},
     NULL,
     "unpack the binary or the Python version of CIFAR-10, and say where it is with --data DIR",
     {{"cifar-10-batches-bin", HALVES("data_batch_1.bin", "test_batch.bin"), rn_cifar_source},
      {"cifar-10-batches-py", HALVES("data_batch_1", "test_batch"), rn_cifar_pickle_source}}},
    {{"cifar100", 0, 32, 32, 3, 100, cifar100_classes, NULL, NULL, CIFAR_MEAN, CIFAR_STD, false,
      NULL, NULL},
     NULL,
     "unpack the binary or the Python version of CIFAR-100, and say where it is with --data DIR",
     {{"cifar-100-binary", HALVES("train.bin", "test.bin"), rn_cifar_source},
      {"cifar-100-python", HALVES("train", "test"), rn_cifar_pickle_source}}},
};
#define N_ENTRIES (sizeof entries / sizeof entries[0])

static const struct entry *find(const char *name)
{
    for (size_t i = 0; i < N_ENTRIES; i++)
        if (strcmp(entries[i].info.name, name) == 0)
            return &entries[i];
    return NULL;
}

static enum rn_status unknown(const char *name, struct rn_err *err)
{
    const char *names[N_ENTRIES], *near;

    for (size_t i = 0; i < N_ENTRIES; i++)
        names[i] = entries[i].info.name;
    near = rn_nearest(name, names, N_ENTRIES);
    return near
               ? rn_fail(err, RN_E_CONFIG, "there is no data set \"%s\"; did you mean %s?", name,
                         near)
               : rn_fail(
                     err, RN_E_CONFIG,
                     "there is no data set \"%s\"; there are fashion_mnist, cifar10, cifar100, and "
                     "folder, imagenet, list and tar for images of your own",
                     name);
}

const struct rn_dataset *rn_dataset_info(const char *name)
{
    const struct entry *entry = find(name);

    return entry ? &entry->info : NULL;
}

/* Whether dir has the half's first file, gzipped or not. */
static enum rn_status holds(const char *dir, const char *file, bool *found, struct rn_err *err)
{
    struct rn_buf path = {0};
    enum rn_status status;

    RN_TRY(rn_path_join(&path, dir, file, err));
    *found = rn_is_file(path.data);
    RN_TRY(rn_buf_addf(&path, err, ".gz"));
    *found = *found || rn_is_file(path.data);
done:
    rn_buf_release(&path);
    return status;
}

/* The form that has the half in the given directory, or in its own folder there; else in the usual
   places. */
static enum rn_status locate(const struct entry *entry, const char *dir, enum rn_data_half half,
                             struct rn_buf *out, const struct form **form, struct rn_err *err)
{
    const char *base = *dir ? dir : "data";
    const char *other = *dir || !entry->elsewhere ? base : entry->elsewhere;
    enum rn_status status;
    bool found = false;

    for (int i = 0; i < FORMS && entry->forms[i].folder; i++) {
        *form = &entry->forms[i];
        RN_TRY(rn_path_join(out, base, (*form)->folder, err));
        RN_TRY(holds(out->data, (*form)->file[half], &found, err));
        if (found)
            goto done;
        out->len = 0;
        RN_TRY(rn_buf_addf(out, err, "%s", other));
        RN_TRY(holds(out->data, (*form)->file[half], &found, err));
        if (found)
            goto done;
    }
    status = rn_fail(err, RN_E_IO, "%s: there is no file %s of %s here; %s", out->data,
                     entry->forms[0].file[half], entry->info.name, entry->get);
done:
    return status;
}

void rn_source_release(struct rn_source *source)
{
    rn_free(source->pixels);
    rn_free(source->labels);
    *source = (struct rn_source){0};
}

enum rn_status rn_dataset_open(const char *name, const char *dir, enum rn_data_half half,
                               struct rn_dataset **ds, struct rn_err *err)
{
    const struct entry *entry = find(name);
    struct rn_source source = {0};
    struct rn_buf found = {0};
    struct rn_dataset *out = NULL;
    const struct form *form = NULL;
    enum rn_status status;

    if (rn_kind_find(name))
        return rn_files_open(name, dir, half, ds, err);
    if (!entry)
        return unknown(name, err);
    if (!entry->forms[0].file[half])
        return rn_fail(err, RN_E_DATA,
                       "%s has no validation part; hold one out of its training "
                       "half",
                       name);
    RN_TRY(locate(entry, dir, half, &found, &form, err));
    RN_TRY(form->read(&entry->info, found.data, half, &source, err));
    out = rn_alloc(1, sizeof *out);
    if (!out) {
        status = rn_nomem(err, sizeof *out, "a data set");
        goto done;
    }
    *out = entry->info;
    out->n = source.n;
    out->pixels = source.pixels;
    out->labels = source.labels;
    source = (struct rn_source){0};
    *ds = out;
done:
    rn_source_release(&source);
    rn_buf_release(&found);
    return status;
}

void rn_dataset_free(struct rn_dataset *ds)
{
    if (!ds)
        return;
    for (int i = 0; ds->failed && i < ds->n; i++)
        rn_free(ds->failed[i]);
    rn_free(ds->failed);
    rn_free((void *)ds->pixels);
    rn_free((void *)ds->labels);
    rn_index_free(ds->index);
    rn_free(ds);
}

bool rn_dataset_has(const char *name, const char *dir, enum rn_data_half half)
{
    const struct rn_kind *kind = rn_kind_find(name);

    return kind ? rn_kind_has(kind, dir, half) : half != RN_DATA_VAL;
}

enum rn_status rn_dataset_classes(const char *name, const char *dir, int *n, struct rn_err *err)
{
    const struct rn_dataset *info = rn_dataset_info(name);

    if (!info && !rn_kind_find(name))
        return unknown(name, err);
    if (!info)
        return rn_files_classes(name, dir, n, err);
    *n = info->n_classes;
    return RN_OK;
}

const char *rn_dataset_detect(const char *dir)
{
    struct rn_buf found = {0};
    const struct form *form;
    const char *name = NULL;

    for (size_t i = 0; i < N_ENTRIES && !name && *dir; i++) {
        found.len = 0;
        if (locate(&entries[i], dir, RN_DATA_TRAIN, &found, &form, NULL) == RN_OK)
            name = entries[i].info.name;
    }
    rn_buf_release(&found);
    return name ? name : rn_files_detect(dir);
}

enum rn_status rn_dataset_check(const struct rn_dataset *ds, size_t i, struct rn_err *err)
{
    const struct rn_err *why = ds->failed ? ds->failed[i] : NULL;

    return why ? rn_fail(err, why->status, "%s", why->msg) : RN_OK;
}

static enum rn_status copy_image(const struct rn_dataset *ds, size_t i, struct rn_image *image,
                                 struct rn_err *err)
{
    size_t size = (size_t)ds->h * (size_t)ds->w * (size_t)ds->c;
    enum rn_status status;

    RN_TRY(rn_dataset_check(ds, i, err));
    RN_TRY(rn_image_new(ds->name, ds->h, ds->w, ds->c, image, err));
    memcpy(image->pixels, ds->pixels + i * size, size);
done:
    return status;
}

enum rn_status rn_dataset_read(const struct rn_dataset *ds, size_t i, const struct rn_want *want,
                               struct rn_image *image, struct rn_box *part, struct rn_err *err)
{
    struct rn_buf bytes = {0}, name = {0};
    enum rn_status status;

    RN_TRY(rn_index_read(ds->index, i, &bytes, err));
    RN_TRY(rn_index_name(ds->index, i, &name, err));
    status = rn_image_decode(bytes.data, bytes.len, name.data, want, image, part, err);
done:
    rn_buf_release(&bytes);
    rn_buf_release(&name);
    return status;
}

enum rn_status rn_dataset_image(const struct rn_dataset *ds, size_t i, struct rn_image *image,
                                struct rn_err *err)
{
    struct rn_box all;

    return ds->pixels ? copy_image(ds, i, image, err)
                      : rn_dataset_read(ds, i, &(struct rn_want){0}, image, &all, err);
}

struct rn_preprocessing rn_preprocessing_of(const struct rn_dataset *ds, int resize, int size)
{
    return (struct rn_preprocessing){.resize = ds->h ? ds->h : resize,
                                     .size = ds->h ? ds->h : size,
                                     .channels = ds->c,
                                     .bgr = ds->bgr,
                                     .mean = {ds->mean[0], ds->mean[1], ds->mean[2]},
                                     .std = {ds->std[0], ds->std[1], ds->std[2]}};
}

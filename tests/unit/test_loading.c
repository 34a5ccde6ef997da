/* Images of files in batches: threads, mixing, damage. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "data/image.h"
#include "data/index.h"
#include "files_scratch.h"
#include "jpeg_scratch.h"
#include "regnet/memory.h"

#define MANY 60
#define SIDE 16

/* All images of an epoch and their labels; the count of each batch. */
struct epoch {
    float images[MANY * SIDE * SIDE * 3], targets[MANY * 2];
    int32_t labels[MANY];
    int n, batches, told;
};

static void count_skipped(void *arg, const char *message)
{
    ++((struct epoch *)arg)->told;
    assert_non_null(strstr(message, dir));
}

static enum rn_status load(const struct rn_dataset *ds, int workers, double skip_bad,
                           struct epoch *out, struct rn_err *err)
{
    struct rn_part part = {0};
    struct rn_loader *loader = NULL;
    enum rn_status status;

    *out = (struct epoch){0};
    RN_TRY(rn_part_all(ds, &part, err));
    RN_TRY(rn_loader_new(&(struct rn_loader_options){.dataset = ds,
                                                     .part = &part,
                                                     .batch = 7,
                                                     .seed = 5,
                                                     .shuffle = true,
                                                     .augment = {.crop = true,
                                                                 .flip = true,
                                                                 .policy = true,
                                                                 .n_ops = 2,
                                                                 .magnitude = 0.5,
                                                                 .prob = 1,
                                                                 .pca_std = 0.1,
                                                                 .erase = 0.3,
                                                                 .mixup_alpha = 0.2,
                                                                 .cutmix_alpha = 0.2},
                                                     .resize = SIDE + 2,
                                                     .size = SIDE,
                                                     .workers = workers,
                                                     .smoothing = 0.1,
                                                     .skip_bad = skip_bad,
                                                     .on_skip = count_skipped,
                                                     .arg = out},
                         &loader, err));
    for (int epoch = 0; epoch < 2; epoch++) { /* the first is left in its middle */
        rn_loader_start(loader, epoch, 0);
        out->n = 0;
        for (int n = 0; epoch == 1 || out->n < 20; out->n += n, out->batches++) {
            const struct rn_batch batch = {out->images + (size_t)(out->n * SIDE * SIDE * 3),
                                           out->labels + out->n, out->targets + 2 * out->n};
            RN_TRY(rn_loader_next(loader, &batch, &n, err));
            if (n < 0)
                break;
        }
    }
done:
    rn_loader_free(loader);
    rn_part_release(&part);
    return status;
}

static void threads_change_nothing(void **state)
{
    static struct epoch alone, threads;
    struct rn_dataset *ds;

    (void)state;
    write_jpegs(MANY);
    ds = open_set("folder", RN_DATA_TRAIN);
    assert_int_equal(load(ds, 0, 0, &alone, NULL), RN_OK);
    assert_int_equal(alone.n, MANY);
    for (int i = 0; i < MANY; i++) {
        assert_true(alone.targets[2 * i] + alone.targets[2 * i + 1] > 0.9999F);
        assert_true(alone.targets[2 * i + alone.labels[i]] >= 0.4999F);
    }
    for (int workers = 1; workers < 8; workers += 3) {
        assert_int_equal(load(ds, workers, 0, &threads, NULL), RN_OK);
        assert_memory_equal(&alone, &threads, sizeof alone);
    }
    rn_dataset_free(ds);
}

static void bad_images_stop_or_are_left_out(void **state)
{
    static struct epoch whole, threads;
    struct rn_dataset *ds;
    struct rn_err err = {0};

    (void)state;
    write_jpegs(MANY);
    write_text("train/dog/4.jpg", "");
    write_text("train/cat/11.jpg", "\xff\xd8\xff");
    unlink(in_dir("train/cat/13.jpg"));
    assert_int_equal(symlink("nowhere", in_dir("train/cat/13.jpg")), 0);
    unlink(in_dir("train/cat/15.jpg"));
    assert_int_equal(mkfifo(in_dir("train/cat/15.jpg"), 0600), 0);
    ds = open_set("folder", RN_DATA_TRAIN);
    assert_int_equal(ds->n, MANY);
    assert_int_not_equal(load(ds, 3, 0, &threads, &err), RN_OK);
    assert_non_null(strstr(err.msg, dir));
    assert_int_not_equal(load(ds, 3, 0.05, &threads, &err), RN_OK); /* 3 of 60, and these are 4 */
    assert_non_null(strstr(err.msg, "bad image 4 of 60, and 5 % may be"));
    assert_int_equal(load(ds, 0, 0.07, &whole, &err), RN_OK);
    assert_int_equal(whole.n, MANY - 4);
    assert_int_equal(whole.told, 4); /* each once, in two epochs */
    assert_int_equal(load(ds, 4, 0.07, &threads, &err), RN_OK);
    assert_memory_equal(&whole, &threads, sizeof whole);
    rn_dataset_free(ds);
}

/* All images of ds in batches of one; part and loader are yours. */
static struct rn_loader *one_by_one(const struct rn_dataset *ds, struct rn_part *part,
                                    double skip_bad)
{
    const struct rn_loader_options options = {.dataset = ds,
                                              .part = part,
                                              .batch = 1,
                                              .resize = SIDE,
                                              .size = SIDE,
                                              .skip_bad = skip_bad};
    struct rn_loader *loader = NULL;

    assert_int_equal(rn_part_all(ds, part, NULL), RN_OK);
    assert_int_equal(rn_loader_new(&options, &loader, NULL), RN_OK);
    return loader;
}

/* Its place is that of a batch, so that a resumed epoch finds the others where they were. */
static void a_batch_of_bad_images_is_empty(void **state)
{
    struct rn_dataset *ds;
    struct rn_part part;
    struct rn_loader *loader;
    float images[SIDE * SIDE * 3];
    const struct rn_batch batch = {images, &(int32_t){0}, NULL};
    int n;

    (void)state;
    write_jpegs(6);
    write_text("train/cat/3.jpg", ""); /* the second: cats are before dogs */
    ds = open_set("folder", RN_DATA_TRAIN);
    loader = one_by_one(ds, &part, 0.2);
    for (int from = 0; from < 6; from++) {
        rn_loader_start(loader, 0, from);
        for (int b = from; b < 6; b++) {
            assert_int_equal(rn_loader_next(loader, &batch, &n, NULL), RN_OK);
            assert_int_equal(n, b != 1);
        }
        assert_int_equal(rn_loader_next(loader, &batch, &n, NULL), RN_OK);
        assert_int_equal(n, -1);
    }
    rn_loader_free(loader);
    rn_part_release(&part);
    rn_dataset_free(ds);
}

/* However many images may be bad. */
static void lack_of_memory_is_no_bad_image(void **state)
{
    struct rn_dataset *ds;
    struct rn_part part;
    struct rn_loader *loader;
    float images[SIDE * SIDE * 3];
    const struct rn_batch batch = {images, &(int32_t){0}, NULL};
    int n;

    (void)state;
    write_jpegs(6);
    ds = open_set("folder", RN_DATA_TRAIN);
    loader = one_by_one(ds, &part, 1);
    rn_mem_fail_at(0);
    assert_int_equal(rn_loader_next(loader, &batch, &n, NULL), RN_E_NOMEM);
    rn_mem_fail_at(-1);
    rn_loader_free(loader);
    rn_part_release(&part);
    rn_dataset_free(ds);
}

/* One way of each ten to damage an image. */
static void damage(const char *name, int how)
{
    static const uint8_t bomb[] =
        "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\1\x86\xa0\0\1\x86\xa0\10\2\0\0\0";
    uint8_t bytes[4096];
    size_t size = make_jpeg(how, 40, 40, bytes, sizeof bytes);
    char path[256];

    snprintf(path, sizeof path, "%s", in_dir(name));
    unlink(path);
    switch (how) {
    case 0:
        write_bytes(name, bytes, size / 2); /* in its tables */
        break;
    case 1:
        write_bytes(name, bytes, size - 9); /* in its last blocks */
        break;
    case 2:
        write_text(name, "");
        break;
    case 3:
        write_text(name, "GIF89a and not an image that is read");
        break;
    case 4:
        write_bytes(name, bomb, sizeof bomb - 1);
        break;
    case 5:
        assert_int_equal(symlink("nowhere", path), 0);
        break;
    case 6:
        assert_int_equal(symlink(path, path), 0); /* to itself */
        break;
    case 7:
        assert_int_equal(mkfifo(path, 0600), 0);
        break;
    case 8:
        bytes[size / 4] = 0xff; /* a segment's length, or a table, is nonsense */
        memset(bytes + 20, 0xff, 40);
        write_bytes(name, bytes, size);
        break;
    default:
        assert_int_equal(symlink("/dev/zero", path), 0); /* endless */
    }
}

static void a_tenth_of_a_tree_is_damaged(void **state)
{
    static struct epoch part;
    char name[64];
    struct rn_dataset *ds;
    struct rn_image image = {0};
    int bad = 0;

    (void)state;
    for (int i = 0; i < 2000; i++) {
        snprintf(name, sizeof name, "train/class%d/%04d.jpg", i % 20, i);
        write_jpeg(name, i % 250);
        if (i % 10 == 3)
            damage(name, i / 10 % 10);
    }
    ds = open_set("folder", RN_DATA_TRAIN);
    assert_int_equal(ds->n, 2000);
    assert_int_equal(ds->n_classes, 20);
    for (size_t i = 0; i < 2000; i++) {
        struct rn_err err = {0};
        struct rn_buf path = {0};
        if (rn_dataset_image(ds, i, &image, &err) == RN_OK) {
            rn_image_release(&image);
            continue;
        }
        bad++;
        assert_int_equal(rn_index_name(ds->index, i, &path, NULL), RN_OK);
        if (strncmp(err.msg, path.data, path.len) != 0)
            fail_msg("\"%s\" does not name %s", err.msg, path.data);
        rn_buf_release(&path);
    }
    assert_int_equal(bad, 200);
    assert_int_not_equal(load(ds, 2, 0, &part, NULL), RN_OK);
    rn_dataset_free(ds);
}

/* Decoded at a half, a quarter and an eighth, but never below what is enough. */
static void jpegs_are_reduced_only_when_asked(void **state)
{
    static const struct {
        int enough, side;
    } cases[] = {{0, 160}, {160, 160}, {80, 80}, {79, 80}, {40, 40}, {1, 20}, {161, 160}};
    uint8_t bytes[8192];
    size_t size = make_jpeg(99, 160, 160, bytes, sizeof bytes);

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct rn_want want = {.enough = cases[i].enough};
        struct rn_image image = {0};
        struct rn_box part;
        assert_int_equal(rn_image_decode(bytes, size, "name", &want, &image, &part, NULL), RN_OK);
        assert_int_equal(image.h, cases[i].side);
        assert_in_range(image.pixels[cases[i].side * cases[i].side - 1], 98, 100);
        rn_image_release(&image);
    }
}

/* All images in file order, of the first epoch. */
static void load_in_order(const struct rn_dataset *ds, const char *augment, float *images)
{
    struct rn_loader_options options = {
        .dataset = ds, .batch = MANY, .resize = SIDE, .size = SIDE, .seed = 5};
    struct rn_loader *loader = NULL;
    struct rn_part part = {0};
    int n;

    assert_int_equal(rn_part_all(ds, &part, NULL), RN_OK);
    options.part = &part;
    assert_int_equal(rn_augment_parse(augment, &options.augment, NULL), RN_OK);
    assert_int_equal(rn_loader_new(&options, &loader, NULL), RN_OK);
    rn_loader_start(loader, 0, 0);
    assert_int_equal(
        rn_loader_next(loader, &(struct rn_batch){images, (int32_t[MANY]){0}, NULL}, &n, NULL),
        RN_OK);
    assert_int_equal(n, MANY);
    rn_loader_free(loader);
    rn_part_release(&part);
}

static void write_color(const char *name, int side, const uint8_t *rgb)
{
    uint8_t pixels[32 * 32 * 3], *jpeg;
    size_t size;

    for (int i = 0; i < side * side * 3; i++)
        pixels[i] = rgb[i % 3];
    size = encode_jpeg(&(struct jpeg_kind){.h = side, .w = side, .c = 3}, pixels, &jpeg);
    write_bytes(name, jpeg, size);
    free(jpeg);
}

/* Of MANY images of one colour: what a network is given at the middle of the first. */
static void expect_order(const char *set, const char *augment, bool in_memory, bool bgr)
{
    static const uint8_t rgb[3] = {220, 120, 20};
    static const float mean[3] = {0.485F, 0.456F, 0.406F}, std[3] = {0.229F, 0.224F, 0.225F};
    static float images[MANY * SIDE * SIDE * 3];
    char name[64];
    struct rn_dataset *ds;

    for (int i = 0; i < MANY; i++) {
        snprintf(name, sizeof name, "train/%s/%d.jpg", i % 2 ? "cat" : "dog", i);
        write_color(name, in_memory ? SIDE : 20 + i % 3, rgb);
    }
    ds = open_set(set, RN_DATA_TRAIN);
    assert_int_equal(ds->pixels != NULL, in_memory);
    load_in_order(ds, augment, images);
    for (int c = 0; c < 3; c++) {
        float expected = ((float)rgb[c] / 255 - mean[c]) / std[c];
        assert_float_equal(images[(SIDE / 2 * SIDE + SIDE / 2) * 3 + (bgr ? 2 - c : c)], expected,
                           0.04); /* two of 255 */
    }
    rn_dataset_free(ds);
}

/* As pycls does for ImageNet, on each way that an image can take. */
static void only_imagenet_is_blue_first(void **state)
{
    static const char *const augments[] = {"none", ""};

    (void)state;
    for (size_t i = 0; i < sizeof augments / sizeof *augments; i++)
        for (int in_memory = 0; in_memory < 2; in_memory++) {
            expect_order("imagenet", augments[i], in_memory, true);
            expect_order("folder", augments[i], in_memory, false);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(threads_change_nothing),         TEST(bad_images_stop_or_are_left_out),
        TEST(a_batch_of_bad_images_is_empty), TEST(lack_of_memory_is_no_bad_image),
        TEST(a_tenth_of_a_tree_is_damaged),   TEST(jpegs_are_reduced_only_when_asked),
        TEST(only_imagenet_is_blue_first),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

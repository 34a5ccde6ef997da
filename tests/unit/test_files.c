/* Folders, lists and tar shards of images; how they are split; what is damaged among them. */
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
#include <turbojpeg.h>

#include "data/image.h"
#include "data/index.h"
#include "regnet/file.h"

static char dir[64];

static int make_dir(void **state)
{
    (void)state;
    strcpy(dir, "/tmp/regnet-test-XXXXXX");
    return mkdtemp(dir) ? 0 : -1;
}

static int remove_dir(void **state)
{
    char command[128];

    (void)state;
    snprintf(command, sizeof command, "rm -r '%s'", dir);
    return system(command);
}

static const char *in_dir(const char *name)
{
    static char path[256];

    snprintf(path, sizeof path, "%s/%s", dir, name);
    return path;
}

static void write_bytes(const char *name, const void *data, size_t len)
{
    struct rn_buf folder = {0};
    const char *path = in_dir(name);
    FILE *file;

    assert_int_equal(rn_buf_addf(&folder, NULL, "%.*s", (int)(strrchr(path, '/') - path), path),
                     RN_OK);
    assert_int_equal(rn_dir_make(folder.data, NULL), RN_OK);
    file = fopen(path, "wb"); /* no rn_file_write: it waits for the disk */
    assert_non_null(file);
    assert_int_equal(fwrite(data, 1, len, file), len);
    assert_int_equal(fclose(file), 0);
    rn_buf_release(&folder);
}

static void write_text(const char *name, const char *text)
{
    write_bytes(name, text, strlen(text));
}

/* A JPEG of one grey: n tells images apart. */
static size_t make_jpeg(int n, int h, int w, uint8_t *out, size_t room)
{
    uint8_t *pixels = rn_alloc((size_t)h, (size_t)w);
    unsigned char *jpeg = NULL;
    unsigned long size = 0;
    tjhandle tj = tjInitCompress();

    memset(pixels, n, (size_t)h * (size_t)w);
    assert_int_equal(tjCompress2(tj, pixels, w, 0, h, TJPF_GRAY, &jpeg, &size, TJSAMP_GRAY, 90, 0),
                     0);
    assert_true(size <= room);
    memcpy(out, jpeg, size);
    tjFree(jpeg);
    tjDestroy(tj);
    rn_free(pixels);
    return size;
}

static void write_jpeg(const char *name, int n)
{
    uint8_t bytes[4096];

    write_bytes(name, bytes, make_jpeg(n, 20 + n % 7, 20 + n % 5, bytes, sizeof bytes));
}

static struct rn_dataset *open_set(const char *name, enum rn_data_half half)
{
    struct rn_dataset *ds = NULL;
    struct rn_err err = {0};

    if (rn_dataset_open(name, dir, half, &ds, &err) != RN_OK)
        fail_msg("%s", err.msg);
    return ds;
}

static void expect_failure(const char *name, enum rn_data_half half, enum rn_status status,
                           const char *part1, const char *part2)
{
    struct rn_dataset *ds = NULL;
    struct rn_err err = {0};

    assert_int_equal(rn_dataset_open(name, dir, half, &ds, &err), status);
    assert_null(ds);
    if (!strstr(err.msg, part1) || !strstr(err.msg, part2))
        fail_msg("\"%s\" lacks \"%s\" or \"%s\"", err.msg, part1, part2);
}

static void expect_grey(const struct rn_dataset *ds, size_t i, int grey)
{
    struct rn_image image = {0};
    struct rn_err err = {0};

    if (rn_dataset_image(ds, i, &image, &err) != RN_OK)
        fail_msg("%s", err.msg);
    assert_in_range(image.pixels[0], grey - 1, grey + 1);
    rn_image_release(&image);
}

static void folders_are_classes_in_bytewise_order(void **state)
{
    struct rn_dataset *ds;
    int classes;

    (void)state;
    write_jpeg("train/zebra/b.JPG", 10);
    write_jpeg("train/zebra/a.jpeg", 20);
    write_jpeg("train/Ant/deep/below/1.jpg", 30);
    write_jpeg("train/10/1.jpg", 40);
    write_jpeg("train/9/1.jpg", 50);
    write_text("train/9/notes.txt", "no image");
    write_jpeg("train/.hidden/1.jpg", 60);
    write_jpeg("train/top.jpg", 70);
    write_jpeg("validation/Ant/1.jpg", 80);
    assert_string_equal(rn_dataset_detect(dir), "folder");
    assert_int_equal(rn_dataset_classes("folder", dir, &classes, NULL), RN_OK);
    assert_int_equal(classes, 4);
    ds = open_set("folder", RN_DATA_TRAIN);
    assert_int_equal(ds->n, 5);
    assert_string_equal(ds->classes[0], "10");
    assert_string_equal(ds->classes[1], "9");
    assert_string_equal(ds->classes[2], "Ant");
    assert_string_equal(ds->classes[3], "zebra");
    assert_int_equal(ds->labels[2], 2);
    assert_int_equal(ds->labels[3], 3);
    expect_grey(ds, 2, 30);
    expect_grey(ds, 3, 20); /* a.jpeg before b.JPG */
    rn_dataset_free(ds);
    assert_true(rn_dataset_has("folder", dir, RN_DATA_VAL));
    assert_false(rn_dataset_has("folder", dir, RN_DATA_TEST));
    ds = open_set("imagenet", RN_DATA_VAL);
    assert_true(ds->bgr);
    assert_int_equal(ds->n, 1);
    assert_int_equal(ds->n_classes, 4);
    assert_int_equal(ds->labels[0], 2);
    rn_dataset_free(ds);
    expect_failure("folder", RN_DATA_TEST, RN_E_DATA, dir, "no part test");
    write_jpeg("validation/Bee/1.jpg", 80);
    expect_failure("folder", RN_DATA_VAL, RN_E_DATA, "Bee", "no class of the training part");
}

static void folders_that_are_none_are_named(void **state)
{
    (void)state;
    assert_null(rn_dataset_detect(dir));
    expect_failure("folder", RN_DATA_TRAIN, RN_E_DATA, dir, "no classes");
    rn_dir_make(in_dir("train/ant"), NULL);
    expect_failure("folder", RN_DATA_TRAIN, RN_E_DATA, dir, "0 images in the part train");
    remove_dir(NULL);
    expect_failure("folder", RN_DATA_TRAIN, RN_E_IO, dir, "no such file or folder");
    rn_dir_make(dir, NULL);
}

/* Every image is in one part, whatever else lies beside it. */
static void what_is_not_split_is_split_by_a_hash(void **state)
{
    static const enum rn_data_half halves[] = {RN_DATA_TRAIN, RN_DATA_VAL, RN_DATA_TEST};
    int n[3];
    char name[64];

    (void)state;
    for (int i = 0; i < 200; i++) {
        snprintf(name, sizeof name, "%s/%d.jpg", i % 2 ? "cat" : "dog", i);
        write_text(name, "");
    }
    for (int k = 0; k < 3; k++) {
        struct rn_dataset *ds = open_set("folder", halves[k]);
        n[k] = ds->n;
        for (int i = 0; i < ds->n; i++) {
            struct rn_buf path = {0};
            uint64_t hash = 14695981039346656037U;
            assert_int_equal(rn_index_name(ds->index, (size_t)i, &path, NULL), RN_OK);
            for (const char *p = path.data + strlen(dir) + 1; *p; p++)
                hash = (hash ^ (uint64_t)*p) * 1099511628211U;
            assert_int_equal(hash % 10 == 0 ? 2 : hash % 10 == 1 ? 1 : 0, k);
            rn_buf_release(&path);
        }
        rn_dataset_free(ds);
    }
    assert_int_equal(n[0] + n[1] + n[2], 200);
    assert_in_range(n[1], 8, 35);
    assert_in_range(n[2], 8, 35);
}

static void lists_have_paths_and_labels(void **state)
{
    struct rn_dataset *ds = NULL;

    (void)state;
    write_jpeg("images/with blank.jpg", 10);
    write_jpeg("images/b.jpg", 20);
    write_text("train.txt", "images/with blank.jpg 2\n\nimages/b.jpg\t0\r\n");
    write_text("val.txt", "images/b.jpg 1");
    assert_string_equal(rn_dataset_detect(dir), "list");
    ds = open_set("list", RN_DATA_TRAIN);
    assert_int_equal(ds->n, 2);
    assert_int_equal(ds->n_classes, 3); /* numbers, also that without an image */
    assert_int_equal(ds->labels[0], 2);
    assert_string_equal(ds->classes[2], "2");
    expect_grey(ds, 0, 10);
    rn_dataset_free(ds);
    ds = open_set("list", RN_DATA_VAL);
    assert_int_equal(ds->labels[0], 1);
    rn_dataset_free(ds);
    write_text("train.txt", "images/b.jpg heron\nimages/b.jpg crane\n");
    ds = open_set("list", RN_DATA_TRAIN);
    assert_string_equal(ds->classes[0], "crane");
    assert_int_equal(ds->labels[0], 1);
    rn_dataset_free(ds);
    expect_failure("list", RN_DATA_VAL, RN_E_DATA, "labelled 1", "no class");
    write_text("train.txt", "images/b.jpg 0\nlonely\n");
    expect_failure("list", RN_DATA_TRAIN, RN_E_DATA, "train.txt:2", "a blank and a label");
    write_bytes("train.txt", "a\0b 1", 5);
    expect_failure("list", RN_DATA_TRAIN, RN_E_DATA, "train.txt", "not a text");
}

/* A tar file that grows: each member a header and its content, filled to blocks. */
struct tar {
    uint8_t bytes[1 << 17];
    size_t len;
};

static void add_member(struct tar *tar, const char *name, char type, const void *data, size_t size)
{
    char *header = (char *)tar->bytes + tar->len;
    unsigned sum = 0;

    memset(header, 0, 512);
    strncpy(header, name, 100);
    snprintf(header + 100, 8, "%07o", 0644U);
    snprintf(header + 124, 12, "%011zo", size);
    header[156] = type;
    memcpy(header + 257, "ustar", 6);
    memset(header + 148, ' ', 8);
    for (int i = 0; i < 512; i++)
        sum += (unsigned char)header[i];
    snprintf(header + 148, 8, "%06o", sum);
    memcpy(header + 512, data, size);
    tar->len += 512 + (size + 511) / 512 * 512;
}

static void add_sample(struct tar *tar, const char *key, int n, const char *label)
{
    uint8_t bytes[4096];
    char name[256];

    snprintf(name, sizeof name, "%s.jpg", key);
    add_member(tar, name, '0', bytes, make_jpeg(n, 20, 24, bytes, sizeof bytes));
    snprintf(name, sizeof name, "%s.cls", key);
    if (label)
        add_member(tar, name, '0', label, strlen(label));
}

static void shards_are_one_set(void **state)
{
    static struct tar tar;
    static const char longer[] = "a/rather/long/folder/name/000003.jpg",
                      pax[] = "23 path=else/where.jpg\n";
    uint8_t bytes[4096];
    struct rn_dataset *ds;

    (void)state;
    tar = (struct tar){0};
    add_sample(&tar, "one/000001", 10, "1\n");
    add_sample(&tar, "000002", 20, "0");
    add_member(&tar, "readme.txt", '0', "hello", 5);
    tar.len += 1024; /* zero blocks at the end */
    write_bytes("train-0001.tar", tar.bytes, tar.len);
    tar = (struct tar){0};
    add_member(&tar, "././@LongLink", 'L', longer, sizeof longer);
    add_member(&tar, "short", '0', bytes, make_jpeg(30, 9, 9, bytes, sizeof bytes));
    add_member(&tar, "a/rather/long/folder/name/000003.cls", '0', "3", 1);
    add_member(&tar, "pax", 'x', pax, sizeof pax - 1);
    add_member(&tar, "short", '0', bytes, make_jpeg(40, 9, 9, bytes, sizeof bytes));
    add_member(&tar, "else/where.cls", 0, "0", 1);
    write_bytes("train-0000.tar", tar.bytes, tar.len);
    assert_string_equal(rn_dataset_detect(dir), "tar");
    ds = open_set("tar", RN_DATA_TRAIN);
    assert_int_equal(ds->n, 4);
    assert_int_equal(ds->n_classes, 4);
    assert_int_equal(ds->labels[0], 3);
    assert_int_equal(ds->labels[2], 1);
    expect_grey(ds, 0, 30);
    expect_grey(ds, 1, 40);
    expect_grey(ds, 3, 20);
    rn_dataset_free(ds);
    assert_false(rn_dataset_has("tar", dir, RN_DATA_VAL));
}

static void damaged_shards_are_named(void **state)
{
    static struct tar tar;

    (void)state;
    tar = (struct tar){0};
    add_sample(&tar, "1", 10, "0");
    write_bytes("train.tar", tar.bytes, 600);
    expect_failure("tar", RN_DATA_TRAIN, RN_E_DATA, "train.tar", "beyond the end");
    write_bytes("train.tar", tar.bytes, 100);
    expect_failure("tar", RN_DATA_TRAIN, RN_E_DATA, "train.tar", "cut");
    tar.bytes[5]++;
    write_bytes("train.tar", tar.bytes, tar.len);
    expect_failure("tar", RN_DATA_TRAIN, RN_E_DATA, "train.tar", "no header");
    tar = (struct tar){0};
    add_sample(&tar, "1", 10, NULL);
    write_bytes("train.tar", tar.bytes, tar.len);
    expect_failure("tar", RN_DATA_TRAIN, RN_E_DATA, "train.tar", "1.cls");
    unlink(in_dir("train.tar"));
    assert_int_equal(mkfifo(in_dir("train.tar"), 0600), 0);
    expect_failure("tar", RN_DATA_TRAIN, RN_E_DATA, "train.tar", "not a regular file");
}

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
    RN_TRY(rn_loader_new(
        &(struct rn_loader_options){.dataset = ds,
                                    .part = &part,
                                    .batch = 7,
                                    .seed = 5,
                                    .shuffle = true,
                                    .augment = {true, true, true, 2, 0.5, 1, 0.1, 0.3, 0.2, 0.2},
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
        for (int n = 1; n > 0 && (epoch == 1 || out->n < 20); out->n += n, out->batches += n > 0) {
            const struct rn_batch batch = {out->images + (size_t)(out->n * SIDE * SIDE * 3),
                                           out->labels + out->n, out->targets + 2 * out->n};
            RN_TRY(rn_loader_next(loader, &batch, &n, err));
        }
    }
done:
    rn_loader_free(loader);
    rn_part_release(&part);
    return status;
}

static void make_many(void)
{
    char name[64];

    for (int i = 0; i < MANY; i++) {
        snprintf(name, sizeof name, "train/%s/%d.jpg", i % 2 ? "cat" : "dog", i);
        write_jpeg(name, 4 * i);
    }
}

static void threads_change_nothing(void **state)
{
    static struct epoch alone, threads;
    struct rn_dataset *ds;

    (void)state;
    make_many();
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
    make_many();
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

/* One way of each ten to damage an image. */
static void damage(const char *name, int how)
{
    static const uint8_t bomb[] =
        "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\1\x86\xa0\0\1\x86\xa0\10\2\0\0\0";
    uint8_t bytes[4096];
    size_t size = make_jpeg(how, 40, 40, bytes, sizeof bytes);
    char path[256];

    strcpy(path, in_dir(name));
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
        struct rn_image image = {0};
        assert_int_equal(rn_image_decode(bytes, size, "name", cases[i].enough, &image, NULL),
                         RN_OK);
        assert_int_equal(image.h, cases[i].side);
        assert_in_range(image.pixels[cases[i].side * cases[i].side - 1], 98, 100);
        rn_image_release(&image);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_dir, remove_dir)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(folders_are_classes_in_bytewise_order),
        TEST(folders_that_are_none_are_named),
        TEST(what_is_not_split_is_split_by_a_hash),
        TEST(lists_have_paths_and_labels),
        TEST(shards_are_one_set),
        TEST(damaged_shards_are_named),
        TEST(threads_change_nothing),
        TEST(bad_images_stop_or_are_left_out),
        TEST(a_tenth_of_a_tree_is_damaged),
        TEST(jpegs_are_reduced_only_when_asked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

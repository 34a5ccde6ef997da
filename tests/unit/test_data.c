/* Data sets from files, whole and broken; parts; batches. */
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
#include <zlib.h>

#include "data/source.h"
#include "regnet/file.h"

static char dir[64];

static void path_to(char *path, const char *name)
{
    snprintf(path, 128, "%s/%s", dir, name);
}

static void write_file(const char *name, const uint8_t *data, size_t len)
{
    char path[128];

    path_to(path, name);
    assert_int_equal(rn_file_write(path, data, len, NULL), RN_OK);
}

static void write_gz(const char *name, const uint8_t *data, size_t len)
{
    char path[128];
    gzFile gz;

    path_to(path, name);
    gz = gzopen(path, "wb");
    assert_non_null(gz);
    assert_int_equal(gzwrite(gz, data, (unsigned)len), (int)len);
    assert_int_equal(gzclose(gz), Z_OK);
}

static size_t idx_head(uint8_t *out, int ndim, const uint32_t *dim)
{
    const uint8_t magic[4] = {0, 0, 8, (uint8_t)ndim};

    memcpy(out, magic, 4);
    for (int i = 0; i < ndim; i++)
        for (int b = 0; b < 4; b++)
            out[4 + 4 * i + b] = (uint8_t)(dim[i] >> (24 - 8 * b));
    return 4 + 4 * (size_t)ndim;
}

/* n training images; pixel j of image i is (i + j) & 255, labels cycle. */
static void write_fashion(int n, bool gzipped)
{
    size_t len = 16 + (size_t)n * 784, head;
    uint8_t *data = rn_alloc(len, 1);

    head = idx_head(data, 3, (const uint32_t[]){(uint32_t)n, 28, 28});
    for (int i = 0; i < n; i++)
        for (int j = 0; j < 784; j++)
            data[head + (size_t)i * 784 + (size_t)j] = (uint8_t)(i + j);
    if (gzipped)
        write_gz("train-images-idx3-ubyte.gz", data, len);
    else
        write_file("train-images-idx3-ubyte", data, len);
    head = idx_head(data, 1, (const uint32_t[]){(uint32_t)n});
    for (int i = 0; i < n; i++)
        data[head + (size_t)i] = (uint8_t)(i % 10);
    if (gzipped)
        write_gz("train-labels-idx1-ubyte.gz", data, head + (size_t)n);
    else
        write_file("train-labels-idx1-ubyte", data, head + (size_t)n);
    rn_free(data);
}

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

static struct rn_dataset *open_fashion(void)
{
    struct rn_dataset *ds = NULL;
    struct rn_err err = {0};

    if (rn_dataset_open("fashion_mnist", dir, RN_DATA_TRAIN, &ds, &err) != RN_OK)
        fail_msg("%s", err.msg);
    return ds;
}

static void expect_failure(enum rn_status status, const char *part1, const char *part2)
{
    struct rn_dataset *ds = NULL;
    struct rn_err err = {0};

    assert_int_equal(rn_dataset_open("fashion_mnist", dir, RN_DATA_TRAIN, &ds, &err), status);
    assert_null(ds);
    if (!strstr(err.msg, part1) || !strstr(err.msg, part2))
        fail_msg("\"%s\" lacks \"%s\" or \"%s\"", err.msg, part1, part2);
}

static void idx_is_read_plain_and_gzipped(void **state)
{
    (void)state;
    for (int gzipped = 0; gzipped < 2; gzipped++) {
        struct rn_dataset *ds;
        write_fashion(23, gzipped);
        ds = open_fashion();
        assert_int_equal(ds->n, 23);
        assert_int_equal(ds->pixels[5 * 784 + 7], 12);
        assert_int_equal(ds->labels[22], 2);
        assert_string_equal(ds->classes[9], "Ankle boot");
        rn_dataset_free(ds);
        if (!gzipped) {
            char path[128];
            path_to(path, "train-images-idx3-ubyte");
            unlink(path);
            path_to(path, "train-labels-idx1-ubyte");
            unlink(path);
        }
    }
}

static void broken_idx_files_are_named(void **state)
{
    uint8_t head[16 + 784] = {0};

    (void)state;
    expect_failure(RN_E_IO, dir, "dataset-fashion-mnist");
    write_fashion(3, false);
    write_file("train-images-idx3-ubyte", head, 0);
    expect_failure(RN_E_DATA, "train-images-idx3-ubyte", "cut short");
    idx_head(head, 3, (const uint32_t[]){1, 28, 28});
    write_file("train-images-idx3-ubyte", head, sizeof head - 1);
    expect_failure(RN_E_DATA, "train-images-idx3-ubyte", "784 bytes of content");
    write_file("train-images-idx3-ubyte", head, sizeof head);
    expect_failure(RN_E_DATA, "train-labels-idx1-ubyte", "3 labels for 1 images");
    idx_head(head, 3, (const uint32_t[]){1, 14, 56});
    write_file("train-images-idx3-ubyte", head, sizeof head);
    expect_failure(RN_E_DATA, "train-images-idx3-ubyte", "28x28");
    idx_head(head, 3, (const uint32_t[]){0xffffffff, 0xffffffff, 0xffffffff});
    write_file("train-images-idx3-ubyte", head, sizeof head);
    expect_failure(RN_E_DATA, "train-images-idx3-ubyte", "cannot hold");
    head[2] = 13;
    write_file("train-images-idx3-ubyte", head, sizeof head);
    expect_failure(RN_E_DATA, "train-images-idx3-ubyte", "begins with 00000d03");
    write_fashion(3, false);
    memset(head, 0, sizeof head);
    idx_head(head, 1, (const uint32_t[]){3});
    head[10] = 10;
    write_file("train-labels-idx1-ubyte", head, 11);
    expect_failure(RN_E_DATA, "train-labels-idx1-ubyte", "label 2 is 10");
}

static void a_cut_gzip_is_refused(void **state)
{
    char path[128];
    struct stat st;

    (void)state;
    write_fashion(40, true);
    path_to(path, "train-images-idx3-ubyte.gz");
    assert_int_equal(stat(path, &st), 0);
    for (long cut = 1; cut < 12; cut += 5) { /* into the checksum, into the content */
        assert_int_equal(truncate(path, st.st_size - cut), 0);
        expect_failure(RN_E_DATA, path, "damaged");
    }
}

static void names_are_suggested(void **state)
{
    struct rn_dataset *ds = NULL;
    struct rn_err err = {0};

    (void)state;
    assert_int_equal(rn_dataset_open("cifar11", dir, RN_DATA_TRAIN, &ds, &err), RN_E_CONFIG);
    assert_non_null(strstr(err.msg, "cifar10"));
    assert_null(rn_dataset_info("imagenet"));
    assert_int_equal(rn_dataset_info("cifar100")->n_classes, 100);
    assert_string_equal(rn_dataset_info("cifar100")->classes[99], "worm");
}

/* Planes become interleaved pixels, over all the files of a half. */
static void cifar_is_read(void **state)
{
    static uint8_t record[3073 * 2];
    struct rn_dataset *ds = NULL;
    struct rn_err err = {0};
    char name[32];

    (void)state;
    for (int i = 1; i <= 5; i++) {
        record[0] = (uint8_t)i;
        record[1 + 2 * 1024 + 33] = (uint8_t)(100 + i); /* blue of row 1, column 1 */
        snprintf(name, sizeof name, "data_batch_%d.bin", i);
        write_file(name, record, sizeof record);
    }
    assert_int_equal(rn_dataset_open("cifar10", dir, RN_DATA_TRAIN, &ds, &err), RN_OK);
    assert_int_equal(ds->n, 10);
    assert_int_equal(ds->labels[6], 4);
    assert_int_equal(ds->pixels[(6 * 1024 + 33) * 3 + 2], 104);
    assert_int_equal(ds->pixels[(6 * 1024 + 33) * 3 + 1], 0);
    rn_dataset_free(ds);
    write_file("data_batch_3.bin", record, sizeof record - 1);
    assert_int_equal(rn_dataset_open("cifar10", dir, RN_DATA_TRAIN, &ds, &err), RN_E_DATA);
    assert_non_null(strstr(err.msg, "data_batch_3.bin"));
    record[0] = 10;
    write_file("data_batch_3.bin", record, sizeof record);
    assert_int_equal(rn_dataset_open("cifar10", dir, RN_DATA_TRAIN, &ds, &err), RN_E_DATA);
    assert_non_null(strstr(err.msg, "label 0 is 10"));
}

/* The bytes that Python 2 wrote into CIFAR-10's batches, around two images and their labels. */
static size_t make_pickle(uint8_t *out, uint8_t first_label)
{
    static const char head[] = "\x80\x02}q\0(U\4dataq\1cnumpy.core.multiarray\n_"
                               "reconstruct\nq\2cnumpy\nndarray\nq\3K\0\x85q\4"
                               "U\1bq\5\x87q\6Rq\7(K\1K\2M\0\x0c\x86q\x08"
                               "cnumpy\ndtype\nq\tU\2u1q\nK\0K\1\x87q\x0bRq\x0c(K"
                               "\3U\1|q\rNNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\0tq\x0e"
                               "b\x89T\0\x18\0\0";
    static const char middle[] = "q\x0ftq\x10"
                                 "bU\6labelsq\x11]q\x12(K";
    size_t at = sizeof head - 1;

    memcpy(out, head, at);
    for (size_t i = 0; i < 6144; i++)
        out[at++] = (uint8_t)(i / 1024); /* a plane has one value */
    memcpy(out + at, middle, sizeof middle - 1);
    at += sizeof middle - 1;
    out[at++] = first_label;
    memcpy(out + at, "K\11eu.", 5);
    return at + 5;
}

static void pickled_cifar_is_read(void **state)
{
    static uint8_t bytes[8192];
    struct rn_dataset *ds = NULL;
    struct rn_err err = {0};
    size_t len = make_pickle(bytes, 6);

    (void)state;
    write_file("test_batch", bytes, len);
    assert_int_equal(rn_dataset_open("cifar10", dir, RN_DATA_TEST, &ds, &err), RN_OK);
    assert_int_equal(ds->n, 2);
    assert_int_equal(ds->labels[0], 6);
    assert_int_equal(ds->labels[1], 9);
    assert_memory_equal(ds->pixels + 3072 + 3, ((const uint8_t[]){3, 4, 5}), 3);
    rn_dataset_free(ds);
    write_file("test_batch", bytes, len - 1);
    assert_int_equal(rn_dataset_open("cifar10", dir, RN_DATA_TEST, &ds, &err), RN_E_DATA);
    assert_non_null(strstr(err.msg, "test_batch"));
    write_file("test_batch", bytes, make_pickle(bytes, 10));
    assert_int_equal(rn_dataset_open("cifar10", dir, RN_DATA_TEST, &ds, &err), RN_E_DATA);
    assert_non_null(strstr(err.msg, "label 0 is 10"));
    memcpy(bytes + 8, "dada", 4);
    write_file("test_batch", bytes, len);
    assert_int_equal(rn_dataset_open("cifar10", dir, RN_DATA_TEST, &ds, &err), RN_E_DATA);
    assert_non_null(strstr(err.msg, "no array \"data\""));
}

static int count(const struct rn_dataset *ds, const struct rn_part *part, int label)
{
    int n = 0;

    for (size_t i = 0; i < part->n; i++)
        n += ds->labels[part->index[i]] == label;
    return n;
}

static void parts_are_balanced_disjoint_and_repeatable(void **state)
{
    struct rn_part train = {0}, val = {0}, again = {0};
    char seen[300] = {0};
    struct rn_dataset *ds;

    (void)state;
    write_fashion(300, false);
    ds = open_fashion();
    assert_int_equal(rn_part_split(ds, 50, 100, 7, &train, &val, NULL), RN_OK);
    assert_int_equal(train.n, 100);
    assert_int_equal(val.n, 50);
    for (int k = 0; k < 10; k++) {
        assert_int_equal(count(ds, &val, k), 5);
        assert_int_equal(count(ds, &train, k), 10);
    }
    for (size_t i = 0; i < train.n; i++)
        seen[train.index[i]]++;
    for (size_t i = 0; i < val.n; i++) {
        seen[val.index[i]]++;
        assert_true(i == 0 || val.index[i] > val.index[i - 1]);
    }
    for (int i = 0; i < 300; i++)
        assert_true(seen[i] <= 1);
    assert_int_equal(rn_part_split(ds, 50, 0, 7, NULL, &again, NULL), RN_OK);
    assert_memory_equal(val.index, again.index, 50 * sizeof *val.index);
    rn_part_release(&again);
    assert_int_equal(rn_part_split(ds, 50, 0, 8, NULL, &again, NULL), RN_OK);
    assert_memory_not_equal(val.index, again.index, 50 * sizeof *val.index);
    rn_part_release(&again);
    assert_int_equal(rn_part_split(ds, 300, 0, 7, NULL, &again, NULL), RN_E_CONFIG);
    assert_int_equal(rn_part_split(ds, 50, 251, 7, &again, NULL, NULL), RN_E_CONFIG);
    rn_part_release(&train);
    rn_part_release(&val);
    rn_dataset_free(ds);
}

static void the_whole_training_set_stays_in_file_order(void **state)
{
    struct rn_part train = {0};
    struct rn_dataset *ds;

    (void)state;
    write_fashion(30, false);
    ds = open_fashion();
    assert_int_equal(rn_part_split(ds, 0, 0, 1, &train, NULL, NULL), RN_OK);
    for (uint32_t i = 0; i < 30; i++)
        assert_int_equal(train.index[i], i);
    rn_part_release(&train);
    rn_dataset_free(ds);
}

/* A loader over everything, with room for its batch. */
struct fixture {
    struct rn_dataset *ds;
    struct rn_part part;
    struct rn_loader *loader;
    float images[8 * 784 * 3];
    int32_t labels[8];
};

static void open_loader(struct fixture *f, int n, bool shuffle, bool drop_last, bool augment)
{
    write_fashion(n, false);
    f->ds = open_fashion();
    assert_int_equal(rn_part_all(f->ds, &f->part, NULL), RN_OK);
    assert_int_equal(
        rn_loader_new(&(struct rn_loader_options){.dataset = f->ds,
                                                  .part = &f->part,
                                                  .batch = 8,
                                                  .seed = 3,
                                                  .shuffle = shuffle,
                                                  .drop_last = drop_last,
                                                  .augment = {.crop = augment, .flip = augment}},
                      &f->loader, NULL),
        RN_OK);
}

static int next(struct fixture *f, int32_t *labels)
{
    const struct rn_batch batch = {.images = f->images, .labels = labels};
    int n = -1;

    assert_int_equal(rn_loader_next(f->loader, &batch, &n, NULL), RN_OK);
    return n;
}

static void close_loader(struct fixture *f)
{
    rn_loader_free(f->loader);
    rn_part_release(&f->part);
    rn_dataset_free(f->ds);
}

static void batches_come_in_order_and_normalized(void **state)
{
    static struct fixture f;

    (void)state;
    open_loader(&f, 20, false, false, false);
    assert_int_equal(rn_loader_batches(f.loader), 3);
    for (int b = 0; b < 3; b++) {
        assert_int_equal(next(&f, f.labels), b < 2 ? 8 : 4);
        for (int i = 0; i < (b < 2 ? 8 : 4); i++) {
            float expected = ((float)(8 * b + i + 7) / 255.0F - 0.2860F) / 0.3530F;
            assert_int_equal(f.labels[i], (8 * b + i) % 10);
            for (int c = 0; c < 3; c++)
                assert_true(f.images[(i * 784 + 7) * 3 + c] == expected);
        }
    }
    assert_int_equal(next(&f, f.labels), -1);
    close_loader(&f);
}

static void shuffled_epochs_differ_and_resume(void **state)
{
    static struct fixture f;
    int32_t first[8], second[8];

    (void)state;
    open_loader(&f, 44, true, true, true);
    assert_int_equal(rn_loader_batches(f.loader), 5);
    rn_loader_start(f.loader, 1, 0);
    assert_int_equal(next(&f, first), 8);
    assert_int_equal(next(&f, second), 8);
    rn_loader_start(f.loader, 1, 1);
    assert_int_equal(next(&f, f.labels), 8);
    assert_memory_equal(f.labels, second, sizeof second);
    rn_loader_start(f.loader, 2, 0);
    assert_int_equal(next(&f, f.labels), 8);
    assert_memory_not_equal(f.labels, first, sizeof first);
    for (int b = 1; b < 5; b++)
        assert_int_equal(next(&f, f.labels), 8);
    assert_int_equal(next(&f, f.labels), -1);
    close_loader(&f);
}

/* Each augmented image is some crop of the padded original, mirrored or not, and all kinds occur.
 */
static bool is_crop(const struct rn_dataset *ds, const float *image, int dy, int dx, bool flip)
{
    for (int y = 0; y < 28; y++) {
        for (int x = 0; x < 28; x++) {
            int fy = y + dy, fx = (flip ? 27 - x : x) + dx;
            float expected = fy < 0 || fy > 27 || fx < 0 || fx > 27
                                 ? 0
                                 : rn_normalize(ds->mean[0], ds->std[0], ds->pixels[fy * 28 + fx]);
            if (image[(y * 28 + x) * 3] != expected)
                return false;
        }
    }
    return true;
}

static void augmentation_crops_and_mirrors(void **state)
{
    static struct fixture f;
    int dys = 0, dxs = 0, flips = 0;

    (void)state;
    open_loader(&f, 1, false, false, true);
    for (int epoch = 0; epoch < 120; epoch++) {
        int found = 0;
        rn_loader_start(f.loader, epoch, 0);
        assert_int_equal(next(&f, f.labels), 1);
        for (int k = 0; k < 9 * 9 * 2; k++) {
            int dy = k / 18 - 4, dx = k / 2 % 9 - 4, flip = k % 2;
            if (!is_crop(f.ds, f.images, dy, dx, flip))
                continue;
            found++;
            dys |= 1 << (dy + 4);
            dxs |= 1 << (dx + 4);
            flips |= 1 << flip;
        }
        assert_int_equal(found, 1);
    }
    assert_int_equal(dys, 0x1ff);
    assert_int_equal(dxs, 0x1ff);
    assert_int_equal(flips, 3);
    close_loader(&f);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_dir, remove_dir)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(idx_is_read_plain_and_gzipped),
        TEST(broken_idx_files_are_named),
        TEST(a_cut_gzip_is_refused),
        TEST(names_are_suggested),
        TEST(cifar_is_read),
        TEST(pickled_cifar_is_read),
        TEST(parts_are_balanced_disjoint_and_repeatable),
        TEST(the_whole_training_set_stays_in_file_order),
        TEST(batches_come_in_order_and_normalized),
        TEST(shuffled_epochs_differ_and_resume),
        TEST(augmentation_crops_and_mirrors),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Folders, lists and tar shards of images, and how they are split. */
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

#include "data/index.h"
#include "files_scratch.h"
#include "regnet/file.h"

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
    write_text("train/9/._1.jpg", "what macOS lays beside 1.jpg");
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

/* A machine that only evaluates has no training part: all of the other is used. */
static void a_part_needs_no_other(void **state)
{
    struct rn_dataset *ds;
    char name[64];
    int classes;

    (void)state;
    for (int i = 0; i < 30; i++) {
        snprintf(name, sizeof name, "test/%s/%d.jpg", i % 2 ? "cat" : "dog", i);
        write_jpeg(name, i);
    }
    assert_string_equal(rn_dataset_detect(dir), "folder");
    assert_true(rn_dataset_has("folder", dir, RN_DATA_TEST));
    assert_false(rn_dataset_has("folder", dir, RN_DATA_TRAIN));
    assert_int_equal(rn_dataset_classes("folder", dir, &classes, NULL), RN_OK);
    assert_int_equal(classes, 2);
    ds = open_set("folder", RN_DATA_TEST);
    assert_int_equal(ds->n, 30);
    assert_string_equal(ds->classes[1], "dog");
    assert_int_equal(ds->labels[29], 1);
    rn_dataset_free(ds);
    expect_failure("folder", RN_DATA_TRAIN, RN_E_DATA, "no part train beside test", "PART/CLASS");
    write_jpeg("validation/emu/1.jpg", 10); /* a class that test lacks */
    ds = open_set("folder", RN_DATA_TEST);
    assert_int_equal(ds->n_classes, 3);
    rn_dataset_free(ds);
    ds = open_set("folder", RN_DATA_VAL);
    assert_int_equal(ds->n, 1);
    assert_int_equal(ds->labels[0], 2);
    rn_dataset_free(ds);
    write_text("test.txt", "test/cat/1.jpg 1\n");
    ds = open_set("list", RN_DATA_TEST);
    assert_int_equal(ds->n, 1);
    rn_dataset_free(ds);
    expect_failure("list", RN_DATA_TRAIN, RN_E_DATA, "no part train beside test", "PART.txt");
}

static void parts_under_other_names_are_no_classes(void **state)
{
    (void)state;
    write_jpeg("training/cat/1.jpg", 10);
    write_jpeg("testing/cat/1.jpg", 10);
    expect_failure("folder", RN_DATA_TRAIN, RN_E_DATA, "testing", "train, val and test");
    remove_dir(NULL);
    write_jpeg("Train/cat/1.jpg", 10);
    expect_failure("folder", RN_DATA_TRAIN, RN_E_DATA, "Train", "train, val and test");
    remove_dir(NULL);
    write_jpeg("training/1.jpg", 10); /* a class: what it holds is images */
    rn_dataset_free(open_set("folder", RN_DATA_TRAIN));
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

static void write_tar(const char *name, struct tar *tar)
{
    tar->len += 1024; /* zero blocks at the end */
    write_bytes(name, tar->bytes, tar->len);
    memset(tar, 0, sizeof *tar);
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
    add_member(&tar, "one/._000001.jpg", '0', "what macOS lays beside it", 25);
    add_sample(&tar, "./000002", 20, "0");
    add_member(&tar, "readme.txt", '0', "hello", 5);
    write_tar("train-0001.tar", &tar);
    add_member(&tar, "././@LongLink", 'L', longer, sizeof longer);
    add_member(&tar, "short", '0', bytes, make_jpeg(30, 9, 9, bytes, sizeof bytes));
    add_member(&tar, "a/rather/long/folder/name/000003.cls", '0', "3", 1);
    add_member(&tar, "pax", 'x', pax, sizeof pax - 1);
    add_member(&tar, "short", '0', bytes, make_jpeg(40, 9, 9, bytes, sizeof bytes));
    add_member(&tar, "else/where.cls", 0, "0", 1);
    write_tar("train-0000.tar", &tar);
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
    write_bytes("train.tar", tar.bytes, tar.len); /* between two members */
    expect_failure("tar", RN_DATA_TRAIN, RN_E_DATA, "train.tar", "cut");
    write_bytes("train.tar", "", 0);
    expect_failure("tar", RN_DATA_TRAIN, RN_E_DATA, "train.tar", "cut");
    tar.bytes[5]++;
    write_tar("train.tar", &tar);
    expect_failure("tar", RN_DATA_TRAIN, RN_E_DATA, "train.tar", "no header");
    add_sample(&tar, "1", 10, NULL);
    write_tar("train.tar", &tar);
    expect_failure("tar", RN_DATA_TRAIN, RN_E_DATA, "train.tar", "1.cls");
    unlink(in_dir("train.tar"));
    assert_int_equal(mkfifo(in_dir("train.tar"), 0600), 0);
    expect_failure("tar", RN_DATA_TRAIN, RN_E_DATA, "train.tar", "not a regular file");
}

/* A sample is one image and one label; other files of the key are none of them. */
static void samples_are_whole(void **state)
{
    static struct tar tar;
    struct rn_dataset *ds;

    (void)state;
    tar = (struct tar){0};
    add_sample(&tar, "a/0", 10, NULL);
    add_sample(&tar, "a/0.seg", 200, NULL);
    add_member(&tar, "a/0.seg.cls", '0', "9", 1);
    add_member(&tar, "a/0.cls", '0', "1", 1);
    write_tar("train.tar", &tar);
    ds = open_set("tar", RN_DATA_TRAIN);
    assert_int_equal(ds->n, 1);
    assert_int_equal(ds->labels[0], 1);
    expect_grey(ds, 0, 10);
    rn_dataset_free(ds);
    add_sample(&tar, "a/0", 10, "1");
    add_member(&tar, "a/0.png", '0', "", 0);
    write_tar("train.tar", &tar);
    expect_failure("tar", RN_DATA_TRAIN, RN_E_DATA, "train.tar", "a/0.png");
    add_sample(&tar, "a/0", 10, "1");
    add_member(&tar, "a/0.cls", '0', "2", 1);
    write_tar("train.tar", &tar);
    expect_failure("tar", RN_DATA_TRAIN, RN_E_DATA, "train.tar", "a/0.cls");
    add_sample(&tar, "a/0", 10, "1");
    add_member(&tar, "a/1.cls", '0', "2", 1);
    write_tar("train.tar", &tar);
    expect_failure("tar", RN_DATA_TRAIN, RN_E_DATA, "train.tar", "a/1.cls");
    add_sample(&tar, "a/0", 10, "1");
    add_member(&tar, "a/1.jpg", '1', "", 0); /* a hard link */
    add_member(&tar, "a/1.cls", '0', "2", 1);
    write_tar("train.tar", &tar);
    expect_failure("tar", RN_DATA_TRAIN, RN_E_DATA, "train.tar", "a/1.jpg");
}

static void shards_may_lie_in_folders(void **state)
{
    static struct tar tar;
    struct rn_dataset *ds;

    (void)state;
    tar = (struct tar){0};
    add_sample(&tar, "1", 10, "heron");
    write_tar("train/1.tar", &tar);
    add_sample(&tar, "2", 20, "crane");
    write_tar("train/0.tar", &tar);
    add_sample(&tar, "2", 20, "crane");
    write_tar("valid/0.tar", &tar);
    assert_string_equal(rn_dataset_detect(dir), "tar");
    ds = open_set("tar", RN_DATA_TRAIN);
    assert_int_equal(ds->n, 2);
    assert_int_equal(ds->n_classes, 2);
    expect_grey(ds, 0, 20);
    expect_grey(ds, 1, 10);
    rn_dataset_free(ds);
    ds = open_set("tar", RN_DATA_VAL);
    assert_int_equal(ds->n, 1);
    assert_string_equal(ds->classes[ds->labels[0]], "crane");
    rn_dataset_free(ds);
    write_jpeg("train/crane/2.jpg", 20); /* unpacked beside them */
    assert_string_equal(rn_dataset_detect(dir), "folder");
}

static void numbers_have_the_names_of_a_file(void **state)
{
    struct rn_dataset *ds;

    (void)state;
    write_jpeg("a.jpg", 10);
    write_text("train.txt", "a.jpg 2\na.jpg 0\n");
    write_text("val.txt", "a.jpg 1\n");
    write_text("classes.txt", "grey heron\ncrane\r\n\ncrane\n"); /* one that is a name twice */
    ds = open_set("list", RN_DATA_TRAIN);
    assert_int_equal(ds->n_classes, 3);
    assert_string_equal(ds->classes[0], "grey heron");
    assert_string_equal(ds->classes[2], "crane");
    assert_int_equal(ds->labels[0], 2);
    rn_dataset_free(ds);
    ds = open_set("list", RN_DATA_VAL);
    assert_int_equal(ds->labels[0], 1);
    assert_string_equal(ds->classes[0], "grey heron");
    rn_dataset_free(ds);
    write_text("val.txt", "a.jpg 3\n");
    expect_failure("list", RN_DATA_VAL, RN_E_DATA, "labelled 3", "no class");
    write_text("classes.txt", "grey heron\ncrane\n");
    expect_failure("list", RN_DATA_TRAIN, RN_E_DATA, "classes.txt: 2 names", "from 0 to 2");
    write_text("classes.txt", "a\nb\nc\nd");
    expect_failure("list", RN_DATA_TRAIN, RN_E_DATA, "classes.txt: 4 names", "from 0 to 2");
    write_text("train.txt", "a.jpg heron\n"); /* labels that are names need none */
    ds = open_set("list", RN_DATA_TRAIN);
    assert_string_equal(ds->classes[0], "heron");
    rn_dataset_free(ds);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(folders_are_classes_in_bytewise_order),
        TEST(folders_that_are_none_are_named),
        TEST(what_is_not_split_is_split_by_a_hash),
        TEST(a_part_needs_no_other),
        TEST(parts_under_other_names_are_no_classes),
        TEST(lists_have_paths_and_labels),
        TEST(shards_are_one_set),
        TEST(damaged_shards_are_named),
        TEST(samples_are_whole),
        TEST(shards_may_lie_in_folders),
        TEST(numbers_have_the_names_of_a_file),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

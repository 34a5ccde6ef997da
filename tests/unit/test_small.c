/* Files of small images of one size, which are decoded once; and those among them that are bad. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "data/index.h"
#include "files_scratch.h"
#include "regnet/memory.h"

static void write_square(const char *name, int grey, int side)
{
    uint8_t bytes[4096];

    write_bytes(name, bytes, make_jpeg(grey, side, side, bytes, sizeof bytes));
}

static void small_squares_of_one_size_are_decoded_once(void **state)
{
    struct rn_dataset *ds;

    (void)state;
    write_square("train/a/1.jpg", 10, 12);
    write_square("train/b/1.jpg", 20, 12);
    ds = open_set("folder", RN_DATA_TRAIN);
    assert_non_null(ds->pixels);
    assert_int_equal(ds->h, 12);
    assert_int_equal(ds->w, 12);
    expect_grey(ds, 0, 10);
    expect_grey(ds, 1, 20);
    rn_dataset_free(ds);
    write_square("train/b/2.jpg", 30, 16);
    ds = open_set("folder", RN_DATA_TRAIN);
    assert_null(ds->pixels); /* one is of another size */
    assert_int_equal(ds->h, 0);
    expect_grey(ds, 2, 30);
    rn_dataset_free(ds);
}

/* They say nothing of the size: the others are still decoded once, and these name themselves. */
static void bad_small_squares_are_told_when_they_are_wanted(void **state)
{
    struct rn_dataset *ds;
    struct rn_image image = {0};
    struct rn_err err = {0};

    (void)state;
    write_text("train/a/0.jpg", "");
    write_square("train/a/1.jpg", 10, 12);
    assert_int_equal(symlink("nowhere", in_dir("train/a/2.jpg")), 0);
    write_square("train/b/1.jpg", 20, 12);
    ds = open_set("folder", RN_DATA_TRAIN);
    assert_int_equal(ds->n, 4);
    assert_non_null(ds->pixels);
    assert_int_equal(ds->h, 12);
    expect_grey(ds, 1, 10);
    expect_grey(ds, 3, 20);
    assert_int_equal(rn_dataset_image(ds, 0, &image, &err), RN_E_DATA);
    assert_non_null(strstr(err.msg, "a/0.jpg: an empty file"));
    assert_int_equal(rn_dataset_image(ds, 2, &image, &err), RN_E_IO);
    assert_non_null(strstr(err.msg, "a/2.jpg"));
    rn_dataset_free(ds);
}

static void lack_of_memory_is_no_other_size(void **state)
{
    struct rn_dataset *ds;
    enum rn_status status = RN_E_NOMEM;

    (void)state;
    write_square("train/a/1.jpg", 10, 12);
    write_square("train/b/1.jpg", 20, 12);
    ds = open_set("folder", RN_DATA_TRAIN);
    rn_free((void *)ds->pixels);
    ds->pixels = NULL;
    for (long n = 0; status == RN_E_NOMEM; n++) {
        rn_mem_fail_at(n);
        status = rn_dataset_load_small(ds, NULL);
        rn_mem_fail_at(-1);
        assert_int_equal(ds->pixels != NULL, status == RN_OK);
    }
    assert_int_equal(status, RN_OK);
    assert_non_null(ds->pixels);
    rn_dataset_free(ds);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(small_squares_of_one_size_are_decoded_once),
        TEST(bad_small_squares_are_told_when_they_are_wanted),
        TEST(lack_of_memory_is_no_other_size),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* A folder of images for a test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "files_scratch.h"
#include "jpeg_scratch.h"
#include "regnet/file.h"
#include "regnet/memory.h"

char dir[64];

int make_dir(void **state)
{
    (void)state;
    strcpy(dir, "/tmp/regnet-test-XXXXXX");
    return mkdtemp(dir) ? 0 : -1;
}

int remove_dir(void **state)
{
    char command[128];

    (void)state;
    snprintf(command, sizeof command, "rm -r '%s'", dir);
    return system(command);
}

const char *in_dir(const char *name)
{
    static char path[256];

    snprintf(path, sizeof path, "%s/%s", dir, name);
    return path;
}

void write_bytes(const char *name, const void *data, size_t len)
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

void write_text(const char *name, const char *text)
{
    write_bytes(name, text, strlen(text));
}

/* A JPEG of one grey: n tells images apart. */
size_t make_jpeg(int n, int h, int w, uint8_t *out, size_t room)
{
    uint8_t *pixels = rn_alloc((size_t)h, (size_t)w);
    uint8_t *jpeg;
    size_t size;

    memset(pixels, n, (size_t)h * (size_t)w);
    size = encode_jpeg(&(struct jpeg_kind){.h = h, .w = w, .c = 1}, pixels, &jpeg);
    assert_true(size <= room);
    memcpy(out, jpeg, size);
    free(jpeg);
    rn_free(pixels);
    return size;
}

void write_jpeg(const char *name, int n)
{
    uint8_t bytes[4096];

    write_bytes(name, bytes, make_jpeg(n, 20 + n % 7, 20 + n % 5, bytes, sizeof bytes));
}

void write_jpegs(int n)
{
    char name[64];

    for (int i = 0; i < n; i++) {
        snprintf(name, sizeof name, "train/%s/%d.jpg", i % 2 ? "cat" : "dog", i);
        write_jpeg(name, 4 * i);
    }
}

struct rn_dataset *open_set(const char *name, enum rn_data_half half)
{
    struct rn_dataset *ds = NULL;
    struct rn_err err = {0};

    if (rn_dataset_open(name, dir, half, &ds, &err) != RN_OK)
        fail_msg("%s", err.msg);
    return ds;
}

void expect_grey(const struct rn_dataset *ds, size_t i, int grey)
{
    struct rn_image image = {0};
    struct rn_err err = {0};

    if (rn_dataset_image(ds, i, &image, &err) != RN_OK)
        fail_msg("%s", err.msg);
    assert_in_range(image.pixels[0], grey - 1, grey + 1);
    rn_image_release(&image);
}

/* files_scratch.h: a folder of images for a test, made and removed around it. */
#ifndef RN_TESTS_FILES_SCRATCH_H
#define RN_TESTS_FILES_SCRATCH_H

#include "regnet/data.h"

extern char dir[64];
int make_dir(void **state);
int remove_dir(void **state);

const char *in_dir(const char *name); /* borrowed until the next call */
void write_bytes(const char *name, const void *data, size_t len);
void write_text(const char *name, const char *text);
/* A JPEG of one grey, which tells images apart; its size. */
size_t make_jpeg(int grey, int h, int w, uint8_t *out, size_t room);
void write_jpeg(const char *name, int grey);
void write_jpegs(int n); /* n in train/, every other one a dog (0, 2, ...) or a cat */
struct rn_dataset *open_set(const char *name, enum rn_data_half half);
void expect_grey(const struct rn_dataset *ds, size_t i, int grey); /* of image i, about */

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_dir, remove_dir)

#endif

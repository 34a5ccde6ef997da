/* safetensors: what we write, what others wrote, and what is damaged. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "regnet/file.h"
#include "regnet/safetensors.h"

static const float six[] = {1, 2, 3, 4, 5, 6}, one[] = {-0.5f};

static const struct rn_tensor tensors[] = {{"stem.conv.weight", 2, {2, 3}, six},
                                           {"a \"quoted\" name", 0, {0}, one},
                                           {"none", 1, {0}, six}};
static const struct rn_metadata metadata[] = {{"format", "pt"}, {"classes", "[\"a\", \"b\"]"}};

static void write_sample(char path[], struct rn_buf *bytes)
{
    int fd = mkstemp(path);

    assert_true(fd >= 0 && close(fd) == 0);
    assert_int_equal(rn_safetensors_write(path, tensors, 3, metadata, 2, NULL), RN_OK);
    assert_int_equal(rn_file_read(path, 1 << 20, bytes, NULL), RN_OK);
}

static void what_is_written_reads_back(void **state)
{
    char path[] = "/tmp/regnet-test-XXXXXX";
    struct rn_buf bytes = {0};
    struct rn_tensor_file file = {0};
    const struct rn_tensor *stem;

    (void)state;
    write_sample(path, &bytes);
    assert_int_equal(rn_safetensors_read(path, &file, NULL), RN_OK);
    assert_int_equal(file.n, 3);
    assert_string_equal(file.tensors[0].name, "a \"quoted\" name");
    stem = rn_tensor_find(&file, "stem.conv.weight");
    assert_int_equal(stem->ndim, 2);
    assert_int_equal(stem->dim[1], 3);
    assert_memory_equal(stem->data, six, sizeof six);
    assert_int_equal((uintptr_t)stem->data % 64, 0);
    assert_int_equal(rn_tensor_find(&file, "a \"quoted\" name")->ndim, 0);
    assert_int_equal(rn_tensor_find(&file, "none")->dim[0], 0);
    assert_null(rn_tensor_find(&file, "stem"));
    assert_string_equal(rn_metadata_find(&file, "classes"), "[\"a\", \"b\"]");
    assert_null(rn_metadata_find(&file, "arch"));
    rn_tensor_file_release(&file);
    rn_tensor_file_release(&file);
    rn_buf_release(&bytes);
    unlink(path);
}

static void the_same_content_gives_the_same_bytes(void **state)
{
    const struct rn_tensor turned[] = {tensors[2], tensors[0], tensors[1]};
    const struct rn_metadata turned_metadata[] = {metadata[1], metadata[0]};
    char path[] = "/tmp/regnet-test-XXXXXX";
    struct rn_buf first = {0}, second = {0};
    uint64_t header;

    (void)state;
    write_sample(path, &first);
    assert_int_equal(rn_safetensors_write(path, turned, 3, turned_metadata, 2, NULL), RN_OK);
    assert_int_equal(rn_file_read(path, 1 << 20, &second, NULL), RN_OK);
    assert_int_equal(first.len, second.len);
    assert_memory_equal(first.data, second.data, first.len);
    memcpy(&header, first.data, sizeof header);
    assert_int_equal((header + 8) % 64, 0);
    assert_int_equal(first.len, header + 8 + sizeof six + sizeof one);
    rn_buf_release(&first);
    rn_buf_release(&second);
    unlink(path);
}

static void names_are_distinct(void **state)
{
    const struct rn_tensor twice[] = {tensors[0], tensors[1], tensors[0]};
    const struct rn_metadata twice_metadata[] = {metadata[0], metadata[0]};
    struct rn_err err = {0};

    (void)state;
    assert_int_equal(rn_safetensors_write("/tmp/none/none", twice, 3, NULL, 0, &err), RN_E_CONFIG);
    assert_string_equal(err.msg, "two tensors named stem.conv.weight");
    assert_int_equal(rn_safetensors_write("/tmp/none/none", tensors, 3, twice_metadata, 2, &err),
                     RN_E_CONFIG);
    assert_int_equal(rn_safetensors_write("/tmp/none/none", tensors, 3, NULL, 0, &err), RN_E_IO);
}

static void an_empty_file_of_tensors_is_one(void **state)
{
    struct rn_tensor_file file = {0};
    static const char text[] = "\x02\0\0\0\0\0\0\0{}";

    (void)state;
    assert_int_equal(rn_safetensors_parse(text, sizeof text - 1, "t", &file, NULL), RN_OK);
    assert_int_equal(file.n, 0);
    assert_null(rn_tensor_find(&file, "a"));
    rn_tensor_file_release(&file);
}

/* tools/golden-safetensors.py */
static void a_file_of_the_peer_is_read(void **state)
{
    struct rn_tensor_file file = {0};
    struct rn_err err = {0};
    const float *half, *bfloat, *real;

    (void)state;
    if (rn_safetensors_read("tests/golden/peer.safetensors", &file, &err) != RN_OK)
        fail_msg("%s", err.msg);
    assert_int_equal(file.n, 7);
    half = rn_tensor_find(&file, "half")->data;
    assert_true(half[0] == 0 && !signbit(half[0]) && half[1] == 0 && signbit(half[1]));
    assert_true(half[2] == 1 && half[3] == -2.5f && half[4] == 65504 && half[5] == 0x1p-24f);
    assert_true(half[6] == INFINITY && half[7] == -INFINITY);
    bfloat = rn_tensor_find(&file, "bfloat")->data;
    assert_true(bfloat[3] == -2.5f && bfloat[4] == 65536 && bfloat[7] == -INFINITY);
    real = rn_tensor_find(&file, "double")->data;
    assert_true(real[0] == (float)(1.0 / 3) && real[1] == INFINITY);
    assert_true(rn_tensor_find(&file, "bn.num_batches_tracked")->data[0] == 391);
    assert_true(rn_tensor_find(&file, "flags")->data[2] == 1);
    assert_int_equal(rn_tensor_find(&file, "empty")->dim[1], 4);
    assert_true(rn_tensor_find(&file, "head.fc.weight")->data[5] == 1.25f);
    assert_string_equal(rn_metadata_find(&file, "note"), "\xc3\xa9");
    rn_tensor_file_release(&file);
}

/* A file of that header and so many zero bytes of data is refused with that message. */
static void refused(const char *header, size_t data, const char *message)
{
    struct rn_tensor_file file = {0};
    struct rn_err err = {0};
    struct rn_buf bytes = {0};
    uint64_t length = strlen(header);
    static const char zeros[64];

    assert_int_equal(rn_buf_add(&bytes, &length, 8, NULL), RN_OK);
    assert_int_equal(rn_buf_add(&bytes, header, length, NULL), RN_OK);
    assert_int_equal(rn_buf_add(&bytes, zeros, data, NULL), RN_OK);
    assert_int_equal(rn_safetensors_parse(bytes.data, bytes.len, "t", &file, &err), RN_E_DATA);
    assert_int_equal(err.status, RN_E_DATA);
    assert_null(file.owner);
    if (!strstr(err.msg, message))
        fail_msg("\"%s\" is not in \"%s\"", message, err.msg);
    rn_buf_release(&bytes);
}

#define T(shape, offsets) "{\"dtype\":\"F32\",\"shape\":" shape ",\"data_offsets\":" offsets "}"

static void damaged_files_are_refused(void **state)
{
    (void)state;
    refused("[]", 0, "t: the header is not a map");
    refused("{", 0, "t:1:1: not JSON");
    refused("{\"a\":" T("[1]", "[0,4]") ",\"a\":" T("[1]", "[4,8]") "}", 8, "duplicate");
    refused("{\"a\":1}", 0, "t: tensor a: no dtype");
    refused("{\"a\":{\"dtype\":\"F8_E4M3\",\"shape\":[4],\"data_offsets\":[0,4]}}", 4,
            "t: tensor a: dtype F8_E4M3 is not supported");
    refused("{\"a\":" T("4", "[0,4]") "}", 4, "no shape");
    refused("{\"a\":" T("[-1]", "[0,4]") "}", 4, "a dimension that is not a count");
    refused("{\"a\":" T("[1.0]", "[0,4]") "}", 4, "a dimension that is not a count");
    refused("{\"a\":" T("[\"1\"]", "[0,4]") "}", 4, "a dimension that is not a count");
    refused("{\"a\":" T("[1,1,1,1,1,1,1,1,1]", "[0,4]") "}", 4, "more than 8 dimensions");
    refused("{\"a\":" T("[4294967296,4294967296]", "[0,0]") "}", 0, "too large");
    refused("{\"a\":" T("[4611686018427387904]", "[0,0]") "}", 0, "does not fit its bytes");
    refused("{\"a\":" T("[1]", "[0]") "}", 4, "no data_offsets");
    refused("{\"a\":" T("[1]", "[0,8]") "}", 4, "bytes 0 to 8 of 4; the file is cut off");
    refused("{\"a\":" T("[1]", "[4,0]") "}", 4, "bytes 4 to 0 of 4");
    refused("{\"a\":" T("[2]", "[0,4]") "}", 4, "does not fit its bytes");
    refused("{\"a\":" T("[1]", "[4,8]") "}", 8, "tensor a: its bytes overlap");
    refused("{\"a\":" T("[1]", "[0,4]") ",\"b\":" T("[1]", "[0,4]") "}", 4, "tensor b: its bytes");
    refused("{\"a\":" T("[1]", "[0,4]") "}", 6, "2 bytes after the last tensor");
    refused("", 0, "not JSON");
    refused("7", 0, "the header is not a map");
    refused("{}{}", 0, "not JSON");
    refused("{\"a\":[]}", 0, "t: tensor a: no dtype");
    refused("{\"a\":{}}", 0, "t: tensor a: no dtype");
    refused("{\"a\":{\"dtype\":[]}}", 0, "no dtype");
    refused("{\"a\":{\"dtype\":\"f32\"}}", 0, "dtype f32 is not supported");
    refused("{\"a\":{\"dtype\":\"\"}}", 0, "is not supported");
    refused("{\"a\":{\"dtype\":\"F32\"}}", 0, "no shape");
    refused("{\"a\":{\"dtype\":\"F32\",\"shape\":{}}}", 0, "no shape");
    refused("{\"a\":{\"dtype\":\"F32\",\"shape\":[1]}}", 4, "no data_offsets");
    refused("{\"a\":" T("[1]", "{}") "}", 4, "no data_offsets");
    refused("{\"a\":" T("[1]", "[0,4,8]") "}", 4, "no data_offsets");
    refused("{\"a\":" T("[1]", "[-4,0]") "}", 4, "no data_offsets");
    refused("{\"a\":" T("[1]", "[0,\"4\"]") "}", 4, "no data_offsets");
    refused("{\"a\":" T("[1]", "[0,4.0]") "}", 4, "no data_offsets");
    refused("{\"a\":" T("[true]", "[0,4]") "}", 4, "a dimension that is not a count");
    refused("{\"a\":" T("[null]", "[0,4]") "}", 4, "a dimension that is not a count");
    refused("{\"a\":" T("[[1]]", "[0,4]") "}", 4, "a dimension that is not a count");
    refused("{\"a\":" T("[1e0]", "[0,4]") "}", 4, "a dimension that is not a count");
    refused("{\"a\":" T("[99999999999999999999]", "[0,4]") "}", 4, "");
    refused("{\"a\":" T("[1]", "[0,18446744073709551615]") "}", 4, "");
    refused("{\"a\":" T("[0]", "[0,4]") "}", 4, "does not fit its bytes");
    refused("{\"a\":" T("[]", "[0,0]") "}", 0, "does not fit its bytes");
    refused("{\"a\":" T("[2]", "[0,8]") ",\"b\":" T("[1]", "[4,8]") "}", 8, "tensor b: its bytes");
    refused("{\"a\\u0000b\":" T("[1]", "[0,4]") "}", 4, "");
    refused("{\"__metadata__\":[]}", 0, "__metadata__ is not a map");
    refused("{\"__metadata__\":{\"a\":1}}", 0, "__metadata__: a is not a text");
}

static void every_cut_is_noticed(void **state)
{
    char path[] = "/tmp/regnet-test-XXXXXX";
    struct rn_buf bytes = {0};
    struct rn_tensor_file file = {0};

    (void)state;
    write_sample(path, &bytes);
    for (size_t len = 0; len < bytes.len; len++) {
        char *cut = malloc(len ? len : 1);

        memcpy(cut, bytes.data, len);
        assert_int_equal(rn_safetensors_parse(cut, len, "t", &file, NULL), RN_E_DATA);
        free(cut);
    }
    rn_buf_release(&bytes);
    unlink(path);
}

static void each_allocation_can_fail(void **state)
{
    char path[] = "/tmp/regnet-test-XXXXXX";
    struct rn_buf bytes = {0};
    enum rn_status read = RN_E_NOMEM, written = RN_E_NOMEM;

    (void)state;
    write_sample(path, &bytes);
    for (long n = 0; read != RN_OK || written != RN_OK; n++) {
        struct rn_tensor_file file = {0};

        rn_mem_fail_at(n);
        read = rn_safetensors_parse(bytes.data, bytes.len, "t", &file, NULL);
        rn_mem_fail_at(n);
        written = rn_safetensors_write(path, tensors, 3, metadata, 2, NULL);
        rn_mem_fail_at(-1);
        assert_true(read == RN_OK || read == RN_E_NOMEM);
        assert_true(written == RN_OK || written == RN_E_NOMEM);
        assert_true(n < 200);
        rn_tensor_file_release(&file);
    }
    rn_buf_release(&bytes);
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_reads_back),
        cmocka_unit_test(the_same_content_gives_the_same_bytes),
        cmocka_unit_test(names_are_distinct),
        cmocka_unit_test(an_empty_file_of_tensors_is_one),
        cmocka_unit_test(a_file_of_the_peer_is_read),
        cmocka_unit_test(damaged_files_are_refused),
        cmocka_unit_test(every_cut_is_noticed),
        cmocka_unit_test(each_allocation_can_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* NumPy arrays: read, and refused when they lie. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "regnet/npy.h"

/* A .npy of version 1 with that header and so many bytes of data, each of that value. */
static enum rn_status parse(const char *header, size_t data, char value, struct rn_npy *npy,
                            struct rn_err *err)
{
    size_t n = strlen(header), len = 10 + n + data;
    char *bytes = malloc(len);
    enum rn_status status;

    memcpy(bytes, "\x93NUMPY\1\0", 8);
    bytes[8] = (char)n;
    bytes[9] = (char)(n >> 8);
    memcpy(bytes + 10, header, n);
    memset(bytes + 10 + n, value, data);
    status = rn_npy_parse(bytes, len, "t", npy, err);
    free(bytes);
    return status;
}

static void three_types_are_read(void **state)
{
    struct rn_npy npy = {0};

    (void)state;
    assert_int_equal(parse("{'descr': '|u1', 'fortran_order': False, 'shape': (2, 3), }    \n", 6,
                           7, &npy, NULL),
                     RN_OK);
    assert_int_equal(npy.ndim, 2);
    assert_int_equal(npy.dim[1], 3);
    assert_true(npy.count == 6 && npy.data[5] == 7);
    rn_npy_release(&npy);
    assert_int_equal(parse("{'descr':'<f4','fortran_order':False,'shape':(1,)}", 4, 0, &npy, NULL),
                     RN_OK);
    assert_true(npy.ndim == 1 && npy.data[0] == 0);
    rn_npy_release(&npy);
    assert_int_equal(
        parse("{'shape': (), 'descr': '<f8', 'fortran_order': False}", 8, 0, &npy, NULL), RN_OK);
    assert_true(npy.ndim == 0 && npy.count == 1);
    rn_npy_release(&npy);
    assert_int_equal(
        parse("{'shape': (0, 5), 'descr': '<f8', 'fortran_order': False}", 0, 0, &npy, NULL),
        RN_OK);
    assert_int_equal(npy.count, 0);
    rn_npy_release(&npy);
}

static void refused(const char *header, size_t data, const char *message)
{
    struct rn_npy npy = {0};
    struct rn_err err = {0};

    assert_int_equal(parse(header, data, 0, &npy, &err), RN_E_DATA);
    assert_null(npy.data);
    if (strncmp(err.msg, "t:", 2) != 0 || !strstr(err.msg, message))
        fail_msg("\"%s\" is not in \"%s\"", message, err.msg);
}

#define HEADER(shape) "{'descr': '<f4', 'fortran_order': False, 'shape': " shape "}"

static void lying_headers_are_refused(void **state)
{
    (void)state;
    refused("", 0, "no { at 0");
    refused("[]", 0, "no {");
    refused("{'descr': '<f4'", 0, "no }");
    refused("{'descr': '<f4', }", 0, "is missing");
    refused("{'descr': '>f4', }", 4, "another type");
    refused("{'descr': '|O', }", 4, "another type");
    refused("{'descr': [('a', '<f4')], }", 4, "another type");
    refused("{'descr': '<f4', 'descr': '<f4'}", 4, "descr twice");
    refused("{'fortran_order': True}", 4, "Fortran order");
    refused("{'fortran_order': 0}", 4, "no False");
    refused("{'fortran_order': False, 'fortran_order': False}", 4, "fortran_order twice");
    refused("{'shape': (1,), 'shape': (1,)}", 4, "shape twice");
    refused("{'other': 1}", 4, "a key other than");
    refused(HEADER("4"), 16, "no (");
    refused(HEADER("(4)"), 16, "a shape that is no tuple");
    refused(HEADER("(-1,)"), 4, "a dimension that is not a count");
    refused(HEADER("(1.0,)"), 4, "a shape that is no tuple");
    refused(HEADER("(99999999999999999999,)"), 4, "a dimension too large");
    refused(HEADER("(4294967296, 4294967296)"), 0, "a shape too large");
    refused(HEADER("(4611686018427387904,)"), 0, "does not fit");
    refused(HEADER("(1,1,1,1,1,1,1,1,1)"), 4, "more than 8 dimensions");
    refused(HEADER("(1, 1.0)"), 4, "no )");
    refused(HEADER("(2,)"), 4, "does not fit the 4 bytes");
    refused(HEADER("(2,)"), 12, "does not fit the 12 bytes");
    refused(HEADER("(2,)") " x", 8, "something after its dict");
}

static void other_files_are_refused(void **state)
{
    static const struct {
        const char *bytes;
        size_t len;
        const char *message;
    } cases[] = {
        {"\x93NUMPX\1\0\0\0\0\0", 12, "not a NumPy array"},
        {"\x93NUMPY\1\0", 8, "not a NumPy array"},
        {"\x93NUMPY\4\0\0\0\0\0", 12, "a .npy of version 4.0"},
        {"\x93NUMPY\1\0\xff\xff{}", 12, "its length is more than the file"},
        {"\x93NUMPY\2\0\xff\xff\xff\xff", 12, "its length is more than the file"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct rn_npy npy = {0};
        struct rn_err err = {0};
        assert_int_equal(rn_npy_parse(cases[i].bytes, cases[i].len, "t", &npy, &err), RN_E_DATA);
        if (!strstr(err.msg, cases[i].message))
            fail_msg("\"%s\" is not in \"%s\"", cases[i].message, err.msg);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(three_types_are_read),
        cmocka_unit_test(lying_headers_are_refused),
        cmocka_unit_test(other_files_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

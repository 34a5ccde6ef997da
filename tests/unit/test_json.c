/* The JSON writer: its texts, and that jansson and libyaml read them back. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "regnet/json.h"
#include "regnet/value.h"

static void commas_fall_between_items(void **state)
{
    struct rn_buf buf = {0};
    struct rn_json js = rn_json_begin(&buf);

    (void)state;
    rn_json_object(&js);
    rn_json_key(&js, "a"), rn_json_int(&js, INT64_MIN);
    rn_json_key(&js, "b"), rn_json_list(&js);
    rn_json_double(&js, 1), rn_json_bool(&js, true), rn_json_null(&js), rn_json_text(&js, NULL);
    rn_json_list(&js), rn_json_close(&js), rn_json_object(&js), rn_json_close(&js);
    rn_json_close(&js);
    rn_json_key(&js, "c"), rn_json_text(&js, "x");
    rn_json_close(&js);
    assert_int_equal(rn_json_end(&js, NULL), RN_OK);
    assert_string_equal(
        buf.data, "{\"a\":-9223372036854775808,\"b\":[1.0,true,null,null,[],{}],\"c\":\"x\"}");
    rn_buf_release(&buf);
}

static void strings_are_escaped(void **state)
{
    struct rn_buf buf = {0};
    struct rn_json js = rn_json_begin(&buf);

    (void)state;
    rn_json_text(&js, "\"\\/\n\t\x01\x7f\xc2\x85\xe2\x80\xa8 \xc3\xa9\xf0\x9f\x98\x80"
                      "\xff\xc0\xaf\xed\xa0\x80\xe2\x80");
    assert_int_equal(rn_json_end(&js, NULL), RN_OK);
    assert_string_equal(buf.data,
                        "\"\\\"\\\\/\\n\\t\\u0001\\u007f\\u0085\\u2028 \xc3\xa9\xf0\x9f\x98\x80"
                        "\\ufffd\\ufffd\\ufffd\\ufffd\\ufffd\\ufffd\\ufffd\\ufffd\"");
    rn_buf_release(&buf);
}

static void doubles_read_back_the_same(void **state)
{
    static const double values[] = {0,
                                    -0.0,
                                    0.1,
                                    1.0 / 3,
                                    5e-5,
                                    5e-324,
                                    1.7976931348623157e308,
                                    1e22,
                                    123.0,
                                    1e15,
                                    1e16,
                                    4503599627370497.5,
                                    -2.5e-9};
    (void)state;
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        struct rn_buf buf = {0};
        struct rn_json js = rn_json_begin(&buf);
        struct rn_doc *doc = NULL;
        double back = NAN;

        rn_json_double(&js, values[i]);
        assert_int_equal(rn_json_end(&js, NULL), RN_OK);
        assert_non_null(strchr(buf.data, '.'));
        assert_int_equal(rn_doc_parse_json(buf.data, buf.len, "n", &doc, NULL), RN_OK);
        assert_int_equal(rn_value_double(rn_doc_root(doc), &back, NULL), RN_OK);
        assert_memory_equal(&back, &values[i], sizeof back);
        rn_doc_free(doc);
        rn_buf_release(&buf);
    }
}

static void what_is_not_finite_is_null(void **state)
{
    struct rn_buf buf = {0};
    struct rn_json js = rn_json_begin(&buf);

    (void)state;
    rn_json_list(&js);
    rn_json_double(&js, NAN), rn_json_double(&js, -INFINITY);
    rn_json_close(&js);
    assert_int_equal(rn_json_end(&js, NULL), RN_OK);
    assert_string_equal(buf.data, "[null,null]");
    rn_buf_release(&buf);
}

static void each_code_point_is_yaml_as_well(void **state)
{
    (void)state;
    for (unsigned code = 1; code < 0xD800; code += code < 0x300 ? 1 : 37) {
        char text[4] = {0};
        struct rn_buf buf = {0};
        struct rn_json js = rn_json_begin(&buf);
        struct rn_doc *doc = NULL;

        if (code < 0x80) {
            text[0] = (char)code;
        } else if (code < 0x800) {
            text[0] = (char)(0xC0 | code >> 6), text[1] = (char)(0x80 | (code & 63));
        } else {
            text[0] = (char)(0xE0 | code >> 12), text[1] = (char)(0x80 | (code >> 6 & 63));
            text[2] = (char)(0x80 | (code & 63));
        }
        rn_json_text(&js, text);
        assert_int_equal(rn_json_end(&js, NULL), RN_OK);
        assert_int_equal(rn_doc_parse_yaml(buf.data, buf.len, "t", &doc, NULL), RN_OK);
        assert_string_equal(rn_doc_root(doc)->text, text);
        rn_doc_free(doc);
        rn_buf_release(&buf);
    }
}

static void a_failure_is_kept_to_the_end(void **state)
{
    struct rn_buf buf = {0};
    struct rn_err err = {0};
    struct rn_json js = rn_json_begin(&buf);

    (void)state;
    rn_mem_fail_at(0);
    rn_json_list(&js);
    rn_mem_fail_at(-1);
    rn_json_int(&js, 1);
    rn_json_close(&js);
    assert_int_equal(rn_json_end(&js, &err), RN_E_NOMEM);
    rn_buf_release(&buf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commas_fall_between_items),
        cmocka_unit_test(strings_are_escaped),
        cmocka_unit_test(doubles_read_back_the_same),
        cmocka_unit_test(what_is_not_finite_is_null),
        cmocka_unit_test(each_code_point_is_yaml_as_well),
        cmocka_unit_test(a_failure_is_kept_to_the_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

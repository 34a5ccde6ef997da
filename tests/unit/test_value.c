/* YAML and JSON documents: places, conversions, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "regnet/file.h"
#include "regnet/memory.h"
#include "regnet/value.h"

static struct rn_doc *yaml(const char *text)
{
    struct rn_doc *doc = NULL;
    struct rn_err err = {0};

    if (rn_doc_parse_yaml(text, strlen(text), "a.yaml", &doc, &err) != RN_OK)
        fail_msg("%s", err.msg);
    return doc;
}

static struct rn_doc *json(const char *text)
{
    struct rn_doc *doc = NULL;
    struct rn_err err = {0};

    if (rn_doc_parse_json(text, strlen(text), "a.json", &doc, &err) != RN_OK)
        fail_msg("%s", err.msg);
    return doc;
}

static void refused(const char *text, const char *message)
{
    struct rn_doc *doc = NULL;
    struct rn_err err = {0};

    assert_int_equal(rn_doc_parse_yaml(text, strlen(text), "a.yaml", &doc, &err), RN_E_CONFIG);
    assert_null(doc);
    if (!strstr(err.msg, message))
        fail_msg("\"%s\" is not in \"%s\"", message, err.msg);
}

static void json_refused(const char *text, const char *message)
{
    struct rn_doc *doc = NULL;
    struct rn_err err = {0};

    assert_int_equal(rn_doc_parse_json(text, strlen(text), "a.json", &doc, &err), RN_E_CONFIG);
    assert_null(doc);
    if (!strstr(err.msg, message))
        fail_msg("\"%s\" is not in \"%s\"", message, err.msg);
}

static void a_tree_remembers_its_places(void **state)
{
    struct rn_doc *doc = yaml("# a space\nname: \"E\"\nwidths: [8, 16]\nnested:\n  deep: x\n");
    const struct rn_value *root = rn_doc_root(doc), *widths = rn_value_get(root, "widths");
    const struct rn_value *deep = rn_value_get(rn_value_get(root, "nested"), "deep");

    (void)state;
    assert_int_equal(root->n, 3);
    assert_true(rn_value_get(root, "name")->quoted);
    assert_int_equal(widths->n, 2);
    assert_string_equal(widths->items[1].text, "16");
    assert_int_equal(widths->items[1].line, 3);
    assert_int_equal(widths->items[1].column, 13);
    assert_int_equal(deep->line, 5);
    assert_string_equal(deep->file, "a.yaml");
    assert_int_equal(root->keys[2].line, 4);
    assert_null(rn_value_get(root, "none"));
    assert_null(rn_value_get(widths, "none"));
    assert_null(rn_value_get(NULL, "none"));
    rn_doc_free(doc);
}

static void json_reads_as_yaml_does(void **state)
{
    struct rn_doc *doc = json("{\"a\": [1, 2.5, 5e-5, true, null, \"1\"], \"b\": {}}");
    const struct rn_value *a = rn_value_get(rn_doc_root(doc), "a");
    double real = 0;

    (void)state;
    assert_int_equal(a->n, 6);
    assert_string_equal(a->items[0].text, "1");
    assert_int_equal(rn_value_double(&a->items[2], &real, NULL), RN_OK);
    assert_true(real == 5e-5);
    assert_string_equal(a->items[3].text, "true");
    assert_true(rn_value_is_null(&a->items[4]));
    assert_true(a->items[5].quoted);
    assert_int_equal(rn_value_get(rn_doc_root(doc), "b")->kind, RN_VALUE_MAP);
    rn_doc_free(doc);
}

static void an_empty_file_is_an_empty_map(void **state)
{
    static const char *const texts[] = {"", "\n\n", "# only a comment\n", "\xEF\xBB\xBF"};

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct rn_doc *doc = yaml(texts[i]);

        assert_int_equal(rn_doc_root(doc)->kind, RN_VALUE_MAP);
        assert_int_equal(rn_doc_root(doc)->n, 0);
        rn_doc_free(doc);
    }
}

static void what_configurations_need_not_is_refused(void **state)
{
    char deep[200];

    (void)state;
    refused("a: 1\nb: 2\na: 3\n", "a.yaml:3:1: the key a is here twice (first on line 1)");
    refused("a: &x 1\nb: *x\n", "a.yaml:1:4: anchors and aliases");
    refused("a: *x\n", "a.yaml:1:4: anchors and aliases");
    refused("a: !!int 1\n", "a.yaml:1:4: tags are not accepted");
    refused("a: 1\n---\nb: 1\n", "a.yaml:2:1: a second document");
    refused("[a]: 1\n", "a.yaml:1:1: a key must be a text");
    refused("a: \"\\0\"\n", "a.yaml:1:4: a text with a zero byte");
    refused("a: [1, 2\nb: 3\n", "a.yaml:2:");
    refused("a:\tb\n\tc: 1\n", "a.yaml:2:");
    refused("a: \xff\n", "not YAML");
    memset(deep, '[', sizeof deep - 1);
    deep[sizeof deep - 1] = 0;
    refused(deep, "nested deeper than 64 levels");
    json_refused(deep, "a.json:1:");
    json_refused("{\"a\": 1, \"a\": 2}", "duplicate");
    json_refused("{\"a\": 1} 2", "a.json:1:");
    json_refused("{\"a\":\n 1e999}", "a.json:2:");
    json_refused("\"\\u0000\"", "a.json:1:");
    json_refused("", "a.json");
}

static void depth_is_counted_to_the_last_level(void **state)
{
    char text[2 * 65 + 1];
    struct rn_err err = {0};
    struct rn_doc *doc;

    (void)state;
    for (int depth = 64; depth <= 65; depth++) {
        enum rn_status status = depth == 64 ? RN_OK : RN_E_CONFIG;

        memset(text, '[', (size_t)depth);
        memset(text + depth, ']', (size_t)depth);
        doc = NULL;
        assert_int_equal(rn_doc_parse_yaml(text, 2 * (size_t)depth, "t", &doc, &err), status);
        rn_doc_free(doc);
        doc = NULL;
        assert_int_equal(rn_doc_parse_json(text, 2 * (size_t)depth, "t", &doc, &err), status);
        rn_doc_free(doc);
    }
}

static void scalars_convert_or_say_why(void **state)
{
    struct rn_doc *doc =
        yaml("{i: 12, f: 5e-5, g: 12.0, u: 1_000, o: 010, big: 9223372036854775808,"
             " inf: .inf, huge: 1e999, yes: yes, no: Off, t: text, n: ~, l: [],"
             " q: '7', dot: '.', e: 'e5', x: 0x10, p: +3, nan: nan}");
    const struct rn_value *root = rn_doc_root(doc);
    static const char *const not_ints[] = {"f", "g", "u", "o", "big", "t", "n", "l", "x", "none"};
    static const char *const not_doubles[] = {"u", "inf", "huge", "t", "n", "l", "dot", "e", "nan"};
    const char *text = NULL;
    struct rn_err err = {0};
    long long integer = 0;
    double real = 0;
    bool flag = false;

    (void)state;
    assert_int_equal(rn_value_int(rn_value_get(root, "i"), &integer, &err), RN_OK);
    assert_int_equal(integer, 12);
    assert_int_equal(rn_value_int(rn_value_get(root, "q"), &integer, &err), RN_OK);
    assert_int_equal(rn_value_int(rn_value_get(root, "p"), &integer, &err), RN_OK);
    assert_int_equal(integer, 3);
    for (size_t i = 0; i < sizeof not_ints / sizeof *not_ints; i++)
        assert_int_equal(rn_value_int(rn_value_get(root, not_ints[i]), &integer, &err),
                         RN_E_CONFIG);
    assert_int_equal(integer, 3);
    assert_int_equal(rn_value_double(rn_value_get(root, "f"), &real, &err), RN_OK);
    assert_true(real == 5e-5);
    assert_int_equal(rn_value_double(rn_value_get(root, "i"), &real, &err), RN_OK);
    assert_true(real == 12);
    for (size_t i = 0; i < sizeof not_doubles / sizeof *not_doubles; i++)
        assert_int_equal(rn_value_double(rn_value_get(root, not_doubles[i]), &real, &err),
                         RN_E_CONFIG);
    assert_int_equal(rn_value_bool(rn_value_get(root, "yes"), &flag, &err), RN_OK);
    assert_true(flag);
    assert_int_equal(rn_value_bool(rn_value_get(root, "no"), &flag, &err), RN_OK);
    assert_false(flag);
    assert_int_equal(rn_value_bool(rn_value_get(root, "i"), &flag, &err), RN_E_CONFIG);
    assert_string_equal(err.msg, "a.yaml:1:5: expected True or False, found \"12\"");
    assert_int_equal(rn_value_text(rn_value_get(root, "t"), &text, &err), RN_OK);
    assert_int_equal(rn_value_text(rn_value_get(root, "l"), &text, &err), RN_E_CONFIG);
    assert_non_null(strstr(err.msg, "expected a text, found a list"));
    assert_int_equal(rn_value_text(rn_value_get(root, "none"), &text, &err), RN_E_CONFIG);
    assert_string_equal(err.msg, "expected a text, found nothing");
    rn_doc_free(doc);
}

static void null_is_unquoted(void **state)
{
    struct rn_doc *doc = yaml("- null\n- ~\n-\n- 'null'\n- \"\"\n- x\n");
    const struct rn_value *v = rn_doc_root(doc)->items;

    (void)state;
    assert_true(rn_value_is_null(NULL) && rn_value_is_null(&v[0]) && rn_value_is_null(&v[1]));
    assert_true(rn_value_is_null(&v[2]));
    assert_false(rn_value_is_null(&v[3]) || rn_value_is_null(&v[4]) || rn_value_is_null(&v[5]));
    rn_doc_free(doc);
}

static void a_name_chooses_the_format(void **state)
{
    char path[] = "/tmp/regnet-test-XXXXXX.json";
    struct rn_doc *doc = NULL;
    struct rn_err err = {0};
    int fd = mkstemps(path, 5);

    (void)state;
    assert_true(fd >= 0 && close(fd) == 0);
    assert_int_equal(rn_file_write(path, "a: 1\n", 5, &err), RN_OK);
    assert_int_equal(rn_doc_read(path, &doc, &err), RN_E_CONFIG);
    assert_non_null(strstr(err.msg, "not JSON"));
    assert_int_equal(rn_file_write(path, "\xEF\xBB\xBF[1]", 6, &err), RN_OK);
    assert_int_equal(rn_doc_read(path, &doc, &err), RN_OK);
    assert_int_equal(rn_doc_root(doc)->n, 1);
    rn_doc_free(doc);
    doc = NULL;
    unlink(path);
    assert_int_equal(rn_doc_read(path, &doc, &err), RN_E_IO);
    assert_null(doc);
}

static void large_lists_are_kept_whole(void **state)
{
    struct rn_buf buf = {0};
    struct rn_doc *doc;

    (void)state;
    for (int i = 0; i < 5000; i++)
        assert_int_equal(rn_buf_addf(&buf, NULL, "k%d: [%d]\n", i, i), RN_OK);
    doc = yaml(buf.data);
    assert_int_equal(rn_doc_root(doc)->n, 5000);
    assert_string_equal(rn_doc_root(doc)->items[4999].items[0].text, "4999");
    rn_doc_free(doc);
    rn_buf_release(&buf);
}

/* Each allocation of ours fails once: an error, no leak, no document. */
static void each_allocation_can_fail(void **state)
{
    static const char text[] = "{\"a\": [1, {\"b\": \"x\"}], \"c\": 2}";
    enum rn_status status[2] = {RN_E_NOMEM, RN_E_NOMEM};

    (void)state;
    for (int yaml_too = 0; yaml_too < 2; yaml_too++) {
        for (long n = 0; status[yaml_too] != RN_OK; n++) {
            struct rn_doc *doc = NULL;

            rn_mem_fail_at(n);
            status[yaml_too] = yaml_too ? rn_doc_parse_yaml(text, strlen(text), "t", &doc, NULL)
                                        : rn_doc_parse_json(text, strlen(text), "t", &doc, NULL);
            rn_mem_fail_at(-1);
            assert_true(status[yaml_too] == RN_OK || status[yaml_too] == RN_E_NOMEM);
            assert_true((doc != NULL) == (status[yaml_too] == RN_OK));
            assert_true(n < 100);
            rn_doc_free(doc);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tree_remembers_its_places),
        cmocka_unit_test(json_reads_as_yaml_does),
        cmocka_unit_test(an_empty_file_is_an_empty_map),
        cmocka_unit_test(what_configurations_need_not_is_refused),
        cmocka_unit_test(depth_is_counted_to_the_last_level),
        cmocka_unit_test(scalars_convert_or_say_why),
        cmocka_unit_test(null_is_unquoted),
        cmocka_unit_test(a_name_chooses_the_format),
        cmocka_unit_test(large_lists_are_kept_whole),
        cmocka_unit_test(each_allocation_can_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

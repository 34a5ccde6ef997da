/* report.h: figures by gnuplot and pages. */
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

#include "regnet/report.h"
#include "regnet/rng.h"

static struct rn_population population(const char *name, size_t n, double middle, double spread)
{
    struct rn_population p = {.name = name};
    struct rn_rng rng = rn_rng_at(5, RN_STREAM_TEST, (uint64_t)name[0]);
    double *errors = rn_alloc(n, sizeof *errors);

    for (size_t i = 0; i < n; i++)
        errors[i] = middle + spread * fabs(rn_rng_normal(&rng));
    assert_int_equal(rn_edf_make(errors, n, &p.edf, NULL), RN_OK);
    rn_free(errors);
    return p;
}

static void ok(enum rn_status status, const struct rn_err *err)
{
    if (status != RN_OK)
        fail_msg("%s", err->msg);
}

static size_t count(const char *text, const char *part)
{
    size_t n = 0;

    while ((text = strstr(text, part)) != NULL)
        n++, text++;
    return n;
}

static void test_edf_svg(void **state)
{
    struct rn_population p[] = {population("AnyNetXA@mini", 100, 14, 4),
                                population("RegNetX@mini", 100, 13, 2)};
    struct rn_err err = {0};
    struct rn_buf svg = {0};

    (void)state;
    ok(rn_edf_figure_svg(p, 2, &svg, &err), &err);
    assert_non_null(strstr(svg.data, "<svg"));
    assert_non_null(strstr(svg.data, "</svg>"));
    assert_non_null(strstr(svg.data, "AnyNetXA@mini  100 | 14."));
    assert_non_null(strstr(svg.data, "error (%)"));
    assert_non_null(strstr(svg.data, "cumulative probability"));
    assert_int_equal(count(svg.data, "<svg"), 1);
    rn_buf_release(&svg);
    for (int i = 0; i < 2; i++)
        rn_edf_release(&p[i].edf);
}

static void test_edf_text(void **state)
{
    struct rn_population p[] = {population("A", 30, 14, 4), population("B", 30, 13, 9)};
    struct rn_err err = {0};
    struct rn_buf text = {0};

    (void)state;
    ok(rn_edf_figure_text(p, 2, 80, 24, &text, &err), &err);
    assert_non_null(strstr(text.data, "A  30 | 14."));
    for (char *line = strtok(text.data, "\n"); line; line = strtok(NULL, "\n"))
        assert_true(strlen(line) <= 80);
    rn_buf_release(&text);
    for (int i = 0; i < 2; i++)
        rn_edf_release(&p[i].edf);
}

static void test_table(void **state)
{
    const double errors[] = {12, 10, 14, 15};
    struct rn_population p = {.name = "RegNetX@mini"};
    struct rn_buf text = {0};

    (void)state;
    assert_int_equal(rn_edf_make(errors, 4, &p.edf, NULL), RN_OK);
    assert_int_equal(rn_edf_table(&p, 1, &text, NULL), RN_OK);
    assert_string_equal(text.data, "space            n |   min |  mean | median\n"
                                   "RegNetX@mini     4 |  10.0 |  12.8 |   13.0\n");
    rn_buf_release(&text);
    rn_edf_release(&p.edf);
}

/* Neither gnuplot's markup, its strings, nor its shell can be reached from a label. */
static void test_label_is_only_text(void **state)
{
    const double x[] = {1, 2}, y[] = {1, 2};
    char path[] = "/tmp/regnet-label-XXXXXX";
    int fd = mkstemp(path);
    char label[128];
    struct rn_series series = {.label = label, .n = 2, .x = x, .y = y};
    struct rn_figure figure = {.title = "a'b`false`\n<c>", .n = 1, .series = &series};
    struct rn_err err = {0};
    struct rn_buf svg = {0};

    (void)state;
    assert_true(fd >= 0);
    close(fd);
    (void)snprintf(label, sizeof label, "x_1^2 '; !rm %s\n`rm %s`", path, path);
    ok(rn_figure_svg(&figure, &svg, &err), &err);
    assert_int_equal(access(path, F_OK), 0);
    assert_non_null(strstr(svg.data, "x_1^2 "));
    assert_non_null(strstr(svg.data, "a'b`false` &lt;c>"));
    unlink(path);
    rn_buf_release(&svg);
}

/* More in and more out than any pipe holds: nobody may wait for the other. */
static void test_large_figure(void **state)
{
    enum { N = 100000 };
    double *x = rn_alloc(N, sizeof *x);
    struct rn_series series = {.draw = RN_DRAW_POINTS, .n = N, .x = x, .y = x};
    struct rn_figure figure = {.n = 1, .series = &series};
    struct rn_err err = {0};
    struct rn_buf svg = {0};

    (void)state;
    for (int i = 0; i < N; i++)
        x[i] = i;
    ok(rn_figure_svg(&figure, &svg, &err), &err);
    assert_true(svg.len > 1000000);
    assert_non_null(strstr(svg.data, "</svg>"));
    rn_buf_release(&svg);
    rn_free(x);
}

static void test_figure_errors(void **state)
{
    const double x[] = {1, 2}, zero[] = {0, 0};
    struct rn_series series = {.n = 2, .x = x, .y = zero};
    struct rn_figure figure = {.n = 1, .series = &series, .y_log = true};
    struct rn_err err = {0};
    struct rn_buf out = {0};
    char *path = rn_strdup(getenv("PATH"));

    (void)state;
    assert_int_equal(rn_figure_svg(&figure, &out, &err), RN_E_DATA);
    figure.y_log = false, figure.x_min = 3, figure.x_max = INFINITY;
    assert_int_equal(rn_figure_svg(&figure, &out, &err), RN_E_FAILED);
    assert_non_null(strstr(err.msg, "gnuplot failed: "));
    figure.x_max = 0;
    setenv("PATH", "/nonexistent", 1);
    assert_int_equal(rn_figure_svg(&figure, &out, &err), RN_E_UNSUPPORTED);
    assert_non_null(strstr(err.msg, "gnuplot-nox"));
    setenv("PATH", path, 1);
    assert_null(out.data);
    rn_free(path);
}

static void test_page(void **state)
{
    const char *cells[] = {"space", "n", "<A&B>", "12"};
    struct rn_page page = {0};
    struct rn_err err = {0};

    (void)state;
    ok(rn_page_begin(&page, "A \"study\"", &err), &err);
    ok(rn_page_heading(&page, "1 < 2", &err), &err);
    ok(rn_page_text(&page, "it's", &err), &err);
    ok(rn_page_pre(&page, "a\n<b>", &err), &err);
    ok(rn_page_svg(&page, "<?xml version=\"1.0\"?>\n<svg></svg>", "what & why", &err), &err);
    ok(rn_page_table(&page, cells, 2, 2, &err), &err);
    ok(rn_page_end(&page, &err), &err);
    assert_non_null(strstr(page.html.data, "<h1>A &quot;study&quot;</h1>"));
    assert_non_null(strstr(page.html.data, "<h2>1 &lt; 2</h2>\n<p>it&#39;s</p>\n"));
    assert_non_null(strstr(page.html.data, "<pre>a\n&lt;b&gt;</pre>"));
    assert_non_null(strstr(page.html.data, "<figure>\n<svg></svg><figcaption>what &amp; why"));
    assert_non_null(strstr(page.html.data, "<tr><th>space</th><th>n</th></tr>\n</thead>"));
    assert_non_null(strstr(page.html.data, "<tr><td>&lt;A&amp;B&gt;</td><td>12</td></tr>"));
    assert_null(strstr(page.html.data, "<?xml"));
    assert_int_equal(rn_page_svg(&page, "text", "", &err), RN_E_DATA);
    rn_buf_release(&page.html);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_edf_svg),      cmocka_unit_test(test_edf_text),
        cmocka_unit_test(test_table),        cmocka_unit_test(test_label_is_only_text),
        cmocka_unit_test(test_large_figure), cmocka_unit_test(test_figure_errors),
        cmocka_unit_test(test_page),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

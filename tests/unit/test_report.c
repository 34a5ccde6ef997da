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
    double x[] = {1, 2}, y[] = {1, 2};
    char path[] = "/tmp/regnet-label-XXXXXX";
    int fd = mkstemp(path);
    struct rn_series series = {.n = 2, .x = x, .y = y, .to = y};
    struct rn_figure figure = {.title = "a'b`false`\n<c>", .n = 1, .series = &series};
    struct rn_err err = {0};
    struct rn_buf svg = {0};

    (void)state;
    assert_true(fd >= 0);
    close(fd);
    (void)snprintf(series.label, sizeof series.label, "x_1^2 '; !rm %s\n`rm %s`", path, path);
    ok(rn_figure_draw(&figure, RN_FORM_SVG, &svg, &err), &err);
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
    struct rn_series series = {.draw = RN_DRAW_POINTS, .n = N, .x = x, .y = x, .to = x};
    struct rn_figure figure = {.n = 1, .series = &series};
    struct rn_err err = {0};
    struct rn_buf svg = {0};

    (void)state;
    for (int i = 0; i < N; i++)
        x[i] = i;
    ok(rn_figure_draw(&figure, RN_FORM_SVG, &svg, &err), &err);
    assert_true(svg.len > 1000000);
    assert_non_null(strstr(svg.data, "</svg>"));
    rn_buf_release(&svg);
    rn_free(x);
}

static void test_figure_errors(void **state)
{
    double x[] = {1, 2};
    struct rn_series series = {.n = 2, .x = x, .y = x, .to = x};
    struct rn_figure figure = {.x = {.min = 3, .max = INFINITY}, .n = 1, .series = &series};
    struct rn_err err = {0};
    struct rn_buf out = {0};
    char *path = rn_strdup(getenv("PATH"));

    (void)state;
    assert_int_equal(rn_figure_draw(&figure, RN_FORM_SVG, &out, &err), RN_E_FAILED);
    assert_non_null(strstr(err.msg, "gnuplot failed: "));
    figure.x.max = 0;
    setenv("PATH", "/nonexistent", 1);
    assert_int_equal(rn_figure_draw(&figure, RN_FORM_PDF, &out, &err), RN_E_UNSUPPORTED);
    assert_non_null(strstr(err.msg, "gnuplot-nox"));
    setenv("PATH", path, 1);
    assert_null(out.data);
    figure.n = 0;
    assert_int_equal(rn_figure_draw(&figure, RN_FORM_SVG, &out, &err), RN_E_DATA);
    rn_free(path);
}

/* A figure with one series of every kind; y's second value and one of the band's edges are no
   numbers. */
static struct rn_figure figure_of_all(const char *const *names)
{
    struct rn_figure figure = {.x = {.label = "flops (M)"}, .y = {.label = "error (%)"}};
    struct rn_err err = {0};

    for (int draw = RN_DRAW_LINE; draw <= RN_DRAW_SPAN; draw++) {
        struct rn_series *series;
        ok(rn_figure_add(&figure, (enum rn_draw)draw, 3, &series, &err), &err);
        for (int i = 0; i < 3; i++) {
            series->x[i] = i + 1;
            series->y[i] = i == 1 ? (double)NAN : 10.0 * (i + 1);
            series->to[i] = i == 2 ? (double)INFINITY : 50;
        }
        series->names = draw == RN_DRAW_POINTS ? names : NULL;
    }
    (void)snprintf(figure.series[0].label, sizeof figure.series[0].label, "a, \"b\"");
    return figure;
}

static const char *const three[] = {"A 1", "A 2", "A <3> & \"more\""};

static void test_csv(void **state)
{
    struct rn_figure figure = figure_of_all(three);
    struct rn_buf csv = {0};
    struct rn_err err = {0};

    (void)state;
    ok(rn_figure_draw(&figure, RN_FORM_CSV, &csv, &err), &err);
    assert_string_equal(csv.data, "series,flops (M),error (%),to,name\n"
                                  "\"a, \"\"b\"\"\",1,10,,\n"
                                  "\"a, \"\"b\"\"\",2,,,\n"
                                  "\"a, \"\"b\"\"\",3,30,,\n"
                                  "steps,1,10,,\nsteps,2,,,\nsteps,3,30,,\n"
                                  "points,1,10,,A 1\npoints,2,,,A 2\n"
                                  "points,3,30,,\"A <3> & \"\"more\"\"\"\n"
                                  "band,1,10,50,\nband,2,,50,\nband,3,30,,\n"
                                  "span,1,,,\nspan,2,,,\nspan,3,,,\n");
    rn_buf_release(&csv);
    rn_figure_release(&figure);
}

/* Each point that is drawn has its own name, whatever is left out; nothing else has a title. */
static void test_points_have_names(void **state)
{
    struct rn_figure figure = figure_of_all(three);
    struct rn_buf svg = {0};
    struct rn_err err = {0};

    (void)state;
    (void)snprintf(figure.series[2].label, sizeof figure.series[2].label, "networks");
    ok(rn_figure_draw(&figure, RN_FORM_SVG, &svg, &err), &err);
    assert_int_equal(count(svg.data, "<circle"), 3); /* two points and the legend's */
    assert_int_equal(count(svg.data, "<title>"), 2);
    assert_non_null(strstr(svg.data, "<title>A 1</title>"));
    assert_non_null(strstr(svg.data, "<title>A &lt;3> &amp; \"more\"</title>"));
    assert_null(strstr(svg.data, "<use"));
    assert_null(strstr(svg.data, "gnuplot_plot"));
    rn_buf_release(&svg);
    rn_figure_release(&figure);
}

static void test_forms(void **state)
{
    struct rn_figure figure = figure_of_all(NULL);
    struct rn_buf out = {0};
    struct rn_err err = {0};

    (void)state;
    ok(rn_figure_draw(&figure, RN_FORM_PDF, &out, &err), &err);
    assert_memory_equal(out.data, "%PDF-", 5);
    out.len = 0;
    ok(rn_figure_draw(&figure, RN_FORM_PNG, &out, &err), &err);
    assert_memory_equal(out.data, "\x89PNG", 4);
    out.len = 0;
    ok(rn_figure_text(&figure, 80, 24, &out, &err), &err);
    assert_memory_equal(out.data, "error (%)\n", 10);
    assert_non_null(strstr(out.data, "flops (M)"));
    rn_buf_release(&out);
    rn_figure_release(&figure);
}

/* Equal values, a single one, none that is a number: a figure all the same. */
static void test_poor_data(void **state)
{
    double x[] = {5, 5, NAN}, error[] = {12.5, 12.5, 12.5};
    const struct rn_good_range good = {5, 5, 5};
    struct rn_scatter scatter = {
        .label = "w1", .n = 3, .x = x, .error = error, .names = three, .good = &good};
    struct rn_err err = {0};

    (void)state;
    for (int round = 0; round < 3; round++) {
        struct rn_figure figure;
        struct rn_buf svg = {0};
        ok(rn_scatter_figure(&scatter, &figure, &err), &err);
        ok(rn_figure_draw(&figure, RN_FORM_SVG, &svg, &err), &err);
        assert_int_equal(count(svg.data, "<circle"), round == 0 ? 2 : round == 1 ? 1 : 0);
        rn_buf_release(&svg);
        rn_figure_release(&figure);
        scatter.n = 1;
        x[0] = round == 1 ? NAN : 0;
        error[0] = 0;
        scatter.good = NULL;
    }
}

static void test_trend(void **state)
{
    static const char *const regimes[] = {"200M", "400M", "it's <800M>"};
    const struct rn_trend trends[] = {
        {10, 1, 64, {2, 4, 8}}, {0}, {10, 1, 64, {4, 8, 16}}}; /* nothing in the second */
    struct rn_figure figure;
    struct rn_buf out = {0};
    struct rn_err err = {0};

    (void)state;
    ok(rn_trend_figure("w4", regimes, trends, 3, &figure, &err), &err);
    ok(rn_figure_draw(&figure, RN_FORM_SVG, &out, &err), &err);
    assert_non_null(strstr(out.data, "it's &lt;800M>"));
    out.len = 0;
    ok(rn_figure_draw(&figure, RN_FORM_CSV, &out, &err), &err);
    assert_non_null(strstr(out.data, "all networks,200M,1,64,\nall networks,400M,,,\n"));
    assert_non_null(strstr(out.data, "95 % of the best,it's <800M>,4,16,\n"));
    assert_non_null(strstr(out.data, "best,it's <800M>,8,,\n"));
    rn_buf_release(&out);
    rn_figure_release(&figure);
}

static void test_page(void **state)
{
    struct rn_cells cells = {.columns = 2, .commands = true};
    struct rn_page page = {0};
    struct rn_err err = {0};

    (void)state;
    ok(rn_page_begin(&page, "A \"study\"", &err), &err);
    ok(rn_page_heading(&page, "1 < 2", &err), &err);
    ok(rn_page_text(&page, "it's", &err), &err);
    ok(rn_page_pre(&page, "a\n<b>", &err), &err);
    ok(rn_page_svg(&page, "<?xml version=\"1.0\"?>\n<svg></svg>", "what & why", &err), &err);
    for (int i = 0; i < 4; i++)
        ok(rn_cells_add(&cells, &err, "%s",
                        (const char *[]){"space", "again", "<A&B>", "x 'y'"}[i]),
           &err);
    ok(rn_page_table(&page, &cells, &err), &err);
    ok(rn_page_end(&page, &err), &err);
    assert_non_null(strstr(page.html.data, "<h1>A &quot;study&quot;</h1>"));
    assert_non_null(strstr(page.html.data, "<h2 id=\"s1\">1 &lt; 2</h2>\n<p>it&#39;s</p>\n"));
    assert_non_null(strstr(page.html.data, "<pre>a\n&lt;b&gt;</pre>"));
    assert_non_null(strstr(page.html.data, "<figure>\n<svg></svg><figcaption>what &amp; why"));
    assert_non_null(strstr(page.html.data, "<a href=\"#s1\">1 &lt; 2</a>"));
    assert_non_null(strstr(page.html.data, "<tr><th>space</th><th>again</th></tr>\n</thead>"));
    assert_non_null(strstr(page.html.data, "<tr><td>&lt;A&amp;B&gt;</td><td><details>"));
    assert_non_null(strstr(page.html.data, "<code>x &#39;y&#39;</code></details></td></tr>"));
    assert_null(strstr(page.html.data, "<?xml"));
    assert_int_equal(rn_page_svg(&page, "text", "", &err), RN_E_DATA);
    rn_buf_release(&cells.text);
    rn_page_release(&page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_edf_svg),      cmocka_unit_test(test_edf_text),
        cmocka_unit_test(test_table),        cmocka_unit_test(test_label_is_only_text),
        cmocka_unit_test(test_large_figure), cmocka_unit_test(test_figure_errors),
        cmocka_unit_test(test_csv),          cmocka_unit_test(test_points_have_names),
        cmocka_unit_test(test_forms),        cmocka_unit_test(test_poor_data),
        cmocka_unit_test(test_trend),        cmocka_unit_test(test_page),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

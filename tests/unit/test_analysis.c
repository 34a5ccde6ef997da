/* analysis.h: what a page and its figures say of populations, good ones and poor ones. */
#include <unistd.h>

#include "regnet/analysis.h"
#include "study_scratch.h"
#include "sweep/settings.h"

static int set_up(void **state)
{
    (void)state;
    make_root();
    write_tiny_study();
    return 0;
}

static size_t count(const char *text, const char *part)
{
    size_t n = 0;

    while ((text = strstr(text, part)) != NULL)
        n++, text++;
    return n;
}

static struct rn_analysis *analyze(const char *name, const char *text, const char *where,
                                   const char *split)
{
    const char *path = write_text(name, text);
    struct rn_analysis *analysis = NULL;
    struct rn_err err = {0};

    ok(rn_analysis_new(
           &path, 1,
           &(struct rn_analysis_options){.title = "T & T", .where = where, .split = split},
           &analysis, &err),
       &err);
    return analysis;
}

static struct rn_buf page_of(const struct rn_analysis *analysis)
{
    struct rn_buf html = {0};
    struct rn_err err = {0};

    ok(rn_analysis_page(analysis, &html, &err), &err);
    return html;
}

static const struct rn_exhibit *exhibit(const struct rn_analysis *analysis, const char *name)
{
    size_t n;
    const struct rn_exhibit *all = rn_analysis_exhibits(analysis, &n);

    for (size_t i = 0; i < n; i++)
        if (strcmp(all[i].name, name) == 0)
            return &all[i];
    return NULL;
}

/* pycls' jobs of AnyNets: the i-th has widths 32, 64 + 32 i and the error 40 + i. */
static struct rn_buf jobs(int n)
{
    struct rn_buf text = {0};

    for (int i = 0; i < n; i++)
        assert_int_equal(
            rn_buf_addf(&text, NULL,
                        "%s{\"cfg\": {\"MODEL\": {\"TYPE\": \"anynet\"}, \"OUT_DIR\": \"/secret\","
                        " \"ANYNET\": {\"DEPTHS\": [1, %d], \"WIDTHS\": [32, %d],"
                        " \"STRIDES\": [1, 2], \"BOT_MULS\": [1, 1], \"GROUP_WS\": [%d, %d]},"
                        " \"OPTIM\": {\"BASE_LR\": 0.2}},"
                        " \"complexity\": {\"flops\": %d, \"params\": 5e6, \"acts\": 2e6},"
                        " \"train_epoch\": {\"top1_err\": [80, 70], \"time_epoch\": [5, 7]},"
                        " \"test_epoch\": {\"top1_err\": [75, %d], \"min_top1_err\": [75, %d]}}",
                        i ? ",\n" : "[", 1 + i % 3, 64 + 32 * (i % 4), 8 << i % 2, 8 << i % 2,
                        (i + 1) * 1000000, 40 + i % 50, 40 + i % 50),
            RN_OK);
    assert_int_equal(rn_buf_addf(&text, NULL, "]"), RN_OK);
    return text;
}

static void test_pycls(void **state)
{
    struct rn_buf text = jobs(12), html;
    struct rn_analysis *analysis = analyze("pycls.json", text.data, NULL, NULL);
    const struct rn_figure *figure;

    (void)state;
    html = page_of(analysis);
    assert_contains(html.data, "<h1>T &amp; T</h1>");
    assert_contains(html.data, "OPTIM.BASE_LR: 0.2\n");
    assert_contains(html.data, "<title>pycls.json 1, error 40.00 %</title>");
    assert_contains(html.data, "regnet train --out runs/again/pycls.json-1 MODEL.TYPE anynet "
                               "ANYNET.DEPTHS &#39;[1, 1]&#39; ");
    assert_contains(html.data, "<td>1, 2</td><td>32, 96</td><td>1</td><td>16</td>");
    assert_null(strstr(html.data, "/secret"));
    assert_null(strstr(html.data, "nan"));
    figure = &exhibit(analysis, "error-pycls.json-ANYNET.WIDTHS-2-")->figure;
    assert_int_equal(figure->series[figure->n - 1].n, 12);
    figure = &exhibit(analysis, "error-pycls.json-d")->figure; /* of all stages */
    assert_true(figure->series[figure->n - 1].x[2] == 4);
    figure = &exhibit(analysis, "curves-pycls.json")->figure;
    assert_true(figure->series[0].n == 2 && figure->series[0].y[1] == 40);
    assert_non_null(exhibit(analysis, "network-pycls.json-12"));
    assert_null(exhibit(analysis, "network-pycls.json-6")); /* neither best nor worst */
    /* The group widths of both stages are the same ones, and shown once. */
    assert_contains(exhibit(analysis, "error-pycls.json-ANYNET.GROUP_WS-1-")->caption,
                    "ANYNET.GROUP_WS[2]");
    assert_null(exhibit(analysis, "error-pycls.json-ANYNET.GROUP_WS-2-"));
    /* 1 M to 12 M lie in four doublings that begin at 0.78 M. */
    figure = &exhibit(analysis, "trend-pycls.json-ANYNET.WIDTHS-2-")->figure;
    assert_int_equal(figure->x.n_names, 4);
    assert_string_equal(figure->x.names[1], "1.56M");
    rn_buf_release(&html);
    rn_buf_release(&text);
    rn_analysis_free(analysis);
}

static void test_filtered_and_split(void **state)
{
    static const char list[] = "[{\"error\": 10, \"x\": 1}, {\"error\": 11, \"x\": 2},"
                               " {\"error\": 12, \"x\": 2}, {\"error\": 13, \"x\": 5}]";
    struct rn_analysis *analysis = analyze("p.json", list, "x=2:", "x");
    const struct rn_figure *figure = &exhibit(analysis, "edf-where")->figure;

    (void)state;
    assert_int_equal(figure->n, 1);
    assert_string_equal(figure->series[0].label, "p.json  3 | 11.0 | 12.0");
    figure = &exhibit(analysis, "edf-split")->figure;
    assert_int_equal(figure->n, 3);
    assert_string_equal(figure->series[1].label, "p.json, x = 2  2 | 11.0 | 11.5");
    rn_analysis_free(analysis);
    analysis = analyze("p.json", list, NULL, "x=2,5");
    figure = &exhibit(analysis, "edf-split")->figure;
    assert_string_equal(figure->series[0].label, "p.json, x < 2  1 | 10.0 | 10.0");
    assert_string_equal(figure->series[1].label, "p.json, 2 <= x < 5  2 | 11.0 | 11.5");
    assert_string_equal(figure->series[2].label, "p.json, x >= 5  1 | 13.0 | 13.0");
    rn_analysis_free(analysis);
}

static void refuse(const char *text, const char *where, const char *split, enum rn_status status,
                   const char *message)
{
    const char *path = write_text("bad.json", text);
    struct rn_analysis *analysis = NULL;
    struct rn_err err = {0};

    assert_int_equal(rn_analysis_new(&path, 1,
                                     &(struct rn_analysis_options){.where = where, .split = split},
                                     &analysis, &err),
                     status);
    assert_null(analysis);
    assert_contains(err.msg, message);
}

static void test_refused(void **state)
{
    static const char list[] = "[{\"error\": 10, \"x\": 1}, {\"error\": 11, \"x\": 2}]";

    (void)state;
    refuse("[]", NULL, NULL, RN_E_DATA, "none of 0 networks is finished");
    refuse("[{\"err\": \"crashed\"}]", NULL, NULL, RN_E_DATA, "neither \"error\"");
    refuse(list, "y=1:2", NULL, RN_E_CONFIG, "have no y");
    refuse(list, "x=3:", NULL, RN_E_DATA, "x=3:");
    refuse(list, "x", NULL, RN_E_CONFIG, "NAME=LOW:HIGH");
    refuse(list, NULL, "y", RN_E_CONFIG, "have no y");
    refuse(list, NULL, "x=2,1", RN_E_CONFIG, "rising cuts");
    refuse(list, NULL, "x=", RN_E_CONFIG, "rising cuts");
}

static void test_untrained_study(void **state)
{
    const char *dir = in_root("untrained");
    struct rn_analysis *analysis = NULL;
    struct rn_err err = {0};
    struct rn_buf text = {0};

    (void)state;
    ok(rn_dir_make(dir, &err), &err);
    ok(rn_file_read(in_root("tiny.yaml"), 1 << 16, &text, &err), &err);
    write_text("untrained/study.yaml", text.data);
    assert_int_equal(rn_analysis_new(&dir, 1, &(struct rn_analysis_options){0}, &analysis, &err),
                     RN_E_DATA);
    assert_contains(err.msg, "untrained: no network of this study has been trained yet");
    rn_buf_release(&text);
}

/* One network, equal errors, parameters that some networks lack, errors of 0. */
static void test_poor_populations(void **state)
{
    static const char *const lists[] = {"[12.5]", "[{\"error\": 50, \"x\": 3}]", "[30, 30, 30]",
                                        "[0, 0.0]", "[{\"error\": 5, \"x\": 1}, {\"error\": 7}]"};

    (void)state;
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        struct rn_analysis *analysis = analyze("poor.json", lists[i], NULL, NULL);
        struct rn_buf html = page_of(analysis);
        assert_contains(html.data, "</html>");
        assert_contains(html.data, "The source does not say how they were trained.");
        assert_null(strstr(html.data, ">nan"));
        rn_buf_release(&html);
        rn_analysis_free(analysis);
    }
}

/* A name that is markup stays a name, and is no part of a file's. */
static void test_names_are_text(void **state)
{
    struct rn_analysis *analysis = analyze(
        "<b>&'\"`x`.json", "[{\"error\": 5, \"<i>\": 1}, {\"error\": 6, \"<i>\": 2}]", NULL, NULL);
    struct rn_buf html = page_of(analysis);

    (void)state;
    assert_null(strstr(html.data, "<b>"));
    assert_null(strstr(html.data, "<i>"));
    assert_contains(html.data, "<title>&lt;b>&amp;'\"`x`.json 1, error 5.00 %</title>");
    assert_non_null(exhibit(analysis, "error--b-----x-.json--i-"));
    rn_buf_release(&html);
    rn_analysis_free(analysis);
}

static void test_size(void **state)
{
    struct rn_buf text = jobs(1000), html;
    struct rn_analysis *analysis = analyze("many.json", text.data, NULL, NULL);

    (void)state;
    html = page_of(analysis);
    assert_true(html.len < 5000000);
    assert_int_equal(count(html.data, "<summary>"), 1000);
    assert_null(strstr(html.data, "src="));
    assert_null(strstr(html.data, "href=\"http"));
    rn_buf_release(&html);
    rn_buf_release(&text);
    rn_analysis_free(analysis);
}

/* The commands of the table train what was trained: their pairs give the configuration again. */
static void test_command(void **state)
{
    struct rn_config defaults, cfg, again;
    struct rn_buf settings = {0}, command = {0}, a = {0}, b = {0};
    struct rn_err err = {0};
    char *word, *rest;

    (void)state;
    rn_config_default(&defaults);
    cfg = again = defaults;
    ok(rn_arch_name_to_config("RegNetX-400MF", &cfg, &err), &err);
    ok(rn_config_set(&cfg, "OPTIM.STEPS", "[0, 30]", &err), &err);
    ok(rn_config_set(&cfg, "TRAIN.AUGMENT", "none", &err), &err);
    ok(rn_config_set(&cfg, "DATA_LOADER.DIR", "/data", &err), &err);
    ok(rn_settings_add(&defaults, &cfg, &settings, &err), &err);
    assert_null(strstr(settings.data, "/data"));
    assert_contains(settings.data, "REGNET.DEPTH: 22\n");
    ok(rn_settings_command(settings.data, "runs/it's", &command, &err), &err);
    assert_contains(command.data, "regnet train --out 'runs/it'\\''s' MODEL.TYPE regnet ");
    assert_contains(command.data, " OPTIM.STEPS '[0, 30]' ");
    for (word = strtok_r(strstr(command.data, "MODEL"), " ", &rest); word;) {
        char *value = *rest == '\'' ? strtok_r(rest + 1, "'", &rest) : strtok_r(NULL, " ", &rest);
        ok(rn_config_set(&again, word, value, &err), &err);
        word = strtok_r(NULL, " ", &rest);
    }
    ok(rn_config_set(&again, "DATA_LOADER.DIR", "/data", &err), &err);
    ok(rn_config_dump(&cfg, &a, &err), &err);
    ok(rn_config_dump(&again, &b, &err), &err);
    assert_string_equal(a.data, b.data);
    rn_buf_release(&settings);
    rn_buf_release(&command);
    rn_buf_release(&a);
    rn_buf_release(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pycls),          cmocka_unit_test(test_filtered_and_split),
        cmocka_unit_test(test_refused),        cmocka_unit_test(test_poor_populations),
        cmocka_unit_test(test_names_are_text), cmocka_unit_test(test_size),
        cmocka_unit_test(test_command),        cmocka_unit_test(test_untrained_study),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}

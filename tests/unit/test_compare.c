/* Comparisons: read, quoted, trained for real at a tiny size, shown, refused. */
#include <dirent.h>
#include <math.h>
#include <unistd.h>

#include "regnet/compare.h"
#include "regnet/records.h"
#include "study_images.h"
#include "sweep/dir_lock.h"

static int set_up(void **state)
{
    struct rn_err err = {0};

    (void)state;
    make_root();
    ok(rn_dir_make(in_root("data"), &err), &err);
    write_images("train", 292);
    write_tiny_study(); /* which says how they train */
    write_text("families.yaml",
               "base: tiny.yaml\nname: families\nseeds: 2\nconfig: {TRAIN: {IM_SIZE: 28}}\n"
               "groups:\n  - {name: 0.7 MF, flops: 0.7e6, families: [ResNet, MobileNetV1]}\n");
    write_text("quoted.yaml",
               "name: quoted\nsource: a paper\nconfig: {MODEL: {NUM_CLASSES: 1000}}\n"
               "groups:\n"
               "  - name: small\n    networks:\n"
               "      - {name: MobileNetV1-1.0, error: 29.4}\n"
               "      - {name: RegNetX-600MF, error: 25.9, std: 0.03, original: 26.5}\n"
               "  - name: large\n    networks: [RegNetX-4.0GF]\n");
    return 0;
}

static struct rn_comparison *open_file(const char *name, const char *data_dir)
{
    struct rn_comparison *c = NULL;
    struct rn_err err = {0};

    ok(rn_comparison_open(in_root(name), data_dir, &c, &err), &err);
    return c;
}

static void quoted_errors_are_marked(void **state)
{
    struct rn_comparison *c = open_file("quoted.yaml", NULL);
    const struct rn_compared *rows;
    struct rn_buf text = {0};
    size_t n;

    (void)state;
    rows = rn_comparison_rows(c, &n);
    assert_int_equal(n, 3);
    assert_string_equal(rows[1].group, "small");
    assert_true(rows[1].quoted && rows[1].error == 25.9 && rows[1].original == 26.5);
    assert_int_equal(rows[0].cx.flops, 568741352); /* that of its 1000 classes */
    assert_true(!rows[2].quoted && isnan(rows[2].error));
    ok(rn_comparison_text(c, &text, NULL), NULL);
    assert_contains(text.data, "25.9 +- 0.03 *             26.5 *\n");
    assert_contains(text.data, "* quoted, not measured here: a paper.\n");
    assert_null(strstr(text.data, "seeds"));
    text.len = 0;
    ok(rn_comparison_json(c, &text, NULL), NULL);
    assert_contains(text.data, "\"quoted\":true,\"original\":26.5,\"trained\":0");
    assert_contains(text.data, "\"error\":null");
    rn_buf_release(&text);
    rn_comparison_free(c);
}

static void figures_have_a_line_a_family(void **state)
{
    struct rn_comparison *c = open_file("quoted.yaml", NULL);
    struct rn_figure figure = {0};
    struct rn_err err = {0};

    (void)state;
    ok(rn_comparison_figure(c, "flops", &figure, &err), &err);
    assert_int_equal(figure.n, 2); /* points alone; the network without an error is none */
    assert_string_equal(figure.series[0].label, "MobileNetV1-1.0");
    assert_string_equal(figure.legend, "quoted, not measured here");
    assert_int_equal(figure.x.scale, RN_SCALE_LINEAR);
    rn_figure_release(&figure);
    assert_int_equal(rn_comparison_figure(c, "time", &figure, &err), RN_E_DATA);
    assert_contains(err.msg, "no network has an error and inference");
    assert_int_equal(rn_comparison_figure(c, "depth", &figure, &err), RN_E_CONFIG);
    rn_comparison_free(c);
    write_text("line.yaml", "name: line\ngroups:\n  - name: all\n    networks:\n"
                            "      - {name: RegNetX-4.0GF, error: 21.4}\n"
                            "      - {name: RegNetX-600MF, error: 25.9}\n");
    c = open_file("line.yaml", NULL);
    ok(rn_comparison_figure(c, "flops", &figure, &err), &err);
    assert_int_equal(figure.n, 2);
    assert_true(figure.series[0].draw == RN_DRAW_LINE && figure.series[0].dashed);
    assert_true(figure.series[0].x[0] < figure.series[0].x[1]);
    assert_true(figure.series[0].y[0] == 25.9);
    assert_string_equal(figure.series[1].label, "RegNetX");
    assert_int_equal(figure.x.scale, RN_SCALE_LOG);
    rn_figure_release(&figure);
    rn_comparison_free(c);
}

static void count_results(void *arg, const char *line, bool transient)
{
    int *results = arg;

    *results += !transient && strstr(line, " %  ");
}

static enum rn_status run(struct rn_comparison *c, bool train, int *results, struct rn_err *err)
{
    struct rn_compare_options options = {.dir = in_root("run"),
                                         .train = train,
                                         .time = train,
                                         .jobs = 1,
                                         .on_event = count_results,
                                         .arg = results};

    *results = 0;
    return rn_comparison_run(c, &options, err);
}

static double loss_of(const char *dir)
{
    struct rn_result result;
    bool found = false;
    struct rn_err err = {0};

    ok(rn_result_read(in_root(dir), &result, &found, &err), &err);
    assert_true(found);
    return result.loss;
}

static void every_seed_is_trained_once(void **state)
{
    struct rn_comparison *c = open_file("families.yaml", in_root("data"));
    const struct rn_compared *rows;
    struct rn_records records = {0};
    struct rn_buf text = {0};
    struct rn_err err = {0};
    int results;
    size_t n;

    (void)state;
    ok(run(c, true, &results, &err), &err);
    assert_int_equal(results, 4);
    rows = rn_comparison_rows(c, &n);
    assert_int_equal(n, 2);
    assert_string_equal(rows[0].name, "ResNet-0.7MF");
    for (size_t i = 0; i < 2; i++) {
        assert_true(rows[i].trained == 2 && rows[i].failed == 0 && !rows[i].quoted);
        assert_true(rows[i].error >= 0 && rows[i].error <= 100 && rows[i].std >= 0);
        assert_true(rows[i].infer_ms > 0);
    }
    ok(rn_records_read(in_root("run/MobileNetV1-0.7MF"), &records, &err), &err);
    assert_int_equal(records.n, 2);
    assert_true(loss_of("run/MobileNetV1-0.7MF/runs/000000") !=
                loss_of("run/MobileNetV1-0.7MF/runs/000001")); /* seeds differ */
    assert_true(fabs(rows[1].error -
                     (records.columns[0].value[0] + records.columns[0].value[1]) / 2) < 1e-9);
    rn_records_release(&records);
    ok(run(c, true, &results, &err), &err);
    assert_int_equal(results, 0);
    ok(rn_comparison_text(c, &text, NULL), NULL);
    assert_contains(text.data, "infer (ms)");
    assert_contains(text.data, "seeds\n");
    rn_buf_release(&text);
    rn_comparison_free(c);
}

static void one_process_at_a_time_trains(void **state)
{
    struct rn_comparison *c = open_file("families.yaml", in_root("data"));
    struct rn_err err = {0};
    int other, results;
    bool alone;

    (void)state;
    ok(rn_lock_open(in_root("run"), &other, &err), &err);
    ok(rn_lock_take(other, RN_LOCK_WORK, &alone, &err), &err);
    assert_true(alone);
    assert_int_equal(run(c, true, &results, &err), RN_E_FAILED);
    assert_contains(err.msg, "another process works on the comparison in this directory");
    (void)close(other);
    rn_comparison_free(c);
}

static void another_training_is_not_mixed_in(void **state)
{
    struct rn_comparison *c;
    struct rn_err err = {0};
    int results;

    (void)state;
    write_text("other.yaml", "base: families.yaml\nname: other\nconfig: {OPTIM: {BASE_LR: 0.1}}\n");
    c = open_file("other.yaml", in_root("data"));
    assert_int_equal(run(c, true, &results, &err), RN_E_CONFIG);
    assert_contains(err.msg, "config.OPTIM.BASE_LR is 0.05 there and 0.1 here");
    assert_int_equal(results, 0);
    rn_comparison_free(c);
}

static void refused(const char *text, const char *message)
{
    struct rn_comparison *c = NULL;
    struct rn_err err = {0};

    write_text("bad.yaml", text);
    assert_int_equal(rn_comparison_open(in_root("bad.yaml"), NULL, &c, &err), RN_E_CONFIG);
    assert_contains(err.msg, message);
}

static void bad_files_are_refused(void **state)
{
    struct rn_study *study = NULL;
    struct rn_err err = {0};

    (void)state;
    refused("groups: []\n", "a comparison needs a name");
    refused("name: a\n", "a comparison needs groups, e.g.");
    refused("name: a\ngroups: []\n", ":2:9: groups is a list of groups of networks");
    refused("name: a\ngroups: [{name: b}]\n", "a group needs networks or families");
    refused("name: a\ngroups: [{networks: [ResNet-50]}]\n", "a group needs a name");
    refused("name: a\ngroups: [{name: b, network: [ResNet-50]}]\n",
            "a group has no key \"network\"; did you mean \"networks\"?");
    refused("name: a\ngroups: [{name: b, networks: [ResNet-51]}]\n",
            "bad.yaml:2:31: there is no network \"ResNet-51\"; did you mean");
    refused("name: a\ngroups: [{name: b, networks: [ResNet-50, resnet50]}]\n",
            "ResNet-50 is compared twice");
    refused("name: a\ngroups: [{name: b, networks: [{name: ResNet-50, err: 1}]}]\n",
            "a network has no key \"err\"; did you mean \"error\"?");
    refused("name: a\ngroups: [{name: b, networks: [{error: 1}]}]\n", "a network needs a name");
    refused("name: a\ngroups: [{name: b, networks: [{name: ResNet-50, error: 123}]}]\n",
            "123 is no percentage");
    refused("name: a\ngroups: [{name: b, families: [ResNet]}]\n",
            "a group with families needs flops");
    refused("name: a\ngroups: [{name: b, flops: 4, families: [ResNet]}]\n", "4 multiply-adds");
    refused("name: a\ngroups: [{name: b, flops: 5e6, families: [ResNot]}]\n",
            "did you mean \"ResNet\"?");
    refused("name: a\nseeds: 0\ngroups: [{name: b, networks: [ResNet-50]}]\n", "0 is not between");
    write_text("bad.yaml", "name: a\nspaces: [RegNetX@mini]\ngroups: []\n");
    assert_int_equal(rn_study_open(in_root("bad.yaml"), NULL, &study, &err), RN_E_CONFIG);
    assert_contains(err.msg, "unknown key \"groups\"");
}

/* Every network of every comparison in configs/ is counted when it is read, and has a training. */
static void the_papers_comparisons_are_read(void **state)
{
    static const char dir[] = "configs/studies/paper/compare";
    DIR *listing = opendir(dir);
    size_t files = 0;

    (void)state;
    assert_non_null(listing);
    for (struct dirent *entry; (entry = readdir(listing));) {
        struct rn_comparison *c = NULL;
        struct rn_err err = {0};
        char path[512];
        if (entry->d_name[0] == '.')
            continue;
        (void)snprintf(path, sizeof path, "%s/%s", dir, entry->d_name);
        ok(rn_comparison_open(path, NULL, &c, &err), &err);
        rn_comparison_free(c);
        files++;
    }
    closedir(listing);
    assert_int_equal(files, 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quoted_errors_are_marked),
        cmocka_unit_test(figures_have_a_line_a_family),
        cmocka_unit_test(every_seed_is_trained_once),
        cmocka_unit_test(one_process_at_a_time_trains),
        cmocka_unit_test(another_training_is_not_mixed_in),
        cmocka_unit_test(bad_files_are_refused),
        cmocka_unit_test(the_papers_comparisons_are_read),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}

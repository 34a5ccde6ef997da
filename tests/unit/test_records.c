/* records.h: populations of every source, and what is refused. */
#include <math.h>
#include <unistd.h>

#include "regnet/records.h"
#include "study_scratch.h"

#define SPACE "RegNetX@mini"

static int set_up(void **state)
{
    (void)state;
    make_root();
    write_tiny_study();
    return 0;
}

static struct rn_records read_text(const char *text)
{
    struct rn_records records = {0};
    struct rn_err err = {0};

    ok(rn_records_read(write_text("a.json", text), &records, &err), &err);
    return records;
}

static double value(const struct rn_records *records, const char *name, size_t i)
{
    const double *column = rn_records_column(records, name);

    if (!column)
        fail_msg("no column %s", name);
    return column ? column[i] : NAN;
}

static void check_errors(const char *text, size_t n, double first, double last)
{
    struct rn_records records = read_text(text);

    assert_int_equal(records.n, n);
    assert_string_equal(records.columns[0].name, "error");
    assert_true(value(&records, "error", 0) == first);
    assert_true(value(&records, "error", n - 1) == last);
    rn_records_release(&records);
}

static void test_errors(void **state)
{
    (void)state;
    check_errors("[12.5, 13, 90]", 3, 12.5, 90);
    check_errors("\xEF\xBB\xBF\n [12.5 ,\n13 ] \n", 2, 12.5, 13);
    check_errors("[{\"error\": 12.5}, {\"error\": 3e1, \"x\": []}]", 2, 12.5, 30);
    check_errors("[{\"test_ema_epoch\": {\"min_top1_err\": [50, 30.5, 31]},"
                 "  \"test_epoch\": {\"min_top1_err\": [9]}},"
                 " {\"err\": \"cra]sh\\\"ed\"},"
                 " {\"test_ema_epoch\": {\"min_top1_err\": [60]}}]",
                 2, 30.5, 60);
    check_errors("[{\"test_epoch\": {\"min_top1_err\": [9, 8]}}, {}]", 1, 8, 8);
}

/* What Python writes where a number is none, and null. A network without an error is counted. */
static void test_not_a_number(void **state)
{
    struct rn_records r =
        read_text("[{\"error\": 10, \"a\": NaN, \"b\": [-Infinity,3], \"c\": \"NaN\", \"d\": 1},"
                  " {\"error\":NaN, \"a\": 1}, {\"error\": null}, {\"error\": Infinity},"
                  " {\"error\": 20, \"a\": 2, \"b\": [4, 5], \"d\": 2}]");

    (void)state;
    assert_int_equal(r.n, 2);
    assert_int_equal(r.unfinished, 3);
    assert_int_equal(r.source[1], 5);
    assert_true(isnan(value(&r, "a", 0)) && value(&r, "a", 1) == 2);
    assert_true(isnan(value(&r, "b[1]", 0)) && value(&r, "b[2]", 0) == 3);
    assert_true(value(&r, "d", 0) == 1 && value(&r, "d", 1) == 2);
    rn_records_release(&r);
    check_errors("[{\"test_ema_epoch\": {\"min_top1_err\": [50, NaN, 31]}},"
                 " {\"test_ema_epoch\": {\"min_top1_err\": [NaN]}}]",
                 1, 31, 31);
    check_errors("[12, NaN, 13]", 2, 12, 13);
}

/* Records that say "error" mean it, whatever else they have. */
static void test_error_comes_first(void **state)
{
    (void)state;
    check_errors("[{\"error\": 5, \"cfg\": {}}, {\"error\": 6, \"test_epoch\": {}}]", 2, 5, 6);
}

/* A job of pycls: settings that vary are parameters, by their keys; others are not. */
static void test_pycls(void **state)
{
    struct rn_records r = read_text(
        "[{\"cfg\": {\"MODEL\": {\"TYPE\": \"anynet\", \"DEPTH\": 3}, \"RNG_SEED\": 1,\n"
        "            \"ANYNET\": {\"WIDTHS\": [8, 16], \"SE_ON\": true}},\n"
        "  \"complexity\": {\"flops\": 100, \"params\": 10, \"acts\": [5]},\n"
        "  \"train_epoch\": {\"time_epoch\": [2, 4]}, \"test_epoch\": {\"min_top1_err\": [40]}},\n"
        " {\"cfg\": {\"RNG_SEED\": 1}},\n"
        " {\"cfg\": {\"MODEL\": {\"TYPE\": \"anynet\", \"DEPTH\": 3}, \"RNG_SEED\": 1,\n"
        "            \"ANYNET\": {\"WIDTHS\": [8, 24], \"SE_ON\": false}},\n"
        "  \"complexity\": {\"flops\": 200, \"params\": 10, \"acts\": [5]},\n"
        "  \"test_epoch\": {\"min_top1_err\": [30]}}]");

    (void)state;
    assert_int_equal(r.n, 2);
    assert_int_equal(r.source[1], 3);
    assert_true(value(&r, "flops", 0) == 100 && value(&r, "flops", 1) == 200);
    assert_true(value(&r, "acts", 1) == 5 && value(&r, "params", 0) == 10);
    assert_true(value(&r, "time", 0) == 3 && isnan(value(&r, "time", 1)));
    assert_true(value(&r, "ANYNET.WIDTHS[2]", 0) == 16 && value(&r, "ANYNET.WIDTHS[2]", 1) == 24);
    assert_true(value(&r, "ANYNET.SE_ON", 0) == 1 && value(&r, "ANYNET.SE_ON", 1) == 0);
    assert_null(rn_records_column(&r, "RNG_SEED"));
    rn_records_release(&r);
}

static void test_nds(void **state)
{
    struct rn_records r =
        read_text("[{\"job_id\": 7, \"min_test_top1\": 6.5, \"flops\": 1e8, \"params\": 855770,\n"
                  "  \"iter_time\": 0.1, \"net\": {\"block_type\": \"x\", \"ds\": [1, 2]},\n"
                  "  \"optim\": {\"base_lr\": 0.1, \"wd\": 5e-4}, \"test_ep_top1\": [90, 6.5]},\n"
                  " {\"job_id\": 8, \"min_test_top1\": 7, \"flops\": 2e8, \"params\": 900000,\n"
                  "  \"iter_time\": 0.2, \"net\": {\"block_type\": \"x\", \"ds\": [1, 3]},\n"
                  "  \"optim\": {\"base_lr\": 0.2, \"wd\": 5e-4}, \"test_ep_top1\": [90, 7]}]");

    (void)state;
    assert_int_equal(r.n, 2);
    assert_true(value(&r, "error", 0) == 6.5 && value(&r, "flops", 1) == 2e8);
    assert_true(value(&r, "time", 1) == 0.2);
    assert_true(value(&r, "net.ds[2]", 1) == 3 && value(&r, "optim.base_lr", 0) == 0.1);
    assert_null(rn_records_column(&r, "net.ds[1]"));
    assert_null(rn_records_column(&r, "job_id"));
    rn_records_release(&r);
}

/* Objects of one's own: each number is a column, missing where a record lacks it. */
static void test_plain(void **state)
{
    struct rn_records r = read_text("[{\"error\": 10, \"flops\": 5, \"stages\": [{\"d\": 1}]},"
                                    " {\"error\": 20, \"flops\": 5, \"name\": \"3\", \"wa\": 2},"
                                    " {\"error\": 30, \"flops\": 5, \"stages\": [{\"d\": 4}]}]");

    (void)state;
    assert_int_equal(r.n, 3);
    assert_true(value(&r, "flops", 2) == 5);
    assert_true(value(&r, "stages[1].d", 0) == 1 && value(&r, "stages[1].d", 2) == 4);
    assert_true(isnan(value(&r, "stages[1].d", 1)));
    assert_true(isnan(value(&r, "wa", 0)) && value(&r, "wa", 1) == 2 && isnan(value(&r, "wa", 2)));
    assert_null(rn_records_column(&r, "name"));
    rn_records_release(&r);
}

static void test_refused(void **state)
{
    static const struct {
        const char *text, *message;
    } bad[] = {
        {"", ":1:1: a list was expected"},
        {"{}", ":1:1: a list was expected"},
        {"null", ":1:1: a list was expected"},
        {"[]", ": none of 0 networks is finished"},
        {"[1, 2", ":1:6: the file ends inside of its list"},
        {"[\"]", "the file ends inside of its list"},
        {"[1] 2", ":1:5: something stands after the list"},
        {"[1,\n 2,\n {\"error\": x}]", ":3:12: not JSON"},
        {"[1,, 2]", ":1:4: a record was expected"},
        {"[1, 2,]", ":1:7: a record was expected"},
        {"[1 2]", ":1:4: not JSON"},
        {"[1, {]}, 2]", "not JSON"},
        {"[5, 101]", ":1: record 2: an error is a percentage, from 0 to 100, not 101"},
        {"[-1]", "an error is a percentage"},
        {"[\"x\"]", ":1: record 1: "},
        {"[[1]]", ":1: record 1: "},
        {"[5,\n{}]", ":2: record 2 has neither \"error\", nor pycls'"},
        {"[{\"test_epoch\": {}}]", ": none of 1 networks is finished"},
        {"[{\"err\": \"x\", \"log_file\": \"y\"}]", ": none of 1 networks is finished"},
        {"[{\"test_epoch\": {\"min_top1_err\": []}}, {}]", ": none of 2 networks is finished"},
        {"[{\"test_epoch\": {\"min_top1_err\": 3}}]", "min_top1_err is a list of numbers"},
        {"[{\"error\": null}, NaN]", ": none of 2 networks is finished"},
        {"[1, Nan]", ":1:7: not JSON: NaN or Infinity was expected"},
        {"[1, 2NaN]", ":1:"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct rn_err err = {0};
        struct rn_records records = {.n = 77};
        enum rn_status status =
            rn_records_read(write_text("bad.json", bad[i].text), &records, &err);
        if (status != RN_E_DATA || err.status != RN_E_DATA)
            fail_msg("%s: status %d", bad[i].text, status);
        assert_contains(err.msg, "bad.json");
        assert_contains(err.msg, bad[i].message);
        assert_int_equal(records.n, 77);
    }
    assert_int_equal(rn_records_read(in_root("tiny.yaml"), &(struct rn_records){0}, NULL),
                     RN_E_DATA);
}

static void test_too_many_columns(void **state)
{
    struct rn_buf text = {0};
    struct rn_records records = {0};
    struct rn_err err = {0};

    (void)state;
    ok(rn_buf_addf(&text, &err, "[{\"error\": 1"), &err);
    for (int i = 0; i < 1100; i++)
        ok(rn_buf_addf(&text, &err, ", \"x%d\": %d", i, i), &err);
    ok(rn_buf_addf(&text, &err, "}]"), &err);
    assert_int_equal(rn_records_read(write_text("wide.json", text.data), &records, &err),
                     RN_E_DATA);
    assert_contains(err.msg, "more than 1024 different numbers");
    rn_buf_release(&text);
}

static void test_filter(void **state)
{
    struct rn_records r =
        read_text("[{\"error\": 10, \"flops\": 3}, {\"error\": 20},"
                  " {\"error\": 30, \"flops\": 5}, {\"error\": 40, \"flops\": 4}]");
    const double *column;
    struct rn_err err = {0};

    (void)state;
    assert_int_equal(rn_records_filter(&r, "flop", 0, 1, &err), RN_E_CONFIG);
    assert_string_equal(err.msg, "the records have no flop; did you mean flops?");
    assert_int_equal(rn_records_need(&r, "resolution", &column, &err), RN_E_CONFIG);
    assert_string_equal(err.msg,
                        "the records have no resolution, or it is the same in all of them");
    assert_int_equal(rn_records_filter(&r, "flops", 6, 7, &err), RN_E_DATA);
    assert_string_equal(err.msg, "flops lies from 6 to 7 in none of 4 networks");
    assert_int_equal(r.n, 4);
    ok(rn_records_filter(&r, "flops", 4, INFINITY, &err), &err);
    assert_int_equal(r.n, 2);
    assert_true(value(&r, "error", 0) == 30 && value(&r, "error", 1) == 40);
    assert_int_equal(r.source[1], 4);
    rn_records_release(&r);
}

static struct rn_sample draw(uint64_t index)
{
    struct rn_space *space = NULL;
    struct rn_sample sample;
    struct rn_err err = {0};

    ok(rn_space_open(SPACE, &space, &err), &err);
    ok(rn_space_draw(space, 5, index, &sample, &err), &err);
    rn_space_free(space);
    sample.arch.num_classes = 10;
    sample.cx = rn_arch_complexity(&sample.arch);
    return sample;
}

static void write_run(int index, const char *outcome, double error, const struct rn_complexity *cx)
{
    char name[64], text[512];

    (void)snprintf(name, sizeof name, "sweep/runs/%06d", index);
    assert_int_equal(rn_dir_make(in_root(name), NULL), RN_OK);
    (void)snprintf(name, sizeof name, "sweep/runs/%06d/result.json", index);
    (void)snprintf(text, sizeof text,
                   "{\"outcome\": \"%s\", \"epochs\": 2, \"top1_err\": %g, \"top5_err\": 1,"
                   " \"loss\": 1, \"seconds\": 30, \"images_per_s\": 9, \"flops\": %lld,"
                   " \"params\": %lld, \"acts\": %lld}",
                   outcome, error, (long long)cx->flops, (long long)cx->params,
                   (long long)cx->acts);
    write_text(name, text);
}

/* What the space drew is known as long as it draws the network that was trained. */
static void test_sweep_directory(void **state)
{
    struct rn_sample first = draw(0), third = draw(2);
    struct rn_complexity other = {1, 2, 3};
    struct rn_records r = {0};
    struct rn_err err = {0};

    (void)state;
    assert_int_equal(rn_dir_make(in_root("sweep/runs/000003"), NULL), RN_OK); /* not finished */
    write_text("sweep/sweep.yaml", "name: a\nspace: " SPACE "\nseed: 5\n"
                                   "config: {TRAIN: {DATASET: fashion_mnist}}\n");
    write_run(2, "diverged", 100, &third.cx);
    write_run(0, "done", 12.5, &first.cx);
    write_run(1, "done", 13.5, &other);
    ok(rn_records_read(in_root("sweep"), &r, &err), &err);
    assert_int_equal(r.n, 3);
    assert_int_equal(r.unfinished, 1);
    assert_int_equal(r.source[2], 2);
    assert_true(value(&r, "error", 0) == 12.5 && fabs(value(&r, "error", 2) - 90) < 1e-12);
    assert_true(value(&r, "flops", 0) == (double)first.cx.flops && value(&r, "time", 0) == 15);
    for (int i = 0; i < first.n_values; i++) {
        const struct rn_space_value *v = &first.values[i], *w = &third.values[i];
        if (v->value == w->value && !rn_records_column(&r, v->name))
            continue;
        assert_true(value(&r, v->name, 0) == v->value && value(&r, v->name, 2) == w->value);
        assert_true(isnan(value(&r, v->name, 1)));
    }
    rn_records_release(&r);
    write_text("sweep/sweep.yaml", "space: nowhere.yaml\nseed: 5\n");
    ok(rn_records_read(in_root("sweep"), &r, &err), &err);
    assert_int_equal(r.n_columns, 5);
    rn_records_release(&r);
    assert_int_equal(unlink(in_root("sweep/sweep.yaml")), 0);
    assert_int_equal(rn_records_read(in_root("sweep"), &r, &err), RN_E_IO);
    assert_contains(err.msg, "no sweep.yaml here");
    assert_int_equal(rn_records_read(in_root("none.json"), &r, &err), RN_E_IO);
    assert_contains(err.msg, "none.json: could not open this file");
}

/* Any allocation may fail: nothing is lost and nothing written. */
static void test_out_of_memory(void **state)
{
    const char *path = write_text("a.json", "[{\"error\": 10, \"a\": [1, {\"b\": 2}]},"
                                            " {\"error\": 20, \"a\": [2, {\"b\": 3}]}]");
    struct rn_records r = {.n = 77};
    struct rn_err err = {0};
    enum rn_status status = RN_E_NOMEM;

    (void)state;
    for (long k = 0; status == RN_E_NOMEM; k++) {
        assert_int_equal(r.n, 77);
        rn_mem_fail_at(k);
        status = rn_records_read(path, &r, &err);
        rn_mem_fail_at(-1);
    }
    ok(status, &err);
    assert_int_equal(r.n, 2);
    rn_records_release(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_errors),
        cmocka_unit_test(test_not_a_number),
        cmocka_unit_test(test_error_comes_first),
        cmocka_unit_test(test_pycls),
        cmocka_unit_test(test_nds),
        cmocka_unit_test(test_plain),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_too_many_columns),
        cmocka_unit_test(test_filter),
        cmocka_unit_test(test_sweep_directory),
        cmocka_unit_test(test_out_of_memory),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}

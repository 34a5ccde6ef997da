/* sweep: sweep.db, what it is made of, and the files that are made with it. */
#include <sqlite3.h>

#include "sweep_scratch.h"

static int set_up(void **state)
{
    struct rn_err err = {0};

    (void)state;
    make_root();
    make_sweep("mine", 6);
    ok(run_sweep((struct rn_sweep_options){0}, &err), &err);
    return 0;
}

static void assert_collects(const char *expected)
{
    struct rn_sweep_collection options = {0};
    struct rn_buf said = {0};
    struct rn_err err = {0};

    ok(rn_sweep_collect(sweep_dir, &options, &said, &err), &err);
    assert_contains(said.data, expected);
    rn_buf_release(&said);
}

static int add_row(void *arg, int n, char **values, char **names)
{
    (void)names;
    for (int i = 0; i < n; i++)
        (void)rn_buf_addf(arg, NULL, "%s ", values[i] ? values[i] : "null");
    return rn_buf_addf(arg, NULL, "\n");
}

/* All rows that a query has, as text. */
static struct rn_buf ask(const char *query)
{
    struct rn_buf rows = {0};
    sqlite3 *db;

    assert_int_equal(sqlite3_open(in_sweep("sweep.db"), &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, query, add_row, &rows, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    return rows;
}

#define EVERYTHING "select * from runs order by 1; select * from drawn order by 1, 2"

static void test_table(void **state)
{
    struct rn_buf rows;

    (void)state;
    assert_collects("6 runs of 6 networks; 6 new, 0 gone, 0 damaged");
    rows = ask("select network, outcome, attempt, top1_err, flops from runs where top1_err < 20 "
               "order by network");
    assert_string_equal(rows.data, "0 done 1 10.0 1000 \n1 done 1 17.0 1000 \n");
    rn_buf_release(&rows);
    rows = ask("select count(*), min(value), max(value) > 0 from drawn where name = 'd'");
    assert_contains(rows.data, "6 ");
    rn_buf_release(&rows);
}

/* What is new, what is gone and what is made anew; rebuilt it says the same. */
static void test_incremental(void **state)
{
    struct rn_err err = {0};
    struct rn_buf before, after;

    (void)state;
    assert_collects("0 new, 0 gone");
    ok(rn_tree_remove(in_sweep("runs/000002"), &err), &err);
    assert_collects("5 runs of 6 networks; 0 new, 1 gone");
    before = ask("select count(*) from drawn where network = 2");
    assert_string_equal(before.data, "0 \n");
    rn_buf_release(&before);
    make_sweep("mine", 8);
    ok(run_sweep((struct rn_sweep_options){0}, &err), &err);
    assert_collects("8 runs of 8 networks; 3 new, 0 gone");
    before = ask(EVERYTHING);
    assert_int_equal(unlink(in_sweep("sweep.db")), 0);
    assert_collects("8 runs of 8 networks; 8 new");
    after = ask(EVERYTHING);
    assert_string_equal(before.data, after.data);
    rn_buf_release(&before);
    rn_buf_release(&after);
}

static void test_damaged_run_is_left_out(void **state)
{
    (void)state;
    assert_int_equal(truncate(in_sweep("runs/000001/record.json"), 40), 0);
    assert_collects("7 runs of 8 networks; 0 new, 1 gone, 1 damaged");
}

static void test_not_a_database(void **state)
{
    struct rn_sweep_collection options = {0};
    struct rn_buf said = {0};
    struct rn_err err = {0};

    (void)state;
    ok(rn_file_write(in_sweep("sweep.db"), "what is this? no database", 25, &err), &err);
    assert_int_equal(rn_sweep_collect(sweep_dir, &options, &said, &err), RN_E_IO);
    assert_contains(err.msg, "can be removed");
    assert_int_equal(unlink(in_sweep("sweep.db")), 0);
    rn_buf_release(&said);
}

static void test_files(void **state)
{
    static const char log[] =
        "{\"_type\":\"complexity\",\"flops\":7}\n"
        "{\"_type\":\"test_epoch\",\"epoch\":1,\"min_top1_err\":50.5}\n"
        "{\"_type\":\"train_iter\",\"loss\":1}\n"
        "{\"_type\":\"test_epoch\",\"epoch\":2,\"min_top1_err\":40.5}\n{\"_type\":\"test";
    struct rn_sweep_collection options = {.json = in_sweep("sweep.json"),
                                          .csv = in_sweep("sweep.csv")};
    struct rn_buf said = {0}, text = {0};
    struct rn_err err = {0};

    (void)state;
    ok(rn_file_write(in_sweep("runs/000000/log.jsonl"), log, strlen(log), &err), &err);
    ok(rn_sweep_collect(sweep_dir, &options, &said, &err), &err);
    ok(rn_file_read(options.json, 1 << 20, &text, &err), &err);
    assert_contains(text.data, "\"complexity\":{\"flops\":7}");
    assert_contains(text.data, "\"test_epoch\":{\"epoch_ind\":[1,2],\"min_top1_err\":[50.5,40.5]}");
    assert_contains(text.data, "\"test_ema_epoch\":{\"epoch_ind\":[1,2],");
    assert_null(strstr(text.data, "train_iter"));
    ok(rn_file_read(options.csv, 1 << 20, &text, &err), &err);
    assert_contains(text.data, "network,outcome,attempt,top1_err,");
    assert_contains(text.data, ",b,d,g,w0,wa,wm\n0,done,1,10.0,");
    rn_buf_release(&said);
    rn_buf_release(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_incremental),
        cmocka_unit_test(test_damaged_run_is_left_out),
        cmocka_unit_test(test_not_a_database),
        cmocka_unit_test(test_files),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}

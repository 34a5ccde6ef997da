/* Status texts, memory, buffers, files and random numbers. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "regnet/file.h"
#include "regnet/memory.h"
#include "regnet/pool.h"
#include "regnet/rng.h"

static void status_carries_its_message(void **state)
{
    struct rn_err err = {0};

    (void)state;
    assert_int_equal(rn_fail(&err, RN_E_DATA, "line %d", 7), RN_E_DATA);
    rn_err_prefix(&err, "a.yaml");
    assert_string_equal(err.msg, "a.yaml: line 7");
    assert_int_equal(rn_status_exit_code(RN_OK), 0);
    assert_int_equal(rn_status_exit_code(RN_E_CONFIG), 2);
    assert_int_equal(rn_status_exit_code(RN_E_IO), 3);
    assert_int_equal(rn_status_exit_code(RN_E_STOPPED), 75);
}

static void sizes_that_overflow_are_refused(void **state)
{
    struct rn_buf buf = {0};

    (void)state;
    assert_null(rn_alloc(SIZE_MAX / 2, 4));
    assert_int_equal(rn_buf_reserve(&buf, SIZE_MAX - 8, NULL), RN_E_NOMEM);
    assert_null(buf.data);
}

static void each_allocation_can_fail(void **state)
{
    struct rn_buf buf = {0};

    (void)state;
    rn_mem_fail_at(1);
    assert_int_equal(rn_buf_addf(&buf, NULL, "%s", "one"), RN_OK);
    assert_int_equal(rn_buf_reserve(&buf, 4096, NULL), RN_E_NOMEM);
    rn_mem_fail_at(-1);
    assert_string_equal(buf.data, "one");
    rn_buf_release(&buf);
}

static void files_are_replaced_whole(void **state)
{
    char dir[] = "/tmp/regnet-test-XXXXXX", path[64];
    struct rn_buf buf = {0};
    struct rn_err err = {0};

    (void)state;
    assert_non_null(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/a/b", dir);
    assert_int_equal(rn_dir_make(path, &err), RN_OK);
    assert_int_equal(rn_dir_make(path, &err), RN_OK);
    snprintf(path, sizeof path, "%s/a/b/f", dir);
    assert_int_equal(rn_file_write(path, "first", 5, &err), RN_OK);
    assert_int_equal(rn_file_write(path, "second", 6, &err), RN_OK);
    assert_int_equal(rn_file_read(path, 100, &buf, &err), RN_OK);
    assert_string_equal(buf.data, "second");
    assert_int_equal(rn_file_read(path, 5, &buf, &err), RN_E_DATA);
    assert_int_equal(rn_file_read(dir, 100, &buf, &err), RN_E_DATA);
    assert_int_equal(rn_dir_make(path, &err), RN_E_IO);
    assert_non_null(strstr(err.msg, path));
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rn_file_read(path, 5, &buf, &err), RN_E_IO);
    rn_buf_release(&buf);
}

static void a_file_grows_and_is_cut_back(void **state)
{
    char dir[] = "/tmp/regnet-test-XXXXXX", path[64];
    struct rn_append file;
    struct rn_names names = {0};
    struct rn_buf buf = {0};

    (void)state;
    assert_non_null(mkdtemp(dir));
    (void)snprintf(path, sizeof path, "%s/b", dir);
    assert_int_equal(rn_append_open(&file, path, 7, NULL), RN_OK); /* nothing is there yet */
    assert_int_equal(rn_append(&file, "one two", 7, NULL), RN_OK);
    assert_int_equal(rn_append_sync(&file, NULL), RN_OK);
    rn_append_close(&file);
    assert_int_equal(rn_append_open(&file, path, 3, NULL), RN_OK);
    assert_int_equal(rn_append(&file, "!", 1, NULL), RN_OK);
    assert_int_equal(file.bytes, 4);
    rn_append_close(&file);
    assert_int_equal(rn_file_read(path, 100, &buf, NULL), RN_OK);
    assert_string_equal(buf.data, "one!");
    (void)snprintf(path, sizeof path, "%s/a", dir);
    assert_int_equal(rn_file_write(path, "x", 1, NULL), RN_OK);
    assert_int_equal(rn_dir_names(dir, &names, NULL), RN_OK);
    assert_int_equal(names.n, 2);
    assert_string_equal(names.name[0], "a");
    assert_string_equal(names.name[1], "b");
    for (size_t i = 0; i < names.n; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", dir, names.name[i]);
        assert_int_equal(rn_file_remove(path, NULL), RN_OK);
    }
    assert_int_equal(rn_file_remove(path, NULL), RN_OK); /* it is gone already */
    assert_int_equal(rmdir(dir), 0);
    rn_names_release(&names);
    rn_buf_release(&buf);
}

static void memory_that_is_not_there_is_refused(void **state)
{
    struct rn_err err = {0};

    (void)state;
    assert_true(rn_memory_free() > 0);
    assert_true(rn_memory_held() > 0);
    assert_null(rn_alloc_aligned((size_t)1 << 46, 1)); /* 70 TB: granted, it would be zeroed */
    assert_int_equal(rn_nomem(&err, (size_t)1 << 46, "a test"), RN_E_NOMEM);
    assert_non_null(strstr(err.msg, "70368.74 GB for a test, and "));
}

static void pipes_are_written_into(void **state)
{
    char dir[] = "/tmp/regnet-test-XXXXXX", path[64], text[8] = {0};
    struct stat st;
    int fd;

    (void)state;
    assert_non_null(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/pipe", dir);
    assert_int_equal(mkfifo(path, 0600), 0);
    fd = open(path, O_RDWR);
    assert_true(fd >= 0);
    assert_int_equal(rn_file_write(path, "text", 4, NULL), RN_OK);
    assert_int_equal(stat(path, &st), 0);
    assert_true(S_ISFIFO(st.st_mode));
    assert_int_equal(read(fd, text, sizeof text), 4);
    assert_string_equal(text, "text");
    close(fd);
}

/* Known answer of Philox4x32-10 for a zero counter and key, from the Random123 paper's tables. */
static void random_numbers_are_philox(void **state)
{
    struct rn_rng rng = rn_rng_at(0, (enum rn_stream)0, 0);

    (void)state;
    assert_int_equal(rn_rng_u32(&rng), 0x6627e8d5);
    assert_int_equal(rn_rng_u32(&rng), 0xe169c58d);
    assert_int_equal(rn_rng_u32(&rng), 0xbc57ac4c);
    assert_int_equal(rn_rng_u32(&rng), 0x9b00dbd8);
}

static void random_numbers_have_their_distribution(void **state)
{
    struct rn_rng rng = rn_rng_at(1, RN_STREAM_TEST, 0);
    double sum = 0, squares = 0, count[7] = {0}, chi2 = 0;
    uint32_t order[100];
    char seen[100] = {0};

    (void)state;
    for (int i = 0; i < 70000; i++) {
        double x = rn_rng_normal(&rng);
        sum += x;
        squares += x * x;
        count[rn_rng_below(&rng, 7)]++;
    }
    assert_true(sum / 70000 > -0.02 && sum / 70000 < 0.02);
    assert_true(squares / 70000 > 0.97 && squares / 70000 < 1.03);
    for (int i = 0; i < 7; i++)
        chi2 += (count[i] - 10000) * (count[i] - 10000) / 10000;
    assert_true(chi2 < 22.5); /* 6 degrees of freedom, p = 0.001 */
    rn_rng_permutation(&rng, 100, order);
    for (int i = 0; i < 100; i++)
        seen[order[i]]++;
    for (int i = 0; i < 100; i++)
        assert_int_equal(seen[i], 1);
}

static void count_task(void *arg, int task, int thread)
{
    int *count = arg;

    (void)thread;
    count[task]++; /* a task is run by one thread alone */
}

static void each_task_runs_once(void **state)
{
    (void)state;
    for (int threads = 1; threads <= 4; threads++) {
        struct rn_pool *pool = NULL;
        struct rn_err err = {0};
        int count[37] = {0};

        assert_int_equal(rn_pool_new(threads, &pool, &err), RN_OK);
        assert_int_equal(rn_pool_threads(pool), threads);
        for (int run = 1; run <= 200; run++) {
            rn_pool_run(pool, 37, count_task, count);
            for (int i = 0; i < 37; i++)
                assert_int_equal(count[i], run);
        }
        rn_pool_free(pool);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(status_carries_its_message),
        cmocka_unit_test(sizes_that_overflow_are_refused),
        cmocka_unit_test(each_allocation_can_fail),
        cmocka_unit_test(files_are_replaced_whole),
        cmocka_unit_test(pipes_are_written_into),
        cmocka_unit_test(a_file_grows_and_is_cut_back),
        cmocka_unit_test(memory_that_is_not_there_is_refused),
        cmocka_unit_test(random_numbers_are_philox),
        cmocka_unit_test(random_numbers_have_their_distribution),
        cmocka_unit_test(each_task_runs_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

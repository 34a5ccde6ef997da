/* Event files: a record as TensorBoard's own writer makes it, and how a file begins. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "regnet/events.h"

/* tools/check_tensorboard.py --golden */
static const char golden[] = "2600000000000000734fe3000900000000004a934010ac022a180a0b0a046c6f7373"
                             "15000020400a090a026c72150000003ecd6c1a84";

static void a_record_is_that_of_tensorboard(void **state)
{
    const struct rn_scalar scalars[] = {{"loss", 2.5}, {"lr", 0.125}};
    struct rn_buf record = {0}, hex = {0};

    (void)state;
    assert_int_equal(rn_events_record(1234.5, 300, scalars, 2, &record, NULL), RN_OK);
    for (size_t i = 0; i < record.len; i++)
        assert_int_equal(rn_buf_addf(&hex, NULL, "%02x", (unsigned char)record.data[i]), RN_OK);
    assert_string_equal(hex.data, golden);
    rn_buf_release(&record);
    rn_buf_release(&hex);
}

/* Version, start of a session, numbers; each in a frame of 16 bytes. */
static void a_file_begins_with_its_version(void **state)
{
    const struct rn_scalar loss = {"loss", 2.5};
    char dir[] = "/tmp/regnet-test-XXXXXX";
    struct rn_events events;
    struct rn_buf content = {0};

    (void)state;
    assert_non_null(mkdtemp(dir));
    assert_int_equal(rn_events_open(&events, dir, 5, NULL), RN_OK);
    assert_int_equal(rn_events_add(&events, 5, &loss, 1, NULL), RN_OK);
    assert_int_equal(rn_file_read(events.file.path.data, 1000, &content, NULL), RN_OK);
    assert_int_equal(content.data[0], 24);
    assert_memory_equal(content.data + 12 + 9,
                        "\x1a\x0d"
                        "brain.Event:2",
                        15);
    assert_int_equal(content.data[40], 15);
    assert_memory_equal(content.data + 52 + 9, "\x10\x05\x3a\x02\x08\x01", 6);
    assert_int_equal(content.len, events.file.bytes);
    assert_int_equal(content.len, 40 + 31 + 16 + 9 + 2 + 2 + 13);
    assert_int_equal(unlink(events.file.path.data), 0);
    assert_int_equal(rmdir(dir), 0);
    rn_events_close(&events);
    rn_buf_release(&content);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_record_is_that_of_tensorboard),
        cmocka_unit_test(a_file_begins_with_its_version),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

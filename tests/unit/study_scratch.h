/* study_scratch.h: a temporary directory with a small study in it, for the tests of sweep. */
#ifndef RN_TESTS_STUDY_SCRATCH_H
#define RN_TESTS_STUDY_SCRATCH_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "regnet/file.h"
#include "sweep/population.h"

static char root[64]; /* a temporary directory with everything in it */

static inline void ok(enum rn_status status, const struct rn_err *err)
{
    if (status != RN_OK)
        fail_msg("%s", err->msg);
}

static inline void assert_contains(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("\"%s\" has no \"%s\"", text, part);
}

static inline const char *in_root(const char *name)
{
    static char path[4][256];
    static int turn;

    turn = (turn + 1) % 4;
    (void)snprintf(path[turn], sizeof path[turn], "%s/%s", root, name);
    return path[turn];
}

static inline const char *write_text(const char *name, const char *text)
{
    struct rn_err err = {0};
    const char *path = in_root(name);

    ok(rn_file_write(path, text, strlen(text), &err), &err);
    return path;
}

static inline void write_tiny_study(void)
{
    write_text("tiny.yaml", "name: tiny\nspaces: [AnyNetXA@mini, RegNetX@mini]\n"
                            "networks: 2\nseed: 5\n"
                            "config:\n"
                            "  TRAIN: {DATASET: fashion_mnist, BATCH_SIZE: 32, AUGMENT: none}\n"
                            "  TEST: {SPLIT: val}\n"
                            "  DATA_LOADER: {HOLD_OUT: 100}\n"
                            "  BN: {USE_PRECISE_STATS: False}\n"
                            "  OPTIM: {MAX_EPOCH: 1, LR_UNIT: step, BASE_LR: 0.05}\n"
                            "final:\n  TEST: {SPLIT: test}\n  DATA_LOADER: {HOLD_OUT: 0}\n");
}

static inline void make_root(void)
{
    (void)snprintf(root, sizeof root, "/tmp/regnet-sweep-XXXXXX");
    assert_non_null(mkdtemp(root));
}

static inline int tear_down(void **state)
{
    (void)state;
    assert_int_equal(rn_tree_remove(root, NULL), RN_OK);
    return 0;
}

#endif

/* space_scratch.h: spaces from texts, and a test of distributions, for the tests of space. */
#ifndef RN_TESTS_SPACE_SCRATCH_H
#define RN_TESTS_SPACE_SCRATCH_H

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

#include "regnet/file.h"
#include "regnet/space.h"

/* Pearson's statistic as a standard normal (Wilson and Hilferty); cells that expect less than five
   are taken together. Seeds are fixed, so a passing test passes always. */
static inline void assert_distributed(const double *p, const int *count, int n, int draws)
{
    double chi2 = 0, rest_p = 0, k, z;
    int cells = 0, rest = 0;

    for (int i = 0; i < n; i++) {
        if (p[i] * draws < 5) {
            rest_p += p[i];
            rest += count[i];
            continue;
        }
        chi2 += pow(count[i] - p[i] * draws, 2) / (p[i] * draws);
        cells++;
    }
    if (rest_p > 0) {
        chi2 += pow(rest - rest_p * draws, 2) / (rest_p * draws);
        cells++;
    }
    assert_true(rest_p > 0 || rest == 0);
    k = cells - 1;
    z = (cbrt(chi2 / k) - (1 - 2 / (9 * k))) / sqrt(2 / (9 * k));
    if (!(z < 4))
        fail_msg("chi-square %g with %g degrees of freedom: z = %g", chi2, k, z);
}

static inline void assert_says(const struct rn_err *err, const char *says)
{
    if (!strstr(err->msg, says))
        fail_msg("\"%s\" does not say \"%s\"", err->msg, says);
}

/* A space from the text of its file, s.yaml. */
static inline enum rn_status open_text(const char *text, struct rn_space **space,
                                       struct rn_err *err)
{
    char dir[] = "/tmp/regnet-space-XXXXXX", path[64];
    enum rn_status status;

    assert_non_null(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/s.yaml", dir);
    assert_int_equal(rn_file_write(path, text, strlen(text), NULL), RN_OK);
    status = rn_space_open(path, space, err);
    unlink(path);
    rmdir(dir);
    return status;
}

static inline struct rn_space *must_open(const char *text)
{
    struct rn_space *space = NULL;
    struct rn_err err = {0};

    if (open_text(text, &space, &err) != RN_OK)
        fail_msg("%s", err.msg);
    return space;
}

#endif

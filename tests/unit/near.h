/* near.h: numbers compared, for the tests of statistics and fits. */
#ifndef RN_TESTS_NEAR_H
#define RN_TESTS_NEAR_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "regnet/status.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static inline void near(double value, double expected, double tolerance)
{
    if (!(fabs(value - expected) <= tolerance))
        fail_msg("%.17g, expected %.17g", value, expected);
}

static inline void ok(enum rn_status status, const struct rn_err *err)
{
    if (status != RN_OK)
        fail_msg("%s", err->msg);
}

#endif

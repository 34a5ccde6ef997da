/* Status codes and error text. */
#include "regnet/status.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum rn_status rn_fail(struct rn_err *err, enum rn_status status, const char *fmt, ...)
{
    if (err) {
        va_list ap;
        err->status = status;
        va_start(ap, fmt);
        (void)vsnprintf(err->msg, sizeof err->msg, fmt, ap);
        va_end(ap);
    }
    return status;
}

void rn_err_prefix(struct rn_err *err, const char *fmt, ...)
{
    char text[RN_ERR_MAX], prefix[RN_ERR_MAX / 2];
    va_list ap;

    if (!err)
        return;
    va_start(ap, fmt);
    (void)vsnprintf(prefix, sizeof prefix, fmt, ap);
    va_end(ap);
    memcpy(text, err->msg, sizeof text);
    (void)snprintf(err->msg, sizeof err->msg, "%s: %.*s", prefix,
                   (int)(sizeof err->msg - strlen(prefix) - 3), text);
}

const char *rn_status_text(enum rn_status status)
{
    switch (status) {
#define CASE(name, code, text) \
    case RN_E_##name:          \
        return text;
        RN_STATUS_LIST(CASE)
#undef CASE
    case RN_OK:
        return "done";
    default:
        return "unknown status";
    }
}

int rn_status_exit_code(enum rn_status status)
{
    switch (status) {
#define CASE(name, code, text) \
    case RN_E_##name:          \
        return code;
        RN_STATUS_LIST(CASE)
#undef CASE
    case RN_OK:
        return 0;
    default:
        return 1;
    }
}

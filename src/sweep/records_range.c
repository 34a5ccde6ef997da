/* Ranges of columns, as people write them: "flops=360e6:400e6,w1=:64". */
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "regnet/records.h"

/* An end of a range, up to the character that must follow; none: without end. */
static bool read_end(const char **text, char after, double without, double *end)
{
    char *rest;

    *end = strtod(*text, &rest);
    if (rest == *text)
        *end = without;
    *text = rest;
    return *rest == after && !isnan(*end);
}

static enum rn_status bad_range(const char *text, struct rn_err *err)
{
    return rn_fail(err, RN_E_CONFIG, "ranges are NAME=LOW:HIGH,..., not \"%s\"", text);
}

enum rn_status rn_range_parse(const char **text, struct rn_range *range, struct rn_err *err)
{
    const char *rest = *text, *equals = strchr(rest, '=');
    struct rn_range made;
    size_t len = equals ? (size_t)(equals - rest) : 0;

    if (!equals || len >= sizeof made.name)
        return bad_range(rest, err);
    memcpy(made.name, rest, len);
    made.name[len] = 0;
    rest = equals + 1;
    if (!read_end(&rest, ':', -INFINITY, &made.low))
        return bad_range(*text, err);
    rest++;
    if (!read_end(&rest, ',', INFINITY, &made.high) && *rest != 0)
        return bad_range(*text, err);
    *text = *rest ? rest + 1 : rest;
    *range = made;
    return RN_OK;
}

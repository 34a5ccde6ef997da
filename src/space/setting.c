/* Drawn configuration keys: their values as configurations spell them, and what is set by them. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "room.h"

/* A whole number without a point; another one in as few digits as read back to it. */
static int print_number(double value, char *text, size_t size)
{
    int len;

    if (value == (double)(int64_t)value)
        return snprintf(text, size, "%" PRId64, (int64_t)value);
    len = snprintf(text, size, "%.15g", value);
    return strtod(text, NULL) == value ? len : snprintf(text, size, "%.17g", value);
}

void rn_setting_print(const struct rn_param *param, const double *values, rn_text text)
{
    int len = 0;

    if (param->n_words > 0) {
        snprintf(text, RN_TEXT_MAX, "%s", param->words[(int)values[0]]);
    } else if (!param->list) {
        print_number(values[0], text, RN_TEXT_MAX);
    } else {
        for (int i = 0; i < param->n && len < RN_TEXT_MAX - 32; i++) {
            len += snprintf(text + len, RN_TEXT_MAX - (size_t)len, "%s", i ? ", " : "[");
            len += print_number(values[i], text + len, RN_TEXT_MAX - (size_t)len);
        }
        snprintf(text + len, RN_TEXT_MAX - (size_t)len, "]");
    }
}

enum rn_status rn_sample_to_config(const struct rn_sample *sample, struct rn_config *cfg,
                                   struct rn_err *err)
{
    struct rn_config made = *cfg;
    enum rn_status status = RN_OK;

    for (int i = 0; i < sample->n_settings; i++)
        RN_TRY(rn_config_set(&made, sample->settings[i].key->name, sample->settings[i].text, err));
    RN_TRY(rn_arch_to_config(&sample->arch, &made, err));
    *cfg = made;
done:
    return status;
}

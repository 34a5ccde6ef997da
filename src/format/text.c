/* Numbers and characters as text. */
#include "format/text.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void rn_number_print(double value, char out[RN_NUMBER_MAX])
{
    char *exponent;

    for (int digits = 15; digits <= 17; digits++) {
        (void)snprintf(out, RN_NUMBER_MAX - 2, "%.*g", digits, value);
        if (strtod(out, NULL) == value)
            break;
    }
    if (strchr(out, '.'))
        return;
    exponent = out + strcspn(out, "e");
    memmove(exponent + 2, exponent, strlen(exponent) + 1);
    memcpy(exponent, ".0", 2);
}

static const char *skip_digits(const char *p)
{
    while (*p >= '0' && *p <= '9')
        p++;
    return p;
}

static const char *skip_sign(const char *p)
{
    return p + (*p == '+' || *p == '-');
}

bool rn_number_int(const char *text, long long *out)
{
    const char *first = skip_sign(text), *end = skip_digits(first);
    long long value;

    if (end == first || *end || (*first == '0' && end != first + 1))
        return false;
    errno = 0;
    value = strtoll(text, NULL, 10);
    if (errno)
        return false;
    *out = value;
    return true;
}

static bool is_decimal(const char *text)
{
    const char *first = skip_sign(text), *end = skip_digits(first);
    size_t digits = (size_t)(end - first);

    if (*end == '.') {
        first = end + 1;
        end = skip_digits(first);
        digits += (size_t)(end - first);
    }
    if (digits > 0 && (*end == 'e' || *end == 'E')) {
        first = skip_sign(end + 1);
        end = skip_digits(first);
        digits = (size_t)(end - first);
    }
    return digits > 0 && *end == 0;
}

bool rn_number_double(const char *text, double *out)
{
    double value = is_decimal(text) ? strtod(text, NULL) : NAN;

    if (!isfinite(value))
        return false;
    *out = value;
    return true;
}

size_t rn_utf8_next(const char *text, uint32_t *code)
{
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    const unsigned char *s = (const unsigned char *)text;
    size_t len = s[0] < 0x80 ? 1 : s[0] < 0xC0 ? 0 : s[0] < 0xE0 ? 2 : s[0] < 0xF0 ? 3 : 4;
    uint32_t value;

    if (len <= 1) {
        *code = s[0];
        return len;
    }
    value = s[0] & (0xFFu >> (len + 1));
    for (size_t i = 1; i < len; i++) {
        if ((s[i] & 0xC0) != 0x80)
            return 0;
        value = value << 6 | (s[i] & 0x3Fu);
    }
    if (s[0] > 0xF7 || value < smallest[len] || value > 0x10FFFF || value >> 11 == 0x1B)
        return 0;
    *code = value;
    return len;
}

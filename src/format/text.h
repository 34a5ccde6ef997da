/* text.h: numbers and characters as YAML 1.1, JSON and Python agree on them. Private to format. */
#ifndef RN_FORMAT_TEXT_H
#define RN_FORMAT_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RN_NUMBER_MAX 32

/* The shortest of 15, 16 or 17 digits that reads back to value, always with a point, so that every
   reader takes it for a floating-point number. value is finite. */
void rn_number_print(double value, char out[RN_NUMBER_MAX]);

/* Whole texts only. An integer has no leading zeros and fits; a double is decimal and finite. */
bool rn_number_int(const char *text, long long *out);
bool rn_number_double(const char *text, double *out);

/* The bytes of the UTF-8 character that text begins with, and its code; 0 if it is malformed. */
size_t rn_utf8_next(const char *text, uint32_t *code);

#endif

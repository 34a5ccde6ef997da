/* fuzz.h: what libFuzzer and replay.c call. A target stops the program where a promise is broken.
 */
#ifndef RN_TESTS_FUZZ_H
#define RN_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif

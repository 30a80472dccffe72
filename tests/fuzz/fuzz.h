/* What each fuzz target has: one input, any bytes. libFuzzer calls it where clang builds (./dev
 * fuzz); the ordinary tests replay the kept corpus through it (replay.c). A target ends the process
 * when something that must hold does not. */
#ifndef SEEDPIPE_TESTS_FUZZ_H
#define SEEDPIPE_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MUST(condition)                                                                            \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #condition);         \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

#endif

/* Texts that a number makes: identifiers, codes and addresses of a fixed shape. A drawn cell takes
 * a form by weight and a number of its domain; a unique cell takes its index as the number over all
 * forms. Distinct numbers must give distinct texts. */
#ifndef SEEDPIPE_GEN_NUMBERED_INT_H
#define SEEDPIPE_GEN_NUMBERED_INT_H

#include "gen/family_int.h"

typedef struct NumberedForm {
    uint64_t count; /* numbers 0..count-1, at most GEN_COUNT_MAX */
    double weight;
    const void *data; /* for put */
} NumberedForm;

/* Writes number `number` of a form and returns where it ends; the byte after it may be written to.
 * `more` is another random word, for
 * whatever the number does not decide. */
typedef char *(*NumberedPut)(const NumberedForm *form, char *p, uint64_t number, uint64_t more);

/* The whole generator. At most `chars` characters, ASCII. The forms must live as long as the plan.
 */
bool numbered_bind(GenBind *b, const NumberedForm *forms, uint32_t n, NumberedPut put,
                   uint32_t chars);

/* Takes the lowest digit of a number in mixed radix: 0..radix-1. */
static inline uint64_t take(uint64_t *number, uint64_t radix)
{
    uint64_t digit = *number % radix;
    *number /= radix;
    return digit;
}

#endif

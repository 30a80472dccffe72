/* National identification numbers: one entry per country and kind, each a function of a number. */
#ifndef SEEDPIPE_GEN_NATIONAL_ID_H
#define SEEDPIPE_GEN_NATIONAL_ID_H

#include "gen/numbered_int.h"

typedef struct NationalId {
    const char *country, *kind; /* "ES", "nie"; the first entry of a country is its usual one */
    const char *name;
    NumberedPut put;
    const NumberedForm *forms;
    uint32_t nforms;
    uint32_t chars;
} NationalId;

extern const NationalId national_ids_with_date[]; /* they tell the date of birth */
extern const uint32_t national_ids_with_date_count;
extern const NationalId national_ids_plain[];
extern const uint32_t national_ids_plain_count;

#define NATIONAL_ID(country, kind, name, put, chars, count)                                        \
    {                                                                                              \
        country, kind, name, put, (const NumberedForm[]){{(count), 1, NULL}}, 1, chars             \
    }

/* A check digit of a sum modulo 11, or -1 where there would have to be two digits. */
static inline int mod11(uint32_t sum)
{
    uint32_t digit = (11 - sum % 11) % 11;
    return digit == 10 ? -1 : (int)digit;
}

#endif

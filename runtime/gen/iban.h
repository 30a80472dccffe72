/* International bank account numbers (ISO 13616): the structure of each country's account number
 * and its check digits, national ones where they are easy. */
#ifndef SEEDPIPE_GEN_IBAN_H
#define SEEDPIPE_GEN_IBAN_H

#include <stdbool.h>
#include <stdint.h>

#define IBAN_MAX 34u /* characters */

typedef enum IbanCheck {
    IBAN_PLAIN, /* no national check digit, or one that is left to chance */
    IBAN_MOD97, /* two digits, ISO 7064 MOD 97-10 over the number: BA, ME, MK, PT, RS, SI, XK */
    IBAN_BE,    /* two digits: the remainder by 97, 97 for 0 */
    IBAN_ES,    /* two digits, weights 1 2 4 8 5 10 9 7 3 6, modulo 11 */
    IBAN_FI,    /* Luhn */
    IBAN_FR,    /* two digits: 97 - (89 bank + 15 branch + 3 account) modulo 97 */
    IBAN_HR,    /* ISO 7064 MOD 11,10 for bank and account, each */
    IBAN_IT,    /* a letter, from odd and even places */
    IBAN_NO     /* weights 5 4 3 2 7 6 5 4 3 2, modulo 11 */
} IbanCheck;

typedef struct IbanCountry {
    char code[3];
    const char *bban; /* "8n10n": digits; a: letters; c: either; x: national check digits */
    IbanCheck check;
    uint32_t weight; /* inhabitants in millions */
} IbanCountry;

extern const IbanCountry iban_countries[]; /* sorted by code */
extern const uint32_t iban_country_count;

/* NULL for a country without IBANs. */
const IbanCountry *iban_country(const char *code);
/* The class of each character of the account number: n, a, c or x. Returns how many there are. */
uint32_t iban_classes(const IbanCountry *country, char *classes);
/* Sets the national check digits of an account number whose other characters are there. Two of the
 * methods know numbers without a check digit: then the first digit is raised until there is one. */
void iban_check_bban(const IbanCountry *country, char *bban);
/* iban: the country's code, two characters for the check digits, n characters of the account
 * number. Sets the check digits. */
void iban_check(char *iban, uint32_t n);

#endif

/* Check digits of the standards. Digits are ASCII, n counts them without the check digit; each
 * function returns the digit to append, as a character, unless it says otherwise. */
#ifndef SEEDPIPE_GEN_CHECK_DIGITS_H
#define SEEDPIPE_GEN_CHECK_DIGITS_H

#include <stdint.h>

/* ISO/IEC 7812-1, annex B: payment cards, IMEI, NPI, SIN. `sum` is what a fixed prefix that is not
 * written adds (24 for the 80840 of an NPI), else 0. */
char check_luhn(const char *digits, uint32_t n, uint32_t sum);
/* GS1 General Specifications, 7.9: EAN, UPC, ISBN-13: weights 3 and 1 from the right. */
char check_gs1(const char *digits, uint32_t n);
/* J. Verhoeff, "Error detecting decimal codes" (1969): Aadhaar. */
char check_verhoeff(const char *digits, uint32_t n);
/* ISO 7064, MOD 11,10: the German tax number. */
char check_mod11_10(const char *digits, uint32_t n);
/* ISO 7064, MOD 97-10 and IBAN (ISO 13616): the remainder of a text of digits and letters (A is 10,
 * Z is 35) taken as one number, when `before` is the remainder of what stands before it. */
uint32_t check_mod97(uint32_t before, const char *text, uint32_t n);
/* Odd places by a table, even ones as they are, modulo 26: the letter behind an Italian tax code
 * and before an Italian account number. Letters and digits. */
char check_italian(const char *text, uint32_t n);
/* The sum of digit times weight. */
uint32_t check_weighted(const char *digits, const uint8_t *weights, uint32_t n);

#endif

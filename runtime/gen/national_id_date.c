/* National numbers that tell the date of birth, from 1940 to 1999, and mostly the sex. Where check
 * digits can fail to exist, the number leaves one digit open, and the first that has them is taken.
 */
#include <string.h>

#include "base/calendar.h"
#include "gen/check_digits.h"
#include "gen/national_id.h"

#define PUT(name)                                                                                  \
    static char *name(const NumberedForm *form, char *p, uint64_t number, uint64_t more)
#define UNUSED_FORM (void)form, (void)more

#define FIRST_DAY INT64_C(-10957) /* 1940-01-01 */
#define DAYS      UINT64_C(21914) /* to 1999-12-31 */

/* A date as the letters of a shape say: y (two digits), Y (four), m, d. */
static char *put_date(char *p, const char *shape, uint64_t day)
{
    Civil c = calendar_civil(FIRST_DAY + (int64_t)day);
    for (; *shape; shape++)
        p = *shape == 'y'   ? put_digits(p, (uint64_t)c.year % 100, 2)
            : *shape == 'Y' ? put_digits(p, (uint64_t)c.year, 4)
            : *shape == 'm' ? put_digits(p, (uint64_t)c.month, 2)
                            : put_digits(p, (uint64_t)c.day, 2);
    return p;
}

PUT(put_svnr)
{
    static const uint8_t weights[] = {3, 7, 9, 0, 5, 8, 4, 2, 1, 6};
    UNUSED_FORM;
    put_date(p + 4, "dmy", take(&number, DAYS));
    put_digits(p, 10 + number, 2);
    p[2] = '0';
    p[3] = '0';
    uint32_t rest;
    while ((rest = check_weighted(p, weights, 10) % 11) == 10)
        p[2]++;
    p[3] = (char)('0' + rest);
    return p + 10;
}

PUT(put_rijksregister)
{
    char d[11];
    UNUSED_FORM;
    put_date(d, "ymd", take(&number, DAYS));
    put_digits(d + 6, number + 1, 3);
    put_digits(d + 9, 97 - check_mod97(0, d, 9), 2);
    p = put_str(p, (Str){d, 2});
    *p++ = '.';
    p = put_str(p, (Str){d + 2, 2});
    *p++ = '.';
    p = put_str(p, (Str){d + 4, 2});
    *p++ = '-';
    p = put_str(p, (Str){d + 6, 3});
    *p++ = '.';
    return put_str(p, (Str){d + 9, 2});
}

/* ISO 7064 MOD 11-2 over a district, the date and an order number. */
PUT(put_resident)
{
    static const char *const districts[] = {
        "110101", "110105", "120101", "310101", "310115", "320102", "330102", "350203", "370202",
        "420106", "430102", "440103", "440305", "500103", "510104", "530102", "610103"};
    static const uint8_t weights[] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    UNUSED_FORM;
    memcpy(p, districts[take(&number, sizeof districts / sizeof *districts)], 6);
    put_date(p + 6, "Ymd", take(&number, DAYS));
    put_digits(p + 14, number + 1, 3);
    p[17] = "10X98765432"[check_weighted(p, weights, 17) % 11];
    return p + 18;
}

PUT(put_cpr)
{
    static const uint8_t weights[] = {4, 3, 2, 7, 6, 5, 4, 3, 2};
    char d[10];
    UNUSED_FORM;
    put_date(d, "dmy", take(&number, DAYS));
    put_digits(d + 6, number, 2);
    d[8] = '0';
    int check;
    while ((check = mod11(check_weighted(d, weights, 9))) < 0)
        d[8]++;
    d[9] = (char)('0' + check);
    p = put_str(p, (Str){d, 6});
    *p++ = '-';
    return put_str(p, (Str){d + 6, 4});
}

/* Order numbers from 900 on are for those who have no number yet. */
PUT(put_hetu)
{
    char d[9];
    UNUSED_FORM;
    put_date(d, "dmy", take(&number, DAYS));
    put_digits(d + 6, 900 + number, 3);
    uint64_t value = 0;
    for (int i = 0; i < 9; i++)
        value = value * 10 + (uint64_t)(d[i] - '0');
    p = put_str(p, (Str){d, 6});
    *p++ = '-';
    p = put_str(p, (Str){d + 6, 3});
    *p++ = "0123456789ABCDEFHJKLMNPRSTUVWXY"[value % 31];
    return p;
}

PUT(put_nir)
{
    UNUSED_FORM;
    uint64_t sex = take(&number, 2), day = take(&number, DAYS), department = take(&number, 94) + 1;
    p[0] = (char)('1' + sex);
    put_date(p + 1, "ym", day);
    put_digits(p + 5, department + (department >= 20), 2); /* 20 is Corsica's 2A and 2B */
    put_digits(p + 7, take(&number, 300) + 1, 3);
    /* Days of a month tell order numbers apart, so that each number is another text. */
    put_digits(p + 10,
               take(&number, 30) * 31 + (uint64_t)calendar_civil(FIRST_DAY + (int64_t)day).day, 3);
    put_digits(p + 13, 97 - check_mod97(0, p, 13), 2);
    return p + 15;
}

PUT(put_codice_fiscale)
{
    static const char consonants[] = "BCDFGLMNPRSTVZ", months[] = "ABCDEHLMPRST";
    static const char *const towns[] = {
        "A271", "A285", "A345", "A462", "A479", "A485", "A489", "A509", "A512", "A515",
        "A562", "A662", "A669", "A783", "A794", "A859", "A881", "A944", "B157", "B180",
        "B354", "C351", "D612", "D969", "F205", "F839", "G273", "H501", "L219", "L736"};
    UNUSED_FORM;
    for (int i = 0; i < 6; i++)
        p[i] = consonants[take(&number, 14)];
    Civil c = calendar_civil(FIRST_DAY + (int64_t)take(&number, DAYS));
    put_digits(p + 6, (uint64_t)c.year % 100, 2);
    p[8] = months[c.month - 1];
    put_digits(p + 9, (uint64_t)c.day + 40 * take(&number, 2), 2);
    memcpy(p + 11, towns[take(&number, sizeof towns / sizeof *towns)], 4);
    p[15] = check_italian(p, 15);
    return p + 16;
}

PUT(put_rrn)
{
    static const uint8_t weights[] = {2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5};
    char d[13];
    UNUSED_FORM;
    put_date(d, "ymd", take(&number, DAYS));
    d[6] = (char)('1' + take(&number, 2));
    put_digits(d + 7, number, 5);
    d[12] = (char)('0' + (11 - check_weighted(d, weights, 12) % 11) % 10);
    p = put_str(p, (Str){d, 6});
    *p++ = '-';
    return put_str(p, (Str){d + 6, 7});
}

/* Individual numbers of 1900 to 1999 are below 500. */
PUT(put_fodselsnummer)
{
    static const uint8_t one[] = {3, 7, 6, 1, 8, 9, 4, 5, 2},
                         two[] = {5, 4, 3, 2, 7, 6, 5, 4, 3, 2};
    UNUSED_FORM;
    put_date(p, "dmy", take(&number, DAYS));
    put_digits(p + 6, number, 2);
    for (p[8] = '0';; p[8]++) {
        int check = mod11(check_weighted(p, one, 9));
        p[9] = (char)('0' + check);
        int last = check < 0 ? -1 : mod11(check_weighted(p, two, 10));
        p[10] = (char)('0' + last);
        if (last >= 0)
            return p + 11;
    }
}

PUT(put_pesel)
{
    static const uint8_t weights[] = {1, 3, 7, 9, 1, 3, 7, 9, 1, 3};
    UNUSED_FORM;
    put_date(p, "ymd", take(&number, DAYS));
    put_digits(p + 6, number, 4);
    p[10] = (char)('0' + (10 - check_weighted(p, weights, 10) % 10) % 10);
    return p + 11;
}

PUT(put_personnummer)
{
    char d[9];
    UNUSED_FORM;
    put_date(d, "ymd", take(&number, DAYS));
    put_digits(d + 6, number + 1, 3);
    p = put_str(p, (Str){d, 6});
    *p++ = '-';
    p = put_str(p, (Str){d + 6, 3});
    *p++ = check_luhn(d, 9, 0);
    return p;
}

PUT(put_south_african)
{
    UNUSED_FORM;
    put_date(p, "ymd", take(&number, DAYS));
    put_digits(p + 6, number, 4);
    memcpy(p + 10, "08", 2);
    p[12] = check_luhn(p, 12, 0);
    return p + 13;
}

const NationalId national_ids_with_date[] = {
    NATIONAL_ID("AT", "svnr", "social insurance number", put_svnr, 10, DAYS * 90),
    NATIONAL_ID("BE", "rijksregister", "national register number", put_rijksregister, 15,
                DAYS * 997),
    NATIONAL_ID("CN", "resident", "resident identity number", put_resident, 18, 17 * DAYS * 999),
    NATIONAL_ID("DK", "cpr", "CPR number", put_cpr, 11, DAYS * 37),
    NATIONAL_ID("FI", "hetu", "personal identity code of the range that is not permanent", put_hetu,
                11, DAYS * 100),
    NATIONAL_ID("FR", "nir", "NIR (social security number)", put_nir, 15, 2 * DAYS * 94 * 300 * 30),
    NATIONAL_ID("IT", "codice_fiscale", "codice fiscale", put_codice_fiscale, 16,
                UINT64_C(7529536) * DAYS * 2 * 30),
    NATIONAL_ID("KR", "rrn", "resident registration number", put_rrn, 14, DAYS * 2 * 100000),
    NATIONAL_ID("NO", "fodselsnummer", "national identity number", put_fodselsnummer, 11,
                DAYS * 50),
    NATIONAL_ID("PL", "pesel", "PESEL", put_pesel, 11, DAYS * 10000),
    NATIONAL_ID("SE", "personnummer", "personal identity number", put_personnummer, 11, DAYS * 999),
    NATIONAL_ID("ZA", "id", "identity number", put_south_african, 13, DAYS * 10000),
};
const uint32_t national_ids_with_date_count =
    sizeof national_ids_with_date / sizeof *national_ids_with_date;

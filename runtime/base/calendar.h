/* The proleptic Gregorian calendar in UTC, as integers: days since 1970-01-01, microseconds since
 * the epoch. Pure; no time zone database and no wall clock. Algorithms: Howard Hinnant,
 * "chrono-Compatible Low-Level Date Algorithms"; for the years that data has, Neri and Schneider,
 * "Euclidean affine functions and their application to calendar algorithms" (2022). */
#ifndef SEEDPIPE_BASE_CALENDAR_H
#define SEEDPIPE_BASE_CALENDAR_H

#include <stdbool.h>
#include <stdint.h>

#define MICROS_PER_SECOND INT64_C(1000000)
#define MICROS_PER_DAY    INT64_C(86400000000)

typedef struct Civil {
    int year;
    int month; /* 1..12 */
    int day;   /* 1..31 */
} Civil;

int64_t calendar_days(Civil c);
Civil calendar_civil(int64_t days);
/* Adds months (negative too); the day is cut to the month's last. */
int64_t calendar_add_months(int64_t days, int64_t months);
int64_t calendar_months_later(Civil c, int64_t months); /* of a day taken apart already */
/* Floor of micros to whole days, also before 1970. */
int64_t calendar_day_of(int64_t micros);

/* "YYYY-MM-DD" with a real day; false otherwise. Years 0001 to 9999. */
bool calendar_parse_date(const char *s, int64_t *days);
/* "YYYY-MM-DD", "YYYY-MM-DD HH:MM[:SS[.ffffff]]", 'T' for the blank, an optional "Z" or "+HH[:MM]"
 * zone. */
bool calendar_parse_timestamp(const char *s, int64_t *micros);
/* "HH:MM[:SS[.ffffff]]" -> microseconds of the day. */
bool calendar_parse_time(const char *s, int64_t *micros);

#endif

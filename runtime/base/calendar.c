/* Dates as day numbers. A year is taken to begin in March, so that the leap day is its last day and
 * the month lengths follow one linear formula; 400 years are an era of 146,097 days. Then a
 * hand-written parser for the ISO 8601 forms that databases print. */
#include "base/calendar.h"

#define EPOCH_DAYS 719468 /* from 0000-03-01 to 1970-01-01 */

int64_t calendar_days(Civil c)
{
    int64_t y = c.month <= 2 ? (int64_t)c.year - 1 : c.year;
    uint32_t month = (uint32_t)(c.month > 2 ? c.month - 3 : c.month + 9); /* from March */
    uint32_t day_of_year = (153 * month + 2) / 5 + (uint32_t)c.day - 1;
    if (y >= 0 && y < 1000000) {
        uint32_t year = (uint32_t)y, century = year / 100;
        return (int64_t)(year * 365 + year / 4 - century + century / 4 + day_of_year) - EPOCH_DAYS;
    }
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t year_of_era = y - era * 400;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - EPOCH_DAYS;
}

/* Divisions by multiplication, all in 32 bits but one; 0 <= days < 2^28 from 0000-03-01. */
static Civil civil_soon(uint32_t days)
{
    uint32_t centuries = 4 * days + 3, century = centuries / 146097;
    uint32_t of_century = centuries % 146097 / 4;
    uint64_t years = UINT64_C(2939745) * (4 * of_century + 3);
    uint32_t year = 100 * century + (uint32_t)(years >> 32);
    uint32_t day_of_year = (uint32_t)years / 2939745 / 4;
    uint32_t months = 2141 * day_of_year + 197913;
    int month = (int)(months >> 16);
    bool next = day_of_year >= 306; /* January and February end the year that began in March */
    return (Civil){.year = (int)year + next,
                   .month = next ? month - 12 : month,
                   .day = (int)((months & 0xffff) / 2141) + 1};
}

static Civil civil_far(int64_t days)
{
    int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    uint32_t day_of_era = (uint32_t)(days - era * 146097);
    uint32_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    uint32_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    uint32_t march_month = (5 * day_of_year + 2) / 153;
    int month = (int)(march_month < 10 ? march_month + 3 : march_month - 9);
    return (Civil){
        .year = (int)(year_of_era + era * 400) + (month <= 2),
        .month = month,
        .day = (int)(day_of_year - (153 * march_month + 2) / 5) + 1,
    };
}

Civil calendar_civil(int64_t days)
{
    days += EPOCH_DAYS;
    return days >= 0 && days < 1 << 28 ? civil_soon((uint32_t)days) : civil_far(days);
}

static int month_length(int64_t year, int month)
{
    static const unsigned char lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (month != 2)
        return lengths[month - 1];
    return 28 + (year % 4 == 0 && (year % 100 != 0 || year % 400 == 0));
}

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

int64_t calendar_months_later(Civil c, int64_t months)
{
    int64_t total = (int64_t)c.year * 12 + (c.month - 1) + months;
    c.year = (int)floor_div(total, 12);
    c.month = (int)(total - (int64_t)c.year * 12) + 1;
    if (c.day > 28) {
        int last = month_length(c.year, c.month);
        c.day = c.day > last ? last : c.day;
    }
    return calendar_days(c);
}

int64_t calendar_add_months(int64_t days, int64_t months)
{
    return calendar_months_later(calendar_civil(days), months);
}

int64_t calendar_day_of(int64_t micros)
{
    return floor_div(micros, MICROS_PER_DAY);
}

/* ---- parsing: each take_* moves *s behind what it read, and leaves it where it fails ---- */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool take_char(const char **s, char c)
{
    if (**s != c)
        return false;
    ++*s;
    return true;
}

static bool take_number(const char **s, int digits, int least, int most, int *out)
{
    int v = 0;
    for (int i = 0; i < digits; i++) {
        if (!is_digit((*s)[i]))
            return false;
        v = v * 10 + ((*s)[i] - '0');
    }
    if (v < least || v > most)
        return false;
    *s += digits;
    *out = v;
    return true;
}

static bool take_date(const char **s, int64_t *days)
{
    Civil c;
    if (!take_number(s, 4, 1, 9999, &c.year) || !take_char(s, '-') ||
        !take_number(s, 2, 1, 12, &c.month) || !take_char(s, '-') ||
        !take_number(s, 2, 1, month_length(c.year, c.month), &c.day))
        return false;
    *days = calendar_days(c);
    return true;
}

static bool take_fraction(const char **s, int64_t *micros)
{
    int64_t v = 0, unit = MICROS_PER_SECOND;
    for (; is_digit(**s) && unit > 1; ++*s) {
        v = v * 10 + (**s - '0');
        unit /= 10;
    }
    *micros = v * unit;
    return unit < MICROS_PER_SECOND;
}

static bool take_time(const char **s, int64_t *micros)
{
    int hour, minute, second = 0;
    int64_t fraction = 0;
    if (!take_number(s, 2, 0, 23, &hour) || !take_char(s, ':') ||
        !take_number(s, 2, 0, 59, &minute))
        return false;
    if (take_char(s, ':')) {
        if (!take_number(s, 2, 0, 59, &second))
            return false;
        if (take_char(s, '.') && !take_fraction(s, &fraction))
            return false;
    }
    *micros = (hour * 3600 + minute * 60 + second) * MICROS_PER_SECOND + fraction;
    return true;
}

/* "Z", "+HH", "-HH:MM" or nothing: what to take away to get UTC. */
static bool take_zone(const char **s, int64_t *micros)
{
    *micros = 0;
    if (take_char(s, 'Z'))
        return true;
    int sign = **s == '-' ? -1 : 1;
    if (!take_char(s, '+') && !take_char(s, '-'))
        return true;
    int hours, minutes = 0;
    if (!take_number(s, 2, 0, 23, &hours))
        return false;
    if (take_char(s, ':') && !take_number(s, 2, 0, 59, &minutes))
        return false;
    *micros = sign * (hours * 60 + minutes) * 60 * MICROS_PER_SECOND;
    return true;
}

bool calendar_parse_date(const char *s, int64_t *days)
{
    int64_t v;
    if (!take_date(&s, &v) || *s != '\0')
        return false;
    *days = v;
    return true;
}

bool calendar_parse_timestamp(const char *s, int64_t *micros)
{
    int64_t days, time = 0, zone = 0;
    if (!take_date(&s, &days))
        return false;
    if (take_char(&s, ' ') || take_char(&s, 'T'))
        if (!take_time(&s, &time) || !take_zone(&s, &zone))
            return false;
    if (*s != '\0')
        return false;
    *micros = days * MICROS_PER_DAY + time - zone;
    return true;
}

bool calendar_parse_time(const char *s, int64_t *micros)
{
    int64_t v;
    if (!take_time(&s, &v) || *s != '\0')
        return false;
    *micros = v;
    return true;
}

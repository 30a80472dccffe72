/* Where something is: coordinates, time zones, parts of addresses. */
#include "gen/locale.h"
#include "gen/phrase_int.h"
#include "gen/places_int.h"

/* ---- latitude, longitude: millionths of a degree are a hand's breadth */

static bool bind_degrees(GenBind *b, int64_t limit)
{
    int64_t min, max;
    return param_decimal(b, "min", 6, -limit, &min) && param_decimal(b, "max", 6, limit, &max) &&
           param_ordered(b, "min", "max", min <= max) &&
           int_range_bind(b, type_decimal(-limit, limit, 6), min, max, 1);
}

static bool bind_latitude(GenBind *b)
{
    if (param_given(b, "of"))
        return place_bind_of(b, PLACE_LATITUDE);
    return bind_degrees(b, 90000000);
}

static bool bind_longitude(GenBind *b)
{
    if (param_given(b, "of"))
        return place_bind_of(b, PLACE_LONGITUDE);
    return bind_degrees(b, 180000000);
}

static const GenParam latitude_params[] = {
    {.name = "min",
     .kind = PARAM_NUMBER,
     .default_text = "-90",
     .min = -90,
     .max = 90,
     .doc = "the southernmost"},
    {.name = "max",
     .kind = PARAM_NUMBER,
     .default_text = "90",
     .min = -90,
     .max = 90,
     .doc = "the northernmost"},
    PLACE_OF_PARAM,
};
static const GenParam longitude_params[] = {
    {.name = "min",
     .kind = PARAM_NUMBER,
     .default_text = "-180",
     .min = -180,
     .max = 180,
     .doc = "the westernmost"},
    {.name = "max",
     .kind = PARAM_NUMBER,
     .default_text = "180",
     .min = -180,
     .max = 180,
     .doc = "the easternmost"},
    PLACE_OF_PARAM,
};
const GenDef gen_def_latitude = {
    .name = "latitude",
    .family = "place",
    .doc = "A latitude in degrees, north positive, six digits after the point.",
    .example = "latitude { min = 47.3, max = 55 }",
    GEN_PARAMS(latitude_params),
    .pii = "location",
    .bind = bind_latitude};
const GenDef gen_def_longitude = {
    .name = "longitude",
    .family = "place",
    .doc = "A longitude in degrees, east positive, six digits after the point.",
    .example = "longitude { min = 5.9, max = 15 }",
    GEN_PARAMS(longitude_params),
    .pii = "location",
    .bind = bind_longitude};

static bool english_state_code(GenBind *b)
{
    return text_list_bind(b, words_state_codes.items, words_state_codes.count);
}

static bool bind_state_code(GenBind *b)
{
    if (param_given(b, "of"))
        return place_bind_of(b, PLACE_STATE_CODE);
    return locale_bind(b, "address.state_abbr", english_state_code);
}

static const GenParam state_code_params[] = {LOCALE_PARAM, PLACE_OF_PARAM};

const GenDef gen_def_state_code = {.name = "state_code",
                                   .family = "place",
                                   .doc =
                                       "Two letters of a state of the United States, such as OH.",
                                   .example = "state_code()",
                                   GEN_PARAMS(state_code_params),
                                   .pii = "address",
                                   .bind = bind_state_code};

/* Weights: millions of people who live by the zone's clock, roughly. */
static const PhraseForm timezones[] = {{"Asia/Shanghai", 1400},
                                       {"Asia/Kolkata", 1400},
                                       {"Asia/Jakarta", 190},
                                       {"Africa/Lagos", 240},
                                       {"Asia/Karachi", 230},
                                       {"Asia/Dhaka", 170},
                                       {"America/New_York", 160},
                                       {"America/Sao_Paulo", 190},
                                       {"Asia/Tokyo", 125},
                                       {"Africa/Cairo", 110},
                                       {"Asia/Manila", 115},
                                       {"Africa/Nairobi", 55},
                                       {"Africa/Addis_Ababa", 120},
                                       {"Africa/Kinshasa", 60},
                                       {"Africa/Johannesburg", 60},
                                       {"America/Chicago", 95},
                                       {"America/Mexico_City", 110},
                                       {"Asia/Ho_Chi_Minh", 98},
                                       {"Europe/Moscow", 100},
                                       {"Europe/Istanbul", 85},
                                       {"Asia/Tehran", 88},
                                       {"Europe/Berlin", 84},
                                       {"Europe/Paris", 68},
                                       {"Europe/London", 67},
                                       {"Europe/Rome", 59},
                                       {"Europe/Madrid", 46},
                                       {"Asia/Bangkok", 70},
                                       {"Asia/Seoul", 52},
                                       {"America/Los_Angeles", 52},
                                       {"America/Bogota", 52},
                                       {"America/Argentina/Buenos_Aires", 46},
                                       {"Africa/Algiers", 45},
                                       {"Asia/Baghdad", 43},
                                       {"Europe/Warsaw", 38},
                                       {"Europe/Kyiv", 38},
                                       {"Africa/Casablanca", 37},
                                       {"Asia/Riyadh", 36},
                                       {"America/Lima", 34},
                                       {"Asia/Kuala_Lumpur", 33},
                                       {"America/Toronto", 25},
                                       {"Australia/Sydney", 14},
                                       {"Asia/Taipei", 23},
                                       {"America/Santiago", 19},
                                       {"Europe/Bucharest", 19},
                                       {"Europe/Amsterdam", 18},
                                       {"America/Denver", 22},
                                       {"America/Phoenix", 8},
                                       {"Europe/Brussels", 12},
                                       {"Europe/Athens", 10},
                                       {"Europe/Stockholm", 10},
                                       {"Europe/Prague", 11},
                                       {"Europe/Lisbon", 10},
                                       {"Europe/Budapest", 10},
                                       {"Europe/Vienna", 9},
                                       {"Europe/Zurich", 9},
                                       {"Asia/Jerusalem", 9},
                                       {"Asia/Hong_Kong", 7},
                                       {"Asia/Singapore", 6},
                                       {"Europe/Copenhagen", 6},
                                       {"Europe/Helsinki", 6},
                                       {"Europe/Oslo", 5},
                                       {"Europe/Dublin", 5},
                                       {"Pacific/Auckland", 5},
                                       {"Asia/Dubai", 10},
                                       {"Australia/Melbourne", 7},
                                       {"Australia/Brisbane", 5},
                                       {"America/Vancouver", 5},
                                       {"Pacific/Honolulu", 1},
                                       {"America/Anchorage", 1}};

static bool bind_timezone(GenBind *b)
{
    if (param_given(b, "of"))
        return place_bind_of(b, PLACE_ZONE);
    return phrase_forms_bind(b, timezones, sizeof timezones / sizeof *timezones);
}

static const GenParam timezone_params[] = {PLACE_OF_PARAM};
const GenDef gen_def_timezone = {
    .name = "timezone",
    .family = "place",
    .doc = "A time zone's name in the IANA database, such as Europe/Paris.",
    .example = "timezone()",
    GEN_PARAMS(timezone_params),
    .bind = bind_timezone};

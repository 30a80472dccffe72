/* Cities and what belongs to each: region, postcodes, coordinates, time zone, streets. */
#ifndef SEEDPIPE_GEN_PLACES_INT_H
#define SEEDPIPE_GEN_PLACES_INT_H

#include "gen/family_int.h"

typedef struct PlaceSpot {
    int lat, lon; /* hundredths of a degree */
    const char *zone;
} PlaceSpot;

typedef struct Town {
    Str city, state, state_code, country_code, postcode, zone;
    int lat, lon;
    uint32_t weight;
} Town;

typedef struct TownStreets {
    Str country_code;
    bool number_first;
    Str joint;
    Str names[8];
} TownStreets;

extern const PlaceSpot words_place_spots[]; /* parallel to words_places */
extern const Town words_towns[];            /* outside of the United States; each city once */
extern const uint32_t words_towns_count;
extern const TownStreets words_town_streets[];
extern const uint32_t words_town_streets_count;

/* city { country = "DE" } */
bool place_bind_city(GenBind *b);

typedef enum PlaceValue {
    PLACE_STATE,
    PLACE_STATE_CODE,
    PLACE_COUNTRY,
    PLACE_COUNTRY_CODE,
    PLACE_ZONE,
    PLACE_POSTCODE,
    PLACE_LATITUDE,
    PLACE_LONGITUDE,
    PLACE_STREET
} PlaceValue;

/* state { of = t.city }: what belongs to the row's city; NULL where the catalogue does not have it.
 */
bool place_bind_of(GenBind *b, PlaceValue what);
#define PLACE_OF_PARAM                                                                             \
    {                                                                                              \
        .name = "of", .kind = PARAM_NODE,                                                          \
        .doc = "the column of the city that it belongs to; NULL where city() would not give it"    \
    }

/* gen_place.c: a house number, short ones as likely as long ones. */
char *place_put_number(char *p, uint64_t word);

#endif

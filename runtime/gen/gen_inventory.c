/* Warehouses: codes of places and lots, units, what is in stock. */
#include "gen/phrase_int.h"

PHRASE_GEN(warehouse_code, "inventory", NULL, "A warehouse's code, such as WH-CHI-02.",
           {"WH-#{AMS|ATL|BER|BOS|CHI|DAL|DEN|DUB|FRA|LAX|LON|MAD|MIA|MIL|NYC|PAR|PHX|SEA|SFO|SIN|"
            "SYD|TOR|VIE|WAW|ZRH}-#{01..12}",
            1})
PHRASE_GEN(bin_location, "inventory", NULL, "Aisle, rack, level and bin, such as A07-12-03-B.",
           {"#{[A-H]1}#{01..20}-#{01..24}-#{01..05}-#{[A-D]1}", 1})
PHRASE_GEN(unit_of_measure, "inventory", NULL,
           "A unit in which goods are counted, as a code of UNECE Recommendation 20.", {"EA", 62},
           {"PR", 5}, {"SET", 6}, {"DZN", 3}, {"KGM", 8}, {"GRM", 3}, {"LTR", 5}, {"MTR", 4},
           {"MTK", 2}, {"TNE", 2})
PHRASE_GEN(lot_number, "inventory", NULL,
           "A batch's number with year and day, such as L24183-0417.",
           {"L#{19..25}#{001..365}-#{0000..9999}", 1})
PHRASE_GEN(stock_status, "inventory", NULL, "Whether an article is in stock.", {"in_stock", 74},
           {"low_stock", 11}, {"out_of_stock", 7}, {"backordered", 4}, {"discontinued", 4})

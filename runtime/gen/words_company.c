/* Parts of company names. Suffixes are single words that are nobody's last name: see gen_company.c
 * on distinct names. */
#include "gen/words_int.h"

#define W(word, weight)                                                                            \
    {                                                                                              \
        {word, sizeof(word) - 1}, weight                                                           \
    }

static const Word first[] = {
    W("Bright", 1),    W("Blue", 1),     W("Silver", 1),    W("Golden", 1),      W("Summit", 1),
    W("Northern", 1),  W("Southern", 1), W("Eastern", 1),   W("Western", 1),     W("Pacific", 1),
    W("Atlantic", 1),  W("Central", 1),  W("First", 1),     W("United", 1),      W("Global", 1),
    W("Prime", 1),     W("Clear", 1),    W("True", 1),      W("Swift", 1),       W("Solid", 1),
    W("Grand", 1),     W("Royal", 1),    W("Evergreen", 1), W("Cascade", 1),     W("Pioneer", 1),
    W("Liberty", 1),   W("Heritage", 1), W("Keystone", 1),  W("Cornerstone", 1), W("Horizon", 1),
    W("Meridian", 1),  W("Apex", 1),     W("Vertex", 1),    W("Nova", 1),        W("Lunar", 1),
    W("Solar", 1),     W("Stellar", 1),  W("Vista", 1),     W("Crystal", 1),     W("Granite", 1),
    W("Iron", 1),      W("Copper", 1),   W("Amber", 1),     W("Crimson", 1),     W("Emerald", 1),
    W("Quantum", 1),   W("Nimble", 1),   W("Agile", 1),     W("Modern", 1),      W("Urban", 1),
    W("Rapid", 1),     W("Steady", 1),   W("Trusted", 1),   W("Harbor", 1),      W("Redwood", 1),
    W("Cedarwood", 1), W("Oakwood", 1),  W("Birchwood", 1),
};
const WordList words_company_first = WORD_LIST(first);

static const Word second[] = {
    W("Peak", 1),       W("River", 1),    W("Bridge", 1),     W("Field", 1),    W("Stone", 1),
    W("Path", 1),       W("Gate", 1),     W("Point", 1),      W("Wave", 1),     W("Light", 1),
    W("Forge", 1),      W("Works", 1),    W("Systems", 1),    W("Networks", 1), W("Dynamics", 1),
    W("Logic", 1),      W("Data", 1),     W("Cloud", 1),      W("Capital", 1),  W("Ventures", 1),
    W("Finance", 1),    W("Health", 1),   W("Foods", 1),      W("Media", 1),    W("Energy", 1),
    W("Logistics", 1),  W("Motors", 1),   W("Robotics", 1),   W("Software", 1), W("Analytics", 1),
    W("Design", 1),     W("Supply", 1),   W("Trading", 1),    W("Textiles", 1), W("Marine", 1),
    W("Aviation", 1),   W("Optics", 1),   W("Materials", 1),  W("Pharma", 1),   W("Interactive", 1),
    W("Digital", 1),    W("Security", 1), W("Consulting", 1), W("Builders", 1), W("Studios", 1),
    W("Outfitters", 1), W("Kitchens", 1), W("Gardens", 1),    W("Books", 1),    W("Labs", 1),
};
const WordList words_company_second = WORD_LIST(second);

static const Word suffixes[] = {
    W("Inc", 24),        W("LLC", 30),     W("Group", 14),    W("Ltd", 8),
    W("Corp", 9),        W("Partners", 7), W("Holdings", 5),  W("Co", 6),
    W("Associates", 5),  W("Services", 6), W("Solutions", 6), W("Industries", 4),
    W("Enterprises", 4),
};
const WordList words_company_suffixes = WORD_LIST(suffixes);

/* Shared by the generator families: the table of all definitions, picks from weighted lists,
 * numbers and times read exactly from parameters, texts of fixed shape. */
#ifndef SEEDPIPE_GEN_FAMILY_INT_H
#define SEEDPIPE_GEN_FAMILY_INT_H

#include "gen/distribution.h"
#include "gen/gen_map_int.h"
#include "gen/words_int.h"

#define X(name) extern const GenDef gen_def_##name;
GEN_MAP(X)
#undef X

#define GEN_PARAMS(array) .params = (array), .nparams = (int)(sizeof(array) / sizeof *(array))

/* Domains counted for unique columns stop here; a larger one uses that many of its values. */
#define GEN_COUNT_MAX (UINT64_C(1) << 62)

#define STR(literal) ((Str){(literal), sizeof(literal) - 1})

/* ---- picks by weight: Vose, "A linear algorithm for generating random numbers with a given
 * distribution" (1991) */

typedef struct AliasSlot {
    uint64_t cut; /* below it the slot's own item, else `other` */
    uint32_t other;
} AliasSlot;

typedef struct Alias {
    uint32_t n;
    const AliasSlot *slots;
} Alias;

/* Weights finite and not negative, their sum above 0. */
Alias alias_new(const double *weights, uint32_t n, Arena *mem);

/* The high part of word * n chooses the slot, the low part, still uniform, the side. */
static inline uint32_t alias_pick(const Alias *a, uint64_t word)
{
    __extension__ typedef unsigned __int128 u128;
    u128 product = (u128)word * a->n;
    uint32_t slot = (uint32_t)(product >> 64);
    return (uint64_t)product < a->slots[slot].cut ? slot : a->slots[slot].other;
}

/* A list of texts: by weight, or by index when unique. */
typedef struct TextList {
    Alias alias;
    const Str *items;
    uint32_t count;
    uint32_t chars; /* of the longest */
} TextList;

TextList text_list_new(const Word *items, uint32_t n, Arena *mem);
/* Makes the whole generator: type, count, state and fill. The items must be distinct. */
bool text_list_bind(GenBind *b, const Word *items, uint32_t n);
static inline Str text_list_pick(const TextList *list, uint64_t word)
{
    return list->items[alias_pick(&list->alias, word)];
}

/* ---- results */

/* Integers lo..hi, each once by index: type, bounds, count. The kind is TYPE_INT, TYPE_DATE, ... */
typedef struct IntRange {
    int64_t lo;
    uint64_t span; /* number of values; 0: all 2^64 */
    int64_t step;  /* between them: 1, or a second in microseconds */
} IntRange;
bool int_range_bind(GenBind *b, Type type, int64_t lo, int64_t hi, int64_t step);

/* One of some integers, by weight; distinct and ascending. */
typedef struct WeightedInt {
    int64_t value;
    uint32_t weight;
} WeightedInt;
bool ints_bind(GenBind *b, const WeightedInt *ints, uint32_t n);
/* The parameter `dist` of a generator that int_range_bind has just made: its values then come by
 * that distribution, unique ones as before. Nothing changes when it was not given. */
bool int_range_dist(GenBind *b, DistAxis axis);
/* The parameter's distribution, *out NULL when it was not given or is uniform. */
bool param_dist(GenBind *b, const Dist **out);
/* What int_range_dist does, with a distribution. */
bool int_range_spread(GenBind *b, const Dist *dist, DistAxis axis);
/* The distribution that a call describes, its places and numbers apart; b->node is the call. */
bool dist_read(GenBind *b, Dist *out);
#define DIST_PARAM                                                                                 \
    {                                                                                              \
        .name = "dist", .kind = PARAM_DIST, .default_text = "\"uniform\"",                         \
        .doc = "how the values are spread: normal{}, zipf{}, ..., or a name; what it leaves out "  \
               "follows from the range"                                                            \
    }

/* One of a list of constants, by weight (NULL: equal) or by the parameter `dist`: the whole
 * generator. */
bool items_bind(GenBind *b, const Value *list, const double *weights);

/* json { ... }: the whole generator from VAL_MEMBERS (gen_structure.c). */
bool json_object_bind(GenBind *b, const Value *members);

/* The finalizer of splitmix64 (Steele, Lea, Flood 2014): a bijection of 64 bits. */
static inline uint64_t mix64(uint64_t x)
{
    x = (x ^ x >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    x = (x ^ x >> 27) * UINT64_C(0x94D049BB133111EB);
    return x ^ x >> 31;
}

Type type_int(int64_t lo, int64_t hi);                /* 32 bits when both fit */
Type type_decimal(int64_t lo, int64_t hi, int scale); /* the precision that holds both, unscaled */
Type type_chars(uint32_t chars);                      /* text of at most that many characters */

/* A copy of the bytes; returns where it ends. */
static inline char *put_str(char *p, Str s)
{
    __builtin_memcpy(p, s.p, s.n);
    return p + s.n;
}
/* Exactly `digits` digits with leading zeros. */
static inline char *put_digits(char *p, uint64_t v, int digits)
{
    for (int i = digits - 1; i >= 0; i--, v /= 10)
        p[i] = (char)('0' + v % 10);
    return p + digits;
}

/* A number as short as it is. */
char *put_number(char *p, uint64_t v);
/* Index 0..89 gives each number of two digits once, the next 900 each of three, and so on, shuffled
 * inside each level: a number for each index, whatever the number of rows; at most 19 digits. Those
 * from the end (index_from_end) begin with a 0 and are as short: 01 to 09, then 010 to 099. */
char *put_index(char *p, uint64_t key, uint64_t index);

/* ---- patterns: # a digit, ? an upper-case letter, \ takes the next character as it is */

typedef struct Pattern Pattern;
/* NULL with an error when the text ends in a lone backslash. */
Pattern *pattern_new(GenBind *b, const char *text, size_t len);
bool pattern_bind(GenBind *b, const char *text, size_t len);

/* ---- parameters; each adds its error and returns false */

/* A finite number. */
bool param_real(GenBind *b, const char *name, double fallback, double *out);
/* Exactly v / 10^scale as the recipe spells it; refused when it has more digits than the scale. */
bool param_decimal(GenBind *b, const char *name, int scale, int64_t fallback, int64_t *out);
/* Digits after the point that the recipe spells (0 for integers), -1 when there is no such number.
 */
int param_scale_of(const GenBind *b, const char *name);
static inline bool param_given(const GenBind *b, const char *name)
{
    return gen_param(b, name)->kind != VAL_NONE;
}
/* min <= max, else an error that names both as the recipe spells them. */
bool param_ordered(GenBind *b, const char *low, const char *high, bool ordered);
/* The recipe's clock, whole seconds. */
bool param_clock(GenBind *b, int64_t *micros);
/* Binds a column or expression that must be a text as the next argument; its index, -1 on error. */
int param_text_arg(GenBind *b, const char *name);
/* Where an argument's cells come from: itself, or what is behind the row's column that it reads. */
const Bound *bound_source(const GenBind *b, const Bound *arg);
/* It is that generator, picking from its own list (text_list_bind). */
bool bound_is_list_of(const Bound *bound, const char *generator);
/* A parameter as people would write it, for messages. */
const char *param_spelling(const GenBind *b, const char *name);

/* ---- normal and lognormal, cut by their distribution function so that nothing piles up at the
 * ends */

typedef struct Curve {
    bool log;
    double centre, spread; /* mean and standard deviation; median and sigma when log */
    double p_low,
        p_high; /* the part of (0, 1) that is used; mirrored when it lies in the upper tail */
    bool mirrored;
} Curve;

/* Cuts to [low, high], infinities as +-DBL_MAX. False when less than 1e-12 of the values would lie
 * inside. */
bool curve_cut(Curve *curve, double low, double high);
double curve_at(const Curve *curve, uint64_t word);
/* The same for many words at once, n <= CURVE_AT_ONCE: bit for bit what curve_at gives. */
#define CURVE_AT_ONCE 256u
void curve_fill(const Curve *curve, const uint64_t *words, double *out, uint32_t n);
/* Of the first draw of cells from .. from + n - 1. */
void curve_fill_drawn(const Curve *curve, const GenCall *c, uint32_t from, uint32_t n, double *out);
/* The least and greatest value it can give. */
void curve_range(const Curve *curve, double *low, double *high);
/* A curve rounded to whole steps, all in unscaled units. */
typedef struct Stepped {
    Curve curve;     /* in units */
    double per_unit; /* unscaled per unit of the curve */
    int64_t step, lo, hi;
    int64_t minus_from; /* 0, or the result is minus_from - value */
} Stepped;
/* The whole generator, of numbers lo..hi. */
bool stepped_bind(GenBind *b, Stepped *s, Type type);

/* Half away from zero; |x| < 9e18. */
static inline int64_t round_half_away(double x)
{
    return (int64_t)(x < 0 ? x - 0.5 : x + 0.5);
}

#endif

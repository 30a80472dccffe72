/* JSON by its meaning: databases that keep documents parsed (jsonb, MySQL's json) give them back
 * with other spaces, members in another order, and numbers without trailing zeros. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "verify/verify_int.h"

static json_t *parse(Str text)
{
    return json_loadb(text.p, text.n, JSON_DECODE_ANY, NULL);
}

bool verify_json_equal(Str a, Str b)
{
    if (a.n == b.n && memcmp(a.p, b.p, a.n) == 0)
        return true;
    json_t *left = parse(a), *right = parse(b);
    bool equal = left && right && json_equal(left, right);
    json_decref(left);
    json_decref(right);
    return equal;
}

uint64_t verify_json_hash(Str text, uint64_t seed)
{
    json_t *json = parse(text);
    char *sorted = json ? json_dumps(json, JSON_SORT_KEYS | JSON_COMPACT | JSON_ENCODE_ANY |
                                               JSON_REAL_PRECISION(17))
                        : NULL;
    uint64_t hash = sorted ? hash64(sorted, strlen(sorted), seed) : hash64(text.p, text.n, seed);
    free(sorted);
    json_decref(json);
    return hash;
}

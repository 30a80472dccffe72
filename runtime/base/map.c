/* Entries in an array, in order of insertion, found through an open-addressing table of their
 * positions (linear probing, at most half full). Nothing is ever removed, so probing needs no
 * tombstones. */
#include "base/map.h"

#include <stdint.h>
#include <string.h>

#include "base/hash.h"
#include "base/text.h"

typedef struct Entry {
    const char *key;
    void *value;
    uint64_t hash;
} Entry;

struct Map {
    Arena *mem;
    Entry *entries;
    size_t count, cap;
    uint32_t *slots; /* position + 1; 0 is empty */
    size_t mask;
};

enum { SLOTS_FIRST = 16 };

Map *map_new(Arena *mem)
{
    Map *map = arena_new_of(mem, Map);
    map->mem = mem;
    map->slots = arena_array(mem, uint32_t, SLOTS_FIRST);
    map->mask = SLOTS_FIRST - 1;
    return map;
}

/* The slot of the key, or the empty one where it would go. */
static uint32_t *slot_of(const Map *map, const char *key, uint64_t hash)
{
    for (size_t i = hash & map->mask;; i = (i + 1) & map->mask) {
        uint32_t *slot = &map->slots[i];
        if (*slot == 0)
            return slot;
        const Entry *entry = &map->entries[*slot - 1];
        if (entry->hash == hash && strcmp(entry->key, key) == 0)
            return slot;
    }
}

static void widen(Map *map)
{
    size_t n = (map->mask + 1) * 2;
    map->slots = arena_array(map->mem, uint32_t, n);
    map->mask = n - 1;
    for (size_t i = 0; i < map->count; i++)
        *slot_of(map, map->entries[i].key, map->entries[i].hash) = (uint32_t)(i + 1);
}

void *map_put(Map *map, const char *key, void *value)
{
    uint64_t hash = hash64_str(key, 0);
    uint32_t *slot = slot_of(map, key, hash);
    if (*slot != 0) {
        Entry *entry = &map->entries[*slot - 1];
        void *earlier = entry->value;
        entry->value = value;
        return earlier;
    }
    map->entries =
        arena_grow(map->mem, map->entries, &map->cap, map->count + 1, sizeof *map->entries);
    map->entries[map->count++] = (Entry){arena_strdup(map->mem, key), value, hash};
    *slot = (uint32_t)map->count;
    if (map->count * 2 > map->mask)
        widen(map);
    return NULL;
}

void *map_get(const Map *map, const char *key)
{
    uint32_t slot = *slot_of(map, key, hash64_str(key, 0));
    return slot ? map->entries[slot - 1].value : NULL;
}

size_t map_count(const Map *map)
{
    return map->count;
}
const char *map_key_at(const Map *map, size_t i)
{
    return map->entries[i].key;
}
void *map_value_at(const Map *map, size_t i)
{
    return map->entries[i].value;
}

enum { NAME_MAX_BYTES = 128 }; /* longer names are not typed by people */

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Three rows of the dynamic programming table: a transposition looks two rows back. */
static size_t distance(const char *a, size_t na, const char *b, size_t nb)
{
    size_t rows[3][NAME_MAX_BYTES + 1];
    for (size_t j = 0; j <= nb; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= na; i++) {
        size_t *now = rows[i % 3];
        const size_t *above = rows[(i + 2) % 3], *two_above = rows[(i + 1) % 3];
        now[0] = i;
        for (size_t j = 1; j <= nb; j++) {
            char x = text_lower(a[i - 1]), y = text_lower(b[j - 1]);
            now[j] = least(least(above[j], now[j - 1]) + 1, above[j - 1] + (x != y));
            if (i > 1 && j > 1 && x == text_lower(b[j - 2]) && y == text_lower(a[i - 2]))
                now[j] = least(now[j], two_above[j - 2] + 1);
        }
    }
    return rows[na % 3][nb];
}

const char *name_nearest(const char *word, const char *const *names, size_t n)
{
    size_t len = strlen(word);
    if (len > NAME_MAX_BYTES)
        return NULL;
    const char *best = NULL;
    size_t best_distance = 2 + len / 4;
    for (size_t i = 0; i < n; i++) {
        size_t name_len = strlen(names[i]);
        size_t gap = name_len > len ? name_len - len : len - name_len;
        if (name_len > NAME_MAX_BYTES || gap >= best_distance)
            continue;
        size_t d = distance(word, len, names[i], name_len);
        if (d < best_distance) {
            best_distance = d;
            best = names[i];
        }
    }
    return best;
}

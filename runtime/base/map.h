/* Map: strings to pointers, in an arena, iterated in order of insertion; and the helpers for names
 * that people mistype. */
#ifndef SEEDPIPE_BASE_MAP_H
#define SEEDPIPE_BASE_MAP_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

typedef struct Map Map;

Map *map_new(Arena *mem);
/* Keys are copied. Returns the earlier value, or NULL when the key is new. */
void *map_put(Map *map, const char *key, void *value);
void *map_get(const Map *map, const char *key); /* NULL when absent */
size_t map_count(const Map *map);
const char *map_key_at(const Map *map, size_t i);
void *map_value_at(const Map *map, size_t i);

/* The name nearest to `word` among n candidates by Damerau-Levenshtein distance (optimal string
 * alignment), or NULL when none is near enough to suggest: distance at most 1 + strlen(word)/4,
 * case ignored. Ties: the first. */
const char *name_nearest(const char *word, const char *const *names, size_t n);

#endif

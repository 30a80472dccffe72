/* Arena: memory with one lifetime. Everything allocated from an arena is freed together; running
 * out of memory aborts the process, so no caller checks for NULL. An arena is used by one thread at
 * a time. */
#ifndef SEEDPIPE_BASE_ARENA_H
#define SEEDPIPE_BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>

typedef struct Arena Arena;

Arena *arena_new(void);
void arena_free(Arena *mem); /* NULL is fine */

/* Forgets everything allocated so far but keeps the blocks for reuse: for per-batch scratch memory.
 */
void arena_reset(Arena *mem);

/* What is in `from` lives in `mem` from now on; `from` itself is gone. */
void arena_adopt(Arena *mem, Arena *from);

/* Bytes held from the system, for memory reports and tests. */
size_t arena_held(const Arena *mem);

/* Zeroed memory, aligned for any type. */
void *arena_alloc(Arena *mem, size_t size);
/* The same for n items; a product that overflows (a negative n among them) aborts. */
void *arena_alloc_many(Arena *mem, size_t n, size_t size);
/* Not zeroed, aligned to 64 bytes: for vectors that are filled at once. */
void *arena_alloc_raw(Arena *mem, size_t size);

#define arena_new_of(mem, Type)   ((Type *)arena_alloc((mem), sizeof(Type)))
#define arena_array(mem, Type, n) ((Type *)arena_alloc_many((mem), (size_t)(n), sizeof(Type)))

char *arena_strdup(Arena *mem, const char *s); /* NULL gives NULL */
char *arena_strndup(Arena *mem, const char *s, size_t n);
char *arena_printf(Arena *mem, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
char *arena_vprintf(Arena *mem, const char *fmt, va_list ap);

/* Grows an array inside an arena: returns room for at least `need` items of `size` bytes, the first
 * `*cap` copied from `old`; updates *cap. The old array stays behind until the arena goes. */
void *arena_grow(Arena *mem, void *old, size_t *cap, size_t need, size_t size);

/* A copy of n items of `size` bytes with room (zeroed) for `more` behind them. `from` may be NULL
 * when n is 0. */
void *arena_copy(Arena *mem, const void *from, size_t n, size_t more, size_t size);

#endif

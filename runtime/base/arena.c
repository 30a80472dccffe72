/* Blocks in a list; the current one is filled from the front, those behind it are empty and wait to
 * be reused. A request that no waiting block holds gets a new block, spliced in after the current
 * one. Under AddressSanitizer what is not handed out is poisoned, with a gap after each allocation.
 */
#include "base/arena.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
enum { GAP = 16 };
static void poison(const void *p, size_t n)
{
    ASAN_POISON_MEMORY_REGION(p, n);
}
static void unpoison(const void *p, size_t n)
{
    ASAN_UNPOISON_MEMORY_REGION(p, n);
}
#else
enum { GAP = 0 };
static void poison(const void *p, size_t n)
{
    (void)p, (void)n;
}
static void unpoison(const void *p, size_t n)
{
    (void)p, (void)n;
}
#endif

enum {
    ALIGN_ANY = 16,
    ALIGN_RAW = 64,
    BLOCK_FIRST = 4096,
    BLOCK_LARGEST = 1 << 20, /* of those that grow by doubling; a larger request gets its own */
};

typedef struct Block {
    struct Block *next;
    size_t size, used; /* of data */
    _Alignas(ALIGN_RAW) char data[];
} Block;

struct Arena {
    Block *first, *current;
    size_t held, next_size;
};

static void out_of_memory(size_t size)
{
    fprintf(stderr, "seedpipe: out of memory (%zu bytes wanted)\n", size);
    abort();
}

Arena *arena_new(void)
{
    Arena *mem = calloc(1, sizeof *mem);
    if (!mem)
        out_of_memory(sizeof *mem);
    mem->held = sizeof *mem;
    mem->next_size = BLOCK_FIRST;
    return mem;
}

void arena_free(Arena *mem)
{
    if (!mem)
        return;
    for (Block *block = mem->first, *next; block; block = next) {
        next = block->next;
        unpoison(block->data, block->size);
        free(block);
    }
    free(mem);
}

void arena_reset(Arena *mem)
{
    for (Block *block = mem->first; block; block = block->next) {
        block->used = 0;
        poison(block->data, block->size);
    }
    mem->current = mem->first;
}

/* Its blocks go before mem's, whose current one is still filled. */
void arena_adopt(Arena *mem, Arena *from)
{
    Block **end = &from->first;
    while (*end)
        end = &(*end)->next;
    *end = mem->first;
    mem->first = from->first;
    if (!mem->current)
        mem->current = from->current;
    mem->held += from->held - sizeof *from;
    free(from);
}

size_t arena_held(const Arena *mem)
{
    return mem->held;
}

static Block *block_new(Arena *mem, size_t need)
{
    size_t size = mem->next_size - sizeof(Block);
    if (size < need)
        size = (need + ALIGN_RAW - 1) & ~(size_t)(ALIGN_RAW - 1);
    if (mem->next_size < BLOCK_LARGEST)
        mem->next_size *= 2;
    Block *block = aligned_alloc(ALIGN_RAW, sizeof(Block) + size);
    if (!block)
        out_of_memory(size);
    block->size = size;
    poison(block->data, size);
    mem->held += sizeof(Block) + size;
    return block;
}

/* Takes a block of at least `need` bytes out of those waiting behind the current one. */
static Block *block_waiting(Block **link, size_t need)
{
    for (; *link; link = &(*link)->next) {
        Block *block = *link;
        if (block->size >= need) {
            *link = block->next;
            return block;
        }
    }
    return NULL;
}

static void block_advance(Arena *mem, size_t need)
{
    Block **link = mem->current ? &mem->current->next : &mem->first;
    Block *block = block_waiting(link, need);
    if (!block)
        block = block_new(mem, need);
    block->used = 0;
    block->next = *link;
    *link = block;
    mem->current = block;
}

static void *take(Arena *mem, size_t size, size_t align)
{
    if (size > PTRDIFF_MAX / 2)
        out_of_memory(size);
    Block *block = mem->current;
    size_t at = block ? (block->used + align - 1) & ~(align - 1) : 0;
    if (!block || at > block->size || block->size - at < size + GAP) {
        block_advance(mem, size + GAP);
        block = mem->current;
        at = 0;
    }
    block->used = at + size + GAP;
    unpoison(block->data + at, size);
    return block->data + at;
}

void *arena_alloc(Arena *mem, size_t size)
{
    return memset(take(mem, size, ALIGN_ANY), 0, size);
}

void *arena_alloc_many(Arena *mem, size_t n, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(n, size, &bytes))
        out_of_memory(SIZE_MAX);
    return arena_alloc(mem, bytes);
}

void *arena_alloc_raw(Arena *mem, size_t size)
{
    return take(mem, size, ALIGN_RAW);
}

char *arena_strdup(Arena *mem, const char *s)
{
    return s ? arena_strndup(mem, s, strlen(s)) : NULL;
}

char *arena_strndup(Arena *mem, const char *s, size_t n)
{
    char *copy = take(mem, n + 1, 1);
    if (n > 0)
        memcpy(copy, s, n);
    copy[n] = '\0';
    return copy;
}

char *arena_printf(Arena *mem, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    char *text = arena_vprintf(mem, fmt, ap);
    va_end(ap);
    return text;
}

char *arena_vprintf(Arena *mem, const char *fmt, va_list ap)
{
    va_list again;
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, again);
    va_end(again);
    if (n < 0)
        return arena_strdup(mem, fmt);
    char *text = take(mem, (size_t)n + 1, 1);
    vsnprintf(text, (size_t)n + 1, fmt, ap);
    return text;
}

void *arena_grow(Arena *mem, void *old, size_t *cap, size_t need, size_t size)
{
    if (need <= *cap)
        return old;
    size_t more = *cap * 2;
    if (more < 8)
        more = 8;
    if (more < need)
        more = need;
    void *grown = arena_alloc_many(mem, more, size);
    if (*cap > 0)
        memcpy(grown, old, *cap * size);
    *cap = more;
    return grown;
}

void *arena_copy(Arena *mem, const void *from, size_t n, size_t more, size_t size)
{
    void *to = arena_alloc_many(mem, n + more + 1, size);
    if (n)
        memcpy(to, from, n * size);
    return to;
}

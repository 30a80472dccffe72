/* Vectors: which array holds the cells follows from the kind. */
#include "model/vec.h"

#include <string.h>

Vec *vec_new(Arena *mem, TypeKind kind, int scale, uint32_t n)
{
    Vec *v = arena_new_of(mem, Vec);
    v->kind = kind;
    v->scale = scale;
    v->n = n;
    if (kind == TYPE_FLOAT)
        v->f = arena_alloc_raw(mem, sizeof(double) * n);
    else if (type_is_text(kind) || kind == TYPE_BYTES)
        v->s = arena_alloc_raw(mem, sizeof(Str) * n);
    else
        v->i = arena_alloc_raw(mem, sizeof(int64_t) * n);
    return v;
}

uint8_t *vec_nulls(Vec *v, Arena *mem)
{
    if (!v->null) {
        v->null = arena_alloc_raw(mem, v->n);
        if (v->n > 0)
            memset(v->null, 0, v->n);
    }
    return v->null;
}

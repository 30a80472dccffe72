/* Vec: the cells of one column for some rows; Batch: the vectors of a table's columns side by side.
 * Which of i, f, s holds the cells follows from the kind (see type.h). Text cells are views: into a
 * dictionary, or into the arena of the batch; they live until that arena is reset. */
#ifndef SEEDPIPE_MODEL_VEC_H
#define SEEDPIPE_MODEL_VEC_H

#include <stdbool.h>
#include <stdint.h>

#include "model/type.h"

#define BATCH_ROWS 1024u

typedef struct Str {
    const char *p;
    uint32_t n;
} Str;

typedef struct Vec {
    TypeKind kind;
    int scale; /* TYPE_DECIMAL: digits after the point; TYPE_TIMESTAMP/TIME: fraction digits to
                  write */
    uint32_t n;
    int64_t *i;
    double *f;
    Str *s;
    uint8_t *null; /* 1 where NULL; the pointer is NULL when no cell is */
} Vec;

/* A vector for n cells of that kind, cells not initialised, no nulls. */
Vec *vec_new(Arena *mem, TypeKind kind, int scale, uint32_t n);
/* Gives the vector null flags, all 0, when it has none; returns them. */
uint8_t *vec_nulls(Vec *v, Arena *mem);
static inline bool vec_is_null(const Vec *v, uint32_t i)
{
    return v->null && v->null[i];
}

typedef struct Batch {
    uint64_t first_row; /* rows are contiguous: first_row .. first_row + n - 1 */
    uint32_t n;
    int ncols;
    const Vec *const *cols; /* in the order of the load's columns */
} Batch;

#endif

/* A chunk: rows of one table that go in together. First all at once; when the database rejects one
 * of them, once more with care: halves of halves behind savepoints, until the rejected rows stand
 * alone. */
#ifndef SEEDPIPE_EXEC_CHUNK_INT_H
#define SEEDPIPE_EXEC_CHUNK_INT_H

#include "exec/exec_int.h"

typedef struct Chunk {
    Session *s;
    Db *db;
    Eval *eval;
    LoadRange range;
    bool careful;
    bool refers_to_itself; /* later rows of the table must avoid rejected ones at once */
    /* What this attempt made of it. */
    uint64_t checksum;
    int64_t counted; /* rows in the progress counters */
    RowSet *unmade;  /* rows of the range that are not in the table now */
    ExecReject *rejected;
    size_t nrejected, cap;
    Arena *mem;
} Chunk;

/* Loads the rows inside the caller's transaction. ERR_CONSTRAINT without `careful`: the caller
 * tries again with it. */
bool chunk_load(Chunk *c, Err *err);

/* reject.c: after the chunk is in; one caller at a time, mem is the caller's. */
bool rejects_settle(Session *s, const Chunk *c, Arena *mem, Err *err);

#endif

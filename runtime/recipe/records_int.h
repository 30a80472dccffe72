/* Private to records: what kinds there are (record_kinds.c, states.c) and how they work
 * (records.c). */
#ifndef SEEDPIPE_RECIPE_RECORDS_INT_H
#define SEEDPIPE_RECIPE_RECORDS_INT_H

#include "recipe/recipe_int.h"

typedef struct Member {
    const char *name;
    const char *pii; /* what :pii() means where the value is no generator */
    LNode *(*make)(Load *ld, Record *r);
} Member;

typedef struct RecordKind {
    const GenDef def; /* its word and parameters; never bound */
    const Member *members;
    int nmembers;
    const char *self; /* a generator whose own value is the member of that name; NULL: none */
    /* Values whose names the recipe gives; NULL when there is none of that name. */
    LNode *(*find)(Load *ld, Record *r, const char *name);
} RecordKind;

struct Record {
    const RecordKind *kind;
    const char *name; /* "person", "person seller", "person 2" */
    const RTable *table;
    const Value *params;
    LNode *self; /* of a generator that is a record too: company() */
    bool read;   /* a company of which nothing is read is a generator like others */
    Record *next;
};

/* A value of the record, new. */
LNode *record_value(Load *ld, Record *r, const char *name);
/* Marks a node as a value of the record, or as a part of one that has a random stream of its own.
 */
LNode *record_part(Record *r, LNode *e, const char *name);
/* What the record was given for a parameter; NULL: nothing. */
LNode *record_given(Load *ld, const Record *r, const char *name);

/* Ended by a kind without a name. The generators of the same names are records too. */
extern const RecordKind record_kinds[];

/* states.c */
LNode *states_value(Load *ld, Record *r, const char *name);
/* The states of a call, as a list of { name, weights of the next, time spent }. */
Value states_read(Load *ld, const GenDef *def, int index);

#endif

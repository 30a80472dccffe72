/* Private to verify/. */
#ifndef SEEDPIPE_VERIFY_VERIFY_INT_H
#define SEEDPIPE_VERIFY_VERIFY_INT_H

#include <jansson.h>

#include "gen/eval.h"
#include "verify/verify.h"

/* cells.c */
bool verify_cell_equal(const Vec *made, uint32_t i, const Vec *read, uint32_t k);
/* Reads the columns that are loaded; in the order of one of them, or (-1) in none. */
const char *verify_select(Db *db, const TablePlan *tp, int serial, Arena *mem);
uint64_t verify_row_hash(const Vec *const *cols, int ncols, uint32_t i);

/* among.c: are all rows that were made in the table, as they were made? Others may be there too. */
bool verify_among(Db *db, const Plan *plan, int table, bool *all, Arena *mem, Err *err);

/* json.c: by meaning; text that cannot be parsed is compared as it stands. */
bool verify_json_equal(Str a, Str b);
uint64_t verify_json_hash(Str text, uint64_t seed);

#endif

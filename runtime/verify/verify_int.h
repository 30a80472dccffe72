/* Private to verify/. */
#ifndef SEEDPIPE_VERIFY_VERIFY_INT_H
#define SEEDPIPE_VERIFY_VERIFY_INT_H

#include <jansson.h>

#include "gen/eval.h"
#include "verify/verify.h"

void verify_add(VerifyReport *report, VerifyResult result, Arena *mem);

/* cells.c */
bool verify_cell_equal(const Vec *made, uint32_t i, const Vec *read, uint32_t k);
/* How columns are to be read, so that they compare with what is generated. */
void verify_generated_types(Eval *eval, int table, const TablePlan *tp, const int *cols, int ncols,
                            Type *types);

#endif

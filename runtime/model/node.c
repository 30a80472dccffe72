/* The operators' names and arities, from the one list in node.h. */
#include "model/node.h"

const RollDef roll_defs[ROLL_COUNT_OF] = {
#define X(constant, name, doc) {name, doc},
    ROLL_MAP(X)
#undef X
};

const OpDef op_defs[OP_COUNT] = {
#define X(constant, name, min, max, form, doc) {name, min, max, form, doc},
    OP_MAP(X)
#undef X
};

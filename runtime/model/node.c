/* The operators' names and arities, from the one list in node.h. */
#include "model/node.h"

const OpDef op_defs[OP_COUNT] = {
#define X(constant, name, min, max, form, doc) {name, min, max, form, doc},
    OP_MAP(X)
#undef X
};

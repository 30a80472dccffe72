/* Private to exec/ledger*.c: what stands in the ledger's tables, as text. */
#ifndef SEEDPIPE_EXEC_LEDGER_INT_H
#define SEEDPIPE_EXEC_LEDGER_INT_H

#include "base/map.h"
#include "exec/ledger.h"

typedef enum LedgerPart {
    PART_RUNS, /* oldest first */
    PART_SEGMENTS,
    PART_CHUNKS,
    PART_STEPS,
    PART_CHANGES,
    LEDGER_PARTS
} LedgerPart;

/* Columns 0 and 1 of a part are the run and the table (NULL: the run's own row). */
struct LedgerBook {
    DbResult meta; /* name, value */
    DbResult parts[LEDGER_PARTS];
    const RowSet **row_sets; /* per row of PART_CHANGES, once somebody asked for it */
};

/* The parts alone, of one run, or (NULL) of all. */
bool ledger_read_parts(Ledger *ledger, const char *run_id, struct LedgerBook *out, Arena *mem,
                       Err *err);

#endif

/* A connector that wraps a real one and makes call number N fail, with a class of error of choice.
 * What a real failure does to the session happens here too: a transaction is spoilt or rolled back,
 * a lost connection stays lost until it is closed, a lost reply hides that the call took effect. */
#ifndef SEEDPIPE_TEST_FAULT_H
#define SEEDPIPE_TEST_FAULT_H

#include "db/db.h"

typedef enum FaultKind {
    FAULT_CONSTRAINT,
    FAULT_SERIALIZATION,
    FAULT_DEADLOCK,   /* the server has rolled the transaction back */
    FAULT_LOST,       /* before the call took effect */
    FAULT_LOST_REPLY, /* after it did */
    FAULT_PLAIN,      /* an error of the database without a class */
    FAULT_KINDS
} FaultKind;
const char *fault_name(FaultKind kind);

/* Arms the fault at call `n` (from 1) of the connections opened from now on through the returned
 * connector; n 0: only counts. One wrapped connector at a time. */
const Connector *fault_connector(const Connector *real, FaultKind kind, int n);
bool fault_hit(void);          /* did call n come? */
const char *fault_place(void); /* what it was: "commit" */
int fault_calls(void);

#endif

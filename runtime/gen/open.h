/* Places in the domain of a key below an FK_PER parent: do they lead to parents that are there, and
 * how an index of one segment's domain is called in another's. */
#ifndef SEEDPIPE_GEN_OPEN_H
#define SEEDPIPE_GEN_OPEN_H

#include "model/plan.h"

/* Can the group's index lead to a parent that was gone when the segment was made? */
bool places_close(const Plan *plan, const TablePlan *tp, int group, const Segment *s);
/* Does it not? */
bool index_leads_on(const Plan *plan, const TablePlan *tp, int group, const Segment *s,
                    uint64_t index);
/* The index in segment `to` of what has this one in segment `from`; false: there it has none. */
bool index_in_other(const TablePlan *tp, int group, const Segment *from, const Segment *to,
                    uint64_t index, uint64_t *out);

#endif

/* Private to plan/closure*.c. */
#ifndef SEEDPIPE_PLAN_CLOSURE_INT_H
#define SEEDPIPE_PLAN_CLOSURE_INT_H

#include "plan/closure.h"

bool closure_is_mysql(Engine engine);

#endif

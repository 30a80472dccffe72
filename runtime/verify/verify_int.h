/* Private to verify/. */
#ifndef SEEDPIPE_VERIFY_VERIFY_INT_H
#define SEEDPIPE_VERIFY_VERIFY_INT_H

#include <jansson.h>

#include "verify/verify.h"

void verify_add(VerifyReport *report, VerifyResult result, Arena *mem);

#endif

/* Looks at many cells of a text generator. */
#include "gentext.h"

#include <regex.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define CELLS 20000u

typedef struct Look {
    TextFault fault;
    const regex_t *expression;
} Look;

static void look(GenKit *kit, const Bound *bound, const Look *at, bool by_index)
{
    uint64_t total = by_index && bound->count && bound->count < CELLS ? bound->count : CELLS;
    for (uint64_t first = 0; first < total; first += BATCH_ROWS) {
        uint32_t n = total - first < BATCH_ROWS ? (uint32_t)(total - first) : BATCH_ROWS;
        const Vec *v =
            by_index ? genkit_index(kit, bound, first, n) : genkit_fill(kit, bound, first, n);
        for (uint32_t k = 0; k < n; k++) {
            const char *text = genkit_text(kit, v, k);
            const char *fault = at->fault                                   ? at->fault(text)
                                : regexec(at->expression, text, 0, NULL, 0) ? "shape"
                                                                            : NULL;
            if (fault)
                fail_msg("%s: \"%s\" has a wrong %s", bound->node->gen->name, text, fault);
        }
        genkit_reset(kit);
    }
}

static void look_twice(GenKit *kit, const Bound *bound, const Look *at)
{
    if (!bound)
        fail_msg("refused: %s", genkit_error(kit));
    look(kit, bound, at, false);
    if (bound->indexable)
        look(kit, bound, at, true);
}

void text_all(GenKit *kit, const Bound *bound, TextFault fault)
{
    look_twice(kit, bound, &(Look){.fault = fault});
}

void text_match(GenKit *kit, const Bound *bound, const char *expression)
{
    regex_t compiled;
    assert_int_equal(regcomp(&compiled, expression, REG_EXTENDED | REG_NOSUB), 0);
    look_twice(kit, bound, &(Look){.expression = &compiled});
    regfree(&compiled);
}

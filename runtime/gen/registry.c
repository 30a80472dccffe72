/* The registry: every generator by name. */
#include <string.h>

#include "gen/family_int.h"

static const GenDef *const registry[] = {
#define X(name) &gen_def_##name,
    GEN_MAP(X)
#undef X
};

enum {
#define X(name) REGISTRY_##name,
    GEN_MAP(X) REGISTRY_COUNT
#undef X
};

const GenDef *gen_find(const char *name)
{
    int low = 0, high = REGISTRY_COUNT;
    while (low < high) {
        int mid = (low + high) / 2, order = strcmp(name, registry[mid]->name);
        if (order == 0)
            return registry[mid];
        if (order < 0)
            high = mid;
        else
            low = mid + 1;
    }
    return NULL;
}

const GenDef *const *gen_all(int *n)
{
    *n = REGISTRY_COUNT;
    return registry;
}

bool gen_is_distribution(const GenDef *def)
{
    return def && strcmp(def->family, "distribution") == 0;
}

const char *param_kind_text(ParamKind kind)
{
    switch (kind) {
    case PARAM_INT: return "a whole number";
    case PARAM_NUMBER: return "a number";
    case PARAM_TEXT: return "a text";
    case PARAM_BOOL: return "true or false";
    case PARAM_DURATION: return "a span of time, such as days(3) or days(1, 30)";
    case PARAM_MOMENT: return "a date, a timestamp, clock, a span from it, or a column of such";
    case PARAM_TIME: return "a date, a timestamp, clock or a span from it, such as years(-3)";
    case PARAM_NODE: return "a column or an expression";
    case PARAM_LIST: return "a list, such as {\"a\", \"b\"}";
    case PARAM_STATES: return "states, such as {open = {done = 9, lost = 1, after = days(1, 5)}}";
    case PARAM_WEIGHTS: return "weights, such as {a = 70, b = 30}";
    case PARAM_TABLE: return "a table or its name";
    case PARAM_DIST: return "a distribution, such as zipf { s = 1.1 } or \"normal\"";
    case PARAM_NODES: return "a list of values and expressions, such as {word(), city()}";
    case PARAM_MEMBERS: return "members by name, such as {id = t.id, tag = word()}";
    case PARAM_TEMPLATE: return "a text with columns in braces, such as \"Order {id}\"";
    case PARAM_DATASET: return "the name of a CSV file below the recipe's folder";
    case PARAM_ANY: return "a value or an expression";
    }
    return "a value";
}

/* Nodes as they could be written in a recipe, with every parameter: the same node is always spelled
 * the same, so that two recipes can be compared and their difference be read. */
#include <string.h>

#include "base/buf.h"
#include "base/hash.h"
#include "gen/gen.h"
#include "recipe/recipe_int.h"

#define SPELL_MAX ((size_t)1 << 28)

static void put_node(Buf *out, const Node *node);
/* A value of this node, which holds the nodes that stand in lists. */
static void put_value(Buf *out, const Value *v, const Node *of);

static void put_text(Buf *out, const char *s, size_t n)
{
    buf_byte(out, '"');
    for (size_t i = 0; i < n; i++) {
        if (s[i] == '"' || s[i] == '\\')
            buf_byte(out, '\\');
        if ((unsigned char)s[i] < ' ')
            buf_printf(out, "\\%d", (unsigned char)s[i]);
        else
            buf_byte(out, s[i]);
    }
    buf_byte(out, '"');
}

static void put_span(Buf *out, const char *unit, int64_t min, int64_t max, int64_t one)
{
    buf_printf(out, "%s(%lld", unit, (long long)(min / one));
    if (max != min)
        buf_printf(out, ", %lld", (long long)(max / one));
    buf_byte(out, ')');
}

static bool divides(int64_t one, int64_t a, int64_t b)
{
    return a % one == 0 && b % one == 0;
}

static void put_micros(Buf *out, int64_t min, int64_t max)
{
    static const struct {
        const char *unit;
        int64_t micros;
    } units[] = {{"days", INT64_C(86400000000)},
                 {"hours", INT64_C(3600000000)},
                 {"minutes", 60000000},
                 {"seconds", 1000000},
                 {"microseconds", 1}};
    int u = 0;
    while (!divides(units[u].micros, min, max))
        u++;
    put_span(out, units[u].unit, min, max, units[u].micros);
}

static void put_duration(Buf *out, const Duration *d)
{
    bool months = d->min_months || d->max_months, micros = d->min_micros || d->max_micros;
    if (months && divides(12, d->min_months, d->max_months))
        put_span(out, "years", d->min_months, d->max_months, 12);
    else if (months)
        put_span(out, "months", d->min_months, d->max_months, 1);
    if (months && micros)
        buf_str(out, " + ");
    if (micros || !months)
        put_micros(out, d->min_micros, d->max_micros);
}

static void put_items(Buf *out, const Value *v, const Node *of)
{
    buf_str(out, "{ ");
    for (int i = 0; i < v->count; i++) {
        buf_str(out, i ? ", " : "");
        if (v->kind == VAL_WEIGHTS)
            buf_byte(out, '{');
        if (v->kind == VAL_MEMBERS) {
            put_text(out, v->names[i], strlen(v->names[i]));
            buf_str(out, " = ");
        }
        put_value(out, &v->items[i], of);
        if (v->kind == VAL_WEIGHTS)
            buf_printf(out, ", %.15g}", v->weights[i]);
    }
    buf_str(out, " }");
}

/* The cells of a file are no reading matter: its name, and a digest that differs when they do. */
static void put_dataset(Buf *out, const Value *v)
{
    uint64_t hash = (uint64_t)v->i;
    for (int i = 0; i < v->count; i++) {
        const Value *cell = &v->items[i];
        hash = hash64(cell->kind == VAL_TEXT ? cell->text : "", cell->len, hash + cell->kind);
    }
    put_text(out, v->text, v->len);
    buf_printf(out, " (%016llx)", (unsigned long long)hash);
}

static void put_value(Buf *out, const Value *v, const Node *of)
{
    const Duration *d = &v->duration;
    switch (v->kind) {
    case VAL_NONE: break;
    case VAL_NULL: buf_str(out, "null"); break;
    case VAL_BOOL: buf_str(out, v->i ? "true" : "false"); break;
    case VAL_INT: buf_printf(out, "%lld", (long long)v->i); break;
    case VAL_FLOAT: buf_str(out, v->text); break;
    case VAL_TEXT: put_text(out, v->text, v->len); break;
    case VAL_TABLE: buf_str(out, v->text); break;
    case VAL_DURATION: put_duration(out, d); break;
    case VAL_NODE: put_node(out, v->node); break;
    case VAL_ARG: put_node(out, of->args[v->i]); break;
    case VAL_DATASET: put_dataset(out, v); break;
    case VAL_LIST:
    case VAL_MEMBERS:
    case VAL_WEIGHTS: put_items(out, v, of); break;
    case VAL_CLOCK:
        buf_str(out, "clock");
        if (d->min_months || d->min_micros) {
            buf_str(out, " + ");
            put_duration(out, d);
        }
        break;
    }
}

static void put_args(Buf *out, const Node *node, int from)
{
    for (int i = from; i < node->nargs; i++) {
        buf_str(out, i > from ? ", " : "");
        put_node(out, node->args[i]);
    }
}

static void put_generator(Buf *out, const Node *node)
{
    int given = 0;
    buf_str(out, node->gen->name);
    for (int i = 0; i < node->gen->nparams; i++) {
        if (node->params[i].kind == VAL_NONE)
            continue;
        buf_printf(out, "%s%s = ", given++ ? ", " : " { ", node->gen->params[i].name);
        put_value(out, &node->params[i], node);
    }
    buf_str(out, given ? " }" : "()");
}

static const char *operator_of(OpKind op)
{
    switch (op) {
    case OP_ADD: return " + ";
    case OP_SUB: return " - ";
    case OP_MUL: return " * ";
    case OP_DIV: return " / ";
    case OP_MOD: return " % ";
    case OP_IDIV: return " // ";
    case OP_CONCAT: return " .. ";
    case OP_AND: return " & ";
    case OP_OR: return " | ";
    default: return NULL;
    }
}

static void put_operation(Buf *out, const Node *node)
{
    const OpDef *def = &op_defs[node->op];
    if (operator_of(node->op)) {
        buf_byte(out, '(');
        for (int i = 0; i < node->nargs; i++) {
            buf_str(out, i ? operator_of(node->op) : "");
            put_node(out, node->args[i]);
        }
        buf_byte(out, ')');
        return;
    }
    if (def->form == 'o')
        buf_byte(out, node->op == OP_NEG ? '-' : '~');
    if (def->form == 'm') {
        put_node(out, node->args[0]);
        buf_byte(out, ':');
    }
    if (def->form != 'o')
        buf_printf(out, "%s(", def->name);
    put_args(out, node, def->form == 'm');
    if (def->form != 'o')
        buf_byte(out, ')');
}

static void put_action(Buf *out, const char *name, int action)
{
    if (action != ACTION_UNSET)
        buf_printf(out, ":%s \"%s\"", name, action_sql((Action)action));
}

static void put_modifiers(Buf *out, const struct NodeModifiers *m)
{
    if (m->unique)
        buf_str(out, ":unique()");
    if (m->pii)
        buf_printf(out, m->pii_kind ? ":pii(\"%s\")" : ":pii()", m->pii_kind);
    if (m->null_share > 0)
        buf_printf(out, ":null(%.15g)", m->null_share);
    else if (m->nullable)
        buf_str(out, ":null()");
    if (m->type)
        buf_printf(out, ":type \"%s\"", m->type);
    put_action(out, "on_delete", m->on_delete);
    put_action(out, "on_update", m->on_update);
}

static void put_roll(Buf *out, const Node *node)
{
    buf_printf(out, "%s(%s%s", roll_defs[node->roll].name, node->name, node->nargs ? ": " : "");
    put_args(out, node, 0);
    if (node->roll == ROLL_NTH)
        buf_printf(out, ", %lld", (long long)node->value.i);
    buf_byte(out, ')');
}

static void put_node(Buf *out, const Node *node)
{
    switch (node->kind) {
    case NODE_CONST: put_value(out, &node->value, node); break;
    case NODE_GEN: put_generator(out, node); break;
    case NODE_COLUMN: buf_printf(out, "t.%s", node->column); break;
    case NODE_PARENT:
        put_node(out, node->args[0]);
        buf_printf(out, ".%s", node->name);
        break;
    case NODE_OP: put_operation(out, node); break;
    case NODE_ROLL: put_roll(out, node); break;
    }
    put_modifiers(out, &node->mods);
}

const char *node_spell(const Node *node, Arena *mem)
{
    Buf out;
    buf_init(&out, SPELL_MAX);
    put_node(&out, node);
    const char *text = arena_strndup(mem, buf_cstr(&out), out.len);
    buf_free(&out);
    return text;
}

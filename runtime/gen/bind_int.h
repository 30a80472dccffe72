/* Private to binding: how a node's arguments become Bounds, and the errors that name the place. */
#ifndef SEEDPIPE_GEN_BIND_INT_H
#define SEEDPIPE_GEN_BIND_INT_H

#include "gen/gen.h"

/* An empty Bound for a node at scope->path: key set, column -1. */
Bound *bound_new(const GenScope *scope, const Node *node, Arena *mem);

/* Binds a node as the next argument of b->out; its path is the parent's, "/" and step. Returns its
 * index, -1 on error. */
int bind_arg(GenBind *b, const Node *node, const char *step);
void bound_push_arg(Bound *out, const Bound *arg, Arena *mem);

/* bind_const.c: a constant's vector and type. */
bool const_bind(GenBind *b, const Value *v);
/* A text constant read as a date, timestamp or time; NULL with an error when it is none. */
const Bound *const_as_moment(GenBind *b, const Bound *text, TypeKind kind);
const Bound *const_null(GenBind *b);
static inline bool is_const(const Bound *bound, ValueKind kind)
{
    return bound->node && bound->node->kind == NODE_CONST && bound->node->value.kind == kind;
}

/* bind_ref.c: columns of the row and of its parents. */
bool column_bind(GenBind *b);
bool parent_bind(GenBind *b);
/* The column is bound, or can be now; -1: the table's references and `per`. False: errors were
 * added. */
bool column_need(GenBind *b, const TablePlan *tp, int col);

/* bind_roll.c: values over children, and the generators child_index and siblings. */
bool roll_bind(GenBind *b);

/* bind_param.c: what was given, against what the generator declares. */
bool params_check(GenBind *b);

/* expr.c */
bool expr_bind(GenBind *b);

#endif

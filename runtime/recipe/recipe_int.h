/* Loading a recipe: what its parts share. The Lua side holds handles; everything that outlives it
 * is built in the arena at once. Lua errors leave functions by longjmp, so nothing here owns memory
 * outside of the arena and Lua. */
#ifndef SEEDPIPE_RECIPE_RECIPE_INT_H
#define SEEDPIPE_RECIPE_RECIPE_INT_H

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>

#include "base/map.h"
#include "gen/gen.h"
#include "recipe/recipe.h"

typedef struct RTable RTable;
typedef struct Record Record;

/* A node while the recipe runs; every Node of a recipe is the first member of an LNode. */
typedef struct LNode {
    Node node;
    RTable *owner;  /* the table whose columns it reads, NULL: none */
    bool condition; /* a comparison or a combination of them */
    bool modified;  /* carries :unique() and the like */
    bool used, reported;
    int weight, depth;     /* size of the tree below, shared parts counted each time */
    const char *subject;   /* of a node that must be used: where it stood */
    struct LNode *pending; /* the next node that must be used */
    Record *record;        /* a value of it; NULL: none */
    const char *member;    /* which */
} LNode;

/* t:foreign(...), replaced for the single keys when all tables are known. */
typedef struct Composite {
    int *cols;
    int ncols;
    const char *ref_table; /* as in VAL_TABLE */
    const char *const *ref_cols;
    const char *where;
} Composite;

struct RTable {
    RecipeTable out;
    const char *full_name; /* "schema.name" or "name" */
    const char *where;
    bool done;                     /* its function came to an end */
    bool forward;                  /* children "name": stands for a table that comes later */
    const struct RTable *resolved; /* which one, once all are known */
    int handle;                    /* its userdata in the Lua registry */
    bool named_primary;
    Composite *composites;
    int ncomposites;
    size_t cap_cols, cap_uniques, cap_indexes, cap_fks, cap_checks, cap_composites;
};

typedef struct LoadSource {
    const char *chunk; /* as errors name it */
    const char *name;  /* as the ledger names it: below the recipe's folder */
    const char *text;
    size_t len;
} LoadSource;

typedef struct Load {
    Arena *mem;
    Err *err;
    lua_State *L;
    const char *path;             /* as the user gave it */
    const char *dir;              /* of the path, for what is required; NULL: nothing may be read */
    const RecipeOptions *options; /* NULL: none */
    const RecipeSource *given;    /* recipe_load_sources: all that there is */
    int ngiven;
    size_t held;        /* bytes: Lua's and the nodes' */
    size_t arena_start; /* what the arena held before */
    uint64_t steps;
    double cpu_start;
    bool trace;        /* keep the line that runs, for the one error that has no stack: no memory */
    bool trace_wanted; /* it came without: run again with trace */
    const char *line_source;
    int line;
    ErrItem *poison; /* a limit was hit: nothing in Lua may catch it */
    Recipe *recipe;  /* what recipe{...} began; NULL before */
    RTable **tables;
    int ntables;
    size_t cap_tables;
    RTable *open; /* the table whose function runs */
    RTable **forwards;
    int nforwards;
    size_t cap_forwards;
    LNode *pending;
    Record *records;
    LoadSource *sources;
    int nsources;
    size_t cap_sources;
    Value *datasets; /* read so far */
    int ndatasets;
    size_t cap_datasets;
    const char **words; /* every global word, for "did you mean" */
    int nwords;
    size_t cap_words;
} Load;

/* ---- load.c, state.c: the Lua state, its limits, and errors at a line of the recipe */

#ifdef SEEDPIPE_FUZZ /* an input is worth a moment, not seconds */
#define LOAD_MAX_MEMORY ((size_t)8 << 20)
#define LOAD_MAX_STEPS  UINT64_C(1000000)
#else
#define LOAD_MAX_MEMORY ((size_t)64 << 20)
#define LOAD_MAX_STEPS  UINT64_C(50000000)
#endif
#define LOAD_MAX_CPU  20.0 /* seconds: for C functions in a loop, which take few steps */
#define LOAD_MAX_FILE ((size_t)4 << 20)

Load *load_of(lua_State *L);
/* Zeroed memory of the arena, counted against the limit. */
void *load_alloc(Load *ld, size_t size);
char *load_text(Load *ld, const char *s, size_t n);
/* Like arena_grow, counted; the new part is zeroed. */
void *load_grow(Load *ld, void *old, size_t *cap, size_t need, size_t size);
#define load_array(ld, Type, n) ((Type *)load_alloc((ld), ((size_t)(n) + 1) * sizeof(Type)))
const char *load_printf(Load *ld, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* "path:line" of the innermost line of the recipe that is running. */
const char *load_here(Load *ld);
/* "loans.amount", "loans", or NULL outside of a table. */
const char *load_subject(Load *ld);
/* Raise an error at this line of the recipe; hint may be NULL. */
void load_fail(Load *ld, const char *hint, const char *fmt, ...)
    __attribute__((format(printf, 3, 4), noreturn));
void load_raise(Load *ld, const char *where, const char *subject, const char *hint,
                const char *message) __attribute__((noreturn));
/* "did you mean X?", or NULL when no name is near. */
const char *load_near(Load *ld, const char *prefix, const char *word, const char *const *names,
                      int n);
/* "a text (\"abc\")", "the number 5", "a table of the recipe", for messages. */
const char *load_describe(Load *ld, int index);
/* Compiles a text chunk and leaves the function on the stack; raises on a syntax error. */
void load_chunk(Load *ld, const char *name, const char *text, size_t len);
void load_add_source(Load *ld, const char *chunk, const char *name, const char *text, size_t len);
/* lua_pcall that puts things right after an error; the caller looks at ld->poison. */
int load_pcall(Load *ld, int nargs, int nresults, int handler);
/* Runs the recipe. False: errors were added, or trace_wanted is set. */
bool load_run(Load *ld, const char *text, size_t len);

/* ---- sandbox.c: the environment; leaves it on the stack */
void sandbox_open(Load *ld);
/* traps.c: `or` behind a comparison, which Lua would decide while the recipe runs. */
void traps_scan(Load *ld, const char *path, const char *text, size_t len);

/* ---- lnode.c: nodes as Lua sees them */
void lnode_open(Load *ld);
LNode *lnode_new(Load *ld, NodeKind kind);
LNode *lnode_const(Load *ld, Value value);
LNode *lnode_op(Load *ld, OpKind op, LNode *const *args, int nargs);
/* Pushes a handle; origin: stack index of the object it was read from, 0: none. */
void lnode_push(Load *ld, LNode *e, int origin);
/* NULL when the value is no node. */
LNode *lnode_at(lua_State *L, int index);
/* A node, or a literal as a constant, as part of another node (`whole` false: modifiers are left
 * behind) or for a column; raises with `what` ("argument 2 of round") on anything else. */
LNode *lnode_operand(Load *ld, int index, const char *what, bool whole);
/* A condition: never a Lua boolean. */
LNode *lnode_condition(Load *ld, int index, const char *what);
/* Marks e as used by what is built now and adds its size; raises when tables mix or it grows too
 * large. */
void lnode_take(Load *ld, LNode *into, LNode *e);
bool lnode_is_gen(const LNode *e, const char *name);
/* The node must be used by something, else the recipe is refused. */
void lnode_must_use(Load *ld, LNode *e);
/* A literal or a constant node as a Value; false when it is neither. Raises on texts that are not
 * UTF-8. */
bool lnode_value(Load *ld, int index, Value *out);
/* Calls a method of nodes on all that is on the stack, the node first; returns the number of its
 * results. */
int lnode_call_method(Load *ld, const char *name);
bool lnode_can_be_null(const LNode *e);
/* The condition as a person would say it. */
const char *lnode_text(const Node *node, Arena *mem);

/* spell.c: a node as it could be written in a recipe, complete. */
const char *node_spell(const Node *node, Arena *mem);

/* ---- words.c, call.c: the global words */
void words_open(Load *ld, int env);
void words_add(Load *ld, int env, const char *name); /* takes the value on the top of the stack */
int call_generator(lua_State *L);                    /* upvalue 1: the GenDef */
/* The call with its parameters read and checked. */
LNode *call_read(lua_State *L, const GenDef *def);
/* A call with these parameters: names and LNodes, then NULL. */
LNode *call_new(Load *ld, const char *generator, ...);
/* call_nodes.c: parameters that hold nodes; the nodes become args of the call. */
Value call_nodes(Load *ld, const GenDef *def, int index, LNode *call);
Value call_members(Load *ld, const GenDef *def, int index, LNode *call);
/* Takes a text apart at its placeholders: members by name, else columns of the open table. */
void call_template(Load *ld, const GenDef *def, Value *text, const Value *members, LNode *call);
/* dataset.c: a CSV file below the recipe's folder, read once and kept among the sources. */
Value dataset_read(Load *ld, const GenDef *def, const char *name);
/* sandbox.c: the text of a file below the recipe's folder, or of the kept source of that name;
 * `word` is who asks, for errors. */
const char *sandbox_source(Load *ld, const char *word, const char *name, size_t *len);

/* ---- rolls.c: values over a row's children */
void rolls_open(Load *ld, int env);
/* A column of a table that is not the open one; it need not be there yet. */
LNode *rolls_column(Load *ld, RTable *table, const char *name);

/* ---- records.c: several columns of one identity */
void records_open(Load *ld, int env);
/* A call of company or state_machine is a record too: its values can be read. */
void records_begin(Load *ld, LNode *call);
/* Pushes a value of the record that e stands for; false when e is none. */
bool records_field(Load *ld, LNode *e, const char *name);
/* Pushes what the handle at the index is called ("a person"); NULL when it is none. */
const char *records_describe(Load *ld, int index);
/* Where a table keeps a value of a record in a column, others read it there. */
void records_resolve(Load *ld);

/* ---- sugar.c: functions and methods made of others; leaves nothing on the stack */
void sugar_open(Load *ld, int env);
void sugar_methods(Load *ld, int methods);

/* ---- table.c, rules.c, root.c: t and r */

void table_open(Load *ld);
void rules_push(lua_State *L); /* the methods of tables, as a Lua table */
void root_open(Load *ld, int env);
RTable *table_at(lua_State *L, int index); /* NULL when it is none */
RTable *table_find(const Load *ld, const char *full_name);
/* A table object or a name, as "schema.name" or "name"; raises on anything else. */
const char *table_name_at(Load *ld, int index, const char *what);
/* Pushes the handle of a new table and keeps it for r.name. */
void table_push(Load *ld, RTable *table);
/* Adds a key unless the same is there. */
void table_add_key(Load *ld, Key **keys, int *n, size_t *cap, int *cols, int ncols);
int table_call_method(Load *ld, const char *name); /* like lnode_call_method */
int root_call_method(Load *ld, const char *name);
bool root_is(lua_State *L, int index);

/* ---- freeze.c: what can be checked when all tables are known */
bool freeze(Load *ld);

/* ---- locales.c */

/* recipe { locale = ... }: a text, or names with weights; raises on anything else. */
void locales_option(Load *ld, int index, Recipe *recipe);
/* Finds the locales that the frozen recipe names, reads their files, or takes them from the kept
 * sources, and adds them to the recipe's sources. */
bool locales_load(Load *ld);

/* iso_codes.c: these lists of iso-codes in the shape of a locale: "country", "subdivision.DE". */
bool iso_codes_read(Load *ld, const char *const *lists, size_t n, const char *where, Locale *out);

/* table.c */
void table_add_fk(Load *ld, RTable *table, ForeignKey fk);

#endif

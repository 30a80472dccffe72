/* Records: person(), place(), company() and card() stand for one identity, whose values agree:
 * local p = person(), t.name = p.full_name, t.email = p.email:unique(). A value is a generator or
 * an expression over others of the record. Those that the table has as columns are read from these
 * (records_resolve), the rest are drawn from the record's own streams wherever they stand. */
#include <string.h>

#include "base/text.h"
#include "recipe/recipe.h"
#include "recipe/records_int.h"

#define RECORD_TYPE "seedpipe.record"

LNode *record_part(Record *r, LNode *e, const char *name)
{
    e->record = r;
    e->member = name;
    e->owner = (RTable *)r->table;
    return e;
}

LNode *record_given(Load *ld, const Record *r, const char *name)
{
    for (int i = 0; i < r->kind->def.nparams; i++) {
        const Value *v = &r->params[i];
        if (strcmp(r->kind->def.params[i].name, name) != 0 || v->kind == VAL_NONE)
            continue;
        return v->kind == VAL_NODE ? (LNode *)v->node : lnode_const(ld, *v);
    }
    return NULL;
}

LNode *record_value(Load *ld, Record *r, const char *name)
{
    const Member *m = r->kind->members;
    while (strcmp(m->name, name) != 0)
        m++;
    LNode *made = m->make(ld, r), *e = load_alloc(ld, sizeof *e);
    *e = *made;
    if (!e->modified && e->node.kind != NODE_GEN)
        e->node.mods.pii_kind = m->pii;
    return record_part(r, e, m->name);
}

static Record *record_new(Load *ld, const RecordKind *kind, const Value *params)
{
    Record *r = load_alloc(ld, sizeof *r);
    const char *name = params && params[0].kind == VAL_TEXT ? params[0].text : NULL;
    int same = 1;
    *r = (Record){.kind = kind, .table = ld->open, .params = params, .read = !kind->self};
    r->name = name ? load_printf(ld, "%s %s", kind->def.name, name) : kind->def.name;
    for (const Record *other = ld->records; other; other = other->next) {
        if (other->table != r->table || other->kind != kind)
            continue;
        same++;
        if (name && strcmp(other->name, r->name) == 0)
            load_fail(ld, "each record of a table has a name of its own",
                      "there is a %s \"%s\" already", kind->def.name, name);
    }
    if (!name && same > 1)
        r->name = load_printf(ld, "%s %d", kind->def.name, same);
    r->next = ld->records;
    ld->records = r;
    return r;
}

/* ---------------------------------------------------------------- in Lua */

static Record *record_at(lua_State *L, int index)
{
    Record **handle = luaL_testudata(L, index, RECORD_TYPE);
    return handle ? *handle : NULL;
}

const char *records_describe(Load *ld, int index)
{
    const Record *r = record_at(ld->L, index);
    return r ? arena_printf(ld->mem, "a %s, which has several values", r->kind->def.name) : NULL;
}

static const char *member_hint(Load *ld, const RecordKind *kind, const char *name)
{
    const char **names = load_array(ld, const char *, kind->nmembers);
    for (int i = 0; i < kind->nmembers; i++)
        names[i] = kind->members[i].name;
    const char *near = load_near(ld, "", name, names, kind->nmembers);
    return near ? near
                : arena_printf(ld->mem, "it has %s",
                               text_list(names, kind->nmembers, kind->nmembers, ld->mem));
}

static bool push_value(Load *ld, Record *r, const char *name)
{
    LNode *e = NULL;
    for (int i = 0; i < r->kind->nmembers && !e; i++)
        if (strcmp(r->kind->members[i].name, name) == 0)
            e = record_value(ld, r, name);
    if (!e && r->kind->find)
        e = r->kind->find(ld, r, name);
    if (!e)
        return false;
    r->read = true;
    lnode_push(ld, e, 0);
    return true;
}

bool records_field(Load *ld, LNode *e, const char *name)
{
    Record *r = e->record;
    return r && r->self && strcmp(e->member, r->kind->self) == 0 && push_value(ld, r, name);
}

void records_begin(Load *ld, LNode *call)
{
    const GenDef *gen = call->node.gen;
    const RecordKind *kind = record_kinds;
    while (kind->def.name && (!kind->self || strcmp(kind->def.name, gen->name) != 0))
        kind++;
    if (!kind->def.name || !ld->open)
        return;
    bool named = gen->nparams && strcmp(gen->params[0].name, "name") == 0;
    Record *r = record_new(ld, kind, named ? call->node.params : NULL);
    r->self = call;
    r->read = kind->find;
    call->record = r;
    call->member = kind->self;
}

static int read_value(lua_State *L)
{
    Load *ld = load_of(L);
    Record *r = record_at(L, 1);
    const char *name = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : "";
    if (!push_value(ld, r, name))
        load_fail(ld, member_hint(ld, r->kind, name), "a %s has no \"%s\"", r->kind->def.name,
                  name);
    return 1;
}

static int no_change(lua_State *L)
{
    load_fail(load_of(L), "give parameters where it is made: person { gender = \"female\" }",
              "a record cannot be changed");
}

static int record_word(lua_State *L)
{
    Load *ld = load_of(L);
    const RecordKind *kind = lua_touserdata(L, lua_upvalueindex(1));
    if (!ld->open)
        load_fail(ld, "inside of r:table(..., function(t) ... end)",
                  "%s belongs to a table's row: make it where its columns are assigned",
                  kind->def.name);
    const LNode *call = call_read(L, &kind->def);
    Record *r = record_new(ld, kind, call->node.params);
    *(Record **)lua_newuserdatauv(L, sizeof(Record *), 0) = r;
    luaL_setmetatable(L, RECORD_TYPE);
    return 1;
}

void records_open(Load *ld, int env)
{
    lua_State *L = ld->L;
    static const luaL_Reg events[] = {
        {"__index", read_value}, {"__newindex", no_change}, {NULL, NULL}};
    luaL_newmetatable(L, RECORD_TYPE);
    luaL_setfuncs(L, events, 0);
    lua_pushliteral(L, "record");
    lua_setfield(L, -2, "__name");
    lua_pop(L, 1);
    for (const RecordKind *kind = record_kinds; kind->def.name; kind++) {
        if (kind->self)
            continue; /* the generator's word is there */
        lua_pushlightuserdata(L, (void *)kind);
        lua_pushcclosure(L, record_word, 1);
        words_add(ld, env, kind->def.name);
    }
}

/* ---------------------------------------------------------------- for help */

const GenDef *recipe_record(int i)
{
    for (const RecordKind *kind = record_kinds; kind->def.name; kind++)
        if (!kind->self && i-- == 0)
            return &kind->def;
    return NULL;
}

const char *recipe_record_member(const char *word, int i)
{
    const RecordKind *kind = record_kinds;
    while (kind->def.name && strcmp(kind->def.name, word) != 0)
        kind++;
    return kind->def.name && i < kind->nmembers ? kind->members[i].name : NULL;
}

/* ---------------------------------------------------------------- when all columns are known */

static const char *identity_of(Load *ld, const Node *node)
{
    LNode *e = (LNode *)node;
    if (e->record && e->record->read && !node->identity && node->kind != NODE_CONST &&
        node->kind != NODE_COLUMN && node->kind != NODE_PARENT) {
        e->node.identity = load_printf(ld, "%s.%s", e->record->name, e->member);
        e->node.record = e->record->name;
    }
    return node->identity;
}

/* The column before `below` that holds the value. */
static int column_of(Load *ld, const Table *t, const char *identity, int below)
{
    for (int c = 0; identity && c < below; c++) {
        const char *own = identity_of(ld, t->cols[c].node);
        if (own && strcmp(own, identity) == 0)
            return c;
    }
    return -1;
}

static LNode *column_node(Load *ld, RTable *table, int col, const Node *like)
{
    LNode *e = load_alloc(ld, sizeof *e);
    e->node.kind = NODE_COLUMN;
    e->node.where = like->where;
    e->node.column = table->out.table.cols[col].name;
    e->node.mods = like->mods;
    e->owner = table;
    e->used = true;
    return e;
}

static const Node *resolved(Load *ld, RTable *table, const Node *node);

static void resolve_below(Load *ld, RTable *table, const Node *node)
{
    for (int i = 0; i < node->nargs; i++)
        ((const Node **)node->args)[i] = resolved(ld, table, node->args[i]);
    for (int i = 0; node->kind == NODE_GEN && node->params && i < node->gen->nparams; i++)
        if (node->params[i].kind == VAL_NODE)
            ((Value *)node->params)[i].node = resolved(ld, table, node->params[i].node);
}

static const Node *resolved(Load *ld, RTable *table, const Node *node)
{
    const Table *t = &table->out.table;
    int col = column_of(ld, t, identity_of(ld, node), t->ncols);
    if (col >= 0)
        return &column_node(ld, table, col, node)->node;
    resolve_below(ld, table, node);
    return node;
}

void records_resolve(Load *ld)
{
    for (int i = 0; i < ld->ntables && ld->records; i++) {
        Table *t = &ld->tables[i]->out.table;
        for (int c = 0; c < t->ncols; c++)
            identity_of(ld, t->cols[c].node);
        for (int c = 0; c < t->ncols; c++) {
            const Node *node = t->cols[c].node;
            int first = column_of(ld, t, node->identity, c);
            if (first >= 0)
                t->cols[c].node = &column_node(ld, ld->tables[i], first, node)->node;
            else
                resolve_below(ld, ld->tables[i], node);
        }
    }
}

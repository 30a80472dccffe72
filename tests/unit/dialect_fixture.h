/* A table that has everything: for the tests of what is made of it. */
#ifndef SEEDPIPE_TEST_DIALECT_FIXTURE_H
#define SEEDPIPE_TEST_DIALECT_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "db/dialect.h"

static const Engine engines[] = {ENGINE_SQLITE, ENGINE_POSTGRES, ENGINE_MARIADB, ENGINE_MYSQL};

static Arena *mem;

static int setup(void **state)
{
    (void)state;
    mem = arena_new();
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_free(mem);
    return 0;
}

static Node gt_zero(void)
{
    static const Node column = {.kind = NODE_COLUMN, .column = "amount", .where = "t.lua:1"};
    static const Node zero = {.kind = NODE_CONST, .value = {.kind = VAL_INT}, .where = "t.lua:1"};
    static const Node *const args[] = {&column, &zero};
    return (Node){.kind = NODE_OP, .op = OP_GT, .args = args, .nargs = 2, .where = "t.lua:1"};
}

/* loans: a serial key, two foreign keys (one that a key begins with), a unique key, an index and a
 * check. */
static Table loans(void)
{
    static Node condition;
    condition = gt_zero();
    static int c0[] = {0}, c1[] = {1}, c2[] = {2}, c14[] = {1, 4}, c3[] = {3};
    static const char *const id[] = {"id"};
    static Column cols[] = {
        {.name = "id", .type = {.kind = TYPE_INT, .bits = 64}, .auto_key = true},
        {.name = "borrower_id", .type = {.kind = TYPE_INT, .bits = 64}},
        {.name = "branch", .type = {.kind = TYPE_INT, .bits = 32}, .nullable = true},
        {.name = "status", .type = {.kind = TYPE_TEXT, .length = 9}},
        {.name = "amount", .type = {.kind = TYPE_DECIMAL, .precision = 12, .scale = 2}},
    };
    static Key uniques[1], indexes[1];
    uniques[0] = (Key){.cols = c14, .ncols = 2};
    indexes[0] = (Key){.cols = c3, .ncols = 1};
    static ForeignKey fks[2];
    fks[0] = (ForeignKey){.cols = c1,
                          .ncols = 1,
                          .ref_table = "borrowers",
                          .ref_cols = id,
                          .on_delete = ACTION_CASCADE,
                          .on_update = ACTION_UNSET};
    fks[1] = (ForeignKey){.cols = c2,
                          .ncols = 1,
                          .ref_table = "branches",
                          .ref_cols = id,
                          .on_delete = ACTION_SET_NULL,
                          .on_update = ACTION_CASCADE,
                          .deferrable = true};
    static Check checks[1];
    checks[0] = (Check){.cond = &condition, .in_ddl = true, .where = "t.lua:9"};
    return (Table){.name = "loans",
                   .cols = cols,
                   .ncols = 5,
                   .primary = {.cols = c0, .ncols = 1},
                   .uniques = uniques,
                   .nuniques = 1,
                   .indexes = indexes,
                   .nindexes = 1,
                   .fks = fks,
                   .nfks = 2,
                   .checks = checks,
                   .nchecks = 1};
}

#endif

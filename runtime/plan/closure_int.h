/* Private to plan/closure*.c. */
#ifndef SEEDPIPE_PLAN_CLOSURE_INT_H
#define SEEDPIPE_PLAN_CLOSURE_INT_H

#include "plan/closure.h"

bool closure_is_mysql(Engine engine);

#define CLOSURE_SQL_MAX (1 << 20)

/* closure_sql.c: pieces of statements. */
char *closure_done(Buf *sql, Arena *mem);
void closure_put_temp(const Closure *c, Buf *sql, int table, bool work);
void closure_put_table(const Closure *c, Buf *sql, int table);
void closure_put_col(const Closure *c, Buf *sql, const char *alias, const char *name);
void closure_put_ks(const Closure *c, Buf *sql, int table, const char *alias);
void closure_put_match(const Closure *c, Buf *sql, int table, const char *alias);
void closure_put_key_list(const Closure *c, Buf *sql, int table, const char *alias, bool named);
void closure_put_reference(const Closure *c, Buf *sql, const ClosureRef *ref);

#endif

/* modify --update: may the new cells stand beside those that stay? The CHECKs of the table as the
 * target has it are asked of the database, by the values as they would be, before anything is
 * written: a dry run says it, too. */
#include <string.h>

#include "base/text.h"
#include "exec/modify.h"
#include "exec/renew.h"

static void put_column(const Renewal *r, Buf *sql, const char *name)
{
    buf_str(sql, "c.");
    dialect_ident(r->db->engine, sql, name);
}

static bool is_concerned(const Renewal *r, const Check *check)
{
    const Table *table = r->plan->tables[r->table].table;
    bool concerned = false;
    for (int i = 0; check->sql && i < r->ncols; i++)
        concerned = concerned || table_mentions(check->sql, table->cols[r->cols[i]].name);
    return concerned;
}

/* The row as it would be, as far as the condition reads it, under the table's name. False: what the
 * database computes is not known before. */
static bool put_row(const Renewal *r, Buf *sql, const Table *there, const Check *check)
{
    const Table *table = r->plan->tables[r->table].table;
    bool known = true;
    buf_str(sql, "(SELECT 1 AS seedpipe_1");
    for (int c = 0; c < there->ncols; c++) {
        const Column *col = &there->cols[c];
        if (!table_mentions(check->sql, col->name))
            continue;
        int place = renewal_place(r, table_column(table, col->name));
        known = known && !col->generated && !col->no_select;
        buf_str(sql, ", ");
        if (place >= 0)
            buf_printf(sql, "n.v%d", place + 1);
        else
            put_column(r, sql, col->name);
        buf_str(sql, " AS ");
        dialect_ident(r->db->engine, sql, col->name);
    }
    buf_str(sql, " FROM ");
    renewal_put_name(r, sql);
    buf_str(sql, " JOIN ");
    dialect_table(r->db->engine, sql, there->schema, there->name);
    buf_str(sql, " c ON ");
    for (int k = 0; k < r->nkey; k++) {
        buf_str(sql, k ? " AND " : "");
        put_column(r, sql, r->key[k]);
        buf_printf(sql, " = n.k%d", k + 1);
    }
    buf_str(sql, ") ");
    dialect_ident(r->db->engine, sql, there->name);
    return known;
}

/* What the server does not understand outside of its table is left to the UPDATE; on PostgreSQL the
 * transaction would be over, and its catalog tells all conditions so that it does. */
static bool count_refused(const Renewal *r, const Table *there, const Check *check, int64_t *rows,
                          Arena *mem, Err *err)
{
    Err said = {0};
    Buf sql;
    buf_init(&sql, 1 << 20);
    buf_str(&sql, "SELECT count(*) FROM ");
    bool known = put_row(r, &sql, there, check);
    buf_printf(&sql, " WHERE NOT (%s\n)", check->sql); /* SQLite: perhaps a comment at its end */
    const char *text = arena_strndup(mem, buf_cstr(&sql), sql.len);
    buf_free(&sql);
    *rows = 0;
    if (!known || db_query_i64(r->db, text, NULL, 0, 0, rows, mem, &said))
        return true;
    *rows = 0;
    if (said.last->code == ERR_DB && r->db->engine != ENGINE_POSTGRES)
        return true;
    err_append(mem, err, said.first);
    return false;
}

bool modify_meets_conditions(const Modify *m, const Renewal *r, Arena *mem, Err *err)
{
    const ClosureTable *node = &m->removal.closure->tables[m->tables[0].node];
    const Table *there = node->table;
    bool ok = true;
    for (int i = 0; i < there->nchecks; i++) {
        const Check *check = &there->checks[i];
        int64_t rows = 0;
        if (!is_concerned(r, check))
            continue;
        if (!count_refused(r, there, check, &rows, mem, err))
            return false;
        if (rows == 0)
            continue;
        ok = err_add(mem, err, ERR_REFUSED, NULL, node->name,
                     "cannot update %s: the new values of %s do not meet its %s",
                     m->s->report->modified.columns, text_plural(rows, "row", mem),
                     check->name ? arena_printf(mem, "CHECK %s", check->name)
                                 : arena_printf(mem, "CHECK (%s)", check->sql));
        err_hint(
            mem, err,
            "let the recipe make what the condition allows, or update other columns with them");
    }
    return ok;
}

/* Bulk loading: rows gather in a buffer of a few MiB and go out as one LOAD DATA LOCAL each, fed
 * from memory, inside the caller's transaction. Where server or client forbid that, the buffer
 * holds an INSERT of many rows instead. LOCAL turns errors into warnings with rows dropped or
 * changed, so each statement's warnings and counts are checked. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "db/mysql_int.h"

enum {
    LOAD_FLUSH = 4 << 20, /* the rate is flat from 1 MiB on */
    INSERT_FLUSH = 1 << 20,
    INSERT_ROWS = 1000,
    CELL_MAX = 256 << 20, /* bytes of one text */
    ROOM_MAX = 1 << 30
};

struct DbLoad {
    MyDb *d;
    const Table *table;
    const char *doing; /* "borrowers": the subject of errors */
    const int *cols;
    int ncols;
    bool infile;
    bool failed;
    char *statement; /* LOAD DATA ..., or INSERT ... VALUES; made with the first rows, which tell
                        the kinds */
    size_t flush_at;
    Buf rows;
    uint64_t buffered, sent;
    Arena *mem;
};

/* ---------------------------------------------------------------- statements */

static MyWrap wrap_of(const DbLoad *l, int i, const Vec *v)
{
    const Type *type = &l->table->cols[l->cols[i]].type;
    if (v->kind == TYPE_BYTES)
        return MY_HEX;
    return type->name && strncasecmp(type->name, "bit", 3) == 0 ? MY_BIT : MY_PLAIN;
}

/* Fields that the server must not take as text go through a variable: (`a`, @v1) SET `b` =
 * UNHEX(@v1). */
static void load_statement(const DbLoad *l, const Vec *const *vecs, Buf *out)
{
    static const char *const before[] = {[MY_HEX] = "UNHEX(@v", [MY_BIT] = "CAST(@v"};
    static const char *const after[] = {[MY_HEX] = ")", [MY_BIT] = " AS UNSIGNED)"};
    Engine engine = l->d->db.engine;
    buf_str(out, "LOAD DATA LOCAL INFILE 'seedpipe' INTO TABLE ");
    dialect_table(engine, out, l->table->schema, l->table->name);
    buf_str(
        out,
        " CHARACTER SET utf8mb4 FIELDS TERMINATED BY '\\t' ENCLOSED BY '' ESCAPED BY '\\\\' LINES TERMINATED BY '\\n' (");
    bool set = false;
    for (int i = 0; i < l->ncols; i++) {
        buf_str(out, i ? ", " : "");
        if (!vecs || wrap_of(l, i, vecs[i]) == MY_PLAIN) {
            dialect_ident(engine, out, l->table->cols[l->cols[i]].name);
        } else {
            buf_printf(out, "@v%d", i);
            set = true;
        }
    }
    buf_str(out, set ? ") SET " : ")");
    bool first = true;
    for (int i = 0; set && i < l->ncols; i++) {
        MyWrap wrap = wrap_of(l, i, vecs[i]);
        if (wrap == MY_PLAIN)
            continue;
        buf_str(out, first ? "" : ", ");
        first = false;
        dialect_ident(engine, out, l->table->cols[l->cols[i]].name);
        buf_printf(out, " = %s%d%s", before[wrap], i, after[wrap]);
    }
}

static void make_statement(DbLoad *l, const Vec *const *vecs)
{
    Buf out;
    buf_init(&out, 1 << 24);
    if (l->infile)
        load_statement(l, vecs, &out);
    else
        dialect_insert(l->d->db.engine, &out, l->table, l->cols, l->ncols);
    l->statement = arena_strndup(l->mem, out.data, out.len);
    buf_free(&out);
}

/* ---------------------------------------------------------------- what the server made of it */

/* Remarks on the statement itself, which say nothing about its rows. */
static bool is_harmless(unsigned code)
{
    return code == 1287 || code == 1592 || code == 1681 || code == 3719 || code == 3778 ||
           code == 6414;
}

static int severity(const char *level)
{
    return strcmp(level, "Error") == 0 ? 2 : strcmp(level, "Warning") == 0 ? 1 : 0;
}

/* The first of the worst remarks becomes the error. */
static bool report_warnings(DbLoad *l, unsigned count, Arena *mem, Err *err)
{
    DbResult r;
    if (!mysql_db_query(&l->d->db, "SHOW WARNINGS LIMIT 1000", NULL, 0, &r, mem, err))
        return false;
    int worst = -1;
    unsigned harmless = 0;
    for (int i = 0; i < r.rows; i++) {
        if (is_harmless((unsigned)strtoul(db_cell(&r, i, 1), NULL, 10)))
            harmless++;
        else if (worst < 0 || severity(db_cell(&r, i, 0)) > severity(db_cell(&r, worst, 0)))
            worst = i;
    }
    if (worst >= 0)
        return mysql_db_report(l->d, (unsigned)strtoul(db_cell(&r, worst, 1), NULL, 10), NULL,
                               db_cell(&r, worst, 2), l->doing, l->sent, mem, err);
    if (harmless < count)
        return err_add(mem, err, ERR_DB, NULL, l->doing,
                       "the server changed or dropped rows and gave no reason (%u warnings)",
                       count);
    return true;
}

/* "Records: 10  Deleted: 0  Skipped: 1  Warnings: 1"; an INSERT of one row has none. */
static uint64_t info_number(const char *info, const char *word)
{
    const char *at = info ? strstr(info, word) : NULL;
    return at ? strtoull(at + strlen(word), NULL, 10) : 0;
}

static bool check_counts(DbLoad *l, Arena *mem, Err *err)
{
    MYSQL *my = l->d->my;
    const char *info = mysql_info(my);
    uint64_t affected = mysql_affected_rows(my);
    uint64_t records = info ? info_number(info, "Records: ") : affected;
    uint64_t lost = info_number(info, "Skipped: ") + info_number(info, "Deleted: ") +
                    info_number(info, "Duplicates: ");
    unsigned warnings = mysql_warning_count(my);
    if (warnings > 0 && !report_warnings(l, warnings, mem, err))
        return false;
    if (affected == l->buffered && records == l->buffered && lost == 0)
        return true;
    /* MySQL ends LOAD DATA at a trigger's NULL, reports success and counts no warning. */
    if (warnings == 0 && !report_warnings(l, 0, mem, err))
        return false;
    return err_add(mem, err, ERR_DB, NULL, l->doing, "%llu rows were sent and the server took %llu",
                   (unsigned long long)l->buffered,
                   (unsigned long long)(affected < records ? affected : records));
}

/* ---------------------------------------------------------------- sending */

static bool fail(DbLoad *l, const Err *err)
{
    l->failed = true;
    buf_free(&l->rows);
    if (!err->last->table)
        err->last->table = l->table->name;
    return false;
}

static bool flush(DbLoad *l, Arena *mem, Err *err)
{
    if (l->buffered == 0)
        return true;
    MyDb *d = l->d;
    mysql_db_enter_thread();
    d->feed = l->infile ? l->rows.data : NULL;
    d->feed_left = l->infile ? l->rows.len : 0;
    int refused = l->infile
                      ? mysql_real_query(d->my, l->statement, (unsigned long)strlen(l->statement))
                      : mysql_real_query(d->my, l->rows.data, (unsigned long)l->rows.len);
    d->feed = NULL;
    if (refused) {
        mysql_db_report(d, mysql_errno(d->my), mysql_sqlstate(d->my), mysql_error(d->my), l->doing,
                        l->sent, mem, err);
        return fail(l, err);
    }
    if (!check_counts(l, mem, err))
        return fail(l, err);
    l->sent += l->buffered;
    l->buffered = 0;
    buf_reset(&l->rows);
    return true;
}

static bool is_forbidden(unsigned code, const char *message)
{
    static const unsigned codes[] = {1148, 2068, 3948, 4166};
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (codes[i] == code)
            return true;
    /* libmariadb, when an option file turned it off: an "unknown error" with this text. */
    return code == 2000 && strstr(message, "local infile") != NULL;
}

/* Whether LOAD DATA LOCAL works is known only after one: of no rows, once per connection. */
static bool prove_infile(DbLoad *l, Arena *mem, Err *err)
{
    MyDb *d = l->d;
    l->infile = d->infile && l->ncols > 0;
    if (!l->infile || d->infile_proved)
        return true;
    make_statement(l, NULL);
    mysql_db_enter_thread();
    d->feed = "";
    d->feed_left = 0;
    int refused = mysql_real_query(d->my, l->statement, (unsigned long)strlen(l->statement));
    d->feed = NULL;
    if (refused && !is_forbidden(mysql_errno(d->my), mysql_error(d->my)))
        return mysql_db_error(d, l->doing, mem, err);
    d->infile_proved = !refused;
    d->infile = l->infile = !refused;
    d->db.load_path = refused ? LOAD_INSERT : LOAD_DATA;
    l->statement = NULL;
    return true;
}

DbLoad *mysql_db_load_begin(Db *db, const Table *table, const int *cols, int ncols, Arena *mem,
                            Err *err)
{
    DbLoad *l = arena_new_of(mem, DbLoad);
    l->d = my_of(db);
    l->table = table;
    l->doing = table->name;
    l->cols = cols;
    l->ncols = ncols;
    l->mem = mem;
    if (!prove_infile(l, mem, err))
        return NULL;
    l->flush_at = LOAD_FLUSH;
    if (!l->infile) {
        size_t packet = l->d->max_packet > 65536 ? l->d->max_packet - 32768 : l->d->max_packet / 2;
        l->flush_at = packet < INSERT_FLUSH ? packet : INSERT_FLUSH;
    }
    buf_init(&l->rows, ROOM_MAX);
    return l;
}

static bool fits(const DbLoad *l, const Vec *v, uint32_t row, int col, Arena *mem, Err *err)
{
    if (vec_is_null(v, row) || v->s[row].n <= CELL_MAX)
        return true;
    return err_add(mem, err, ERR_CONSTRAINT, NULL, l->doing,
                   "a value of column %s is longer than %d MiB", l->table->cols[l->cols[col]].name,
                   CELL_MAX >> 20);
}

static void put_insert_row(DbLoad *l, const Batch *batch, uint32_t row)
{
    if (l->rows.len == 0)
        buf_str(&l->rows, l->statement);
    else
        buf_byte(&l->rows, ',');
    for (int c = 0; c < batch->ncols; c++) {
        buf_byte(&l->rows, c ? ',' : '(');
        dialect_literal(l->d->db.engine, &l->rows, &l->table->cols[l->cols[c]].type, batch->cols[c],
                        row);
    }
    buf_str(&l->rows, batch->ncols ? ")" : "()");
}

/* A row that makes the INSERT too long for a packet begins the next one. */
static bool insert_row(DbLoad *l, const Batch *batch, uint32_t row, Arena *mem, Err *err)
{
    size_t before = l->rows.len;
    put_insert_row(l, batch, row);
    if (l->rows.len > l->flush_at && l->buffered > 0) {
        l->rows.len = before;
        if (!flush(l, mem, err))
            return false;
        put_insert_row(l, batch, row);
    }
    l->buffered++;
    return l->buffered < INSERT_ROWS || flush(l, mem, err);
}

static bool load_row(DbLoad *l, const Batch *batch, uint32_t row, Arena *mem, Err *err)
{
    for (int c = 0; c < batch->ncols; c++) {
        if (c)
            buf_byte(&l->rows, '\t');
        mysql_db_put_field(&l->rows, batch->cols[c], row);
    }
    buf_byte(&l->rows, '\n');
    l->buffered++;
    return l->rows.len < l->flush_at || flush(l, mem, err);
}

bool mysql_db_load_batch(DbLoad *l, const Batch *batch, Arena *mem, Err *err)
{
    if (l->failed)
        return err_add(mem, err, ERR_INTERNAL, NULL, l->doing, "a load went on after its error");
    if (!l->statement)
        make_statement(l, batch->cols);
    for (uint32_t row = 0; row < batch->n; row++) {
        for (int c = 0; c < batch->ncols; c++)
            if (batch->cols[c]->s && !fits(l, batch->cols[c], row, c, mem, err))
                return fail(l, err);
        if (!(l->infile ? load_row(l, batch, row, mem, err) : insert_row(l, batch, row, mem, err)))
            return false;
    }
    return true;
}

bool mysql_db_load_end(DbLoad *l, uint64_t *rows, Arena *mem, Err *err)
{
    if (rows)
        *rows = l->sent;
    if (l->failed)
        return false;
    bool ok = flush(l, mem, err);
    if (rows)
        *rows = l->sent;
    buf_free(&l->rows);
    return ok;
}

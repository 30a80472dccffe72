/* What SQLite's result codes mean to seedpipe: a class, and a sentence that holds no data. Its own
 * words are passed on only where they name objects of the schema. */
#include <errno.h>
#include <string.h>

#include "db/sqlite_int.h"

typedef struct Meaning {
    int code; /* extended, or primary: the whole family */
    ErrCode class;
    const char *text;
    const char *hint;
} Meaning;

/* Extended codes come before their family. */
static const Meaning meanings[] = {
    {SQLITE_CONSTRAINT_UNIQUE, ERR_CONSTRAINT, "duplicate value for a unique key", NULL},
    {SQLITE_CONSTRAINT_PRIMARYKEY, ERR_CONSTRAINT, "duplicate value for the primary key", NULL},
    {SQLITE_CONSTRAINT_ROWID, ERR_CONSTRAINT, "duplicate value for the primary key", NULL},
    {SQLITE_CONSTRAINT_NOTNULL, ERR_CONSTRAINT, "NULL for a NOT NULL column", NULL},
    {SQLITE_CONSTRAINT_CHECK, ERR_CONSTRAINT, "a check constraint is violated", NULL},
    {SQLITE_CONSTRAINT_FOREIGNKEY, ERR_CONSTRAINT,
     "a foreign key is violated: no such parent row, or rows that still refer to it", NULL},
    {SQLITE_CONSTRAINT_TRIGGER, ERR_CONSTRAINT, "a trigger refused the statement", NULL},
    {SQLITE_CONSTRAINT, ERR_CONSTRAINT, "a constraint is violated", NULL},
    {SQLITE_MISMATCH, ERR_CONSTRAINT, "a value of the wrong kind for the primary key", NULL},
    {SQLITE_BUSY_SNAPSHOT, ERR_RETRY, "another program wrote to the database meanwhile", NULL},
    {SQLITE_BUSY, ERR_RETRY, "the database is locked by another program",
     "let it finish or end it, then try again"},
    {SQLITE_LOCKED, ERR_RETRY, "the table is locked by another statement", NULL},
    {SQLITE_FULL, ERR_IO, "the disk is full, or the database has reached its maximum size",
     "free some space where the file lies; what was not committed is rolled back"},
    {SQLITE_READONLY, ERR_DB, "the database is read-only",
     "make the file and its folder writable for this user"},
    {SQLITE_CANTOPEN, ERR_CONNECT, "the file cannot be opened",
     "the file and its folder must be readable, and writable for a run"},
    {SQLITE_NOTADB, ERR_CONNECT, "the file is not a SQLite database (or is encrypted)",
     "correct the url, or move the file away to let a run create a new one"},
    {SQLITE_CORRUPT, ERR_DB, "the database file is damaged",
     "restore it from a backup; PRAGMA integrity_check tells what is wrong"},
    {SQLITE_INTERRUPT, ERR_DB, "the statement was interrupted", NULL},
    {SQLITE_TOOBIG, ERR_DB, "a value is longer than SQLite allows", NULL},
    {SQLITE_NOMEM, ERR_DB, "SQLite is out of memory", NULL},
    {SQLITE_PERM, ERR_CONNECT, "this user may not open the file", NULL},
    {SQLITE_SCHEMA, ERR_RETRY, "the schema changed meanwhile", NULL},
};

static const Meaning *meaning_of(int code)
{
    for (size_t i = 0; i < sizeof meanings / sizeof *meanings; i++)
        if (meanings[i].code == code || meanings[i].code == (code & 0xFF))
            return &meanings[i];
    return NULL;
}

/* "UNIQUE constraint failed: t.a, t.b", "CHECK constraint failed: name": what stands behind the
 * colon. */
static const char *named(const char *message)
{
    const char *colon = strstr(message, " failed: ");
    return colon ? colon + 9 : NULL;
}

/* Table and first column of "t.a, t.b"; names may hold dots themselves, so a table that is known is
 * taken as it is. */
static void read_names(DbReport *r, const char *names, const Table *table, Arena *mem)
{
    if (strncmp(names, "index '", 7) == 0) { /* on an expression */
        size_t n = strlen(names + 7);
        r->constraint = arena_strndup(mem, names + 7, n ? n - 1 : 0);
        return;
    }
    size_t n = table ? strlen(table->name) : strcspn(names, ".");
    if (names[n] != '.' || (table && strncmp(names, table->name, n) != 0))
        return;
    r->table = arena_strndup(mem, names, n);
    const char *column = names + n + 1, *end = strstr(column, arena_printf(mem, ", %s.", r->table));
    r->column = arena_strndup(mem, column, end ? (size_t)(end - column) : strlen(column));
}

static const char *sentence(LiteDb *d, int code, const Meaning *m, DbReport *r, const Table *table,
                            Arena *mem)
{
    const char *message = sqlite3_errmsg(d->handle), *names = named(message);
    const char *meaning = m ? m->text : "a constraint is violated";
    switch (code) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID:
        if (names)
            read_names(r, names, table, mem);
        if (names && !r->constraint)
            return arena_printf(mem, "%s (%s)", meaning, names);
        return r->constraint ? arena_printf(mem, "%s (%s)", meaning, r->constraint) : meaning;
    case SQLITE_CONSTRAINT_NOTNULL:
        if (names)
            read_names(r, names, table, mem);
        return r->column ? arena_printf(mem, "NULL for the NOT NULL column %s", r->column)
                         : meaning;
    case SQLITE_CONSTRAINT_CHECK: /* without a name of its own, SQLite calls it by its expression */
        r->constraint = arena_strdup(mem, names);
        return names ? arena_printf(mem, "the check constraint %s is violated", names) : meaning;
    default: break;
    }
    if (m)
        return m->text;
    if ((code & 0xFF) == SQLITE_IOERR)
        return arena_printf(mem, "the file cannot be read or written (%s)",
                            strerror(sqlite3_system_errno(d->handle)));
    /* "no such table: x" names what is missing; a syntax error repeats part of the statement. */
    if (strstr(message, "incomplete input"))
        return "the statement ends too early";
    if (strstr(message, "syntax error"))
        return "SQLite reports a syntax error";
    bool names_only = (code & 0xFF) == SQLITE_ERROR && !strstr(message, "unrecognized token");
    return names_only ? arena_strdup(mem, message)
                      : arena_printf(mem, "SQLite reports an error (%s)", sqlite3_errstr(code));
}

bool sqlite_db_error(LiteDb *d, int code, const Table *table, uint64_t row, Arena *mem, Err *err)
{
    int extended = d->handle ? sqlite3_extended_errcode(d->handle) : code;
    if ((extended & 0xFF) == (code & 0xFF))
        code = extended;
    const Meaning *m = meaning_of(code);
    DbReport r = {.code = m                               ? m->class
                          : (code & 0xFF) == SQLITE_IOERR ? ERR_IO
                                                          : ERR_DB,
                  .subject = table ? table->name : d->db.url.shown,
                  .position = d->handle ? sqlite3_error_offset(d->handle) + 1 : 0};
    const char *text = d->handle ? sentence(d, code, m, &r, table, mem)
                       : m       ? m->text
                                 : sqlite3_errstr(code);
    const char *hint = m ? m->hint : NULL;
    if (code == SQLITE_INTERRUPT && d->late) {
        text = "the statement took longer than statement_timeout";
        hint = "raise statement_timeout, or make the statement smaller";
    }
    if (r.code == ERR_CONSTRAINT && !table && r.table)
        r.subject = r.table;
    if (table && r.code == ERR_CONSTRAINT && !r.table)
        r.table = table->name;
    bool whole_file = r.code == ERR_CONNECT || r.code == ERR_IO || r.code == ERR_RETRY;
    r.subject = whole_file ? d->db.url.shown : r.subject;
    db_error_add(mem, err, &r, row ? "%s at row %llu" : "%s", text, (unsigned long long)row);
    if (hint)
        err_hint(mem, err, "%s", hint);
    if (d->handle)
        d->db.in_transaction = !sqlite3_get_autocommit(d->handle);
    return false;
}

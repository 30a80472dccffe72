/* What an SQLSTATE means to seedpipe: its class, and a sentence that holds no data. The server's
 * own words are passed on only for classes whose messages name objects and nothing else, and never
 * when a user's function chose them; DETAIL and CONTEXT never are. */
#include <stdlib.h>
#include <string.h>

#include "db/postgres_int.h"

typedef enum Hole { HOLE_NONE, HOLE_CONSTRAINT, HOLE_COLUMN } Hole;

typedef struct Meaning {
    const char *state; /* five characters, or two: the whole class */
    ErrCode code;
    Hole hole;        /* what "%s" in the text stands for */
    const char *text; /* NULL: the server's words */
    const char *hint;
} Meaning;

/* Exact states come before their class. */
static const Meaning meanings[] = {
    {"23502", ERR_CONSTRAINT, HOLE_COLUMN, "NULL for the NOT NULL column %s", NULL},
    {"23503", ERR_CONSTRAINT, HOLE_CONSTRAINT,
     "the foreign key %s is violated: no such parent row, or rows that still refer to it", NULL},
    {"23001", ERR_CONSTRAINT, HOLE_CONSTRAINT,
     "the foreign key %s is violated: rows still refer to it", NULL},
    {"23505", ERR_CONSTRAINT, HOLE_CONSTRAINT, "duplicate value for the unique key %s", NULL},
    {"23514", ERR_CONSTRAINT, HOLE_CONSTRAINT, "the check constraint %s is violated", NULL},
    {"23P01", ERR_CONSTRAINT, HOLE_CONSTRAINT, "the exclusion constraint %s is violated", NULL},
    {"23", ERR_CONSTRAINT, HOLE_NONE, "a constraint is violated", NULL},
    {"44000", ERR_CONSTRAINT, HOLE_NONE, "a view's CHECK OPTION refused the row", NULL},
    {"P0", ERR_CONSTRAINT, HOLE_NONE, "a trigger or function refused the statement", NULL},
    {"22001", ERR_DB, HOLE_COLUMN, "value too long for column %s", NULL},
    {"22003", ERR_DB, HOLE_COLUMN, "value out of range for column %s", NULL},
    {"22007", ERR_DB, HOLE_COLUMN, "value that is no date or time for column %s", NULL},
    {"22008", ERR_DB, HOLE_COLUMN, "date or time out of range for column %s", NULL},
    {"22012", ERR_DB, HOLE_NONE, "division by zero", NULL},
    {"22021", ERR_DB, HOLE_COLUMN,
     "text that is not valid UTF-8, or holds a zero byte, for column %s", NULL},
    {"22P02", ERR_DB, HOLE_COLUMN, "value of the wrong kind for column %s", NULL},
    {"22P03", ERR_DB, HOLE_COLUMN, "value in the wrong binary form for column %s", NULL},
    {"22P05", ERR_DB, HOLE_COLUMN,
     "character that the database's encoding does not have, for column %s", NULL},
    {"22", ERR_DB, HOLE_COLUMN, "value that does not fit column %s", NULL},
    {"40001", ERR_RETRY, HOLE_NONE, "another transaction changed the same rows", NULL},
    {"40P01", ERR_RETRY, HOLE_NONE, "deadlock with another transaction", NULL},
    {"55P03", ERR_DB, HOLE_NONE, "another session holds a lock that this statement needs",
     "end that session, or try again later"},
    {"57014", ERR_DB, HOLE_NONE, "the statement took longer than statement_timeout",
     "raise statement_timeout, or make the statement smaller"},
    {"57P01", ERR_LOST, HOLE_NONE, "the server ended the session", NULL},
    {"57P02", ERR_LOST, HOLE_NONE, "the server crashed and ended the session", NULL},
    {"57P03", ERR_LOST, HOLE_NONE, "the server takes no connections at the moment", NULL},
    {"57P04", ERR_LOST, HOLE_NONE, "the database was dropped", NULL},
    {"57P05", ERR_LOST, HOLE_NONE, "the server closed the idle session", NULL},
    {"25P03", ERR_LOST, HOLE_NONE, "the server closed the session, idle in a transaction", NULL},
    {"25P04", ERR_LOST, HOLE_NONE, "the server closed the session at its transaction_timeout",
     NULL},
    {"08", ERR_LOST, HOLE_NONE, "the connection to the server broke", NULL},
    {"25006", ERR_DB, HOLE_NONE,
     "no changes are taken: the server is a standby, or default_transaction_read_only is on",
     "connect to the primary server, or have it switched off for this database and user (ALTER "
     "DATABASE, ALTER ROLE ... SET default_transaction_read_only = off)"},
    {"42601", ERR_DB, HOLE_NONE, "the server reports a syntax error", NULL},
    {"0A", ERR_DB, HOLE_NONE, NULL, NULL},
    {"25", ERR_DB, HOLE_NONE, NULL, NULL},
    {"28", ERR_DB, HOLE_NONE, NULL, NULL},
    {"2B", ERR_DB, HOLE_NONE, NULL, NULL},
    {"3D", ERR_DB, HOLE_NONE, NULL, NULL},
    {"3F", ERR_DB, HOLE_NONE, NULL, NULL},
    {"42", ERR_DB, HOLE_NONE, NULL, NULL},
    {"53", ERR_DB, HOLE_NONE, NULL, NULL},
    {"54", ERR_DB, HOLE_NONE, NULL, NULL},
    {"55", ERR_DB, HOLE_NONE, NULL, NULL},
    {"57", ERR_DB, HOLE_NONE, NULL, NULL},
    {"58", ERR_DB, HOLE_NONE, NULL, NULL},
};

static const Meaning *meaning_of(const char *state)
{
    static const Meaning unknown = {"", ERR_DB, HOLE_NONE, "the server reports an error", NULL};
    for (size_t i = 0; state && i < sizeof meanings / sizeof *meanings; i++)
        if (strncmp(meanings[i].state, state, strlen(meanings[i].state)) == 0)
            return &meanings[i];
    return &unknown;
}

typedef struct Place {
    const char *column;
    uint64_t row; /* of this load, from 1; 0: not known */
} Place;

/* CONTEXT says `COPY name, line 3, column amount: "value"`. Only the number, and a column that we
 * know ourselves, are taken from it. */
static Place copy_place(const char *context, const PgLoading *load)
{
    Place place = {NULL, 0};
    if (!context || !load)
        return place;
    const char *at = strstr(context, "COPY ");
    size_t n = strlen(load->table->name);
    if (!at || strncmp(at + 5, load->table->name, n) != 0 || strncmp(at + 5 + n, ", line ", 7) != 0)
        return place;
    char *end;
    unsigned long long line = strtoull(at + 5 + n + 7, &end, 10);
    place.row = line ? load->rows_before + line : 0;
    if (strncmp(end, ", column ", 9) != 0)
        return place;
    end += 9;
    for (int i = 0; i < load->ncols; i++) {
        const char *name = load->table->cols[load->cols[i]].name;
        size_t len = strlen(name);
        if (strncmp(end, name, len) == 0 &&
            (end[len] == ':' || end[len] == '\0' || end[len] == '\n') &&
            (!place.column || len > strlen(place.column)))
            place.column = name;
    }
    return place;
}

static const char *diag(const PGresult *res, int field, Arena *mem)
{
    const char *text = res ? PQresultErrorField(res, field) : NULL;
    return text && *text ? arena_strdup(mem, text) : NULL;
}

/* RAISE, and its like in other languages, may put anything into a message. */
static bool users_words(const PGresult *res)
{
    const char *function = PQresultErrorField(res, PG_DIAG_SOURCE_FUNCTION);
    const char *file = PQresultErrorField(res, PG_DIAG_SOURCE_FILE);
    return !function || !file || strcmp(function, "exec_stmt_raise") == 0 ||
           strncmp(file, "pl", 2) == 0;
}

static const char *sentence(const Meaning *m, const PGresult *res, const char *name, Arena *mem)
{
    if (!m->text)
        return users_words(res) ? "the server reports an error"
                                : diag(res, PG_DIAG_MESSAGE_PRIMARY, mem);
    const char *hole = strstr(m->text, "%s");
    if (!hole)
        return m->text;
    if (name)
        return arena_printf(mem, "%.*s%s%s", (int)(hole - m->text), m->text, name, hole + 2);
    return m->hole == HOLE_COLUMN && strcmp(m->state, "23502") != 0
               ? arena_printf(mem, "%.*sits column", (int)(hole - m->text) - 7, m->text)
               : arena_printf(mem, "%.*s(unnamed)%s", (int)(hole - m->text), m->text, hole + 2);
}

bool postgres_error(PgDb *d, const PGresult *res, const PgLoading *load, Arena *mem, Err *err)
{
    const char *state = diag(res, PG_DIAG_SQLSTATE, mem);
    bool lost = PQstatus(d->conn) == CONNECTION_BAD;
    const Meaning *m = meaning_of(state ? state : lost ? "08006" : NULL);
    Place place = copy_place(res ? PQresultErrorField(res, PG_DIAG_CONTEXT) : NULL, load);
    const char *constraint = diag(res, PG_DIAG_CONSTRAINT_NAME, mem),
               *column = diag(res, PG_DIAG_COLUMN_NAME, mem);
    column = column ? column : place.column;
    const char *text = sentence(m, res, m->hole == HOLE_COLUMN ? column : constraint, mem);
    ErrCode code = lost ? ERR_LOST : m->code;
    bool value = state && strncmp(state, "22", 2) == 0 && strcmp(state, "22P03") != 0 &&
                 strcmp(state, "22P04") != 0;
    if (load && value && code == ERR_DB)
        code = ERR_CONSTRAINT; /* the row is refused for what it holds */
    bool interrupted = state && strcmp(state, "57014") == 0 && atomic_load(&d->stopped);
    if (interrupted)
        text = "the statement was interrupted";
    if (state && strcmp(state, "23514") == 0 && !constraint)
        text = "the table has no partition for the row, or a check is violated";
    const char *at_row =
        place.row ? arena_printf(mem, " at row %llu", (unsigned long long)place.row) : "";
    const char *position = diag(res, PG_DIAG_STATEMENT_POSITION, mem);
    bool whole = code == ERR_LOST || strcmp(m->state, "25006") == 0;
    const DbReport report = {.code = code,
                             .subject = whole  ? d->db.url.shown
                                        : load ? load->table->name
                                               : NULL,
                             .sqlstate = state,
                             .table = diag(res, PG_DIAG_TABLE_NAME, mem),
                             .column = column,
                             .constraint = constraint,
                             .position = position ? atoi(position) : 0};
    db_error_add(mem, err, &report, "%s%s", text, at_row);
    if (m->hint && !interrupted)
        err_hint(mem, err, "%s", m->hint);
    if (code == ERR_LOST)
        d->db.in_transaction = false;
    return false;
}

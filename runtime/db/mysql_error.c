/* What a MySQL or MariaDB error number means to seedpipe: its class, and which names of the message
 * may be shown. Messages are parsed for names only; a value that one quotes is never passed on. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "db/mysql_int.h"

/* How a message is read, and what we say in its stead. */
typedef enum Shape {
    SHAPE_NAMES,     /* the server's own words: they hold names only */
    SHAPE_SILENT,    /* may quote statement text or values: only the number is shown */
    SHAPE_DUPLICATE, /* ... for key 'table.key' */
    SHAPE_FOREIGN,   /* (`db`.`table`, CONSTRAINT `name` FOREIGN KEY (`col` ... */
    SHAPE_CHECK,     /* Check constraint 'name' ... | CONSTRAINT `name` failed for `db`.`table` */
    SHAPE_COLUMN,    /* Column 'name' ... | Field 'name' ... | ... for column 'name' at row N */
    SHAPE_PLAIN      /* nothing to read */
} Shape;

typedef struct Meaning {
    unsigned code;
    ErrCode class;
    Shape shape;
    const char *text; /* may hold one %s: the name read */
} Meaning;

static const Meaning meanings[] = {
    /* Rows that the server refuses. */
    {1022, ERR_CONSTRAINT, SHAPE_PLAIN, "duplicate value for a unique key"},
    {1048, ERR_CONSTRAINT, SHAPE_COLUMN, "NULL for the NOT NULL column %s"},
    {1062, ERR_CONSTRAINT, SHAPE_DUPLICATE, "duplicate value for the unique key %s"},
    {1169, ERR_CONSTRAINT, SHAPE_PLAIN, "duplicate value for a unique key"},
    {1216, ERR_CONSTRAINT, SHAPE_PLAIN, "a foreign key has no such parent row"},
    {1217, ERR_CONSTRAINT, SHAPE_PLAIN, "rows of another table still reference this row"},
    {1261, ERR_DB, SHAPE_PLAIN, "the server found fewer fields than columns in a row"},
    {1262, ERR_DB, SHAPE_PLAIN, "the server found more fields than columns in a row"},
    {1263, ERR_CONSTRAINT, SHAPE_COLUMN, "NULL for the NOT NULL column %s"},
    {1264, ERR_CONSTRAINT, SHAPE_COLUMN, "value out of range for column %s"},
    {1265, ERR_CONSTRAINT, SHAPE_COLUMN,
     "value does not fit column %s and would be cut or changed"},
    {1292, ERR_CONSTRAINT, SHAPE_COLUMN, "value of the wrong kind for column %s"},
    {1300, ERR_CONSTRAINT, SHAPE_PLAIN, "text that is not valid in its character set"},
    {1364, ERR_CONSTRAINT, SHAPE_COLUMN, "no value for column %s, which has no default"},
    {1365, ERR_CONSTRAINT, SHAPE_PLAIN, "division by zero"},
    {1366, ERR_CONSTRAINT, SHAPE_COLUMN,
     "value that column %s cannot hold (wrong kind, or a character outside its character set)"},
    {1369, ERR_CONSTRAINT, SHAPE_PLAIN, "a view's CHECK OPTION refused the row"},
    {1406, ERR_CONSTRAINT, SHAPE_COLUMN, "value too long for column %s"},
    {1411, ERR_CONSTRAINT, SHAPE_PLAIN, "value of the wrong kind for a function"},
    {1416, ERR_CONSTRAINT, SHAPE_PLAIN, "a value that is no geometry"},
    {1451, ERR_CONSTRAINT, SHAPE_FOREIGN,
     "rows still reference this row through the foreign key %s"},
    {1452, ERR_CONSTRAINT, SHAPE_FOREIGN, "the foreign key %s has no such parent row"},
    {1525, ERR_DB, SHAPE_PLAIN, "text that is no date or time where one is needed"},
    {1526, ERR_CONSTRAINT, SHAPE_PLAIN, "the table has no partition for the row"},
    {1586, ERR_CONSTRAINT, SHAPE_DUPLICATE, "duplicate value for the unique key %s"},
    {1644, ERR_CONSTRAINT, SHAPE_PLAIN, "a trigger or routine refused the row"},
    {1690, ERR_CONSTRAINT, SHAPE_PLAIN, "an expression of the table leaves the range of its type"},
    {1761, ERR_CONSTRAINT, SHAPE_PLAIN, "a foreign key's cascade would make a duplicate"},
    {1762, ERR_CONSTRAINT, SHAPE_PLAIN, "a foreign key's cascade would make a duplicate"},
    {3140, ERR_CONSTRAINT, SHAPE_COLUMN, "text that is not JSON for column %s"},
    {3819, ERR_CONSTRAINT, SHAPE_CHECK, "the check constraint %s is violated"},
    {4025, ERR_CONSTRAINT, SHAPE_CHECK, "the check constraint %s is violated"},
    /* Transactions that may simply be tried again. */
    {1020, ERR_RETRY, SHAPE_PLAIN, "a row was changed by another transaction"},
    {1205, ERR_RETRY, SHAPE_PLAIN, "another transaction held a lock for too long"},
    {1213, ERR_RETRY, SHAPE_PLAIN, "deadlock with another transaction"},
    {1614, ERR_RETRY, SHAPE_PLAIN, "deadlock with another transaction"},
    {3101, ERR_RETRY, SHAPE_PLAIN, "the replication group asked for a rollback"},
    {3572, ERR_RETRY, SHAPE_PLAIN, "another transaction holds a lock"},
    /* Sessions that are gone. */
    {1053, ERR_LOST, SHAPE_PLAIN, "the server is shutting down"},
    {1152, ERR_LOST, SHAPE_PLAIN, "the connection was aborted"},
    {1158, ERR_LOST, SHAPE_PLAIN, "the connection broke while reading"},
    {1159, ERR_LOST, SHAPE_PLAIN, "the connection timed out while reading"},
    {1160, ERR_LOST, SHAPE_PLAIN, "the connection broke while writing"},
    {1161, ERR_LOST, SHAPE_PLAIN, "the connection timed out while writing"},
    {1927, ERR_LOST, SHAPE_PLAIN, "the connection was killed"},
    {2002, ERR_LOST, SHAPE_NAMES, NULL},
    {2003, ERR_LOST, SHAPE_NAMES, NULL},
    {2005, ERR_LOST, SHAPE_NAMES, NULL},
    {2006, ERR_LOST, SHAPE_PLAIN, "the connection to the server is gone"},
    {2012, ERR_LOST, SHAPE_NAMES, NULL},
    {2013, ERR_LOST, SHAPE_PLAIN, "the connection to the server broke"},
    {2026, ERR_LOST, SHAPE_NAMES, NULL},
    {2027, ERR_LOST, SHAPE_PLAIN, "the server sent a malformed packet"},
    {2055, ERR_LOST, SHAPE_PLAIN, "the connection to the server broke"},
    {3169, ERR_LOST, SHAPE_PLAIN, "the connection was killed"},
    {4031, ERR_LOST, SHAPE_PLAIN, "the server closed the idle connection"},
    /* The rest: what is worth a sentence of its own. */
    {1184, ERR_DB, SHAPE_PLAIN, "the server ended the connection: its init_connect fails"},
    {1197, ERR_DB, SHAPE_PLAIN,
     "the transaction is larger than the server's max_binlog_cache_size: fewer rows at once, or "
     "raise it"},
    {1317, ERR_DB, SHAPE_PLAIN, "the statement was interrupted"},
    {1021, ERR_IO, SHAPE_PLAIN, "the server's disk is full"},
    {1034, ERR_IO, SHAPE_PLAIN,
     "the server cannot write the index of a table: its disk may be full"},
    {1064, ERR_DB, SHAPE_PLAIN, "the server reports a syntax error"},
    {1969, ERR_DB, SHAPE_PLAIN, "the statement took longer than statement_timeout"},
    {3024, ERR_DB, SHAPE_PLAIN, "the statement took longer than statement_timeout"},
    {3748, ERR_DB, SHAPE_PLAIN,
     "the server's binlog_format is STATEMENT, which with GTIDs allows no temporary tables in a "
     "transaction: it takes ROW or MIXED"},
};

/* Errors whose English message holds names, numbers or nothing, never a value. */
static const unsigned short names_only[] = {
    1005, 1007, 1008, 1026, 1030, 1038, 1040, 1041, 1044, 1045, 1046, 1047, 1049, 1050, 1051, 1052,
    1054, 1059, 1060, 1061, 1067, 1068, 1069, 1070, 1071, 1072, 1075, 1091, 1101, 1103, 1109, 1111,
    1113, 1114, 1115, 1118, 1129, 1130, 1136, 1139, 1142, 1143, 1146, 1148, 1153, 1170, 1171, 1193,
    1203, 1206, 1210, 1215, 1226, 1227, 1235, 1239, 1241, 1242, 1247, 1251, 1267, 1270, 1271, 1273,
    1290, 1305, 1318, 1370, 1396, 1419, 1436, 1442, 1553, 1582, 1630, 1665, 1698, 1701, 1792, 1820,
    1822, 1824, 1825, 1826, 1828, 1829, 1830, 1832, 1833, 1834, 1836, 1862, 1874, 2019, 2049, 2054,
    2058, 2059, 2061, 2068, 3098, 3105, 3118, 3143, 3593, 3685, 3686, 3687, 3688, 3689, 3690, 3691,
    3692, 3693, 3694, 3695, 3696, 3697, 3698, 3699, 3734, 3750, 3780, 3822, 3948, 4015, 4166};

static Meaning meaning_of(unsigned code)
{
    for (size_t i = 0; i < sizeof meanings / sizeof *meanings; i++)
        if (meanings[i].code == code)
            return meanings[i];
    for (size_t i = 0; i < sizeof names_only / sizeof *names_only; i++)
        if (names_only[i] == code)
            return (Meaning){code, ERR_DB, SHAPE_NAMES, NULL};
    return (Meaning){code, ERR_DB, SHAPE_SILENT, NULL};
}

static const char *find_last(const char *text, const char *what)
{
    const char *found = NULL;
    for (const char *at = text; (at = strstr(at, what)) != NULL; at++)
        found = at;
    return found;
}

/* Reads a `name` with doubled backticks at *at and moves past it; NULL when none stands there. */
static char *backticked(const char **at, Arena *mem)
{
    if (**at != '`')
        return NULL;
    Buf name;
    buf_init(&name, 4096);
    const char *p = *at + 1;
    for (; *p; p++) {
        if (*p == '`' && *++p != '`')
            break;
        if (*p && name.len < 1024)
            buf_byte(&name, *p);
    }
    *at = p;
    char *copy = arena_strndup(mem, name.data ? name.data : "", name.len);
    buf_free(&name);
    return copy;
}

/* `db`.`table`.`column` -> the parts that are there, the last one in parts[2]. */
static void dotted(const char **at, char *parts[3], Arena *mem)
{
    parts[0] = parts[1] = parts[2] = NULL;
    for (;;) {
        char *part = backticked(at, mem);
        if (!part)
            return;
        parts[0] = parts[1];
        parts[1] = parts[2];
        parts[2] = part;
        if (**at != '.')
            return;
        ++*at;
    }
}

typedef struct Names {
    const char *table, *column, *constraint;
    uint64_t row; /* 0: not said */
} Names;

/* MySQL since 8.0.19 writes 'table.key', MariaDB and older ones 'key'. */
static void read_duplicate(const char *message, bool mariadb, Names *out, Arena *mem)
{
    const char *at = find_last(message, " for key '");
    if (!at)
        return;
    at += strlen(" for key '");
    const char *end = strrchr(at, '\'');
    char *name = arena_strndup(mem, at, end ? (size_t)(end - at) : strlen(at));
    char *dot = mariadb ? NULL : strchr(name, '.');
    if (dot) {
        *dot = '\0';
        out->table = name;
        name = dot + 1;
    }
    out->constraint = name;
}

/* The name between two texts, in a message where MariaDB doubles backticks inside names and MySQL
 * does not. */
static const char *name_between(const char *message, const char *before, const char *after,
                                bool doubled, Arena *mem)
{
    const char *at = strstr(message, before);
    const char *end = at ? strstr(at + strlen(before), after) : NULL;
    if (!end)
        return NULL;
    at += strlen(before);
    char *name = arena_strndup(mem, at, (size_t)(end - at)), *to = name;
    for (const char *from = name; *from; from++) {
        *to++ = *from;
        if (doubled && from[0] == '`' && from[1] == '`')
            from++;
    }
    *to = '\0';
    return name;
}

/* ... fails (`db`.`table`, CONSTRAINT `name` FOREIGN KEY (`a`, `b`) REFERENCES ... */
static void read_foreign(const char *message, bool mariadb, Names *out, Arena *mem)
{
    out->table = name_between(message, "`.`", "`, CONSTRAINT `", mariadb, mem);
    out->constraint = name_between(message, "`, CONSTRAINT `", "` FOREIGN KEY (`", mariadb, mem);
    out->column = name_between(message, "` FOREIGN KEY (`",
                               strstr(message, "`, `") ? "`, `" : "`) REFERENCES ", mariadb, mem);
}

static void read_check(const char *message, Names *out, Arena *mem)
{
    const char *at = strstr(message, "CONSTRAINT `");
    char *parts[3];
    if (at) {
        at += strlen("CONSTRAINT ");
        dotted(&at, parts, mem);
        out->constraint = parts[2];
        at = strstr(at, "failed for `");
        if (at) {
            at += strlen("failed for ");
            dotted(&at, parts, mem);
            out->table = parts[2];
        }
        /* A column's own check is named "table.column". */
        size_t n = out->table ? strlen(out->table) : 0;
        if (n && out->constraint && strncmp(out->constraint, out->table, n) == 0 &&
            out->constraint[n] == '.')
            out->constraint = out->column = out->constraint + n + 1;
        return;
    }
    at = strchr(message, '\'');
    const char *end = strrchr(message, '\'');
    if (at && end > at)
        out->constraint = arena_strndup(mem, at + 1, (size_t)(end - at - 1));
}

/* Names in plain quotes are not escaped: the end is known by what follows. */
static const char *name_end(const char *name)
{
    static const char *const after[] = {"' at row ", "' cannot be null", "' doesn't have", "'."};
    for (size_t i = 0; i < sizeof after / sizeof *after; i++) {
        const char *end = find_last(name, after[i]);
        if (end)
            return end;
    }
    return strrchr(name, '\'');
}

static void read_column(const char *message, Names *out, Arena *mem)
{
    const char *row = find_last(message, " at row ");
    if (row)
        out->row = strtoull(row + strlen(" at row "), NULL, 10);
    /* A value, where the message quotes one, stands before the last " for column ". */
    const char *at = find_last(message, " column ");
    if (at)
        at += strlen(" column ");
    else if (strncmp(message, "Column ", 7) == 0 || strncmp(message, "column ", 7) == 0)
        at = message + 7;
    else if (strncmp(message, "Field ", 6) == 0)
        at = message + 6;
    if (!at)
        return;
    if (*at == '`') {
        char *parts[3];
        dotted(&at, parts, mem);
        out->column = parts[2];
        out->table = parts[1];
    } else if (*at == '\'') {
        const char *end = name_end(at + 1);
        if (end)
            out->column = arena_strndup(mem, at + 1, (size_t)(end - at - 1));
        const char *dot = out->column && strstr(message, "Invalid JSON") == message
                              ? strchr(out->column, '.')
                              : NULL;
        if (dot)
            out->column = dot + 1;
    }
}

static Names names_of(Shape shape, const char *message, bool mariadb, Arena *mem)
{
    Names names = {NULL, NULL, NULL, 0};
    switch (shape) {
    case SHAPE_DUPLICATE: read_duplicate(message, mariadb, &names, mem); break;
    case SHAPE_FOREIGN: read_foreign(message, mariadb, &names, mem); break;
    case SHAPE_CHECK: read_check(message, &names, mem); break;
    case SHAPE_COLUMN: read_column(message, &names, mem); break;
    case SHAPE_NAMES:
    case SHAPE_SILENT:
    case SHAPE_PLAIN: break;
    }
    return names;
}

/* "%s" in our sentence becomes the name; without one read, the words around it stay readable. */
static const char *sentence(const Meaning *m, const Names *names, const char *message, Arena *mem)
{
    if (m->code == 1030 && (strstr(message, "error 28") || strstr(message, "No space left")))
        return "the server's disk is full";
    if (m->code == 1030 || m->code == 1114)
        return arena_printf(mem, "%s: the server's disk may be full", message);
    if (m->shape == SHAPE_NAMES)
        return message;
    if (m->shape == SHAPE_SILENT)
        return "the server reports an error";
    const char *name = m->shape == SHAPE_COLUMN ? names->column : names->constraint;
    const char *hole = strstr(m->text, "%s"), *column = strstr(m->text, " for column %s");
    if (!hole)
        return m->text;
    if (!name && column) /* a value in an expression */
        return arena_printf(mem, "%.*s%s", (int)(column - m->text), m->text, hole + 2);
    return arena_printf(mem, "%.*s%s%s", (int)(hole - m->text), m->text, name ? name : "(unnamed)",
                        hole + 2);
}

/* SHOW WARNINGS has no SQLSTATE: the servers' own for what it tells of rows. */
static const char *warning_state(unsigned code)
{
    switch (code) {
    case 1022:
    case 1048:
    case 1062:
    case 1169:
    case 1216:
    case 1217:
    case 1451:
    case 1452:
    case 1586:
    case 1761:
    case 1762:
    case 4025: return "23000";
    case 1264:
    case 1690: return "22003";
    case 1265:
    case 1261:
    case 1262: return "01000";
    case 1292: return "22007";
    case 1406: return "22001";
    case 1644: return "45000";
    default: return "HY000";
    }
}

/* Of a replica, or by read_only: no row can be written, whatever the table. */
static const char *read_only(unsigned code, const char *message)
{
    bool server = code == 1836 || (code == 1290 && (strstr(message, "read-only") != NULL ||
                                                    strstr(message, "read_only") != NULL));
    return server         ? "the server takes no changes: it is a replica, or read_only is on"
           : code == 1792 ? "the session takes no changes: transaction_read_only is on by default"
                          : NULL;
}

bool mysql_db_report(MyDb *d, unsigned code, const char *sqlstate, const char *message,
                     const char *doing, uint64_t first_row, Arena *mem, Err *err)
{
    Meaning m = meaning_of(code);
    Names names = names_of(m.shape, message, d->db.engine == ENGINE_MARIADB, mem);
    const char *read = read_only(code, message);
    const char *text = read ? read : sentence(&m, &names, message, mem);
    const char *place =
        names.row ? arena_printf(mem, " at row %" PRIu64, first_row + names.row) : "";
    const DbReport report = {.code = m.class,
                             .subject =
                                 read || (m.class == ERR_LOST && !doing) ? d->db.url.shown : doing,
                             .sqlstate = sqlstate && *sqlstate ? sqlstate : warning_state(code),
                             .table = names.table,
                             .column = names.column,
                             .constraint = names.constraint};
    db_error_add(mem, err, &report, "%s%s (error %u)", text, place, code);
    if (read)
        err_hint(mem, err,
                 "connect to the primary server, or have it switched off (SET GLOBAL %s = OFF)",
                 code == 1792                        ? "transaction_read_only"
                 : strstr(message, "super")          ? "super_read_only"
                 : strstr(message, "innodb") != NULL ? "innodb_read_only"
                                                     : "read_only");
    if (m.class == ERR_LOST)
        d->db.in_transaction = false;
    return false;
}

bool mysql_db_error(MyDb *d, const char *doing, Arena *mem, Err *err)
{
    return mysql_db_report(d, mysql_errno(d->my), mysql_sqlstate(d->my), mysql_error(d->my), doing,
                           0, mem, err);
}

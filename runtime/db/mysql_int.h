/* Private to the MySQL/MariaDB connector. One API serves both client libraries (libmysqlclient,
 * libmariadb); what only one of them has stands behind #ifdef MARIADB_PACKAGE_VERSION_ID. */
#ifndef SEEDPIPE_DB_MYSQL_INT_H
#define SEEDPIPE_DB_MYSQL_INT_H

#include <mysql.h>

#include "db/db_int.h"

/* MySQL 8 dropped my_bool for bool, MariaDB kept it. */
#if defined(MARIADB_PACKAGE_VERSION_ID) || MYSQL_VERSION_ID < 80000
typedef my_bool MyFlag;
#else
typedef bool MyFlag;
#endif

typedef struct MyDb {
    Db db; /* first: a Db * of this connector is a MyDb * */
    MYSQL *my;
    DbOptions options;
    const char *database; /* as the server spells it */
    const char *lock_name;
    NameCase name_case;    /* lower_case_table_names */
    unsigned long long id; /* the server's number of this session, for KILL */
    size_t max_packet;
    bool infile;        /* LOAD DATA LOCAL is allowed as far as is known */
    bool infile_proved; /* and one has worked on this connection */
    const char *feed;   /* what the server gets when it asks for the local file; NULL: refused */
    size_t feed_left;
} MyDb;

static inline MyDb *my_of(Db *db)
{
    return (MyDb *)db;
}

/* mysql_open.c */
Db *mysql_db_open(const DbUrl *url, const DbOptions *options, Arena *mem, Err *err);
void mysql_db_close(Db *db);
void mysql_db_cancel(Db *db);
/* Tells the client library about this thread, and have it told when the thread ends. Before each
 * use of the library. */
void mysql_db_enter_thread(void);

/* mysql_error.c: adds the connection's last error, classified and reduced; returns false. `doing`
 * is "load borrowers" or NULL. */
bool mysql_db_error(MyDb *d, const char *doing, Arena *mem, Err *err);
/* A server's warning or error given as its parts. first_row is added to the row number that the
 * message names. */
bool mysql_db_report(MyDb *d, unsigned code, const char *sqlstate, const char *message,
                     const char *doing, uint64_t first_row, Arena *mem, Err *err);

/* mysql.c: sends one statement as it is, its results left to be read. */
bool mysql_db_send(MyDb *d, const char *sql, size_t len, const char *doing, Arena *mem, Err *err);
bool mysql_db_exec(Db *db, const char *sql, const char *const *params, int nparams,
                   int64_t *affected, Arena *mem, Err *err);
bool mysql_db_query(Db *db, const char *sql, const char *const *params, int nparams, DbResult *out,
                    Arena *mem, Err *err);

/* mysql_encode.c: one cell for LOAD DATA (tab separated, backslash escapes, \N) or as a literal of
 * an INSERT. */
typedef enum MyWrap {
    MY_PLAIN,
    MY_HEX, /* bytes: through UNHEX(@v) */
    MY_BIT  /* bit(n): through CAST(@v AS UNSIGNED), since a bit column takes text as raw bytes */
} MyWrap;
void mysql_db_put_field(Buf *out, const Vec *v, uint32_t row);

/* mysql_load.c */
DbLoad *mysql_db_load_begin(Db *db, const Table *table, const int *cols, int ncols, Arena *mem,
                            Err *err);
bool mysql_db_load_batch(DbLoad *load, const Batch *batch, Arena *mem, Err *err);
bool mysql_db_load_end(DbLoad *load, uint64_t *rows, Arena *mem, Err *err);

/* mysql_read.c */
bool mysql_db_read(Db *db, const char *sql, const Type *types, int ncols,
                   bool (*sink)(void *ctx, const Vec *const *cols, uint32_t n), void *ctx,
                   Arena *mem, Err *err);

/* mysql_describe.c, mysql_type.c */
bool mysql_db_describe(Db *db, const char *const *schemas, int nschemas, Catalog *out, Arena *mem,
                       Err *err);
/* The model's type of a column, from information_schema's data_type, column_type, ... */
Type mysql_db_type(const char *data_type, const char *column_type, const char *length,
                   const char *precision, const char *scale, const char *fraction,
                   const char *collation, Arena *mem);
/* A column's default as SQL: MariaDB gives that, MySQL gives a literal's bare content. NULL when
 * there is none. */
const char *mysql_db_default(bool mariadb, const char *text, const char *extra, const Type *type,
                             Arena *mem);
/* Undoes the escaping under which MySQL shows expressions. */
const char *mysql_db_unescape(const char *text, Arena *mem);

#endif

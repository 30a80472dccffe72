/* The plain path for SQLite: rows of a tab-separated file into a table by one prepared single-row
 * INSERT, in one transaction, WAL and synchronous NORMAL, keys present. Prints the seconds. Usage:
 * plain_sqlite DB TABLE COLUMNS FILE */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static char *read_all(const char *path, size_t *n)
{
    FILE *f = fopen(path, "rb");
    if (!f || fseek(f, 0, SEEK_END) != 0)
        exit(1);
    *n = (size_t)ftell(f);
    rewind(f);
    char *data = malloc(*n + 1);
    if (!data || fread(data, 1, *n, f) != *n)
        exit(1);
    fclose(f);
    return data;
}

int main(int argc, char **argv)
{
    sqlite3 *db;
    sqlite3_stmt *insert;
    if (argc != 5 || sqlite3_open(argv[1], &db) != SQLITE_OK)
        return 1;
    int ncols = atoi(argv[3]);
    size_t n;
    char *data = read_all(argv[4], &n);
    char sql[4096];
    int at = snprintf(sql, sizeof sql, "INSERT INTO \"%s\" VALUES (?", argv[2]);
    for (int i = 1; i < ncols; i++)
        at += snprintf(sql + at, sizeof sql - (size_t)at, ",?");
    snprintf(sql + at, sizeof sql - (size_t)at, ")");
    double start = now();
    sqlite3_exec(db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; BEGIN", NULL, NULL,
                 NULL);
    if (sqlite3_prepare_v2(db, sql, -1, &insert, NULL) != SQLITE_OK)
        return fprintf(stderr, "%s\n", sqlite3_errmsg(db)), 1;
    int col = 1;
    for (char *p = data, *end = data + n; p < end;) {
        char *stop = p;
        while (*stop != '\t' && *stop != '\n')
            stop++;
        if (stop - p == 2 && memcmp(p, "\\N", 2) == 0)
            sqlite3_bind_null(insert, col);
        else
            sqlite3_bind_text(insert, col, p, (int)(stop - p), SQLITE_STATIC);
        if (*stop == '\n') {
            if (sqlite3_step(insert) != SQLITE_DONE)
                return fprintf(stderr, "%s\n", sqlite3_errmsg(db)), 1;
            sqlite3_reset(insert);
            col = 0;
        }
        col++;
        p = stop + 1;
    }
    sqlite3_finalize(insert);
    sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
    printf("%.3f\n", now() - start);
    sqlite3_close(db);
    return 0;
}

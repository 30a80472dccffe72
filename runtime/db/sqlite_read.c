/* Reading rows as typed vectors. SQLite types cells, not columns, so each cell is taken as it is
 * stored; what is no value of the wanted kind is unlike any (DB_UNFIT). */
#include <string.h>

#include "db/sqlite_int.h"
#include "model/cell.h"

static bool take_decimal(sqlite3_stmt *stmt, int c, int stored, int scale, int64_t *out)
{
    if (stored == SQLITE_INTEGER)
        return decimal_rescale(sqlite3_column_int64(stmt, c), 0, scale, out);
    return decimal_from_double(sqlite3_column_double(stmt, c), scale, out);
}

static bool take_int(sqlite3_stmt *stmt, int c, int stored, int64_t *out)
{
    if (stored == SQLITE_INTEGER) {
        *out = sqlite3_column_int64(stmt, c);
        return true;
    }
    double v = sqlite3_column_double(stmt, c);
    if (v < -0x1p63 || v >= 0x1p63)
        return false;
    *out = (int64_t)v;
    return (double)*out == v;
}

static bool take_cell(sqlite3_stmt *stmt, int c, int stored, Vec *v, uint32_t row, Arena *texts)
{
    if (stored == SQLITE_INTEGER || stored == SQLITE_FLOAT) {
        switch (v->kind) {
        case TYPE_BOOL:
        case TYPE_INT: return take_int(stmt, c, stored, &v->i[row]);
        case TYPE_DECIMAL: return take_decimal(stmt, c, stored, v->scale, &v->i[row]);
        case TYPE_FLOAT: v->f[row] = sqlite3_column_double(stmt, c); return true;
        case TYPE_DATE:
        case TYPE_TIME:
        case TYPE_TIMESTAMP: return false;
        default: break;
        }
    }
    const char *bytes = stored == SQLITE_BLOB ? sqlite3_column_blob(stmt, c)
                                              : (const char *)sqlite3_column_text(stmt, c);
    size_t n = (size_t)sqlite3_column_bytes(stmt, c);
    bytes = bytes ? bytes : "";
    if (stored == SQLITE_BLOB && v->kind != TYPE_BYTES && !v->s)
        return false;
    return cell_parse(v, row, bytes, n, texts);
}

typedef struct Reader {
    LiteDb *d;
    sqlite3_stmt *stmt;
    Vec **vecs;
    int ncols;
    Arena *vectors, *texts; /* the second is forgotten after each batch */
} Reader;

/* Up to BATCH_ROWS rows. */
static bool fill(Reader *r, uint32_t *n, Arena *mem, Err *err)
{
    int rc = SQLITE_ROW;
    arena_reset(r->texts);
    db_vectors_reset(r->vecs, r->ncols);
    for (*n = 0; *n < BATCH_ROWS && (rc = sqlite3_step(r->stmt)) == SQLITE_ROW; ++*n) {
        for (int c = 0; c < r->ncols; c++) {
            int stored = sqlite3_column_type(r->stmt, c);
            if (stored == SQLITE_NULL)
                db_cell_null(r->vecs[c], *n, r->vectors);
            else if (!take_cell(r->stmt, c, stored, r->vecs[c], *n, r->texts))
                db_cell_unfit(r->vecs[c], *n, r->vectors);
        }
    }
    db_vectors_count(r->vecs, r->ncols, *n);
    return rc == SQLITE_ROW || rc == SQLITE_DONE || sqlite_db_error(r->d, rc, NULL, 0, mem, err);
}

bool sqlite_db_read(Db *db, const char *sql, const Type *types, int ncols,
                    bool (*sink)(void *ctx, const Vec *const *cols, uint32_t n), void *ctx,
                    Arena *mem, Err *err)
{
    Reader r = {.d = lite_of(db), .ncols = ncols};
    sqlite_db_start(r.d);
    int rc = sqlite3_prepare_v2(r.d->handle, sql, -1, &r.stmt, NULL);
    if (rc != SQLITE_OK)
        return sqlite_db_error(r.d, rc, NULL, 0, mem, err);
    r.vectors = arena_new();
    r.texts = arena_new();
    r.vecs = db_vectors(r.vectors, types, ncols);
    int columns = sqlite3_column_count(r.stmt);
    bool ok = columns == ncols || err_add(mem, err, ERR_INTERNAL, NULL, NULL,
                                          "a read of %d columns gave %d", ncols, columns);
    for (uint32_t n = BATCH_ROWS; ok && n == BATCH_ROWS;) {
        ok = fill(&r, &n, mem, err);
        if (ok && n > 0 && !sink(ctx, (const Vec *const *)r.vecs, n))
            break;
    }
    sqlite3_finalize(r.stmt);
    arena_free(r.vectors);
    arena_free(r.texts);
    return ok;
}

/* The audit file: what a rollback deletes, a JSON line for each row. The keys are read back from
 * the selection that is deleted, so that both cannot differ. */
#include <string.h>

#include "base/os.h"
#include "exec/undo.h"

#define FLUSH_AT (1u << 20)
#define LINE_MAX (64u << 20)

struct Audit {
    int fd;
    const char *path;
    Buf lines;
    bool failed;
};

Audit *audit_open(const char *path, Arena *mem, Err *err)
{
    const char *why = NULL;
    int fd = os_open_private(path, &why);
    if (fd < 0) {
        err_add(mem, err, ERR_IO, NULL, "--audit", "cannot write %s: %s", path, why);
        return NULL;
    }
    Audit *a = arena_new_of(mem, Audit);
    a->fd = fd;
    a->path = path;
    buf_init(&a->lines, LINE_MAX);
    return a;
}

static void flush(Audit *a)
{
    if (!a->failed)
        a->failed = !os_write(a->fd, a->lines.data, a->lines.len);
    buf_reset(&a->lines);
}

static void put_json(Buf *out, const char *s, size_t n)
{
    static const char digits[] = "0123456789abcdef";
    buf_byte(out, '"');
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)s[i];
        if (c == '"' || c == '\\') {
            buf_byte(out, '\\');
            buf_byte(out, (char)c);
        } else if (c < 0x20) {
            buf_str(out, "\\u00");
            buf_byte(out, digits[c >> 4]);
            buf_byte(out, digits[c & 15]);
        } else {
            buf_byte(out, (char)c);
        }
    }
    buf_byte(out, '"');
}

static void put_text(Buf *out, const char *s)
{
    put_json(out, s, strlen(s));
}

static void put_cell(Buf *out, const Vec *v, uint32_t i)
{
    if (v->kind == TYPE_INT) {
        buf_i64(out, v->i[i]);
        return;
    }
    if (v->kind == TYPE_BOOL) {
        buf_str(out, v->i[i] ? "true" : "false");
        return;
    }
    if (v->s) {
        put_json(out, v->s[i].p, v->s[i].n);
        return;
    }
    buf_byte(out, '"');
    switch (v->kind) {
    case TYPE_DECIMAL: buf_decimal(out, v->i[i], v->scale); break;
    case TYPE_FLOAT: buf_double(out, v->f[i]); break;
    case TYPE_DATE: buf_date(out, v->i[i]); break;
    case TYPE_TIME: buf_time(out, v->i[i], v->scale); break;
    case TYPE_TIMESTAMP: buf_timestamp(out, v->i[i], v->scale); break;
    default: break;
    }
    buf_byte(out, '"');
}

typedef struct Writing {
    Audit *audit;
    const ClosureTable *node;
    const bool *pii; /* per key column */
} Writing;

static bool on_keys(void *ctx, const Vec *const *cols, uint32_t n)
{
    Writing *w = ctx;
    Buf *out = &w->audit->lines;
    for (uint32_t i = 0; i < n; i++) {
        buf_str(out, "{\"event\":\"delete\",\"table\":");
        put_text(out, w->node->name);
        buf_str(out, ",\"row\":");
        if (vec_is_null(cols[0], i))
            buf_str(out, "null");
        else
            buf_i64(out, cols[0]->i[i]);
        buf_str(out, ",\"key\":{");
        bool first = true;
        for (int k = 0; k < w->node->nkey; k++) {
            if (w->pii[k])
                continue;
            buf_str(out, first ? "" : ",");
            first = false;
            put_text(out, w->node->key[k]);
            buf_byte(out, ':');
            put_cell(out, cols[k + 1], i);
        }
        buf_str(out, "}}\n");
        if (out->len > FLUSH_AT)
            flush(w->audit);
    }
    return !w->audit->failed;
}

static const bool *pii_keys(const Undo *u, int node, Arena *mem)
{
    const ClosureTable *ct = &u->removal.closure->tables[node];
    bool *pii = arena_array(mem, bool, ct->nkey + 1);
    for (int t = 0; t < u->plan->ntables; t++)
        for (int k = 0; u->tables[t].node == node && k < ct->nkey; k++) {
            int col = table_column(u->plan->tables[t].table, ct->key[k]);
            pii[k] = col >= 0 && u->plan->tables[t].cols[col].pii;
        }
    return pii;
}

static bool table_rows(Audit *a, const Undo *u, int node, Arena *mem, Err *err)
{
    const Closure *c = u->removal.closure;
    const ClosureTable *ct = &c->tables[node];
    if (ct->nkey == 0) { /* every row of a table without a key */
        buf_str(&a->lines, "{\"event\":\"delete_all\",\"table\":");
        put_text(&a->lines, ct->name);
        buf_printf(&a->lines, ",\"rows\":%lld}\n", (long long)ct->rows);
        return true;
    }
    Type *types = arena_array(mem, Type, ct->nkey + 1);
    types[0] = (Type){.kind = TYPE_INT, .bits = 64};
    for (int k = 0; k < ct->nkey; k++)
        types[k + 1] = ct->key_types[k];
    Writing w = {a, ct, pii_keys(u, node, mem)};
    return u->s->db->connector->read(u->s->db, closure_sql_keys(c, node, mem), types, ct->nkey + 1,
                                     on_keys, &w, mem, err);
}

bool audit_rows(Audit *a, const Undo *u, Arena *mem, Err *err)
{
    const Closure *c = u->removal.closure;
    Buf now;
    buf_init(&now, 64);
    buf_timestamp(&now, os_wall_us(), 3);
    buf_str(&a->lines, "{\"event\":\"rollback\",\"run\":");
    put_text(&a->lines, u->run->id);
    buf_str(&a->lines, ",\"target\":");
    put_text(&a->lines, u->s->url.shown);
    buf_str(&a->lines, ",\"time\":");
    put_text(&a->lines, buf_cstr(&now));
    buf_str(&a->lines, "}\n");
    buf_free(&now);
    for (int i = 0; i < c->ntables; i++)
        if (c->tables[c->order[i]].rows > 0 && !table_rows(a, u, c->order[i], mem, err))
            return false;
    flush(a);
    if (!a->failed && os_sync(a->fd))
        return true;
    a->failed = true;
    err_add(mem, err, ERR_IO, NULL, "--audit", "%s could not be written", a->path);
    return err_hint(mem, err, "nothing was deleted; make room, or name another file");
}

void audit_close(Audit *a, bool committed)
{
    if (!a)
        return;
    buf_str(&a->lines,
            committed ? "{\"event\":\"committed\"}\n" : "{\"event\":\"not committed\"}\n");
    flush(a);
    os_sync(a->fd);
    os_close(a->fd);
    buf_free(&a->lines);
}

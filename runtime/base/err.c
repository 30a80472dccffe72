/* A linked list of errors in an arena. The texts are copied, so a caller may build them in a buffer
 * that goes away. */
#include "base/err.h"

#include <stddef.h>

static const struct {
    const char *name;
    int status;
} codes[] = {
#define X(constant, name, status, meaning) {name, status},
    ERR_MAP(X)
#undef X
};

static void push(Err *err, ErrItem *item)
{
    item->next = NULL;
    if (err->last)
        err->last->next = item;
    else
        err->first = item;
    err->last = item;
    err->count++;
}

bool err_add(Arena *mem, Err *err, ErrCode code, const char *where, const char *subject,
             const char *fmt, ...)
{
    ErrItem *item = arena_new_of(mem, ErrItem);
    item->code = code;
    item->where = arena_strdup(mem, where);
    item->subject = arena_strdup(mem, subject);
    va_list ap;
    va_start(ap, fmt);
    item->message = arena_vprintf(mem, fmt, ap);
    va_end(ap);
    push(err, item);
    return false;
}

bool err_hint(Arena *mem, Err *err, const char *fmt, ...)
{
    if (!err->last)
        return false;
    va_list ap;
    va_start(ap, fmt);
    err->last->hint = arena_vprintf(mem, fmt, ap);
    va_end(ap);
    return false;
}

bool err_excerpt(Arena *mem, Err *err, const char *text, int caret)
{
    if (!err->last)
        return false;
    err->last->excerpt = arena_strdup(mem, text);
    err->last->caret = caret;
    return false;
}

void err_append(Arena *mem, Err *err, const ErrItem *item)
{
    ErrItem *copy = arena_new_of(mem, ErrItem);
    copy->code = item->code;
    copy->where = arena_strdup(mem, item->where);
    copy->subject = arena_strdup(mem, item->subject);
    copy->message = arena_strdup(mem, item->message);
    copy->hint = arena_strdup(mem, item->hint);
    copy->sqlstate = arena_strdup(mem, item->sqlstate);
    copy->table = arena_strdup(mem, item->table);
    copy->column = arena_strdup(mem, item->column);
    copy->constraint = arena_strdup(mem, item->constraint);
    copy->excerpt = arena_strdup(mem, item->excerpt);
    copy->caret = item->caret;
    copy->position = item->position;
    push(err, copy);
}

ErrCode err_code(const Err *err)
{
    return err->last ? err->last->code : ERR_NONE;
}

int err_exit_status(const Err *err)
{
    return err->first ? codes[err->first->code].status : 0;
}

const char *err_name(ErrCode code)
{
    return codes[code].name;
}

void err_clear(Err *err)
{
    *err = (Err){0};
}

/* The files of a sink. Each is written beside its place under a name of this process, and put into
 * place when everything is written; what goes wrong before leaves nothing. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/os.h"
#include "exec/sink_int.h"

#define PART_PREFIX ".seedpipe-"

SinkFile sink_file_new(const char *path, Arena *mem)
{
    if (!path)
        return (SinkFile){.fd = os_stdout_fd()};
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    const char *part = arena_printf(mem, "%.*s" PART_PREFIX "%lld-%s", (int)(name - path), path,
                                    (long long)os_pid(), name);
    return (SinkFile){.path = path, .part = part, .fd = -1};
}

static bool failed(const SinkFile *f, const char *what, const char *path, Arena *mem, Err *err)
{
    const char *reason = os_reason(mem);
    bool full = errno == ENOSPC || errno == EDQUOT;
    err_add(mem, err, ERR_IO, NULL, path ? path : "standard output", "cannot %s: %s", what, reason);
    if (full)
        return err_hint(mem, err, "make room, and run it again: nothing was left behind");
    return f->path && false;
}

bool sink_file_write(SinkFile *f, const void *bytes, size_t n, Arena *mem, Err *err)
{
    if (f->path && !f->created) {
        f->fd = os_create(f->part);
        if (f->fd < 0)
            return failed(f, "create the file", f->path, mem, err);
        f->created = true;
    }
    if (!os_write(f->fd, bytes, n))
        return failed(f, "write", f->path, mem, err);
    f->bytes += n;
    return true;
}

bool sink_file_close(SinkFile *f, Arena *mem, Err *err)
{
    if (!f->path || f->fd < 0)
        return true;
    bool ok = os_close(f->fd);
    f->fd = -1;
    return ok || failed(f, "write", f->path, mem, err);
}

bool sink_file_publish(SinkFile *f, Arena *mem, Err *err)
{
    if (!f->path)
        return true;
    if (!os_rename(f->part, f->path))
        return failed(f, "put the file in place", f->path, mem, err);
    f->created = false;
    return true;
}

void sink_file_discard(SinkFile *f)
{
    if (f->path && f->fd >= 0)
        os_close(f->fd);
    if (f->created)
        os_remove(f->part);
    f->fd = -1;
    f->created = false;
}

static bool is_left_behind(const char *name)
{
    if (strncmp(name, PART_PREFIX, strlen(PART_PREFIX)) != 0)
        return false;
    char *end;
    long long pid = strtoll(name + strlen(PART_PREFIX), &end, 10);
    return *end == '-' && pid > 0 && !os_process_alive(pid);
}

size_t sink_clean_dir(const char *dir, Arena *mem)
{
    size_t n = 0, others = 0;
    char **names = os_list_dir(dir, &n, mem);
    for (size_t i = 0; i < n; i++)
        if (!is_left_behind(names[i]) || !os_remove(os_path_join(dir, names[i], mem)))
            others++;
    return others;
}

/* What a name may not hold in a file's name is written as %2F, so that two tables never share a
 * file. */
static void put_name(Buf *out, const char *name)
{
    for (; *name; name++) {
        unsigned char c = (unsigned char)*name;
        if (c < 0x20 || c == 0x7f || c == '/' || c == '\\' || c == ':' || c == '%' || c == '.')
            buf_printf(out, "%%%02X", c);
        else
            buf_byte(out, (char)c);
    }
}

const char *sink_file_name(const Table *table, const char *extension, Arena *mem)
{
    Buf out;
    buf_init(&out, 1u << 16);
    if (table->schema) {
        put_name(&out, table->schema);
        buf_byte(&out, '.');
    }
    put_name(&out, table->name);
    buf_printf(&out, ".%s", extension);
    const char *name = arena_strndup(mem, out.data, out.len);
    buf_free(&out);
    return name;
}

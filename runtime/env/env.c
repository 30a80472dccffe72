/* Choosing an environment: its file, or the built-in dev. A name that has no file is always an
 * error, since a mistyped environment must never be a harmless one by accident. */
#include "env/env.h"

#include <string.h>

#include "base/buf.h"
#include "base/map.h"
#include "base/os.h"
#include "base/text.h"
#include "env/env_int.h"

#define ENV_DIR               "envs"
#define ENV_DEV_URL           "sqlite:seedpipe-dev.db"
#define ENV_CONFIRM_ROWS      10000
#define ENV_RECONNECT_SECONDS 30
#define ENV_MAX_EXPANDED      (64u << 10)

static bool is_name(const char *name)
{
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";
    size_t len = strlen(name);
    return len > 0 && len <= 64 && name[0] != '.' && name[0] != '-' && strspn(name, letters) == len;
}

const char *const *env_names(int *n, Arena *mem)
{
    size_t files = 0;
    char **names = os_list_dir(ENV_DIR, &files, mem);
    const char **found = arena_array(mem, const char *, files + 1);
    *n = 0;
    for (size_t i = 0; i < files; i++) {
        size_t len = strlen(names[i]);
        if (len <= 5 || strcmp(names[i] + len - 5, ".yaml") != 0)
            continue;
        const char *name = arena_strndup(mem, names[i], len - 5);
        if (is_name(name))
            found[(*n)++] = name;
    }
    return found;
}

static bool no_such_env(const char *name, const char *path, Arena *mem, Err *err)
{
    int n = 0;
    const char *const *names = env_names(&n, mem);
    err_add(mem, err, ERR_ENV, NULL, NULL, "there is no environment \"%s\": %s does not exist",
            name, path);
    if (os_exists(arena_printf(mem, ENV_DIR "/%s.yml", name)))
        return err_hint(mem, err, "rename " ENV_DIR "/%s.yml to %s.yaml", name, name);
    if (n == 0)
        return err_hint(mem, err,
                        "there is no " ENV_DIR "/*.yaml in this directory; without a name, dev has "
                        "built-in defaults");
    const char *near = name_nearest(name, names, (size_t)n);
    const char *list = text_list(names, n, 20, mem);
    if (near)
        return err_hint(mem, err, "did you mean %s? There are: %s", near, list);
    return err_hint(mem, err, "there are: %s", list);
}

const Env *env_load(const char *name, bool named, Arena *mem, Err *err)
{
    Env *env = arena_new_of(mem, Env);
    env->name = arena_strdup(mem, name ? name : "dev");
    env->confirm_rows = ENV_CONFIRM_ROWS;
    env->reconnect_timeout = ENV_RECONNECT_SECONDS;
    if (!is_name(env->name)) {
        err_add(mem, err, ERR_ENV, NULL, NULL, "\"%.80s\" cannot be the name of an environment",
                env->name);
        err_hint(mem, err,
                 "a name has letters, digits, _ and -; its file is " ENV_DIR "/NAME.yaml");
        return NULL;
    }
    const char *path = arena_printf(mem, ENV_DIR "/%s.yaml", env->name);
    bool is_dev = strcmp(env->name, "dev") == 0;
    if (!os_exists(path)) {
        if (named && !is_dev) {
            no_such_env(env->name, path, mem, err);
            return NULL;
        }
        env->url = ENV_DEV_URL;
        return env;
    }
    env->path = path;
    const DocNode *root = NULL;
    if (!doc_read(path, &root, mem, err) || (root && !env_settings(env, root, mem, err)))
        return NULL;
    if (!env->url && is_dev)
        env->url = ENV_DEV_URL;
    return env;
}

static bool is_variable(const char *name, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        char c = name[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
        if (!letter && (i == 0 || c < '0' || c > '9'))
            return false;
    }
    return n > 0;
}

/* One ${...}, bounded with all before it; body is what stands between the braces. */
static bool expand_one(Buf *out, const char *body, size_t n, const char *where, Arena *mem,
                       Err *err)
{
    const char *dash = memmem(body, n, ":-", 2);
    size_t name_len = dash ? (size_t)(dash - body) : n;
    if (!is_variable(body, name_len)) {
        err_add(mem, err, ERR_ENV, where, NULL, "${...} must hold the name of a variable");
        return err_hint(mem, err, "write ${DATABASE_URL}, or ${DATABASE_URL:-default}");
    }
    const char *name = arena_strndup(mem, body, name_len);
    const char *value = os_getenv(name);
    if (value) {
        size_t len = strlen(value);
        if (out->len + len > ENV_MAX_EXPANDED)
            return err_add(mem, err, ERR_ENV, where, NULL, "the variable %s is far too long", name);
        buf_put(out, value, len);
        return true;
    }
    if (dash) {
        buf_put(out, dash + 2, n - name_len - 2);
        return true;
    }
    err_add(mem, err, ERR_ENV, where, NULL, "the variable %s is not set", name);
    return err_hint(mem, err, "set it (export %s=...), or give --url", name);
}

const char *env_expand(const char *text, const char *where, Arena *mem, Err *err)
{
    Buf out;
    buf_init(&out, 1 << 20);
    bool ok = true;
    for (const char *s = text; ok && *s;) {
        const char *open = strstr(s, "${");
        if (!open) {
            buf_str(&out, s);
            break;
        }
        buf_put(&out, s, (size_t)(open - s));
        const char *close = strchr(open, '}');
        if (!close) {
            ok = err_add(mem, err, ERR_ENV, where, NULL, "${ without its }");
            break;
        }
        ok = expand_one(&out, open + 2, (size_t)(close - open - 2), where, mem, err);
        s = close + 1;
    }
    char *result = ok ? arena_strndup(mem, out.len ? out.data : "", out.len) : NULL;
    buf_free(&out);
    return result;
}

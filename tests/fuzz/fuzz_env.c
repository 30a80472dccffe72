/* Environment files, and the ${...} of their URLs. */
#include <string.h>

#include "env/env_int.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena *mem = arena_new();
    Err err = {0};
    const DocNode *root = NULL;
    Env *env = arena_new_of(mem, Env);
    env->name = "dev";
    env->path = "envs/dev.yaml";
    const char *text = arena_strndup(mem, (const char *)data, size);
    bool ok = doc_parse(env->path, text, size, &root, mem, &err) &&
              (!root || env_settings(env, root, mem, &err));
    MUST(ok || err.count > 0);
    if (ok) {
        MUST(env->jobs >= 0 && env->jobs <= ENV_MAX_JOBS && env->batch >= 0 && env->scale >= 0);
        MUST(env->lock_timeout >= 0 && env->lock_timeout <= ENV_MAX_SECONDS);
        for (int i = 0; i < env->nallowed; i++)
            MUST(env->allowed_hosts[i]);
    }
    if (ok && env->url)
        MUST(env_expand(env->url, env->url_where, mem, &err) || err.count > 0);
    for (const ErrItem *e = err.first; e; e = e->next)
        MUST(e->message && *e->message && err_exit_status(&err) == 2);
    arena_free(mem);
    return 0;
}

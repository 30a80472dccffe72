/* Database URLs: no message and no spelling for people ever holds the password. */
#include <string.h>

#include "db/db.h"
#include "fuzz.h"

/* A password that nothing else of the URL holds, so that finding it means that it leaked. */
static bool tells(const DbUrl *url)
{
    const char *others[] = {url->user, url->host, url->port, url->database, url->socket};
    if (!url->password || strlen(url->password) < 4 ||
        strstr("postgresqlmariadb://", url->password))
        return false;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (others[i] && strstr(others[i], url->password))
            return false;
    for (const char *p = url->password; *p; p++)
        if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", *p))
            return false;
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena *mem = arena_new();
    Err err = {0};
    DbUrl url;
    const char *text = arena_strndup(mem, (const char *)data, size);
    bool ok = db_url_parse(text, &url, mem, &err);
    MUST(ok == (err.count == 0));
    if (ok) {
        MUST(url.shown);
        if (tells(&url))
            MUST(!strstr(url.shown + strcspn(url.shown, ":"), url.password) ||
                 strstr("?host=?socket=", url.password));
        for (const char *p = url.shown; *p; p++)
            MUST((unsigned char)*p >= ' ' && *p != 0x7F);
        DbUrl again;
        bool same = db_url_parse(url.shown, &again, mem, &err);
        MUST(same);
        MUST(strcmp(again.shown, url.shown) == 0 && !again.password);
        MUST(db_url_is_local(&again) == db_url_is_local(&url));
    }
    for (const ErrItem *e = ok ? NULL : err.first; e; e = e->next)
        MUST(err_exit_status(&err) == 2);
    arena_free(mem);
    return 0;
}

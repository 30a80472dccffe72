/* Database URLs. What a query says of host, user or database counts as said in front, so that a
 * guard which looks at the fields sees the server that is meant. Messages never repeat what stands
 * behind the scheme: it may be a password. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/map.h"
#include "db/db.h"

static const struct {
    const char *name;
    Engine engine;
} schemes[] = {
    {"postgres", ENGINE_POSTGRES}, {"postgresql", ENGINE_POSTGRES}, {"mysql", ENGINE_MYSQL},
    {"mariadb", ENGINE_MARIADB},   {"sqlite", ENGINE_SQLITE},
};
enum { SCHEMES = sizeof schemes / sizeof *schemes };

static const char *const forms =
    "postgres://USER@HOST/DATABASE, mysql://USER@HOST/DATABASE, mariadb://USER@HOST/DATABASE or sqlite:FILE";

typedef struct Part {
    const char *p;
    size_t n;
} Part;

/* Where it is being read: for messages, "postgres://". */
typedef struct Reading {
    const char *scheme;
    Arena *mem;
    Err *err;
} Reading;

static bool url_error(const Reading *r, const char *what, const char *hint)
{
    err_add(r->mem, r->err, ERR_URL, NULL, r->scheme, "%s", what);
    return hint ? err_hint(r->mem, r->err, "%s", hint) : false;
}

static int hex_digit(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* NULL with an error on a broken or zero escape. */
static char *decode(const Reading *r, Part part, const char *what)
{
    char *out = arena_strndup(r->mem, part.p, part.n), *to = out;
    for (size_t i = 0; i < part.n; i++) {
        if (part.p[i] != '%') {
            *to++ = part.p[i];
            continue;
        }
        int high = i + 2 < part.n ? hex_digit(part.p[i + 1]) : -1;
        int low = high >= 0 ? hex_digit(part.p[i + 2]) : -1;
        if (low < 0 || (high == 0 && low == 0)) {
            url_error(
                r,
                arena_printf(r->mem,
                             "the %s has a %% that two hexadecimal digits (not 00) do not follow",
                             what),
                "write a % itself as %25");
            return NULL;
        }
        *to++ = (char)(high * 16 + low);
        i += 2;
    }
    *to = '\0';
    return out;
}

static bool decode_into(const Reading *r, Part part, const char *what, const char **out)
{
    if (part.p)
        *out = decode(r, part, what);
    return !part.p || *out;
}

static bool check_port(const Reading *r, const char *port)
{
    size_t n = strspn(port, "0123456789");
    long v = strtol(port, NULL, 10);
    if (port[n] == '\0' && n > 0 && n <= 5 && v >= 1 && v <= 65535)
        return true;
    return url_error(r, "the port is not a number from 1 to 65535",
                     "in user and password write / as %2F, ? as %3F, : as %3A, @ as %40");
}

/* [user[:password]@][host][:port] */
static bool read_authority(const Reading *r, Part all, DbUrl *out)
{
    Part user = {0}, password = {0}, host = all;
    for (size_t i = all.n; i > 0; i--) {
        if (all.p[i - 1] != '@')
            continue;
        user = (Part){all.p, i - 1};
        host = (Part){all.p + i, all.n - i};
        const char *colon = memchr(user.p, ':', user.n);
        if (colon) {
            password = (Part){colon + 1, user.n - (size_t)(colon + 1 - user.p)};
            user.n = (size_t)(colon - user.p);
        }
        break;
    }
    Part port = {0};
    bool bracket = host.n && host.p[0] == '[';
    const char *close = bracket ? memchr(host.p, ']', host.n) : NULL;
    if (bracket && !close)
        return url_error(r, "the IPv6 address has no closing bracket", "like [::1]:5432");
    const char *rest = close ? close + 1 : host.p;
    const char *end = host.p + host.n;
    const char *colon = rest < end ? memchr(rest, ':', (size_t)(end - rest)) : NULL;
    if (close && rest < end && *rest != ':')
        return url_error(r, "something other than a port follows the IPv6 address",
                         "like [::1]:5432");
    if (colon) {
        if (memchr(colon + 1, ':', (size_t)(end - colon - 1)))
            return url_error(
                r, "the host has more than one colon",
                "write an IPv6 address in brackets, like [::1]:5432; in a password write : as %3A and @ as %40");
        port = (Part){colon + 1, (size_t)(end - colon - 1)};
        host.n = (size_t)(colon - host.p);
    }
    if (close)
        host = (Part){host.p + 1, (size_t)(close - host.p - 1)};
    Part none = {0};
    if (!decode_into(r, user.n ? user : none, "user", &out->user) ||
        !decode_into(r, password, "password", &out->password) ||
        !decode_into(r, host.n ? host : none, "host", &out->host) ||
        !decode_into(r, port.n ? port : none, "port", &out->port))
        return false;
    if (out->host && out->host[0] == '/') { /* libpq's way to write a socket's folder */
        out->socket = out->host;
        out->host = NULL;
    }
    return !out->port || check_port(r, out->port);
}

/* One name=value of the query that says what the URL has a place for. */
static bool absorb(const Reading *r, const char *name, const char *value, DbUrl *out)
{
    bool postgres = out->engine == ENGINE_POSTGRES;
    const char **place = NULL;
    if (strcmp(name, "host") == 0 && postgres)
        place = *value == '/' || *value == '@' ? &out->socket : &out->host;
    else if (strcmp(name, "socket") == 0 || strcmp(name, "unix_socket") == 0)
        place = postgres ? NULL : &out->socket;
    else if (strcmp(name, "port") == 0)
        place = &out->port;
    else if (strcmp(name, "user") == 0)
        place = &out->user;
    else if (strcmp(name, "password") == 0)
        place = &out->password;
    else if (strcmp(name, "dbname") == 0 && postgres)
        place = &out->database;
    else if (strcmp(name, "hostaddr") == 0 || strcmp(name, "service") == 0)
        return url_error(
            r, arena_printf(r->mem, "the query's \"%s\" would hide which server is meant", name),
            "give its host or address in the url itself");
    if (!place || *value == '\0')
        return true;
    if (*place && strcmp(*place, value) != 0)
        return url_error(r, arena_printf(r->mem, "the url says \"%s\" twice, differently", name),
                         "leave one of them out");
    if (place == &out->socket && out->host && strcmp(out->host, "localhost") != 0)
        return url_error(r, "the url names a host and a socket", "leave one of them out");
    *place = value;
    return place != &out->port || check_port(r, value);
}

static bool read_query(const Reading *r, DbUrl *out)
{
    for (const char *at = out->query; at && *at;) {
        size_t n = strcspn(at, "&");
        const char *equals = memchr(at, '=', n);
        if (n && !equals)
            return url_error(r, "the query is not made of name=value pairs",
                             "like ?sslmode=require&application_name=x");
        if (equals) {
            const char *name = decode(r, (Part){at, (size_t)(equals - at)}, "query");
            const char *value =
                name ? decode(r, (Part){equals + 1, n - (size_t)(equals + 1 - at)}, "query") : NULL;
            if (!value || !absorb(r, name, value, out))
                return false;
        }
        at += n;
        at += *at == '&';
    }
    if (out->socket)
        out->host = NULL;
    return true;
}

/* One host or one socket: libpq would try a list in turn, and write to whichever answers. */
static bool check_place(const Reading *r, const DbUrl *out)
{
    const char *place = out->socket ? out->socket : out->host ? out->host : "";
    if (out->engine == ENGINE_POSTGRES && strchr(place, ','))
        return url_error(r, "the url names more than one host",
                         "name the one that may be written to");
    for (const char *p = out->host ? out->host : ""; *p; p++)
        if ((unsigned char)*p <= ' ' || *p == 0x7F || strchr(",/?#@[]\\\"'<>", *p))
            return url_error(r, "the host holds a character that no host name has",
                             "postgres://USER@HOST/DATABASE; write an IPv6 address in brackets");
    return true;
}

/* Blanks and control characters would make a line of a report end where it should not. */
static void put_shown(Buf *out, const char *text, const char *escaped)
{
    for (; *text; text++) {
        if ((unsigned char)*text <= ' ' || *text == '%' || *text == 0x7F || strchr(escaped, *text))
            buf_printf(out, "%%%02X", (unsigned char)*text);
        else
            buf_byte(out, *text);
    }
}

static const char *shown_server(const DbUrl *url, const char *scheme, Arena *mem)
{
    Buf out;
    buf_init(&out, 1u << 20);
    buf_str(&out, scheme);
    if (url->user) {
        put_shown(&out, url->user, "@:/?#");
        buf_byte(&out, '@');
    }
    bool bracket = url->host && strchr(url->host, ':');
    buf_str(&out, bracket ? "[" : "");
    put_shown(&out, url->host ? url->host : "", "@/?#");
    buf_str(&out, bracket ? "]" : "");
    if (url->port)
        buf_printf(&out, ":%s", url->port);
    if (url->database) {
        buf_byte(&out, '/');
        put_shown(&out, url->database, "/?#");
    }
    if (url->socket) {
        buf_str(&out, url->engine == ENGINE_POSTGRES ? "?host=" : "?socket=");
        put_shown(&out, url->socket, "&#");
    }
    const char *text = arena_strndup(mem, out.data, out.len);
    buf_free(&out);
    return text;
}

static bool parse_server(const Reading *r, const char *rest, DbUrl *out)
{
    if (strncmp(rest, "//", 2) != 0)
        return url_error(r, arena_printf(r->mem, "%s is not followed by //", r->scheme),
                         arena_printf(r->mem, "%s//USER@HOST/DATABASE", r->scheme));
    Reading in = {arena_printf(r->mem, "%s//", r->scheme), r->mem, r->err};
    rest += 2;
    size_t n = strcspn(rest, "/?");
    Part database = {0};
    const char *question = strchr(rest + n, '?');
    if (rest[n] == '/') {
        const char *from = rest + n + 1;
        size_t len = question ? (size_t)(question - from) : strlen(from);
        if (memchr(from, '/', len))
            return url_error(
                &in, "the path has more than one part",
                "after the host comes one database name; write / inside a name or password as %2F");
        if (len)
            database = (Part){from, len};
    }
    if (question && question[1])
        out->query = arena_strdup(r->mem, question + 1);
    if (!read_authority(&in, (Part){rest, n}, out) ||
        !decode_into(&in, database, "database", &out->database) || !read_query(&in, out) ||
        !check_place(&in, out))
        return false;
    out->shown = shown_server(out, in.scheme, r->mem);
    return true;
}

/* sqlite:PATH, sqlite://PATH, sqlite:///PATH; four slashes, as some libraries write an absolute
 * path, are fine too. */
static bool parse_sqlite(const Reading *r, const char *rest, DbUrl *out)
{
    if (strncmp(rest, "//", 2) == 0)
        rest += 2;
    while (rest[0] == '/' && rest[1] == '/')
        rest++;
    size_t n = strcspn(rest, "?");
    if (rest[n])
        return url_error(r, "a SQLite URL takes no query", "write a ? in the file's name as %3F");
    char *path = decode(r, (Part){rest, n}, "path");
    if (!path)
        return false;
    if (*path == '\0')
        return url_error(r, "no file is named", "sqlite:FILE, for example sqlite:dev.db");
    if (strncmp(path, ":memory:", 8) == 0)
        return url_error(r, "a database in memory would be gone when the run ends",
                         "name a file, for example sqlite:/tmp/try.db");
    out->path = path;
    Buf shown;
    buf_init(&shown, 1u << 20);
    buf_str(&shown, "sqlite:");
    /* Two slashes in front would read as those of a URL. */
    for (const char *p = path + (path[0] == '/' ? strspn(path, "/") - 1 : 0); *p; p++) {
        /* blanks are common in paths, and harmless here */
        if ((unsigned char)*p < ' ' || *p == '%' || *p == '?' || *p == 0x7F)
            buf_printf(&shown, "%%%02X", (unsigned char)*p);
        else
            buf_byte(&shown, *p);
    }
    out->shown = arena_strndup(r->mem, shown.data, shown.len);
    buf_free(&shown);
    return true;
}

static bool unknown_scheme(const Reading *r, const char *url, size_t n)
{
    const char *names[SCHEMES];
    for (size_t i = 0; i < SCHEMES; i++)
        names[i] = schemes[i].name;
    /* Something like a scheme may be named; anything else may be part of a password. */
    bool like_one = n > 0 && n < 24 && url[n] == ':' && url[n + 1] == '/' && url[n + 2] == '/';
    const char *word = like_one ? arena_strndup(r->mem, url, n) : NULL;
    const char *near = word ? name_nearest(word, names, SCHEMES) : NULL;
    if (word)
        err_add(r->mem, r->err, ERR_URL, NULL, NULL, "\"%s://\" is no database that seedpipe knows",
                word);
    else
        err_add(r->mem, r->err, ERR_URL, NULL, NULL,
                "the database URL does not begin with a scheme");
    return near ? err_hint(r->mem, r->err, "did you mean %s://?", near)
                : err_hint(r->mem, r->err, "a URL is %s", forms);
}

bool db_url_parse(const char *url, DbUrl *out, Arena *mem, Err *err)
{
    *out = (DbUrl){0};
    size_t n = 0;
    while ((url[n] >= 'a' && url[n] <= 'z') || (url[n] >= 'A' && url[n] <= 'Z') ||
           (n && url[n] && strchr("0123456789+-.", url[n])))
        n++;
    Reading r = {NULL, mem, err};
    size_t k = 0;
    while (k < SCHEMES &&
           (strlen(schemes[k].name) != n || strncasecmp(schemes[k].name, url, n) != 0))
        k++;
    if (k == SCHEMES || url[n] != ':')
        return unknown_scheme(&r, url, n);
    r.scheme = arena_printf(mem, "%s:", schemes[k].name);
    out->engine = schemes[k].engine;
    for (const char *p = url; *p; p++)
        if ((unsigned char)*p < ' ' || *p == 0x7F || (*p == ' ' && out->engine != ENGINE_SQLITE))
            return url_error(&r, "the url holds a blank or a control character",
                             "write a blank as %20");
    return out->engine == ENGINE_SQLITE ? parse_sqlite(&r, url + n + 1, out)
                                        : parse_server(&r, url + n + 1, out);
}

static bool is_loopback(const char *host)
{
    if (strcasecmp(host, "localhost") == 0 || strcmp(host, "::1") == 0)
        return true;
    int parts = 0, digits = 0;
    if (strncmp(host, "127.", 4) != 0)
        return false;
    for (; *host; host++) {
        if (*host == '.' && digits > 0) {
            parts++;
            digits = 0;
        } else if (*host >= '0' && *host <= '9' && digits < 3) {
            digits++;
        } else {
            return false;
        }
    }
    return parts == 3 && digits > 0;
}

bool db_url_is_local(const DbUrl *url)
{
    if (url->engine == ENGINE_SQLITE || url->socket || !url->host)
        return true;
    return url->host[0] == '/' || url->host[0] == '@' || is_loopback(url->host);
}

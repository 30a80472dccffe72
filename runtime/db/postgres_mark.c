/* Placeholders: our statements mark parameters with `?`, PostgreSQL numbers them. A `?` inside a
 * string, a quoted name, a comment or a dollar-quoted text is not a mark. */
#include <ctype.h>
#include <string.h>

#include "db/postgres_int.h"

/* From an opening quote to behind its closing one; a doubled quote stays inside. */
static const char *past_quoted(const char *at, bool backslashes)
{
    char quote = *at++;
    for (; *at; at++) {
        if ((backslashes && *at == '\\' && at[1]) || (*at == quote && at[1] == quote))
            at++;
        else if (*at == quote)
            return at + 1;
    }
    return at;
}

/* Comments nest in PostgreSQL. */
static const char *past_comment(const char *at)
{
    int depth = 0;
    while (*at) {
        if (at[0] == '/' && at[1] == '*') {
            depth++;
            at += 2;
        } else if (at[0] == '*' && at[1] == '/') {
            at += 2;
            if (--depth == 0)
                return at;
        } else {
            at++;
        }
    }
    return at;
}

static bool word_byte(char c)
{
    return isalnum((unsigned char)c) || c == '_' || (unsigned char)c >= 0x80;
}

/* $tag$ ... $tag$; where none begins, one byte on. */
static const char *past_dollar(const char *at)
{
    const char *tag_end = at + 1;
    while (word_byte(*tag_end) && !(tag_end == at + 1 && isdigit((unsigned char)*tag_end)))
        tag_end++;
    if (*tag_end != '$')
        return at + 1;
    size_t n = (size_t)(tag_end + 1 - at);
    for (const char *end = tag_end + 1; *end; end++)
        if (strncmp(end, at, n) == 0)
            return end + n;
    return at + strlen(at);
}

/* Behind the piece that begins at `at`: a quoted thing, a comment, or one byte. */
static const char *past_piece(const char *sql, const char *at)
{
    bool in_word = at > sql && word_byte(at[-1]);
    switch (*at) {
    case '\'':
        return past_quoted(at, in_word && (at[-1] == 'e' || at[-1] == 'E') &&
                                   (at - 1 == sql || !word_byte(at[-2])));
    case '"': return past_quoted(at, false);
    case '$': return in_word ? at + 1 : past_dollar(at);
    case '-': return at[1] == '-' ? at + strcspn(at, "\n") : at + 1;
    case '/': return at[1] == '*' ? past_comment(at) : at + 1;
    default: return at + 1;
    }
}

const char *postgres_marks(const char *sql, int *n, Arena *mem)
{
    Buf out;
    *n = 0;
    size_t len = strlen(sql);
    buf_init(&out, len * 8 + 64); /* "?" becomes at most "$65535" */
    for (const char *at = sql; *at;) {
        if (*at == '?') {
            buf_byte(&out, '$');
            buf_i64(&out, ++*n);
            at++;
        } else {
            const char *next = past_piece(sql, at);
            buf_put(&out, at, (size_t)(next - at));
            at = next;
        }
    }
    const char *text = arena_strndup(mem, out.data ? out.data : "", out.len);
    buf_free(&out);
    return text;
}

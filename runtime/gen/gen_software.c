/* What software keeps in its tables: secrets that are none, files, versions, languages. */
#include <string.h>

#include "gen/iso_int.h"
#include "gen/numbered_int.h"
#include "gen/phrase_int.h"

/* ---- password_hash */

static char *put_from(char *p, const char *alphabet, int n, const GenCall *c, uint64_t row,
                      uint32_t generation)
{
    for (int i = 0; i < n;) {
        Rand2 r = rng_draw(c->bound->key, row, generation, (uint32_t)i);
        uint64_t words[2] = {r.a, r.b};
        for (int w = 0; w < 2; w++)
            for (int digit = 0; digit < 10 && i < n; digit++, words[w] >>= 6)
                p[i++] = alphabet[words[w] & 63];
    }
    return p + n;
}

typedef struct HashShape {
    const char *name, *prefix, *alphabet, *middle;
    int before, after; /* characters before and after `middle` */
} HashShape;

#define BASE64 "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
#define BCRYPT "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
/* bcrypt: 22 characters of salt, 31 of hash. Argon2id: 16 and 32 bytes. */
static const HashShape hash_shapes[] = {
    {"bcrypt", "$2b$12$", BCRYPT, "FAKE", 22, 27},
    {"argon2", "$argon2id$v=19$m=65536,t=3,p=4$", BASE64, "$FAKE", 22, 39},
};

static void fill_password_hash(const GenCall *c, Vec *out)
{
    const HashShape *s = c->bound->state;
    uint32_t bytes = (uint32_t)c->bound->type.length;
    char *cell = arena_alloc_raw(c->scratch, (size_t)c->n * bytes);
    for (uint32_t k = 0; k < c->n; k++) {
        char text[128];
        put_from(text, s->alphabet, s->before + s->after, c, c->rows[k], gen_generation(c, k));
        char *p = put_str(cell, (Str){s->prefix, (uint32_t)strlen(s->prefix)});
        p = put_str(p, (Str){text, (uint32_t)s->before});
        p = put_str(p, (Str){s->middle, (uint32_t)strlen(s->middle)});
        p = put_str(p, (Str){text + s->before, (uint32_t)s->after});
        out->s[k] = (Str){cell, bytes};
        cell = p;
    }
}

static bool bind_password_hash(GenBind *b)
{
    const char *name = gen_param_text(b, "method", "bcrypt");
    for (size_t i = 0; i < sizeof hash_shapes / sizeof *hash_shapes; i++) {
        const HashShape *s = &hash_shapes[i];
        if (strcmp(s->name, name) != 0)
            continue;
        b->out->type = type_chars((uint32_t)(strlen(s->prefix) + strlen(s->middle)) +
                                  (uint32_t)(s->before + s->after));
        b->out->state = s;
        b->out->fill = fill_password_hash;
        return true;
    }
    return gen_bind_error(b, ERR_RECIPE,
                          "password_hash: method is \"bcrypt\" or \"argon2\", not \"%s\"", name);
}

static const GenParam password_params[] = {
    {.name = "method",
     .kind = PARAM_TEXT,
     .default_text = "\"bcrypt\"",
     .doc = "\"bcrypt\" or \"argon2\""},
};
const GenDef gen_def_password_hash = {
    .name = "password_hash",
    .family = "internet",
    .doc =
        "A text shaped like a password's hash, with the word FAKE in it: no password matches it.",
    .example = "password_hash { method = \"argon2\" }",
    GEN_PARAMS(password_params),
    .pii = "secret",
    .bind = bind_password_hash};

/* ---- token */

static bool bind_token(GenBind *b)
{
    return phrase_bind(
        b, phrase_chars(STR("0123456789abcdef"), (int)gen_param_int(b, "length", 32), b->mem));
}

static const GenParam token_params[] = {
    {.name = "length",
     .kind = PARAM_INT,
     .default_text = "32",
     .min = 4,
     .max = 256,
     .doc = "how many hexadecimal digits"},
};
const GenDef gen_def_token = {.name = "token",
                              .family = "internet",
                              .doc = "A session's token: hexadecimal digits.",
                              .example = "token { length = 40 }",
                              GEN_PARAMS(token_params),
                              .pii = "secret",
                              .bind = bind_token};

PHRASE_GEN(api_key, "internet", "secret",
           "A text shaped like the key of a web service, marked as fake.",
           {"sk_fake_#{[A-Za-z0-9]24}", 1}, {"pk_fake_#{[A-Za-z0-9]24}", 1})

/* ---- files */

PHRASE_GEN(mime_type, "internet", NULL, "A file's media type, such as image/png.",
           {"image/jpeg", 24}, {"image/png", 20}, {"application/pdf", 15}, {"text/plain", 8},
           {"text/html", 7}, {"application/json", 7}, {"text/csv", 5}, {"application/zip", 4},
           {"video/mp4", 4}, {"audio/mpeg", 3}, {"image/gif", 3}, {"image/svg+xml", 2},
           {"image/webp", 2}, {"application/xml", 2}, {"text/markdown", 1},
           {"application/octet-stream", 2},
           {"application/vnd.openxmlformats-officedocument.wordprocessingml.document", 3},
           {"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", 3})

#define FILE_STEM                                                                                  \
    "#{annual|budget|client|draft|final|meeting|monthly|new|project|quarterly|sales|signed|team|"  \
    "travel|weekly}-#{agenda|contract|invoice|letter|minutes|notes|offer|overview|photo|plan|"     \
    "report|results|review|scan|summary}"

PHRASE_GEN(file_name, "internet", "file", "A file's name, such as quarterly-report.pdf.",
           {FILE_STEM "#{#-}.pdf", 35}, {FILE_STEM "#{#-}.docx", 18}, {FILE_STEM "#{#-}.xlsx", 14},
           {FILE_STEM "#{#-}.jpg", 12}, {FILE_STEM "#{#-}.png", 9}, {FILE_STEM "#{#-}.csv", 6},
           {FILE_STEM "#{#-}.txt", 4}, {FILE_STEM "#{#-}.zip", 2})

PHRASE_GEN(
    file_path, "internet", "file",
    "A file's path on a Unix system, such as /srv/archive/2023/weekly-notes.txt.",
    {"/home/#{alex|chris|jordan|kim|pat|robin|sam|taylor}/#{documents|downloads|pictures}/" FILE_STEM
     "#{#-}.pdf",
     4},
    {"/srv/#{archive|exports|shared|uploads}/#{2019..2025}/#{01..12}/" FILE_STEM
     "#{#-}.#{csv|docx|jpg|txt|zip}",
     4},
    {"/var/log/#{app|auth|mail|nginx|postgresql|worker}/#{access|daemon|error|events}#{#-}.log", 2})

PHRASE_GEN(semver, "internet", NULL,
           "A version's number (Semantic Versioning 2.0.0); a few are pre-releases.",
           {"#{0..12}.#{0..40}.#{0..60}", 90},
           {"#{0..12}.#{0..40}.#{0..60}-#{alpha|beta|rc}.#{1..9}", 10})

/* ---- languages */

static const GenParam language_params[] = {ISO_PARAM};

static bool bind_language(GenBind *b)
{
    return iso_bind(b, &iso_languages, false);
}

static bool bind_language_code(GenBind *b)
{
    return iso_bind(b, &iso_languages, true);
}

const GenDef gen_def_language = {
    .name = "language",
    .family = "internet",
    .doc = "A language's English name; languages with many speakers come more often.",
    .example = "language()",
    GEN_PARAMS(language_params),
    .bind = bind_language};
const GenDef gen_def_language_code = {.name = "language_code",
                                      .family = "internet",
                                      .doc = "A language's two letters of ISO 639-1, such as es.",
                                      .example = "language_code()",
                                      GEN_PARAMS(language_params),
                                      .bind = bind_language_code};

PHRASE_GEN(locale_code, "internet", NULL,
           "A language and a country (BCP 47), such as pt-BR, by how many use it on the web.",
           {"en-US", 300}, {"en-GB", 60}, {"en-CA", 18}, {"en-AU", 18}, {"en-IN", 40},
           {"es-ES", 40}, {"es-MX", 45}, {"es-AR", 20}, {"pt-BR", 60}, {"pt-PT", 8}, {"fr-FR", 50},
           {"fr-CA", 10}, {"de-DE", 60}, {"de-AT", 6}, {"de-CH", 5}, {"it-IT", 35}, {"nl-NL", 18},
           {"pl-PL", 22}, {"ru-RU", 60}, {"uk-UA", 10}, {"tr-TR", 25}, {"ja-JP", 60}, {"ko-KR", 25},
           {"zh-CN", 60}, {"zh-TW", 15}, {"ar-EG", 15}, {"ar-SA", 12}, {"he-IL", 6}, {"hi-IN", 20},
           {"id-ID", 25}, {"vi-VN", 18}, {"th-TH", 14}, {"sv-SE", 10}, {"da-DK", 6}, {"nb-NO", 6},
           {"fi-FI", 6}, {"cs-CZ", 8}, {"hu-HU", 6}, {"ro-RO", 8}, {"el-GR", 6})

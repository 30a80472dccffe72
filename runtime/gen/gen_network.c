/* Network addresses, from ranges that belong to nobody: documentation (RFC 5737, 3849), private use
 * (RFC 1918, 4193), locally administered MACs; public IPv4 addresses only where asked for. */
#include <string.h>

#include "gen/fold_int.h"
#include "gen/numbered_int.h"
#include "gen/phrase_int.h"

/* ---- ipv4 */

typedef struct Block {
    uint32_t first;
    uint64_t count;
} Block;

#define IP(a, b, c, d)                                                                             \
    ((uint32_t)(a) << 24 | (uint32_t)(b) << 16 | (uint32_t)(c) << 8 | (uint32_t)(d))

static const Block private_blocks[] = {
    {IP(10, 0, 0, 0), 1 << 24}, {IP(172, 16, 0, 0), 1 << 20}, {IP(192, 168, 0, 0), 1 << 16}};
static const Block documentation_blocks[] = {
    {IP(192, 0, 2, 0), 256}, {IP(198, 51, 100, 0), 256}, {IP(203, 0, 113, 0), 256}};
/* What the special-purpose registry (RFC 6890) leaves. */
static const Block public_blocks[] = {
    {IP(1, 0, 0, 0), IP(10, 0, 0, 0) - IP(1, 0, 0, 0)},
    {IP(11, 0, 0, 0), IP(100, 64, 0, 0) - IP(11, 0, 0, 0)},
    {IP(100, 128, 0, 0), IP(127, 0, 0, 0) - IP(100, 128, 0, 0)},
    {IP(128, 0, 0, 0), IP(169, 254, 0, 0) - IP(128, 0, 0, 0)},
    {IP(169, 255, 0, 0), IP(172, 16, 0, 0) - IP(169, 255, 0, 0)},
    {IP(172, 32, 0, 0), IP(192, 0, 0, 0) - IP(172, 32, 0, 0)},
    {IP(192, 0, 3, 0), IP(192, 31, 196, 0) - IP(192, 0, 3, 0)},
    {IP(192, 32, 0, 0), IP(192, 52, 193, 0) - IP(192, 32, 0, 0)},
    {IP(192, 53, 0, 0), IP(192, 88, 99, 0) - IP(192, 53, 0, 0)},
    {IP(192, 89, 0, 0), IP(192, 168, 0, 0) - IP(192, 89, 0, 0)},
    {IP(192, 169, 0, 0), IP(192, 175, 48, 0) - IP(192, 169, 0, 0)},
    {IP(192, 176, 0, 0), IP(198, 18, 0, 0) - IP(192, 176, 0, 0)},
    {IP(198, 20, 0, 0), IP(198, 51, 100, 0) - IP(198, 20, 0, 0)},
    {IP(198, 51, 101, 0), IP(203, 0, 113, 0) - IP(198, 51, 101, 0)},
    {IP(203, 0, 114, 0), IP(224, 0, 0, 0) - IP(203, 0, 114, 0)},
};

static char *put_ipv4(const NumberedForm *form, char *p, uint64_t number, uint64_t more)
{
    const Block *block = form->data;
    uint32_t address = block->first + (uint32_t)number;
    (void)more;
    for (int shift = 24; shift >= 0; shift -= 8) {
        p = put_number(p, address >> shift & 255);
        *p++ = '.';
    }
    return p - 1;
}

typedef struct Range {
    const char *name;
    const Block *blocks;
    uint32_t n;
} Range;
#define RANGE(name, blocks)                                                                        \
    {                                                                                              \
        name, blocks, sizeof blocks / sizeof *blocks                                               \
    }
static const Range ranges[] = {RANGE("private", private_blocks),
                               RANGE("documentation", documentation_blocks),
                               RANGE("public", public_blocks)};

static bool bind_ipv4(GenBind *b)
{
    const char *name = gen_param_text(b, "range", "private");
    for (size_t r = 0; r < sizeof ranges / sizeof *ranges; r++) {
        if (strcmp(ranges[r].name, name) != 0)
            continue;
        NumberedForm *forms = arena_array(b->mem, NumberedForm, ranges[r].n);
        for (uint32_t i = 0; i < ranges[r].n; i++) {
            const Block *block = &ranges[r].blocks[i];
            forms[i] = (NumberedForm){block->count, (double)block->count, block};
        }
        return numbered_bind(b, forms, ranges[r].n, put_ipv4, 15);
    }
    gen_bind_error(b, ERR_RECIPE, "ipv4 knows no range \"%s\"", name);
    return err_hint(b->mem, b->err, "\"private\", \"documentation\" or \"public\"");
}

static const GenParam ipv4_params[] = {
    {.name = "range",
     .kind = PARAM_TEXT,
     .default_text = "\"private\"",
     .doc =
         "\"private\" (RFC 1918), \"documentation\" (RFC 5737; there are 768) or \"public\" (real ones)"},
};
const GenDef gen_def_ipv4 = {.name = "ipv4",
                             .family = "internet",
                             .doc = "An IPv4 address.",
                             .example = "ipv4 { range = \"documentation\" }",
                             GEN_PARAMS(ipv4_params),
                             .pii = "ip",
                             .bind = bind_ipv4};

/* ---- ipv6 */

static char *put_hex(char *p, uint64_t v, int digits)
{
    for (int i = digits - 1; i >= 0; i--, v >>= 4)
        p[i] = "0123456789abcdef"[v & 15];
    return p + digits;
}

static char *put_group(char *p, uint32_t group)
{
    int digits = group > 0xfff ? 4 : group > 0xff ? 3 : group > 0xf ? 2 : 1;
    return put_hex(p, group, digits);
}

/* RFC 5952: lower case, no leading zeros, the first of the longest runs of two or more zero groups
 * as "::". */
static char *put_ipv6_groups(const uint32_t groups[8], char *p)
{
    int best = -1, length = 1;
    for (int i = 0; i < 8; i++) {
        int n = 0;
        while (i + n < 8 && groups[i + n] == 0)
            n++;
        if (n > length) {
            best = i;
            length = n;
        }
    }
    for (int i = 0; i < 8; i++) {
        if (i == best) {
            *p++ = ':';
            i += length - 1;
            if (i == 7)
                *p++ = ':';
            continue;
        }
        if (i)
            *p++ = ':';
        p = put_group(p, groups[i]);
    }
    return p;
}

/* A subnet and an interface below 2001:db8::/32; every third interface is a small number. */
static char *put_ipv6(const NumberedForm *form, char *p, uint64_t number, uint64_t more)
{
    uint32_t groups[8] = {0x2001, 0x0db8};
    (void)more;
    if (form->data) {
        groups[3] = (uint32_t)take(&number, 1 << 12);
        groups[7] = (uint32_t)number + 1;
    } else {
        groups[2] = (uint32_t)take(&number, 1 << 14);
        groups[4] = 0x0200 | (uint32_t)take(&number, 256);
        for (int i = 5; i < 8; i++)
            groups[i] = (uint32_t)take(&number, i == 5 ? 1 << 8 : 1 << 16);
    }
    return put_ipv6_groups(groups, p);
}

static bool bind_ipv6(GenBind *b)
{
    static const NumberedForm forms[] = {{UINT64_C(1) << 62, 2, NULL},
                                         {UINT64_C(4096) * 4095, 1, "small"}};
    return numbered_bind(b, forms, 2, put_ipv6, 39);
}

const GenDef gen_def_ipv6 = {
    .name = "ipv6",
    .family = "internet",
    .doc =
        "An IPv6 address of the documentation range 2001:db8::/32 (RFC 3849), written as RFC 5952 says.",
    .example = "ipv6()",
    .pii = "ip",
    .bind = bind_ipv6};

/* ---- mac */

/* The two low bits of the first octet: locally administered, and one host. */
static char *put_mac(const NumberedForm *form, char *p, uint64_t number, uint64_t more)
{
    (void)form;
    (void)more;
    uint64_t octets = (number & UINT64_C(0xffffffffff)) | (number >> 40 << 42) | UINT64_C(2) << 40;
    for (int shift = 40; shift >= 0; shift -= 8) {
        p = put_hex(p, octets >> shift & 255, 2);
        *p++ = ':';
    }
    return p - 1;
}

static bool bind_mac(GenBind *b)
{
    static const NumberedForm form = {UINT64_C(1) << 46, 1, NULL};
    return numbered_bind(b, &form, 1, put_mac, 17);
}

const GenDef gen_def_mac = {
    .name = "mac",
    .family = "internet",
    .doc = "A MAC address of the locally administered kind, which no maker has.",
    .example = "mac()",
    .pii = "device",
    .bind = bind_mac};

/* ---- port, http */

static bool bind_port(GenBind *b)
{
    int64_t min = gen_param_int(b, "min", 1024), max = gen_param_int(b, "max", 49151);
    return param_ordered(b, "min", "max", min <= max) &&
           int_range_bind(b, type_int(min, max), min, max, 1);
}

static const GenParam port_params[] = {
    {.name = "min",
     .kind = PARAM_INT,
     .default_text = "1024",
     .min = 0,
     .max = 65535,
     .doc = "the least"},
    {.name = "max",
     .kind = PARAM_INT,
     .default_text = "49151",
     .min = 0,
     .max = 65535,
     .doc = "the greatest; beyond the default come ephemeral ports"},
};
const GenDef gen_def_port = {.name = "port",
                             .family = "internet",
                             .doc =
                                 "A port's number, of the registered ones unless bounds are given.",
                             .example = "port { min = 8000, max = 8999 }",
                             GEN_PARAMS(port_params),
                             .bind = bind_port};

static bool bind_http_status(GenBind *b)
{
    static const WeightedInt codes[] = {{200, 760}, {201, 50}, {204, 30}, {206, 4},  {301, 15},
                                        {302, 20},  {304, 45}, {400, 15}, {401, 12}, {403, 8},
                                        {404, 28},  {409, 2},  {422, 4},  {429, 3},  {499, 1},
                                        {500, 5},   {502, 3},  {503, 3},  {504, 2}};
    return ints_bind(b, codes, sizeof codes / sizeof *codes);
}

const GenDef gen_def_http_status = {
    .name = "http_status",
    .family = "internet",
    .doc = "An HTTP status code, as common as in a server's log: mostly 200.",
    .example = "http_status()",
    .bind = bind_http_status};

PHRASE_GEN(http_method, "internet", NULL, "An HTTP method; GET is the most common.", {"GET", 72},
           {"POST", 17}, {"PUT", 4}, {"PATCH", 2}, {"DELETE", 3}, {"HEAD", 1}, {"OPTIONS", 1})

/* ---- names */

#define HOST_WORDS                                                                                 \
    "#{alder|amber|aspen|birch|bright|cedar|clear|cobalt|coral|delta|ember|falcon|garnet|granite|" \
    "harbor|hazel|indigo|jade|lark|lunar|maple|meadow|nova|onyx|opal|orchid|pine|polar|quartz|"    \
    "river|robin|ruby|sable|sage|silver|solar|summit|swift|topaz|violet|willow|zephyr}"
#define SHOP_WORDS                                                                                 \
    "#{books|cloud|craft|data|design|farm|foods|games|garden|health|home|labs|media|music|news|"   \
    "office|parts|photo|shop|soft|sports|store|studio|systems|tech|tools|travel|works}"
/* RFC 2606 and RFC 6761. */
#define TEST_ZONES "#{example.com|example.org|example.net}"

static const PhraseForm domains[] = {{HOST_WORDS "-" SHOP_WORDS "#{#}." TEST_ZONES, 5},
                                     {HOST_WORDS SHOP_WORDS "#{#}.example", 4},
                                     {HOST_WORDS SHOP_WORDS "#{#}.test", 1}};

/* A label is at most 63 characters long (RFC 1035): a part of the name, - and a number. */
#define LABEL_NAME 40u
#define ZONE       STR(".example.com")

static char *put_label(char *p, Str name)
{
    char *start = p;
    for (uint32_t i = 0, bytes; i < name.n && p < start + LABEL_NAME; i += bytes) {
        char letters[FOLD_MAX];
        uint32_t n = fold_letter(name.p + i, name.n - i, &bytes, letters);
        for (uint32_t j = 0; j < n && p < start + LABEL_NAME; j++) {
            char ch = letters[j];
            bool letter = (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z');
            if (letter || (ch >= '0' && ch <= '9'))
                *p++ = letter ? (char)(ch | 0x20) : ch;
            else if (ch != '\'' && p > start && p[-1] != '-')
                *p++ = '-';
        }
    }
    while (p > start && p[-1] == '-')
        p--;
    return p > start ? p : put_str(p, STR("company"));
}

static void fill_domain_of(const GenCall *c, Vec *out)
{
    char *cell = arena_alloc_raw(c->scratch, (size_t)c->n * (LABEL_NAME + 20 + ZONE.n) + 1);
    for (uint32_t k = 0; k < c->n; k++) {
        char *p = put_label(cell, c->args[0]->s[k]);
        if (c->index) {
            *p++ = '-';
            p = put_index(p, c->bound->key, c->index[k]);
        }
        p = put_str(p, ZONE);
        out->s[k] = (Str){cell, (uint32_t)(p - cell)};
        cell = p;
    }
}

static bool bind_domain(GenBind *b)
{
    if (!param_given(b, "company"))
        return phrase_forms_bind(b, domains, sizeof domains / sizeof *domains);
    int at = param_text_arg(b, "company");
    if (at < 0)
        return false;
    b->out->type = type_chars(LABEL_NAME + 20 + ZONE.n);
    b->out->nullable = b->out->args[at]->nullable;
    b->out->indexable = true;
    b->out->fill = fill_domain_of;
    return true;
}

static const GenParam domain_params[] = {
    {.name = "company",
     .kind = PARAM_NODE,
     .doc = "the column of a company's name: silver-river.example.com"},
};
const GenDef gen_def_domain = {
    .name = "domain",
    .family = "internet",
    .doc =
        "A domain's name below a domain that is reserved for examples (RFC 2606), such as cedar-books.example.com.",
    .example = "domain()",
    GEN_PARAMS(domain_params),
    .bind = bind_domain};

PHRASE_GEN(hostname, "internet", NULL,
           "A machine's name, such as web-03.cedar.example.net; unique ones count on.",
           {"#{web|app|db|cache|api|mail|proxy|worker|build|search}-#{01..24}#{#-n}." HOST_WORDS
            ".example.net",
            1})

PHRASE_GEN(
    url, "internet", NULL,
    "A web address at a domain reserved for examples, such as https://cedar-books.example.com/docs/start.",
    {"https://" HOST_WORDS "-" SHOP_WORDS "." TEST_ZONES "/#{#}", 20},
    {"https://" HOST_WORDS SHOP_WORDS ".example/#{blog|docs|help|news|shop|team}/"
     "#{about|archive|contact|features|index|latest|pricing|start|tour|welcome}#{#-}",
     50},
    {"https://www." HOST_WORDS SHOP_WORDS ".example/#{articles|items|orders|products|users}/"
     "#{1000..99999}#{#-}",
     25},
    {"http://" HOST_WORDS "." TEST_ZONES "/#{#}", 5})

PHRASE_GEN(
    user_agent, "internet", "device",
    "A web browser's User-Agent header, in the shares that browsers have.",
    {"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
     "Chrome/#{118..131}.0.0.0 Safari/537.36",
     34},
    {"Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) "
     "Chrome/#{118..131}.0.0.0 Mobile Safari/537.36",
     26},
    {"Mozilla/5.0 (iPhone; CPU iPhone OS #{15..18}_#{0..7} like Mac OS X) "
     "AppleWebKit/605.1.15 (KHTML, like Gecko) Version/#{15..18}.#{0..6} Mobile/15E148 "
     "Safari/604.1",
     17},
    {"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) "
     "Chrome/#{118..131}.0.0.0 Safari/537.36",
     8},
    {"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like "
     "Gecko) Version/#{15..18}.#{0..6} Safari/605.1.15",
     6},
    {"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
     "Chrome/#{118..131}.0.0.0 Safari/537.36 Edg/#{118..131}.0.0.0",
     6},
    {"Mozilla/5.0 (#{Windows NT 10.0; Win64; x64|X11; Linux x86_64|X11; Ubuntu; Linux "
     "x86_64}; rv:#{115..133}.0) Gecko/20100101 Firefox/#{115..133}.0",
     3})

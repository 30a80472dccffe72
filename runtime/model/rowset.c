/* Sets of row numbers as ascending ranges with prefix counts, so that membership, rank and the k-th
 * row outside of the set are binary searches. */
#include "model/rowset.h"

#include <string.h>

#include "base/buf.h"

#define ROW_LIMIT (UINT64_C(1) << 60)

RowSet *rowset_new(Arena *mem)
{
    return arena_new_of(mem, RowSet);
}

static RowSet *with_room(size_t ranges, Arena *mem)
{
    RowSet *set = rowset_new(mem);
    set->ranges = arena_alloc_raw(mem, ranges * sizeof *set->ranges);
    set->cap = ranges;
    return set;
}

void rowset_add(RowSet *set, uint64_t first, uint64_t rows, Arena *mem)
{
    if (rows == 0)
        return;
    RowRange *last = set->nranges ? &set->ranges[set->nranges - 1] : NULL;
    if (last && first <= last->first + last->rows) {
        uint64_t end = first + rows, had = last->rows;
        if (end > last->first + last->rows)
            last->rows = end - last->first;
        set->rows += last->rows - had;
        return;
    }
    set->ranges = arena_grow(mem, set->ranges, &set->cap, set->nranges + 1, sizeof *set->ranges);
    set->ranges[set->nranges++] = (RowRange){.first = first, .rows = rows, .before = set->rows};
    set->rows += rows;
}

void rowset_cut(RowSet *set, uint64_t from)
{
    while (set->nranges && set->ranges[set->nranges - 1].first >= from)
        set->rows -= set->ranges[--set->nranges].rows;
    RowRange *last = set->nranges ? &set->ranges[set->nranges - 1] : NULL;
    if (last && last->first + last->rows > from) {
        set->rows -= last->first + last->rows - from;
        last->rows = from - last->first;
    }
}

const RowSet *rowset_union(const RowSet *a, const RowSet *b, Arena *mem)
{
    if (rowset_rows(a) == 0 || rowset_rows(b) == 0)
        return rowset_rows(a) ? a : b;
    RowSet *out = with_room(a->nranges + b->nranges, mem);
    for (size_t i = 0, k = 0; i < a->nranges || k < b->nranges;) {
        bool left = k == b->nranges || (i < a->nranges && a->ranges[i].first <= b->ranges[k].first);
        const RowRange *next = left ? &a->ranges[i++] : &b->ranges[k++];
        rowset_add(out, next->first, next->rows, mem);
    }
    return out;
}

const RowSet *rowset_part(const RowSet *set, uint64_t first, uint64_t rows, Arena *mem)
{
    RowSet *out = rowset_new(mem);
    for (size_t i = 0; set && i < set->nranges; i++) {
        const RowRange *r = &set->ranges[i];
        uint64_t from = r->first > first ? r->first : first;
        uint64_t to = r->first + r->rows < first + rows ? r->first + r->rows : first + rows;
        if (from < to)
            rowset_add(out, from, to - from, mem);
    }
    return out;
}

const RowSet *rowset_minus(const RowSet *a, const RowSet *b, Arena *mem)
{
    if (rowset_rows(a) == 0 || rowset_rows(b) == 0)
        return a;
    RowSet *out = with_room(a->nranges + b->nranges, mem);
    for (size_t i = 0, k = 0; i < a->nranges; i++) {
        uint64_t at = a->ranges[i].first, end = at + a->ranges[i].rows;
        while (k < b->nranges && b->ranges[k].first + b->ranges[k].rows <= at)
            k++;
        for (size_t j = k; at < end; j++) {
            bool stops = j < b->nranges && b->ranges[j].first < end;
            uint64_t until = stops ? b->ranges[j].first : end;
            if (until > at)
                rowset_add(out, at, until - at, mem);
            at = stops ? b->ranges[j].first + b->ranges[j].rows : end;
        }
    }
    return out;
}

/* How many ranges begin at or before the row. */
static size_t ranges_until(const RowSet *set, uint64_t row)
{
    size_t low = 0, high = set->nranges;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (set->ranges[mid].first <= row)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

uint32_t rowset_read(const RowSet *set, RowCursor *at, uint64_t *rows, uint32_t max)
{
    uint32_t n = 0;
    while (set && n < max && at->range < set->nranges) {
        const RowRange *range = &set->ranges[at->range];
        for (; n < max && at->done < range->rows; at->done++)
            rows[n++] = range->first + at->done;
        if (at->done == range->rows)
            *at = (RowCursor){.range = at->range + 1};
    }
    return n;
}

bool rowset_has(const RowSet *set, uint64_t row)
{
    size_t n = set ? ranges_until(set, row) : 0;
    return n > 0 && row < set->ranges[n - 1].first + set->ranges[n - 1].rows;
}

uint64_t rowset_before(const RowSet *set, uint64_t row)
{
    size_t n = set ? ranges_until(set, row) : 0;
    if (n == 0)
        return 0;
    const RowRange *r = &set->ranges[n - 1];
    return r->before + (row - r->first < r->rows ? row - r->first : r->rows);
}

uint64_t rowset_nth_missing(const RowSet *set, uint64_t first, uint64_t k)
{
    if (rowset_rows(set) == 0)
        return first + k;
    /* Rows outside of the set before a range's begin grow with the range: the last range that has
     * no more of them than come before the wanted row lies before it. */
    uint64_t wanted = first - rowset_before(set, first) + k;
    size_t low = 0, high = set->nranges;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (set->ranges[mid].first - set->ranges[mid].before <= wanted)
            low = mid + 1;
        else
            high = mid;
    }
    if (low == 0)
        return wanted;
    const RowRange *r = &set->ranges[low - 1];
    return wanted + r->before + r->rows;
}

bool rowset_misses(const RowSet *set, uint64_t first, uint64_t rows)
{
    return rowset_before(set, first) == rowset_before(set, first + rows);
}

/* ---- history */

const RowHistory *rowhistory_new(const RowSet *const *sets, int n, Arena *mem)
{
    if (n == 0)
        return NULL;
    RowHistory *h = arena_new_of(mem, RowHistory);
    h->n = n;
    h->sums = arena_array(mem, const RowSet *, n + 1);
    for (int i = 1; i <= n; i++) {
        h->sums[i] = sets[i - 1];
        for (int part = i - 1; part > i - (i & -i); part -= part & -part)
            h->sums[i] = rowset_union(h->sums[part], h->sums[i], mem);
    }
    return h;
}

const RowHistory *rowhistory_back(const RowSet *const *sets, const bool *back, int n, Arena *mem)
{
    RowHistory *h = arena_new_of(mem, RowHistory);
    h->n = n;
    h->states = arena_array(mem, const RowSet *, n + 1);
    for (int i = 1; i <= n; i++)
        h->states[i] = back[i - 1] ? rowset_minus(h->states[i - 1], sets[i - 1], mem)
                                   : rowset_union(h->states[i - 1], sets[i - 1], mem);
    return h;
}

const RowHistory *rowhistory_late(const RowHistory *h, const RowSet *set, Arena *mem)
{
    RowHistory *more = arena_new_of(mem, RowHistory);
    *more = *h;
    more->states = arena_copy(mem, h->states, (size_t)h->n + 1, 1, sizeof *h->states);
    more->states[h->n + 1] = h->states[h->n];
    more->late = set;
    more->n = h->n + 1;
    return more;
}

static const RowSet *late_set(const RowHistory *h, int upto)
{
    return h->late && upto == h->n ? h->late : NULL;
}

const RowSet *rowhistory_all(const RowHistory *h, Arena *mem)
{
    const RowSet *all = h && h->states ? rowset_union(h->states[h->n], h->late, mem) : NULL;
    for (int i = h && !h->states ? h->n : 0; i > 0; i -= i & -i)
        all = rowset_union(all, h->sums[i], mem);
    return all;
}

bool rowhistory_has(const RowHistory *h, int upto, uint64_t row)
{
    if (h && h->states)
        return rowset_has(h->states[upto], row) || rowset_has(late_set(h, upto), row);
    for (int i = h ? upto : 0; i > 0; i -= i & -i)
        if (rowset_has(h->sums[i], row))
            return true;
    return false;
}

uint64_t rowhistory_before(const RowHistory *h, int upto, uint64_t row)
{
    if (h && h->states)
        return rowset_before(h->states[upto], row) + rowset_before(late_set(h, upto), row);
    uint64_t before = 0;
    for (int i = h ? upto : 0; i > 0; i -= i & -i)
        before += rowset_before(h->sums[i], row);
    return before;
}

uint64_t rowhistory_nth_missing(const RowHistory *h, int upto, uint64_t first, uint64_t k)
{
    if (!h || upto == 0)
        return first + k;
    if (h->states && !rowset_rows(late_set(h, upto)))
        return rowset_nth_missing(h->states[upto], first, k);
    if (!h->states && (upto & (upto - 1)) == 0)
        return rowset_nth_missing(h->sums[upto], first, k);
    /* The least row such that k + 1 rows of [first, row] are not gone. */
    uint64_t gone = rowhistory_before(h, upto, first), low = first + k, high = low;
    if (h->states)
        high += rowset_rows(h->states[upto]) + rowset_rows(h->late);
    for (int i = h->states ? 0 : upto; i > 0; i -= i & -i)
        high += rowset_rows(h->sums[i]);
    while (low < high) {
        uint64_t mid = low + (high - low) / 2;
        if (mid + 1 - first - (rowhistory_before(h, upto, mid + 1) - gone) > k)
            high = mid;
        else
            low = mid + 1;
    }
    return low;
}

#define PARTS_MAX                                                                                  \
    66 /* of a history: one for each bit of a number of sets, or a state and the late */

static int parts_until(const RowHistory *h, int upto, const RowSet **parts)
{
    int n = 0;
    if (h && h->states) {
        parts[n++] = h->states[upto];
        parts[n++] = late_set(h, upto);
    }
    for (int i = h && !h->states ? upto : 0; i > 0; i -= i & -i)
        parts[n++] = h->sums[i];
    int kept = 0;
    for (int i = 0; i < n; i++)
        if (rowset_rows(parts[i]))
            parts[kept++] = parts[i];
    return kept;
}

uint64_t rowhistory_next(const RowHistory *h, int upto, uint64_t row)
{
    const RowSet *parts[PARTS_MAX];
    int n = parts_until(h, upto, parts);
    uint64_t next = UINT64_MAX;
    for (int p = 0; p < n; p++) {
        size_t i = ranges_until(parts[p], row);
        if (i > 0 && row - parts[p]->ranges[i - 1].first < parts[p]->ranges[i - 1].rows)
            return row;
        if (i < parts[p]->nranges && parts[p]->ranges[i].first < next)
            next = parts[p]->ranges[i].first;
    }
    return next;
}

void rowhistory_missing(const RowHistory *h, int upto, uint64_t first, uint64_t k, uint64_t *rows,
                        uint32_t n)
{
    const RowSet *parts[PARTS_MAX];
    size_t next[PARTS_MAX]; /* each part's first range that begins behind the row */
    int nparts = parts_until(h, upto, parts);
    uint64_t row = n ? rowhistory_nth_missing(h, upto, first, k) : 0;
    for (int p = 0; p < nparts; p++)
        next[p] = ranges_until(parts[p], row);
    for (uint32_t i = 0; i < n;) {
        uint64_t stop = UINT64_MAX;
        for (int p = 0; p < nparts; p++)
            if (next[p] < parts[p]->nranges && parts[p]->ranges[next[p]].first < stop)
                stop = parts[p]->ranges[next[p]].first;
        while (i < n && row < stop)
            rows[i++] = row++;
        for (bool moved = true; moved;) {
            moved = false;
            for (int p = 0; p < nparts; p++)
                for (; next[p] < parts[p]->nranges && parts[p]->ranges[next[p]].first <= row;
                     next[p]++, moved = true) {
                    const RowRange *r = &parts[p]->ranges[next[p]];
                    row = r->first + r->rows > row ? r->first + r->rows : row;
                }
        }
    }
}

/* ---- text */

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static void put_number(Buf *out, uint64_t v)
{
    for (; v >= 0x80; v >>= 7)
        buf_byte(out, (char)(v | 0x80));
    buf_byte(out, (char)v);
}

const char *rowset_text(const RowSet *set, Arena *mem)
{
    Buf bytes;
    buf_init(&bytes, (size_t)1 << 30);
    uint64_t end = 0;
    for (size_t i = 0; set && i < set->nranges; i++) {
        put_number(&bytes, set->ranges[i].first - end);
        put_number(&bytes, set->ranges[i].rows);
        end = set->ranges[i].first + set->ranges[i].rows;
    }
    const unsigned char *p = (const unsigned char *)bytes.data;
    char *text = arena_alloc_raw(mem, bytes.len / 3 * 4 + 8);
    size_t n = 0;
    for (size_t i = 0; i < bytes.len; i += 3) {
        uint32_t word = (uint32_t)p[i] << 16;
        word |= i + 1 < bytes.len ? (uint32_t)p[i + 1] << 8 : 0;
        word |= i + 2 < bytes.len ? p[i + 2] : 0;
        size_t chars = bytes.len - i < 3 ? bytes.len - i + 1 : 4;
        for (size_t c = 0; c < chars; c++)
            text[n++] = digits[word >> (18 - 6 * c) & 63];
    }
    text[n] = 0;
    buf_free(&bytes);
    return text;
}

typedef struct Reader {
    const char *p;
    uint32_t bits;
    int nbits;
    bool bad;
} Reader;

static bool at_end(const Reader *r)
{
    return !*r->p;
}

static unsigned next_byte(Reader *r)
{
    while (r->nbits < 8) {
        const char *at = *r->p ? strchr(digits, *r->p) : NULL;
        if (!at) {
            r->bad = true;
            return 0;
        }
        r->p++;
        r->bits = r->bits << 6 | (uint32_t)(at - digits);
        r->nbits += 6;
    }
    r->nbits -= 8;
    return r->bits >> r->nbits & 0xFF;
}

static uint64_t next_number(Reader *r)
{
    uint64_t v = 0;
    for (int shift = 0; shift < 63; shift += 7) {
        unsigned byte = next_byte(r);
        v |= (uint64_t)(byte & 0x7F) << shift;
        if (!(byte & 0x80))
            return v;
    }
    r->bad = true;
    return 0;
}

RowSet *rowset_parse(const char *text, Arena *mem)
{
    RowSet *set = with_room(strlen(text) * 3 / 8 + 1, mem); /* a range has two bytes at least */
    Reader r = {.p = text};
    uint64_t end = 0;
    while (!at_end(&r)) {
        uint64_t gap = next_number(&r), rows = next_number(&r);
        if (r.bad || rows == 0 || gap > ROW_LIMIT || rows > ROW_LIMIT ||
            end + gap + rows > ROW_LIMIT || (gap == 0 && set->nranges > 0))
            return NULL;
        rowset_add(set, end + gap, rows, mem);
        end += gap + rows;
    }
    return set;
}

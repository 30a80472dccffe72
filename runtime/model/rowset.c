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

/* Written by hand: sets of millions of ranges are joined whenever a plan is made. */
const RowSet *rowset_union(const RowSet *a, const RowSet *b, Arena *mem)
{
    if (rowset_rows(a) == 0 || rowset_rows(b) == 0)
        return rowset_rows(a) ? a : b;
    RowSet *out = with_room(a->nranges + b->nranges, mem);
    RowRange *to = out->ranges;
    const RowRange *x = a->ranges, *xend = x + a->nranges, *y = b->ranges, *yend = y + b->nranges;
    uint64_t end = 0, rows = 0;
    size_t n = 0;
    while (x < xend || y < yend) {
        bool left = y == yend || (x < xend && x->first <= y->first);
        const RowRange *next = left ? x : y;
        uint64_t until = next->first + next->rows;
        x += left;
        y += !left;
        if (n == 0 || next->first > end) {
            to[n++] = (RowRange){.first = next->first, .rows = next->rows, .before = rows};
            rows += next->rows;
            end = until;
        } else if (until > end) {
            to[n - 1].rows += until - end;
            rows += until - end;
            end = until;
        }
    }
    out->nranges = n;
    out->rows = rows;
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

const RowSet *rowset_union_all(const RowSet *const *sets, int n, Arena *mem)
{
    if (n <= 1)
        return n ? sets[0] : NULL;
    return rowset_union(rowset_union_all(sets, n / 2, mem),
                        rowset_union_all(sets + n / 2, n - n / 2, mem), mem);
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

const RowSet *rowset_part(const RowSet *set, uint64_t first, uint64_t rows, Arena *mem)
{
    RowSet *out = rowset_new(mem);
    size_t i = set ? ranges_until(set, first) : 0;
    for (i -= i > 0; set && i < set->nranges && set->ranges[i].first < first + rows; i++) {
        const RowRange *r = &set->ranges[i];
        uint64_t from = r->first > first ? r->first : first;
        uint64_t to = r->first + r->rows < first + rows ? r->first + r->rows : first + rows;
        if (from < to)
            rowset_add(out, from, to - from, mem);
    }
    return out;
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

/* How many of the first sets two histories have in common. */
static int same_sets(const RowHistory *a, const RowHistory *b)
{
    int same = 0, n = a && a->settled < b->settled ? a->settled : b->settled;
    if (!a || !a->states != !b->states)
        return 0;
    while (same < n && a->sets[same] == b->sets[same] &&
           (a->back && a->back[same]) == (b->back && b->back[same]))
        same++;
    return same;
}

static const RowSet *sum_of(const RowHistory *h, int i, Arena *mem)
{
    const RowSet *sum = h->sets[i - 1];
    for (int part = i - 1; part > i - (i & -i); part -= part & -part)
        sum = rowset_union(h->sums[part], sum, mem);
    return sum;
}

const RowHistory *rowhistory_grown(const RowHistory *earlier, const RowSet *const *sets,
                                   const bool *back, int n, Arena *mem)
{
    bool any_back = false;
    for (int i = 0; i < n; i++)
        any_back = any_back || (back && back[i]);
    if (n == 0)
        return NULL;
    RowHistory *h = arena_new_of(mem, RowHistory);
    const RowSet **made = arena_array(mem, const RowSet *, n + 1);
    *h = (RowHistory){.sets = sets, .back = any_back ? back : NULL, .settled = n, .n = n};
    *(any_back ? &h->states : &h->sums) = made;
    int same = same_sets(earlier, h);
    for (int i = 1; i <= same; i++)
        made[i] = any_back ? earlier->states[i] : earlier->sums[i];
    for (int i = same + 1; i <= n; i++)
        made[i] = !any_back     ? sum_of(h, i, mem)
                  : back[i - 1] ? rowset_minus(made[i - 1], sets[i - 1], mem)
                                : rowset_union(made[i - 1], sets[i - 1], mem);
    return h;
}

const RowHistory *rowhistory_new(const RowSet *const *sets, int n, Arena *mem)
{
    return rowhistory_grown(NULL, sets, NULL, n, mem);
}

const RowHistory *rowhistory_late(const RowHistory *h, const RowSet *set, Arena *mem)
{
    RowHistory *more = arena_new_of(mem, RowHistory);
    if (h)
        *more = *h;
    more->late = set;
    more->n = more->settled + 1;
    return more;
}

static const RowSet *late_set(const RowHistory *h, int upto)
{
    return upto > h->settled ? h->late : NULL;
}

/* The last of the sums as of then; none where there are states. */
static int last_sum(const RowHistory *h, int upto)
{
    return !h || h->states ? 0 : upto < h->settled ? upto : h->settled;
}

static const RowSet *state_of(const RowHistory *h, int upto)
{
    return h->states ? h->states[upto < h->settled ? upto : h->settled] : NULL;
}

const RowSet *rowhistory_as_of(const RowHistory *h, int upto, Arena *mem)
{
    const RowSet *all = h ? rowset_union(state_of(h, upto), late_set(h, upto), mem) : NULL;
    for (int i = last_sum(h, upto); i > 0; i -= i & -i)
        all = rowset_union(all, h->sums[i], mem);
    return all;
}

const RowSet *rowhistory_all(const RowHistory *h, Arena *mem)
{
    return rowhistory_as_of(h, h ? h->settled : 0, mem);
}

uint64_t rowhistory_rows(const RowHistory *h)
{
    return h ? rowhistory_before(h, h->settled, UINT64_MAX) : 0;
}

bool rowhistory_has(const RowHistory *h, int upto, uint64_t row)
{
    if (h && (rowset_has(state_of(h, upto), row) || rowset_has(late_set(h, upto), row)))
        return true;
    for (int i = last_sum(h, upto); i > 0; i -= i & -i)
        if (rowset_has(h->sums[i], row))
            return true;
    return false;
}

uint64_t rowhistory_before(const RowHistory *h, int upto, uint64_t row)
{
    uint64_t before =
        h ? rowset_before(state_of(h, upto), row) + rowset_before(late_set(h, upto), row) : 0;
    for (int i = last_sum(h, upto); i > 0; i -= i & -i)
        before += rowset_before(h->sums[i], row);
    return before;
}

uint64_t rowhistory_nth_missing(const RowHistory *h, int upto, uint64_t first, uint64_t k)
{
    int last = last_sum(h, upto);
    if (!h || upto == 0)
        return first + k;
    if (!rowset_rows(late_set(h, upto)) && (last & (last - 1)) == 0)
        return rowset_nth_missing(last ? h->sums[last] : state_of(h, upto), first, k);
    /* The least row such that k + 1 rows of [first, row] are not gone. */
    uint64_t gone = rowhistory_before(h, upto, first), low = first + k;
    uint64_t high = low + rowset_rows(state_of(h, upto)) + rowset_rows(late_set(h, upto));
    for (int i = last; i > 0; i -= i & -i)
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

/* Of a history: one for each bit of a number of sets, or a state; and the late. */
#define PARTS_MAX 66

/* A walk over the rows that are not gone, in order. */
typedef struct Walk {
    const RowSet *parts[PARTS_MAX];
    size_t next[PARTS_MAX]; /* each part's first range that begins behind the row */
    int n;
    uint64_t row;
} Walk;

static void walk_begin(Walk *w, const RowHistory *h, int upto, uint64_t row)
{
    const RowSet *all[PARTS_MAX];
    int n = 0;
    if (h) {
        all[n++] = state_of(h, upto);
        all[n++] = late_set(h, upto);
    }
    for (int i = last_sum(h, upto); i > 0; i -= i & -i)
        all[n++] = h->sums[i];
    w->n = 0;
    w->row = row;
    for (int i = 0; i < n; i++)
        if (rowset_rows(all[i])) {
            w->parts[w->n] = all[i];
            w->next[w->n++] = ranges_until(all[i], row);
        }
}

/* The first row from here on that is gone; UINT64_MAX: none. */
static uint64_t walk_stop(const Walk *w)
{
    uint64_t stop = UINT64_MAX;
    for (int p = 0; p < w->n; p++)
        if (w->next[p] < w->parts[p]->nranges && w->parts[p]->ranges[w->next[p]].first < stop)
            stop = w->parts[p]->ranges[w->next[p]].first;
    return stop;
}

/* Behind the rows that are gone from here on. */
static void walk_over(Walk *w)
{
    for (bool moved = true; moved;) {
        moved = false;
        for (int p = 0; p < w->n; p++)
            for (; w->next[p] < w->parts[p]->nranges &&
                   w->parts[p]->ranges[w->next[p]].first <= w->row;
                 w->next[p]++, moved = true) {
                const RowRange *r = &w->parts[p]->ranges[w->next[p]];
                w->row = r->first + r->rows > w->row ? r->first + r->rows : w->row;
            }
    }
}

/* Is the row that the walk began at gone? */
static bool begins_gone(const Walk *w)
{
    for (int p = 0; p < w->n; p++) {
        const RowRange *r = w->next[p] ? &w->parts[p]->ranges[w->next[p] - 1] : NULL;
        if (r && w->row - r->first < r->rows)
            return true;
    }
    return false;
}

uint64_t rowhistory_next(const RowHistory *h, int upto, uint64_t row)
{
    Walk w;
    walk_begin(&w, h, upto, row);
    return begins_gone(&w) ? row : walk_stop(&w);
}

void rowhistory_missing(const RowHistory *h, int upto, uint64_t first, uint64_t k, uint64_t *rows,
                        uint32_t n)
{
    Walk w;
    walk_begin(&w, h, upto, n ? rowhistory_nth_missing(h, upto, first, k) : 0);
    for (uint32_t i = 0; i < n;) {
        uint64_t stop = walk_stop(&w);
        while (i < n && w.row < stop)
            rows[i++] = w.row++;
        walk_over(&w);
    }
}

size_t rowhistory_there(const RowHistory *h, int upto, uint64_t first, uint64_t end,
                        RowRange *ranges, size_t max)
{
    Walk w;
    size_t n = 0;
    uint64_t before = 0;
    walk_begin(&w, h, upto, rowhistory_nth_missing(h, upto, first, 0));
    while (n < max && w.row < end) {
        uint64_t stop = walk_stop(&w);
        stop = stop < end ? stop : end;
        ranges[n++] = (RowRange){.first = w.row, .rows = stop - w.row, .before = before};
        before += stop - w.row;
        w.row = stop;
        walk_over(&w);
    }
    return n;
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
    const char *text;
    size_t left;              /* characters */
    unsigned char value[256]; /* of a digit; else 0xFF */
    unsigned char bytes[3 * 1024];
    size_t at, n;
    bool bad;
} Reader;

static void reader_init(Reader *r, const char *text)
{
    r->text = text;
    r->left = strlen(text);
    r->at = r->n = 0;
    r->bad = false;
    memset(r->value, 0xFF, sizeof r->value);
    for (unsigned char i = 0; i < 64; i++)
        r->value[(unsigned char)digits[i]] = i;
}

/* Four characters are three bytes; the last two or three are one or two. */
static bool refill(Reader *r)
{
    unsigned wrong = 0;
    r->at = r->n = 0;
    for (; r->left >= 4 && r->n < sizeof r->bytes; r->left -= 4, r->text += 4, r->n += 3) {
        const unsigned char *c = (const unsigned char *)r->text;
        unsigned v0 = r->value[c[0]], v1 = r->value[c[1]], v2 = r->value[c[2]], v3 = r->value[c[3]];
        wrong |= v0 | v1 | v2 | v3;
        r->bytes[r->n] = (unsigned char)(v0 << 2 | v1 >> 4);
        r->bytes[r->n + 1] = (unsigned char)(v1 << 4 | v2 >> 2);
        r->bytes[r->n + 2] = (unsigned char)(v2 << 6 | v3);
    }
    if (r->left > 0 && r->left < 4 && r->n < sizeof r->bytes) {
        uint32_t word = 0;
        for (size_t i = 0; i < r->left; i++) {
            unsigned v = r->value[(unsigned char)r->text[i]];
            wrong |= v;
            word |= (uint32_t)v << (18 - 6 * i);
        }
        for (size_t i = 0; i + 1 < r->left; i++)
            r->bytes[r->n++] = (unsigned char)(word >> (16 - 8 * i));
        r->bad = r->bad || r->left == 1;
        r->left = 0;
    }
    r->bad = r->bad || (wrong & 0xC0) != 0;
    return r->n > 0 && !r->bad;
}

static bool at_end(Reader *r)
{
    return r->at == r->n && !refill(r) && !r->bad;
}

static unsigned next_byte(Reader *r)
{
    if (r->at == r->n && !refill(r)) {
        r->bad = true;
        return 0;
    }
    return r->bytes[r->at++];
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
    Reader r;
    reader_init(&r, text);
    RowSet *set = with_room(r.left * 3 / 8 + 1, mem); /* a range has two bytes at least */
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

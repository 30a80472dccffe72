/* One frame of the progress display, from counters to text. */
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "base/utf8.h"
#include "cli/cli_int.h"

#define MAX_TABLES 5
#define MAX_NAME   24
#define MIN_BAR    8
#define MAX_BAR    30

typedef struct Bar {
    const char *name;
    uint64_t done, total;
    double rate;
} Bar;

static const char *fit(const char *text, size_t width, Arena *mem)
{
    size_t n = strlen(text);
    return arena_strndup(mem, text, utf8_prefix(text, n, width));
}

/* Widths that all lines of a frame share, so that columns stand still from frame to frame. */
typedef struct Layout {
    int name, count; /* of the longest name, of the longest number of rows */
    int bar;         /* 0: no room for one */
    int detail;      /* 0: percent; 1: and rows; 2: and rows/s; 3: and the time left */
} Layout;

static Layout layout_of(const Bar *bars, int n, int width, Arena *mem)
{
    static const int rate_width = 19, left_width = 16;
    Layout l = {.detail = 3};
    for (int i = 0; i < n; i++) {
        int name = (int)utf8_length(bars[i].name, strlen(bars[i].name));
        int count = (int)strlen(text_count((int64_t)bars[i].total, mem));
        name = name < MAX_NAME ? name : MAX_NAME;
        l.name = name > l.name ? name : l.name;
        l.count = count > l.count ? count : l.count;
    }
    const int parts[] = {4, 2 * l.count + 6, rate_width, left_width};
    for (;; l.detail--) {
        int used = l.name + 8; /* indent, brackets, gaps */
        for (int i = 0; i <= l.detail; i++)
            used += parts[i];
        l.bar = width - used;
        if (l.bar >= MIN_BAR || l.detail == 0)
            break;
    }
    l.bar = l.bar < MIN_BAR ? 0 : l.bar > MAX_BAR ? MAX_BAR : l.bar;
    return l;
}

static const char *time_left(const Bar *b, Arena *mem)
{
    double seconds = (double)(b->total - b->done) / b->rate;
    if (seconds < 1)
        return "<1 s left";
    return seconds < 60 ? arena_printf(mem, "%.0f s left", seconds)
                        : arena_printf(mem, "%s left", text_seconds(seconds, mem));
}

static void put_bar(Buf *out, const Bar *b, const Layout *l, int width, Arena *mem)
{
    const char *name = fit(b->name, MAX_NAME, mem);
    Buf line;
    buf_init(&line, 4096);
    buf_printf(&line, "  %s%*s  ", name, l->name - (int)utf8_length(name, strlen(name)), "");
    if (l->bar > 0) {
        int full = (int)((double)b->done * l->bar / (double)b->total);
        buf_byte(&line, '[');
        for (int i = 0; i < l->bar; i++)
            buf_byte(&line, i < full ? '#' : '-');
        buf_str(&line, "]  ");
    }
    buf_printf(&line, "%3d%%", (int)((double)b->done * 100 / (double)b->total));
    if (l->detail >= 1)
        buf_printf(&line, "  %*s of %*s", l->count, text_count((int64_t)b->done, mem), l->count,
                   text_count((int64_t)b->total, mem));
    if (l->detail >= 2 && b->rate >= 1)
        buf_printf(&line, "  %10s rows/s", text_rate((uint64_t)b->rate, 1, mem));
    if (l->detail >= 3 && b->rate >= 1 && b->done < b->total)
        buf_printf(&line, "  %s", time_left(b, mem));
    buf_str(out, fit(buf_cstr(&line), (size_t)width, mem));
    buf_free(&line);
}

static Bar bar_of(const ExecProgress *counters, const Plan *plan, const ProgressFrame *frame, int t)
{
    uint64_t total = atomic_load(&counters->rows_todo[t]),
             done = atomic_load(&counters->rows_done[t]);
    return (Bar){.name = plan->tables[t].table->name,
                 .done = done < total ? done : total,
                 .total = total,
                 .rate = frame->rates[t]};
}

const char *progress_text(const ExecProgress *counters, const ProgressFrame *frame, int *lines,
                          Arena *mem)
{
    const Plan *plan = atomic_load(&counters->plan);
    int current = atomic_load(&counters->table), shown = 0, with_rows = 0;
    int width = frame->width > 1 ? frame->width - 1 : 79; /* the last column may wrap */
    Bar bars[MAX_TABLES + 1];
    for (int t = 0; t < plan->ntables; t++) {
        Bar b = bar_of(counters, plan, frame, t);
        with_rows += b.total > 0;
        if (shown < MAX_TABLES && b.total > 0 && b.done < b.total && (b.done > 0 || t == current))
            bars[shown++] = b;
    }
    uint64_t total = atomic_load(&counters->total_todo), done = atomic_load(&counters->total_done);
    if (with_rows > 1 && done > 0 && done < total)
        bars[shown++] = (Bar){.name = "in all",
                              .done = done,
                              .total = total,
                              .rate = frame->seconds > 0 ? (double)done / frame->seconds : 0};
    Layout layout = layout_of(bars, shown, width, mem);
    Buf out;
    buf_init(&out, 64u << 10);
    for (int i = 0; i < shown; i++) {
        if (i > 0)
            buf_byte(&out, '\n');
        put_bar(&out, &bars[i], &layout, width, mem);
    }
    const char *doing = atomic_load(&counters->doing);
    if (shown == 0 && doing) {
        buf_str(&out, fit(arena_printf(mem, "  %s ...", doing), (size_t)width, mem));
        shown = 1;
    }
    *lines = shown;
    const char *text = arena_strndup(mem, out.len ? out.data : "", out.len);
    buf_free(&out);
    return text;
}

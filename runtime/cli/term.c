/* Writing to people: colours on a terminal only, aligned tables, numbers and spans of time as they
 * are read. */
#include <math.h>
#include <string.h>

#include "base/os.h"
#include "base/text.h"
#include "base/utf8.h"
#include "cli/cli_int.h"

Term term_of(FILE *file, bool is_tty)
{
    const char *term = os_getenv("TERM");
    bool dumb = !term || strcmp(term, "dumb") == 0;
    return (Term){.file = file, .color = is_tty && !dumb && !os_getenv("NO_COLOR")};
}

const char *term_style(const Term *term, Style style)
{
    static const char *const codes[] = {
        [STYLE_NONE] = "\033[0m",   [STYLE_BOLD] = "\033[1m",   [STYLE_DIM] = "\033[2m",
        [STYLE_RED] = "\033[1;31m", [STYLE_GREEN] = "\033[32m", [STYLE_YELLOW] = "\033[33m",
        [STYLE_CYAN] = "\033[36m",
    };
    return term->color ? codes[style] : "";
}

void term_put(const Term *term, Style style, const char *text)
{
    if (style == STYLE_NONE)
        fputs(text, term->file);
    else
        fprintf(term->file, "%s%s%s", term_style(term, style), text, term_style(term, STYLE_NONE));
}

const char *term_clean(const char *text, size_t n, Arena *mem)
{
    char *clean = arena_strndup(mem, text, n);
    for (size_t i = 0; i < n;) {
        unsigned char c = (unsigned char)text[i];
        size_t len = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
        /* C1 controls (U+0080 to U+009F) work as escapes on some terminals. */
        bool control =
            c < 0x20 || c == 0x7f || (c == 0xc2 && i + 1 < n && (unsigned char)text[i + 1] < 0xa0);
        if (!control && len <= n - i && utf8_valid(text + i, len)) {
            i += len;
            continue;
        }
        clean[i++] = c == '\n' || c == '\t' ? ' ' : '?';
    }
    return clean;
}

void term_wrap(FILE *out, const char *text, int indent, int column, int width)
{
    while (*text) {
        int len = (int)strcspn(text, " \n");
        if (len > 0) {
            if (column > indent && column + 1 + len > width) {
                fprintf(out, "\n%*s", indent, "");
                column = indent;
            } else if (column > indent) {
                fputc(' ', out);
                column++;
            }
            fwrite(text, 1, (size_t)len, out);
            column += len;
        }
        text += len;
        if (*text == '\n') {
            fprintf(out, "\n%*s", indent, "");
            column = indent;
        }
        text += *text != '\0';
    }
    fputc('\n', out);
}

/* ------------------------------------------------------------------ tables */

#define GRID_MAX_COLUMNS 64

typedef struct GridRow {
    Style style;
    const char **cells;
} GridRow;

struct Grid {
    const char *align;
    int ncols;
    int width[GRID_MAX_COLUMNS];
    GridRow *rows;
    size_t nrows, cap;
    Arena *mem;
};

static int shown_width(const char *text)
{
    return (int)utf8_length(text, strlen(text));
}

Grid *grid_new(const char *align, Arena *mem)
{
    Grid *grid = arena_new_of(mem, Grid);
    grid->align = align;
    grid->ncols = (int)strlen(align);
    if (grid->ncols > GRID_MAX_COLUMNS)
        grid->ncols = GRID_MAX_COLUMNS;
    grid->mem = mem;
    return grid;
}

void grid_row(Grid *grid, Style style, const char *const *cells)
{
    grid->rows = arena_grow(grid->mem, grid->rows, &grid->cap, grid->nrows + 1, sizeof *grid->rows);
    const char **copy = arena_array(grid->mem, const char *, grid->ncols);
    for (int i = 0; i < grid->ncols; i++) {
        copy[i] = cells[i] ? cells[i] : "";
        int width = shown_width(copy[i]);
        if (width > grid->width[i])
            grid->width[i] = width;
    }
    grid->rows[grid->nrows++] = (GridRow){style, copy};
}

void grid_print(const Grid *grid, const Term *term, int indent)
{
    for (size_t r = 0; r < grid->nrows; r++) {
        const GridRow *row = &grid->rows[r];
        int last = grid->ncols - 1;
        while (last > 0 && row->cells[last][0] == '\0')
            last--;
        fprintf(term->file, "%*s", indent, "");
        if (row->style != STYLE_NONE)
            fputs(term_style(term, row->style), term->file);
        for (int i = 0; i <= last; i++) {
            int pad = grid->width[i] - shown_width(row->cells[i]);
            bool right = grid->align[i] == 'r';
            fprintf(term->file, "%s%*s%s%*s", i ? "  " : "", right ? pad : 0, "", row->cells[i],
                    right || i == last ? 0 : pad, "");
        }
        fprintf(term->file, "%s\n", row->style != STYLE_NONE ? term_style(term, STYLE_NONE) : "");
    }
}

/* ------------------------------------------------------------------ numbers */

const char *text_seconds(double seconds, Arena *mem)
{
    if (seconds < 0.0005)
        return "<1 ms";
    if (seconds < 0.9995)
        return arena_printf(mem, "%.0f ms", seconds * 1000);
    if (seconds < 59.95)
        return arena_printf(mem, "%.1f s", seconds);
    long whole = lround(seconds);
    if (whole < 3600)
        return arena_printf(mem, "%ld min %ld s", whole / 60, whole % 60);
    return arena_printf(mem, "%ld h %ld min", whole / 3600, whole % 3600 / 60);
}

const char *text_rate(uint64_t rows, double seconds, Arena *mem)
{
    if (rows == 0 || seconds <= 0)
        return "";
    /* Three figures are all that a measurement of one run is good for. */
    double rate = (double)rows / seconds, unit = 1;
    while (rate / unit >= 1000)
        unit *= 10;
    return text_count((int64_t)(floor(rate / unit + 0.5) * unit), mem);
}

/* One generated cell as a text of its own, as a person reads it. */
#include "cli/cli_int.h"
#include "model/cell.h"

#define CELL_MAX (1u << 30)

const char *cell_text(const Vec *v, uint32_t row, Arena *mem)
{
    Buf out;
    buf_init(&out, CELL_MAX);
    cell_put_text(&out, v, row);
    const char *text = arena_strndup(mem, out.data, out.len);
    buf_free(&out);
    return text;
}

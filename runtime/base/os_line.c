/* An answer typed on a terminal. Waiting happens in poll, which a signal always ends, so that
 * Ctrl+C at a question is not lost in a restarted read. */
#include "base/os.h"

#include <poll.h>
#include <unistd.h>

#define MAX_LINE 1024

char *os_read_line(Arena *mem)
{
    char line[MAX_LINE];
    size_t n = 0;
    while (n < sizeof line) {
        struct pollfd in = {.fd = STDIN_FILENO, .events = POLLIN};
        if (poll(&in, 1, -1) <= 0 || read(STDIN_FILENO, line + n, 1) != 1)
            return NULL;
        if (line[n] == '\n')
            return arena_strndup(mem, line, n);
        n++;
    }
    return NULL;
}

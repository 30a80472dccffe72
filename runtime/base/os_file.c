/* Files that are written: created, written whole, put in place. errno tells why something failed.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/os.h"

int os_create(const char *path)
{
    return open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666);
}

int os_stdout_fd(void)
{
    return STDOUT_FILENO;
}

bool os_write(int fd, const void *bytes, size_t n)
{
    for (const char *from = bytes; n > 0;) {
        ssize_t wrote = write(fd, from, n);
        if (wrote < 0 && errno != EINTR)
            return false;
        if (wrote > 0) {
            from += wrote;
            n -= (size_t)wrote;
        }
    }
    return true;
}

int os_open_private(const char *path, const char **why)
{
    struct stat st;
    /* a pipe without a reader is refused, and not waited for */
    int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0600);
    if (fd < 0) {
        *why = errno == ELOOP ? "it is a symbolic link" : strerrordesc_np(errno);
        return -1;
    }
    *why = NULL;
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
        *why = "it is not a regular file";
    else if ((st.st_mode & 077) != 0)
        *why = "others may read or write it; chmod 600 it first";
    else if (st.st_uid != geteuid())
        *why = "it belongs to another user";
    if (!*why)
        return fd;
    close(fd);
    return -1;
}

bool os_sync(int fd)
{
    return fsync(fd) == 0;
}

bool os_close(int fd)
{
    return close(fd) == 0;
}

bool os_rename(const char *from, const char *to)
{
    return rename(from, to) == 0;
}

bool os_remove(const char *path)
{
    return remove(path) == 0;
}

bool os_make_dir(const char *path)
{
    return mkdir(path, 0777) == 0;
}

bool os_is_file(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

const char *os_reason(Arena *mem)
{
    char *text = arena_alloc(mem, 128);
    return strerror_r(errno, text, 128);
}

/* Files that only their owner reads, and that are on the disk when the caller says so. */
#include "base/os.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int os_open_private(const char *path, const char **why)
{
    struct stat st;
    int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
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

bool os_write(int fd, const void *bytes, size_t n)
{
    const char *p = bytes;
    while (n > 0) {
        ssize_t some = write(fd, p, n);
        if (some < 0 && errno != EINTR)
            return false;
        p += some > 0 ? some : 0;
        n -= some > 0 ? (size_t)some : 0;
    }
    return true;
}

bool os_sync(int fd)
{
    return fsync(fd) == 0;
}

void os_close(int fd)
{
    close(fd);
}

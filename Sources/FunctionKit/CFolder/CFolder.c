#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "CFolder.h"
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

// The layout and numbers of <linux/openat2.h>, which not every system has installed.
struct how {
    uint64_t flags;
    uint64_t mode;
    uint64_t resolve;
};
enum { no_magic_links = 0x02, beneath = 0x08 };
#ifndef SYS_openat2
#define SYS_openat2 437
#endif

int postern_open_beneath(int folder, const char *path) {
    struct how how = {
        .flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY,
        .resolve = beneath | no_magic_links,
    };
    return (int)syscall(SYS_openat2, folder, path, &how, sizeof how);
}

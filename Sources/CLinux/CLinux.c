#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "CLinux.h"
#include <pthread.h>
#include <sys/resource.h>

int postern_accept4(int descriptor, struct sockaddr *address, socklen_t *length, int flags) {
    return accept4(descriptor, address, length, flags);
}

void postern_name_thread(const char *name) {
    pthread_setname_np(pthread_self(), name);
}

void postern_lower_thread_priority(int niceness) {
    // 0 is the calling thread (setpriority(2), "C library/kernel differences").
    setpriority(PRIO_PROCESS, 0, niceness);
}

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "CLinux.h"
#include <pthread.h>

int postern_accept4(int descriptor, struct sockaddr *address, socklen_t *length, int flags) {
    return accept4(descriptor, address, length, flags);
}

void postern_name_thread(const char *name) {
    pthread_setname_np(pthread_self(), name);
}

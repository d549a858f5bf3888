// The Linux calls that Swift's Glibc module leaves out.
#pragma once
#include <dirent.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

// Calls that the headers only declare under _GNU_SOURCE, with which this module would not fit to Swift's Glibc module.
// accept4(2):
int postern_accept4(int descriptor, struct sockaddr *address, socklen_t *length, int flags);
// pthread_setname_np(3) for the calling thread.
void postern_name_thread(const char *name);

#include <stdint.h>
// The bytes that the peer of a TCP socket has confirmed (tcpi_bytes_acked of TCP_INFO, tcp(7)); 0 where the system does not tell.
uint64_t postern_bytes_acked(int descriptor);

// setpriority(2) for the calling thread, as Linux has it: a nice value of 0 to 19.
void postern_lower_thread_priority(int niceness);

// The name of a folder's entry. In Swift d_name is 256 bytes, which all are copied; the record that readdir(3) gives ends with the name.
static inline const char *postern_entry_name(const struct dirent *entry) { return entry->d_name; }

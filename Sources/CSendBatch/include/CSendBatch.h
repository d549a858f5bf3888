// Sends on several sockets that one system call performs: io_uring(7), by liburing.
//
// In C, because liburing is inline functions over atomics, which Swift does not import.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Of one thread only.
struct postern_send_batch;

// What a send has for a result that was not tried.
enum { postern_not_sent = INT32_MIN };

// Room for so many sends; NULL, with errno set, where the system has no such thing or does not allow it.
struct postern_send_batch *postern_send_batch_open(unsigned capacity);
void postern_send_batch_close(struct postern_send_batch *batch);

// Adds a send that does not wait. The bytes must stay until it is performed. False when there is no room.
bool postern_send_batch_add(struct postern_send_batch *batch, int descriptor, const void *bytes, size_t length);

// Performs what was added. Each result, in the order of adding, is what send(2) would have returned, or a negative errno. What is
// returned is 0, or the errno with which the system refused to go on: then the batch is good for nothing but to be closed.
int postern_send_batch_perform(struct postern_send_batch *batch, int *results);

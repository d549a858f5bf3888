#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "CSendBatch.h"
#include <errno.h>
#include <liburing.h>
#include <stdlib.h>
#include <sys/socket.h>

struct postern_send_batch {
    struct io_uring ring;
    // Sends that were added and are not performed yet.
    unsigned count;
};

struct postern_send_batch *postern_send_batch_open(unsigned capacity) {
    struct postern_send_batch *batch = calloc(1, sizeof *batch);
    if (batch == NULL) return NULL;
    struct io_uring_params params = {
        .flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_SUBMIT_ALL,
    };
    int outcome = io_uring_queue_init_params(capacity, &batch->ring, &params);
    if (outcome < 0) {
        free(batch);
        errno = -outcome;
        return NULL;
    }
    return batch;
}

void postern_send_batch_close(struct postern_send_batch *batch) {
    io_uring_queue_exit(&batch->ring);
    free(batch);
}

bool postern_send_batch_add(struct postern_send_batch *batch, int descriptor, const void *bytes, size_t length) {
    struct io_uring_sqe *entry = io_uring_get_sqe(&batch->ring);
    if (entry == NULL) return false;
    io_uring_prep_send(entry, descriptor, bytes, length, MSG_DONTWAIT | MSG_NOSIGNAL);
    io_uring_sqe_set_data64(entry, batch->count);
    batch->count += 1;
    return true;
}

// Takes the results that are there, and returns how many those were.
static unsigned take_results(struct postern_send_batch *batch, int *results) {
    struct io_uring_cqe *entry;
    unsigned head, taken = 0;
    io_uring_for_each_cqe(&batch->ring, head, entry) {
        if (entry->user_data < batch->count) results[entry->user_data] = entry->res;
        taken += 1;
    }
    io_uring_cq_advance(&batch->ring, taken);
    return taken;
}

int postern_send_batch_perform(struct postern_send_batch *batch, int *results) {
    unsigned performed = 0;
    int outcome = 0;
    for (unsigned index = 0; index < batch->count; index++) results[index] = postern_not_sent;
    while (performed < batch->count) {
        int submitted = io_uring_submit_and_wait(&batch->ring, batch->count - performed);
        performed += take_results(batch, results);
        if (submitted < 0 && submitted != -EINTR) {
            outcome = -submitted;
            break;
        }
    }
    batch->count = 0;
    return outcome;
}

// XXH3 of libxxhash (https://xxhash.com), compiled in from its header: fast enough to check every document that is read.
#pragma once
#define XXH_INLINE_ALL
#include <xxhash.h>
#include <stddef.h>
#include <stdint.h>

static inline uint64_t postern_xxh3(const void *bytes, size_t count) { return XXH3_64bits(bytes, count); }

// The one call of Linux that FunctionKit needs and the C library has no function for.
#pragma once

// openat2(2) for reading, with RESOLVE_BENEATH and RESOLVE_NO_MAGICLINKS: no "..", absolute path or symbolic link leads out of
// `folder`. Never waits for a FIFO's other end. A descriptor, or -1 with errno; ENOSYS where the kernel does not know it.
int postern_open_beneath(int folder, const char *path);

import Glibc

/// Exchanges what a file holds in one step: a reader, or a crash, finds the old content or the new.
enum FileReplacement {
    /// Writes a new file beside the old one, makes it durable and puts it in its place.
    ///
    /// A symbolic link stays one: what it leads to is exchanged. The new file has the old one's mode, or `mode` when there is none.
    ///
    /// - Returns: false when it cannot be done, with the reason in `errno`; then the old file is as it was.
    static func replace(_ path: String, with bytes: [UInt8], mode: mode_t = 0o666) -> Bool {
        let target = resolved(path)
        var status = stat()
        let exists = stat(target, &status) == 0
        let temporary = "\(target).\(getpid()).part"
        // One that is there was left by a process that had our number.
        unlink(temporary)
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { return false }
        let isDurable =
            write(bytes, to: descriptor) && permit(descriptor, exists ? status.st_mode & 0o7777 : created(mode))
            && fsync(descriptor) == 0
        let error = errno
        close(descriptor)
        guard isDurable, rename(temporary, target) == 0 else {
            let reason = isDurable ? errno : error
            unlink(temporary)
            errno = reason
            return false
        }
        syncFolder(of: target)
        return true
    }

    /// Writes all of the bytes.
    static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 || errno == EINTR else { return false }
            rest = rest.dropFirst(max(count, 0))
        }
        return true
    }

    private static func permit(_ descriptor: Int32, _ mode: mode_t) -> Bool { fchmod(descriptor, mode) == 0 }

    /// A new file's mode behind the user's mask, which can only be read by setting it.
    private static func created(_ mode: mode_t) -> mode_t {
        let mask = umask(0o077)
        umask(mask)
        return mode & ~mask
    }

    private static func resolved(_ path: String) -> String {
        guard let real = realpath(path, nil) else { return path }
        defer { free(real) }
        return String(cString: real)
    }

    private static func syncFolder(of path: String) {
        let folder = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }
}

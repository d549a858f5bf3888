import CLinux
internal import Glibc
internal import Synchronization

/// The operating system's files.
package struct SystemDisk: Disk {
    /// Makes the disk; it holds no state.
    package init() {}

    package func makeFolder(_ path: String) throws(DiskError) {
        guard mkdir(path, 0o700) != 0, errno != EEXIST else { return }
        throw DiskError("make folder", path, errno)
    }

    package func names(in folder: String) throws(DiskError) -> [String]? {
        guard let stream = opendir(folder) else {
            if errno == ENOENT { return nil }
            throw DiskError("list", folder, errno)
        }
        defer { closedir(stream) }
        var names: [String] = []
        while true {
            errno = 0
            guard let entry = readdir(stream) else {
                if errno != 0 { throw DiskError("list", folder, errno) }
                return names
            }
            let name = String(cString: postern_entry_name(entry))
            if name != ".", name != ".." { names.append(name) }
        }
    }

    package func open(_ path: String, _ mode: DiskOpenMode) throws(DiskError) -> (any DiskFile)? {
        let flags =
            switch mode {
            case .read: O_RDONLY
            case .write: O_RDWR
            case .create: O_RDWR | O_CREAT | O_TRUNC
            case .createOrKeep: O_RDWR | O_CREAT
            }
        while true {
            // Files of one tenant are nobody else's business: readable by the owner and the group only.
            let descriptor = Glibc.open(path, flags | O_CLOEXEC, 0o600)
            if descriptor >= 0 { return SystemFile(path: path, descriptor: descriptor) }
            if errno == EINTR { continue }
            if errno == ENOENT, mode == .read || mode == .write { return nil }
            throw DiskError("open", path, errno)
        }
    }

    package func rename(_ path: String, to newPath: String) throws(DiskError) {
        guard Glibc.rename(path, newPath) != 0 else { return }
        throw DiskError("rename", path, errno)
    }

    package func remove(_ path: String) throws(DiskError) {
        guard unlink(path) != 0, errno != ENOENT else { return }
        throw DiskError("remove", path, errno)
    }

    package func syncFolder(_ path: String) throws(DiskError) {
        let descriptor = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw DiskError("sync", path, errno) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw DiskError("sync", path, errno) }
    }
}

/// A descriptor that is closed with the last reference.
private final class SystemFile: DiskFile {
    let path: String
    let descriptor: Int32
    private let isLocked = Atomic(false)

    init(path: String, descriptor: Int32) {
        self.path = path
        self.descriptor = descriptor
    }

    deinit {
        // A child that is being started at this moment holds a copy of the descriptor until it runs its program, and a lock
        // lasts as long as any copy: so it is given back, not left to the close.
        if isLocked.load(ordering: .relaxed) { flock(descriptor, LOCK_UN) }
        close(descriptor)
    }

    func size() throws(DiskError) -> Int {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw DiskError("measure", path, errno) }
        return Int(status.st_size)
    }

    func read(at offset: Int, count: Int) throws(DiskError) -> [UInt8] {
        var failure: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, done in
            done = 0
            while true {
                let result = pread(descriptor, buffer.baseAddress, count, off_t(offset))
                if result >= 0 {
                    done = result
                    return
                }
                if errno != EINTR {
                    failure = errno
                    return
                }
            }
        }
        guard failure == 0 else { throw DiskError("read", path, failure) }
        return bytes
    }

    func write(_ bytes: [UInt8], at offset: Int) throws(DiskError) {
        let failure = bytes.withUnsafeBytes { buffer -> Int32 in
            var done = 0
            while done < buffer.count {
                let rest = UnsafeRawBufferPointer(rebasing: buffer[done...])
                let result = pwrite(descriptor, rest.baseAddress, rest.count, off_t(offset + done))
                if result >= 0 { done += result } else if errno != EINTR { return errno }
            }
            return 0
        }
        guard failure == 0 else { throw DiskError("write", path, failure) }
    }

    func truncate(to size: Int) throws(DiskError) {
        guard ftruncate(descriptor, off_t(size)) == 0 else { throw DiskError("cut", path, errno) }
    }

    func sync() throws(DiskError) {
        guard fdatasync(descriptor) == 0 else { throw DiskError("sync", path, errno) }
    }

    func lock() throws(DiskError) -> Bool {
        if flock(descriptor, LOCK_EX | LOCK_NB) == 0 {
            isLocked.store(true, ordering: .relaxed)
            return true
        }
        if errno == EWOULDBLOCK { return false }
        throw DiskError("lock", path, errno)
    }
}

import Glibc

/// A folder with files for one test, which goes with it.
final class ScratchFiles: Sendable {
    let path: String

    init() throws {
        var template = Array("/tmp/postern-files-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Failure(errno: errno) }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    struct Failure: Error { var errno: CInt }

    deinit {
        var argv: [UnsafeMutablePointer<CChar>?] = (["rm", "-rf", path] as [String]).map { strdup($0) } + [nil]
        var child = pid_t()
        if posix_spawnp(&child, "rm", nil, nil, &argv, environ) == 0 { waitpid(child, nil, 0) }
        for pointer in argv { free(pointer) }
    }

    /// Writes a file and the folders above it, last changed at `second`.
    func write(_ text: String, to name: String, at second: Int = 1_700_000_000) throws {
        try write(Array(text.utf8), to: name, at: second)
    }

    func write(_ bytes: [UInt8], to name: String, at second: Int = 1_700_000_000) throws {
        var folder = path
        for part in name.split(separator: "/").dropLast() {
            folder += "/\(part)"
            mkdir(folder, 0o755)
        }
        guard let file = fopen("\(path)/\(name)", "w") else { throw Failure(errno: errno) }
        fwrite(bytes, 1, bytes.count, file)
        fclose(file)
        let times = [timespec(tv_sec: second, tv_nsec: 0), timespec(tv_sec: second, tv_nsec: 0)]
        guard utimensat(AT_FDCWD, "\(path)/\(name)", times, 0) == 0 else { throw Failure(errno: errno) }
    }

    func link(_ name: String, to target: String) throws {
        guard symlink(target, "\(path)/\(name)") == 0 else { throw Failure(errno: errno) }
    }

    func truncate(_ name: String, to length: Int) throws {
        guard Glibc.truncate("\(path)/\(name)", off_t(length)) == 0 else { throw Failure(errno: errno) }
    }

    func makeFIFO(_ name: String) throws {
        guard mkfifo("\(path)/\(name)", 0o644) == 0 else { throw Failure(errno: errno) }
    }
}

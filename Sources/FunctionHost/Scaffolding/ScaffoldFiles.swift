import Glibc

/// Writing access for ``AppScaffold``: the command passes the system's, a test one that fails.
package protocol ScaffoldFiles: Sendable {
    /// Whether anything is at a path, a link that leads nowhere included.
    func exists(_ path: String) -> Bool
    /// What a file holds; nil when it cannot be read.
    func text(_ path: String) -> String?
    /// Makes a file and the folders above it; fails when it exists.
    func create(_ path: String, text: String) throws(ScaffoldError)
    /// Exchanges what a file holds in one step.
    func replace(_ path: String, with text: String) throws(ScaffoldError)
    /// Removes a file, and the folders above it that are empty then.
    func remove(_ path: String)
}

/// The system's files.
package struct SystemScaffoldFiles: ScaffoldFiles {
    /// Makes the access; it holds no state.
    package init() {}

    /// Whether anything is at a path.
    package func exists(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0
    }

    /// What a file holds.
    package func text(_ path: String) -> String? {
        guard let bytes = try? SystemAppFiles().contents(of: path, upTo: 1 << 20) else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }

    /// Makes a file and the folders above it.
    package func create(_ path: String, text: String) throws(ScaffoldError) {
        var folder = path.hasPrefix("/") ? "" : "."
        for part in path.split(separator: "/").dropLast() {
            folder += "/\(part)"
            guard mkdir(folder, 0o777) == 0 || errno == EEXIST else { throw failure(folder) }
        }
        // Settings hold secrets; the rest is for everybody whom the user's mask lets read.
        let mode: mode_t = path.hasSuffix("/" + SettingsLoader.fileName) ? 0o600 : 0o666
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw failure(path) }
        let isWritten = FileReplacement.write(Array(text.utf8), to: descriptor)
        let error = errno
        close(descriptor)
        guard isWritten else {
            unlink(path)
            errno = error
            throw failure(path)
        }
    }

    /// Exchanges what a file holds in one step.
    package func replace(_ path: String, with text: String) throws(ScaffoldError) {
        guard FileReplacement.replace(path, with: Array(text.utf8)) else { throw failure(path) }
    }

    /// Removes a file, and the folders above it that are empty then.
    package func remove(_ path: String) {
        unlink(path)
        var folder = path
        while let slash = folder.lastIndex(of: "/"), slash != folder.startIndex {
            folder = String(folder[..<slash])
            guard rmdir(folder) == 0 else { return }
        }
    }

    private func failure(_ path: String) -> ScaffoldError {
        ScaffoldError(.configuration, "'\(path)' cannot be written: \(String(cString: strerror(errno))).")
    }
}

internal import FunctionKit
internal import Glibc

/// The open log files, at most a fixed number of them; the one that was not used for the longest time is closed for a new one.
///
/// A caller keeps the file that it got, so closing never takes it away from an access that goes on.
final class FileHandles: Sendable {
    private struct State {
        var files: [String: (file: any DiskFile, use: UInt64)] = [:]
        var uses: UInt64 = 0
    }

    private let disk: any Disk
    private let countMax: Int
    private let state = LockedState(State())

    init(disk: any Disk, countMax: Int) {
        self.disk = disk
        self.countMax = countMax
    }

    /// The file at `path`, open for reading and writing.
    func file(_ path: String) throws(DiskError) -> any DiskFile {
        if let file = use(path) { return file }
        guard let file = try disk.open(path, .write) else { throw DiskError("open", path, ENOENT) }
        keep(file, path)
        return file
    }

    /// Takes a file over that has been opened or made elsewhere.
    func keep(_ file: any DiskFile, _ path: String) {
        state.withLock { state in
            state.uses += 1
            state.files[path] = (file, state.uses)
            guard state.files.count > countMax else { return }
            if let oldest = state.files.min(by: { $0.value.use < $1.value.use }) { state.files[oldest.key] = nil }
        }
    }

    /// Closes the file at `path`, because another has taken its name.
    func forget(_ path: String) { state.withLock { $0.files[path] = nil } }

    /// Closes all files.
    func forgetAll() { state.withLock { $0.files.removeAll() } }

    /// How many files are open.
    var count: Int { state.withLock { $0.files.count } }

    private func use(_ path: String) -> (any DiskFile)? {
        state.withLock { state in
            guard let file = state.files[path]?.file else { return nil }
            state.uses += 1
            state.files[path] = (file, state.uses)
            return file
        }
    }
}

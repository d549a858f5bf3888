import Glibc

/// A file system of one megabyte in memory, to be full or read-only.
final class SmallDisk: Sendable {
    /// Whether this process may mount file systems.
    static let isPossible: Bool = {
        guard geteuid() == 0, let folder = try? ScratchFolder() else { return false }
        guard mount("tmpfs", folder.path, "tmpfs", 0, "size=1m") == 0 else { return false }
        return umount(folder.path) == 0
    }()

    private let folder: ScratchFolder
    var path: String { folder.path }

    init() async throws {
        folder = try ScratchFolder()
        guard mount("tmpfs", folder.path, "tmpfs", 0, "size=1m") == 0 else {
            throw SupportError("No mount on '\(folder.path)': \(String(cString: strerror(errno)))")
        }
    }

    /// Changes an option: `ro`, `size=16m`.
    func remount(_ option: String) async throws {
        let isReadOnly = option == "ro"
        let flags = UInt(MS_REMOUNT | (isReadOnly ? MS_RDONLY : 0))
        guard mount("tmpfs", path, "tmpfs", flags, isReadOnly ? "" : option) == 0 else {
            throw SupportError("No remount of '\(path)': \(String(cString: strerror(errno)))")
        }
    }

    /// Writes until nothing more fits.
    func fill() {
        guard let file = fopen(path + "/filler", "w") else { return }
        setvbuf(file, nil, _IONBF, 0)
        let block = [UInt8](repeating: 0x78, count: 4096)
        while fwrite(block, 1, block.count, file) == block.count {}
        fclose(file)
    }

    /// Takes it away; what runs on it must have ended.
    func end() async { umount2(path, Int32(MNT_DETACH)) }

    deinit { umount2(path, Int32(MNT_DETACH)) }
}

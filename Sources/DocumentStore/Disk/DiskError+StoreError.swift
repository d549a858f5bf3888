internal import FunctionKit
internal import Glibc

extension DiskError {
    /// The operation, the path and the system's words for the number.
    package var description: String {
        "\(operation) '\(path)': \(String(cString: strerror(number)))"
    }

    /// True when there is no room: nothing is wrong with the files, and later writes may succeed.
    package var isFullDisk: Bool { number == ENOSPC || number == EDQUOT || number == EFBIG }

    private var remedy: String {
        switch number {
        case ENOSPC, EDQUOT, EFBIG: "Free some space on that disk; writes go on by themselves."
        case EACCES, EPERM: "Let the user that runs Postern read and write there."
        case EROFS: "Mount that file system for writing, or name another data folder."
        case EMFILE, ENFILE: "Raise the limit of open files."
        case ENOTDIR, ENOENT: "Name a folder that can exist there."
        default: "Check the disk."
        }
    }

    /// What callers of the store see.
    var storeError: StoreError { StoreError(.unavailable, "The store could not \(description). \(remedy)") }
}

/// Runs an access and turns its failure into the store's error.
func onDisk<Result>(_ body: () throws(DiskError) -> Result) throws(StoreError) -> Result {
    do throws(DiskError) {
        return try body()
    } catch {
        throw error.storeError
    }
}

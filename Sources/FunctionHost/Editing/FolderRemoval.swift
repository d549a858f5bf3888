import Glibc

/// Removes a folder with everything in it. Links are removed and never followed.
enum FolderRemoval {
    /// How deep a folder may nest; what lies deeper is left and the removal fails.
    static let depthMax = 64

    /// Takes the folder out of sight first, so that nobody finds half of it, then removes it.
    static func remove(_ path: String) throws(EditingError) {
        let parent = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        let hidden = "\(parent)/.removed.\(getpid()).\(UInt64.random(in: .min ... .max))"
        guard rename(path, hidden) == 0 else { throw failure(path) }
        var status = stat()
        if lstat(hidden, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
            // If the rest fails, nobody takes what is left for a function.
            unlink(hidden + "/function.json")
        }
        try removeTree(hidden, depth: 0)
    }

    private static func removeTree(_ path: String, depth: Int) throws(EditingError) {
        var status = stat()
        guard lstat(path, &status) == 0 else { throw failure(path) }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            guard unlink(path) == 0 else { throw failure(path) }
            return
        }
        guard depth < depthMax else { throw .failed(path, "it nests deeper than \(depthMax) folders") }
        let names: [String]
        do {
            names = try SystemAppFiles().names(in: path)
        } catch {
            throw .failed(path, error.description)
        }
        for name in names { try removeTree("\(path)/\(name)", depth: depth + 1) }
        guard rmdir(path) == 0 else { throw failure(path) }
    }

    private static func failure(_ path: String) -> EditingError { .failed(path, String(cString: strerror(errno))) }
}

internal import Glibc

extension Disk {
    /// Makes a folder and those above it where they are missing, each durable in its parent.
    func makeFolders(_ path: String) throws(DiskError) {
        let isThere = try names(in: path) != nil
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else {
            return isThere ? () : try makeFolder(path)
        }
        let parent = String(path[..<slash])
        if !isThere {
            if !parent.isEmpty { try makeFolders(parent) }
            try makeFolder(path)
        }
        // Also when it is there: a process that was killed may have made it and not come to this.
        try syncFolder(parent.isEmpty ? "/" : parent)
    }

    /// Writes a small file so that it is there whole and durable, or not at all.
    func writeWhole(_ bytes: [UInt8], to name: String, in folder: String) throws(DiskError) {
        let path = "\(folder)/\(name)"
        guard let file = try open(path + DataFolder.unfinishedSuffix, .create) else {
            throw DiskError("open", path, ENOENT)
        }
        try file.write(bytes, at: 0)
        try file.sync()
        try rename(path + DataFolder.unfinishedSuffix, to: path)
        try syncFolder(folder)
    }

    /// Reads a file of at most `bytesMax` bytes; nil when there is none.
    func readWhole(_ path: String, bytesMax: Int) throws(DiskError) -> [UInt8]? {
        guard let file = try open(path, .read) else { return nil }
        guard try file.size() <= bytesMax else { throw DiskError("read", path, EFBIG) }
        return try file.readFully(at: 0, count: bytesMax)
    }
}

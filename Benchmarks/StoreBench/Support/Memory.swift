import CSQLite
import Glibc

/// What a process holds beyond the system's page cache.
struct Memory {
    /// Bytes that the allocator has handed out and not got back.
    var heap: Int
    /// Resident anonymous bytes (`RssAnon`), what the allocator keeps for itself included.
    var resident: Int

    static var now: Memory {
        let info = mallinfo2()
        return Memory(heap: Int(info.uordblks) + Int(info.hblkhd), resident: kilobytes("RssAnon:") * 1024)
    }

    static func - (after: Memory, before: Memory) -> Memory {
        Memory(heap: after.heap - before.heap, resident: after.resident - before.resident)
    }

    private static func kilobytes(_ name: String) -> Int {
        guard let file = fopen("/proc/self/status", "r") else { return 0 }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 256)
        while fgets(&line, 256, file) != nil {
            let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            guard text.hasPrefix(name) else { continue }
            return Int(text.filter { $0.isASCII && $0.isNumber }) ?? 0
        }
        return 0
    }
}

/// How many descriptors this process has open.
func openFiles() -> Int {
    guard let folder = opendir("/proc/self/fd") else { return 0 }
    defer { closedir(folder) }
    var count = 0
    while readdir(folder) != nil { count += 1 }
    // Without '.', '..' and the folder's own.
    return count - 3
}

/// The bytes of all files below a folder.
func bytes(below path: String) -> Int {
    guard let folder = opendir(path) else {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : 0
    }
    defer { closedir(folder) }
    var sum = 0
    while let entry = readdir(folder) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) {
            $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        if name != ".", name != ".." { sum += bytes(below: "\(path)/\(name)") }
    }
    return sum
}

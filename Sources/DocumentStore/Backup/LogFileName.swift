internal import FunctionKit
internal import Glibc

/// The name of a log file in a tenant's folder.
///
/// Names are those of plain files and nothing else: letters, digits and dashes before `.jsonl`. What a manifest says is
/// checked with the same rule, so that none leads out of its folder.
struct LogFileName: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The validated text.
    let description: String

    /// The longest name: 64 bytes.
    private static let bytesMax = 64
    private static let suffix = ".jsonl"

    /// Makes a name; nil for a file that holds no log, such as one that is being written.
    init?(_ text: String) {
        guard text.utf8.count <= Self.bytesMax, text.hasSuffix(Self.suffix) else { return nil }
        let stem = text.utf8.dropLast(Self.suffix.utf8.count)
        let isPlain = stem.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "-")
        }
        guard !stem.isEmpty, isPlain else { return nil }
        description = text
    }

    /// The order in which the files of a tenant are read.
    static func < (left: LogFileName, right: LogFileName) -> Bool { left.description < right.description }

    /// The first and last segment that the file holds; nil when its name does not say.
    private var segments: (first: Int, last: Int)? {
        let parts = description.dropLast(Self.suffix.count).split(separator: "-")
        guard parts.count == 2, let first = Int(parts[0]), let last = Int(parts[1]), first <= last else { return nil }
        return (first, last)
    }

    /// The files of a folder that count, in their order: one whose segments lie inside another's has been compacted into that
    /// one and only waits for its removal.
    static func current(_ names: some Sequence<LogFileName>) -> [LogFileName] {
        let sorted = names.sorted()
        return sorted.filter { name in
            guard let own = name.segments else { return true }
            return !sorted.contains { other in
                guard other != name, let range = other.segments else { return false }
                return range.first <= own.first && own.last <= range.last
            }
        }
    }
}

extension DataFolder {
    /// The log files in a tenant's folder, in ascending order; none when there is no such folder.
    func logFiles(of tenant: TenantName) throws(DiskError) -> [LogFileName] {
        try (disk.names(in: folder(of: tenant)) ?? []).compactMap { LogFileName($0) }.sorted()
    }

    /// The tenants whose folder has a log file, or cannot be looked into, in ascending order.
    func tenantsWithLogs() throws(DiskError) -> [TenantName] {
        var result: [TenantName] = []
        for name in try disk.names(in: tenantsPath) ?? [] {
            guard let tenant = try? TenantName(name) else { continue }
            do throws(DiskError) {
                if try !logFiles(of: tenant).isEmpty { result.append(tenant) }
            } catch {
                // A file of that name is no tenant; whatever else is wrong is that tenant's affair.
                if error.number != ENOTDIR { result.append(tenant) }
            }
        }
        return result.sorted()
    }
}

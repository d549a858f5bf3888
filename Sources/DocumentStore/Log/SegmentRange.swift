/// Which segments of a tenant's log a file holds: one, or after a compaction several.
///
/// Segments are numbered from 1 in the order in which they were begun. The file's name shows the first and the last one, in at
/// least eight digits each: `00000001-00000005.jsonl`.
struct SegmentRange: Sendable, Hashable, Comparable, CustomStringConvertible {
    var first: Int
    var last: Int

    init(_ first: Int, _ last: Int) {
        self.first = first
        self.last = last
    }

    /// Reads a file's name; nil for any other name.
    init?(fileName: String) {
        guard fileName.hasSuffix(Self.suffix) else { return nil }
        let parts = fileName.dropLast(Self.suffix.count).split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, let first = Int(parts[0]), let last = Int(parts[1]), first >= 1, last >= first else {
            return nil
        }
        self.init(first, last)
        // Other spellings, such as fewer digits, would be a second name for the same segments.
        guard self.fileName == fileName else { return nil }
    }

    static let suffix = ".jsonl"

    var fileName: String { "\(Self.digits(first))-\(Self.digits(last))\(Self.suffix)" }
    var description: String { fileName }

    private static func digits(_ number: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(8 - text.count, 0)) + text
    }

    /// True when everything in the other file is in this one too.
    func covers(_ other: SegmentRange) -> Bool { first <= other.first && other.last <= last }

    static func < (left: SegmentRange, right: SegmentRange) -> Bool {
        (left.first, left.last) < (right.first, right.last)
    }
}

/// The segment files of a tenant's folder.
struct SegmentListing {
    /// All segment files, in order.
    private(set) var all: [SegmentRange] = []
    /// The files that count, in order.
    private(set) var ranges: [SegmentRange] = []
    /// The files that a compaction has replaced, and those that were never finished.
    private(set) var leftovers: [String] = []
    private(set) var hasHint = false

    /// Sorts out the names in a tenant's folder; files of other names are left alone.
    init(names: [String]) {
        for name in names {
            if let range = SegmentRange(fileName: name) {
                all.append(range)
            } else if name.hasSuffix(DataFolder.unfinishedSuffix) {
                leftovers.append(name)
            } else if name == DataFolder.hintName {
                hasHint = true
            }
        }
        all.sort()
        for range in all {
            if all.contains(where: { $0 != range && $0.covers(range) }) {
                leftovers.append(range.fileName)
            } else {
                ranges.append(range)
            }
        }
    }
}

internal import FunctionKit

/// Where in a segment file which numbers stand: a place for every so many bytes, so that a reader of changes finds its position
/// without an entry for each batch.
struct SegmentMarks: Sendable {
    struct Mark: Sendable, Hashable {
        /// The number of the first line at ``offset``.
        var sequence: Int64
        var offset: Int
        /// How many removals stand from here up to the next mark.
        var removals: Int
    }

    private(set) var marks: [Mark] = []

    /// Takes over marks that were written down.
    init(_ marks: [Mark] = []) { self.marks = marks }

    /// How many bytes lie between two marks.
    private static let bytesBetween = 64 << 10

    /// Notes a line; lines come in order.
    mutating func add(_ sequence: Int64, at offset: Int, removals: Int) {
        if marks.last.map({ offset >= $0.offset + Self.bytesBetween }) ?? true {
            marks.append(Mark(sequence: sequence, offset: offset, removals: removals))
        } else {
            marks[marks.count - 1].removals += removals
        }
    }

    /// The mark at or before the first line whose number is greater than `sequence`; nil when every line's is.
    func last(upTo sequence: Int64) -> Mark? {
        var low = 0
        var high = marks.count
        while low < high {
            let middle = (low + high) / 2
            if marks[middle].sequence <= sequence + 1 { low = middle + 1 } else { high = middle }
        }
        return low > 0 ? marks[low - 1] : nil
    }

    /// The number up to which removals may be left out if the newest `kept` of all these segments, and those that share a mark
    /// with them, are to stay; 0 when there are no more than that.
    static func removalsHorizon(_ segments: [SegmentMarks], keeping kept: Int) -> Int64 {
        let kept = max(kept, 1)
        var count = 0
        // Everything up to this number stands before the marks that have been counted.
        var boundary = Int64.max
        for segment in segments.reversed() {
            for mark in segment.marks.reversed() {
                if count >= kept { return boundary }
                count += mark.removals
                boundary = mark.sequence - 1
            }
        }
        return 0
    }
}

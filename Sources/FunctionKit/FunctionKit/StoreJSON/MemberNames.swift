/// The member names of the objects that are being read, innermost last; finds a name that stands twice.
struct MemberNames {
    /// Where an object's names begin.
    struct Frame {
        fileprivate var names: Int
        fileprivate var bytes: Int
    }

    /// All names, one behind another, without escapes.
    private(set) var bytes: [UInt8] = []
    private var names: [Range<Int>] = []

    /// Up to this many names are compared each with each; above, they are sorted, so that a hostile object costs n log n.
    private static let comparedPairwiseMax = 16

    /// The bytes of all names at one moment in most documents.
    private static let usualBytes = 128

    func begin() -> Frame { Frame(names: names.count, bytes: bytes.count) }

    /// Adds a name to the innermost object.
    mutating func append(_ name: ArraySlice<UInt8>) -> Range<Int> {
        let start = bytes.count
        if names.isEmpty {
            // One allocation for most documents instead of one for each of the first names.
            bytes.reserveCapacity(Self.usualBytes)
            names.reserveCapacity(Self.comparedPairwiseMax)
        }
        bytes.append(contentsOf: name)
        names.append(start..<bytes.count)
        return start..<bytes.count
    }

    /// Forgets the innermost object's names; true when one of them stood there twice.
    mutating func end(_ frame: Frame) -> Bool {
        let result = hasDuplicate(in: names[frame.names...])
        names.removeSubrange(frame.names...)
        bytes.removeSubrange(frame.bytes...)
        return result
    }

    private func hasDuplicate(in names: ArraySlice<Range<Int>>) -> Bool {
        if names.count <= Self.comparedPairwiseMax {
            for first in names.indices {
                for second in names.indices where second < first {
                    if names[first].count == names[second].count,
                        bytes[names[first]].elementsEqual(bytes[names[second]])
                    {
                        return true
                    }
                }
            }
            return false
        }
        let sorted = names.sorted { bytes[$0].lexicographicallyPrecedes(bytes[$1]) }
        return zip(sorted, sorted.dropFirst()).contains { bytes[$0].elementsEqual(bytes[$1]) }
    }
}

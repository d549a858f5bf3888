/// The routes without parameters by the whole path and the method: one look, however many routes there are.
///
/// It knows only paths that are spelled as their template; of all others it says nothing.
struct ExactRoutes: Sendable {
    /// A route with one of its methods.
    struct Entry {
        var path: String
        /// Its ``MethodSet/bit(of:)``, not 0.
        var method: UInt16
        /// The route's place among the definitions.
        var index: Int32
    }

    private struct Slot {
        var hash: UInt64 = 0
        var path: Range<Int32> = 0..<0
        var method: UInt16 = 0
        var index: Int32 = -1
    }

    /// A power of two of places, at most half of them taken, searched from the hash onwards.
    private var slots: [Slot]
    private var text: [UInt8] = []

    init(_ entries: [Entry]) {
        var count = 2
        while count < entries.count * 2 { count *= 2 }
        slots = Array(repeating: Slot(), count: count)
        for entry in entries where entry.method != 0 { add(entry) }
    }

    private mutating func add(_ entry: Entry) {
        let start = Int32(text.count)
        text.append(contentsOf: entry.path.utf8)
        let hash = Self.hash(entry.path.utf8.span, entry.method)
        var place = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while slots[place].index >= 0 { place = (place + 1) & (slots.count - 1) }
        slots[place] = Slot(hash: hash, path: start..<Int32(text.count), method: entry.method, index: entry.index)
    }

    /// The place among the definitions of the route with this method and path; nil when it is not known here.
    func index(method: UInt16, path: String) -> Int? {
        let bytes = path.utf8.span
        let hash = Self.hash(bytes, method)
        let (slots, text) = (slots.span, text.span)
        var place = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while slots[place].index >= 0 {
            let slot = slots[place]
            if slot.hash == hash, slot.method == method, slot.path.count == bytes.count {
                var offset = 0
                while offset < bytes.count, text[Int(slot.path.lowerBound) + offset] == bytes[offset] { offset += 1 }
                if offset == bytes.count { return Int(slot.index) }
            }
            place = (place + 1) & (slots.count - 1)
        }
        return nil
    }

    /// FNV-1a over eight bytes at a time. The table's keys come from the app's own routes, so nobody can aim collisions at it.
    private static func hash(_ path: Span<UInt8>, _ method: UInt16) -> UInt64 {
        let prime: UInt64 = 0x9E37_79B9_7F4A_7C15
        var hash = (0xCBF2_9CE4_8422_2325 ^ UInt64(method)) &* prime
        var word: UInt64 = 0
        for index in path.indices {
            word = word << 8 | UInt64(path[index])
            if index & 7 == 7 {
                hash = (hash ^ word) &* prime
                word = 0
            }
        }
        hash = (hash ^ word) &* prime
        return hash ^ (hash >> 32)
    }
}

import FunctionKit

/// Routes by their segments, so that finding one costs about the same among ten and among ten thousand. Literal segments are
/// found by hash; all others share one branch, whose routes are checked one by one.
///
/// Everything lies in flat arrays of plain numbers: looking up touches no reference count, which event loops on several cores
/// would otherwise contend for. For the same reason it is a class: copying its arrays' references costs more than the search.
final class RouteTrie: Sendable {
    struct Node {
        /// Where any segment but the literal ones leads; -1 for nowhere.
        var wildcard: Int32 = -1
        /// Whether any literal segment leads on.
        var hasLiterals = false
        /// The routes that may end here, in order of registration, as a range of `routes`.
        var ends: Range<Int32> = 0..<0
        /// The routes whose catch-all begins here, likewise.
        var catchAlls: Range<Int32> = 0..<0
        /// The first route in this node and below it.
        var first = Int32.max
    }

    /// A place of the hash table of literal segments; empty when `child` is -1.
    struct Slot {
        var hash: UInt64 = 0
        var parent: Int32 = 0
        var child: Int32 = -1
        /// The segment's lower-case text, as a range of `text`.
        var literal: Range<Int32> = 0..<0
    }

    let nodes: [Node]
    /// A power of two of places, at most half of them taken, searched from the hash onwards.
    let slots: [Slot]
    let routes: [Int32]
    let text: [UInt8]

    init(nodes: [Node], slots: [Slot], routes: [Int32], text: [UInt8]) {
        self.nodes = nodes
        self.slots = slots
        self.routes = routes
        self.text = text
    }

    /// The first route, in order of registration, whose segments fit the path and that `accepts` confirms.
    ///
    /// - Parameters:
    ///   - path: begins with a slash; still percent-encoded. One slash at its end does not count, an empty segment fits nothing.
    ///   - accepts: checks the parameters and the method of a route; asked last for the route that is returned.
    func first(on path: String, where accepts: (Int) -> Bool) -> Int? {
        let bytes = path.utf8.span
        guard bytes.count > 0, bytes[0] == UInt8(ascii: "/") else { return nil }
        var best = Int32.max
        visit(0, at: 1, of: bytes, best: &best, where: accepts)
        return best == .max ? nil : Int(best)
    }

    private func visit(
        _ node: Int32,
        at start: Int,
        of path: Span<UInt8>,
        best: inout Int32,
        where accepts: (Int) -> Bool
    ) {
        let node = (number: node, content: nodes[Int(node)])
        guard node.content.first < best else { return }
        if start >= path.count {
            choose(from: node.content.ends, best: &best, where: accepts)
            return
        }
        let end = segmentEnd(of: path, from: start)
        guard end > start else { return }
        choose(from: node.content.catchAlls, best: &best, where: accepts)
        if node.content.hasLiterals {
            let child = literalChild(of: node.number, path: path, from: start, to: end)
            if child >= 0 { visit(child, at: end + 1, of: path, best: &best, where: accepts) }
        }
        if node.content.wildcard >= 0 {
            visit(node.content.wildcard, at: end + 1, of: path, best: &best, where: accepts)
        }
    }

    private func choose(from range: Range<Int32>, best: inout Int32, where accepts: (Int) -> Bool) {
        for place in range {
            let route = routes[Int(place)]
            guard route < best else { return }
            if accepts(Int(route)) { best = route }
        }
    }

    private func literalChild(of node: Int32, path: Span<UInt8>, from start: Int, to end: Int) -> Int32 {
        var hash = SegmentHash(parent: node)
        for index in start..<end {
            let byte = path[index]
            guard byte < 0x80, byte != UInt8(ascii: "%") else {
                return encodedLiteralChild(of: node, path: path, from: start, to: end)
            }
            hash.add(lowercasedASCII(byte))
        }
        return child(of: node, hash: hash.value, count: end - start) { lowercasedASCII(path[start + $0]) }
    }

    /// The slow way, for a segment with escapes or letters beyond ASCII.
    private func encodedLiteralChild(of node: Int32, path: Span<UInt8>, from start: Int, to end: Int) -> Int32 {
        let bytes = (start..<end).map { path[$0] }
        let literal = Array(percentDecoded(bytes).lowercased().utf8)
        return child(of: node, hash: SegmentHash.of(literal, parent: node), count: literal.count) { literal[$0] }
    }

    private func child(of node: Int32, hash: UInt64, count: Int, byte: (Int) -> UInt8) -> Int32 {
        var place = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while slots[place].child >= 0 {
            let slot = slots[place]
            if slot.hash == hash, slot.parent == node, slot.literal.count == count,
                (0..<count).allSatisfy({ text[Int(slot.literal.lowerBound) + $0] == byte($0) })
            {
                return slot.child
            }
            place = (place + 1) & (slots.count - 1)
        }
        return -1
    }
}

/// The index behind the segment that begins at `start`.
func segmentEnd(of path: Span<UInt8>, from start: Int) -> Int {
    var end = start
    while end < path.count, path[end] != UInt8(ascii: "/") { end += 1 }
    return end
}

/// FNV-1a. The table's keys come from the app's own routes, so nobody can aim collisions at it.
struct SegmentHash {
    private(set) var value: UInt64

    init(parent: Int32) { value = (0xCBF2_9CE4_8422_2325 ^ UInt64(UInt32(bitPattern: parent))) &* Self.prime }

    mutating func add(_ byte: UInt8) { value = (value ^ UInt64(byte)) &* Self.prime }

    static func of(_ bytes: [UInt8], parent: Int32) -> UInt64 {
        var hash = SegmentHash(parent: parent)
        for byte in bytes { hash.add(byte) }
        return hash.value
    }

    private static let prime: UInt64 = 0x0000_0100_0000_01B3
}

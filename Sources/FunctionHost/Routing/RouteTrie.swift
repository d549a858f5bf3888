import FunctionKit

/// Routes by their segments, so that finding one costs about the same among ten and among ten thousand. Literal segments are
/// found by hash; all others share one branch, whose routes are checked one by one.
struct RouteTrie: Sendable {
    /// A literal segment below a node.
    private struct Edge {
        var literal: [UInt8]
        var node: Int
    }

    private struct Node {
        /// Literal children by the hash of their lower-case text.
        var literals: [UInt64: [Edge]] = [:]
        /// Where any other segment leads.
        var wildcard: Int?
        /// The routes that may end here, in order of registration.
        var ends: [Int] = []
        /// The routes whose catch-all begins here, in order of registration.
        var catchAlls: [Int] = []
        /// The first route in this node and below it.
        var first = Int.max
    }

    private var nodes = [Node()]

    /// Adds a route; `index` must exceed that of every route before it.
    mutating func insert(_ template: RouteTemplate, index: Int) {
        var node = 0
        note(index, at: node)
        let segments = template.segments
        for (depth, segment) in segments.enumerated() {
            // The path may end before a tail of parameters that may all be absent.
            if segments[depth...].allSatisfy({ $0.parameter?.mayBeAbsent == true }) { nodes[node].ends.append(index) }
            if segment.parameter?.isCatchAll == true {
                nodes[node].catchAlls.append(index)
                return
            }
            node = child(of: node, for: segment)
            note(index, at: node)
        }
        nodes[node].ends.append(index)
    }

    /// The first route, in order of registration, whose segments fit the path and that `accepts` confirms.
    ///
    /// - Parameters:
    ///   - path: begins with a slash; still percent-encoded. One slash at its end does not count, an empty segment fits nothing.
    ///   - accepts: checks the parameters and the method of a route.
    func first(on path: String, where accepts: (Int) -> Bool) -> Int? {
        let bytes = path.utf8.span
        guard bytes.count > 0, bytes[0] == UInt8(ascii: "/") else { return nil }
        var best = Int.max
        visit(0, at: 1, of: bytes, best: &best, where: accepts)
        return best == .max ? nil : best
    }

    private func visit(_ node: Int, at start: Int, of path: Span<UInt8>, best: inout Int, where accepts: (Int) -> Bool)
    {
        guard nodes[node].first < best else { return }
        if start >= path.count {
            choose(from: nodes[node].ends, best: &best, where: accepts)
            return
        }
        let end = segmentEnd(of: path, from: start)
        guard end > start else { return }
        choose(from: nodes[node].catchAlls, best: &best, where: accepts)
        if let child = literalChild(of: node, path: path, from: start, to: end) {
            visit(child, at: end + 1, of: path, best: &best, where: accepts)
        }
        if let child = nodes[node].wildcard { visit(child, at: end + 1, of: path, best: &best, where: accepts) }
    }

    private func choose(from routes: [Int], best: inout Int, where accepts: (Int) -> Bool) {
        for route in routes {
            guard route < best else { return }
            if accepts(route) { best = route }
        }
    }

    private func literalChild(of node: Int, path: Span<UInt8>, from start: Int, to end: Int) -> Int? {
        guard !nodes[node].literals.isEmpty else { return nil }
        var hash = SegmentHash()
        for index in start..<end {
            let byte = path[index]
            guard byte < 0x80, byte != UInt8(ascii: "%") else {
                return encodedLiteralChild(of: node, path: path, from: start, to: end)
            }
            hash.add(lowercasedASCII(byte))
        }
        return nodes[node].literals[hash.value]?.first { edge in
            guard edge.literal.count == end - start else { return false }
            for index in edge.literal.indices where edge.literal[index] != lowercasedASCII(path[start + index]) {
                return false
            }
            return true
        }?.node
    }

    /// The slow way, for a segment with escapes or letters beyond ASCII.
    private func encodedLiteralChild(of node: Int, path: Span<UInt8>, from start: Int, to end: Int) -> Int? {
        let bytes = (start..<end).map { path[$0] }
        let literal = Array(percentDecoded(bytes).lowercased().utf8)
        return nodes[node].literals[SegmentHash.of(literal)]?.first { $0.literal == literal }?.node
    }

    private mutating func note(_ index: Int, at node: Int) { nodes[node].first = min(nodes[node].first, index) }

    private mutating func child(of node: Int, for segment: RouteSegment) -> Int {
        guard let text = segment.literal else {
            if let child = nodes[node].wildcard { return child }
            nodes.append(Node())
            nodes[node].wildcard = nodes.count - 1
            return nodes.count - 1
        }
        let literal = Array(text.lowercased().utf8)
        let hash = SegmentHash.of(literal)
        if let edge = nodes[node].literals[hash]?.first(where: { $0.literal == literal }) { return edge.node }
        nodes.append(Node())
        nodes[node].literals[hash, default: []].append(Edge(literal: literal, node: nodes.count - 1))
        return nodes.count - 1
    }
}

/// The index behind the segment that begins at `start`.
func segmentEnd(of path: Span<UInt8>, from start: Int) -> Int {
    var end = start
    while end < path.count, path[end] != UInt8(ascii: "/") { end += 1 }
    return end
}

/// FNV-1a. The table's keys come from the app's own routes, so nobody can aim collisions at it.
private struct SegmentHash {
    private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

    mutating func add(_ byte: UInt8) { value = (value ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }

    static func of(_ bytes: [UInt8]) -> UInt64 {
        var hash = SegmentHash()
        for byte in bytes { hash.add(byte) }
        return hash.value
    }
}

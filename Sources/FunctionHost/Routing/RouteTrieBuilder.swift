/// Collects routes and lays them out as a ``RouteTrie``.
struct RouteTrieBuilder {
    private struct Edge: Hashable {
        var parent: Int
        var literal: [UInt8]
    }

    private struct Node {
        var wildcard: Int?
        var ends: [Int32] = []
        var catchAlls: [Int32] = []
        var first = Int32.max
    }

    private var nodes = [Node()]
    private var edges: [Edge: Int] = [:]

    /// Adds a route; `index` must exceed that of every route before it.
    mutating func insert(_ template: RouteTemplate, index: Int) {
        let route = Int32(index)
        var node = 0
        note(route, at: node)
        let segments = template.segments
        for (depth, segment) in segments.enumerated() {
            // The path may end before a tail of parameters that may all be absent.
            if segments[depth...].allSatisfy({ $0.parameter?.mayBeAbsent == true }) { nodes[node].ends.append(route) }
            if segment.parameter?.isCatchAll == true {
                nodes[node].catchAlls.append(route)
                return
            }
            node = child(of: node, for: segment)
            note(route, at: node)
        }
        nodes[node].ends.append(route)
    }

    /// The finished trie.
    func build() -> RouteTrie {
        var routes: [Int32] = []
        func range(_ list: [Int32]) -> Range<Int32> {
            routes += list
            return Int32(routes.count - list.count)..<Int32(routes.count)
        }
        var flat = nodes.map { node in
            RouteTrie.Node(
                wildcard: Int32(node.wildcard ?? -1),
                ends: range(node.ends),
                catchAlls: range(node.catchAlls),
                first: node.first
            )
        }
        for edge in edges.keys { flat[edge.parent].hasLiterals = true }
        let table = hashTable()
        return RouteTrie(nodes: flat, slots: table.slots, routes: routes, text: table.text)
    }

    private func hashTable() -> (slots: [RouteTrie.Slot], text: [UInt8]) {
        var size = 2
        while size < edges.count * 2 { size *= 2 }
        var slots = [RouteTrie.Slot](repeating: RouteTrie.Slot(), count: size)
        var text: [UInt8] = []
        for (edge, child) in edges {
            let parent = Int32(edge.parent)
            let hash = SegmentHash.of(edge.literal, parent: parent)
            var place = Int(truncatingIfNeeded: hash) & (size - 1)
            while slots[place].child >= 0 { place = (place + 1) & (size - 1) }
            text += edge.literal
            let literal = Int32(text.count - edge.literal.count)..<Int32(text.count)
            slots[place] = RouteTrie.Slot(hash: hash, parent: parent, child: Int32(child), literal: literal)
        }
        return (slots, text)
    }

    private mutating func note(_ route: Int32, at node: Int) { nodes[node].first = min(nodes[node].first, route) }

    private mutating func child(of node: Int, for segment: RouteSegment) -> Int {
        let edge = segment.literal.map { Edge(parent: node, literal: Array($0.lowercased().utf8)) }
        if let child = edge.map({ edges[$0] }) ?? nodes[node].wildcard { return child }
        let child = nodes.count
        nodes.append(Node())
        if let edge { edges[edge] = child } else { nodes[node].wildcard = child }
        return child
    }
}

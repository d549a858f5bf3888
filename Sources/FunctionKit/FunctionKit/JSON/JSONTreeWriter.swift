/// Writes a ``JSONTree`` as text: no white space, the members of objects in the order of their names' bytes, so that equal values have
/// equal texts. Of several members with one name the last counts.
struct JSONTreeWriter {
    private let tree: JSONTree
    private(set) var output: [UInt8] = []
    /// The members of the objects that are being written, of inner ones behind those of outer ones.
    private var members: [Int] = []
    private var depth = 0

    init(_ tree: JSONTree) { self.tree = tree }

    /// Writes the whole tree.
    ///
    /// - Throws: ``JSONTooDeep`` beyond ``JSONTree/depthMax``.
    mutating func write() throws(JSONTooDeep) {
        // Two quotes, a colon and a comma for most.
        output.reserveCapacity(tree.text.count + 4 * tree.nodes.count)
        try write(0)
    }

    private mutating func write(_ index: Int) throws(JSONTooDeep) {
        let node = tree.nodes[index]
        switch node.kind {
        case .scalar: output.append(contentsOf: tree.text[node.text])
        case .array:
            try nest { writer throws(JSONTooDeep) in try writer.writeArray(node) }
        case .object:
            try nest { writer throws(JSONTooDeep) in try writer.writeObject(node) }
        case .nothing, .absent: output.append(contentsOf: "{}".utf8)
        }
    }

    private mutating func nest(_ body: (inout Self) throws(JSONTooDeep) -> Void) throws(JSONTooDeep) {
        guard depth < JSONTree.depthMax else { throw JSONTooDeep() }
        depth += 1
        try body(&self)
        depth -= 1
    }

    private mutating func writeArray(_ array: JSONNode) throws(JSONTooDeep) {
        output.append(UInt8(ascii: "["))
        let start = output.count
        var next = array.first
        while let element = next {
            next = tree.nodes[element].following
            if tree.nodes[element].kind == .absent { continue }
            if output.count > start { output.append(UInt8(ascii: ",")) }
            try write(element)
        }
        output.append(UInt8(ascii: "]"))
    }

    private mutating func writeObject(_ object: JSONNode) throws(JSONTooDeep) {
        output.append(UInt8(ascii: "{"))
        let start = output.count
        let base = members.count
        listMembers(of: object)
        for place in base..<members.count {
            let member = members[place]
            if place + 1 < members.count, tree.order(member, members[place + 1]) == 0 { continue }
            if output.count > start { output.append(UInt8(ascii: ",")) }
            writeName(of: member)
            output.append(UInt8(ascii: ":"))
            try write(member)
        }
        members.removeSubrange(base...)
        output.append(UInt8(ascii: "}"))
    }

    /// Appends the members of an object to the list, in the order of their names and then of their coming.
    private mutating func listMembers(of object: JSONNode) {
        let base = members.count
        var isOrdered = true
        var next = object.first
        while let member = next {
            next = tree.nodes[member].following
            if tree.nodes[member].kind == .absent { continue }
            if members.count > base, tree.order(members[members.count - 1], member) > 0 { isOrdered = false }
            members.append(member)
        }
        if isOrdered { return }
        members[base...].sort { [tree] left, right in
            let order = tree.order(left, right)
            return order == 0 ? left < right : order < 0
        }
    }

    private mutating func writeName(of member: Int) {
        let range = tree.nodes[member].name
        tree.text.withUnsafeBufferPointer { appendJSONString(UnsafeBufferPointer(rebasing: $0[range]), to: &output) }
    }
}

/// A value has more arrays and objects within each other than ``JSONTree/depthMax``.
struct JSONTooDeep: Error {}

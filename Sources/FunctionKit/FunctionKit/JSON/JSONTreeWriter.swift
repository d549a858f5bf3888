import Glibc

/// Writes a ``JSONTree`` as text: no white space, the members of objects in the order of their names' bytes, so that equal values have
/// equal texts. Of several members with one name the last counts.
///
/// The output has room for ``bytesMax(_:)`` bytes: a value stands in one place at most, so each text is written once at most, with a
/// comma before each value and two brackets around those that are no scalars.
struct JSONTreeWriter: ~Copyable {
    // Those of a tree, which `write(_:)` keeps; nobody adds to it meanwhile.
    private let nodes: UnsafePointer<JSONNode>
    private let text: UnsafePointer<UInt8>
    private let textCount: Int
    private let output: UnsafeMutablePointer<UInt8>
    private var count = 0
    /// The members of the objects that are being written, of inner ones behind those of outer ones.
    private var members = GrowingBuffer<Member>(capacity: 32)
    private var depth = 0

    private struct Member: BitwiseCopyable {
        let node: Int
        /// The first eight bytes of its name as a number, of which the first byte counts most; zeros behind a shorter one.
        let beginning: UInt64
    }

    private init(_ tree: JSONTree, _ output: UnsafeMutablePointer<UInt8>) {
        nodes = UnsafePointer(tree.nodes.start)
        text = UnsafePointer(tree.text.start)
        textCount = tree.text.count
        self.output = output
    }

    /// The text of a tree.
    ///
    /// - Throws: ``JSONTooDeep`` beyond ``JSONTree/depthMax``.
    static func write(_ tree: JSONTree) throws -> [UInt8] {
        try [UInt8](unsafeUninitializedCapacity: bytesMax(tree)) { buffer, count in
            guard let address = buffer.baseAddress else { return }
            count = try withExtendedLifetime(tree) {
                var writer = JSONTreeWriter(tree, address)
                try writer.write(0)
                return writer.count
            }
        }
    }

    /// An escape makes six bytes of one; a name that has some also gets its quotes and colon here.
    private static func bytesMax(_ tree: JSONTree) -> Int {
        var brackets = 0
        for index in 0..<tree.nodes.count where tree.nodes[index].kind != .scalar { brackets += 2 }
        return tree.text.count + 5 * tree.escapedNameBytes + 3 * tree.escapedNames + tree.nodes.count + brackets
    }

    private mutating func put(_ byte: UInt8) {
        output[count] = byte
        count &+= 1
    }

    private mutating func put(_ range: Range<Int>) {
        memcpy(output + count, text + range.lowerBound, range.count)
        count &+= range.count
    }

    private mutating func write(_ index: Int) throws(JSONTooDeep) {
        let node = nodes[index]
        switch node.kind {
        case .scalar: put(node.text)
        case .array: try writeArray(node)
        case .object: try writeObject(node)
        case .nothing, .absent:
            put(UInt8(ascii: "{"))
            put(UInt8(ascii: "}"))
        }
    }

    private mutating func enter() throws(JSONTooDeep) {
        guard depth < JSONTree.depthMax else { throw JSONTooDeep() }
        depth += 1
    }

    private mutating func writeArray(_ array: JSONNode) throws(JSONTooDeep) {
        try enter()
        put(UInt8(ascii: "["))
        let start = count
        var next = array.first
        while let element = next {
            next = nodes[element].following
            if nodes[element].kind == .absent { continue }
            if count > start { put(UInt8(ascii: ",")) }
            try write(element)
        }
        put(UInt8(ascii: "]"))
        depth -= 1
    }

    private mutating func writeObject(_ object: JSONNode) throws(JSONTooDeep) {
        try enter()
        put(UInt8(ascii: "{"))
        let start = count
        let base = members.count
        listMembers(of: object)
        for place in base..<members.count {
            let member = members[place]
            if place + 1 < members.count, order(member, members[place + 1]) == 0 { continue }
            if count > start { put(UInt8(ascii: ",")) }
            try writeMember(member.node)
        }
        members.keepFirst(base)
        put(UInt8(ascii: "}"))
        depth -= 1
    }

    private mutating func writeMember(_ index: Int) throws(JSONTooDeep) {
        let node = nodes[index]
        guard !node.needsEscapes else {
            var name: [UInt8] = []
            appendJSONString(UnsafeBufferPointer(start: text + node.name.lowerBound, count: node.name.count), to: &name)
            memcpy(output + count, name, name.count)
            count &+= name.count
            put(UInt8(ascii: ":"))
            return try write(index)
        }
        let label = node.name.lowerBound - 1..<node.name.upperBound + 2
        // A scalar's text mostly stands right behind its name.
        if node.kind == .scalar, node.text.lowerBound == label.upperBound {
            return put(label.lowerBound..<node.text.upperBound)
        }
        put(label)
        try write(index)
    }

    /// Appends the members of an object to the list, in the order of their names and then of their coming.
    private mutating func listMembers(of object: JSONNode) {
        let base = members.count
        var isOrdered = true
        var next = object.first
        while let member = next {
            next = nodes[member].following
            if nodes[member].kind == .absent { continue }
            let named = Member(node: member, beginning: beginning(nodes[member].name))
            if members.count > base, order(members[members.count - 1], named) > 0 { isOrdered = false }
            members.append(named)
        }
        if !isOrdered { sort(from: base) }
    }

    /// The most members that are put in order by moving each to its place.
    private static let insertedMax = 24

    private mutating func sort(from base: Int) {
        guard members.count - base <= Self.insertedMax else {
            var unsorted = UnsafeMutableBufferPointer(start: members.start + base, count: members.count - base)
            return unsorted.sort { left, right in
                let order = order(left, right)
                return order == 0 ? left.node < right.node : order < 0
            }
        }
        for end in base + 1..<members.count {
            let member = members[end]
            var place = end
            while place > base, order(members[place - 1], member) > 0 {
                members[place] = members[place - 1]
                place -= 1
            }
            members[place] = member
        }
    }

    /// Below, at or above zero as the one name is before, the same as or behind the other.
    @inline(__always)
    private func order(_ left: Member, _ right: Member) -> Int {
        if left.beginning != right.beginning { return left.beginning < right.beginning ? -1 : 1 }
        return slowOrder(nodes[left.node].name, nodes[right.node].name)
    }

    /// The first bytes of a name, as ``Member/beginning`` has them.
    @inline(__always)
    private func beginning(_ name: Range<Int>) -> UInt64 {
        guard name.lowerBound &+ 8 <= textCount else { return shortBeginning(name) }
        let bytes = UInt64(bigEndian: UnsafeRawPointer(text + name.lowerBound).loadUnaligned(as: UInt64.self))
        return name.count >= 8 ? bytes : bytes & ~(UInt64.max &>> UInt64(8 &* name.count))
    }

    /// The same where eight bytes may not be there.
    private func shortBeginning(_ name: Range<Int>) -> UInt64 {
        var bytes: UInt64 = 0
        for offset in 0..<8 { bytes = bytes << 8 | UInt64(offset < name.count ? text[name.lowerBound + offset] : 0) }
        return bytes
    }

    @inline(never)
    private func slowOrder(_ left: Range<Int>, _ right: Range<Int>) -> Int {
        let order = memcmp(text + left.lowerBound, text + right.lowerBound, min(left.count, right.count))
        return order != 0 ? Int(order) : left.count - right.count
    }
}

/// A value has more arrays and objects within each other than ``JSONTree/depthMax``.
struct JSONTooDeep: Error {}

/// The values of a JSON text that is being put together: a record for each, in the order in which they came, and one buffer with
/// the texts of all names, strings and numbers.
///
/// A record stands where its value was asked for, not where it ends up: containers may be filled in turns.
final class JSONTree {
    /// The most arrays and objects around a value, as Foundation has it.
    static let depthMax = 511

    // One thread encodes, and no access spans another: the checks of overlapping accesses would cost a tenth of the time.
    @exclusivity(unchecked) private(set) var nodes = GrowingBuffer<JSONNode>(capacity: 64)
    /// Names with quotes and colon, and values as they are written; a name that needs escapes stands there as it is.
    @exclusivity(unchecked) private(set) var text = GrowingBuffer<UInt8>(capacity: 1024)
    /// The bytes of all names that need escapes.
    @exclusivity(unchecked) private(set) var escapedNameBytes = 0
    /// How many names need escapes.
    @exclusivity(unchecked) private(set) var escapedNames = 0
    /// Whether a value was encoded in two ways: as an object and an array, or twice by itself.
    @exclusivity(unchecked) private(set) var isMixed = false
    /// The containers that were asked for by name, so that the same one is found again.
    @exclusivity(unchecked) private var nested: [NestedName: Int] = [:]

    private struct NestedName: Hashable {
        var object: Int
        var name: String
    }

    init() { nodes.append(JSONNode()) }

    /// Adds a value that is nothing yet to an object.
    @inline(__always)
    func addMember(_ name: String, to object: Int) -> Int {
        let node = name.withBytes { utf8 in
            let start = text.count
            guard JSONPlainText.isPlain(utf8) else { return addOddName(utf8) }
            text.append(plain: utf8)
            text.append(UInt8(ascii: ":"))
            return JSONNode(name: start + 1..<start + 1 + utf8.count)
        }
        return add(node, to: object, .object)
    }

    /// Adds the bytes of a name that needs escapes.
    @inline(never)
    private func addOddName(_ name: UnsafeBufferPointer<UInt8>) -> JSONNode {
        let start = text.count
        for byte in name { text.append(byte) }
        escapedNameBytes += name.count
        escapedNames += 1
        var node = JSONNode(name: start..<text.count)
        node.needsEscapes = true
        return node
    }

    /// Adds a value that is nothing yet to an array.
    @inline(__always)
    func addElement(to array: Int) -> Int { add(JSONNode(), to: array, .array) }

    /// Adds a node behind the others of its container; to none, if that is not any more what it was when it was opened.
    @inline(__always)
    private func add(_ node: JSONNode, to container: Int, _ kind: JSONNode.Kind) -> Int {
        let index = nodes.count
        nodes.append(node)
        guard nodes[container].kind == kind else {
            noteMixture(nodes[container].kind)
            return index
        }
        if let last = nodes[container].append(index) { nodes[last].next = UInt32(truncatingIfNeeded: index) }
        return index
    }

    /// A value that failed, and that is not there, may be written to; it comes to nothing.
    @inline(never)
    private func noteMixture(_ kind: JSONNode.Kind) { if kind != .absent { isMixed = true } }

    /// Makes a value an array or an object, empty unless it is one already.
    func open(_ kind: JSONNode.Kind, _ node: Int) {
        switch nodes[node].kind {
        case kind: break
        case .nothing, .absent: nodes[node].become(kind)
        default: isMixed = true
        }
    }

    /// Makes a value the text that `write` appends.
    @inline(__always)
    func set(_ node: Int, _ write: (inout GrowingBuffer<UInt8>) -> Void) {
        let start = text.count
        write(&text)
        guard nodes[node].kind == .nothing || nodes[node].kind == .absent else { return isMixed = true }
        nodes[node].become(start..<text.count)
    }

    /// Makes a value a string.
    @inline(__always)
    func set(_ node: Int, to string: String) {
        set(node) { text in string.withBytes { text.append(quoted: $0) } }
    }

    /// Makes a value one that was never there.
    func remove(_ node: Int) { nodes[node].become(.absent) }

    /// Makes a value one that nothing was encoded for yet.
    func reset(_ node: Int) {
        nodes[node].become(.nothing)
        if !nested.isEmpty { nested = nested.filter { $0.key.object != node } }
    }

    /// The member of an object that is an array or an object itself: the same one for the same name.
    func container(_ kind: JSONNode.Kind, named name: String, in object: Int) -> Int {
        let key = NestedName(object: object, name: name)
        if let known = nested[key], nodes[known].kind == kind { return known }
        let member = addMember(name, to: object)
        nested[key] = member
        return member
    }

    /// How many values a container has.
    func count(of container: Int) -> Int {
        var count = 0
        var next = nodes[container].first
        while let child = next {
            if nodes[child].kind != .absent { count += 1 }
            next = nodes[child].following
        }
        return count
    }

    /// Bytes of the text, until something is added.
    @inline(__always)
    func bytes(_ range: Range<Int>) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: text.start + range.lowerBound, count: range.count)
    }

    /// Whether the whole is nothing.
    var isEmpty: Bool { nodes[0].kind == .nothing }
}

/// A value of a ``JSONTree``. 24 bytes.
struct JSONNode: BitwiseCopyable {
    enum Kind: UInt8, BitwiseCopyable {
        /// Could not be encoded: not there.
        case absent
        /// Encoded nothing: an empty object in the end.
        case nothing
        case scalar, array, object
    }

    private(set) var kind = Kind.nothing
    /// Whether its name cannot be written as it is.
    var needsEscapes = false
    private let nameStart: UInt32
    private let nameLength: UInt32
    /// The value behind it in its container; 0, which is the whole, for none.
    var next: UInt32 = 0
    /// A scalar's text; the first and last value of a container, 0 for none.
    private var bounds: (UInt32, UInt32) = (0, 0)

    @inline(__always)
    init(name: Range<Int> = 0..<0) {
        nameStart = UInt32(truncatingIfNeeded: name.lowerBound)
        nameLength = UInt32(truncatingIfNeeded: name.count)
    }

    @inline(__always)
    var name: Range<Int> { Int(nameStart)..<Int(nameStart) &+ Int(nameLength) }
    /// The text of a scalar.
    @inline(__always)
    var text: Range<Int> { Int(bounds.0)..<Int(bounds.1) }
    /// The first value of a container.
    @inline(__always)
    var first: Int? { (kind == .array || kind == .object) && bounds.0 != 0 ? Int(bounds.0) : nil }
    /// The value behind this one.
    @inline(__always)
    var following: Int? { next == 0 ? nil : Int(next) }

    /// Adds a value to a container, and gives the one that was its last.
    @inline(__always)
    mutating func append(_ child: Int) -> Int? {
        let child = UInt32(truncatingIfNeeded: child)
        guard bounds.0 != 0 else {
            bounds = (child, child)
            return nil
        }
        defer { bounds.1 = child }
        return Int(bounds.1)
    }

    mutating func become(_ kind: Kind) { (self.kind, bounds) = (kind, (0, 0)) }

    @inline(__always)
    mutating func become(_ text: Range<Int>) {
        kind = .scalar
        bounds = (UInt32(truncatingIfNeeded: text.lowerBound), UInt32(truncatingIfNeeded: text.upperBound))
    }
}

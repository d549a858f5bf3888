/// The values of a JSON text that is being put together: a record for each, in the order in which they came, and one buffer with
/// the texts of all names, strings and numbers.
///
/// A record stands where its value was asked for, not where it ends up: containers may be filled in turns.
final class JSONTree {
    /// The most arrays and objects around a value, as Foundation has it.
    static let depthMax = 511

    // One thread encodes, and no access spans another: the checks of overlapping accesses would cost a tenth of the time.
    @exclusivity(unchecked) private(set) var nodes: [JSONNode] = []
    /// Names as they are, values as they are written.
    @exclusivity(unchecked) private(set) var text: [UInt8] = []

    init() {
        nodes.reserveCapacity(32)
        text.reserveCapacity(512)
        nodes.append(JSONNode(name: 0..<0))
    }

    /// Adds a value that is nothing yet to an object.
    @inline(__always)
    func addMember(_ name: String, to object: Int) -> Int {
        let start = text.count
        text.append(contentsOf: name.utf8)
        return add(JSONNode(name: start..<text.count), to: object)
    }

    /// Adds a value that is nothing yet to an array.
    @inline(__always)
    func addElement(to array: Int) -> Int { add(JSONNode(name: 0..<0), to: array) }

    @inline(__always)
    private func add(_ node: JSONNode, to container: Int) -> Int {
        let index = nodes.count
        nodes.append(node)
        if let last = nodes[container].append(index) { nodes[last].next = UInt32(truncatingIfNeeded: index) }
        return index
    }

    /// Makes a value an array or an object, empty unless it is one already.
    func open(_ kind: JSONNode.Kind, _ node: Int) {
        if nodes[node].kind != kind { nodes[node].become(kind) }
    }

    /// Makes a value the text that `write` appends.
    @inline(__always)
    func set(_ node: Int, _ write: (inout [UInt8]) -> Void) {
        let start = text.count
        write(&text)
        nodes[node].become(start..<text.count)
    }

    /// Makes a value one that was never there.
    func remove(_ node: Int) { nodes[node].become(.absent) }

    /// The member of a name that is an array or an object already, the last if there are several.
    func container(_ kind: JSONNode.Kind, named name: String, in object: Int) -> Int? {
        var result: Int?
        for child in children(of: object)
        where nodes[child].kind == kind && text[nodes[child].name].elementsEqual(name.utf8) {
            result = child
        }
        return result
    }

    /// The values in a container.
    func children(of container: Int) -> some Sequence<Int> {
        sequence(state: nodes[container].first) { [self] next in
            guard let child = next else { return nil }
            next = nodes[child].following
            return child
        }
    }

    /// Below, at or above zero as the one name is before, the same as or behind the other.
    func order(_ left: Int, _ right: Int) -> Int {
        let (left, right) = (nodes[left].name, nodes[right].name)
        return text.withUnsafeBufferPointer { text in
            for offset in 0..<min(left.count, right.count) {
                let (one, other) = (text[left.lowerBound + offset], text[right.lowerBound + offset])
                if one != other { return Int(one) - Int(other) }
            }
            return left.count - right.count
        }
    }

    /// Whether the whole is nothing.
    var isEmpty: Bool { nodes[0].kind == .nothing }
}

/// A value of a ``JSONTree``. 24 bytes.
struct JSONNode {
    enum Kind: UInt8 {
        /// Could not be encoded: not there.
        case absent
        /// Encoded nothing: an empty object in the end.
        case nothing
        case scalar, array, object
    }

    private(set) var kind = Kind.nothing
    private let nameStart: UInt32
    private let nameLength: UInt32
    /// The value behind it in its container; 0, which is the whole, for none.
    var next: UInt32 = 0
    /// A scalar's text; the first and last value of a container, 0 for none.
    private var bounds: (UInt32, UInt32) = (0, 0)

    @inline(__always)
    init(name: Range<Int>) {
        nameStart = UInt32(truncatingIfNeeded: name.lowerBound)
        nameLength = UInt32(truncatingIfNeeded: name.count)
    }

    var name: Range<Int> { Int(nameStart)..<Int(nameStart) + Int(nameLength) }
    /// The text of a scalar.
    var text: Range<Int> { Int(bounds.0)..<Int(bounds.1) }
    /// The first value of a container.
    var first: Int? { bounds.0 == 0 ? nil : Int(bounds.0) }
    /// The value behind this one.
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

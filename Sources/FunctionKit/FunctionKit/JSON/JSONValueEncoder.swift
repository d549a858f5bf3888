import FoundationEssentials

/// An `Encoder` into a ``JSONTree``; it behaves as Foundation's with its default strategies.
///
/// One object serves all values of a text: it moves to a value while that encodes and back afterwards. A container remembers its
/// own value and serves for as long as it is kept; the path in its errors is right while the value that made it encodes.
final class JSONValueEncoder: Encoder {
    let tree: JSONTree
    // One thread encodes, and no access spans another: the checks of overlapping accesses would cost a tenth of the time.
    /// The node of the value that is being encoded.
    @exclusivity(unchecked) private(set) var current: Int
    /// The keys that lead to it.
    @exclusivity(unchecked) private(set) var path: [any CodingKey]

    /// The containers that were made.
    @exclusivity(unchecked) private var kept = KeptContainers<JSONValueEncoder>()

    init(_ tree: JSONTree, at node: Int = 0, path: [any CodingKey] = []) {
        (self.tree, current, self.path) = (tree, node, path)
    }

    /// Keeps containers until ``end()``, which is to be called in any case.
    func begin() { if Self.canKeep { kept.begin() } }

    private static let canKeep = isOneReference(KeyedEncodingContainer<JSONCodingKey>.self)

    /// Lets go of what refers to the encoder and is not in use; called when the whole value has been encoded.
    func end() { kept.end() }

    var codingPath: [any CodingKey] { path }
    var userInfo: [CodingUserInfoKey: Any] { [:] }
    /// The place of a container of the value that is being encoded.
    private var place: CodingPlace { CodingPlace(depth: path.count) }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        keyedContainer(in: current, place)
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer { unkeyedContainer(in: current, place) }

    func singleValueContainer() -> any SingleValueEncodingContainer { self }

    /// The members of an object.
    func keyedContainer<Key: CodingKey>(in node: Int, _ place: CodingPlace) -> KeyedEncodingContainer<Key> {
        tree.open(.object, node)
        let key = KeyConformance(Key.self)
        if let entry = kept.move(key, to: node, place) { return entry.container() }
        return kept.newContainer(key, KeyedStand(self, node, place), ContainerMakers.encoding) {
            Self.making(KeyedJSONEncoding<Key>.self)
        }
    }

    // Not inlined where `Members` is known by its parts only, from which its metadata would be looked up at each call.
    @inline(never)
    private static func making<Members: KeyedEncodingContainerProtocol & MembersOnStand<JSONValueEncoder>>(
        _ type: Members.Type
    ) -> (KeyedStand<JSONValueEncoder>) -> KeyedEncodingContainer<Members.Key> {
        { KeyedEncodingContainer(Members($0)) }
    }

    /// The elements of an array.
    func unkeyedContainer(in node: Int, _ place: CodingPlace) -> any UnkeyedEncodingContainer {
        tree.open(.array, node)
        return UnkeyedJSONEncoding(encoder: self, array: node, place: place)
    }

    /// Encodes a value of any type into a node below a container; the node is not there if that fails.
    func encode(_ value: some Encodable, in node: Int, below place: CodingPlace, _ key: some CodingKey) throws {
        let outer = current
        current = node
        defer { current = outer }
        guard place.nested == nil, path.count == place.depth else {
            // A container that is used outside its turn, or a nested one.
            let outerPath = path
            path = place.path(in: path, key)
            defer { path = outerPath }
            return try encodeOrRemove(value)
        }
        path.append(key)
        defer { path.removeLast() }
        try encodeOrRemove(value)
    }

    private func encodeOrRemove(_ value: some Encodable) throws {
        let node = current
        do {
            try encodeCurrent(value)
        } catch {
            tree.remove(node)
            throw error
        }
    }

    /// Encodes a value into the node that the encoder is at.
    func encodeCurrent<Value: Encodable>(_ value: Value) throws {
        if Value.self == String.self, let text = value as? String {
            return tree.set(current, to: text)
        }
        if Value.self == Date.self || Value.self == Data.self || Value.self == URL.self || Value.self == Decimal.self {
            return try encodeFoundationType(value)
        }
        try value.encode(to: self)
    }

    /// Encodes a `Date` (seconds since 2001), `Data` (base64), `URL` (its text) or `Decimal` (a number).
    private func encodeFoundationType(_ value: some Encodable) throws {
        switch value {
        case let data as Data: try encode(data.base64EncodedString())
        case let url as URL: try encode(url.absoluteString)
        case let decimal as Decimal: tree.set(current) { $0.append(utf8: decimal.description) }
        default: try value.encode(to: self)
        }
    }

    /// The encoder that a type's superclass gets, which is independent of this one.
    func superEncoder(at node: Int, _ place: CodingPlace, _ key: some CodingKey) -> JSONValueEncoder {
        JSONValueEncoder(tree, at: node, path: place.path(in: path, key))
    }
}

import FoundationEssentials

/// A `Decoder` over the tokens of one JSON text; it behaves as Foundation's with its default strategies.
///
/// One object serves all values of a text: it moves to a value while that decodes and back afterwards. A container remembers its
/// own value and serves for as long as it is kept; the path in its errors is right while the value that made it decodes.
final class JSONValueDecoder: Decoder {
    /// The position of the last member that was looked up, so that the next one is found at once.
    struct Cursor {
        /// An object whose names are plain ASCII, each there once; -1 for none.
        var object = -1
        /// The token of the name behind that member's, which is one.
        var name = 0
    }

    let document: JSONDocument
    /// Its tokens.
    private let tokens: UnsafePointer<JSONToken>
    // One thread decodes, and no access spans another: the checks of overlapping accesses would cost a tenth of the time.
    /// The token of the value that is being decoded.
    @exclusivity(unchecked) private(set) var current: Int
    /// The keys that lead to it.
    @exclusivity(unchecked) private(set) var path: [any CodingKey]
    @exclusivity(unchecked) var cursor = Cursor()
    /// The values by name of the objects that were too large or too odd to be searched.
    @exclusivity(unchecked) var indexes: [Int: [String: Int]] = [:]

    /// The containers that were made.
    @exclusivity(unchecked) private var kept = KeptContainers<JSONValueDecoder>()

    init(_ document: JSONDocument, at value: Int = 0, path: [any CodingKey] = []) {
        (self.document, current, self.path) = (document, value, path)
        tokens = UnsafePointer(document.tokens.start)
    }

    /// A token of the document, which lives as long as the decoder does.
    @inline(__always)
    func token(_ index: Int) -> JSONToken {
        assert(index >= 0 && index < document.tokens.count)
        return tokens[index]
    }

    /// The token behind a value.
    @inline(__always)
    func end(of value: Int) -> Int {
        let token = self.token(value)
        return token.kind == .array || token.kind == .object ? token.end : value + 1
    }

    /// Keeps containers until ``end()``, which is to be called in any case.
    func begin() { if Self.canKeep { kept.begin() } }

    private static let canKeep = isOneReference(KeyedDecodingContainer<JSONCodingKey>.self)

    /// Lets go of what refers to the decoder and is not in use; called when the text's value has been decoded.
    func end() { kept.end() }

    var codingPath: [any CodingKey] { path }
    var userInfo: [CodingUserInfoKey: Any] { [:] }
    /// The place of a container of the value that is being decoded.
    var place: CodingPlace { CodingPlace(depth: path.count) }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        try keyedContainer(of: current, place)
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer { try unkeyedContainer(of: current, place) }

    func singleValueContainer() throws -> any SingleValueDecodingContainer { self }

    /// The members of an object.
    func keyedContainer<Key: CodingKey>(of value: Int, _ place: CodingPlace) throws -> KeyedDecodingContainer<Key> {
        let token = self.token(value)
        guard token.kind == .object else { throw noContainer([String: Any].self, token, place) }
        if token.traits.contains(.unusual) { try readNames(of: value) }
        expectFirst(of: value, token)
        let key = KeyConformance(Key.self)
        if let entry = kept.move(key, to: value, place) { return entry.container() }
        return kept.newContainer(key, KeyedStand(self, value, place), ContainerMakers.decoding) {
            Self.making(KeyedJSONDecoding<Key>.self)
        }
    }

    // Not inlined where `Members` is known by its parts only, from which its metadata would be looked up at each call.
    @inline(never)
    private static func making<Members: KeyedDecodingContainerProtocol & MembersOnStand<JSONValueDecoder>>(
        _ type: Members.Type
    ) -> (KeyedStand<JSONValueDecoder>) -> KeyedDecodingContainer<Members.Key> {
        { KeyedDecodingContainer(Members($0)) }
    }

    /// The elements of an array.
    func unkeyedContainer(of value: Int, _ place: CodingPlace) throws -> any UnkeyedDecodingContainer {
        let token = self.token(value)
        guard token.kind == .array else { throw noContainer([Any].self, token, place) }
        return UnkeyedJSONDecoding(decoder: self, array: value, place: place)
    }

    private func noContainer(_ type: Any.Type, _ token: JSONToken, _ place: CodingPlace) -> DecodingError {
        let failure: JSONValueFailure = token.kind == .null ? .null : .mismatch
        return failure.decodingError(type, token.kind, place.path(in: path))
    }

    /// Decodes a value of any type below a container.
    func decode<Value: Decodable>(
        _ type: Value.Type,
        at value: Int,
        below place: CodingPlace,
        _ key: some CodingKey
    ) throws -> Value {
        let cursor = cursor
        guard place.nested == nil, path.count == place.depth else {
            // A container that is used outside its turn, or a nested one.
            let (outer, value) = ((path, current), value)
            (path, current) = (place.path(in: path, key), value)
            defer { (path, current, self.cursor) = (outer.0, outer.1, cursor) }
            return try decodeCurrent(type)
        }
        let outer = current
        path.append(key)
        current = value
        defer {
            path.removeLast()
            (current, self.cursor) = (outer, cursor)
        }
        return try decodeCurrent(type)
    }

    /// Decodes the value that the decoder is at.
    func decodeCurrent<Value: Decodable>(_ type: Value.Type) throws -> Value {
        if type == String.self { return try sameType(decode(String.self)) }
        if type == Date.self || type == Data.self || type == URL.self || type == Decimal.self {
            return try decodeFoundationType()
        }
        if let array = arrayType(type) { return try decodeArray(array) }
        return try type.init(from: self)
    }

    /// A value whose type is known to be the one that is asked for.
    func sameType<Known, Value>(_ known: Known) throws -> Value {
        guard let value = known as? Value else { throw JSONMalformed() }
        return value
    }

    /// The decoder that a type's superclass gets, which is independent of this one.
    func superDecoder(at value: Int, _ place: CodingPlace, _ key: some CodingKey) -> JSONValueDecoder {
        JSONValueDecoder(document, at: value, path: place.path(in: path, key))
    }
}

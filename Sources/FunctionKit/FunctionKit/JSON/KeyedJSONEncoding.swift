/// The members of a JSON object that is being put together.
struct KeyedJSONEncoding<Key: CodingKey>: KeyedEncodingContainerProtocol, MembersOnStand {
    private let stand: KeyedStand<JSONValueEncoder>

    init(_ stand: KeyedStand<JSONValueEncoder>) { self.stand = stand }

    private var encoder: JSONValueEncoder { stand.withCoder { $0 } }
    private var place: CodingPlace { stand.place }

    var codingPath: [any CodingKey] { place.path(in: encoder.path) }

    /// A new member.
    private func member(_ key: some CodingKey) -> Int { encoder.tree.addMember(key.stringValue, to: stand.object) }

    /// The member of a key that is a container of this kind already, or a new one.
    private func member(_ key: Key, _ kind: JSONNode.Kind) -> Int {
        encoder.tree.container(kind, named: key.stringValue, in: stand.object)
    }

    /// Adds a member, and makes it something.
    @inline(__always)
    private func add(_ key: Key, _ set: (JSONValueEncoder, Int) throws -> Void) rethrows {
        try stand.withCoder { encoder in
            try set(encoder, encoder.tree.addMember(key.stringValue, to: stand.object))
        }
    }

    func encodeNil(forKey key: Key) throws { add(key) { $0.setNil($1) } }

    func encode<Value: Encodable>(_ value: Value, forKey key: Key) throws {
        try add(key) { try $0.encode(value, in: $1, below: place, key) }
    }

    func nestedContainer<NestedKey: CodingKey>(
        keyedBy type: NestedKey.Type,
        forKey key: Key
    ) -> KeyedEncodingContainer<NestedKey> {
        encoder.keyedContainer(in: member(key, .object), place.below(key))
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        encoder.unkeyedContainer(in: member(key, .array), place.below(key))
    }

    func superEncoder() -> any Encoder { superEncoder(below: JSONCodingKey.super) }

    func superEncoder(forKey key: Key) -> any Encoder { superEncoder(below: key) }

    private func superEncoder(below key: some CodingKey) -> any Encoder {
        encoder.superEncoder(at: member(key), place, key)
    }

    func encode(_ value: Bool, forKey key: Key) throws { add(key) { $0.set($1, value) } }
    func encode(_ value: String, forKey key: Key) throws { add(key) { $0.set($1, value) } }
    func encode(_ value: Double, forKey key: Key) throws {
        try add(key) { encoder, node in try encoder.set(node, value) { place.path(in: encoder.path, key) } }
    }
    func encode(_ value: Float, forKey key: Key) throws {
        try add(key) { encoder, node in try encoder.set(node, value) { place.path(in: encoder.path, key) } }
    }
    func encode(_ value: Int, forKey key: Key) throws { add(key) { $0.set($1, value) } }
    func encode(_ value: Int8, forKey key: Key) throws { add(key) { $0.set($1, value) } }
    func encode(_ value: Int16, forKey key: Key) throws { add(key) { $0.set($1, value) } }
    func encode(_ value: Int32, forKey key: Key) throws { add(key) { $0.set($1, value) } }
    func encode(_ value: Int64, forKey key: Key) throws { add(key) { $0.set($1, value) } }
    func encode(_ value: UInt, forKey key: Key) throws { add(key) { $0.set($1, value) } }
    func encode(_ value: UInt8, forKey key: Key) throws { add(key) { $0.set($1, value) } }
    func encode(_ value: UInt16, forKey key: Key) throws { add(key) { $0.set($1, value) } }
    func encode(_ value: UInt32, forKey key: Key) throws { add(key) { $0.set($1, value) } }
    func encode(_ value: UInt64, forKey key: Key) throws { add(key) { $0.set($1, value) } }
    func encode(_ value: Int128, forKey key: Key) throws { add(key) { $0.set($1, value) } }
    func encode(_ value: UInt128, forKey key: Key) throws { add(key) { $0.set($1, value) } }
}

/// The members of a JSON object that is being put together.
struct KeyedJSONEncoding<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let encoder: JSONValueEncoder
    let object: Int
    let place: CodingPlace

    var codingPath: [any CodingKey] { place.path(in: encoder.path) }

    /// A new member.
    @inline(__always)
    private func member(_ key: some CodingKey) -> Int { encoder.tree.addMember(key.stringValue, to: object) }

    /// The member of a key that is a container of this kind already, or a new one.
    private func member(_ key: Key, _ kind: JSONNode.Kind) -> Int {
        encoder.tree.container(kind, named: key.stringValue, in: object)
    }

    func encodeNil(forKey key: Key) throws { encoder.setNil(member(key)) }

    func encode<Value: Encodable>(_ value: Value, forKey key: Key) throws {
        try encoder.encode(value, in: member(key), below: place, key)
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

    func encode(_ value: Bool, forKey key: Key) throws { encoder.set(member(key), value) }
    func encode(_ value: String, forKey key: Key) throws { encoder.set(member(key), value) }
    func encode(_ value: Double, forKey key: Key) throws {
        try encoder.set(member(key), value) { place.path(in: encoder.path, key) }
    }
    func encode(_ value: Float, forKey key: Key) throws {
        try encoder.set(member(key), value) { place.path(in: encoder.path, key) }
    }
    func encode(_ value: Int, forKey key: Key) throws { encoder.set(member(key), value) }
    func encode(_ value: Int8, forKey key: Key) throws { encoder.set(member(key), value) }
    func encode(_ value: Int16, forKey key: Key) throws { encoder.set(member(key), value) }
    func encode(_ value: Int32, forKey key: Key) throws { encoder.set(member(key), value) }
    func encode(_ value: Int64, forKey key: Key) throws { encoder.set(member(key), value) }
    func encode(_ value: UInt, forKey key: Key) throws { encoder.set(member(key), value) }
    func encode(_ value: UInt8, forKey key: Key) throws { encoder.set(member(key), value) }
    func encode(_ value: UInt16, forKey key: Key) throws { encoder.set(member(key), value) }
    func encode(_ value: UInt32, forKey key: Key) throws { encoder.set(member(key), value) }
    func encode(_ value: UInt64, forKey key: Key) throws { encoder.set(member(key), value) }
    func encode(_ value: Int128, forKey key: Key) throws { encoder.set(member(key), value) }
    func encode(_ value: UInt128, forKey key: Key) throws { encoder.set(member(key), value) }
}

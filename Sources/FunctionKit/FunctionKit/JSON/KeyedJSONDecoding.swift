/// The members of a JSON object, by name.
struct KeyedJSONDecoding<Key: CodingKey>: KeyedDecodingContainerProtocol, MembersOnStand {
    private let stand: KeyedStand<JSONValueDecoder>

    init(_ stand: KeyedStand<JSONValueDecoder>) { self.stand = stand }

    private var decoder: JSONValueDecoder { stand.withCoder { $0 } }
    private var object: Int { stand.object }
    private var place: CodingPlace { stand.place }

    var codingPath: [any CodingKey] { place.path(in: decoder.path) }
    /// The keys that the type has for the names, in the order of the text.
    var allKeys: [Key] { decoder.names(of: object).compactMap { Key(stringValue: $0) } }

    func contains(_ key: Key) -> Bool { decoder.value(named: key.stringValue, in: object) != nil }

    /// The value of a member.
    @inline(__always)
    private func value(_ key: Key) throws -> Int {
        if let value = stand.withCoder({ $0.value(named: key.stringValue, in: object) }) { return value }
        throw notFound(key)
    }

    @inline(never)
    private func notFound(_ key: Key) -> DecodingError {
        let words = "No value associated with key \(key) (\"\(key.stringValue)\")."
        return .keyNotFound(key, DecodingError.Context(codingPath: codingPath, debugDescription: words))
    }

    /// The value of a member; nil when there is none, or null.
    @inline(__always)
    private func valueIfPresent(_ key: Key) -> Int? {
        stand.withCoder { decoder in
            guard let value = decoder.value(named: key.stringValue, in: object) else { return nil }
            return decoder.isNull(value) ? nil : value
        }
    }

    /// Reads a value, or says why it cannot be read.
    @inline(__always)
    private func read<Value>(
        _ key: Key,
        _ value: Int,
        _ body: (Int) throws(JSONValueFailure) -> Value
    ) throws -> Value {
        do throws(JSONValueFailure) {
            return try body(value)
        } catch {
            throw failure(error, Value.self, key, value)
        }
    }

    @inline(never)
    private func failure(_ failure: JSONValueFailure, _ type: Any.Type, _ key: Key, _ value: Int) -> any Error {
        failure.error(type, decoder.token(value).kind, place.path(in: decoder.path, key))
    }

    @inline(__always)
    private func integer<Value: FixedWidthInteger & Decodable>(_ key: Key, _ value: Int) throws -> Value {
        if let quick = stand.withCoder({ $0.quickInteger(value, Value.self) }) { return quick }
        return try read(key, value) { value throws(JSONValueFailure) in try decoder.integer(value, Value.self) }
    }

    @inline(__always)
    private func integerIfPresent<Value: FixedWidthInteger & Decodable>(_ key: Key) throws -> Value? {
        guard let value = valueIfPresent(key) else { return nil }
        return try integer(key, value)
    }

    @inline(__always)
    private func string(_ key: Key, _ value: Int) throws -> String {
        if let quick = stand.withCoder({ $0.quickString(value) }) { return quick }
        return try read(key, value) { value throws(JSONValueFailure) in try decoder.string(value) }
    }

    func decodeNil(forKey key: Key) throws -> Bool { decoder.isNull(try value(key)) }

    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
        try decoder.decode(type, at: try value(key), below: place, key)
    }

    func decodeIfPresent<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value? {
        guard let value = valueIfPresent(key) else { return nil }
        return try decoder.decode(type, at: value, below: place, key)
    }

    func nestedContainer<NestedKey: CodingKey>(
        keyedBy type: NestedKey.Type,
        forKey key: Key
    ) throws -> KeyedDecodingContainer<NestedKey> {
        try decoder.keyedContainer(of: try value(key), place.below(key))
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        try decoder.unkeyedContainer(of: try value(key), place.below(key))
    }

    func superDecoder() throws -> any Decoder { superDecoder(below: JSONCodingKey.super) }

    func superDecoder(forKey key: Key) throws -> any Decoder { superDecoder(below: key) }

    /// A decoder of a member, or of null when there is none.
    private func superDecoder(below key: some CodingKey) -> any Decoder {
        let value = decoder.value(named: key.stringValue, in: object) ?? decoder.document.absent
        return decoder.superDecoder(at: value, place, key)
    }

    func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool {
        try read(key, try value(key)) { value throws(JSONValueFailure) in try decoder.bool(value) }
    }

    func decodeIfPresent(_ type: Bool.Type, forKey key: Key) throws -> Bool? {
        guard let value = valueIfPresent(key) else { return nil }
        return try read(key, value) { value throws(JSONValueFailure) in try decoder.bool(value) }
    }

    func decode(_ type: String.Type, forKey key: Key) throws -> String {
        try string(key, try value(key))
    }

    func decodeIfPresent(_ type: String.Type, forKey key: Key) throws -> String? {
        guard let value = valueIfPresent(key) else { return nil }
        return try string(key, value)
    }

    func decode(_ type: Double.Type, forKey key: Key) throws -> Double {
        try read(key, try value(key)) { value throws(JSONValueFailure) in try decoder.double(value) }
    }

    func decodeIfPresent(_ type: Double.Type, forKey key: Key) throws -> Double? {
        guard let value = valueIfPresent(key) else { return nil }
        return try read(key, value) { value throws(JSONValueFailure) in try decoder.double(value) }
    }

    func decode(_ type: Float.Type, forKey key: Key) throws -> Float {
        try read(key, try value(key)) { value throws(JSONValueFailure) in try decoder.float(value) }
    }

    func decodeIfPresent(_ type: Float.Type, forKey key: Key) throws -> Float? {
        guard let value = valueIfPresent(key) else { return nil }
        return try read(key, value) { value throws(JSONValueFailure) in try decoder.float(value) }
    }
}

// Each width has its own requirement, so that none goes through `init(from:)`.
extension KeyedJSONDecoding {
    func decode(_ type: Int.Type, forKey key: Key) throws -> Int { try integer(key, try value(key)) }
    func decodeIfPresent(_ type: Int.Type, forKey key: Key) throws -> Int? { try integerIfPresent(key) }
    func decode(_ type: Int8.Type, forKey key: Key) throws -> Int8 { try integer(key, try value(key)) }
    func decodeIfPresent(_ type: Int8.Type, forKey key: Key) throws -> Int8? { try integerIfPresent(key) }
    func decode(_ type: Int16.Type, forKey key: Key) throws -> Int16 { try integer(key, try value(key)) }
    func decodeIfPresent(_ type: Int16.Type, forKey key: Key) throws -> Int16? { try integerIfPresent(key) }
    func decode(_ type: Int32.Type, forKey key: Key) throws -> Int32 { try integer(key, try value(key)) }
    func decodeIfPresent(_ type: Int32.Type, forKey key: Key) throws -> Int32? { try integerIfPresent(key) }
    func decode(_ type: Int64.Type, forKey key: Key) throws -> Int64 { try integer(key, try value(key)) }
    func decodeIfPresent(_ type: Int64.Type, forKey key: Key) throws -> Int64? { try integerIfPresent(key) }
    func decode(_ type: UInt.Type, forKey key: Key) throws -> UInt { try integer(key, try value(key)) }
    func decodeIfPresent(_ type: UInt.Type, forKey key: Key) throws -> UInt? { try integerIfPresent(key) }
    func decode(_ type: UInt8.Type, forKey key: Key) throws -> UInt8 { try integer(key, try value(key)) }
    func decodeIfPresent(_ type: UInt8.Type, forKey key: Key) throws -> UInt8? { try integerIfPresent(key) }
    func decode(_ type: UInt16.Type, forKey key: Key) throws -> UInt16 { try integer(key, try value(key)) }
    func decodeIfPresent(_ type: UInt16.Type, forKey key: Key) throws -> UInt16? { try integerIfPresent(key) }
    func decode(_ type: UInt32.Type, forKey key: Key) throws -> UInt32 { try integer(key, try value(key)) }
    func decodeIfPresent(_ type: UInt32.Type, forKey key: Key) throws -> UInt32? { try integerIfPresent(key) }
    func decode(_ type: UInt64.Type, forKey key: Key) throws -> UInt64 { try integer(key, try value(key)) }
    func decodeIfPresent(_ type: UInt64.Type, forKey key: Key) throws -> UInt64? { try integerIfPresent(key) }
    func decode(_ type: Int128.Type, forKey key: Key) throws -> Int128 { try integer(key, try value(key)) }
    func decodeIfPresent(_ type: Int128.Type, forKey key: Key) throws -> Int128? { try integerIfPresent(key) }
    func decode(_ type: UInt128.Type, forKey key: Key) throws -> UInt128 { try integer(key, try value(key)) }
    func decodeIfPresent(_ type: UInt128.Type, forKey key: Key) throws -> UInt128? { try integerIfPresent(key) }
}

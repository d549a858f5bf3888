/// The elements of a JSON array, one after another.
struct UnkeyedJSONDecoding: UnkeyedDecodingContainer {
    private let decoder: JSONValueDecoder
    private let place: CodingPlace
    private let elements: Int
    /// The token of the next element.
    private var next: Int
    private(set) var currentIndex = 0

    init(decoder: JSONValueDecoder, array: Int, place: CodingPlace) {
        (self.decoder, self.place, next) = (decoder, place, array + 1)
        elements = decoder.token(array).count
    }

    var codingPath: [any CodingKey] { place.path(in: decoder.path) }
    var count: Int? { elements }
    var isAtEnd: Bool { currentIndex >= elements }

    /// The next element.
    private func value<Value>(for type: Value.Type) throws -> Int {
        guard isAtEnd else { return next }
        let words = "Unkeyed container is at end."
        throw DecodingError.valueNotFound(
            type,
            DecodingError.Context(
                codingPath: place.path(in: decoder.path, JSONCodingKey.index(currentIndex)),
                debugDescription: words
            )
        )
    }

    /// The next element; nil, and past it, at the end or for a null.
    private mutating func valueIfPresent() -> Int? {
        if !isAtEnd, !decoder.isNull(next) { return next }
        advance()
        return nil
    }

    @inline(__always)
    private mutating func advance() {
        if !isAtEnd { next = decoder.end(of: next) }
        currentIndex += 1
    }

    /// Reads an element and goes on behind it, or stays and says why it cannot be read.
    @inline(__always)
    private mutating func read<Value>(
        _ value: Int,
        _ body: (Int) throws(JSONValueFailure) -> Value
    ) throws -> Value {
        do throws(JSONValueFailure) {
            let result = try body(value)
            advance()
            return result
        } catch {
            let path = place.path(in: decoder.path, JSONCodingKey.index(currentIndex))
            throw error.error(Value.self, decoder.token(value).kind, path)
        }
    }

    @inline(__always)
    private mutating func integer<Value: FixedWidthInteger & Decodable>(_ value: Int) throws -> Value {
        let decoder = decoder
        return try read(value) { value throws(JSONValueFailure) in try decoder.integer(value, Value.self) }
    }

    @inline(__always)
    private mutating func integerIfPresent<Value: FixedWidthInteger & Decodable>() throws -> Value? {
        guard let value = valueIfPresent() else { return nil }
        return try integer(value)
    }

    mutating func decodeNil() throws -> Bool {
        let isNull = decoder.isNull(try value(for: Never.self))
        if isNull { advance() }
        return isNull
    }

    mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        let result = try decoder.decode(type, at: try value(for: type), below: place, JSONCodingKey.index(currentIndex))
        advance()
        return result
    }

    mutating func decodeIfPresent<Value: Decodable>(_ type: Value.Type) throws -> Value? {
        valueIfPresent() == nil ? nil : try decode(type)
    }

    mutating func nestedContainer<NestedKey: CodingKey>(
        keyedBy type: NestedKey.Type
    ) throws -> KeyedDecodingContainer<NestedKey> {
        let value = try value(for: KeyedDecodingContainer<NestedKey>.self)
        let container: KeyedDecodingContainer<NestedKey> =
            try decoder.keyedContainer(of: value, place.below(JSONCodingKey.index(currentIndex)))
        advance()
        return container
    }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
        let value = try value(for: (any UnkeyedDecodingContainer).self)
        let container = try decoder.unkeyedContainer(of: value, place.below(JSONCodingKey.index(currentIndex)))
        advance()
        return container
    }

    mutating func superDecoder() throws -> any Decoder {
        let value = try value(for: (any Decoder).self)
        let result = decoder.superDecoder(at: value, place, JSONCodingKey.index(currentIndex))
        advance()
        return result
    }

    mutating func decode(_ type: Bool.Type) throws -> Bool {
        let decoder = decoder
        return try read(try value(for: type)) { value throws(JSONValueFailure) in try decoder.bool(value) }
    }

    mutating func decodeIfPresent(_ type: Bool.Type) throws -> Bool? {
        valueIfPresent() == nil ? nil : try decode(type)
    }

    mutating func decode(_ type: String.Type) throws -> String {
        let decoder = decoder
        return try read(try value(for: type)) { value throws(JSONValueFailure) in try decoder.string(value) }
    }

    mutating func decodeIfPresent(_ type: String.Type) throws -> String? {
        valueIfPresent() == nil ? nil : try decode(type)
    }

    mutating func decode(_ type: Double.Type) throws -> Double {
        let decoder = decoder
        return try read(try value(for: type)) { value throws(JSONValueFailure) in try decoder.double(value) }
    }

    mutating func decodeIfPresent(_ type: Double.Type) throws -> Double? {
        valueIfPresent() == nil ? nil : try decode(type)
    }

    mutating func decode(_ type: Float.Type) throws -> Float {
        let decoder = decoder
        return try read(try value(for: type)) { value throws(JSONValueFailure) in try decoder.float(value) }
    }

    mutating func decodeIfPresent(_ type: Float.Type) throws -> Float? {
        valueIfPresent() == nil ? nil : try decode(type)
    }
}

// Each width has its own requirement, so that none goes through `init(from:)`.
extension UnkeyedJSONDecoding {
    mutating func decode(_ type: Int.Type) throws -> Int { try integer(try value(for: type)) }
    mutating func decodeIfPresent(_ type: Int.Type) throws -> Int? { try integerIfPresent() }
    mutating func decode(_ type: Int8.Type) throws -> Int8 { try integer(try value(for: type)) }
    mutating func decodeIfPresent(_ type: Int8.Type) throws -> Int8? { try integerIfPresent() }
    mutating func decode(_ type: Int16.Type) throws -> Int16 { try integer(try value(for: type)) }
    mutating func decodeIfPresent(_ type: Int16.Type) throws -> Int16? { try integerIfPresent() }
    mutating func decode(_ type: Int32.Type) throws -> Int32 { try integer(try value(for: type)) }
    mutating func decodeIfPresent(_ type: Int32.Type) throws -> Int32? { try integerIfPresent() }
    mutating func decode(_ type: Int64.Type) throws -> Int64 { try integer(try value(for: type)) }
    mutating func decodeIfPresent(_ type: Int64.Type) throws -> Int64? { try integerIfPresent() }
    mutating func decode(_ type: UInt.Type) throws -> UInt { try integer(try value(for: type)) }
    mutating func decodeIfPresent(_ type: UInt.Type) throws -> UInt? { try integerIfPresent() }
    mutating func decode(_ type: UInt8.Type) throws -> UInt8 { try integer(try value(for: type)) }
    mutating func decodeIfPresent(_ type: UInt8.Type) throws -> UInt8? { try integerIfPresent() }
    mutating func decode(_ type: UInt16.Type) throws -> UInt16 { try integer(try value(for: type)) }
    mutating func decodeIfPresent(_ type: UInt16.Type) throws -> UInt16? { try integerIfPresent() }
    mutating func decode(_ type: UInt32.Type) throws -> UInt32 { try integer(try value(for: type)) }
    mutating func decodeIfPresent(_ type: UInt32.Type) throws -> UInt32? { try integerIfPresent() }
    mutating func decode(_ type: UInt64.Type) throws -> UInt64 { try integer(try value(for: type)) }
    mutating func decodeIfPresent(_ type: UInt64.Type) throws -> UInt64? { try integerIfPresent() }
    mutating func decode(_ type: Int128.Type) throws -> Int128 { try integer(try value(for: type)) }
    mutating func decodeIfPresent(_ type: Int128.Type) throws -> Int128? { try integerIfPresent() }
    mutating func decode(_ type: UInt128.Type) throws -> UInt128 { try integer(try value(for: type)) }
    mutating func decodeIfPresent(_ type: UInt128.Type) throws -> UInt128? { try integerIfPresent() }
}

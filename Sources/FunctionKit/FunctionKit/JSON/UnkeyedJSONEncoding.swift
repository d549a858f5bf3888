/// The elements of a JSON array that is being put together.
struct UnkeyedJSONEncoding: UnkeyedEncodingContainer {
    private let encoder: JSONValueEncoder
    private let array: Int
    private let place: CodingPlace
    private(set) var count: Int

    init(encoder: JSONValueEncoder, array: Int, place: CodingPlace) {
        (self.encoder, self.array, self.place) = (encoder, array, place)
        count = encoder.tree.count(of: array)
    }

    var codingPath: [any CodingKey] { place.path(in: encoder.path) }

    /// A new element.
    @inline(__always)
    private mutating func element() -> Int {
        count += 1
        return encoder.tree.addElement(to: array)
    }

    /// Adds an element that may turn out to have no JSON form, which does not count then.
    private mutating func element(_ body: (Int, JSONCodingKey) throws -> Void) throws {
        let key = JSONCodingKey.index(count)
        do {
            try body(element(), key)
        } catch {
            count -= 1
            throw error
        }
    }

    mutating func encodeNil() throws { encoder.setNil(element()) }

    mutating func encode<Value: Encodable>(_ value: Value) throws {
        let (encoder, place) = (encoder, place)
        try element { node, key in try encoder.encode(value, in: node, below: place, key) }
    }

    mutating func nestedContainer<NestedKey: CodingKey>(keyedBy type: NestedKey.Type) -> KeyedEncodingContainer<
        NestedKey
    > {
        let place = place.below(JSONCodingKey.index(count))
        return encoder.keyedContainer(in: element(), place)
    }

    mutating func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
        let place = place.below(JSONCodingKey.index(count))
        return encoder.unkeyedContainer(in: element(), place)
    }

    mutating func superEncoder() -> any Encoder {
        let key = JSONCodingKey.index(count)
        return encoder.superEncoder(at: element(), place, key)
    }

    private mutating func encode<Value: BinaryFloatingPoint & LosslessStringConvertible & Encodable>(
        number value: Value
    ) throws {
        let (encoder, place) = (encoder, place)
        try element { node, key in try encoder.set(node, value) { place.path(in: encoder.path, key) } }
    }

    mutating func encode(_ value: Bool) throws { encoder.set(element(), value) }
    mutating func encode(_ value: String) throws { encoder.set(element(), value) }
    mutating func encode(_ value: Double) throws { try encode(number: value) }
    mutating func encode(_ value: Float) throws { try encode(number: value) }
    mutating func encode(_ value: Int) throws { encoder.set(element(), value) }
    mutating func encode(_ value: Int8) throws { encoder.set(element(), value) }
    mutating func encode(_ value: Int16) throws { encoder.set(element(), value) }
    mutating func encode(_ value: Int32) throws { encoder.set(element(), value) }
    mutating func encode(_ value: Int64) throws { encoder.set(element(), value) }
    mutating func encode(_ value: UInt) throws { encoder.set(element(), value) }
    mutating func encode(_ value: UInt8) throws { encoder.set(element(), value) }
    mutating func encode(_ value: UInt16) throws { encoder.set(element(), value) }
    mutating func encode(_ value: UInt32) throws { encoder.set(element(), value) }
    mutating func encode(_ value: UInt64) throws { encoder.set(element(), value) }
    mutating func encode(_ value: Int128) throws { encoder.set(element(), value) }
    mutating func encode(_ value: UInt128) throws { encoder.set(element(), value) }
}

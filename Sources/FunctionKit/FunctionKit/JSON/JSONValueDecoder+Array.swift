/// An array, which is read at once: the standard library's `init(from:)` looks its metadata up for each element.
protocol DecodableArray {
    static var stride: Int { get }

    /// The elements of the array that a decoder is at.
    init(elementsOf decoder: JSONValueDecoder, count: Int) throws
}

extension Array: DecodableArray where Element: Decodable {
    static var stride: Int { MemoryLayout<Element>.stride }

    init(elementsOf decoder: JSONValueDecoder, count: Int) throws {
        var elements = UnkeyedJSONDecoding(decoder: decoder, array: decoder.current, place: decoder.place)
        try self.init(unsafeUninitializedCapacity: count) { buffer, initialized in
            while initialized < count {
                buffer.initializeElement(at: initialized, to: try elements.decode(Element.self))
                initialized += 1
            }
        }
    }
}

extension JSONValueDecoder {
    /// The fewest elements for which it is worth to find out whether a type is an array.
    private static var elementsMin: Int { 3 }
    /// The most memory that is taken for an array before its elements are read.
    private static var bytesMax: Int { 1 << 16 }

    /// The type, if it is an array's and the decoder is at one that is to be read at once.
    @inline(__always)
    func arrayType(_ type: Any.Type) -> (any DecodableArray.Type)? {
        let token = self.token(current)
        return token.kind == .array && token.count >= Self.elementsMin ? Self.arrayType(type, token.count) : nil
    }

    @inline(never)
    private static func arrayType(_ type: Any.Type, _ count: Int) -> (any DecodableArray.Type)? {
        guard let array = type as? any DecodableArray.Type, count <= bytesMax / max(array.stride, 1) else { return nil }
        return array
    }

    /// Decodes an array of the type that is asked for.
    func decodeArray<Known: DecodableArray, Value>(_ type: Known.Type) throws -> Value {
        assert(Known.self == Value.self)
        return unsafeBitCast(try Known(elementsOf: self, count: token(current).count), to: Value.self)
    }
}

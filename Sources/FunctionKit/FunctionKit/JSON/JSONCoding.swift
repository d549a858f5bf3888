import FoundationEssentials

/// How bodies, documents and messages become values of the app's types, and the other way round: Foundation's rules with its default
/// strategies, at a multiple of its speed.
enum JSONCoding {
    /// Decodes a JSON text.
    ///
    /// Foundation reads what is in UTF-16 or UTF-32.
    /// - Throws: `DecodingError` as Foundation's decoder: `dataCorrupted` without a path for what is not JSON, and for a number or
    ///   a text that the type cannot hold; otherwise with the path of the value.
    static func decode<Value: Decodable>(_ type: Value.Type, from bytes: [UInt8]) throws -> Value {
        guard let start = startOfUTF8(bytes) else { return try JSONDecoder().decode(type, from: Data(bytes)) }
        do {
            let decoder = JSONValueDecoder(try JSONDocument(bytes, from: start))
            decoder.begin()
            defer { decoder.end() }
            return try decoder.decodeCurrent(type)
        } catch is JSONMalformed {
            let words = "The given data was not valid JSON."
            throw DecodingError.dataCorrupted(DecodingError.Context(codingPath: [], debugDescription: words))
        }
    }

    /// Where a text in UTF-8 begins, behind its byte order mark if it has one; nil for another encoding (RFC 4627, section 3).
    private static func startOfUTF8(_ bytes: [UInt8]) -> Int? {
        guard bytes.count >= 2 else { return 0 }
        switch (bytes[0], bytes[1]) {
        case (0, _), (_, 0), (0xFE, 0xFF), (0xFF, 0xFE): return nil
        case (0xEF, 0xBB): return bytes.count > 2 && bytes[2] == 0xBF ? 3 : 0
        default: return 0
        }
    }
}

extension JSONCoding {
    /// A value's JSON text: no white space, members in the order of their names' bytes, so that equal values have equal texts.
    ///
    /// - Throws: `EncodingError.invalidValue` for infinity and NaN, for a value that encodes nothing or in two ways, for more than
    ///   ``JSONTree/depthMax`` arrays and objects within each other or ``JSONDocument/bytesMax`` bytes; and what the type's own `encode(to:)` throws.
    static func body(_ value: some Encodable) throws -> [UInt8] {
        let tree = JSONTree()
        try encode(value, into: tree)
        guard !tree.isEmpty else {
            throw unencodable(value, "Top-level \(type(of: value)) did not encode any values.")
        }
        guard !tree.isMixed else {
            throw unencodable(value, "\(type(of: value)) encodes a value in two ways, such as an object and an array.")
        }
        guard tree.text.count <= JSONDocument.bytesMax else {
            throw unencodable(
                value,
                "The JSON text of \(type(of: value)) is longer than \(JSONDocument.bytesMax) bytes."
            )
        }
        do {
            return try JSONTreeWriter.write(tree)
        } catch is JSONTooDeep {
            throw unencodable(value, "Unable to encode the given top-level value to JSON.")
        }
    }

    private static func encode(_ value: some Encodable, into tree: JSONTree) throws {
        let encoder = JSONValueEncoder(tree)
        encoder.begin()
        defer { encoder.end() }
        try encoder.encodeCurrent(value)
    }

    private static func unencodable(_ value: Any, _ words: String) -> EncodingError {
        .invalidValue(value, EncodingError.Context(codingPath: [], debugDescription: words))
    }

    /// A value's JSON text, as a message's payload.
    static func text(_ value: some Encodable) throws -> String { String(decoding: try body(value), as: UTF8.self) }
}
